"""Quotients by the gaps between eigenvalues or singular values, which vanish where two of them are equal.

The vectors of equal values have no derivative: any turn of them among themselves would do. What depends on the values
alone, and alike on equal ones, has one all the same, and gets it.
"""

from warnings import warn

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, flops, linear
from ..shapes import shape, size
from ..traced import value
from .contract import column, row


@primitive
def ratio(M, d, *, lost=0.0):
    """M / d for matrices M, where a zero of d is an eigenspace of more than one dimension.

    There 0, as it is in the derivative of anything that depends on the eigenvalues alone; with a warning where an
    element of M is more than rounding, and `lost` in its place.
    """
    zero = np.broadcast_to(d == 0, M.shape)
    if not zero.any():
        return M / d
    largest = np.max(np.abs(M), axis=(-2, -1), keepdims=True, initial=0.0)
    found = zero & (np.abs(M) > 1000 * np.finfo(M.dtype).eps * largest)
    if found.any():
        warn_of_vectors()
    quotient = M / np.where(d == 0, np.ones_like(d), d)
    return np.where(zero, np.where(found, np.asarray(lost, M.dtype), np.zeros_like(M)), quotient)


def warn_of_vectors():
    warn(
        "vectors of equal eigenvalues or singular values have no derivative: the first derivative of what depends on "
        "the values alone is right, anything else is nan in reverse mode and wrong in forward mode",
        RuntimeWarning,
        stacklevel=4,
    )


@argwise(ratio, "(),()->()")
def _(z, M, d, /, *, lost=0.0):
    return (
        (lambda dM: ratio(dM, d, lost=lost), lambda ct: ratio(ct, d, lost=np.nan)),
        (lambda dd: -ratio(z * dd, d, lost=lost), lambda ct: -ratio(ct * z, d, lost=np.nan)),
    )


def rounding(w):
    """What a difference of eigenvalues may be by rounding, with their axis kept."""
    return 64 * np.finfo(w.dtype).eps * np.max(np.abs(w), axis=-1, keepdims=True, initial=0.0)


def over_gaps(M, w):
    """M_ij / (w_j - w_i), and 0 on the diagonal. A gap that is rounding is none."""
    n, plain = shape(w)[-1], value(w)
    gaps, one = row(w) - column(w), np.eye(n, dtype=plain.dtype)
    gaps = np.where(np.abs(value(gaps)) <= rounding(plain)[..., None], one, gaps)
    return ratio((1 - one) * M, gaps)


# ---- the values themselves: each of several equal ones has a kink, and only what treats them alike is smooth ---------


def as_one(dw, w):
    """dw, the tangents of sorted values w; a pullback that tells equal ones apart warns of the kink."""
    plain = value(w)
    equal = np.abs(np.diff(plain)) <= rounding(plain)
    return treated_alike(dw, equal=equal) if equal.any() else dw


@primitive
def treated_alike(dw, *, equal):
    """dw, where neighbours marked as equal are to have equal cotangents."""
    return dw.copy()


@linear(treated_alike)
def _(y, dw, /, *, equal):
    def JT(ct):
        plain = value(ct)
        apart = np.abs(np.diff(plain)) > 1000 * np.finfo(plain.dtype).eps * float(np.max(np.abs(plain), initial=0.0))
        if (apart & equal).any():
            warn(
                "one of several equal eigenvalues or singular values has a kink: its slope is that of the vectors that "
                "LAPACK found; what treats equal ones alike has a derivative",
                RuntimeWarning,
                stacklevel=4,
            )
        return ct

    return lambda d: d, JT


def gap_flops(n):
    """What `over_gaps` forms once."""
    return 2 * n * n + 2 * n + 1


def kink_flops(n):
    """What `as_one` forms once."""
    return 2 * n + 1 + 2 * max(n - 1, 0)


flops(treated_alike, value=0, pull=lambda y, dw, equal: 2 * size(dw) + 2 * size(equal))
flops(ratio, value=lambda z, M, d, **_: size(z), push=lambda z, M, d, **_: (size(z), 3 * size(z)))
