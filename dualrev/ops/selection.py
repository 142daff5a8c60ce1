"""Selection: by conditions, by index arrays, by order; and functions applied to parts."""

from collections.abc import Callable
from itertools import product

import numpy as np

from ..dispatch import is_complex
from ..registry import composite, constant, flops
from ..shapes import ndim, shape, size
from ..traced import Tracer, lost, operand, value, values
from .index import rearrangement, scatter, sorted_numbers
from .shape import concatenate, in_precision
from .trimmed import in_poly1d, without_leading_zeros

# ---- by conditions ---------------------------------------------------------------------------------------------------


@composite(np.select)
def _(condlist, choicelist, default=0):
    conditions, choices = list(values(list(condlist))), [operand(c) for c in choicelist]
    if len(conditions) != len(choices):
        raise ValueError("list of cases must be same length as list of conditions")
    if not conditions:
        raise ValueError("select with an empty condition list is not possible")
    constant = np.isscalar(default) and not isinstance(default, Tracer)
    y = np.asarray(default, np.result_type(*map(value, choices), default)) if constant else operand(default)
    for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
        y = np.where(np.asarray(condition), choice, y)
    return y


@composite(np.choose)
def _(a, choices, *, mode="raise"):
    a, choices = np.asarray(value(operand(a))), [operand(c) for c in choices]
    np.choose(a, [0] * len(choices), mode=mode)  # which says whether every index is one
    a = a % len(choices) if mode == "wrap" else np.clip(a, 0, len(choices) - 1)
    y = choices[-1]
    for k, choice in enumerate(choices[:-1]):
        y = np.where(a == k, choice, y)
    want = np.broadcast_shapes(shape(a), *map(shape, choices))
    return y if shape(y) == want else np.broadcast_to(y, want).copy()


@composite(np.piecewise)
def _(x, condlist, funclist, *args):
    x, conditions = operand(x), values(condlist)
    if np.isscalar(conditions) or (not isinstance(conditions[0], (list, np.ndarray)) and ndim(x)):
        conditions = [conditions]
    conditions = np.asarray(conditions, bool)
    if len(conditions) == len(funclist) - 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    elif len(conditions) != len(funclist):
        n = len(conditions)
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    dtype = np.result_type(value(x))
    places, parts, filled = np.zeros(shape(x), int), [np.zeros(1, dtype)], 1
    for condition, func in zip(conditions, funclist, strict=True):
        chosen = x[condition]
        if not size(chosen):
            continue
        part = operand(func(chosen, *args) if isinstance(func, Callable) else func)
        if isinstance(part, Tracer) and dtype.kind in "iub":
            raise lost("np.piecewise of an array of integers, which makes integers of the pieces,", "x.astype(float)")
        places[condition] = np.arange(filled, filled + size(chosen)).reshape(shape(chosen))
        parts.append(np.ravel(np.broadcast_to(in_precision(part, dtype), shape(chosen))))
        filled += size(chosen)
    y = concatenate(*parts)[places]
    return y if ndim(x) else y[...]


@composite(np.extract)
def _(condition, arr):
    return np.ravel(operand(arr))[np.flatnonzero(value(operand(condition)))]


@composite(np.compress)
def _(condition, a, axis=None):
    a = operand(a)
    if axis is None:
        a, axis = np.ravel(a), 0
    return a[(slice(None),) * (axis % ndim(a)) + (np.flatnonzero(value(operand(condition))),)]


