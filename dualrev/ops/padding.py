"""np.pad, in every mode."""

import numpy as np

from ..errors import NoRuleError
from ..registry import composite
from ..shapes import ndim, shape, size
from ..traced import operand, value
from .own_value import exactly

MOVES = ("empty", "edge", "wrap", "reflect", "symmetric")
STATISTICS = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}


@composite(np.pad)
def _(array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None, reflect_type="even"):
    x = operand(array)
    if callable(mode):
        raise NoRuleError(
            "np.pad: a function as mode writes in place, which has no derivative rule: use np.concatenate"
        )
    if not ndim(x):
        return np.copy(x)
    widths = pairs(widths_of(pad_width, ndim(x)), ndim(x))
    if mode == "constant":
        numbers = np.pad(np.arange(1, size(x) + 1).reshape(shape(x)), widths)
        border = np.pad(np.zeros(shape(x), value(x).dtype), widths, constant_values=constant_values)
        return np.where(numbers > 0, np.append(np.ravel(x), np.zeros(1, value(x).dtype))[numbers - 1], border)
    if mode in MOVES and reflect_type == "even":
        zeros = "constant" if mode == "empty" else mode  # an empty border is anything, 0 too
        numbers = np.pad(np.arange(1, size(x) + 1).reshape(shape(x)), widths, mode=zeros)
        return np.append(np.ravel(x), np.zeros(1, value(x).dtype))[numbers - 1]
    further = {"end_values": end_values} if mode == "linear_ramp" else {"stat_length": stat_length}
    further = {"reflect_type": reflect_type} if mode in ("reflect", "symmetric") else further
    arguments = {"pad_width": widths, "mode": mode} | further
    want, y = np.pad(value(x), **arguments), x  # which says what is wrong with them
    for axis, width in enumerate(widths):
        y = grown(y, axis, width, mode, pairs(next(iter(further.values())), ndim(x))[axis])
    return exactly(np.reshape(y, shape(want)), x, func=np.pad, arguments=arguments)


def widths_of(pad_width, n):
    """As NumPy takes them since 2.3: by axis too, in a dict."""
    if not isinstance(pad_width, dict):
        return pad_width
    by_axis = {axis % n: width for axis, width in pad_width.items()}
    return [np.broadcast_to(by_axis.get(k, 0), 2).tolist() for k in range(n)]


def pairs(given, n):
    """A value before and one after, for each axis."""
    return np.broadcast_to(np.array(given), (n, 2)).tolist()


def grown(x, axis, width, mode, further):
    """x padded along one axis, in a mode that computes."""
    if not any(width):
        return x
    if mode in ("reflect", "symmetric"):
        return mapped(x, axis, width, mode)
    x, n = np.moveaxis(x, axis, 0), shape(x)[axis]
    border = ramps(x, width, further) if mode == "linear_ramp" else statistics(x, n, width, mode, further)
    return np.moveaxis(np.concatenate([border[0], x, border[1]]), 0, axis)


def mapped(x, axis, width, mode):
    """The odd reflections are linear in x: the columns of their matrix are those of unit vectors."""
    P = np.pad(np.eye(shape(x)[axis], dtype=value(x).dtype), (width, (0, 0)), mode=mode, reflect_type="odd")
    return np.moveaxis(np.tensordot(P, x, axes=(1, axis)), 0, axis)


def ramps(x, width, ends):
    before, after = (
        np.linspace(end, edge, num=n, endpoint=False) for end, edge, n in zip(ends, (x[0], x[-1]), width, strict=True)
    )
    return before, after[::-1]


def statistics(x, n, width, mode, lengths):
    first, last = (n if k is None else min(k, n) for k in lengths)
    return [
        np.broadcast_to(STATISTICS[mode](part, axis=0, keepdims=True), (k, *shape(x)[1:]))
        for part, k in zip((x[:first], x[n - last :]), width, strict=True)
    ]
