"""The bars of a Comparison."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..palette import FORWARD, INK, OTHER, REVERSE
from ..units import seconds_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"forward": FORWARD, "reverse": REVERSE}
STUB = 0.8  # where the bars begin: on a logarithmic axis the shortest would have no length


def draw_costs(ax: "Axes", found: Any, names: Sequence[str]) -> None:
    """The bars of a `Comparison`: time, where it was measured, and flops, of the methods with these names."""
    series: list[list[tuple[float, str]]] = [
        [(cost.flops, f"{cost.flops:,} flops") for cost in found.methods().values()]
    ]
    if found.measured:
        times = [cost.seconds or 0.0 for cost in found.methods().values()]
        series.insert(0, [(t, seconds_text(t)) for t in times])
    for k, bars in enumerate(series):
        colours = [COLOURS.get(name, OTHER) for name in found.methods()]
        draw_bars(ax, bars, colours, k - (len(series) - 1) / 2, 0.8 / len(series), 1.0 if k == 0 else 0.35)
    ax.set(xscale="log", ylim=(len(found.methods()) - 0.5, -0.5))
    ax.set_xlim(STUB, ax.dataLim.x1**1.3 * 2)
    ax.set_yticks(range(len(found.methods())), names)
    ax.set_xlabel(("time (solid) and flops (pale)" if found.measured else "counted flops") + ", times the least")
    ax.set_title(found.name.replace("$", r"\$") + rf": $R^{{{found.inputs}}} \to R^{{{found.outputs}}}$")
    ax.xaxis.set_major_formatter("{x:g}")


def draw_bars(
    ax: "Axes", bars: Sequence[tuple[float, str]], colours: Sequence[str], row: float, height: float, alpha: float
) -> None:
    """One bar per method, (amount, what it says), as long as its ratio to the least."""
    least = min((amount for amount, _ in bars if amount > 0), default=1.0)
    for k, ((amount, text), colour) in enumerate(zip(bars, colours, strict=True)):
        times = max(amount / least, 1.0)
        ax.barh(k + row * height, times - STUB, height * 0.9, left=STUB, color=colour, alpha=alpha)
        at = (times, k + row * height)
        ax.annotate(text, at, (4, 0), textcoords="offset points", va="center", fontsize=8, color=INK)
