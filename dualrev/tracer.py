"""Tracers: arrays in disguise. What Dual and Node share: NumPy's protocols, operators, methods, levels."""

import math
import operator
import sys
from functools import cache, partial
from importlib import import_module
from typing import Any
from weakref import ref

import numpy as np

from . import objects, restart
from .dispatch import SHARING, UFUNC_METHODS, bind, call, is_apart, of_numbers, operate, without_out, writing
from .errors import DualrevError, LostDerivativeError
from .kin import kin_of, note_row, noted, view
from .labels import MET, check_method
from .likeness import Likeness, where_there_is
from .registry import OPS, find
from .shapes import shape
from .traced import FLAT, FLOAT, NUMBERS, Tracer, lost, ndarray, refused, twin, value, writes

getitem = operator.getitem

# Operators that have a fast path, by the function of the standard library that computes them.
UNARY = {"neg": np.negative, "pos": np.positive, "abs": np.absolute}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power, "mod": np.remainder,
    "matmul": np.matmul,
}  # fmt: skip
COMPARISONS = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
}  # fmt: skip


METHODS = """all any argmax argmin argpartition argsort clip cumprod cumsum diagonal dot max mean min nonzero prod
    ravel repeat round searchsorted squeeze std sum swapaxes take trace var""".split()
# What NumPy looks for on the elements of an object array: np.sin(np.asarray(x)) calls x[0].sin(), and so on.
OBJECT_METHODS = """arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil cos cosh deg2rad degrees exp
    exp2 expm1 fabs floor fmod hypot log log10 log1p log2 rad2deg radians rint sin sinh sqrt tan tanh trunc""".split()


class TracedArray(Likeness):
    """What a traced value has of an array: NumPy's protocols, operators, attributes and methods."""

    __slots__ = ()

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

    # ---- the ways through an op, for a class that has no shorter ones ------------------------------------------------

    def against(self, op, apply, y):
        """op(self, y) for a constant y."""
        return bind(op, (self, y), {}, apply)

    def alone(self, op):
        """op of this array and nothing else."""
        return bind(op, (self,), {})

    @staticmethod
    def unary(op, apply):
        return lambda self: bind(op, (self,), {}, apply)

    @staticmethod
    def binary(op, apply):
        """An operator and its reflection."""

        def left(self, other):
            return operate(op.func, self, other, apply)

        def right(self, other):
            return operate(op.func, other, self, apply)

        return left, right

    @classmethod
    def learn(cls, ufunc):
        """The function that applies a ufunc to tracers of this class: written when it is first met, then kept."""
        op = find(ufunc)
        if op is None or not op.arity:
            apply = lambda *inputs: call(ufunc, inputs, {})
        elif op.arity == 1:
            apply = of_numbers(ufunc, cls.unary(op, op.apply))
            apply = objects.root(apply) if ufunc is np.sqrt else apply
        else:
            left, right = cls.binary(op, op.apply)
            apply = lambda a, b: left(a, b) if type(a) is cls else right(b, a)
        cls.fast[ufunc] = apply
        return apply

    # ---- NumPy's protocols -------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        try:
            if method == "__call__":
                if not kwargs:
                    return (self.fast.get(ufunc) or self.learn(ufunc))(*inputs)
                if kwargs.get("out") or "where" in kwargs:
                    return writing().ufunc_into(ufunc, inputs, kwargs)
                return UFUNC_METHODS[method](ufunc, *inputs, **kwargs)
            if method == "at":
                return writing().at(ufunc, *inputs)
            if kwargs.get("out"):
                made = self.__array_ufunc__(ufunc, method, *inputs, **without_out(kwargs))
                return writing().into(kwargs["out"], made)
            made = UFUNC_METHODS[method](ufunc, *inputs, **kwargs)
            return made if len(shape(made)) < 2 else writing().numpys(getattr(ufunc, method))(made, *inputs, **kwargs)
        except DualrevError as error:
            refused(error, inputs, *kwargs.values())
            raise

    def __array_function__(self, func, types, args, kwargs):
        try:
            if len(args) == 1 and args[0] is self and not kwargs:
                op = OPS.get(func)
                if op is not None and op.alone and func not in SHARING:
                    return self.alone(op)
            return call(func, args, kwargs)
        except DualrevError as error:
            refused(error, args, *kwargs.values())
            raise

    # ---- what an array has -------------------------------------------------------------------------------------------

    @property
    def shape(self):
        return getattr(self.primal, "shape", ())

    @shape.setter
    def shape(self, shape):
        writing().reshape_in_place(self, shape)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return np.size(value(self))

    @property
    def dtype(self):
        plain = value(self)
        if type(plain) is ndarray:
            return plain.dtype
        if sys._getframe(1).f_globals.get("__name__") == "numpy._core._methods":
            raise AttributeError("dtype")  # np.mean of objects would make a float of a traced sum that has one
        return np.result_type(plain)

    @property
    def T(self):
        return np.transpose(self)

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
        return read(self, index)

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
        return twin(self) if of_its_own and (order != "F" or self.ndim < 2) else writing().laid_anew(self, order)

    def __copy__(self):
        return self.copy("K")

    def __deepcopy__(self, memo):
        return self.copy("K")

    @property
    def __array__(self):
        plain = value(self)
        if type(plain) is not ndarray:  # a traced number is asked for its float, and refuses
            objects.check_elements(plain)
            raise AttributeError("__array__")
        return partial(writing().objects_of, self)

    # ---- writing -----------------------------------------------------------------------------------------------------

    def __setitem__(self, index, new):
        try:
            writing().assign(self, plain_index(index), new)
        except DualrevError as error:
            refused(error, self, new)
            raise

    def __ifloordiv__(self, other):
        raise refused(writes("x //= v", "x = x // v, whose derivative is zero"), self)

    def fill(self, value):
        self[...] = value

    def put(self, indices, values, mode="raise"):
        np.put(self, indices, values, mode)

    def sort(self, axis=-1, **how):
        self[...] = np.sort(self, axis=axis, **how)

    def resize(self, *_, **__):
        raise refused(writes("x.resize(shape)", "x = np.resize(x, shape)"), self)

    # ---- what would lose the derivative ------------------------------------------------------------------------------

    def __float__(self):
        instead = "the function of NumPy in place of that of math (np.sin for math.sin), or leave x as it is"
        raise refused(lost("float(x)", instead), self)

    def __int__(self):
        raise refused(lost("int(x)", "np.floor(x), or int(dr.value(x)) where no derivative is wanted"), self)

    def __index__(self):
        said = "a traced value was used as an index or a count, which cannot change smoothly: write int(dr.value(x))"
        raise refused(LostDerivativeError(said))  # and no sweep needs to know: a plain float is refused, too

    def __format__(self, spec):
        if restart.by_rebuilt_code():
            return format(value(self), spec)
        if spec:
            raise refused(lost(f"f'{{x:{spec}}}'", f"f'{{dr.value(x):{spec}}}'"), self)
        return str(self)

    def __complex__(self):
        raise refused(lost("complex(x)", "x + 0j"), self)

    def item(self, *at):
        if restart.by_rebuilt_code():
            return python_numbers().item(self, at)
        raise refused(lost("x.item()", "x[()] or x itself"), self)

    def __reduce_ex__(self, protocol):
        raise refused(
            lost("pickling x, as another process needs it,", "dr.value(x), or differentiate inside the other process"),
            self,
        )

    def tolist(self):
        if restart.by_rebuilt_code():
            return python_numbers().tolist(self)
        raise refused(lost("x.tolist()", "list(x)"), self)

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        if not np.issubdtype(dtype, np.inexact):
            if restart.by_rebuilt_code():
                return value(self).astype(dtype)  # steps, whose derivative is zero
            raise refused(lost(f"x.astype({np.dtype(dtype).name})", "np.floor(x) or np.rint(x)"), self)
        return writing().recast(self, np.dtype(dtype), order, casting, copy)

    def conjugate(self):
        return np.conjugate(self) if np.iscomplexobj(value(self)) else self  # as NumPy's method: x itself, and no copy

    conj = conjugate


