"""The arguments `where`, `initial` and `dtype` of reductions, which their rules do not know."""

import inspect

import numpy as np

from ..dispatch import FURTHER, call
from ..errors import NoRuleError
from ..registry import OPS
from ..shapes import ndim, negative_axes, shape, size
from ..traced import lost, operand, value
from .own_value import exactly


def masked(a, where, neutral):
    return a if where is True else np.where(where, a, neutral)


def counted(a, where, axis):
    """How many elements are reduced to one."""
    return np.sum(
        np.broadcast_to(where, shape(a)),
        axis=negative_axes(axis, ndim(a)),
        keepdims=True,
        dtype=np.result_type(value(a)),
    )


def total(a, where, initial, axis, **_):
    return np.sum(masked(a, where, 0), axis=axis, keepdims=True) + (0 if initial is None else initial)


def product(a, where, initial, axis, **_):
    return np.prod(masked(a, where, 1), axis=axis, keepdims=True) * (1 if initial is None else initial)


def extremum(reduce, join, worst):
    def says(a, where, initial, axis, **_):
        y = reduce(masked(a, where, worst), axis=axis, keepdims=True)
        return y if initial is None else join(y, initial)

    return says


def mean(a, where, axis, **_):
    return total(a, where, None, axis) / counted(a, where, axis)


def variance(a, where, axis, ddof=0, **_):
    d = masked(a - mean(a, where, axis), where, 0)
    return np.sum(d * d, axis=axis, keepdims=True) / np.maximum(counted(a, where, axis) - ddof, 0)


def deviation(a, where, axis, ddof=0, **_):
    d = masked(a - mean(a, where, axis), where, 0)
    return np.linalg.vector_norm(d, axis=axis, keepdims=True) / np.sqrt(counted(a, where, axis) - ddof)


SAID = {
    np.sum: total,
    np.prod: product,
    np.max: extremum(np.max, np.maximum, -np.inf),
    np.amax: extremum(np.max, np.maximum, -np.inf),
    np.min: extremum(np.min, np.minimum, np.inf),
    np.amin: extremum(np.min, np.minimum, np.inf),
    np.mean: mean,
    np.var: variance,
    np.std: deviation,
}
SAID |= {
    np.nansum: total,
    np.nanprod: product,
    np.nanmax: SAID[np.max],
    np.nanmin: SAID[np.min],
    np.nanmean: mean,
    np.nanvar: variance,
    np.nanstd: deviation,
}  # fmt: skip


def with_arguments(func, said):
    """The call of a reduction with arguments beyond those of its rule."""
    signature, name = inspect.signature(func), func.__name__

    def says(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        given = {k: v for k, v in given.items() if v is not np._NoValue and not (v is None and k != "axis")}
        a = operand(given.pop("a"))
        refuse_out(func, given.pop("out", None))
        if "mean" in given:
            raise NoRuleError(f"np.{name}: the argument 'mean' has no derivative rule: leave it out")
        if "correction" in given:
            given["ddof"] = given.pop("correction")
        if given.keys() <= OPS[func].params:
            return call(func, (a,), given)
        return settled(func, said, a, given)

    return says


def refuse_out(func, out):
    if out is not None:
        raise NoRuleError(f"np.{func.__name__}: the argument 'out' has no derivative rule as a positional argument")


def refuse_whole(func, dtype):
    if dtype is not None and not np.issubdtype(dtype, np.inexact):
        raise lost(f"np.{func.__name__}(x, dtype={np.dtype(dtype).name})", "np.floor(x) or np.rint(x), then reduce")


def settled(func, said, a, given):
    """The derivative by other ops, the value by func itself."""
    refuse_whole(func, given.get("dtype"))
    want = func(value(a), **given)
    if not size(a):
        return want
    where = given.get("where", True)
    if func.__name__.startswith("nan"):
        where = ~np.isnan(value(a)) & where
    y = said(a, where=where, initial=given.get("initial"), axis=given.get("axis"), ddof=given.get("ddof", 0))
    return exactly(np.reshape(y, shape(want)), a, func=func, arguments=given)


for _func, _said in SAID.items():
    FURTHER[_func] = with_arguments(_func, _said)


def in_precision(func):
    """A running sum or product in another precision."""

    def says(a, axis=None, dtype=None, out=None):
        a = operand(a)
        refuse_out(func, out)
        refuse_whole(func, dtype)
        return func(a if dtype is None else np.astype(a, dtype), axis=axis)

    FURTHER[func] = says


in_precision(np.cumsum), in_precision(np.cumprod)
