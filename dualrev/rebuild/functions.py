"""plain: a function as it is, rebuilt so that it takes traced values."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arguments import name_of
from ..derived import NAMES, Derived, check_function
from ..errors import InputError
from ..numpy.buffer import Buffer
from .globals import Globals
from .rebuilder import Rebuilder


def plain(f: Callable[..., Any]) -> Callable[..., Any]:
    """f, rebuilt so that it takes traced values wherever it says numpy, math or scipy.

    It has the code of f over other globals: in them NumPy, math, cmath and SciPy are dualrev's, so are float, complex,
    int and type, and every function of Python that f reaches, of whatever package, is rebuilt in the same way when it
    is first called. Nothing is patched: f, its module and NumPy stay as they are, and what f does with plain numbers
    is the same to the last bit. Transforms do this by themselves where f as it is is refused: see their ``plain``.

    Parameters
    ----------
    f : callable
        A function, method, partial or decorated function of plain NumPy, math and SciPy.

    Returns
    -------
    callable
        Called as f. What it assigns to globals and to variables of enclosing functions is theirs when it returns.

    Raises
    ------
    InputError
        If there is no code of Python in f to rebuild: a function of C, NumPy, SciPy or the standard library.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import dualrev as dr
    >>> def f(x):
    ...     y = np.zeros(2)
    ...     y[0] = math.exp(x[0])
    ...     y[1] = float(x[1]) ** 2
    ...     return y
    >>> dr.jacobian(dr.plain(f))(np.array([0.0, 3.0]))
    array([[1., 0.],
           [0., 6.]])
    """
    check_function(f, "plain", at="dr.plain(f)")
    return f if isinstance(f, Plain) else Plain(f)


class Rebuilt:
    """A function rebuilt: what it reaches is taken up as it is now, it runs, and its assignments are written back."""

    def __init__(self, f):
        self.rebuilder = Rebuilder()
        self.function = self.__wrapped__ = self.rebuilder.root(f)
        for name in NAMES:
            if hasattr(f, name):
                setattr(self, name, getattr(f, name))

    def __call__(self, /, *args, **kwargs):
        rebuilder = self.rebuilder
        rebuilder.refresh()
        try:
            y = self.function(*map(rebuilder, args), **{name: rebuilder(x) for name, x in kwargs.items()})
        finally:
            rebuilder.write_back()
        return bare(y)


class Plain(Rebuilt, Derived):
    """A rebuilt function that holds the original, by which it is pickled."""

    made_by = "plain"

    def __init__(self, f):
        Derived.__init__(self, f)
        Rebuilt.__init__(self, f)
        if self.function is f:
            raise InputError(
                f"{name_of(f)} has no code of Python to rebuild: dr.plain takes functions, methods and partials of the "
                "user's own or of a package written in Python; those of NumPy, SciPy and math take traced values in "
                "dualrev.numpy, dualrev.scipy and dualrev.math"
            )

    def __reduce_ex__(self, protocol):
        return plain, (self.f,)


def rebuilt(f):
    """f rebuilt; None where there is nothing to rebuild, or f is rebuilt code already."""
    if isinstance(f, Rebuilt) or isinstance(getattr(f, "__globals__", None), Globals):
        return None
    made = Rebuilt(f)
    return None if made.function is f else made


def bare(y):
    """A result without arrays of dualrev.numpy that hold plain numbers: they become NumPy's own."""
    kind = type(y)
    if kind is Buffer:
        return y if y.traced() is not None else y.view(np.ndarray)
    if kind in (list, tuple, dict):
        items = list(y.values() if kind is dict else y)
        made = list(map(bare, items))
        if any(a is not b for a, b in zip(items, made)):
            return dict(zip(y, made)) if kind is dict else kind(made)
    return y
