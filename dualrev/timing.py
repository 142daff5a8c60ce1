"""Measuring: seconds per call, methods taking turns; and the most bytes that a call holds."""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

Key = TypeVar("Key")

IN_BROWSER = sys.platform == "emscripten"  # whose clock is too coarse to measure by
FEWEST = 3  # runs of each call, however long they take


@dataclass(frozen=True)
class Timing:
    """Seconds per call, over several runs: the best, and the quartiles."""

    best: float
    lower: float
    median: float
    upper: float
    runs: int

    @classmethod
    def of(cls, seconds: list[float]) -> "Timing":
        """The Timing of the runs that took so many seconds each.

        >>> Timing.of([3.0, 1.0, 2.0, 5.0, 4.0])
        Timing(best=1.0, lower=2.0, median=3.0, upper=4.0, runs=5)
        """
        lower, median, upper = (float(q) for q in np.quantile(seconds, (0.25, 0.5, 0.75)))
        return cls(min(seconds), lower, median, upper, len(seconds))

    @property
    def half_range(self) -> float:
        """Half of the distance between the quartiles: what stands behind +-."""
        return (self.upper - self.lower) / 2

    def overlaps(self, other: "Timing") -> bool:
        """Do the quartiles leave open which of the two is faster?"""
        return self.lower <= other.upper and other.lower <= self.upper


@contextmanager
def without_gc() -> Iterator[None]:
    """Garbage is collected now, and then not until the block is left; whether it was on before is restored."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def timed(
    calls: Mapping[Key, Callable[[], Any]], seconds: float, clock: Callable[[], float] = perf_counter
) -> dict[Key, Timing]:
    """Time some calls against each other for so many seconds in all.

    First each runs FEWEST times, in rounds; then always the one that has had least of the time. So the slow ones are
    spread over the whole measurement, the fast ones run many times in between, and noise from outside hits all alike.
    The caller has run each of them once before, which does not count.

    >>> ticks = iter(range(100))
    >>> timed({"f": lambda: None}, seconds=2.0, clock=lambda: float(next(ticks)))["f"].runs
    3
    """
    runs: dict[Key, list[float]] = {key: [] for key in calls}
    used = dict.fromkeys(calls, 0.0)

    def run(key: Key) -> None:
        runs[key].append(seconds_of(calls[key], clock))
        used[key] += runs[key][-1]

    with without_gc():
        for _ in range(FEWEST):
            for key in calls:
                run(key)
        while calls and sum(used.values()) < seconds:
            run(min(used, key=used.__getitem__))
    return {key: Timing.of(each) for key, each in runs.items()}


def best_of(times: int, call: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds of several runs, after one that does not count; and the result."""
    result = call()
    with without_gc():
        return min(seconds_of(call) for _ in range(times)), result


def seconds_of(call: Callable[[], Any], clock: Callable[[], float] = perf_counter) -> float:
    """The seconds of one run."""
    start = clock()
    call()
    return clock() - start


def peak_memory(call: Callable[[], Any]) -> int:
    """The most bytes that a call held at once, its result included; what was held before it does not count.

    >>> 8_000_000 <= peak_memory(lambda: np.ones(1_000_000) + 1.0) <= 16_100_000
    True
    """
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if ours:
            tracemalloc.stop()
