"""What a traced value answers for its class: isinstance, np.isscalar, hasattr, len, collections.abc follow its value.

A traced array says that it is an np.ndarray, a traced number that it is an np.float64, float32 or complex128, or the
float that was given. Code in C asks for the real type instead, and so does ``type(x) is float``.
"""

import sys
from inspect import isclass
from operator import attrgetter
from types import MethodType

import numpy as np

from .errors import LostDerivativeError
from .kin import base_of
from .traced import Tracer, lost, ndarray, refused, value


class ByValue(type):
    """The class of the classes of traced values. Each is that of arrays and of numbers, so that it has a __len__.

    collections.abc looks for such methods in the `__mro__` of a class and in that of ``x.__class__``: here it finds
    none, and the second decides whether x is Sized, Iterable or Hashable.
    """

    @property
    def __mro__(cls):
        return (cls,)


class Lacking(AttributeError, TypeError):
    """What the value itself has not: hasattr(x, "__len__") says no, and len(x) is the TypeError that it always is."""


def where_there_is(method):
    """A method that x has if its value has it: an array has a length, and a number a hex()."""
    name = method.__name__
    said = f"this traced value has no {name}, as its plain value has none"

    def get(self):
        if not hasattr(self.primal, name):
            raise Lacking(said)
        return MethodType(method, self)

    return property(get)


class Flags:
    """x.flags, to be read."""

    __slots__ = ("x",)

    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __getattr__(self, name):
        return getattr(value(self.x).flags, name)

    def __getitem__(self, name):
        return value(self.x).flags[name]

    def __setattr__(self, name, to):
        self.x.setflags(**{name: to})

    def __setitem__(self, name, to):
        self.x.setflags(**{name: to})

    def __repr__(self):
        return repr(value(self.x).flags)


class Likeness(Tracer, metaclass=ByValue):
    """The class of a traced value, as it says itself, and what comes of it."""

    __slots__ = ()
    __class__ = property(attrgetter("primal.__class__"))

    @where_there_is
    def __len__(self):
        if not self.shape:
            raise TypeError("len() of a traced array without axes")
        return self.shape[0]

    @property
    def __iter__(self):
        if hasattr(self.primal, "__len__"):
            return MethodType(items, self)
        asks = sys._getframe(1).f_code
        if {"hasattr", "getattr", "__iter__"} & {*asks.co_names, *asks.co_consts}:
            raise Lacking("a traced number cannot be iterated over")
        return None  # iter(x), np.iterable(x): after an exception Python would go on to x[0] and x[1]; None is its "no"

    @where_there_is
    def __contains__(self, item):
        return value(item) in value(self)

    @where_there_is
    def partition(self, kth, axis=-1, **how):
        self[...] = np.partition(self, kth, axis=axis, **how)

    @property
    def mT(self):
        return np.swapaxes(self, -1, -2) if type(value(self)) is ndarray else value(self).mT

    @property
    def flags(self):
        return Flags(self) if hasattr(value(self), "flags") else value(self).flags

    @property
    def base(self):
        """The traced array that x is a view of."""
        base = above = base_of(self)
        while above is not None:
            base, above = above, base_of(above)
        if base is None and value(self).base is not None:
            raise refused(lost("x.base", "np.shares_memory(dr.value(x), dr.value(y)) to know a view"), self)
        return base

    def setflags(self, **flags):
        said = (
            "x.setflags(...) or x.flags.writeable = ... of a traced value is not followed: leave it out, use x.copy()"
        )
        raise refused(LostDerivativeError(said), self)

    def choose(self, choices, out=None, mode="raise"):
        return value(self).choose(choices, out, mode)  # a TypeError: x is not of integers

    def to_device(self, device, /, *, stream=None):
        value(self).to_device(device, stream=stream)
        return self

    def view(self, dtype=None, type=ndarray):
        if isclass(dtype) and issubclass(dtype, ndarray):
            dtype, type = None, dtype
        if dtype is not None and np.dtype(dtype) != self.dtype:
            raise refused(lost("x.view(dtype)", "x.astype(dtype), or x.real and x.imag of complex numbers"), self)
        if type is not ndarray:  # np.matrix, of traced numbers
            return np.asarray(self).view(type)
        return self[...] if isinstance(self, ndarray) else self

    @property
    def data(self):
        """x itself, of which NumPy makes the same array as of its memory."""
        if not hasattr(self.primal, "data"):
            raise Lacking("this traced value has no data, as its plain value has none")
        return self


def items(x):
    if not x.shape:
        raise TypeError("iteration over a traced array without axes")
    return (x[i] for i in range(x.shape[0]))


def of_the_value(name):
    """An attribute that is the same with a derivative and without, and is there where the value has it."""
    return property(attrgetter(f"primal.{name}"))


def losing(name, call="()"):
    """A method that gives the plain numbers away, or x as a text."""

    def method(self, *_, **__):
        raise refused(lost(f"x.{name}{call}", f"dr.value(x).{name}{call}"), self)

    method.__name__ = method.__qualname__ = name
    return method


def losing_attribute(name):
    get = where_there_is(losing(name, "")).fget
    return property(lambda self: get(self)())


for _name in ("strides", "device", "is_integer", "fromhex"):
    setattr(Likeness, _name, of_the_value(_name))
for _name in ("byteswap", "dump", "dumps", "tobytes", "tofile", "getfield", "setfield"):
    setattr(Likeness, _name, losing(_name))
for _name in ("as_integer_ratio", "hex"):
    setattr(Likeness, _name, where_there_is(losing(_name)))
for _name in ("ctypes",):
    setattr(Likeness, _name, losing_attribute(_name))
