"""Each function in a process of its own: its Jacobian in every mode, the modes taking turns."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from dualrev.timing import timed

from .. import agreement
from .functions import FUNCTIONS
from .held_out import EXAMPLES, HELD_OUT

BY_NAME = {function.name: function for function in [*FUNCTIONS, *HELD_OUT, *EXAMPLES]}


@dataclass(frozen=True)
class Measured:
    """One function: what "auto" picked, and the seconds of a Jacobian by mode, predicted and measured.

    measured: the lower quartile of several runs, "auto" among the modes, "mixed" only where the smallest waist is
    smaller than n and m. predicted: empty where the sizes n and m alone decided.
    """

    name: str
    inputs: int
    outputs: int
    picked: str
    predicted: dict[str, float]
    measured: dict[str, float]

    @property
    def fastest(self) -> str:
        """The mode that took least time."""
        return min(self.modes, key=self.modes.__getitem__)

    @property
    def modes(self) -> dict[str, float]:
        """The seconds of the modes that one can ask for, "auto" left out."""
        return {mode: seconds for mode, seconds in self.measured.items() if mode != "auto"}

    @property
    def regret(self) -> float:
        """The time of "auto" over that of the fastest mode; 1 where it took the fastest and nothing was noise."""
        return self.measured["auto"] / self.measured[self.fastest]

    @property
    def gain(self) -> float:
        """How many times faster "auto" is than the faster of forward and reverse mode."""
        return min(self.measured["forward"], self.measured["reverse"]) / self.measured["auto"]


def measure(name, seconds):
    """The Measured of one function, its modes timed for so many seconds in all; they have to agree first."""
    import dualrev as dr
    from dualrev.arguments import Arguments
    from dualrev.modes import plan, smallest_waist
    from dualrev.shapes import size

    function = BY_NAME[name]
    recording = Arguments(function.f, (function.x,), {}, 0).record()
    choice, x = plan(recording), function.x
    modes = ["forward", "reverse"]
    if smallest_waist(recording).size < min(choice.inputs, choice.outputs):
        modes.append("mixed")
    jacobians = {mode: dr.jacobian(function.f, mode=mode) for mode in (*modes, "auto")}
    results = {mode: jacobian(x) for mode, jacobian in jacobians.items()}
    for mode, J in results.items():
        agreement.check(f"{name} by {mode}", results["forward"], J)
    del results, recording
    timings = timed({mode: (lambda J=jacobian: J(x)) for mode, jacobian in jacobians.items()}, seconds)
    return Measured(
        name, size(x), choice.outputs, choice.mode, dict(choice.seconds), {m: t.lower for m, t in timings.items()}
    )


def run(functions, seconds):
    """Yield the Measured of each function, from a fresh process, so that no heap remembers another."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as fresh_process:
        jobs = [fresh_process.submit(measure, function.name, seconds) for function in functions]
        for job in jobs:
            yield job.result()
