"""The lesson of `dr.explain` as HTML: in a notebook its parts one below the other, and as one page for a browser."""

from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from ..program.elimination import elimination_of
from ..program.graph import graph_of
from ..program.notation import array_text, number
from ..program.sensitivity import adjoints, sum_text
from ..program.steps import steps_of
from ..program.steps_page import script_json
from ..program.table import table_of
from ..shapes import shape
from ..theme import page, style_sheet

Lesson = Any  # an Explanation, whose file imports this one
Points = dict[str, list[dict[str, Any]]]  # for each input that can be moved, what the table has at some values of it

MOST_ROWS = 60  # of the table
MOST_STEPS = 60  # operations of a program that is shown step by step, and whose orders of elimination are counted
MOST_LINES = 60  # of source
MOST_SLIDERS, POINTS = 3, 9  # inputs that can be moved, and where to
MOST_TERMS = 60  # of the sum behind an adjoint
SMALLEST = 0.6  # a drawing is made so much smaller, at most, before it has to be scrolled
HINT = "Click a node, or a row of the table, for its whole sum."
SIGNS = (  # what to look for, how it is written, what it means
    ("tangent", "tangent", "how fast the value changes when the inputs move along the direction"),
    ("adjoint", "adjoint, adj", "how fast the output changes with the value"),
    ("sum over uses", "sum over uses", "for each use of the value: adjoint of the result, times local partial"),
    ("JT(", "JT(v)", "the transposed Jacobian of the operation v, times adj v"),
    ("J ", "J 4x3", "the Jacobian of an operation on arrays, 4 x 3 numbers"),
    (" .. ", "(8, 3) -0.5 .. 0.6", "an array of that shape, its smallest and its largest element"),
)


def lesson(found: Lesson) -> str:
    """The parts one below the other, as a cell of a notebook shows them."""
    style = f"<style>{style_sheet()}\n{style_sheet(__package__, 'lesson_page.css')}</style>"
    return f'<div class="dualrev">{style}\n{body_of(found)}</div>'


def lesson_page(found: Lesson) -> str:
    """One page that needs nothing else; a click on a node or a row gives its whole sum."""
    switch = '<label class="larger"><input type="checkbox" id="larger"> larger, for a projector</label>'
    points = grid(found)
    known = {"sums": sums(found), "grid": points}
    data = f'<script type="application/json" id="known">{script_json(known)}</script>'
    script = files(__package__).joinpath("lesson_page.js").read_text(encoding="utf-8").strip()
    sheet = style_sheet(__package__, "lesson_page.css")
    return page(escape(found.heading), f"{switch}\n{body_of(found, points)}\n{data}", sheet, script=script)


def body_of(found: Lesson, points: Points | None = None) -> str:
    """All parts. points: they have a page to themselves, and these are what its sliders show."""
    program, whole = found.program, points is not None
    size, _, point = found.heading.partition(", at ")
    small = len(program.operations) <= MOST_STEPS
    parts = [
        f"<h1>{escape(size)}</h1>\n<p>at {escape(point)}</p>\n<p>{escape(found.choice.reason)}</p>",
        f'<div class="pair">{table(found, points or {})}\n{drawing(found, whole)}</div>',
        section("Step by step", steps_of(program)._repr_html_()) if whole and small else "",
        section("The Jacobian: a column per direction, a row per cotangent", found.picture.to_svg()),
        section("What each mode costs", found.comparison._repr_html_()),
        section("Orders between the two modes", elimination_of(program)._repr_html_()) if whole and small else "",
        section("Are the derivatives right?", f"<p>{escape(found.check)}</p>"),
    ]
    return "\n".join(part for part in parts if part)


def section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>"


def table(found: Lesson, points: Points) -> str:
    """The source, the evaluation trace, and how to read it."""
    rows = found.table.head(MOST_ROWS)
    written = " ".join(cell for row in rows.cells() for cell in row)
    partials = " ".join(edge.partial for edge in found.graph.edges) if found.graph else ""
    signs = [f"<dt>{sign}</dt><dd>{meaning}</dd>" for find, sign, meaning in SIGNS if find in written + partials]
    read = f"<details><summary>How to read this</summary><dl>{''.join(signs)}</dl></details>"
    shown = f"{listing(found)}\n{sliders(points)}{rows.to_html()}\n{read}"
    return section("What f computes, and both derivatives", shown)


