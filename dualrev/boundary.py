"""The boundary between the user's function and a sweep: what goes in is checked, what comes out is taken back."""

import numpy as np

from .errors import EscapedTracerError, InputError, LostDerivativeError
from .shapes import shape
from .traced import NUMBERS, OBJECT, Tracer, leaving, operand, restack, value
from .tree import flatten, is_static, paths

FLOATS = frozenset({float, complex, *(np.dtype(c).type for c in np.typecodes["AllFloat"])})

# What is said where an element of an array of objects lacks a method, or a function does not take objects.
OF_OBJECTS = (
    *("which has no callable", "dtype('O')", "NPY_ITER_REFS_OK", "not supported for the input types"),
    *("convert type 'Node'", "convert type 'Dual'"),
)


def holds(v):
    """May this array hold traced values: an array of objects, or one of dualrev.numpy?"""
    return v.dtype is OBJECT or hasattr(v, "held")


def leaf(v, where, tree, k):
    """v, leaf number k of an argument, as a differentiable input: a floating-point number or array, or traced."""
    if (type(v) is np.ndarray and v.dtype.kind in "fc") or type(v) in FLOATS or isinstance(v, Tracer):
        return v
    if isinstance(v, np.ndarray) and holds(v):
        return leaf(operand(v), where, tree, k)
    name, kind = where() + paths(tree)[k], np.result_type(v).kind if is_numeric(v) else "O"
    if kind in "fc":
        return np.asarray(v)
    if kind in "iub":
        what = "boolean" if kind == "b" else "an integer" if np.ndim(v) == 0 else "an array of integers"
        instead = f"{float(v)} in place of {v}" if np.ndim(v) == 0 else "it as x.astype(float)"
        raise InputError(f"{name} is {what}, and a derivative needs floating point: write {instead}")
    kind = f"an array of dtype {v.dtype}" if type(v) is np.ndarray else f"a {type(v).__name__}"
    raise InputError(
        f"{name} is {kind}, and derivatives are taken with respect to floats, float arrays, and dict, "
        "list, tuple or dataclass of them"
    )


def is_numeric(v):
    return type(v) in NUMBERS or (isinstance(v, np.ndarray) and not isinstance(v, (np.matrix, np.ma.MaskedArray)))


def leaves_of(x, where):
    """(leaves, unflatten) of one argument, every leaf checked; an error names the leaf: ``where()`` and its path."""
    if type(x) is np.ndarray and x.dtype.kind == "f":
        return [x], first
    if is_static(x):
        raise InputError(f"{where()} is {x!r}: there is nothing in it to differentiate with respect to")
    leaves, unflatten = flatten(x)
    for k, v in enumerate(leaves):
        if not (type(v) is np.ndarray and v.dtype.kind == "f"):
            leaves[k] = leaf(v, where, x, k)
    return leaves, unflatten


def check_real(leaves, name, tree):
    """Refuse complex numbers, in which a derivative is no single matrix: it has two directions."""
    for k, x in enumerate(leaves):
        if dtype_of(x).kind == "c":
            raise InputError(
                f"{name}{paths(tree)[k]} is complex: differentiate with respect to its real and imaginary parts, or "
                "take grad, jvp or vjp"
            )


def all_leaves(args, name, real=True):
    """(leaves, structures) of all arguments of f; structures are (unflatten, number of leaves), one per argument.

    real: complex numbers are refused.
    """
    leaves, structures = [], []
    for k, x in enumerate(args):
        found, unflatten = leaves_of(x, lambda: f"{name}[{k}]" if len(args) > 1 else name)
        if real:
            check_real(found, f"{name}[{k}]" if len(args) > 1 else name, x)
        leaves += found
        structures.append((unflatten, len(found)))
    return leaves, structures


def run(f, args):
    """f(*args); a traced value stored into a plain array is reported as such, at the line that did it."""
    try:
        return f(*args)
    except ValueError as error:
        if isinstance(error.__cause__, LostDerivativeError):
            raise LostDerivativeError(
                "a traced value was written into a plain array (z[i] = x, or np.array(..., float)), which would lose "
                "its derivative. Begin with `from dualrev import numpy as np`: its arrays take traced values; so does "
                "np.zeros_like(x). Or build the array with np.stack, np.concatenate, np.where or np.array([...]) "
                "without a dtype. dr.value(x) drops the derivative on purpose."
            ).with_traceback(error.__traceback__) from None
        raise
    except TypeError as error:
        if any(words in str(error) for words in OF_OBJECTS):
            raise InputError(
                "np.array or np.asarray of traced values made an array of objects, or a function that NumPy does not "
                f"hand on was given one, and cannot go on with it ({error}). Begin with `from dualrev import numpy as "
                "np`, or build the array with np.stack or np.concatenate; what is in SciPy is in dualrev.scipy"
            ).with_traceback(error.__traceback__) from None
        raise


