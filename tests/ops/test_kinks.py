"""The stated conventions at points where no derivative exists, and IEEE arithmetic at poles, in both modes."""

import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr

nan, inf = np.nan, np.inf

# name: (function, point, Jacobian by convention)
KINKS = {
    "abs": (np.abs, [0.0, -0.0, -2.0], np.diag([0.0, 0.0, -1.0])),
    "fabs": (np.fabs, [0.0, 2.0], np.diag([0.0, 1.0])),
    "max(x, 0)": (lambda x: np.maximum(x, 0), [0.0, 1.0, -1.0], np.diag([0.5, 1.0, 0.0])),
    "maximum at a tie": (lambda x: np.maximum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "minimum at a tie": (lambda x: np.minimum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "fmax at a tie": (lambda x: np.fmax(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "fmin at a tie": (lambda x: np.fmin(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    "fmax with nan": (lambda x: np.fmax(x, nan), [2.0], [[1.0]]),
    "maximum of x with itself": (lambda x: np.maximum(x, x), [2.0], [[1.0]]),
    "max of equals": (np.max, [1.0, 1.0], [0.5, 0.5]),
    "max of three": (np.max, [3.0, 1.0, 3.0, 3.0], [1 / 3, 0.0, 1 / 3, 1 / 3]),
    "min of equals": (np.min, [1.0, 2.0, 1.0], [0.5, 0.0, 0.5]),
    "ptp of equals": (np.ptp, [1.0, 1.0], [0.0, 0.0]),
    "clip at its bounds": (lambda x: np.clip(x, -1.0, 1.0), [-1.0, 0.0, 1.0, 2.0], np.diag([0.5, 1.0, 0.5, 0.0])),
    "x**0": (lambda x: x**0, [0.0, 2.0], np.zeros((2, 2))),
    "x**0.0": (lambda x: x**0.0, [0.0, 2.0], np.zeros((2, 2))),
    "x**y, y an array with 0": (lambda x: x ** np.array([0.0, 1.0, 2.0]), [0.0, 0.0, 0.0], np.diag([0.0, 1.0, 0.0])),
    "x**1 at 0": (lambda x: x**1.0, [0.0], [[1.0]]),
    "x**2 at 0": (lambda x: x**2, [0.0], [[0.0]]),
    "0**y": (lambda y: np.array([0.0, 1.0]) ** y, [2.0, 2.0], np.zeros((2, 2))),
    "prod with one zero": (np.prod, [0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
    "prod with two zeros": (np.prod, [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]),
    "prod of zero alone": (np.prod, [0.0], [1.0]),
    "cumprod with a zero": (np.cumprod, [2.0, 0.0, 3.0], [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 6.0, 0.0]]),
    "norm at 0": (np.linalg.norm, [0.0, 0.0], [0.0, 0.0]),
    "norm of order 1 at 0": (lambda x: np.linalg.norm(x, 1), [0.0, 2.0], [0.0, 1.0]),
    "norm of order 3 at 0": (lambda x: np.linalg.norm(x, 3), [0.0, 0.0], [0.0, 0.0]),
    "norm of order inf at a tie": (lambda x: np.linalg.norm(x, inf), [1.0, -1.0, 0.5], [0.5, -0.5, 0.0]),
    "norm of rows, one 0": (lambda x: np.linalg.norm(x.reshape(2, 1), axis=1), [3.0, 0.0], [[1.0, 0.0], [0.0, 0.0]]),
    "std of a constant": (np.std, [2.0, 2.0, 2.0], [0.0, 0.0, 0.0]),
    "var of a constant": (np.var, [2.0, 2.0, 2.0], [0.0, 0.0, 0.0]),
    "hypot at 0": (lambda x: np.hypot(x[0], x[1]), [0.0, 0.0], [0.0, 0.0]),
    "sort at a tie": (np.sort, [2.0, 1.0, 1.0], [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    "det, singular": (lambda x: np.linalg.det(x.reshape(2, 2)), [1.0, 2.0, 2.0, 4.0], [4.0, -2.0, -2.0, 1.0]),
    "xlogy(0, y) at 0": (lambda y: sc.xlogy(0.0, y), [0.0, 2.0], np.zeros((2, 2))),
    "copysign at 0": (lambda x: np.copysign(x, -1.0), [0.0, 2.0], np.diag([0.0, -1.0])),
    "where keeps the other branch out": (lambda x: np.where(x > 0, x, 0.0), [0.0, 1.0], np.diag([0.0, 1.0])),
}

# Where IEEE arithmetic speaks.
POLES = {
    "sqrt at 0": (np.sqrt, 0.0, inf),
    "cbrt at 0": (np.cbrt, 0.0, inf),
    "log at 0": (np.log, 0.0, inf),
    "reciprocal at 0": (np.reciprocal, 0.0, -inf),
    "arcsin at 1": (np.arcsin, 1.0, inf),
    "arccos at -1": (np.arccos, -1.0, -inf),
    "arccosh at 1": (np.arccosh, 1.0, inf),
    "arctanh at 1": (np.arctanh, 1.0, inf),
    "xlogy(2, y) at 0": (lambda y: sc.xlogy(2.0, y), 0.0, inf),
    "x**0.5 at 0": (lambda x: x**0.5, 0.0, inf),
}


def both_modes(f, x):
    return [dr.jacobian(f, mode=mode)(x) for mode in ("forward", "reverse")]


@pytest.mark.parametrize(("f", "x", "want"), KINKS.values(), ids=KINKS)
def test_convention(f, x, want):
    for J in both_modes(f, np.array(x)):
        np.testing.assert_allclose(J, want, rtol=1e-15, atol=0)


@pytest.mark.parametrize(("f", "x", "want"), POLES.values(), ids=POLES)
def test_ieee_speaks_at_a_pole(f, x, want):
    with np.errstate(divide="ignore", invalid="ignore"):
        assert both_modes(f, x) == [want, want]
        for J in both_modes(f, np.array([x])):
            np.testing.assert_array_equal(J, [[want]])


def test_a_masked_pole_is_seen_by_reverse_mode_only():
    """Forward mode never multiplies by sqrt'(0); reverse mode multiplies it by the 0 of the branch not taken."""
    f = lambda x: np.where(x > 0, np.sqrt(x), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        forward, reverse = both_modes(f, np.array([0.0, 4.0]))
        np.testing.assert_array_equal(dr.jvp(f, (np.array([0.0, 4.0]),), (np.ones(2),))[1], [0.0, 0.25])
    np.testing.assert_array_equal(np.diag(reverse), [nan, 0.25])
    np.testing.assert_array_equal(np.diag(forward), [0.0, 0.25])


def test_second_derivatives_of_prod_at_zeros():
    """d2 (x y z) / dx dy = z, with zeros in the product or without."""
    want = np.array([[0.0, 3.0, 0.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(dr.hessian(np.prod)(np.array([0.0, 0.0, 3.0])), want)
    np.testing.assert_array_equal(dr.jacobian(dr.grad(np.prod), mode="reverse")(np.array([0.0, 0.0, 3.0])), want)
    np.testing.assert_array_equal(dr.hessian(lambda x: np.cumprod(x)[-1])(np.array([0.0, 0.0, 3.0])), want)


def test_second_derivative_of_powers_at_zero():
    for f, want in ((lambda x: x**2, 2.0), (lambda x: x**3, 0.0), (lambda x: x**1, 0.0), (lambda x: x**0, 0.0)):
        assert dr.hessian(f)(0.0) == want
        np.testing.assert_array_equal(dr.hessian(lambda x, f=f: f(x).sum())(np.zeros(1)), [[want]])


@pytest.mark.parametrize("f", [np.nansum, np.nanmean, np.nanvar, np.nanstd, np.nanprod, np.nanmax, np.nanmin])
def test_the_tangent_of_what_is_missing_takes_no_part(f):
    data, present, p = np.array([np.nan, 1.0, 2.0]), np.array([1.0, 2.0]), np.array([0.5, 2.0, 3.0])
    slopes = dr.jacobian(lambda p: f(data * p), mode="forward")(p)
    np.testing.assert_allclose(slopes, [0.0, *dr.grad(lambda p: f(present * p))(p[1:])], rtol=1e-14)
