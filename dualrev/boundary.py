"""The boundary between the user's function and a sweep: what goes in is checked, what comes out is taken back."""

import sys

import numpy as np

from . import foreign, handover
from .errors import EscapedTracerError, InputError, NoArrayError
from .objects import check_length, refusal
from .shapes import shape
from .source import place_of, user_place
from .traced import NUMBERS, OBJECT, Tracer, leaving, operand, restack, value
from .tree import flatten, is_static, paths

FLOATS = frozenset({float, complex, *(np.dtype(c).type for c in np.typecodes["AllFloat"])})


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
        raise InputError(
            f"{where()} is {x!r}: there is nothing in it to differentiate with respect to; give floats, float arrays, "
            "or dict, list, tuple or dataclass of them"
        )
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


def run(f, args, sweep):
    """f(*args). A refusal that f itself caught, or a library that it calls, is raised again: f went on without x."""
    if len(sys.modules) != handover.seen:
        handover.meet_libraries()
    try:
        out = f(*args)
    except Exception as error:
        raise told(error, sweep)  # noqa: B904  # it is the same error, or says itself of what it comes
    if sweep.refusal is not None:
        raise swallowed(sweep)
    return out


def told(error, sweep):
    """What is raised where f ended with `error`: our words for it, or a refusal that f caught before."""
    said = explained(error)
    if sweep.refusal is not None and getattr(said, "place", None) is None:
        return swallowed(sweep)
    sweep.refusal = None  # which holds the frames of f, which hold the sweep
    return said


def swallowed(sweep):
    """A refusal that was caught, to be raised again at its old place, with what else there is to say."""
    first, sweep.refusal = sweep.refusal, None
    error = type(first).__new__(
        type(first),
        f"{first.args[0].removesuffix('.')}. The function, or a library that it calls, caught this refusal with an "
        "`except` and went on to another value, whose derivative is not that of the function: take the line that is "
        "refused out of the `try`, or write there what is said here",
    )
    error.place, error.__cause__ = first.place, first
    return error


def explained(error):
    """An exception that f ended with, in our words where it came of traced values that others could not work with."""
    said = foreign.explained(error, just_met=handover.meet_libraries()) or refusal(error)
    if said is None:
        return error
    said.place = said.place or getattr(error, "place", None) or getattr(error.__cause__, "place", None)
    said.place = said.place or place_of(error.__traceback__)
    said.__suppress_context__ = True
    return said.with_traceback(error.__traceback__)


def escaped():
    """A traced value is used after its end, which concerns every function that now runs in this thread."""
    error, frame = EscapedTracerError(), sys._getframe(1)
    error.place = user_place()
    while frame is not None:
        if frame.f_code is run.__code__:
            sweep = frame.f_locals["sweep"]
            sweep.refusal = sweep.refusal or error
        frame = frame.f_back
    return error


def taken_back(y):
    """One leaf of f's result: an object array of traced scalars is one traced array again."""
    if isinstance(y, Tracer):
        return y
    try:
        if isinstance(y, np.ndarray) and y.dtype is OBJECT:
            check_length(y)
            y = restack(y)
        else:
            y = operand(y)
        known = np.result_type(y).kind in "biufc"
    except NoArrayError:
        known = False
    if not known:
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


def as_floats(args):
    """The arguments of a look at f, an integer given as a whole argument as a float: there is nothing to lose."""
    return tuple([float(x) if isinstance(x, (int, np.integer)) and not isinstance(x, bool) else x for x in args])


def made_by_hand(x, what):
    """x, a number or an array that somebody gives by hand, as floats of our own; `what` it is, for the messages."""
    if isinstance(x, Tracer):
        return x
    own = np.array(x)
    if own.dtype.kind not in "biufc":
        raise InputError(f"{what} is a number or an array, not a {type(x).__name__}: dr.jvp and dr.vjp take trees")
    return leaf(*as_floats([own[()]]), lambda: what, own, 0)


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
        dtype = dtype_of(x)
        seeds.append(recast(t, dtype) if isinstance(t, Tracer) else np.array(t, dtype) if have else dtype.type(t))
    return seeds, lead or ()


def recast(t, dtype):
    """A traced seed in another precision; a Python float becomes a number of NumPy, as all other seeds are."""
    return t if t.dtype == dtype and type(value(t)) is not float else np.astype(t, dtype)


def shape_of(t):
    return t.shape if isinstance(t, Tracer) else np.shape(t)


def dtype_of(x):
    return getattr(value(x), "dtype", None) or np.result_type(value(x))


def fresh(t, x, shape, own=False):
    """t, a derivative with respect to x or along it, as a new contiguous array of `shape` in the precision of x.

    own: the array t is already nobody else's. Traced values pass through at their full shape.
    """
    if own and type(t) is np.ndarray and t.shape == shape and t.dtype is dtype_of(x) and t.flags.c_contiguous and shape:
        return t
    if isinstance(t, Tracer):
        t = mean_of_sides(t)
    if isinstance(t, Tracer):
        t = leaving(t)
    if isinstance(t, Tracer):
        t = np.real(t) if np.iscomplexobj(value(t)) and dtype_of(x).kind != "c" else t
        return t if t.shape == shape else np.broadcast_to(t, shape)
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


def mean_of_sides(x):
    """x, a result of a transformation: where it has two sides of a kink (sides.py), their mean."""
    while isinstance(x, Tracer) and hasattr(x, "mean_of_sides"):
        x = x.mean_of_sides()
    return x


def grouped(values, structures):
    """A flat list of values as one tree per argument."""
    if len(structures) == 1:
        return [structures[0][0](values)]
    values = iter(values)
    return [unflatten([next(values) for _ in range(n)]) for unflatten, n in structures]
