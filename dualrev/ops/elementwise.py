"""Elementwise functions: NumPy's ufuncs, one line each. y or z is the output; a partial stands per argument.

The kinks: |x|' = 0 at 0; ties of maximum and minimum share equally; x**0 has slope 0 everywhere. Elsewhere IEEE speaks.
"""

from math import log, pi

import numpy as np

from ..errors import NoRuleError
from ..kinds import over
from ..registry import OPS, composite, constant, elementwise, flops, kinked
from ..shapes import size
from ..traced import Tracer, operand, value
from .kinks import (
    at_tips,
    both_zero,
    has_tip,
    hypot_at_tip,
    is_zero,
    nonzero,
    sign_of,
    size_of,
    slope_of_length,
    tied,
    two_sided,
    winner,
)
from .slopes import (
    cosine_of,
    logistic,
    logistic2,
    one_and_square,
    one_less_square,
    root_of_one_and_square,
    root_of_one_less_square,
    root_of_square_less_one,
    sec2,
    sech2,
)

# fmt: off
# ---- one argument ----------------------------------------------------------------------------------------------------
elementwise(np.negative,   -1)
elementwise(np.positive,   1)
elementwise(np.absolute,   lambda y, x: sign_of(real(x)))
elementwise(np.fabs,       lambda y, x: sign_of(x))
elementwise(np.square,     lambda y, x: x + x)
elementwise(np.sqrt,       over(lambda y, x: y + y))
elementwise(np.cbrt,       over(lambda y, x: 3 * (y * y)))
elementwise(np.reciprocal, lambda y, x: -y * y)
elementwise(np.conjugate,  lambda y, x: np.ones_like(value(real(x))))

elementwise(np.exp,        lambda y, x: y)
elementwise(np.exp2,       lambda y, x: y * log(2))
elementwise(np.expm1,      lambda y, x: np.exp(x))
elementwise(np.log,        over(lambda y, x: x))
elementwise(np.log2,       over(lambda y, x: x * log(2)))
elementwise(np.log10,      over(lambda y, x: x * log(10)))
elementwise(np.log1p,      over(lambda y, x: 1.0 + x))

elementwise(np.sin,        lambda y, x: np.cos(x))
elementwise(np.cos,        lambda y, x: -np.sin(x))
elementwise(np.tan,        lambda y, x: sec2(y, x))
elementwise(np.arcsin,     over(lambda y, x: root_of_one_less_square(x)))
elementwise(np.arccos,     over(lambda y, x: -root_of_one_less_square(x)))
elementwise(np.arctan,     over(lambda y, x: one_and_square(x)))

elementwise(np.sinh,       lambda y, x: np.cosh(x))
elementwise(np.cosh,       lambda y, x: np.sinh(x))
elementwise(np.tanh,       lambda y, x: sech2(y, x))
elementwise(np.arcsinh,    over(lambda y, x: root_of_one_and_square(x)))
elementwise(np.arccosh,    over(lambda y, x: root_of_square_less_one(x)))
elementwise(np.arctanh,    over(lambda y, x: one_less_square(x)))

elementwise(np.deg2rad,    pi / 180)
elementwise(np.radians,    pi / 180)
elementwise(np.rad2deg,    180 / pi)
elementwise(np.degrees,    180 / pi)

# ---- two arguments ---------------------------------------------------------------------------------------------------
elementwise(np.add,         1,                                       1)
elementwise(np.subtract,    1,                                       -1)
elementwise(np.multiply,    lambda z, x, y: y,                       lambda z, x, y: x)
elementwise(np.divide,      over(lambda z, x, y: y),                 lambda z, x, y: -z / y)
elementwise(np.power,       lambda z, x, y: slope(x, y),             lambda z, x, y: z * log_of_base(z, x))
elementwise(np.float_power, lambda z, x, y: slope(x, y),             lambda z, x, y: z * log_of_base(z, x))
elementwise(np.hypot,       lambda z, x, y: cosine(x, y, z),         lambda z, x, y: cosine(y, x, z))
elementwise(np.arctan2,     lambda z, y, x: over_r2(x, x, y),        lambda z, y, x: over_r2(-y, x, y))
elementwise(np.logaddexp,   lambda z, x, y: weight(x, y, z),         lambda z, x, y: weight(y, x, z))
elementwise(np.logaddexp2,  lambda z, x, y: weight2(x, y, z),        lambda z, x, y: weight2(y, x, z))
elementwise(np.maximum,     lambda z, x, y: tied(share(z, x > y, x >= y), x, y, True),
                            lambda z, x, y: tied(share(z, y > x, y >= x), x, y, False))
elementwise(np.minimum,     lambda z, x, y: tied(share(z, x < y, x <= y), x, y, False),
                            lambda z, x, y: tied(share(z, y < x, y <= x), x, y, True))
elementwise(np.fmax,        lambda z, x, y: tied(wins(z, x, y), x, y, True),
                            lambda z, x, y: tied(wins(z, y, x), x, y, False))
elementwise(np.fmin,        lambda z, x, y: tied(wins(z, -x, -y), x, y, False),
                            lambda z, x, y: tied(wins(z, -y, -x), x, y, True))
elementwise(np.copysign,    lambda z, x, y: sign_of(x) * sign_like(z, y), 0)
elementwise(np.remainder,   1,                                       lambda z, x, y: -np.floor_divide(x, y))
elementwise(np.fmod,        1,                                       lambda z, x, y: -np.trunc(x / y))
elementwise(np.heaviside,   0,                                       lambda z, x, h: share(z, x == 0, x == 0))
elementwise(np.ldexp,       lambda z, x, n: np.ldexp(np.ones_like(x), n),        None)
# fmt: on

