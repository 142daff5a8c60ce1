"""Arrays put together of others, taken apart, and padded."""

from itertools import accumulate, pairwise

import numpy as np

from ..errors import NoRuleError
from ..registry import composite
from ..shapes import ndim, shape, size
from ..traced import lost, operand, value
from .shape import concatenate, in_precision

# ---- by numbers: func moves elements, so it says where the numbers of the elements go --------------------------------


def numbered(*xs):
    """Arrays of the shapes of xs, that count their elements through."""
    ends = [0, *accumulate(map(size, xs))]
    return [np.arange(a, b).reshape(shape(x)) for (a, b), x in zip(pairwise(ends), xs, strict=True)]


def gathered(places, *xs):
    """The elements of all xs at their numbers."""
    return concatenate(*map(np.ravel, xs))[places]


@composite(np.append)
def _(arr, values, axis=None):
    arr, values = operand(arr), operand(values)
    return np.concatenate([np.ravel(arr), np.ravel(values)] if axis is None else [arr, values], axis=axis or 0)


@composite(np.insert)
def _(arr, obj, values, axis=None):
    arr, values = operand(arr), operand(values)
    if np.result_type(value(values)).kind not in "iub" and value(arr).dtype.kind in "iub":
        raise lost("np.insert of a traced value into an array of integers", "the array in floating point")
    values = in_precision(values, value(arr).dtype)
    numbers, new = numbered(arr, values)
    return gathered(np.insert(numbers, obj, new, axis=axis), arr, values)


@composite(np.delete)
def _(arr, obj, axis=None):
    arr = operand(arr)
    if axis is None:
        arr, axis = np.ravel(arr), 0
    kept = np.delete(np.arange(shape(arr)[axis]), obj)
    return arr[(slice(None),) * (axis % ndim(arr)) + (kept,)]


@composite(np.block)
def _(arrays):
    depth = nesting(arrays)
    leaves = [operand(x) for x in flattened(arrays)]
    axes = max([depth, *map(ndim, leaves)])
    grown = iter([np.reshape(x, (1,) * (axes - ndim(x)) + shape(x)) for x in leaves])

    def build(nest, level):
        if not isinstance(nest, list):
            return next(grown)
        parts = [build(part, level - 1) for part in nest]
        return concatenate(*parts, axis=-level)

    return build(arrays, depth)


def nesting(arrays):
    if not isinstance(arrays, list):
        return 0
    if not arrays or len({nesting(part) for part in arrays}) > 1:
        raise ValueError("np.block: lists are nested to the same depth everywhere, and none is empty")
    return 1 + nesting(arrays[0])


def flattened(arrays):
    return [leaf for part in arrays for leaf in flattened(part)] if isinstance(arrays, list) else [arrays]


# ---- taken apart -----------------------------------------------------------------------------------------------------


@composite(np.array_split)
def _(ary, indices_or_sections, axis=0):
    ary = operand(ary)
    if np.ndim(indices_or_sections):
        return np.split(ary, indices_or_sections, axis=axis)
    sizes = [len(p) for p in np.array_split(np.arange(shape(ary)[axis]), indices_or_sections)]
    return np.split(ary, list(accumulate(sizes))[:-1], axis=axis)


def split_along(func, axis_of):
    @composite(func)
    def _(ary, indices_or_sections):
        ary = operand(ary)
        func(np.empty(shape(ary)), [])  # which says whether there is such an axis
        return np.split(ary, indices_or_sections, axis=axis_of(ndim(ary)))


split_along(np.vsplit, lambda n: 0)
split_along(np.hsplit, lambda n: 1 if n > 1 else 0)
split_along(np.dsplit, lambda n: 2)


@composite(np.unstack)
def _(x, *, axis=0):
    x = operand(x)
    if ndim(x) == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(np.moveaxis(x, axis, 0))


# ---- brought to one shape --------------------------------------------------------------------------------------------


@composite(np.broadcast_arrays)
def _(*args):
    xs = [operand(x) for x in args]
    target = np.broadcast_shapes(*map(shape, xs))
    return tuple(np.broadcast_to(x, target) for x in xs)


@composite(np.meshgrid)
def _(*xi, copy=True, sparse=False, indexing="xy"):
    xs, n = [np.ravel(operand(x)) for x in xi], len(xi)
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else range(n)
    grids = [np.reshape(x, [-1 if a == k else 1 for a in order]) for k, x in enumerate(xs)]
    grids = tuple(grids) if sparse else np.broadcast_arrays(*grids)
    return tuple(map(np.copy, grids)) if copy else grids


@composite(np.ix_)
def _(*args):
    xs = [operand(x) for x in args]
    if any(ndim(x) != 1 for x in xs):
        raise ValueError("Cross index must be 1 dimensional")
    return tuple(np.reshape(x, [-1 if a == k else 1 for a in range(len(xs))]) for k, x in enumerate(xs))


# ---- numbers from one end to the other -------------------------------------------------------------------------------


@composite(np.linspace)
def _(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    start, stop = operand(start) * 1.0, operand(stop) * 1.0
    delta, gaps = stop - start, num - 1 if endpoint else num
    ramp = np.arange(num, dtype=np.result_type(value(delta))).reshape((-1,) + (1,) * ndim(delta))
    step = delta / gaps if gaps > 0 else np.nan
    # NumPy's order: a step that underflows to 0 is divided last.
    y = (ramp * step if np.all(value(step)) else ramp / gaps * delta) if gaps > 0 else ramp * delta
    y = y + start
    if endpoint and num > 1:
        y = np.concatenate([y[:-1], np.broadcast_to(in_precision(stop, y.dtype), shape(y)[1:])[None]])
    y = np.moveaxis(y, 0, axis) if axis else y
    if dtype is not None:
        y = y.astype(dtype)
    return (y, step) if retstep else y


@composite(np.logspace)
def _(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    if ndim(base):
        raise NoRuleError("np.logspace: an array as base has no derivative rule: write base ** np.linspace(a, b, num)")
    y = np.power(base, np.linspace(start, stop, num=num, endpoint=endpoint, axis=axis))
    return y if dtype is None else y.astype(dtype)


@composite(np.geomspace)
def _(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    start, stop = in_precision(operand(start), float), in_precision(operand(stop), float)
    sign = np.sign(value(start))
    start, stop = np.broadcast_arrays(start / sign, stop / sign)
    y = np.logspace(np.log10(start), np.log10(stop), num=num, endpoint=endpoint)
    ends = [start[None]] * (num > 0), [stop[None]] * (num > 1 and endpoint)
    y = np.concatenate([*ends[0], y[len(ends[0]) : num - len(ends[1])], *ends[1]]) * sign
    y = np.moveaxis(y, 0, axis) if axis else y
    return y if dtype is None else y.astype(dtype)
