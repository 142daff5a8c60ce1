"""Least squares by orthogonal factors: steps, covariances, and which directions are undetermined; never J^T J."""

from math import fsum
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

EPS = np.finfo(float).eps
DEFICIENT = 10.0  # times eps times the larger dimension: singular values below are zero
REFINEMENTS = 10  # at most; three are usual
LARGE = 10_000  # rows; beyond, sums are compensated in NumPy, and x is refined once
EASY = 1e-4  # with a condition below 1 / EASY and so many rows, sums need no compensation


class Factors(NamedTuple):
    """J D = U diag(s) V^T, D a power of two near 1 / column norm: singular values of a Jacobian with equal columns."""

    scale: ndarray
    U: ndarray
    s: ndarray
    V: ndarray

    @property
    def rank(self) -> int:
        """How many combinations of parameters J determines, to rounding."""
        if not self.s.size or not self.s[0] > 0:
            return 0
        tiny = DEFICIENT * EPS * max(self.U.shape[0], self.V.shape[0])
        return int((self.s > tiny * self.s[0]).sum())

    @property
    def condition(self) -> float:
        """The ratio of the largest to the smallest singular value, columns scaled to a length near 1."""
        full = len(self.s) == len(self.V)
        return float(self.s[0] / self.s[-1]) if full and self.s.size and self.s[-1] > 0 else np.inf

    def solve(self, b: ndarray) -> ndarray:
        """The x of least norm (in scaled columns) that minimises |J x - b|."""
        k = self.rank
        return self.scale * (self.V[:, :k] @ ((self.U[:, :k].T @ b) / self.s[:k]))

    def root(self) -> ndarray:
        """R with R R^T = (J^T J)^+: the covariance for unit variance, as a factor."""
        k = self.rank
        return self.scale[:, None] * (self.V[:, :k] / self.s[:k])

    def null(self) -> tuple[ndarray, ndarray]:
        """Directions of the parameters, as rows, that J does not see, and their singular value ratios."""
        k = self.rank
        top = self.s[0] if self.s.size and self.s[0] > 0 else 1.0
        ratios = np.zeros(len(self.V) - k)
        ratios[: len(self.s) - k] = self.s[k:] / top
        return (self.scale[:, None] * self.V[:, k:]).T, ratios


def column_scale(J: ndarray) -> ndarray:
    """Powers of two that bring the columns of J to a length near 1; multiplying by them does not round."""
    squares = np.einsum("ij,ij->j", J, J)
    if ((squares > 1e-250) & (squares < 1e250)).all():  # the common case, in one pass
        return np.ldexp(1.0, -np.frexp(np.sqrt(squares))[1])
    largest = np.frexp(np.abs(J).max(axis=0, initial=0.0))[1].clip(-1000, 1000)
    lengths = np.frexp(np.sqrt((np.ldexp(J, -largest) ** 2).sum(axis=0)))[1]
    return np.ldexp(1.0, -largest - lengths)


def factored(J: ndarray) -> Factors:
    """The Factors of a Jacobian.

    >>> factored(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])).rank
    1
    """
    scale = column_scale(J)
    wide = J.shape[0] < J.shape[1]
    U, s, Vt = np.linalg.svd(J * scale, full_matrices=wide)
    return Factors(scale, U[:, : len(s)], s, Vt.T)


