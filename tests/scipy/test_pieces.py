"""Interpolants that keep the shape, on grids and by pieces, against SciPy: in the knots, the values and the point."""

import numpy as np
import pytest
import scipy.interpolate

import dualrev as dr
from dualrev.scipy import interpolate
from tests.scipy.against_scipy import assert_as_scipy

X = np.array([0.0, 1.0, 2.3, 3.1, 4.5])
Y = np.array([0.5, -1.2, 0.9, 2.0, 0.8])
AT = np.array([0.3, 1.7, 2.9, 4.2])
UP = np.array([0.0, 0.4, 1.9, 2.0, 5.0])

KNOTS_VALUES_POINT = {
    "pchip": lambda m, x, y, at: m.PchipInterpolator(x, y)(at),
    "pchip, slope": lambda m, x, y, at: m.PchipInterpolator(x, y)(at, 1),
    "pchip, integral": lambda m, x, y, at: m.PchipInterpolator(x, y).antiderivative()(at),
    "pchip, twice integrated": lambda m, x, y, at: m.PchipInterpolator(x, y).antiderivative(2)(at),
    "pchip, from a to b": lambda m, x, y, at: m.PchipInterpolator(x, y).integrate(at[0], at[1]),
    "pchip, derivative": lambda m, x, y, at: m.PchipInterpolator(x, y).derivative()(at),
    "pchip, fifth derivative": lambda m, x, y, at: m.PchipInterpolator(x, y)(at, 5),
    "pchip, beyond the ends": lambda m, x, y, at: m.PchipInterpolator(x, y)(3 * at - 4),
    "pchip, rising": lambda m, x, y, at: m.PchipInterpolator(x, UP + 0.1 * y**2)(at),
    "pchip of vectors": lambda m, x, y, at: m.PchipInterpolator(x, np.stack([y, y**2]), axis=1)(at),
    "pchip through two": lambda m, x, y, at: m.PchipInterpolator(x[:2], y[:2])(at[:1]),
    "pchip_interpolate": lambda m, x, y, at: m.pchip_interpolate(x, y, at, der=1),
    "akima": lambda m, x, y, at: m.Akima1DInterpolator(x, y)(at),
    "akima through two": lambda m, x, y, at: m.Akima1DInterpolator(x[:2], y[:2])(at[:1]),
    "akima of vectors": lambda m, x, y, at: m.Akima1DInterpolator(x, np.stack([y, y**2]), axis=1)(at),
    "makima": lambda m, x, y, at: m.Akima1DInterpolator(x, y, method="makima")(at),
    "hermite": lambda m, x, y, at: m.CubicHermiteSpline(x, y, np.sin(y))(at),
    "hermite of vectors": lambda m, x, y, at: m.CubicHermiteSpline(x, np.stack([y, y**2]), np.stack([y, y]), axis=1)(
        at
    ),
    "piecewise polynomial": lambda m, x, y, at: m.PPoly(np.reshape(np.arange(12.0), (3, 4)) * y[0], x)(at),
}


@pytest.mark.parametrize("f", KNOTS_VALUES_POINT.values(), ids=KNOTS_VALUES_POINT)
def test_in_the_knots_the_values_and_the_point(f):
    assert_as_scipy(f, interpolate, scipy.interpolate, (X, Y, AT))


GRID = (np.arange(6.0), np.array([0.0, 1.0, 2.5, 3.0, 3.4, 5.0]))
VALUES = np.random.default_rng(0).normal(size=(6, 6))
POINTS = np.array([[0.3, 0.7], [2.2, 1.9], [3.3, 2.6]])
ON_A_GRID = {
    "linear": lambda m, v, at: m.RegularGridInterpolator(GRID, v)(at),
    "nearest": lambda m, v, at: m.RegularGridInterpolator(GRID, v, method="nearest")(at),
    "slinear": lambda m, v, at: m.RegularGridInterpolator(GRID, v, method="slinear")(at),
    "going on": lambda m, v, at: m.RegularGridInterpolator(GRID, v, bounds_error=False, fill_value=None)(2.2 * at),
    "filled": lambda m, v, at: m.RegularGridInterpolator(GRID, v, bounds_error=False, fill_value=7.0)(2.2 * at),
    "vectors": lambda m, v, at: m.RegularGridInterpolator(GRID, np.stack([v, v**2], axis=-1))(at),
    "a tuple of coordinates": lambda m, v, at: m.RegularGridInterpolator(GRID, v)((at[:, 0], at[:, 1])),
    "interpn": lambda m, v, at: m.interpn(GRID, v, at),
}


@pytest.mark.parametrize("f", ON_A_GRID.values(), ids=ON_A_GRID)
def test_on_a_grid(f):
    assert_as_scipy(f, interpolate, scipy.interpolate, (VALUES, POINTS))


@pytest.mark.parametrize("method", ["cubic", "quintic"])
def test_splines_on_a_grid(method):
    """SciPy solves for their coefficients to four digits or so; those of one variable after the other are exact."""
    f = lambda m, v, at: m.RegularGridInterpolator(GRID, v)(at, method)
    assert_as_scipy(f, interpolate, scipy.interpolate, (VALUES, POINTS), 1e-3)
    k = {"cubic": 3, "quintic": 5}[method]
    weights = [scipy.interpolate.make_interp_spline(g, np.eye(6), k)(x) for g, x in zip(GRID, POINTS[0], strict=True)]
    got = dr.grad(lambda v: f(interpolate, v, POINTS[0])[0])(VALUES)
    np.testing.assert_allclose(got, np.outer(*weights), atol=1e-12)


T, C = np.array([0.0, 0, 0, 0, 1, 2, 3, 3, 3, 3]), np.array([1.0, -0.5, 2.0, 0.3, 1.2, -1.0])


@pytest.mark.parametrize("ext", [0, 1, 3])
@pytest.mark.parametrize("der", [0, 1])
def test_splev_beyond_its_knots(ext, der):
    at = np.array([-0.5, 0.4, 2.2, 3.5])
    assert_as_scipy(lambda m, c, x: m.splev(x, (T, c, 3), der, ext), interpolate, scipy.interpolate, (C, at))


def test_second_order():
    """The curvature of a shape-preserving cubic in its values, against differences of its gradient."""
    f = lambda y: interpolate.PchipInterpolator(X, y)(1.7) ** 2
    H, h = dr.hessian(f)(Y), 1e-6
    want = [(dr.grad(f)(Y + h * e) - dr.grad(f)(Y - h * e)) / (2 * h) for e in np.eye(5)]
    np.testing.assert_allclose(H, want, atol=1e-7)


def test_plain_calls_give_what_scipy_gives():
    for name in ("PchipInterpolator", "Akima1DInterpolator"):
        assert isinstance(getattr(interpolate, name)(X, Y), getattr(scipy.interpolate, name))
    np.testing.assert_array_equal(
        interpolate.RegularGridInterpolator(GRID, VALUES)(POINTS),
        scipy.interpolate.RegularGridInterpolator(GRID, VALUES)(POINTS),
    )


def test_akima_beyond_its_ends_is_nan():
    assert np.isnan(dr.jvp(lambda y: interpolate.Akima1DInterpolator(X, y)(9.0), (Y,), (Y,))[0])
