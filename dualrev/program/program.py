"""The recorded program: every value that f computed, in order, with its name and the user's line; and `trace`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arguments import root_names, spoken_name
from ..boundary import all_leaves, as_floats, grouped
from ..brief import brief
from ..derived import check_function
from ..errors import InputError
from ..registry import Call
from ..reverse.node import calls
from ..reverse.vjp import Recording, copied
from ..shapes import shape, size
from ..source import Annotated, Place
from ..theme import themed
from ..traced import Tracer
from ..tree import paths
from .notation import array_text, index_text, latex_name, short, written, written_latex

MOST_SHOWN, MOST_DRAWN = 60, 250  # values in the table and in the graph that a notebook shows
SIDE_BY_SIDE = "display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start;overflow:auto"


@brief
@dataclass(frozen=True, eq=False)
class Value:
    """One value of a program: an input, or what one op computed.

    index: its line on the tape, from 0. name: unique in the program; the parameter or variable of the user's code where
    that can be read, else v1, v2, ... by operation. op: the op's short name, "input" for an input. parents: the indices
    of the op's arguments, -1 for a constant. primal: the number or array. expression: the op written with the names of
    its arguments. place: where in the user's code, or None. group: the groups it was computed in, outermost first.
    """

    index: int
    name: str
    op: str
    parents: tuple[int, ...]
    primal: Any
    expression: str
    latex: str
    place: Place | None
    group: tuple[str, ...]
    call: Any  # a Call; None for an input

    def __str__(self) -> str:
        return f"{self.name} = {'' if self.call is None else f'{self.expression} = '}{array_text(self.primal)}"

    @property
    def line(self) -> int | None:
        """The number of the user's line, None for an input."""
        return self.place.line if self.place else None

    @property
    def scalar(self) -> bool:
        return shape(self.primal) == ()


@brief
@dataclass(frozen=True, eq=False)
class Program:
    """What f computed at one point, operation by operation.

    name: that of f. values: inputs first, then one per operation, in the order computed. inputs, outputs: indices into
    values, one per leaf of the arguments and of the result; None for an output that does not depend on the inputs.
    """

    name: str
    values: list[Value]
    inputs: list[int]
    outputs: list[int | None]
    recording: Recording
    again: tuple[Callable[..., Any], list[str], Callable[[list[Any]], list[Any]]] | None = None  # what `at` needs

    # The views, one file each: program/__init__.py puts them here.
    table: ClassVar[Callable[..., Any]]
    graph: ClassVar[Callable[..., Any]]
    steps: ClassVar[Callable[..., Any]]
    paths: ClassVar[Callable[..., Any]]
    cost: ClassVar[Callable[..., Any]]
    elimination: ClassVar[Callable[..., Any]]
    poke: ClassVar[Callable[..., Any]]
    at: ClassVar[Callable[..., Any]]
    sympy: ClassVar[Callable[..., Any]]

    def __getstate__(self) -> dict[str, Any]:
        """All but the function, which another process may not have."""
        return {**self.__dict__, "again": None}

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        """The table, and beside it the graph of a program that is not large."""
        graph = f"<div>{self.graph().to_svg()}</div>" if len(self.values) <= MOST_DRAWN else ""
        table = self.table().head(MOST_SHOWN).to_html()
        return themed(f'<div style="{SIDE_BY_SIDE}"><div>{table}</div>{graph}</div>')

    @property
    def operations(self) -> list[Value]:
        """The values that an op computed."""
        return self.values[len(self.inputs) :]

    @property
    def is_scalar(self) -> bool:
        """Is every value one number?"""
        return all(v.scalar for v in self.values)

    def index_of(self, name: str | int) -> int:
        """The index of the value of that name."""
        if isinstance(name, (int, np.integer)) and 0 <= name < len(self.values):
            return int(name)
        for v in self.values:
            if v.name == name:
                return v.index
        names = ", ".join(v.name for v in self.values[:20])
        raise InputError(f"{self.name} has no value named {name!r}; it has {names}{', ...' * (len(self.values) > 20)}")

    def __getitem__(self, name: str | int) -> Value:
        return self.values[self.index_of(name)]

    def __len__(self) -> int:
        return len(self.values)


