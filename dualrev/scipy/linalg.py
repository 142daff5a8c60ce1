"""scipy.linalg, differentiable: the names, signatures and values of SciPy's; what has no rule refuses traced arguments.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import linalg
>>> dr.grad(lambda A: np.trace(linalg.expm(A)))(np.zeros((2, 2)))
array([[1., 0.],
       [0., 1.]])
"""

from typing import Any

import numpy as np
import scipy.linalg

from ..errors import NoRuleError
from ..ops import banded, lapack, matrix_functions, triangular
from ..ops.complex_parts import complex_beside, conj, is_complex, real, real_part
from ..ops.contract import H, column
from ..ops.decompositions import qr_shapes, svd_parts
from ..ops.eigenvalues import eigh_parts
from ..ops.factors import apart, mirrored
from ..ops.least_squares import lstsq_parts, taken_apart
from ..ops.own_value import exactly
from ..shapes import ndim, shape
from ..traced import operand, value
from .covering import covers, other

__all__ = list(scipy.linalg.__all__)


def __getattr__(name: str) -> Any:
    return other(scipy.linalg, name)


def __dir__() -> list[str]:
    return __all__


def over_columns(solved, b):
    """solved(B), where one vector b is a matrix of one column."""
    b = operand(b)
    return solved(column(b))[..., 0] if ndim(b) == 1 else solved(b)


# ---- systems ---------------------------------------------------------------------------------------------------------


@covers(scipy.linalg.solve)
def solve(a, b, lower=False, assume_a=None, transposed=False):
    if assume_a not in lapack.READ:
        raise NoRuleError(f"scipy.linalg.solve: assume_a={assume_a!r} has no derivative rule")
    kw = {"lower": lower, "assume_a": assume_a, "transposed": transposed}
    return over_columns(lambda B: lapack.scipy_solve(operand(a), B, **kw), b)


@covers(scipy.linalg.inv)
def inv(a):
    return lapack.scipy_inv(a)


@covers(scipy.linalg.det)
def det(a):
    return lapack.scipy_det(a)


@covers(scipy.linalg.pinv)
def pinv(a, rtol=None):
    return lapack.scipy_pinv(operand(a), rtol=rtol)


@covers(scipy.linalg.lstsq)
def lstsq(a, b, cond=None):
    A, b = operand(a), operand(b)
    B = column(b) if ndim(b) == 1 else b
    P = lapack.scipy_lstsq(A, B, rcond=cond)
    X, residuals, s, rank = lstsq_parts(P, A, B)
    if ndim(b) == 1:
        X, residuals = X[:, 0], residuals[0] if shape(residuals)[0] else residuals
    return X, residuals, int(value(rank)[0].real), taken_apart(s, A)


@covers(scipy.linalg.solve_triangular)
def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False):
    kw = {"trans": int(trans in (1, 2, "T", "C")), "lower": lower, "unit_diagonal": unit_diagonal}
    if trans not in (2, "C") or not is_complex(operand(a)):
        return over_columns(lambda B: triangular.solve_triangular(operand(a), B, **kw), b)
    x = over_columns(lambda B: triangular.solve_triangular(conj(operand(a)), B, **kw), b)
    return exactly(x, value(a), value(operand(b)), func=scipy.linalg.solve_triangular, arguments=kw | {"trans": trans})


@covers(scipy.linalg.solve_banded)
def solve_banded(l_and_u, ab, b):
    below, above = l_and_u
    ab = operand(ab)
    return over_columns(lambda B: banded.solve_banded(ab, B, l=int(below), u=int(above)), b)


@covers(scipy.linalg.solveh_banded)
def solveh_banded(ab, b, lower=False):
    ab = operand(ab)
    u = shape(ab)[0] - 1
    main = real(ab[0 if lower else u])
    if lower:  # row k holds A[j + k, j] in column j
        below = [ab[k] for k in range(1, u + 1)]
        above = [np.roll(conj(row), k) for k, row in enumerate(below, start=1)]
    else:
        above = [ab[u - k] for k in range(1, u + 1)]
        below = [np.roll(conj(row), -k) for k, row in enumerate(above, start=1)]
    bands = np.stack([*above[::-1], complex_beside(ab, main), *below])
    x = over_columns(lambda B: banded.solve_banded(bands, B, l=u, u=u), b)

    def plain(ab, b):
        return scipy.linalg.solveh_banded(ab, b, lower=lower)

    return exactly(x, value(ab), value(operand(b)), func=plain, arguments={})


