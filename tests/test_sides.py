"""Second derivatives at a kink: right where the whole is smooth, by every route; else the mean of both sides or nan."""

import numpy as np
import pytest

import dualrev as dr

ZERO, ONE = np.zeros(2), np.ones(3)
I2, I4 = np.eye(2), np.eye(4)
norm = np.linalg.norm


def of_rows(x):
    return norm(x.reshape(2, 2), axis=1)


def matern(x):
    n = norm(x)
    return (1 + n) * np.exp(-n)


# name: (function with kinks, point, the same without, or its Hessian)
SMOOTH = {
    "abs**2": (lambda x: np.sum(np.abs(x) ** 2), ZERO, 2 * I2),
    "abs**2.0": (lambda x: np.sum(np.abs(x) ** 2.0), ZERO, 2 * I2),
    "abs**3": (lambda x: np.sum(np.abs(x) ** 3), ZERO, 0 * I2),
    "abs * abs": (lambda x: np.sum(np.abs(x) * np.abs(x)), ZERO, 2 * I2),
    "abs(x) * abs(-x)": (lambda x: np.sum(np.abs(x) * np.abs(-x)), ZERO, 2 * I2),
    "square(fabs)": (lambda x: np.sum(np.square(np.fabs(x))), ZERO, 2 * I2),
    "abs(abs)**2": (lambda x: np.sum(np.abs(np.abs(x)) ** 2), ZERO, 2 * I2),
    "abs of a difference": (lambda x: np.abs(x[0] - x[1]) ** 2, ONE[:2], 2 * np.array([[1, -1], [-1, 1]])),
    "cosh(abs)": (lambda x: np.sum(np.cosh(abs(x))), ZERO, I2),
    "copysign**2": (lambda x: np.sum(np.copysign(x, -1.0) ** 2), ZERO, 2 * I2),
    "abs of some": (lambda x: np.sum(np.abs(x) ** 2), np.array([0.0, 3.0]), 2 * I2),
    "a ridge beside a lasso": (lambda x: np.sum(np.abs(x) + 3 * np.abs(x) ** 2), ZERO, 6 * I2),
    "both halves": (lambda x: np.sum(np.maximum(x, 0) ** 2 + np.minimum(x, 0) ** 2), ZERO, 2 * I2),
    "maximum * minimum": (lambda x: np.maximum(x[0], x[1]) * np.minimum(x[0], x[1]), 3 * ONE[:2], I2[::-1]),
    "fmax**2 + fmin**2": (lambda x: np.fmax(x[0], x[1]) ** 2 + np.fmin(x[0], x[1]) ** 2, 3 * ONE[:2], 2 * I2),
    "maximum(x, -x)**2": (lambda x: np.sum(np.maximum(x, -x) ** 2), ZERO, 2 * I2),
    "clip to both sides": (lambda x: np.sum(np.clip(x, 0, 9) ** 2 + np.clip(x, -9, 0) ** 2), ZERO, 2 * I2),
    "max**2 + min**2": (lambda x: np.max(x) ** 2 + np.min(x) ** 2, ONE[:2], 2 * I2),
    "max * min of rows": (
        lambda x: np.sum(x.reshape(2, 2).max(axis=1) * x.reshape(2, 2).min(axis=1, keepdims=True).ravel()),
        np.array([1.0, 1.0, 2.0, 3.0]), np.kron(I2, I2[::-1]),
    ),
    "ptp**2": (lambda x: np.ptp(x) ** 2, ONE[:2], 2 * np.array([[1, -1], [-1, 1]])),
    "nanmax * nanmin": (lambda x: np.nanmax(x) * np.nanmin(x), ONE[:2], I2[::-1]),
    "norm**2": (lambda x: norm(x) ** 2, ZERO, 2 * I2),
    "norm * norm": (lambda x: norm(x) * norm(x), ZERO, 2 * I2),
    "norm(x) * norm(-x)": (lambda x: norm(x) * norm(-x), ZERO, 2 * I2),
    "norm**4": (lambda x: norm(x) ** 4, ZERO, 0 * I2),
    "exp(-norm**2)": (lambda x: np.exp(-norm(x) ** 2), ZERO, -2 * I2),
    "cosh(norm)": (lambda x: np.cosh(norm(x)), ZERO, I2),
    "log(1 + norm**2)": (lambda x: np.log1p(norm(x) ** 2), ZERO, 2 * I2),
    "a Matern kernel": (matern, ZERO, -I2),
    "norm of rows, one 0": (lambda x: np.sum(of_rows(x) ** 2), np.array([0.0, 0.0, 3.0, 4.0]), 2 * I4),
    "norm, keepdims": (lambda x: np.sum(norm(x.reshape(2, 2), axis=0, keepdims=True) ** 2), np.zeros(4), 2 * I4),
    "norm of a matrix": (lambda x: norm(x.reshape(2, 2)) ** 2, np.zeros(4), 2 * I4),
    "vector_norm**2": (lambda x: np.linalg.vector_norm(x) ** 2, ZERO, 2 * I2),
    "norm of one, order 1": (lambda x: norm(x, 1) ** 2, np.zeros(1), [[2.0]]),
    "norm of one, order inf": (lambda x: norm(x, np.inf) ** 2, np.zeros(1), [[2.0]]),
    "norm of order 4, **4": (lambda x: norm(x, 4) ** 4, ZERO, 0 * I2),
    "norm of order 1 of columns": (lambda x: np.sum(norm(x[None], 1, axis=0) ** 2), ZERO, 2 * I2),
    "norm of x + b": (lambda x: norm(x - np.array([1.0, 2.0])) ** 2, np.array([1.0, 2.0]), 2 * I2),
    "hypot**2": (lambda x: np.hypot(x[0], x[1]) ** 2, ZERO, 2 * I2),
    "hypot with a constant": (lambda x: np.sum(np.hypot(x, 0.0) ** 2), ZERO, 2 * I2),
    "hypot, broadcast": (lambda x: np.sum(np.hypot(x[:, None], x) ** 2), ZERO, 8 * I2),
    "hypot of some": (lambda x: np.sum(np.hypot(x[:2], x[2:]) ** 2), np.array([0.0, 3.0, 0.0, 4.0]), 2 * I4),
    "std**2": (lambda x: np.std(x) ** 2, ONE, np.var),
    "std**2, ddof": (lambda x: np.std(x, ddof=1) ** 2, ONE, lambda x: np.var(x, ddof=1)),
    "std**2 of rows": (
        lambda x: np.sum(np.std(x.reshape(2, 2), axis=1, ddof=1) ** 2), np.array([2.0, 2.0, 3.0, 4.0]),
        lambda x: np.sum(np.var(x.reshape(2, 2), axis=1, ddof=1)),
    ),
    "std**2, where": (
        lambda x: np.std(x, where=[True, True, False]) ** 2, ONE, lambda x: np.var(x, where=[True, True, False]),
    ),
    "std(x) * std(2 x)": (lambda x: np.std(x) * np.std(2 * x), ONE, lambda x: 2 * np.var(x)),
    "nanstd**2": (
        lambda x: np.nanstd(np.concatenate([x, [np.nan]])) ** 2, ONE, lambda x: np.var(x),
    ),
    "abs of complex": (lambda x: np.abs(x[0] + 1j * x[1]) ** 2, ZERO, 2 * I2),
    "norm of complex": (lambda x: norm(x + 1j * x[::-1]) ** 2, ZERO, 4 * I2),
    "std of complex": (lambda x: np.std(x + 1j * x[::-1]) ** 2, ONE, lambda x: 2 * np.var(x)),
    "abs(fft)**2": (lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2), np.ones(4), 8 * np.eye(4)),
    "abs(fft)**2, at zero": (lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2), np.zeros(4), 8 * np.eye(4)),
    "square(abs(rfft))": (
        lambda x: np.sum(np.square(np.abs(np.fft.rfft(x)))), np.ones(4), np.kron([[6, 2], [2, 6]], I2),
    ),
}  # fmt: skip

