"""The methods of ufuncs: reduce, accumulate, outer, reduceat. The fifth, `at`, writes in place."""

from itertools import pairwise

import numpy as np

from ..dispatch import UFUNC_METHODS, call, primitive
from ..errors import NoRuleError
from ..kinds import Elementwise
from ..registry import find, flops, is_of_python, linear, reduction
from ..shapes import lead_of, ndim, shape, size
from ..traced import OBJECT, Tracer, operand, value
from .index import scatter
from .reduce import each_joined
from .shape import converted, stack
from .slopes import softmax


def method(name):
    """Registers what a method does with any ufunc of two arguments that has a rule."""

    def register(says):
        def apply(ufunc, *inputs, **kwargs):
            op = find(ufunc)
            if op is not None and isinstance(op.rule, Elementwise) and len(op.rule.partials) == 2:
                return says(ufunc, *map(operand, inputs), **kwargs)
            if is_of_python(ufunc):
                return getattr(ufunc, name)(*map(np.asarray, inputs), **kwargs)
            raise NoRuleError(
                f"np.{ufunc.__name__}.{name} has no derivative rule: write it with sums, products or broadcasting"
            )

        UFUNC_METHODS[name] = apply
        return says

    return register


def refuse(ufunc, name, kwargs):
    for argument, given in kwargs.items():
        if given is not None:
            raise NoRuleError(f"np.{ufunc.__name__}.{name}: the argument {argument!r} has no derivative rule")


# ---- the call itself, with arguments ---------------------------------------------------------------------------------


def in_precision(ufunc, *inputs, dtype=None, signature=None, casting="same_kind", order="K", subok=True, **further):
    """ufunc(*inputs, dtype=...): the arguments in the precision in which NumPy computes, then the op."""
    op = find(ufunc)
    if dtype is not None:
        signature = (None,) * ufunc.nin + (dtype,) * ufunc.nout
    if op is None or (op.rule is None and not op.composite):
        given = {"casting": casting, **further} | ({} if signature is None else {"signature": signature})
        return call(ufunc, inputs, given)
    if signature is not None and not of_objects(signature):
        inputs = in_loop(ufunc, [operand(x) for x in inputs], signature, casting)
    made = call(ufunc, inputs, further)
    return made.copy(order) if order in "CF" and isinstance(made, Tracer) else made


def of_objects(signature):
    """Does the call name the loop of arrays of objects, as NumPy's own code does for those that hold traced values?"""
    return signature[-1] in (object, OBJECT, type(OBJECT))


def in_loop(ufunc, inputs, signature, casting):
    """The inputs in the precisions in which the loop of that signature takes them."""
    given = [type(x) if type(x) in (int, float, complex) else np.result_type(value(x)) for x in inputs]
    wanted = ufunc.resolve_dtypes((*given, *[None] * ufunc.nout), signature=signature, casting=casting)
    return [
        converted(x, dtype, "unsafe") if isinstance(x, Tracer) else np.asarray(x, dtype)[()]
        for x, dtype in zip(inputs, wanted)
    ]


UFUNC_METHODS["__call__"] = in_precision

# ---- reduce ----------------------------------------------------------------------------------------------------------


@primitive
def logaddexp_reduce(x, axis=0, keepdims=False):
    return np.logaddexp.reduce(x, axis=axis, keepdims=keepdims)


reduction(logaddexp_reduce, lambda y, x, axes: softmax(x, axes))
flops(logaddexp_reduce, value=lambda y, x, **_: each_joined(y, x))

REDUCES = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min, np.fmax: np.nanmax,
    np.fmin: np.nanmin, np.logaddexp: logaddexp_reduce,
}  # fmt: skip


@method("reduce")
def _(ufunc, x, axis=0, keepdims=False, **further):
    if ufunc in REDUCES:
        return call(REDUCES[ufunc], (x,), {"axis": axis, "keepdims": keepdims, **further})
    refuse(ufunc, "reduce", further)
    rows, axis = in_rows(ufunc, x, axis)
    y = joined(ufunc, rows)[-1]
    return np.expand_dims(y, axis) if keepdims else y


