"""Depth is no limit, the cost of a tape is linear, and a tape is freed when it has been used."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse import node
from dualrev.reverse.vjp import Recording


def test_a_chain_of_a_million_operations_differentiates():
    def chain(x):
        for _ in range(1_000_000):
            x = x * 1.000001
        return x

    assert dr.grad(chain)(1.0) == pytest.approx(chain(1.0), rel=1e-14)


def test_two_to_the_two_thousand_paths_add_up():
    def doubling(b):
        for _ in range(2000):
            b = (b + b) * 0.5
        return b

    assert dr.grad(doubling)(3.0) == 1.0
    assert dr.jacobian(doubling, mode="forward")(3.0) == 1.0


def test_paths_that_overflow_nothing_but_their_number():
    def doubling(b):
        for _ in range(1000):
            b = b + b
        return b

    assert dr.grad(doubling)(1.0) == 2.0**1000


def test_the_tape_is_freed_by_reference_counting_alone(monkeypatch):
    tapes = []

    class Watched(node.Tape):
        def __init__(self):
            super().__init__()
            tapes.append(weakref.ref(self))

    monkeypatch.setattr("dualrev.reverse.vjp.Tape", Watched)
    gc.collect()
    gc.disable()
    try:
        dr.grad(lambda x: np.sum(np.sin(x) * x[0]))(np.ones(3))
        y, pullback = dr.vjp(np.sin, np.ones(3))
        assert tapes[0]() is None
        assert len(tapes) == 2
        del y, pullback
        assert tapes[1]() is None
    finally:
        gc.enable()


def test_a_scalar_operation_takes_at_most_500_bytes_of_tape():
    def chain(x):
        for _ in range(50_000):
            x = np.sin(x) * 1.5
        return x

    tracemalloc.start()
    recording = Recording(chain, [np.float64(0.3)], [(lambda leaves: leaves[0], 1)])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(recording.lines) == 100_001
    assert held / 100_000 < 500


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_n_uses_of_the_elements_of_an_array_cost_no_more_than_n(mode):
    """Each x[i] has one line of the tape, however often it is used."""
    x = np.arange(1.0, 6.0)
    total = lambda x: sum(x[i] * x[i] * x[i] for i in range(len(x)))
    np.testing.assert_allclose(dr.jacobian(total, mode=mode)(x), 3 * x**2, rtol=1e-15)
    names = [call.op.name for _, call in node.calls(Recording(total, [x], [(lambda leaves: leaves[0], 1)]).lines)]
    assert names.count("getitem") == 5


def test_each_line_is_let_go_once_it_has_been_pulled():
    recording = Recording(lambda x: np.sum(np.sin(x) * x), [np.ones(3)], [(lambda leaves: leaves[0], 1)])
    assert None not in recording.lines
    recording.pull([1.0], (), last_time=True)
    assert recording.lines[1:] == [None, None, None]
