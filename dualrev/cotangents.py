"""The cotangents of a backward sweep, and how one more is added.

``cts[i]`` is the cotangent of line i so far: None, an array of its full shape, or (without leading axes) one scalar
that stands for an array that is the same everywhere. ``own[i]`` says that the array is the sweep's own, and may be
added to in place.
"""

import numpy as np

from .shapes import full, gather, shape

ndarray = np.ndarray
SCALARS = frozenset({float, np.float64, complex, np.complex128})  # results of these types took part in no broadcasting
ONE = 1.0  # the seed of a scalar output; recognised by identity, to spare the product with 1


def deposit(cts, own, i, g, fresh):
    """cts[i] += g, where g has the shape of line i. fresh: nobody else holds g."""
    have = cts[i]
    if have is None:
        cts[i] = g
        own[i] = fresh and type(g) is ndarray
    elif own[i] and type(g) is type(have) is ndarray and g.dtype is have.dtype:
        have += g
    else:
        cts[i] = total = have + g
        own[i] = type(total) is ndarray


def deposit_fit(cts, own, i, g, fresh, x, out, lead):
    """cts[i] += g, where g has the shape of the op's output and x may have been broadcast to it."""
    if not (type(g) is type(x) is ndarray and g.shape == x.shape == out.shape):
        have, want = shape(g), shape(x)
        if want != shape(out) or not (have == lead + want or have == lead == ()):
            ct, g = g, gather(full(g, lead, out), lead, x)
            fresh = is_fresh(g, ct)
    if cts[i] is None:
        cts[i] = g
        own[i] = fresh and type(g) is ndarray
    else:
        deposit(cts, own, i, g, fresh)


def is_fresh(g, ct):
    """A linear function of ct returns ct itself, a view, or an array of its own."""
    return g is not ct and type(g) is ndarray and g.base is None
