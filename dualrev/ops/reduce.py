"""Reductions and running sums: a partial derivative per element, then a sum over the axes."""

from math import prod

import numpy as np

from ..cotangents import deposit
from ..kinds import Reduction
from ..registry import OPS, Op, composite, differential, flops, kinked, linear, reduction
from ..shapes import kept, lead_of, ndim, negative_axes, shape, size, spread
from ..traced import DOUBLE, ndarray, operand, value
from .complex_parts import conj, is_complex, real
from .kinks import has_tip, over_length, shared_by_two, slope_of_length, tip_of, winner_of


def count(x, axes):
    """How many elements are reduced to one."""
    return size(x) if len(axes) == ndim(x) else prod([shape(x)[a] for a in axes])


def freedom(x, axes, ddof):
    """What a sum of squares is divided by; nan where that is none, as in np.var(x, ddof=1) of one x."""
    return max(count(x, axes) - ddof, 0) or np.nan


def spread_of(y, x, axes):
    """The standard deviation y of x; of one number, which has none, 1, so that it has no tip at 0."""
    return y if count(x, axes) > 1 else 1.0


class RealReduction(Reduction):
    """A reduction whose result is real for complex x too: dy = sum(Re(conj(p) dx)).

    at_tip: of a length, which has the tip of a cone where it is 0: there ``at_tip(ct, y, x, axes)`` is conj(p) ct.
    """

    def __init__(self, partial, at_tip=None):
        super().__init__(partial)
        self.at_tip = at_tip

    def push(self, lead, out, args, params, tangents):
        (x,), (dx,) = args, tangents
        if not is_complex(x):
            return super().push(lead, out, args, params, tangents)
        p, axes = self.read(out, x, **params)
        return np.sum(real(conj(p) * dx), axis=axes, keepdims=params.get("keepdims", False))

    def pull(self, ct, line, cts, own, sweep):
        _, (i,), (x,), params, out = line
        tip = self.at_tip is not None and has_tip(out)
        if not (tip or is_complex(x)):
            return super().pull(ct, line, cts, own, sweep)
        axes, rest = negative_axes(params.get("axis"), ndim(x)), without_axes(params)
        ct, y = real(ct), np.reshape(out, kept(shape(x), axes))
        if shape(ct):
            ct = np.reshape(ct, sweep.lead + shape(y))
        g = self.at_tip(ct, y, x, axes, **rest) if tip else conj(self.partial(y, x, axes, **rest)) * ct
        deposit(cts, own, i, g, True)


def without_axes(params):
    return {name: given for name, given in params.items() if name not in ("axis", "keepdims")}


def real_reduction(func, partial, at_tip=None):
    reduction(func, partial)
    OPS[func] = Op(func, RealReduction(partial, at_tip), arrays=OPS[func].arrays, params=OPS[func].params)


def add_reduce(x, axis=None, keepdims=False):
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


