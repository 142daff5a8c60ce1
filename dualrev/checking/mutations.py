"""A constant of the function that is another number in its derivative: the program is run again with other numbers."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from ..kinds import Elementwise
from ..program.program import Program, Value
from ..program.sensitivity import adjoints
from .cases import Case
from .factors import constants
from .functions import flat
from .noise import last_digit
from .routes import spelled

STEPS, CONSTANTS = 12, 12  # of the search for the number; constants that are tried
SHORT = 3  # digits of a number that somebody wrote
NEAR = 1e-6  # relative, of the number that was found to the short one


def mutated(case: Case) -> Iterator[str]:
    """One constant of the program is another number in yours."""
    standing = [(v.index, k) for g in case.programs[:1] for v in g.operations for k in of_numbers(v)]
    if len(case.wrong) != 1 or not case.programs or len(case.columns) < 2:
        return
    for index, k in standing[:CONSTANTS]:
        v = case.programs[0][index]
        a = float(v.call.args[k])
        found = number_for(case, index, k, a)
        if found is not None and found not in (0.0, a, -a, 2 * a, a / 2) and explains(case, index, k, found):
            yield f"a constant is another one: {found:g} stands for {a:g} in {spelled(v)}"


def of_numbers(v: Value) -> list[int]:
    """Which arguments of an elementwise operation are numbers that stand there as they are."""
    if not isinstance(v.call.op.rule, Elementwise):
        return []
    numbers = constants(v)
    return [k for k, p in enumerate(v.parents) if p < 0 and any(v.call.args[k] is c for c in numbers)]


def number_for(case: Case, index: int, k: int, a: float) -> float | None:
    """The short number that makes the derivative yours, where it is wrong most, by the secant method; or None."""
    p, program = case.places[0], case.programs[0]
    j = int(np.argmax(np.where(p.wrong[0], p.off[0], 0.0)))

    def gap(number: float) -> float:
        return float(with_number(program, index, k, number)[case.columns[j]] - p.yours[0, j])

    before, now = a, 1.01 * a + 0.01 * (a == 0)
    gaps = gap(before), gap(now)
    for _ in range(STEPS):
        if not np.isfinite(gaps[1]) or gaps[0] == gaps[1] or abs(now - before) <= 1e-12 * abs(now):
            break
        before, now = now, now - gaps[1] * (now - before) / (gaps[1] - gaps[0])
        gaps = gaps[1], gap(now)
    short = float(f"{now:.{SHORT}g}") if np.isfinite(now) else 0.0
    return short if abs(now - short) <= NEAR * abs(now) and last_digit(short)[0] <= SHORT else None


def explains(case: Case, index: int, k: int, number: float) -> bool:
    """Is yours the derivative with that number, at all points?"""
    return all(
        np.allclose(with_number(g, index, k, number)[case.columns], p.yours[0], rtol=1e-7, atol=float(np.max(p.error)))
        for g, p in zip(case.programs, case.places)
    )


def with_number(program: Program, index: int, k: int, number: float) -> ndarray:
    """The gradient of the program with another number as argument k of one operation."""
    values = [program[i] for i in program.inputs]
    with np.errstate(all="ignore"):
        for v in program.operations:
            args = [c if p < 0 else values[p].primal for c, p in zip(v.call.args, v.parents)]
            if v.index == index:
                args[k] = number
            out = v.call.op.apply(*args, **v.call.params)
            values.append(replace(v, primal=out, call=v.call._replace(args=tuple(args), out=out)))
        adjoint, _ = adjoints(replace(program, values=values), 0)
    made = [np.zeros(np.shape(program[i].primal)) if adjoint[i] is None else adjoint[i] for i in program.inputs]
    return flat(made)
