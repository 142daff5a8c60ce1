"""Where do the NaN and the infinities come from? The first op, in each mode, that makes one of finite numbers."""

import html
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arguments import name_of
from ..brief import brief
from ..program.nonfinite import finite, pulled, takes_apart
from ..program.notation import array_text, number, short
from ..program.program import Program, Value, trace
from ..shapes import shape
from ..source import Place, place_of
from ..traced import is_hidden, leaving, value
from .causes import SINGULAR, Cause, Origin, cause_of
from .silenced import silenced

INDEFINITE = (
    "an eigenvalue is negative or 0 (np.linalg.eigvalsh has them): add a small multiple of np.eye to the matrix, or "
    "make it as the product of a matrix and its transpose"
)
MOST = 3  # notes of a kind
QUESTIONS = {"values": "value", "forward": "tangent", "reverse": "cotangent"}


@brief
@dataclass(frozen=True, eq=False)
class Finding:
    """The op that made something that is not finite out of finite numbers, on the way to a result that is not finite.

    what: "values", "forward" (a tangent) or "reverse" (a cotangent). op: its short name. place: where in the user's
    code. expression: with the names of the program. argument: which one is to blame. input: the number in it. index:
    where in the array. cause: the reason in a few words. advice: what to write instead. before, after: the same as
    code, the user's expression and what to put in its place; "" where there is no one answer.
    """

    what: str
    op: str
    place: Place | None
    expression: str
    argument: int
    input: float
    index: tuple[int, ...]
    cause: str
    advice: str
    before: str = ""
    after: str = ""

    @property
    def line(self) -> int | None:
        return self.place.line if self.place else None

    def __str__(self) -> str:
        return self.said(QUESTIONS[self.what])

    def said(self, what: str) -> str:
        at = f" at {self.place}" if self.place else ""
        where = f", element {list(self.index)}" if self.index else ""
        text = f", in `{self.place.text}`" if self.place and self.place.text else ""
        first = f"first {what} that is not finite: {self.op}{at}{text}"
        number_there = f" (its argument is {number(self.input)}{where})" if np.isfinite(self.input) else ""
        rewrite = [f"  write        {self.after}", f"  in place of  {self.before}"] if self.after else []
        return "\n".join([first, f"  why: {self.cause}{number_there}", f"  {self.advice}", *rewrite])

    def to_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "op": self.op, "file": self.place.file if self.place else None, "line": self.line,
            "expression": self.expression, "argument": self.argument, "input": self.input, "index": list(self.index),
            "cause": self.cause, "advice": self.advice, "before": self.before, "after": self.after,
        }  # fmt: skip


