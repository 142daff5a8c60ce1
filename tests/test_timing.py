"""Measuring, with a clock that the test winds: nothing here depends on how fast the machine is."""

import gc

import numpy as np
import pytest

from dualrev.timing import FEWEST, Timing, best_of, peak_memory, seconds_of, timed, without_gc


class Clock:
    """Time stands still but for what a call says that it takes."""

    def __init__(self):
        self.now, self.order = 0.0, []

    def __call__(self):
        return self.now

    def taking(self, name, *seconds):
        left = list(seconds)

        def call():
            self.order.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return call


def test_a_timing_has_the_best_and_the_quartiles():
    timing = Timing.of([4.0, 1.0, 3.0, 2.0, 5.0])
    assert (timing.best, timing.lower, timing.median, timing.upper, timing.runs) == (1.0, 2.0, 3.0, 4.0, 5)
    assert timing.half_range == 1.0


@pytest.mark.parametrize(
    ("a", "b", "overlaps"),
    [((1.0, 3.0), (2.0, 4.0), True), ((1.0, 2.0), (2.0, 3.0), True), ((1.0, 2.0), (2.1, 3.0), False)],
)
def test_timings_overlap_where_their_quartiles_do(a, b, overlaps):
    first, second = (Timing(0.0, low, low, high, 3) for low, high in (a, b))
    assert first.overlaps(second) == second.overlaps(first) == overlaps


def test_calls_take_turns_and_each_runs_three_times_at_least():
    clock = Clock()
    timings = timed({"a": clock.taking("a", 1.0), "b": clock.taking("b", 5.0)}, 0.0, clock)
    assert clock.order == ["a", "b"] * FEWEST
    assert (timings["a"].best, timings["b"].best) == (1.0, 5.0)
    assert timings["a"].runs == timings["b"].runs == 3


def test_time_that_is_left_goes_to_the_one_that_had_least():
    clock = Clock()
    timings = timed({"slow": clock.taking("slow", 10.0), "fast": clock.taking("fast", 1.0)}, 60.0, clock)
    assert timings["slow"].runs == 3  # 30 of the 60
    assert timings["fast"].runs == 30


def test_the_best_run_counts():
    clock = Clock()
    assert timed({"f": clock.taking("f", 5.0, 2.0, 3.0)}, 0.0, clock)["f"].best == 2.0
    assert seconds_of(clock.taking("f", 7.0), clock) == 7.0


def test_no_calls_no_timings():
    assert timed({}, 1.0) == {}


def test_best_of_runs_once_more_than_it_counts():
    runs = []
    seconds, result = best_of(3, lambda: runs.append(len(runs)) or len(runs))
    assert (len(runs), result) == (4, 1)
    assert seconds >= 0.0


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_is_as_it_was_afterwards(was_on):
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), without_gc():
            assert not gc.isenabled()
            1 / 0  # noqa: B018 - what leaves the block is an error
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_nothing_is_collected_while_a_call_is_timed():
    seen = []
    timed({"f": lambda: seen.append(gc.isenabled())}, 0.0)
    assert seen == [False] * FEWEST


def test_peak_memory_counts_what_is_held_at_once():
    def two_at_a_time():
        a = np.ones(100_000)
        b = a + 1.0
        del a
        return b * 2.0

    assert 1_600_000 <= peak_memory(two_at_a_time) < 1_610_000


def test_peak_memory_leaves_out_what_was_there_before():
    import tracemalloc

    tracemalloc.start()
    try:
        np.ones(3_000_000)  # let go at once, but the peak until now
        kept = np.ones(1_000_000)
        assert 800_000 <= peak_memory(lambda: kept[:100_000] + 1.0) < 810_000
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