def listing(found: Lesson) -> str:
    """The source of f with its line numbers, those that the table names marked."""
    used = {v.line for v in found.program.operations}
    lines = [
        f'<span{" class=used" if k in used else ""} data-line="{k}"><b>{k}</b>{escape(line) or " "}</span>'
        for k, line in found.source[:MOST_LINES]
    ]
    more = f"<span>{len(found.source) - MOST_LINES} more lines</span>" if len(found.source) > MOST_LINES else ""
    return f'<pre class="listing">{"".join(lines)}{more}</pre>' if lines else ""


def drawing(found: Lesson, whole: bool) -> str:
    """The graph, which is made smaller, to a point, where there is little room; and room for what a node says."""
    if found.graph is None:
        return ""
    width = found.graph.layout.width
    style = f"width:100%;max-width:{width:.0f}px;min-width:{SMALLEST * width:.0f}px"
    svg = found.graph.to_svg().replace("<svg ", f'<svg style="{style}" ', 1)
    chosen = f'<p class="chosen" aria-live="polite">{HINT}</p>\n' if whole else ""
    return section("The graph: adjoints on the nodes, local partials on the edges", chosen + svg)


def sliders(points: Points) -> str:
    """A slider for each input that is one number; it moves that one alone, and the others stay where they were."""
    made = [
        f'<label>{escape(name)} <input type="range" min="0" max="{POINTS - 1}" value="{POINTS // 2}" '
        f'data-input="{escape(name)}"> <output>{values[POINTS // 2]["at"]}</output></label>'
        for name, values in points.items()
    ]
    return f'<p class="sliders">{" ".join(made)}</p>' if made else ""


def grid(found: Lesson) -> Points:
    """For each input that is one number, up to MOST_SLIDERS, what the table has at POINTS values of it."""
    program = found.program
    inputs = [program[k] for k in program.inputs if shape(program[k].primal) == ()]
    if program.again is None or len(inputs) > MOST_SLIDERS or len(program.operations) > MOST_STEPS:
        return {}
    made = {v.name: [cells_at(found, v.name, x) for x in around(float(v.primal))] for v in inputs}
    return {name: [p for p in points if p] for name, points in made.items() if all(points)}


def around(x: float) -> list[float]:
    """POINTS values, x in the middle of them, which keep its sign."""
    return [x + 0.2 * (abs(x) or 1.0) * k for k in range(-(POINTS // 2), POINTS // 2 + 1)]


def cells_at(found: Lesson, name: str, x: float) -> dict[str, Any] | None:
    """The cells of the table where an input is x; None where f is not defined there, or takes another branch."""
    try:
        with np.errstate(all="ignore"):
            there = found.program.at({name: x})
            table, edges = table_of(there), graph_of(there).edges if found.graph else []
    except Exception:  # whatever f raises there
        return None
    if [row.expression for row in table.rows] != [row.expression for row in found.table.rows]:
        return None
    columns = table.columns()
    rows = [{c: columns[c](row) for c in ("value", "tangent", "adjoint", "sum over uses")} for row in table.rows]
    numbered = {str(row.index): cells for row, cells in zip(table.rows, rows, strict=True)}
    return {"at": number(x), "rows": numbered, "partials": {edge.key: edge.partial for edge in edges}}


def sums(found: Lesson) -> dict[str, str]:
    """How each adjoint came about: "adj x2 = (-1)*0.2837 + 1*2 = 1.7163"."""
    program = found.program
    adjoint, arrivals = adjoints(program)
    said = {}
    for row in found.table.rows[: len(found.graph.nodes) if found.graph else MOST_ROWS]:
        terms = sum_text(program, adjoint, arrivals[row.index], MOST_TERMS)
        total = array_text(adjoint[row.index]) or "0"
        reached = terms and (f"{terms} = {total}" if terms != total else total)
        said[str(row.index)] = f"adj {row.name} = {reached or total}"
    return said
