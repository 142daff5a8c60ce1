"""The error function and its family: scaled, imaginary, inverse; the normal distribution."""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..traced import value
from .complex_parts import is_complex
from .slopes import gaussian, normal
from .special_precision import count_as_one, elementwise, order, primitive

# fmt: off
elementwise(sc.erf,       lambda y, x: 2 / sqrt(pi) * gaussian(x))
elementwise(sc.erfc,      lambda y, x: -2 / sqrt(pi) * gaussian(x))
elementwise(sc.erfi,      lambda y, x: 2 / sqrt(pi) * np.exp(x * x))
elementwise(sc.erfcx,     lambda y, x: 2 * x * y - 2 / sqrt(pi) if is_complex(x) else erfcx_derivative(1, x))
elementwise(sc.dawsn,     lambda y, x: 1 - 2 * x * y if is_complex(x) else dawsn_derivative(1, x))
elementwise(sc.erfinv,    lambda y, x: sqrt(pi) / 2 * np.exp(y * y))
elementwise(sc.erfcinv,   lambda y, x: -sqrt(pi) / 2 * np.exp(y * y))

elementwise(sc.ndtr,      lambda y, x: 1 / sqrt(2 * pi) * normal(x))
elementwise(sc.ndtri,     lambda x, p: sqrt(2 * pi) * np.exp(0.5 * x * x))
elementwise(sc.log_ndtr,  lambda y, x: normal_hazard(x))
elementwise(sc.ndtri_exp, over(lambda x, y: normal_hazard(x)))
elementwise(sc.owens_t,   lambda y, h, a: -sqrt(1 / (8 * pi)) * normal(h) * sc.erf(sqrt(0.5) * a * h),
                          lambda y, h, a: np.exp(-0.5 * h * h * (1 + a * a)) / (2 * pi * (1 + a * a)))
# fmt: on

FAR = 7.0  # from here on the asymptotic series is exact to the last digit
ODD = np.cumprod(np.r_[1.0, np.arange(1.0, 60.0, 2.0)]) / 2.0 ** np.arange(31)  # (2k-1)!! / 2^k


@primitive
def erfcx_derivative(n, x):
    """The n-th derivative of erfcx. Source: DLMF 7.10.3 and 7.12.1."""
    near, far = x <= FAR, x > FAR
    series = descending(order(n), np.where(far, x, FAR), (-1.0) ** np.arange(31) * ODD) / sqrt(pi)
    x = np.where(near, x, 0)
    return np.where(far, series, recurrence(order(n), 2 * x, 2, sc.erfcx(x), 2 / sqrt(pi)))


@primitive
def dawsn_derivative(n, x):
    """The n-th derivative of Dawson's integral. Source: DLMF 7.10.4 and 7.12.1."""
    near, far = np.abs(x) <= FAR, np.abs(x) > FAR
    series = descending(order(n), np.where(far, x, FAR), ODD) / 2
    x = np.where(near, x, 0)
    return np.where(far, series, recurrence(order(n), -2 * x, -2, sc.dawsn(x), -1))


def recurrence(n, slope, step, y, constant):
    """The n-th derivative of y where y' = slope y - constant and slope' = step."""
    before, now = y, slope * y - constant
    for k in range(1, n):
        before, now = now, slope * now + k * step * before
    return now


def descending(n, x, coefficients):
    """The n-th derivative of the sum of c_k / x**(2k+1)."""
    powers = 2 * np.arange(len(coefficients)) + 1.0
    return x ** -(n + 1) * np.polynomial.polynomial.polyval(1 / (x * x), (-1) ** n * sc.poch(powers, n) * coefficients)


# fmt: off
elementwise(erfcx_derivative, None, lambda y, n, x: erfcx_derivative(order(n) + 1, x))
elementwise(dawsn_derivative, None, lambda y, n, x: dawsn_derivative(order(n) + 1, x))
# fmt: on
count_as_one(erfcx_derivative, dawsn_derivative)


def normal_hazard(x):
    """ndtr'(x) / ndtr(x), which is about -x far in the left tail."""
    left = value(x) < 0
    tail = sqrt(2 / pi) / sc.erfcx(-sqrt(0.5) * np.where(left, x, 0))
    x = np.where(left, 0, x)
    return np.where(left, tail, normal(x) / (sqrt(2 * pi) * sc.ndtr(x)))
