"""Tracers: arrays in disguise. What Dual and Node share: NumPy's protocols, operators, methods, levels."""

import operator
from itertools import count
from typing import Any

import numpy as np

from .errors import InputError, LostDerivativeError, NoRuleError
from .registry import OPS, find, full_name

ndarray = np.ndarray
OBJECT = np.dtype(object)
NUMBERS = frozenset({float, int, bool, complex, *(np.dtype(c).type for c in np.typecodes["AllFloat"] + "?bBhHiIlLqQ")})

next_level = count(1).__next__  # every transformation takes the next integer; the newest is the innermost

# Operators that have a fast path, by the function of the standard library that computes them.
UNARY = {"neg": np.negative, "pos": np.positive, "abs": np.absolute}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power, "mod": np.remainder,
    "matmul": np.matmul,
}  # fmt: skip
COMPARISONS = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
}  # fmt: skip
REDUCES = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}
METHODS = """all any argmax argmin argsort clip conj cumprod cumsum diagonal dot max mean min prod ravel repeat round
    squeeze std sum swapaxes take trace var""".split()
# What NumPy looks for on the elements of an object array: np.sin(np.asarray(x)) calls x[0].sin(), and so on.
OBJECT_METHODS = """arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh deg2rad degrees
    exp exp2 expm1 fabs floor hypot log log10 log1p log2 rad2deg radians rint sin sinh sqrt tan tanh trunc""".split()


class Tracer:
    """A value as one transformation sees it.

    `primal` is an array, a number or an older tracer; `sweep` is the transformation's own object, which has a `level`
    and wraps the result of an op with ``process(op, args, primals, params, out)``; `items` caches ``x[i]``.
    """

    __slots__ = ("items", "primal", "sweep")
    __array_priority__ = 1000.0
    __hash__ = object.__hash__

    def __init_subclass__(cls):
        """Build the operators of one class of tracer: it says how, in `unary(op, apply)` and `binary(op, apply)`."""
        for name, func in UNARY.items():
            setattr(cls, f"__{name}__", cls.unary(OPS[func], getattr(operator, name)))
        for name, func in BINARY.items():
            left, right = cls.binary(OPS[func], getattr(operator, name))
            setattr(cls, f"__{name}__", left)
            setattr(cls, f"__r{name}__", right)
        cls.fast = {}

    @classmethod
    def learn(cls, ufunc):
        """The function that applies a ufunc to tracers of this class: written when it is first met, then kept."""
        op = find(ufunc)
        if op is None or not op.arity:
            apply = lambda *inputs: call(ufunc, inputs, {})
        elif op.arity == 1:
            apply = cls.unary(op, op.apply)
        else:
            left, right = cls.binary(op, op.apply)
            apply = lambda a, b: left(a, b) if type(a) is cls else right(b, a)
        cls.fast[ufunc] = apply
        return apply

    # ---- NumPy's protocols -------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__":
            if not kwargs:
                return (self.fast.get(ufunc) or self.learn(ufunc))(*inputs)
            return call(ufunc, inputs, without_out(ufunc, kwargs))
        if method == "reduce" and ufunc in REDUCES:
            return call(REDUCES[ufunc], inputs, {"axis": 0, **without_out(ufunc, kwargs)})
        raise NoRuleError(
            f"np.{ufunc.__name__}.{method} has no derivative rule: write it with sums, products or broadcasting"
        )

    def __array_function__(self, func, types, args, kwargs):
        if len(args) == 1 and args[0] is self and not kwargs:
            op = OPS.get(func)
            if op is not None and op.alone:
                return self.alone(op)
        return call(func, args, kwargs)

    # ---- what an array has -------------------------------------------------------------------------------------------

    @property
    def shape(self):
        return getattr(self.primal, "shape", ())

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return np.size(value(self))

    @property
    def dtype(self):
        return np.result_type(value(self))

    @property
    def T(self):
        return np.transpose(self)

    @property
    def mT(self):
        return np.swapaxes(self, -1, -2)

    def __getitem__(self, index):
        if type(index) is not int:
            if type(index) is not slice:
                index = plain_index(index)
            return self.against(GETITEM, operator.getitem, index)
        items = self.items
        if items is None:
            items = self.items = {}
        item = items.get(index)
        if item is None:
            item = items[index] = self.against(GETITEM, operator.getitem, index)
        return item

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of a traced scalar")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a traced scalar")
        return (self[i] for i in range(self.shape[0]))

    def __bool__(self):
        return bool(value(self))

    def __floordiv__(self, other):
        return operate(np.floor_divide, self, other)

    def __rfloordiv__(self, other):
        return operate(np.floor_divide, other, self)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __round__(self, ndigits=None):
        return round(value(self), ndigits)

    def reshape(self, *shape, order="C"):
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def transpose(self, *axes):
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def flatten(self):
        return np.ravel(self)

    def copy(self, *_):
        return self  # a traced value never changes

    __copy__ = __deepcopy__ = copy

    def sort(self, *_, **__):
        raise writes("x.sort()", "np.sort(x)")

    # ---- what would lose the derivative ------------------------------------------------------------------------------

    def __setitem__(self, index, new):
        raise writes("x[i] = v", "np.where, np.concatenate or np.stack to build the new array")

    def __float__(self):
        instead = "the function of NumPy in place of that of math (np.sin for math.sin), or leave x as it is"
        raise lost("float(x)", instead)

    def __int__(self):
        raise lost("int(x)", "np.floor(x), or int(dr.value(x)) where no derivative is wanted")

    def __index__(self):
        raise LostDerivativeError(
            "a traced value was used as an index or a count, which cannot change smoothly: write int(dr.value(x))"
        )

    def __complex__(self):
        raise lost("complex(x)", "real and imaginary parts as two arrays")

    def item(self, *_):
        raise lost("x.item()", "x[()] or x itself")

    def __reduce_ex__(self, protocol):
        raise lost("pickling x, as another process needs it,", "dr.value(x), or differentiate inside the other process")

    def tolist(self):
        raise lost("x.tolist()", "list(x)")

    def astype(self, dtype, *_, **__):
        if not np.issubdtype(dtype, np.inexact):
            raise lost(f"x.astype({np.dtype(dtype).name})", "np.floor(x) or np.rint(x)")
        return self if np.dtype(dtype) == self.dtype else call(np.astype, (self, np.dtype(dtype)), {})


