"""Special functions in the precision of their arguments: float32 stays float32, and a Python number takes any."""

from functools import wraps

import numpy as np

from .. import dispatch, registry, traced
from ..errors import NoRuleError
from ..kinds import over
from ..registry import flops


def elementwise(func, *partials):
    """The registry's word, for partials that call special functions.

    Those make a double of a Python number, and a double raises the precision of all that it meets: so a partial sees
    a Python number in the precision of the output.
    """
    return registry.elementwise(func, *[kept(p) for p in partials])


def kept(p):
    if isinstance(p, over):
        return over(kept(p.q))
    return (lambda out, *args: p(out, *[typed(x, out) for x in args])) if callable(p) else p


def typed(x, out):
    """x, and as a number of the dtype of out if it is Python's own: a real one, as an order has to be."""
    if type(x) is float or type(x) is int:
        return np.finfo(getattr(out, "dtype", float)).dtype.type(x)
    return x


def primitive(func):
    """func, written for arrays of doubles of one shape, as an op of our own in the precision of its arguments."""

    @wraps(func)
    def in_their_precision(*args):
        if any(map(np.iscomplexobj, args)):
            raise NoRuleError(f"{func.__name__}{OF_REAL}")
        found = func(*np.broadcast_arrays(*[np.asarray(x, float) for x in args]))
        return np.asarray(found, precision(args))[()]

    return scipys(in_their_precision)


OF_REAL = ", which a rule of scipy.special asks for, is known for real arguments only: no derivative at complex ones"


def analytic(name, x):
    """Refuse complex x: what scales the function has no complex derivative."""
    if np.iscomplexobj(traced.value(x)):
        raise NoRuleError(
            f"scipy.special.{name} is scaled by an absolute value, and has no complex derivative: "
            f"write scipy.special.{name[:-1]}, without the scale"
        )
    return x


def scipys(func):
    """func, a function of SciPy or made of them, as an op of our own."""

    @wraps(func)
    def plain(*args):
        return computed(func, args)

    plain.__module__ = __name__
    return dispatch.primitive(plain)


def part(func, k, name):
    """Result k of a ufunc of SciPy that has several, as an op of its own."""

    def result(*args):
        return func(*args)[k]

    result.__name__ = name
    return scipys(result)


def precision(args):
    """The dtype of the result: that of the arguments, and double where they are whole numbers."""
    dtype = np.result_type(*args)
    return dtype if dtype.kind == "f" else np.dtype(float)


def order(n):
    """The order of a derivative, a number that may have been broadcast against the other arguments."""
    return int(np.max(traced.value(n), initial=0))


def computed(func, args):
    """func(*args); every special function that is no ufunc is computed here."""
    with np.errstate(all="ignore"):
        return func(*args)


def count_as_one(*ops):
    """Each of ops counts as one flop per element, as every elementary function does."""
    flops(*ops)
