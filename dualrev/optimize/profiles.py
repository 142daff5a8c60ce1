"""Likelihood profiles: one parameter held at a value, all others fitted again."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..brief import brief
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER
from .inference import Inference, Interval, check_level
from .result import strict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

FAR = 12.0  # times as far as the Wald interval reaches: where the search for the end of an interval stops
LOWER = 1e-6  # relative: a sum of squares lower than that of the fit by more is another minimum


@brief
@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of one parameter: values, and the signed root tau = sign * sqrt((S(value) - S) / s^2) at each.

    S is the sum of squares and s^2 the variance of a residual; of a likelihood it is twice minus its logarithm, and 1.

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
        """Plain data, ready for JSON: null for what is not finite."""
        return {name: strict(value) for name, value in vars(self).items()}

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """tau against the value, over the straight line of a linear model, with the interval.

        Returns a picture that a notebook shows, or `ax` where that is given.
        """
        from ..picture import drawn

        return drawn(self.draw, ax)

    def draw(self, ax: "Axes") -> None:
        low, high = self.interval
        ax.axhspan(-self.quantile, self.quantile, color=OTHER, alpha=0.15, lw=0, label=f"inside {self.level:.0%}")
        if np.isfinite(self.stderr):
            straight = (self.values - self.estimate) / self.stderr
            ax.plot(self.values, straight, color=OTHER, ls="--", label="a linear model")
        ax.plot(self.values, self.tau, color=INK, marker=".", label="profile")
        for end in filter(np.isfinite, (low, high)):
            ax.axvline(end, color=FORWARD, lw=1)
        title = f"{self.name} = {self.estimate:.5g}, {self.level:.0%} interval {low:.5g} to {high:.5g}"
        ax.set(xlabel=self.name, ylabel="signed root of the likelihood ratio")
        ax.set_title(title)
        ax.legend(loc="upper left", framealpha=1.0)


def profile_of(fit: Inference, name: str, level: float = 0.95, points: int = 25) -> Profile:
    """The likelihood profile of one free parameter of a fit, and its confidence interval.

    points: how many values beside the estimate, for a picture. Where a bound holds the parameter the interval goes from
    there to the limit of that level on the other side.

    Source: Bates & Watts, Nonlinear Regression Analysis and Its Applications (1988), chapter 6.
    """
    if name not in fit.free:
        raise InputError(f"no profile of {name!r}: the free parameters are {', '.join(fit.free)}")
    fit.check_deviance()
    check_level(level)
    position = fit.free.index(name)
    row = fit.estimates()[int(fit.parameters.index[position])]
    search = Search(fit, position)
    undetermined = search.inside and fit.blind[fit.parameters.index[position]]
    if undetermined or not 0 < search.error < np.inf:
        raise InputError(f"no profile of {name}: it has no standard error ({row.remark or 'no scatter'})")
    q = fit.quantile(level if search.inside else 2 * level - 1)
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

    def __init__(self, fit: Inference, position: int):
        self.fit, self.position = fit, position
        p = fit.parameters
        self.start = float(fit.result.x[position])
        self.inside = bool((fit.inside == position).any())
        if self.inside:
            self.error = float(np.linalg.norm(fit.root[np.flatnonzero(fit.inside == position)[0]]))
        else:
            self.error = 1 / float(np.sqrt(fit.curvature(position)))
        self.bounds = float(p.lower[position]), float(p.upper[position])
        self.reached: dict[float, tuple[float, ndarray]] = {self.start: (0.0, fit.result.x)}

    def natural(self, z: float) -> float:
        """The parameter itself, for a z that may be infinite."""
        p, full = self.fit.parameters, self.fit.result.x.copy()
        full[self.position] = z
        with np.errstate(all="ignore"):
            return float(p.outward(full)[self.position])

    def tau(self, z: float) -> float:
        if z not in self.reached:
            nearest = min(self.reached, key=lambda there: abs(there - z))
            x = self.reached[nearest][1].copy()
            x[self.position] = z
            self.reached[z] = self.fit.refit(np.arange(len(x)) == self.position, x)
        return float(np.sign(z - self.start) * np.sqrt(max(self.reached[z][0], 0.0)))

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
        """The parameters of the lowest deviance met, if it is clearly lower than that of the fit."""
        lower, x = min(self.reached.values(), key=lambda there: there[0])
        if lower >= -LOWER * max(self.fit.deviance_unit, 1.0):
            return {}
        tree = self.fit.parameters.plain(x)
        return dict(tree) if isinstance(tree, dict) else {"x": tree}