def _define(name, method):
    method.__name__ = method.__qualname__ = name
    setattr(Tracer, name, method)


for _name in METHODS + OBJECT_METHODS:
    _func = getattr(np, _name)
    _define(_name, lambda self, *args, _func=_func, **kw: self.__array_function__(_func, (), (self, *args), kw))
for _name, _func in COMPARISONS.items():
    _define(f"__{_name}__", lambda self, other, _func=_func: operate(_func, self, other))


# ---- one op on traced arguments --------------------------------------------------------------------------------------


def call(func, args, kwargs):
    """A call of a NumPy function that has a traced value among its arguments."""
    op = find(func)
    if op is None:
        raise NoRuleError(
            f"{full_name(func)} has no derivative rule: say it in other NumPy functions, "
            "give it one with dr.custom, or pass dr.value(x) if its derivative is not wanted"
        )
    if op.composite:
        return op.composite(*args, **op.checked(kwargs))
    if op.rule is None:
        return op.apply(*map(values, args), **{k: values(v) for k, v in kwargs.items()})
    arrays, params = op.split(args, kwargs)
    return bind(op, [operand(a) for a in arrays], params)


def bind(op, args, params, apply=None):
    """Apply op to args: the newest level handles it, and itself applies op one level down."""
    top = None
    for a in args:
        if isinstance(a, Tracer) and (top is None or a.sweep.level > top.level):
            top = a.sweep
    if top is None:
        return (apply or op.apply)(*args, **params)
    primals = tuple([a.primal if isinstance(a, Tracer) and a.sweep is top else a for a in args])
    return top.process(op, args, primals, params, bind(op, primals, params, apply))


