"""SciPy's own versions of NumPy's linear algebra: another LAPACK, whose values differ in the last bits, and one rule.

`dualrev.scipy.linalg` calls them; SciPy is imported when one is called.
"""

from typing import Any

import numpy as np

from ..dispatch import primitive, ruled_as
from ..registry import differential, flops
from ..shapes import shape, size
from . import decompositions, eigenvalues, least_squares, systems
from .contract import T
from .factors import joined, mirrored


def scipy_linalg():
    from scipy import linalg

    return linalg


@ruled_as(np.linalg.inv)
def scipy_inv(A):
    return scipy_linalg().inv(A)


@ruled_as(np.linalg.det)
def scipy_det(A):
    return scipy_linalg().det(A)


@ruled_as(systems.cholesky)
def scipy_cholesky(A, *, upper=False):
    return scipy_linalg().cholesky(A, lower=not upper)


@ruled_as(eigenvalues.eigh)
def scipy_eigh(A, *, UPLO="L"):
    return eigenvalues.hermitian_spectrum(A, *scipy_linalg().eigh(A, lower=UPLO == "L"))


@ruled_as(eigenvalues.eigvalsh)
def scipy_eigvalsh(A, *, UPLO="L"):
    return eigenvalues.eigenvalues(A, scipy_linalg().eigvalsh(A, lower=UPLO == "L"))


@ruled_as(eigenvalues.eig)
def scipy_eig(A):
    return eigenvalues.eig_spectrum(A, *scipy_linalg().eig(A))


@ruled_as(eigenvalues.eigvals)
def scipy_eigvals(A):
    return eigenvalues.eigenvalues(A, scipy_linalg().eigvals(A))


@ruled_as(decompositions.svd)
def scipy_svd(A, *, full_matrices=True):
    return decompositions.triplets(A, *scipy_linalg().svd(A, full_matrices=full_matrices))


@ruled_as(decompositions.svdvals)
def scipy_svdvals(A):
    return decompositions.singular_values(A, scipy_linalg().svdvals(A))


@ruled_as(decompositions.qr)
def scipy_qr(A, *, complete=False):
    return joined((), *scipy_linalg().qr(A, mode="full" if complete else "economic"))


@ruled_as(least_squares.pinv)
def scipy_pinv(A, *, rtol=None):
    return scipy_linalg().pinv(A, rtol=rtol)


@ruled_as(least_squares.lstsq)
def scipy_lstsq(A, B, *, rcond=None):
    X, residuals, rank, s = scipy_linalg().lstsq(A, B, cond=rcond)
    return joined((), X, residuals, s, np.asarray([rank], s.dtype))


@primitive
def scipy_solve(A, B, *, assume_a=None, lower=False, transposed=False):
    return scipy_linalg().solve(A, B, lower=lower, assume_a=assume_a, transposed=transposed)


def symmetric(M, lower):
    return np.tril(M) + T(np.tril(M, -1)) if lower else np.triu(M) + T(np.triu(M, 1))


def band(below, above):
    """M with so many diagonals below the main one and above it."""

    def says(M, lower):
        n = shape(M)[-1]
        k = np.arange(n) - np.arange(n)[:, None]
        return np.where((-(n if below is None else below) <= k) & (k <= (n if above is None else above)), M, 0)

    return says


READ: dict[Any, Any] = {  # the part of A that SciPy reads
    "gen": lambda M, lower: M,
    "sym": symmetric,
    "her": lambda M, lower: mirrored(M, not lower),
    "upper triangular": band(0, None),
    "lower triangular": band(None, 0),
    "tridiagonal": band(1, 1),
    "diagonal": band(0, 0),
}
READ |= dict.fromkeys((None, "general", "banded"), READ["gen"])
READ |= {"symmetric": READ["sym"]} | dict.fromkeys(("hermitian", "pos", "positive definite"), READ["her"])
MIRRORED = (READ["sym"], READ["her"])


@differential(scipy_solve)
def _(X, A, B, /, *, assume_a=None, lower=False, transposed=False):
    side = lambda M: np.swapaxes(READ[assume_a](M, lower), -1, -2) if transposed else READ[assume_a](M, lower)
    whole = side(A)
    return lambda dA, dB: np.linalg.solve(whole, dB - side(dA) @ X)


def one_system(X, A, B, **_):
    n, k = shape(B)[-2:]
    return systems.systems(X, n, k)


def with_product(X, A, B, *, assume_a=None, **_):
    mirroring = size(A) * (READ[assume_a] in MIRRORED)
    return one_system(X, A, B) + (2 * shape(A)[-1] + 1) * size(X) + mirroring


def transposed_product(X, A, B, *, assume_a=None, **_):
    return with_product(X, A, B, assume_a=assume_a) + size(A) * (READ[assume_a] in MIRRORED)


flops(
    scipy_solve,
    value=one_system,
    shared=lambda X, A, B, *, assume_a=None, **_: size(A) * (READ[assume_a] in MIRRORED),
    push=with_product,
    pull=transposed_product,
)
