"""The steps of a program: the sweep forward and back, one operation at a time, in every form it is shown."""

from pathlib import Path
from typing import Any, Literal

from ..brief import brief
from ..errors import InputError
from .graph import graph_of
from .nodes import Drawing
from .notation import array_text
from .program import Program, Value
from .sensitivity import Arrival, adjoints, cotangents, tangents
from .states import Change, Line, Mode, Phase, Sequence, State, Step
from .step_graph import graph_after
from .steps_page import page, widget
from .steps_quiz import ask, questions_text
from .steps_svg import animated
from .steps_terminal import play
from .wording import arrival_text, seed_text, start_text, tangent_text, value_text

MOST_OPERATIONS = 1_000
MOST_DRAWN = 400


@brief
class Steps(Sequence):
    """The steps of a sweep; in a notebook a slider. `steps[k]`, `len(steps)`, iteration; prints as a list.

    title: the name of the function. mode: "both", "forward" or "reverse". lines: the values of the program. steps: the
    first one is the start. skipped: the names of the values that do not lead to the output. graph: the drawing.
    """

    def _repr_html_(self) -> str:
        if self.operations > MOST_DRAWN:
            return f"<p>{self.operations} operations are too many for a slider: trace a smaller example</p>"
        return widget(self)

    def save(self, path: str | Path, each: bool = False) -> list[Path]:
        """Write the steps to a file, by the ending of its name.

        .html: a page with buttons and a slider that needs nothing else; ``page.html#step=7`` opens it at step 7.
        .svg: a drawing that plays by itself, over and over.

        each: a drawing of its own for each step, step_00.svg, step_01.svg and so on; also .png, .pdf and .dot.

        Returns
        -------
        list of Path
            The files written.

        Raises
        ------
        InputError
            If the name ends otherwise, or there are more than 400 operations: trace a smaller example.
        """
        path = Path(path)
        if each:
            return self.save_each(path)
        written = {".html": page, ".svg": animated}.get(path.suffix.lower())
        if written is None:
            raise InputError(f"steps are saved as .html or .svg, not {path.suffix!r}: {path.name}")
        if self.operations > MOST_DRAWN:
            raise InputError(
                f"{self.title} has {self.operations} operations, and a page shows {MOST_DRAWN} at most: trace a "
                "smaller example, or print the steps"
            )
        path.write_text(written(self), encoding="utf-8")
        return [path]

    def save_each(self, path: Path) -> list[Path]:
        digits = len(str(len(self) - 1))
        paths = [path.with_stem(f"{path.stem}_{step.number:0{digits}}") for step in self]
        for step, to in zip(self, paths, strict=True):
            step.graph().save(to)
        return paths

    def play(self) -> None:
        """Go through the steps in the terminal by key press; where there is none, print them.

        Space, right or n: next. Left, b or p: back. Home or g: first. End or G: last. q, escape or Ctrl-C: quit. A quiz
        asks for a number at each step, to be typed, and works in a notebook too.
        """
        if self.quiz:
            ask(self)
        else:
            play(self)

    def __str__(self) -> str:
        return questions_text(self) if self.quiz else super().__str__()


def steps_of(
    program: Program,
    mode: Mode = "both",
    seed: Any = None,
    output: Any = None,
    start: Literal["input", "output"] = "input",
    quiz: bool = False,
) -> Steps:
    """The sweep as a sequence of states, one operation at a time.

    Forward, each step computes one value, and its tangent. Back, each step takes one operation, from the last to the
    first, and adds adjoint times local partial to the adjoints of its arguments. Operations that do not lead to the
    output are skipped on the way back.

    Parameters
    ----------
    mode : "both", "forward" or "reverse"
        Values with tangents, then adjoints; values with tangents; values, then adjoints.
    seed : optional
        The direction of the tangents: the name of an input ("x1", or "x[3]" for one element), a dict of names and
        tangents, or one tangent per input. By default the first element of the first input. With ``mode="reverse"``
        it is the cotangent.
    output : optional
        The cotangent: the number or name of an output element, or one cotangent per output. By default the first.
    start : "input" or "output"
        With "output" all values (and tangents) are known from the start, and the steps are those of the way back.
    quiz : bool
        Every step asks for its numbers before it shows them, on the page and in ``play()``.

    Returns
    -------
    Steps
        Print it; ``save("steps.html")``, ``save("steps.svg")``, ``play()`` in a terminal; a slider in a notebook. Each
        step has ``number, phase, name, line, text, values, tangents, adjoints``.

    Raises
    ------
    InputError
        If there are more than 1000 operations: trace a smaller example.

    Source: Baydin et al. (2018), tables 2 and 3, line by line.

    Examples
    --------
    >>> import dualrev as dr
    >>> from dualrev.program.steps import steps_of
    >>> steps = steps_of(dr.trace(lambda a, b: (a + b) * b, 2.0, 3.0))
    >>> for step in steps:
    ...     print(step.phase, step, sep=": ")
    start: given a = 2, b = 3; the direction is tan a = 1, tan b = 0
    forward: v1 = a + b = 2 + 3 = 5; tan v1 = 1*1 + 1*0 = 1
    forward: v2 = v1 * b = 5 * 3 = 15; tan v2 = 3*1 + 5*0 = 3
    reverse: back from the output: adj v2 = 1
    reverse: v2 = v1 * b: adj v1 += 1*3 = 3; adj b += 1*5 = 5
    reverse: v1 = a + b: adj a += 3*1 = 3; adj b += 3*1 = 3, now 8
    >>> steps[-1].adjoints
    {'a': '3', 'b': '8', 'v1': '3', 'v2': '1'}
    """
    if mode not in ("both", "forward", "reverse"):
        raise InputError(f"mode={mode!r}: write 'both', 'forward' or 'reverse'")
    if len(program.operations) > MOST_OPERATIONS:
        raise InputError(
            f"{program.name} has {len(program.operations)} operations, and steps are for {MOST_OPERATIONS} at most: "
            "trace a smaller example"
        )
    if mode == "reverse" and seed is not None:
        seed, output = None, seed
    if start not in ("input", "output"):
        raise InputError(f"start={start!r}: write 'input' or 'output'")
    if start == "output" and mode == "forward":
        raise InputError('start="output" is for the way back: write mode="reverse" or "both"')
    writer = Writer(program)
    along = tangents(program, seed) if mode != "reverse" else None
    writer.forth(along) if start == "input" else writer.known(along)
    if mode != "forward":
        writer.back(output)
    lines = [
        Line(v.index, v.name, "" if v.call is None else v.expression, v.line, str(v.place or ""))
        for v in program.values
    ]
    graph = graph_of(program, seed, output, tangents=mode != "reverse")
    writer.made = Steps(program.name, mode, lines, writer.steps, writer.skipped, graph, quiz)
    return writer.made


