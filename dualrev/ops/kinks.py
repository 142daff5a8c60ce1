"""Where an op has a kink, and what its slope is on either side: for second derivatives there, see sides.py.

A formula here has the first argument `ray`: how values move along a line, to one side of the point.
"""

import numpy as np

from ..cotangents import deposit_fit
from ..dispatch import primitive, sides
from ..registry import elementwise, flops
from ..shapes import ndim, negative_axes, shape, size
from ..traced import Tracer, value


def nonzero(x):
    """x, and 1 where x is 0: a divisor or the argument of a logarithm whose product with 0 is to be 0."""
    return np.where(value(x) == 0, 1, x)


def two_sided(meets, formula, *args, **params):
    """formula on both sides, where an older level differentiates args, and they meet the kink; else None."""
    if not any(isinstance(a, Tracer) for a in args) or not np.any(meets(*map(value, args), **params)):
        return None
    return sides().on_both_sides(formula, args, params)


# ---- what the formulas are said in -----------------------------------------------------------------------------------


@primitive
def middle(plus, minus):
    """The mean of what both sides have."""
    return np.where(plus == minus, plus, 0.5 * (plus + minus))[()]


@primitive
def at_the_tip(x, slope):
    """x * slope, and 0 where x is, though its slope there may be nan."""
    return np.where(x == 0, 0.0, x * slope)[()]


elementwise(middle, 0.5, 0.5)
elementwise(at_the_tip, lambda z, x, slope: slope, None)
flops(middle, value=lambda y, *_: 2 * size(y))
flops(at_the_tip, shared=0)


# ---- ops of one slope on either side: abs, maximum -------------------------------------------------------------------


def is_zero(x, **_):
    return x == 0


def sign_of(x):
    """The slope of |x|."""
    found = two_sided(is_zero, turned, x) if isinstance(x, Tracer) else None
    return np.sign(x) if found is None else found


def turned(ray, x):
    """The sign of x; where x is 0, that of the side."""
    plain = value(x)
    sign = np.where(plain == 0, way(ray, ray(x)), np.sign(plain))
    return float(sign) if type(plain) is float else sign.astype(plain.dtype)[()]


def way(ray, moves):
    """Which way a difference moves."""
    return np.sign(ray.moved(moves, moves == 0))


def size_of(ray, x):
    """|x|, with a slope on either side."""
    return x * turned(ray, x) + 0.0


def are_equal(x, y, **_):
    return x == y


def tied(share, x, y, larger):
    """The share of x or y in the larger or smaller of them; on either side of a tie it is 1 or 0.

    larger: is it 1 where x is the larger one?
    """
    if not (isinstance(x, Tracer) or isinstance(y, Tracer)):
        return share
    found = two_sided(are_equal, share_at_tie, x, y, share=share, larger=larger)
    return share if found is None else found


def share_at_tie(ray, x, y, share, larger):
    return np.where(value(x) == value(y), ahead(ray, x, y) == larger, share).astype(share.dtype)[()]


def ahead(ray, x, y):
    """Is x the larger one, where both are equal?"""
    return way(ray, ray(x) - ray(y)) > 0


def winner(func, larger):
    """func, a maximum or a minimum, with the one that wins on either side of a tie."""

    def of_ties(ray, x, y):
        return np.where(value(x) == value(y), np.where(ahead(ray, x, y) == larger, x, y), func(x, y))

    return lambda x, y: two_sided(are_equal, of_ties, x, y)


# ---- the largest of an array -----------------------------------------------------------------------------------------


def winner_of(func, larger):
    """func, the largest or the smallest element over axes, with the one that wins on either side of a tie of two."""

    def of_ties(ray, x, axis=None, keepdims=False):
        axes, y = negative_axes(axis, ndim(x)), func(value(x), axis=axis, keepdims=True)
        two, won = winner_of_two(ray, x, y, axes, larger)
        found = np.sum(np.where(won, x, 0), axis=axes, keepdims=keepdims)
        return np.where(np.reshape(two, shape(found)), found, func(x, axis=axis, keepdims=keepdims))

    def meets(x, axis=None, keepdims=False):
        y = func(x, axis=axis, keepdims=True)
        return np.sum(x == y, axis=axis) == 2

    return lambda x, **params: two_sided(meets, of_ties, x, **params)


def shared_by_two(share, y, x, axes, larger):
    """The share of each element in the largest or smallest, y; on either side of a tie of two it is 1 or 0."""
    if not isinstance(x, Tracer):
        return share

    def of_ties(ray, x):
        two, won = winner_of_two(ray, x, value(y), axes, larger)
        return np.where(two, won, share).astype(share.dtype)

    found = two_sided(lambda x: np.sum(x == value(y), axis=axes) == 2, of_ties, x)
    return share if found is None else found


