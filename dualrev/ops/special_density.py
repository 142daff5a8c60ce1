"""The densities behind the incomplete gamma and beta functions, accurate to the last digits for large parameters.

They are the derivatives of those functions in x. Near their mode both are written by a saddle point, where no large
terms cancel. Source: Loader (2000), Fast and accurate computation of binomial probabilities.
"""

from math import pi

import numpy as np
import scipy.special as sc

from ..traced import value
from .elementwise import slope
from .special_digamma import digamma_step
from .special_precision import count_as_one, elementwise, primitive

LARGE = 10.0  # from here on Stirling's series is exact to the last digit
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


@primitive
def gamma_density(a, x):
    """x**(a-1) exp(-x) / Gamma(a), the derivative of gammainc(a, x) in x."""
    direct = np.exp(sc.xlogy(a - 1, x) - x - sc.gammaln(a))
    A = np.where(a < LARGE, LARGE, a)
    saddle = np.sqrt(A / (2 * pi)) / x * np.exp(A * log_less((x - A) / A, x / A) - stirling_error(A))
    density = np.where((a < LARGE) | (x == 0), direct, saddle)
    return np.where((x < 0) | (x == np.inf), 0.0, density)


@primitive
def beta_density(a, b, x):
    """x**(a-1) (1-x)**(b-1) / B(a, b), the derivative of betainc(a, b, x) in x."""
    direct = np.exp(sc.xlogy(a - 1, x) + sc.xlog1py(b - 1, -x) - log_beta(a, b))
    small = (a < LARGE) | (b < LARGE) | (x <= 0) | (x >= 1)
    A, B, X = np.where(small, LARGE, a), np.where(small, LARGE, b), np.where(small, 0.5, x)
    p, q = A / (A + B), B / (A + B)
    d = (X * B - (1 - X) * A) / (A + B)  # x - p
    exponent = A * log_less(d / p, X / p) + B * log_less(-d / q, (1 - X) / q)
    error = stirling_error(A + B) - stirling_error(A) - stirling_error(B)
    saddle = np.sqrt(A * q / (2 * pi)) / (X * (1 - X)) * np.exp(exponent + error)
    return np.where((x < 0) | (x > 1), 0.0, np.where(small, direct, saddle))


def log_beta(a, b):
    """log B(a, b) for positive a and b; a ratio of Gammas far out is not a difference of large logarithms."""
    a, b = np.minimum(a, b), np.maximum(a, b)
    B = np.maximum(b, LARGE)
    ratio = (B + a - 0.5) * np.log1p(a / B) + a * (np.log(B) - 1) + stirling_error(B + a) - stirling_error(B)
    return np.where(b < LARGE, sc.betaln(a, b), sc.gammaln(a) - ratio)


def stirling_error(a):
    """log Gamma(a) - ((a - 1/2) log(a) - a + log(2 pi) / 2), for a >= 10."""
    return np.polynomial.polynomial.polyval(1 / (a * a), STIRLING) / a


def log_less(d, ratio):
    """log(1 + d) - d, with ratio = 1 + d: by the series of atanh where that cancels."""
    small = np.abs(d) < 0.4
    r = np.where(small, d / (2 + d), 0)
    series = 2 * r**3 * np.polynomial.polynomial.polyval(r * r, [1 / k for k in range(3, 31, 2)]) - d * r
    return np.where(small, series, np.log(np.where(small, 1, ratio)) - d)


def log_inside(p, x):
    """log(x) as it stands in a slope of the density p at x: 0 where the density is."""
    return np.log(np.where(value(p) == 0, 1.0, x))


def gamma_bend(p, a, x):
    """The derivative of the density in x; at the end that of the power alone is 0 times an infinite one."""
    end = value(x) == 0
    inside = p * ((a - 1) / np.where(end, 1.0, x) - 1)
    return np.where(end, slope(np.where(end, x, 1.0), a - 1) * sc.rgamma(a) - p, inside)


def beta_bend(p, a, b, x):
    zero, one = value(x) == 0, value(x) == 1
    X = np.where(zero | one, 0.5, x)
    q = np.where((zero | one) & np.isinf(value(p)), 0.0, p)  # at an infinite density the power tells the slope
    inside = p * ((a - 1) / X - (b - 1) / (1 - X))
    at_zero = slope(np.where(zero, x, 1.0), a - 1) / sc.beta(low(a), b) - q * (b - 1)
    at_one = q * (a - 1) - slope(np.where(one, 1 - x, 1.0), b - 1) / sc.beta(a, low(b))
    return np.where(zero, at_zero, np.where(one, at_one, inside))


def low(a):
    """a, or 3 beyond it, where the slope that it divides is 0: the beta function of large a would be 0, too."""
    return np.where(value(a) > 3, 3.0, a)


# fmt: off
elementwise(gamma_density, lambda p, a, x: sc.xlogy(p, x) - p * sc.digamma(a), gamma_bend)
elementwise(beta_density,  lambda p, a, b, x: sc.xlogy(p, x) + p * digamma_step(a, b),
                           lambda p, a, b, x: sc.xlog1py(p, -x) + p * digamma_step(b, a), beta_bend)
# fmt: on
count_as_one(gamma_density, beta_density)