# ---- decompositions --------------------------------------------------------------------------------------------------


@covers(scipy.linalg.cholesky)
def cholesky(a, lower=False):
    return lapack.scipy_cholesky(operand(a), upper=not lower)


KEEPS_OTHER_TRIANGLE = scipy.linalg.cho_factor(np.array([[1.0, 0.0], [0.5, 1.0]]))[0][1, 0] == 0.5  # until SciPy 1.18


@covers(scipy.linalg.cho_factor)
def cho_factor(a, lower=False):
    """The factor in one triangle, and in the other what SciPy leaves there: what a has, or zeros."""
    a = operand(a)
    factor = lapack.scipy_cholesky(a, upper=not lower)
    if KEEPS_OTHER_TRIANGLE:
        factor = factor + (np.triu(a, 1) if lower else np.tril(a, -1))
    return factor, lower


@covers(scipy.linalg.cho_solve)
def cho_solve(c_and_lower, b):
    c, lower = c_and_lower
    c = operand(c)

    def solved(B, trans):
        return triangular.solve_triangular(conj(c) if trans else c, B, trans=trans, lower=bool(lower))

    x = over_columns(lambda B: solved(solved(B, int(not lower)), int(lower)), b)

    def plain(c, b):
        return scipy.linalg.cho_solve((c, lower), b)

    return exactly(x, value(c), value(operand(b)), func=plain, arguments={})


@covers(scipy.linalg.eigh)
def eigh(a, b=None, lower=True, eigvals_only=False, type=1, subset_by_index=None):
    a, kw = operand(a), {"lower": lower, "type": type, "subset_by_index": subset_by_index}
    if b is None and subset_by_index is None:
        if eigvals_only:
            return lapack.scipy_eigvalsh(a, UPLO="L" if lower else "U")
        return eigh_parts(lapack.scipy_eigh(a, UPLO="L" if lower else "U"), a)
    if type != 1:
        raise NoRuleError(f"scipy.linalg.eigh: type={type} has no derivative rule, only type=1: A v = w B v")
    A, given = mirrored(a, upper=not lower), (value(a),)
    if b is None:
        w, V = np.linalg.eigh(A)
    else:  # B = L L^H, and y = L^H v is an eigenvector of L^-1 A L^-H
        given = (*given, value(operand(b)))
        L = np.linalg.cholesky(mirrored(operand(b), upper=not lower))
        w, Y = np.linalg.eigh(np.linalg.solve(L, H(np.linalg.solve(L, A))))
        V = np.linalg.solve(H(L), Y)
    first, last = (0, shape(a)[0] - 1) if subset_by_index is None else subset_by_index
    here = slice(first, last + 1)
    if eigvals_only:
        return exactly(w[here], *given, func=scipy.linalg.eigh, arguments=kw | {"eigvals_only": True})
    return as_scipy_has(w[here], V[:, here], lambda *given: scipy.linalg.eigh(*given, **kw), given)


def as_scipy_has(w, V, func, given):
    """The eigenvalues and vectors with the values of SciPy, whose signs and phases are its own."""
    along = np.sum(np.conj(value(V)) * func(*given)[1], axis=0)
    return (
        exactly(w, *given, func=lambda *given: func(*given)[0], arguments={}),
        exactly(V * np.sign(along), *given, func=lambda *given: func(*given)[1], arguments={}),
    )


@covers(scipy.linalg.eigvalsh)
def eigvalsh(a, b=None, lower=True, type=1, subset_by_index=None):
    return eigh(a, b, lower=lower, eigvals_only=True, type=type, subset_by_index=subset_by_index)


@covers(scipy.linalg.eigh_tridiagonal)
def eigh_tridiagonal(d, e, eigvals_only=False):
    d, e = operand(d), operand(e)
    w, V = np.linalg.eigh(np.diag(d) + np.diag(e, -1))
    if eigvals_only:
        return exactly(w, value(d), value(e), func=scipy.linalg.eigvalsh_tridiagonal, arguments={})
    return as_scipy_has(w, V, scipy.linalg.eigh_tridiagonal, (value(d), value(e)))


