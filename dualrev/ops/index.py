"""Indexing, and everything that moves elements without changing them."""

import inspect
import operator

import numpy as np

from .. import tracer
from ..cotangents import deposit
from ..dispatch import primitive
from ..kinds import Kind
from ..registry import OPS, Op, composite, constant, flops, linear
from ..shapes import full, lead_of, ndim, shape, size
from ..traced import NUMBERS, Tracer, value

ndarray = np.ndarray
COMPLEX = frozenset({complex, *(np.dtype(c).type for c in np.typecodes["Complex"])})


class Indexing(Kind):
    """y = x[index], with the index as a second argument that is never traced.

    A cotangent is added into one buffer per array, in place, so that n uses of x[i] cost n and not n**2.
    """

    arity = 2

    def push(self, lead, out, x, index, dx, _):
        return dx[under(lead, index, x)] if lead else dx[index]

    def pull(self, ct, line, cts, own, sweep):
        _, i, _, x, index, out = line
        lead, have = sweep.lead, cts[i]
        if lead:
            index = under(lead, index, x)
        kind = type(ct)
        plain = kind is ndarray or kind in NUMBERS
        if (kind in COMPLEX or (kind is ndarray and ct.dtype.kind == "c")) and not np.iscomplexobj(value(x)):
            ct = ct.real  # all that reaches a real array
        if plain and own[i] and type(have) is ndarray:
            add_at(have, index, ct)
        elif plain and not isinstance(have, Tracer):
            cts[i] = buffer = np.zeros(lead + shape(x), getattr(value(x), "dtype", float))
            own[i] = True
            if is_basic(index):
                buffer[index] = ct  # faster than to add
            else:
                add_at(buffer, index, ct)
            if have is not None:
                buffer += have if np.iscomplexobj(buffer) else np.real(have)
        else:
            deposit(cts, own, i, scatter(full(ct, lead, out), index=index, shape=lead + shape(x)), False)


@primitive
def getitem(x, index):
    return x[index]


OPS[getitem] = Op(getitem, Indexing(), apply=operator.getitem)
tracer.GETITEM = OPS[getitem]


@primitive
def scatter(y, *, index, shape):
    """Transpose of getitem: y added into zeros(shape) at the index; repeated positions accumulate."""
    x = np.zeros(shape, getattr(y, "dtype", type(y)))
    add_at(x, index, y)
    return x


@linear(scatter)
def _(x, y, /, index, shape):
    def push(dy):
        lead = lead_of(dy, y)
        return scatter(dy, index=under(lead, index, x), shape=lead + shape)

    return push, lambda ct: ct[under(lead_of(ct, x), index, x)]


# Adding at an index is one flop per element, whether or not something has been added there before.
flops(getitem, value=0, pull=lambda y, x, index: size(y))
flops(scatter, value=lambda x, y, index, shape: size(y), pull=0)


def is_basic(index):
    """Basic indices (ints, slices, None, Ellipsis) meet each element at most once, and give a view."""
    if type(index) is int or type(index) is slice:
        return True
    if isinstance(index, tuple):
        return all(map(is_basic, index))
    return isinstance(index, (slice, int, np.integer)) or index is None or index is Ellipsis


def add_at(x, index, y):
    """x[index] += y, where repeated positions accumulate."""
    if type(index) is slice:
        part = x[index]
        part += y  # and not x[index] += y, which would copy the part onto itself
    elif is_basic(index) or (isinstance(index, ndarray) and index.dtype == bool):
        x[index] += y
    else:
        np.add.at(x, index, y)


def under(lead, index, x):
    """The index that does under leading axes what `index` does to x."""
    if not lead:
        return index
    if type(index) is int or type(index) is slice:
        return slice(None), index
    index = index if isinstance(index, tuple) else (index,)
    if is_basic(index) or not shape(x):
        return (slice(None), *index)
    # NumPy moves the axes of advanced indices to the front when a slice separates them, past the leading axes:
    # so say which elements are meant, one by one.
    source = np.arange(size(x)).reshape(shape(x))[index]
    return (slice(None), *np.unravel_index(source, shape(x)))


# ---- rearrangements --------------------------------------------------------------------------------------------------


