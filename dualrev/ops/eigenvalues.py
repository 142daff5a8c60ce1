"""Eigenvalues and eigenvectors. Where eigenvalues are equal they are series, taken apart: see gaps.py.

Source: Giles (2008), Collected matrix derivative results for forward and reverse, section 3.1.
"""

import numpy as np

from ..dispatch import primitive
from ..registry import composite, differential, flops
from ..shapes import lead_of, shape, size
from ..traced import operand, value
from .complex_parts import complex_beside, complexed, conjugated, is_complex, real
from .contract import H
from .factors import apart, diagonal, each, joined, mirrored
from .gaps import alike, gap_flops, infinitesimals, over_gaps, split, turns

# ---- Hermitian matrices ----------------------------------------------------------------------------------------------


@primitive
def eigh(A, *, UPLO="L"):
    return hermitian_spectrum(A, *np.linalg.eigh(A, UPLO))


def hermitian_spectrum(A, w, V):
    return spectrum(A, w, V, real_row_of)


def spectrum(A, w, V, real_at):
    """The eigenvalues and vectors in one array; as series where eigenvalues are equal, and for other vectors, too.

    real_at(V): where the elements of complex vectors are real by convention, as a mask, or None.
    """
    P, close = joined((), w, V), alike(w)
    if np.count_nonzero(close) <= w.size:
        return P
    X = np.where(defective(V), np.nan, V) @ turns(close, V.dtype)
    with np.errstate(invalid="ignore"):  # nan in place of vectors that there are not
        X = X / np.linalg.norm(X, axis=-2, keepdims=True)
    fixed = real_at(V)
    X = X if fixed is None else X * to_real(np.sum(X * fixed, axis=-2, keepdims=True))
    return split((P, joined((), w, X)), [joined((), d, 0 * V) for d in infinitesimals(A, w, close)])


def defective(V):
    """Have equal eigenvalues too few vectors? Then no choice of them is one: a mask of the matrices."""
    condition = np.linalg.cond(V)[..., None, None]
    return ~(condition < np.finfo(V.dtype).eps ** -0.5)


def to_real(z):
    """The phases that make the numbers z real."""
    size = np.abs(z)
    return np.where(size > 0, np.conj(z), 1) / np.where(size > 0, size, 1)


def eigenvalues(A, w):
    """The eigenvalues alone, as `spectrum` has them."""
    close = alike(w)
    return w if np.count_nonzero(close) <= w.size else split((w, w), infinitesimals(A, w, close))


@differential(eigh)
def _(P, A, /, *, UPLO="L"):
    """A V = V diag(w):  with M = V^H dA V, dw_i = M_ii and dV = V (M_ij / (w_j - w_i)), and phases as LAPACK's."""
    w, V = apart(P, shape(A)[:-1], shape(A))
    w, place = real(w), real_row(V)

    def dP(dA):
        M = H(V) @ mirrored(dA, UPLO in "Uu") @ V
        dV = V @ over_gaps(M, w)
        return joined(lead_of(dA, A), real(diagonal(M)), dV + V * phase(dV, V, place) if is_complex(V) else dV)

    return dP


@composite(np.linalg.eigh)
def _(a, UPLO="L"):
    A = operand(a)
    return EIGH(*eigh_parts(eigh(A, UPLO=UPLO), A))


def eigh_parts(P, A):
    w, V = apart(P, shape(A)[:-1], shape(A))
    return real(w), V


@primitive
def eigvalsh(A, *, UPLO="L"):
    return eigenvalues(A, np.linalg.eigvalsh(A, UPLO))


@differential(eigvalsh)
def _(w, A, /, *, UPLO="L"):
    _, V = eigh_parts(eigh(A, UPLO=UPLO), A)
    return lambda dA: real(diagonal(H(V) @ mirrored(dA, UPLO in "Uu") @ V))


composite(np.linalg.eigvalsh)(lambda a, UPLO="L": eigvalsh(operand(a), UPLO=UPLO))


def real_row(V):
    """The row of complex vectors that LAPACK keeps real: the first or the last, if either."""
    plain = value(V)
    if np.iscomplexobj(plain) and plain.size:
        rounding = 16 * np.finfo(plain.dtype).eps
        return next((i for i in (0, -1) if np.max(np.abs(plain[..., i, :].imag)) <= rounding), None)
    return None


def real_row_of(V):
    """That row as a mask of ones, or None."""
    place = real_row(V)
    return None if place is None else np.eye(V.shape[-2], dtype=V.real.dtype)[place][:, None]


def phase(dV, V, place):
    """i d(phase) of each column, with which that row of V + dV stays real; none where the row is zero."""
    if place is None:
        return np.zeros((), value(V).dtype)
    at = (..., slice(place, place + 1 or None), slice(None))
    there = real(V[at])
    zero = np.abs(value(there)) <= 64 * np.finfo(value(there).dtype).eps
    return -1j * complexed(np.imag(dV[at]) * np.where(zero, 0, 1 / np.where(zero, 1, there)))


