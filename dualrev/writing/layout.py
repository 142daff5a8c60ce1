"""Layout: how results lie in memory. A reshape or ravel is a view where the elements lie in one piece, else a copy."""

from typing import Any
from weakref import ref

import numpy as np

from ..dispatch import MAY_LIE_OTHERWISE, bind, is_apart
from ..kin import ROW_OF, view
from ..ops.write import COPY
from ..registry import OPS
from ..shapes import shape
from ..traced import FLAT, Tracer, value, values
from .relatives import is_frozen, laid_out, places, relate

ndarray = np.ndarray
sliding_window_view = np.lib.stride_tricks.sliding_window_view


def rearranged(op, x, params):
    """op(x), a reshape or the like, of an x that has been written into: a view if NumPy would have made one."""
    made = bind(op, (x,), params)
    memory, mine = laid_out(places(x))
    theirs = op.apply(mine, **params)
    return relate(made, x, theirs.copy()) if np.may_share_memory(memory, theirs) else made


def flat(x):
    """x.flat, which writes through, however x lies in memory; parts of it are copies."""
    made = np.reshape(x, (-1,)).copy()
    if not isinstance(value(x), ndarray):
        return made
    frozen = is_frozen(x)
    kin = relate(made, x, places(x).reshape(-1)).items
    kin.frozen, kin.copies = frozen, True
    return made


def lie_of(x):
    """An array that lies in memory as x would in NumPy; a number that is no array as it is."""
    return laid_out(places(x))[1] if isinstance(x, Tracer) and is_apart(x) else value(x)


def order_of(x):
    """What order="A" means for x: "F" where it lies by columns, and by columns only."""
    flags = getattr(lie_of(x), "flags", FLAT)
    return "F" if flags.f_contiguous and not flags.c_contiguous else "C"


def axes_in_memory(x):
    """The axes of x from that along which it takes the longest steps to the shortest."""
    return in_order(lie_of(x)) if shape(x) else []


def recast(x, dtype, order, casting, copy):
    """x.astype(dtype, ...), which is x itself if it can be and copy=False."""
    if not np.can_cast(x.dtype, dtype, casting):
        raise TypeError(f"Cannot cast array data from {x.dtype!r} to {dtype!r} according to the rule {casting!r}")
    if dtype != x.dtype:
        return bind(OPS[np.astype], (x,), {"dtype": dtype}).copy(order)
    flags = getattr(lie_of(x), "flags", FLAT)
    as_it_lies = order in "KA" or (flags.f_contiguous if order == "F" else flags.c_contiguous)
    return x if as_it_lies and not copy else x.copy(order)


def laid_anew(x, order):
    """x.copy(order) of an x that does not lie by rows: what NumPy makes of it has other views than x."""
    return bind(COPY, (x,), {"order": order})


def raveled(made, a, order="C"):
    """made = np.ravel(a): a view where the elements of a lie in one piece, else a copy."""
    if not isinstance(a, Tracer):
        return made
    lie = lie_of(a)
    return made if not isinstance(lie, ndarray) or np.may_share_memory(lie.ravel(order), lie) else made.copy()


def contracted(made, *operands, **how):
    """made = np.einsum(...), which is a view where one operand is rearranged and nothing is summed."""
    traced = [x for x in operands if isinstance(x, Tracer)]
    if len(traced) != 1 or not isinstance(made, Tracer) or not made.size:
        return made
    if not is_apart(traced[0]):
        return view(traced[0], made) if np.may_share_memory(value(made), value(traced[0])) else made
    memory, lie = laid_out(places(traced[0]))
    numbers = np.einsum(*[lie if x is traced[0] else x for x in operands], **how)
    return relate(made, traced[0], numbers.copy()) if np.may_share_memory(memory, numbers) else made


def windows(made, x, *args, **kwargs):
    """made = np.lib.stride_tricks.sliding_window_view(x, ...), a view that nobody may write into."""
    numbers = np.array(sliding_window_view(places(x), *args, **kwargs))
    made = laid_as(made, sliding_window_view(lie_of(x), *args, **kwargs))
    relate(made, x, numbers).items.frozen = True
    return made


def part(made, val):
    """made, the real or imaginary part of val, which is a view if val is complex: neither is written into beside it."""
    if isinstance(made, Tracer) and made is not val:
        view(val, made).items = {ROW_OF: ref(val)}  # which is not kept alive: what is left is an array like any other
    return made


def numpys(func):
    """made = func(*args) is to lie in memory as what NumPy makes, which is asked where the answer is not: by rows."""

    def laid(made, *args, **kwargs):
        several = made if isinstance(made, (list, tuple)) else [made]
        if all(lies_by_rows(x) for x in (*several, *args)) and func not in NOT_BY_ROWS:
            return made
        if not any(len(shape(x)) > 1 for x in several):
            return made
        with np.errstate(all="ignore"):
            like = func(*map(values, args), **{name: values(v) for name, v in kwargs.items()})
        return rebuilt(made, [laid_as(x, y) for x, y in zip(several, like)]) if several is made else laid_as(made, like)

    return laid


def lies_by_rows(x):
    if isinstance(x, (list, tuple)):
        return all(map(lies_by_rows, x))
    plain = value(x)
    return not isinstance(plain, ndarray) or plain.flags.c_contiguous


def rebuilt(like, parts):
    """The parts in a container of the type of `like`: a list, a tuple or a named tuple."""
    return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)


def laid_as(made, like):
    """made, with its axes in the order in which those of `like` lie in memory."""
    if not isinstance(made, Tracer) or in_order(value(made)) == in_order(like):
        return made
    axes = in_order(like)
    return np.transpose(laid_anew(np.transpose(made, axes), "C"), np.argsort(axes))


def in_order(array):
    """The axes of an array from that along which it takes the longest steps to the shortest."""
    return sorted(range(array.ndim), key=lambda k: (-abs(array.strides[k]) if array.shape[k] > 1 else 0, k))


NOT_BY_ROWS = frozenset({np.cross, np.linalg.cross, np.linalg.svd, np.unique})
IN_MEMORY: dict[Any, Any] = {
    np.ravel: raveled,
    np.einsum: contracted,
    np.block: lambda made, arrays: numpys(np.block)(made.copy(), arrays),
    sliding_window_view: windows,
    np.real: part,
    np.imag: part,
    np.choose: lambda made, *_, **__: made.copy("C"),
    np.meshgrid: lambda made, *_, copy=True, **__: made if not copy else rebuilt(made, [x.copy("C") for x in made]),
}  # fmt: skip
IN_MEMORY |= {func: numpys(func) for func in MAY_LIE_OTHERWISE}
