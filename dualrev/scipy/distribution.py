"""What the distributions of `stats` share: location and scale, supports, and the methods of SciPy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.stats

from ..errors import InputError
from ..traced import value
from .covering import other

Array = Any  # a number, an array, or a traced one


def positive(x: Array) -> Array:
    """x, and nan where it is not positive, as SciPy has it for a parameter out of range."""
    good = value(x) > 0
    return x if np.all(good) else np.where(good, x, np.nan)


def within(x: Array, low: float, high: float) -> Array:
    """x, and nan where it is not in [low, high]."""
    good = (value(x) >= low) & (value(x) <= high)
    return x if np.all(good) else np.where(good, x, np.nan)


def inside(f: Callable[..., Array], good: Any, z: Array, safe: float, other: Array) -> Array:
    """f(z) where `good`, else `other`; f does not see a z that is not good, so that no nan of it gets in."""
    if np.all(good):
        return f(z)
    made = np.where(good, f(np.where(good, z, safe)), other)
    return made[()] if type(made) is np.ndarray else made  # a number for a number, as SciPy has it


def log_by_parts(small: Array, rest: Array) -> Array:
    """The logarithm of a probability `small` whose complement is `rest`, from the smaller of the two: no digits go."""
    low = value(small) < 0.5
    return np.where(low, np.log(np.where(low, small, 0.5)), np.log1p(-np.where(low, 0.5, rest)))


def log_of_rest(u: Array) -> Array:
    """log(1 - exp(-u)) for u >= 0."""
    small = value(u) < np.log(2)
    return np.where(small, np.log(-np.expm1(-np.where(small, u, 1.0))), np.log1p(-np.exp(-np.where(small, 1.0, u))))


def or_nan(k: Array, other: Array) -> Array:
    """other, and nan where k is."""
    return np.where(np.isnan(value(k)), np.nan, other)


class OfSciPy:
    """A distribution whose further methods (rvs, mean, interval, fit, ...) are SciPy's, for plain arguments."""

    name: str

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_"):
            raise AttributeError(method)
        return other(getattr(scipy.stats, self.name), method)


@dataclass(frozen=True)
class Continuous(OfSciPy):
    """A continuous distribution by its standard form; each function takes (z, *shapes), or (q, *shapes).

    support: (low, high) of z. safe: a point in it.
    """

    name: str
    shapes: tuple[str, ...]
    logpdf_of: Callable[..., Array]
    cdf_of: Callable[..., Array]
    sf_of: Callable[..., Array]
    ppf_of: Callable[..., Array]
    support: tuple[float, float] = (-np.inf, np.inf)
    safe: float = 0.5
    logcdf_of: Callable[..., Array] | None = None
    logsf_of: Callable[..., Array] | None = None

    def logpdf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of the density at x."""
        z, shapes, scale, good = self.standard(x, args, kwargs)
        return inside(lambda z: self.logpdf_of(z, *shapes) - np.log(scale), good, z, self.safe, -np.inf)

    def pdf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The density at x."""
        z, shapes, scale, good = self.standard(x, args, kwargs)
        return inside(lambda z: np.exp(self.logpdf_of(z, *shapes)) / scale, good, z, self.safe, 0.0)

    def cdf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The probability of a value of x or less."""
        z, shapes, _, good = self.standard(x, args, kwargs)
        above = 1.0 * (value(z) > self.support[1])
        return inside(lambda z: self.cdf_of(z, *shapes), good, z, self.safe, above)

    def sf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The probability of a value above x."""
        z, shapes, _, good = self.standard(x, args, kwargs)
        below = 1.0 * (value(z) < self.support[0])
        return inside(lambda z: self.sf_of(z, *shapes), good, z, self.safe, below)

    def logcdf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of cdf, without underflow where the distribution has a closed form of it."""
        z, shapes, _, good = self.standard(x, args, kwargs)
        f = self.logcdf_of or (lambda z, *shapes: log_by_parts(self.cdf_of(z, *shapes), self.sf_of(z, *shapes)))
        above = np.where(value(z) > self.support[1], 0.0, -np.inf)
        return inside(lambda z: f(z, *shapes), good, z, self.safe, above)

    def logsf(self, x: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of sf, without underflow where the distribution has a closed form of it."""
        z, shapes, _, good = self.standard(x, args, kwargs)
        f = self.logsf_of or (lambda z, *shapes: log_by_parts(self.sf_of(z, *shapes), self.cdf_of(z, *shapes)))
        below = np.where(value(z) < self.support[0], 0.0, -np.inf)
        return inside(lambda z: f(z, *shapes), good, z, self.safe, below)

    def ppf(self, q: Array, *args: Array, **kwargs: Array) -> Array:
        """The value below which the probability is q: the inverse of cdf."""
        shapes, loc, scale = named(self, args, kwargs)
        return self.ppf_of(within(q, 0.0, 1.0), *shapes) * scale + loc

    def standard(self, x: Array, args: tuple, kwargs: dict) -> tuple[Array, tuple, Array, Any]:
        """(z, shapes, scale, whether z is in the support) of a call."""
        shapes, loc, scale = named(self, args, kwargs)
        z = (x - loc) / scale
        low, high = self.support
        return z, shapes, scale, np.logical_not((value(z) < low) | (value(z) > high))