def operate(func, a, b, apply=None):
    """An operator whose operands are of different kinds or levels."""
    a, b = operand(a), operand(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    op = OPS[func]
    if op.rule is None:
        return func(value(a), value(b))
    return bind(op, (a, b), {}, apply)


def primitive(func):
    """func as an op of our own, which dispatches on traced arguments as NumPy's do; a word gives it its rule."""

    def dispatch(*args, **params):
        op = OPS.get(dispatch)
        if op is None and not holds_tracer(args):
            return func(*args, **params)
        if op is None or params or not op.rule or (op.arrays is not None and len(args) != len(op.arrays)):
            return call(dispatch, args, params)
        partials = getattr(op.rule, "partials", args)
        if len(partials) != len(args):
            raise InputError(f"{op.name}: called with {len(args)} arguments, and its rule has {len(partials)} partials")
        return bind(op, [operand(a) for a in args], params)

    name = getattr(func, "__name__", type(func).__name__)  # a partial, or an object that can be called, has none
    dispatch.__name__ = dispatch.__qualname__ = name.replace("<lambda>", "op")
    dispatch.__doc__, dispatch.__module__, dispatch.plain = func.__doc__, func.__module__, func
    return dispatch


# ---- taking values back ----------------------------------------------------------------------------------------------


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
    return value(x)


def operand(x):
    """x as the argument of an op: lists become arrays, and object arrays of traced scalars are stacked again."""
    if type(x) in NUMBERS or isinstance(x, Tracer):
        return x
    if isinstance(x, ndarray):
        if x.dtype is OBJECT:
            return restack(x)
        if isinstance(x, (np.matrix, np.ma.MaskedArray)):
            raise InputError(f"{type(x).__name__} does not mix with traced values: use np.asarray(x) or x.filled()")
        return x
    if isinstance(x, (list, tuple)):
        return restack(np.array(x, dtype=object)) if holds_tracer(x) else np.asarray(x)
    return np.asarray(x) if hasattr(x, "__array__") else NotImplemented


def holds_tracer(x):
    if isinstance(x, (list, tuple)):
        return any(map(holds_tracer, x))
    return isinstance(x, Tracer) or (isinstance(x, ndarray) and x.dtype is OBJECT)


def restack(objects):
    """An object array, as np.array([x[0], x[1]]) makes of traced scalars, as one traced array of the same shape."""
    items = [operand(item) for item in objects.ravel()]
    if any(item is NotImplemented for item in items):
        raise InputError(f"an array of objects cannot be differentiated: it holds {objects.ravel()[:3]!r}")
    stacked = STACK(*items) if items else np.zeros(0)
    return stacked if objects.ndim == 1 else np.reshape(stacked, objects.shape)


def plain_index(index):
    if isinstance(index, Tracer) or (isinstance(index, tuple) and any(isinstance(i, Tracer) for i in index)):
        raise LostDerivativeError(
            "a traced value was used as an index, which cannot change smoothly: write dr.value(i), an integer or a mask"
        )
    return index


def without_out(ufunc, kwargs):
    if all(out is None for out in kwargs.get("out") or ()):
        return {k: v for k, v in kwargs.items() if k != "out"}
    name = f"np.{ufunc.__name__}(..., out=a), or an operator such as a += x,"
    raise writes(name, "a = a + x, which makes a new array")


def lost(what, instead):
    return LostDerivativeError(
        f"{what} of a traced value would lose its derivative. Write {instead}; "
        "dr.value(x) drops the derivative on purpose."
    )


def writes(what, instead):
    return LostDerivativeError(
        f"{what} writes a traced value in place, which would lose its derivative. Write {instead}."
    )


# Indexing and stacking are what a tracer itself needs: ops/index.py and ops/shape.py put their ops here.
GETITEM: Any = None
STACK: Any = None
