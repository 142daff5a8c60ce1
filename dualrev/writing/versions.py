"""Versions: y[index] = v makes a new version of y, an op on the tape, which takes the place of the old one."""

from sys import getrefcount
from weakref import ref

import numpy as np

from ..boundary import escaped
from ..dispatch import bind, call, is_apart
from ..errors import InputError, LostDerivativeError, NoArrayError
from ..kin import ROW_OF, Kin, is_alone, kin_of, noted, views_of
from ..ops.index import is_basic
from ..ops.write import PUT, ghost, like_by_an_op
from ..registry import OPS
from ..shapes import shape, spread
from ..traced import Tracer, operand, twin, value
from ..tracer import GETITEM
from .layout import lie_of
from .relatives import check_no_objects, is_frozen, is_view, places, read_in_turn, relatives

ndarray = np.ndarray


# ---- y[index] = v ----------------------------------------------------------------------------------------------------


def assign(y, index, v):
    """y[index] = v, where y is traced."""
    is_apart(y)
    check_writable(y)
    if type(y.items) is Kin and y.items.copies:
        index, v = repeated(y, index, v)
    v = fitted(v, y.dtype)
    if shows(v, y, index):
        return  # the second half of y[index] += w: the view has been written into already
    if shape(v):
        v = without_unit_axes(v, shape(ghost(y.shape, float)[index]))
    others = []
    if not is_alone(y):
        others = relatives(y)
        check_no_objects((y, *others))
    if not value(y).flags.c_contiguous:
        places(y)  # how it lies in memory now, which says what a later y.ravel() shares
    if any(v is x for x in (y, *others)):
        v = twin(v)  # as it is before anything is written
    if is_everything(index) and is_a_version(v, y) and lies_alike(value(v), value(y)):
        return renew(y, v, others)
    shared_write(y, index, v, others)
    store(y, index, v)


def repeated(y, index, v):
    """(index, v) of a write into y.flat, which takes one element after the other, again from the first at the end."""
    numbers, v = np.arange(y.size)[index].reshape(-1), operand(v)
    v = np.reshape(read_in_turn(y, numbers, v), (-1,))
    return numbers, v[np.arange(numbers.size) % v.shape[0]] if numbers.size else v[:0]


def shared_write(y, index, v, others):
    """Let the relatives of y have what is about to be written into it."""
    where = np.asarray(places(y)[index]) if others else np.zeros(0)
    if not where.size:
        return
    mine, whole = y.items, v if not shape(v) else spread(v, where.shape)
    for other in others:
        if other is mine.base and mine.index is not None and is_everything(index):
            store(other, mine.index[0], v)
        elif other.shape and other.items.in_order and is_basic(index):
            at = np.unravel_index(where, other.shape)
            store(other, at if where.ndim else tuple(map(int, at)), whole, {"distinct": True})
        else:
            write_places(other, where, whole)


def write_places(x, where, v):
    """Write v, which goes to the numbered places `where` of the common memory, into what x shows of them."""
    mine = places(x)
    if not mine.size or mine.max() < where.min() or mine.min() > where.max():
        return
    source = np.full(max(where.max(), mine.max()) + 1, -1)
    source[where.reshape(-1)] = np.arange(where.size)
    chosen = source[mine]
    at = np.nonzero(chosen >= 0) if mine.ndim else ()
    if not (len(at[0]) if at else chosen >= 0):
        return
    store(x, at, v if not shape(v) else np.reshape(v, (-1,))[chosen[at]], {"distinct": True})


def store(y, index, v, known=None):
    """The version of y in which y[index] = v, put in the place of y. Nobody else is told.

    The value is written where it stands if no one else holds the array: a loop that fills an array costs what it does
    in NumPy. The tape then keeps the shapes of the two versions, which is all that the derivative needs; a tape that
    will be looked at (`Annotated`) keeps the values.
    """
    sweep = y.sweep
    if sweep.ended:
        raise escaped()
    ours = isinstance(v, Tracer) and v.sweep is sweep
    if isinstance(v, Tracer) and v.sweep.level > sweep.level:
        raise LostDerivativeError(
            "a value of an inner transformation was written into an array of an outer one, which would keep it after "
            "its end: make the array inside the function that is differentiated, np.zeros_like(v) for instance"
        )
    frozen = is_frozen(y)
    new = v.primal if ours else v
    light = type(getattr(sweep, "lines", None)) in (list, type(None))
    params = {"index": index, **(known or {})}
    in_place = light and is_sole(y, "primal")
    x = y.primal
    if isinstance(x, Tracer) or isinstance(new, Tracer):
        if in_place and isinstance(x, Tracer) and not (isinstance(new, Tracer) and new.sweep.level > x.sweep.level):
            store(x, index, new, known)
            out = x
        else:
            out = bind(PUT, (x, new), params)
    else:
        out = x if in_place else like_by_an_op(x)
        out[index] = new
    if is_sole(y, "tangent"):
        params["owned"] = True
    old = shown = ghost(shape(x), y.dtype) if light else None
    made = sweep.process(PUT, (y, v), (x if old is None else old, new), params, out if shown is None else shown)
    if light:
        params["line"] = getattr(made, "index", -1)
    settle(y, made, out)
    y.items.frozen = frozen


def settle(y, made, out):
    """y stands for the version `made` from now on, whose value is `out`."""
    for name in type(y).__slots__:
        setattr(y, name, getattr(made, name))
    y.primal = out
    kin = kin_of(y)
    kin.apart = True
    forget(kin)