def winner_of_two(ray, x, y, axes, larger):
    """(where two elements of x tie for y, which one of them wins)."""
    hit, order = value(x) == y, np.arange(size(x)).reshape(shape(x))
    first = hit & (order == np.min(np.where(hit, order, size(x)), axis=axes, keepdims=True))
    two = np.sum(hit, axis=axes, keepdims=True) == 2
    lead = np.sum(ray(x) * (1.0 * first - 1.0 * (hit & ~first)), axis=axes, keepdims=True)
    ahead = ray.moved(lead, two & (lead == 0)) > 0
    return two, np.where(ahead == larger, first, hit & ~first)


# ---- cones: lengths, whose slope at 0 points along the ray -----------------------------------------------------------


def has_tip(n):
    """Is a length n, which an older level differentiates, 0 somewhere?"""
    return isinstance(n, Tracer) and not np.all(value(n))


def no_length(*args, **_):
    return args[-1] == 0


def slope_of_length(x, n, divisor=None, power=1):
    """The slope of a length n of x; at its tip 0, and on either side that of the ray."""
    found = None
    if isinstance(n, Tracer):
        found = two_sided(no_length, slope_of_length_at_tip, x, n, divisor=divisor, power=power)
    return pointing(x, nonzero(n), divisor, power) if found is None else found


def pointing(x, n, divisor, power):
    if power == 1:
        return x / (n if divisor is None else divisor * n)
    return np.sign(x) * (np.abs(x) / n) ** power


def slope_at_tip(ray, x, n, divisor, power):
    moves = ray(n)
    return ray.moved(pointing(ray(x), nonzero(moves), divisor, power), np.asarray(moves == 0))


def slope_of_length_at_tip(ray, x, n, divisor, power):
    z = slope_at_tip(ray, x, n, divisor, power)
    if not ray.alone:  # along any other line the direction turns at once
        z = z + at_the_tip(x, np.where(ray(n) == 0, 0.0, np.nan))
    return np.where(value(n) == 0, z, pointing(x, nonzero(n), divisor, power))


def over_length(ct, x, n, divisor=None, power=1):
    """ct times the slope of a length n of x, together: at the tip it is 0, and on either side what it tends to.

    Its derivative is finite where ct is 0, too, and the whole is smooth. Elsewhere it is infinite, and nan is returned.
    """
    found = two_sided(no_length, product_at_tip, ct, x, n, divisor=divisor, power=power)
    return ct * pointing(x, nonzero(n), divisor, power) if found is None else found


def product_at_tip(ray, ct, x, n, divisor, power):
    tip, toward, moves = value(n) == 0, slope_at_tip(ray, x, n, divisor, power), ray(n)
    bend = np.where((value(ct) == 0) | (moves == 0) | ~tip, ray(ct) / nonzero(moves), np.nan)
    if power != 1:  # smooth only where the whole is flat
        bend = np.where(bend == 0, 0.0, np.nan)
    z = ct * toward + at_the_tip(x, bend if divisor is None else bend / divisor) - at_the_tip(n, bend * toward)
    return z if tip.all() else np.where(tip, z, ct * pointing(x, nonzero(n), divisor, power))


def at_tips(pull):
    """The pull of a length of two numbers, which knows its tip."""

    def of_length(ct, line, cts, own, sweep):
        _, i, j, x, y, z = line
        if not has_tip(z):
            return pull(ct, line, cts, own, sweep)
        for k, a in ((i, x), (j, y)):
            if k >= 0:
                deposit_fit(cts, own, k, over_length(ct, a, z), True, a, z, sweep.lead)

    return of_length


def both_zero(x, y):
    return (x == 0) & (y == 0)


def hypot_at_tip(ray, x, y):
    """np.hypot, with its slopes on either side of its tip."""
    moves = nonzero(np.hypot(ray(x), ray(y)))
    z = at_the_tip(x, ray(x) / moves) + at_the_tip(y, ray(y) / moves)
    return np.where(both_zero(value(x), value(y)), z, np.hypot(x, y))


def modulus_at_tip(ray, z):
    """The modulus of complex numbers, with its slope on either side of 0."""
    moves = ray(z)
    y = np.real(at_the_tip(z, np.conj(moves) / nonzero(np.abs(moves))))
    return np.where(value(z) == 0, y, np.abs(z))


def tip_of(func, arm, divisor):
    """func, a length of arm(x, axes) over axes, with its slope on either side of its tip."""

    def of_tip(ray, x, axis=None, keepdims=False, **params):
        kw = {"axis": axis, "keepdims": True, **params}
        axes, moves = negative_axes(axis, ndim(x)), ray(x)
        toward = slope_of(func(moves, **kw), arm(moves, axes), divisor(x, axes, **params), params)
        n = np.sum(np.real(at_the_tip(arm(x, axes), np.conj(toward))), axis=axes, keepdims=keepdims)
        tip = func(value(x), axis=axis, keepdims=keepdims, **params) == 0
        return n if np.all(tip) else np.where(tip, n, func(x, axis=axis, keepdims=keepdims, **params))

    def slope_of(n, moves, divisor, params):
        return pointing(moves, nonzero(n), divisor, params.get("ord", 2) - 1)

    return lambda x, **params: two_sided(lambda x, **kw: func(x, **kw) == 0, of_tip, x, **params)
