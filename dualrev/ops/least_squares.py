"""Least squares and the pseudoinverse, where the rank does not change.

Source: Golub & Pereyra (1973), The differentiation of pseudo-inverses and nonlinear least squares problems.
"""

import numpy as np

from ..dispatch import primitive
from ..registry import composite, differential, flops
from ..shapes import lead_of, ndim, shape, size
from ..traced import operand, value
from .complex_parts import conj, real
from .contract import H, column
from .decompositions import singular_values, svdvals
from .factors import apart, diagonal, each, joined, mirrored
from .own_value import exactly

# ---- the pseudoinverse -----------------------------------------------------------------------------------------------


@primitive
def pinv(A, *, rcond=None, hermitian=False, rtol=np._NoValue):
    return np.linalg.pinv(A, rcond, hermitian, rtol=rtol)


@differential(pinv)
def _(P, A, /, *, rcond=None, hermitian=False, rtol=np._NoValue):
    """dP = -P dA P, and what follows the row space and the column space of A as they turn."""
    S = mirrored(A, upper=False) if hermitian else A

    def dP(dA):
        dA = mirrored(dA, upper=False) if hermitian else dA
        columns, rows = P @ H(P) @ H(dA), H(dA) @ H(P) @ P
        return columns - columns @ S @ P + rows - P @ (S @ rows) - P @ dA @ P

    return dP


@composite(np.linalg.pinv)
def _(a, rcond=None, hermitian=False, *, rtol=np._NoValue):
    return pinv(operand(a), rcond=rcond, hermitian=hermitian, rtol=rtol)


# ---- least squares ---------------------------------------------------------------------------------------------------


@primitive
def lstsq(A, B, *, rcond=None):
    """What np.linalg.lstsq finds for matrices: the solution, the sums of squared residuals, the singular values, the
    rank."""
    X, residuals, rank, s = np.linalg.lstsq(A, B, rcond)
    return joined((), X, residuals, s, np.asarray([rank], s.dtype))


def lstsq_parts(P, A, B):
    (m, n), k = shape(A), shape(B)[-1]
    rank = int(value(P)[-1].real)
    X, residuals, s, rank = apart(P, (n, k), (k if rank == n < m else 0,), (min(m, n),), (1,))
    return X, real(residuals), real(s), rank


def taken_apart(s, A):
    """Singular values that lstsq has found; those of the matrix itself where some are equal, or zero."""
    plain = value(s)
    return s if singular_values(value(A), plain) is plain else exactly(svdvals(A), func=lambda: plain, arguments={})


@differential(lstsq)
def _(P, A, B, /, *, rcond=None):
    """A X = B - E:  dX = A+ (dB - dA X) + A+ A+^H dA^H E + (I - A+ A) dA^H A+^H X."""
    X, residuals, _, _ = lstsq_parts(P, A, B)
    eps = np.finfo(value(A).dtype).eps
    cutoff = eps * max(shape(A)) if rcond is None else eps if rcond < 0 else rcond
    inverse, (U, _, Vh) = np.linalg.pinv(A, cutoff), np.linalg.svd(A, full_matrices=False)
    E = B - A @ X

    def dP(dA, dB):
        lead, misfit = lead_of(dA, A), dB - dA @ X
        rows = H(dA) @ (H(inverse) @ X)
        dX = inverse @ (misfit + H(inverse) @ (H(dA) @ E)) + rows - inverse @ (A @ rows)
        sums = (
            2 * real(np.sum(conj(E) * misfit, axis=-2)) if shape(residuals)[0] else np.zeros((*lead, 0), value(A).dtype)
        )
        ds = real(diagonal(H(U) @ dA @ H(Vh)))
        return joined(lead, dX, sums, ds, np.zeros((*lead, 1), value(A).dtype))

    return dP


@composite(np.linalg.lstsq)
def _(a, b, rcond=None):
    A, B = operand(a), operand(b)
    B = column(B) if ndim(B) == 1 else B
    P = lstsq(A, B, rcond=rcond)
    X, residuals, s, rank = lstsq_parts(P, A, B)
    return X[:, 0] if B is not b and ndim(b) == 1 else X, residuals, np.int32(value(rank)[0].real), taken_apart(s, A)


# ---- what they cost --------------------------------------------------------------------------------------------------


def pinv_flops(m, n, hermitian):
    return 14 * n * n * m + 4 * m * m * n + 4 * m * n + hermitian * n * n


def lstsq_shared(P, A, B, **_):
    """The pseudoinverse, a singular value decomposition, the residuals, and A+^T X."""
    (m, n), columns, k = shape(A), shape(B)[-1], min(shape(A))
    return 46 * m * n * k + 4 * m * n * columns + m * columns


def lstsq_push(P, A, B, **_):
    (m, n), columns, k = shape(A), shape(B)[-1], min(shape(A))
    sums = 2 * m * columns * has_residuals(P, A, B)
    return 14 * m * n * columns + 2 * (m + n) * columns + sums + 2 * k * m * n + 2 * k * k * n


def lstsq_pull(P, A, B, **_):
    (m, n), columns, k = shape(A), shape(B)[-1], min(shape(A))
    return lstsq_push(P, A, B) + 3 * m * n + k - m * columns + columns * has_residuals(P, A, B)


def has_residuals(P, A, B):
    (m, n), columns = shape(A), shape(B)[-1]
    return size(P) > n * columns + min(m, n) + 1


# fmt: off
flops(pinv,  value=each(lambda m, n, k, **_: 24 * m * n * k),
             shared=each(lambda m, n, k, hermitian=False, **_: 2 * n * n * m + hermitian * n * n),
             push=each(lambda m, n, k, hermitian=False, **_: pinv_flops(m, n, hermitian)),
             pull=each(lambda m, n, k, hermitian=False, **_: pinv_flops(m, n, 2 * hermitian) + 3 * m * n))
flops(lstsq, value=lambda P, A, B, **_: 22 * size(A) * min(shape(A)) + 2 * shape(B)[-1] * sum(shape(A)) * min(shape(A)),
             shared=lstsq_shared, push=lstsq_push, pull=lstsq_pull)
# fmt: on
