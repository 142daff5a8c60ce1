"""The value of a fixed spline, or of another object of scipy.interpolate that knows its own derivatives."""

import numpy as np

from ..dispatch import primitive
from ..registry import differential, flops
from ..shapes import ndim, shape, size


@primitive
def spline_value(x, *, spline, nu=0, extrapolate=None):
    """The nu-th derivative of the spline at x, of shape x.shape + the shape of one value."""
    if nu > getattr(spline, "_data", [nu] * 6)[5]:  # the degree of a spline of FITPACK, which knows no further
        return np.zeros_like(x)
    return np.asarray(spline(x, nu, extrapolate))


@differential(spline_value)
def _(y, x, /, *, spline, nu=0, extrapolate=None):
    slope, own = spline_value(x, spline=spline, nu=nu + 1, extrapolate=extrapolate), ndim(y) - ndim(x)
    return lambda dx: slope * np.reshape(dx, shape(dx) + (1,) * own)


def pieces(y, x, *, spline, **_):
    """Horner's rule: a multiplication and an addition per coefficient of a piece."""
    return 2 * size(y) * (len(spline.c) if hasattr(spline, "c") else spline._data[5] + 1)


def pulled(y, x, **_):
    return 2 * size(y) - size(x) if ndim(y) > ndim(x) else size(y)


flops(spline_value, value=pieces, shared=pieces, push=lambda y, x, **_: size(y), pull=pulled)
