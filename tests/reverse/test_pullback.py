"""The way back: cotangents from the output to the inputs, in one sweep over the lines."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse.node import Tape
from dualrev.reverse.pullback import Sweep

X = np.array([0.5, 1.0, 2.0])


def recorded(f, *xs):
    """(lines, index of the result) of f."""
    tape = Tape()
    out = f(*[tape.input(x) for x in xs])
    return tape.close(), out.index


def test_several_paths_to_one_value_add_up():
    lines, last = recorded(lambda x: x * x + np.sin(x) * x, 2.0)
    (ct,), _ = Sweep(()).run(lines, [last], [1.0], 1)
    assert ct == pytest.approx(2 * 2.0 + np.cos(2.0) * 2.0 + np.sin(2.0), rel=1e-15)


def test_an_input_that_does_not_matter_has_no_cotangent():
    lines, last = recorded(lambda x, y: y * 2.0, 1.0, 3.0)
    cts, _ = Sweep(()).run(lines, [last], [5.0], 2)
    assert cts == [None, 10.0]


def test_several_outputs_and_constants_are_seeded():
    tape = Tape()
    x = tape.input(2.0)
    y, z = x * 3.0, x * 5.0
    lines = tape.close()
    assert Sweep(()).run(lines, [y.index, None, z.index], [1.0, 1.0, 10.0], 1)[0] == [53.0]
    assert Sweep(()).run(lines, [None], [1.0], 1)[0] == [None]
    assert Sweep(()).run(lines, [y.index, y.index, x.index], [1.0, 1.0, 7.0], 1)[0] == [13.0]


def test_lines_after_the_output_are_not_visited():
    visited = []

    class Line(tuple):
        def __getitem__(self, k):
            visited.append(k)
            return super().__getitem__(k)

    lines, last = recorded(lambda x: [x * 2.0, np.exp(x), np.log(x)][0], 1.0)
    lines[last + 1 :] = [Line(line) for line in lines[last + 1 :]]
    assert Sweep(()).run(lines, [last], [1.0], 1)[0] == [2.0]
    assert visited == []


@pytest.mark.parametrize("K", [1, 2, 3, 7])
def test_k_cotangents_are_those_one_by_one(K):
    def f(x, A):
        y = A @ x + x[:2] * np.sum(A, axis=1)
        return y * y[0] + np.outer(y, y)[1]

    A = np.arange(6.0).reshape(2, 3) / 5
    lines, last = recorded(f, X, A)
    W = np.random.default_rng(K).normal(size=(K, 2))
    (gx, gA), _ = Sweep((K,)).run(lines, [last], [W], 2)
    assert np.shape(gx) == (K, 3) and np.shape(gA) == (K, 2, 3)
    for k in range(K):
        (hx, hA), _ = Sweep(()).run(lines, [last], [W[k]], 2)
        np.testing.assert_allclose(gx[k], hx, rtol=0, atol=1e-14)
        np.testing.assert_allclose(gA[k], hA, rtol=0, atol=1e-14)


def test_the_sweep_leaves_the_lines_as_they_are():
    lines, last = recorded(lambda x: np.exp(x) * x, 1.0)
    kept = list(lines)
    first = Sweep(()).run(lines, [last], [1.0], 1)[0]
    assert lines == kept and Sweep(()).run(lines, [last], [1.0], 1)[0] == first


def test_the_seed_is_not_written_to_and_an_array_says_whether_it_is_ours():
    seed = np.ones(3)
    lines, last = recorded(lambda x: x + x * 2.0 + x, X)
    (ct,), (own,) = Sweep(()).run(lines, [last], [seed], 1)
    np.testing.assert_array_equal(seed, np.ones(3))
    np.testing.assert_array_equal(ct, [4.0, 4.0, 4.0])
    assert own and not np.shares_memory(ct, seed)
    lines, last = recorded(lambda x: x + 1.0, X)
    (ct,), (own,) = Sweep(()).run(lines, [last], [seed], 1)
    assert not own  # it may be the seed itself


@pytest.mark.parametrize("lead", [(), (4,)])
def test_a_linear_map_is_transposed_by_recording_it(lead):
    """<w, L v> = <L' w, v> for a map of two arguments, with and without leading axes."""
    M, rng = np.arange(6.0).reshape(2, 3), np.random.default_rng(0)
    L = lambda u, v: M @ u + np.sum(v) * np.array([1.0, -2.0]) + v[::2]
    w, u, v = rng.normal(size=(*lead, 2)), rng.normal(size=3), rng.normal(size=4)
    gu, gv = Sweep(lead).transpose(L, [np.zeros(3), np.zeros(4)], w)
    assert gu.shape == (*lead, 3) and gv.shape == (*lead, 4)
    np.testing.assert_allclose(w @ L(u, v), gu @ u + gv @ v, rtol=1e-13)


def test_the_transpose_of_a_map_that_does_not_use_its_argument_is_zero():
    gu, gv = Sweep((2,)).transpose(lambda u, v: 2.0 * u, [np.zeros(3), np.zeros((4, 1))], np.ones((2, 3)))
    np.testing.assert_array_equal(gu, np.full((2, 3), 2.0))
    np.testing.assert_array_equal(gv, np.zeros((2, 4, 1)))
    (gz,) = Sweep(()).transpose(lambda u: np.zeros(3), [np.zeros(3)], np.ones(3))
    np.testing.assert_array_equal(gz, np.zeros(3))


def test_an_op_met_on_the_way_back_is_differentiated_when_the_cotangent_is_traced():
    _, pullback = dr.vjp(lambda x: np.sin(x) * x, 0.7)
    assert dr.grad(lambda c: np.exp(pullback(c)[0]))(0.3) == pytest.approx(
        np.exp(0.3 * (slope := np.cos(0.7) * 0.7 + np.sin(0.7))) * slope, rel=1e-14
    )
