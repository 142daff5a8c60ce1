"""The picture of a fit: data, curve and confidence band; below, the residuals."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..palette import INK, REVERSE
from .fit_report import estimate_text
from .fit_result import Fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

POINTS = 300  # of the curve
WIDE, HIGH = 62, 3  # letters and lines of the title


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
    if fit.scale is not None and fit.variance > 0:
        deviations = np.ravel(np.broadcast_to(fit.scale, fit.y.shape)) * np.sqrt(fit.variance)
    return FitPicture(along, fit.y.ravel(), deviations, fit.residuals.ravel(), grid, curve, width, indexed)


def figure_of(fit: Fit, band: float = 2.0, x: Any = None) -> "Picture":
    """Data and curve with a band of so many standard errors; below, the residuals fit - y, as in `fit.residuals`.

    Parameters
    ----------
    band : float
        The half width of the band in standard errors of the curve; 0 for none.
    x : array, optional
        Where to draw the curve; by default 300 points over the range of the data. Where the model's first argument is
        not one row of numbers, the data are drawn against their index.

    Returns
    -------
    Picture
        A notebook shows it, its ``save`` writes it; its two ``axes`` are those of the data and of the residuals.
    """
    from ..picture import sheet

    drawn = picture_of(fit, x)
    return sheet(lambda figure: draw_fit(figure, drawn, band, title_of(fit)), (6.4, 5.2))


def draw_fit(figure: "Picture", drawn: FitPicture, band: float, title: str) -> None:
    """Both panels."""
    top, low = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    style = {"fmt": "o", "ms": 4, "color": INK, "mfc": "white", "lw": 1, "zorder": 3}
    top.errorbar(drawn.along, drawn.data, drawn.deviations, label="data", **style)
    draw_curve(top, drawn, band if np.isfinite(drawn.width).any() else 0.0)
    top.legend()
    top.set_title(title)
    top.set_ylabel("y")
    low.axhline(0, color=REVERSE, lw=1)
    low.errorbar(drawn.along, drawn.residuals, drawn.deviations, **style)
    low.set(xlabel="index" if drawn.indexed else "x", ylabel="fit - y")
    figure.align_ylabels()


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
    """The estimates, as many to a line as there is room for; of many the first, and how many more there are."""
    lines, rows = [""], fit.estimates()
    for k, row in enumerate(rows):
        said = estimate_text(row).replace("+-", "±").replace("$", r"\$")
        joined = f"{lines[-1]}     {said}" if lines[-1] else said
        if len(joined) <= WIDE or not lines[-1]:
            lines[-1] = joined
        elif len(lines) < HIGH:
            lines.append(said)
        else:
            return "\n".join([*lines, f"and {len(rows) - k} more parameters: print the fit"])
    return "\n".join(lines)
