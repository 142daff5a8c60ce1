"""Checkpoint schedules: which states of a long computation to keep, and which to compute again on the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER, REVERSE
from ..units import table_lines
from .pictured import Pictured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS = 5000


class Action(NamedTuple):
    """What is done next.

    kind: "store" the state before step `start`; "restore" it; "free" its slot; "advance" from the state before `start`
    to that before `stop`, without a tape; "reverse" step `start`: run it with a tape, and pull back through it.
    """

    kind: str
    start: int
    stop: int

    def __str__(self) -> str:
        return f"advance {self.start} -> {self.stop}" if self.kind == "advance" else f"{self.kind} {self.start}"


@brief
@dataclass(frozen=True, eq=False)
class Schedule(Pictured):
    """The way back through so many steps with so many slots. Made by `schedule`; printed, it is a table.

    actions: in order, a list of `Action`. advances: the steps run without a tape, the fewest that are possible;
    evaluations: those and the one of each step with its tape.
    """

    steps: int
    slots: int
    actions: list[Action]

    @cached_property
    def advances(self) -> int:
        return sum(a.stop - a.start for a in self.actions if a.kind == "advance")

    @property
    def evaluations(self) -> int:
        return self.advances + self.steps

    @property
    def recomputations(self) -> int:
        """The runs of a step beyond its first."""
        return self.evaluations - self.steps

    @cached_property
    def runs(self) -> np.ndarray:
        """How often each step is run, its run with a tape included."""
        found = np.ones(self.steps, int)
        for a in self.actions:
            if a.kind == "advance":
                found[a.start : a.stop] += 1
        return found

    @cached_property
    def peak(self) -> int:
        """The most states held at once."""
        held, most = 0, 0
        for a in self.actions:
            held += {"store": 1, "free": -1}.get(a.kind, 0)
            most = max(most, held)
        return most

    def __str__(self) -> str:
        n, s = self.steps, self.slots
        rows = [
            ["", "runs of a step", "kept at once"],
            ["store everything", f"{n:,}", f"{n:,} tapes"],
            [f"{s} slot{'s' * (s > 1)}", f"{self.evaluations:,}", f"{self.peak} state{'s' * (self.peak > 1)}, 1 tape"],
        ]
        if s > 1:
            rows.append(["1 slot: the start", f"{fewest(n, 1) + n:,}", "1 state, 1 tape"])
        return "\n".join([f"{n:,} steps", *(line.rstrip() for line in table_lines(rows)), self.verdict()])

    def verdict(self) -> str:
        """What the slots save, and what they cost."""
        times = self.evaluations / self.steps
        return f"{self.recomputations:,} recomputations, the fewest possible: a step runs {times:.2g} times on average"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        counts = {name: getattr(self, name) for name in ("steps", "slots", "advances", "evaluations", "peak")}
        return {**counts, "actions": [list(a) for a in self.actions]}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return 6.8, 5.4

    def draw(self, ax: "Axes") -> None:
        """Steps to the right, time downwards: what is run, what is kept and how long, and what is pulled back."""
        time, kept = 0, {}
        lines: dict[str, list[list[tuple[float, float]]]] = {"first": [], "again": [], "reverse": [], "kept": []}
        reached = 0
        for a in self.actions:
            if a.kind == "store":
                kept[a.start] = time
            elif a.kind == "free":
                lines["kept"].append([(a.start, kept.pop(a.start)), (a.start, time)])
            elif a.kind == "advance":
                length = a.stop - a.start
                what = "first" if a.stop > reached else "again"
                lines[what].append([(a.start, time), (a.stop, time + length)])
                reached, time = max(reached, a.stop), time + length
            elif a.kind == "reverse":
                lines["reverse"].append([(a.start + 1, time), (a.start, time + 1)])
                time += 1
        self.draw_lines(ax, lines)
        ax.set(xlim=(-0.02 * self.steps, 1.02 * self.steps), ylim=(1.02 * time, -0.02 * time))
        ax.set(xlabel="step", ylabel="runs of a step so far: time goes down")
        ax.set_title(f"{self.steps} steps, {self.slots} slots: {self.recomputations} recomputations", loc="center")
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, -0.27), ncols=2, frameon=False)

    @staticmethod
    def draw_lines(ax: "Axes", lines: dict[str, list[list[tuple[float, float]]]]) -> None:
        from matplotlib.collections import LineCollection

        looks = {
            "kept": (OTHER, 0.9, "a state is kept"),
            "first": (INK, 1.6, "run for the first time"),
            "again": (FORWARD, 1.2, "run again"),
            "reverse": (REVERSE, 2.2, "run with its tape, and pulled back"),
        }
        for name, (colour, width, said) in looks.items():
            ax.add_collection(LineCollection(lines[name], colors=colour, linewidths=width, label=said))


def schedule(steps: int = 64, slots: int = 8) -> Schedule:
    """The way back through so many steps that runs fewest of them again, with so many states kept at once.

    Reverse mode needs the values of each step, the last step first. Storing them all takes memory in proportion to the
    steps. With s slots, of which the first holds the start, and no step run more than r times without its tape,
    (s + r)! / (s! r!) steps can be pulled back: both grow as the logarithm of the steps if they grow together.

    Parameters
    ----------
    steps : int
        How many steps, all of the same cost.
    slots : int
        How many states may be kept at once, that of the start included.

    Returns
    -------
    Schedule
        `actions`, `recomputations`, `evaluations`, `peak`; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If one of the two is no positive integer.

    See Also
    --------
    dualrev.checkpoint : keeps the arguments of one function, and runs it again.

    Source: Griewank & Walther (2000), Algorithm 799: Revolve; Griewank & Walther (2008), section 12.3.

    Examples
    --------
    >>> import dualrev.teach
    >>> print(dualrev.teach.schedule(steps=64, slots=8))
    64 steps
                       runs of a step      kept at once
    store everything               64          64 tapes
    8 slots                       201  8 states, 1 tape
    1 slot: the start           2,080   1 state, 1 tape
    137 recomputations, the fewest possible: a step runs 3.1 times on average
    """
    for name, n in (("steps", steps), ("slots", slots)):
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
            raise InputError(f"{name}={n!r}: write a positive integer")
    if steps > MOST_STEPS:
        raise InputError(f"steps={steps}: a schedule is made for up to {MOST_STEPS} steps")
    actions = [Action("store", 0, 0), *way_back(0, int(steps), int(slots)), Action("free", 0, 0)]
    return Schedule(int(steps), int(slots), actions)


def way_back(start: int, stop: int, slots: int) -> Iterator[Action]:
    """From the state before `start`, which is in a slot and at hand, back through all steps before `stop`."""
    while stop - start > 1:
        middle = stop - 1 if slots == 1 else start + best_first(stop - start, slots)
        yield Action("advance", start, middle)
        if slots == 1:
            yield Action("reverse", middle, middle + 1)
        else:
            yield Action("store", middle, middle)
            yield from way_back(middle, stop, slots - 1)
            yield Action("free", middle, middle)
        yield Action("restore", start, start)
        stop = middle
    yield Action("reverse", start, start + 1)


def best_first(length: int, slots: int) -> int:
    """After how many steps to store the next state: the latest that leaves the fewest runs."""
    costs = [m + fewest(length - m, slots - 1) + fewest(m, slots) for m in range(1, length)]
    return length - 1 - int(np.argmin(costs[::-1]))


def fewest(length: int, slots: int) -> int:
    """The fewest steps run without a tape: r length - (slots + r)! / ((slots + 1)! (r - 1)!), r the least that reaches.

    >>> fewest(64, 8), fewest(10, 1), fewest(1, 3)
    (137, 45, 0)
    """
    r = 0
    while comb(slots + r, slots) < length:
        r += 1
    return r * length - comb(slots + r, r - 1) if r else 0