# ---- matrices without symmetry ---------------------------------------------------------------------------------------


@primitive
def eig(A):
    """Eigenvalues and vectors, complex unless all of them are real."""
    return eig_spectrum(A, *np.linalg.eig(A))


def eig_spectrum(A, w, V):
    return spectrum(A, w, V, largest_in)


def largest_in(V):
    """Where each column has its largest element, as numbers 0 and 1."""
    plain = np.abs(value(V))
    return (np.arange(shape(V)[-1])[:, None] == np.argmax(plain, axis=-2)[..., None, :]).astype(plain.dtype)


@differential(eig)
def _(P, A, /):
    """A V = V diag(w):  with M = V^-1 dA V, dw_i = M_ii and dV = V (M_ij / (w_j - w_i)) - V diag(c).

    c keeps what LAPACK fixes: columns of length one, whose largest element is real.
    """
    w, V = apart(P, shape(A)[:-1], shape(A))
    largest = largest_in(V)
    at_largest = lambda Z: np.sum(Z * largest, axis=-2, keepdims=True)
    inverse = 1 / np.real(at_largest(V)) if is_complex(P) else None

    def dP(dA):
        M = np.linalg.solve(V, complex_beside(P, dA) @ V)
        N = V @ over_gaps(M, w)
        c = np.sum(conjugated(V) * N, axis=-2, keepdims=True)
        if is_complex(P):
            c = complexed(np.real(c)) + 1j * complexed(np.imag(at_largest(N)) * inverse)
        return joined(lead_of(dA, A), diagonal(M), N - V * c)

    return dP


@primitive
def eigvals(A):
    return eigenvalues(A, np.linalg.eigvals(A))


@differential(eigvals)
def _(w, A, /):
    found, V = apart(eig(A), shape(A)[:-1], shape(A))
    V = complex_beside(w, matched(V, value(found), value(w)))
    return lambda dA: diagonal(np.linalg.solve(V, complex_beside(w, dA) @ V))


def matched(V, found, wanted):
    """The columns of V, which belong to the eigenvalues `found`, in the order in which they are `wanted`."""
    n = shape(V)[-1]
    if np.array_equal(found, wanted):
        return V
    order = np.empty(shape(found), int)
    for at in np.ndindex(shape(found)[:-1]):
        distance = np.abs(wanted[at][:, None] - found[at])
        for i in range(n):
            order[at][i] = np.argmin(distance[i])
            distance[:, order[at][i]] = np.inf
    return V @ np.swapaxes(np.eye(n, dtype=value(V).dtype)[order], -1, -2)


@composite(np.linalg.eig)
def _(a):
    A = operand(a)
    return EIG(*apart(eig(A), shape(A)[:-1], shape(A)))


composite(np.linalg.eigvals)(lambda a: eigvals(operand(a)))

EIG, EIGH = type(np.linalg.eig(np.eye(1))), type(np.linalg.eigh(np.eye(1)))

# ---- what they cost: LAPACK by its leading terms, the rules to the last operation ------------------------------------


def eig_flops(cubes, squares, ones, of_complex):
    """A polynomial in n for each matrix; and what complex vectors take to keep their largest elements real."""

    def flops(P, A):
        n = shape(A)[-1]
        more = of_complex[0] * n * n + of_complex[1] * n if is_complex(P) else 0
        return size(A) // max(n * n, 1) * (cubes * n**3 + squares * n * n + ones * n + more)

    return flops


# fmt: off
flops(eigh,     value=each(lambda m, n, k, **_: 9 * n**3),
                shared=each(lambda m, n, k, **_: gap_flops(n)),
                push=each(lambda m, n, k, **_: 6 * n**3 + 3 * n * n),
                pull=each(lambda m, n, k, **_: 6 * n**3 + 5 * n * n + n))
flops(eigvalsh, value=each(lambda m, n, k, **_: 4 * n**3 / 3),
                shared=each(lambda m, n, k, **_: 9 * n**3),
                push=each(lambda m, n, k, **_: 4 * n**3 + n * n),
                pull=each(lambda m, n, k, **_: 4 * n**3 + 2 * n * n + n))
flops(eig,      value=each(lambda m, n, k: 25 * n**3),
                shared=eig_flops(0, 3, 0, (2, 0)),
                push=eig_flops(20 / 3, 6, -1, (2, 2)),
                pull=eig_flops(20 / 3, 8, 0, (2, 3)))
flops(eigvals,  value=each(lambda m, n, k: 10 * n**3),
                shared=each(lambda m, n, k: 25 * n**3),
                push=each(lambda m, n, k: 14 * n**3 / 3),
                pull=each(lambda m, n, k: 14 * n**3 / 3 + n))
# fmt: on
