"""vjp: the pullback of one recording."""

import numpy as np

import dualrev as dr
from dualrev.reverse.node import Tape, calls
from dualrev.reverse.vjp import Recording

x = np.array([0.5, 1.0, 2.0])
WHOLE = [(lambda leaves: leaves[0], 1)]


def test_many_cotangents_are_those_one_by_one():
    _, pullback = dr.vjp(lambda x, s: np.outer(np.exp(x), x) * s, x, 2.0)
    W = np.random.default_rng(0).normal(size=(7, 3, 3))
    gx, gs = pullback(W)
    assert gx.shape == (7, 3) and gs.shape == (7,)
    for k in range(7):
        np.testing.assert_allclose(gx[k], pullback(W[k])[0], rtol=1e-14)
        np.testing.assert_allclose(gs[k], pullback(W[k])[1], rtol=1e-14)


def test_one_value_returned_twice_gets_both_cotangents():
    y, pullback = dr.vjp(lambda x: (x * 2, x * 2, x), x)
    np.testing.assert_array_equal(pullback(y)[0], 4 * y[0] + x)
    twice = lambda x: (lambda s: [s, s])(np.sum(x**2))
    _, pullback = dr.vjp(twice, x)
    np.testing.assert_array_equal(pullback([1.0, 10.0])[0], 22 * x)


def test_the_keys_of_a_cotangent_may_come_in_another_order():
    _, pullback = dr.vjp(lambda x: {"a": x, "b": 10 * x}, 1.0)
    assert pullback({"a": 1.0, "b": 2.0}) == pullback({"b": 2.0, "a": 1.0}) == (21.0,)
    _, dy = dr.jvp(lambda p: p["a"] + 10 * p["b"], ({"a": 1.0, "b": 1.0},), ({"b": 2.0, "a": 1.0},))
    assert dy == 21.0


def test_an_input_that_does_not_matter_has_gradient_zero():
    _, pullback = dr.vjp(lambda x, y: np.sum(x), x, {"unused": x, "name": "y"})
    gx, gy = pullback(1.0)
    np.testing.assert_array_equal(gx, np.ones(3))
    np.testing.assert_array_equal(gy["unused"], np.zeros(3))
    assert gy["name"] == "y"


def test_a_recording_is_pushed_along_as_well_as_pulled_back():
    f = lambda x: np.tanh(np.outer(x, x)) @ x + x[0]
    recording = Recording(f, [x], WHOLE)
    v, w = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.2, -1.0])
    (dy,), (gx,) = recording.push([v], ()), recording.pull([w], ())
    np.testing.assert_allclose(dy, dr.jvp(f, (x,), (v,))[1], rtol=1e-14)
    np.testing.assert_allclose(w @ dy, gx @ v, rtol=0, atol=1e-15)


def test_the_tape_is_the_program_in_the_order_computed():
    tape = Tape()
    a = tape.input(2.0)
    z = np.sin(a) * a + np.sum(np.ones(2) * a, axis=0)
    program = [(index, call.op.name, call.parents, call.params) for index, call in calls(tape.close())]
    assert program == [
        (1, "np.sin", (0,), {}),
        (2, "np.multiply", (1, 0), {}),
        (3, "np.multiply", (-1, 0), {}),
        (4, "np.sum", (3,), {"axis": 0}),
        (5, "np.add", (2, 4), {}),
    ]
    assert z.primal == np.sin(2.0) * 2.0 + 4.0


def test_what_is_written_into_x_or_y_later_does_not_reach_the_pullback():
    point = x.copy()
    y, pullback = dr.vjp(lambda x: np.exp(x) * x, point)
    expected = pullback(np.ones(3))[0]
    y -= 100.0
    point *= 0.0
    np.testing.assert_array_equal(pullback(np.ones(3))[0], expected)
    point = x.copy()
    y, J = dr.linearize(lambda x: np.exp(x) * x, point)
    y -= 100.0
    point *= 0.0
    np.testing.assert_array_equal(J.T @ np.ones(3), expected)


def test_the_function_runs_once():
    runs = []
    _, pullback = dr.vjp(lambda x: runs.append(1) or x**2, x)
    pullback(x)
    pullback(np.ones((4, 3)))
    assert runs == [1]
