"""Dual numbers made by hand: their arithmetic, nested ones, and what is refused."""

import numpy as np
import pytest

import dualrev as dr


def test_the_arithmetic_of_dual_numbers():
    """(a + a' eps)(b + b' eps) = ab + (a' b + a b') eps, printed with numbers of Python."""
    assert repr(dr.Dual(2.0, 1.0) * dr.Dual(5.0) + 1) == "Dual(11.0 + 5.0 eps)"
    assert repr(np.sin(dr.Dual(0.0, 1.0))) == "Dual(0.0 + 1.0 eps)"
    assert repr(1 / dr.Dual(2, 1)) == "Dual(0.5 - 0.25 eps)"
    assert repr(dr.Dual(np.float32(0.1), 1)) == "Dual(0.1 + 1.0 eps)"


@pytest.mark.parametrize("f", [np.tanh, np.exp, lambda x: x**3 - 1 / x, lambda x: x @ x if np.ndim(x) else x * x])
@pytest.mark.parametrize("x", [0.7, np.array([0.7, 1.3])])
def test_the_tangent_is_that_of_jvp(f, x):
    given, along = np.ones_like(x) * 0.3, dr.Dual(x, 0.3)
    y, dy = dr.jvp(f, (x,), (given,))
    np.testing.assert_array_equal(dr.value(f(along)), y)
    np.testing.assert_array_equal(f(along).tangent, dy)


def test_a_dual_of_duals_has_the_second_derivative():
    y = dr.Dual(dr.Dual(2.0, 1.0), 1.0) ** 3
    assert repr(y) == "Dual(Dual(8.0 + 12.0 eps) + Dual(12.0 + 12.0 eps) eps)"


def test_any_transformation_of_a_dual_is_differentiated():
    """Forward over reverse, with tanh'' = -2 tanh (1 - tanh^2)."""
    slope, t = dr.grad(np.tanh)(dr.Dual(0.5, 1.0)), np.tanh(0.5)
    assert slope.primal == pytest.approx(1 - t**2) and slope.tangent == pytest.approx(-2 * t * (1 - t**2))
    assert repr(dr.grad(lambda v: v * dr.Dual(3.0, 1.0))(2.0)) == "Dual(3.0 + 1.0 eps)"


def test_the_numbers_are_those_given():
    x = np.array([1.0, 2.0])
    made = dr.Dual(x, x)
    x[0] = 9.0
    made[1] = made[0] * 3
    assert made.tangent.tolist() == [1.0, 3.0] and x.tolist() == [9.0, 2.0]


REFUSED = {
    "a direction more": (lambda: dr.Dual(2.0, [1.0, 2.0]), r"one direction, a tangent of shape \(\).*dr.jvp"),
    "a matrix of directions": (lambda: dr.Dual([1.0, 2.0], np.eye(2)), r"a tangent of shape \(2,\)"),
    "a tree": (lambda: dr.Dual({"a": 1.0}), "is a number or an array, not a dict"),
    "text": (lambda: dr.Dual("2"), "is a number or an array, not a str"),
    "integers": (lambda: dr.Dual(np.array([1, 2])), r"an array of integers.*astype\(float\)"),
    "inside": (lambda: dr.grad(lambda x: dr.Dual(x, 1.0).tangent)(1.0), "make the dual number outside"),
    "too deep": (lambda: dr.Dual(dr.Dual(dr.Dual(dr.Dual(dr.Dual(1.0, 1.0))))), "nest 4 deep"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_what_to_do(case):
    make, message = REFUSED[case]
    with pytest.raises(dr.DualrevError, match=message):
        make()


def test_at_a_kink_both_parts_can_be_printed():
    assert repr(abs(dr.Dual(dr.Dual(0.0, 1.0), 1.0)) ** 2) == "Dual(Dual(0.0 + 0.0 eps) + Dual(0.0 + 2.0 eps) eps)"
