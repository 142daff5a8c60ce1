"""Likelihood profiles: one parameter held at a value, all others fitted again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from .fit_result import Fit, Interval
from .parameters import Parameters
from .residual_functions import Residuals
from .squares import solve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR = 12.0  # standard errors to look for the end of an interval


@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of one parameter: values, and the signed root tau = sign * sqrt((S(value) - S) / s^2) at each.

    tau is a straight line of slope 1 / stderr where the model is linear. interval: where \\|tau\\| stays below the quantile
    of the level; infinite where it never gets there.
    """

    name: str
    level: float
    values: ndarray
    tau: ndarray
    estimate: float
    stderr: float
    quantile: float
    interval: Interval

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.name} = {self.estimate:.6g}, {self.level:.0%} interval by profile {low:.6g} .. {high:.6g}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {**vars(self), "values": self.values.tolist(), "tau": self.tau.tolist(), "interval": list(self.interval)}

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """tau against the value, over the straight line of a linear model, with the interval."""
        from matplotlib import pyplot

        from ..palette import FORWARD, INK, OTHER

        ax = pyplot.figure(figsize=(5, 4), layout="constrained").add_subplot() if ax is None else ax
        ax.axhspan(-self.quantile, self.quantile, color=OTHER, alpha=0.12, lw=0)
        straight = (self.values - self.estimate) / self.stderr
        ax.plot(self.values, straight, color=OTHER, ls="--", label="linear model: estimate +- t stderr")
        ax.plot(self.values, self.tau, color=INK, marker=".", label="profile")
        for end in self.interval:
            if np.isfinite(end):
                ax.axvline(end, color=FORWARD, lw=1)
        ax.set(xlabel=self.name, ylabel="signed root of the likelihood ratio", title=str(self))
        ax.legend()
        return ax


def profile_of(fit: Fit, name: str, level: float = 0.95, points: int = 25) -> Profile:
    """The likelihood profile of one free parameter of a fit, and its confidence interval.

    Source: Bates & Watts, Nonlinear Regression Analysis and Its Applications (1988), chapter 6.
    """
    if name not in fit.free:
        raise InputError(f"no profile of {name!r}: the free parameters are {', '.join(fit.free)}")
    if fit.said["loss"] != "linear":
        raise InputError("a profile is that of a sum of squares: fit with loss='linear'")
    if not 0 < level < 1:
        raise InputError(f"level={level}: between 0 and 1, such as 0.95")
    k = fit.names.index(name)
    estimate, error = fit.estimates()[k][1:3]
    if not np.isfinite(error) or error == 0:
        raise InputError(f"no profile of {name}: it has no standard error ({fit.estimates()[k][3] or 'no scatter'})")
    reached: dict[float, tuple[float, ndarray]] = {estimate: (fit.chi2, fit.result.x)}
    bound = bounds_of(fit, name)

    def tau(value: float) -> float:
        if value not in reached:
            reached[value] = held_at(fit, k, value, nearest(reached, value))
        above = max(reached[value][0] - fit.chi2, 0.0)
        return float(np.sign(value - estimate) * np.sqrt(above / fit.variance))

    q = fit.quantile(level)
    low, high = (end_of(tau, estimate, error, q, side, bound) for side in (-1.0, 1.0))
    ends = [e if np.isfinite(e) else estimate + s * 2 * q * error for e, s in ((low, -1.0), (high, 1.0))]
    values = np.unique(
        np.concatenate([np.linspace(*np.clip(np.add(ends, [-0.3 * error, 0.3 * error]), *bound), points), [estimate]])
    )
    return Profile(
        name, level, values, np.array([tau(float(v)) for v in values]), estimate, error, q, Interval(low, high)
    )


def bounds_of(fit: Fit, name: str) -> tuple[float, float]:
    p = fit.evaluation.parameters
    k = p.free.index(name)
    return float(p.natural_lower[k]), float(p.natural_upper[k])


def nearest(reached: dict[float, tuple[float, ndarray]], value: float) -> ndarray:
    return reached[min(reached, key=lambda v: abs(v - value))][1]


def held_at(fit: Fit, k: int, value: float, start: ndarray) -> tuple[float, ndarray]:
    """The least sum of squares with element k held at a value, and the free vector where it is."""
    p = fit.evaluation.parameters
    position = list(p.index).index(k)
    z = start.copy()
    natural = np.array(p.outward(z))
    natural[position] = value
    z = p.inward(natural)
    if len(z) == 1:
        r = fit.evaluation.fun(z)
        return float(r @ r), z
    rest = np.delete(np.arange(len(z)), position)

    def others(free: Any) -> Any:
        parts = [free[int(np.searchsorted(rest, i))] if i != position else z[position] for i in range(len(z))]
        return fit.evaluation.flat(np.stack(parts))

    inner = Parameters(z[rest], bounds=list(zip(p.lower[rest], p.upper[rest], strict=True)))
    found = solve(Residuals(others, inner), fit.said["options"], polish=False, progress=False)
    z[rest] = found.x
    return 2 * float(found.cost), z


def end_of(tau: Any, estimate: float, error: float, q: float, side: float, bound: tuple[float, float]) -> float:
    """Where tau crosses side * q; infinite if it does not within FAR standard errors, the bound if that comes first."""
    from scipy.optimize import brentq

    inner, reach = estimate, 1.0
    while reach <= FAR:
        outer = float(np.clip(estimate + side * reach * q * error, *bound))
        if abs(tau(outer)) >= q:
            return float(brentq(lambda v: abs(tau(v)) - q, *sorted((inner, outer)), xtol=1e-10 * error, rtol=1e-12))
        if outer in bound:
            return outer
        inner, reach = outer, reach * 1.5
    return side * np.inf
