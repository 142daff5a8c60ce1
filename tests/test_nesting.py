"""Nesting: transformations inside transformations, in every combination of modes, without perturbation confusion."""

import itertools

import mpmath
import numpy as np
import pytest

import dualrev as dr

MODES = ("forward", "reverse")
PAIRS = list(itertools.product(MODES, repeat=2))
TRIPLES = list(itertools.product(MODES, repeat=3))


def derivative(f, mode):
    return dr.jacobian(f, mode=mode)


# ---- confusion: a derivative that sees the wrong perturbation --------------------------------------------------------


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_the_inner_derivative_does_not_see_the_outer_variable(outer, inner):
    assert derivative(lambda x: x * derivative(lambda y: x + y, inner)(1.0), outer)(1.0) == 1.0


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_the_inner_derivative_may_depend_on_the_outer_variable(outer, inner):
    assert derivative(lambda x: derivative(lambda y: x * y**2, inner)(x), outer)(3.0) == pytest.approx(12.0, rel=1e-15)


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_an_inner_function_that_returns_the_outer_variable_is_constant(outer, inner):
    assert derivative(lambda x: x * derivative(lambda y: x, inner)(2.0), outer)(5.0) == 0.0


@pytest.mark.parametrize("modes", TRIPLES)
def test_three_levels_with_respect_to_three_variables(modes):
    a, b, c = modes
    f = lambda x: derivative(lambda y: derivative(lambda z: x**2 * y**3 * z**4, c)(x * y), b)(x)
    # d/dz is 4 x^2 y^3 z^3, at z = x y: 4 x^5 y^6; d/dy of that, at y = x: 24 x^10
    assert derivative(f, a)(1.3) == pytest.approx(240 * 1.3**9, rel=1e-14)


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_a_captured_vector_is_a_constant_inside(outer, inner):
    v = np.array([1.0, 2.0, 3.0])
    f = lambda x: np.sum(x * derivative(lambda y: np.sum(x * y**2), inner)(v))  # sum 2 v x^2
    np.testing.assert_allclose(derivative(f, outer)(v), 4 * v * v, rtol=1e-15)


def test_a_pullback_is_called_inside_another_transformation():
    y, pullback = dr.vjp(np.sin, 0.5)
    assert dr.grad(lambda c: c * pullback(c)[0])(3.0) == pytest.approx(6 * np.cos(0.5), rel=1e-15)
    assert y == np.sin(0.5)


def test_directions_with_a_leading_axis_inside_a_transformation():
    v = np.eye(3)
    f = lambda x: np.sum(dr.jvp(lambda t: np.sum(t**3), (x,), (v,))[1])
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(dr.grad(f)(x), 6 * x, rtol=1e-15)


# ---- higher order ----------------------------------------------------------------------------------------------------

SCALARS = {
    "sin x exp x": (lambda x: np.sin(x) * np.exp(x), lambda x: mpmath.sin(x) * mpmath.exp(x)),
    "x ** 2.5": (lambda x: x**2.5, lambda x: x ** mpmath.mpf("2.5")),
    "tanh(x) / (1 + x**2)": (lambda x: np.tanh(x) / (1 + x**2), lambda x: mpmath.tanh(x) / (1 + x**2)),
    "log(1 + sqrt x)": (lambda x: np.log(1 + np.sqrt(x)), lambda x: mpmath.log(1 + mpmath.sqrt(x))),
}


@pytest.mark.parametrize("modes", TRIPLES)
def test_third_derivative_in_all_mode_orders(modes):
    for f, exact in SCALARS.values():
        for mode in modes:
            f = derivative(f, mode)
        with mpmath.workdps(50):
            expected = float(mpmath.diff(exact, mpmath.mpf(0.7), 3))
        assert f(0.7) == pytest.approx(expected, rel=2e-14)


def test_third_derivative_is_the_known_number():
    f = dr.grad(dr.grad(dr.grad(lambda x: np.sin(x) * np.exp(x))))
    assert f(0.7) == pytest.approx(0.485815827113, abs=1e-12)


@pytest.mark.parametrize("order", range(5))
def test_derivatives_of_tanh_by_nested_grad(order):
    f = np.tanh
    for _ in range(order):
        f = dr.grad(f)
    with mpmath.workdps(50):
        expected = float(mpmath.diff(mpmath.tanh, mpmath.mpf(0.4), order))
    assert f(0.4) == pytest.approx(expected, rel=1e-14)


