"""The flops of partial derivatives, counted as the formulas are written: each is run once, on a tape of its own."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..kinds import over, parts
from ..registry import Call
from ..reverse.node import Tape
from ..shapes import shape, size
from .stated import stated, value_flops

PARTIALS: dict[Any, Any] = {}  # what has been counted before


def partial_flops(call: Call, uses: list[int]) -> tuple[float, bool]:
    """The flops of the partials of the arguments `uses`, and whether they could be counted."""
    if getattr(call.op.flops, "shared", None) is not None:
        found = stated(call, "shared")
        return sum(found[k] for k in uses), True
    counts = PARTIALS.get(call.op)
    if counts is None:
        counts = PARTIALS[call.op] = [counted_partial(p, len(call.args)) for p in call.op.rule.partials]
    total = sum(flops * extent(on, call) for k in uses for on, flops in (counts[k] or {}).items())
    unknown = sum(counts[k] is None for k in uses)
    return total + unknown * size(call.out), not unknown


def extent(on: frozenset[int], call: Call) -> int:
    """The size of what depends on the output (0) and the arguments (1, 2, ...) in `on`."""
    if 0 in on:
        return size(call.out)
    return prod(np.broadcast_shapes(*[shape(call.args[k - 1]) for k in on]))


def counted_partial(p: Any, arity: int) -> dict[frozenset[int], float] | None:
    """The flops of a partial by what they depend on, each for one element; None if it does not say."""
    counts: dict[frozenset[int], float] = {}
    if not callable(p):
        return counts
    formula = p.q if isinstance(p, over) and arity == 1 else p  # one tangent is divided by q, and not multiplied by 1/q
    found = traced(formula, [np.float64(0.5)] * (1 + arity))
    if found is None:
        return None
    depends = [frozenset([k]) for k in range(1 + arity)]
    for line in found[1 + arity :]:
        parents, flops = parts(line)[0], value_flops(Call.read(line))
        on = frozenset().union(*[depends[i] for i in parents if i >= 0])
        depends.append(on)
        counts[on] = counts.get(on, 0.0) + flops
    return counts


def reduced_partial_flops(call: Call) -> tuple[float, bool]:
    """As `partial_flops`, of a reduction: a * size(x) + b * size(out), counted on three small arrays."""
    if getattr(call.op.flops, "shared", None) is not None:
        return stated(call, "shared")[0], True
    params = {k: v for k, v in call.params.items() if k not in ("axis", "keepdims")}
    key = (call.op, *sorted(params.items()))
    if key not in PARTIALS:
        PARTIALS[key] = counted_reduction(lambda y, x: call.op.rule.partial(y, x, (-1,), **params))
    if PARTIALS[key] is None:
        return size(call.args[0]), False
    per_x, per_y = PARTIALS[key]
    return per_x * size(call.args[0]) + per_y * size(call.out), True


def counted_reduction(partial: Callable[..., Any]) -> tuple[float, float] | None:
    def total(rows, columns):
        lines = traced(partial, [np.full((rows, 1), 1.5), np.full((rows, columns), 1.5)])
        return None if lines is None else sum(value_flops(Call.read(line)) for line in lines[2:])

    at_two, at_four = total(1, 2), total(1, 4)
    if at_two is None or at_four is None:
        return None
    per_x = (at_four - at_two) / 2
    return per_x, at_two - 2 * per_x


def traced(formula: Callable[..., Any], values: list[Any]) -> list[Any] | None:
    """The lines that a formula writes; None where it raises, as a user's own may on anything but arrays."""
    tape = Tape()
    try:
        with np.errstate(all="ignore"):
            formula(*[tape.input(x) for x in values])
    except Exception:
        return None
    return tape.close()