def solved(J: ndarray, b: ndarray) -> ndarray:
    """The x that minimises |J x - b|, to nearly all digits that J and b determine; of least norm if J lacks rank.

    QR with column pivoting of scaled columns, then refinement of x and the residual r together, from sums that are
    rounded once: an error of a few units in the last place unless the condition of J comes near 1 / eps.

    Source: Bjorck, Iterative refinement of linear least squares solutions I, BIT 7 (1967); Dekker, A floating-point
    technique for extending the available precision, Numerische Mathematik 18 (1971), for the exact products.
    """
    from scipy.linalg import qr, solve_triangular

    scale = column_scale(J)
    A = J * scale
    if A.shape[0] < A.shape[1]:
        return factored(J).solve(b)
    if len(b) > LARGE:
        R: Any = np.linalg.qr(A, mode="r")
        if EASY * np.linalg.cond(R) < 1:
            x = by_factor(R, A.T @ b)
            return scale * (x + by_factor(R, A.T @ (b - A @ x)))
    Q, R, order = qr(A, mode="economic", pivoting=True)
    size = np.abs(np.diag(R))
    if not size.size or not (size > DEFICIENT * EPS * max(A.shape) * size[0]).all():
        return factored(J).solve(b)
    x, r, last = np.zeros(A.shape[1]), np.zeros(len(b)), np.inf
    for _ in range(REFINEMENTS if len(b) <= LARGE else 2):
        f, g = residual_once_rounded(A, x, b, r), -transposed_once_rounded(A, r)
        h = solve_triangular(R, g[order], trans=1)
        seen = Q.T @ f - h
        step = np.zeros(len(x))
        step[order] = solve_triangular(R, seen)
        length = float(np.abs(step).max())
        if not length < last:
            break
        x, r, last = x + step, r + f - Q @ seen, length
        if length <= EPS * np.abs(x).max():
            break
    return scale * x


def by_factor(R: ndarray, c: ndarray) -> ndarray:
    """The solution of R^T R x = c; with one correction as good as by QR (Bjorck 1987: seminormal equations)."""
    from scipy.linalg import solve_triangular

    return np.asarray(solve_triangular(R, solve_triangular(R, c, trans=1)))


def residual_once_rounded(A: ndarray, x: ndarray, b: ndarray, r: ndarray) -> ndarray:
    """b - r - A x, each element rounded once (nearly so, where there are many)."""
    if not x.any():
        return b - r
    if len(b) > LARGE:
        return compensated_residual(A, x, b, r)
    high, low = exact_products(A, -x)
    rows = np.concatenate([b[:, None], -r[:, None], high, low], axis=1)
    return np.array([fsum(row) for row in rows.tolist()])


def transposed_once_rounded(A: ndarray, r: ndarray) -> ndarray:
    """A^T r, each element rounded once (nearly so, where there are many)."""
    if not r.any():
        return np.zeros(A.shape[1])
    if len(r) > LARGE:
        return np.array([compensated_sum(*exact_products(column, r)) for column in A.T])
    high, low = exact_products(A.T, r)
    return np.array([fsum(row) for row in np.concatenate([high, low], axis=1).tolist()])


def compensated_residual(A: ndarray, x: ndarray, b: ndarray, r: ndarray) -> ndarray:
    """b - r - A x, as if in twice the precision.

    Source: Ogita, Rump & Oishi, Accurate sum and dot product, SIAM J. Scientific Computing 26 (2005), algorithm 5.3.
    """
    total, error = two_sum(b, -r)
    for column, factor in zip(A.T, -x):
        high, low = exact_products(column, factor)
        total, rounding = two_sum(total, high)
        error += rounding + low
    return total + error


def compensated_sum(x: ndarray, more: ndarray) -> float:
    """The sum of x and of the small numbers `more`, as if in twice the precision: halves are added, errors kept."""
    error = float(more.sum())
    while len(x) > 1:
        half = len(x) // 2
        total, rounding = two_sum(x[:half], x[half : 2 * half])
        error += float(rounding.sum())
        x = np.concatenate([total, x[2 * half :]])
    return float(x[0]) + error


def two_sum(a: ndarray, b: ndarray) -> tuple[ndarray, ndarray]:
    """a + b, and its rounding error, exactly (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def exact_products(A: ndarray, x: Any) -> tuple[ndarray, ndarray]:
    """A * x as a sum of two arrays, without rounding (unless products leave the range of a float).

    >>> high, low = exact_products(np.array([[0.1]]), np.array([0.1]))
    >>> bool(high + low == high), bool(low)
    (True, True)
    """
    product = A * x
    (a, a_low), (c, c_low) = halves(A), halves(x)
    return product, ((a * c - product) + a * c_low + a_low * c) + a_low * c_low


def halves(x: Any) -> tuple[Any, Any]:
    """x as a sum of two numbers of 26 bits."""
    spread = (2.0**27 + 1) * x
    high = spread - (spread - x)
    return high, x - high