# ---- what a partial costs, where that depends on the arguments or is spent on plain values, which leave no trace -----
# fmt: off
flops(np.positive, np.conjugate,       value=0)
flops(np.tanh,                         shared=lambda y, x: 3 * size(y))
flops(np.maximum, np.minimum, np.fmax, shared=lambda z, x, y: 2 * size(z))
flops(np.logaddexp, np.logaddexp2,     shared=lambda z, x, y: 2 * size(z))
flops(np.fmin,                         shared=lambda z, x, y: 2 * size(z) + size(x) + size(y))
flops(np.copysign,                     shared=lambda z, x, y: (2 * size(z), 0))
flops(np.ldexp,                        shared=lambda z, x, y: (size(z), 0))
flops(np.heaviside,                    shared=lambda z, x, h: (0, 2 * size(x)))
flops(np.remainder, np.fmod,           shared=lambda z, x, y: (0, 2 * size(z)))
flops(np.power, np.float_power,        shared=lambda z, x, y: (slope_flops(z, x, y), size(z) + size(x)))
# fmt: on


# ---- the derivative is zero ------------------------------------------------------------------------------------------
constant(
    *(np.floor, np.ceil, np.trunc, np.rint, np.fix, np.round, np.around, np.sign, np.signbit, np.floor_divide),
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.array_equal, np.array_equiv),
    *(np.isnan, np.isinf, np.isfinite, np.isclose, np.allclose, np.isreal, np.iscomplex, np.isposinf, np.isneginf),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.any, np.all, np.count_nonzero, np.nonzero),
    *(np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj),
)

composite(np.modf)(lambda x: (np.fmod(x, 1), np.trunc(x)))
composite(np.frexp)(lambda x: (np.ldexp(x, -np.frexp(value(x))[1]), np.frexp(value(x))[1]))
composite(np.divmod)(lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)))


def over_r2(t, x, y):
    """t / (x**2 + y**2), where the squares may overflow."""
    r = np.hypot(x, y)
    return t / r / r


def cosine(x, y, z):
    """x / z for z = hypot(x, y); where z is 0 it is 0, and on either side of that tip what the sides have."""
    return slope_of_length(x, z) if has_tip(z) else cosine_of(x, y)


def weight(x, y, z):
    """The share exp(x - z) of x in z = logaddexp(x, y), as a function that has no cancellation in the next order."""
    return logistic(x - y) if isinstance(z, Tracer) else np.exp(x - z)


def weight2(x, y, z):
    return logistic2(x - y) if isinstance(z, Tracer) else np.exp2(x - z)


def sign_like(x, y):
    """The sign of y, which 0 has too, in the shape and precision of x."""
    return np.copysign(np.ones_like(value(x)), value(y))


def slope(x, y):
    """The derivative y * x**(y - 1) of x**y in x; 0 where y is 0, at x = 0 too."""
    if type(y) is int or type(y) is float:
        if y == 2:
            return x + x
        return y * (np.power(x, y - 1.0) if type(x) is float else x ** (y - 1)) if y else 0.0
    return y * x ** np.where(value(y) == 0, 1, y - 1)


def slope_flops(z, x, y):
    if type(y) is int or type(y) is float:
        return size(x) * (1 if y == 2 else 2 if y else 0)
    return 2 * size(z) + size(y)


def log_of_base(z, x):
    """log(x) as it stands in the slope of z = x**y in y: complex where z is; 0 at x = 0, whose power stays as it is."""
    base = nonzero(x)
    if np.iscomplexobj(value(z)) and not np.iscomplexobj(value(x)):
        base = base + 0j
    y = np.log(base)
    return y.item() if type(x) is float or type(x) is int else y  # Python's own takes any precision


def share(z, strictly, weakly):
    """1 where an argument is chosen, 1/2 where both are, in the precision of z."""
    return 0.5 * np.add(strictly, weakly, dtype=np.result_type(value(z)))


def wins(z, x, y):
    """`share` for the larger of x and y, where any number is larger than nan."""
    return share(z, (x > y) | np.isnan(y), (x >= y) | np.isnan(y))


def real(x):
    """x, which must be real: the op has no complex derivative."""
    if np.iscomplexobj(value(x)):
        raise NoRuleError("abs and conj of a complex value have no derivative: split it into real and imaginary parts")
    return x


def in_precision_of(a, *others):
    """a in the precision in which NumPy computes with all of them at once."""
    dtype = np.result_type(value(a), *map(value, others))
    return a if np.result_type(value(a)) == dtype else np.astype(a if isinstance(a, Tracer) else np.asarray(a), dtype)


@composite(np.clip)
def clip(a, a_min=None, a_max=None, *, min=None, max=None):
    """A maximum of a minimum, so that the ends share their slope as ties do."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is not None and not (type(high) is float or high is None):
        a = in_precision_of(operand(a), operand(low), operand(high))
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


OPS[np.hypot].pull = at_tips(OPS[np.hypot].pull)

# ---- the same on both sides of a kink, for second derivatives --------------------------------------------------------
kinked(np.absolute, lambda x: two_sided(is_zero, size_of, x))
kinked(np.copysign, lambda x, y: two_sided(is_zero, lambda ray, x: size_of(ray, x) * sign_like(x, y), x))
kinked(np.hypot, lambda x, y: two_sided(both_zero, hypot_at_tip, x, y))
kinked(np.fabs, lambda x: two_sided(is_zero, size_of, x))
for larger, funcs in ((True, (np.maximum, np.fmax)), (False, (np.minimum, np.fmin))):
    for func in funcs:
        kinked(func, winner(func, larger))
