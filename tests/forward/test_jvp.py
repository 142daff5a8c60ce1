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


FUNCTIONS = {  # a function of x that complex numbers pass through too
    "products": lambda x: np.prod(x) * x,
    "loop": lambda x: sum(v**k for k, v in enumerate(x, start=2)),
    "solve": lambda x: np.linalg.solve(np.diag(x) + np.ones((3, 3)), x[::-1]),
    "einsum": lambda x: np.einsum("i,j,j,k->ik", x, x, np.sin(x), x),
    "stacked": lambda x: np.stack([np.cumsum(x), x[[0, 0, 2]] / x, np.array([x[0], 1.0, x[1]])]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_tangent_is_that_of_complex_step(name):
    f, v, h = FUNCTIONS[name], np.array([0.3, -1.0, 2.0]), 1e-30
    y, dy = dr.jvp(f, (x,), (v,))
    np.testing.assert_array_equal(y, f(x))
    np.testing.assert_allclose(dy, np.imag(np.asarray(f(x + 1j * h * v), complex)) / h, rtol=1e-13)


def test_the_tangent_is_linear_in_the_direction():
    f, u, v = FUNCTIONS["solve"], np.array([0.3, -1.0, 2.0]), np.array([1.0, 0.5, -0.2])
    push = lambda v: dr.jvp(f, (x,), (v,))[1]
    np.testing.assert_allclose(push(2 * u - 3 * v), 2 * push(u) - 3 * push(v), rtol=1e-13)
    np.testing.assert_array_equal(push(np.zeros(3)), np.zeros(3))


def test_several_primals_add_their_parts():
    f = lambda a, b, c: a * b + c["k"] * np.sum(b)
    y, dy = dr.jvp(f, (2.0, x, {"k": 3.0}), (0.1, np.ones(3), {"k": -1.0}))
    np.testing.assert_array_equal(y, f(2.0, x, {"k": 3.0}))
    np.testing.assert_allclose(dy, 0.1 * x + 2.0 - 1.0 * np.sum(x) + 3.0 * 3, rtol=1e-14)


def test_the_result_is_new_and_the_seed_is_not_changed():
    v = np.ones(3)
    for f in (lambda x: x, lambda x: x[:], lambda x: x.reshape(3, 1), lambda x: +x, lambda x: x * 1.0):
        _, dy = dr.jvp(f, (x,), (v,))
        assert dy.flags.writeable and not np.shares_memory(dy, v) and not np.shares_memory(dy, x)
        dy[:] = 7.0
    np.testing.assert_array_equal(v, np.ones(3))


ERRORS = {
    "no tuples": (lambda: dr.jvp(np.sin, x, x), r"takes two tuples: write jvp\(f, \(x,\), \(v,\)\)"),
    "one too few": (lambda: dr.jvp(np.add, (x, x), (x,)), r"2 primals and 1 tangents; it needs one tangent for each"),
    "an integer": (lambda: dr.jvp(np.sin, (3,), (1.0,)), "primals.* is an integer.*write 3.0 in place of 3"),
    "another shape": (
        lambda: dr.jvp(np.sin, (x,), (np.ones(4),)),
        r"of shape \(4,\) does not fit the primal of shape \(3,\)",
    ),
    "complex": (lambda: dr.jvp(np.sin, (x,), (1j * x,)), "complex tangent for a real primal"),
    "missing": (lambda: dr.jvp(np.add, (x, x), (x, None)), "leaves of the tangent"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_does_not_fit_is_refused(case):
    use, message = ERRORS[case]
    with pytest.raises(dr.InputError, match=message):
        use()
