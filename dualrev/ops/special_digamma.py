"""Digamma and polygamma, and differences of digammas that do not cancel."""

import numpy as np
import scipy.special as sc

from ..dispatch import primitive as as_given
from ..errors import NoRuleError
from ..shapes import size
from .special_precision import OF_REAL, count_as_one, elementwise, flops, primitive


@as_given
def polygamma(n, x):
    """SciPy's, in the precision of x."""
    dtype = np.result_type(x)
    if dtype.kind == "c":
        raise NoRuleError(f"polygamma{OF_REAL}")
    return sc.polygamma(n, x).astype(dtype if dtype.kind == "f" else float)[()]


@primitive
def digamma_step(x, d):
    """digamma(x + d) - digamma(x), which does not cancel where d is small beside x; for positive x and x + d."""
    positive = (x > 0) & (x + d > 0)
    X, D = np.where(positive, x, 1.0), np.where(positive, d, 0.0)
    near = sum(D / ((X + j) * (X + j + D)) for j in range(12))
    return np.where(positive, near + far_step(X + 12, D), sc.digamma(x + d) - sc.digamma(x))


# log(x) - digamma(x) is the sum of c / x**k. Source: DLMF 5.11.2.
DIGAMMA = ((1, 1 / 2), (2, 1 / 12), (4, -1 / 120), (6, 1 / 252), (8, -1 / 240), (10, 1 / 132), (12, -691 / 32760))


def far_step(x, d):
    """The same from the asymptotic series, for x and x + d of 12 and more."""
    step = np.log1p(d / x)
    return step - sum(c * x**-k * np.expm1(-k * step) for k, c in DIGAMMA)


# fmt: off
elementwise(sc.digamma,   lambda y, x: polygamma(1, x))
elementwise(polygamma,    None,                                                   lambda y, n, x: polygamma(n + 1, x))
elementwise(digamma_step, lambda s, x, d: polygamma(1, x + d) - polygamma(1, x),  lambda s, x, d: polygamma(1, x + d))
# fmt: on
flops(polygamma, shared=lambda y, n, x: (0, size(y)))
count_as_one(digamma_step)
