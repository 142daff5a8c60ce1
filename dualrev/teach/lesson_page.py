"""The lesson of `dr.explain` as HTML: in a notebook its parts one below the other, and as one page for a browser."""

from html import escape
from importlib.resources import files
from typing import Any

from ..program.elimination import elimination_of
from ..program.notation import array_text
from ..program.sensitivity import adjoints, sum_text
from ..program.steps import steps_of
from ..program.steps_page import script_json
from ..theme import page, style_sheet

Lesson = Any  # an Explanation, whose file imports this one

MOST_ROWS = 60  # of the table
MOST_STEPS = 60  # operations of a program that is shown step by step, and whose orders of elimination are counted
MOST_LINES = 60  # of source
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
    data = f'<script type="application/json" id="sums">{script_json(sums(found))}</script>'
    script = files(__package__).joinpath("lesson_page.js").read_text(encoding="utf-8").strip()
    sheet = style_sheet(__package__, "lesson_page.css")
    return page(escape(found.heading), f"{switch}\n{body_of(found, whole=True)}\n{data}", sheet, script=script)


def body_of(found: Lesson, whole: bool = False) -> str:
    """All parts. whole: they have a page to themselves."""
    program = found.program
    size, _, point = found.heading.partition(", at ")
    small = len(program.operations) <= MOST_STEPS
    parts = [
        f"<h1>{escape(size)}</h1>\n<p>at {escape(point)}</p>\n<p>{escape(found.choice.reason)}</p>",
        f'<div class="pair">{table(found)}\n{drawing(found, whole)}</div>',
        section("Step by step", steps_of(program)._repr_html_()) if whole and small else "",
        section("The Jacobian: a column per direction, a row per cotangent", found.picture.to_svg()),
        section("What each mode costs", found.comparison._repr_html_()),
        section("Orders between the two modes", elimination_of(program)._repr_html_()) if whole and small else "",
        section("Are the derivatives right?", f"<p>{escape(found.check)}</p>"),
    ]
    return "\n".join(part for part in parts if part)


def section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>"


def table(found: Lesson) -> str:
    """The source, the evaluation trace, and how to read it."""
    rows = found.table.head(MOST_ROWS)
    written = " ".join(cell for row in rows.cells() for cell in row)
    partials = " ".join(edge.partial for edge in found.graph.edges) if found.graph else ""
    signs = [f"<dt>{sign}</dt><dd>{meaning}</dd>" for find, sign, meaning in SIGNS if find in written + partials]
    read = f"<details><summary>How to read this</summary><dl>{''.join(signs)}</dl></details>"
    return section("What f computes, and both derivatives", f"{listing(found)}\n{rows.to_html()}\n{read}")


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
