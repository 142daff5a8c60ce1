"""Likelihood profiles: one parameter held at a value, all others fitted again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..brief import brief
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER
from .fit_result import Fit, Interval, check_level
from .parameters import Parameters
from .residual_functions import Residuals
from .squares import solve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

FAR = 12.0  # times as far as the Wald interval reaches: where the search for the end of an interval stops
LOWER = 1e-6  # relative: a sum of squares lower than that of the fit by more is another minimum


@brief
@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of one parameter: values, and the signed root tau = sign * sqrt((S(value) - S) / s^2) at each.

    tau is a straight line of slope 1 / stderr where the model is linear. interval: where \\|tau\\| stays below the
    quantile of the level; infinite where it never gets there. better: parameters with a lower sum of squares than the
    fit, if some were met on the way.
    """

    name: str
    level: float
    values: ndarray
    tau: ndarray
    estimate: float
    stderr: float
    quantile: float
    interval: Interval
    better: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        low, high = self.interval
        said = f"{self.name} = {self.estimate:.6g}, {self.level:.0%} interval by profile {low:.6g} .. {high:.6g}"
        return said + (
            f"\nthe fit is not the best one: a lower sum of squares is at {self.better}" if self.better else ""
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        lists = {"values": self.values.tolist(), "tau": self.tau.tolist(), "interval": list(self.interval)}
        return {**vars(self), **lists, "better": {name: np.asarray(v).tolist() for name, v in self.better.items()}}

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """tau against the value, over the straight line of a linear model, with the interval.

        Returns a picture that a notebook shows, or `ax` where that is given.
        """
        from ..picture import drawn

        return drawn(self.draw, ax)

    def draw(self, ax: "Axes") -> None:
        low, high = self.interval
        ax.axhspan(-self.quantile, self.quantile, color=OTHER, alpha=0.15, lw=0, label=f"inside {self.level:.0%}")
        straight = (self.values - self.estimate) / self.stderr
        ax.plot(self.values, straight, color=OTHER, ls="--", label="a linear model")
        ax.plot(self.values, self.tau, color=INK, marker=".", label="profile")
        for end in filter(np.isfinite, (low, high)):
            ax.axvline(end, color=FORWARD, lw=1)
        title = f"{self.name} = {self.estimate:.5g}, {self.level:.0%} interval {low:.5g} to {high:.5g}"
        ax.set(xlabel=self.name, ylabel="signed root of the likelihood ratio")
        ax.set_title(title)
        ax.legend(loc="upper left", framealpha=1.0)


def profile_of(fit: Fit, name: str, level: float = 0.95, points: int = 25) -> Profile:
    """The likelihood profile of one free parameter of a fit, and its confidence interval.

    Source: Bates & Watts, Nonlinear Regression Analysis and Its Applications (1988), chapter 6.
    """
    if name not in fit.free:
        raise InputError(f"no profile of {name!r}: the free parameters are {', '.join(fit.free)}")
    if fit.said["loss"] != "linear":
        raise InputError("a profile is that of a sum of squares: fit with loss='linear'")
    check_level(level)
    row = fit.estimates()[int(fit.evaluation.parameters.index[fit.free.index(name)])]
    if not np.isfinite(row.error) or row.error == 0:
        raise InputError(f"no profile of {name}: it has no standard error ({row.remark or 'no scatter'})")
    search = Search(fit, fit.free.index(name))
    q = fit.quantile(level)
    ends = [search.end(q, side) for side in (-1.0, 1.0)]
    reach = [e if np.isfinite(e) else search.start + s * 2 * q * search.error for e, s in zip(ends, (-1, 1))]
    low, high = np.clip([reach[0] - 0.3 * search.error, reach[1] + 0.3 * search.error], *search.bounds)
    places = np.unique([*np.linspace(low, high, points), search.start])
    tau = np.array([search.tau(float(z)) for z in places])
    return Profile(
        name, level, np.array([search.natural(z) for z in places]), tau, row.value, row.error, q,
        Interval(search.natural(ends[0]), search.natural(ends[1])), search.better(),
    )  # fmt: skip


class Search:
    """tau of one free parameter, in the variable z that the optimiser works in; what has been computed is kept."""

    def __init__(self, fit: Fit, position: int):
        self.fit, self.position = fit, position
        p = fit.evaluation.parameters
        self.start = float(fit.result.x[position])
        self.error = float(np.linalg.norm(fit.root[np.flatnonzero(fit.inside == position)[0]]))
        self.bounds = float(p.lower[position]), float(p.upper[position])
        self.reached: dict[float, tuple[float, ndarray]] = {self.start: (fit.chi2, fit.result.x)}

    def natural(self, z: float) -> float:
        """The parameter itself, for a z that may be infinite."""
        p, full = self.fit.evaluation.parameters, self.fit.result.x.copy()
        full[self.position] = z
        with np.errstate(all="ignore"):
            return float(p.outward(full)[self.position])

    def tau(self, z: float) -> float:
        if z not in self.reached:
            nearest = min(self.reached, key=lambda there: abs(there - z))
            self.reached[z] = held_at(self.fit, self.position, z, self.reached[nearest][1])
        above = max(self.reached[z][0] - self.fit.chi2, 0.0)
        return float(np.sign(z - self.start) * np.sqrt(above / self.fit.variance))

    def end(self, q: float, side: float) -> float:
        """Where tau crosses side * q; infinite if it does not before FAR, the bound if that comes first."""
        from scipy.optimize import brentq

        def beyond(z: float) -> float:
            return abs(self.tau(z)) - q

        inner, reach = self.start, 1.0
        while reach <= FAR:
            outer = float(np.clip(self.start + side * reach * q * self.error, *self.bounds))
            if beyond(outer) >= 0:
                return float(brentq(beyond, *sorted((inner, outer)), xtol=1e-10 * self.error, rtol=1e-12))
            if outer in self.bounds:
                return outer
            inner, reach = outer, reach * 1.5
        return side * np.inf

    def better(self) -> dict[str, Any]:
        """The parameters of the lowest sum of squares met, if it is clearly lower than that of the fit."""
        chi2, x = min(self.reached.values(), key=lambda there: there[0])
        lower = self.fit.chi2 - chi2 > LOWER * max(self.fit.chi2, self.fit.variance)
        return dict(self.fit.evaluation.unflatten(x)) if lower else {}


def held_at(fit: Fit, position: int, z: float, start: ndarray) -> tuple[float, ndarray]:
    """The least sum of squares with one free element held at z, and the free vector where it is."""
    p, x = fit.evaluation.parameters, start.copy()
    x[position] = z
    if len(x) > 1:
        rest = np.delete(np.arange(len(x)), position)
        inner = Parameters(x[rest], bounds=list(zip(p.lower[rest], p.upper[rest])))
        found = solve(Residuals(others(fit, position, x), inner), fit.said["options"], polish=False, progress=False)
        x[rest] = found.x
    r = np.asarray(fit.evaluation.flat(x), np.float64).ravel()
    return float(r @ r), x


def others(fit: Fit, position: int, x: ndarray) -> Callable[[Any], Any]:
    """The residuals as a function of all free elements but one."""
    held = np.arange(len(x)) == position
    source = np.maximum(np.cumsum(~held) - 1, 0)
    return lambda free: fit.evaluation.flat(np.where(held, x, free[source]))
