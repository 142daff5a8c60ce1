"""Counted bytes against tracemalloc, on arrays so large that Python's own objects vanish."""

import gc
import tracemalloc

import numpy as np
import pytest

import dualrev as dr
from dualrev.costs import program_cost
from dualrev.reverse.vjp import Recording

FACTOR = 2  # what a rule needs for a moment, such as partials, is not counted, and neither are a user's variables

rng = np.random.default_rng(0)
x = rng.uniform(1.0, 2.0, 160_000)  # 1.28 MB
A, W = rng.standard_normal((400, 400)), rng.standard_normal((400, 350))


def chain(x):
    for _ in range(6):
        x = np.sin(x) * x
    return np.sum(x)


def elementwise(x):
    for _ in range(6):
        x = np.sin(x) * x
    return x


def views(x):
    y = np.transpose(np.reshape(x, (400, 400)))[10:]
    return np.sum(np.exp(y) * y)


def layer(W):
    return np.sum((A @ np.tanh(A @ W)) ** 2)


def wide(x):
    return np.sum(np.exp(x) + np.sin(x) + np.sqrt(x) + np.log(x))


def indexed(x):
    return np.sum(np.sqrt(x[1:]) * x[:-1])


PROGRAMS = [(chain, x), (elementwise, x), (views, x), (layer, W), (wide, x), (indexed, x)]
each_program = pytest.mark.parametrize(("f", "x"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))


def recorded(f, x):
    return Recording(f, [x], [(lambda leaves: leaves[0], 1)])


def cost_of(f, x):
    recording = recorded(f, x)
    return program_cost(recording.lines, 1, recording.indices)


def allocated(run):
    """(bytes that are still there while its result is held, the most at any time) that run() allocates."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = run()  # noqa: F841 - held
        return tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


@each_program
def test_the_tape_keeps_the_counted_bytes(f, x):
    kept, _ = allocated(lambda: recorded(f, x))
    assert cost_of(f, x).tape_bytes == pytest.approx(x.nbytes + kept, rel=0.01)


def about(counted, measured):
    return measured / FACTOR <= counted <= measured * FACTOR


@each_program
def test_the_peak_of_f(f, x):
    assert about(cost_of(f, x).peak_value, x.nbytes + allocated(lambda: f(x))[1])


@each_program
@pytest.mark.parametrize("K", [1, 4])
def test_the_peak_of_a_forward_sweep(f, x, K):
    v = np.ones((K, *x.shape))
    _, peak = allocated(lambda: dr.jvp(f, (x,), (v,)))
    assert about(cost_of(f, x).peak_forward(K), x.nbytes + v.nbytes + peak)


@each_program
@pytest.mark.parametrize("K", [1, 4])
def test_the_peak_of_a_reverse_sweep(f, x, K):
    w = np.ones((K, *np.shape(f(x))))
    _, peak = allocated(lambda: dr.vjp(f, x)[1](w))
    assert about(cost_of(f, x).peak_reverse(K), w.nbytes + peak)


def test_views_keep_no_memory_of_their_own():
    assert cost_of(lambda x: np.transpose(np.reshape(x, (400, 400)))[1:], x).tape_bytes == x.nbytes
    copied = cost_of(lambda x: np.ravel(np.transpose(np.reshape(x, (400, 400))))[1:], x)
    assert copied.tape_bytes == 2 * x.nbytes  # a transpose cannot be made flat without a copy


def test_a_python_number_is_eight_bytes():
    assert cost_of(lambda x: np.sin(x) * 3.0, 2.0).tape_bytes == 3 * 8


def test_memory_grows_with_the_program_in_reverse_mode_only():
    def repeated(times):
        def f(x):
            for _ in range(times):
                x = np.sin(x)
            return x

        return cost_of(f, x)

    assert repeated(20).peak_forward() == repeated(10).peak_forward() == 2 * 3 * x.nbytes
    assert repeated(20).peak_reverse() - repeated(10).peak_reverse() == 10 * x.nbytes


def test_cotangents_by_hand():
    cost = cost_of(lambda x: np.sum(np.sin(x) * x), x)
    assert cost.cotangents_peak == 3 * x.nbytes  # of sin(x), of x, and what arrives at x from sin(x)
    assert cost_of(lambda x: np.sum(x + 1.0), x).cotangents_peak == 8  # one number stands for all
    assert cost_of(lambda x: np.reshape(np.exp(x), (400, 400)), x).cotangents_peak == 2 * x.nbytes


def test_bytes_moved_by_hand():
    n = x.nbytes
    cost = cost_of(lambda x: np.sin(x)[:1000] * 2.0, x)
    part = 1000 * 8
    value = 2 * n + 0 + (part + 8 + part)
    assert cost.forward_bytes(3) == 2 * value + 3 * (2 * n + 0 + 2 * part)
    assert cost.reverse_bytes(3) == 2 * value + 3 * (2 * n + 3 * part + 2 * part)
