"""Traced values and the plain ones under them."""

from itertools import count
from typing import Any

import numpy as np

from .errors import InputError, LostDerivativeError

ndarray = np.ndarray
OBJECT = np.dtype(object)
FLOAT = np.float64
FLAT = np.zeros(1).flags
NUMBERS = frozenset({float, int, bool, complex, *(np.dtype(c).type for c in np.typecodes["AllFloat"] + "?bBhHiIlLqQ")})

next_level = count(1).__next__  # every transformation takes the next integer; the newest is the innermost


class Tracer:
    """A value as one transformation sees it.

    `primal` is an array, a number or an older tracer; `sweep` is the transformation's own object, which has a `level`
    and wraps the result of an op with ``process(op, args, primals, params, out)``; `items` caches ``x[i]``, and notes
    the views of x (kin.py), so that what is written into one of them is seen in the others.
    """

    __slots__ = ("__weakref__", "items", "primal", "sweep")
    items: Any
    primal: Any
    sweep: Any
    __array_priority__ = 1000.0
    __hash__ = object.__hash__


def value(x):
    """The plain array under all levels of one traced value."""
    while isinstance(x, Tracer):
        x = x.primal
    return x


def values(x):
    """`value` inside the lists, tuples and object arrays of a NumPy call."""
    if type(x) in (list, tuple):
        return type(x)(map(values, x))
    if type(x) is ndarray and x.dtype is OBJECT:
        return np.array([value(item) for item in x.ravel()]).reshape(x.shape)
    return value(x.held() if hasattr(x, "held") else x)


def operand(x):
    """x as the argument of an op: lists become arrays, and object arrays of traced scalars are stacked again."""
    if type(x) in NUMBERS or isinstance(x, Tracer):
        return x
    if isinstance(x, ndarray):
        if x.dtype is OBJECT:
            return restack(x)
        if isinstance(x, (np.matrix, np.ma.MaskedArray)):
            raise InputError(f"{type(x).__name__} does not mix with traced values: use np.asarray(x) or x.filled()")
        return x.held() if hasattr(x, "held") else x
    if isinstance(x, (list, tuple)):
        return restack(np.array(held(x), dtype=object)) if holds_tracer(x) else np.asarray(x)
    return np.asarray(x) if hasattr(x, "__array__") else NotImplemented


def holds_tracer(x):
    if isinstance(x, (list, tuple)):
        return any(map(holds_tracer, x))
    if isinstance(x, ndarray):
        return x.dtype is OBJECT or (hasattr(x, "held") and x.traced() is not None)
    return isinstance(x, Tracer)


def held(x):
    """x, a list or what is in one, with the traced arrays that buffers (dualrev.numpy) have become in their place."""
    return list(map(held, x)) if isinstance(x, (list, tuple)) else x.held() if hasattr(x, "held") else x


def restack(objects):
    """An object array, as np.array([x[0], x[1]]) makes of traced scalars, as one traced array of the same shape."""
    items = [operand(item) for item in objects.ravel()]
    if any(item is NotImplemented for item in items):
        raise InputError(f"an array of objects cannot be differentiated: it holds {objects.ravel()[:3]!r}")
    stacked = STACK(*items) if items else np.zeros(0)
    return stacked if objects.ndim == 1 else np.reshape(stacked, objects.shape)


def twin(x):
    """The same version as another object, without a line on the tape: what is written into x is not seen in it."""
    new = object.__new__(type(x))
    new.primal, new.sweep, new.items = x.primal, x.sweep, None
    for name in type(x).__slots__:
        setattr(new, name, getattr(x, name))
    return new


# ---- values below every sweep: splitting.py --------------------------------------------------------------------------


def is_hidden(x):
    return isinstance(x, Tracer) and x.sweep.level <= 0


def seen(y):
    """A value that leaves a sweep, as NumPy has it."""
    return value(y) if is_hidden(y) else y


def leaving(t):
    """A traced derivative that leaves a sweep, without what is hidden under its levels."""
    bottom = t
    while isinstance(bottom.primal, Tracer):
        bottom = bottom.primal
    return SETTLED(t) if bottom.sweep.level <= 0 else t


# ---- what would lose the derivative ----------------------------------------------------------------------------------


def lost(what, instead):
    return LostDerivativeError(
        f"{what} of a traced value would lose its derivative. Write {instead}; "
        "dr.value(x) drops the derivative on purpose."
    )


def writes(what, instead):
    return LostDerivativeError(
        f"{what} writes a traced value in place, which would lose its derivative. Write {instead}."
    )


STACK: Any = None  # what restack needs: ops/shape.py puts its op here
SETTLED: Any = None  # what `leaving` needs: ops/gaps.py puts its op here
