"""Traced values and the plain ones under them."""

from itertools import count
from typing import Any
from weakref import ref

import numpy as np

from .errors import InputError, LostDerivativeError, NoArrayError
from .labels import is_labelled, met
from .source import user_place

ndarray = np.ndarray
OBJECT = np.dtype(object)
FLOAT, DOUBLE = np.float64, np.dtype(float)
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
    __pandas_priority__ = 10000  # pandas leaves its operators to us
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
        if type(x) is ndarray:
            return x
        return x.held() if hasattr(x, "held") else plain_array(x)
    if isinstance(x, (list, tuple)):
        return restack(np.array(held(x), dtype=object)) if holds_tracer(x) else np.asarray(x)
    return numbers_of(x)


def numbers_of(x):
    """The numbers of something that can be made an array; of labelled data without their labels, which are noted."""
    if not hasattr(x, "__array__") or hasattr(type(x), "units"):
        raise NoArrayError(
            f"a {type(x).__name__} beside traced values is no array: make one of it first, of a quantity its "
            ".magnitude; write S @ x for np.dot(S, x) with a sparse S"
        )
    inner = getattr(x, "data", None)
    made = inner if isinstance(inner, Tracer) else np.asarray(x)  # a DataArray may hold a traced array
    if is_labelled(x):
        met(x, made)
    return restack(made) if made.dtype is OBJECT else made


def plain_array(x):
    """An array of a subclass as a plain one, where that means the same."""
    if isinstance(x, np.matrix):
        raise InputError("np.matrix does not mix with traced values: use np.asarray(A), and A @ B for A * B")
    if isinstance(x, np.ma.MaskedArray):
        raise InputError(
            "MaskedArray does not mix with traced values, which have no mask: use m.filled(v), or "
            "np.where(np.ma.getmaskarray(m), v, m.data), or x[~m.mask] and m.compressed() for what is not masked"
        )
    if type(x).__array_ufunc__ is not ndarray.__array_ufunc__:
        raise InputError(
            f"a {type(x).__name__} does not mix with traced values: its operators mean more than those of an array, "
            "units for instance, and the result would be without. Use np.asarray(x), or x.value of a quantity"
        )
    return np.asarray(x)


def holds_tracer(x):
    if isinstance(x, Tracer):
        return True
    if isinstance(x, (list, tuple)):
        return any(map(holds_tracer, x))
    return isinstance(x, ndarray) and (x.dtype is OBJECT or (hasattr(x, "held") and x.traced() is not None))


def held(x):
    """x, a list or what is in one, with the traced arrays that buffers (dualrev.numpy) have become in their place."""
    if isinstance(x, Tracer):
        return x
    return list(map(held, x)) if isinstance(x, (list, tuple)) else x.held() if hasattr(x, "held") else x


def restack(objects):
    """An object array, as np.array([x[0], x[1]]) makes of traced scalars, as one traced array of the same shape."""
    try:
        items = [operand(item) for item in objects.ravel()]
    except NoArrayError:
        said = f"an array of objects cannot be differentiated: it holds {objects.ravel()[:3]!r}"
        raise InputError(said) from None
    if all(type(item) is int for item in items):  # what np.floor and np.sign give for objects
        items = list(map(float, items))
    stacked = STACK(*items) if items else np.zeros(0)
    return stacked if objects.ndim == 1 else np.reshape(stacked, objects.shape)


def twin(x):
    """The same version as another object, without a line on the tape: what is written into x is not seen in it."""
    new = object.__new__(type(x))
    new.primal, new.sweep, new.items = x.primal, x.sweep, None
    for name in type(x).__slots__:
        setattr(new, name, getattr(x, name))
    return new


# ---- what is refused ------------------------------------------------------------------------------------------------


def refused(error, *among):
    """error, a refusal, which says where in the user's code it was made, among these arguments of a call.

    Every sweep that traces one of them remembers its first refusal: f might catch it and go on, see `boundary.run`.
    """
    error.place = error.place or user_place()
    for x in among:
        x = x.held() if hasattr(x, "held") else x
        if isinstance(x, Tracer):
            while isinstance(x, Tracer) and not is_hidden(x):
                if x.sweep.refusal is None:
                    x.sweep.refusal, error.noted = error, (*error.noted, ref(x.sweep))
                x = x.primal
        elif isinstance(x, (list, tuple)) or (isinstance(x, ndarray) and x.dtype is OBJECT):
            refused(error, *x)
    return error


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
    return WITHOUT_POLES(t) if bottom.sweep.level <= 0 else t


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
WITHOUT_POLES: Any = None  # what `leaving` needs: ops/gaps.py puts its op here
