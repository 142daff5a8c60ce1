"""The routes of a derivative through the tape: what each use of a value adds to it, and would if it were mistaken."""

import linecache
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy import ndarray

from ..kinds import Elementwise
from ..program.program import Program, Value, trace
from ..program.sensitivity import adjoints
from ..reverse.pullback import pull
from ..shapes import shape, size
from .confusions import confusions
from .functions import Claimed, flat

MOST = 150  # operations of a program that is looked at


@dataclass(frozen=True, eq=False)
class Route:
    """One use of a value, argument `argument` of `child`, and what it adds to the derivative of one output.

    mistaken: what it would add instead, by the kind of mistake: "first" or "last" (of the elements that the value was
    broadcast to, the only one that is counted), "overwritten" (at an index that occurs several times, the last one
    counts), "flipped" (the kernel of a convolution), "transposed" (J in place of its transpose), or a sentence.
    broadcast: how many elements of the child each of the value's became.
    """

    parent: Value
    child: Value
    argument: int
    adds: ndarray
    mistaken: dict[str, ndarray]
    broadcast: int

    @property
    def key(self) -> tuple[int, int, int]:
        """The same for the same use at another point, or of another output."""
        return self.parent.index, self.child.index, self.argument

    def nothing(self) -> "Route":
        """The same use, where it adds nothing."""
        none = np.zeros_like(self.adds)
        return replace(self, adds=none, mistaken=dict.fromkeys(self.mistaken, none))

    @property
    def use(self) -> tuple[object, ...] | None:
        """Which input, or element of one, this is a use of; None if it is of a value on the way."""
        if self.parent.op == "input":
            return (self.parent.index,)
        if self.parent.op == "getitem" and self.parent.parents == (0, -1) and self.parent.scalar:
            return 0, repr(self.parent.call.args[1])
        return None

    @property
    def title(self) -> str:
        """The term that the use makes, in the user's words."""
        return spelled(self.child if self.use or not self.parent.place else self.parent)


def spelled(v: Value) -> str:
    """The user's expression, and its line; the op with the names of its arguments where there is no source."""
    return f"{text_of(v)} ({v.place})" if v.place else v.expression


def text_of(v: Value) -> str:
    """The user's expression."""
    if v.place is None:
        return v.expression or v.name
    first, last, start, end = v.place.span
    line = linecache.getline(v.place.file, v.place.line).encode()
    return (line[start:end].decode() if line and first == last == v.place.line else "") or v.expression


def program_of(subject: Claimed, x: ndarray) -> Program | None:
    """The program of the function, where dualrev can record it, and it is short."""
    if subject.solver is not None:  # which prints what it thinks of traced values
        return None
    try:
        with np.errstate(all="ignore"):
            program = trace(subject.given, *subject.arguments(x))
    except Exception:  # whatever a function says to values that it was not written for
        return None
    return program if len(program.operations) <= MOST else None


def routes_of(program: Program, output: int, columns: ndarray) -> Iterator[Route]:
    """All routes to one output, those nearest to it first."""
    with np.errstate(all="ignore"):
        adjoint, arrivals = adjoints(program, output)
        for parent in reversed(program.values):
            for a in arrivals[parent.index]:
                child = program.values[a.child]
                adds = on_inputs(program, parent, a.cotangent, columns)
                if np.any(adds != 0):
                    ct = np.asarray(adjoint[child.index])
                    kinds = dict(mistakes(parent, child, a.argument, ct))
                    kinds |= dict(confusions(program, parent, child, spelled(child), ct))
                    mistaken = {kind: on_inputs(program, parent, ct, columns) for kind, ct in kinds.items()}
                    broadcast = size(child.primal) // max(size(parent.primal), 1)
                    yield Route(parent, child, a.argument, adds, mistaken, broadcast)


def mistakes(parent: Value, child: Value, argument: int, ct: ndarray) -> Iterator[tuple[str, ndarray]]:
    """Cotangents of the parent as they come out of mistakes that people make; ct: that of the child."""
    before, after = shape(parent.primal), shape(child.primal)
    elementwise = isinstance(child.call.op.rule, Elementwise)
    if elementwise and before != after:
        yield from ends_of(parent, child, argument, ct)
    if child.op == "getitem" and has_repeats(before, child.call.args[1]):
        made = np.zeros(before)
        made[child.call.args[1]] = ct
        yield "overwritten", made
    if child.op in ("convolved", "correlated"):
        turned = [x if k == argument else np.asarray(x)[::-1] for k, x in enumerate(child.call.args)]
        yield "flipped", np.asarray(pull(child.call._replace(args=tuple(turned)), ct, ())[argument])
    if not elementwise and before == after and before:
        along = [ct if k == argument else None for k in range(len(child.parents))]
        yield "transposed", np.asarray(child.call.push((), along))


def ends_of(parent: Value, child: Value, argument: int, ct: ndarray) -> Iterator[tuple[str, ndarray]]:
    """The first and the last element alone, along the axes that the parent was broadcast along."""
    before = (1,) * (ct.ndim - len(shape(parent.primal))) + shape(parent.primal)
    axes = [k for k, n in enumerate(ct.shape) if before[k] == 1 < n]
    for kind, end in (("first", 0), ("last", -1)):
        alone = np.zeros_like(ct)
        index = tuple(end if k in axes else slice(None) for k in range(ct.ndim))
        alone[index] = ct[index]
        yield kind, np.asarray(pull(child.call, alone, ())[argument])


def has_repeats(of_shape: tuple[int, ...], index: Any) -> bool:
    """Does the index take an element several times?"""
    parts = index if isinstance(index, tuple) else (index,)
    if not any(isinstance(i, (list, ndarray)) for i in parts):
        return False
    taken = np.ravel(np.arange(int(np.prod(of_shape))).reshape(of_shape)[index])
    return len(np.unique(taken)) < taken.size


def on_inputs(program: Program, parent: Value, ct: object, columns: ndarray) -> ndarray:
    """A cotangent of a value, pulled back to the inputs."""
    return flat(program.recording.pull([ct], (), indices=[parent.index]))[columns]
