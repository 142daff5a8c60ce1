"""The picture of a fit: data, curve and confidence band; below, the residuals."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..palette import INK, REVERSE
from .fit_report import estimate_text
from .fit_result import Fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 300  # of the curve
LONGEST_TITLE = 80  # letters


class FitPicture(NamedTuple):
    """What is drawn: data at `along` with their standard deviations (or None), the curve over `grid` and its error.

    width is nan where the data do not determine the curve; indexed: the data stand at 0, 1, 2, ... for want of an x.
    """

    along: ndarray
    data: ndarray
    deviations: ndarray | None
    residuals: ndarray
    grid: ndarray
    curve: ndarray
    width: ndarray
    indexed: bool


def picture_of(fit: Fit, x: Any = None) -> FitPicture:
    """The data behind `figure_of`."""
    along, indexed = np.arange(fit.y.size, dtype=float), True
    grid: ndarray | None = None
    if isinstance(fit.x, (list, np.ndarray)) and np.ndim(fit.x) == 1 and np.shape(fit.x) == fit.y.shape:
        along, indexed = np.asarray(fit.x, np.float64), False
        grid = np.linspace(along.min(), along.max(), POINTS) if x is None else np.ravel(np.asarray(x, np.float64))
        try:
            fit.predict(grid)
        except Exception:  # a model that only knows the points of the data
            grid = None
    if grid is None:
        order = np.argsort(along, kind="stable")
        curve, width = (np.ravel(part)[order] for part in fit.predict(std=True))
        grid = along[order]
    else:
        curve, width = map(np.ravel, fit.predict(grid, std=True))
    deviations = None
    errors = fit.data.errors_of_points()
    if errors is not None and fit.variance > 0:
        deviations = errors.ravel() * np.sqrt(fit.variance)
    if fit.data.complex:
        along, grid = np.tile(along, 2), np.concatenate([grid, [np.nan], grid])
        deviations = None if deviations is None else np.tile(deviations, 2)
        curve, width = both_parts(curve, True), both_parts(width, True)
        return FitPicture(along, both_parts(fit.y), deviations, -both_parts(fit.residuals), grid, curve, width, indexed)
    return FitPicture(along, fit.y.ravel(), deviations, -fit.residuals.ravel(), grid, curve, width, indexed)


def both_parts(z: ndarray, gap: bool = False) -> ndarray:
    """The real parts and then the imaginary ones, with a gap between them for what is drawn as a line."""
    return np.concatenate([np.real(z).ravel(), [np.nan] * gap, np.imag(z).ravel()])


def figure_of(fit: Fit, band: float = 2.0, x: Any = None) -> "Figure":
    """Data and curve with a band of so many standard errors, and the residuals y - fit below.

    Parameters
    ----------
    band : float
        The half width of the band in standard errors of the curve; 0 for none.
    x : array, optional
        Where to draw the curve; by default 300 points over the range of the data. Where the model's first argument is
        not one row of numbers, the data are drawn against their index.

    Returns
    -------
    matplotlib.figure.Figure
        Its two axes are those of the data and of the residuals.
    """
    from matplotlib import pyplot

    drawn = picture_of(fit, x)
    figure, (top, low) = pyplot.subplots(
        2, 1, figsize=(6.4, 5.2), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    style = {"fmt": "o", "ms": 4, "color": INK, "mfc": "white", "lw": 1, "zorder": 3}
    label = "data, real and imaginary parts" if fit.data.complex else "data"
    top.errorbar(drawn.along, drawn.data, drawn.deviations, label=label, **style)
    draw_curve(top, drawn, band if np.isfinite(drawn.width).any() else 0.0)
    top.legend(frameon=False)
    top.set_title(title_of(fit), fontsize=10)
    top.set_ylabel("y")
    low.axhline(0, color=REVERSE, lw=1)
    low.errorbar(drawn.along, drawn.residuals, drawn.deviations, **style)
    low.set(xlabel="index" if drawn.indexed else "x", ylabel="y - fit")
    for ax in (top, low):
        ax.spines[["top", "right"]].set_visible(False)
    figure.align_ylabels()
    return figure


def draw_curve(ax: "Axes", drawn: FitPicture, band: float) -> None:
    """The curve and its band; a dash with a bar for each point where there is no x to join them along."""
    said = f"± {band:g} standard errors of the curve"
    width = band * drawn.width
    if drawn.indexed:
        bars = width if band > 0 else None
        label = f"fit {said}" if band > 0 else "fit"
        ax.errorbar(drawn.grid, drawn.curve, bars, fmt="_", ms=9, color=REVERSE, label=label, zorder=4)
        return
    ax.plot(drawn.grid, drawn.curve, color=REVERSE, label="fit", zorder=4)
    if band > 0:
        edges = drawn.curve - width, drawn.curve + width
        ax.fill_between(drawn.grid, *edges, color=REVERSE, alpha=0.25, lw=0, label=said)


def title_of(fit: Fit) -> str:
    """The estimates where there is room for them, else the model's name."""
    title = "     ".join(estimate_text(row).replace("+-", "±") for row in fit.estimates())
    return title if len(title) <= LONGEST_TITLE else fit.evaluation.name.replace("<lambda>", "")
