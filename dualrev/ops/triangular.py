"""Triangular systems, and the LU decomposition: what SciPy has and NumPy has not."""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, differential, flops
from ..shapes import lead_of, shape, size
from ..traced import value
from .contract import T
from .factors import apart, each, joined


@primitive
def solve_triangular(A, B, *, trans=0, lower=False, unit_diagonal=False):
    """A X = B, or A^T X = B, with B a matrix and A triangular: its other triangle is not read."""
    from scipy import linalg

    if not A.size or not B.size:
        return np.zeros(np.broadcast_shapes(A.shape[:-2], B.shape[:-2]) + B.shape[-2:], np.result_type(A, B))
    if A.ndim == 2 < B.ndim:  # one matrix: all directions are columns
        columns = np.moveaxis(B, -2, 0)
        X = linalg.solve_triangular(A, columns.reshape(len(columns), -1), trans, lower, unit_diagonal)
        return np.moveaxis(X.reshape(columns.shape), 0, -2)
    return linalg.solve_triangular(A, B, trans, lower, unit_diagonal)


@argwise(solve_triangular, "(n,n),(n,k)->(n,k)")
def _(X, A, B, /, *, trans=0, lower=False, unit_diagonal=False):
    kept = lambda M: triangle(M, lower, unit_diagonal)
    solved = lambda R, trans: solve_triangular(A, R, trans=trans, lower=lower, unit_diagonal=unit_diagonal)
    back = lambda ct: solved(ct, 1 - trans)
    if trans:
        of_A = (lambda dA: -solved(T(kept(dA)) @ X, 1), lambda ct: -kept(X @ T(back(ct))))
    else:
        of_A = (lambda dA: -solved(kept(dA) @ X, 0), lambda ct: -kept(back(ct) @ T(X)))
    return of_A, (lambda dB: solved(dB, trans), back)


def triangle(M, lower, unit_diagonal):
    return np.tril(M, -1 if unit_diagonal else 0) if lower else np.triu(M, 1 if unit_diagonal else 0)


def substituted(X, A, B, **_):
    """n^2 for each column: half of the matrix, a multiplication and an addition per element."""
    return size(X) * shape(A)[-1]


def triangular_pull(X, A, B, **_):
    return 3 * substituted(X, A, B) + size(X) // max(shape(B)[-1], 1) * shape(A)[-1], substituted(X, A, B)


flops(
    solve_triangular,
    value=substituted,
    push=lambda X, A, B, **_: (3 * substituted(X, A, B) + size(X), substituted(X, A, B)),
    pull=triangular_pull,
)

# ---- LU --------------------------------------------------------------------------------------------------------------


@primitive
def lu(A):
    """The factors L and U of the rows of A in the order that pivoting finds; and the place of each row of A there."""
    from scipy import linalg

    places, L, U = linalg.lu(A, p_indices=True)
    return joined((), L, U, places.astype(L.dtype))


def lu_parts(P, A):
    """L, U and the places, as integers."""
    *loops, m, n = shape(A)
    L, U, places = apart(P, (*loops, m, min(m, n)), (*loops, min(m, n), n), (*loops, m))
    return L, U, value(places).real.astype(int)


@differential(lu)
def _(P, A, /):
    """With A = L U in blocks, and M = L1^-1 dA1 U1^-1: dL1 = L1 low(M), dU1 = up(M) U1."""
    L, U, places = lu_parts(P, A)
    k, rows = min(shape(A)[-2:]), permutation(places, L)
    L1, L2, U1, U2 = L[..., :k, :], L[..., k:, :], U[..., :k], U[..., k:]
    over = lambda M: T(solve_triangular(U1, T(M), trans=1))  # M U1^-1
    under = lambda M: solve_triangular(L1, M, lower=True, unit_diagonal=True)

    def dP(dA):
        lead, dA = lead_of(dA, A), T(rows) @ dA
        M = under(over(dA[..., :k, :k]))
        dL, dU = L1 @ np.tril(M, -1), np.triu(M) @ U1
        if shape(L2)[-2]:
            dL = np.concatenate([dL, over(dA[..., k:, :] - L2 @ dU)], axis=-2)
        if shape(U2)[-1]:
            dU = np.concatenate([dU, under(dA[..., :k, k:] - dL[..., :k, :] @ U2)], axis=-1)
        return joined(lead, dL, dU, np.zeros(lead + shape(places), value(A).dtype))

    return dP


def permutation(places, like):
    """The matrix that puts row places[i] of L U in row i, where A has it."""
    return np.eye(shape(places)[-1], dtype=value(like).real.dtype)[places]


def lu_push(P, A):
    (m, n), k = shape(A)[-2:], min(shape(A)[-2:])
    tall = (m - k) * k * (3 * k + 1)
    wide = (n - k) * k * (3 * k + 1)
    return size(A) // max(m * n, 1) * (2 * m * m * n + 6 * k**3 + tall + wide)


def lu_pull(P, A):
    """As a push; and the triangles are added back, and what arrives at dA, M, dL and dU."""
    (m, n), k = shape(A)[-2:], min(shape(A)[-2:])
    tall = ((m - k) * n + m * n + k * k) * (m > k)
    wide = (k * (n - k) + m * n + 2 * k * k) * (n > k)
    return lu_push(P, A) + size(A) // max(m * n, 1) * (3 * k * k + tall + wide)


flops(lu, value=each(lambda m, n, k: 2 * m * n * k / 3), push=lu_push, pull=lu_pull)
