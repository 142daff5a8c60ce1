"""A derivative that is wrong at some points and right at others: on a branch, or at one point alone."""

import numpy as np

from ..program.program import Program
from .branches import first_change
from .cases import Case
from .functions import scales
from .places import place_of
from .routes import spelled

BESIDE = 1e-7  # relative: of the point given, what is still on its branch


def near_which(case: Case) -> str:
    """Near which points it is wrong, and on which branch, where that can be told; it is wrong at some of them only."""
    first = bool(case.places[0].wrong.any())
    parting = parting_of(case)
    if parting:
        here, there = ("wrong", "right") if first else ("right", "wrong")
        return f"{here} at the point given, and {there} where another branch runs: they part at {parting}"
    at, near = "at the point given", "near the point given"
    if beside_is_wrong(case) != first:
        return f"wrong only {at}, and right near it" if first else f"wrong only {near}, and right at it"
    if first:
        return f"wrong {at} and next to it, and right further away: a branch has the derivative of another"
    return f"right {at} and next to it, and wrong further away: a branch has the derivative of another"


def parting_of(case: Case) -> str:
    """The operation from which on the points where it is wrong have another program than those where it is right."""
    wrong: list[Program] = []
    right: list[Program] = []
    for p, program in zip(case.places, case.recorded):
        if program is None:
            return ""
        (wrong if p.wrong.any() else right).append(program)
    alike = all(first_change(of[0].recording, g.recording) is None for of in (wrong, right) for g in of)
    k = first_change(wrong[0].recording, right[0].recording)
    if k is None or not alike:
        return ""
    one = next(g for g in (wrong[0], right[0]) if k < len(g))
    return spelled(one.values[k])


def beside_is_wrong(case: Case) -> bool:
    """Is it wrong right next to the point given?"""
    subject, x = case.subject, case.places[0].x
    try:
        beside = place_of(subject, x + BESIDE * scales(x, subject.leaves), case.columns)
    except Exception:  # it may not be defined there
        return not case.places[0].wrong.any()
    return bool(np.any(beside.wrong))
