"""A call of NumPy on traced values: which op it is, and which transformation sees it first."""

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from .errors import DualrevError, InputError, NoArrayError, NoRuleError
from .kin import Kin, kin_of, view
from .registry import OPS, Op, find, full_name, is_of_python
from .traced import NUMBERS, OBJECT, Tracer, holds_tracer, ndarray, operand, refused, twin, value, values

BUFFERS = frozenset({np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.copy})  # make an array to write into
SHARING = frozenset({np.reshape, np.transpose, np.broadcast_to, np.diagonal, np.diag})  # give a view
# Composites whose results NumPy lays out in memory in another way than the ops they are said in: see writing/layout.py.
MAY_LIE_OTHERWISE = frozenset({
    np.cross, np.dot, np.gradient, np.insert, np.linalg.cross, np.linalg.matrix_power, np.linalg.qr, np.linalg.svd,
    np.pad, np.piecewise, np.select, np.stack, np.take, np.unique, np.vander,
})  # fmt: skip
IN_MEMORY = MAY_LIE_OTHERWISE | {
    np.ravel, np.einsum, np.block, np.choose, np.meshgrid, np.real, np.imag, np.lib.stride_tricks.sliding_window_view,
}  # fmt: skip

# What the files of ops/ put here.
UFUNC_METHODS: dict[str, Any] = {}  # reduce, accumulate, outer, reduceat: ops/ufunc_methods.py
ON_COMPLEX: dict[Any, Any] = {}  # what has another rule where its argument is complex: ops/complex_parts.py
FURTHER: dict[Any, Any] = {}  # calls with arguments that a rule does not know: ops/reduction_arguments.py
INSTEAD: dict[Any, str] = {}  # what to write instead of a function that has no rule: ops/refusals.py
ANYTHING_ELSE = (
    "say it in other NumPy functions, give it one with dr.custom, or pass dr.value(x) if its derivative is not wanted"
)


def call(func, args, kwargs):
    """A call of a NumPy function that has a traced value among its arguments."""
    if "out" in kwargs and kwargs["out"] is not None:
        return writing().into(kwargs["out"], call(func, args, without_out(kwargs)))
    if func in ON_COMPLEX and is_complex(args[0]):
        return ON_COMPLEX[func](*args, **kwargs)
    if func in BUFFERS:
        return writing().like(func, args, kwargs)
    op = find(func)
    if op is None:
        if func in writing().STATEMENTS:
            return writing().STATEMENTS[func](*args, **kwargs)
        if is_of_python(func):
            return func(*map(np.asarray, args), **kwargs)
        raise NoRuleError(f"{full_name(func)} has no derivative rule: {INSTEAD.get(func, ANYTHING_ELSE)}")
    if op.rule is None:
        if op.composite:
            made = op.composite(*args, **op.checked(kwargs))
            return writing().IN_MEMORY[func](made, *args, **kwargs) if func in IN_MEMORY else made
        return op.apply(*map(values, args), **{k: values(v) for k, v in kwargs.items()})
    if func in FURTHER and (len(args) > 2 or not kwargs.keys() <= op.params):
        return FURTHER[func](*args, **kwargs)
    arrays, params = op.split(args, kwargs)
    if func in SHARING and isinstance(arrays[0], Tracer):
        return shared(op, arrays[0], params)
    return bind(op, [operand(a) for a in arrays], params)


def bind(op, args, params, apply=None):
    """Apply op to args: the newest level handles it, and itself applies op one level down."""
    top = None
    for a in args:
        if isinstance(a, Tracer) and (top is None or a.sweep.level > top.level):
            top = a.sweep
    if top is None:
        return (apply or op.apply)(*args, **params)
    # A traced array of an older level may be written into later: what is passed on is the array as it is now.
    primals = tuple(
        [(a.primal if a.sweep is top else twin(a) if a.shape else a) if isinstance(a, Tracer) else a for a in args]
    )
    under = one_level_down if op.sided is not None and hasattr(top, "ray") else bind
    return top.process(op, args, primals, params, under(op, primals, params, apply))


