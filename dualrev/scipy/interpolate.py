"""scipy.interpolate, differentiable: a fixed spline at traced points, and splines that are linear in traced values.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import interpolate
>>> knots = np.array([0.0, 1.0, 2.0, 3.0])
>>> round(dr.grad(interpolate.CubicSpline(knots, knots**2))(1.5), 12)
3.0
>>> dr.grad(lambda y: interpolate.CubicSpline(knots, y)(1.5))(knots).round(12)
array([-0.0625,  0.5625,  0.5625, -0.0625])
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.interpolate

from ..errors import NoRuleError
from ..ops.own_value import exactly
from ..ops.splines import spline_value
from ..shapes import ndim, shape
from ..traced import holds_tracer, operand, value
from .covering import other
from .pieces import Pieces, akima_slopes, hermite, pchip_slopes, placed, shaped

__all__ = list(scipy.interpolate.__all__)
Array = Any  # a number, an array, or a traced one


def __getattr__(name: str) -> Any:
    found = other(scipy.interpolate, name)
    if isinstance(found, type):
        raise NoRuleError(
            f"scipy.interpolate.{name} has no derivative rule: import it from scipy.interpolate for plain arguments"
        )
    return found


def __dir__() -> list[str]:
    return __all__


# ---- at traced points ------------------------------------------------------------------------------------------------


class AtTracedPoints:
    """A spline of SciPy's that can also be called at traced points."""

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        if not holds_tracer((x,)):
            return super().__call__(x, nu, extrapolate)  # type: ignore[misc]  # a class of SciPy's follows
        return spline_value(operand(x), spline=self, nu=nu, extrapolate=extrapolate)


