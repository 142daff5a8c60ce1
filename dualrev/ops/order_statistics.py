"""Order statistics: median, percentile, quantile. Each is a mean of two neighbours in the sorted data.

Which two, and how they are weighted, is what the function itself does to the ranks of the data, whatever its method.
"""

import numpy as np

from ..errors import NoRuleError
from ..registry import flops, linear
from ..shapes import lead_of, ndim, negative_axes, shape, size
from ..traced import Tracer, value
from .index import scatter


def in_rows(x, axes):
    """x with the reduced axes as one, the last."""
    last = tuple(range(-len(axes), 0))
    rest = tuple(n for k, n in enumerate(shape(x)) if k - ndim(x) not in axes)
    return np.moveaxis(x, sorted(axes), last).reshape(
        (*rest, -1 if size(x) else int(np.prod([shape(x)[a] for a in axes])))
    )


def neighbours(func, x, axis, q, **params):
    """The places in x.ravel() of the two neighbours, and their weights: two arrays of shape (2, q.size, results)."""
    axes = negative_axes(axis, ndim(x))
    x = np.asarray(x)
    places, x = in_rows(np.arange(size(x)).reshape(shape(x)), axes), in_rows(x, axes)
    order = np.argsort(x, axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1).astype(float)
    if func.__name__.startswith("nan"):
        ranks = np.where(np.isnan(x) & ~np.isnan(x).all(axis=-1, keepdims=True), np.nan, ranks)
    of_ranks = lambda ranks, q: func(ranks, *q, axis=-1, keepdims=True, **params)
    found, weights = [], []
    for each in [()] if q is None else [(t,) for t in np.ravel(q)]:
        low = np.floor(of_ranks(ranks, each))
        share = of_ranks(ranks - low, each)  # exact, since a rank near 0 is
        both = np.concatenate([low, np.minimum(low + 1, ranks.shape[-1] - 1)], axis=-1).astype(int)
        found.append(np.take_along_axis(places, np.take_along_axis(order, both, axis=-1), axis=-1))
        weights.append(np.concatenate([1 - share, share], axis=-1))
    return np.moveaxis(np.array(found), -1, 0), np.moveaxis(np.array(weights), -1, 0)


def order_statistic(func, y, x, axis, q=None, weights=None, **params):
    if weights is not None:
        axes = negative_axes(axis, ndim(x))
        params["weights"] = in_rows(beside(np.asarray(weights), x, axes), axes)
    places, share = neighbours(func, value(x), axis, q, **params)
    places = places.reshape((2, *shape(y)))
    share = share.reshape((2, *shape(y))).astype(np.result_type(value(x)))
    axis = -1 - ndim(y)

    def J(dx):
        flat = np.reshape(dx, (*lead_of(dx, x), size(x)))
        return np.sum(flat[..., places] * share, axis=axis)

    def JT(ct):
        lead = lead_of(ct, y)
        both = np.expand_dims(ct, axis) * share
        return np.reshape(scatter(both, index=(..., places), shape=(*lead, size(x))), lead + shape(x))

    return J, JT


def beside(weights, x, axes):
    """Weights along the reduced axes alone, as an array of the shape of x."""
    if shape(weights) != shape(x):
        weights = weights.reshape([n if k - ndim(x) in axes else 1 for k, n in enumerate(shape(x))])
    return np.broadcast_to(weights, shape(x))


def plain(func):
    """func on plain arrays, with a q that is one."""

    def apply(a, **params):
        if any(isinstance(p, Tracer) for p in params.values()):
            raise NoRuleError(f"np.{func.__name__} has no derivative rule in q or in weights: pass dr.value(q)")
        return func(np.asarray(a), **params)

    return apply


def middle(func):
    @linear(func, apply=plain(func))
    def _(y, a, /, axis=None, keepdims=False):
        return order_statistic(func, y, a, axis)


def fraction(func):
    @linear(func, apply=plain(func))
    def _(y, a, /, q, axis=None, method="linear", keepdims=False, weights=None):
        return order_statistic(func, y, a, axis, q=q, weights=weights, method=method)


middle(np.median), middle(np.nanmedian)
fraction(np.quantile), fraction(np.percentile), fraction(np.nanquantile), fraction(np.nanpercentile)

flops(
    *(np.median, np.nanmedian, np.quantile, np.percentile, np.nanquantile, np.nanpercentile),
    value=0,
    push=lambda y, *_, **__: 3 * size(y),
    pull=lambda y, *_, **__: 4 * size(y),
)