@composite(np.nan_to_num)
def _(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x, limits = operand(x), {"nan": nan, "posinf": posinf, "neginf": neginf}
    y = finite(np.real(x), **limits) + 1j * finite(np.imag(x), **limits) if is_complex(x) else finite(x, **limits)
    if copy or not isinstance(value(x), np.ndarray):
        return y if ndim(x) else y[()]
    x[...] = y
    return x if ndim(x) else x[()]


def finite(x, nan, posinf, neginf):
    """A real x with numbers in place of nan and the infinities."""
    v, limits = value(x), np.finfo(np.result_type(value(x)))
    y = np.where(np.isnan(v), nan, x)
    y = np.where(np.isposinf(v), limits.max if posinf is None else posinf, y)
    return np.where(np.isneginf(v), limits.min if neginf is None else neginf, y)


@composite(np.real_if_close)
def _(a, tol=100):
    a = operand(a)
    return np.real(a) if is_complex(a) and np.isrealobj(np.real_if_close(value(a), tol)) else a


# ---- by index arrays -------------------------------------------------------------------------------------------------


@composite(np.take_along_axis)
def _(arr, indices, axis=-1):
    arr = operand(arr)
    if axis is None:
        return np.ravel(arr)[np.ravel(indices)]
    indices, axis = np.asarray(value(indices)), axis % ndim(arr)
    grid = np.ogrid[tuple(slice(n) for n in shape(arr))] if ndim(arr) > 1 else [np.arange(shape(arr)[0])]
    return arr[tuple(indices if k == axis else g for k, g in enumerate(grid))]


@composite(np.bincount)
def _(x, weights=None, minlength=0):
    """The sum of the weights of each integer."""
    x = np.asarray(value(operand(x)))
    if weights is None or not size(x):
        return np.bincount(x, minlength=minlength)
    w = np.astype(operand(weights), float)
    return scatter(w, index=x, shape=(max(minlength, int(x.max(initial=-1)) + 1),))


# ---- by order --------------------------------------------------------------------------------------------------------


def partitioned_numbers(numbers, x, kth, axis=-1, **_):
    """The element that NumPy put at a place is the one of that rank."""
    if axis is None:
        numbers, x, axis = numbers.reshape(-1), x.reshape(-1), -1
    ranks = np.argsort(np.argsort(np.partition(x, kth, axis=axis), axis=axis, kind="stable"), axis=axis)
    return np.take_along_axis(sorted_numbers(numbers, x, axis=axis), ranks, axis=axis)


rearrangement(np.partition, partitioned_numbers)
flops(np.partition, value=0, pull=lambda y, x, **_: size(y))


def place_of(found, x):
    """For each value found in the vector x, its place there."""
    order = np.argsort(x, kind="stable")
    return order[np.searchsorted(x, found, sorter=order)]


@composite(np.unique)
def _(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    x, v = operand(ar), value(operand(ar))
    asked = {"return_inverse": return_inverse, "return_counts": return_counts, "axis": axis, "equal_nan": equal_nan}
    _, index, *rest = np.unique(v, return_index=True, **asked)
    y = np.ravel(x)[index] if axis is None else np.take(x, index, axis=axis)
    given = (y, *([index] if return_index else []), *rest)
    return given if len(given) > 1 else y


@composite(np.unique_values)
def _(x):
    x = np.ravel(operand(x))
    return x[place_of(np.unique_values(value(x)), value(x))]


@composite(np.unique_all)
def _(x):
    x = operand(x)
    return type(np.unique_all([0.0]))(*unique_of(x, return_index=True, return_inverse=True, return_counts=True))


@composite(np.unique_counts)
def _(x):
    return type(np.unique_counts([0.0]))(*unique_of(operand(x), return_counts=True))


@composite(np.unique_inverse)
def _(x):
    return type(np.unique_inverse([0.0]))(*unique_of(operand(x), return_inverse=True))


def unique_of(x, **asked):
    """What the array API's functions of unique values give: every nan is a value of its own."""
    return np.unique(x, equal_nan=False, **asked)


@composite(np.intersect1d)
def _(ar1, ar2, assume_unique=False, return_indices=False):
    a, b = np.ravel(operand(ar1)), np.ravel(operand(ar2))
    _, i, j = np.intersect1d(value(a), value(b), assume_unique=assume_unique, return_indices=True)
    return (a[i], i, j) if return_indices else a[i]


@composite(np.setdiff1d)
def _(ar1, ar2, assume_unique=False):
    a = np.ravel(operand(ar1)) if assume_unique else np.unique(operand(ar1))
    return a[np.flatnonzero(~np.isin(value(a), value(operand(ar2)), assume_unique=assume_unique))]


@composite(np.setxor1d)
def _(ar1, ar2, assume_unique=False):
    both = np.concatenate([np.ravel(operand(ar1)), np.ravel(operand(ar2))])
    return both[place_of(np.setxor1d(value(operand(ar1)), value(operand(ar2)), assume_unique), value(both))]


composite(np.union1d)(lambda ar1, ar2: np.unique(np.concatenate([operand(ar1), operand(ar2)], axis=None)))


@composite(np.trim_zeros)
def _(filt, trim="fb", axis=None):
    if in_poly1d():
        return without_leading_zeros(filt)
    x = operand(filt)
    found = np.argwhere(value(x))
    if not size(found):
        found = np.zeros((0, ndim(x)), int)
    axes = range(ndim(x)) if axis is None else [a % ndim(x) for a in np.atleast_1d(axis)]
    first = found.min(axis=0) if size(found) else np.array(shape(x))
    last = found.max(axis=0) + 1 if size(found) else np.array(shape(x)) * ("f" in trim.lower())
    return x[
        tuple(
            slice(int(first[k]) if "f" in trim.lower() else 0, int(last[k]) if "b" in trim.lower() else None)
            if k in axes
            else slice(None)
            for k in range(ndim(x))
        )
    ]


constant(np.argpartition, np.nanargmax, np.nanargmin, np.digitize, np.isin, np.isrealobj)
constant(np.common_type, np.min_scalar_type, np.einsum_path)
constant(np.tril_indices_from, np.triu_indices_from, np.diag_indices_from, np.may_share_memory, np.shares_memory)

# ---- functions applied to parts --------------------------------------------------------------------------------------


@composite(np.apply_along_axis)
def _(func1d, axis, arr, *args):
    """func1d of each vector along the axis, whose place the axes of its results take."""
    x = operand(arr)
    axis, rows = axis % ndim(x), np.moveaxis(x, axis, -1)
    loops = shape(rows)[:-1]
    found = [operand(func1d(rows[at], *args)) for at in product(*map(range, loops))]
    if not found:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    y = np.reshape(np.stack(found), loops + shape(found[0]))
    return np.moveaxis(y, range(len(loops), ndim(y)), range(axis, axis + ndim(found[0])))


@composite(np.apply_over_axes)
def _(func, a, axes):
    y = operand(a)
    for axis in np.atleast_1d(axes):
        reduced = func(y, int(axis) % ndim(y))
        y = reduced if ndim(reduced) == ndim(y) else np.expand_dims(reduced, int(axis) % ndim(y))
    return y
