"""Sampled signals: convolution, interpolation, finite differences, sums over samples."""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, composite, elementwise, flops, linear
from ..shapes import ndim, shape, size
from ..traced import Tracer, operand, value
from .own_value import exactly
from .shape import in_precision

# ---- convolution -----------------------------------------------------------------------------------------------------


@primitive
def convolved(a, v, mode="full"):
    return np.convolve(a, v, mode)


@primitive
def correlated(a, v, mode="full"):
    """c[k], the sum over n of a[n + k] v[n]."""
    return np.correlate(a, np.conjugate(v), mode)


def rows_convolved(t, v):
    """The full convolution with v of each of the vectors t, as one long vector: zeros between them keep them apart."""
    apart = np.concatenate([t, np.zeros((*shape(t)[:-1], size(v) - 1), value(t).dtype)], axis=-1)
    long = np.reshape(apart, (-1,))
    return np.reshape(convolved(long, v)[: size(long)] if size(long) else long, shape(apart))


def part(n, m, mode):
    """The part of a full convolution of n with m elements that `mode` asks for."""
    short, long = min(n, m), max(n, m)
    if mode in ("full", "f", 2):
        return slice(0, n + m - 1)
    if mode in ("same", "s", 1):
        return slice((short - 1) // 2, (short - 1) // 2 + long)
    return slice(short - 1, long)


def pair(x, other, wanted):
    """J and J^T of the wanted part of the full convolution of x with another vector."""
    n, m = size(x), size(other)

    def JT(ct):
        ends = [np.zeros((*shape(ct)[:-1], k), value(ct).dtype) for k in (wanted.start, n + m - 1 - wanted.stop)]
        whole = np.concatenate([ends[0], ct, ends[1]], axis=-1) if any(shape(end)[-1] for end in ends) else ct
        return rows_convolved(whole, other[::-1])[..., m - 1 : m - 1 + n]

    return lambda dx: rows_convolved(dx, other)[..., wanted], JT


@argwise(convolved)
def _(y, a, v, /, mode="full"):
    wanted = part(size(a), size(v), mode)
    return pair(a, v, wanted), pair(v, a, wanted)


@argwise(correlated)
def _(y, a, v, /, mode="full"):
    """A convolution with v turned round; where v is the longer one, NumPy turns the result round too."""
    n, m = size(a), size(v)
    wanted = part(n, m, mode)
    if n < m:
        wanted = slice(n + m - 1 - wanted.stop, n + m - 1 - wanted.start)
    J, JT = pair(v, a, wanted)
    return pair(a, v[::-1], wanted), (lambda dv: J(dv[..., ::-1]), lambda ct: JT(ct)[..., ::-1])


# Each product of two elements is added to something; the zeros between vectors are multiplied too.
flops(
    *(convolved, correlated),
    value=lambda y, a, v, mode="full": 2 * size(a) * size(v),
    push=lambda y, a, v, mode="full": tuple(2 * (size(a) + size(v) - 1) * size(t) for t in (v, a)),
    pull=lambda y, a, v, mode="full": tuple(2 * (size(a) + size(v) + size(t) - 2) * size(t) for t in (v, a)),
)


def vectors(a, v, name):
    a, v = np.atleast_1d(operand(a)), np.atleast_1d(operand(v))
    if ndim(a) != 1 or ndim(v) != 1:
        raise ValueError(f"{name}: both arguments are vectors")
    if not size(a) or not size(v):
        raise ValueError(f"{name}: a vector is empty")
    return a, v


composite(np.convolve)(lambda a, v, mode="full": convolved(*vectors(a, v, "np.convolve"), mode=mode))


@composite(np.correlate)
def _(a, v, mode="valid"):
    a, v = vectors(a, v, "np.correlate")
    return correlated(a, np.conjugate(v) if np.iscomplexobj(v) else v, mode=mode)


# ---- interpolation ---------------------------------------------------------------------------------------------------


@composite(np.interp)
def _(x, xp, fp, left=None, right=None, period=None):
    """Piecewise linear. At a knot the slope is the one to its right, which is 0 beyond the last."""
    x, xp, fp = operand(x), operand(xp), operand(fp)
    x, xp, fp = in_precision(x, float), in_precision(xp, float), in_precision(fp, np.result_type(value(fp), float))
    if period is not None:
        left = right = None
        x, xp, fp = around(x, xp, fp, abs(period))
    n, places = size(xp), np.searchsorted(value(xp), value(x), side="right")
    below, above = places == 0, places == n
    j = np.clip(places - 1, 0, max(n - 2, 0))
    if n == 1:
        inside = np.broadcast_to(fp[0], shape(x))
    else:
        slope = (fp[1:] - fp[:-1]) / (xp[1:] - xp[:-1])
        inside = slope[j] * np.where(below | above, 0, x - xp[j]) + fp[j]  # what is nan or inf stays out
    last = fp[-1] if right is None else np.where(value(x) > value(xp)[-1], right, fp[-1])
    y = np.where(above, last, inside)
    y = np.where(below, fp[0] if left is None else left, y)
    y = np.where(np.isnan(value(x)), x, y)
    return y if ndim(x) else y[()]


def around(x, xp, fp, period):
    """Samples of a periodic function, in order, with one more at either end."""
    x, xp = x % period, xp % period
    order = np.argsort(value(xp))
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]])


