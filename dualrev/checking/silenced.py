"""Logarithms that are kept from 0 by another number in its place: their terms vanish, and so do their derivatives."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..program.program import Program, Value
from ..traced import value
from .routes import spelled

LOGARITHMS = ("log", "log2", "log10")
LOG_DOMAIN = (
    "if it is a probability that underflows, stay in the log domain: logsumexp, log_softmax or np.logaddexp in place "
    "of the logarithm of an exponential"
)


def silenced(program: Program, adjoint: Sequence[Any]) -> Iterator[str]:
    """A note for each logarithm whose result counts where its argument is a constant that stands in for the real one.

    adjoint: the cotangent of each value, None where none arrives. A result that is masked, or weighted by 0, is fine.
    """
    for v in program.operations:
        if v.op in LOGARITHMS and v.parents[0] >= 0 and adjoint[v.index] is not None:
            instead = stands_in(program, program[v.parents[0]])
            if instead is None:
                continue
            lost = instead & (np.broadcast_to(value(adjoint[v.index]), instead.shape) != 0)
            if lost.any():
                yield said(v, lost)


def stands_in(program: Program, v: Value) -> ndarray | None:
    """Where an argument of a logarithm is a constant in place of a value that is not positive; None if it never is."""
    args: list[Any] = [np.asarray(value(a)) for a in v.call.args] if v.call is not None else []
    if v.op == "where":
        mask, branches = args[0].astype(bool), args[1:]
        first, second = (p < 0 and x.size == 1 for p, x in zip(v.parents[1:], branches))
        return np.broadcast_to(mask if first else ~mask, np.shape(v.primal)) if first or second else None
    if v.op in ("maximum", "fmax") and min(v.parents) < 0:
        x, constant = args if v.parents[1] < 0 else args[::-1]
        return np.broadcast_to(x < constant, np.shape(v.primal))
    if v.op == "minimum" and v.parents[0] >= 0:  # as in np.clip
        instead = stands_in(program, program[v.parents[0]])
        return None if instead is None else np.broadcast_to(instead, np.shape(v.primal))
    return None


def said(v: Value, lost: ndarray) -> str:
    """Which logarithm, for how many elements, what becomes of them, and what to do."""
    zero = np.all(np.broadcast_to(v.primal, lost.shape)[lost] == 0)
    what = "are 0, and so are their derivatives" if zero else "have the derivative 0"
    count = f"{lost.sum()} of {lost.size} elements of its argument" if lost.size > 1 else "its argument"
    return f"{spelled(v)}: a constant stands in for {count}, whose terms {what}, silently: {LOG_DOMAIN}"
