"""Second derivatives from what was recorded: the function is not run again.

The sweep back along the recorded lines is itself a computation on their values. Done in forward mode, on dual numbers
that carry the tangents of those values, it gives the gradient and its derivative along the directions: forward over
reverse.
"""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..boundary import fresh
from ..forward.dual import ForwardSweep, dual
from ..registry import Call
from ..rescue import NOTHING, Rescue, finite, gradient
from ..reverse.vjp import Recording, pushed
from ..shapes import shape


def hessian_products(
    recording: Recording, weights: Sequence[Any], p: ndarray, lead: tuple[int, ...]
) -> tuple[ndarray, Rescue]:
    """The Hessian of sum_k weights[k] . y_k, the outputs of a recording of one array x, times the directions p.

    weights: one of the shape of each output. p: of shape ``lead + x.shape``; so is the result, a new array. Beside it
    what was asked of forward over forward mode, where the sweep back gave numbers that are not finite.

    Source: Pearlmutter (1994), Fast exact multiplication by the Hessian.

    >>> import numpy as np
    >>> from dualrev.boundary import first
    >>> recording = Recording(lambda x: x[0] ** 2 * x[1], [np.array([1.0, 2.0])], [(first, 1)])
    >>> hessian_products(recording, [1.0], np.eye(2), (2,))[0]
    array([[4., 2.],
           [2., 0.]])
    """
    x = recording.leaves[0]
    sweep = ForwardSweep(lead)
    try:
        along = copy.copy(recording)
        along.lines = with_tangents(recording.lines, p, sweep)
        gradients: list[Any] = along.pull(weights, ())
        found = NOTHING
        if not finite(gradients[0]):
            gradients, found = gradient(along, weights, gradients)
    finally:
        sweep.close()
    tangent = getattr(gradients[0], "tangent", None)  # none of a constant gradient
    return fresh(tangent, x, lead + shape(x)), found


def symmetric(H: ndarray) -> ndarray:
    """A Hessian without its rounding; of two mixed derivatives only one may be finite, and then it counts."""
    other = H.T
    both = (H + other) / 2
    return both if np.isfinite(both).all() else np.where(np.isfinite(H), np.where(np.isfinite(other), both, H), other)


def with_tangents(lines: Sequence[Any], p: ndarray, sweep: ForwardSweep) -> list[Any]:
    """The lines of a tape of one input, their values as dual numbers."""
    along: list[Any] = [p, *[None] * (len(lines) - 1)]
    duals: list[Any] = [dual(lines[0][1], p, sweep), *[None] * (len(lines) - 1)]
    made: list[Any] = [lines[0]]
    for k, line in enumerate(lines[1:], 1):
        along[k] = t = pushed(line, along, sweep.lead)
        out = line[-1]
        duals[k] = out if t is None else dual(out, t, sweep)
        call = Call.read(line)
        args = tuple([x if i < 0 else duals[i] for i, x in zip(call.parents, call.args)])
        made.append(Call(call.op, call.parents, args, call.params, duals[k]).line(call.parents))
    return made
