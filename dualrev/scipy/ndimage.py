"""scipy.ndimage, differentiable: linear filters at every boundary mode; the rest refuses traced arguments.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import ndimage
>>> dr.grad(lambda x: ndimage.uniform_filter(x, 2)[1])(np.ones(4))
array([0.5, 0.5, 0. , 0. ])
"""

from typing import Any

import numpy as np
import scipy.ndimage

from ..errors import NoRuleError
from ..ops.convolution import convolved_arrays
from ..ops.own_value import exactly
from ..shapes import ndim, shape
from ..traced import operand, value
from .covering import covers, other

__all__ = list(scipy.ndimage.__all__)

# Each boundary mode as np.pad names it.
PADDINGS = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge",
    "wrap": "wrap", "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    return other(scipy.ndimage, name)


def __dir__() -> list[str]:
    return __all__


# ---- one correlation -------------------------------------------------------------------------------------------------


def extended(x, axis, before, after, mode, cval):
    """x with so many more elements along an axis, as the boundary mode has them."""
    if mode not in PADDINGS:
        raise NoRuleError(f"scipy.ndimage: the boundary mode {mode!r} is not one of {', '.join(PADDINGS)}")
    if PADDINGS[mode] == "constant":
        ends = [shape(x)[:axis] + (n,) + shape(x)[axis + 1 :] for n in (before, after)]
        return np.concatenate([np.full(ends[0], cval), x, np.full(ends[1], cval)], axis=axis)
    places = np.pad(np.arange(shape(x)[axis]), (before, after), mode=PADDINGS[mode])
    return x[(slice(None),) * axis + (places,)]


def correlated(x, weights, mode, cval, origins):
    """sum_j w_j x_{i + j - c}, with the centre c at the middle of the weights, moved by the origin."""
    within = []
    for axis, (n, m, origin) in enumerate(zip(shape(x), shape(weights), origins, strict=True)):
        centre = m // 2 + origin
        if not 0 <= centre < m:
            raise ValueError("invalid origin")
        x = extended(x, axis, centre, m - 1 - centre, mode, cval)
        within.append(slice(m - 1, m - 1 + n))
    turned = weights[(slice(None, None, -1),) * ndim(weights)]
    return convolved_arrays(x, turned)[tuple(within)]


def each_axis(given, x):
    return each_of(given, range(ndim(x)))


def each_of(given, axes):
    return tuple(given) if isinstance(given, (list, tuple)) else (given,) * len(axes)


def places(axes, x):
    """The axes to filter, counted from the front."""
    if axes is None:
        return tuple(range(ndim(x)))
    return tuple(a % ndim(x) for a in (axes if isinstance(axes, (list, tuple)) else (axes,)))


def beside(weights, axes, x):
    """Weights for some of the axes of x, as an array with as many axes as x."""
    if axes is None:
        return weights
    ordered = np.transpose(weights, np.argsort(places(axes, x)))
    lengths = iter(shape(ordered))
    return np.reshape(ordered, [next(lengths) if k in places(axes, x) else 1 for k in range(ndim(x))])


def origins_of(origin, axes, x):
    by_axis = dict(zip(places(axes, x), each_of(origin, places(axes, x)), strict=True))
    return tuple(by_axis.get(k, 0) for k in range(ndim(x)))


def along(weights, axis, x):
    """A vector of weights along one axis of x."""
    return np.reshape(weights, tuple(-1 if i == axis % ndim(x) else 1 for i in range(ndim(x))))


def for_axis(origin, axis, x):
    return tuple(origin if i == axis % ndim(x) else 0 for i in range(ndim(x)))


def turned_origins(origins, weights):
    """A convolution is a correlation with the weights turned around, whose middle is that of an odd number."""
    return tuple(-o - (m % 2 == 0) for o, m in zip(origins, shape(weights), strict=True))


