"""What writes besides y[i] = v: out=, ufunc.at, np.copyto and its kin; and the new arrays that are written into."""

import numpy as np

from ..dispatch import bind
from ..errors import InputError
from ..ops.write import ADD_AT, BUFFER, LIKE
from ..shapes import shape, spread
from ..traced import FLAT, OBJECT, Tracer, operand, value, values, writes
from .layout import laid_anew, lie_of
from .relatives import read_in_turn
from .versions import assign, check_cast, check_fit, check_writable, fitted

# ---- new arrays ------------------------------------------------------------------------------------------------------


def like(func, args, kwargs):
    """np.zeros_like(x) and its kin, or np.copy(x), of a traced x: an array into which traced values may be written."""
    if func is np.copy:
        x, order = operand(args[0] if args else kwargs["a"]), args[1] if len(args) > 1 else kwargs.get("order", "K")
        return x.copy(order) if shape(x) else laid_anew(x, order)  # of a number, an array of no axes
    if func is np.full_like:
        return full_like(*args, **kwargs)
    arrays, params = LIKE[func].split(args, kwargs)
    made = func(values(arrays[0]), **params)
    if made.dtype.kind not in "fc":
        return made
    return traced_by(arrays[0], made) if isinstance(arrays[0], Tracer) else made


def full_like(a, fill_value, dtype=None, **how):
    made = np.empty_like(a, dtype, **how)
    made[...] = fill_value
    return made


def traced_by(x, array):
    """The constant `array`, traced where x is."""
    return bind(BUFFER, (x,), {"values": array})


# ---- out= ------------------------------------------------------------------------------------------------------------


def ufunc_into(ufunc, inputs, kwargs):
    """ufunc(*inputs, out=..., where=...)."""
    rest = {k: v for k, v in kwargs.items() if k not in ("out", "where")}
    targets, where = kwargs.get("out") or (None,) * ufunc.nout, kwargs.get("where", True)
    for target in targets:
        if where is not True or getattr(target, "dtype", None) is not OBJECT:  # an array of objects holds what it gets
            check_target(target, f"np.{ufunc.__name__}(..., out=a), or an operator such as a += x,")
    if where is not True:
        return ufunc_where(ufunc, inputs, targets, where, rest)
    made = ufunc(*inputs, **rest)
    results = made if isinstance(made, tuple) else (made,)
    given = []
    for target, new in zip(targets, results, strict=True):
        if ufunc.signature and target is not None:
            check_shape(target, new)
        given.append(new if target is None else written(target, new, ufunc.__name__))
    return given[0] if len(given) == 1 else tuple(given)


def ufunc_where(ufunc, inputs, targets, where, rest):
    """The same with a mask: as in NumPy, nothing is computed where it is False, and nothing differentiated."""
    if any(target is None for target in targets):
        raise InputError(
            f"np.{ufunc.__name__}(..., where=mask) leaves numbers of no meaning where the mask is False: give it an "
            "out= for each result, such as out=np.zeros_like(x)"
        )
    whole = np.broadcast_shapes(*map(shape, targets))
    mask = np.broadcast_to(np.asarray(values(where)).astype(bool, casting="safe"), whole)
    if not mask.any():
        return targets[0] if len(targets) == 1 else targets
    made = ufunc(*[spread(x, whole)[mask] if shape(x) else x for x in map(operand, inputs)], **rest)
    for target, new in zip(targets, made if isinstance(made, tuple) else (made,), strict=True):
        check_cast(target, new, ufunc.__name__)
        target[mask] = new
    return targets[0] if len(targets) == 1 else targets


def written(target, new, name):
    check_fit(target, new, name)
    target[...] = new
    return target


def into(out, made):
    """out[...] = made, for a function of NumPy that was called with out=."""
    out = out[0] if type(out) is tuple else out
    check_target(out, "a function called with out=a")
    check_shape(out, made)
    if made.dtype != out.dtype:
        raise InputError(
            f"out is an array of {out.dtype}, in whose precision NumPy would compute, and the result is of "
            f"{made.dtype}: write the result into it as a[...] = np.sum(x), or make it of {made.dtype}"
        )
    return written(out, made, "out")


def check_shape(out, made):
    if shape(made) != out.shape:
        raise ValueError(f"out has the shape {out.shape}, and what is written into it {shape(made)}")


