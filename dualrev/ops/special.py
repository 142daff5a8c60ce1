"""Special functions: SciPy's ufuncs, which dispatch as NumPy's do."""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..registry import elementwise, flops
from ..shapes import size
from ..tracer import primitive, value
from .elementwise import weak


@primitive
def polygamma(n, x):
    """SciPy's, in the precision of x."""
    return sc.polygamma(n, x).astype(np.result_type(x))[()]


# fmt: off
elementwise(sc.gammaln,  lambda y, x: sc.digamma(x))
elementwise(sc.digamma,  lambda y, x: polygamma(1, x))
elementwise(polygamma,   None,                                 lambda y, n, x: polygamma(n + 1, x))
elementwise(sc.erf,      lambda y, x: 2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.erfc,     lambda y, x: -2 / sqrt(pi) * np.exp(-x * x))
elementwise(sc.expit,    lambda y, x: y * sc.expit(-x))
elementwise(sc.logit,    over(lambda y, x: x * (1 - x)))
elementwise(sc.xlogy,    lambda z, x, y: weak(np.log(y), y),   lambda z, x, y: x / unless_both_zero(y, x))
# fmt: on
flops(polygamma, shared=lambda y, n, x: (0, size(y)))


def unless_both_zero(y, x):
    """y, and 1 where x and y are 0: there x log(y) is 0, and stays so."""
    return np.where((value(x) == 0) & (value(y) == 0), 1, y)