# What has no second derivative there, and is given one by convention: the mean of both sides.
MEANS = {
    "a lasso": (lambda x: np.sum(np.abs(x)), ZERO, 0 * I2),
    "x * abs(x)": (lambda x: np.sum(x * np.abs(x)), ZERO, 0 * I2),
    "relu**2": (lambda x: np.sum(np.maximum(x, 0) ** 2), ZERO, I2),
    "clip**2": (lambda x: np.sum(np.clip(x, 0, 1) ** 2), ZERO, I2),
    "maximum": (lambda x: np.sum(np.maximum(x, 0)), ZERO, 0 * I2),
    "max": (np.max, ONE, np.zeros((3, 3))),
    "x[0] * norm": (lambda x: x[0] * norm(x), ZERO, 0 * I2),
}

# What has an infinite second derivative, or one that this cannot tell.
UNKNOWN = {
    "norm": (norm, ZERO),
    "norm / norm": (lambda x: norm(x) / norm(x - 3), ZERO),
    "std": (np.std, ONE),
    "hypot": (lambda x: np.hypot(x[0], x[1]), ZERO),
    "abs of complex, alone": (lambda x: np.abs(x[0] + 1j * x[1]), ZERO),
    "norm of order 3, **2": (lambda x: norm(x, 3) ** 2, ZERO),
    "abs(x**2)": (lambda x: np.sum(np.abs(x**2)), ZERO),
    "norm(x**2)": (lambda x: norm(x**2), ZERO),
    "maximum(x @ x, 0)": (lambda x: np.maximum(x @ x, 0), ZERO),
    "sqrt(sum(x**2))**2": (lambda x: np.sqrt(np.sum(x**2)) ** 2, ZERO),
}


