"""One call for a lesson: what f computes, how both modes differentiate it, what each pays, and which to take."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from ..brief import brief
from ..comparison import Comparison, compare
from ..derived import check_function
from ..errors import InputError
from ..jacobians import by_rows
from ..modes import ModeChoice, chunk_size, largest_on
from ..program.graph import DrawnGraph, graph_of
from ..program.notation import array_text
from ..program.program import Program, trace
from ..program.steps import steps_of
from ..program.table import Table, table_of
from ..shapes import shape, size
from ..units import difference_text
from .jacobian_picture import JacobianPicture

MOST_ROWS = 60  # of the table in text and HTML
MOST_NODES = 250  # of the graph
MOST_STEPS = 60  # operations of a program that is shown step by step
ROUGH = 1e-5  # relative: central differences that are further off than this say that something is wrong


@brief
@dataclass(frozen=True, eq=False)
class Explanation:
    """Everything that `dr.explain` has to say about f at one point.

    program: the recorded program. table: its evaluation trace. graph: its graph, or None for a large program. picture:
    the Jacobian as the modes fill it. comparison: what the modes cost, and how well they agree; `choice`: the mode
    that `jacobian` takes, and why. Printed, it is a text; ``save("page.html")`` writes one page with everything in it.
    """

    program: Program
    table: Table
    graph: DrawnGraph | None
    picture: JacobianPicture
    comparison: Comparison

    @property
    def choice(self) -> ModeChoice:
        return self.comparison.choice

    @property
    def check(self) -> str:
        """The gradient check in one sentence: two modes and two numerical methods, each independent of the others."""
        agreed = self.comparison.agreement
        scale = float(np.max(np.abs(self.picture.jacobian), initial=1.0, where=np.isfinite(self.picture.jacobian)))
        found = agreed.forward_differences
        numeric = np.nan if found is None else found
        if not np.isfinite(numeric):
            return "Gradient check: could not tell, a derivative or a difference is not finite here."
        doubt = "NOT consistent: f has a kink or noise here, or a rule is wrong"
        verdict = "consistent" if numeric < ROUGH * scale else doubt
        modes, far = map(difference_text, (agreed.forward_reverse, numeric))
        apart = f"forward and reverse differ by {modes}, forward and central differences by {far}"
        return f"Gradient check: {apart}: {verdict}."

    @property
    def heading(self) -> str:
        point = ", ".join(f"{self.program[k].name} = {array_text(self.program[k].primal)}" for k in self.program.inputs)
        return f"{self.program.name}: R^{self.choice.inputs} -> R^{self.choice.outputs}, at {point}"

    def __str__(self) -> str:
        views = [self.table.head(MOST_ROWS), self.picture, self.comparison]
        return "\n\n".join(map(str, [self.heading, *views, self.choice.reason, self.check]))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "heading": self.heading,
            "table": self.table.to_dict(),
            "graph": self.graph.to_dict() if self.graph else None,
            "jacobian": self.picture.to_dict(),
            "comparison": self.comparison.to_dict(),
            "reason": self.choice.reason,
            "check": self.check,
        }

    def _repr_html_(self) -> str:
        return "\n".join(f"<h3>{escape(title)}</h3>\n{body}" for title, body in self.sections())

    def sections(self) -> list[tuple[str, str]]:
        """(title, HTML) of each part of the page."""
        reason = f"<p>{escape(self.choice.reason)}</p>"
        found = [
            (self.heading, reason),
            ("What f computes, and both derivatives", self.table.head(MOST_ROWS).to_html()),
            (
                "The Jacobian: a column per direction, a row per cotangent",
                self.picture.to_svg(),
            ),
            ("What each mode costs", self.comparison._repr_html_()),
            ("Are the derivatives right?", f"<p>{escape(self.check)}</p>"),
        ]
        if self.graph:
            found.insert(
                2, ("The graph: adjoints on the nodes, local partials on the edges", scrolling(self.graph.to_svg()))
            )
        return found

    def to_html(self) -> str:
        """One page that needs nothing else; small programs can be stepped through."""
        parts = [f"<section><h2>{escape(title)}</h2>\n{body}</section>" for title, body in self.sections()]
        if len(self.program.operations) <= MOST_STEPS:
            steps = steps_of(self.program)
            parts.insert(3, f"<section><h2>Step by step</h2>\n{steps._repr_html_()}</section>")
        return PAGE.format(title=escape(self.heading), body="\n".join(parts))

    def save(self, path: str | Path) -> None:
        """Write the page to `path`, which ends in .html."""
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise InputError(f"cannot save an explanation as {path}: name a file that ends in .html")
        Path(path).write_text(self.to_html(), encoding="utf-8")


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 1100px; margin: 2rem auto;
  padding: 0 1rem; }}
h2 {{ font-size: 1.15rem; margin-top: 2.2rem; }}
section {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; color: #666; padding-bottom: .4rem; }}
th, td {{ padding: .15rem .9rem .15rem 0; border-bottom: 1px solid #ddd; }}
</style></head>
<body>
{body}
</body></html>
"""


def scrolling(svg: str) -> str:
    return f'<div style="overflow:auto;max-height:80vh">{svg}</div>'


def explain(f: Callable[..., Any], *x: Any, seconds: float = 0.2) -> Explanation:
    """What f computes at x, how both modes differentiate it, what each pays, and which to take, in one object.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.
    seconds : float
        How long to measure the methods against each other.

    Returns
    -------
    Explanation
        Prints as text, shows itself in a notebook, and is saved as one HTML page by ``save("page.html")``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> lesson = dr.explain(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> print(lesson.choice)
    n=2 inputs, m=1 output: reverse, 1 cotangent in 1 sweep; forward would carry 2
    >>> lesson.picture.jacobian.round(4)
    array([[5.5   , 1.7163]])
    """
    check_function(f, "explain", at="dr.explain(f, x)")
    program = trace(f, *x)
    comparison = compare(f, *x, seconds=seconds)
    graph = graph_of(program) if len(program) <= MOST_NODES else None
    picture = JacobianPicture(whole_jacobian(program), *element_names(program))
    return Explanation(program, table_of(program), graph, picture, comparison)


def whole_jacobian(program: Program) -> np.ndarray:
    """All derivatives of the recorded program as one matrix, by reverse mode: a row per output element."""
    recording = program.recording
    outputs, n = sum(map(size, recording.values)), sum(map(size, recording.leaves))
    blocks = by_rows(recording, chunk_size(outputs, largest_on(recording)))[2]
    shaped = [
        [np.reshape(b, (size(y), size(x))) for b, x in zip(row, recording.leaves)]
        for row, y in zip(blocks, recording.values)
    ]
    return np.block(shaped) if outputs and n else np.zeros((outputs, n))


def element_names(program: Program) -> tuple[list[str], list[str]]:
    """A name for each column of the Jacobian, and for each row."""
    inputs = [name for k in program.inputs for name in elements(program[k].name, program[k].primal)]
    numbered = re.compile(r"v\d+").fullmatch
    names = [program.name if k is None or numbered(program[k].name) else program[k].name for k in program.outputs]
    if len(names) > 1 and len(set(names)) == 1:
        names = [f"{name}[{i}]" for i, name in enumerate(names)]
    return inputs, [e for name, y in zip(names, program.recording.values) for e in elements(name, y)]


def elements(name: str, x: Any) -> list[str]:
    if shape(x) == ():
        return [name]
    if size(x) > 1000:  # nobody reads that many
        return [name] * size(x)
    return [f"{name}[{','.join(map(str, i))}]" for i in np.ndindex(shape(x))]
