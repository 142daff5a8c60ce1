"""Bessel functions and their relatives, in the argument; no derivative in the order is known here.

Source: DLMF 10.6, 10.29, 10.51, 10.61, 11.4 and 9.2. Everywhere the mean or the half difference of the two neighbouring
orders is taken, which is regular at 0 and cancels nowhere.
"""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..registry import elementwise as of_whole_order
from ..registry import flops
from ..shapes import size
from ..traced import value
from .special_precision import analytic, count_as_one, elementwise, order, primitive

# fmt: off
elementwise(sc.j0, lambda y, x: -sc.j1(x))
elementwise(sc.j1, lambda y, x: 0.5 * (sc.j0(x) - sc.jv(2, x)))
elementwise(sc.y0, lambda y, x: -sc.y1(x))
elementwise(sc.y1, lambda y, x: 0.5 * (sc.y0(x) - sc.yn(2.0, x)))
elementwise(sc.i0, lambda y, x: sc.i1(x))
elementwise(sc.i1, lambda y, x: 0.5 * (sc.i0(x) + sc.iv(2, x)))
elementwise(sc.k0, lambda y, x: -sc.k1(x))
elementwise(sc.k1, lambda y, x: -0.5 * (sc.k0(x) + sc.kn(2.0, x)))

elementwise(sc.jv,  None, lambda y, v, x: 0.5 * (sc.jv(v - 1, x) - sc.jv(v + 1, x)))
elementwise(sc.yv,  None, lambda y, v, x: 0.5 * (sc.yv(v - 1, x) - sc.yv(v + 1, x)))
of_whole_order(sc.yn,  None, lambda y, n, x: 0.5 * (sc.yn(n - 1, x) - sc.yn(n + 1, x)))
elementwise(sc.jve, None, lambda y, v, x: 0.5 * (sc.jve(v - 1, analytic("jve", x)) - sc.jve(v + 1, x)))
elementwise(sc.yve, None, lambda y, v, x: 0.5 * (sc.yve(v - 1, analytic("yve", x)) - sc.yve(v + 1, x)))
elementwise(sc.iv,  None, lambda y, v, x: 0.5 * (sc.iv(v - 1, x) + sc.iv(v + 1, x)))
elementwise(sc.kv,  None, lambda y, v, x: -0.5 * (sc.kv(v - 1, x) + sc.kv(v + 1, x)))
of_whole_order(sc.kn,  None, lambda y, n, x: -0.5 * (sc.kn(n - 1, x) + sc.kn(n + 1, x)))

elementwise(sc.i0e,       lambda y, x: beyond(ive_far, 0, x, sc.i1e(x) - np.sign(x) * y))
elementwise(sc.i1e,       lambda y, x: beyond(
    ive_far, 1, x, 0.5 * (sc.i0e(x) + sc.ive(2, x)) - np.sign(x) * y))
elementwise(sc.k0e,       lambda y, x: beyond(kve_far, 0, x, y - sc.k1e(x)))
elementwise(sc.k1e,       lambda y, x: beyond(kve_far, 1, x, y - 0.5 * (sc.k0e(x) + sc.kve(2, x))))
elementwise(sc.ive, None, lambda y, v, x: beyond(
    ive_far, v, x, 0.5 * (sc.ive(v - 1, analytic("ive", x)) + sc.ive(v + 1, x)) - np.sign(x) * y))
elementwise(sc.kve, None, lambda y, v, x: beyond(
    kve_far, v, x, y - 0.5 * (sc.kve(v - 1, x) + sc.kve(v + 1, x))))

elementwise(sc.struve,    None, lambda y, v, x: 0.5 * (sc.struve(v - 1, x) - sc.struve(v + 1, x) + struve_term(v, x)))
elementwise(sc.modstruve, None,
            lambda y, v, x: 0.5 * (sc.modstruve(v - 1, x) + sc.modstruve(v + 1, x) + struve_term(v, x)))

elementwise(sc.ber,  lambda y, x: sc.berp(x))
elementwise(sc.bei,  lambda y, x: sc.beip(x))
elementwise(sc.ker,  lambda y, x: sc.kerp(x))
elementwise(sc.kei,  lambda y, x: sc.keip(x))
elementwise(sc.berp, lambda y, x: -sc.bei(x) - y / x)
elementwise(sc.beip, lambda y, x: sc.ber(x) - y / x)
elementwise(sc.kerp, lambda y, x: -sc.kei(x) - y / x)
elementwise(sc.keip, lambda y, x: sc.ker(x) - y / x)
# fmt: on


def struve_term(v, x):
    """(x / 2)**v / (sqrt(pi) Gamma(v + 3/2))."""
    return np.power(0.5 * x, v) * sc.rgamma(v + 1.5) / sqrt(pi)


FAR = 50.0  # from here on, for orders below 7, the asymptotic series is exact to the last digit
TERMS = 18


def asymptotic(n, v, x, sign):
    """The n-th derivative of the sum of sign**k a_k(v) x**(-k-1/2). Source: DLMF 10.40.1 and 10.40.2."""
    total, term = 0.0, 1.0
    for k in range(TERMS):
        total = total + (-1) ** n * sc.poch(k + 0.5, n) * term * x ** -(k + 0.5 + n)
        term = term * sign * (4 * v * v - (2 * k + 1) ** 2) / (8 * (k + 1))
    return total


@primitive
def ive_far(n, v, x):
    """The n-th derivative of ive(v, x), for large x."""
    return asymptotic(order(n), v, x, -1) * sqrt(0.5 / pi)


@primitive
def kve_far(n, v, x):
    """The n-th derivative of kve(v, x), for large x."""
    return asymptotic(order(n), v, x, 1) * sqrt(0.5 * pi)


# fmt: off
elementwise(ive_far, None, None, lambda y, n, v, x: ive_far(order(n) + 1, v, x))
elementwise(kve_far, None, None, lambda y, n, v, x: kve_far(order(n) + 1, v, x))
# fmt: on
count_as_one(ive_far, kve_far)
flops(sc.yn, sc.kn, shared=lambda y, n, x: (0, 4 * size(y)))


def beyond(far, v, x, near):
    """The slope `near` of a scaled function, a difference; where x is large, and it cancels, that of its series."""
    if np.iscomplexobj(value(x)):
        return near
    is_far = (value(x) > FAR) & is_low(v)
    return np.where(is_far, far(1, v, np.where(is_far, x, FAR)), near)


def is_low(v):
    """Is the order within the reach of the series?"""
    return (value(v) < 7) & (value(v) > -7)
