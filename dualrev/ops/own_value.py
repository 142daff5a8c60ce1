"""A value to the last bit as NumPy has it, where the ops that say the derivative compute in another order."""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, flops
from ..traced import value
from .shape import cast


@primitive
def exactly(y, *xs, func, arguments):
    """func(*xs, **arguments), which is y up to rounding; its derivative is that of y."""
    return func(*map(np.asarray, xs), **arguments)


@argwise(exactly)
def _(z, y, *xs, func, arguments):
    def like(t, x):
        dtype = np.result_type(value(x))
        return t if np.result_type(value(t)) == dtype else cast(t, dtype)

    return ((lambda dy: like(dy, z), lambda ct: like(ct, y)), *[None] * len(xs))


exactly.only_rounding = True
flops(exactly, value=0, push=0, pull=0)  # what y cost has been counted
