"""Distribution functions: Student's t, chi-square, gamma, F, binomial, negative binomial, Poisson, Kolmogorov."""

from math import pi, sqrt

import numpy as np
import scipy.special as sc

from ..kinds import over
from ..traced import value
from .special_density import beta_density, gamma_density, low
from .special_incomplete import betainc_ab, gammainc_a
from .special_precision import elementwise
from .special_student import stdtr_v, student_density

# fmt: off
elementwise(sc.stdtr,  lambda p, v, t: stdtr_v(1, v, t),               lambda p, v, t: student_density(v, t))
elementwise(sc.stdtrit, lambda t, v, p: -stdtr_v(1, v, t) / student_density(v, t),
                        over(lambda t, v, p: student_density(v, t)))
elementwise(sc.chdtr,  lambda p, v, x: 0.5 * gammainc_a(1, 0.5 * v, 0.5 * x),
                       lambda p, v, x: 0.5 * gamma_density(0.5 * v, 0.5 * x))
elementwise(sc.chdtrc, lambda p, v, x: -0.5 * gammainc_a(1, 0.5 * v, 0.5 * x),
                       lambda p, v, x: -0.5 * gamma_density(0.5 * v, 0.5 * x))
elementwise(sc.chdtri, lambda x, v, p: -gammainc_a(1, 0.5 * v, 0.5 * x) / gamma_density(0.5 * v, 0.5 * x),
                       over(lambda x, v, p: -0.5 * gamma_density(0.5 * v, 0.5 * x)))
elementwise(sc.gdtr,   lambda p, a, b, x: x * gamma_density(b, a * x),
                       lambda p, a, b, x: gammainc_a(1, b, a * x),
                       lambda p, a, b, x: a * gamma_density(b, a * x))
elementwise(sc.gdtrc,  lambda p, a, b, x: -x * gamma_density(b, a * x),
                       lambda p, a, b, x: -gammainc_a(1, b, a * x),
                       lambda p, a, b, x: -a * gamma_density(b, a * x))
elementwise(sc.gdtrix, lambda x, a, b, p: -x / a,
                       lambda x, a, b, p: -gammainc_a(1, b, a * x) / (a * gamma_density(b, a * x)),
                       over(lambda x, a, b, p: a * gamma_density(b, a * x)))

elementwise(sc.fdtr,   lambda p, m, n, x: ratio_in_m(m, n, x),
                       lambda p, m, n, x: ratio_in_n(m, n, x),
                       lambda p, m, n, x: ratio_density(m, n, x))
elementwise(sc.fdtrc,  lambda p, m, n, x: -ratio_in_m(m, n, x),
                       lambda p, m, n, x: -ratio_in_n(m, n, x),
                       lambda p, m, n, x: -ratio_density(m, n, x))
elementwise(sc.fdtri,  lambda x, m, n, p: -ratio_in_m(m, n, x) / ratio_density(m, n, x),
                       lambda x, m, n, p: -ratio_in_n(m, n, x) / ratio_density(m, n, x),
                       over(lambda x, m, n, p: ratio_density(m, n, x)))

elementwise(sc.pdtr,   None, lambda p, k, m: -gamma_density(np.floor(k + 1), m))
elementwise(sc.pdtrc,  None, lambda p, k, m: gamma_density(np.floor(k + 1), m))
elementwise(sc.pdtri,  None, over(lambda m, k, p: -gamma_density(np.floor(k + 1), m)))
elementwise(sc.bdtr,   None, None, lambda y, k, n, p: -beta_density(np.floor(k + 1), n - np.floor(k), p))
elementwise(sc.bdtrc,  None, None, lambda y, k, n, p: beta_density(np.floor(k + 1), n - np.floor(k), p))
elementwise(sc.bdtri,  None, None, over(lambda p, k, n, y: -beta_density(np.floor(k + 1), n - np.floor(k), p)))
elementwise(sc.nbdtr,  None, None, lambda y, k, n, p: beta_density(n, np.floor(k + 1), p))
elementwise(sc.nbdtrc, None, None, lambda y, k, n, p: -beta_density(n, np.floor(k + 1), p))
elementwise(sc.nbdtri, None, None, over(lambda p, k, n, y: beta_density(n, np.floor(k + 1), p)))
elementwise(sc.btdtria, over(lambda a, p, b, x: betainc_ab(1, 0, a, b, x)),
                        lambda a, p, b, x: -betainc_ab(0, 1, a, b, x) / betainc_ab(1, 0, a, b, x),
                        lambda a, p, b, x: -beta_density(a, b, x) / betainc_ab(1, 0, a, b, x))
elementwise(sc.btdtrib, lambda b, a, p, x: -betainc_ab(1, 0, a, b, x) / betainc_ab(0, 1, a, b, x),
                        over(lambda b, a, p, x: betainc_ab(0, 1, a, b, x)),
                        lambda b, a, p, x: -beta_density(a, b, x) / betainc_ab(0, 1, a, b, x))
