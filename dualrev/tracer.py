"""Tracers: arrays in disguise. What Dual and Node share: NumPy's protocols, operators, methods, levels."""

import math
import operator
from functools import cache, partial
from importlib import import_module
from itertools import count
from typing import Any
from weakref import ref

import numpy as np

from .errors import InputError, LostDerivativeError, NoRuleError
from .kin import Kin, kin_of, note_row, noted, view
from .registry import OPS, find, full_name
from .shapes import shape

ndarray = np.ndarray
OBJECT = np.dtype(object)
FLOAT = np.float64
FLAT = np.zeros(1).flags
NUMBERS = frozenset({float, int, bool, complex, *(np.dtype(c).type for c in np.typecodes["AllFloat"] + "?bBhHiIlLqQ")})

getitem = operator.getitem
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
BUFFERS = frozenset({np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.copy})  # make an array to write into
SHARING = frozenset({np.reshape, np.transpose, np.broadcast_to, np.diagonal, np.diag})  # give a view
# Composites whose results NumPy lays out in memory in another way than the ops they are said in: see writing/layout.py.
MAY_LIE_OTHERWISE = frozenset({
    np.cross, np.dot, np.gradient, np.insert, np.linalg.cross, np.linalg.matrix_power, np.linalg.qr, np.linalg.svd,
    np.pad, np.piecewise, np.select, np.stack, np.take, np.unique, np.vander,
})  # fmt: skip
IN_MEMORY = MAY_LIE_OTHERWISE | {np.ravel, np.einsum, np.block, np.choose, np.meshgrid, np.real, np.imag}
METHODS = """all any argmax argmin argpartition argsort clip conj cumprod cumsum diagonal dot max mean min nonzero prod
    ravel repeat round searchsorted squeeze std sum swapaxes take trace var""".split()