def trace(f: Callable[..., Any], *x: Any) -> Program:
    """The program that f runs at x: every operation, with its values and the user's line.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code; it is run once.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.

    Returns
    -------
    Program
        Look at it with ``.table()``, ``.graph()``, ``.steps()``, ``.paths(name)``, ``.cost()``, ``.elimination()``;
        ``.sympy()`` has it as formulas.

    Raises
    ------
    InputError
        If an argument is not floating point, or is itself a traced value.

    Source: the evaluation trace (Wengert list) of Baydin et al. (2018), section 3; Griewank & Walther (2008), section
    2.2.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> program = dr.trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> [value.expression for value in program.values]
    ['x1', 'x2', 'log(x1)', 'x1 * x2', 'v1 + v2', 'sin(x2)', 'v3 - v4']
    """
    check_function(f, "trace", at="dr.trace(f, x)")
    x = as_floats(x)
    leaves, structures = all_leaves(x, "x")
    if any(isinstance(leaf, Tracer) for leaf in leaves):
        raise InputError(
            "trace was called with a traced value, inside another transformation: "
            "trace the transformed function instead, as in dr.trace(dr.grad(f), x)"
        )
    lines = Annotated()
    recording = Recording(f, copied(leaves), structures, lines)
    recording.keep()
    lines.finish()
    return Program(
        spoken_name(f),
        values_of(recording, lines, input_names(f, x)),
        list(range(len(leaves))),
        recording.indices,
        recording,
        (f, root_names(f, x), lambda leaves: grouped(leaves, structures)),
    )


def input_names(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """A name per leaf of the arguments: the parameter's, and the path inside it."""
    return [name + path for name, arg in zip(root_names(f, args), args, strict=True) for path in paths(arg)]


def values_of(recording: Recording, lines: Annotated, inputs: list[str]) -> list[Value]:
    names = unique([*inputs, *assigned_names(lines, len(inputs))])
    values = [
        Value(k, name, "input", (), x, name, latex_name(name), None, (), None)
        for k, (name, x) in enumerate(zip(inputs, recording.leaves))
    ]
    for k, call in calls(recording.lines):
        place, group = lines.places[k], lines.groups[k]
        plain, latex = spelled(call, names, place)
        values.append(
            Value(
                k,
                names[k],
                short(call),
                call.parents,
                call.out,
                written(call, plain),
                written_latex(call, latex),
                place,
                group,
                call,
            )
        )
    return values


def assigned_names(lines: Annotated, inputs: int) -> list[str]:
    """For each op: its label, or the variable that its expression was assigned to, or its number v1, v2, ..."""
    visits, names = [*lines.visits, None], []
    for k in range(inputs, len(lines)):
        last = visits[k] != visits[k + 1]  # of the lines that the user's expression recorded
        place = lines.places[k]
        names.append(lines.labels.get(k) or (place and last and place.assigned) or f"v{k - inputs + 1}")
    return names


def unique(names: list[str]) -> list[str]:
    """names, with _2, _3, ... where one comes again: the variables of a loop."""
    seen, made = dict.fromkeys(names, 0), []
    for name in names:
        seen[name] += 1
        k, fresh = seen[name], name
        while k > 1 and (fresh := f"{name}_{k}") in seen:
            k += 1
        seen[name] = k
        made.append(fresh)
    return made


def spelled(call: Call, names: list[str], place: Place | None) -> tuple[list[str], list[str]]:
    """The arguments of a call, as text and as LaTeX: names of values, numbers, and arrays as the user wrote them."""
    plain, latex = [], []
    for k, (parent, arg) in enumerate(zip(call.parents, call.args)):
        if parent >= 0:
            text, formula = names[parent], latex_name(names[parent])
        elif short(call) == "getitem":
            text = formula = index_text(arg)
        else:
            text = constant_text(arg, k, len(call.args), place)
            formula = latex_name(text) if text.isidentifier() else text
        plain.append(text)
        latex.append(formula)
    return plain, latex


def constant_text(arg: Any, k: int, count: int, place: Place | None) -> str:
    if size(arg) == 1 and not shape(arg):
        return array_text(arg)
    said = place.arguments if place else []
    if len(said) == count and len(said[k]) <= 24:
        return said[k]
    return f"array{shape(arg)}"
