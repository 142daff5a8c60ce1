"""derivative: closed forms to order 6, nesting, and functions that are not elementwise."""

import mpmath
import numpy as np
import pytest

import dualrev as dr

X = np.array([-1.5, 0.0, 0.3, 2.0])
FUNCTIONS = {np.tanh: mpmath.tanh, np.exp: mpmath.exp, np.sin: mpmath.sin, np.arctan: mpmath.atan}


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("order", range(6))
def test_against_mpmath(f, order):
    with mpmath.workdps(40):
        want = [float(mpmath.diff(FUNCTIONS[f], mpmath.mpf(float(x)), order)) for x in X]
    np.testing.assert_allclose(dr.derivative(f, order)(X), want, rtol=1e-11, atol=1e-13)


def test_tanh_of_one_to_order_four():
    found = [float(dr.derivative(np.tanh, k)(1.0)) for k in range(5)]
    assert found[0] == 0.7615941559557649
    t = found[0]
    polynomials = [1 - t**2, -2 * t * (1 - t**2), (1 - t**2) * (6 * t**2 - 2), (1 - t**2) * (16 * t - 24 * t**3)]
    np.testing.assert_allclose(found[1:], polynomials, rtol=1e-13)


def test_it_is_differentiated_and_nests():
    np.testing.assert_allclose(dr.grad(lambda x: np.sum(dr.derivative(np.tanh, 2)(x)))(X), dr.derivative(np.tanh, 3)(X))
    np.testing.assert_allclose(dr.derivative(dr.derivative(np.sin))(X), -np.sin(X), atol=1e-15)


def test_shapes_and_numbers():
    assert dr.derivative(np.square)(3) == 6.0
    assert dr.derivative(np.exp)(np.zeros((2, 3))).shape == (2, 3)
    assert dr.derivative(np.exp)(np.zeros(3, np.float32)).dtype == np.float32
    assert dr.derivative(np.tanh, 2).__name__ == "tanh" and repr(dr.derivative(np.tanh)) == "<derivative of tanh>"


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x - np.mean(x), r"element \[0\] of this one depends on other elements"),
        (np.cumsum, r"element \[1\] of this one depends on other elements"),
        (np.sum, r"returns shape \(\) for x of shape \(4,\)"),
        (lambda x: (x, x), "returns a tuple"),
    ],
)
def test_what_is_not_elementwise_is_refused(f, said):
    with pytest.raises(dr.InputError, match=said):
        dr.derivative(f)(X)


@pytest.mark.parametrize("order", [-1, 1.5, np.ones(2), True])
def test_an_order_is_a_whole_number(order):
    with pytest.raises(dr.InputError, match="write a whole number"):
        dr.derivative(np.tanh, order)
