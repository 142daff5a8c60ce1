"""The lines of a program, read once: what each costs, what it reads and writes, and which memory it keeps."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import tracer
from ..kinds import Argwise, Differential, parts
from ..registry import Call, Op
from ..shapes import shape, size
from .call import CallCost, PerSweep, call_cost

ndarray = np.ndarray

COSTS: dict[Any, CallCost] = {}  # a program meets the same op on the same shapes again and again
MOST_KEPT = 50_000


def line_cost(line: tuple[Any, ...]) -> CallCost:
    """`call_cost` of a line of the tape, looked up where it has been asked for before."""
    if len(line) == 6:
        op, i, j, x, y, out = line
        key: Any = (op, i >= 0, j >= 0, form(x), form(y), shape(out))
    elif len(line) == 4:
        key = (line[0], form(line[2]))
    else:
        op, parents, args, params, out = line
        key = (op, *[p >= 0 for p in parents], *map(form, args), shape(out), *params.items())
    try:
        found = COSTS.get(key)
    except TypeError:  # a parameter that cannot be looked up, such as an index
        return call_cost(Call.read(line))
    if found is None:
        if len(COSTS) >= MOST_KEPT:
            COSTS.clear()
        found = COSTS[key] = call_cost(Call.read(line))
    return found


def form(x: Any) -> Any:
    """The shape of x; a Python 0 or 2 stands for itself, since as an exponent it has a cheaper slope."""
    found = getattr(x, "shape", None)
    return found if found is not None else x if type(x) in (int, float) and x in (0, 2) else ()


class Step(NamedTuple):
    """A line of a program: its op, cost and parents; the size and bytes of its value, and the buffer it is kept in.

    A value and its views have the same buffer. moved: the bytes that the value's computation reads and writes; again:
    those read a second time by a push or pull that looks at values; carried: those of one tangent or cotangent.
    """

    op: Op | None
    cost: CallCost
    parents: tuple[int, ...]
    size: int
    bytes: int
    buffer: int
    moved: int
    again: int
    carried: int


FREE = CallCost(0, PerSweep(0, 0), PerSweep(0, 0), True, ())


class Steps:
    """The lines of a program, read once, with the bytes of each buffer they keep."""

    __slots__ = ("buffers", "outputs", "steps")

    def __init__(self, lines: Sequence[Any], outputs: list[int]):
        self.outputs, self.buffers = outputs, [0] * 0
        found: dict[int, int] = {}
        self.steps = [self.read(line, found) for line in lines]

    def read(self, line: tuple[Any, ...], found: dict[int, int]) -> Step:
        """One line as a Step; `found` has the buffers by the identity of the arrays that own them."""
        op, out = line[0], line[-1]
        buffer, written = len(self.buffers), getattr(out, "nbytes", 8)
        owner = owner_of(out)
        if owner is not None:
            buffer = found.setdefault(id(owner), buffer)
        is_view = buffer < len(self.buffers)
        if not is_view:
            self.buffers.append(written if op is None or owner is None else owner.nbytes)
        if op is None:
            return Step(None, FREE, (), size(out), written, buffer, 0, 0, 0)
        parents, args, _, _ = parts(line)
        cost, each = line_cost(line), [getattr(x, "nbytes", 8) for x in args]
        moved = 0 if is_view else sum(each) + written
        again = sum(each) + written if reads_values(op) else 0
        carried = sum([n for n, p in zip(each, parents) if p >= 0]) + written
        if op is tracer.GETITEM:
            carried = 3 * written  # read from the cotangent, and added to a place in that of the array
        return Step(op, cost, parents, size(out), written, buffer, moved, again, carried)

    def alive(self) -> ndarray:
        """The bytes of values alive at each line: a buffer lives from its first value to the last use of any."""
        end = len(self.steps)
        born, last = [end] * len(self.buffers), [0] * len(self.buffers)
        for k in range(end - 1, -1, -1):
            born[self.steps[k].buffer] = k
        for k, step in enumerate(self.steps):
            for i in (step.buffer, *[self.steps[p].buffer for p in step.parents if p >= 0]):
                last[i] = k
        for k in self.outputs:
            last[self.steps[k].buffer] = end
        change = np.zeros(end + 2, np.int64)
        np.add.at(change, born, self.buffers)
        np.subtract.at(change, np.add(last, 1), self.buffers)
        return np.cumsum(change)[:end]

    def led_to(self, lines: Collection[int]) -> list[bool]:
        """Which lines do the given ones depend on? They themselves, for a start."""
        found = [False] * len(self.steps)
        for k in lines:
            found[k] = True
        for k in range(max(lines, default=-1), -1, -1):
            if found[k]:
                for p in self.steps[k].parents:
                    if p >= 0:
                        found[p] = True
        return found

    def reached_from(self, lines: Collection[int]) -> list[bool]:
        """Which lines depend on the given ones? Those themselves are not among them."""
        found, reached = set(lines), [False] * len(self.steps)
        for k, step in enumerate(self.steps):
            if k not in found and not found.isdisjoint(step.parents):
                found.add(k)
                reached[k] = True
        return reached

    def pushed(self, wanted: Sequence[bool]) -> PerSweep:
        """The flops of the push of the lines wanted."""
        return total([step.cost.push for step, on in zip(self.steps, wanted, strict=True) if on])

    def pulled(self, seeds: Collection[int]) -> PerSweep:
        """The flops of the way back from the lines `seeds`, with the sums where several cotangents of a value meet."""
        wanted, met, arrived = self.led_to(seeds), 0, set(seeds)
        used = [step for step, on in zip(self.steps, wanted, strict=True) if on]
        for step in reversed(used):
            for p in step.parents:
                if p >= 0 and step.op is not tracer.GETITEM:  # that one adds in place, which its pull has counted
                    met += self.steps[p].size if p in arrived else 0
                arrived.add(p)
        return total([*[step.cost.pull for step in used], PerSweep(0, met)])

    def bytes_moved(self, wanted: Sequence[bool]) -> PerSweep:
        """The bytes of values read and written, and for each direction those of tangents, or cotangents."""
        used = [step for step, on in zip(self.steps, wanted, strict=True) if on]
        once = sum(step.moved for step in self.steps) + sum(step.again for step in used)
        return PerSweep(once, sum(step.carried for step in used if any(step.cost.push) or any(step.cost.pull)))


def owner_of(x: Any) -> ndarray | None:
    """The array whose memory x shows, x itself if it is no view; None for a number."""
    if type(x) is not ndarray:
        return None
    while isinstance(x.base, ndarray):
        x = x.base
    return x


def total(costs: list[PerSweep]) -> PerSweep:
    return PerSweep(sum(c.shared for c in costs), sum(c.each for c in costs))


def reads_values(op: Op) -> bool:
    """Does a push or pull read the values of the call, or only a tangent or cotangent?"""
    partials = getattr(op.rule, "partials", [getattr(op.rule, "partial", None)])
    return type(op.rule) in (Argwise, Differential) or any(map(callable, partials))
