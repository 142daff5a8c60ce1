"""Convolution of arrays of any number of axes, and recursive filters along one: SciPy's, linear in the signal."""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, flops
from ..shapes import ndim, shape, size
from ..traced import value
from .contract import column

# ---- convolution -----------------------------------------------------------------------------------------------------


@primitive
def convolved_arrays(a, v):
    """The full convolution, of n + m - 1 elements along each axis."""
    from scipy import signal

    if not a.size or not v.size:
        return np.zeros([n + m - 1 if n and m else 0 for n, m in zip(a.shape, v.shape)], np.result_type(a, v))
    return signal.convolve(a, v, method="direct")


@argwise(convolved_arrays)
def _(y, a, v, /):
    return with_other(a, v), with_other(v, a)


def with_other(x, other):
    """J and its transpose, for one of the two; leading axes are convolved with one element."""
    under = lambda t: np.reshape(other, (1,) * (ndim(t) - ndim(x)) + shape(other))
    turned = lambda t: under(t)[(..., *[slice(None, None, -1)] * ndim(x))]
    within = tuple(slice(m - 1, m - 1 + n) for n, m in zip(shape(x), shape(other), strict=True))
    return (
        lambda dx: convolved_arrays(dx, under(dx)),
        lambda ct: convolved_arrays(ct, turned(ct))[(..., *within)],
    )


def part(y, a, v, mode):
    """The part of a full convolution y of arrays of the shapes a and v that SciPy's `mode` asks for."""
    if mode == "full":
        return y
    if mode not in ("same", "valid"):
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")
    places = []
    for n, m in zip(a, v, strict=True):
        start, length = ((m - 1) // 2, n) if mode == "same" else (min(n, m) - 1, abs(n - m) + 1)
        places.append(slice(start, start + length))
    return y[tuple(places)]


def direct(a, v):
    """A multiplication and an addition for each element of a and each of v."""
    return 2 * size(a) * size(v)


def convolved_pull(y, a, v):
    return 2 * size(y) * size(v), 2 * size(y) * size(a)


flops(convolved_arrays, value=lambda y, a, v: direct(a, v), pull=convolved_pull)

# ---- recursive filters -----------------------------------------------------------------------------------------------


@primitive
def filtered(b, a, x):
    """sum_k a_k y_{t-k} = sum_k b_k x_{t-k} along the last axis, from rest."""
    from scipy import signal

    return signal.lfilter(b, a, x) if x.size else np.zeros(x.shape, np.result_type(b, a, x))


@argwise(filtered, "(p),(q),(n)->(n)")
def _(y, b, a, x, /):
    """With the lags of x and y as columns: a * dy = lags(x) db - lags(y) da + b * dx."""
    one = np.ones(1, value(y).dtype)
    inverse = lambda t: filtered(one, a, t)
    back = lambda ct: filtered(one, a, ct[..., ::-1])[..., ::-1]
    of_x, of_y = lags(x, shape(b)[-1]), lags(y, shape(a)[-1])
    return (
        (lambda db: inverse((of_x @ column(db))[..., 0]), lambda ct: (back(ct)[..., None, :] @ of_x)[..., 0, :]),
        (lambda da: -inverse((of_y @ column(da))[..., 0]), lambda ct: -(back(ct)[..., None, :] @ of_y)[..., 0, :]),
        (lambda dx: filtered(b, a, dx), lambda ct: filtered(b, a, ct[..., ::-1])[..., ::-1]),
    )


def lags(x, p):
    """x_{t-k} in row t and column k, zero before the start."""
    early = np.concatenate([np.zeros(shape(x)[:-1] + (p - 1,), value(x).dtype), x], axis=-1)
    return early[..., np.arange(shape(x)[-1])[:, None] - np.arange(p) + p - 1]


def recursion(y, b, a, x):
    return 2 * size(y) * (size(b) + size(a))


def filtered_push(y, b, a, x):
    back = 2 * size(y) * (1 + size(a))
    return back + 2 * size(y) * size(b), back + 2 * size(y) * size(a) + size(y), recursion(y, b, a, x)


def filtered_pull(y, b, a, x):
    back, loops = 2 * size(y) * (1 + size(a)), size(y) // max(shape(y)[-1], 1)
    return back + 2 * size(y) * size(b), back + 2 * size(y) * size(a) + loops * size(a), recursion(y, b, a, x)


flops(filtered, value=recursion, push=filtered_push, pull=filtered_pull)