class PlainValues(AtTracedPoints):
    """A spline of SciPy's whose values are plain: traced ones are refused by its name."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if holds_tracer((*args, *kwargs.values())):
            raise NoRuleError(
                f"scipy.interpolate.{cls.__name__} has no derivative rule in its values, only in the point: use "
                "CubicSpline or make_interp_spline, or pass dr.value(y)"
            )
        return super().__new__(cls)


class PPoly(AtTracedPoints, scipy.interpolate.PPoly):
    """scipy.interpolate.PPoly, differentiable in the point, the coefficients and the knots."""

    def __new__(cls, c: Array, x: Array, extrapolate: Any = None, axis: int = 0) -> Any:
        if not holds_tracer((c, x)):
            return super().__new__(cls)
        if axis:
            raise NoRuleError(
                f"scipy.interpolate.PPoly: axis={axis} has no derivative rule; leave it at its default, 0"
            )
        make = lambda c, x: scipy.interpolate.PPoly(c, x, extrapolate)
        goes_on = True if extrapolate is None else extrapolate
        return Pieces(operand(c), operand(x), goes_on, plain=make, given=(operand(c), operand(x)))


class PchipInterpolator(AtTracedPoints, scipy.interpolate.PchipInterpolator):
    """scipy.interpolate.PchipInterpolator, differentiable in the point, the values and the knots."""

    def __new__(cls, x: Array, y: Array, axis: int = 0, extrapolate: Any = None) -> Any:
        if not holds_tracer((x, y)):
            return super().__new__(cls)
        return shaped("PchipInterpolator", pchip_slopes, x, y, axis, extrapolate)


class Akima1DInterpolator(AtTracedPoints, scipy.interpolate.Akima1DInterpolator):
    """scipy.interpolate.Akima1DInterpolator, differentiable in the point, the values and the knots."""

    def __new__(cls, x: Array, y: Array, axis: int = 0, *, method: Any = "akima", extrapolate: Any = None) -> Any:
        if not holds_tracer((x, y)):
            return super().__new__(cls)
        slopes = lambda x, y: akima_slopes(x, y, method)
        return shaped("Akima1DInterpolator", slopes, x, y, axis, extrapolate, method=method)


class CubicHermiteSpline(AtTracedPoints, scipy.interpolate.CubicHermiteSpline):
    """scipy.interpolate.CubicHermiteSpline, differentiable in the point, the values, the slopes and the knots."""

    def __new__(cls, x: Array, y: Array, dydx: Array, axis: int = 0, extrapolate: Any = None) -> Any:
        if not holds_tracer((x, y, dydx)):
            return super().__new__(cls)
        x, y, dydx = operand(x), operand(y), operand(dydx)
        axis = axis % ndim(y)
        make = lambda x, y, d: scipy.interpolate.CubicHermiteSpline(x, y, d, axis, extrapolate)
        first = [np.moveaxis(v, axis, 0) for v in (y, dydx)]
        return hermite(x, first[0], first[1], extrapolate is not False, axis, make, (x, y, dydx))


class RegularGridInterpolator:
    """scipy.interpolate.RegularGridInterpolator, differentiable in the point and in the values.

    Methods "linear", "nearest", "slinear", "cubic", "quintic"; "pchip" for plain arguments.

    >>> grid = RegularGridInterpolator((np.arange(3.0), np.arange(2.0)), np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 6.0]]))
    >>> float(grid([1.5, 0.5])[0])
    3.75
    """

    def __init__(
        self, points: Any, values: Array, method: str = "linear", bounds_error: bool = True, fill_value: Any = np.nan,
        **how: Any,
    ):  # fmt: skip
        if holds_tracer(points):
            raise NoRuleError("RegularGridInterpolator has no derivative rule in its grid: pass dr.value(points)")
        self.points, self.values, self.method = [np.asarray(p, float) for p in points], operand(values), method
        self.given = {"bounds_error": bounds_error, "fill_value": fill_value, **how}
        self.plain = self.made(value(self.values))
        self.grid = self.plain.grid

    def made(self, values):
        return scipy.interpolate.RegularGridInterpolator(self.points, values, self.method, **self.given)

    def __call__(self, xi: Array, method: str | None = None, **further: Any) -> Array:
        joined = isinstance(xi, tuple)
        if not holds_tracer((xi, self.values)):
            return self.plain(xi, method, **further)
        xi = np.stack(np.broadcast_arrays(*map(operand, xi)), axis=-1) if joined else operand(xi)
        method = method or self.method
        if method not in DEGREES or further.get("nu") is not None:
            raise NoRuleError(f"RegularGridInterpolator: method={method!r}, or nu, has no derivative rule")
        asked = lambda values, xi: self.made(values)(xi, method)
        d = len(self.points)
        at = np.reshape(xi, (-1, d))
        y = self.weighted([at[:, k] for k in range(d)], method)
        if self.given["fill_value"] is not None:
            beyond = [(x < p[0]) | (x > p[-1]) for p, x in zip(self.points, value(at).T, strict=True)]
            y = np.where(np.reshape(np.any(beyond, axis=0), (-1,) + (1,) * (ndim(y) - 1)), self.given["fill_value"], y)
        y = np.reshape(y, asked(value(self.values), value(xi)).shape)
        return exactly(y, value(self.values), value(xi), func=asked, arguments={})

    def weighted(self, columns, method):
        """The sum of all values, each with its weight, the product of those of its coordinates."""
        if method == "nearest":
            near = [self.nearest(p, value(x)) for p, x in zip(self.points, columns, strict=True)]
            return self.values[tuple(near)]
        weights = [
            spline_value(x, spline=scipy.interpolate.make_interp_spline(p, np.eye(len(p)), DEGREES[method]))
            for p, x in zip(self.points, columns, strict=True)
        ]
        letters = "abcdefghijklm"[: len(weights)]
        return np.einsum(",".join("z" + c for c in letters) + f",{letters}...->z...", *weights, self.values)

    @staticmethod
    def nearest(p, x):
        i = np.clip(np.searchsorted(p, x, side="right") - 1, 0, len(p) - 2)
        return np.where((x - p[i]) / (p[i + 1] - p[i]) <= 0.5, i, i + 1)


DEGREES = {"linear": 1, "slinear": 1, "nearest": 0, "cubic": 3, "quintic": 5}


def interpn(
    points: Any, values: Array, xi: Array, method: str = "linear", bounds_error: bool = True, fill_value: Any = np.nan
) -> Array:
    """scipy.interpolate.interpn, differentiable in the point and in the values."""
    if not holds_tracer((points, values, xi)):
        return scipy.interpolate.interpn(points, values, xi, method, bounds_error, fill_value)
    if method not in DEGREES:
        raise NoRuleError(f"scipy.interpolate.interpn: method={method!r} has no derivative rule")
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(xi)


def pchip_interpolate(xi: Array, yi: Array, x: Array, der: Any = 0, axis: int = 0) -> Array:
    """scipy.interpolate.pchip_interpolate, differentiable in the point, the values and the knots."""
    if not holds_tracer((xi, yi, x)) or not isinstance(der, int):
        return scipy.interpolate.pchip_interpolate(xi, yi, x, der, axis)
    made = PchipInterpolator(xi, yi, axis=axis)
    return made.derivative(der)(x) if der else made(x)


class UnivariateSpline(PlainValues, scipy.interpolate.UnivariateSpline):
    """scipy.interpolate.UnivariateSpline, differentiable in the point."""


class InterpolatedUnivariateSpline(PlainValues, scipy.interpolate.InterpolatedUnivariateSpline):
    """scipy.interpolate.InterpolatedUnivariateSpline, differentiable in the point."""


class BSpline(AtTracedPoints, scipy.interpolate.BSpline):
    """scipy.interpolate.BSpline, differentiable in the point and in the coefficients c."""

    def __new__(cls, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0) -> Any:
        if not holds_tracer((t, c)):
            return super().__new__(cls)
        return linear_in(lambda c: scipy.interpolate.BSpline(t, c, k, extrapolate), c, axis, t=t)


class CubicSpline(AtTracedPoints, scipy.interpolate.CubicSpline):
    """scipy.interpolate.CubicSpline, differentiable in the point and in the values y."""

    def __new__(cls, x: Array, y: Array, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> Any:
        if not holds_tracer((x, y, bc_type)):
            return super().__new__(cls)
        if isinstance(bc_type, str) and bc_type not in ("not-a-knot", "natural", "clamped"):
            raise NoRuleError(
                f"scipy.interpolate.CubicSpline: bc_type={bc_type!r} has no derivative rule in y; supported: "
                "'not-a-knot', 'natural', 'clamped', or a pair"
            )

        def make(y, bc_type=bc_type):
            return scipy.interpolate.CubicSpline(x, y, bc_type=bc_type, extrapolate=extrapolate)

        if isinstance(bc_type, str):
            return linear_in(make, y, axis, x=x)
        at_rest = tuple(end if isinstance(end, str) else (end[0], np.zeros(len(x))) for end in bc_type)
        return linear_in(make, y, axis, lambda y: make(y, at_rest), x=x, bc_type=bc_type)


def splev(x: Array, tck: Any, der: int = 0, ext: int = 0) -> Array:
    """scipy.interpolate.splev, differentiable in the point and in the coefficients.

    >>> splev(1.5, scipy.interpolate.splrep(np.arange(5.0), np.arange(5.0)))
    array(1.5)
    """
    if not holds_tracer((x, *tck) if isinstance(tck, tuple) else (x,)):
        return scipy.interpolate.splev(x, tck, der, ext)
    t, c, k = tck if isinstance(tck, tuple) else (tck.t, tck.c, tck.k)
    x, low, high = operand(x), t[k], t[-k - 1]
    beyond = (value(x) < low) | (value(x) > high)
    inside = np.clip(x, low, high) if ext == 3 and not der else x  # FITPACK extrapolates slopes
    y = BSpline(t, operand(c)[: len(t) - k - 1], k)(inside, der)
    if ext == 1:
        y = np.where(beyond, 0.0, y)

    def plain(x, c):
        return scipy.interpolate.splev(x, (t, c, k), der, ext)

    return exactly(y, value(operand(x)), value(operand(c)), func=plain, arguments={})


# ---- with traced values ----------------------------------------------------------------------------------------------


def make_interp_spline(x: Array, y: Array, k: int = 3, t: Array = None, bc_type: Any = None, axis: int = 0) -> Any:
    """scipy.interpolate.make_interp_spline, differentiable in the values y.

    >>> make_interp_spline(np.arange(4.0), np.arange(4.0), k=1)(1.5)
    array(1.5)
    """
    if not holds_tracer((x, y, t)):
        return scipy.interpolate.make_interp_spline(x, y, k, t, bc_type, axis)
    if bc_type not in (None, "not-a-knot", "natural", "clamped"):
        raise NoRuleError(f"scipy.interpolate.make_interp_spline: bc_type={bc_type!r} has no derivative rule in y")
    return linear_in(lambda y: scipy.interpolate.make_interp_spline(x, y, k, t, bc_type), y, axis, x=x, t=t)


def make_lsq_spline(x: Array, y: Array, t: Array, k: int = 3, w: Array = None, axis: int = 0) -> Any:
    """scipy.interpolate.make_lsq_spline, differentiable in the values y.

    >>> t = np.array([0.0, 0.0, 3.0, 3.0])
    >>> round(float(make_lsq_spline(np.arange(4.0), np.arange(4.0), t, k=1)(1.5)), 12)
    1.5
    """
    if not holds_tracer((x, y, t, w)):
        return scipy.interpolate.make_lsq_spline(x, y, t, k, w, axis)
    return linear_in(lambda y: scipy.interpolate.make_lsq_spline(x, y, t, k, w), y, axis, x=x, t=t, w=w)


def linear_in(make, values, axis, basis=None, **knots):
    """The spline `make(values)`, which is linear in the values; its knots are plain."""
    if any(holds_tracer((k,)) for k in knots.values()):
        raise NoRuleError("a spline has no derivative rule in its knots: pass dr.value(x) if none is wanted")
    axis = axis % ndim(operand(values))
    return ValuesSpline(make, np.moveaxis(operand(values), axis, 0), axis, basis)


class ValuesSpline:
    """A spline through traced values: sum_i B_i(x) y_i, with the spline B_i through the i-th unit vector.

    Parameters
    ----------
    make : callable
        ``make(y)`` is the spline of SciPy's through plain values y of shape (n, ...).
    values
        The traced values, of shape (n, ...).
    axis : int
        Where the axes of the point come in the result.
    basis : callable, optional
        As `make`, where that is linear in the values only up to a constant spline, with which values of 0 begin.
    """

    def __init__(self, make: Callable[[Any], Any], values: Array, axis: int = 0, basis: Any = None):
        self.make, self.values, self.axis, self.of_basis = make, values, axis, basis
        self.basis = (basis or make)(np.eye(shape(values)[0]))

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """The nu-th derivative at x: x.shape takes the place of the axis of the values."""
        x = operand(x)
        y = np.tensordot(spline_value(x, spline=self.basis, nu=nu, extrapolate=extrapolate), self.values, axes=1)
        if self.of_basis:
            y = y + spline_value(x, spline=self.make(np.zeros(shape(self.values))), nu=nu, extrapolate=extrapolate)

        def plain(values, x):
            return self.make(values)(x, nu, extrapolate)

        return placed(exactly(y, value(self.values), value(x), func=plain, arguments={}), ndim(x), self.axis)

    def derivative(self, nu: int = 1) -> "ValuesSpline":
        """The spline's nu-th derivative."""
        return self.said_of(lambda spline: spline.derivative(nu))

    def antiderivative(self, nu: int = 1) -> "ValuesSpline":
        """The spline's nu-th antiderivative, zero at the first knot."""
        return self.said_of(lambda spline: spline.antiderivative(nu))

    def said_of(self, change: Callable[[Any], Any]) -> "ValuesSpline":
        basis = self.of_basis and (lambda y: change(self.of_basis(y)))
        return ValuesSpline(lambda y: change(self.make(y)), self.values, self.axis, basis)

    def integrate(self, a: Array, b: Array) -> Array:
        """The integral from a to b."""
        whole = self.antiderivative()
        y = whole(b) - whole(a)
        given = [np.asarray(value(operand(v)))[()] for v in (self.values, a, b)]
        return exactly(y, *given, func=lambda v, a, b: self.make(v).integrate(float(a), float(b)), arguments={})


