"""The figure of a Crossover: the map of winners, cost against n, memory against depth; each panel drawn by itself."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..errors import InputError
from ..palette import FORWARD, INK, PALE_FORWARD, PALE_REVERSE, PAPER, REVERSE
from .break_even import BreakEvenLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

Array = np.ndarray

MODES = (("forward", FORWARD), ("reverse", REVERSE))
MOST_TICKS = 6
MOST_WRITTEN = 9  # sizes on a side of the map, of which each cell says its ratio


class Grid(Protocol):
    """What is drawn: the fields of a Crossover."""

    name: str
    n: Array
    m: Array
    forward_seconds: Array
    reverse_seconds: Array
    depth: Array
    forward_bytes: Array
    reverse_bytes: Array
    forward_peak: Array
    reverse_peak: Array
    complete: bool
    busy: str

    @property
    def measured(self) -> Array: ...

    @property
    def advantage(self) -> Array: ...

    @property
    def fit(self) -> BreakEvenLine | None: ...


def figure_of(found: Grid, m: int | None = None) -> "Picture":
    """All panels in a row; that of memory only where the family has a depth."""
    from ..picture import sheet

    panels = 3 if found.depth.size else 2
    return sheet(lambda figure: draw_all(figure, found, panels, m), (5.0 * panels, 4.8))


def draw_all(figure: "Picture", found: Grid, panels: int, m: int | None) -> None:
    axes = figure.subplots(1, panels)
    draw_map(found, axes[0])
    draw_cost(found, axes[1], m)
    if found.depth.size:
        draw_memory(found, axes[2])
    title = found.name if found.complete else f"{found.name} (interrupted: some cells were not measured)"
    figure.suptitle("\n".join(filter(None, [title, found.busy])))


def draw_map(found: Grid, ax: "Axes") -> None:
    """The faster mode of every cell, in its colour, the stronger the clearer; with the break-even lines."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("modes", [PALE_FORWARD, PAPER, PALE_REVERSE])
    ax.set_facecolor("#e4e4e4")  # of cells that were not measured
    least, most = np.log10([2.0, 30.0]) + 0.01
    span = float(np.clip(np.max(np.abs(found.advantage), initial=0.0, where=found.measured), least, most))
    n, m = edges(found.n), edges(found.m)
    mesh = ax.pcolormesh(n, m, found.advantage.T, cmap=colours, vmin=-span, vmax=span)
    ends = np.array([n[0], n[-1]])
    if found.fit:
        ax.plot(ends, found.fit(ends), color=INK, lw=1.8, label=f"measured: ${found.fit.latex()}$")
    ax.plot(ends, ends, color=INK, lw=1.2, ls=":", label="textbook: $m = n$")
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=(m[0], m[-1]))
    ax.set(title="The faster mode", xlabel="inputs n: directions of forward mode")
    ax.set_ylabel("outputs m: cotangents of reverse mode")
    if max(found.measured.shape) <= MOST_WRITTEN:
        write_ratios(found, ax)
    sized(ax.xaxis, found.n)
    sized(ax.yaxis, found.m)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
    times = [v for v in (30, 10, 3) if np.log10(v) <= span] or [2]
    ticks = [-np.log10(v) for v in times] + [0.0] + [np.log10(v) for v in reversed(times)]
    bar = ax.figure.colorbar(mesh, ax=ax, ticks=ticks, pad=0.02)
    bar.ax.set_yticklabels([f"{v}x" for v in times] + ["equal"] + [f"{v}x" for v in reversed(times)], fontsize=8)
    bar.ax.set_title("reverse", fontsize=8, color=REVERSE, loc="left")
    bar.ax.text(0.0, -0.02, "forward", transform=bar.ax.transAxes, fontsize=8, color=FORWARD, va="top")
    bar.outline.set_visible(False)


def write_ratios(found: Grid, ax: "Axes") -> None:
    """How many times as fast the winner of each cell was."""
    for i, j in zip(*np.nonzero(found.measured), strict=True):
        ratio = 10 ** abs(float(found.advantage[i, j]))
        said = f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
        ax.text(found.n[i], found.m[j], said, ha="center", va="center", fontsize=7, color="#000000")


