"""Depth is no limit, the cost of a tape is linear, and a tape is freed when it has been used."""

import gc
import sys
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


@pytest.fixture
def shallow_stack():
    """Room for 200 more frames: whoever walks the graph by recursion runs out of it."""
    limit, depth, frame = sys.getrecursionlimit(), 0, sys._getframe()
    while frame:
        depth, frame = depth + 1, frame.f_back
    sys.setrecursionlimit(depth + 200)
    yield
    sys.setrecursionlimit(limit)


def chain(x, length=20_000):
    for _ in range(length):
        x = np.sin(x) + 0.5
    return x


def slope_of_chain(x, length=20_000):
    slope = 1.0
    for _ in range(length):
        slope *= np.cos(x)
        x = np.sin(x) + 0.5
    return slope


WALKS = {
    "grad": lambda: dr.grad(chain)(0.3, 300),
    "jvp": lambda: dr.jvp(lambda x: chain(x, 300), (0.3,), (1.0,))[1],
    "jacobian, forward": lambda: dr.jacobian(chain, mode="forward")(0.3, 300),
    "jacobian, reverse": lambda: dr.jacobian(chain, mode="reverse")(0.3, 300),
    "linearize, forward": lambda: dr.linearize(lambda x: chain(x, 300), 0.3)[1].matvec(np.ones(1))[0],
    "linearize, backward": lambda: dr.linearize(lambda x: chain(x, 300), 0.3)[1].rmatvec(np.ones(1))[0],
}


@pytest.mark.parametrize("walk", WALKS)
def test_a_chain_is_walked_without_recursion(walk, shallow_stack):
    assert WALKS[walk]() == pytest.approx(slope_of_chain(0.3, 300), rel=1e-12, abs=0)


def test_second_derivatives_of_a_chain_without_recursion(shallow_stack):
    f = lambda x: chain(x, 300)
    slope = lambda z: np.imag(slope_of_chain(z, 300))  # the derivative of the slope, by complex step
    expected = slope(0.3 + 1e-30j) / 1e-30
    for inner in ("forward", "reverse"):
        for outer in ("forward", "reverse"):
            second = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(0.3)
            assert second == pytest.approx(expected, rel=1e-11, abs=0)


def test_a_long_chain_is_freed_without_recursion():
    """A list of a million nodes that each held the one before would overflow the stack when it goes."""
    y, pullback = dr.vjp(lambda x: chain(x, 100_000) * 0 + x, 0.3)
    del y, pullback
    kept = []
    dr.grad(lambda x: kept.append(chain(x, 100_000)) or x)(0.3)
    kept.clear()


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


USES = {
    "grad": lambda f: dr.grad(f)(np.ones(3)),
    "jvp": lambda f: dr.jvp(f, (np.ones(3),), (np.ones(3),)),
    "hessian": lambda f: dr.hessian(f)(np.ones(3)),
    "jacobian": lambda f: dr.jacobian(f, mode="reverse")(np.ones(3)),
    "choose_mode": lambda f: dr.choose_mode(f, np.ones(3)),
}


@pytest.mark.parametrize("use", USES)
def test_what_a_sweep_computed_is_freed_by_reference_counting_alone(use):
    seen = []

    def f(x):
        y = np.exp(x) * 2.0
        plain = dr.value(y)
        seen.append(weakref.ref(plain))
        return np.sum(y * y)

    gc.collect()
    gc.disable()
    try:
        result = USES[use](f)
        assert [ref() for ref in seen] == [None] * len(seen) != []
        del result
    finally:
        gc.enable()


def test_a_function_that_raises_leaves_no_tape_behind():
    seen = []

    def f(x):
        y = np.exp(x)
        seen.append(weakref.ref(dr.value(y)))
        raise KeyError("mine")

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(KeyError, match="mine") as caught:
            dr.grad(f)(np.ones(3))
        del caught
        assert seen[0]() is None
    finally:
        gc.enable()


def test_the_gradient_holds_on_to_nothing():
    x = np.ones(100_000)
    tracemalloc.start()
    gradient = dr.grad(lambda x: np.sum(np.exp(np.sin(x)) * x))(x)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert gradient.base is None
    assert held < gradient.nbytes + 20_000


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
