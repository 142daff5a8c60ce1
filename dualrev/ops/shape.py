"""Shapes: reshape, transpose, broadcast; join, split, select."""

from itertools import pairwise

import numpy as np

from .. import traced
from ..dispatch import FURTHER, primitive, writing
from ..registry import argwise, composite, flops, linear
from ..shapes import align, gather, lead_of, ndim, shape, size, spread
from ..traced import Tracer, operand, value

# ---- one array -------------------------------------------------------------------------------------------------------


@linear(np.reshape)
def _(y, x, /, shape, order="C"):
    have, want = np.shape(x), np.shape(y)
    if order != "F":
        return lambda dx: np.reshape(dx, lead_of(dx, x) + want), lambda ct: np.reshape(ct, lead_of(ct, y) + have)
    n, m = len(have), len(want)  # Fortran order is C order with the axes reversed, before and after
    return (
        lambda dx: reverse_axes(np.reshape(reverse_axes(dx, n), lead_of(dx, x) + want[::-1]), m),
        lambda ct: reverse_axes(np.reshape(reverse_axes(ct, m), lead_of(ct, y) + have[::-1]), n),
    )


def reverse_axes(t, n):
    """t with its last n axes in reverse order."""
    k = ndim(t) - n
    return np.transpose(t, (*range(k), *range(k + n - 1, k - 1, -1)))


@linear(np.transpose)
def _(y, x, /, axes=None):
    n = ndim(x)
    forth = tuple(reversed(range(n))) if axes is None else tuple(a % n for a in axes)
    back = tuple(forth.index(a) for a in range(n))

    def permute(t, axes):
        k = ndim(t) - n
        return np.transpose(t, (*range(k), *(k + a for a in axes)))

    return lambda dx: permute(dx, forth), lambda ct: permute(ct, back)


@linear(np.broadcast_to)
def _(y, x, /, shape):
    return (
        lambda dx: spread(align(dx, lead_of(dx, x), ndim(y)), lead_of(dx, x) + np.shape(y)),
        lambda ct: gather(ct, lead_of(ct, y), x),
    )


@linear(np.astype, apply=lambda x, dtype: x.astype(dtype) if type(x) is np.ndarray else np.dtype(dtype).type(x))
def _(y, x, /, dtype):
    return lambda dx: cast(dx, dtype), lambda ct: cast(ct, np.result_type(value(x)))


FURTHER[np.astype] = lambda x, dtype, copy=True, device=None: operand(x).astype(dtype, copy=copy)


def cast(t, dtype):
    """A tangent or cotangent in another precision; nothing but the real part of a complex one reaches a real x."""
    if np.iscomplexobj(value(t)) and np.dtype(dtype).kind == "f":
        t = np.real(t)
    return t if type(t) is float else t.astype(dtype)  # a Python float takes any precision


flops(np.reshape, np.transpose, np.astype, value=0)


def in_precision(x, dtype):
    """x, a number or array, in the given dtype."""
    if not isinstance(x, Tracer):
        return np.asarray(x, dtype)
    return x if x.dtype == dtype else np.astype(x, dtype)


flops(np.broadcast_to, value=0, pull=lambda y, x, shape: max(size(y) - size(x), 0))


def new_shape(func):
    """func only changes the shape: let it say which, on an array without elements of its own."""

    @composite(func)
    def _(a, axis=None):
        empty = np.broadcast_to(np.empty(()), shape(a))
        return np.reshape(a, func(empty, axis).shape)


def reordered(a, func, *axes):
    """func only permutes the axes: let it say how, on an array of shape (0, 1, 2, ...)."""
    counting = np.broadcast_to(np.empty(()), range(ndim(a)))
    return np.transpose(a, func(counting, *axes).shape)


new_shape(np.expand_dims), new_shape(np.squeeze)
composite(np.swapaxes)(lambda a, axis1, axis2: reordered(a, np.swapaxes, axis1, axis2))
composite(np.moveaxis)(lambda a, source, destination: reordered(a, np.moveaxis, source, destination))
composite(np.rollaxis)(lambda a, axis, start=0: reordered(a, np.rollaxis, axis, start))


@composite(np.ravel)
def _(a, order="C"):
    if order == "K":
        axes = writing().axes_in_memory(a)
        return np.reshape(a if axes == list(range(ndim(a))) else np.transpose(a, axes), (-1,))
    return np.reshape(a, (-1,), order=order) if order != "C" else np.reshape(a, (-1,))


# ---- several arrays --------------------------------------------------------------------------------------------------


@primitive
def concatenate(*xs, axis=0):
    return np.concatenate(xs, axis)


