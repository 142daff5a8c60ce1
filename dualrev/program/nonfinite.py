"""The first operation of a program whose value, or whose derivative, is not finite."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..reverse.pullback import pull
from ..shapes import shape
from ..source import Place
from ..traced import is_hidden, leaving, value
from .notation import short
from .program import Program, Value, trace


@dataclass(frozen=True)
class NonFinite:
    """An operation that made an infinity or a NaN out of finite numbers.

    what: "value" or "derivative". op: its short name. place: the user's line. inputs: its arguments where it happened,
    nan for one that cannot be told.
    """

    what: str
    op: str
    place: Place | None
    inputs: tuple[float, ...]

    def __str__(self) -> str:
        said = "op" if self.what == "value" else "derivative"
        numbers = " and ".join(f"{x:.6g}" for x in self.inputs)
        where = f", {self.place}" if self.place else ""
        return f"first non-finite {said}: {self.op}{where}, input{'s' * (len(self.inputs) > 1)} {numbers}"


def first_nonfinite(f: Callable[..., Any], *x: Any) -> NonFinite | None:
    """Where the first infinity or NaN of f at x comes from: of its values, else of its derivatives in reverse mode.

    >>> print(first_nonfinite(np.sqrt, 0.0))
    first non-finite derivative: sqrt, input 0
    """
    with np.errstate(all="ignore"):
        program = trace(f, *x)
        for v in program.operations:
            if not finite(v.primal):
                return found("value", v, bad(v.primal))
        return first_derivative(program)


def first_derivative(program: Program) -> NonFinite | None:
    """The first operation, on the way back from ones, that makes a non-finite cotangent out of finite ones."""
    adjoint: list[Any] = [None] * len(program)
    for index in program.outputs:
        if index is not None:
            adjoint[index] = np.ones(shape(program.values[index].primal))[()]
    masked: NonFinite | None = None  # a slope that only meets zeros: mostly of a value that is not used
    for v in program.operations[::-1]:
        ct_out = adjoint[v.index]
        if ct_out is None:
            continue
        for k, ct in enumerate(pulled(v, ct_out)):
            if ct is None:
                continue
            where = bad(ct)
            if where.any():
                met = ct_out[where] if shape(ct_out) == where.shape else ct_out
                if np.any(met):
                    return found("derivative", v, where)
                masked = masked or found("derivative", v, where)
                ct = np.where(where, 0.0, ct)
            p = v.parents[k]
            adjoint[p] = ct if adjoint[p] is None else adjoint[p] + ct
    return masked


def pulled(v: Value, ct: Any) -> list[Any]:
    """J^T ct for each argument of v. Behind a decomposition with equal values it is complete: a number, or nan."""
    back = pull(v.call, ct, ())
    return [leaving(g) if g is not None and is_hidden(g) else g for g in back] if takes_apart(v) else back


def takes_apart(v: Value) -> bool:
    """Is v a decomposition that found equal values, or zeros?"""
    return is_hidden(v.call.out) and not any(map(is_hidden, v.call.args))


def found(what: str, v: Value, where: np.ndarray) -> NonFinite:
    """The operation v, with the numbers in its arguments at the first place `where`."""
    arrays = [np.asarray(value(x)) for x in v.call.args if np.asarray(value(x)).dtype.kind in "biuf"]
    return NonFinite(what, short(v.call), v.place, tuple(number_at(x, where) for x in arrays))


def number_at(x: np.ndarray, where: np.ndarray) -> float:
    """The number in x at the first place `where`, if x has that shape or is broadcast to it; else nan."""
    try:
        return float(np.broadcast_to(x, where.shape)[where][0])
    except ValueError:
        return float("nan")


def bad(x: Any) -> np.ndarray:
    x = np.asarray(value(x))
    return ~np.isfinite(x) if x.dtype.kind in "fc" else np.zeros(x.shape, bool)


def finite(x: Any) -> bool:
    return not bad(x).any()
