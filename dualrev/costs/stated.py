"""What is stated beside an op about its cost, and what its kind says where nothing is."""

from typing import Any

import numpy as np

from ..kinds import Elementwise
from ..registry import Call, Op
from ..shapes import size


def value_flops(call: Call) -> float:
    """The flops of the op itself: as stated beside it, or one per element."""
    stated = call.op.flops
    return size(call.out) if stated is None or stated.value is None else read(stated.value, call)


def is_known(op: Op) -> bool:
    """Has somebody said what the op costs? Of a ufunc the kind says it."""
    return op.flops is not None or (isinstance(op.rule, Elementwise) and isinstance(op.func, np.ufunc))


def read(formula: Any, call: Call) -> Any:
    return formula(call.out, *call.args, **call.params) if callable(formula) else formula


def stated(call: Call, name: str) -> tuple[float, ...]:
    """What is stated beside the op under one of the names of `Flops`, or follows from it: a number per argument."""
    formula = getattr(call.op.flops, name, None)
    if formula is None and name == "pull":
        return stated(call, "push")
    found = read(formula, call) if formula is not None else value_flops(call) if name == "push" else 0
    return found if isinstance(found, tuple) else (found,) * len(call.args)