class Writer:
    """Writes down the steps of a program, one after the other."""

    def __init__(self, program: Program):
        self.program = program
        self.names = tuple(v.name for v in program.values)
        self.steps: list[Step] = []
        self.skipped: list[str] = []
        self.state = State(*[("",) * len(program)] * 3)
        self.made: Steps

    def drawn(self, step: Step) -> Drawing:
        """The graph as it is after a step."""
        return graph_after(self.made, step)

    def forth(self, along: list[Any] | None) -> None:
        """The inputs, then each value with its tangent, for the tangents `along`."""
        program = self.program
        given = [change for k in program.inputs for change in computed(program[k], along)]
        self.add("start", None, start_text(program, along), given)
        for v in program.operations:
            said = [value_text(v)] if along is None else [value_text(v), tangent_text(program, v, along)]
            self.add("forward", v, "; ".join(said), computed(v, along))

    def known(self, along: list[Any] | None) -> None:
        """All values, with their tangents, as one step."""
        said = start_text(self.program, along).replace("given ", "the way forward is done: given ", 1)
        self.add("start", None, said, [change for v in self.program.values for change in computed(v, along)])

    def back(self, output: Any) -> None:
        """The seeds, then each operation that leads to the output, from the last to the first."""
        program = self.program
        adjoint, arrivals = adjoints(program, output)
        sums = self.seeded(output, adjoint)
        reached: dict[int, list[tuple[int, Arrival]]] = {v.index: [] for v in program.values}
        for p, found in enumerate(arrivals):
            for arrival in found:
                reached[arrival.child].append((p, arrival))
        for v in program.operations[::-1]:
            if adjoint[v.index] is not None:
                said, changes = [], []
                for p, arrival in sorted(reached[v.index], key=lambda pair: pair[1].argument):
                    text, first = arrival_text(program, p, arrival, adjoint), sums[p] is None
                    sums[p] = arrival.cotangent if first else sums[p] + arrival.cotangent
                    said.append(text if first else f"{text}, now {array_text(sums[p])}")
                    changes.append(Change(p, "adjoint", array_text(sums[p])))
                self.add("reverse", v, f"{v.name} = {v.expression}: {'; '.join(said)}", changes)

    def seeded(self, output: Any, adjoint: list[Any]) -> list[Any]:
        """The adjoints at the start of the way back; those that stay 0 are written down at once."""
        program = self.program
        sums: list[Any] = [None] * len(program)
        for index, ct in zip(program.outputs, cotangents(program, output), strict=True):
            if index is not None and ct is not None:
                sums[index] = ct if sums[index] is None else sums[index] + ct
        self.skipped = [v.name for v in program.values if adjoint[v.index] is None]
        seeds = [Change(k, "adjoint", array_text(ct)) for k, ct in enumerate(sums) if ct is not None]
        zeros = [Change(v.index, "adjoint", "0") for v in program.values if adjoint[v.index] is None]
        said = seed_text([self.names[c.index] for c in seeds], [c.text for c in seeds], self.skipped)
        self.add("reverse", program[seeds[0].index] if seeds else None, said, [*seeds, *zeros], uses=False)
        return sums

    def add(self, phase: Phase, v: Value | None, said: str, changes: list[Change], uses: bool = True) -> None:
        """One more step, at work on value v; uses: and on its arguments."""
        self.state = self.state.after(changes)
        place = v.place if v else None
        edges = [f"{p}-{v.index}-{k}" for k, p in enumerate(v.parents) if p >= 0] if v and uses else []
        self.steps.append(
            Step(
                number=len(self.steps),
                phase=phase,
                index=v.index if v else None,
                name=v.name if v else "",
                edges=tuple(edges),
                line=place.line if place else None,
                place=str(place or ""),
                source=place.text if place else "",
                text=said,
                changes=tuple(changes),
                names=self.names,
                state=self.state,
                drawn=self.drawn,
            )
        )


def computed(v: Value, along: list[Any] | None) -> list[Change]:
    """What becomes known of a value on the way forward."""
    found = [Change(v.index, "value", array_text(v.primal))]
    if along is not None:
        found.append(Change(v.index, "tangent", array_text(along[v.index])))
    return found
