"""dualrev.scipy.interpolate against SciPy: fixed splines at traced points, splines through traced values."""

import numpy as np
import pytest
import scipy.interpolate

import dualrev as dr
from dualrev.scipy import interpolate
from tests.scipy.against_scipy import assert_as_scipy, refused

X = np.array([0.0, 1.0, 2.2, 3.0, 4.5])
AT = np.array([0.3, 1.7, 2.9, 4.2])
Y = np.array([0.5, -1.2, 0.7, 2.0, 1.1])
ROWS = np.stack([Y, Y[::-1] ** 2, np.sin(Y)])
T, C = np.array([0.0, 0, 0, 0, 1, 2, 3, 3, 3, 3]), np.array([1.0, -0.5, 2.0, 0.3, 1.2, -1.0])

VALUES_AND_POINT = {
    "cubic": lambda m, y, x: m.CubicSpline(X, y)(x),
    "cubic, natural": lambda m, y, x: m.CubicSpline(X, y, bc_type="natural")(x),
    "cubic, clamped, slope": lambda m, y, x: m.CubicSpline(X, y, bc_type="clamped")(x, 1),
    "cubic, curvature": lambda m, y, x: m.CubicSpline(X, y)(x, nu=2),
    "cubic, ends given": lambda m, y, x: m.CubicSpline(X, y, bc_type=((1, 0.5), (2, 0.1)))(x),
    "cubic, one end given": lambda m, y, x: m.CubicSpline(X, y, bc_type=("not-a-knot", (1, -1.0)))(x),
    "cubic, beyond the ends": lambda m, y, x: m.CubicSpline(X, y)(3 * x - 4),
    "cubic, derivative": lambda m, y, x: m.CubicSpline(X, y).derivative()(x),
    "cubic, antiderivative": lambda m, y, x: m.CubicSpline(X, y).antiderivative()(x),
    "interpolating, k=1": lambda m, y, x: m.make_interp_spline(X, y, k=1)(x),
    "interpolating, k=2": lambda m, y, x: m.make_interp_spline(X, y, k=2)(x),
    "interpolating, k=3": lambda m, y, x: m.make_interp_spline(X, y)(x),
    "least squares": lambda m, y, x: m.make_lsq_spline(X, y, np.array([0.0, 0, 0, 4.5, 4.5, 4.5]), k=2)(x),
    "interp1d": lambda m, y, x: m.interp1d(X, y)(x),
    "interp1d, extrapolated": lambda m, y, x: m.interp1d(X, y, fill_value="extrapolate")(3 * x - 4),
    "interp1d, cubic": lambda m, y, x: m.interp1d(X, y, kind="cubic")(x),
    "interp1d, unsorted": lambda m, y, x: m.interp1d(X[::-1], y[::-1])(x),
}
FIXED = {
    "cubic": lambda m, x: m.CubicSpline(X, Y)(x),
    "cubic of vectors": lambda m, x: m.CubicSpline(X, ROWS.T)(x),
    "cubic, derivative": lambda m, x: m.CubicSpline(X, Y).derivative()(x),
    "pchip": lambda m, x: m.PchipInterpolator(X, Y)(x),
    "akima": lambda m, x: m.Akima1DInterpolator(X, Y)(x),
    "hermite": lambda m, x: m.CubicHermiteSpline(X, Y, Y)(x),
    "piecewise polynomial": lambda m, x: m.PPoly(np.ones((3, 4)) * Y[1:], X)(x),
    "of FITPACK": lambda m, x: m.UnivariateSpline(X, Y, s=0.1)(x),
    "of FITPACK, third derivative": lambda m, x: m.InterpolatedUnivariateSpline(X, Y)(x, 3),
    "splev": lambda m, x: m.splev(x, scipy.interpolate.splrep(X, Y)),
    "splev, slope": lambda m, x: m.splev(x, (T, C, 3), 1),
    "interp1d": lambda m, x: m.interp1d(X, Y)(x),
}


@pytest.mark.parametrize("f", VALUES_AND_POINT.values(), ids=VALUES_AND_POINT)
def test_in_the_values_and_the_point(f):
    assert_as_scipy(f, interpolate, scipy.interpolate, (Y, AT))


@pytest.mark.parametrize("f", FIXED.values(), ids=FIXED)
def test_a_fixed_spline_at_a_traced_point(f):
    assert_as_scipy(f, interpolate, scipy.interpolate, (AT,))
    assert_as_scipy(f, interpolate, scipy.interpolate, (np.array(1.7),))


