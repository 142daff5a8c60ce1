"""The picture of a fit: data, curve and confidence band; below, the residuals."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..palette import INK, REVERSE
from .fit_result import Fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 300  # of the curve


def figure_of(fit: Fit, band: float = 2.0, x: Any = None) -> "Figure":
    """Two panels over one horizontal axis. x: where to draw the curve; by default over the range of the data.

    Where the model's first argument is not one row of numbers, the data are drawn against their index.
    """
    from matplotlib import pyplot

    figure, (top, low) = pyplot.subplots(
        2, 1, figsize=(6.4, 5.2), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    along, grid, at = places(fit, x)
    errors = None if not fit.absolute_sigma else np.ravel(np.broadcast_to(fit.scale, fit.y.shape))
    style = {"fmt": "o", "ms": 4, "color": INK, "mfc": "white", "lw": 1, "zorder": 3}
    top.errorbar(along, fit.y.ravel(), errors, label="data", **style)
    curve, width = predicted(fit, at)
    order = np.argsort(grid, kind="stable")
    top.plot(grid[order], curve[order], color=REVERSE, label="fit", zorder=2)
    if width is not None and band > 0:
        edges = curve - band * width, curve + band * width
        said = f"± {band:g} standard errors of the curve"
        top.fill_between(grid[order], edges[0][order], edges[1][order], color=REVERSE, alpha=0.2, lw=0, label=said)
    top.legend()
    top.set(ylabel="y", title="\n".join(str(fit).splitlines()[:1]) if len(fit.free) <= 3 else fit.evaluation.name)
    low.axhline(0, color=REVERSE, lw=1)
    low.errorbar(along, -fit.residuals.ravel(), errors, **style)
    low.set(xlabel="index" if at is fit.x and along is not fit.x and np.ndim(fit.x) != 1 else "x", ylabel="y - fit")
    for ax in (top, low):
        ax.spines[["top", "right"]].set_visible(False)
    top.title.set_fontsize(10)
    return figure


def places(fit: Fit, x: Any) -> tuple[ndarray, ndarray, Any]:
    """Where the data stand, where the curve is drawn, and what the model is asked there."""
    given = fit.x
    if isinstance(given, (list, np.ndarray)) and np.ndim(given) == 1 and np.shape(given) == fit.y.shape:
        along = np.asarray(given, np.float64)
        grid = np.linspace(along.min(), along.max(), POINTS) if x is None else np.ravel(np.asarray(x, np.float64))
        try:
            fit.predict(grid)
        except Exception:  # a model that only knows the points of the data
            return along, along, given
        return along, grid, grid
    along = np.arange(fit.y.size)
    return along, along, given


def predicted(fit: Fit, at: Any) -> tuple[ndarray, ndarray | None]:
    if fit.undetermined or fit.dof <= 0:
        return np.ravel(fit.predict(at)), None
    curve, width = fit.predict(at, std=True)
    return np.ravel(curve), np.ravel(width)
