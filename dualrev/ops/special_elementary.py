"""SciPy's elementary functions: roots and powers, degrees, logistic functions, entropies, losses, transforms."""

from math import factorial, log, pi

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..traced import value
from .slopes import bell, cosine_of, logistic
from .special_precision import count_as_one, elementwise, primitive

# fmt: off
# ---- powers, exponentials, degrees -----------------------------------------------------------------------------------
elementwise(sc.cbrt,   over(lambda y, x: 3 * (y * y)))
elementwise(sc.exp2,   lambda y, x: y * log(2))
elementwise(sc.exp10,  lambda y, x: y * log(10))
elementwise(sc.expm1,  lambda y, x: np.exp(x))
elementwise(sc.log1p,  over(lambda y, x: 1.0 + x))
elementwise(sc.cosm1,  lambda y, x: -np.sin(x))
elementwise(sc.exprel, lambda y, x: exprel_slope(y, x))
elementwise(sc.powm1,  lambda z, x, y: y * np.power(x, y - 1),  lambda z, x, y: np.power(x, y) * np.log(x))
elementwise(sc.sindg,  lambda y, x: pi / 180 * sc.cosdg(x))
elementwise(sc.cosdg,  lambda y, x: -pi / 180 * sc.sindg(x))
elementwise(sc.tandg,  lambda y, x: pi / 180 * (1 + y * y))
elementwise(sc.cotdg,  lambda y, x: -pi / 180 * (1 + y * y))
elementwise(sc.radian, pi / 180, pi / (60 * 180), pi / (3600 * 180))
elementwise(sc.round,  0)

# ---- logistic functions ----------------------------------------------------------------------------------------------
elementwise(sc.expit,     lambda y, x: bell(x))
elementwise(sc.log_expit, lambda y, x: logistic(-x))
elementwise(sc.logit,     over(lambda y, x: x * (1 - x)))

# ---- entropies -------------------------------------------------------------------------------------------------------
elementwise(sc.xlogy,    lambda z, x, y: np.log(y),             lambda z, x, y: x / unless_both_zero(y, x))
elementwise(sc.xlog1py,  lambda z, x, y: np.log1p(y),           lambda z, x, y: x / unless_both_zero(1 + y, x))
elementwise(sc.entr,     lambda y, x: -1 - np.log(x))
elementwise(sc.rel_entr, lambda z, x, y: 1 + log_ratio(x, y),   lambda z, x, y: -x / y)
elementwise(sc.kl_div,   lambda z, x, y: log_ratio(x, y),       lambda z, x, y: relative_less(x, y))

# ---- losses ----------------------------------------------------------------------------------------------------------
elementwise(sc.huber,        lambda z, d, r: np.maximum(np.abs(r) - d, 0),
                             lambda z, d, r: np.minimum(np.maximum(r, -d), d))
elementwise(sc.pseudo_huber, lambda z, d, r: pseudo_huber_slope(d, r),     lambda z, d, r: d * cosine_of(r, d))

# ---- transforms ------------------------------------------------------------------------------------------------------
elementwise(sc.boxcox,       lambda z, x, p: np.power(x, p - 1),           lambda z, x, p: boxcox_slope(np.log(x), p))
elementwise(sc.boxcox1p,     lambda z, x, p: np.power(1 + x, p - 1),       lambda z, x, p: boxcox_slope(np.log1p(x), p))
elementwise(sc.inv_boxcox,   lambda x, y, p: x / (1 + p * y),              lambda x, y, p: x * inverse_slope(y, p))
elementwise(sc.inv_boxcox1p, lambda x, y, p: (1 + x) / (1 + p * y),       lambda x, y, p: (1 + x) * inverse_slope(y, p))
# fmt: on


def unless_both_zero(y, x):
    """y, and 1 where x and y are 0: there x log(y) is 0, and stays so."""
    return np.where((value(x) == 0) & (value(y) == 0), 1, y)


def log_ratio(x, y):
    """log(x / y), also where the two are close."""
    d = (x - y) / y
    near = value(np.abs(d)) < 0.5
    return np.where(near, np.log1p(np.where(near, d, 0)), np.log(np.where(near, 1, x / y)))


@primitive
def relative_less(x, y):
    """(y - x) / y."""
    return (y - x) / y


elementwise(relative_less, over(lambda r, x, y: -y), lambda r, x, y: x / y / y)
count_as_one(relative_less)


def exprel_slope(y, x):
    """The derivative of (exp(x) - 1) / x, by its series where that cancels."""
    near = value(np.abs(x)) < 1
    t = np.where(near, x, 0)
    series = 0.0
    for c in EXPREL:
        series = series * t + c
    return np.where(near, series, (np.exp(x) - y) / np.where(near, 1, x))


def pseudo_huber_slope(d, r):
    """The derivative of d (h - d), h = hypot(d, r), in d: (h - d)**2 / h."""
    less = beyond_side(d, r)
    return less * less / np.hypot(d, r)


@primitive
def beyond_side(d, r):
    """hypot(d, r) - d, for positive d."""
    return r / (np.hypot(d, r) + d) * r


elementwise(beyond_side, lambda w, d, r: -w / np.hypot(d, r), lambda w, d, r: cosine_of(r, d))
count_as_one(beyond_side)


def boxcox_slope(L, p):
    """The derivative of (exp(p L) - 1) / p in p."""
    return L * L * exprel_slope(sc.exprel(p * L), p * L)


def inverse_slope(y, p):
    """The derivative of log(1 + p y) / p in p: y**2 times (u / (1 + u) - log(1 + u)) / u**2 at u = p y."""
    u = p * y
    near = value(np.abs(u)) < 0.05
    t, far = np.where(near, u, 0), np.where(near, 1, u)
    series = 0.0
    for c in INVERSE:
        series = series * t + c
    return y * y * np.where(near, series, (far / (1 + far) - np.log1p(far)) / (far * far))


EXPREL = [(k + 1) / factorial(k + 2) for k in reversed(range(20))]
INVERSE = [(-1) ** (k + 1) * (k + 1) / (k + 2) for k in reversed(range(16))]
