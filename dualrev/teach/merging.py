"""Where paths merge: each by itself, and all together; a sum of products against a product of sums."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..palette import FORWARD, INK, PAPER, REVERSE
from ..program.network import Network, of_numbers, of_values
from ..program.notation import array_text
from ..program.paths import chosen_input, chosen_output, counted, integer_text
from ..program.program import Program, trace
from ..units import table_lines
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DRAWN = 12  # paths, each by itself
MOST_WIDE = 26  # values in a row of the picture
MOST_ROWS = 24
SPACE = 2.6  # between two values below each other, in rows


@brief
@dataclass(frozen=True, eq=False)
class Merging(Pictured):
    """The paths from an input to an output, by themselves and merged. Made by `merging`; printed, it is a table.

    names: of the values on a path, in the order computed. here, onward: for each the number of paths that lead to it
    from the input, and from it to the output. tangents, adjoints: the sums of their products: forward mode adds up what
    arrives, reverse mode what comes back. edges: (parent, child, partial) with the positions in `names`. paths: the
    first of them, as positions in `names`; products: of their partials.
    """

    name: str
    names: list[str]
    here: list[int]
    onward: list[int]
    tangents: list[float]
    adjoints: list[float]
    edges: list[tuple[int, int, float]]
    paths: list[list[int]]
    products: list[float]

    @property
    def count(self) -> int:
        """The number of paths."""
        return self.onward[0]

    @cached_property
    def separately(self) -> int:
        """The multiplications of all paths by themselves: one less than a path has edges."""
        longest = longer_ways(self.edges, len(self.names))
        return longest - self.count

    @property
    def derivative(self) -> float:
        return self.adjoints[0]

    def __str__(self) -> str:
        rows = [["value", "paths to here", "tangent", "paths from here", "adjoint"]]
        for name, a, t, b, w in zip(self.names, self.here, self.tangents, self.onward, self.adjoints):
            rows.append([name, integer_text(a), array_text(t), integer_text(b), array_text(w)])
        left_out = len(rows) - 1 - MOST_ROWS
        shown = rows if left_out <= 0 else [*rows[: MOST_ROWS // 2 + 1], *rows[-MOST_ROWS // 2 :]]
        lines = table_lines(shown)
        if left_out > 0:
            lines.insert(MOST_ROWS // 2 + 1, f"... {left_out} more")
        head = f"{self.name}: from {self.names[0]} to {self.names[-1]}"
        return "\n".join([head, "", *lines, "", self.verdict()])

    def verdict(self) -> str:
        """What each path by itself costs, and what all together do."""
        apart = f"{counted(self.count, 'path')} by themselves take {integer_text(self.separately)} multiplications"
        return f"{apart}; merged, each of the {counted(len(self.edges), 'edge')} is used once"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {**vars(self), "count": self.count, "derivative": self.derivative}

    # ---- the picture -------------------------------------------------------------------------------------------------

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        rows = len(self.drawn) + (self.count > len(self.drawn))
        return 7.0, 0.35 + 0.25 * (rows + 6.2 + SPACE * max(rows_of(self.places).values()))

    @property
    def drawn(self) -> list[list[int]]:
        return self.paths[:MOST_DRAWN]

    @cached_property
    def places(self) -> list[tuple[float, float]]:
        """Of each value: how many edges the longest way to it has, and where it stands among those of the same."""
        depth = [0] * len(self.names)
        for p, c, _ in sorted(self.edges, key=lambda edge: edge[1]):
            depth[c] = max(depth[c], depth[p] + 1)
        columns: dict[int, list[int]] = {}
        for k, d in enumerate(depth):
            columns.setdefault(d, []).append(k)
        return [(float(d), columns[d].index(k) - (len(columns[d]) - 1) / 2) for k, d in enumerate(depth)]

    def draw(self, ax: "Axes") -> None:
        """Above, path by path; below, all merged: the thicker an edge, the more paths share it."""
        wide = max(x for x, _ in self.places) or 1.0
        last = wide if wide <= MOST_WIDE else MOST_WIDE
        y = 0.0
        for path, product in zip(self.drawn, self.products):
            xs = [x for k in path if (x := self.places[k][0]) <= last]
            ax.plot(xs, [y] * len(xs), "o-", color=FORWARD, ms=4, lw=1.0)
            ax.annotate(array_text(product), (last, y), (8, 0), textcoords="offset points", va="center", size=8)
            y -= 1.0
        if self.count > len(self.drawn):
            ax.text(0, y, f"... and {integer_text(self.count - len(self.drawn))} more paths", color=INK, va="center")
            y -= 1.0
        ax.text(0, 0.9, "each path by itself", color=FORWARD, weight="bold")
        height = max(rows_of(self.places).values())
        middle = y - 2.4 - (height - 1) * SPACE / 2
        ax.text(0, y - 0.9, "merged", color=REVERSE, weight="bold")
        self.draw_merged(ax, middle, last)
        ax.set(xlim=(-0.07 * last - 0.1, 1.1 * last + 0.1), ylim=(middle - height * SPACE / 2 - 0.6, 2.0))
        ax.axis("off")
        ax.set_title(plain_title(f"{self.name}: {self.verdict()}"), wrap=True)

    def draw_merged(self, ax: "Axes", middle: float, last: float) -> None:
        from matplotlib.patches import FancyArrowPatch

        at = [(x, middle + SPACE * r) for x, r in self.places]
        same: dict[tuple[int, int], int] = {}
        for p, c, _ in self.edges:
            if at[c][0] > last:
                continue
            k = same[p, c] = same.get((p, c), -1) + 1
            many = sum((p, c) == (a, b) for a, b, _ in self.edges)
            bend = 0.35 * (k - (many - 1) / 2) if many > 1 else 0.18 * (at[c][0] - at[p][0] > 1) * (1 if p % 2 else -1)
            width = 0.8 + 2.0 * np.log1p(self.here[p] * self.onward[c]) / np.log1p(max(self.count, 2))
            style = f"arc3,rad={bend}"
            arrow = FancyArrowPatch(at[p], at[c], arrowstyle="-", connectionstyle=style, color=REVERSE, lw=width)
            ax.add_patch(arrow)
        for k, (x, y) in enumerate(at):
            if x <= last:
                ax.plot(x, y, "o", color=PAPER, mec=REVERSE, ms=9, zorder=3)
                if last <= 12:
                    said = f"{integer_text(self.here[k])} in, {integer_text(self.onward[k])} on"
                    for text, place in ((self.names[k], 9), (said, -18)):
                        label = ax.annotate(text, (x, y), (0, place), textcoords="offset points", ha="center", size=8.5)
                        label.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85})
        if last < max(x for x, _ in self.places):
            ax.text(last, middle - 1.2, f"{len(self.names)} values in all", ha="right", color=INK)


def rows_of(places: list[tuple[float, float]]) -> dict[float, int]:
    """How many values stand in each column."""
    found: dict[float, int] = {}
    for x, _ in places:
        found[x] = found.get(x, 0) + 1
    return found


def longer_ways(edges: list[tuple[int, int, float]], values: int) -> int:
    """The edges of all paths together, from the first value to the last."""
    paths, lengths = [0] * values, [0] * values
    paths[0] = 1
    for p, c, _ in sorted(edges, key=lambda edge: edge[0]):
        paths[c] += paths[p]
        lengths[c] += lengths[p] + paths[p]
    return lengths[-1]


def merging(f: Callable[..., Any], *x: Any, input: str | None = None, output: Any = None) -> Merging:
    """The paths of f from an input to an output: each by itself, and merged where they meet.

    The chain rule sums over all paths the product of their partials. Where paths meet, what they have in common need
    not be multiplied again: forward mode adds up at each value the products of all paths that lead to it, reverse mode
    those of all that lead from it on. So both use each edge once, whatever the number of paths.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, or small arrays, of which one element is an input.
    input : str, optional
        The name of an input that is a number, "x1" or "x[3]"; by default the first.
    output : optional
        Its name or number, as `paths` of a program takes it; by default the first.

    Returns
    -------
    Merging
        `count`, `here`, `onward`, `tangents`, `adjoints`; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If there is no such input or output, no path between them, or they are no numbers.

    Source: Bauer (1974), Computational graphs and rounding error; Olah (2015), Calculus on computational graphs.

    Examples
    --------
    >>> import dualrev.teach
    >>> def diamonds(x):
    ...     a = x * x
    ...     b = a * a
    ...     return b * b
    >>> print(dualrev.teach.merging(diamonds, 1.5))
    diamonds: from x to v3
    <BLANKLINE>
    value  paths to here   tangent  paths from here   adjoint
    x                  1         1                8  136.6875
    a                  2         3                4   45.5625
    b                  4      13.5                2    10.125
    v3                 8  136.6875                1         1
    <BLANKLINE>
    8 paths by themselves take 16 multiplications; merged, each of the 6 edges is used once
    """
    check_function(f, "teach.merging", at="dr.teach.merging(f, x)")
    program = trace(f, *x)
    network = network_of(program, input, output)
    onward = network.onward()
    kept = [k for k in reached(network, onward) if onward[k] or k in network.ends]
    if len(kept) < 2 or len(network.ends) != 1:
        raise InputError(f"there is no path from {network.names[network.start]} to the output: name others")
    position = {k: i for i, k in enumerate(kept)}
    steps = [step for k in kept for step in onward[k] if step.child in position]
    edges = [(position[s.parent], position[s.child], float(np.ravel(network.partial(s))[0])) for s in steps]
    ways = list(islice(network.walk(onward), MOST_DRAWN))
    paths = [[position[network.start], *[position[s.child] for s in way]] for way in ways]
    (end,) = network.ends.values()
    products = [float(end) * prod(float(np.ravel(network.partial(s))[0]) for s in way) for way in ways]
    here, tangents = along(edges, len(kept), 1.0)
    back, adjoints = along([(len(kept) - 1 - c, len(kept) - 1 - p, q) for p, c, q in edges], len(kept), float(end))
    names = [network.names[k] for k in kept]
    return Merging(spoken_name(f), names, here, back[::-1], tangents, adjoints[::-1], edges, paths, products)


def network_of(program: Program, input: str | None, output: Any) -> Network:
    """Between numbers: of the values where all are numbers, else of their elements."""
    start, element = chosen_input(program, input or first_number(program))
    seed, _ = chosen_output(program, output)
    if program.is_scalar and element is None:
        return of_values(program, start, seed)
    return of_numbers(program, start, element or 0, seed)


def first_number(program: Program) -> str:
    v = program[program.inputs[0]]
    return v.name if v.scalar else v.name + "[" + ",".join("0" * np.ndim(v.primal)) + "]"


def reached(network: Network, onward: list[list[Any]]) -> list[int]:
    """The values on a path, in the order computed."""
    found = {network.start}
    for k in range(network.start, len(network.names)):
        if k in found:
            found.update(step.child for step in onward[k])
    return sorted(found)


def along(edges: list[tuple[int, int, float]], values: int, seed: float) -> tuple[list[int], list[float]]:
    """For each value the number of paths to it from the first, and the sum of their products times the seed."""
    paths, sums = [0] * values, [0.0] * values
    paths[0], sums[0] = 1, seed
    for p, c, partial in sorted(edges, key=lambda edge: edge[0]):
        paths[c] += paths[p]
        sums[c] += partial * sums[p]
    return paths, sums
