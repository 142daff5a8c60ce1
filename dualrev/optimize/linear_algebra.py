"""Least squares by orthogonal factors: steps, covariances, and which directions are undetermined; never J^T J."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

DEFICIENT = 10.0  # times eps times the larger dimension: singular values below are zero


class Factors(NamedTuple):
    """J D = U diag(s) V^T with D = 1 / column norms: singular values of a Jacobian whose columns have length 1."""

    scale: ndarray
    U: ndarray
    s: ndarray
    V: ndarray

    @property
    def rank(self) -> int:
        if not self.s.size or not self.s[0] > 0:
            return 0
        tiny = DEFICIENT * np.finfo(float).eps * max(self.U.shape[0], self.V.shape[0])
        return int((self.s > tiny * self.s[0]).sum())

    @property
    def condition(self) -> float:
        """The ratio of the largest to the smallest singular value, columns scaled to length 1."""
        return float(self.s[0] / self.s[-1]) if self.s.size and self.s[-1] > 0 else np.inf

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
        ratios = np.zeros(self.V.shape[1] - k)
        ratios[: len(self.s) - k] = self.s[k:] / top
        return (self.scale[:, None] * self.V[:, k:]).T, ratios


def factored(J: ndarray) -> Factors:
    """The Factors of a Jacobian."""
    norms = np.linalg.norm(J, axis=0)
    scale = 1 / np.where(norms > 0, norms, 1.0)
    U, s, Vt = np.linalg.svd(J * scale, full_matrices=J.shape[0] < J.shape[1])
    if J.shape[0] < J.shape[1]:
        U = U[:, : len(s)]
    return Factors(scale, U, s, Vt.T)


def solved(J: ndarray, b: ndarray) -> ndarray:
    """The x that minimises |J x - b|, by QR with column pivoting, scaled columns, and two steps of refinement."""
    from scipy.linalg import qr, solve_triangular

    norms = np.linalg.norm(J, axis=0)
    scale = 1 / np.where(norms > 0, norms, 1.0)
    Q, R, order = qr(J * scale, mode="economic", pivoting=True)
    tiny = np.finfo(float).eps * max(J.shape) * abs(R[0, 0]) if R.size else 0.0
    rank = int((np.abs(np.diag(R)) > tiny).sum())
    if rank < J.shape[1]:
        return factored(J).solve(b)
    x = np.zeros(J.shape[1])
    for _ in range(3):
        step = np.zeros(J.shape[1])
        step[order] = solve_triangular(R, Q.T @ (b - J @ x))
        x = x + scale * step
    return x
