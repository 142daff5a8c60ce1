"""Classes that stand for float, np.float64, type and others in rebuilt code: called on a traced value they keep it.

A stand-in is equal to the class it stands for, has its instances and subclasses, and means the same as a dtype. What is
not traced it makes as that class would. `type(x)` in rebuilt code answers with the stand-ins, and with the class of the
plain value where x is traced.
"""

from typing import Any

import numpy as np

from ..cmath import number as complex_number
from ..math import number
from ..numpy.buffer import Buffer
from ..traced import Tracer, holds_tracer, operand, value, values


class StandIn(type):
    """The class of the classes that stand for others."""

    stands_for: Any
    makes: Any

    def __call__(cls, *args, **kwargs):
        if "stands_for" not in vars(cls):  # a class that rebuilt code derives from one of them
            return super().__call__(*args, **kwargs)
        return cls.makes(*args, **kwargs)

    def __instancecheck__(cls, x):
        return isinstance(x, cls.stands_for) if "stands_for" in vars(cls) else super().__instancecheck__(x)

    def __subclasscheck__(cls, other):
        if "stands_for" not in vars(cls):
            return super().__subclasscheck__(other)
        return issubclass(plain_class(other), cls.stands_for)

    def __eq__(cls, other):
        return plain_class(cls) is plain_class(other)

    def __hash__(cls):
        return type.__hash__(plain_class(cls))

    def __repr__(cls):
        return repr(plain_class(cls)) if "stands_for" in vars(cls) else super().__repr__()


def plain_class(cls):
    return vars(cls).get("stands_for", cls) if isinstance(cls, StandIn) else cls


def stand_in(cls, makes, **more):
    """A class that stands for cls, whose calls `makes` answers."""
    said = {"stands_for": cls, "makes": staticmethod(makes), "__module__": cls.__module__, "__doc__": cls.__doc__}
    return StandIn(cls.__name__, (cls,), said | more)


def as_float(x: Any = 0.0, /) -> Any:
    """float(x), traced where x is."""
    return number(x) if type(x) not in (str, int) and holds_tracer(x) else float(x)


def as_complex(real: Any = 0, imag: Any = 0) -> Any:
    """complex(real, imag), traced where one of them is."""
    if not holds_tracer((real, imag)):
        return complex(real, imag) if imag or not isinstance(real, str) else complex(real)
    return complex_number(real) + 1j * number(imag) if holds_tracer(imag) or imag else complex_number(real)


def as_int(*args: Any, **base: Any) -> Any:
    """int(x): a step, whose derivative is zero, so that a plain number comes out."""
    return int(*map(values, args), **base)


def casting(cls):
    """np.float64(x) and the like: traced where x is."""

    def cast(*args):
        if not args or not holds_tracer(args[0]):
            return cls(*args)
        x = operand(args[0])
        return np.astype(x, cls)

    return cast


def rounding(cls):
    """np.int64(x) and the like: a step, as `as_int`."""
    return lambda *args: cls(*map(values, args))


def kind(*args, **kwargs):
    """type(x) as it would be in plain code, or the class that type(name, bases, members) makes."""
    if len(args) != 1 or kwargs:
        return type(*args, **kwargs)
    x = args[0]
    cls = type(x)
    if cls is Buffer:
        cls = np.ndarray
    elif issubclass(cls, Tracer):
        cls = value(x).__class__
    return STANDING.get(cls) or getattr(cls, "in_place_of", cls)


TYPE = stand_in(type, kind)
NUMPYS = [np.dtype(code).type for code in "efdgFDG"]
WHOLE = [np.dtype(code).type for code in "bBhHiIlLqQ"]
STANDING: dict[Any, Any] = {
    float: stand_in(float, as_float, dtype=np.dtype(float)),
    complex: stand_in(complex, as_complex, dtype=np.dtype(complex)),
    int: stand_in(int, as_int, dtype=np.dtype(int)),
    type: TYPE,
    StandIn: TYPE,
    **{cls: stand_in(cls, rounding(cls), dtype=np.dtype(cls)) for cls in WHOLE},
    **{cls: stand_in(cls, casting(cls), dtype=np.dtype(cls)) for cls in NUMPYS},
}
