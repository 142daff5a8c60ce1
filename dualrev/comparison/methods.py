"""Every way to the Jacobian of a function at a point: a call to run, its counted cost, its measured time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from time import perf_counter
from typing import Any

import numpy as np

from ..arguments import Arguments
from ..boundary import dtype_of
from ..costs import program_cost
from ..costs.memory import Cotangents
from ..errors import InputError
from ..jacobians import by_rows, check_real_outputs, jacobian
from ..modes import Waist, chunk_size, largest_on, smallest_waist
from ..reverse.vjp import Recording
from ..shapes import shape, size
from ..timing import Timing, seconds_of, timed
from ..traced import Tracer
from ..tree import flatten
from .break_even import ReverseLine, fitted_line
from .differences import central_differences, complex_step, step_sizes, values_of

Array = np.ndarray

METHODS = ("forward", "reverse", "mixed", "differences", "complex_step")
MODES = METHODS[:3]
ROUNDS = 3  # the most measurements of reverse mode's line


@dataclass(frozen=True)
class MethodCost:
    """What one method pays for the Jacobian.

    directions: tangents (forward mode), cotangents (reverse mode), both together (mixed mode), or calls of f (the other
    two). sweeps: the passes through f, or back through its tape, that carry them, many at a time; 0 where there are
    none. flops: counted from shapes, f included. bytes: the most that are alive, counted; the Jacobian itself comes on
    top everywhere. timing: measured, or None.
    """

    directions: int
    sweeps: int
    flops: int
    bytes: int
    timing: Timing | None = None

    @property
    def seconds(self) -> float | None:
        """The best of the measured runs, in seconds; None where nothing was measured."""
        return self.timing.best if self.timing else None


class Methods:
    """A function of all its arguments at a point, recorded once; and the ways to its Jacobian.

    inputs, outputs: the numbers n and m. counts: its `ProgramCost`. waist: where mixed mode takes it apart, or None.
    """

    def __init__(self, f: Callable[..., Any], x: Sequence[Any]):
        self.f, self.x = f, x
        self.call = Arguments(f, x, {}, tuple(range(len(x))))
        if any(isinstance(leaf, Tracer) for leaf in self.call.leaves):
            raise InputError("compare was called with a traced value, inside another transformation: call it outside")
        self.recording = self.call.record()
        check_real_outputs(self.recording.values)
        self.counts = program_cost(self.recording.lines, len(self.call.leaves), self.recording.indices)
        self.inputs = sum(map(size, self.call.leaves))
        self.outputs = sum(map(size, self.recording.values))
        if not (self.inputs and self.outputs):
            raise InputError(
                f"the Jacobian has {self.outputs} rows and {self.inputs} columns: there is nothing to compare"
            )
        self.largest = largest_on(self.recording)
        self.waist: Waist | None = None
        self.values = values_of(self.call)
        self.ways: dict[str, Callable[[], Any]] = {
            "forward": self.jacobian_by("forward"),
            "reverse": self.jacobian_by("reverse"),
            "differences": lambda: central_differences(self.values, self.call.leaves),
            "complex_step": lambda: complex_step(self.values, self.call.leaves),
        }

    def take_apart(self) -> None:
        """Mixed mode is a way too: through the smallest waist."""
        self.waist = smallest_waist(self.recording)
        self.ways["mixed"] = self.jacobian_by("mixed")

    def jacobian_by(self, mode: Any) -> Callable[[], Any]:
        derivative = jacobian(self.f, self.call.argnums, mode)
        return lambda: derivative(*self.x)

    def matrix(self, found: Any) -> Array:
        """The result of one of the ways as an array of shape (outputs, inputs)."""
        if isinstance(found, np.ndarray) and found.shape == (self.outputs, self.inputs):
            return found
        leaves, _ = flatten(found)
        blocks, rows = iter(leaves), []
        for y in self.recording.values:
            row = [np.reshape(next(blocks), (size(y), size(x))) for x in self.call.leaves]
            rows.append(np.concatenate(row, axis=1))
        return np.concatenate(rows)

    def chunks(self, directions: int) -> list[int]:
        """How many directions each sweep carries, as `jacobian` has it."""
        step = chunk_size(directions, self.largest)
        return [min(step, directions - start) for start in range(0, directions, step)] or [0]

    def cost(self, name: str) -> MethodCost:
        """What one of the ways costs, counted."""
        n, m, counts = self.inputs, self.outputs, self.counts
        written = sum(getattr(y, "nbytes", 8) for y in self.recording.values)
        if name == "forward":
            each = self.chunks(n)
            return MethodCost(n, len(each), sum(counts.forward(k) for k in each), counts.peak_forward(each[0]))
        if name == "reverse":
            each = self.chunks(m)
            flops = counts.value + sum(counts.reverse(k) - counts.value for k in each)
            return MethodCost(m, len(each), flops, counts.peak_reverse(each[0]))
        if name == "mixed":
            return self.mixed_cost()
        if name == "differences":  # for each entry a subtraction and a division
            return MethodCost(2 * n, 0, 2 * n * counts.value + 2 * n * m, counts.peak_value + written)
        return MethodCost(n, 0, n * counts.value + n * m, 2 * counts.peak_value)

    def mixed_cost(self) -> MethodCost:
        """Reverse mode's tape, and what is held on the way back from the waist, or all tangents on the way on."""
        if self.waist is None:
            raise ValueError("no waist was asked for")
        cut, w, steps = self.waist.lines, self.waist.size, self.counts.steps
        back = Cotangents(steps.steps)
        back.run(cut)
        on = {s.buffer for s, reached in zip(steps.steps, steps.reached_from(cut), strict=True) if reached}
        held = max(back.peak, sum(steps.buffers[k] for k in on))
        each = self.chunks(w)
        return MethodCost(2 * w, 2 * len(each), self.counts.mixed(cut, w), self.counts.tape_bytes + each[0] * held)

    def reverse_with(self, outputs: int) -> None:
        """Reverse mode as it would be with another number of outputs: f is the same, so many cotangents come back."""
        call = Arguments(self.f, self.x, {}, self.call.argnums)
        _, build, blocks = by_rows(Resized(call.record(), outputs), chunk_size(outputs, self.largest))
        build([call.build(row, call.argnums) for row in blocks])

    def rounding(self) -> Array:
        """How far rounding may put central differences off, for each entry of the Jacobian."""
        y = np.abs(np.concatenate([np.ravel(v) for v in self.recording.values]))
        return 1e3 * self.precision() * y[:, None] / step_sizes(self.call.leaves)[None, :]

    def precision(self) -> float:
        """The coarsest precision among inputs and outputs."""
        kinds = [dtype_of(v) for v in [*self.call.leaves, *self.recording.values]]
        return max(float(np.finfo(kind).eps) for kind in kinds if kind.kind == "f")

    def culprits(self) -> list[str]:
        """The ops of the program that are not analytic, whatever else it does."""
        names = dict.fromkeys(line[0].name for line in self.recording.lines if line[0] is not None)
        return [name for name in names if name.rpartition(".")[2] in NOT_ANALYTIC]


