"""Derivatives that are wrong in one region only: on one branch, for negative inputs, at one point, off the diagonal."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy import ndarray

from ..program.program import Value
from .branches import selection
from .cases import Case
from .factors import spread_out
from .routes import spelled

SIDES = {
    ("where", 1): "takes its first branch", ("where", 0): "takes its second branch",
    ("larger", 1): "takes its first argument", ("larger", -1): "takes its second argument",
    ("absolute", 1): "has a positive argument", ("absolute", -1): "has a negative argument",
}  # fmt: skip


def region(case: Case) -> str:
    """Where it is wrong, and nowhere else, as the branch that runs there; "" if there is no such thing."""
    for values in zip(*[g.operations for g in case.programs]):
        decided = [decision(v) for v in values]
        spread = [None if d is None else spread_out(case, d) for d in decided]
        if any(s is None for s in spread):
            continue
        for side in np.unique(np.concatenate([np.ravel(s) for s in spread])):  # type: ignore[arg-type]
            if just_there(case, [s == side for s in spread]):
                return f"wrong only where {spelled(values[0])} {side_said(values[0], int(side))}"
    negative = [(p.x[case.columns] < 0)[None] for p in case.places]
    if (negative[0] & case.wrong).any(axis=0).sum() > 1 and just_there(case, negative):
        return "wrong only where the input is negative"
    return ""


def decision(v: Value) -> Any:
    """What an op with branches decided, as numbers."""
    if v.op == "where" and not np.iscomplexobj(v.call.args[0]):
        return np.asarray(v.call.args[0]).astype(int)
    found = selection(v.call)
    return None if found is None or found.dtype == object else found.astype(int)


def side_said(v: Value, side: int) -> str:
    smaller = v.op in ("minimum", "fmin")
    kind = "where" if v.op == "where" else "larger" if v.op in ("maximum", "fmax", "minimum", "fmin") else "absolute"
    if v.op in ("absolute", "fabs") or kind != "absolute":
        return SIDES.get((kind, -side if smaller else side), "is at a tie")
    return "is on one of its branches"


def just_there(case: Case, where: list[Any]) -> bool:
    """Is it wrong there, and right elsewhere, at all places?"""
    wrong, right = False, False
    for p, there in zip(case.places, where):
        there = np.broadcast_to(there, case.wrong.shape)
        told = p.sure & ((p.truth != 0) | p.wrong)
        if (told & (there != p.wrong)).any():
            return False
        wrong, right = wrong or bool((there & told).any()), right or bool((~there & told).any())
    return wrong and right


def zeros(case: Case, where: ndarray) -> Iterator[str]:
    """What is wrong is 0."""
    if any(np.any(p.yours[where]) for p in case.places):
        return
    m, n = case.wrong.shape
    if m == n == case.subject.x.size and m > 1:
        i, j = np.indices((m, n))
        for away, said in (
            (i != j, "off the diagonal: only the diagonal is there"),
            (i > j, "below the diagonal: only one triangle is there"),
            (i < j, "above the diagonal: only one triangle is there"),
            (i == j, "on the diagonal: the diagonal is missing"),
        ):
            if not any(np.any(p.yours[away]) for p in case.places) and not case.wrong[~away].any() and where.sum() > 1:
                yield f"yours is 0 {said}"
    yield f"{case.extent(where)}yours is 0: its derivative is missing"


def diagonal(case: Case) -> str:
    """Is all that is wrong off the diagonal, and all of it?"""
    m, n = case.wrong.shape
    if m != n or m != case.subject.x.size or m < 2:
        return ""
    off = ~np.eye(n, dtype=bool)
    told = np.logical_or.reduce([p.truth != 0 for p in case.places])
    if case.wrong[~off].any() or not case.wrong[off & told].all() or not (~off & told).any():
        return ""
    return "off the diagonal, "
