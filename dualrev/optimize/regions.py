"""Joint confidence regions of two parameters: the contour of the profile, beside the ellipse of a linear model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..brief import brief
from ..errors import InputError
from .fit_result import Fit
from .inference import Inference, check_level
from .result import strict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR = 10.0  # times as far as the ellipse reaches: where the search for the contour stops


@brief
@dataclass(frozen=True, eq=False)
class Region:
    """A joint confidence region of two parameters.

    contour: points on its edge, of shape (n, 2); nan in directions in which the level is never reached. ellipse: those
    of the linear model. rise: how much the deviance is higher on the edge.
    """

    names: tuple[str, str]
    level: float
    contour: ndarray
    ellipse: ndarray
    estimate: tuple[float, float]
    rise: float

    def __str__(self) -> str:
        a, b = self.names
        (low_a, low_b), (high_a, high_b) = np.nanmin(self.contour, axis=0), np.nanmax(self.contour, axis=0)
        return (
            f"joint {self.level:.0%} region of {a} and {b} about ({self.estimate[0]:.6g}, {self.estimate[1]:.6g}): "
            f"{a} from {low_a:.6g} to {high_a:.6g}, {b} from {low_b:.6g} to {high_b:.6g}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON: null where the contour is open."""
        return {name: strict(value) for name, value in vars(self).items()}

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """The contour over the ellipse of a linear model."""
        from matplotlib import pyplot

        from ..palette import INK, OTHER, REVERSE

        ax = pyplot.figure(figsize=(5.6, 4.4), layout="constrained").add_subplot() if ax is None else ax
        for points, color, line, label in (
            (self.ellipse, OTHER, "--", "a linear model"), (self.contour, REVERSE, "-", f"{self.level:.0%} region"),
        ):  # fmt: skip
            closed = np.concatenate([points, points[:1]])
            ax.plot(closed[:, 0], closed[:, 1], color=color, ls=line, label=label)
        ax.plot(*self.estimate, "o", ms=5, color=INK, label="estimate")
        ax.set(xlabel=self.names[0], ylabel=self.names[1])
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False)
        return ax


def region_of(fit: Inference, a: str, b: str, level: float = 0.95, points: int = 48) -> Region:
    """The joint confidence region of two free parameters: where the profile over both stays below the level.

    The deviance rises by 2 F(2, dof) on the edge for least squares, by chi2(2) where the variance is known.

    Source: Bates & Watts, Nonlinear Regression Analysis and Its Applications (1988), section 6.1.
    """
    fit.check_deviance()
    check_level(level)
    for name in (a, b):
        if name not in fit.free or a == b:
            raise InputError(f"region({a!r}, {b!r}): name two of the free parameters {', '.join(fit.free)}")
    where = [fit.free.index(a), fit.free.index(b)]
    for name, k in zip((a, b), where):
        if fit.blind[fit.parameters.index[k]]:
            raise InputError(f"no region of {name}: it has no standard error ({dict(remarks_of(fit))[name]})")
    rows = [int(np.flatnonzero(fit.inside == k)[0]) for k in where]
    R = fit.root[rows]
    L = np.linalg.cholesky(R @ R.T)
    rise = joint_quantile(fit, level)
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    ways = np.sqrt(rise) * (L @ np.stack([np.cos(angles), np.sin(angles)])).T
    contour, x = [], fit.result.x
    for way in ways:
        t, x = edge(fit, where, way, rise, x)
        contour.append(natural(fit, where, t * way))
    ellipse = np.array([natural(fit, where, way) for way in ways])
    middle = natural(fit, where, np.zeros(2))
    return Region((a, b), level, np.array(contour), ellipse, (float(middle[0]), float(middle[1])), rise)


def remarks_of(fit: Inference) -> list[tuple[str, str]]:
    return [(row.name, row.remark) for row in fit.estimates()]


def joint_quantile(fit: Inference, level: float) -> float:
    """How much the deviance rises on the edge of a region of two parameters."""
    from scipy import stats

    if isinstance(fit, Fit) and not fit.absolute_sigma:
        return float(2 * stats.f.ppf(level, 2, max(fit.dof, 1)))
    return float(stats.chi2.ppf(level, 2))


def edge(fit: Inference, where: list[int], way: ndarray, rise: float, start: ndarray) -> tuple[float, ndarray]:
    """(t, the free vector) where the deviance has risen by `rise` at t times the step `way`; nan if it does not."""
    from scipy.optimize import brentq

    held = np.isin(np.arange(len(start)), where)
    p, centre, last = fit.parameters, fit.result.x, [start]

    def beyond(t: float) -> float:
        x = last[0].copy()
        x[where] = centre[where] + t * way
        above, last[0] = fit.refit(held, x)
        return above - rise

    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(way > 0, p.upper[where] - centre[where], p.lower[where] - centre[where]) / way
    limit = min(FAR, float(np.nanmin(np.where(way == 0, np.inf, room))))
    t = min(1.0, limit)
    while beyond(t) < 0:
        if t >= limit:
            return (t if limit < FAR else np.nan), start
        t = min(1.6 * t, limit)
    low = 0.0
    t = float(brentq(beyond, low, t, xtol=1e-6, rtol=1e-9)) if beyond(low) < 0 else low
    return t, last[0]


def natural(fit: Inference, where: list[int], step: ndarray) -> ndarray:
    """The two parameters themselves, a step in the optimiser's variables from the estimate."""
    full = fit.result.x.copy()
    full[where] += step
    with np.errstate(all="ignore"):
        return np.asarray(fit.parameters.outward(full), np.float64)[where]
