"""Banded systems: a matrix by its diagonals, ab[u + i - j, j] = A[i, j]."""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, flops
from ..shapes import shape, size
from ..traced import value


@primitive
def solve_banded(ab, B, *, l, u):
    """A X = B, with l diagonals below the main one and u above; leading axes of B are more columns."""
    from scipy import linalg

    columns = np.moveaxis(B, -2, 0)
    X = linalg.solve_banded((l, u), ab, columns.reshape(len(columns), -1)) if B.size else columns
    return np.moveaxis(X.reshape(columns.shape), 0, -2)


@argwise(solve_banded, "(d,n),(n,k)->(n,k)")
def _(X, ab, B, /, *, l, u):
    turned = transposed(ab, l, u)
    back = lambda ct: solve_banded(turned, ct, l=u, u=l)
    return (
        (lambda d: -solve_banded(ab, product(d, X, l, u), l=l, u=u), lambda ct: -bands(back(ct), X, l, u)),
        (lambda dB: solve_banded(ab, dB, l=l, u=u), back),
    )


def diagonals(l, u, n):
    """(row of ab, rows i, columns j) of each diagonal: slices."""
    for row in range(l + u + 1):
        k = u - row  # j - i
        yield row, slice(max(-k, 0), n - max(k, 0)), slice(max(k, 0), n - max(-k, 0))


def padded(t, i, n, axis):
    """t as the part i of n zeros along a negative axis."""
    ends = [shape(t)[:axis] + (m,) + shape(t)[len(shape(t)) + axis + 1 :] for m in (i.start, n - i.stop)]
    return np.concatenate([np.zeros(ends[0], value(t).dtype), t, np.zeros(ends[1], value(t).dtype)], axis=axis)


def product(ab, X, l, u):
    """A X."""
    n = shape(X)[-2]
    terms = [padded(ab[..., r, j, None] * X[..., j, :], i, n, -2) for r, i, j in diagonals(l, u, n)]
    return sum(terms[1:], terms[0])


def bands(Y, X, l, u):
    """The diagonals of Y X^T."""
    n = shape(X)[-2]
    rows = [padded(np.sum(Y[..., i, :] * X[..., j, :], axis=-1), j, n, -1) for _, i, j in diagonals(l, u, n)]
    return np.stack(rows, axis=-2)


def transposed(ab, l, u):
    """The diagonals of A^T."""
    n = shape(ab)[-1]
    rows = [padded(ab[..., r, j], i, n, -1) for r, i, j in diagonals(l, u, n)]
    return np.stack(rows[::-1], axis=-2)


def elimination(X, ab, B, *, l, u):
    """Gaussian elimination with pivoting within the bands, and substitution: for each column, as if it began anew."""
    return size(X) * (2 * l * (l + u) + 2 * (2 * l + u) + 1)


def within(ab, l, u):
    """How many elements of ab lie in the matrix."""
    return size(ab) - l * (l + 1) // 2 - u * (u + 1) // 2


def banded_push(X, ab, B, *, l, u):
    solved = elimination(X, ab, B, l=l, u=u)
    return solved + within(ab, l, u) * shape(B)[-1] + (l + u + 1) * size(X), solved


def banded_pull(X, ab, B, *, l, u):
    solved = elimination(X, ab, B, l=u, u=l)  # of the transposed matrix
    return solved + within(ab, l, u) * (2 * shape(B)[-1] - 1) + size(ab), solved


flops(solve_banded, value=elimination, push=banded_push, pull=banded_pull)
