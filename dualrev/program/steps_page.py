"""The steps as HTML: a slider with the drawing and the table, for a notebook, or a page that needs nothing else."""

import html
import json
from collections.abc import Sequence as Texts
from importlib.resources import files
from string import Template
from typing import Any
from uuid import uuid4

from ..palette import FORWARD, INK, REVERSE
from .stage import stage_of
from .states import Sequence
from .steps_quiz import prompt, questions
from .svg import clean, svg_of

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
</head>
<body class="dualrev-steps-page">
$widget
</body>
</html>
""")
WIDGET = Template("""\
<div class="dualrev-steps" id="$name" tabindex="0">
<style>$style</style>
<div class="head"><b>$title</b><span>$meaning</span></div>
<div class="bar">
<button type="button" data-go="first" title="first (Home)">|&lt;</button>
<button type="button" data-go="previous" title="previous (left arrow)">&lt;</button>
<button type="button" data-go="play" title="play or pause (space)">play</button>
<button type="button" data-go="next" title="next (right arrow)">&gt;</button>
<button type="button" data-go="last" title="last (End)">&gt;|</button>
<input type="range" min="0" max="$last" value="$last" step="1" aria-label="step">
<span class="count">step $last of $last</span>
</div>
<div class="said" aria-live="polite"><p class="text">$said</p><p class="source"></p><div class="quiz"></div></div>
<div class="views">
<div class="graph">$svg</div>
<div class="table"><table>$table</table>$legend</div>
</div>
<noscript><p>This is the last step: the others need JavaScript.</p></noscript>
<script type="application/json" class="data">$data</script>
<script>($script)(document.getElementById("$name"), $whole);</script>
</div>""")


def page(sequence: Sequence) -> str:
    """A whole page of HTML, without anything from elsewhere."""
    return PAGE.substitute(title=text(f"Steps of {sequence.title}"), widget=widget(sequence, whole=True))


def widget(sequence: Sequence, whole: bool = False) -> str:
    """The part of a page that shows the steps; without scripts, it shows the last one. whole: it is alone on its page.

    Several may stand on one page: each finds its own parts by an id that no other has.
    """
    last = sequence[-1]
    return WIDGET.substitute(
        name=f"dualrev-steps-{uuid4().hex}",
        style=Template(asset("steps.css")).substitute(forward=FORWARD, reverse=REVERSE, ink=INK),
        title=text(sequence.title),
        meaning=text(sequence.heading.removeprefix(sequence.title)),
        last=last.number,
        said=text(last.text),
        svg=svg_of(stage_of(sequence)),
        table=table(sequence),
        legend=legend(sequence),
        data=script_json(data(sequence)),
        script=asset("steps.js"),
        whole="true" if whole else "false",
    )


def asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def table(sequence: Sequence) -> str:
    """Name, line and expression of every value, and its last state."""
    heads = ["line", "name", "expression", *sequence.columns]
    state = sequence[-1].state
    rows = [
        f'<tr data-row="{line.index}" title="{text(line.place)}">'
        + cells([str(line.line or ""), line.name, line.expression])
        + "".join(f'<td data-cell="{c}">{text(getattr(state, c)[line.index])}</td>' for c in sequence.columns)
        + "</tr>"
        for line in sequence.lines
    ]
    return f"<thead><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr></thead><tbody>{''.join(rows)}</tbody>"


def cells(texts: Texts[str]) -> str:
    return "".join(f"<td>{text(t)}</td>" for t in texts)


def legend(sequence: Sequence) -> str:
    """What the signs in the sentences mean, where they occur."""
    said = " ".join(step.text for step in sequence)
    found = []
    if "J(" in said:
        found.append("J(v) tan x: the local Jacobian of v times the tangent of x.")
    if "JT(" in said:
        found.append("JT(v): the transposed local Jacobian of v times adj v.")
    return f'<p class="legend">{" ".join(found)}</p>' if found else ""


def data(sequence: Sequence) -> dict[str, Any]:
    """What the script needs: for each step what it changes, from which it makes every state."""
    steps = [
        {
            "phase": s.phase,
            "index": s.index,
            "edges": s.edges,
            "text": clean(s.text),
            "source": clean(f"{s.place}  {s.source}" if s.place else ""),
            "changes": [[c.index, c.column, clean(c.text)] for c in s.changes],
        }
        for s in sequence
    ]
    asked: list[dict[str, Any]] = [
        {"prompt": clean(prompt(sequence, s)) if s.edges else "", "questions": questions(sequence, s)} for s in sequence
    ]
    return {"columns": sequence.columns, "steps": steps, "quiz": asked if sequence.quiz else None}


def script_json(plain: Any) -> str:
    """JSON that is safe inside a script element: no "<", so that nothing can end it."""
    said = json.dumps(plain, separators=(",", ":"))
    return said.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def text(said: str) -> str:
    return html.escape(clean(said))
