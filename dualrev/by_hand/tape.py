"""A tape in the user's own hands: variables go in, plain NumPy is recorded, and the way back is one's own call."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..boundary import first, made_by_hand, mean_of_sides
from ..brief import brief, clipped, plain
from ..errors import InputError
from ..program.graph import DrawnGraph
from ..program.program import Program, unique, values_of
from ..program.sensitivity import adjoints
from ..program.steps import Steps
from ..program.table import Table
from ..registry import Call
from ..reverse.node import Tape as Wengert
from ..reverse.vjp import Recording
from ..shapes import shape
from ..source import Annotated
from ..traced import Tracer
from ..tracer import TracedArray


class Value(TracedArray):
    """A value on a tape that was made by hand: ``value``; after ``tape.backward(y)`` also ``grad``, that is dy / d(it).

    `index` is the line of the tape that computed it. Any NumPy function takes it, and gives another Value.
    """

    __slots__ = ("index",)
    index: int
    sweep: "Tape"

    @property
    def value(self) -> Any:
        """The number or array."""
        return of_python(mean_of_sides(self.primal))

    @property
    def grad(self) -> Any:
        """The adjoint: how the output of the last ``backward`` changes with this value."""
        return self.sweep.adjoint_of(self)

    @property
    def name(self) -> str:
        """The name in the table: as given, or that of the variable it was assigned to, or v1, v2, ..."""
        return self.sweep.names[self.index]

    def __repr__(self) -> str:
        return clipped(f"Value({self.name} = {plain(mean_of_sides(self.primal))})", whole="see .value")


@brief
class Tape(Wengert):
    """A tape (Wengert list) to write by hand: what is computed from its variables is recorded, in the order computed.

    Parameters
    ----------
    name : str
        What tables and graphs are called.

    Raises
    ------
    InputError
        If values of two tapes meet, ``grad`` is asked for before ``backward``, or ``backward`` is called twice.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> tape = dr.Tape()
    >>> x1, x2 = tape.variable(2.0, "x1"), tape.variable(5.0, "x2")
    >>> y = np.log(x1) + x1 * x2 - np.sin(x2)
    >>> tape.backward(y)
    >>> x1.grad, round(x2.grad, 4)
    (5.5, 1.7163)
    >>> [(row.name, row.total) for row in tape.table().rows[:2]]
    [('x1', '1*5 + 1*0.5'), ('x2', '(-1)*0.2837 + 1*2')]
    """

    __slots__ = ("below", "grads", "name", "output", "seed")

    lines: Annotated
    below: set[Any]
    grads: list[Any] | None
    output: int
    seed: Any

    def __init__(self, name: str = "tape"):
        super().__init__()
        self.lines, self.name, self.below = Annotated(), str(name), set()
        self.clear()

    # ---- recording ---------------------------------------------------------------------------------------------------

    def variable(self, value: Any, name: str | None = None) -> Value:
        """A variable: a leaf of the graph, whose derivative is wanted.

        Parameters
        ----------
        value
            A number or an array; a value of another tape, or a Dual, for second derivatives.
        name : str, optional
            Its name in tables and graphs; by default the variable that it is assigned to.
        """
        x = made_by_hand(value, "the value of a variable")
        if isinstance(x, Tracer):
            self.below.add(x.sweep)
        if name is not None:
            self.lines.labels[len(self.lines)] = str(name)
        return self.input(x)

    def input(self, x: Any) -> Value:
        return self.written((None, x), x)

    def process(self, op: Any, args: Any, primals: Any, params: Any, out: Any) -> Value:
        """What happens when an op meets a variable: one more line."""
        for a in args:
            if type(a) is Value and a.sweep is not self and a.sweep not in self.below:
                raise InputError(
                    f"{a.name} is a value of another tape than {self.name}: record both on one, or give "
                    f"tape.variable({a.name}) for derivatives of derivatives"
                )
        parents = tuple([a.index if type(a) is Value and a.sweep is self else -1 for a in args])
        params = {name: self.kept(v) for name, v in params.items()}
        call = Call(op, parents, self.with_constants(parents, primals), params, out)
        return self.written(call.line(parents), out)

    def written(self, line: Any, out: Any) -> Value:
        self.lines.append(line)
        made = object.__new__(Value)
        made.primal, made.index, made.sweep, made.items = out, len(self.lines) - 1, self, None
        return made

    def kept_array(self, v: Any) -> Any:
        """A constant as it is now. Nobody says when this tape ends, so nothing is frozen until then."""
        return v.copy("K")

    # ---- the way back ------------------------------------------------------------------------------------------------

    def backward(self, y: Value, seed: Any = 1.0) -> None:
        """Go back over the tape from y: afterwards every value has a ``grad``.

        Parameters
        ----------
        y : Value
            The output.
        seed
            The cotangent of y, of its shape. By default 1.0, for a number.

        Raises
        ------
        InputError
            If y is not of this tape, the seed does not fit, or the tape has been gone back over before.
        """
        k = self.index_of(y)
        if self.grads is not None:
            raise InputError(
                f"backward was called before, from {self.names[self.output]}, and its adjoints would mix with those of "
                f"{self.names[k]}: call {self.name}.clear() first, which lets go of them"
            )
        if np.shape(seed) != shape(y):
            raise InputError(
                f"{self.names[k]} has shape {shape(y)}, and the seed {np.shape(seed)}: give backward a number, as "
                "np.sum(...) is one, or a cotangent of that shape, backward(y, seed=...)"
            )
        program, at = self.arranged(k)
        adjoint = adjoints(program, [seed])[0]
        self.grads = [adjoint[k] for k in at]
        self.output, self.seed = k, seed

    def clear(self) -> None:
        """Let go of the adjoints, so that ``backward`` can start again. What is recorded stays."""
        self.grads = None
        self.output, self.seed = -1, None

    def adjoint_of(self, x: Value) -> Any:
        if self.grads is None:
            raise InputError(f"{x.name} has no grad yet: call {self.name}.backward(y) with the output y first")
        if x.index >= len(self.grads):
            raise InputError(f"{x.name} was computed after {self.name}.backward(...): its output does not depend on it")
        found = mean_of_sides(self.grads[x.index])
        return of_python(np.zeros(shape(x))[()] if found is None else found)

    # ---- what there is to see ----------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """A name per line of the tape."""
        program, at = self.arranged()
        return [program.values[k].name for k in at]

    def program(self) -> Program:
        """What is recorded, as `dr.trace` gives it: variables first, the output that of ``backward``, or the last."""
        return self.arranged(self.output)[0]

    def table(self, mode: str = "reverse", **options: Any) -> Table:
        """The lines of the tape with values, and adjoints once ``backward`` was called; see `Program.table`."""
        program = self.program()
        if mode == "reverse" and self.grads is None:
            table = program.table(mode, upto=len(program.operations), **options)
            return replace(table, rows=[replace(row, adjoint=None) for row in table.rows])
        return program.table(mode, **{"output": self.cotangent(), **options})

    def graph(self, **options: Any) -> DrawnGraph:
        """The graph of what is recorded; see `Program.graph`."""
        return self.program().graph(**{"output": self.cotangent(), **options})

    def steps(self, **options: Any) -> Steps:
        """What is recorded step by step, and the way back; see `Program.steps`."""
        return self.program().steps(**{"output": self.cotangent(), **options})

    def cotangent(self) -> list[Any] | None:
        return None if self.grads is None else [self.seed]

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().to_html()

    # ---- the tape as a program ---------------------------------------------------------------------------------------

    def index_of(self, y: Any) -> int:
        if type(y) is not Value:
            raise InputError(
                f"backward goes back from a value of {self.name}, and this is a {type(y).__name__}: it does not depend "
                "on the variables of the tape, or dr.value(...) has dropped its derivative"
            )
        if y.sweep is not self:
            raise InputError(f"{y.name} is a value of another tape: call backward of that one")
        return y.index

    def arranged(self, output: int = -1) -> tuple[Program, list[int]]:
        """The program with the variables first, and the place of each line in it."""
        lines, count = self.lines, len(self.lines)
        order = sorted(range(count), key=lambda k: (lines[k][0] is not None, k))
        at = [0] * count
        for new, old in enumerate(order):
            at[old] = new
        moved = rearranged(lines, order, at)
        leaves = [line[1] for line in moved if line[0] is None]
        inputs = unique([named(lines, old, new) for new, old in enumerate(order[: len(leaves)])])
        recording = Recorded(self, moved, leaves, at[output] if count else None)
        values = values_of(recording, moved, inputs)
        return Program(self.name, values, list(range(len(leaves))), recording.indices, recording), at


class Recorded(Recording):
    """What stands on a tape that was written by hand, as if one function had recorded it."""

    __slots__ = ()

    def __init__(self, tape: Tape, lines: Annotated, leaves: list[Any], output: int | None):
        self.tape, self.lines, self.leaves, self.build = tape, lines, leaves, first
        self.indices = [] if output is None else [output]
        self.values = [lines[k][-1] for k in self.indices]


def rearranged(lines: Annotated, order: list[int], at: list[int]) -> Annotated:
    """The lines of a tape in another order, with what is noted of each."""
    moved = Annotated()
    for old in order:
        line = lines[old]
        if line[0] is not None:
            call = Call.read(line)
            line = call.line(tuple(p if p < 0 else at[p] for p in call.parents))
        list.append(moved, line)
    moved.places = [lines.places[old] for old in order]
    moved.groups = [lines.groups[old] for old in order]
    moved.visits = [lines.visits[old] for old in order]
    moved.labels = {at[old]: name for old, name in lines.labels.items()}
    moved.finish()
    return moved


def named(lines: Annotated, line: int, k: int) -> str:
    """The name of a variable: as given, or as it was assigned, or x1, x2, ..."""
    place = lines.places[line]
    return lines.labels.get(line) or (place and place.assigned) or f"x{k + 1}"


def of_python(x: Any) -> Any:
    """A number of NumPy's as one of Python's, where that is the same."""
    x = x[()] if type(x) is np.ndarray and not x.shape else x
    return x.item() if type(x) in (np.float64, np.complex128) else x