elementwise(sc.tklmbda, lambda p, x, s: lambda_density(p, x, s), None)
elementwise(sc.gdtria,  over(lambda a, p, b, x: x * gamma_density(b, a * x)),
                        lambda a, p, b, x: -gammainc_a(1, b, a * x) / (x * gamma_density(b, a * x)),
                        lambda a, p, b, x: -a / x)
elementwise(sc.gdtrib,  lambda b, a, p, x: -x * gamma_density(b, a * x) / gammainc_a(1, b, a * x),
                        over(lambda b, a, p, x: gammainc_a(1, b, a * x)),
                        lambda b, a, p, x: -a * gamma_density(b, a * x) / gammainc_a(1, b, a * x))
elementwise(sc.nrdtrimn, lambda m, p, d, x: -d * sqrt(2 * pi) * np.exp(0.5 * np.square((x - m) / d)),
                         lambda m, p, d, x: (m - x) / d,
                         1)
elementwise(sc.nrdtrisd, over(lambda d, m, p, x: -sc.ndtri(p)),
                         lambda d, m, p, x: -d * sqrt(2 * pi) * np.exp(0.5 * np.square(sc.ndtri(p))) / sc.ndtri(p),
                         over(lambda d, m, p, x: sc.ndtri(p)))
elementwise(sc.kolmogorov, lambda p, x: kolmogorov_slope(x))
elementwise(sc.kolmogi,    over(lambda x, p: kolmogorov_slope(x)))
# fmt: on


def lambda_density(p, x, s):
    """That of Tukey's lambda distribution, which is 0 beyond |x| = 1 / s where s is positive."""
    inside = np.abs(value(x)) * value(s) < 1
    p = np.where(inside, p, 0.5)
    return np.where(inside, 1 / (np.power(p, s - 1) + np.power(1 - p, s - 1)), 0.0)


def ratio_density(m, n, x):
    """The density of Snedecor's F, by that of the beta distribution at w = m x / (m x + n)."""
    inside, X = within(x, (value(x) != 0) & (value(x) != np.inf))
    return np.where(inside, share_of_beta(m, n, X) * m * n / np.square(m * X + n), at_end(m, n, x, 0.5 * m - 1))


def share_density(m, n, x):
    """x / m times the density of F."""
    inside, X = within(x, (value(x) != 0) & (value(x) != np.inf))
    return np.where(inside, share_of_beta(m, n, X) * X * n / np.square(m * X + n), at_end(m, n, x, 0.5 * m) / m)


def share_of_beta(m, n, x):
    """The density at w of the beta distribution, from the side where w, or 1 - w, is the small one."""
    total = m * x + n
    w, rest = m * x / total, n / total
    less = value(w) < 0.5
    a, b, t = (np.where(less, p, q) for p, q in ((0.5 * m, 0.5 * n), (0.5 * n, 0.5 * m), (w, rest)))
    return beta_density(a, b, t)


def at_end(m, n, x, power):
    """The density of F at x = 0 as the power of x that it is there; and nothing at infinity."""
    zero, x = within(x, value(x) == 0)
    a, b = 0.5 * m, 0.5 * n
    density = np.power(x, power) * np.power(m / n, low(a)) / sc.beta(low(a), b) * np.power(1 + m * x / n, -(a + b))
    flat = zero & (value(power) == 0)  # where the power falls at once if its exponent grows
    falling = sc.xlogy(np.where(flat, power, 0.0), np.where(flat, value(x), 1.0))
    return np.where(zero, density * (1 + falling), 0.0)


def within(x, inside):
    """(inside, x with 1 in its place where it is not)."""
    return inside, np.where(inside, x, 1.0)


def share(m, n, x):
    """w = m x / (m x + n), and 1 at infinity."""
    finite, x = within(x, value(x) != np.inf)
    return np.where(finite, m * x / (m * x + n), 1.0)


def ratio_in_m(m, n, x):
    return 0.5 * betainc_ab(1, 0, 0.5 * m, 0.5 * n, share(m, n, x)) + share_density(m, n, x)


def ratio_in_n(m, n, x):
    return 0.5 * betainc_ab(0, 1, 0.5 * m, 0.5 * n, share(m, n, x)) - m / n * share_density(m, n, x)


def kolmogorov_slope(x):
    """The derivative of 2 sum (-1)**(k-1) exp(-2 k^2 x^2), for small x of its other series. Source: DLMF 20.7.32."""
    inside, x = within(x, np.logical_not((value(x) < 0.03) | (value(x) > 20)))  # beyond, nothing is left
    small = value(x) < 0.8
    s, t = np.square(np.where(small, x, 0.8)), np.square(np.where(small, 0.8, x))
    near = sum(np.exp(-c / s) * (1 - 2 * c / s) for c in ((2 * k - 1) ** 2 * pi**2 / 8 for k in range(1, 5)))
    far = sum((-1) ** k * k * k * np.exp(-2 * k * k * t) for k in range(1, 7))
    return np.where(inside, np.where(small, sqrt(2 * pi) * near / s, 8 * np.sqrt(t) * far), 0.0)
