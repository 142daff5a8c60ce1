"""jvp: value and directional derivative in one sweep."""

import numpy as np
import pytest

import dualrev as dr

x = np.array([0.5, 1.0, 2.0])


def test_one_direction():
    y, dy = dr.jvp(lambda x: np.sin(x) * x[0], (x,), (np.array([1.0, 0.0, 2.0]),))
    np.testing.assert_array_equal(y, np.sin(x) * 0.5)
    np.testing.assert_allclose(dy, np.sin(x) + np.cos(x) * 0.5 * [1, 0, 2], rtol=1e-15)


def test_many_directions_are_those_one_by_one():
    f = lambda x, s: np.outer(np.exp(x), x) * s
    V, S = np.random.default_rng(0).normal(size=(7, 3)), np.arange(7.0)
    _, dy = dr.jvp(f, (x, 2.0), (V, S))
    assert dy.shape == (7, 3, 3)
    for k in range(7):
        np.testing.assert_array_equal(dy[k], dr.jvp(f, (x, 2.0), (V[k], S[k]))[1])


def test_trees_in_and_out():
    f = lambda p: {"product": p["a"] * p["b"], "same": p["b"], "fixed": 3.0}
    y, dy = dr.jvp(f, ({"a": 2.0, "b": x},), ({"a": 1.0, "b": np.zeros(3)},))
    np.testing.assert_array_equal(dy["product"], x)
    np.testing.assert_array_equal(dy["same"], np.zeros(3))
    assert dy["fixed"] == 0.0 and y["fixed"] == 3.0


def test_directions_of_a_constant_output_are_zeros_of_the_right_shape():
    _, dy = dr.jvp(lambda x: np.ones((2, 2)), (x,), (np.ones((4, 3)),))
    np.testing.assert_array_equal(dy, np.zeros((4, 2, 2)))


def test_the_tangent_may_be_of_integers():
    assert dr.jvp(lambda x: x**2, (3.0,), (1,))[1] == 6.0


@pytest.mark.parametrize("k", [0, 1])
def test_zero_and_one_direction_on_a_leading_axis(k):
    assert dr.jvp(np.sin, (x,), (np.ones((k, 3)),))[1].shape == (k, 3)
