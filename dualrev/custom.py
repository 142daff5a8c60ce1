"""A user's own op, in one rule: the words of the registry, for functions that NumPy does not dispatch.

Each word takes a plain function and one rule, and returns an op: call it in place of the function. It serves both
modes, any number of directions and any order of derivative, as the built-in ops do, since it is one.

>>> import numpy as np
>>> import dualrev as dr

Softplus, whose derivative is the logistic function:

>>> softplus = dr.custom.elementwise(
...     lambda x: np.logaddexp(0.0, x),
...     lambda y, x: 1 / (1 + np.exp(-x)))
>>> x = np.array([-1.0, 0.0, 1.0])
>>> dr.grad(lambda x: softplus(x).sum())(x)
array([0.26894142, 0.5       , 0.73105858])
>>> dr.hessian(softplus)(0.0)
0.25

A function of another library, with its derivative from that library. The rule calls an op again, so that there is a
second derivative too:

>>> from scipy import special
>>> airy = dr.custom.elementwise(
...     lambda x: special.airy(x)[0],
...     lambda y, x: airy_prime(x))
>>> airy_prime = dr.custom.elementwise(
...     lambda x: special.airy(x)[1],
...     lambda y, x: x * airy(x))
>>> bool(dr.grad(airy)(1.0) == special.airy(1.0)[1])
True

A NumPy function that has no rule gets one under its own name, and is then differentiated wherever it is called:
``dr.custom.linear(np.fft.rfft)(rule)``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import registry
from .dispatch import primitive
from .errors import InputError
from .kinds import over

__all__ = [
    "argwise",
    "composite",
    "constant",
    "differential",
    "elementwise",
    "linear",
    "over",
    "primitive",
    "reduction",
]

Function = Callable[..., Any]
Word = Callable[[Function], Function]  # decorates the rule, and gives the op


def elementwise(func: Function, *partials: Function | float | None) -> Function:
    if not partials:
        raise InputError("elementwise(f, *partials) takes a partial derivative for each argument of f")
    return registry.elementwise(dispatching(func), *partials)


def reduction(func: Function, partial: Function | float) -> Function:
    return registry.reduction(dispatching(func), partial)


def linear(func: Function) -> Word:
    return registry.linear(dispatching(func))


def argwise(func: Function, signature: str | None = None) -> Word:
    return registry.argwise(dispatching(func), signature)


def differential(func: Function) -> Word:
    return registry.differential(dispatching(func))


def composite(func: Function) -> Word:
    return registry.composite(dispatching(func))


def constant(func: Function) -> Function:
    op = dispatching(func)
    registry.constant(op)
    return op


def dispatching(func: Function) -> Function:
    """func itself where NumPy, or `primitive`, already hands traced arguments on; else an op made of it."""
    if registry.find(func):
        raise InputError(f"{registry.full_name(func)} has a rule already, and everybody relies on it: wrap it in yours")
    if isinstance(func, np.ufunc) or hasattr(func, "plain") or hasattr(func, "_implementation"):
        return func  # a ufunc, a primitive, or one of the functions that NumPy hands to __array_function__
    return primitive(func)


for _word in (elementwise, reduction, linear, argwise, differential, composite, constant):
    _word.__doc__ = getattr(registry, _word.__name__).__doc__
