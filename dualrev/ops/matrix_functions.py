"""Functions of a matrix: exponential, logarithm, square root and the like.

    f([[A, dA], [0, A]]) = [[f(A), df], [0, f(A)]]

holds for every analytic f, so that a derivative of any order is a value of f itself. The square root X has
X dX + dX X = dA, which is as good on its branch cut, where the block matrix has every eigenvalue twice.

Source: Higham (2008), Functions of Matrices, theorem 3.6 and section 6.1.
"""

from math import prod

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, flops
from ..shapes import shape, size
from .complex_parts import is_complex, real
from .contract import T


def matrix_function(name):
    """scipy.linalg's function of that name, as an op; SciPy is imported when it is called."""

    def plain(A):
        from scipy import linalg

        if not A.size:
            return np.zeros_like(A)
        if A.ndim > 2 and name != "expm":  # an older SciPy takes one matrix at a time
            return np.stack([plain(M) for M in A.reshape(-1, *A.shape[-2:])]).reshape(A.shape)
        if name == "logm" and A.dtype == np.float32:  # SciPy takes the rounding of single precision for an error
            return linalg.logm(A.astype(float)).astype(A.dtype)
        return getattr(linalg, name)(A)

    plain.__name__, plain.__module__ = name, __name__
    return primitive(plain)


def frechet(f, A, dA):
    """The derivative of f(A) along dA, which may have leading axes."""
    n = shape(A)[-1]
    A = np.broadcast_to(A, shape(dA))
    upper, lower = np.concatenate([A, dA], axis=-1), np.concatenate([np.zeros_like(A), A], axis=-1)
    return f(np.concatenate([upper, lower], axis=-2))[..., :n, n:]


def taken(g, A):
    """A cotangent of A, real where A is."""
    return g if is_complex(A) else real(g)


def by_blocks(f):
    """f, with the rule that holds for every function of a matrix."""
    argwise(f)(lambda F, A, /: ((lambda dA: frechet(f, A, dA), lambda ct: taken(frechet(f, T(A), ct), A)),))
    return f


NAMES = ("expm", "logm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")
expm, logm, cosm, sinm, tanm, coshm, sinhm, tanhm = MATRIX_FUNCTIONS = [by_blocks(matrix_function(n)) for n in NAMES]


@primitive
def fractional_matrix_power(A, *, t):
    from scipy import linalg

    powers = [linalg.fractional_matrix_power(M, t) for M in A.reshape(-1, *A.shape[-2:])]
    return np.stack(powers).reshape(A.shape) if powers else np.zeros_like(A)


@argwise(fractional_matrix_power)
def _(F, A, /, *, t):
    def power(M):  # of F's precision, and real where F is: with SciPy both depend on the numbers
        return np.astype(taken(fractional_matrix_power(M, t=t), F), F.dtype)

    return ((lambda dA: frechet(power, A, dA), lambda ct: taken(frechet(power, T(A), ct), A)),)


# The order of magnitude of Schur's and Pade's methods, Higham (2008); a matrix of twice the size costs 8 times that.
flops(
    *(*MATRIX_FUNCTIONS, fractional_matrix_power),
    value=lambda F, A, **_: 25 * size(A) * shape(A)[-1],
    push=lambda F, A, **_: 200 * size(A) * shape(A)[-1],
)


# ---- A X + X B = Q ---------------------------------------------------------------------------------------------------


@primitive
def solve_sylvester(A, B, Q):
    from scipy import linalg

    if A.ndim == B.ndim == Q.ndim == 2:
        return linalg.solve_sylvester(A, B, Q)
    dtype = np.result_type(A, B, Q)
    return np.vectorize(linalg.solve_sylvester, otypes=[dtype], signature="(m,m),(n,n),(m,n)->(m,n)")(A, B, Q)


@argwise(solve_sylvester, "(m,m),(n,n),(m,n)->(m,n)")
def _(X, A, B, Q, /):
    forth = lambda R: solve_sylvester(A, B, R)
    back = lambda ct: solve_sylvester(T(A), T(B), ct)
    return (
        (lambda dA: -forth(dA @ X), lambda ct: -back(ct) @ T(X)),
        (lambda dB: -forth(X @ dB), lambda ct: -(T(X) @ back(ct))),
        (forth, back),
    )


def sylvester_flops(X, A, B, Q):
    """Two real Schur decompositions, of 25 n^3 each, and the products with their orthogonal factors."""
    *batch, m, n = shape(X)
    return prod(batch) * (25 * (m**3 + n**3) + 5 * m * n * (m + n))


def with_product(X, A, B, Q):
    m, n = shape(X)[-2:]
    solved = sylvester_flops(X, A, B, Q)
    return solved + size(X) * (2 * m + 1), solved + size(X) * (2 * n + 1), solved


def with_outer_product(X, A, B, Q):
    *batch, m, n = shape(X)
    solved = sylvester_flops(X, A, B, Q)
    return solved + size(X) * (2 * m + 1), solved + prod(batch) * n * n * (2 * m + 1), solved


flops(solve_sylvester, value=sylvester_flops, push=with_product, pull=with_outer_product)


# ---- X X = A ---------------------------------------------------------------------------------------------------------

sqrtm = matrix_function("sqrtm")


@argwise(sqrtm)
def _(X, A, /):
    return (
        (lambda dA: solve_sylvester(X, X, dA), lambda ct: taken(solve_sylvester(T(X), T(X), ct), A)),
    )  # fmt: skip


flops(sqrtm, value=lambda X, A: 25 * size(A) * shape(A)[-1], push=lambda X, A: 60 * size(A) * shape(A)[-1])