def taken_back(y):
    """One leaf of f's result: an object array of traced scalars is one traced array again."""
    if isinstance(y, np.ndarray) and y.dtype is OBJECT:
        return restack(y)
    if isinstance(y, Tracer):
        return y
    y = operand(y)
    if y is NotImplemented or np.result_type(y).kind not in "biufc":
        raise InputError("f returned something that is no number, array, or dict, list, tuple or dataclass of them")
    return y


def outputs(out, sweep):
    """(leaves, unflatten) of f's result. A tracer among them belongs to `sweep` or to one that is still open."""
    if isinstance(out, Tracer) and out.sweep is sweep:
        return [out], first
    if is_static(out):
        raise InputError(f"f returned {out!r}, which is no number or array: is a return missing?")
    leaves, unflatten = flatten(out)
    leaves = [taken_back(y) for y in leaves]
    if any(isinstance(y, Tracer) and y.sweep is not sweep and y.sweep.ended for y in leaves):
        raise EscapedTracerError
    return leaves, unflatten


def first(leaves):
    return leaves[0]


def paired(given, like, name, partner):
    """(leaf of `given`, leaf of `like`) for each path: dicts may list their keys in another order."""
    have, want = (dict(zip(paths(tree), flatten(tree)[0], strict=True)) for tree in (given, like))
    if have.keys() != want.keys():
        where, there = (", ".join(p or "itself" for p in tree) or "none" for tree in (have, want))
        raise InputError(f"the leaves of the {name} ({where}) are not those of the {partner} ({there})")
    return [(have[path], x) for path, x in want.items()]


def matched(given, like, name, partner):
    """(seeds, lead): the leaves of the tangent or cotangent `given`, in the precision of their partners in `like`."""
    seeds, lead = [], None
    for t, x in paired(given, like, name, partner):
        if isinstance(t, np.ndarray) and holds(t):
            t = operand(t)
        if np.iscomplexobj(value(t)) and dtype_of(x).kind != "c":
            raise InputError(f"a complex {name} for a real {partner}: give its real and its imaginary part in turn")
        have, want = shape_of(t), shape(x)
        here = have[: len(have) - len(want)]
        if have != here + want or len(here) > 1 or (lead is not None and here != lead):
            raise InputError(
                f"a {name} of shape {have} does not fit the {partner} of shape {want}: give it {want}, or (K, ...) "
                f"with the same K everywhere for K {name}s in one sweep"
            )
        lead = here
        seeds.append(t if isinstance(t, Tracer) else np.array(t, dtype_of(x)) if have else dtype_of(x).type(t))
    return seeds, lead or ()


def shape_of(t):
    return t.shape if isinstance(t, Tracer) else np.shape(t)


def dtype_of(x):
    return getattr(value(x), "dtype", None) or np.result_type(value(x))


def fresh(t, x, shape, own=False):
    """t, a derivative with respect to x or along it, as a new contiguous array of `shape` in the precision of x.

    own: the array t is already nobody else's. Traced values pass through at their full shape.
    """
    if isinstance(t, Tracer):
        t = leaving(t)
    if isinstance(t, Tracer):
        t = np.real(t) if np.iscomplexobj(value(t)) and dtype_of(x).kind != "c" else t
        return t if t.shape == shape else np.broadcast_to(t, shape)
    if own and shape and type(t) is np.ndarray and t.shape == shape and t.dtype is dtype_of(x) and t.flags.c_contiguous:
        return t
    if not shape:
        t = 0.0 if t is None else t
        number = np.real(t) if np.iscomplexobj(t) and dtype_of(x).kind != "c" else t
        return float(number) if type(x) is float else dtype_of(x).type(number)
    dtype = dtype_of(x)
    if t is None:
        return np.zeros(shape, dtype)
    if np.iscomplexobj(t) and dtype.kind != "c":
        t = np.real(t)
    if getattr(t, "shape", ()) == shape:
        return np.array(t, dtype, order="C")
    made = np.empty(shape, dtype)
    made[...] = t
    return made


def grouped(values, structures):
    """A flat list of values as one tree per argument."""
    if len(structures) == 1:
        return [structures[0][0](values)]
    values = iter(values)
    return [unflatten([next(values) for _ in range(n)]) for unflatten, n in structures]