def draw_cost(found: Grid, ax: "Axes", m: int | None = None) -> None:
    """Time of both modes against the number of inputs, for one number of outputs, the lines named where they end."""
    j = column(found, m)
    outputs = int(found.m[j])
    ends = [seconds[:, j] * 1e3 for seconds in (found.forward_seconds, found.reverse_seconds)]
    for (_, colour), y in zip(MODES, ends, strict=True):
        ax.loglog(found.n, y, "o-", color=colour, ms=4, lw=1.5)
    named(ax, found.n, ends)
    ax.axvline(outputs, color=INK, lw=0.8, ls=":")
    label = ax.text(outputs * 1.15, 0.98, "n = m", transform=ax.get_xaxis_transform(), va="top", color=INK)
    label.set_bbox({"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.0, "alpha": 0.8})
    ax.set(title=f"Time of a Jacobian with m = {outputs} outputs", xlabel="inputs n", ylabel="milliseconds")
    sized(ax.xaxis, found.n)
    plain_decades(ax)


def draw_memory(found: Grid, ax: "Axes") -> None:
    """The most bytes of one sweep against the depth of f: measured with marks, counted dashed."""
    peaks = [found.forward_peak / 1e3, found.reverse_peak / 1e3]
    counts = [found.forward_bytes / 1e3, found.reverse_bytes / 1e3]
    for (_, colour), peak, count in zip(MODES, peaks, counts, strict=True):
        ax.loglog(found.depth, peak, "o-", color=colour, ms=4, lw=1.5)
        ax.loglog(found.depth, count, "--", color=colour, lw=1.0)
    named(ax, found.depth, peaks)
    ax.plot([], [], "o-", color=INK, ms=4, lw=1.5, label="measured, Python's objects included")
    ax.plot([], [], "--", color=INK, lw=1.0, label="counted, arrays only")
    ax.legend(loc="upper left", fontsize=8, frameon=False)
    ax.set(title="Memory of one sweep, one direction", xlabel="depth: layers of f", ylabel="kilobytes, at their peak")
    sized(ax.xaxis, found.depth)
    plain_decades(ax)


def column(found: Grid, m: int | None) -> int:
    """The column of the grid with m outputs; the middle one by default."""
    if m is None:
        return found.m.size // 2
    if m not in found.m:
        raise InputError(f"m={m} is not in the grid: write one of {found.m.tolist()}")
    return int(np.flatnonzero(found.m == m)[0])


def edges(sizes: Array) -> Array:
    """The borders of cells around the sizes, halfway in the logarithm."""
    logs = np.log(sizes)
    inner = (logs[1:] + logs[:-1]) / 2
    half = np.diff(logs)[[0, -1]] / 2 if len(sizes) > 1 else np.full(2, np.log(2.0) / 2)
    return np.exp([logs[0] - half[0], *inner, logs[-1] + half[1]])


def sized(axis: Any, sizes: Array) -> None:
    """The sizes themselves as ticks, not more than there is room for."""
    from matplotlib.ticker import NullLocator

    step = -(-len(sizes) // MOST_TICKS)
    axis.set_ticks(sizes[::step], [str(size) for size in sizes[::step]])
    axis.set_minor_locator(NullLocator())


def plain_decades(ax: "Axes") -> None:
    """A logarithmic axis of y with plain numbers; high enough to have one of them, 0.1, 1, 10, at least."""
    from matplotlib.ticker import NullFormatter

    low, high = ax.get_ylim()
    more = max(12.0 * low / high, 1.0) ** 0.5
    ax.set_ylim(low / more, high * more)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def named(ax: "Axes", x: Array, curves: list[Array]) -> None:
    """The names of the modes at the last points of their curves, apart where the curves meet."""
    known = [np.flatnonzero(np.isfinite(y)) for y in curves]
    ends = [(x[k[-1]], y[k[-1]]) for k, y in zip(known, curves, strict=True) if k.size]
    heights = [y for _, y in ends]
    together = len(ends) == 2 and max(heights) < 1.3 * min(heights)
    for (name, colour), at in zip(MODES, ends):
        up = (5 if at[1] == max(heights) else -5) if together else 0
        ax.annotate(name, at, (7, up), textcoords="offset points", va="center", color=colour)
    ax.set_xmargin(0.14)