# ---- differences and sums --------------------------------------------------------------------------------------------


@composite(np.ediff1d)
def _(ary, to_end=None, to_begin=None):
    a = np.ravel(operand(ary))
    ends = [None if t is None else np.ravel(in_precision(operand(t), a.dtype)) for t in (to_begin, to_end)]
    parts = [t for t in (ends[0], a[1:] - a[:-1], ends[1]) if t is not None]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def along(x, axis, *index):
    """x[index] of one axis."""
    return x[(slice(None),) * (axis % ndim(x)) + index]


@composite(np.trapezoid)
def _(y, x=None, dx=1.0, axis=-1):
    y = operand(y)
    if x is not None:
        x = operand(x)
        dx = np.diff(x, axis=axis if ndim(x) > 1 else -1)
        if ndim(x) == 1:
            dx = np.reshape(dx, [-1 if k == axis % ndim(y) else 1 for k in range(ndim(y))])
    return np.sum(dx * (along(y, axis, slice(1, None)) + along(y, axis, slice(None, -1))) / 2, axis=axis)


def running(func, x, axis, dtype, include_initial, first):
    x = np.atleast_1d(operand(x))
    if axis is None and ndim(x) > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    axis = 0 if axis is None else axis
    y = func(x, axis=axis) if dtype is None else func(x, axis=axis, dtype=dtype)
    if not include_initial:
        return y
    start = np.full([1 if k == axis % ndim(x) else n for k, n in enumerate(shape(x))], first, value(y).dtype)
    return np.concatenate([start, y], axis=axis)


@composite(np.cumulative_sum)
def _(x, *, axis=None, dtype=None, include_initial=False):
    return running(np.cumsum, x, axis, dtype, include_initial, 0)


@composite(np.cumulative_prod)
def _(x, *, axis=None, dtype=None, include_initial=False):
    return running(np.cumprod, x, axis, dtype, include_initial, 1)


@linear(np.unwrap)
def _(y, p, /, discont=None, axis=-1, period=2 * np.pi):
    return (lambda dp: dp), (lambda ct: ct)


flops(np.unwrap, value=0)


@composite(np.gradient)
def _(f, *varargs, axis=None, edge_order=1):
    f = operand(f)
    axes = range(ndim(f)) if axis is None else [a % ndim(f) for a in np.atleast_1d(axis).tolist()]
    given = [operand(v) for v in varargs]
    if len(given) <= 1 and not any(map(ndim, given)):
        given = (given or [1.0]) * len(axes)
    if len(given) != len(axes):
        raise TypeError("invalid number of arguments")
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    found = tuple(slope_along(f, a, h, edge_order) for a, h in zip(axes, given, strict=True))
    return found[0] if len(axes) == 1 else found


