"""Bessel functions and their relatives, in the argument; no derivative in the order is known here.

Source: DLMF 10.6, 10.29, 10.51, 10.61, 11.4 and 9.2. Everywhere the mean or the half difference of the two neighbouring
orders is taken, which is regular at 0 and cancels nowhere.
"""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..registry import elementwise as of_whole_order
from ..tracer import value
from .special_precision import elementwise

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
elementwise(sc.jve, None, lambda y, v, x: 0.5 * (sc.jve(v - 1, x) - sc.jve(v + 1, x)))
elementwise(sc.yve, None, lambda y, v, x: 0.5 * (sc.yve(v - 1, x) - sc.yve(v + 1, x)))
elementwise(sc.iv,  None, lambda y, v, x: 0.5 * (sc.iv(v - 1, x) + sc.iv(v + 1, x)))
elementwise(sc.kv,  None, lambda y, v, x: -0.5 * (sc.kv(v - 1, x) + sc.kv(v + 1, x)))
of_whole_order(sc.kn,  None, lambda y, n, x: -0.5 * (sc.kn(n - 1, x) + sc.kn(n + 1, x)))

elementwise(sc.i0e,       lambda y, x: scaled(0, x, sqrt(0.5 / pi), -1, sc.i1e(x) - np.sign(x) * y))
elementwise(sc.i1e,       lambda y, x: scaled(1, x, sqrt(0.5 / pi), -1, 0.5 * (sc.i0e(x) + sc.ive(2, x)) - np.sign(x) * y))
elementwise(sc.k0e,       lambda y, x: scaled(0, x, sqrt(0.5 * pi), 1, y - sc.k1e(x)))
elementwise(sc.k1e,       lambda y, x: scaled(1, x, sqrt(0.5 * pi), 1, y - 0.5 * (sc.k0e(x) + sc.kve(2, x))))
elementwise(sc.ive, None, lambda y, v, x: scaled(v, x, sqrt(0.5 / pi), -1, 0.5 * (sc.ive(v - 1, x) + sc.ive(v + 1, x)) - np.sign(x) * y))
elementwise(sc.kve, None, lambda y, v, x: scaled(v, x, sqrt(0.5 * pi), 1, y - 0.5 * (sc.kve(v - 1, x) + sc.kve(v + 1, x))))

elementwise(sc.struve,    None, lambda y, v, x: 0.5 * (sc.struve(v - 1, x) - sc.struve(v + 1, x) + struve_term(v, x)))
elementwise(sc.modstruve, None, lambda y, v, x: 0.5 * (sc.modstruve(v - 1, x) + sc.modstruve(v + 1, x) + struve_term(v, x)))

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


FAR = 50.0
TERMS = 16


def scaled(v, x, scale, sign, near):
    """The derivative of scale / sqrt(x) * sum of sign**k a_k(v) / x**k, where x is far out; `near`, which cancels there, else.

    Source: DLMF 10.40.1 and 10.40.2.
    """
    far = value(x) > FAR + np.square(value(v))
    if not np.any(far):
        return near
    x = np.where(far, x, FAR)
    term, total = 1.0, 0.5
    for k in range(1, TERMS):
        term = term * (sign * (4 * v * v - (2 * k - 1) ** 2) / (8 * k)) / x
        total = total + (k + 0.5) * term
    return np.where(far, -scale * total / (x * np.sqrt(x)), near)
