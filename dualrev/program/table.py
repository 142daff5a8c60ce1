"""The evaluation trace as a table: one row per value, with its tangent, its adjoint and how that came about."""

import html
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..source import name_of
from ..traced import value
from .notation import array_text, latex_name, latex_text
from .program import Program
from .sensitivity import adjoints, cotangents, direction, sum_text, tangents
from .symbolic import symbolic_sum
from .wording import seed_names

Mode = Literal["both", "forward", "reverse"]

MOST_ROWS = 1_000  # in text, HTML and LaTeX


@brief
@dataclass(frozen=True, eq=False)
class Row:
    """One value of the program.

    name, op, expression, line and place as in `Value`; value, tangent, adjoint: numbers or arrays, None where not (or
    not yet) known; total: how the adjoint came about, the sum over its uses of adjoint times local partial.
    """

    index: int
    name: str
    op: str
    expression: str
    latex: str
    line: int | None
    place: str
    group: tuple[str, ...]
    value: Any
    tangent: Any
    adjoint: Any
    total: str


@brief
@dataclass(frozen=True, eq=False)
class Table:
    """The evaluation trace of a program: `rows`, inputs first. Prints as text; ``to_html()``, ``to_latex()``.

    Text, HTML and LaTeX show the first MOST_ROWS rows, and say so; `rows` and ``to_dict()`` have them all.

    mode: "forward" (values and tangents), "reverse" (values and adjoints) or "both". digits: decimals shown.
    """

    title: str
    mode: Mode
    rows: list[Row]
    digits: int

    def columns(self) -> dict[str, Callable[[Row], str]]:
        """The heading of each column, and what stands in it."""

        def text(name: str) -> Callable[[Row], str]:
            return lambda row: array_text(getattr(row, name), self.digits)

        found: dict[str, Callable[[Row], str]] = {
            "line": lambda row: "" if row.line is None else str(row.line),
            "name": lambda row: row.name,
            "expression": lambda row: "" if row.op == "input" else row.expression,
            "value": text("value"),
        }
        if self.mode != "reverse":
            found["tangent"] = text("tangent")
        if self.mode != "forward":
            found["adjoint"] = text("adjoint")
            found["sum over uses"] = lambda row: row.total
        return found

    def cells(self) -> list[list[str]]:
        """The text of every cell, the headings first."""
        columns = self.columns()
        return [list(columns), *[[cell(row) for cell in columns.values()] for row in self.rows]]

    def head(self, most: int) -> "Table":
        """The table with its first rows only, and a title that says so, if it has more than `most`."""
        if len(self.rows) <= most:
            return self
        return replace(self, title=f"{self.title} (the first {most} of {len(self.rows)} rows)", rows=self.rows[:most])

    def __str__(self) -> str:
        self = self.head(MOST_ROWS)
        cells = self.cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        return "\n".join([self.title, "", lines[0], "  ".join("-" * w for w in widths), *lines[1:]])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON: arrays as nested lists."""
        rows = [{k: plain(v) for k, v in asdict(row).items()} for row in self.rows]
        return {"title": self.title, "mode": self.mode, "rows": rows}

    def to_html(self) -> str:
        """A plain HTML table, everything escaped; the user's line is on the tooltip of a row."""
        self = self.head(MOST_ROWS)
        head, *body = self.cells()
        side = 'style="text-align:left"'
        heads = "".join(f"<th {side}>{html.escape(h)}</th>" for h in head)
        rows = [
            f'<tr title="{html.escape(row.place)}" data-row="{row.index}">'
            + "".join(f'<td {side} data-column="{h}">{html.escape(c)}</td>' for h, c in zip(head, cells))
            + "</tr>"
            for row, cells in zip(self.rows, body, strict=True)
        ]
        return (
            f'<table class="trace"><caption>{html.escape(self.title)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_latex(self) -> str:
        r"""A ``tabular`` that needs no package: the columns of Baydin et al. (2018), tables 2 and 3."""
        heads = {"value": "value", "tangent": r"tangent $\dot{v}$", "adjoint": r"adjoint $\bar{v}$"}
        wanted = [h for h in self.columns() if h in heads]
        lines = [" & ".join(["evaluation trace", *[heads[h] for h in wanted]]) + r" \\ \hline"]
        for row in self.rows[:MOST_ROWS]:
            equation = f"${latex_name(row.name)}" + ("" if row.op == "input" else f" = {row.latex}") + "$"
            cells = [latex_number(array_text(getattr(row, h), self.digits)) for h in wanted]
            lines.append(" & ".join([equation, *cells]) + r" \\")
        if len(self.rows) > MOST_ROWS:
            lines.append(rf"\multicolumn{{{len(wanted) + 1}}}{{l}}{{{len(self.rows) - MOST_ROWS:,} more rows}} \\")
        return "\n".join([rf"\begin{{tabular}}{{l{'r' * len(wanted)}}}", *lines, r"\end{tabular}"])


def table_of(
    program: Program,
    mode: Mode = "both",
    seed: Any = None,
    output: Any = None,
    upto: int | None = None,
    digits: int = 4,
    symbolic: bool = False,
) -> Table:
    """The evaluation trace of a program: one row per value.

    Parameters
    ----------
    mode : "both", "forward" or "reverse"
        Which derivatives to show: tangents along one direction of the inputs, adjoints for one cotangent of the
        outputs, or both.
    seed : optional
        The direction: the name of an input ("x1", or "x[3]" for one element), a dict of names and tangents, or one
        tangent per input. By default the first element of the first input. With ``mode="reverse"`` it is the cotangent.
    output : optional
        The cotangent: the number or name of an output element, or one cotangent per output. By default the first.
    upto : int, optional
        Show the state after so many steps: one per operation, first forward, then back. By default all of them.
    digits : int
        Decimals shown.
    symbolic : bool
        Write the sum over uses in names, ``adj x1 = adj v2 * x2 + adj v1 / x1``, not in numbers.

    Returns
    -------
    Table
        Its `rows` have ``name, op, expression, line, value, tangent, adjoint, total``.

    Source: Baydin et al. (2018), tables 2 and 3.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> program = dr.trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> table = program.table()
    >>> [round(float(row.adjoint), 4) for row in table.rows[:2]], table.rows[0].total
    ([5.5, 1.7163], '1*5 + 1*0.5')
    """
    if mode not in ("both", "forward", "reverse"):
        raise InputError(f"mode={mode!r}: write 'both', 'forward' or 'reverse'")
    if upto is not None and upto < 0:
        raise InputError(f"upto={upto}: the number of steps is 0 or more")
    if mode == "reverse" and seed is not None:
        seed, output = None, seed
    count = len(program.operations)
    forth = count if upto is None else min(upto, count)
    back = count if upto is None else max(upto - count, 0)
    along = tangents(program, seed) if mode != "reverse" else [None] * len(program)
    reverse = forth == count and mode != "forward"
    adjoint, arrivals = adjoints(program, output, steps=back) if reverse else no_adjoints(program)
    complete = reverse and (upto is None or back >= count)  # what nothing has come to is 0

    def total(index: int) -> str:
        if symbolic:
            return symbolic_sum(program, index, arrivals[index])
        return sum_text(program, adjoint, arrivals[index])

    rows = []
    for v in program.values:
        done = v.index < len(program.inputs) + forth
        rows.append(
            Row(
                *(v.index, v.name, v.op, v.expression, v.latex, v.line, str(v.place or ""), v.group),
                value=v.primal if done else None,
                tangent=zero_or(along[v.index], v.primal) if done and mode != "reverse" else None,
                adjoint=zero_or(adjoint[v.index], v.primal) if complete else adjoint[v.index],
                total="" if mode == "forward" else total(v.index),
            )
        )
    seeds = []
    if mode != "reverse":
        seeds.append(f"tangents along {seed_names(program, program.inputs, direction(program, seed))}")
    if mode != "forward":
        seeds.append(f"adjoints of {seed_names(program, program.outputs, cotangents(program, output))}")
    return Table(f"{heading(program)}; {', '.join(seeds)}", mode, rows, digits)


def no_adjoints(program: Program) -> tuple[list[Any], list[list[Any]]]:
    return [None] * len(program), [[] for _ in program.values]


def zero_or(t: Any, x: Any) -> Any:
    """A tangent or an adjoint; where there is none it is 0."""
    return np.zeros_like(value(x))[()] if t is None else t


def heading(program: Program) -> str:
    count = len(program.operations)
    files = dict.fromkeys(name_of(v.place.file) for v in program.operations if v.place and v.place.file[0] != "<")
    files.pop("cell", None)  # where the table is, too
    return ", ".join([f"{program.name}: {count} operation{'s' * (count != 1)}", *files])


def plain(x: Any) -> Any:
    """Numbers and arrays as Python's own."""
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x


def latex_number(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    if e and exponent.lstrip("+-").isdigit():
        return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$"
    return f"${text}$" if text[:1] in tuple("-0123456789") and " " not in text else latex_text(text)
