"""Linear algebra: norms, and what is said in other ops.

Importing this module registers all of np.linalg and np.fft, and what `dualrev.scipy` calls.
"""

from math import prod

import numpy as np

from ..dispatch import primitive
from ..registry import composite, constant, flops, kinked
from ..shapes import kept, ndim, negative_axes, shape, size
from ..traced import operand, value, writes
from . import (
    banded,
    convolution,
    cosine_transforms,
    fft,
    lapack,
    least_squares,
    matrix_functions,
    splines,
    systems,
    triangular,
)
from .complex_parts import conj, is_complex
from .contract import column, row
from .kinks import is_zero, over_length, sign_of, size_of, slope_of_length, tip_of, two_sided
from .reduce import real_reduction

__all__ = [
    "banded", "convolution", "cosine_transforms", "fft", "lapack", "least_squares", "matrix_functions", "splines",
    "systems", "triangular",
]  # fmt: skip

# ---- said in other ops -----------------------------------------------------------------------------------------------

constant(np.linalg.matrix_rank)


@composite(np.linalg.matrix_power)
def _(a, n):
    """By repeated squaring, in NumPy's order."""
    A, power = operand(a), None
    if n == 0:
        return np.broadcast_to(np.eye(shape(A)[-1], dtype=value(A).dtype), shape(A)) + 0 * A
    if n < 0:
        A, n = np.linalg.inv(A), -n
    if n == 3:
        return (A @ A) @ A
    while n:
        n, bit = divmod(n, 2)
        if bit:
            power = A if power is None else power @ A
        A = A @ A if n else A
    return power


@composite(np.linalg.multi_dot)
def _(arrays, *, out=None):
    """In the order of fewest multiplications, which NumPy finds too."""
    if out is not None:
        raise writes("np.linalg.multi_dot(..., out=a)", "a = np.linalg.multi_dot(...), which makes a new array")
    given = [operand(a) for a in arrays]
    if len(given) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(given) == 2:
        return np.dot(*given)
    first, last = ndim(given[0]) == 1, ndim(given[-1]) == 1
    chain = [row(given[0]) if first else given[0], *given[1:-1], column(given[-1]) if last else given[-1]]
    product = multiplied(chain, cheapest_splits([shape(chain[0])[0], *[shape(a)[1] for a in chain]]), 0, len(chain) - 1)
    return product[0, 0] if first and last else np.ravel(product) if first or last else product


def multiplied(chain, splits, i, j):
    if i == j:
        return chain[i]
    k = splits[i, j]
    return np.dot(multiplied(chain, splits, i, k), multiplied(chain, splits, k + 1, j))


def cheapest_splits(p):
    """Where to split each product i..j of matrices of the shapes (p[i], p[i + 1]).

    Source: Cormen et al. (2009), Introduction to Algorithms, section 15.2.
    """
    n = len(p) - 1
    cost, splits = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            price = lambda k, i=i, j=j: cost[i, k] + cost[k + 1, j] + p[i] * p[k + 1] * p[j + 1]
            splits[i, j] = min(range(i, j), key=price)
            cost[i, j] = price(splits[i, j])
    return splits


@composite(np.linalg.tensorsolve)
def _(a, b, axes=None):
    a, b = operand(a), operand(b)
    order = [k for k in range(ndim(a)) if axes is None or k not in axes] + list(axes or ())
    a = np.transpose(a, order)
    unknown = shape(a)[ndim(b) - ndim(a) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (size(b), size(b))), np.ravel(b)), unknown)


@composite(np.linalg.tensorinv)
def _(a, ind=2):
    a = operand(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    rows = prod(shape(a)[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), shape(a)[ind:] + shape(a)[:ind])


@composite(np.linalg.cond)
def _(x, p=None):
    x = operand(x)
    if p is None or p in (2, -2):
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    double = np.dtype(complex if is_complex(x) else float)  # in which NumPy inverts
    inverse = np.linalg.inv(np.astype(x, double))
    number = np.astype(np.linalg.norm(x, p, axis=(-2, -1)), np.dtype(float)) * np.linalg.norm(inverse, p, axis=(-2, -1))
    return np.astype(number, value(x).real.dtype)


# NumPy's names for what np has already: those of the array API standard.
composite(np.linalg.matmul)(lambda x1, x2: np.matmul(x1, x2))
composite(np.linalg.outer)(lambda x1, x2: np.outer(x1, x2))
composite(np.linalg.cross)(lambda x1, x2, *, axis=-1: np.cross(x1, x2, axis=axis))
composite(np.linalg.tensordot)(lambda x1, x2, *, axes=2: np.tensordot(x1, x2, axes=axes))
composite(np.linalg.vecdot)(lambda x1, x2, *, axis=-1: vecdot_along(x1, x2, axis))
composite(np.linalg.trace)(lambda x, *, offset=0, dtype=None: np.trace(x, offset, -2, -1, **given(dtype)))
composite(np.linalg.diagonal)(lambda x, *, offset=0: np.diagonal(x, offset, axis1=-2, axis2=-1))
composite(np.linalg.matrix_transpose)(lambda x: np.swapaxes(x, -1, -2))
composite(np.matrix_transpose)(lambda x: np.swapaxes(x, -1, -2))


def given(dtype):
    return {} if dtype is None else {"dtype": dtype}


def vecdot_along(x, y, axis):
    x, y = operand(x), operand(y)
    return np.vecdot(x, y) if axis == -1 else np.vecdot(np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1))


