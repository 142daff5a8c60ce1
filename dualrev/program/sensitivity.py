"""Derivatives of a recorded program, value by value: tangents, adjoints, local partials, and how adjoints add up.

Everything is asked of the rules of the registry, through `Call.push` and `pull`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..boundary import dtype_of, matched
from ..errors import InputError
from ..kinds import Elementwise
from ..reverse.pullback import pull
from ..shapes import shape, size
from .notation import array_text, element_text, number
from .program import Program, Value

MOST_TERMS = 3  # of a sum over uses that is written out


@dataclass(frozen=True, eq=False)
class Arrival:
    """What one use of a value adds to its adjoint: J_k^T times the adjoint of `child`, J_k for its argument k."""

    child: int
    argument: int
    cotangent: Any


def tangents(program: Program, seed: Any = None) -> list[Any]:
    """The tangent of every value for one direction of the inputs; None where the value does not change."""
    along = direction(program, seed)
    for v in program.operations:
        arriving = [None if p < 0 else along[p] for p in v.parents]
        along.append(v.call.push((), arriving) if any(t is not None for t in arriving) else None)
    return along


def adjoints(program: Program, seed: Any = None, steps: int | None = None) -> tuple[list[Any], list[list[Arrival]]]:
    """The adjoint of every value for one cotangent of the outputs, and what arrived to make it up, in order.

    None where the value does not matter. steps: how many operations of the way back to do, all by default.
    """
    adjoint: list[Any] = [None] * len(program)
    arrivals: list[list[Arrival]] = [[] for _ in program.values]
    for index, ct in zip(program.outputs, cotangents(program, seed)):
        if index is not None and ct is not None:
            adjoint[index] = ct if adjoint[index] is None else adjoint[index] + ct
    for v in program.operations[::-1][:steps]:
        if adjoint[v.index] is not None:
            for k, ct in enumerate(pull(v.call, adjoint[v.index], ())):
                if ct is not None:
                    p = v.parents[k]
                    arrivals[p].append(Arrival(v.index, k, ct))
                    adjoint[p] = ct if adjoint[p] is None else adjoint[p] + ct
    return adjoint, arrivals


def partial(v: Value, k: int) -> Any:
    """The local partial of v in its argument k: a number between numbers, an array where the op is elementwise."""
    x = v.call.args[k]
    if (v.scalar and shape(x) == ()) or (isinstance(v.call.op.rule, Elementwise) and shape(x) == shape(v.primal)):
        one = np.ones(shape(x), dtype_of(x))[()]
        return v.call.push((), [one if i == k else None for i in range(len(v.parents))])
    return None


def partial_text(v: Value, k: int) -> str:
    """The local partial as text: a number, the diagonal of an elementwise op, or the shape of J."""
    found = partial(v, k)
    return f"J {size(v.primal)}x{size(v.call.args[k])}" if found is None else array_text(found)


def sum_text(program: Program, adjoint: list[Any], arrivals: list[Arrival], most: int = MOST_TERMS) -> str:
    """How an adjoint came about, "1*5 + 1*0.5": adjoint times local partial, summed over the uses, of many the ends."""
    return ends(arrivals, lambda a: product_text(program[a.child], adjoint[a.child], a.argument), most)


def ends(arrivals: list[Arrival], term: Callable[[Arrival], str], most: int = MOST_TERMS) -> str:
    """A sum over uses; of more than `most` the first and the last, and how many there are."""
    if len(arrivals) <= most:
        return " + ".join(map(term, arrivals))
    return f"{term(arrivals[0])} + ... + {term(arrivals[-1])} ({len(arrivals):,} uses)"


def product_text(child: Value, adjoint: Any, k: int) -> str:
    slope = partial(child, k)
    if slope is not None and shape(slope) == ():
        factors = number(adjoint), number(slope)
        return "*".join(f"({f})" if f[0] == "-" else f for f in factors)
    return f"JT({child.name})"


# ---- seeds -----------------------------------------------------------------------------------------------------------


def direction(program: Program, seed: Any = None) -> list[Any]:
    """A tangent for each input: 1 for the first element, or for the one that `seed` names, and 0 for the others.

    seed: the name of an input ("x1", of an array "x[3]"); a dict of names and tangents; or one tangent per input.
    """
    inputs = [program[k] for k in program.inputs]
    if seed is None or isinstance(seed, str):
        return one_hot(inputs, seed)
    if isinstance(seed, Mapping):
        unknown = seed.keys() - {v.name for v in inputs}
        if unknown:
            raise InputError(f"seed names {', '.join(map(repr, unknown))}; the inputs are {listed(inputs)}")
        given = [seed.get(v.name, np.zeros(shape(v.primal))) for v in inputs]
    else:
        given = [seed] if len(inputs) == 1 and not (isinstance(seed, (list, tuple)) and len(seed) == 1) else list(seed)
    return fitted(given, inputs, "tangent", "input")


def cotangents(program: Program, seed: Any = None) -> list[Any]:
    """A cotangent for each output: 1 for the first element, or for output number `seed` counted over all elements.

    seed: a number, or the name of an output, "y" or "y[3]"; otherwise one cotangent, or a list with one per output.
    """
    if isinstance(seed, str):
        seed = number_of_output(program, seed)
    values = program.recording.values
    if seed is None or isinstance(seed, (int, np.integer)):
        k, total = int(seed or 0), sum(map(size, values))
        if total == 0 and seed is None:
            return [None] * len(values)
        if not -total <= k < total:
            raise InputError(f"output {k} of {program.name}, which has {total}")
        return numbered(values, k % total)
    given = [seed] if len(values) == 1 and not (isinstance(seed, (list, tuple)) and len(seed) == 1) else list(seed)
    return fitted(given, values, "cotangent", "output")


def output_names(program: Program) -> list[str]:
    return [program[k].name if k is not None else "constant" for k in program.outputs]


def number_of_output(program: Program, name: str) -> int:
    """The number of the output element of that name, counted over all elements."""
    before, names = 0, output_names(program)
    for array, x in zip(names, program.recording.values, strict=True):
        found = 0 if name == array and not shape(x) else element_named(name, array, x)
        if found is not None:
            return before + found
        if name == array:
            raise InputError(
                f"the output {name} has shape {shape(x)}: name an element, as in '{name}{element_text(shape(x), 0)}'"
            )
        before += size(x)
    raise InputError(f"{program.name} has no output named {name!r}; its outputs are {', '.join(names)}")


def element_named(name: str, array: str, x: Any) -> int | None:
    """Which element of the array x, called `array`, is called `name`?"""
    if not shape(x) or not name.startswith(f"{array}["):
        return None
    return next((e for e in range(size(x)) if array + element_text(shape(x), e) == name), None)


def fitted(given: list[Any], likes: list[Any], name: str, partner: str) -> list[Any]:
    likes = [v.primal if isinstance(v, Value) else v for v in likes]
    given = [np.asarray(t, float) if isinstance(t, (list, tuple)) else t for t in given]
    seeds, lead = matched(given, likes, name, partner)
    if lead:
        raise InputError(f"a {name} with a leading axis carries several directions, and this view shows one")
    return seeds


def one_hot(inputs: list[Value], name: str | None) -> list[Any]:
    """1 at the element that `name` names, the first by default; 0 elsewhere."""
    head, index = (inputs[0].name if inputs else "", None) if name is None else (name, None)
    if head not in [v.name for v in inputs] and (found := re.fullmatch(r"(.*)\[([\d, ]+)\]", head)):
        head, index = found[1], tuple(int(i) for i in found[2].split(",") if i.strip())
    if inputs and head not in [v.name for v in inputs]:
        raise InputError(f"seed={name!r} names no input; the inputs are {listed(inputs)}")
    seeds = []
    for v in inputs:
        t = np.zeros(shape(v.primal), dtype_of(v.primal))
        if v.name == head and (t.size or name is not None):
            try:
                t[index or (0,) * t.ndim] = 1
            except IndexError:
                raise InputError(f"seed={name!r}: {head} has shape {t.shape}") from None
        seeds.append(t[()])
    return seeds


def numbered(values: list[Any], k: int) -> list[Any]:
    """1 for element k, counted over all values; None for a value without it."""
    seeds: list[Any] = []
    for v in values:
        n = size(v)
        if 0 <= k < n:
            ct = np.zeros(n, dtype_of(v))
            ct[k] = 1
            seeds.append(ct.reshape(shape(v))[()])
        else:
            seeds.append(None)
        k -= n
    return seeds


def listed(inputs: list[Value]) -> str:
    return ", ".join(v.name for v in inputs)
