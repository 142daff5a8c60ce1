"""The mode choice: how many directions each mode would carry, what they would cost, and which is therefore taken.

Three rules, each asked only where the one before does not decide: the sizes n and m; the predicted cost of either mode
(estimates.py); a waist of the program, through which a product of two small Jacobians is cheaper than either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from .boundary import all_leaves, as_floats, dtype_of
from .brief import brief
from .derived import check_function
from .estimates import Estimate
from .reverse.vjp import Recording
from .shapes import size
from .source import Annotated
from .waist import frontier, smallest

CHUNK_BYTES = 2**26  # 64 MiB: the largest tangent or cotangent that one sweep may carry, all its directions together
DECISIVE = 3  # n and m this far apart: the mode with fewer directions has won, whatever the operations cost
FEW = 8  # fewer directions than this are not worth a product of two Jacobians
CLEARLY = 0.9  # of the predicted cost: less is no reason to leave the rule of the sizes
WORTH = 1e-3  # seconds: a Jacobian as slow as this is worth the search for the smallest cut of all


@brief
@dataclass(frozen=True)
class Waist:
    """A cut of the program: everything from the inputs to the outputs passes through it.

    lines: the lines of the tape that it consists of. size: their number of elements. places: the user's lines, as
    "model.py:9: w = A @ x", where they were noted.
    """

    lines: tuple[int, ...]
    size: int
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"a waist of {counted(self.size, 'number')}" + (f" ({'; '.join(self.places)})" if self.places else "")


@brief
@dataclass(frozen=True)
class ModeChoice:
    """Which mode a Jacobian takes, and why.

    mode: "forward", "reverse", or "mixed": reverse from a waist back to the inputs, forward from it on to the outputs.
    inputs, outputs: the numbers n and m, which are also the directions that forward and reverse mode carry.
    forward_sweeps, reverse_sweeps: in how many sweeps. waist: where mixed mode takes the program apart, or None.
    seconds: predicted time by mode, empty where the sizes alone decided. counted: flops of each mode, where they were
    counted. Printed, it gives its `reason`.
    """

    mode: str
    inputs: int
    outputs: int
    forward_sweeps: int
    reverse_sweeps: int
    waist: Waist | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def sweeps(self) -> int:
        """The number of sweeps of the mode chosen; mixed mode takes one back and one on."""
        return {"forward": self.forward_sweeps, "reverse": self.reverse_sweeps, "mixed": 2}[self.mode]

    @property
    def directions(self) -> int:
        """How many directions the mode carries: n tangents forward, m cotangents reverse, mixed as many as 2 waists."""
        return {"forward": self.inputs, "reverse": self.outputs, "mixed": 2 * self.waist.size if self.waist else 0}[
            self.mode
        ]

    @property
    def flops(self) -> int | None:
        """Counted floating-point operations of the mode chosen, f included; see `program.cost()`."""
        return self.counted.get(self.mode)

    @property
    def reason(self) -> str:
        """The choice in one sentence."""
        sizes = f"n={counted(self.inputs, 'input')}, m={counted(self.outputs, 'output')}: {self.mode}, "
        sweeps = counted(self.sweeps, "sweep")
        if self.mode == "mixed":
            w = self.waist.size if self.waist else 0
            return (
                f"{sizes}{counted(w, 'cotangent')} back from {self.waist} and {counted(w, 'direction')} on from it; "
                f"forward would carry {self.inputs}, reverse {self.outputs}{self.price()}"
            )
        if self.mode == "forward":
            carried, rival = counted(self.inputs, "direction"), f"reverse would carry {self.outputs}"
        else:
            carried, rival = counted(self.outputs, "cotangent"), f"forward would carry {self.inputs}"
        return f"{sizes}{carried} in {sweeps}; {rival}{self.price()}"

    def price(self) -> str:
        """How much slower the mode that the sizes alone would take is predicted to be; "" where that one is taken."""
        rival = smaller(self.inputs, self.outputs)
        if self.mode == rival or not self.seconds:
            return ""
        return f" (predicted {self.seconds[rival] / self.seconds[self.mode]:.2g} times slower)"

    def __str__(self) -> str:
        return self.reason


def counted(n, noun):
    return f"{n} {noun}{'s' * (n != 1)}"


def smaller(n, m):
    """The mode that carries fewer directions; forward where both carry the same, since it stores no tape."""
    return "forward" if n <= m else "reverse"


def chunk_size(directions, largest, chunk=None):
    """How many directions one sweep carries: `chunk`, or as many as CHUNK_BYTES holds."""
    return max(1, min(directions, chunk or CHUNK_BYTES // (8 * max(largest, 1))))


def largest_on(recording):
    """The number of elements of the largest value that the recorded function computed."""
    return max((size(line[-1]) for line in recording.lines), default=1)


def plan(recording, chunk=None):
    """The ModeChoice for the Jacobian of a recorded function."""
    n, m, largest = sum(map(size, recording.leaves)), sum(map(size, recording.values)), largest_on(recording)
    sweeps = [ceil(k / chunk_size(k, largest, chunk)) for k in (n, m)]
    if max(n, m) >= DECISIVE * min(n, m) and min(n, m) < FEW:
        return ModeChoice(smaller(n, m), n, m, *sweeps)
    outputs = {k for k in recording.indices if k is not None}
    estimate = Estimate(recording.lines, len(recording.leaves), outputs)
    seconds = {"forward": estimate.forward(n, m, sweeps[0]), "reverse": estimate.reverse(n, m, sweeps[1])}
    mode, waist = smaller(n, m), None
    other = "reverse" if mode == "forward" else "forward"
    if max(n, m) < DECISIVE * min(n, m) and seconds[other] < CLEARLY * seconds[mode]:
        mode = other
    if min(n, m) >= FEW and outputs:
        waist = best_waist(recording, outputs, min(n, m), search=seconds[mode] >= WORTH)
    if waist:
        seconds["mixed"] = estimate.mixed(waist.lines, waist.size, n, m)
        if seconds["mixed"] < CLEARLY * seconds[mode]:
            mode = "mixed"
    return ModeChoice(mode, n, m, *sweeps, waist, seconds)


def best_waist(recording, outputs, fewest, search):
    """The smallest cut, where it has less than half as many elements as either mode has directions; else None.

    First that in the order of the program, which costs one pass; if that is not narrow, and `search`, the smallest of
    all.
    """
    lines, inputs = recording.lines, len(recording.leaves)
    cut = waist_of(recording, frontier(lines, inputs, outputs))
    if search and 8 * cut.size > fewest:
        cut = waist_of(recording, smallest(lines, inputs, outputs))
    return cut if 2 * cut.size < fewest and is_real(recording, cut.lines) else None


def smallest_waist(recording):
    """The smallest cut of all, of whatever size; where that is complex, the inputs or the outputs."""
    outputs = {k for k in recording.indices if k is not None}
    cut = smallest(recording.lines, len(recording.leaves), outputs)
    if is_real(recording, cut):
        return waist_of(recording, cut)
    ends = waist_of(recording, range(len(recording.leaves))), waist_of(recording, sorted(outputs))
    return min(ends, key=lambda end: end.size)


def is_real(recording, cut):
    """Are the values of these lines real? The derivative in a complex number has two directions, not one."""
    return all(dtype_of(recording.lines[k][-1]).kind != "c" for k in cut)


def waist_of(recording, cut):
    """A cut as a Waist, with the user's lines where the recording has noted them."""
    lines, said = recording.lines, ()
    if isinstance(recording.lines, Annotated):
        places = [recording.lines.places[k] for k in cut]
        said = tuple(dict.fromkeys(f"{place}: {place.text}" for place in places if place and place.text))
    return Waist(tuple(cut), sum(size(lines[k][-1]) for k in cut), said)


