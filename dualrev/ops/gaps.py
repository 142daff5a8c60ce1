"""Quotients by the gaps between eigenvalues or singular values, which vanish where two of them are equal.

There the values are series, taken apart by an infinitesimal: see splitting.py.
"""

from zlib import crc32

import numpy as np

from .. import traced
from ..dispatch import bind, primitive
from ..registry import OPS, argwise, flops, linear
from ..shapes import shape, size
from ..traced import value
from .contract import column, row

# ---- which values are equal, and the infinitesimal between them ------------------------------------------------------


def rounding(w):
    """What a difference of eigenvalues may be by rounding, with their axis kept."""
    return 64 * np.finfo(w.dtype).eps * np.max(np.abs(w), axis=-1, keepdims=True, initial=0.0)


def alike(w):
    """Which pairs of the plain values w are equal: matrices of booleans. What is equal to an equal one is equal."""
    w = np.asarray(w)
    close = np.abs(row(w) - column(w)) <= rounding(w)[..., None]
    if np.count_nonzero(close) > w.size:
        n = 0
        while n < np.count_nonzero(close):
            n = np.count_nonzero(close)
            close = close @ close
    return close


def vanishing(w):
    w = np.asarray(w)
    return np.abs(w) <= rounding(w)


def infinitesimals(A, w, close, zero=False):
    """Two choices of numbers that take equal values w of A apart, and zeros from 0: of the order of the largest.

    The second is of no account, but always the same for A: what is said of one A must fit together.
    """
    count, place = np.sum(close, axis=-1), np.sum(np.tril(close), axis=-1)
    largest = np.max(np.abs(w), axis=-1, keepdims=True, initial=0.0)
    scale = np.where((count > 1) | zero, 1, 0) * np.where(largest > 0, largest, 1) / np.maximum(count, 1)
    some = np.random.default_rng(crc32(np.ascontiguousarray(A))).random(w.shape)
    return (place * scale).astype(w.dtype), ((place - some / 2) * scale).astype(w.dtype)


def split(P, along):
    """P + eps along, in the hidden eps, for two choices: of the vectors in P, or of the infinitesimals, or of both."""
    from ..splitting import both, taken_apart

    return both(*map(taken_apart, P, along))


@primitive
def without_poles(t):
    """A derivative without poles that have cancelled; nan where they have not, or the choice of vectors shows."""
    return t


linear(without_poles)(lambda y, t, /: (without_poles, lambda ct: ct))
flops(without_poles, value=0, push=0, pull=0)
traced.WITHOUT_POLES = without_poles


def turns(groups, dtype, least=2, sign=1):
    """Matrices that turn the vectors of each group, of at least so many, among themselves: in a way of no account."""
    Q = np.broadcast_to(np.eye(groups.shape[-1], dtype=dtype), groups.shape).copy()
    some = np.random.default_rng(groups.shape[-1] + sign)
    for at in np.ndindex(groups.shape[:-2]):
        for group in {tuple(np.flatnonzero(members)) for members in groups[at]}:
            if len(group) >= least:
                Z = some.standard_normal((2, len(group), len(group)))
                Q[at][np.ix_(group, group)] = sign * np.linalg.qr(Z[0] + 1j * Z[1] if Q.dtype.kind == "c" else Z[0])[0]
    return Q


# ---- quotients -------------------------------------------------------------------------------------------------------


@primitive
def ratio(M, d):
    """M / d for matrices M; where d vanishes it is a series."""
    return M / np.where(d == 0, np.ones_like(d), d)


@argwise(ratio, "(),()->()")
def _(z, M, d, /):
    return (
        (lambda dM: ratio(dM, d), lambda ct: ratio(ct, d)),
        (lambda dd: -ratio(z * dd, d), lambda ct: -ratio(ct * z, d)),
    )


def with_poles(M, d):
    """M / d where d is a series, whose first term may be zero; then it has two, and is known exactly."""
    from ..splitting import TERMS, Series, series

    d = d if type(d) is Series else series([d, *[np.zeros_like(d)] * (TERMS - 1)])
    zero, nothing = d.terms[0] == 0, np.zeros_like(d.terms[0])
    M = M if type(M) is Series else series([M, *[np.zeros_like(M)] * (TERMS - 1)])
    if not zero.any():
        return bind(OPS[np.divide], (M, d), {})
    divisor = [np.where(zero, after, before) for before, after in zip(d.terms, [*d.terms[1:], nothing])]
    dividend = [np.where(zero, after, before) for before, after in zip([nothing, *M.terms], M.terms)]
    quotient = bind(OPS[np.divide], (series(dividend), series(divisor)), {})
    return series(quotient.terms, M.shift - 1, M.bulk * float(np.max(np.abs(1 / divisor[0]), initial=0.0)))


ratio.of_series = with_poles


def over_gaps(M, w):
    """M_ij / (w_j - w_i), and 0 on the diagonal. A gap that is rounding is none, but for the infinitesimal in it."""
    n, plain = shape(w)[-1], value(w)
    gaps, one = row(w) - column(w), np.eye(n, dtype=plain.dtype)
    equal = alike(plain)
    if np.count_nonzero(equal) > plain.size:
        gaps = gaps - np.where(equal, value(gaps), 0)
    return ratio((1 - one) * M, gaps + one)


def gap_flops(n):
    """What `over_gaps` forms once."""
    return 2 * n * n


flops(ratio, value=lambda z, M, d, **_: size(z), push=lambda z, M, d, **_: (size(z), 3 * size(z)))
