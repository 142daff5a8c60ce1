"""vjp: the pullback of one recording."""

import numpy as np
import pytest

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


FUNCTIONS = {  # a function of x that complex numbers pass through too
    "products": lambda x: np.prod(x) * x,
    "loop": lambda x: sum(v**k for k, v in enumerate(x, start=2)),
    "solve": lambda x: np.linalg.solve(np.diag(x) + np.ones((3, 3)), x[::-1]),
    "einsum": lambda x: np.einsum("i,j,j,k->ik", x, x, np.sin(x), x),
    "stacked": lambda x: np.stack([np.cumsum(x), x[[0, 0, 2]] / x, np.array([x[0], 1.0, x[1]])]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_cotangent_is_that_of_complex_step(name):
    """w' J e_j for each unit vector e_j, by complex step."""
    f, h = FUNCTIONS[name], 1e-30
    y, pullback = dr.vjp(f, x)
    w = np.random.default_rng(1).normal(size=np.shape(y))
    np.testing.assert_array_equal(y, f(x))
    expected = [np.sum(w * np.imag(np.asarray(f(x + 1j * h * e), complex))) / h for e in np.eye(3)]
    np.testing.assert_allclose(pullback(w)[0], expected, rtol=1e-12)


def test_no_primal_and_no_dependence():
    y, pullback = dr.vjp(lambda: 3.0)
    assert y == 3.0 and pullback(1.0) == ()
    y, pullback = dr.vjp(lambda x: {"fixed": 2.0, "array": np.ones(2)}, x)
    np.testing.assert_array_equal(pullback({"fixed": 5.0, "array": np.ones(2)})[0], np.zeros(3))
    np.testing.assert_array_equal(pullback({"fixed": np.ones(4), "array": np.ones((4, 2))})[0], np.zeros((4, 3)))


def test_an_input_that_is_returned_gets_its_cotangent_whole():
    for f in (lambda x: x, lambda x: (x,), lambda x: np.asarray(x), lambda x: np.array([x[0], x[1], x[2]])):
        _, pullback = dr.vjp(f, x)
        ct = np.array([1.0, -2.0, 0.5])
        (g,) = pullback((ct,) if isinstance(f(x), tuple) else ct)
        np.testing.assert_array_equal(g, ct)
        assert not np.shares_memory(g, ct)


def test_the_cotangent_given_is_not_changed():
    ct = np.ones(3)
    _, pullback = dr.vjp(lambda x: x + x + x[::-1] * 2 + np.sum(x), x)
    for _ in range(3):
        np.testing.assert_array_equal(pullback(ct)[0], [7.0, 7.0, 7.0])
    np.testing.assert_array_equal(ct, np.ones(3))


MISFITS = {
    "scalar": (
        lambda ct: 1.0,
        r"a cotangent of shape \(\) does not fit the output of shape \(3,\): give it \(3,\), or",
    ),
    "another shape": (lambda ct: np.ones(2), r"cotangent of shape \(2,\) does not fit"),
    "two leading axes": (lambda ct: np.ones((2, 2, 3)), r"cotangent of shape \(2, 2, 3\) does not fit"),
    "complex": (lambda ct: ct * 1j, "complex cotangent for a real output: give its real and its"),
    "a list": (lambda ct: [1.0, 2.0, 3.0], r"cotangent \(\[0\], \[1\], \[2\]\) are not those of the output \(itself\)"),
    "nothing": (lambda ct: None, "leaves of the cotangent"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_a_cotangent_that_does_not_fit_is_refused_and_the_next_one_works(case):
    make, message = MISFITS[case]
    _, pullback = dr.vjp(lambda x: x * 2, x)
    with pytest.raises(dr.InputError, match=message):
        pullback(make(np.ones(3)))
    np.testing.assert_array_equal(pullback(np.ones(3))[0], [2.0, 2.0, 2.0])


def test_primals_are_named_in_errors():
    with pytest.raises(dr.InputError, match=r" is an integer.*write 3.0 in place of 3"):
        dr.vjp(np.sin, 3)
    with pytest.raises(dr.InputError, match=r"\[1\]\['b'\] is an integer"):
        dr.vjp(lambda x, p: x, 1.0, {"b": 2})
