"""The nan-functions: what is nan takes no part, nor does its tangent, which is nan in most programs."""

import numpy as np

from ..registry import OPS, composite, flops, kinked, reduction
from ..shapes import size
from ..traced import operand, value
from .complex_parts import conj
from .kinks import over_length, slope_of_length, winner_of
from .reduce import each_joined, product_of_others, real_reduction, shared_by_ties, spread_of, tip_of_spread


def present(x):
    """1 where x is a number, 0 where it is nan."""
    return (~np.isnan(value(x))).astype(np.result_type(value(x)))


def filled(x, neutral):
    """x, with what leaves the result as it is in place of nan."""
    return np.where(np.isnan(value(x)), neutral, x)


def numbers(x, axes):
    """How many elements of each slice are no nan."""
    return np.sum(present(x), axis=axes, keepdims=True)


def freedom(x, axes, ddof):
    """How many of them are free to vary; nan for none, as NumPy's value is."""
    n = numbers(x, axes) - ddof
    return np.where(n > 0, n, np.nan)


def deviation(x, axes):
    """x less the mean of its slice; 0 where it is nan."""
    return filled(x - np.nanmean(x, axis=axes, keepdims=True), 0)


def skipping(func):
    """Leave out the tangents of what is nan: 0 times nan would be nan."""
    op, push = OPS[func], OPS[func].push

    def of_numbers(lead, out, args, params, tangents):
        missing = np.isnan(value(args[0]))
        if missing.any():
            tangents = [np.where(missing, 0, tangents[0])]
        return push(lead, out, args, params, tangents)

    op.push = of_numbers


# fmt: off
reduction(np.nansum,  lambda y, x, axes: present(x))
reduction(np.nanmean, lambda y, x, axes: present(x) / numbers(x, axes))
real_reduction(np.nanvar,  lambda y, x, axes, ddof=0: 2 / freedom(x, axes, ddof) * deviation(x, axes))
real_reduction(np.nanstd,
    lambda y, x, axes, ddof=0: slope_of_length(deviation(x, axes), spread_of(y, x, axes), freedom(x, axes, ddof)),
    lambda ct, y, x, axes, ddof=0:
        over_length(ct, conj(deviation(x, axes)), spread_of(y, x, axes), freedom(x, axes, ddof)))
reduction(np.nanprod, lambda y, x, axes: present(x) * product_of_others(y, filled(x, 1), axes))
reduction(np.nanmax,  lambda y, x, axes: shared_by_ties(y, x, axes, larger=True))
reduction(np.nanmin,  lambda y, x, axes: shared_by_ties(y, x, axes, larger=False))

for _func in (np.nansum, np.nanmean, np.nanvar, np.nanstd, np.nanprod, np.nanmax, np.nanmin):
    skipping(_func)

composite(np.nancumsum)( lambda a, axis=None, dtype=None: np.cumsum(filled(operand(a), 0), axis=axis, dtype=dtype))
composite(np.nancumprod)(lambda a, axis=None, dtype=None: np.cumprod(filled(operand(a), 1), axis=axis, dtype=dtype))

flops(np.nansum,   value=lambda y, x, **_: each_joined(y, x),     shared=0)
flops(np.nanmean,  value=lambda y, x, **_: size(x),               shared=lambda y, x, **_: 2 * size(x) - size(y))
flops(np.nanprod,  value=lambda y, x, **_: each_joined(y, x),     shared=lambda y, x, **_: 2 * size(x) + size(y))
flops(np.nanmax, np.nanmin, value=lambda y, x, **_: each_joined(y, x), shared=lambda y, x, **_: size(x))
flops(np.nanvar,   value=lambda y, x, **_: 4 * size(x),           shared=lambda y, x, **_: 4 * size(x) + size(y))
flops(np.nanstd,   value=lambda y, x, **_: 4 * size(x) + size(y), shared=lambda y, x, **_: 4 * size(x) + size(y))
# fmt: on

kinked(np.nanstd, tip_of_spread(np.nanstd, deviation, lambda x, axes, ddof=0: numbers(x, axes) - ddof))
kinked(np.nanmax, winner_of(np.nanmax, larger=True))
kinked(np.nanmin, winner_of(np.nanmin, larger=False))
