"""The lines of a program, read once: what each costs, what it reads and writes, and which memory it keeps."""

from collections.abc import Collection, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from numpy import ndarray

from .. import tracer
from ..kinds import parts
from ..registry import Call, Op
from ..shapes import shape, size
from .call import CallCost, PerSweep, call_cost

COSTS: dict[Any, CallCost] = {}  # a program meets the same op on the same shapes again and again
MOST_KEPT = 50_000


def line_cost(line: tuple[Any, ...]) -> CallCost:
    """`call_cost` of a line of the tape, looked up where it has been asked for before."""
    if len(line) == 6:
        op, i, j, x, y, out = line
        key: Any = (op, i >= 0, j >= 0, form(x), form(y), shape(out))
    elif len(line) == 4:
        key = (line[0], form(line[2]), shape(line[3]))
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
    return found if found is not None else x if type(x) in (int, float) and x in (0, 2) else "number"


class Step(NamedTuple):
    """A line of a program: its op, cost and parents; the size and bytes of its value, and the buffer it is kept in.

    A value and its views have the same buffer. moved: the bytes that the value's computation reads and writes, none for
    a view; pushed, pulled: the bytes of one tangent, or cotangent, that the push or pull reads and writes.
    """

    op: Op | None
    cost: CallCost
    parents: tuple[int, ...]
    size: int
    bytes: int
    buffer: int
    moved: int = 0
    pushed: int = 0
    pulled: int = 0


FREE = CallCost(0, PerSweep(0, 0), PerSweep(0, 0), True, (), False)


class Steps:
    """The lines of a program, read once; for each buffer its bytes, and the lines between which it is alive."""

    __slots__ = ("born", "buffers", "last", "outputs", "owners", "steps")

    def __init__(self, lines: Sequence[Any], outputs: list[int]):
        self.outputs = outputs
        self.steps: list[Step] = []
        self.buffers: list[int] = []
        self.born: list[int] = []
        self.last: list[int] = []
        self.owners: dict[int, int] = {}  # id of the array that owns the memory -> buffer
        for line in lines:
            self.steps.append(self.read(line))

    def read(self, line: tuple[Any, ...]) -> Step:
        """The next line as a Step."""
        op, out, steps = line[0], line[-1], self.steps
        written, known = getattr(out, "nbytes", 8), len(self.buffers)
        buffer = self.buffer_of(out, written, op is None)
        if op is None:
            return Step(None, FREE, (), size(out), written, buffer)
        parents, args, _, _ = parts(line)
        read = carried = written
        for p, x in zip(parents, args):
            if p >= 0:
                step = steps[p]
                self.last[step.buffer] = len(steps)
                carried += step.bytes
                read += step.bytes
            else:
                read += getattr(x, "nbytes", 8)
        if buffer < known:
            read = carried = 0
        pulled = 3 * written if op is tracer.GETITEM else carried  # added to a place in the array's cotangent
        return Step(op, line_cost(line), parents, size(out), written, buffer, read, carried, pulled)

    def buffer_of(self, out: Any, nbytes: int, is_input: bool) -> int:
        """The buffer that `out` is in: a new one, or that of the value it is a view of."""
        buffer, k = len(self.buffers), len(self.steps)
        if type(out) is ndarray:
            owner = owner_of(out)
            if is_input:
                self.owners[id(owner)] = buffer
            else:
                buffer, nbytes = self.owners.setdefault(id(owner), buffer), owner.nbytes
        if buffer == len(self.buffers):
            self.buffers.append(nbytes)
            self.born.append(k)
            self.last.append(k)
        self.last[buffer] = k
        return buffer

    def most_alive(self) -> int:
        """The most bytes of values alive: inputs and outputs throughout, any other buffer until its last use."""
        end = len(self.steps)
        change = [0] * (end + 1)
        kept = {s.buffer for s in self.steps if s.op is None}.union([self.steps[k].buffer for k in self.outputs])
        for buffer, n in enumerate(self.buffers):
            change[self.born[buffer]] += n
            change[end if buffer in kept else self.last[buffer] + 1] -= n
        return max(accumulate(change))

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

    def bytes_pushed(self) -> PerSweep:
        """The bytes read and written forward: values, again where a push looks at them, and those of each tangent."""
        return PerSweep(sum([s.moved * (1 + s.cost.reads) for s in self.steps]), sum([s.pushed for s in self.steps]))

    def bytes_pulled(self, seeds: Collection[int]) -> PerSweep:
        """As `bytes_pushed`, there and on the way back from the lines `seeds`."""
        used = [step for step, on in zip(self.steps, self.led_to(seeds), strict=True) if on]
        once = sum([s.moved for s in self.steps]) + sum([s.moved for s in used if s.cost.reads])
        return PerSweep(once, sum([s.pulled for s in used]))


def owner_of(x: ndarray) -> ndarray:
    """The array whose memory x shows: x itself if it is no view."""
    while isinstance(x.base, ndarray):
        x = x.base
    return x


def total(costs: list[PerSweep]) -> PerSweep:
    return PerSweep(sum(c.shared for c in costs), sum(c.each for c in costs))