def test_values_along_another_axis():
    assert_as_scipy(lambda m, y: m.CubicSpline(X, y, axis=1)(AT), interpolate, scipy.interpolate, (ROWS,))
    assert_as_scipy(lambda m, y: m.CubicSpline(X, y, axis=-1)(1.3), interpolate, scipy.interpolate, (ROWS,))
    assert_as_scipy(lambda m, y: m.CubicSpline(X, y)(AT[None]), interpolate, scipy.interpolate, (ROWS.T,))
    assert_as_scipy(lambda m, y: m.interp1d(X, y)(AT), interpolate, scipy.interpolate, (ROWS,))


def test_coefficients_of_a_b_spline():
    at = np.array([0.4, 1.5, 2.7])
    assert_as_scipy(lambda m, c, x: m.BSpline(T, c, 3)(x), interpolate, scipy.interpolate, (C, at))
    assert_as_scipy(lambda m, c, x: m.splev(x, (T, c, 3)), interpolate, scipy.interpolate, (C, at))


def test_integral_between_traced_ends():
    f = lambda m, y: m.CubicSpline(X, y).integrate(0.5, 3.0)
    assert_as_scipy(f, interpolate, scipy.interpolate, (Y,))
    a, b = dr.grad(lambda a, b: interpolate.CubicSpline(X, dr.value(Y) + 0 * a).integrate(a, b), (0, 1))(0.5, 3.0)
    spline = scipy.interpolate.CubicSpline(X, Y)
    assert (a, b) == pytest.approx((-float(spline(0.5)), float(spline(3.0))), rel=1e-12)


def test_knots_of_a_line_are_differentiated():
    f = lambda m, x: m.interp1d(x, Y)(AT)
    assert_as_scipy(f, interpolate, scipy.interpolate, (X + 0.01 * np.arange(5),))


def test_a_curve_through_its_own_polynomial_is_that_polynomial():
    """Closed form: a cubic spline of 5 samples of t^3 is t^3, whose third derivative is 6."""
    d3 = dr.grad(dr.grad(dr.grad(interpolate.CubicSpline(X, X**3))))(1.7)
    assert d3 == pytest.approx(6.0, rel=1e-11)


REFUSED = {
    "knots": (lambda x: interpolate.CubicSpline(X + x, Y)(1.0), "no derivative rule in its knots"),
    "periodic": (lambda x: interpolate.CubicSpline(X, Y + x, bc_type="periodic")(1.0), "bc_type='periodic' has no"),
    "of FITPACK": (
        lambda x: interpolate.UnivariateSpline(X, Y + x)(1.0),
        "UnivariateSpline has no derivative rule in its values",
    ),
    "nearest": (lambda x: interpolate.interp1d(X, Y + x, kind="nearest")(1.0), "kind='nearest'"),
    "filled": (lambda x: interpolate.interp1d(X, Y, bounds_error=False, fill_value=0.0)(x), "fill_value=0.0"),
    "piecewise, axis": (lambda x: interpolate.PPoly(np.ones((3, 4)) * x, X, axis=1)(1.0), "axis=1 has no derivative"),
    "pchip, periodic": (
        lambda x: interpolate.PchipInterpolator(X, Y + x, extrapolate="periodic")(1.0),
        "extrapolate='periodic' has no derivative rule",
    ),
    "pchip on a grid": (
        lambda x: interpolate.RegularGridInterpolator((X,), Y, method="pchip")(np.stack([x])),
        "method='pchip', or nu, has no derivative rule",
    ),
    "bc_type": (lambda x: interpolate.make_interp_spline(X, Y + x, bc_type="periodic")(1.0), "bc_type='periodic'"),
    "a class": (
        lambda x: interpolate.NearestNDInterpolator(X[:, None], Y)(x),
        "NearestNDInterpolator has no derivative rule",
    ),
    "a function": (lambda x: interpolate.griddata(X[:, None], Y + x, 1.0), "griddata has no derivative rule"),
}


@pytest.mark.parametrize(("f", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_rule_is_refused_by_name(f, message):
    assert message in refused(f, (np.array(0.1),))


def test_plain_arguments_are_scipys():
    assert interpolate.interp1d(X, Y)(1.5) == scipy.interpolate.interp1d(X, Y)(1.5)
    assert interpolate.CubicSpline(X, Y)(1.5) == scipy.interpolate.CubicSpline(X, Y)(1.5)
    assert interpolate.splev(1.5, (T, C, 3)) == scipy.interpolate.splev(1.5, (T, C, 3))
