"""Which branch of a piecewise function runs at a point: what its comparisons, maxima, masks and roundings decided.

Two points with the same signature lie on the same smooth piece, as far as the tape can see: same operations, same
selections, same constants.
"""

from itertools import zip_longest
from typing import Any

import numpy as np

from ..registry import Call
from ..reverse.node import calls
from ..reverse.vjp import Recording
from ..traced import value

Signature = list[tuple[Any, ...]]


def largest(x: np.ndarray, **params: Any) -> np.ndarray:
    return x == np.max(x, axis=params.get("axis"), keepdims=True)


CHOOSERS: dict[str, Any] = {
    **dict.fromkeys(("absolute", "fabs"), lambda x: np.sign(x)),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), lambda x, y: np.sign(x - y)),
    **dict.fromkeys(("max", "amax"), largest),
    **dict.fromkeys(("min", "amin"), lambda x, **params: largest(-x, **params)),
    "heaviside": lambda x, h: np.sign(x),
    "copysign": lambda x, y: np.sign(x) * np.sign(y),
    "remainder": lambda x, y: np.floor_divide(x, y),
    "fmod": lambda x, y: np.trunc(x / y),
    "sort": lambda x, axis=-1, **params: np.argsort(x, axis=axis, kind="stable"),
    "norm": lambda x, ord=None, **params: np.sign(x) if ord in (1, np.inf, -np.inf) else np.any(x != 0),
    "std": lambda x, **params: np.ptp(x) > 0,
}  # of the ops that have kinks, what decides on which side of them they are


def selection(call: Call) -> Any:
    """What an op that is not smooth decided at its arguments: a sign pattern, an order; None for a smooth one."""
    chooser = CHOOSERS.get(call.op.name.rpartition(".")[2])
    return None if chooser is None else np.asarray(chooser(*[np.asarray(value(x)) for x in call.args], **call.params))


def signature(recording: Recording) -> Signature:
    """What was decided, line by line: the op, its selection, and its constant arguments."""
    found: Signature = []
    for _, call in calls(recording.lines):
        constants = [frozen(x) for p, x in zip(call.parents, call.args) if p < 0]
        found.append((call.op.name, frozen(selection(call)), *constants))
    return found


def frozen(x: Any) -> Any:
    """A constant as something to compare: the bytes of an array, the text of anything else."""
    if isinstance(x, np.ndarray):
        return x.shape, x.tobytes() if x.dtype != object else repr(x)
    return repr(x)


def first_change(a: Recording, b: Recording) -> int | None:
    """The first line where two runs decided differently; None if they are on one branch."""
    pairs = zip_longest(signature(a), signature(b))
    return next((len(a.leaves) + k for k, (x, y) in enumerate(pairs) if x != y), None)