class interp1d:
    """scipy.interpolate.interp1d, differentiable in the point and in the values y; of the knots if it is linear.

    >>> float(interp1d(np.arange(3.0), np.array([0.0, 1.0, 4.0]))(1.5))
    2.5
    """

    def __init__(
        self, x: Array, y: Array, kind: Any = "linear", axis: int = -1, copy: bool = True, bounds_error: Any = None,
        fill_value: Any = np.nan, assume_sorted: bool = False,
    ):  # fmt: skip
        self.kind = {1: "linear", 2: "quadratic", 3: "cubic", "slinear": "linear"}.get(kind, kind)
        self.x, self.y, self.fill = operand(x), operand(y), fill_value
        self.how = {"kind": kind, "axis": axis, "bounds_error": bounds_error, "fill_value": fill_value}
        self.how["assume_sorted"] = assume_sorted
        self.axis = axis % ndim(self.y)
        self.plain = self.made(value(self.x), value(self.y))

    def made(self, x, y):
        return scipy.interpolate.interp1d(x, y, **self.how)

    def __call__(self, x: Array) -> Array:
        if not holds_tracer((x, self.x, self.y)):
            return self.plain(x)
        filled = not isinstance(self.fill, str) and not (np.ndim(self.fill) == 0 and np.isnan(self.fill))
        if self.kind not in ("linear", "quadratic", "cubic") or filled:
            raise NoRuleError(
                f"scipy.interpolate.interp1d: kind={self.kind!r} with fill_value={self.fill!r} has no derivative rule; "
                "supported: 'linear', 'quadratic', 'cubic', without a fill_value or with 'extrapolate'"
            )
        x, order = operand(x), np.argsort(value(self.x), kind="stable")
        knots, values = self.x[order], np.moveaxis(self.y, self.axis, 0)[order]
        if self.kind == "linear":
            y = self.linear(x, knots, values)
        else:
            y = make_interp_spline(knots, values, {"quadratic": 2, "cubic": 3}[self.kind])(x)

        def plain(x, knots, values):
            return self.made(knots, values)(x)

        y = np.moveaxis(y, range(ndim(x)), range(self.axis, self.axis + ndim(x)))
        return exactly(y, value(x), value(self.x), value(self.y), func=plain, arguments={})

    @staticmethod
    def linear(x, knots, values):
        above = np.clip(np.searchsorted(value(knots), value(x)), 1, shape(knots)[0] - 1)
        below = above - 1
        share = (x - knots[below]) / (knots[above] - knots[below])
        share = np.reshape(share, shape(share) + (1,) * (ndim(values) - 1))
        return values[below] + share * (values[above] - values[below])
