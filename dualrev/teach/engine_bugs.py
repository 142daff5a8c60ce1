"""Reverse mode with a bug, beside the right one: the mistakes that everybody makes who writes an engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..program.notation import array_text
from ..program.program import Program, Value, trace
from ..program.sensitivity import adjoints, cotangents
from ..reverse.pullback import pull
from ..shapes import shape
from ..traced import value
from .misconceptions import equal
from .shared_eps import confused

Bug = Literal["recursive", "overwrite", "set", "stale", "early", "shared eps"]

BUGS: dict[str, tuple[str, str]] = {  # what it is, and the cure
    "recursive": (
        "every value sends its adjoint on at once, each time something arrives",
        "go back in the order of the tape, so that a value sends on when all its uses have sent theirs",
    ),
    "overwrite": ("adjoints are set, =, where they should be added to", "write += in the way back"),
    "set": ("the operands of an operation are kept in a set, which holds equal ones once", "keep them in a tuple"),
    "stale": ("the adjoints of the first pass are still there in the second", "set them to 0 before each pass back"),
    "early": ("an input is moved down the slope as soon as something arrives", "move it when the way back has ended"),
    "shared eps": ("the inner and the outer derivative have the same eps", "give each its own, as dr.jvp does"),
}
MOST_CALLS = 100_000  # of the recursion: it goes along every path
RATE = 0.1  # of the descent that comes too early


@brief
@dataclass(frozen=True, eq=False)
class Broken:
    """The right derivatives and the broken ones, by name.

    bug: which. right, broken: adjoints of all values; for "shared eps" the derivatives by the inputs. notes: what
    happened to a value. said: where it went wrong first, or that it does not show here. ``table()`` is the table
    alone, to guess the bug from.
    """

    name: str
    bug: str
    right: dict[str, Any]
    broken: dict[str, Any]
    notes: dict[str, str]
    said: str

    @property
    def differs(self) -> list[str]:
        """The names of the values whose derivative came out wrong."""
        return [name for name, right in self.right.items() if not equal(self.broken[name], right)]

    @property
    def cure(self) -> str:
        """What to write instead."""
        return BUGS[self.bug][1]

    def table(self) -> str:
        """The numbers, without the name of the bug."""
        return self.rows({})

    def rows(self, notes: dict[str, str]) -> str:
        rows = [("name", "right", "broken", "")]
        rows += [(k, array_text(v), array_text(self.broken[k]), notes.get(k, "")) for k, v in self.right.items()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)

    def __str__(self) -> str:
        what, cure = BUGS[self.bug]
        head = f"{self.name} with the bug {self.bug!r}: {what}."
        return "\n".join([head, f"{self.said}.", "", self.rows(self.notes), "", f"Cure: {cure}."])


def broken(f: Callable[..., Any], *x: Any, bug: Bug, output: Any = None) -> Broken:
    """Derivatives of f at x as an engine with a bug computes them, beside the right ones.

    Parameters
    ----------
    f : callable
        Plain NumPy code; for "shared eps" with a `dr.jvp` inside.
    *x
        The point.
    bug : str
        "recursive": no topological order. "overwrite": = for +=. "set": equal operands counted once. "stale": adjoints
        not set to 0 before the second pass. "early": inputs updated before the way back has ended. "shared eps":
        perturbation confusion in forward mode.
    output : optional
        Which output the adjoints are of, as in `Program.table`.

    Returns
    -------
    Broken
        Prints what goes wrong, the numbers, and the cure; ``right``, ``broken``, ``differs``, ``table()``.

    Raises
    ------
    InputError
        If there is no such bug, f has too many paths for a recursion, or no inner derivative for "shared eps".

    Source: issue 68 of micrograd, for "recursive"; Siskind & Pearlmutter (2005), Perturbation confusion, for
    "shared eps".

    Examples
    --------
    >>> import dualrev as dr
    >>> def g(a, b):
    ...     c = a + b
    ...     d = a * b
    ...     e = c + d
    ...     f = c * d
    ...     return e + f
    >>> print(dr.teach.broken(g, 2.0, 3.0, bug="recursive"))
    g with the bug 'recursive': every value sends its adjoint on at once, each time something arrives.
    c is pushed on with 1 before f has sent its 6.
    <BLANKLINE>
    name  right  broken
    a     25     29
    b     19     22
    c     7      7       sent on twice
    d     6      6       sent on twice
    e     1      1
    f     1      1
    v5    1      1
    <BLANKLINE>
    Cure: go back in the order of the tape, so that a value sends on when all its uses have sent theirs.
    """
    if bug not in BUGS:
        raise InputError(f"bug={bug!r}: write one of {', '.join(map(repr, BUGS))}")
    if bug == "shared eps":
        right, wrong = confused(f, x)
        said = "the change of the outer variable is taken for one of the inner variable, too"
        found = Broken(getattr(f, "__name__", "f"), bug, right, wrong, {}, said)
        return found if found.differs else Broken(found.name, bug, right, wrong, {}, unseen(bug))
    program = trace(f, *x)
    engine = ENGINES[bug](program, output)
    engine.run()
    names = [v.name for v in program.values]
    true = adjoints(program, output)[0]
    right = {v.name: number(true[v.index], v) for v in program.values}
    wrong = {v.name: number(engine.grad[v.index], v) for v in program.values}
    notes = {names[k]: said for k, said in engine.notes.items()}
    return Broken(program.name, bug, right, wrong, notes, engine.said or unseen(bug))


def unseen(bug: str) -> str:
    """Where f is such that the bug does no harm."""
    return {
        "recursive": "Here it does no harm: no value that is computed is used more than once",
        "overwrite": "Here it does no harm: every value is used once",
        "set": "Here it does no harm: no operation has equal operands",
        "early": "Here it does no harm: no local partial reads an input that was moved",
    }.get(bug, "Here it does no harm")


def number(ct: Any, v: Value) -> Any:
    found = np.zeros(shape(v.primal))[()] if ct is None else value(ct)
    return found.item() if np.ndim(found) == 0 else found


@dataclass(eq=False)
class Engine:
    """The way back over a program, as it should not be written. grad: the adjoints. said: the first thing wrong."""

    program: Program
    output: Any
    grad: dict[int, Any] = field(init=False)
    notes: dict[int, str] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        self.grad = dict.fromkeys(range(len(self.program)))
        for k, ct in zip(self.program.outputs, cotangents(self.program, self.output), strict=True):
            if k is not None and ct is not None:
                self.add(k, ct)

    def add(self, k: int, ct: Any) -> None:
        self.grad[k] = ct if self.grad[k] is None else self.grad[k] + ct

    def sent(self, v: Value) -> list[tuple[int, Any]]:
        """What v sends back to its arguments: (argument, adjoint times local partial)."""
        return [(k, ct) for k, ct in enumerate(pull(v.call, self.grad[v.index], ())) if ct is not None]

    def run(self) -> None:
        for v in self.program.operations[::-1]:
            if self.grad[v.index] is not None:
                for k, ct in self.sent(v):
                    self.arrive(v, k, ct)

    def arrive(self, v: Value, k: int, ct: Any) -> None:
        self.add(v.parents[k], ct)

    def name(self, k: int) -> str:
        return self.program[k].name


class Recursive(Engine):
    def run(self) -> None:
        arrivals = adjoints(self.program, self.output)[1]
        waiting = {k: [(a.child, a.argument) for a in uses] for k, uses in enumerate(arrivals)}
        times = dict.fromkeys(self.grad, 0)
        stack: list[Any] = [(k, None) for k, ct in list(self.grad.items())[::-1] if ct is not None]
        while stack:  # in place of the recursion, in its order
            k, arrival = stack.pop()
            v, times[k] = self.program[k], times[k] + 1
            if sum(times.values()) > MOST_CALLS:
                raise InputError(f"the recursion goes along every path, of which {self.program.name} has too many")
            if arrival is not None:
                child, argument, ct = arrival
                self.add(k, ct)
                waiting[k] = [use for use in waiting[k] if use != (child, argument)]
            if v.call is None:
                continue
            if waiting[k] and not self.said:
                late = next(a for a in arrivals[k] if (a.child, a.argument) == waiting[k][0])
                pushed, amount = array_text(self.grad[k]), array_text(late.cotangent)
                self.said = f"{v.name} is pushed on with {pushed} before {self.name(late.child)} has sent its {amount}"
            stack += [(v.parents[i], (k, i, ct)) for i, ct in self.sent(v)[::-1]]
        for v in self.program.operations:
            if times[v.index] > 1:
                self.notes[v.index] = f"sent on {'twice' if times[v.index] == 2 else f'{times[v.index]} times'}"


class Overwrite(Engine):
    def arrive(self, v: Value, k: int, ct: Any) -> None:
        p = v.parents[k]
        if self.grad[p] is not None:
            self.notes[p] = "overwritten"
            self.said = self.said or (
                f"{self.name(p)} has {array_text(self.grad[p])} when {v.name} = {v.expression} sends {array_text(ct)}, "
                "which takes its place"
            )
        self.grad[p] = ct


class Once(Engine):
    def sent(self, v: Value) -> list[tuple[int, Any]]:
        found = {v.parents[k]: (k, ct) for k, ct in super().sent(v)[::-1]}
        lost = sum(p >= 0 for p in v.parents) - len(found)
        if lost:
            p = next(p for p in v.parents if v.parents.count(p) > 1 and p >= 0)
            self.notes[p] = "an operand lost"
            self.said = (
                self.said or f"{v.name} = {v.expression}: the set holds {self.name(p)} once, and sends to it once"
            )
        return list(found.values())


class Stale(Engine):
    def run(self) -> None:
        super().run()
        first = [self.grad[k] for k in self.program.inputs]
        self.grad = dict.fromkeys(self.grad)
        self.__post_init__()
        super().run()
        for k, ct in zip(self.program.inputs, first, strict=True):
            if ct is not None and self.program[k].call is None:
                self.add(k, ct)
                self.notes[k] = "added to that of the first pass"
                self.said = (
                    self.said or f"{self.name(k)} has {array_text(ct)} from the first pass when the second begins"
                )


class Early(Engine):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = [value(v.primal) for v in self.program.values]
        self.moved: set[int] = set()

    def run(self) -> None:
        for v in self.program.operations[::-1]:
            if self.grad[v.index] is not None:
                for k, p in enumerate(v.parents):
                    if p >= 0:
                        self.send(v, k, p)

    def send(self, v: Value, k: int, p: int) -> None:
        args = tuple(x if q < 0 else self.now[q] for x, q in zip(v.call.args, v.parents, strict=True))
        out = self.now[v.index]
        ct = pull(v.call._replace(args=args, out=out), self.grad[v.index], ())[k]
        right = pull(v.call, self.grad[v.index], ())[k]
        if not self.said and not equal(value(ct), value(right)):
            moved = next(q for q in v.parents if q in self.moved)
            was, now = array_text(self.program[moved].primal), array_text(self.now[moved])
            self.said = (
                f"{v.name} = {v.expression}: its local partial by {self.name(p)} reads {self.name(moved)} = {now}, "
                f"which has been moved already from {was}"
            )
        self.add(p, ct)
        if self.program[p].call is None:
            self.now[p] = self.now[p] - RATE * ct
            self.moved.add(p)


ENGINES: dict[str, type[Engine]] = {
    "recursive": Recursive, "overwrite": Overwrite, "set": Once, "stale": Stale, "early": Early,
}  # fmt: skip
