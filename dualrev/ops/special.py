"""Special functions: SciPy's ufuncs, which dispatch as NumPy's do."""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..registry import elementwise
from ..tracer import primitive
from .elementwise import nonzero


@primitive
def polygamma(n, x):
    return sc.polygamma(n, x)


# fmt: off
elementwise(sc.gammaln,  lambda y, x: sc.digamma(x))
elementwise(sc.digamma,  lambda y, x: polygamma(1, x))
elementwise(polygamma,   None,                                 lambda y, n, x: polygamma(n + 1, x))
elementwise(sc.erf,      lambda y, x: 2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.erfc,     lambda y, x: -2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.expit,    lambda y, x: y * sc.expit(-x))
elementwise(sc.logit,    lambda y, x: np.reciprocal(x * (1 - x)))
elementwise(sc.xlogy,    lambda z, x, y: np.log(nonzero(y)),   lambda z, x, y: x / nonzero(y))
# fmt: on
