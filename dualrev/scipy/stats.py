"""Distributions with the names and signatures of scipy.stats, differentiable in every parameter.

Each is plain NumPy and scipy.special: `logpdf`, `pdf`, `cdf`, `sf`, `logcdf`, `logsf`, `ppf` of the continuous ones,
`logpmf`, `pmf`, `cdf`, `sf`, `logcdf`, `logsf` of the discrete ones, `logpdf` and `pdf` of `multivariate_normal` and
`dirichlet`. Whatever else SciPy has under these names works on plain arguments, and refuses traced ones.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import stats
>>> x = np.array([1.0, 2.0, 4.0])
>>> dr.grad(lambda mean: np.sum(stats.norm.logpdf(x, mean, 2.0)))(1.0)
1.0
>>> round(dr.grad(lambda df: stats.t.cdf(1.0, df))(3.0), 6)
0.01111
"""

from dataclasses import dataclass
from math import log, pi
from typing import Any

import numpy as np
import scipy.special as sc
import scipy.stats

from ..errors import InputError
from ..ops import special
from ..traced import Tracer, value
from .covering import other
from .distribution import Array, Continuous, Discrete, OfSciPy, inside, log_of_rest, positive, within

__all__ = [
    "bernoulli", "beta", "binom", "cauchy", "chi2", "dirichlet", "expon", "gamma", "laplace", "logistic", "lognorm",
    "multivariate_normal", "nbinom", "norm", "poisson", "t", "uniform", "weibull_min",
]  # fmt: skip

RULES = special.__name__  # the import has registered them

# fmt: off
# ---- on the whole line -----------------------------------------------------------------------------------------------
norm = Continuous("norm", (),
    logpdf_of=lambda z: -0.5 * z * z - 0.5 * log(2 * pi),
    cdf_of=sc.ndtr,                                           sf_of=lambda z: sc.ndtr(-z),
    logcdf_of=sc.log_ndtr,                                    logsf_of=lambda z: sc.log_ndtr(-z),
    ppf_of=sc.ndtri)

t = Continuous("t", ("df",),
    logpdf_of=lambda z, v: -0.5 * (v + 1) * np.log1p(z * z / v) - sc.betaln(0.5 * v, 0.5) - 0.5 * np.log(v),
    cdf_of=lambda z, v: sc.stdtr(v, z),                       sf_of=lambda z, v: sc.stdtr(v, -z),
    ppf_of=lambda q, v: inside(lambda q: sc.stdtrit(v, q), value(q) != 0, q, 0.5, -np.inf))

laplace = Continuous("laplace", (),
    logpdf_of=lambda z: -np.abs(z) - log(2),
    cdf_of=lambda z: np.where(value(z) < 0, 0.5 * np.exp(-np.abs(z)), 1 - 0.5 * np.exp(-np.abs(z))),
    sf_of=lambda z: np.where(value(z) > 0, 0.5 * np.exp(-np.abs(z)), 1 - 0.5 * np.exp(-np.abs(z))),
    logcdf_of=lambda z: laplace_log(z),                       logsf_of=lambda z: laplace_log(-z),
    ppf_of=lambda q: np.where(value(q) < 0.5, np.log(2 * q), -np.log(2 * (1 - q))))

logistic = Continuous("logistic", (),
    logpdf_of=lambda z: sc.log_expit(z) + sc.log_expit(-z),
    cdf_of=sc.expit,                                          sf_of=lambda z: sc.expit(-z),
    logcdf_of=sc.log_expit,                                   logsf_of=lambda z: sc.log_expit(-z),
    ppf_of=sc.logit)

cauchy = Continuous("cauchy", (),
    logpdf_of=lambda z: -np.log1p(z * z) - log(pi),
    cdf_of=lambda z: np.arctan2(1, -z) / pi,                  sf_of=lambda z: np.arctan2(1, z) / pi,
    ppf_of=lambda q: np.where(value(q) < 0.5, -1 / np.tan(pi * q), 1 / np.tan(pi * (1 - q))))

# ---- on the half line ------------------------------------------------------------------------------------------------
expon = Continuous("expon", (), support=(0, np.inf),
    logpdf_of=lambda z: -z,
    cdf_of=lambda z: -np.expm1(-z),                           sf_of=lambda z: np.exp(-z),
    logcdf_of=log_of_rest,                                    logsf_of=lambda z: -z,
    ppf_of=lambda q: -np.log1p(-q))

