"""NumPy, with arrays into which traced values may be written. For code that fills arrays made by np.zeros(n):

    from dualrev import numpy as np

All names are NumPy's own, except the functions that create arrays: theirs hold numbers like any other, until a traced
value is written into one, which then becomes traced; and mean, std, median and their like, which here take a list of
traced values, too. Code that does neither does not need this; see docs/in_place.md.

>>> import dualrev as dr
>>> from dualrev import numpy as np
>>> def residuals(x):
...     r = np.zeros(2)
...     r[0] = 10.0 * (x[1] - x[0] ** 2)
...     r[1] = 1.0 - x[0] * x[1]
...     return r
>>> dr.jacobian(residuals)(np.array([2.0, 1.0]))
array([[-40.,  10.],
       [ -1.,  -2.]])
"""

import functools
from typing import Any

import numpy as _numpy

from ..traced import holds_tracer, operand, value
from ..tracer import TracedArray
from .buffer import Buffer, writable

globals().update({name: thing for name, thing in vars(_numpy).items() if not name.startswith("_")})

_CREATING = """arange empty empty_like eye fromfunction fromiter geomspace identity linspace logspace ones ones_like tri
    zeros zeros_like""".split()


_REDUCING = """average corrcoef cov gradient mean median nanmean nanmedian nanpercentile nanquantile nanstd nanvar
    percentile quantile round std var""".split()  # NumPy's own fail on a list of traced values


def _creating(func: Any) -> Any:
    @functools.wraps(func)
    def create(*args: Any, **kwargs: Any) -> Any:
        return writable(func(*args, **kwargs))

    return create


for _name in _CREATING:
    globals()[_name] = _creating(getattr(_numpy, _name))


def _traced(x: Any) -> bool:
    return isinstance(x, TracedArray) or (type(x) is Buffer and x.traced() is not None) or holds_tracer(x)


def _taking_lists(func: Any) -> Any:
    @functools.wraps(func)
    def take(*args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], (list, tuple)) and _traced(args[0]):
            args = (_joined(args[0]), *args[1:])
        return func(*args, **kwargs)

    return take


for _name in _REDUCING:
    globals()[_name] = _taking_lists(getattr(_numpy, _name))


def _stacked(x: Any, dtype: Any, ndmin: int, order: Any) -> Any:
    """np.array of what is traced: a new traced array."""
    made = _numpy.copy(_joined(x), order or "K")
    made = made if dtype is None else made.astype(dtype, copy=False)
    return made if made.ndim >= ndmin else _numpy.reshape(made, (1,) * (ndmin - made.ndim) + made.shape)


def _joined(x: Any) -> Any:
    if not isinstance(x, (list, tuple)):
        return operand(x)
    rows = [_joined(row) for row in x]
    return _numpy.stack(rows) if any(isinstance(row, TracedArray) and row.shape for row in rows) else operand(rows)


@functools.wraps(_numpy.array)
def array(object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", ndmin: int = 0, **how: Any) -> Any:
    if _traced(object):
        return _stacked(object, dtype, ndmin, order)
    return writable(_numpy.array(object, dtype, copy=copy, order=order, ndmin=ndmin, **how))


@functools.wraps(_numpy.asarray)
def asarray(a: Any, dtype: Any = None, order: Any = None, **how: Any) -> Any:
    if isinstance(a, (TracedArray, Buffer)) and isinstance(value(a), _numpy.ndarray) and dtype in (None, a.dtype):
        return a
    if isinstance(a, _numpy.ndarray) and not _traced(a):
        return _numpy.asarray(a, dtype, order, **how)  # perhaps the caller's own memory: it stays as it is
    return _stacked(a, dtype, 0, order) if _traced(a) else writable(_numpy.asarray(a, dtype, order, **how))


@functools.wraps(_numpy.asanyarray)
def asanyarray(a: Any, dtype: Any = None, order: Any = None, **how: Any) -> Any:
    return asarray(a, dtype, order, **how)


@functools.wraps(_numpy.ascontiguousarray)
def ascontiguousarray(a: Any, dtype: Any = None) -> Any:
    return asarray(a, dtype, "C")


@functools.wraps(_numpy.require)
def require(a: Any, dtype: Any = None, requirements: Any = None, **how: Any) -> Any:
    return asarray(a, dtype) if _traced(a) else _numpy.require(a, dtype, requirements, **how)


@functools.wraps(_numpy.copy)
def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    return array(a, order=order)


@functools.wraps(_numpy.full)
def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **how: Any) -> Any:
    if not _traced(fill_value):
        return writable(_numpy.full(shape, fill_value, dtype, order, **how))
    made = writable(_numpy.zeros(shape, operand(fill_value).dtype if dtype is None else dtype, order))
    made[...] = fill_value
    return made


@functools.wraps(_numpy.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, **how: Any) -> Any:
    made = globals()["zeros_like"](a, dtype, **how)
    made[...] = fill_value
    return made


def __getattr__(name: str) -> Any:
    return getattr(_numpy, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_numpy)})
