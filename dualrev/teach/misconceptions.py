"""Common mistakes in differentiating by hand, each computed, so that an answer can be told which of them it is.

A misconception is what one gets by it, and what to say then; no sentence contains the right number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from ..boundary import dtype_of
from ..program.program import Program, Value
from ..program.sensitivity import Arrival, adjoints, partial, tangents
from ..shapes import shape
from ..traced import value

TOLERANCE = 1e-6  # relative
NEARLY = 2e-2  # relative: somebody has rounded
MOST_USES = 8  # of which every subset is tried
IN_DEGREES = {np.sin, np.cos, np.tan}


class Misconception(NamedTuple):
    """What comes out by a mistake, and what to say to it."""

    result: Any
    said: str


@dataclass(frozen=True, eq=False)
class Known:
    """A program with everything that the answers are held against: tangents, adjoints, and how those came about."""

    program: Program
    along: list[Any]
    adjoint: list[Any]
    arrivals: list[list[Arrival]]

    @classmethod
    def of(cls, program: Program, seed: Any, output: Any) -> "Known":
        return cls(program, tangents(program, seed), *adjoints(program, output))

    def right(self, column: str, index: int, argument: int = 0) -> Any:
        """The number that belongs there."""
        v = self.program[index]
        if column == "value":
            return value(v.primal)
        if column == "partials":
            return partial(v, argument)
        found = (self.along if column == "tangent" else self.adjoint)[index]
        return np.zeros(shape(v.primal))[()] if found is None else value(found)


def equal(a: Any, b: Any, within: float = TOLERANCE) -> bool:
    """Are the two the same, to a relative tolerance?"""
    if a is None or b is None or np.shape(a) != np.shape(b):
        return False
    a, b = np.asarray(a), np.asarray(b)
    return bool(np.all(np.abs(a - b) <= within * np.maximum(np.max(np.abs(b), initial=0.0), 1e-3 * within)))


def hint(known: Known, column: str, index: int, argument: int, answer: Any) -> str:
    """What to say to a wrong answer."""
    right = known.right(column, index, argument)
    if np.shape(answer) != np.shape(right):
        return wrong_shape(known.program[index], column, answer, right)
    told = {"adjoint": of_adjoint, "tangent": of_tangent, "value": of_value, "partials": of_partial}[column]
    for mistake in (*general(right), *told(known, index, argument), *other_columns(known, column, index)):
        if equal(answer, mistake.result) and not equal(right, mistake.result):
            return mistake.said
    if equal(answer, right, NEARLY):
        return "nearly: if you have rounded, give more digits, seven at least, or the formula, np.cos(5) for instance."
    return {"adjoint": by_sum, "tangent": by_push, "value": by_formula, "partials": by_rule}[column](
        known, index, argument
    )


def wrong_shape(v: Value, column: str, answer: Any, right: Any) -> str:
    if np.shape(answer) == np.shape(right)[::-1]:
        return "its shape is that of the transpose."
    return f"its shape is {np.shape(answer)}, and {the(column)} of {v.name} has the shape {np.shape(right)}."


def the(column: str) -> str:
    return {"partials": "the local partial"}.get(column, f"the {column}")


def general(right: Any) -> Iterator[Misconception]:
    """What may happen in any column."""
    yield Misconception(-right, "the size is right, and the sign is not.")
    if np.ndim(right) == 2:
        yield Misconception(np.transpose(right), "that is the transpose.")


def other_columns(known: Known, column: str, index: int) -> Iterator[Misconception]:
    for other in ("tangent", "adjoint", "value"):
        if other != column:
            name = known.program[index].name
            said = f"that is the {other} of {name}, and asked is {the(column)}."
            yield Misconception(known.right(other, index), said)


def wrong_slopes(v: Value, k: int) -> Iterator[Misconception]:
    """Local partials that are taken wrong: degrees, the rule of powers, the rule of products."""
    func, args = v.call.op.func, [value(x) for x in v.call.args]
    if func in IN_DEGREES:
        said = "a sine or cosine was taken of degrees: angles are in radians."
        yield Misconception(slope_in_degrees(v, k), said)
    if func in (np.power, np.square) and k == 0:
        x, n = args[0], args[1] if len(args) > 1 else 2.0
        yield Misconception(x ** (n - 1), f"{v.name} = {v.expression}: the exponent comes down as a factor.")
        yield Misconception(n * x**n, f"{v.name} = {v.expression}: the exponent of the derivative is less by one.")
    if func is np.multiply:
        said = f"{v.name} = {v.expression}: the partial of a product by one factor is the other one."
        yield Misconception(args[k], said)


# ---- adjoints --------------------------------------------------------------------------------------------------------


def of_adjoint(known: Known, index: int, _: int) -> Iterator[Misconception]:
    program, v, uses = known.program, known.program[index], known.arrivals[index]
    if len(uses) > 1:
        yield from some_uses(known, v, uses)
    slopes = [partial(program[use.child], use.argument) for use in uses]
    if all(s is not None for s in slopes) and uses:
        above = " and ".join(dict.fromkeys(program[use.child].name for use in uses))
        alone = f"that is a local partial alone: multiply it with what comes from above, the adjoint of {above}."
        yield Misconception(sum(slopes), alone)
        for s in slopes:
            yield Misconception(s, alone)
    for use in uses:
        child = program[use.child].name
        said = f"that is the adjoint of {child}, from above: multiply it with the local partial of {child} by {v.name}."
        yield Misconception(known.adjoint[use.child], said)
    for use in uses[:1] if len(uses) == 1 else ():
        for slip in wrong_slopes(program[use.child], use.argument):
            yield Misconception(known.adjoint[use.child] * slip.result, slip.said)
    yield Misconception(in_degrees(known).get(index), "a sine or cosine was taken of degrees: angles are in radians.")


def some_uses(known: Known, v: Value, uses: list[Arrival]) -> Iterator[Misconception]:
    """Not all uses counted: the last one that comes in on the way back only, or some others."""
    children = list(dict.fromkeys(use.child for use in uses))
    if len(children) == 1:
        formula = known.program[children[0]].expression.replace(" ", "")
        said = f"{v.name} is used by 1 operation, which has {len(uses)} equal operands ({formula}): count both."
    else:
        last = sum(use.cotangent for use in uses if use.child == children[-1])
        yield Misconception(
            last,
            f"what {known.program[children[-1]].name} sends back has overwritten what came before: adjoints are added "
            "up, += and not =.",
        )
        names = ", ".join(known.program[k].name for k in children)
        said = f"{v.name} is used by {len(children)} operations ({names}): add up what each of them sends back."
    for count in range(1, len(uses)):
        for some in combinations(uses[:MOST_USES], count):
            yield Misconception(sum(use.cotangent for use in some), said)


def in_degrees(known: Known) -> dict[int, Any]:
    """The adjoints where every sine and cosine was taken of degrees; of programs of numbers."""
    program, found = known.program, dict[int, Any]()
    if not program.is_scalar or not any(v.call.op.func in IN_DEGREES for v in program.operations):
        return found
    for k in program.outputs:
        if k is not None and known.adjoint[k] is not None and not known.arrivals[k]:
            found[k] = known.adjoint[k]
    for v in program.operations[::-1]:
        for k, p in enumerate(v.parents):
            if p >= 0 and v.index in found:
                found[p] = found.get(p, 0.0) + found[v.index] * slope_in_degrees(v, k)
    return found


def slope_in_degrees(v: Value, k: int) -> Any:
    """The local partial of v, where the sine or cosine in it was taken of degrees."""
    if v.call.op.func not in IN_DEGREES:
        return partial(v, k)
    x = np.deg2rad(value(v.call.args[k]))
    return v.call._replace(args=(x,), out=v.call.op.func(x)).push((), [np.ones((), dtype_of(x))[()]])


def by_sum(known: Known, index: int, _: int) -> str:
    """How the adjoint comes about, without numbers."""
    v, uses = known.program[index], known.arrivals[index]
    if not uses:
        return f"does the output change with {v.name}?"
    terms = [f"adj {known.program[u.child].name} * (its local partial by {v.name})" for u in uses[:3]]
    return f"adj {v.name} = {' + '.join(terms)}{' + ...' * (len(uses) > 3)}."


# ---- tangents --------------------------------------------------------------------------------------------------------


def of_tangent(known: Known, index: int, _: int) -> Iterator[Misconception]:
    v = known.program[index]
    moving = [(k, p) for k, p in enumerate(v.parents) if p >= 0 and known.along[p] is not None]
    slopes = [partial(v, k) for k, _ in moving]
    if v.call is None or any(s is None for s in slopes):
        return
    changes = [known.along[p] for _, p in moving]
    names = " and ".join(dict.fromkeys(known.program[p].name for _, p in moving))
    if len(moving) > 1:
        said = (
            f"{v.name} = {v.expression} has {len(moving)} arguments: add a term for each, local partial times tangent."
        )
        for s, t in zip(slopes, changes, strict=True):
            yield Misconception(s * t, said)
        yield Misconception(
            np.prod(changes, axis=0),
            "that is the product of the tangents: each has its local partial, and they add up.",
        )
    yield Misconception(sum(slopes), f"those are local partials alone: multiply each with the tangent of {names}.")
    for k, p in moving[:1] if len(moving) == 1 else ():
        for slip in wrong_slopes(v, k):
            yield Misconception(slip.result * known.along[p], slip.said)


def by_push(known: Known, index: int, _: int) -> str:
    v = known.program[index]
    names = [known.program[p].name for p in v.parents if p >= 0]
    terms = [f"(local partial by {name}) * tan {name}" for name in names]
    return f"tan {v.name} = {' + '.join(terms)}, for {v.name} = {v.expression}."


# ---- values and partials ---------------------------------------------------------------------------------------------


def of_value(known: Known, index: int, _: int) -> Iterator[Misconception]:
    v = known.program[index]
    if v.call is None or len(v.call.args) != 1:
        return
    x = value(v.call.args[0])
    if v.call.op.func in IN_DEGREES:
        said = "that is the function of degrees: angles are in radians."
        yield Misconception(v.call.op.func(np.deg2rad(x)), said)
    if v.call.op.func is np.log and np.all(x > 0):
        yield Misconception(np.log10(x), "that is the logarithm to base 10, and log is the natural one.")


def by_formula(known: Known, index: int, _: int) -> str:
    v = known.program[index]
    return f"{v.name} = {v.expression}, of the values in the lines above."


def of_partial(known: Known, index: int, argument: int) -> Iterator[Misconception]:
    v, here = known.program[index], partial(known.program[index], argument)
    if known.adjoint[index] is not None:
        said = f"that is already multiplied with the adjoint of {v.name}: asked is the local partial alone."
        yield Misconception(here * known.adjoint[index], said)
    for k, p in enumerate(v.parents):
        if p >= 0 and k != argument:
            said = f"that is the local partial by {known.program[p].name}, the other argument."
            yield Misconception(partial(v, k), said)
    yield from wrong_slopes(v, argument)


def by_rule(known: Known, index: int, argument: int) -> str:
    v = known.program[index]
    name = known.program[v.parents[argument]].name
    return f"how does {v.name} = {v.expression} change with {name}, if all else in it stays?"
