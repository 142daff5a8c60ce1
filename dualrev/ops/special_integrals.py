"""Exponential, trigonometric and related integrals: the derivatives are the integrands."""

from math import pi

import numpy as np
import scipy.special as sc

from ..registry import composite, flops
from ..registry import elementwise as of_whole_order
from ..shapes import size
from ..traced import value
from .complex_parts import is_complex
from .special_precision import count_as_one, elementwise, part
from .special_spherical import spherical_in, spherical_jn

sine_integral, cosine_integral = part(sc.sici, 0, "sine_integral"), part(sc.sici, 1, "cosine_integral")
sinh_integral, cosh_integral = part(sc.shichi, 0, "sinh_integral"), part(sc.shichi, 1, "cosh_integral")
fresnel_sine, fresnel_cosine = part(sc.fresnel, 0, "fresnel_sine"), part(sc.fresnel, 1, "fresnel_cosine")

i0_integral, k0_integral = part(sc.iti0k0, 0, "i0_integral"), part(sc.iti0k0, 1, "k0_integral")
j0_integral, y0_integral = part(sc.itj0y0, 0, "j0_integral"), part(sc.itj0y0, 1, "y0_integral")

composite(sc.iti0k0)(lambda x: (i0_integral(x), k0_integral(x)))
composite(sc.itj0y0)(lambda x: (j0_integral(x), y0_integral(x)))
composite(sc.sici)(lambda x: (sine_integral(x), cosine_integral(x)))
composite(sc.shichi)(lambda x: (sinh_integral(x), cosh_integral(x)))
composite(sc.fresnel)(lambda z: (fresnel_sine(z), fresnel_cosine(z)))

# fmt: off
elementwise(sine_integral,   lambda y, x: np.sinc(x / pi) if is_complex(x) else spherical_jn(0, x))
elementwise(cosine_integral, lambda y, x: np.cos(x) / x)
elementwise(sinh_integral,   lambda y, x: np.sinc(1j * x / pi) if is_complex(x) else spherical_in(0, x))
elementwise(cosh_integral,   lambda y, x: np.cosh(x) / x)
elementwise(fresnel_sine,    lambda y, x: np.sin(pi / 2 * x * x))
elementwise(fresnel_cosine,  lambda y, x: np.cos(pi / 2 * x * x))
elementwise(i0_integral,     lambda y, x: sc.i0(x))
elementwise(k0_integral,     lambda y, x: sc.k0(x))
elementwise(j0_integral,     lambda y, x: sc.j0(x))
elementwise(y0_integral,     lambda y, x: sc.y0(x))
elementwise(sc.expi,         lambda y, x: np.exp(x) / x)
elementwise(sc.exp1,         lambda y, x: -np.exp(-x) / x)
of_whole_order(sc.expn,      None, lambda y, n, x: -expn_below(y, n, x))
elementwise(sc.spence,       lambda y, x: -log_ratio(x))
# fmt: on
flops(sc.expn, shared=lambda y, n, x: (0, 2 * size(x) + 4 * size(y)))
count_as_one(sine_integral, cosine_integral, sinh_integral, cosh_integral, fresnel_sine, fresnel_cosine)
count_as_one(i0_integral, k0_integral, j0_integral, y0_integral)


def expn_below(y, n, x):
    """E_{n-1}(x), which SciPy does not have for n = 0. Source: DLMF 8.19.12."""
    zero = value(n) == 0
    return np.where(zero, (np.exp(-x) + y) / x, sc.expn(np.where(zero, 0, n - 1), x))


def log_ratio(x):
    """log(x) / (x - 1), and 1 at 1; by a series where that cancels."""
    near = value(np.abs(x - 1)) < 0.25
    d, far = np.where(near, x - 1, 0), np.where(near, 2.0, x)
    series = 0.0
    for c in LOGARITHM:
        series = series * d + c
    return np.where(near, series, np.log(far) / (far - 1))


LOGARITHM = [(-1) ** k / (k + 1) for k in reversed(range(30))]
