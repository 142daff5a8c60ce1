"""The error function and its family: scaled, imaginary, inverse; the normal distribution."""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..tracer import value
from .special_precision import elementwise

# fmt: off
elementwise(sc.erf,       lambda y, x: 2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.erfc,      lambda y, x: -2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.erfi,      lambda y, x: 2 / sqrt(pi) * np.exp(x * x))
elementwise(sc.erfcx,     lambda y, x: far_out(x, -1, 2 / sqrt(pi), 2 * x * y - 2 / sqrt(pi)))
elementwise(sc.dawsn,     lambda y, x: far_out(np.abs(x), 1, -1, 1 - 2 * x * y))
elementwise(sc.erfinv,    lambda y, x: sqrt(pi) / 2 * np.exp(y * y))
elementwise(sc.erfcinv,   lambda y, x: -sqrt(pi) / 2 * np.exp(y * y))

elementwise(sc.ndtr,      lambda y, x: 1 / sqrt(2 * pi) * np.exp(-0.5 * x * x))
elementwise(sc.ndtri,     lambda x, p: sqrt(2 * pi) * np.exp(0.5 * x * x))
elementwise(sc.log_ndtr,  lambda y, x: normal_hazard(x))
elementwise(sc.ndtri_exp, over(lambda x, y: normal_hazard(x)))
elementwise(sc.owens_t,   lambda y, h, a: -sqrt(1 / (8 * pi)) * np.exp(-0.5 * h * h) * sc.erf(sqrt(0.5) * a * h),
                          lambda y, h, a: np.exp(-0.5 * h * h * (1 + a * a)) / (2 * pi * (1 + a * a)))
# fmt: on

FAR = 10.0  # from here on the asymptotic series is exact to the last digit
ODD = np.cumprod(np.arange(1.0, 26.0, 2.0))  # 1, 1 3, 1 3 5, ...


def far_out(x, sign, scale, near):
    """scale * sum over k of sign**k (2k-1)!! / (2 x^2)**k where x is far out: `near`, with 2 x y in it, cancels there.

    Source: DLMF 7.12.1.
    """
    far = value(x) > FAR
    if not np.any(far):
        return near
    t = sign / (2 * np.square(np.where(far, x, FAR)))
    series = 0.0
    for c in ODD[::-1].tolist():
        series = (series + c) * t
    return np.where(far, scale * series, near)


def normal_hazard(x):
    """ndtr'(x) / ndtr(x), which is about -x far in the left tail."""
    left = value(x) < 0
    tail = sqrt(2 / pi) / sc.erfcx(-sqrt(0.5) * np.where(left, x, 0))
    x = np.where(left, 0, x)
    return np.where(left, tail, np.exp(-0.5 * x * x) / (sqrt(2 * pi) * sc.ndtr(x)))
