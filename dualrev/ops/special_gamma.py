"""The gamma and beta functions, their incomplete ones and inverses; in all parameters."""

from math import pi

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..traced import value
from .special_density import beta_density, gamma_density
from .special_digamma import digamma_step
from .special_incomplete import betainc_ab, gammainc_a
from .special_precision import count_as_one, elementwise, primitive, scipys


@scipys
def zeta(s, q):
    """The Hurwitz zeta function, SciPy's zeta(x, q)."""
    return sc.zeta(s, q)


# fmt: off
elementwise(sc.gamma,    lambda y, x: y * sc.digamma(x))
elementwise(sc.gammaln,  lambda y, x: sc.digamma(x))
elementwise(sc.loggamma, lambda y, x: sc.digamma(x))
elementwise(sc.rgamma,   lambda y, x: rgamma_slope(y, x))
elementwise(sc.gammasgn, 0)
elementwise(sc.poch,     lambda y, z, m: y * digamma_step(z, m),     lambda y, z, m: y * sc.digamma(z + m))
elementwise(sc.beta,     lambda y, a, b: -y * digamma_step(a, b),    lambda y, a, b: -y * digamma_step(b, a))
elementwise(sc.betaln,   lambda y, a, b: -digamma_step(a, b),        lambda y, a, b: -digamma_step(b, a))
elementwise(sc.binom,    lambda y, n, k: y * digamma_step(n - k + 1, k),
                         lambda y, n, k: y * digamma_step(k + 1, n - 2 * k))
elementwise(zeta,        None,                                       lambda y, s, q: -s * zeta(s + 1, q))

elementwise(sc.gammainc,      lambda y, a, x: gammainc_a(1, a, x),   lambda y, a, x: gamma_density(a, x))
elementwise(sc.gammaincc,     lambda y, a, x: -gammainc_a(1, a, x),  lambda y, a, x: -gamma_density(a, x))
elementwise(sc.gammaincinv,   lambda x, a, y: -gammainc_a(1, a, x) / gamma_density(a, x),
                              over(lambda x, a, y: gamma_density(a, x)))
elementwise(sc.gammainccinv,  lambda x, a, y: -gammainc_a(1, a, x) / gamma_density(a, x),
                              over(lambda x, a, y: -gamma_density(a, x)))

elementwise(sc.betainc,       lambda y, a, b, x: betainc_ab(1, 0, a, b, x),
                              lambda y, a, b, x: betainc_ab(0, 1, a, b, x),
                              lambda y, a, b, x: beta_density(a, b, x))
elementwise(sc.betaincc,      lambda y, a, b, x: -betainc_ab(1, 0, a, b, x),
                              lambda y, a, b, x: -betainc_ab(0, 1, a, b, x),
                              lambda y, a, b, x: -beta_density(a, b, x))
elementwise(sc.betaincinv,    lambda x, a, b, y: -betainc_ab(1, 0, a, b, x) / beta_density(a, b, x),
                              lambda x, a, b, y: -betainc_ab(0, 1, a, b, x) / beta_density(a, b, x),
                              over(lambda x, a, b, y: beta_density(a, b, x)))
elementwise(sc.betainccinv,   lambda x, a, b, y: -betainc_ab(1, 0, a, b, x) / beta_density(a, b, x),
                              lambda x, a, b, y: -betainc_ab(0, 1, a, b, x) / beta_density(a, b, x),
                              over(lambda x, a, b, y: -beta_density(a, b, x)))
# fmt: on
count_as_one(zeta)


def rgamma_slope(y, x):
    """The derivative of 1 / Gamma(x); left of 1/2 by reflection, which is finite where 1 / Gamma is 0."""
    if np.iscomplexobj(value(x)):
        return -y * sc.digamma(x)
    left = value(x) < 0.5
    right, u = np.where(left, 1.0, x), 1.0 - np.where(left, x, 0.0)
    s = pi * from_even(u)
    reflected = -sc.gamma(u) * (np.cos(s) + np.sin(s) * sc.digamma(u) / pi)  # 1 / Gamma(x) is sin(pi u) Gamma(u) / pi
    return np.where(left, reflected, -y * sc.digamma(right))


@primitive
def from_even(x):
    """x less the nearest even number."""
    return x - 2 * np.rint(0.5 * x)


elementwise(from_even, 1)
count_as_one(from_even)
