"""The functions of Python's math, and float: of single numbers, and floats of Python come out. Loaded by dualrev.math.

Most have the rule of NumPy's function of the same meaning; the value is that of math, which may differ in the last bit.
"""

import math

import numpy as np
import scipy.special as sc

from ..dispatch import primitive, ruled_as
from ..registry import OPS, elementwise, find, flops
from ..traced import value

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
fma = primitive(getattr(math, "fma", lambda x, y, z: x * y + z))  # of Python from 3.13 on

# fmt: off
elementwise(as_float,  1)
elementwise(frac,      1)
elementwise(remainder, 1,                       lambda r, x, y: np.rint((r - x) / y))
elementwise(fma,       lambda r, x, y, z: y,    lambda r, x, y, z: x, 1)
# fmt: on
flops(as_float, frac, value=0, push=0, pull=0)


def item(x, at):
    """x.item(*at) as a traced float of Python."""
    np.asarray(value(x)).item(*at)  # which raises where there is no such element
    if len(at) > 1 or (at and isinstance(at[0], tuple)):
        return as_float(x[at[0] if len(at) == 1 else at])
    return as_float(np.reshape(x, (-1,))[at[0] if at else 0]) if x.shape else as_float(x)


def tolist(x):
    """x.tolist(): lists of traced floats of Python."""
    return list(map(tolist, x)) if x.shape else as_float(x)