@brief
@dataclass(frozen=True, eq=False)
class WhyNan:
    """What `why_nan` found: None for each of the values, the tangents and the cotangents that reach their end finite.

    masked: is it the mask, where forward mode is finite and reverse mode is not, since 0 * inf is NaN? notes: what is
    not finite on the way and does no harm, inputs that are not finite, and the like.
    """

    name: str
    values: Finding | None
    forward: Finding | None
    reverse: Finding | None
    masked: bool
    notes: list[str]

    @property
    def ok(self) -> bool:
        """Is everything finite?"""
        return not self.findings and not self.notes_of_inputs

    @property
    def notes_of_inputs(self) -> list[str]:
        return [n for n in self.notes if n.startswith("input")]

    @property
    def findings(self) -> list[Finding]:
        return [f for f in (self.values, self.forward, self.reverse) if f is not None]

    @property
    def first(self) -> Finding | None:
        """The finding to look at first: of the values, else of reverse mode, else of forward mode."""
        return self.values or self.reverse or self.forward

    def __str__(self) -> str:
        if not self.findings:
            head = (
                "everything is finite: values, tangents and cotangents"
                if self.ok
                else "no op makes a NaN or an infinity"
            )
            return "\n".join([f"{self.name}: {head}", *self.notes])
        said = {"values": "values", "forward": "forward mode", "reverse": "reverse mode"}
        states = [f"{word} {'not finite' if getattr(self, part) else 'finite'}" for part, word in said.items()]
        head = f"{self.name}: {', '.join(states)}"
        if self.masked:
            head += (
                "\nforward mode is right, and reverse mode multiplies 0 by inf: a branch that is not taken still counts"
            )
        return "\n".join([head, *self.by_place(), *self.notes])

    def by_place(self) -> list[str]:
        """The findings, those of one op at one place together."""
        together: dict[Any, list[Finding]] = {}
        for f in self.findings:
            together.setdefault((f.op, f.place, f.after), []).append(f)
        return [same[0].said(listed([QUESTIONS[f.what] for f in same])) for same in together.values()]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON but for numbers that are not finite."""
        parts = {part: f.to_dict() if (f := getattr(self, part)) else None for part in QUESTIONS}
        return {"name": self.name, "ok": self.ok, "masked": self.masked, **parts, "notes": self.notes}

    def _repr_html_(self) -> str:
        rows = [
            (QUESTIONS[f.what], f.op, str(f.place or ""), f.place.text if f.place else "", f.cause, f.advice, f.after)
            for f in self.findings
        ]
        heads = ("not finite", "op", "line", "code", "why", "what to do", "write")
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        head = "".join(f"<th>{h}</th>" for h in heads)
        said = "".join(f"<p>{html.escape(line)}</p>" for line in str(self).splitlines()[:1] + self.notes)
        return said + (f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else "")


def why_nan(f: Callable[..., Any], *x: Any) -> WhyNan:
    """Why is f at x, or its derivative, NaN or infinite? Which op, which line, and what to write instead.

    Values, tangents and cotangents are followed through the program that f runs. From each result that is not finite
    the way leads back to the op that made it out of finite numbers; what is not finite on the way and does not get
    through, as behind a mask, is only noted.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code; it is run once.
    *x
        The point: floats, float arrays, or trees of them.

    Returns
    -------
    WhyNan
        ``values``, ``forward`` and ``reverse``: a `Finding`, or None where all is finite.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.checking.nonfinite import why_nan
    >>> found = why_nan(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0)), np.array([0.0, 4.0]))
    >>> found.values, found.forward, found.reverse.op, found.masked
    (None, None, 'sqrt', True)
    >>> found.reverse.after
    'np.sqrt(np.where(x > 0, x, 1))'
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what they say is the very question
        try:
            program = trace(f, *x)
        except np.linalg.LinAlgError as error:
            return WhyNan(name_of(f), refused(error), None, None, False, [])
        walk = Walk(program)
        values, forward, reverse = walk.values(), walk.forward(), walk.reverse()
    masked = values is None and forward is None and reverse is not None
    return WhyNan(name_of(f), values, forward, reverse, masked, walk.notes(bool(values or forward or reverse)))


def refused(error: np.linalg.LinAlgError) -> Finding:
    """A matrix that NumPy does not take, as a finding about values."""
    place, message = place_of(error.__traceback__), str(error)
    op, advice = "linear algebra", SINGULAR
    if "positive definite" in message:
        op, advice = "cholesky", INDEFINITE
    return Finding("values", op, place, "", 0, np.nan, (), f"LinAlgError: {message}", advice)


def listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


