"""Which branch of a piecewise function runs at a point: what its comparisons, maxima, masks and roundings decided.

Two points with the same signature lie on the same smooth piece, as far as the tape can see: same operations, same
selections, same constants.
"""

from typing import Any

import numpy as np

from ..registry import Call
from ..reverse.node import calls
from ..reverse.vjp import Recording
from ..tracer import value

Signature = list[tuple[Any, ...]]


def selection(call: Call) -> Any:
    """What an op that is not smooth decided at its arguments: a sign pattern, an order; None for a smooth one."""
    name = call.op.name.rpartition(".")[2]
    chooser = CHOOSERS.get(name)
    if chooser is None:
        return None
    return np.asarray(chooser(*[np.asarray(value(x)) for x in call.args], **call.params))


CHOOSERS: dict[str, Any] = {
    "absolute": lambda x: np.sign(x),
    "fabs": lambda x: np.sign(x),
    "maximum": lambda x, y: np.sign(x - y),
    "minimum": lambda x, y: np.sign(x - y),
    "fmax": lambda x, y: np.sign(x - y),
    "fmin": lambda x, y: np.sign(x - y),
    "heaviside": lambda x, h: np.sign(x),
    "remainder": lambda x, y: np.floor_divide(x, y),
    "fmod": lambda x, y: np.trunc(x / y),
    "max": lambda x, **p: x == np.max(x, axis=p.get("axis"), keepdims=True),
    "amax": lambda x, **p: x == np.max(x, axis=p.get("axis"), keepdims=True),
    "min": lambda x, **p: x == np.min(x, axis=p.get("axis"), keepdims=True),
    "amin": lambda x, **p: x == np.min(x, axis=p.get("axis"), keepdims=True),
    "sort": lambda x, axis=-1, **p: np.argsort(x, axis=axis, kind="stable"),
    "norm": lambda x, **p: np.sign(x) if p.get("ord") in (1, np.inf, -np.inf) else np.any(x != 0),
    "std": lambda x, **p: np.ptp(x) > 0,
    "copysign": lambda x, y: np.sign(x) * np.sign(y),
}


def signature(recording: Recording) -> Signature:
    """What was decided, line by line: the op, its selection, and its constant arguments."""
    found: Signature = [tuple(np.shape(x) for x in recording.leaves)]
    for _, call in calls(recording.lines):
        chosen = selection(call)
        constants = [frozen(x) for p, x in zip(call.parents, call.args) if p < 0]
        found.append((call.op.name, None if chosen is None else frozen(chosen), *constants))
    return found


def frozen(x: Any) -> Any:
    """A constant as something to compare: the bytes of an array, the text of anything else."""
    if isinstance(x, np.ndarray):
        return x.shape, x.tobytes() if x.dtype != object else repr(x)
    return repr(x)


def first_change(a: Recording, b: Recording) -> int | None:
    """The first line where two runs decided differently; None if they are on one branch."""
    left, right = signature(a), signature(b)
    start = len(a.leaves)
    for k, (x, y) in enumerate(zip(left[1:], right[1:])):
        if x != y:
            return start + k
    return None if len(left) == len(right) else start + min(len(left), len(right)) - 1