def check_target(target, what):
    if target is not None and not (isinstance(target, Tracer) or hasattr(target, "held")):
        raise writes(what, f"a = a + x, which makes a new array, or make a {BY_NAMESPACE}")


BY_NAMESPACE = "with `from dualrev import numpy as np`, whose arrays may be written into"


# ---- ufunc.at --------------------------------------------------------------------------------------------------------


def at(ufunc, y, index, *rest):
    """ufunc.at(y, index, v): repeated elements count as often as they are named."""
    check_target(y, f"np.{ufunc.__name__}.at(a, ...)")
    if not isinstance(y, Tracer):
        y = y.traced_with(rest[0] if rest else y)
    check_writable(y)
    if ufunc in (np.add, np.subtract):
        v = fitted(rest[0], y.dtype)
        return renewed(y, bind(ADD_AT, (y, v if ufunc is np.add else -v), {"index": index}))
    flat = np.arange(y.size).reshape(y.shape)[index]
    rest = [np.reshape(spread(operand(v), flat.shape), (-1,)) for v in rest]
    flat, left = flat.reshape(-1), np.arange(flat.size)
    while left.size:  # each element once a round, in the order in which it is named
        _, first = np.unique(flat[left], return_index=True)
        here = np.unravel_index(flat[left[first]], y.shape)
        y[here] = ufunc(y[here], *[v[left[first]] for v in rest])
        left = np.delete(left, first)
    return None


def renewed(y, new):
    assign(y, ..., new)


# ---- statements of NumPy that write into their first argument --------------------------------------------------------


def copyto(dst, src, casting="same_kind", where=True):
    check_target(dst, "np.copyto(a, x)")
    if not np.can_cast(operand(src).dtype if hasattr(src, "dtype") else np.result_type(dst), dst.dtype, casting):
        raise TypeError(f"Cannot cast array data from {src.dtype!r} to {dst.dtype!r} according to the rule {casting!r}")
    if where is True:
        dst[...] = src
    else:
        check_fit(dst, src, "copyto")
        mask = np.broadcast_to(values(where), dst.shape)
        dst[mask] = spread(src, dst.shape)[mask]


def fill_diagonal(a, val, wrap=False):
    check_target(a, "np.fill_diagonal(a, x)")
    on = np.zeros(a.shape, bool)
    np.fill_diagonal(on, True, wrap)
    write_flat(a, np.flatnonzero(on), read_in_turn(a, np.flatnonzero(on), val))


def put(a, ind, v, mode="raise"):
    check_target(a, "np.put(a, i, x)")
    numbers = np.arange(a.size)
    write_flat(a, np.take(numbers, np.reshape(ind, -1), mode=mode), v)


def place(arr, mask, vals):
    check_target(arr, "np.place(a, mask, x)")
    in_one_piece = all(getattr(lie_of(operand(x)), "flags", FLAT).c_contiguous for x in (arr, vals))
    numbers = np.flatnonzero(values(mask))
    write_flat(arr, numbers, read_in_turn(arr, numbers, vals) if in_one_piece else vals)  # else NumPy copies first


def putmask(a, mask, values):
    check_target(a, "np.putmask(a, mask, x)")
    numbers = np.flatnonzero(value(mask))
    v = np.reshape(operand(values), (-1,))
    write_flat(a, numbers, v[numbers % v.size])


def put_along_axis(arr, indices, values, axis=-1):
    check_target(arr, "np.put_along_axis(a, i, x, axis)")
    if axis is None:
        arr[np.unravel_index(np.reshape(indices, -1), arr.shape)] = values
        return
    axis %= len(arr.shape)
    grid = [np.arange(n).reshape([-1 if k == d else 1 for k in range(len(arr.shape))]) for d, n in enumerate(arr.shape)]
    arr[tuple(indices if d == axis else g for d, g in enumerate(grid))] = values


def write_flat(a, numbers, v):
    """Write v, repeated as often as it takes, at the numbers that elements of a have in C order."""
    v = np.reshape(operand(v), (-1,))
    if numbers.size and not a.shape:
        a[...] = v[(numbers.size - 1) % v.shape[0]]
    elif numbers.size:
        a[np.unravel_index(numbers, a.shape)] = v[np.arange(numbers.size) % v.shape[0]]


STATEMENTS = {
    np.copyto: copyto,
    np.fill_diagonal: fill_diagonal,
    np.put: put,
    np.place: place,
    np.putmask: putmask,
    np.put_along_axis: put_along_axis,
}