@linear(concatenate)
def _(y, *xs, axis=0):
    k = axis % ndim(y) - ndim(y)
    ends = np.cumsum([shape(x)[k] for x in xs]).tolist()
    rest = (slice(None),) * (-k - 1)
    return (
        lambda *dxs: concatenate(*dxs, axis=k),
        lambda ct: [ct[(..., slice(e - shape(x)[k], e), *rest)] for x, e in zip(xs, ends, strict=True)],
    )


@primitive
def stack(*xs):
    """xs, of one shape, along a new first axis."""
    return np.array(xs)


@linear(stack)
def _(y, *xs):
    n = ndim(y)

    def J(*dxs):
        dy = stack(*dxs)  # the new axis belongs after the leading ones
        return np.moveaxis(dy, 0, -n) if ndim(dy) > n else dy

    return J, lambda ct: list(np.moveaxis(ct, -n, 0) if ndim(ct) > n else ct)


traced.STACK = stack
flops(concatenate, stack, value=0)


def arrays_of(given, dtype=None, casting="same_kind"):
    """The arrays of a call such as np.stack([a, b]): a sequence, or an array taken apart along its first axis."""
    xs = [operand(x) for x in given]
    return xs if dtype is None else [converted(x, dtype, casting) for x in xs]


def converted(x, dtype, casting):
    """x, a number or array, in the given dtype, if NumPy's rule `casting` allows that."""
    return (x if isinstance(x, Tracer) else np.asarray(x)).astype(dtype, casting=casting)


@composite(np.concatenate)
def _(arrays, axis=0, *, dtype=None, casting="same_kind"):
    xs = arrays_of(arrays, dtype, casting)
    return concatenate(*map(np.ravel, xs)) if axis is None else concatenate(*xs, axis=axis)


@composite(np.stack)
def _(arrays, axis=0, *, dtype=None, casting="same_kind"):
    xs = arrays_of(arrays, dtype, casting)
    if len({shape(x) for x in xs}) != 1:
        raise ValueError("all input arrays must have the same shape")
    return stack(*xs) if axis == 0 else np.moveaxis(stack(*xs), 0, axis)


def at_least(n, x):
    """x with at least n axes, added where NumPy's atleast_1d, atleast_2d and atleast_3d add them."""
    have = shape(x)
    if len(have) >= n:
        return x
    padded = (1,) * (n - len(have)) + have
    if n == 3 and have:
        padded = (1, *have, 1)[-3:] if len(have) == 1 else (*have, 1)
    return np.reshape(x, padded)


@composite(np.atleast_1d)
def _(*arys):
    return at_least_each(1, arys)


@composite(np.atleast_2d)
def _(*arys):
    return at_least_each(2, arys)


@composite(np.atleast_3d)
def _(*arys):
    return at_least_each(3, arys)


def at_least_each(n, arys):
    reshaped = [at_least(n, operand(x)) for x in arys]
    return reshaped[0] if len(arys) == 1 else tuple(reshaped)


@composite(np.vstack)
def _(tup, *, dtype=None, casting="same_kind"):
    return concatenate(*[at_least(2, x) for x in arrays_of(tup, dtype, casting)])


@composite(np.hstack)
def _(tup, *, dtype=None, casting="same_kind"):
    xs = [at_least(1, x) for x in arrays_of(tup, dtype, casting)]
    return concatenate(*xs, axis=0 if ndim(xs[0]) == 1 else 1)


@composite(np.dstack)
def _(tup):
    return concatenate(*[at_least(3, x) for x in arrays_of(tup)], axis=2)


@composite(np.column_stack)
def _(tup):
    return concatenate(*[x if ndim(x) > 1 else np.reshape(x, (-1, 1)) for x in arrays_of(tup)], axis=1)


@composite(np.split)
def _(ary, indices_or_sections, axis=0):
    places = np.split(np.arange(shape(ary)[axis]), indices_or_sections)
    before = (slice(None),) * (axis % ndim(ary))
    starts = np.cumsum([0] + [len(p) for p in places]).tolist()
    if isinstance(indices_or_sections, (int, np.integer)):
        return [ary[(*before, slice(a, a + len(p)))] for a, p in zip(starts, places, strict=False)]
    ends = [None, *indices_or_sections, None]
    return [ary[(*before, slice(a, b))] for a, b in pairwise(ends)]


# ---- selection -------------------------------------------------------------------------------------------------------
# A selection, not a product with 0 and 1: an inf or nan of the branch not taken stays out.


@primitive
def where(c, x, y):
    return np.where(c, x, y)


@argwise(where, "(),(),()->()")
def _(z, c, x, y, /):
    return (
        None,
        (lambda dx: np.where(c, dx, 0), lambda ct: np.where(c, ct, 0)),
        (lambda dy: np.where(c, 0, dy), lambda ct: np.where(c, 0, ct)),
    )


flops(where, value=0)


@composite(np.where)
def _(condition, *branches):
    condition = value(operand(condition))
    return where(condition, *branches) if branches else np.nonzero(condition)