def in_rows(ufunc, x, axis):
    """The parts of x along its only axis to join, and that axis."""
    axis = 0 if axis is None and ndim(x) == 1 else axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
    if not isinstance(axis, (int, np.integer)):
        raise NoRuleError(f"np.{ufunc.__name__} over several axes has no derivative rule: take one after the other")
    return list(np.moveaxis(x, axis, 0)), axis % ndim(x)


def joined(ufunc, rows):
    """The running results of ufunc, one for each row."""
    found = rows[:1]
    for row in rows[1:]:
        found.append(ufunc(found[-1], row))
    return found


# ---- accumulate ------------------------------------------------------------------------------------------------------

ACCUMULATES = {np.add: np.cumsum, np.multiply: np.cumprod}


@method("accumulate")
def _(ufunc, x, axis=0, **further):
    if ufunc in ACCUMULATES:
        return call(ACCUMULATES[ufunc], (x,), {"axis": axis, **further})
    refuse(ufunc, "accumulate", further)
    if ufunc in (np.maximum, np.minimum):
        return running_extremum(ufunc, x, axis)
    rows, axis = in_rows(ufunc, x, axis)
    return np.moveaxis(stack(*joined(ufunc, rows)), 0, axis) if rows else x


def running_extremum(ufunc, x, axis):
    """The elements that are the largest, or the smallest, so far: of equals the first."""
    v = np.moveaxis(np.asarray(value(x)), axis, 0)
    best = ufunc.accumulate(v, axis=0)
    new = np.ones(shape(v), bool)
    new[1:] = (best[1:] != best[:-1]) & ~np.isnan(best[:-1])
    places = np.arange(shape(v)[0]).reshape((-1,) + (1,) * (ndim(v) - 1))
    found = np.maximum.accumulate(np.where(new, places, 0), axis=0)
    return np.take_along_axis(x, np.moveaxis(found, 0, axis), axis=axis)


# ---- outer -----------------------------------------------------------------------------------------------------------


@method("outer")
def _(ufunc, a, b, **further):
    refuse(ufunc, "outer", further)
    a, b = (x if isinstance(x, Tracer) else np.asarray(x) for x in (a, b))  # whose precision counts here
    return ufunc(np.reshape(a, shape(a) + (1,) * ndim(b)), b)


# ---- reduceat --------------------------------------------------------------------------------------------------------


@primitive
def add_reduceat(x, indices, axis=0):
    return np.add.reduceat(x, indices, axis=axis)


def segments(indices, n):
    """(start, end) of what each element of a reduceat joins."""
    return [(a, max(b, a + 1)) for a, b in pairwise([*map(int, indices), n])]


@linear(add_reduceat)
def _(y, x, /, indices, axis=0):
    axis = axis % ndim(x) - ndim(x)
    parts = segments(indices, shape(x)[axis])
    read = np.concatenate([np.arange(a, b) for a, b in parts]).astype(int)
    into = np.repeat(np.arange(len(parts)), [b - a for a, b in parts])
    behind = (slice(None),) * (-axis - 1)

    def JT(ct):
        return scatter(ct[(..., into, *behind)], index=(..., read, *behind), shape=lead_of(ct, y) + shape(x))

    return lambda dx: add_reduceat(dx, indices=indices, axis=axis), JT


def read_elements(y, x, indices, axis=0):
    """How many elements the segments read."""
    n = shape(x)[axis]
    return sum(b - a for a, b in segments(indices, n)) * (size(x) // n if n else 0)


flops(add_reduceat, value=lambda y, x, **given: read_elements(y, x, **given) - size(y), pull=read_elements)


@method("reduceat")
def _(ufunc, x, indices, axis=0, **further):
    refuse(ufunc, "reduceat", further)
    indices = np.asarray(value(indices))
    if ufunc is np.add:
        return add_reduceat(x, indices=indices, axis=axis)
    rows = list(np.moveaxis(x, axis, 0))
    found = [joined(ufunc, rows[a:b])[-1] for a, b in segments(indices, len(rows))]
    return np.moveaxis(stack(*found), 0, axis)