def comparison(name, func):
    compare, in_order = getattr(operator, name), name in ("lt", "le", "gt", "ge")

    def method(self, other):
        x, y = value(self), value(other)
        if type(x) is ndarray or type(y) not in NUMBERS:
            return operate(func, self, other)
        if in_order:
            if not (x < y or x > y):
                objects.check_order(name, self, other)
        elif not x and not y and objects.is_kept(self):
            return name == "ne"
        return compare(x, y)

    return method


def _define(name, method):
    method.__name__ = method.__qualname__ = name
    setattr(TracedArray, name, method)


def _method(func, name):
    def method(self, *args, **kw):
        if MET:
            check_method(name, self, args, kw)
        return self.__array_function__(func, (), (self, *args), kw)

    return method


for _name in METHODS:
    _define(_name, _method(getattr(np, _name), _name))
for _name in ("argpartition", "dot"):
    setattr(TracedArray, _name, where_there_is(vars(TracedArray)[_name]))
for _name in OBJECT_METHODS:
    _func = objects.root(np.sqrt) if _name == "sqrt" else getattr(np, _name)
    _define(_name, lambda self, *args, _func=_func: objects.element(_func(self, *args)))
for _name, _func in COMPARISONS.items():
    _define(f"__{_name}__", comparison(_name, _func))


# ---- reading and writing ---------------------------------------------------------------------------------------------


def plain_index(index):
    for i in index if type(index) is tuple else (index,):
        if isinstance(i, Tracer):
            said = "a traced value was used as an index, which cannot change smoothly: write int(dr.value(i)) or a mask"
            raise refused(LostDerivativeError(said))
    return index


def augmented(func, plain):
    """y += v and the like: a traced number gets a new value, and a traced array is written into."""

    def method(self, other):
        if type(self.primal) is FLOAT or type(self.primal) in NUMBERS:
            return plain(self, other)
        try:
            return writing().augment(self, func, other)
        except DualrevError as error:
            refused(error, self, other)
            raise

    return method


def read(x, index):
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


@cache
def python_numbers():
    """The rules of Python's floats, loaded when rebuilt code asks for one."""
    return import_module(".ops.python_math", __package__)


GETITEM: Any = None  # indexing, which a tracer itself needs: ops/index.py puts its op here
