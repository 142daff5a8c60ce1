"""Every place near a point where a function is not smooth: the op, how far it is, and the slopes on either side."""

import html
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..boundary import as_floats
from ..brief import brief
from ..errors import InputError
from ..program.notation import number
from ..source import Place
from ..traced import value
from .conventions import LIBRARIES, conventions_of
from .functions import Traced, scales
from .margins import MARGINS
from .rewrites import called, outwards
from .watching import Event, watched

NEAR = 1e-3  # of an input, or of 1 where it is smaller: what counts as near
ASIDE = 1e-6  # of the size of an input: how far from a kink its two slopes are taken
FAR = 1e3  # times near: margins that large may belong to a kink that is near, and are followed to the inputs
NOTHING = 1e-9  # of the slope that f has at large: one that is 0 but for its being taken aside
MOST = 8  # elements of one op that are listed
APART = 1e-4  # relative: slopes that far apart make a kink; a value that moves so much at once, a jump


@brief
@dataclass(frozen=True, eq=False)
class Kink:
    """A place where an op is not smooth.

    op: its short name. place: in the user's code. input: the one that matters, the nearest way there. step: how far to
    move it; distance: the same relative to it, or to 1 where it is smaller. output: the output of f that changes most.
    left, right: its slopes in that input below and above the kink. jump: by how much its value changes there at once.
    returned: the slope that dualrev returns at the point that was given. conventions: the slope of the op itself at the
    kink, for each library.
    """

    op: str
    place: Place | None
    input: str
    step: float
    distance: float
    output: str
    left: float
    right: float
    jump: float
    returned: float
    conventions: dict[str, str]

    @property
    def line(self) -> int | None:
        return self.place.line if self.place else None

    @property
    def smooth(self) -> bool:
        """Is f smooth here, though the op is not?"""
        if not np.isfinite([self.left, self.right]).all():
            return False
        return self.jump == 0 and abs(self.left - self.right) <= APART * max(abs(self.left), abs(self.right), 1e-8)

    def __str__(self) -> str:
        where = "at the point" if self.step == 0 else f"{number(self.distance, 2)} away"
        jump = f", value jumps by {number(self.jump)}" if self.jump else ""
        slopes = f"d{self.output}/d{self.input} from {number(self.left)} to {number(self.right)}{jump}"
        op = f"{self.op} at {self.place}" if self.place else self.op
        return f"{op}, {where}: {slopes}; dualrev returns {number(self.returned)}"

    def to_dict(self) -> dict[str, Any]:
        found = asdict(self) | {
            "place": str(self.place) if self.place else None,
            "line": self.line,
            "smooth": self.smooth,
        }
        return found