@covers(scipy.linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(d, e):
    return eigh_tridiagonal(d, e, eigvals_only=True)


@covers(scipy.linalg.eig)
def eig(a, right=True):
    a = operand(a)
    if not right:
        return lapack.scipy_eigvals(a)
    w, V = apart(lapack.scipy_eig(a), shape(a)[:-1], shape(a))
    return w, V if is_complex(a) or np.any(value(w).imag) else real_part(V)


@covers(scipy.linalg.eigvals)
def eigvals(a):
    return lapack.scipy_eigvals(a)


@covers(scipy.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True):
    a = operand(a)
    if not compute_uv:
        return lapack.scipy_svdvals(a)
    return svd_parts(lapack.scipy_svd(a, full_matrices=full_matrices), a, full_matrices)


@covers(scipy.linalg.svdvals)
def svdvals(a):
    return lapack.scipy_svdvals(operand(a))


@covers(scipy.linalg.qr)
def qr(a, mode="full"):
    a = operand(a)
    if mode not in ("full", "r", "economic"):
        raise NoRuleError(f"scipy.linalg.qr: mode={mode!r} has no derivative rule; supported: 'full', 'r', 'economic'")
    complete = mode != "economic"
    Q, R = apart(lapack.scipy_qr(a, complete=complete), *qr_shapes(a, complete))
    return (R,) if mode == "r" else (Q, R)


@covers(scipy.linalg.lu)
def lu(a, permute_l=False, p_indices=False):
    a = operand(a)
    L, U, places = triangular.lu_parts(triangular.lu(a), a)
    rows = triangular.permutation(places, L)
    if permute_l:
        return rows @ L, U
    return (places.astype(np.int32) if p_indices else rows), L, U


@covers(scipy.linalg.lu_factor)
def lu_factor(a):
    a = operand(a)
    if ndim(a) != 2:
        raise NoRuleError("scipy.linalg.lu_factor of a stack of matrices has no derivative rule: take one at a time")
    L, U, places = triangular.lu_parts(triangular.lu(a), a)
    (m, n), k = shape(a), min(shape(a))
    below = np.tril(np.concatenate([L, np.zeros((m, n - k), value(a).dtype)], axis=1), -1)
    above = np.concatenate([U, np.zeros((m - k, n), value(a).dtype)], axis=0)
    return below + above, swaps(np.argsort(places), k)


def swaps(order, k):
    """The rows with which 0, 1, ..., k - 1 were swapped in turn, to put the rows in that order."""
    rows = list(range(len(order)))
    found = []
    for i in range(k):
        j = rows.index(order[i], i)
        rows[i], rows[j] = rows[j], rows[i]
        found.append(j)
    return np.array(found, np.int32)


@covers(scipy.linalg.lu_solve)
def lu_solve(lu_and_piv, b, trans=0):
    factors, swapped = lu_and_piv
    factors, order = operand(factors), list(range(shape(factors)[-1]))
    read = conj(factors) if trans == 2 else factors
    for i, j in enumerate(swapped):
        order[i], order[j] = order[j], order[i]

    def solved(B, lower):
        return triangular.solve_triangular(read, B, trans=int(trans != 0), lower=lower, unit_diagonal=lower)

    forth, back = np.array(order), np.argsort(order)
    if trans:
        x = over_columns(lambda B: solved(solved(B, False), True)[back], b)
    else:
        x = over_columns(lambda B: solved(solved(B[forth], True), False), b)

    def plain(factors, b):
        return scipy.linalg.lu_solve((factors, swapped), b, trans)

    return exactly(x, value(factors), value(operand(b)), func=plain, arguments={})


# ---- functions of a matrix -------------------------------------------------------------------------------------------


def of_a_matrix(op):
    return covers(getattr(scipy.linalg, op.__name__))(lambda A: op(A))


expm, logm, cosm, sinm, tanm, coshm, sinhm, tanhm = map(of_a_matrix, matrix_functions.MATRIX_FUNCTIONS)
sqrtm = of_a_matrix(matrix_functions.sqrtm)


@covers(scipy.linalg.solve_sylvester)
def solve_sylvester(a, b, q):
    return matrix_functions.solve_sylvester(*(operand(m) for m in (a, b, q)))


@covers(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a, q):
    a, q = (operand(m) for m in (a, q))
    X = matrix_functions.solve_sylvester(a, H(a), q)
    return exactly(X, value(a), value(q), func=scipy.linalg.solve_continuous_lyapunov, arguments={})


solve_lyapunov = solve_continuous_lyapunov


@covers(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a, q):
    """A X A^H - X + Q = 0, as one linear system for the elements of X."""
    a, q = operand(a), operand(q)
    n = shape(a)[0]
    X = np.reshape(np.linalg.solve(np.eye(n * n) - np.kron(a, conj(a)), np.ravel(q)), (n, n))
    return exactly(X, value(a), value(q), func=scipy.linalg.solve_discrete_lyapunov, arguments={})


@covers(scipy.linalg.fractional_matrix_power)
def fractional_matrix_power(A, t):
    return matrix_functions.fractional_matrix_power(operand(A), t=t)


@covers(scipy.linalg.polar)
def polar(a, side="right"):
    """A = U P with P = sqrt(A^H A), or A = P U with P = sqrt(A A^H); of full rank."""
    a = operand(a)
    if side not in ("right", "left"):
        raise ValueError("`side` must be either 'right' or 'left'")
    if shape(a)[0] < shape(a)[1] if side == "right" else shape(a)[0] > shape(a)[1]:
        raise NoRuleError(
            "scipy.linalg.polar: the rule takes a matrix of full rank: tall for side='right', wide for 'left'"
        )
    P = matrix_functions.sqrtm(H(a) @ a if side == "right" else a @ H(a))
    U = H(np.linalg.solve(H(P), H(a))) if side == "right" else np.linalg.solve(P, a)

    def factor(k):
        return lambda a: scipy.linalg.polar(a, side)[k]

    return tuple(exactly(x, value(a), func=factor(k), arguments={}) for k, x in enumerate((U, P)))


@covers(scipy.linalg.orthogonal_procrustes)
def orthogonal_procrustes(A, B):
    """The orthogonal R with A R closest to B, and the sum of the singular values of A^H B."""
    A, B = operand(A), operand(B)
    U, s, Vh = np.linalg.svd(H(A) @ B)

    def found(k):
        return lambda A, B: scipy.linalg.orthogonal_procrustes(A, B)[k]

    return tuple(exactly(x, value(A), value(B), func=found(k), arguments={}) for k, x in enumerate((U @ Vh, np.sum(s))))


@covers(scipy.linalg.norm)
def norm(a, ord=None, axis=None, keepdims=False):
    y = np.linalg.norm(a, ord, axis, keepdims)
    kw = {"ord": ord, "axis": axis, "keepdims": keepdims}
    return exactly(y, value(operand(a)), func=scipy.linalg.norm, arguments=kw)


# ---- matrices with a structure ---------------------------------------------------------------------------------------


@covers(scipy.linalg.block_diag)
def block_diag(*arrs):
    blocks = [np.atleast_2d(operand(a)) for a in arrs]
    widths = [shape(block)[1] for block in blocks]
    dtype = np.result_type(*[value(block).dtype for block in blocks])
    left = np.cumsum([0, *widths])

    def zeros(block, width):
        return np.zeros((shape(block)[0], width), dtype)

    rows = [
        np.concatenate([zeros(block, left[k]), block, zeros(block, left[-1] - left[k + 1])], axis=1)
        for k, block in enumerate(blocks)
    ]
    return np.concatenate(rows, axis=0)


@covers(scipy.linalg.toeplitz)
def toeplitz(c, r=None):
    c = operand(c)
    r = conj(c) if r is None else operand(r)
    numbers = np.concatenate([r[..., :0:-1], c], axis=-1)
    n, m = shape(c)[-1], shape(r)[-1]
    return numbers[..., np.arange(n)[:, None] - np.arange(m) + m - 1]


@covers(scipy.linalg.hankel)
def hankel(c, r=None):
    c = np.ravel(operand(c))
    r = np.zeros(shape(c), value(c).dtype) if r is None else np.ravel(operand(r))
    numbers = np.concatenate([c, r[1:]])
    return numbers[np.arange(shape(c)[0])[:, None] + np.arange(shape(r)[0])]


@covers(scipy.linalg.circulant)
def circulant(c):
    c = operand(c)
    n = np.arange(shape(c)[-1])
    return c[..., (n[:, None] - n) % len(n)]


@covers(scipy.linalg.companion)
def companion(a):
    a = operand(a)
    n = shape(a)[-1] - 1
    first = (-a[..., 1:] / a[..., :1])[..., None, :]
    below = np.broadcast_to(np.eye(n - 1, n, dtype=value(first).dtype), (*shape(first)[:-2], n - 1, n))
    return np.concatenate([first, below], axis=-2)


@covers(scipy.linalg.leslie)
def leslie(f, s):
    f, s = operand(f), operand(s)
    n = shape(f)[-1]
    below = s[..., None] * np.eye(n - 1, n, dtype=value(s).dtype)
    return np.concatenate([f[..., None, :], below], axis=-2)


@covers(scipy.linalg.fiedler)
def fiedler(a):
    a = operand(a)
    return np.abs(a[..., :, None] - a[..., None, :])


@covers(scipy.linalg.khatri_rao)
def khatri_rao(a, b):
    a, b = operand(a), operand(b)
    return np.reshape(a[..., :, None, :] * b[..., None, :, :], (*shape(a)[:-2], -1, shape(a)[-1]))


@covers(scipy.linalg.convolution_matrix)
def convolution_matrix(a, n, mode="full"):
    """The matrix of the convolution of a with n elements: elements of a, and zeros."""
    a = operand(a)
    places = scipy.linalg.convolution_matrix(np.arange(1, shape(a)[-1] + 1), n, mode).astype(int)
    return np.concatenate([np.zeros((*shape(a)[:-1], 1), value(a).dtype), a], axis=-1)[..., places]


@covers(scipy.linalg.pinvh)
def pinvh(a, rtol=None, lower=True):
    a = operand(a)
    rtol = shape(a)[-1] * np.finfo(value(a).dtype).eps if rtol is None else rtol
    P = np.linalg.pinv(mirrored(a, upper=not lower), rtol=rtol, hermitian=True)
    return exactly(P, value(a), func=scipy.linalg.pinvh, arguments={"rtol": rtol, "lower": lower})


def column_and_row(c_or_cr):
    """The first column of a Toeplitz matrix and its first row, which is the conjugate of it if not given."""
    if isinstance(c_or_cr, tuple):
        c, r = c_or_cr
        return operand(c), operand(r)
    return operand(c_or_cr), conj(operand(c_or_cr))


@covers(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr, b):
    (c, r), b = column_and_row(c_or_cr), operand(b)
    x = np.linalg.solve(toeplitz(c, r), b)

    def plain(c, r, b):
        return scipy.linalg.solve_toeplitz((c, r), b)

    return exactly(x, value(c), value(r), value(b), func=plain, arguments={})


@covers(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr, x):
    (c, r), x = column_and_row(c_or_cr), operand(x)

    def plain(c, r, x):
        return scipy.linalg.matmul_toeplitz((c, r), x)

    return exactly(toeplitz(c, r) @ x, value(c), value(r), value(x), func=plain, arguments={})


@covers(scipy.linalg.solve_circulant)
def solve_circulant(c, b):
    """C x = b for the circulant matrix of the vector c, by Fourier transforms."""
    c, b = operand(c), operand(b)
    if ndim(c) != 1:
        raise NoRuleError(
            "scipy.linalg.solve_circulant of several vectors c has no derivative rule: take one at a time"
        )
    spectrum = np.fft.fft(c)
    if np.any(np.abs(value(spectrum)) <= np.max(np.abs(value(spectrum))) * shape(c)[0] * np.finfo(float).eps):
        raise scipy.linalg.LinAlgError("near singular circulant matrix.")
    x = np.fft.ifft(np.fft.fft(np.moveaxis(b, 0, -1)) / spectrum)
    return np.moveaxis(x if is_complex(c) or is_complex(b) else real_part(x), -1, 0)
