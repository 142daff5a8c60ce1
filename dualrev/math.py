"""Python's math, with functions that take traced numbers. For code that says math.sin and not np.sin:

    from dualrev import math

All names are those of math, and the values are math's to the last bit, floats of Python, with its errors: ValueError
outside the domain, OverflowError beyond the largest float. What counts or decides gives plain numbers: floor, isnan,
isclose. A traced array of one number is taken as that number, as math takes it.

>>> import dualrev as dr
>>> from dualrev import math
>>> dr.grad(lambda x: math.sin(x) ** 2 + math.log(x, 10))(1.0) == 2 * math.sin(1.0) * math.cos(1.0) + 1 / math.log(10)
True
"""

import math as _math
from collections.abc import Callable
from functools import wraps as _wraps
from typing import Any

import numpy as _numpy

from .ops import python_math as _rules
from .ops.own_value import exactly as _exactly
from .traced import NUMBERS as _NUMBERS
from .traced import holds_tracer, operand, value, values

globals().update({name: thing for name, thing in vars(_math).items() if not name.startswith("_")})


def number(x: Any) -> Any:
    """A traced number, or an array of one, as a traced float of Python; anything else as it is."""
    if not holds_tracer(x):
        return x
    x = operand(x)
    if type(value(x)) is float:
        return x
    if x.shape:
        x = _numpy.reshape(x, ())[()] if x.size == 1 else float(value(x))  # the error of too many
    return _rules.as_float(x)


def taking(func: Callable[..., Any], op: Callable[..., Any], number: Callable[[Any], Any] = number) -> Any:
    """func of plain numbers, and op of what `number` makes of them where one is traced."""

    @_wraps(func)
    def take(*args: Any) -> Any:
        for x in args:
            if type(x) not in _NUMBERS and holds_tracer(x):
                return op(*map(number, args))
        return func(*args)

    return take


def counting(func: Callable[..., Any]) -> Any:
    """func, which gives a plain answer also where its argument is traced."""
    return taking(func, lambda *xs: func(*map(value, xs)))


for _name, _like in _rules.LIKE.items():
    globals()[_name] = taking(getattr(_math, _name), _rules.as_numpys(getattr(_math, _name), _like))

for _name in ("isfinite", "isinf", "isnan", "nextafter", "ulp"):
    globals()[_name] = counting(getattr(_math, _name))

remainder = taking(_math.remainder, _rules.remainder)
_log, _hypot = globals()["log"], globals()["hypot"]
_sumprod: Any = getattr(_math, "sumprod", None)  # from Python 3.12 on
_fma: Any = getattr(_math, "fma", None)  # from Python 3.13 on


@_wraps(_math.log)
def log(x: Any, *base: Any) -> Any:
    return _log(x) / _log(*base) if base else _log(x)


@_wraps(_math.hypot)
def hypot(*coordinates: Any) -> Any:
    if len(coordinates) == 2 or not holds_tracer(coordinates):
        return _hypot(*coordinates)
    xs = tuple(map(number, coordinates))
    return _of_all(_numpy.sqrt(sum(x * x for x in xs)), xs, lambda *xs: _math.hypot(*xs))


def _of_all(y: Any, xs: tuple[Any, ...], func: Callable[..., Any]) -> Any:
    """func(*xs), of which y has the derivative, and the value up to rounding."""
    return _rules.as_float(_exactly(y, *xs, func=func, arguments={}))


@_wraps(_math.dist)
def dist(p: Any, q: Any, /) -> Any:
    p, q = tuple(p), tuple(q)
    if not holds_tracer((*p, *q)):
        return _math.dist(p, q)
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return hypot(*[number(a) - number(b) for a, b in zip(p, q)])


@_wraps(_math.fsum)
def fsum(seq: Any, /) -> Any:
    xs = tuple(seq)
    if not holds_tracer(xs):
        return _math.fsum(xs)
    xs = tuple(map(number, xs))
    return _of_all(sum(xs), xs, lambda *xs: _math.fsum(xs))


@_wraps(_math.prod)
def prod(iterable: Any, /, *, start: Any = 1) -> Any:
    xs = tuple(iterable)
    if not holds_tracer((*xs, start)):
        return _math.prod(xs, start=start)
    for x in xs:
        start = start * x
    return start


@_wraps(_math.modf)
def modf(x: Any, /) -> Any:
    if not holds_tracer(x):
        return _math.modf(x)
    return _rules.frac(number(x)), _math.modf(value(x))[1]


@_wraps(_math.frexp)
def frexp(x: Any, /) -> Any:
    if not holds_tracer(x):
        return _math.frexp(x)
    exponent = _math.frexp(value(x))[1]
    return globals()["ldexp"](x, -exponent), exponent


@_wraps(_math.isclose)
def isclose(a: Any, b: Any, **how: Any) -> bool:
    return _math.isclose(values(a), values(b), **how)


if _sumprod:

    @_wraps(_sumprod)
    def sumprod(p: Any, q: Any, /) -> Any:
        p, q = tuple(p), tuple(q)
        if not holds_tracer((*p, *q)):
            return _sumprod(p, q)
        p, q, n = tuple(map(number, p)), tuple(map(number, q)), len(p)
        y = sum(a * b for a, b in zip(p, q, strict=True))
        return _of_all(y, (*p, *q), lambda *xs: _sumprod(xs[:n], xs[n:]))


if _fma:
    fma = taking(_fma, _rules.fma)


def __getattr__(name: str) -> Any:
    return getattr(_math, name)