gamma = Continuous("gamma", ("a",), support=(0, np.inf),
    logpdf_of=lambda z, a: sc.xlogy(a - 1, z) - z - sc.gammaln(a),
    cdf_of=lambda z, a: sc.gammainc(a, z),                    sf_of=lambda z, a: sc.gammaincc(a, z),
    ppf_of=lambda q, a: sc.gammaincinv(a, q))

chi2 = Continuous("chi2", ("df",), support=(0, np.inf),
    logpdf_of=lambda z, v: sc.xlogy(0.5 * v - 1, z) - 0.5 * z - sc.gammaln(0.5 * v) - 0.5 * log(2) * v,
    cdf_of=lambda z, v: sc.chdtr(v, z),                       sf_of=lambda z, v: sc.chdtrc(v, z),
    ppf_of=lambda q, v: 2 * sc.gammaincinv(0.5 * v, q))

lognorm = Continuous("lognorm", ("s",), support=(np.nextafter(0, 1), np.inf),
    logpdf_of=lambda z, s: -0.5 * np.square(np.log(z) / s) - np.log(s * z) - 0.5 * log(2 * pi),
    cdf_of=lambda z, s: sc.ndtr(np.log(z) / s),               sf_of=lambda z, s: sc.ndtr(-np.log(z) / s),
    logcdf_of=lambda z, s: sc.log_ndtr(np.log(z) / s),        logsf_of=lambda z, s: sc.log_ndtr(-np.log(z) / s),
    ppf_of=lambda q, s: np.exp(s * sc.ndtri(q)))

weibull_min = Continuous("weibull_min", ("c",), support=(0, np.inf),
    logpdf_of=lambda z, c: np.log(c) + sc.xlogy(c - 1, z) - np.power(z, c),
    cdf_of=lambda z, c: -np.expm1(-np.power(z, c)),           sf_of=lambda z, c: np.exp(-np.power(z, c)),
    logcdf_of=lambda z, c: log_of_rest(np.power(z, c)),       logsf_of=lambda z, c: -np.power(z, c),
    ppf_of=lambda q, c: np.power(-np.log1p(-q), 1 / c))

# ---- between 0 and 1 -------------------------------------------------------------------------------------------------
uniform = Continuous("uniform", (), support=(0, 1),
    logpdf_of=lambda z: 0 * z,
    cdf_of=lambda z: 1 * z,                                   sf_of=lambda z: 1 - z,
    ppf_of=lambda q: 1 * q)

beta = Continuous("beta", ("a", "b"), support=(0, 1),
    logpdf_of=lambda z, a, b: sc.xlogy(a - 1, z) + sc.xlog1py(b - 1, -z) - sc.betaln(a, b),
    cdf_of=lambda z, a, b: sc.betainc(a, b, z),               sf_of=lambda z, a, b: sc.betaincc(a, b, z),
    ppf_of=lambda q, a, b: sc.betaincinv(a, b, q))

# ---- counts ----------------------------------------------------------------------------------------------------------
poisson = Discrete("poisson", ("mu",),
    checked=lambda mu: (within(mu, 0, np.inf),),
    logpmf_of=lambda k, mu: sc.xlogy(k, mu) - sc.gammaln(k + 1) - mu,
    cdf_of=lambda k, mu: sc.gammaincc(k + 1, mu),             sf_of=lambda k, mu: sc.gammainc(k + 1, mu))

binom = Discrete("binom", ("n", "p"),
    checked=lambda n, p: (within(n, 0, np.inf), within(p, 0, 1)),
    top=lambda n, p: n,
    logpmf_of=lambda k, n, p: -log_choices(n - k, k) + sc.xlogy(k, p) + sc.xlog1py(n - k, -p),
    cdf_of=lambda k, n, p: sc.betaincc(k + 1, n - k, p),      sf_of=lambda k, n, p: sc.betainc(k + 1, n - k, p))

bernoulli = Discrete("bernoulli", ("p",),
    checked=lambda p: (within(p, 0, 1),),
    top=lambda p: 1,
    logpmf_of=lambda k, p: sc.xlogy(k, p) + sc.xlog1py(1 - k, -p),
    cdf_of=lambda k, p: 1 - p + 0 * k,                        sf_of=lambda k, p: p + 0 * k)

nbinom = Discrete("nbinom", ("n", "p"),
    checked=lambda n, p: (positive(n), within(p, 0, 1)),
    logpmf_of=lambda k, n, p: n * np.log(p) + sc.xlog1py(k, -p) - sc.betaln(n, k + 1) - np.log(n + k),
    cdf_of=lambda k, n, p: sc.betainc(n, k + 1, p),           sf_of=lambda k, n, p: sc.betaincc(n, k + 1, p))
