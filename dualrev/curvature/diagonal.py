"""The diagonal of a Hessian and its trace: exactly, a direction for each number of x; or from random directions."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..arguments import Arguments, Tree
from ..boundary import fresh, grouped
from ..derived import check_function
from ..errors import InputError
from ..forward.jvp import jvp
from ..shapes import apart, shape, size
from ..transforms import grad
from ..tree import flatten

CHUNK = 256  # directions per sweep
METHODS = ("exact", "stochastic")


class Estimated(NamedTuple):
    """An estimate from random directions, and its standard error."""

    value: Any
    error: Any


def hessian_diag(f: Callable[..., Any], method: str = "exact", n: int = 100, rng: Any = None) -> Callable[..., Any]:
    """The function x -> the diagonal of the Hessian of the scalar-valued f at x, in the structure of x.

    Parameters
    ----------
    f : callable
        A scalar-valued function, plain NumPy code.
    method : "exact" or "stochastic"
        "exact" takes one Hessian product for each number of x, 256 in a sweep. "stochastic" takes n of random signs z,
        the mean of z * (H z), whatever the size of x, and gives (value, error) with its standard error.
    n : int
        Random directions.
    rng : numpy.random.Generator or seed, optional

    Raises
    ------
    InputError
        If f(x) is no real scalar, or method or n is none.

    Source: Bekas, Kokiopoulou & Saad (2007), An estimator for the diagonal of a matrix.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.hessian_diag(lambda x: np.sum(x**3) + x[0] * x[1])(np.array([1.0, 2.0]))
    array([ 6., 12.])
    """
    check_function(f, "hessian_diag")
    if method not in METHODS:
        raise InputError(f"method={method!r}: write {' or '.join(map(repr, METHODS))}")
    check_count(n, 2)

    def diagonal(*args, **kwargs):
        product = Product(f, args, kwargs)
        if method == "exact":
            return product.tree(product.diagonal())
        samples = product.samples(n, rng)
        return Estimated(product.tree(samples.mean(axis=0)), product.tree(samples.std(axis=0, ddof=1) / np.sqrt(n)))

    return diagonal


def laplacian(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function x -> the trace of the Hessian of the scalar-valued f at x, exactly.

    One Hessian product for each number of x, 256 in a sweep.

    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.laplacian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    np.float64(18.0)
    """
    check_function(f, "laplacian")

    def trace(*args, **kwargs):
        return np.sum(Product(f, args, kwargs).diagonal())[()]

    return trace


def trace_estimate(
    operator: Callable[[ndarray], ndarray] | Any, n: int = 100, rng: Any = None, size: int | None = None
) -> Estimated:
    """The trace of a symmetric matrix that is known by its products alone, and its standard error.

    A third of the products finds where most of the matrix is, whose trace is taken exactly; the rest is sampled.

    Parameters
    ----------
    operator : LinearOperator, matrix or callable
        ``operator @ V`` or ``operator(V)`` for a matrix V of columns.
    n : int
        Products, at least 6.
    rng : numpy.random.Generator or seed, optional
    size : int
        Rows of the matrix, where operator is a function.

    Source: Meyer, Musco, Musco & Woodruff (2021), Hutch++: optimal stochastic trace estimation, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> found = dr.trace_estimate(np.diag([5.0, 3.0, 1.0]), n=30, rng=0)
    >>> round(float(found.value), 10), round(float(found.error), 10)
    (9.0, 0.0)
    """
    check_count(n, 6)
    rows = getattr(operator, "shape", (size,))[0]
    if rows is None:
        raise InputError("trace_estimate of a function: say how many rows the matrix has, size=...")
    times: Any = getattr(operator, "__matmul__", operator)
    rng, k = np.random.default_rng(rng), n // 3
    Q = np.linalg.qr(times(rng.choice([-1.0, 1.0], (rows, min(k, rows)))))[0]
    G = rng.choice([-1.0, 1.0], (rows, n - 2 * k))
    G = G - Q @ (Q.T @ G)
    samples = np.sum(G * times(G), axis=0)
    exact = np.trace(Q.T @ times(Q))
    return Estimated(exact + samples.mean(), samples.std(ddof=1) / np.sqrt(len(samples)))


def check_count(n, least):
    if not isinstance(n, (int, np.integer)) or n < least:
        raise InputError(f"n={n!r}: the number of random directions is an integer, at least {least}")


class Product:
    """Products of the Hessian of f with K directions, forward over reverse."""

    def __init__(self, f, args, kwargs):
        self.call = Arguments(f, args, kwargs, 0)
        self.leaves, self.rest, self.kwargs, self.f = self.call.leaves, args[1:], kwargs, f
        self.shapes, self.total = list(map(shape, self.leaves)), sum(map(size, self.leaves))

    def __call__(self, V):
        """H v for each row of V."""
        K = len(V)

        def slope(*leaves):
            x = grouped(list(leaves), self.call.structures)[0]
            g = grad(lambda x: self.f(x, *self.rest, **self.kwargs))(x)
            return flatten(g)[0]

        H = jvp(slope, tuple(self.leaves), tuple(apart(V, self.shapes)))[1]
        return np.concatenate([np.reshape(h, (K, -1)) for h in H], axis=1)

    def diagonal(self):
        total, found = self.total, []
        for start in range(0, total, CHUNK):
            V = np.eye(min(CHUNK, total - start), total, start)
            found.append(np.sum(V * self(V), axis=1))
        return np.concatenate(found) if found else np.zeros(0)

    def samples(self, n, rng):
        rng, found = np.random.default_rng(rng), []
        for start in range(0, n, CHUNK):
            V = rng.choice([-1.0, 1.0], (min(CHUNK, n - start), self.total))
            found.append(V * self(V))
        return np.concatenate(found)

    def tree(self, flat) -> Tree:
        parts = zip(apart(flat, self.shapes), self.leaves, strict=True)
        shaped = [fresh(p, x, shape(x)) for p, x in parts]
        return self.call.build(shaped, 0)
