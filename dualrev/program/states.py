"""A sweep as a sequence of states: what is known before the first operation, and after each step."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, overload

from ..brief import brief
from .nodes import Drawing

Mode = Literal["both", "forward", "reverse"]
Phase = Literal["start", "forward", "reverse"]
Column = Literal["value", "tangent", "adjoint"]

SHOWN: dict[str, tuple[Column, ...]] = {
    "both": ("value", "tangent", "adjoint"),
    "forward": ("value", "tangent"),
    "reverse": ("value", "adjoint"),
}
MEANING = {
    "both": "values with tangents, then adjoints",
    "forward": "values with tangents",
    "reverse": "values, then adjoints",
}


@dataclass(frozen=True)
class Line:
    """One value of the program: index, name, expression ("" for an input), line and place in the user's code."""

    index: int
    name: str
    expression: str
    line: int | None
    place: str


@dataclass(frozen=True)
class Change:
    """The new text of one column of one value."""

    index: int
    column: Column
    text: str


@brief
@dataclass(frozen=True)
class State:
    """The texts of all values, tangents and adjoints, by index; "" where not known yet."""

    value: tuple[str, ...]
    tangent: tuple[str, ...]
    adjoint: tuple[str, ...]

    def after(self, changes: Iterable[Change]) -> "State":
        columns: dict[str, Any] = {}
        for change in changes:
            columns.setdefault(change.column, list(getattr(self, change.column)))[change.index] = change.text
        return State(*(tuple(columns[c]) if c in columns else getattr(self, c) for c in SHOWN["both"]))


@brief
@dataclass(frozen=True)
class Step:
    """One step of a sweep, and what is known after it.

    number: from 0, the start. phase: "start", "forward" or "reverse". index, name: the value at work, None and "" if
    there is none. edges: the uses of arguments at work, "PARENT-CHILD-ARGUMENT". line, place, source: where in the
    user's code, and the text of that line. text: what happens. changes: what this step wrote. names: of all values.
    """

    number: int
    phase: Phase
    index: int | None
    name: str
    edges: tuple[str, ...]
    line: int | None
    place: str
    source: str
    text: str
    changes: tuple[Change, ...]
    names: tuple[str, ...]
    state: State
    drawn: Callable[["Step"], Drawing] | None = field(default=None, repr=False, compare=False)

    def graph(self) -> Any:
        """The graph as it is after this step: what is known so far, and what is at work coloured."""
        assert self.drawn is not None
        return self.drawn(self)

    @property
    def values(self) -> dict[str, str]:
        """The values known so far, as text by name."""
        return self.known(self.state.value)

    @property
    def tangents(self) -> dict[str, str]:
        """The tangents known so far, as text by name."""
        return self.known(self.state.tangent)

    @property
    def adjoints(self) -> dict[str, str]:
        """The adjoints so far, as text by name: sums over the uses that the sweep back has met."""
        return self.known(self.state.adjoint)

    def known(self, texts: tuple[str, ...]) -> dict[str, str]:
        return {name: text for name, text in zip(self.names, texts, strict=True) if text}

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        plain = ("number", "phase", "index", "name", "line", "place", "source", "text")
        return {
            **{field: getattr(self, field) for field in plain},
            "edges": list(self.edges),
            "changes": [asdict(change) for change in self.changes],
            "values": self.values,
            "tangents": self.tangents,
            "adjoints": self.adjoints,
        }


@brief
@dataclass(frozen=True, eq=False)
class Sequence:
    """The steps of a sweep: what every way to show them starts from.

    title: the name of the function. mode: "both", "forward" or "reverse". lines: the values of the program. steps: the
    first one is the start. skipped: the names of the values that do not lead to the output. graph: the drawing. quiz:
    does every step ask before it shows?
    """

    title: str
    mode: Mode
    lines: list[Line]
    steps: list[Step]
    skipped: list[str]
    graph: Drawing
    quiz: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is shown of a value."""
        return SHOWN[self.mode]

    @property
    def operations(self) -> int:
        """How many operations the program has."""
        return sum(bool(line.expression) for line in self.lines)

    @property
    def heading(self) -> str:
        """The function, and what its steps are."""
        count, steps = self.operations, len(self) - 1
        counted = f"{count} operation{'s' * (count != 1)}, {steps} step{'s' * (steps != 1)}"
        return f"{self.title}: {counted}: {MEANING[self.mode]}"

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, k: int) -> Step: ...
    @overload
    def __getitem__(self, k: slice) -> list[Step]: ...
    def __getitem__(self, k: int | slice) -> Step | list[Step]:
        return self.steps[k]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __str__(self) -> str:
        rows = [("step", "phase", "line", "what happens")]
        rows += [(str(s.number), s.phase, "" if s.line is None else str(s.line), s.text) for s in self.steps]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        texts = [f"{n:>{widths[0]}}  {p:<{widths[1]}}  {at:>{widths[2]}}  {said}" for n, p, at, said in rows]
        return "\n".join([self.heading, "", *texts])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "title": self.title,
            "mode": self.mode,
            "lines": [asdict(line) for line in self.lines],
            "steps": [step.to_dict() for step in self.steps],
            "skipped": self.skipped,
        }