@brief
@dataclass(frozen=True, eq=False)
class Kinks:
    """What `kinks` found, the nearest first; true if there is any.

    found: the places where f is not smooth. harmless: those where only an op is not, and f is.
    """

    name: str
    near: float
    found: list[Kink]
    harmless: list[Kink]

    def __bool__(self) -> bool:
        return bool(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Any:
        return iter(self.found)

    def __getitem__(self, k: int) -> Kink:
        return self.found[k]

    def __str__(self) -> str:
        if not self.found:
            head = f"{self.name}: no kink at the point, or within {number(self.near)} of it"
            return "\n".join([head, *self.harmless_lines()])
        count = len(self.found)
        rows = [f"{self.name}: {count} kink{'s' * (count != 1)} at the point or near it"]
        for kink in self.found:
            rows.append(str(kink))
            if kink.conventions:
                rows.append(f"    slope of {kink.op} there: {told(kink.conventions)}")
        return "\n".join([*rows, *self.harmless_lines()])

    def harmless_lines(self) -> list[str]:
        ops = dict.fromkeys(f"{k.op}{f' at {k.place}' if k.place else ''}" for k in self.harmless)
        return [f"not smooth by itself, though f is: {', '.join(ops)}"] if ops else []

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON but for numbers that are not finite."""
        return {
            "name": self.name, "near": self.near, "kinks": [k.to_dict() for k in self.found],
            "harmless": [k.to_dict() for k in self.harmless],
        }  # fmt: skip

    def _repr_html_(self) -> str:
        heads = ("op", "line", "distance", "input", "slope below", "slope above", "jump", "here", *LIBRARIES)
        rows = [
            (k.op, str(k.place or ""), number(k.distance, 2), k.input, number(k.left), number(k.right), number(k.jump))
            + (number(k.returned), *(k.conventions.get(library, "") for library in LIBRARIES))
            for k in self.found
        ]
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        head = "".join(f"<th>{h}</th>" for h in heads)
        said = f"<p>{html.escape(str(self).splitlines()[0])}</p>"
        return said + (f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else "")


def kinks(f: Callable[..., Any], *x: Any, near: float = NEAR) -> Kinks:
    """Where is f not smooth, at x or near it? Each kink and jump, with the slopes on both sides.

    Each op of f with a kink or a jump is asked how far its arguments are from it; comparisons and roundings count,
    though they have no derivative. The gradient of that margin says which input to move, and how far.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them.
    near : float
        How far to look: relative to each input, or absolute where it is below 1.

    Returns
    -------
    Kinks
        A list of `Kink`, the nearest first.

    Raises
    ------
    InputError
        If near is negative.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.checking.kink_list import kinks
    >>> found = kinks(lambda x: np.sum(3 * np.abs(x) + x), np.array([0.0, 2.0]))
    >>> [(k.op, k.input, k.left, k.right, k.returned) for k in found]
    [('absolute', 'x[0]', -2.0, 4.0, 1.0)]
    >>> found[0].conventions
    {'dualrev': '0', 'JAX': '1', 'PyTorch': '0', 'autograd': '0'}
    """
    if not near >= 0:
        raise InputError(f"near={near!r}: write how far to look, as a part of the size of each input, such as 1e-3")
    with np.errstate(all="ignore"):
        found = Search(f, as_floats(x), near).run()
    return Kinks(name_of(f), near, [k for k in found if not k.smooth], [k for k in found if k.smooth])


def told(conventions: dict[str, str]) -> str:
    """The slopes by library; said once where all agree."""
    slopes = set(conventions.values())
    if len(slopes) == 1:
        return f"{slopes.pop()}, in {', '.join(LIBRARIES)} alike"
    return "; ".join(f"{library} {slope}" for library, slope in conventions.items())


class Search:
    """The margins of all ops, and the slopes of f on both sides of each kink that is near."""

    def __init__(self, f: Callable[..., Any], x: tuple[Any, ...], near: float):
        self.subject, self.near = Traced(f, x), near
        self.scale = scales(self.subject.x, self.subject.leaves)
        self.program, self.events = watched(f, *x)

    def run(self) -> list[Kink]:
        recorded = [
            Event(name_of_call(v.op, v.call.params), v.call.args, v.call.params, v.parents, v.place)
            for v in self.program.operations
        ]
        found: dict[Any, Kink] = {}
        for event in [*recorded, *self.events]:
            for kink in self.near_kinks(event):
                found.setdefault((kink.op, kink.place, kink.input, round(kink.step, 12)), kink)
        return sorted(found.values(), key=lambda k: k.distance)

    def near_kinks(self, event: Event) -> list[Kink]:
        measure = MARGINS.get(event.op.partition(" ")[0])
        if measure is None or any(np.iscomplexobj(value(a)) for a in event.args):
            return []
        try:
            margin = measure(*event.args, **event.params)
        except (TypeError, ValueError):
            return []
        close = np.flatnonzero(np.abs(margin.values) <= FAR * self.near * np.maximum(margin.sizes, 1.0))
        nearest = close[np.argsort(np.abs(margin.values[close]), kind="stable")][:MOST]
        made = [self.kink(event, float(margin.values[i]), margin.slopes(int(i))) for i in nearest]
        return [k for k in made if k is not None]

    def kink(self, event: Event, g: float, slopes: list[Any]) -> Kink | None:
        """The kink where the margin g is 0, along the input that gets there first; None if it is not near."""
        moved = self.in_inputs(event, slopes)
        useful = np.isfinite(moved) & (moved != 0)
        if not useful.any():
            return None
        step = np.where(useful, -g / np.where(useful, moved, 1.0), np.inf)
        relative = np.abs(step) / np.maximum(np.abs(self.subject.x), 1.0)
        axis = int(np.argmax(np.abs(moved) * useful * self.scale) if g == 0 else np.argmin(relative))
        if relative[axis] > self.near:
            return None
        return self.slopes_at(event, axis, float(step[axis]), float(relative[axis]))

    def in_inputs(self, event: Event, slopes: list[Any]) -> ndarray:
        """The gradient of a margin in all inputs, from its slopes in the arguments of the op."""
        pairs = [(p, s) for p, s in zip(event.parents, slopes) if p >= 0 and s is not None]
        if not pairs:
            return np.zeros(self.subject.x.size)
        recording = self.program.recording
        seeds = [np.asarray(s, np.result_type(value(self.program[p].primal)))[()] for p, s in pairs]
        found = recording.pull(seeds, (), indices=[p for p, _ in pairs])
        return np.concatenate([np.ravel(g) for g in found]).astype(float)

    def push(self, x: ndarray, e: ndarray) -> ndarray:
        return self.subject.push(x, e)

    def slopes_at(self, event: Event, axis: int, step: float, distance: float) -> Kink:
        e = np.zeros(self.subject.x.size)
        e[axis] = 1.0
        aside = max(ASIDE, 1e2 * self.subject.precision) * self.scale[axis]
        there = self.subject.x + step * e
        below, above = there - aside * e, there + aside * e
        left, right = (
            2 * self.push(p, e) - self.push(p + p - there, e) for p in (below, above)
        )  # on to the kink itself
        here = self.push(self.subject.x, e)
        moves = self.subject.values(above) - self.subject.values(below)
        size_of = np.maximum(np.abs(self.subject.first), np.abs(moves))
        jump = moves - aside * (left + right)
        jump = np.where(np.abs(jump) > APART * np.maximum(size_of, aside * (np.abs(left) + np.abs(right))), jump, 0.0)
        change = np.abs(np.nan_to_num(right - left)) / (np.abs(left) + np.abs(right) + 1e-300) + (jump != 0)
        k = int(np.argmax(change * (np.abs(right - left) + np.abs(jump) + 1e-300)))
        op = said_of(event)
        nothing = NOTHING * (np.abs(self.subject.first[k]) / self.scale[axis] + np.abs(here[k]))
        left, right = (np.where(np.abs(slope) <= nothing, 0.0, slope) for slope in (left, right))
        return Kink(
            op, event.place, self.subject.names[axis], step, distance, self.subject.outputs[k],
            rounded(left[k], right[k]), rounded(right[k], left[k]), float(jump[k]), float(here[k]),
            conventions_of(key_of(event, op)),
        )  # fmt: skip


def rounded(slope: float, other: float) -> float:
    """A slope that was taken a little aside, without the digits that this makes wrong."""
    if not np.isfinite([slope, other]).all() or slope == other == 0:
        return float(slope)
    digits = 8 - int(np.floor(np.log10(max(abs(slope), abs(other)))))
    return float(np.round(slope, min(digits, 12)) + 0.0)


def name_of_call(op: str, params: dict[str, Any]) -> str:
    return "norm of order 1" if op == "norm" and params.get("ord") == 1 else op


def said_of(event: Event) -> str:
    """The op as the user called it: np.clip is a maximum of a minimum."""
    if event.op in ("maximum", "minimum") and event.place:
        node = next(outwards(event.place), None)
        if node is not None and called(node, "clip"):
            return "clip"
    return event.op


def key_of(event: Event, op: str) -> str:
    """The name of the convention."""
    if op in ("power", "float_power"):
        exponent = np.asarray(value(event.args[1]), float)
        return "power" if (exponent == 0).all() else "root"
    return op
