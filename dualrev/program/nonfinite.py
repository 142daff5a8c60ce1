"""The first operation of a program whose value, or whose derivative, is not finite."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..reverse.pullback import pull
from ..shapes import shape
from ..source import Place
from ..tracer import value
from .notation import short
from .program import Program, Value, trace


@dataclass(frozen=True)
class NonFinite:
    """An operation that made an infinity or a NaN out of finite numbers.

    what: "value" or "derivative". op: its short name. place: the user's line. input: the argument where it happened.
    """

    what: str
    op: str
    place: Place | None
    input: float

    def __str__(self) -> str:
        said = "op" if self.what == "value" else "derivative"
        return f"first non-finite {said}: {self.op}{f', {self.place}' if self.place else ''}, input {self.input:.6g}"


def first_nonfinite(f: Callable[..., Any], *x: Any) -> NonFinite | None:
    """Where the first infinity or NaN of f at x comes from: of its values, else of its derivatives in reverse mode."""
    with np.errstate(all="ignore"):
        program = trace(f, *x)
        for v in program.operations:
            if not finite(v.primal):
                return found("value", v, first_argument(v), bad(v.primal))
        return first_derivative(program)


def first_derivative(program: Program) -> NonFinite | None:
    """The first operation, on the way back from ones, that makes a non-finite cotangent out of finite ones."""
    adjoint: list[Any] = [None] * len(program)
    for index in program.outputs:
        if index is not None:
            adjoint[index] = np.ones(shape(program.values[index].primal))[()]
    for v in program.operations[::-1]:
        if adjoint[v.index] is None:
            continue
        for k, ct in enumerate(pull(v.call, adjoint[v.index], ())):
            if ct is None:
                continue
            if not finite(ct):
                return found("derivative", v, v.call.args[k], bad(ct))
            p = v.parents[k]
            adjoint[p] = ct if adjoint[p] is None else adjoint[p] + ct
    return None


def first_argument(v: Value) -> Any:
    return next((x for p, x in zip(v.parents, v.call.args) if p >= 0), 0.0)


def found(what: str, v: Value, x: Any, where: np.ndarray) -> NonFinite:
    """x is an argument of v; the number in it at the first place `where`, if the shapes agree."""
    x = np.asarray(value(x))
    at = x[where].flat[0] if x.shape == where.shape and x.ndim else x.flat[0] if x.size == 1 else np.nan
    return NonFinite(what, short(v.call), v.place, float(at))


def bad(x: Any) -> np.ndarray:
    return ~np.isfinite(np.asarray(value(x), float))


def finite(x: Any) -> bool:
    return not bad(x).any()