class Walk:
    """The values, tangents and cotangents of one program, and the ways back from those that are not finite."""

    def __init__(self, program: Program):
        self.program = program
        self.leaves = [program[k].primal for k in program.inputs]
        self.ends = [k for k in program.outputs if k is not None]
        self.adjoint: list[Any] = [None] * len(program)

    def values(self) -> Finding | None:
        bad = next((k for k in self.ends if not finite(self.program[k].primal)), None)
        return None if bad is None else self.of_value(bad, "values")

    def of_value(self, bad: int, what: str) -> Finding | None:
        """The op that first made the value number `bad` what it is; None if an input did."""
        v = self.program[bad]
        while v.call is not None:
            before = self.not_finite(v)
            if before is None:
                return self.finding(what, v, v.primal, None)
            v = self.program[before]
        return None

    def not_finite(self, v: Value) -> int | None:
        """The first argument of v that is not finite, as the number of a value."""
        return next((p for p in v.parents if p >= 0 and not finite(self.program[p].primal)), None)

    def forward(self) -> Finding | None:
        """Along one direction that moves every input."""
        ones = [np.ones(shape(x), np.result_type(value(x)))[()] for x in self.leaves]
        along: list[Any] = [self.wiggled(t, k) for k, t in enumerate(ones)]
        for v in self.program.operations:
            arriving = [None if p < 0 else along[p] for p in v.parents]
            along.append(v.call.push((), arriving) if any(t is not None for t in arriving) else None)
        bad: int | None = next((k for k in self.ends if along[k] is not None and not finite(along[k])), None)
        if bad is None:
            return self.of_equal_values(along)
        while bad is not None:
            v = self.program[bad]
            if v.call is None:
                return None
            reached = [p for p in v.parents if p >= 0 and along[p] is not None]
            before = next((p for p in reached if not finite(along[p])), None)
            if before is None:
                tangents = [None if p < 0 else along[p] for p in v.parents]
                return self.finding("forward", v, along[bad], tangents)
            bad = before
        return None

    def of_equal_values(self, along: list[Any]) -> Finding | None:
        """The decomposition with equal values whose vectors a tangent at the end depends on."""
        hidden = [k for k in self.ends if is_hidden(along[k])]
        made = [leaving(along[k]) for k in hidden]
        if all(map(finite, made)):
            return None
        v = self.program[next(k for k, t in zip(hidden, made) if not finite(t))]
        while not takes_apart(v):
            v = self.program[next(p for p in v.parents if p >= 0 and is_hidden(along[p]))]
        return self.finding("forward", v, np.full(shape(v.primal), np.nan), None)

    def wiggled(self, t: Any, k: int) -> Any:
        """Different numbers for different elements, so that nothing cancels by accident."""
        steps = 1 + 0.1 * np.sin(1.0 + k + np.arange(np.size(t))).reshape(shape(t))
        return (t * steps).astype(np.result_type(t))[()]

    def reverse(self) -> Finding | None:
        """From cotangents of all outputs."""
        adjoint = self.adjoint
        source: list[list[tuple[Value, int, Any]]] = [[] for _ in adjoint]
        for k in self.ends:
            ct = self.wiggled(np.ones(shape(self.program[k].primal)), k)
            adjoint[k] = ct if adjoint[k] is None else adjoint[k] + ct
        for v in self.program.operations[::-1]:
            if adjoint[v.index] is None:
                continue
            for k, ct in enumerate(pulled(v, adjoint[v.index])):
                if ct is not None:
                    p = v.parents[k]
                    source[p].append((v, k, ct))
                    adjoint[p] = ct if adjoint[p] is None else adjoint[p] + ct
        bad = next((k for k in self.program.inputs if adjoint[k] is not None and not finite(adjoint[k])), None)
        while bad is not None:
            arrived = next(((v, k, ct) for v, k, ct in source[bad] if not finite(ct)), None)
            if arrived is None:
                return None
            v, k, ct = arrived
            if finite(adjoint[v.index]):
                return self.finding("reverse", v, ct, adjoint[v.index], k)
            bad = v.index
        return None

    # ---- what is said ------------------------------------------------------------------------------------------------

    def finding(self, what: str, v: Value, made: Any, arriving: Any, k: int | None = None) -> Finding | None:
        before = self.not_finite(v)
        if before is not None:  # the derivative is so because a value is
            return self.of_value(before, what)
        origin = Origin(self.program, what, v, np.asarray(value(made)), arriving, k)
        cause: Cause = cause_of(origin)
        return Finding(
            what, short(v.call), origin.place, v.expression, origin.argument, origin.input, origin.index,
            cause.reason, cause.advice, *cause.rewrite,
        )  # fmt: skip

    def notes(self, found: bool) -> list[str]:
        given = [
            f"input {v.name} is not finite itself: {array_text(v.primal)}"
            for v in map(self.program.__getitem__, self.program.inputs)
            if not finite(v.primal)
        ]
        lost = list(silenced(self.program, self.adjoint))[:MOST]
        if found or given:
            return given + lost
        inside = [v for v in self.program.operations if not finite(v.primal)]
        return lost + [
            f"{short(v.call)}{f' at {v.place}' if v.place else ''} is not finite on the way, and does no harm"
            for v in inside[:MOST]
        ]