def columns(product, x):
    return np.stack([product(v) for v in np.eye(x.size)], axis=-1)


def second_along(f, x, v, w):
    return dr.jvp(lambda x: dr.jvp(f, (x,), (v,))[1], (x,), (w,))[1]


ROUTES = {
    "hessian": lambda f, x: dr.hessian(f)(x),
    "jacobian of grad, reverse": lambda f, x: dr.jacobian(dr.grad(f), mode="reverse")(x),
    "jacobian of grad, one by one": lambda f, x: dr.jacobian(dr.grad(f), mode="forward", chunk=1)(x),
    "hvp": lambda f, x: columns(lambda v: dr.hvp(f, x, v), x),
    "hvp, all at once": lambda f, x: dr.hvp(f, x, np.eye(x.size)).T,
    "jvp of jvp": lambda f, x: np.array(
        [[second_along(f, x, v, w) for w in np.eye(x.size)] for v in np.eye(x.size)]
    ),
    "grad of grad": lambda f, x: columns(lambda v: dr.grad(lambda x: np.sum(dr.grad(f)(x) * v))(x), x),
    "linearize": lambda f, x: dr.linearize(dr.grad(f), x)[1] @ np.eye(x.size),
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
@pytest.mark.parametrize(("f", "x", "want"), SMOOTH.values(), ids=SMOOTH)
def test_a_hessian_is_right_where_the_whole_is_smooth(f, x, want, route):
    H = dr.hessian(want)(x) if callable(want) else want
    np.testing.assert_allclose(route(f, x), H, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
@pytest.mark.parametrize(("f", "x", "want"), MEANS.values(), ids=MEANS)
def test_the_mean_of_both_sides_where_they_differ(f, x, want, route):
    np.testing.assert_allclose(route(f, x), want, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("route", [name for name in ROUTES if name != "jvp of jvp"])
@pytest.mark.parametrize(("f", "x"), UNKNOWN.values(), ids=UNKNOWN)
def test_nan_where_it_is_infinite_or_not_told(f, x, route):
    with np.errstate(invalid="ignore", divide="ignore"):
        assert np.isnan(np.diag(ROUTES[route](f, x))).all()


def test_along_one_line_a_norm_is_an_absolute_value():
    """So its second derivative along it is 0, where no other direction is asked for."""
    assert second_along(norm, ZERO, np.array([3.0, 4.0]), np.array([3.0, 4.0])) == 0.0


def test_norms_told_apart_cannot_cancel():
    """Each of the two is infinite: to be right, n = norm(x) has to be one value."""
    apart = lambda x: (1 + norm(x)) * np.exp(-norm(x))
    assert np.isnan(dr.hessian(apart)(ZERO)).all()


# ---- what stays as it was --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [case[0] for case in SMOOTH.values()], ids=SMOOTH)
def test_values_and_slopes_are_those_of_the_first_order(f):
    x = next(case[1] for case in SMOOTH.values() if case[0] is f)
    y, g = dr.value_and_grad(f)(x)
    for traced in (
        lambda v: dr.jvp(dr.value_and_grad(f), (x,), (v,))[0],
        lambda v: dr.vjp(dr.value_and_grad(f), x)[0],
    ):
        value, slope = traced(np.ones(x.size))
        assert value == y == f(x)
        np.testing.assert_array_equal(slope, g)


@pytest.mark.parametrize("f", [np.abs, np.fabs, lambda x: np.maximum(x, 0.0), lambda x: np.clip(x, 0, 1)])
def test_a_slope_at_a_kink_is_the_convention_under_another_derivative_too(f):
    want = dr.grad(f)(0.0)
    assert dr.jvp(dr.grad(f), (0.0,), (1.0,)) == (want, 0.0)
    assert dr.value_and_grad(dr.grad(f))(0.0) == (want, 0.0)
    assert dr.jvp(lambda x: dr.jvp(f, (x,), (1.0,))[1], (0.0,), (1.0,)) == (want, 0.0)


def test_a_maximum_of_three_is_shared_under_another_derivative():
    slopes = dr.jvp(dr.grad(np.max), (ONE,), (np.array([1.0, 2.0, 3.0]),))[0]
    np.testing.assert_array_equal(slopes, np.full(3, 1 / 3))


def test_single_precision_stays_single():
    x = np.zeros(2, np.float32)
    for f in (
        lambda x: np.sum(np.abs(x) ** 2), lambda x: norm(x) ** 2, lambda x: np.hypot(x[0], x[1]) ** 2,
        lambda x: np.std(x) ** 2, lambda x: np.max(x) ** 2 + np.min(x) ** 2, lambda x: np.sum(np.maximum(x, -x) ** 2),
        lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2),
    ):  # fmt: skip
        want = dr.hessian(f)(np.zeros(2))
        for H in (dr.hessian(f)(x), dr.jacobian(dr.grad(f), mode="reverse")(x)):
            assert H.dtype == np.float32
            np.testing.assert_allclose(H, want, atol=1e-6)


def test_numbers():
    for f in (lambda x: abs(x) ** 2, lambda x: np.hypot(x, 0.0) ** 2, lambda x: np.maximum(x, -x) ** 2):
        assert dr.hessian(f)(0.0) == 2.0
        assert dr.grad(dr.grad(f))(0.0) == 2.0


def test_a_tree_of_arguments():
    f = lambda p: p["a"] * norm(p["x"]) ** 2 + np.sum(np.abs(p["x"]) * p["a"])
    H = dr.hessian(f)({"a": 2.0, "x": ZERO})
    np.testing.assert_allclose(H["x"]["x"], 4 * I2, rtol=1e-14)
    np.testing.assert_array_equal(H["a"]["x"], ZERO)


def test_third_derivatives():
    """x**3 and |x|**4 have 6 and 24 x; at 0 that is 6 and 0."""
    third = dr.grad(dr.grad(dr.grad(lambda x: x**3 + abs(x) ** 2)))
    assert third(0.0) == 6.0
    assert dr.grad(dr.grad(dr.grad(lambda x: abs(x) ** 4)))(0.0) == 0.0


def test_what_is_written_in_place():
    def f(x):
        y = np.zeros_like(x)
        y[0] = abs(x[0])
        y[1:] = np.abs(x[1:])
        return np.sum(y**2)

    for route in ROUTES.values():
        np.testing.assert_array_equal(route(f, ZERO), 2 * I2)


def test_a_kink_inside_an_inner_function():
    """The inner gradient is settled when it is returned: it is 2 y, and what becomes of it is smooth."""
    f = lambda x: np.sum(np.sin(dr.grad(lambda y: np.sum(np.abs(y) ** 2))(x)))
    np.testing.assert_allclose(dr.jacobian(f)(ZERO), [2.0, 2.0])


def test_differences_of_the_gradient_of_a_smooth_rewriting():
    rng = np.random.default_rng(5)
    A, x = rng.normal(size=(4, 3)), rng.normal(size=3)
    b = A @ x
    b[2:] += 1.0  # two residuals are 0
    f = lambda x: np.exp(0.1 * np.sum(np.abs(A @ x - b) ** 2)) * np.cos(norm((A @ x - b)[:2]))
    smooth = lambda x: np.exp(0.1 * np.sum((A @ x - b) ** 2)) * (1 - np.sum((A @ x - b)[:2] ** 2) / 2)
    A[:2] = np.round(A[:2], 2)
    x = np.array([1.0, 2.0, -1.0])
    b = A @ x
    b[2:] += 1.0
    g, h = dr.grad(smooth), 1e-5
    want = np.stack([(g(x + h * e) - g(x - h * e)) / (2 * h) for e in np.eye(3)], axis=-1)
    for route in ROUTES.values():
        np.testing.assert_allclose(route(f, x), want, rtol=1e-7, atol=1e-7)
