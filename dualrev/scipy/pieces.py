"""Piecewise polynomials with traced coefficients and knots, and the cubic ones that keep the shape of the data."""

from typing import Any

import numpy as np
import scipy.interpolate

from ..errors import NoRuleError
from ..ops.own_value import exactly
from ..shapes import ndim, shape
from ..traced import operand, value

Array = Any


class Pieces:
    """sum_j c[j] (x - knots[i])**(k - j) on the i-th interval: c has the shape (k + 1, intervals, ...).

    extrapolate: the first and the last piece go on; else the value beyond the knots is nan.
    plain: the same of SciPy's, made from the plain numbers of `given`, whose values count to the last bit.
    """

    def __init__(self, c: Array, knots: Array, extrapolate: bool, axis: int = 0, plain: Any = None, given: Any = ()):
        self.c, self.x, self.extrapolate, self.axis = c, knots, extrapolate, axis
        self.plain, self.given = plain, given

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """The nu-th derivative at x: x.shape takes the place of the axis of the values."""
        x, goes_on = operand(x), self.extrapolate if extrapolate is None else extrapolate
        if goes_on == "periodic":
            raise NoRuleError("extrapolate='periodic' has no derivative rule where the values are traced")
        knots = value(self.x)
        i = np.clip(np.searchsorted(knots, value(x), side="right") - 1, 0, len(knots) - 2)
        s = np.reshape(x - self.x[i], shape(x) + (1,) * (ndim(self.c) - 2))
        y = horner(differentiated(self.c, nu)[:, i], s)
        beyond = (value(x) < knots[0]) | (value(x) > knots[-1])
        if not goes_on and beyond.any():
            y = np.where(np.reshape(beyond, shape(s)), np.nan, y)
        y = placed(y, ndim(x), self.axis)
        if self.plain is None:
            return y
        given = [value(v) for v in (x, *self.given)]
        ask = lambda x, *given: self.plain(*given)(x, nu, extrapolate)
        return exactly(y, *given, func=ask, arguments={})

    def derivative(self, nu: int = 1) -> "Pieces":
        """The nu-th derivative."""
        return self.said_of(differentiated(self.c, nu), lambda made: made.derivative(nu))

    def antiderivative(self, nu: int = 1) -> "Pieces":
        """The nu-th antiderivative, zero at the first knot."""
        c = self.c
        for _ in range(nu):
            c = antiderived(c, self.x)
        return self.said_of(c, lambda made: made.antiderivative(nu))

    def said_of(self, c: Array, change: Any) -> "Pieces":
        plain = None if self.plain is None else lambda *given: change(self.plain(*given))
        return Pieces(c, self.x, self.extrapolate, self.axis, plain, self.given)

    def integrate(self, a: Array, b: Array) -> Array:
        """The integral from a to b."""
        whole = Pieces(antiderived(self.c, self.x), self.x, True)
        y = whole(b) - whole(a)
        if self.plain is None:
            return y
        given = [value(operand(v)) for v in (a, b, *self.given)]
        ask = lambda a, b, *given: self.plain(*given).integrate(float(a), float(b))
        return exactly(y, *given, func=ask, arguments={})


def placed(y, axes, axis):
    """y with its first axes, those of the point, in the place of the axis of the values."""
    return np.moveaxis(y, range(axes), range(axis, axis + axes)) if axis and axes else y


def antiderived(c, knots):
    """The coefficients of the antiderivative, zero at the first knot."""
    k, own = shape(c)[0], (1,) * (ndim(c) - 1)
    raised = c / np.reshape(np.arange(k, 0.0, -1), (k, *own))
    pieces = horner(np.concatenate([raised, 0 * raised[:1]]), np.reshape(np.diff(knots), (-1, *own[1:])))
    starts = np.concatenate([0 * pieces[:1], np.cumsum(pieces, axis=0)[:-1]])
    return np.concatenate([raised, starts[None]])


def horner(c, s):
    y = c[0]
    for row in c[1:]:
        y = y * s + row
    return y