rng = np.random.default_rng(20)
A, B, P = rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), np.eye(3) + 0.1 * rng.normal(size=(3, 3))


def loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + (x[i + 1] - x[i] ** 2) ** 2
    return total


ARRAY_FUNCTIONS = {
    "rosenbrock loop": loop,
    "rosenbrock": lambda x: np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
    "quadratic form": lambda x: x @ A @ x,
    "tanh of matvec": lambda x: np.sum(np.tanh(B @ x) ** 2),
    "logistic": lambda x: np.mean(np.logaddexp(0, -B @ x)),
    "log sum exp": lambda x: np.log(np.sum(np.exp(x))),
    "norm": lambda x: np.linalg.norm(x) ** 3,
    "solve": lambda x: np.sum(np.linalg.solve(P + np.diag(x), x)),
    "log det": lambda x: np.linalg.slogdet(P + np.diag(x))[1],
    "det": lambda x: np.linalg.det(P + np.outer(x, x)),
    "inverse": lambda x: np.trace(np.linalg.inv(P + np.diag(x))),
    "cholesky": lambda x: np.sum(np.linalg.cholesky(np.eye(3) * 3 + np.outer(x, x)) ** 2),
    "product": lambda x: np.prod(x) + np.prod(np.sin(x)),
    "cumulative product": lambda x: np.sum(np.cumprod(x) ** 2),
    "variance": lambda x: np.var(np.exp(x)) + np.std(x),
    "einsum": lambda x: np.einsum("i,ij,j,i->", x, A, np.sin(x), x),
    "where": lambda x: np.sum(np.where(x > 0.8, x**3, np.exp(x))),
    "sort and max": lambda x: np.sum(np.sort(x) * np.array([1.0, 2.0, 3.0]) * x) + np.max(x**2),
    "powers": lambda x: np.sum(x**x) + x[0] ** x[1],
    "object array": lambda x: np.sum(np.array([x[0] * x[1], np.sin(x[2]), x[0] ** 2]) ** 2),
}


@pytest.mark.parametrize("name", ARRAY_FUNCTIONS)
def test_hessian_is_the_same_in_all_four_orders_and_by_complex_step(name):
    f, x = ARRAY_FUNCTIONS[name], np.array([0.9, 0.5, 1.3])
    hessians = [derivative(derivative(f, inner), outer)(x) for inner, outer in PAIRS]
    scale = np.max(np.abs(hessians[0]))
    for H in hessians[1:]:
        np.testing.assert_allclose(H, hessians[0], rtol=0, atol=1e-13 * scale)
    np.testing.assert_allclose(hessians[0], hessians[0].T, rtol=0, atol=1e-13 * scale)
    g, h = dr.grad(f), 1e-3  # Richardson's sixth-order central difference of the gradient
    for j, e in enumerate(np.eye(3)):
        D = lambda s: (g(x + s * e) - g(x - s * e)) / (2 * s)
        column = (64 * D(h / 4) - 20 * D(h / 2) + D(h)) / 45
        np.testing.assert_allclose(hessians[0][:, j], column, rtol=0, atol=2e-10 * scale)


def test_hvp_is_the_hessian_times_the_direction():
    f, x, v = ARRAY_FUNCTIONS["solve"], np.array([0.9, 0.5, 1.3]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(dr.hvp(f, x, v), dr.hessian(f)(x) @ v, rtol=1e-13)
    np.testing.assert_allclose(dr.hvp(f, x, np.eye(3)), dr.hessian(f)(x), rtol=1e-13)


def test_jacobian_of_a_jacobian_in_chunks():
    f, x = lambda x: np.outer(x, np.sin(x)), np.array([0.9, 0.5, 1.3])
    whole = dr.jacobian(dr.jacobian(f))(x)
    assert whole.shape == (3, 3, 3, 3)
    for inner, outer in PAIRS:
        chunked = dr.jacobian(dr.jacobian(f, mode=inner, chunk=2), mode=outer, chunk=4)(x)
        np.testing.assert_allclose(chunked, whole, rtol=0, atol=1e-15)
