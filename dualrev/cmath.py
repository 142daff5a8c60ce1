"""Python's cmath, with functions that take traced numbers: `from dualrev import cmath`. See `dualrev.math`.

>>> import dualrev as dr
>>> from dualrev import cmath
>>> dr.grad(lambda x: cmath.sqrt(x).imag)(-4.0)
-0.25
"""

import cmath as _cmath
from functools import wraps as _wraps
from typing import Any

from . import math as _real
from .math import counting as _counting
from .math import taking as _taking
from .ops import python_math as _rules
from .traced import holds_tracer, operand, values

globals().update({name: thing for name, thing in vars(_cmath).items() if not name.startswith("_")})


def number(x: Any) -> Any:
    """A traced number, or an array of one, as a traced complex number; anything else as it is."""
    if not holds_tracer(x):
        return x
    x = operand(x)
    return _one(x) if x.dtype.kind == "c" else _real.number(x) + 0j


def _one(x: Any) -> Any:
    return x.reshape(())[()] if x.shape else x


for _name, _like in _rules.OF_COMPLEX.items():
    globals()[_name] = _taking(getattr(_cmath, _name), _rules.as_numpys(getattr(_cmath, _name), _like), number)

for _name in ("isfinite", "isinf", "isnan"):
    globals()[_name] = _counting(getattr(_cmath, _name))

_log: Any = globals()["log"]


@_wraps(_cmath.log)
def log(z: Any, *base: Any) -> Any:
    return _log(z) / _log(*base) if base else _log(z)


@_wraps(_cmath.phase)
def phase(z: Any, /) -> Any:
    return _real.atan2(number(z).imag, number(z).real) if holds_tracer(z) else _cmath.phase(z)


@_wraps(_cmath.polar)
def polar(z: Any, /) -> Any:
    return (_real.number(abs(number(z))), phase(z)) if holds_tracer(z) else _cmath.polar(z)


@_wraps(_cmath.rect)
def rect(r: Any, phi: Any, /) -> Any:
    if not holds_tracer((r, phi)):
        return _cmath.rect(r, phi)
    r = _real.number(r)
    return r * _real.cos(phi) + 1j * (r * _real.sin(phi))


@_wraps(_cmath.isclose)
def isclose(a: Any, b: Any, **how: Any) -> bool:
    return _cmath.isclose(values(a), values(b), **how)


def __getattr__(name: str) -> Any:
    return getattr(_cmath, name)