def differentiated(c, nu):
    """The coefficients of the nu-th derivative."""
    for _ in range(nu):
        k = shape(c)[0]
        if k == 1:
            return 0 * c
        c = c[:-1] * np.reshape(np.arange(k - 1.0, 0, -1), (k - 1,) + (1,) * (ndim(c) - 1))
    return c


def hermite(x, y, slopes, extrapolate, axis=0, plain=None, given=()):
    """The cubic pieces through values and slopes at the knots, along the first axis of both."""
    h = np.reshape(np.diff(x), (-1,) + (1,) * (ndim(y) - 1))
    chord = np.diff(y, axis=0) / h
    t = (slopes[:-1] + slopes[1:] - 2 * chord) / h
    c = np.stack([t / h, (chord - slopes[:-1]) / h - t, slopes[:-1], y[:-1]])
    return Pieces(c, x, extrapolate, axis, plain, given)


# ---- slopes that keep the shape --------------------------------------------------------------------------------------


def pchip_slopes(x, y):
    """Source: Fritsch & Butland (1984), A method for constructing local monotone piecewise cubic interpolants."""
    h = np.reshape(np.diff(x), (-1,) + (1,) * (ndim(y) - 1))
    m = np.diff(y, axis=0) / h
    if shape(y)[0] == 2:
        return np.concatenate([m, m])
    sign, before, after = np.sign(value(m)), m[:-1], m[1:]
    flat = (sign[1:] != sign[:-1]) | (sign[1:] == 0)
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    mean = (w1 / np.where(flat, 1.0, before) + w2 / np.where(flat, 1.0, after)) / (w1 + w2)
    inner = np.where(flat, 0.0, 1.0 / np.where(flat, 1.0, mean))
    ends = [pchip_end(h[i], h[j], m[i], m[j])[None] for i, j in ((0, 1), (-1, -2))]
    return np.concatenate([ends[0], inner, ends[1]])


def pchip_end(h0, h1, m0, m1):
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    turned = np.sign(value(d)) != np.sign(value(m0))
    steep = (np.sign(value(m0)) != np.sign(value(m1))) & (np.abs(value(d)) > 3 * np.abs(value(m0)))
    return np.where(turned, 0.0, np.where(steep, 3.0 * m0, d))


def akima_slopes(x, y, method):
    """Source: Akima (1970), A new method of interpolation and smooth curve fitting based on local procedures."""
    m = np.diff(y, axis=0) / np.reshape(np.diff(x), (-1,) + (1,) * (ndim(y) - 1))
    if shape(y)[0] == 2:
        return np.concatenate([m, m])
    m1 = 2 * m[0] - m[1]
    m8 = 2 * m[-1] - m[-2]
    m = np.concatenate([(2 * m1 - m[0])[None], m1[None], m, m8[None], (2 * m8 - m[-1])[None]])
    change = np.abs(np.diff(m, axis=0))
    f1, f2 = change[2:], change[:-2]
    if method == "makima":
        size = np.abs(m[1:] + m[:-1])
        f1, f2 = f1 + 0.5 * size[2:], f2 + 0.5 * size[:-2]
    both = f1 + f2
    known = value(both) > 1e-9 * np.max(value(both), initial=0.0)
    share = f2 / np.where(known, both, 1.0)
    return np.where(known, m[1:-2] + share * (m[2:-1] - m[1:-2]), 0.5 * (m[3:] + m[:-3]))


def shaped(name, slopes, x, y, axis, extrapolate, **how):
    """What scipy.interpolate has under this name, with traced knots or values."""
    x, y = operand(x), operand(y)
    axis = axis % ndim(y)
    given = (x, y)
    make = lambda x, y: getattr(scipy.interpolate, name)(x, y, axis=axis, extrapolate=extrapolate, **how)
    y = np.moveaxis(y, axis, 0)
    goes_on = (name != "Akima1DInterpolator") if extrapolate is None else extrapolate
    return hermite(x, y, slopes(x, y), goes_on, axis, make, given)
