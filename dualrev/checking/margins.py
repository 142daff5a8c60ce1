"""How far the arguments of an op are from where it is not smooth: a margin that is 0 there, and what moves it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..shapes import gather, negative_axes, shape


@dataclass(frozen=True, eq=False)
class Margin:
    """Numbers that are 0 where an op is not smooth, and their slopes in its arguments.

    sizes: how large the things are whose difference a margin is, for a relative distance. slopes(i): of number i in
    each argument, as cotangents.
    """

    values: ndarray
    sizes: ndarray
    slopes: Callable[[int], list[Any]]


def spread(*args: Any) -> list[ndarray]:
    return [np.asarray(a, float) for a in np.broadcast_arrays(*[np.asarray(a, float) for a in args])]


def one_hot(i: int, of_shape: tuple[int, ...], args: tuple[Any, ...], weights: tuple[float, ...]) -> list[Any]:
    """Element i of the broadcast arguments, with a weight in each argument."""
    e = np.zeros(of_shape)
    e.flat[i] = 1.0
    return [gather(w * e, (), np.asarray(a)) for w, a in zip(weights, args)]


def zero(x: Any, *rest: Any, **_: Any) -> Margin:
    """Of an op with a kink, or a jump, where its first argument is 0."""
    a = np.asarray(x, float)
    slopes = lambda i: [*one_hot(i, a.shape, (x,), (1.0,)), *[None] * len(rest)]  # noqa: E731
    return Margin(a.ravel(), np.ones(a.size), slopes)


def difference(x: Any, y: Any, **_: Any) -> Margin:
    """Of an op that compares its two arguments."""
    a, b = spread(x, y)
    size = np.maximum(np.abs(a), np.abs(b)).ravel()
    return Margin((a - b).ravel(), size, lambda i: one_hot(i, a.shape, (x, y), (1.0, -1.0)))


def whole(offset: float) -> Callable[..., Margin]:
    """Of an op that rounds: the distance to the nearest whole number plus `offset`."""

    def margin(x: Any, *rest: Any, **_: Any) -> Margin:
        a = np.asarray(x, float)
        nearest = np.round(a - offset) + offset
        slopes = lambda i: [*one_hot(i, a.shape, (x,), (1.0,)), *[None] * len(rest)]  # noqa: E731
        return Margin((a - nearest).ravel(), np.maximum(np.abs(a), 1.0).ravel(), slopes)

    return margin


def quotient(x: Any, y: Any, **_: Any) -> Margin:
    """Of an op that rounds x / y: how far x is from a multiple of y."""
    a, b = spread(x, y)
    with np.errstate(all="ignore"):
        n = np.nan_to_num(np.round(a / b))
    values = (a - n * b).ravel()

    def slopes(i: int) -> list[Any]:
        return one_hot(i, a.shape, (x, y), (1.0, -float(n.flat[i])))

    return Margin(values, np.maximum(np.abs(a), np.abs(b)).ravel(), slopes)


def extremum(sign: float) -> Callable[..., Margin]:
    """Of a maximum (1) or minimum (-1) over axes: by how much the first leads the second."""

    def margin(x: Any, axis: Any = None, **_: Any) -> Margin:
        a = sign * np.asarray(x, float)
        axes = negative_axes(axis, a.ndim)
        last = tuple(range(-len(axes), 0))
        moved = np.moveaxis(a, axes, last)
        numbers = np.moveaxis(np.arange(a.size).reshape(a.shape), axes, last)
        slots: ndarray = moved.reshape(-1, int(np.prod(moved.shape[a.ndim - len(axes) :])))
        places = numbers.reshape(slots.shape)
        if slots.shape[1] < 2:
            return Margin(np.zeros(0), np.zeros(0), lambda i: [])
        order = np.argsort(-slots, axis=1, kind="stable")[:, :2]
        rows = np.arange(len(slots))
        first, second = slots[rows, order[:, 0]], slots[rows, order[:, 1]]

        def slopes(i: int) -> list[Any]:
            e = np.zeros(a.size)
            e[places[i, order[i, 0]]], e[places[i, order[i, 1]]] = sign, -sign
            return [e.reshape(a.shape)]

        return Margin(first - second, np.maximum(np.abs(first), np.abs(second)), slopes)

    return margin


def order(x: Any, *rest: Any, axis: Any = -1, **_: Any) -> Margin:
    """Of a sort: the gaps between neighbours in it."""
    a = np.asarray(x, float)
    axes = negative_axes(axis, a.ndim)
    last = tuple(range(-len(axes), 0))
    numbers = np.arange(a.size).reshape(a.shape)
    long = int(np.prod([a.shape[k] for k in axes]))
    slots, places = (np.moveaxis(part, axes, last).reshape(-1, long) for part in (a, numbers))
    found = np.argsort(slots, axis=1, kind="stable")
    ordered, places = np.take_along_axis(slots, found, 1), np.take_along_axis(places, found, 1)
    above, below = places[:, 1:].ravel(), places[:, :-1].ravel()
    size = np.maximum(np.abs(ordered[:, 1:]), np.abs(ordered[:, :-1])).ravel()

    def slopes(i: int) -> list[Any]:
        e = np.zeros(a.size)
        e[above[i]], e[below[i]] = 1.0, -1.0
        return [e.reshape(shape(x)), *[None] * len(rest)]

    return Margin(np.diff(ordered, axis=1).ravel(), size, slopes)


def order_of_all(x: Any, *rest: Any, axis: Any = None, **_: Any) -> Margin:
    """Of a median or quantile, which is over all elements where no axis is given."""
    return order(x, *rest, axis=axis)


def edges(x: Any, bins: Any, **_: Any) -> Margin:
    """Of digitize: how far each number is from the nearest edge."""
    a, b = np.asarray(x, float), np.asarray(bins, float)
    nearest = np.argmin(np.abs(a.reshape(-1, 1) - b), axis=1)
    values = a.ravel() - b[nearest]

    def slopes(i: int) -> list[Any]:
        e, edge = np.zeros(a.size), np.zeros(b.size)
        e[i], edge[nearest[i]] = 1.0, -1.0
        return [e.reshape(a.shape), edge]

    return Margin(values, np.maximum(np.abs(a.ravel()), np.abs(b[nearest])), slopes)


def searched(bins: Any, x: Any, **_: Any) -> Margin:
    """Of searchsorted, whose arguments come the other way round."""
    found = edges(x, bins)
    return Margin(found.values, found.sizes, lambda i: found.slopes(i)[::-1])


def length(x: Any, *rest: Any, axis: Any = None, ord: Any = 2, **_: Any) -> Margin:
    """Of a norm, or of the length of the arguments of hypot: a cone, whose tip is where all are 0."""
    parts = spread(x, *rest) if rest else [np.asarray(x, float)]
    if rest:
        values = np.sqrt(sum(p**2 for p in parts)).ravel()
        return Margin(
            values, np.ones(values.size), lambda i: one_hot(i, parts[0].shape, (x, *rest), (1.0,) * len(parts))
        )
    if ord == 1:
        return zero(x)
    return spread_over(np.asarray(x, float), axis, 0.0)


def deviation(x: Any, axis: Any = None, **_: Any) -> Margin:
    """Of a standard deviation: 0 where all are equal."""
    a = np.asarray(x, float)
    return spread_over(a, axis, np.nanmean(a, axis=axis, keepdims=True) if a.size else 0.0)


def spread_over(a: ndarray, axis: Any, middle: Any) -> Margin:
    axes = negative_axes(axis, a.ndim)
    away = np.max(np.abs(a - middle), axis=axes, initial=0.0)

    def slopes(i: int) -> list[Any]:
        at = np.zeros(np.shape(away))
        at.flat[i] = 1.0
        slot = np.broadcast_to(np.expand_dims(at, axes) if a.ndim else at, a.shape)
        off = slot * np.abs(a - middle)
        e = np.zeros(a.size)
        e[int(np.argmax(off + slot * 1e-300))] = 1.0
        return [e.reshape(a.shape)]

    return Margin(np.ravel(away), np.maximum(np.max(np.abs(a), axis=axes, initial=0.0), 1e-300).ravel(), slopes)


def zero_power(x: Any, y: Any, **_: Any) -> Margin:
    """Of x**0, which is 1 everywhere, and x**y below 1: at x = 0."""
    a, b = spread(x, y)
    return Margin(
        np.where(b < 1, a, np.inf).ravel(), np.ones(a.size), lambda i: one_hot(i, a.shape, (x, y), (1.0, 0.0))
    )


def cut(y: Any, x: Any, **_: Any) -> Margin:
    """Of the angle of (x, y): it jumps by a turn where y changes its sign, left of 0."""
    a, b = spread(y, x)
    return Margin(
        np.where(b <= 0, a, np.inf).ravel(), np.abs(b).ravel(), lambda i: one_hot(i, a.shape, (y, x), (1.0, 0.0))
    )


def second_zero(x: Any, y: Any, **_: Any) -> Margin:
    """Of copysign(x, y): a kink where x is 0."""
    a, _b = spread(x, y)
    return Margin(a.ravel(), np.ones(a.size), lambda i: one_hot(i, a.shape, (x, y), (1.0, 0.0)))


COMPARING = ("maximum minimum fmax fmin less less_equal greater greater_equal equal not_equal isclose").split()
MARGINS: dict[str, Callable[..., Margin]] = {
    **dict.fromkeys(COMPARING, difference),
    **dict.fromkeys(("absolute", "fabs", "sign", "signbit", "heaviside"), zero),
    **dict.fromkeys(("floor", "ceil", "trunc", "fix"), whole(0.0)),
    **dict.fromkeys(("rint", "round", "around"), whole(0.5)),
    **dict.fromkeys(("remainder", "fmod", "floor_divide"), quotient),
    **dict.fromkeys(("max", "amax", "argmax", "nanmax", "nanargmax"), extremum(1.0)),
    **dict.fromkeys(("min", "amin", "argmin", "nanmin", "nanargmin"), extremum(-1.0)),
    **dict.fromkeys(("sort", "argsort", "partition", "argpartition"), order),
    **dict.fromkeys(("median", "quantile", "percentile"), order_of_all),
    **dict.fromkeys(("nanmedian", "nanquantile", "nanpercentile"), order_of_all),
    "digitize": edges,
    "searchsorted": searched,
    **dict.fromkeys(("norm", "hypot"), length),
    **dict.fromkeys(("power", "float_power"), zero_power),
    **dict.fromkeys(("std", "nanstd"), deviation),
    "copysign": second_zero,
    "arctan2": cut,
}
