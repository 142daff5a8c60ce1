"""A program run again: with one value moved a little, to see how the output follows; or at another point."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..boundary import dtype_of
from ..brief import brief
from ..errors import InputError
from ..shapes import shape
from ..traced import value
from .notation import number
from .program import Program, trace
from .sensitivity import adjoints, cotangents, listed


@brief
@dataclass(frozen=True, eq=False)
class Poke:
    """What the output does when one value is moved: ``float(poke)`` is the difference quotient.

    name: the value, or an element of it. h: how far it was moved. quotient: by how much the output changed, per h.
    adjoint: the derivative that reverse mode gives. before, after: the output.
    """

    name: str
    h: float
    quotient: float
    adjoint: float
    before: float
    after: float

    def __float__(self) -> float:
        return self.quotient

    def __str__(self) -> str:
        return (
            f"{self.name} + {self.h:g}: the output goes from {number(self.before, 8)} to {number(self.after, 8)}, "
            f"that is {self.quotient!r} per unit; the adjoint of {self.name} is {self.adjoint!r}"
        )


def poke_of(program: Program, name: str, h: float = 1e-5, output: int | str = 0) -> Poke:
    """Move one value of the program, an intermediate one too, and see how the output follows.

    Everything that was computed from it is computed again, and nothing else. So the quotient (f(v + h) - f(v)) / h is
    what the adjoint of v says, to the error of a forward difference.

    Parameters
    ----------
    name : str
        A value of the program; of an array an element, "v1[0]" or "W[1, 2]".
    h : float
        How far it is moved.
    output : int or str
        The number of the output element, or its name; by default the first.

    Returns
    -------
    Poke
        ``float(poke)`` is the quotient; ``quotient``, ``adjoint``, ``before``, ``after``. It prints both.

    Raises
    ------
    InputError
        If there is no such value, an array is given without an index, or h is 0.

    Examples
    --------
    >>> import dualrev as dr
    >>> def f(a, b):
    ...     c = a + b
    ...     d = a - b
    ...     return b * (c * d)
    >>> found = dr.trace(f, 1.0, 2.0).poke("c", h=1e-5)
    >>> float(found), found.adjoint
    (-2.0000000000131024, -2.0)
    """
    if not np.isfinite(h) or h == 0:
        raise InputError(f"h={h!r}: the step is a number, and not 0")
    index, element = located(program, name)
    moved = np.array(value(program[index].primal), copy=True)
    moved[element] += h
    ct = cotangents(program, output)
    before = read(ct, [None if k is None else program[k].primal for k in program.outputs], program)
    primals = rerun(program, {index: moved[()]})
    after = read(ct, [None if k is None else primals[k] for k in program.outputs], program)
    adjoint = adjoints(program, output)[0][index]
    slope = 0.0 if adjoint is None else float(np.asarray(value(adjoint))[element])
    return Poke(name, float(h), (after - before) / h, slope, before, after)


def located(program: Program, name: str) -> tuple[int, tuple[int, ...]]:
    """The index of a value and that of an element in it."""
    element: tuple[int, ...] = ()
    if name not in [v.name for v in program.values] and (found := re.fullmatch(r"(.*)\[([-\d, ]+)\]", name)):
        name, element = found[1], tuple(int(i) for i in found[2].split(",") if i.strip())
    index = program.index_of(name)
    have = shape(program[index].primal)
    if dtype_of(program[index].primal).kind != "f":
        raise InputError(f"{name} is no floating-point value, and cannot be moved by h")
    if len(element) != len(have) or not all(-n <= i < n for i, n in zip(element, have, strict=True)):
        asked = f"name an element, {name}[{', '.join('0' * len(have))}]" if have else f"write {name!r}"
        raise InputError(f"{name} has shape {have}: {asked}")
    return index, element


def rerun(program: Program, given: dict[int, Any]) -> list[Any]:
    """The values of the program with some of them as given, and what depends on those computed again."""
    primals = [value(v.primal) for v in program.values]
    changed = set(given)
    for index, new in given.items():
        primals[index] = new
    for v in program.operations:
        if v.index not in given and changed.intersection(v.parents):
            args = [value(x) if p < 0 else primals[p] for x, p in zip(v.call.args, v.parents, strict=True)]
            primals[v.index] = v.call.op.apply(*args, **v.call.params)
            changed.add(v.index)
    return primals


def read(ct: list[Any], outs: list[Any], program: Program) -> float:
    """The output that is looked at: the outputs times the cotangent."""
    constant = program.recording.values
    pairs = [
        (c, constant[k] if y is None else y) for k, (c, y) in enumerate(zip(ct, outs, strict=True)) if c is not None
    ]
    return float(sum(np.sum(c * value(y)) for c, y in pairs))


def at_of(program: Program, given: dict[str, Any] | None = None, /, **inputs: Any) -> Program:
    """The program at another point: f is traced again, with some inputs changed and the others as they are.

    Parameters
    ----------
    given, **inputs
        New values by name: that of a parameter of f, ``at(w=2.0)``, or of an input in it, ``at({"p['w']": 2.0})``.

    Returns
    -------
    Program
        A new one; f may take other branches there.

    Raises
    ------
    InputError
        If there is no input of that name, or the program was recorded by hand.

    Examples
    --------
    >>> import dualrev as dr
    >>> program = dr.trace(lambda w, x: (w * x - 3.0) ** 2 + w**2, 1.0, 2.0)
    >>> there = program.at(w=2.0)
    >>> there.table().rows[0].adjoint
    np.float64(8.0)
    """
    if program.again is None:
        raise InputError(
            f"{program.name} is without its function, as it was recorded by hand or comes out of a pickle: trace the "
            "function anew; dr.Graph is a graph that runs again"
        )
    f, roots, build = program.again
    named = {program[k].name: k for k in program.inputs}
    leaves = [program[k].primal for k in program.inputs]
    whole = {}
    for name, new in {**(given or {}), **inputs}.items():
        if name in named:
            leaves[named[name]] = new
        elif name in roots:
            whole[roots.index(name)] = new
        else:
            raise InputError(
                f"{program.name} has no input {name!r}; it has {listed([program[k] for k in program.inputs])}"
            )
    return trace(f, *[whole.get(k, arg) for k, arg in enumerate(build(leaves))])
