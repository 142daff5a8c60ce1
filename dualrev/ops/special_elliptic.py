"""Elliptic integrals and Jacobi's elliptic functions, in all arguments.

The derivatives in m are symmetric integrals of Carlson, which do not cancel near m = 0 and m = 1 as the textbook's
differences of E and K do. Source: DLMF 19.4, 19.18 and 19.25.
"""

from math import pi

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..registry import composite
from ..traced import value
from .special_precision import count_as_one, elementwise, part, primitive

jacobi_sn, jacobi_cn = part(sc.ellipj, 0, "jacobi_sn"), part(sc.ellipj, 1, "jacobi_cn")
jacobi_dn, jacobi_am = part(sc.ellipj, 2, "jacobi_dn"), part(sc.ellipj, 3, "jacobi_am")
composite(sc.ellipj)(lambda u, m: (jacobi_sn(u, m), jacobi_cn(u, m), jacobi_dn(u, m), jacobi_am(u, m)))

# fmt: off
elementwise(sc.ellipk,    lambda y, m: first_slope(m))
elementwise(sc.ellipkm1,  lambda y, p: -sc.elliprd(0.0, 1.0, p) / 6)
elementwise(sc.ellipe,    lambda y, m: -sc.elliprd(0.0, 1 - m, 1.0) / 6)
elementwise(sc.ellipkinc, over(lambda y, phi, m: delta(phi, m)),   lambda y, phi, m: incomplete_first(phi, m))
elementwise(sc.ellipeinc, lambda y, phi, m: delta(phi, m),         lambda y, phi, m: incomplete_second(phi, m))

elementwise(sc.elliprf, lambda f, x, y, z: -sc.elliprd(y, z, x) / 6,
                        lambda f, x, y, z: -sc.elliprd(z, x, y) / 6,
                        lambda f, x, y, z: -sc.elliprd(x, y, z) / 6)
elementwise(sc.elliprd, lambda d, x, y, z: crossed(y, x, z),
                        lambda d, x, y, z: crossed(x, y, z),
                        lambda d, x, y, z: -(1.5 * d + x * crossed(y, x, z) + y * crossed(x, y, z)) / z)
elementwise(sc.elliprc, lambda c, x, y: -sc.elliprd(y, y, x) / 6,  lambda c, x, y: -sc.elliprd(x, y, y) / 3)

elementwise(sc.agm, lambda m, a, b: mean_slope(m, a, b),               lambda m, a, b: mean_slope(m, b, a))

elementwise(jacobi_am, lambda p, u, m: jacobi_dn(u, m),                lambda p, u, m: am_slope(p, jacobi_dn(u, m), m))
elementwise(jacobi_sn, lambda s, u, m: jacobi_cn(u, m) * jacobi_dn(u, m),
                       lambda s, u, m: jacobi_cn(u, m) * slope(u, m))
elementwise(jacobi_cn, lambda c, u, m: -jacobi_sn(u, m) * jacobi_dn(u, m),
                       lambda c, u, m: -jacobi_sn(u, m) * slope(u, m))
elementwise(jacobi_dn, lambda d, u, m: -m * jacobi_sn(u, m) * jacobi_cn(u, m),
                       lambda d, u, m: -jacobi_sn(u, m) / d
                                       * (0.5 * jacobi_sn(u, m) + m * jacobi_cn(u, m) * slope(u, m)))
# fmt: on
count_as_one(jacobi_sn, jacobi_cn, jacobi_dn, jacobi_am)


def mean_slope(m, a, b):
    """d agm(a, b) / da = 2 |a| agm^2 R_D(0, b^2, a^2) / (3 pi), as agm(a, b) = pi / (2 R_F(0, a^2, b^2))."""
    return 2 / (3 * pi) * np.abs(a) * m * m * sc.elliprd(0.0, b * b, a * a)


def delta(phi, m):
    """sqrt(1 - m sin(phi)^2), and nan where the integral has none."""
    square = 1 - m * np.square(np.sin(phi))
    return np.sqrt(np.where(value(square) < 0, np.nan, square))


def first_slope(m):
    """dK/dm = R_D(0, 1, 1 - m) / 6."""
    return sc.elliprd(0.0, 1.0, 1 - m) / 6


def second_slope(m):
    """dE/dm."""
    return -sc.elliprd(0.0, 1 - m, 1.0) / 6


def incomplete_first(phi, m):
    """dF/dm = sin^3 R_D(cos^2, 1, 1 - m sin^2) / 6, and 2 dK/dm for every half turn."""
    turns, s, c = half_turns(phi)
    return s * s * s * sc.elliprd(c * c, 1.0, 1 - m * s * s) / 6 + 2 * first_slope(m) * turns


def incomplete_second(phi, m):
    turns, s, c = half_turns(phi)
    return -s * s * s * sc.elliprd(c * c, 1 - m * s * s, 1.0) / 6 + 2 * second_slope(m) * turns


def half_turns(phi):
    """(n, sin, cos) of phi - n pi, which lies within a quarter turn of 0."""
    n = nearest_half_turn(phi)
    rest = phi - n * np.pi
    return n, np.sin(rest), np.cos(rest)


@primitive
def nearest_half_turn(phi):
    """The multiple of pi that is nearest to phi, in units of pi."""
    return np.rint(phi / np.pi)


elementwise(nearest_half_turn, 0)
count_as_one(nearest_half_turn)


def am_slope(phi, dn, m):
    """The derivative of the amplitude in m, by that of F(phi, m) = u."""
    return -dn * incomplete_first(phi, m)


def slope(u, m):
    return am_slope(jacobi_am(u, m), jacobi_dn(u, m), m)


def crossed(x, y, z):
    """The derivative of R_D(x, y, z) in y."""
    return -0.75 * carlson(0, 1, 1, x, y, z)


@primitive
def carlson(i, j, k, x, y, z):
    """int_0^inf (t+x)**(-i-1/2) (t+y)**(-j-1/2) (t+z)**(-k-1/2) dt; R_D is 3/2 of it with k = 1.

    By an exp-sinh rule. Source: Takahasi & Mori (1974), Double exponential formulas for numerical integration.
    """
    scale = np.where(z > 0, z, 1.0)
    t = np.multiply.outer(TIMES, scale)
    p, q, r = ((t + c) ** -(n + 0.5) for n, c in ((i, x), (j, y), (k, z)))
    return scale * np.tensordot(WEIGHTS, p * q * r, 1)


# fmt: off
elementwise(carlson, None, None, None,
            lambda f, i, j, k, x, y, z: -(i + 0.5) * carlson(i + 1, j, k, x, y, z),
            lambda f, i, j, k, x, y, z: -(j + 0.5) * carlson(i, j + 1, k, x, y, z),
            lambda f, i, j, k, x, y, z: -(k + 0.5) * carlson(i, j, k + 1, x, y, z))
# fmt: on
count_as_one(carlson)

STEP = 1 / 24
U = np.arange(-5.0, 4.2 + STEP / 2, STEP)
TIMES = np.exp(np.pi / 2 * np.sinh(U))
WEIGHTS = STEP * np.pi / 2 * np.cosh(U) * TIMES