@covers(scipy.ndimage.correlate)
def correlate(input, weights, mode="reflect", cval=0.0, origin=0, *, axes=None):
    x, w = operand(input), operand(weights)
    y = correlated(x, beside(w, axes, x), mode, cval, origins_of(origin, axes, x))
    kw = {"mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return exactly(y, value(x), value(w), func=scipy.ndimage.correlate, arguments=kw)


@covers(scipy.ndimage.convolve)
def convolve(input, weights, mode="reflect", cval=0.0, origin=0, *, axes=None):
    x, w = operand(input), operand(weights)
    turned = beside(w[(slice(None, None, -1),) * ndim(w)], axes, x)
    y = correlated(x, turned, mode, cval, turned_origins(origins_of(origin, axes, x), turned))
    kw = {"mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return exactly(y, value(x), value(w), func=scipy.ndimage.convolve, arguments=kw)


@covers(scipy.ndimage.correlate1d)
def correlate1d(input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    x, w = operand(input), operand(weights)
    y = correlated(x, along(w, axis, x), mode, cval, for_axis(origin, axis, x))
    kw = {"axis": axis, "mode": mode, "cval": cval, "origin": origin}
    return exactly(y, value(x), value(w), func=scipy.ndimage.correlate1d, arguments=kw)


@covers(scipy.ndimage.convolve1d)
def convolve1d(input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    x, w = operand(input), operand(weights)
    turned = along(w[::-1], axis, x)
    origins = for_axis(-origin - (shape(w)[0] % 2 == 0), axis, x)
    kw = {"axis": axis, "mode": mode, "cval": cval, "origin": origin}
    y = correlated(x, turned, mode, cval, origins)
    return exactly(y, value(x), value(w), func=scipy.ndimage.convolve1d, arguments=kw)


# ---- smoothing -------------------------------------------------------------------------------------------------------


def gaussian_weights(sigma, order, truncate, radius):
    """A sampled normal density, or its derivative of an order, which may be differentiated in sigma.

    The derivative is the density times a polynomial, whose coefficients q become D q - q x / sigma^2 each time.
    """
    r = int(truncate * float(value(sigma)) + 0.5) if radius is None else radius
    x = np.arange(-r, r + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * x**2)
    weights = weights / np.sum(weights)
    powers = np.arange(order + 1)
    step = np.diag(powers[1:], 1) - np.diag(np.ones(order), -1) / (sigma * sigma)
    q = np.eye(order + 1)[0]
    for _ in range(order):
        q = step @ q
    return weights * ((-x[:, None]) ** powers @ q)  # turned around: SciPy correlates


@covers(scipy.ndimage.gaussian_filter1d)
def gaussian_filter1d(input, sigma, axis=-1, order=0, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    x, sigma = operand(input), operand(sigma)
    weights = along(gaussian_weights(sigma, order, truncate, radius), axis, x)
    y = correlated(x, weights, mode, cval, (0,) * ndim(x))
    kw = {"axis": axis, "order": order, "mode": mode, "cval": cval, "truncate": truncate, "radius": radius}

    def plain(x, sigma):
        return scipy.ndimage.gaussian_filter1d(x, float(sigma), **kw)

    return exactly(y, value(x), value(sigma), func=plain, arguments={})


@covers(scipy.ndimage.gaussian_filter)
def gaussian_filter(input, sigma, order=0, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None):
    x = y = operand(input)
    where = places(axes, x)
    sigmas = list(operand(sigma)) if ndim(operand(sigma)) else [sigma] * len(where)
    for axis, s, o, m, r in zip(where, sigmas, *(each_of(g, where) for g in (order, mode, radius)), strict=True):
        if value(s) > 1e-15:
            weights = along(gaussian_weights(s, o, truncate, r), axis, x)
            y = correlated(y, weights, m, cval, (0,) * ndim(x))
    kw = {"order": order, "mode": mode, "cval": cval, "truncate": truncate, "radius": radius, "axes": axes}

    def plain(x, *sigmas):
        return scipy.ndimage.gaussian_filter(x, [float(s) for s in sigmas], **kw)

    return exactly(y, value(x), *map(value, sigmas), func=plain, arguments={})


@covers(scipy.ndimage.uniform_filter1d)
def uniform_filter1d(input, size, axis=-1, mode="reflect", cval=0.0, origin=0):
    x = operand(input)
    y = correlated(x, along(np.full(size, 1 / size), axis, x), mode, cval, for_axis(origin, axis, x))
    kw = {"size": size, "axis": axis, "mode": mode, "cval": cval, "origin": origin}
    return exactly(y, value(x), func=scipy.ndimage.uniform_filter1d, arguments=kw)


@covers(scipy.ndimage.uniform_filter)
def uniform_filter(input, size=3, mode="reflect", cval=0.0, origin=0, *, axes=None):
    x = y = operand(input)
    where = places(axes, x)
    for axis, n, m, o in zip(where, *(each_of(g, where) for g in (size, mode, origin)), strict=True):
        if n > 1:
            y = correlated(y, along(np.full(n, 1 / n), axis, x), m, cval, for_axis(o, axis, x))
    kw = {"size": size, "mode": mode, "cval": cval, "origin": origin, "axes": axes}
    return exactly(y, value(x), func=scipy.ndimage.uniform_filter, arguments=kw)


# ---- edges, said in the filters above as SciPy says them -------------------------------------------------------------


def edges(func, across):
    """A difference along one axis and a mean along the others."""

    def says(input, axis=-1, mode="reflect", cval=0.0):
        x = operand(input)
        axis, modes = axis % ndim(x), each_axis(mode, x)
        y = correlate1d(x, [-1, 0, 1], axis, mode=modes[axis], cval=cval)
        for k in range(ndim(x)):
            if k != axis:
                y = correlate1d(y, across, k, mode=modes[k], cval=cval)
        return y

    return covers(func)(says)


sobel, prewitt = edges(scipy.ndimage.sobel, [1, 2, 1]), edges(scipy.ndimage.prewitt, [1, 1, 1])


@covers(scipy.ndimage.laplace)
def laplace(input, mode="reflect", cval=0.0, *, axes=None):
    x = operand(input)
    where = places(axes, x)
    terms = [
        correlate1d(x, [1, -2, 1], axis, mode=m, cval=cval) for axis, m in zip(where, each_of(mode, where), strict=True)
    ]
    return sum(terms[1:], terms[0])


def derivatives(x, sigma, order, axes, keywords):
    """The Gaussian derivative of an order along each axis."""
    where = places(axes, x)
    for k in range(len(where)):
        orders = [order * (j == k) for j in range(len(where))]
        yield gaussian_filter(x, sigma, orders, axes=where, **keywords)


@covers(scipy.ndimage.gaussian_laplace)
def gaussian_laplace(input, sigma, mode="reflect", cval=0.0, *, axes=None, kwargs=None):
    first, *rest = derivatives(operand(input), sigma, 2, axes, {"mode": mode, "cval": cval, **(kwargs or {})})
    return sum(rest, first)


@covers(scipy.ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(input, sigma, mode="reflect", cval=0.0, *, axes=None, kwargs=None):
    x, kw = operand(input), {"mode": mode, "cval": cval, **(kwargs or {})}
    y = np.linalg.norm(np.stack(list(derivatives(x, sigma, 1, axes, kw))), axis=0)  # whose slope at 0 is 0

    def plain(x):
        return scipy.ndimage.gaussian_gradient_magnitude(x, value(sigma), axes=axes, **kw)

    return exactly(y, value(x), func=plain, arguments={})
