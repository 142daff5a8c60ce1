"""The tape in the user's hands: adjoints against vjp, what it shows, and each of its refusals."""

import numpy as np
import pytest

import dualrev as dr


def test_the_survey_by_hand():
    """Baydin et al. (2018), table 3."""
    tape = dr.Tape()
    x1, x2 = tape.variable(2.0, "x1"), tape.variable(5)
    y = np.log(x1) + x1 * x2 - np.sin(x2)
    tape.backward(y)
    assert (x1.value, x1.grad) == (2.0, 5.5) and type(x1.grad) is float
    assert y.value == pytest.approx(11.652071455223084, rel=1e-15) and x2.grad == pytest.approx(1.7163378145367738)
    assert [v.name for v in (x1, x2, y)] == ["x1", "x2", "y"]
    assert repr(x2) == "Value(x2 = 5.0)" and y.grad == 1.0


def test_variables_and_operations_in_any_order():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(3, 3)), rng.normal(size=3)
    tape = dr.Tape()
    x = tape.variable(A)
    y = np.tanh(x @ x)
    z = tape.variable(b)
    out = y @ z
    tape.backward(out, seed=[1.0, -2.0, 0.5])
    _, pullback = dr.vjp(lambda x, z: np.tanh(x @ x) @ z, A, b)
    for mine, right in zip((x.grad, z.grad), pullback(np.array([1.0, -2.0, 0.5])), strict=True):
        np.testing.assert_allclose(mine, right, rtol=1e-14)
    assert [row.name for row in tape.table().rows] == ["x", "z", "v1", "y", "out"]


def test_the_adjoints_of_what_lies_between_and_of_what_does_not_matter():
    tape = dr.Tape()
    x, unused = tape.variable(3.0), tape.variable(np.ones(2))
    a = x * x
    aside = a + 1.0
    y = a * x
    tape.backward(y)
    assert (x.grad, a.grad, aside.grad) == (27.0, 3.0, 0.0) and unused.grad.tolist() == [0.0, 0.0]


def test_constants_are_kept_as_they_were():
    tape, c = dr.Tape(), np.full(10_000, 2.0)
    x = tape.variable(np.ones(10_000))
    y = np.sum(x * c)
    c *= 5
    tape.backward(y)
    assert x.grad[0] == 2.0


def test_the_table_before_and_after():
    tape = dr.Tape("lesson")
    x = tape.variable(2.0)
    y = x**2
    assert [row.adjoint for row in tape.table().rows] == [None, None]
    tape.backward(y)
    assert [row.adjoint for row in tape.table().rows] == [4.0, 1.0] and tape.table().title.startswith("lesson")
    assert str(tape) == str(tape.table()) and [n.adjoint for n in tape.graph().nodes] == ["4", "1"]
    assert tape.steps()[-1].adjoints == {"x": "4", "y": "1"}


def test_derivatives_of_derivatives():
    """c = y**3 x with y = x: dc/dy = 3 x**3, whose derivative is 9 x**2."""
    outer, inner = dr.Tape("outer"), dr.Tape("inner")
    x = outer.variable(2.0)
    y = inner.variable(x)
    c = y**3 * x
    inner.backward(c)
    outer.backward(y.grad)
    assert dr.value(y.grad) == 24.0 and x.grad == 36.0


def test_forward_over_a_tape():
    tape = dr.Tape()
    x = tape.variable(dr.Dual(0.5, 1.0))
    y = np.tanh(x)
    tape.backward(y)
    t = np.tanh(0.5)
    assert x.grad.primal == pytest.approx(1 - t**2) and x.grad.tangent == pytest.approx(-2 * t * (1 - t**2))


def test_a_second_backward_starts_after_clear():
    tape = dr.Tape()
    x = tape.variable(2.0)
    y = x**2
    z = x**3
    tape.backward(y)
    with pytest.raises(dr.InputError, match=r"called before, from y.*those of z: call tape.clear\(\) first"):
        tape.backward(z)
    tape.clear()
    tape.backward(z)
    assert x.grad == 12.0


def refusals():
    tape, other = dr.Tape(), dr.Tape("other")
    x, theirs = tape.variable(2.0, "x"), other.variable(3.0, "theirs")
    y = x * x
    yield lambda: x.grad, r"x has no grad yet: call tape.backward\(y\)"
    yield lambda: other.variable(1.0) * x, "x is a value of another tape than other"
    yield lambda: tape.backward(theirs), "theirs is a value of another tape: call backward of that one"
    yield lambda: tape.backward(4.0), "this is a float: it does not depend"
    yield lambda: tape.backward(y, seed=[1.0, 2.0]), r"y has shape \(\), and the seed \(2,\)"
    yield lambda: tape.variable({"a": 1.0}), "the value of a variable is a number or an array, not a dict"


@pytest.mark.parametrize("k", range(6))
def test_what_is_refused_says_what_to_do(k):
    does, message = list(refusals())[k]
    with pytest.raises(dr.InputError, match=message):
        does()


def test_what_came_after_backward_has_no_grad():
    tape = dr.Tape()
    x = tape.variable(2.0)
    y = x * x
    tape.backward(y)
    late = y + 1.0
    with pytest.raises(dr.InputError, match=r"late was computed after tape.backward"):
        _ = late.grad


def test_an_empty_tape_can_be_printed():
    assert str(dr.Tape()).startswith("tape: 0 operations")