@dataclass(frozen=True)
class Discrete(OfSciPy):
    """A distribution on 0, 1, 2, ... to `top(*shapes)`; each function takes (k, *shapes).

    checked(*shapes): the parameters, with nan where they are out of range.
    """

    name: str
    shapes: tuple[str, ...]
    logpmf_of: Callable[..., Array]
    cdf_of: Callable[..., Array]
    sf_of: Callable[..., Array]
    checked: Callable[..., tuple[Array, ...]]
    top: Callable[..., Array] = lambda *_: np.inf

    def logpmf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of the probability of k."""
        k, shapes = self.standard(k, args, kwargs)
        good = self.reaches(k, shapes) & (value(k) == np.floor(value(k)))
        return inside(lambda k: self.logpmf_of(k, *shapes), good, k, 0.0, or_nan(k, -np.inf))

    def pmf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The probability of k."""
        return np.exp(self.logpmf(k, *args, **kwargs))

    def cdf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The probability of k or less."""
        k, shapes = self.standard(k, args, kwargs)
        k = np.floor(value(k))
        good = self.reaches(k, shapes) & (k < value(self.top(*shapes)))
        return inside(lambda k: self.cdf_of(k, *shapes), good, k, 0.0, or_nan(k, 1.0 * (k >= 0)))

    def sf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The probability of more than k."""
        k, shapes = self.standard(k, args, kwargs)
        k = np.floor(value(k))
        good = self.reaches(k, shapes) & (k < value(self.top(*shapes)))
        return inside(lambda k: self.sf_of(k, *shapes), good, k, 0.0, or_nan(k, 1.0 * (k < 0)))

    def logcdf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of cdf."""
        return log_by_parts(self.cdf(k, *args, **kwargs), self.sf(k, *args, **kwargs))

    def logsf(self, k: Array, *args: Array, **kwargs: Array) -> Array:
        """The logarithm of sf."""
        return log_by_parts(self.sf(k, *args, **kwargs), self.cdf(k, *args, **kwargs))

    def standard(self, k: Array, args: tuple, kwargs: dict) -> tuple[Array, tuple]:
        """(k - loc, the parameters) of a call."""
        if "scale" in kwargs or len(args) > len(self.shapes) + 1:
            raise InputError(f"{self.name} is discrete, and has no scale")
        shapes, loc, _ = named(self, args, kwargs)
        return k - loc, self.checked(*shapes)

    def reaches(self, k: Array, shapes: tuple) -> Any:
        return (value(k) >= 0) & (value(k) <= value(self.top(*shapes)))


def named(distribution: Any, args: tuple, kwargs: dict) -> tuple[tuple, Array, Array]:
    """(shapes, loc, scale) of a call: parameters by position or name, as SciPy takes them."""
    names = (*distribution.shapes, "loc", "scale")
    unknown = [name for name in kwargs if name not in names]
    if unknown or len(args) > len(names):
        raise InputError(f"{distribution.name} takes {', '.join(names)}, not {unknown or args}")
    given = dict(zip(names, args)) | kwargs
    missing = [name for name in distribution.shapes if name not in given]
    if missing:
        raise InputError(f"{distribution.name} needs its parameter {missing[0]}")
    shapes = tuple(given[name] for name in distribution.shapes)
    if isinstance(distribution, Continuous):
        shapes = tuple(map(positive, shapes))
    return shapes, given.get("loc", 0), positive(given.get("scale", 1))
