"""What stands in rebuilt code in place of NumPy, math, cmath, SciPy and their functions, found by identity."""

import builtins
import cmath
import math
import sys
from functools import wraps
from importlib import import_module
from inspect import isroutine
from types import ModuleType
from typing import Any

import numpy as np

from .. import cmath as our_cmath
from .. import math as our_math
from .. import numpy as our_numpy
from .. import scipy as our_scipy
from ..ops.own_value import exactly
from ..traced import Tracer, value, values
from .stand_ins import STANDING, StandIn
from .vectorized import Vectorize

SWAPS: dict[int, tuple[Any, Any]] = {}  # by id: what is swapped, which is thereby kept alive, and what for
READY: set[str] = set()  # the parts of SciPy whose functions are in SWAPS


def swap(plain: Any, ours: Any) -> None:
    SWAPS[id(plain)] = plain, ours


def swap_functions(plain: ModuleType, ours: ModuleType, made: Any = lambda original, thing: thing) -> None:
    """Swap what `ours` has under a public name of the module `plain` in another way."""
    for name, thing in list(vars(ours).items()):
        original = None if name.startswith("_") else vars(plain).get(name)
        if original is not None and original is not thing and not isinstance(original, ModuleType):
            swap(original, made(original, thing))


def with_its_value(plain: Any, ours: Any) -> Any:
    """`ours`, which says `plain` in ops, with the value of `plain` where that has other last bits."""
    if not isroutine(plain):
        return ours

    @wraps(plain)
    def call(*args: Any, **kwargs: Any) -> Any:
        y = ours(*args, **kwargs)
        if not isinstance(y, Tracer):
            return y
        want, now = plain(*map(values, args), **{name: values(x) for name, x in kwargs.items()}), value(y)
        if type(want) is not type(now) or np.shape(want) != np.shape(now) or np.array_equal(want, now, equal_nan=True):
            return y
        return exactly(y, func=lambda: want, arguments={})

    return call


def numpy_namespace() -> ModuleType:
    """The module that rebuilt code sees as numpy: dualrev.numpy, with stand-ins for the classes of numbers."""
    made = ModuleType("numpy", np.__doc__)
    made.__dict__.update({name: thing for name, thing in vars(our_numpy).items() if not name.startswith("_")})
    made.__dict__.update({name: np.__dict__[name] for name in ("__file__", "__path__", "__version__", "__spec__")})
    for name, thing in vars(np).items():
        if isinstance(thing, type) and thing in STANDING:
            made.__dict__[name] = STANDING[thing]
    made.__dict__.update(vectorize=Vectorize, __getattr__=lambda name: getattr(np, name), __dir__=lambda: dir(np))
    return made


def swap_scipy() -> None:
    """Swap the functions of the parts of SciPy that have been imported since."""
    for part in our_scipy.PARTS:
        name = f"scipy.{part}"
        if name in sys.modules and name not in READY:
            plain, ours = sys.modules[name], import_module(f"..scipy.{part}", __package__)
            swap(plain, ours)
            swap_functions(plain, ours, with_its_value)
            READY.add(name)


NUMPY = numpy_namespace()
for _plain, _ours in ((np, NUMPY), (math, our_math), (cmath, our_cmath)):
    swap(_plain, _ours)
    swap_functions(_plain, _ours)
for _cls, _stand_in in STANDING.items():
    if _cls is not StandIn:
        swap(_cls, _stand_in)

# The names of Python's own that rebuilt code sees.
BUILTINS = vars(builtins) | {cls.__name__: STANDING[cls] for cls in (float, complex, int, type)}
