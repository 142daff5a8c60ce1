"""The functions of Python's math, and float: of single numbers, and floats of Python come out. Loaded by dualrev.math.

Most have the rule of NumPy's function of the same meaning; the value is that of math, which may differ in the last bit.
"""

import math

import numpy as np
import scipy.special as sc

from ..dispatch import primitive, ruled_as
from ..registry import OPS, elementwise, find, flops

LIKE = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atan2": np.arctan2, "atanh": np.arctanh, "cbrt": np.cbrt, "copysign": np.copysign, "cos": np.cos,
    "cosh": np.cosh, "degrees": np.degrees, "erf": sc.erf, "erfc": sc.erfc, "exp": np.exp, "exp2": np.exp2,
    "expm1": np.expm1, "fabs": np.fabs, "fmod": np.fmod, "gamma": sc.gamma, "hypot": np.hypot, "ldexp": np.ldexp,
    "lgamma": sc.gammaln, "log": np.log, "log10": np.log10, "log1p": np.log1p, "log2": np.log2, "pow": np.power,
    "radians": np.radians, "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt, "tan": np.tan, "tanh": np.tanh,
}  # fmt: skip
OF_COMPLEX = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cos": np.cos, "cosh": np.cosh, "exp": np.exp, "log": np.log, "log10": np.log10,
    "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt, "tan": np.tan, "tanh": np.tanh,
}  # fmt: skip


def as_numpys(func, like):
    """func of Python's as an op with the rule of NumPy's or SciPy's `like`."""
    find(like)  # which registers the rules of its package
    made = ruled_as(like)(func)
    OPS[made].sided = OPS[like].sided
    return made


as_float = primitive(float)
frac = primitive(lambda x: math.modf(x)[0])
remainder = primitive(math.remainder)
fma = primitive(lambda x, y, z: math.fma(x, y, z))  # from Python 3.13 on

elementwise(as_float, 1)
elementwise(frac, 1)
elementwise(remainder, 1, lambda r, x, y: np.rint((r - x) / y))
elementwise(fma, lambda r, x, y, z: y, lambda r, x, y, z: x, 1)
flops(as_float, frac, value=0, push=0, pull=0)