def forget(kin):
    """Drop the cache of x[i]; its rows remain views of x."""
    row_of = kin.pop(ROW_OF, None)
    kin.views += [ref(item) for item in kin.values() if item.shape]
    kin.clear()
    if row_of is not None:
        kin[ROW_OF] = row_of


def read(y, index):
    """y[index] where y has been written into: a copy, so that the next write still finds y alone with its array."""
    out = y.primal[index]
    if type(out) is ndarray and out.base is not None:
        out = np.array(out)
    made = y.sweep.process(GETITEM, (y, index), (seen(y), index), {}, out)
    if isinstance(value(out), ndarray) and is_basic(index) and not kin_of(y).copies:
        kin, mine = kin_of(y), kin_of(made)
        noted(kin.views, made)
        mine.base, mine.index, mine.apart = y, (index,), True
    return made


def seen(y):
    """The value of y as a line of the tape keeps it, where only its shape and dtype matter."""
    light = type(getattr(y.sweep, "lines", None)) in (list, type(None))
    return ghost(y.shape, y.dtype) if light else value(y).copy() if type(y.primal) is ndarray else y.primal


def renew(y, v, others):
    """y[...] = v, where v is a version of y: an array of the same sweep, shape and dtype."""
    shared_write(y, ..., v, others)
    if not value(v).flags.c_contiguous:
        places(y)
    for name in (*type(y).__slots__, "primal"):
        setattr(y, name, getattr(v, name))
    if others or type(y.items) is Kin:
        kin = kin_of(y)
        kin.apart = True
        forget(kin)
    else:
        y.items = None


def reshape_in_place(y, shape):
    """y.shape = shape: y shows the same memory in another shape, and so do its views and its base."""
    lie = lie_of(y)
    shown = np.reshape(lie, shape)
    if not np.may_share_memory(shown, lie):
        raise AttributeError("Incompatible shape for in-place modification. Use `.reshape()` to make a copy.")
    relatives(y)  # which says what each of them shows, in whatever shape
    numbers, views = places(y).reshape(shown.shape), views_of(y)
    made = bind(OPS[np.reshape], (y,), {"shape": shown.shape})
    settle(y, made, made.primal)
    y.items.places = numbers
    for x in (y, *views):
        kin_of(x).index = None


def augment(y, func, v):
    """y += v and the like: NumPy writes into y, if y is an array."""
    if not isinstance(value(y), ndarray):
        return func(y, v)
    check_writable(y)
    new = func(y, v)
    check_fit(y, new, func.__name__)
    assign(y, ..., new)
    return y


def check_fit(target, new, name):
    """The rules of out=: the result of a ufunc fits the array that it is written into in shape and in kind."""
    if np.broadcast_shapes(shape(new), target.shape) != target.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {target.shape} doesn't match the broadcast shape {shape(new)}"
        )
    check_cast(target, new, name)


def check_cast(target, new, name):
    dtype = getattr(new, "dtype", None)
    if dtype is not None and not np.can_cast(dtype, target.dtype, "same_kind"):
        raise TypeError(
            f"Cannot cast ufunc '{name}' output from {dtype!r} to {target.dtype!r} with casting rule 'same_kind'"
        )


# ---- what may be written, and where ----------------------------------------------------------------------------------


def check_writable(y):
    plain = value(y)
    if not isinstance(plain, ndarray):
        raise TypeError(f"a traced number ({type(plain).__name__}) does not support item assignment")
    if is_frozen(y):
        raise ValueError("assignment destination is read-only")
    if y.sweep.ended:
        raise escaped()


def is_everything(index):
    return index is Ellipsis or (type(index) is slice and index == slice(None))


def is_a_version(v, y):
    return type(v) is type(y) and v.sweep is y.sweep and v.shape == y.shape and type(value(v)) is ndarray


def lies_alike(v, y):
    """May the array v take the place of y? Sums, and views, depend on how an array lies in memory."""
    return v.flags.writeable and v.strides == y.strides


def fitted(v, dtype):
    """v in the precision of what it is written into, by NumPy's rules for assignment; a constant is copied."""
    try:
        v = operand(v)
    except NoArrayError:
        raise InputError("only numbers and arrays can be written into a traced array") from None
    if not isinstance(v, Tracer):
        made = np.empty(shape(v), dtype)
        made[...] = v
        return made[()]
    if v.dtype == dtype:
        return v
    if v.dtype.kind == "c" and dtype.kind != "c":
        raise InputError(
            f"a complex value was written into an array of {dtype}, which drops its imaginary part: write v.real"
        )
    return call(np.astype, (v, dtype), {})


def without_unit_axes(v, target):
    """v, which may have more axes than its target if they are of length one."""
    extra = len(shape(v)) - len(target)
    return np.reshape(v, shape(v)[extra:]) if extra > 0 and shape(v)[:extra] == (1,) * extra else v


def shows(v, y, index):
    """Is v the view y[index]?"""
    if not (isinstance(v, Tracer) and type(v.items) is Kin and is_view(v, y)):
        return False
    mine = places(y)[index]
    return shape(mine) == v.shape and np.array_equal(places(v), mine)


# ---- copy on write ---------------------------------------------------------------------------------------------------


def holders(x, name):
    return getrefcount(getattr(x, name))


def is_sole(x, name):
    """Does nothing but this attribute of x hold the array? The tape, a view or another tracer might."""
    held = getattr(x, name, None)
    if held is None or (type(held) is ndarray and not (held.base is None and held.flags.writeable)):
        return False
    del held
    return holders(x, name) <= ALONE


def alone():
    """What `holders` counts for an array that nobody else holds."""
    x = Tracer.__new__(Tracer)
    x.primal = np.zeros(1)
    return holders(x, "primal")


ALONE = alone()