def rearrangement(func, numbers_of=None):
    """func moves, repeats or drops the elements of x, or fills with zeros: it is what it does to their numbers.

    The numbers start at 1, so that a 0 in ``func(numbers, **params)`` says "filled". numbers_of(numbers, x, **params)
    is given where the places depend on the values, as in a sort.
    """
    names = [p.name for p in inspect.signature(func).parameters.values()][1:]
    moved = numbers_of or (lambda numbers, x, **params: func(numbers, **params))

    def rule(y, x, /, **params):
        places = moved(np.arange(1, size(x) + 1).reshape(shape(x)), value(x), **params)
        filled, flat = not places.all(), places.reshape(-1) - 1

        def J(dx):
            lead = lead_of(dx, x)
            dy = np.reshape(dx, (*lead, size(x)))[(..., flat)]
            return np.reshape(np.where(flat >= 0, dy, 0) if filled else dy, lead + shape(y))

        def JT(ct):
            lead = lead_of(ct, y)
            ct, to = np.reshape(ct, (*lead, size(y))), flat
            if filled:
                ct, to = ct[..., flat >= 0], flat[flat >= 0]
            return np.reshape(scatter(ct, index=(..., to), shape=(*lead, size(x))), lead + shape(x))

        return J, JT

    rule.__signature__ = inspect.Signature(
        [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in "yx"]
        + [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in names]
    )
    return linear(func)(rule)


for func in (np.roll, np.tile, np.repeat, np.diag, np.diagflat, np.diagonal, np.tril, np.triu):
    rearrangement(func)

flops(np.roll, np.tile, np.repeat, np.diagonal, value=0, pull=lambda y, x, *_, **__: size(y))
flops(np.diagflat, value=0, pull=lambda y, v, k=0: size(v))
flops(np.diag, value=0, pull=lambda y, x, k=0: min(size(x), size(y)))
flops(np.tril, value=0, pull=lambda y, x, k=0: triangle(x, k))
flops(np.triu, value=0, pull=lambda y, x, k=0: size(x) - triangle(x, k - 1))


def triangle(x, k):
    """How many elements of x lie on the diagonal k or below."""
    m, n = shape(x)[-2:]
    return size(x) // max(m * n, 1) * sum(min(max(i + k + 1, 0), n) for i in range(m))


def sorted_numbers(numbers, x, axis=-1, **_):
    if axis is None:
        numbers, x, axis = numbers.reshape(-1), x.reshape(-1), -1
    return np.take_along_axis(numbers, np.argsort(x, axis=axis, kind="stable"), axis=axis)


rearrangement(np.sort, sorted_numbers)
flops(np.sort, value=0, pull=lambda y, x, **_: size(y))
constant(np.argsort, np.argmax, np.argmin, np.argwhere, np.flatnonzero, np.searchsorted, np.lexsort)


@composite(np.flip)
def _(m, axis=None):
    if not ndim(m):
        return m
    axes = range(ndim(m)) if axis is None else [a % ndim(m) for a in np.atleast_1d(axis)]
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(ndim(m)))]


@composite(np.resize)
def _(a, new_shape):
    a = np.ravel(a)
    return a[np.resize(np.arange(size(a)), new_shape)] if size(a) else np.resize(value(a), new_shape)


composite(np.flipud)(lambda m: m[::-1])
composite(np.fliplr)(lambda m: m[:, ::-1])


@composite(np.rot90)
def _(m, k=1, axes=(0, 1)):
    first, second = axes
    turned = np.flip(m, second if k % 4 == 1 else first) if k % 2 else m if k % 4 == 0 else np.flip(m, axes)
    return np.swapaxes(turned, first, second) if k % 2 else turned


@composite(np.take)
def _(a, indices, axis=None, *, mode="raise"):
    if axis is None or not ndim(a):
        a, axis = np.ravel(a), 0
    indices, n = np.asarray(value(indices)), shape(a)[axis]
    if mode != "raise":
        indices = indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)
    return a[(slice(None),) * (axis % ndim(a)) + (indices,)]


@composite(np.lib.stride_tricks.sliding_window_view)
def _(x, window_shape, axis=None, *, subok=False, writeable=False):
    numbers = np.arange(size(x)).reshape(shape(x))
    return np.ravel(x)[np.lib.stride_tricks.sliding_window_view(numbers, window_shape, axis)]


@composite(np.trace)
def _(a, offset=0, axis1=0, axis2=1, dtype=None):
    return np.sum(np.diagonal(a, offset=offset, axis1=axis1, axis2=axis2), axis=-1, dtype=dtype)