def mean_of(x, axis=None, keepdims=False):
    """np.mean to the last bit, without its Python; half precision is summed in single there, so left to it."""
    if type(x) is not ndarray or x.dtype is not DOUBLE or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    total = np.add.reduce(x, axis=axis, keepdims=keepdims)
    return total / (x.size // total.size)


# fmt: off
reduction(np.sum,  1, apply=add_reduce)
reduction(np.mean, lambda y, x, axes: 1 / (count(x, axes) or 1), apply=mean_of)
real_reduction(np.var,  lambda y, x, axes, ddof=0: 2 / freedom(x, axes, ddof) * deviation(x, axes))
real_reduction(np.std,
    lambda y, x, axes, ddof=0: slope_of_length(deviation(x, axes), spread_of(y, x, axes), freedom(x, axes, ddof)),
    lambda ct, y, x, axes, ddof=0:
        over_length(ct, conj(deviation(x, axes)), spread_of(y, x, axes), freedom(x, axes, ddof)))
reduction(np.prod, lambda y, x, axes: product_of_others(y, x, axes))
for largest in (np.max, np.amax):
    reduction(largest,  lambda y, x, axes: shared_by_ties(y, x, axes, larger=True))
for smallest in (np.min, np.amin):
    reduction(smallest, lambda y, x, axes: shared_by_ties(y, x, axes, larger=False))

flops(np.sum,          value=lambda y, x, **_: each_joined(y, x))
flops(np.prod,         value=lambda y, x, **_: each_joined(y, x), shared=lambda y, x, **_: size(x) + size(y))
flops(np.mean,         value=lambda y, x, **_: size(x))
flops(np.var,          value=lambda y, x, **_: squares(x))
flops(np.std,          value=lambda y, x, **_: squares(x) + size(y))
flops(np.max, np.min, np.amax, np.amin, value=lambda y, x, **_: each_joined(y, x), shared=lambda y, x, **_: size(x))
# fmt: on


def each_joined(y, x):
    """n - 1 operations join n numbers."""
    return max(size(x) - size(y), 0)


def squares(x):
    """Of deviations from the mean, or of their real and imaginary parts."""
    return (6 if is_complex(x) else 4) * size(x)


def deviation(x, axes):
    return x - np.mean(x, axis=axes, keepdims=True)


def shared_by_ties(y, x, axes, larger):
    """1 at the extremum; elements that tie for it share equally."""
    hit = value(x) == value(y)
    share = np.asarray(hit / np.maximum(np.sum(hit, axis=axes, keepdims=True), 1), np.result_type(value(x)))[()]
    return shared_by_two(share, y, x, axes, larger)


def tip_of_spread(func, arm, divisor):
    """The tip of a standard deviation, which that of one number has not."""
    of_several = tip_of(func, arm, divisor)
    return lambda x, axis=None, **params: (
        None if count(x, negative_axes(axis, ndim(x))) < 2 else of_several(x, axis=axis, **params)
    )


kinked(np.std, tip_of_spread(np.std, deviation, lambda x, axes, ddof=0: count(x, axes) - ddof))
for extremum in (np.max, np.amax, np.min, np.amin):
    kinked(extremum, winner_of(extremum, larger=extremum in (np.max, np.amax)))


def product_of_others(y, x, axes):
    """d prod / d x_i: the product of all elements but x_i. Without zeros that is y / x."""
    smallest = np.finfo(np.result_type(value(y))).tiny
    if np.all(abs(value(y)) > smallest) and np.all(np.isfinite(value(y))):
        return y / x
    last = tuple(range(-len(axes), 0))  # the reduced axes, moved to the end and made one
    moved = np.moveaxis(x, axes, last)
    flat = np.reshape(moved, shape(moved)[: ndim(x) - len(axes)] + (-1,))
    one = np.ones(shape(flat)[:-1] + (1,), value(x).dtype)
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return np.moveaxis(np.reshape(before * after, shape(moved)), last, axes)


def from_the_end(axis, x):
    """The axis of the running sums of x, counted from the end; a number, or axis=None, is one row."""
    return -1 if axis is None or not ndim(x) else axis % ndim(x) - ndim(x)


@linear(np.cumsum)
def _(y, x, /, axis=None):
    def along(t, like, step):
        """Running sums of t from the front (step 1) or from the back (-1)."""
        lead, k = lead_of(t, like), from_the_end(axis, x)
        t = np.reshape(t, lead + shape(y))
        reverse = (..., slice(None, None, step)) + (slice(None),) * (-k - 1)
        return np.cumsum(t[reverse], axis=k)[reverse]

    return (
        lambda dx: along(dx, x, 1),
        lambda ct: np.reshape(along(ct, y, -1), lead_of(ct, y) + shape(x)),
    )


def running(y, x, axis=None):
    """The flops of n - 1 sums or products along an axis."""
    n = shape(y)[axis or 0]
    return size(y) - size(y) // n if n else 0


flops(np.cumsum, value=running)


@differential(np.cumprod)
def _(y, x, /, axis=None):
    """dy_k = sum over i <= k of dx_i * (product of the others up to k), by doubling: log2(n) passes, zeros welcome."""
    k = from_the_end(axis, x)
    n = shape(y)[k]

    def shifted(t, step, fill):
        """t moved `step` places along the axis, with `fill` coming in."""
        ahead = np.full(shape(t)[:k] + (step,) + shape(t)[ndim(t) + k + 1 :], fill, value(t).dtype)
        return np.concatenate([ahead, t[(..., slice(None, n - step)) + (slice(None),) * (-k - 1)]], axis=k)

    def dy(dx):
        product, lead = np.reshape(x, shape(y)), lead_of(dx, x)
        d, step = np.reshape(dx, lead + shape(y)), 1
        while step < n:
            d = d * shifted(product, step, 1) + product * shifted(d, step, 0)
            product = product * shifted(product, step, 1)
            step *= 2
        return d

    return dy


def doubling(y, axis=None):
    """The elements of y that come in from `step` places further, for each pass."""
    n = shape(y)[axis or 0]
    return [size(y) // n * (n - 2**k) for k in range((n - 1).bit_length())] if n else []


flops(
    np.cumprod,
    value=running,
    shared=lambda y, x, axis=None: size(y) * len(doubling(y, axis)),
    push=lambda y, x, axis=None: 3 * size(y) * len(doubling(y, axis)),
    pull=lambda y, x, axis=None: sum(3 * size(y) + moved for moved in doubling(y, axis)),
)


# ---- said in other ops -----------------------------------------------------------------------------------------------


@composite(np.ptp)
def _(a, axis=None, *, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@composite(np.average)
def _(a, axis=None, weights=None, returned=False, *, keepdims=False):
    a = operand(a)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        total = mean.dtype.type(size(a) / size(mean))
    else:
        w = operand(weights)
        if shape(a) != shape(w):
            axes = negative_axes(axis, ndim(a))
            w = np.transpose(w, np.argsort(axes))
            w = np.reshape(w, tuple(n if i - ndim(a) in axes else 1 for i, n in enumerate(shape(a))))
        total = np.sum(w, axis=axis, keepdims=keepdims)
        mean = np.sum(a * w, axis=axis, keepdims=keepdims) / total
    return (mean, spread(total, shape(mean))) if returned else mean


@composite(np.diff)
def _(a, n=1, axis=-1, prepend=None, append=None):
    if n < 0:
        raise ValueError(f"np.diff: order must be non-negative, got {n}")
    a = operand(a)
    prepend, append = (None if end is None else operand(end) for end in (prepend, append))
    ends = [shape(a)[:axis] + (1,) + shape(a)[axis:][1:] if ndim(end) == 0 else shape(end) for end in (prepend, append)]
    parts = [None if e is None else np.broadcast_to(e, s) for e, s in zip((prepend, append), ends, strict=True)]
    if prepend is not None or append is not None:
        a = np.concatenate([p for p in (parts[0], a, parts[1]) if p is not None], axis=axis)
    after = [slice(None)] * ndim(a)
    before = list(after)
    after[axis], before[axis] = slice(1, None), slice(None, -1)
    for _ in range(n):
        a = a[tuple(after)] - a[tuple(before)]
    return a
