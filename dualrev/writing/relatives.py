"""Relatives: the traced arrays that NumPy would let share memory, and which elements of that memory each one shows."""

from weakref import ref

import numpy as np

from ..dispatch import is_apart
from ..errors import LostDerivativeError
from ..kin import Kin, base_of, kin_of, noted, views_of
from ..objects import check_elements
from ..traced import FLAT, Tracer, operand, value

ndarray = np.ndarray


def relatives(y):
    """The tracers that NumPy would let share memory with y, and that are still in use; their places are known."""
    root = y
    while (base := base_of(root)) is not None and is_view(root, base):
        root = base
    found, waiting = [], [root]
    while waiting:
        x = waiting.pop()
        found.append(x)
        waiting += [made for made in views_of(x) if is_view(made, x)]
    if len(found) > 1:
        for x in found:  # bases first
            places(x)
    return [x for x in found if x is not y]


def is_view(made, x):
    """Does made, which was read from x, show elements of it? An advanced index gives a copy."""
    if base_of(made) is not x:
        return False
    if type(made.items) is Kin and (made.items.places is not None or made.items.index is not None):
        return True
    if is_view_below(made, x):
        return True
    mine, theirs = value(made), value(x)
    return type(mine) is type(theirs) is ndarray and np.may_share_memory(mine, theirs)


def is_view_below(made, x):
    """Are their values arrays of an older transformation, one a view of the other? They may lie apart in memory."""
    mine, theirs = made.primal, x.primal
    return isinstance(mine, Tracer) and isinstance(theirs, Tracer) and is_view(mine, theirs)


def is_frozen(y):
    """Is y a read-only view, np.broadcast_to(x, shape) for instance, or a view of one?"""
    while y.items is not None and (base := base_of(y)) is not None:
        if (type(y.items) is Kin and y.items.frozen) or not getattr(value(y), "flags", FLAT).writeable:
            return True
        y = base
    return False


def places(x):
    """Which elements of the common memory x shows: their numbers, in the shape of x."""
    kin = kin_of(x)
    if kin.places is None:
        base = base_of(x)
        if base is None or not is_view(x, base):
            kin.base = None
            kin.places = places_of_its_own(value(x))
            kin.in_order = value(x).flags.c_contiguous
        elif kin.index is not None:
            kin.places = places(base)[kin.index[0]]
        elif is_view_below(x, base):
            kin.places = found_among(places(x.primal), places(base.primal), places(base))
        else:
            kin.places = places_in_memory(value(x), value(base), places(base))
    return kin.places


def places_of_its_own(array):
    """The places of an array that is a view of nothing: its elements in the order in which they lie in memory."""
    lie = addresses(array)
    return (lie - lie.min(initial=np.iinfo(int).max)) // array.itemsize


def places_in_memory(array, base, numbers):
    """The numbers of the elements of a view, from those of its base, by their addresses."""
    if array.dtype != base.dtype:
        raise LostDerivativeError(
            "an array was written into while its real or imaginary part is in use: write into a copy, y = y.copy()"
        )
    return found_among(addresses(array), addresses(base), numbers)


def found_among(marks, theirs, numbers):
    """The numbers of the elements marked `marks`, among elements whose marks are `theirs`."""
    order = np.argsort(theirs, axis=None)
    found = np.searchsorted(theirs.reshape(-1)[order], marks.reshape(-1))
    return numbers.reshape(-1)[order[found]].reshape(marks.shape)


def addresses(array):
    """Where each element of an array lies, in bytes."""
    total = np.array(array.__array_interface__["data"][0])
    for n, stride in zip(array.shape, array.strides):
        total = total[..., None] + np.arange(n) * stride
    return total


def objects_of(x, dtype=None, copy=None):
    """x as an array of traced numbers, which is what np.asarray of plain NumPy makes of it.

    Nobody can write into it unless it is a copy, and x cannot be written into as long as it is in use: NumPy would show
    each what is written into the other.
    """
    if not x.size:
        return np.array(value(x))  # which has no derivative to lose, and keeps its precision
    check_elements(value(x))
    objects = np.empty_like(laid_out(places(x))[1] if is_apart(x) else value(x), object, subok=False)
    for index in np.ndindex(x.shape):
        objects[index] = x[index if len(index) != 1 else index[0]] if index else x
    if copy is not True:
        objects.flags.writeable = False
        kin_of(x).objects = ref(objects)
    return objects


def check_no_objects(tracers):
    for x in tracers:
        if type(x.items) is Kin and x.items.objects is not None and x.items.objects() is not None:
            raise LostDerivativeError(
                "a traced array was written into while an array that np.asarray made of it is in use, which would not "
                "show it: write `from dualrev import numpy as np`, whose asarray gives the traced array itself, or "
                "np.array(x) for a copy"
            )


def read_in_turn(a, numbers, v):
    """v as it is read while its elements are written to a, number by number: where they share memory it changes."""
    a, v = operand(a), operand(v)
    if not (isinstance(a, Tracer) and isinstance(v, Tracer) and (v is a or any(v is x for x in relatives(a)))):
        return v
    targets, sources = places(a).reshape(-1)[numbers], places(v).reshape(-1)
    found = np.zeros(max(targets.max(initial=0), sources.max(initial=0)) + 1, int)  # which element of v stands where
    found[sources] = np.arange(sources.size)
    for k, target in enumerate(targets):
        found[target] = found[sources[k % sources.size]]
    return np.reshape(v, (-1,))[found[targets]]


def relate(made, x, numbers):
    """Note that `made`, which has an array of its own, shows those places of what x is a view of, or is."""
    kin, theirs = kin_of(made), kin_of(x)
    kin.base, kin.places, kin.apart = x, numbers, True
    theirs.apart = True
    noted(theirs.views, made)
    return made


def laid_out(numbers):
    """(memory, array): the given numbers of places, in an array that lies in memory as the one it stands for does."""
    memory = np.arange(numbers.max(initial=0) + 1)
    if not numbers.size:
        return memory, np.lib.stride_tricks.as_strided(memory, numbers.shape)
    first = numbers.reshape(-1)[:1].sum()
    along = [numbers[(0,) * k + (slice(1, 2),) + (0,) * (numbers.ndim - k - 1)] for k in range(numbers.ndim)]
    steps = [(n.sum() - first) * memory.itemsize if n.size else 0 for n in along]
    return memory, np.lib.stride_tricks.as_strided(memory[first:], numbers.shape, steps)
