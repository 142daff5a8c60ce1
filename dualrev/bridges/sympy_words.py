"""What the elementwise functions are called in SymPy: one line each."""

import math
from functools import cache
from typing import Any

import numpy as np

from ..ops import complex_parts, slopes
from .asked import asked_for


@cache
def words() -> dict[Any, Any]:
    """Function of NumPy, math, scipy.special or a slope of our own -> function of SymPy expressions."""
    import scipy.special as sc

    sp = asked_for("sympy", "Program.sympy()")
    half, two, ten = sp.Rational(1, 2), sp.Integer(2), sp.Integer(10)

    def cube_root(x):
        return sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3)

    # fmt: off
    said = {
        np.negative:   lambda x: -x,                     np.positive:   lambda x: x,
        np.add:        lambda x, y: x + y,               np.subtract:   lambda x, y: x - y,
        np.multiply:   lambda x, y: x * y,               np.divide:     lambda x, y: x / y,
        np.power:      lambda x, y: x**y,                np.float_power: lambda x, y: x**y,
        np.square:     lambda x: x**2,                   np.reciprocal: lambda x: 1 / x,
        np.sqrt:       sp.sqrt,                          np.cbrt:       cube_root,
        np.absolute:   sp.Abs,                           np.fabs:       sp.Abs,
        np.conjugate:  sp.conjugate,                     np.sinc:       lambda x: sp.sinc(sp.pi * x),
        complex_parts.real_part:  sp.re,                 complex_parts.imaginary_part: sp.im,
        complex_parts.conjugated: sp.conjugate,          complex_parts.modulus:        sp.Abs,
        complex_parts.complexed:  lambda x: x,
        np.exp:        sp.exp,                           np.expm1:      lambda x: sp.exp(x) - 1,
        np.exp2:       lambda x: two**x,                 sc.exp10:      lambda x: ten**x,
        np.log:        sp.log,                           np.log1p:      lambda x: sp.log(1 + x),
        np.log2:       lambda x: sp.log(x) / sp.log(2),  np.log10:      lambda x: sp.log(x) / sp.log(10),
        np.sin:        sp.sin,   np.cos:     sp.cos,     np.tan:        sp.tan,
        np.arcsin:     sp.asin,  np.arccos:  sp.acos,    np.arctan:     sp.atan,
        np.sinh:       sp.sinh,  np.cosh:    sp.cosh,    np.tanh:       sp.tanh,
        np.arcsinh:    sp.asinh, np.arccosh: sp.acosh,   np.arctanh:    sp.atanh,
        np.deg2rad:    lambda x: x * sp.pi / 180,        np.rad2deg:    lambda x: x * 180 / sp.pi,
        np.radians:    lambda x: x * sp.pi / 180,        np.degrees:    lambda x: x * 180 / sp.pi,
        np.hypot:      lambda x, y: sp.sqrt(x**2 + y**2),
        np.arctan2:    sp.atan2,
        np.logaddexp:  lambda x, y: sp.log(sp.exp(x) + sp.exp(y)),
        np.logaddexp2: lambda x, y: sp.log(two**x + two**y) / sp.log(2),
        np.maximum:    sp.Max,   np.fmax:    sp.Max,     np.minimum:    sp.Min,   np.fmin: sp.Min,
        np.remainder:  lambda x, y: x - y * sp.floor(x / y),
        np.fmod:       lambda x, y: sp.sign(x) * (sp.Abs(x) - sp.Abs(y) * sp.floor(sp.Abs(x) / sp.Abs(y))),

        slopes.logistic:  lambda x: 1 / (1 + sp.exp(-x)),
        slopes.logistic2: lambda x: 1 / (1 + two ** (-x)),
        slopes.bell:      lambda x: sp.exp(-x) / (1 + sp.exp(-x)) ** 2,
        slopes.bell2:     lambda x: two ** (-x) / (1 + two ** (-x)) ** 2,
        slopes.gaussian:  lambda x: sp.exp(-(x**2)),
        slopes.normal:    lambda x: sp.exp(-(x**2) / 2),
        slopes.one_less_square:         lambda x: 1 - x**2,
        slopes.one_and_square:          lambda x: 1 + x**2,
        slopes.root_of_one_less_square: lambda x: sp.sqrt(1 - x**2),
        slopes.root_of_one_and_square:  lambda x: sp.sqrt(1 + x**2),
        slopes.root_of_square_less_one: lambda x: sp.sqrt(x**2 - 1),
        slopes.cosine_of:               lambda x, y: x / sp.sqrt(x**2 + y**2),

        sc.erf:      sp.erf,                             sc.erfc:     sp.erfc,
        sc.erfinv:   sp.erfinv,                          sc.gamma:    sp.gamma,
        sc.gammaln:  lambda x: sp.log(sp.Abs(sp.gamma(x))),
        sc.loggamma: sp.loggamma,                        sc.digamma:  sp.digamma,
        sc.expit:    lambda x: 1 / (1 + sp.exp(-x)),     sc.logit:    lambda x: sp.log(x / (1 - x)),
        sc.ndtr:     lambda x: half * sp.erfc(-x / sp.sqrt(2)),
        sc.cbrt:     cube_root,
        sc.exp2:     lambda x: two**x,
        sc.expm1:    lambda x: sp.exp(x) - 1,            sc.log1p:    lambda x: sp.log(1 + x),
        sc.j0:       lambda x: sp.besselj(0, x),         sc.j1:       lambda x: sp.besselj(1, x),
        sc.jv:       sp.besselj,  sc.yv: sp.bessely,     sc.iv:       sp.besseli,  sc.kv: sp.besselk,
        sc.i0:       lambda x: sp.besseli(0, x),         sc.i1:       lambda x: sp.besseli(1, x),
    }
    # fmt: on
    like = {"lgamma": sc.gammaln, "gamma": sc.gamma, "erf": sc.erf, "erfc": sc.erfc, "pow": np.power, **SPELLED}
    return said | {getattr(math, name): said[func] for name, func in like.items()}


SPELLED = {
    **{name: getattr(np, name) for name in "cos cosh degrees exp exp2 expm1 fabs fmod hypot log log10 log1p".split()},
    **{name: getattr(np, name) for name in "log2 radians sin sinh sqrt tan tanh cbrt".split()},
    **{name: getattr(np, f"arc{name[1:]}") for name in "acos acosh asin asinh atan atan2 atanh".split()},
}
