"""The Faddeeva function and the Voigt profile; functions whose values are complex, or have a complex argument.

Source: DLMF 7.10.3 and 7.12.1 for w(z) = exp(-z^2) erfc(-i z), 10.6.1 for the Hankel functions, 10.46.1 for Wright's.
"""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..traced import value
from .special_error import FAR, ODD, descending, recurrence
from .special_precision import count_as_one, elementwise, order, scipys

ROOT = 2 / sqrt(pi)


@scipys
def wofz_derivative(n, z):
    """The n-th derivative of w at complex z: by recurrence, or far out in the upper half plane by its series."""
    n, z = order(n), np.asarray(z)
    kind = np.result_type(z, np.complex64)
    z = z.astype(complex)
    far = (np.abs(z) > FAR) & (z.imag >= 0)
    outer, inner = np.where(far, z, FAR), np.where(far, 0, z)
    series = 1j / sqrt(pi) * descending(n, outer, ODD)
    return np.where(far, series, recurrence(n, -2 * inner, -2, sc.wofz(inner), -1j * ROOT)).astype(kind)[()]


@scipys
def lambert_w_complex(k, z):
    """The branch k of W at complex z."""
    return sc.lambertw(z, np.asarray(k, int))


# fmt: off
elementwise(wofz_derivative, None,   lambda y, n, z: wofz_derivative(order(n) + 1, z))
elementwise(sc.wofz,                 lambda w, z: wofz_derivative(1, z))
elementwise(lambert_w_complex, None, lambda w, k, z: np.exp(-w) / (1 + w))

elementwise(sc.voigt_profile, lambda v, x, s, g: voigt_slope(x, s, g),
                              lambda v, x, s, g: voigt_curvature(x, s, g) * s,
                              lambda v, x, s, g: voigt_rise(x, s, g))

elementwise(sc.hankel1,  None, lambda h, v, z: 0.5 * (sc.hankel1(v - 1, z) - sc.hankel1(v + 1, z)))
elementwise(sc.hankel2,  None, lambda h, v, z: 0.5 * (sc.hankel2(v - 1, z) - sc.hankel2(v + 1, z)))
elementwise(sc.hankel1e, None, lambda h, v, z: 0.5 * (sc.hankel1e(v - 1, z) - sc.hankel1e(v + 1, z)) - 1j * h)
elementwise(sc.hankel2e, None, lambda h, v, z: 0.5 * (sc.hankel2e(v - 1, z) - sc.hankel2e(v + 1, z)) + 1j * h)

elementwise(sc.wright_bessel,     None, None, lambda y, a, b, x: sc.wright_bessel(a, a + b, x))
elementwise(sc.log_wright_bessel, None, None,
            lambda y, a, b, x: np.exp(sc.log_wright_bessel(a, a + b, x) - y))
# fmt: on
count_as_one(wofz_derivative, lambert_w_complex)


def some_width(s):
    """The width of the Gaussian, and 1 where there is none, which `lorentzian` leaves out."""
    return np.where(value(s) == 0, 1.0, s)


def voigt_derivative(n, x, s, g):
    """The n-th derivative of w at z = (x + i g) / (sqrt(2) s)."""
    return wofz_derivative(n, (x + 1j * g) / (sqrt(2) * some_width(s)))


def lorentzian(s, of_profile, of_lorentzian):
    """One formula where there is a Gaussian, another where its width is zero."""
    flat = value(s) == 0
    return np.where(flat, of_lorentzian, of_profile) if np.any(flat) else of_profile


def voigt_slope(x, s, g):
    """dV/dx = Re w'(z) / (2 sqrt(pi) s^2)."""
    w = np.real(voigt_derivative(1, x, s, g))
    return lorentzian(s, w / (2 * sqrt(pi) * some_width(s) ** 2), -2 * x * g / pi / (x * x + g * g) ** 2)


def voigt_rise(x, s, g):
    """dV/dg = -Im w'(z) / (2 sqrt(pi) s^2)."""
    w = np.imag(voigt_derivative(1, x, s, g))
    return lorentzian(s, -w / (2 * sqrt(pi) * some_width(s) ** 2), (x * x - g * g) / pi / (x * x + g * g) ** 2)


def voigt_curvature(x, s, g):
    """d^2V/dx^2 = Re w''(z) / (sqrt(8 pi) s^3); a Gaussian spreads as heat does: dV/ds = s d^2V/dx^2."""
    w = np.real(voigt_derivative(2, x, s, g))
    flat = 2 * g * (3 * x * x - g * g) / pi / (x * x + g * g) ** 3
    return lorentzian(s, w / (sqrt(8 * pi) * some_width(s) ** 3), flat)
