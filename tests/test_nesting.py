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


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_two_inner_derivatives_of_one_variable_stay_apart(outer, inner):
    D = lambda f: derivative(f, inner)
    f = lambda x: D(lambda y: y**2 * x)(x) * D(lambda y: y**3 * x)(x)  # 2 x^2 * 3 x^3
    assert derivative(f, outer)(1.1) == pytest.approx(30 * 1.1**4, rel=1e-14)


@pytest.mark.parametrize("modes", TRIPLES)
def test_the_middle_variable_is_not_taken_for_the_inner_or_the_outer_one(modes):
    a, b, c = (lambda f, mode=mode: derivative(f, mode) for mode in modes)
    f = lambda x: b(lambda y: x * c(lambda z: x * y * z + y)(x + y))(2 * x)  # d/dy (x * x y) = x^2
    assert a(f)(3.0) == 6.0


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_a_function_made_under_one_derivative_is_differentiated_under_another(outer, inner):
    """The higher-order case of Manzyuk et al. (2019): the shift is perturbed outside, the argument inside."""
    shift = lambda u: lambda f: lambda x: f(x + u)
    f = lambda u: derivative(shift(u)(lambda x: x**3), inner)(2.0)  # 3 (2 + u)^2
    assert derivative(f, outer)(0.0) == 12.0
    twice = lambda u: derivative(lambda x: shift(u)(derivative(shift(u)(np.sin), inner))(x), inner)(0.2)
    assert derivative(twice, outer)(0.1) == pytest.approx(-2 * np.cos(0.4), rel=1e-15)  # of -sin(x + 2 u)


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_the_hessian_of_a_product_of_captured_vectors(outer, inner):
    """ForwardDiff's nested case: the inner function closes over a vector that the outer one varies."""
    f = lambda x: np.sum(derivative(lambda y: (x @ y) ** 2, inner)(x))  # 2 (x.x) sum(x)
    x = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(derivative(f, outer)(x), 4 * x * np.sum(x) + 2 * x @ x, rtol=1e-14)


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_gradient_descent_inside_is_differentiated_outside(outer, inner):
    """Ten steps on (w - a)^2 with rate r: w = a (1 - (1 - 2 r)^10)."""

    def descended(r, a=3.0):
        w = 0.0
        for _ in range(10):
            w = w - r * derivative(lambda w: (w - a) ** 2, inner)(w)
        return w

    assert derivative(descended, outer)(0.1) == pytest.approx(3 * 20 * 0.8**9, rel=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_a_value_kept_by_an_inner_transformation_is_one_of_the_outer(mode):
    y_of = lambda x: dr.value_and_grad(lambda y: x * y**2)(x)[0]  # x^3, through the value
    jvp_of = lambda x: dr.jvp(lambda y: x * y**2, (x,), (1.0,))[0]
    vjp_of = lambda x: dr.vjp(lambda y: x * y**2, x)[0]
    for f in (y_of, jvp_of, vjp_of):
        assert derivative(f, mode)(2.0) == 12.0


def test_a_pullback_is_called_inside_another_transformation():
    y, pullback = dr.vjp(np.sin, 0.5)
    assert dr.grad(lambda c: c * pullback(c)[0])(3.0) == pytest.approx(6 * np.cos(0.5), rel=1e-15)
    assert y == np.sin(0.5)


@pytest.mark.parametrize("mode", MODES)
def test_a_pullback_made_and_called_inside_depends_on_both(mode):
    def f(x):
        y, pullback = dr.vjp(lambda x: np.sin(x) * x[::-1], x)
        return pullback(y)[0] + pullback(np.ones(3))[0]

    def by_hand(x):
        g = lambda ct: ct * np.cos(x) * x[::-1] + (ct * np.sin(x))[::-1]
        return g(np.sin(x) * x[::-1]) + g(np.ones(3))

    x = np.array([0.4, 1.1, -0.3])
    np.testing.assert_allclose(f(x), by_hand(x), rtol=1e-15)
    np.testing.assert_allclose(derivative(f, mode)(x), derivative(by_hand, mode)(x), rtol=0, atol=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_a_pullback_called_after_the_sweep_around_it_has_ended_is_refused(mode):
    kept = []
    derivative(lambda x: kept.append(dr.vjp(lambda y: x * y**2, x)[1]) or x, mode)(2.0)
    with pytest.raises(dr.EscapedTracerError):
        derivative(lambda c: kept[0](c)[0], mode)(1.0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("K", [1, 2, 5])
def test_k_directions_and_cotangents_inside_a_transformation(mode, K):
    """The leading axis of an inner sweep is an axis like any other for the outer one."""
    weights, x = np.linspace(-1, 1, 3 * K).reshape(K, 3), np.array([0.4, 1.1, -0.3])
    g = lambda x: np.tanh(P @ x) * x[0]
    pushed = lambda x: dr.jvp(g, (x,), (weights * x,))[1]
    pulled = lambda x: dr.vjp(g, x)[1](weights * x)[0]
    products = lambda x: dr.hvp(lambda x: np.sum(g(x)), x, weights * x)
    J, H = dr.jacobian(g), dr.hessian(lambda x: np.sum(g(x)))
    one_by_one = (
        (pushed, lambda x: np.stack([J(x) @ (w * x) for w in weights])),
        (pulled, lambda x: np.stack([(w * x) @ J(x) for w in weights])),
        (products, lambda x: np.stack([H(x) @ (w * x) for w in weights])),
    )
    for together, alone in one_by_one:
        np.testing.assert_allclose(together(x), alone(x), rtol=0, atol=1e-14)
        np.testing.assert_allclose(derivative(together, mode)(x), derivative(alone, mode)(x), rtol=0, atol=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_directions_made_of_traced_scalars(mode):
    g = lambda x: np.sin(x) * x[0]
    pushed = lambda x: dr.jvp(g, (x,), (np.array([x[0], 1.0]),))[1]
    pulled = lambda x: dr.vjp(g, x)[1](np.array([x[0], 1.0]))[0]
    x = np.array([0.4, 1.1])
    J = lambda x: np.array([[np.cos(x[0]) * x[0] + np.sin(x[0]), 0.0], [np.sin(x[1]), np.cos(x[1]) * x[0]]])
    ct = lambda x: np.array([x[0], 1.0])
    np.testing.assert_allclose(derivative(pushed, mode)(x), derivative(lambda x: J(x) @ ct(x), mode)(x), rtol=1e-14)
    np.testing.assert_allclose(derivative(pulled, mode)(x), derivative(lambda x: ct(x) @ J(x), mode)(x), rtol=1e-14)


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


@pytest.mark.parametrize("modes", TRIPLES)
def test_third_derivative_is_the_known_number(modes):
    f = lambda x: np.sin(x) * np.exp(x)
    for mode in modes:
        f = derivative(f, mode)
    assert f(0.7) == pytest.approx(0.485815827113, abs=1e-12)


def test_the_tenth_derivative_of_a_power_is_a_factorial():
    f = lambda x: x**10
    for k in range(10):
        f = derivative(f, MODES[k % 2])
    assert f(0.3) == pytest.approx(3628800.0, rel=1e-14)


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


def gram(L):
    return np.sum(L**2) + 2 * np.sum(np.tril(L, -1))


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
    "cholesky": lambda x: gram(np.linalg.cholesky(np.eye(3) * 3 + np.outer(x, x))),
    "product": lambda x: np.prod(x) + np.prod(np.sin(x)),
    "cumulative product": lambda x: np.sum(np.cumprod(x) ** 2),
    "variance": lambda x: np.var(np.exp(x)) + np.std(x),
    "einsum": lambda x: np.einsum("i,ij,j,i->", x, A, np.sin(x), x),
    "where": lambda x: np.sum(np.where(x > 0.7, x**3, np.exp(x))),
    "sort and max": lambda x: np.sum(np.sort(x) * np.array([1.0, 2.0, 3.0]) * x) + np.max(x**2),
    "powers": lambda x: np.sum(x**x) + x[0] ** x[1],
    "object array": lambda x: np.sum(np.array([x[0] * x[1], np.sin(x[2]), x[0] ** 2]) ** 2),
}


# The same functions, said so that they hold for complex numbers too: no absolute value, no conjugate.
TWINS = {
    "logistic": lambda x: np.mean(np.log(1 + np.exp(-B @ x))),
    "norm": lambda x: np.sum(x * x) ** 1.5,
    "log det": lambda x: np.log(np.linalg.det(P + np.diag(x))),
    "cholesky": lambda x: (
        9 + np.sum(x * x) + 2 * np.sum(np.tril(cholesky_of_complex(3 * np.eye(3) + np.outer(x, x)), -1))
    ),
    "variance": lambda x: spread(np.exp(x)) + np.sqrt(spread(x)),
    "where": lambda x: np.sum(np.where(x.real > 0.7, x**3, np.exp(x))),
    "sort and max": lambda x: np.sum(x[[1, 0, 2]] * np.array([1.0, 2.0, 3.0]) * x) + x[2] ** 2,
}


def spread(x):
    return np.mean((x - np.mean(x)) ** 2)


def cholesky_of_complex(A):
    """L with L @ L.T = A (the plain transpose), column by column."""
    L = np.zeros_like(A)
    for j in range(len(A)):
        L[j, j] = np.sqrt(A[j, j] - L[j, :j] @ L[j, :j])
        L[j + 1 :, j] = (A[j + 1 :, j] - L[j + 1 :, :j] @ L[j, :j]) / L[j, j]
    return L


def hessian_by_contour_integral(f, x, radius=0.1, points=32):
    """Second derivatives by Cauchy's formula on a circle in the complex plane (Lyness & Moler 1967): no differences.

    The mean of f(x + r w v) / w**2 over the roots of unity w is r**2 v'Hv / 2, up to terms of order r**points.
    """
    w = np.exp(2j * np.pi * np.arange(points) / points)
    curvature = lambda v: 2 * np.mean([f(x + radius * z * v) / z**2 for z in w]).real / radius**2
    unit = np.eye(len(x))
    own = [curvature(e) for e in unit]
    mixed = lambda i, j: (curvature((unit[i] + unit[j]) / 2) * 4 - own[i] - own[j]) / 2
    return np.array([[own[i] if i == j else mixed(i, j) for j in range(len(x))] for i in range(len(x))])


@pytest.mark.parametrize("name", ARRAY_FUNCTIONS)
def test_hessian_is_the_same_in_all_four_orders_and_by_contour_integral(name):
    f, x = ARRAY_FUNCTIONS[name], np.array([0.9, 0.5, 1.3])
    twin = TWINS.get(name, f)
    assert twin(x.astype(complex)).real == pytest.approx(f(x), rel=1e-14)
    hessians = [derivative(derivative(f, inner), outer)(x) for inner, outer in PAIRS]
    scale = np.max(np.abs(hessians[0]))
    for H in hessians[1:]:
        np.testing.assert_allclose(H, hessians[0], rtol=0, atol=1e-13 * scale)
    np.testing.assert_allclose(hessians[0], hessians[0].T, rtol=0, atol=1e-13 * scale)
    expected = hessian_by_contour_integral(twin, x)
    np.testing.assert_allclose(hessians[0], expected, rtol=0, atol=1e-12 * scale)


def test_the_contour_integral_knows_a_hessian():
    x = np.array([0.9, 0.5])
    exact = [
        [-np.sin(0.9) * np.exp(0.5), np.cos(0.9) * np.exp(0.5)],
        [np.cos(0.9) * np.exp(0.5), np.sin(0.9) * np.exp(0.5)],
    ]
    np.testing.assert_allclose(hessian_by_contour_integral(lambda x: np.sin(x[0]) * np.exp(x[1]), x), exact, rtol=1e-13)


def test_hvp_is_the_hessian_times_the_direction():
    f, x, v = ARRAY_FUNCTIONS["solve"], np.array([0.9, 0.5, 1.3]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(dr.hvp(f, x, v), dr.hessian(f)(x) @ v, rtol=1e-13)
    np.testing.assert_allclose(dr.hvp(f, x, np.eye(3)), dr.hessian(f)(x), rtol=1e-13)


def test_hvp_and_hessian_inside_other_transformations():
    """Third derivatives of sum(x^4) + x0 x1 x2, through hvp and hessian, by hand."""
    f, x = lambda x: np.sum(x**4) + np.prod(x), np.array([0.9, 0.5, 1.3])
    third = np.zeros((3, 3, 3))
    for p in itertools.permutations(range(3)):
        third[p] = 1.0
    third[range(3), range(3), range(3)] = 24 * x
    for mode in MODES:
        np.testing.assert_allclose(derivative(dr.hessian(f), mode)(x), third, rtol=1e-14, atol=1e-15)
        by_hvp = derivative(lambda x: dr.hvp(f, x, np.array([0.0, 1.0, 0.0])), mode)(x)
        np.testing.assert_allclose(by_hvp, third[1], rtol=1e-14, atol=1e-15)


def test_jacobian_of_a_jacobian_in_chunks():
    f, x = lambda x: np.outer(x, np.sin(x)), np.array([0.9, 0.5, 1.3])
    whole = dr.jacobian(dr.jacobian(f))(x)
    expected = np.zeros((3, 3, 3, 3))  # [i, j, k, l]: x_i sin x_j by x_k, x_l
    for i, j in itertools.product(range(3), repeat=2):
        expected[i, j, i, j] += np.cos(x[j])
        expected[i, j, j, i] += np.cos(x[j])
        expected[i, j, j, j] -= x[i] * np.sin(x[j])
    np.testing.assert_allclose(whole, expected, rtol=0, atol=1e-14)
    for inner, outer in PAIRS:
        chunked = dr.jacobian(dr.jacobian(f, mode=inner, chunk=2), mode=outer, chunk=4)(x)
        np.testing.assert_allclose(chunked, whole, rtol=0, atol=1e-14)


def test_an_integer_factor_of_an_element_is_no_integer_cotangent():
    """3 * y[0] under forward over reverse: the cotangent of y[0] is the 3, as a float."""
    f = lambda x: 3 * np.exp(x)[0] + (2 * x)[1] ** 3
    np.testing.assert_allclose(dr.hessian(f)(np.array([0.5, 2.0])), [[3 * np.exp(0.5), 0.0], [0.0, 96.0]], rtol=1e-15)