def slope_along(f, axis, h, edge_order):
    """Central differences inside, one-sided ones of the given order at the edges."""
    if shape(f)[axis] < edge_order + 1:
        raise ValueError("np.gradient needs at least edge_order + 1 elements along an axis")
    dtype = np.result_type(value(f))
    dtype = dtype if np.issubdtype(dtype, np.inexact) else float
    if ndim(h) == 0:
        return slope_in(dtype, f, axis, uniform, h, edge_order)
    if ndim(h) != 1 or shape(h)[0] != shape(f)[-1]:
        raise ValueError("np.gradient: distances are scalars, or vectors as long as their axis")
    step = np.diff(in_precision(h, np.result_type(value(h), np.float16)))
    even = np.all(value(step) == value(step)[0])
    if even and not isinstance(h, Tracer):
        return slope_in(dtype, f, axis, uniform, step[0], edge_order)
    df = slope_in(dtype, f, axis, spaced, step, edge_order)
    # For even steps NumPy reads the first of them only; where they are traced, each has a derivative.
    return exactly(df, f, h, func=np_gradient, arguments={"axis": axis, "edge_order": edge_order}) if even else df


def np_gradient(f, h, axis, edge_order):
    return np.gradient(f, h, axis=axis, edge_order=edge_order)


def slope_in(dtype, f, axis, formula, h, edge_order):
    """The three parts of the slope, together and in the precision of f, which that of h may exceed."""
    f = in_precision(f, np.result_type(dtype, value(h)))
    h = h if type(h) is not float else f.dtype.type(h)
    first, inner, last = formula(np.moveaxis(f, axis, -1), h, edge_order)
    df = np.concatenate([first[..., None], inner, last[..., None]], axis=-1)
    return np.moveaxis(in_precision(df, dtype), -1, axis)


def uniform(f, h, edge_order):
    inner = (f[..., 2:] - f[..., :-2]) / (2 * h)
    if edge_order == 1:
        return (f[..., 1] - f[..., 0]) / h, inner, (f[..., -1] - f[..., -2]) / h
    first = -1.5 / h * f[..., 0] + 2.0 / h * f[..., 1] + -0.5 / h * f[..., 2]
    return first, inner, 0.5 / h * f[..., -3] + -2.0 / h * f[..., -2] + 1.5 / h * f[..., -1]


def spaced(f, step, edge_order):
    h, k = step[:-1], step[1:]
    inner = -k / (h * (h + k)) * f[..., :-2] + (k - h) / (h * k) * f[..., 1:-1] + h / (k * (h + k)) * f[..., 2:]
    if edge_order == 1:
        return (f[..., 1] - f[..., 0]) / step[0], inner, (f[..., -1] - f[..., -2]) / step[-1]
    h, k = step[0], step[1]
    first = -(2.0 * h + k) / (h * (h + k)) * f[..., 0] + (h + k) / (h * k) * f[..., 1] + -h / (k * (h + k)) * f[..., 2]
    h, k = step[-2], step[-1]
    last = k / (h * (h + k)) * f[..., -3] + -(k + h) / (h * k) * f[..., -2] + (2.0 * k + h) / (k * (h + k)) * f[..., -1]
    return first, inner, last


# ---- two functions of signal processing ------------------------------------------------------------------------------


def slope_of_sinc(y, x):
    """(cos(u) - sinc(x)) / x with u = pi x; below u = 1, where that cancels, its power series."""
    u = np.pi * x
    small = abs(value(u)) < 1
    safe = np.where(small, 1, x)
    s = np.where(small, u, 0)
    return np.where(small, -np.pi * (s * series(s * s)), (np.cos(np.pi * safe) - np.where(small, 0, y)) / safe)


def series(w):
    """j1(u) / u, the spherical Bessel function, in powers of w = u**2."""
    total = 0.0
    for c in COEFFICIENTS:
        total = total * w + c
    return total


def coefficients(n):
    c = [1 / 3]
    for k in range(1, n):
        c.append(-c[-1] / (2 * k * (2 * k + 3)))
    return c[::-1]


COEFFICIENTS = coefficients(10)

elementwise(np.sinc, slope_of_sinc)
flops(np.sinc, value=lambda y, x: 3 * size(x), shared=lambda y, x: 29 * size(x))


def bessel_i1(x):
    from scipy import special  # takes longer to import than NumPy

    return special.i1(x)


elementwise(np.i0, lambda y, x: bessel_i1(x))
flops(np.i0, value=lambda y, x: size(x))
