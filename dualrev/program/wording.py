"""What happens in one step of a sweep, in words: "v2 = x1 * x2 = 2 * 5 = 10; tan v2 = 5*1 + 2*0 = 5"."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..shapes import shape
from ..traced import value
from .notation import array_text, number, short, written
from .program import Program, Value
from .sensitivity import Arrival, partial, product_text

MOST_NAMES = 6  # in one sentence


def start_text(program: Program, along: list[Any] | None) -> str:
    """The inputs, and the direction of the tangents."""
    inputs = [program[k] for k in program.inputs]
    if not inputs:
        return "there is no input"
    said = "given " + few([f"{v.name} = {array_text(v.primal)}" for v in inputs])
    if along is None:
        return said
    return f"{said}; the direction is " + few([f"tan {v.name} = {array_text(along[v.index])}" for v in inputs])


def value_text(v: Value) -> str:
    """How a value was computed: the expression, the same with numbers, the result."""
    said = [v.name, v.expression, substituted(v), array_text(v.primal)]
    return " = ".join(text for text in said if text)


def substituted(v: Value) -> str:
    """The expression with numbers in place of names, "" for arrays."""
    if short(v.call) == "getitem" or not all(shape(x) == () for x in v.call.args):
        return ""
    return written(v.call, [array_text(x) for x in v.call.args])


def tangent_text(program: Program, v: Value, along: list[Any]) -> str:
    """How a tangent came about: local partials times the tangents of the arguments."""
    terms = [push_text(program, v, k, along[p]) for k, p in enumerate(v.parents) if p >= 0]
    return f"tan {v.name} = {' + '.join(terms)} = {array_text(along[v.index])}"


def push_text(program: Program, v: Value, k: int, tangent: Any) -> str:
    return times(partial(v, k), tangent) or f"J({v.name}) tan {program[v.parents[k]].name}"


def arrival_text(program: Program, p: int, arrival: Arrival, adjoint: list[Any]) -> str:
    """What one use adds to the adjoint of value p: "adj x2 += 1*2 = 2"."""
    child, k = program[arrival.child], arrival.argument
    product = times(adjoint[child.index], partial(child, k)) or product_text(child, adjoint[child.index], k)
    return f"adj {program[p].name} += {product} = {array_text(arrival.cotangent)}"


def times(a: Any, b: Any) -> str:
    """The product of two numbers, or of two short vectors element by element; "" for anything else."""
    if a is None or b is None or shape(a) != shape(b):
        return ""
    texts = [array_text(x) if shape(x) else number(x) for x in (a, b)]
    if shape(a) and not all(text.startswith("[") for text in texts):
        return ""
    return "*".join(f"({text})" if text[0] == "-" else text for text in texts)


def seed_text(names: Sequence[str], seeds: Sequence[str], skipped: Sequence[str]) -> str:
    """How the way back starts, and what it leaves out."""
    if not names:
        return "the output does not depend on the inputs: every adjoint is 0"
    said = f"back from the output: {few([f'adj {n} = {ct}' for n, ct in zip(names, seeds, strict=True)])}"
    if not skipped:
        return said
    lead = "does not lead to it and is skipped" if len(skipped) == 1 else "do not lead to it and are skipped"
    return f"{said}; {few(skipped)} {lead}"


def few(texts: Sequence[str], most: int = MOST_NAMES) -> str:
    """The texts, or the first ones and how many more there are."""
    rest = len(texts) - most
    return ", ".join(texts) if rest < 2 else f"{', '.join(texts[:most])} and {rest} more"


def seed_names(program: Program, indices: Sequence[int | None], seeds: Sequence[Any]) -> str:
    """The seeds in short: "x1", "x[3]", "2 x1 + x2", "x" for several elements of it; "nothing" where all are 0."""
    pairs = [(program[i].name, ct) for i, ct in zip(indices, seeds, strict=True) if i is not None and ct is not None]
    found = [seed_name(name, np.asarray(value(ct))) for name, ct in pairs]
    terms = [text for text in found if text]
    return " + ".join(terms[:MOST_NAMES]) + (" + ..." if len(terms) > MOST_NAMES else "") or "nothing"


def seed_name(name: str, seed: Any) -> str:
    where = np.argwhere(seed)
    if len(where) != 1:
        return name if len(where) else ""
    index = f"[{', '.join(map(str, where[0]))}]" if seed.ndim else ""
    factor = seed[tuple(where[0])]
    return f"{name}{index}" if factor == 1 else f"{number(factor)} {name}{index}"
