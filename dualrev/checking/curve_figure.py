"""The picture of a check: the error of central differences against their step, and what it is made of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..palette import FORWARD, INK, OTHER, REVERSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-17  # an error on the plot; 0 is nowhere on a logarithmic axis
MARKS, DASHES = "osD^v<>", ("-", "--", "-.", ":")
COLOURS = {"PASS": REVERSE, "FAIL": FORWARD, "INCONCLUSIVE": OTHER}


def draw_curves(ax: "Axes", title: str, verdict: str, curves: Sequence[Any]) -> None:
    """Each `Curve` in the colour of its verdict; for the first that passes, the slopes and what extrapolating gains."""
    for k, curve in enumerate(curves):
        style: dict[str, Any] = {"marker": MARKS[k % len(MARKS)], "ms": 3.5, "lw": 1.2}
        style |= {"ls": DASHES[k % len(DASHES)], "color": COLOURS[curve.verdict]}
        ax.plot(curve.steps, np.maximum(curve.errors, LEAST), label=f"{curve.name}: {curve.verdict}", **style)
    ax.set(xscale="log", yscale="log", xlabel="step, in units of the scale of the point")
    ax.set_ylabel("|yours - differences| / |yours|")
    ax.set_title(f"{title}: {verdict}\na right derivative gives a V, a wrong one a flat line")
    right = next((curve for curve in curves if curve.verdict == "PASS"), None)
    if right is not None:
        draw_slopes(ax, right)
    if curves:
        ax.legend(loc="lower left")


def draw_slopes(ax: "Axes", curve: Any) -> None:
    """Truncation, which falls as step^2, rounding, which grows as eps / step, and the extrapolated differences."""
    low, high = ax.get_ylim()
    steps, errors = np.array(curve.steps), np.array(curve.errors)
    finer = np.maximum(curve.extrapolated, LEAST)
    ax.plot(steps[:-1], finer, color=OTHER, marker=".", ms=3, lw=0.8, label=f"{curve.name}, extrapolated")
    named = ((2, r"truncation $\propto h^2$", steps >= 1e-3), (-1, r"rounding $\propto \epsilon / h$", steps < 1e-7))
    for power, said, where in named:
        scale = np.median((errors / steps**power)[where])
        if np.isfinite(scale) and scale > 0:
            line = scale * steps**power
            seen = (line > max(low, 1e-14)) & (line < high)
            ax.plot(steps[seen], 3 * line[seen], color=INK, ls=":", lw=1.2, label=said)
    ax.set_ylim(low, high)