# What NumPy looks for on the elements of an object array: np.sin(np.asarray(x)) calls x[0].sin(), and so on.
OBJECT_METHODS = """arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh deg2rad degrees
    exp exp2 expm1 fabs floor hypot log log10 log1p log2 rad2deg radians rint sin sinh sqrt tan tanh trunc""".split()


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

    def __init_subclass__(cls):
        """Build the operators of one class of tracer: it says how, in `unary(op, apply)` and `binary(op, apply)`."""
        for name, func in UNARY.items():
            setattr(cls, f"__{name}__", of_numbers(func, cls.unary(OPS[func], getattr(operator, name))))
        for name, func in BINARY.items():
            left, right = cls.binary(OPS[func], getattr(operator, name))
            setattr(cls, f"__{name}__", left)
            setattr(cls, f"__r{name}__", right)
            setattr(cls, f"__i{name}__", augmented(func, left))
        cls.fast = {}

    @classmethod
    def learn(cls, ufunc):
        """The function that applies a ufunc to tracers of this class: written when it is first met, then kept."""
        op = find(ufunc)
        if op is None or not op.arity:
            apply = lambda *inputs: call(ufunc, inputs, {})
        elif op.arity == 1:
            apply = of_numbers(ufunc, cls.unary(op, op.apply))
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
            if kwargs.get("out"):
                return writing().ufunc_into(ufunc, inputs, kwargs)
            return call(ufunc, inputs, kwargs)
        if method == "at":
            return writing().at(ufunc, *inputs)
        if kwargs.get("out"):
            return writing().into(kwargs["out"], self.__array_ufunc__(ufunc, method, *inputs, **without_out(kwargs)))
        made = UFUNC_METHODS[method](ufunc, *inputs, **kwargs)
        return made if len(shape(made)) < 2 else writing().numpys(getattr(ufunc, method))(made, *inputs, **kwargs)

    def __array_function__(self, func, types, args, kwargs):
        if len(args) == 1 and args[0] is self and not kwargs:
            op = OPS.get(func)
            if op is not None and op.alone and func not in SHARING:
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
        plain = value(self)
        return plain.dtype if type(plain) is ndarray else np.result_type(plain)

    @property
    def T(self):
        return np.transpose(self)

    @property
    def mT(self):
        return np.swapaxes(self, -1, -2)

    @property
    def real(self):
        return np.real(self)

    @property
    def imag(self):
        return np.imag(self)

    @property
    def flat(self):
        return writing().flat(self)

    @flat.setter
    def flat(self, v):
        writing().STATEMENTS[np.put](self, np.arange(self.size), np.ravel(v))

    @property
    def itemsize(self):
        return self.dtype.itemsize

    @property
    def nbytes(self):
        return self.size * self.itemsize

    def __getitem__(self, index):
        items = self.items
        if items is None and isinstance(self.primal, Tracer) and is_apart(self):
            items = self.items
        if type(index) is int:
            if type(items) is dict:
                item = items.get(index)
                if item is None:
                    item = items[index] = self.against(GETITEM, getitem, index)
                    if type(item.primal) is not FLOAT and type(item.primal) not in NUMBERS:
                        note_row(self, item, index)
                return item
            if items is None:
                self.items = {}
                return self[index]
        elif items is None or type(items) is list:
            made = self.against(GETITEM, getitem, index if type(index) is slice else plain_index(index))
            made.items = self
            if items is None:
                self.items = [ref(made)]
            else:
                noted(items, made)
            return made
        return read(self, items, index)

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

    def __contains__(self, item):
        return value(item) in np.asarray(value(self))

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

    def __floor__(self):
        return math.floor(value(self))

    def __ceil__(self):
        return math.ceil(value(self))

    def __trunc__(self):
        return math.trunc(value(self))

    def reshape(self, *shape, order="C"):
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def transpose(self, *axes):
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def compress(self, condition, axis=None):
        return np.compress(condition, self, axis=axis)

    def flatten(self, order="C"):
        return np.ravel(self, order).copy()

    def copy(self, order="C"):
        flags = getattr(value(self), "flags", FLAT)
        of_its_own = flags.c_contiguous and (flags.writeable or not self.shape)
        return twin(self) if of_its_own and order != "F" else writing().laid_anew(self, order)

    def __copy__(self):
        return self.copy("K")

    def __deepcopy__(self, memo):
        return self.copy("K")

    @property
    def __array__(self):
        if type(value(self)) is not ndarray:  # a traced number is asked for its float, and refuses
            raise AttributeError("__array__")
        return partial(writing().objects_of, self)

    # ---- writing -----------------------------------------------------------------------------------------------------

    def __setitem__(self, index, new):
        writing().assign(self, plain_index(index), new)

    def __ifloordiv__(self, other):
        raise writes("x //= v", "x = x // v, whose derivative is zero")

    def fill(self, value):
        self[...] = value

    def put(self, indices, values, mode="raise"):
        np.put(self, indices, values, mode)

    def sort(self, axis=-1, **how):
        self[...] = np.sort(self, axis=axis, **how)

    def partition(self, kth, axis=-1, **how):
        self[...] = np.partition(self, kth, axis=axis, **how)

    def resize(self, *_, **__):
        raise writes("x.resize(shape)", "x = np.resize(x, shape)")

    # ---- what would lose the derivative ------------------------------------------------------------------------------

    def __float__(self):
        instead = "the function of NumPy in place of that of math (np.sin for math.sin), or leave x as it is"
        raise lost("float(x)", instead)

    def __int__(self):
        raise lost("int(x)", "np.floor(x), or int(dr.value(x)) where no derivative is wanted")

    def __index__(self):
        raise LostDerivativeError(
            "a traced value was used as an index or a count, which cannot change smoothly: write int(dr.value(x))"
        )

    def __format__(self, spec):
        if spec:
            raise lost(f"f'{{x:{spec}}}'", f"f'{{dr.value(x):{spec}}}'")
        return str(self)

    def __getattr__(self, name):
        if hasattr(ndarray, name):
            raise AttributeError(f"a traced array has no {name}; dr.value(x).{name} is that of its plain numbers")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __complex__(self):
        raise lost("complex(x)", "real and imaginary parts as two arrays")

    def item(self, *_):
        raise lost("x.item()", "x[()] or x itself")

    def __reduce_ex__(self, protocol):
        raise lost("pickling x, as another process needs it,", "dr.value(x), or differentiate inside the other process")

    def tolist(self):
        raise lost("x.tolist()", "list(x)")

    def tobytes(self, *_):
        raise lost("x.tobytes()", "dr.value(x).tobytes()")

    def astype(self, dtype, *_, **__):
        if not np.issubdtype(dtype, np.inexact):
            raise lost(f"x.astype({np.dtype(dtype).name})", "np.floor(x) or np.rint(x)")
        return self.copy("K") if np.dtype(dtype) == self.dtype else call(np.astype, (self, np.dtype(dtype)), {})


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


