"""SciPy's functions that do not hand traced arguments on, under the names and with the signatures that SciPy has.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import special
>>> dr.grad(special.logsumexp)(np.array([0.0, 0.0]))
array([0.5, 0.5])

A part is imported when it is first asked for.
"""

from importlib import import_module
from pkgutil import iter_modules

PARTS = sorted(module.name for module in iter_modules(__path__))


def __getattr__(name):
    if name in PARTS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"dualrev.scipy has no part {name!r}; it has {', '.join(PARTS)}")


def __dir__():
    return PARTS