# fmt: on


def laplace_log(z: Array) -> Array:
    """The logarithm of the distribution function of the Laplace distribution."""
    return np.where(value(z) < 0, -np.abs(z) - log(2), np.log1p(-0.5 * np.exp(-np.abs(z))))


def log_choices(m: Array, k: Array) -> Array:
    """-log of the number of ways to choose k of m + k things."""
    return sc.betaln(m + 1, k + 1) + np.log(m + k + 1)


# ---- of vectors ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MultivariateNormal(OfSciPy):
    """The normal distribution of vectors, by the Cholesky factor of its covariance."""

    name: str = "multivariate_normal"

    def logpdf(self, x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False) -> Array:
        """The logarithm of the density at each x[..., :].

        >>> round(multivariate_normal.logpdf(np.zeros(2), np.zeros(2), np.eye(2)), 6)
        np.float64(-1.837877)
        """
        d = dimension(x, mean, cov)
        C = covariance(cov, d)
        centered = np.reshape(x, np.shape(x)[: max(np.ndim(x) - (d > 1 or np.ndim(cov) > 0), 0)] + (d,))
        centered = centered if mean is None else centered - mean
        columns = np.reshape(centered, (-1, d)).T
        if allow_singular and np.linalg.matrix_rank(value(C), hermitian=True) < d:
            z, log_det = whitened_by_eigenvectors(C, columns)
        else:
            L = np.linalg.cholesky(C)
            z, log_det = np.linalg.solve(L, columns), 2 * np.sum(np.log(np.diagonal(L)))
        density = -0.5 * (np.sum(z * z, axis=0) + len(z) * log(2 * pi) + log_det)
        return np.squeeze(np.reshape(density, np.shape(centered)[:-1]))[()]

    def pdf(self, x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False) -> Array:
        """The density at each x[..., :]."""
        return np.exp(self.logpdf(x, mean, cov, allow_singular))

    def entropy(self, mean: Array = None, cov: Array = 1) -> Array:
        """The differential entropy, log det(2 pi e cov) / 2."""
        C = covariance(cov, dimension(0.0, mean, cov))
        return 0.5 * (np.linalg.slogdet(C)[1] + len(C) * (log(2 * pi) + 1))


def whitened_by_eigenvectors(C: Array, columns: Array) -> tuple[Array, Array]:
    """(z, log det) in the directions in which a singular covariance varies."""
    if isinstance(C, Tracer):
        raise InputError("multivariate_normal: the covariance is singular, and has no derivative in its entries")
    sizes, vectors = np.linalg.eigh(C)
    varies = sizes > len(C) * np.finfo(float).eps * np.max(np.abs(sizes))
    z = (vectors[:, varies] / np.sqrt(sizes[varies])).T @ columns
    return z, np.sum(np.log(sizes[varies]))


def dimension(x: Array, mean: Array, cov: Array) -> int:
    """That of the covariance, of the mean, or of x, the first that is not a number."""
    for given in (cov, mean):
        if given is not None and np.ndim(given):
            return np.shape(given)[-1]
    return 1


def covariance(cov: Array, d: int) -> Array:
    """cov as a matrix: a number is that many times the identity, a vector the diagonal."""
    if np.ndim(cov) == 2:
        return cov
    return cov * np.eye(d)


@dataclass(frozen=True)
class Dirichlet(OfSciPy):
    """The Dirichlet distribution of vectors of positive numbers that add up to 1."""

    name: str = "dirichlet"

    def logpdf(self, x: Array, alpha: Array) -> Array:
        """The logarithm of the density at x, whose first axis has the components; the last of them may be left out.

        >>> round(dirichlet.logpdf(np.array([0.2, 0.8]), np.array([1.0, 2.0])), 6)
        np.float64(0.470004)
        """
        if np.shape(x)[0] + 1 == np.shape(alpha)[0]:
            x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
        powers = np.reshape(positive(alpha) - 1, (-1,) + (1,) * (np.ndim(x) - 1))
        return np.sum(sc.xlogy(powers, x), axis=0) + sc.gammaln(np.sum(alpha)) - np.sum(sc.gammaln(alpha))

    def pdf(self, x: Array, alpha: Array) -> Array:
        """The density at x."""
        return np.exp(self.logpdf(x, alpha))


multivariate_normal = MultivariateNormal()
dirichlet = Dirichlet()


def __getattr__(name: str) -> Any:
    return other(scipy.stats, name)
