"""Elimination orders: what the Jacobian of a program costs in forward order, in reverse order, and in between."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER, REVERSE
from .accumulation import Accumulation, accumulate
from .elimination_orders import markowitz, optimum
from .linearized import linearized
from .notation import latex_name, latex_text
from .program import Program

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

COLOURS = {"forward": FORWARD, "reverse": REVERSE, "yours": INK}
MOST_EXACT = 20  # intermediate vertices, for which the search keeps tables of 2**20 rows


@brief
@dataclass(frozen=True, eq=False)
class Order:
    """One elimination order.

    name: "forward", "reverse", "Markowitz", "Markowitz, last first", "yours" or "optimum". order: the names of the
    intermediate values as they are eliminated. multiplications, additions: what that takes. jacobian: what comes out,
    shape (number of output elements, number of input elements).
    """

    name: str
    multiplications: int
    additions: int
    order: tuple[str, ...]
    jacobian: np.ndarray


@brief
@dataclass(frozen=True, eq=False)
class Elimination:
    """The elimination orders of a program, side by side; prints as a table.

    rows: one `Order` each; ``elimination["forward"]`` is a row by its name. inputs, outputs: the numbers of the
    inputs and of the outputs, as they are called in the program. vertices: the number of intermediate vertices, edges:
    of local partials. exact: the most vertices for which the optimum is searched. skip_ones: were multiplications by 1
    and -1 left out?
    """

    title: str
    rows: list[Order]
    inputs: list[str]
    outputs: list[str]
    vertices: int
    edges: int
    exact: int
    skip_ones: bool

    def __getitem__(self, name: str) -> Order:
        for row in self.rows:
            if row.name == name:
                return row
        raise InputError(f"no order named {name!r} here; there are {', '.join(repr(row.name) for row in self.rows)}")

    @property
    def best(self) -> Order:
        """The order of fewest multiplications; of equals the first in the table."""
        return min(self.rows, key=lambda row: row.multiplications)

    @property
    def optimum(self) -> Order | None:
        """The best of all orders, None where there are too many vertices to search."""
        return self.rows[-1] if self.rows[-1].name == "optimum" else None

    def verdict(self) -> str:
        """Which of the two modes is best, if any is."""
        forward, reverse, best = self["forward"], self["reverse"], self.best
        counts = f"forward takes {forward.multiplications:,}, reverse {reverse.multiplications:,}"
        name = "the optimum" if self.optimum else "the best order found"
        if best.multiplications < min(forward.multiplications, reverse.multiplications):
            return f"neither mode is best: {counts}, {name} {best.multiplications:,}"
        if forward.multiplications == reverse.multiplications:
            return f"both modes are as good as {name}: {counts}"
        return f"{best.name} is as good as {name}: {counts}"

    def on_yours(self) -> list[str]:
        """How the order that was given compares, if one was."""
        if not any(row.name == "yours" for row in self.rows):
            return []
        yours = self["yours"].multiplications
        modes = min(self["forward"].multiplications, self["reverse"].multiplications)
        than = f"{modes - yours:,} fewer than the better mode" if yours < modes else f"the better mode takes {modes:,}"
        if self.optimum:
            more = yours - self.optimum.multiplications
            than += f", {more:,} more than the optimum" if more else ", and no order takes fewer"
        return [f"yours takes {yours:,}: {than}"]

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """The multiplications of every order as bars: a picture that a notebook shows, or `ax` where that is given."""
        from ..picture import drawn

        return drawn(self.draw, ax, (6.4, 1.2 + 0.36 * len(self.rows)))

    def draw(self, ax: "Axes") -> None:
        colours = [COLOURS.get(row.name, OTHER) for row in self.rows]
        counts, rows = [row.multiplications for row in self.rows], range(len(self.rows))
        ax.barh(rows, counts, color=colours, height=0.7)
        for row, count in zip(rows, counts):
            ax.annotate(f"{count:,}", (count, row), (4, 0), textcoords="offset points", va="center", color=INK)
        ax.set(ylim=(len(counts) - 0.4, -0.6), xlabel="multiplications", xlim=(0, 1.12 * max(*counts, 1)))
        ax.set_yticks(rows, [row.name for row in self.rows])
        ax.set_title(self.title.replace("$", r"\$"))

    def notes(self) -> list[str]:
        """What the table does not say."""
        ones = "an edge that is always 1 or -1 costs nothing" if self.skip_ones else "edges that are 1 count too"
        found = [self.verdict(), *self.on_yours(), f"counted: multiplications of vertex elimination; {ones}"]
        if not self.optimum:
            found.append(f"no optimum: the search over all orders stops at {self.exact} intermediate values (exact)")
        return found

    def cells(self) -> list[list[str]]:
        """The text of every cell, the headings first."""
        head = ["order", "multiplications", "additions", "eliminates"]
        rows = [[r.name, f"{r.multiplications:,}", f"{r.additions:,}", shortened(r.order)] for r in self.rows]
        return [head, *rows]

    def __str__(self) -> str:
        cells = self.cells()
        a, b, c, d = (max(map(len, column)) for column in zip(*cells, strict=True))
        lines = [f"{w.ljust(a)}  {x.rjust(b)}  {y.rjust(c)}  {z}".rstrip() for w, x, y, z in cells]
        return "\n".join([self.title, "", lines[0], "-" * (a + b + c + d + 6), *lines[1:], "", *self.notes()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        rows = [{**vars(row), "order": list(row.order), "jacobian": row.jacobian.tolist()} for row in self.rows]
        return {**vars(self), "rows": rows}

    def _repr_html_(self) -> str:
        aligned = ("left", "right", "right", "left")
        head, *body = (
            [
                f' style="text-align:{side};padding-right:1em">{html.escape(c)}'
                for side, c in zip(aligned, row, strict=True)
            ]
            for row in self.cells()
        )
        heads = "".join(f"<th{c}</th>" for c in head)
        rows = "".join(f"<tr>{''.join(f'<td{c}</td>' for c in row)}</tr>" for row in body)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"

    def to_latex(self) -> str:
        """A ``tabular`` that needs no package."""
        head, *body = self.cells()
        lines = [" & ".join(head) + r" \\ \hline"]
        for cells, row in zip(body, self.rows, strict=True):
            order = shortened([f"${latex_name(name)}$" for name in row.order], dots=r"$\ldots$")
            lines.append(" & ".join([*map(latex_text, cells[:3]), order]) + r" \\")
        return "\n".join([r"\begin{tabular}{lrrl}", *lines, r"\end{tabular}"])


def vertices_named(order: Sequence[str], names: list[str], middle: list[int]) -> list[int]:
    """The vertices of an order given by names: every intermediate one, each once."""
    where = {names[v]: v for v in middle}
    strange = [name for name in order if name not in where]
    twice = [name for k, name in enumerate(order) if name in order[:k]]
    missing = [name for name in where if name not in order]
    for what, found in (("is no intermediate value", strange), ("comes twice", twice), ("is missing", missing)):
        if found:
            raise InputError(f"order: {found[0]!r} {what}; write each of these once: {shortened(where, 24)}")
    return [where[name] for name in order]


def shortened(names: Any, most: int = 10, dots: str = "...") -> str:
    """The names in a row, of many the first and the last."""
    names = list(names)
    return ", ".join(names if len(names) <= most else [*names[: most - 2], dots, names[-1]])


def elimination_of(
    program: Program, order: Sequence[str] | None = None, exact: int = 18, skip_ones: bool = False
) -> Elimination:
    """What the Jacobian of a program costs by vertex elimination, in several orders; neither mode is always best.

    The linearised computational graph has a vertex per number computed and an edge per local partial. Eliminating an
    intermediate vertex v joins each predecessor i to each successor j, ``c_ji += c_jv * c_vi``: as many multiplications
    as pairs. What is left, between inputs and outputs, is the Jacobian, in whatever order. Forward order takes the
    vertices as they were computed and is forward mode that skips zeros; reverse order is reverse mode.

    Parameters
    ----------
    order : sequence of str, optional
        An order of your own: the names of all intermediate values, the one to eliminate first first. It is a row named
        "yours".
    exact : int
        Search all orders if there are at most so many intermediate vertices, at most 20: time and memory double with
        each (18: half a second and 150 MB; 20: two seconds and 800 MB).
    skip_ones : bool
        Do not count multiplications by edges that are 1 or -1 whatever the values are, as in x + y. All are counted
        by default.

    Returns
    -------
    Elimination
        Its `rows`: "forward", "reverse", "Markowitz" (the vertex that costs least now; of equals the one computed
        first), "Markowitz, last first" (of equals the one computed last), "yours", where an order is given, and, for
        small graphs, "optimum".

    Raises
    ------
    InputError
        If the program has more than 2,000 numbers, exact is over 20, or order does not name every intermediate value
        once.

    Notes
    -----
    Arrays are taken apart into their elements; see `dualrev.program.linearized`. Elements that are only moved (x[0],
    np.array, reshape) are no vertices of their own. Partials are taken as they are: computing them is not counted, nor
    is summing those of an argument that is used twice in one operation. An output that is used further stays in
    the graph as a copy, which costs nothing.

    Source: Griewank & Walther (2008), chapters 9 and 10; Naumann (2008), Optimal Jacobian accumulation is NP-complete.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> def f(x):
    ...     t = x[0] * np.sin(x[0] * x[1])
    ...     return np.array([np.cos(t), t / x[1]])
    >>> elimination = elimination_of(dr.trace(f, np.array([1.0, 2.0])))
    >>> {row.name: row.multiplications for row in elimination.rows if "last" not in row.name}
    {'forward': 8, 'reverse': 10, 'Markowitz': 7, 'optimum': 7}
    >>> elimination_of(dr.trace(f, np.array([1.0, 2.0])), order=["v4", "t", "v3"])["yours"].multiplications
    9
    """
    if not 0 <= exact <= MOST_EXACT:
        raise InputError(f"exact={exact}: the search over all orders is for 0 to {MOST_EXACT} intermediate values")
    graph = linearized(program)
    start = Accumulation(graph, skip_ones)
    middle = start.intermediates
    orders = {
        "forward": middle,
        "reverse": middle[::-1],
        "Markowitz": markowitz(graph, skip_ones),
        "Markowitz, last first": markowitz(graph, skip_ones, last=True),
    }
    if order is not None:
        orders["yours"] = vertices_named(order, graph.names, middle)
    if len(middle) <= exact:
        orders["optimum"] = optimum(graph, skip_ones)
    rows = []
    for name, vertices in orders.items():
        done = accumulate(graph, vertices, skip_ones)
        names = tuple(graph.names[v] for v in vertices)
        rows.append(Order(name, done.multiplications, done.additions, names, done.jacobian()))
    inputs = [graph.names[v] for v in graph.inputs]
    outputs = ["constant" if v is None else graph.names[v] for v in graph.outputs]
    edges = sum(map(len, start.before)) - len(start.copies)
    title = (
        f"{program.name}: R^{len(inputs)} -> R^{len(outputs)}, "
        f"{len(middle)} intermediate value{'s' * (len(middle) != 1)}, {edges} local partials"
    )
    return Elimination(title, rows, inputs, outputs, len(middle), edges, exact, skip_ones)
