"""Least squares by orthogonal factors: steps, covariances, and which directions are undetermined; never J^T J."""

from math import fsum
from typing import NamedTuple

import numpy as np
from numpy import ndarray

EPS = np.finfo(float).eps
DEFICIENT = 10.0  # times eps times the larger dimension: singular values below are zero
REFINEMENTS = 10  # at most; three are usual


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
    Q, R, order = qr(A, mode="economic", pivoting=True)
    size = np.abs(np.diag(R))
    if not size.size or not (size > DEFICIENT * EPS * max(A.shape) * size[0]).all():
        return factored(J).solve(b)
    x, r, last = np.zeros(A.shape[1]), np.zeros(len(b)), np.inf
    for _ in range(REFINEMENTS):
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


def residual_once_rounded(A: ndarray, x: ndarray, b: ndarray, r: ndarray) -> ndarray:
    """b - r - A x, each element rounded once."""
    high, low = exact_products(A, -x)
    rows = np.concatenate([b[:, None], -r[:, None], high, low], axis=1)
    return np.array([fsum(row) for row in rows.tolist()])


def transposed_once_rounded(A: ndarray, r: ndarray) -> ndarray:
    """A^T r, each element rounded once."""
    if not r.any():
        return np.zeros(A.shape[1])
    high, low = exact_products(A.T, r)
    return np.array([fsum(row) for row in np.concatenate([high, low], axis=1).tolist()])


def exact_products(A: ndarray, x: ndarray) -> tuple[ndarray, ndarray]:
    """A * x as a sum of two arrays, without rounding (unless products leave the range of a float).

    >>> high, low = exact_products(np.array([[0.1]]), np.array([0.1]))
    >>> bool(high + low == high), bool(low)
    (True, True)
    """
    product = A * x
    (a, a_low), (c, c_low) = halves(A), halves(x)
    return product, ((a * c - product) + a * c_low + a_low * c) + a_low * c_low


def halves(x: ndarray) -> tuple[ndarray, ndarray]:
    """x as a sum of two numbers of 26 bits."""
    spread = (2.0**27 + 1) * x
    high = spread - (spread - x)
    return high, x - high
