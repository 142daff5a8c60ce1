"""Shapes: leading (direction) axes and broadcasting, handled here and nowhere else.

A tangent or cotangent of x has shape ``lead + x.shape``: `lead` is ``()`` for one direction and ``(K,)`` for K at once.
Everything here also works on traced values, and is differentiated like any other NumPy code.
"""

from math import prod

import numpy as np


def shape(x):
    """np.shape without NumPy's dispatch: arrays and tracers have a .shape, Python numbers have none."""
    return getattr(x, "shape", ())


def ndim(x):
    return len(getattr(x, "shape", ()))


def size(x):
    return prod(getattr(x, "shape", ()))


def lead_of(t, x):
    """The leading axes of t, a tangent or cotangent of x."""
    return shape(t)[: ndim(t) - ndim(x)]


def align(t, lead, axes):
    """Insert unit axes after the leading ones, so that t broadcasts against values with that many axes."""
    gap = len(lead) + axes - len(t.shape)
    return t if gap <= 0 else t.reshape(lead + (1,) * gap + t.shape[len(lead) :])


def along_a_line(k, n):
    """Steps of n numbers along a line through the point; k: which of several arrays. No two numbers move alike."""
    return 1 + 0.5 * np.sin(k + 1.0 + np.arange(n))


def together(ts):
    """One direction out of those along the first axis."""
    return np.tensordot(along_a_line(0, len(ts)).astype(ts.dtype), ts, 1)


def apart(flat, shapes):
    """The numbers of a vector, or of many with leading axes, as numbers and arrays of these shapes, in this order."""
    parts, start, lead = [], 0, shape(flat)[:-1]
    for own in shapes:
        n = prod(own)
        at = slice(start, start + n) if own else start
        part = flat[..., at] if lead else flat[at]
        parts.append(np.reshape(part, lead + own) if own else part)
        start += n
    return parts


def spread(t, target):
    """Broadcast t to the shape `target`."""
    return t if shape(t) == target else np.broadcast_to(t, target)


def full(ct, lead, out):
    """A cotangent of `out` at its full shape: a scalar may stand for an array that is the same everywhere."""
    have, want = shape(ct), lead + shape(out)
    return ct if have == want else np.broadcast_to(ct, want)


def gather(ct, lead, x):
    """Transpose of align and spread: sum ct over the axes along which x was broadcast."""
    have, want = shape(ct)[len(lead) :], shape(x)
    if have == want:
        return ct
    extra = len(have) - len(want)
    if have[extra:] == want:
        return np.add.reduce(ct, axis=tuple(range(len(lead), len(lead) + extra)))
    padded = (1,) * (len(have) - len(want)) + want
    axes = tuple(i - len(have) for i, (h, w) in enumerate(zip(have, padded, strict=True)) if h != w)
    ct = np.add.reduce(ct, axis=axes) if axes else ct
    return ct if shape(ct) == lead + want else ct.reshape(lead + want)


ALL_AXES = [tuple(range(-n, 0)) for n in range(65)]  # NumPy's arrays have at most 64 axes


def negative_axes(axis, ndim):
    """`axis` (None, an int or a tuple) as negative ints: they stay right when leading axes are added."""
    if axis is None:
        return ALL_AXES[ndim]
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if ndim == 0:  # NumPy lets a scalar be reduced over its last axis, which it has not
        axes = tuple(a for a in axes if a not in (0, -1))
    for a in axes:
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(a, ndim)
    return tuple(a % ndim - ndim for a in axes)


def kept(shape, axes):
    """`shape` with ones on the reduced axes, as keepdims=True leaves it."""
    axes = {a % len(shape) for a in axes}
    return tuple(1 if i in axes else n for i, n in enumerate(shape))