# ---- norms -----------------------------------------------------------------------------------------------------------
# The slope of a norm at zero is 0.


@primitive
def norm(x, ord=2, axis=None, keepdims=False):
    """The vector norm (sum |x_i|^ord)^(1/ord) over the axes, for an order other than 0 and inf."""
    if ord == 2:
        return np.linalg.norm(x, axis=axis, keepdims=keepdims)
    return np.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)


def sum_of_sizes(x, axis=None, keepdims=False, **_):
    return two_sided(is_zero, lambda ray, x: np.sum(size_of(ray, x), axis=axis, keepdims=keepdims), x)


def is_plain_sum(x, ord):
    """Is the norm the sum of the absolute values?"""
    return ord == 1 and not is_complex(x)


real_reduction(
    norm,
    lambda y, x, axes, ord=2: sign_of(x) if is_plain_sum(x, ord) else slope_of_length(x, y, power=ord - 1),
    lambda ct, y, x, axes, ord=2: (
        ct * sign_of(x) if is_plain_sum(x, ord) else over_length(ct, conj(x), y, power=ord - 1)
    ),
)
tip_of_norm = tip_of(norm, lambda x, axes: x, lambda x, axes, ord=2: None)
kinked(norm, lambda x, **params: (sum_of_sizes if is_plain_sum(x, params.get("ord")) else tip_of_norm)(x, **params))
flops(norm, value=lambda y, x, ord=2, **_: {1: 2 * size(x) - size(y), 2: 2 * size(x)}.get(ord, 3 * size(x)))


@composite(np.linalg.norm)
def _(x, ord=None, axis=None, keepdims=False):
    x = operand(x)
    axes, kw = negative_axes(axis, ndim(x)), {"axis": axis, "keepdims": keepdims}
    if ord is None or (ord == 2 and len(axes) == 1) or (ord in ("fro", "f") and len(axes) == 2):
        return norm(x, **kw)
    if len(axes) == 1 and not isinstance(ord, str):
        if abs(ord) == np.inf and not size(x):
            return np.sum(x, **kw)
        if abs(ord) == np.inf:
            return (np.max if ord > 0 else np.min)(np.abs(x), **kw)
        return norm(x, ord=ord, **kw) if ord else np.linalg.norm(value(x), ord=0, **kw)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        # the largest or smallest of the sums over columns (1) or rows (inf)
        summed, chosen = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=summed, keepdims=keepdims)
        chosen += chosen < summed and not keepdims
        return (np.max if ord > 0 else np.min)(sums, axis=chosen, keepdims=keepdims)
    if len(axes) == 2 and ord in ("nuc", 2, -2):
        s = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
        reduced = {"nuc": np.sum, 2: np.max, -2: np.min}[ord] if size(s) else np.sum
        y = reduced(s, axis=-1)
        return np.reshape(y, kept(shape(x), axes)) if keepdims else y
    raise ValueError(f"np.linalg.norm: ord={ord!r} over {len(axes)} axes is no norm")


@composite(np.linalg.matrix_norm)
def _(x, *, keepdims=False, ord="fro"):
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@composite(np.linalg.vector_norm)
def _(x, *, axis=None, keepdims=False, ord=2):
    x = operand(x)
    axes = negative_axes(axis, ndim(x))
    if isinstance(axis, int):
        return np.linalg.norm(x, ord, axis, keepdims)
    last = np.moveaxis(x, axes, range(-len(axes), 0))
    y = np.linalg.norm(np.reshape(last, shape(last)[: ndim(x) - len(axes)] + (-1,)), ord, -1)
    return np.reshape(y, kept(shape(x), axes)) if keepdims else y