def choose_mode(f: Callable[..., Any], *x: Any) -> ModeChoice:
    """Which mode the Jacobian of f at x would take, how many sweeps, what it costs, and why.

    Forward mode carries one tangent per input element (n), reverse mode one cotangent per output element (m). Where
    n and m are far apart the fewer win. Where they are near each other the predicted cost decides, from counts of the
    operations of f. Where f has a narrow waist, so few numbers that everything passes through, mixed mode wins: reverse
    from the waist to the inputs, forward from the waist to the outputs, and one product.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code; it is run once, on a tape.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.

    Returns
    -------
    ModeChoice
        Prints its reason; `mode`, `sweeps`, `flops`, `waist`.

    Source: Griewank & Walther (2008), chapters 3, 4 and 10.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> t = np.linspace(0.0, 1.0, 1000)
    >>> print(dr.choose_mode(lambda p: p[0] * np.exp(-p[1] * t) + p[2] * t + p[3], np.ones(4)))
    n=4 inputs, m=1000 outputs: forward, 4 directions in 1 sweep; reverse would carry 1000

    >>> A, B = np.ones((2, 500)), np.ones((500, 2))
    >>> dr.choose_mode(lambda x: np.sin(B @ (A @ np.cos(x))), np.ones(500)).mode
    'mixed'
    """
    check_function(f, "choose_mode", at="dr.choose_mode(f, x)")
    leaves, structures = all_leaves(as_floats(x), "x")
    lines = Annotated()
    recording = Recording(f, leaves, structures, lines)
    lines.finish()
    choice = plan(recording)
    from .costs import program_cost  # the choice that jacobian makes does without

    cost = program_cost(recording.lines, len(leaves), recording.indices)
    counts = {"forward": cost.forward(choice.inputs), "reverse": cost.reverse(choice.outputs)}
    if choice.waist:
        counts["mixed"] = cost.mixed(choice.waist.lines, choice.waist.size)
    return ModeChoice(**{**vars(choice), "counted": counts})