def is_complex(x):
    return np.iscomplexobj(value(x))


def of_numbers(ufunc, method):
    """A method of tracers that looks whether its argument is complex, if that makes a difference."""
    if ufunc not in (np.absolute, np.conjugate, np.sign):
        return method
    return lambda x: ON_COMPLEX[ufunc](x) if is_complex(x) else method(x)


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

    named = getattr(func, "func", func)  # what a partial is of; an object that can be called has no name of its own
    name = getattr(named, "__name__", type(func).__name__)
    dispatch.__name__ = dispatch.__qualname__ = name.replace("<lambda>", "op")
    dispatch.__doc__, dispatch.__module__, dispatch.plain = func.__doc__, getattr(named, "__module__", None) or "", func
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


def plain_index(index):
    for i in index if type(index) is tuple else (index,):
        if isinstance(i, Tracer):
            raise LostDerivativeError(
                "a traced value was used as an index, which cannot change smoothly: write dr.value(i), an integer or a "
                "mask"
            )
    return index


def without_out(kwargs):
    return {k: v for k, v in kwargs.items() if k != "out"}


def twin(x):
    """The same version as another object, without a line on the tape: what is written into x is not seen in it."""
    new = object.__new__(type(x))
    new.primal, new.sweep, new.items = x.primal, x.sweep, None
    for name in type(x).__slots__:
        setattr(new, name, getattr(x, name))
    return new


# ---- writing: dualrev/writing/, loaded when something is first written ---------------------------------------------


@cache
def writing():
    return import_module(".writing", __package__)


def augmented(func, plain):
    """y += v and the like: a traced number gets a new value, and a traced array is written into."""

    def method(self, other):
        if type(self.primal) is FLOAT or type(self.primal) in NUMBERS:
            return plain(self, other)
        return writing().augment(self, func, other)

    return method


def read(x, items, index):
    """x[index], where x is known to be a view, to have views and cached numbers, or to have been written into."""
    if is_apart(x):
        return writing().read(x, plain_index(index))
    items = kin_of(x)
    if type(index) is not int:
        return view(x, x.against(GETITEM, getitem, plain_index(index)))
    if index not in items:
        items[index] = item = x.against(GETITEM, getitem, index)
        note_row(x, item, index)
        return item
    return items[index]


def is_apart(x):
    """Has x an array of its own, as it has been written into? Or was it made from a traced array that has?"""
    if x.items is None and isinstance(x.primal, Tracer) and is_apart(x.primal):
        kin = kin_of(x)
        kin.places, kin.apart = writing().places(x.primal), True
        x.primal = twin(x.primal)
    return type(x.items) is Kin and x.items.apart


def shared(op, x, params):
    """op(x), where NumPy gives a view if it can."""
    if is_apart(x):
        return writing().rearranged(op, x, params)
    return view(x, bind(op, (x,), params))


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
UFUNC_METHODS: dict[str, Any] = {}  # reduce, accumulate, outer, reduceat: ops/ufunc_methods.py
ON_COMPLEX: dict[Any, Any] = {}  # what has another rule where its argument is complex: ops/complex_parts.py
FURTHER: dict[Any, Any] = {}  # calls with arguments that a rule does not know: ops/reduction_arguments.py
INSTEAD: dict[Any, str] = {}  # what to write instead of a function that has no rule: ops/refusals.py
ANYTHING_ELSE = (
    "say it in other NumPy functions, give it one with dr.custom, or pass dr.value(x) if its derivative is not wanted"
)
