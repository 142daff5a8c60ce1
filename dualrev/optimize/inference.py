"""What an estimate and the curvature at it tell: standard errors, intervals, and the error of anything that follows.

`Fit` and `LikelihoodFit` share it. The Jacobians of ties, transforms and functions of the user's are exact.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import deepcopy
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..jacobians import jacobian
from .differences import central
from .keeping import pickled
from .parameters import Parameters
from .result import Result

SEEN = 1e-6  # relative: an element that an undetermined direction moves by less is determined
SIDES = {"both": (True, True), "lower": (True, False), "upper": (False, True)}


class Interval(NamedTuple):
    """A confidence interval; infinite where a profile never reaches the level, nan where there is no standard error."""

    lower: float
    upper: float


class Estimate(NamedTuple):
    """One element: its name, value, standard error, and what is special about it ("fixed", "tied", ... or "")."""

    name: str
    value: float
    error: float
    remark: str


class Derived(NamedTuple):
    """What follows from the parameters: its value and standard error, of one shape."""

    value: Any
    error: Any


class Inference(ABC):
    """An estimate with a covariance.

    Who inherits says where the estimate is (``parameters``, ``result``, ``names``, ``free``), and of the free elements
    inside their bounds (``inside``) a factor R of the covariance R R^T (``root``) and the directions that are not
    determined (``unseen``), all in the optimiser's variables.
    """

    result: Result
    names: list[str]
    free: list[str]

    # The views, one file each: optimize/__init__.py puts them here.
    profile: ClassVar[Callable[..., Any]]
    region: ClassVar[Callable[..., Any]]
    compare: ClassVar[Callable[..., Any]]

    @property
    @abstractmethod
    def parameters(self) -> Parameters: ...

    @cached_property
    @abstractmethod
    def inside(self) -> ndarray:
        """The free elements that are not held by a bound."""

    @cached_property
    @abstractmethod
    def root(self) -> ndarray:
        """A factor R of the covariance R R^T of the free elements inside the bounds, in the optimiser's variables."""

    @cached_property
    @abstractmethod
    def unseen(self) -> tuple[ndarray, ndarray]:
        """(scale, V): directions scale * V[:, k] that are undetermined; the columns of V are orthonormal."""

    @property
    @abstractmethod
    def by_differences(self) -> bool:
        """Were differences taken, for want of exact derivatives?"""

    @abstractmethod
    def quantile(self, level: float) -> float:
        """How many standard errors the middle interval of that level reaches to each side."""

    @abstractmethod
    def curvature(self, position: int) -> float:
        """Half of how fast the deviance rises with the square of one free element: 1 / variance if it were alone."""

    kept: ClassVar[tuple[str, ...]] = (
        "rows",
        "root",
        "unseen",
        "cov",
        "stderr",
        "correlation",
    )  # pickled, computed or not
    deviance_unit = 1.0  # the deviance of the fit itself, for which a lower one is noise if it is only relatively so

    def check_deviance(self) -> None:  # noqa: B027 - most have nothing to refuse
        """Refuse where a rise of the deviance has no known distribution."""

    @abstractmethod
    def refit(self, held: ndarray, x: ndarray) -> tuple[float, ndarray]:
        """(how much the deviance is higher, the free vector) where the elements `held` stay as in x, the others fit."""

    # ---- the covariance ----------------------------------------------------------------------------------------------

    @cached_property
    def slope(self) -> ndarray:
        """d (all elements) / d (free elements inside the bounds): ties, transforms and fixed elements included."""
        p = self.parameters
        return jacobian(lambda z: p.everything(p.outward(z)))(self.result.x)[:, self.inside]

    @cached_property
    def blind(self) -> ndarray:
        """Which elements have no standard error: undetermined, or held by a bound."""
        p, (scale, V) = self.parameters, self.unseen
        blind = np.zeros(len(self.names), bool)
        if V.shape[1]:
            moved = np.abs(self.slope @ (scale[:, None] * V))
            blind |= (moved > SEEN * moved.max(axis=0, keepdims=True)).any(axis=1)
        blind[np.delete(p.index, self.inside)] = True
        return blind

    @cached_property
    def cov(self) -> ndarray:
        R = self.slope @ self.root
        cov = R @ R.T
        cov[self.blind] = np.nan
        cov[:, self.blind] = np.nan
        return cov

    @cached_property
    def stderr(self) -> Any:
        return self.parameters.tree_of(np.sqrt(np.diag(self.cov)))

    @cached_property
    def correlation(self) -> ndarray:
        """cov scaled to a diagonal of ones; nan for elements without a standard error, or fixed."""
        s = np.sqrt(np.diag(self.cov))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.cov / s[:, None] / s

    @cached_property
    def at_bounds(self) -> list[str]:
        """The names of the free elements that a bound holds."""
        return [self.free[k] for k in np.delete(np.arange(len(self.free)), self.inside)]

    def estimates(self) -> list[Estimate]:
        """Every element with its standard error and a remark."""
        return list(self.rows)

    @cached_property
    def rows(self) -> list[Estimate]:
        p = self.parameters
        values, errors = p.everything(p.outward(self.result.x)), np.sqrt(np.diag(self.cov))
        remarks = {self.names[k]: "undetermined" for k in np.flatnonzero(self.blind)}
        remarks |= {self.names[k]: "fixed" for k in np.flatnonzero(p.held)}
        remarks |= {self.names[k]: "tied" for where in p.tied.values() for k in where}
        remarks |= dict.fromkeys(self.at_bounds, "at its bound")
        return [
            Estimate(name, float(v), float(e), remarks.get(name, ""))
            for name, v, e in zip(self.names, values, errors, strict=True)
        ]

    # ---- copies ------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        for name in self.kept:
            getattr(self, name)
        return pickled(self.__dict__)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(deepcopy(self.__dict__, memo))
        return made

    # ---- what people ask ---------------------------------------------------------------------------------------------

    def confidence(self, level: float = 0.95, method: str = "wald", side: str = "both") -> dict[str, Interval]:
        """Confidence intervals by name: "wald", estimate +- t * stderr, or "profile", from the likelihood profile.

        Names are those of elements, "w[3]", of all that is not fixed; by profile, of what is free. side: "both", or
        "lower" or "upper" for a limit on that side alone, which is nearer. By profile a parameter at its bound has the
        interval from there to its limit on the other side.
        """
        check_level(level)
        if side not in SIDES:
            raise InputError(f"side={side!r}: write 'both', 'lower' or 'upper'")
        if method == "profile":
            return {name: self.profile_interval(name, level, side) for name in self.free}
        if method != "wald":
            raise InputError(f"method={method!r}: write 'wald' or 'profile'")
        t = self.quantile(level if side == "both" else 2 * level - 1)
        low, high = (t if asked else np.inf for asked in SIDES[side])
        varied = [row for row in self.estimates() if row.remark != "fixed"]
        return {row.name: Interval(row.value - low * row.error, row.value + high * row.error) for row in varied}

    def profile_interval(self, name: str, level: float, side: str) -> Interval:
        """The interval of a profile; nan where a parameter is undetermined."""
        if self.blind[self.parameters.index[self.free.index(name)]] and name not in self.at_bounds:
            return Interval(np.nan, np.nan)
        low, high = self.profile(name, level if side == "both" else 2 * level - 1, points=0).interval
        return Interval(low if SIDES[side][0] else -np.inf, high if SIDES[side][1] else np.inf)

    def derived(self, function: Callable[[Any], Any]) -> Derived:
        """(value, error) of what a function of the parameters gives: a number or an array, error propagated exactly.

        The error is sqrt(diag(J cov J^T)) with the exact Jacobian J of the function; nan where the data do not
        determine the result (and it may be a number though they do not determine all parameters).
        """
        if not callable(function):
            raise InputError(f"derived takes a function of the parameters, lambda p: p['a'] / p['b'], not {function!r}")
        p = self.parameters

        def of_vector(z: Any) -> Any:
            return function(p.unflatten(z))

        value = np.asarray(function(p.plain(self.result.x)), np.float64)
        error = self.error_of(of_vector).reshape(value.shape)
        return Derived(value[()] if value.ndim else float(value), error if value.ndim else float(error))

    def jacobian_of(self, function: Callable[[Any], Any]) -> ndarray:
        """d function / d (free elements) at the estimate; by differences where the fit took them."""
        x = self.result.x
        if not self.by_differences:
            return np.asarray(jacobian(function)(x))
        return central(lambda z: np.ravel(np.asarray(function(z))), x, self.parameters, np.abs(self.parameters.x0))

    def error_of(self, function: Callable[[Any], Any]) -> ndarray:
        """The standard error of each number that a function of the optimiser's variables gives, flat."""
        J = np.reshape(self.jacobian_of(function), (-1, len(self.free)))[:, self.inside]
        error = np.sqrt(np.sum((J @ self.root) ** 2, axis=1))
        scale, V = self.unseen
        rows = J * scale
        lost = np.abs(rows @ V) > SEEN * np.linalg.norm(rows, axis=1, keepdims=True)
        error[lost.any(axis=1)] = np.nan
        return error


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError(f"level={level}: between 0 and 1, such as 0.95")