def one_level_down(op, primals, params, apply=None):
    """The value under a `Dual` or `Node`: with two sides, if an older level differentiates a kink, too (sides.py)."""
    found = None if op.sided is None else op.sided(*primals, **params)
    return bind(op, primals, params, apply) if found is None else found


def applied(op, apply):
    """How a `Dual` or a `Node` applies op to what is under it."""
    if op.sided is None:
        return apply
    if op.arity == 1:
        return lambda x: one_level_down(op, (x,), {}, apply) if isinstance(x, Tracer) else apply(x)

    def of_two(x, y):
        traced = isinstance(x, Tracer) or isinstance(y, Tracer)
        return one_level_down(op, (x, y), {}, apply) if traced else apply(x, y)

    return of_two


def operate(func, a, b, apply=None):
    """An operator whose operands are of different kinds or levels."""
    try:
        a, b = operand(a), operand(b)
        op = OPS[func]
        if op.rule is None:
            return func(value(a), value(b))
        return bind(op, (a, b), {}, apply)
    except NoArrayError:
        return NotImplemented  # it may know what to do with a traced array, as quantities with units do
    except DualrevError as error:
        refused(error, a, b)
        raise


def without_out(kwargs):
    return {k: v for k, v in kwargs.items() if k != "out"}


def is_plain(x):
    return type(x) in NUMBERS or (type(x) is ndarray and x.dtype is not OBJECT)


def primitive(func):
    """func as an op of our own, which dispatches on traced arguments as NumPy's do; a word gives it its rule."""

    def dispatch(*args, **params):
        if not params and all(map(is_plain, args)):
            return func(*args)
        try:
            op = OPS.get(dispatch)
            if op is None and not holds_tracer(args):
                return func(*args, **params)
            if op is None or params or not op.rule or (op.arrays is not None and len(args) != len(op.arrays)):
                return call(dispatch, args, params)
            partials = getattr(op.rule, "partials", args)
            if len(partials) != len(args):
                raise InputError(
                    f"{op.name}: called with {len(args)} arguments, and its rule has {len(partials)} partials"
                )
            return bind(op, [operand(a) for a in args], params)
        except DualrevError as error:
            refused(error, args, *params.values())
            raise

    named = getattr(func, "func", func)  # what a partial is of; an object that can be called has no name of its own
    name = getattr(named, "__name__", type(func).__name__)
    dispatch.__name__ = dispatch.__qualname__ = name.replace("<lambda>", "op")
    dispatch.__doc__, dispatch.__module__, dispatch.plain = func.__doc__, getattr(named, "__module__", None) or "", func
    return dispatch


def ruled_as(like):
    """The function is an op with the rule and the costs of the op `like`."""

    def register(plain):
        made, known = primitive(plain), OPS[like]
        OPS[made] = Op(made, known.rule, arrays=known.arrays, params=known.params)
        OPS[made].flops = known.flops
        return made

    return register


# ---- complex numbers -------------------------------------------------------------------------------------------------


def is_complex(x):
    return np.iscomplexobj(value(x))


def of_numbers(ufunc, method):
    """A method of tracers that looks whether its argument is complex, if that makes a difference."""
    if ufunc not in (np.absolute, np.conjugate, np.sign):
        return method
    return lambda x: ON_COMPLEX[ufunc](x) if is_complex(x) else method(x)


# ---- writing: dualrev/writing/, loaded when something is first written -----------------------------------------------


@cache
def writing():
    return import_module(".writing", __package__)


@cache
def sides():
    """sides.py, loaded when a kink is first met by a second derivative."""
    return import_module(".sides", __package__)


def is_apart(x):
    """Has x an array of its own, as it has been written into? Or was it made from a traced array that has?"""
    if x.items is None and isinstance(x.primal, Tracer) and is_apart(x.primal):
        kin = kin_of(x)
        kin.places, kin.apart = writing().places(x.primal), True
        x.primal = twin(x.primal)
    return type(x.items) is Kin and x.items.apart


def shared(op, x, params):
    """op(x), where NumPy gives a view if it can."""
    if params.get("order") == "A":
        params = {**params, "order": writing().order_of(x)}
    if is_apart(x):
        return writing().rearranged(op, x, params)
    return view(x, bind(op, (x,), params))