class Resized:
    """A recording that seems to have another number of outputs; each is pulled back as ones."""

    def __init__(self, recording: Recording, outputs: int):
        first, *others = recording.values
        self.values = [np.zeros(outputs, dtype_of(first)), *[np.zeros(0, dtype_of(y)) for y in others]]
        self.recording, self.leaves, self.build = recording, recording.leaves, recording.build

    def pull(self, cts: Sequence[Array], lead: tuple[int, ...]) -> list[Any]:
        return self.recording.pull([np.ones(lead + shape(y), dtype_of(y)) for y in self.recording.values], lead)


NOT_ANALYTIC = frozenset(
    "absolute fabs real imag angle conjugate norm hypot arctan2 sign maximum minimum fmax fmin max min std var".split()
)


# ---- running them ----------------------------------------------------------------------------------------------------


def run_once(methods: Methods) -> tuple[dict[str, Array], dict[str, float], dict[str, str]]:
    """(Jacobians, seconds, why there is none) by method. What fails in one of the modes is raised."""
    results, seconds, reasons = {}, {}, {}
    for name, way in methods.ways.items():
        start = perf_counter()
        try:
            found = way()
        except Exception as error:
            if name in MODES:
                raise
            what = "complex numbers" if name == "complex_step" else "a step to the side"
            reasons[name] = f"f fails on {what}: {type(error).__name__}: {shorten(str(error), 80)}"
            continue
        seconds[name] = perf_counter() - start
        results[name] = methods.matrix(found)
    return results, seconds, reasons


def counted_line(methods: Methods) -> ReverseLine:
    """Reverse mode's flops against the number of cotangents, in one sweep."""
    one, two = methods.counts.reverse(1), methods.counts.reverse(2)
    return ReverseLine(2 * one - two, two - one)


def measure(methods: Methods, first: Mapping[str, float], seconds: float) -> dict[str, Timing]:
    """The times of the methods, all taking turns.

    first: the seconds of a first run of each. One that took longer than all the time there is, is not run again; a
    mode, which had to choose its sweeps in that run, once more.
    """
    slow = {name: took for name, took in first.items() if took > seconds}
    timings = timed({name: methods.ways[name] for name in first if name not in slow}, seconds)
    for name, took in slow.items():
        again = [seconds_of(methods.ways[name])] if name in MODES else []
        timings[name] = Timing.of([took, *again])
    return timings


def measured_line(
    methods: Methods, forward: Timing, guess: float, seconds: float
) -> tuple[ReverseLine, tuple[float, float] | None]:
    """Reverse mode's seconds against the number of cotangents, measured around the break-even; and where that may be.

    The break-even is somewhere between where the quartiles of the times put it; None where they leave it open.

    forward: the seconds of forward mode. guess: the break-even as counted; where the measured one turns out to be
    elsewhere, there the line is measured again.
    """
    near = guess
    for _ in range(ROUNDS):
        counts = sorted({max(round(share * near), least) for share, least in ((0, 1), (0.5, 2), (1, 3), (2, 6))})
        calls = {K: lambda K=K: methods.reverse_with(K) for K in counts}
        for call in calls.values():
            call()
        timings = timed(calls, seconds / ROUNDS)
        line = fitted_line({K: timing.best for K, timing in timings.items()})
        found = line.reaches(forward.best)
        if found is None or near / 3 <= found <= 3 * near:
            break
        near = min(found, 10 * near)
    low = fitted_line({K: timing.upper for K, timing in timings.items()}).reaches(forward.lower)
    high = fitted_line({K: timing.lower for K, timing in timings.items()}).reaches(forward.upper)
    if low is None or high is None or found is None:
        return line, None
    return line, (min(low, high, found), max(low, high, found))
