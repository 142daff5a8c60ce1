"""Define and run: a graph is built first, without a number computed, and run afterwards, as often as one likes."""

from contextvars import ContextVar
from typing import Any

import numpy as np

from ..boundary import made_by_hand
from ..brief import brief
from ..errors import InputError
from ..program.graph import DrawnGraph
from ..program.notation import array_text
from ..program.program import Program, unique
from ..program.steps import Steps
from ..program.table import Table
from ..shapes import shape
from ..source import Annotated
from ..transforms import grad
from .definition import drawing, expression
from .symbols import Symbol, symbols_in, with_values
from .tape import Tape, Value, of_python

CURRENT: ContextVar[tuple["Graph", ...]] = ContextVar("dualrev graphs", default=())


@brief
class Graph:
    """A graph that is defined first and run afterwards, in the manner of Theano and TensorFlow 1.

    Nothing is computed while it is being defined. ``run`` computes what an output needs, and, by reverse mode, how it
    changes with every node; it may be called again with other inputs.

    Parameters
    ----------
    name : str
        What tables and drawings are called.

    Raises
    ------
    InputError
        If nodes of two graphs meet, a value is asked for before a run, or a value decides an ``if``.

    Source: the assignment ScalarFlow; Abadi et al. (2016), TensorFlow, on graphs that are defined before they run.

    Examples
    --------
    >>> import dualrev as dr
    >>> with dr.Graph() as g:
    ...     w = g.variable(1.0, "w")
    ...     x = g.variable(2.0, "x")
    ...     y = g.variable(3.0, "y")
    ...     out = (w * x - y) ** 2 + w**2
    >>> g.run(out, compute_derivatives=True)
    2.0
    >>> w.grad
    -2.0
    >>> g.run(out, w=2.0), w.grad
    (5.0, 8.0)
    >>> out(w=1.0)
    2.0
    """

    def __init__(self, name: str = "graph"):
        self.name = str(name)
        self.symbols: list[Symbol] = []
        self.noted = Annotated()  # where in the user's code each was defined
        self.known_names: list[str] = []
        self.inputs: dict[int, Any] = {}  # the values of the variables
        self.values: dict[int, Any] = {}  # of the last run
        self.tape: Tape | None = None
        self.lines: dict[int, Value] = {}

    def __enter__(self) -> "Graph":
        CURRENT.set((*CURRENT.get(), self))
        return self

    def __exit__(self, *_: object) -> None:
        CURRENT.set(CURRENT.get()[:-1])

    # ---- defining ----------------------------------------------------------------------------------------------------

    def variable(self, value: Any, name: str | None = None) -> Symbol:
        """A variable: an input, with the value that it has until another is given.

        Parameters
        ----------
        value
            A number or an array.
        name : str, optional
            By default that of the variable it is assigned to; ``run`` takes inputs by this name.
        """
        given = made_by_hand(value, "the value of a variable")
        if name is not None and name in [self.names[k] for k in self.inputs]:
            raise InputError(f"{self.name} has a variable {name!r} already: give this one another name")
        made = self.added(None, (), {}, name)
        self.inputs[made.index] = given
        return made

    def apply(self, func: Any, *args: Any, name: str | None = None, **kwargs: Any) -> Symbol:
        """The node ``func(*args)``: any function of NumPy, of `dr.custom`, or one of yours made of those.

        name: its name, by default that of the variable it is assigned to.
        """
        for s in symbols_in([args, kwargs]):
            if s.graph is not self:
                raise InputError(
                    f"{s.name} is a node of another graph, {s.graph.name}: define both in one, or give its value, "
                    f"{self.name}.variable({s.name}.value)"
                )
        return self.added(func, args, kwargs, name)

    def gradient(self, out: Symbol, of: Any) -> Any:
        """The derivative of `out` by one node, or a list of them, as nodes: lazily, and to be differentiated again.

        >>> import dualrev as dr
        >>> g = dr.Graph()
        >>> x = g.variable(2.0)
        >>> slope = g.gradient(x**3, x)
        >>> slope(), g.gradient(slope, x)()
        (12.0, 12.0)
        """
        if not isinstance(of, Symbol):
            return [self.gradient(out, x) for x in of]
        self.check(out)
        self.check(of)
        needed = self.needed(out)
        inside = [k for k in needed if k in self.inputs or k == of.index]

        def slope(*values: Any) -> Any:
            given = dict(zip(inside, values, strict=True))
            if of.index not in given:
                return np.zeros(())[()]
            return grad(lambda x: self.computed(needed, {**given, of.index: x})[out.index])(given[of.index])

        slope.__name__ = f"d{out.name}_d{of.name}"
        return self.apply(slope, *[self.symbols[k] for k in inside])

    def added(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str | None) -> Symbol:
        made = Symbol(self, len(self.symbols), func, args, kwargs)
        if name is not None:
            self.noted.labels[made.index] = str(name)
        self.noted.append(made)
        self.symbols.append(made)
        return made

    # ---- running -----------------------------------------------------------------------------------------------------

    def run(self, out: Symbol, compute_derivatives: bool = True, **inputs: Any) -> Any:
        """Compute `out` and what it needs; afterwards these nodes have a ``value``, and with derivatives a ``grad``.

        Parameters
        ----------
        out : Symbol
            The node to compute; with derivatives a number.
        compute_derivatives : bool
            Go back from `out`, too.
        **inputs
            New values of variables, by name; they stay.

        Returns
        -------
        The value of `out`.
        """
        self.check(out)
        for name, value in inputs.items():
            self.set(self.named(name), value)
        self.tape, self.lines = None, {}
        tape, needed = Tape(self.name), self.needed(out)
        for k in needed:
            if k in self.inputs:
                self.lines[k] = tape.variable(self.inputs[k], self.names[k])
        values = self.computed(needed, dict(self.lines), tape)
        self.lines = {k: v for k, v in values.items() if type(v) is Value}
        self.tape = tape
        self.values = {k: of_python(v.value) if type(v) is Value else v for k, v in values.items()}
        if compute_derivatives:
            self.backward(out)
        return self.values[out.index]

    def backward(self, out: Symbol) -> None:
        """Go back from `out`, which the last run computed without derivatives."""
        self.check(out)
        if self.tape is None or out.index not in self.values:
            raise InputError(f"{out.name} was not run yet: a way back needs the values, {self.name}.run({out.name})")
        if self.tape.grads is not None:
            raise InputError(
                f"backward was called before; to start again, or from another node, run forward first: "
                f"{self.name}.run({out.name})"
            )
        if shape(self.values[out.index]):
            raise InputError(
                f"{out.name} has shape {shape(self.values[out.index])}, and a gradient is that of a number: run to "
                f"np.sum({out.name}), or with compute_derivatives=False"
            )
        if out.index in self.lines:
            self.tape.backward(self.lines[out.index])
        else:
            self.tape.grads = [None] * len(self.tape.lines)

    def computed(self, needed: list[int], values: dict[int, Any], tape: Tape | None = None) -> dict[int, Any]:
        """The values of the nodes `needed`, in order, from those given; tape: where they are recorded, and named."""
        for k in needed:
            if k not in values:
                start = len(tape.lines) if tape else 0
                values[k] = self.value_at(k, values)
                if tape:
                    self.note(tape.lines, start, k)
        return values

    def value_at(self, k: int, values: dict[int, Any]) -> Any:
        s = self.symbols[k]
        if k in self.inputs:
            return self.inputs[k]
        try:
            return s.func(*with_values(s.args, values), **with_values(s.kwargs, values))
        except Exception as error:
            place = self.noted.places[k]
            where = f", {place}: {place.text}" if place and place.text else ""
            error.add_note(f"while {self.name} ran, at the node {self.names[k]} = {expression(self.symbols[k])}{where}")
            raise

    def note(self, lines: Annotated, start: int, k: int) -> None:
        """The lines from `start` on are those of node k: it was defined where it says, and the last has its name."""
        for line in range(start, len(lines)):
            lines.places[line], lines.groups[line], lines.visits[line] = self.noted.places[k], self.noted.groups[k], k
            lines.labels[line] = self.names[k] + (f".{line - start + 1}" if line + 1 < len(lines) else "")

    def needed(self, out: Symbol) -> list[int]:
        """What leads to out, in the order defined, which is one in which every node comes after its arguments."""
        found, waiting = set(), [out]
        while waiting:
            s = waiting.pop()
            if s.index not in found:
                found.add(s.index)
                waiting += symbols_in([s.args, s.kwargs])
        return sorted(found)

    # ---- what a node knows -------------------------------------------------------------------------------------------

    def known(self, s: Symbol) -> Any:
        return self.inputs.get(s.index, self.values.get(s.index))

    def value_of(self, s: Symbol) -> Any:
        if s.index in self.inputs:
            return of_python(self.inputs[s.index])
        if s.index not in self.values:
            raise InputError(
                f"{s.name} has no value yet: {self.name}.run({s.name})"
                if self.tape is None
                else f"{s.name} was not needed in the last run: {self.name}.run({s.name}), or {s.name}()"
            )
        return self.values[s.index]

    def grad_of(self, s: Symbol) -> Any:
        if self.tape is None or self.tape.grads is None:
            why = "did not compute derivatives" if self.tape else "is still to come"
            raise InputError(f"{s.name} has no grad: the last run {why}; {self.name}.run(out) does")
        return self.lines[s.index].grad if s.index in self.lines else of_python(np.zeros(shape(self.known(s)))[()])

    def set(self, s: Symbol, new: Any) -> None:
        """Give a variable another value; what was computed from the old one is no longer known."""
        if s.index not in self.inputs:
            raise InputError(f"{s.name} is computed, and only variables are given a value: {self.listed()}")
        self.inputs[s.index] = made_by_hand(new, f"the value of {s.name}")
        self.tape, self.values, self.lines = None, {}, {}

    def named(self, name: str) -> Symbol:
        for k in self.inputs:
            if self.names[k] == name:
                return self.symbols[k]
        raise InputError(f"{self.name} has no variable {name!r}; {self.listed()}")

    def listed(self) -> str:
        return "it has " + (", ".join(self.names[k] for k in self.inputs) or "no variables")

    def check(self, s: Any) -> None:
        if not isinstance(s, Symbol):
            raise InputError(f"{self.name} runs to one of its nodes, and this is a {type(s).__name__}")
        if s.graph is not self:
            raise InputError(f"{s.name} is a node of another graph, {s.graph.name}: call run of that one")

    # ---- what there is to see ----------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The names of all nodes, in the order defined."""
        if len(self.known_names) == len(self.symbols):
            return self.known_names
        names, operations = [], 0
        for k, s in enumerate(self.symbols):
            place = self.noted.places[k]
            operations += s.func is not None
            number = f"x{k + 1 - operations}" if s.func is None else f"v{operations}"
            names.append(self.noted.labels.get(k) or (place and place.assigned) or number)
        self.known_names = unique(names)
        return self.known_names

    def program(self) -> Program:
        """What the last run computed, as `dr.trace` gives it."""
        if self.tape is None:
            raise InputError(f"{self.name} was not run yet: {self.name}.run(out)")
        return self.tape.program()

    def table(self, **options: Any) -> Table:
        """The table of the last run; see `Program.table`."""
        self.program()
        assert self.tape is not None
        return self.tape.table(**options)

    def steps(self, **options: Any) -> Steps:
        """The last run step by step, and the way back; see `Program.steps`."""
        self.program()
        assert self.tape is not None
        return self.tape.steps(**options)

    def graph(self, **options: Any) -> DrawnGraph:
        """The drawing: of the last run, or before it of what is defined, without numbers; see `Program.graph`."""
        if self.tape is not None:
            return self.tape.graph(**options)
        return drawing(self.name, self.symbols, self.noted, self.inputs)

    def __str__(self) -> str:
        rows = [("name", "expression", "value", "grad")]
        grads = self.tape is not None and self.tape.grads is not None
        for k, s in enumerate(self.symbols):
            shown = k in self.inputs or k in self.values
            slope = array_text(self.grad_of(s)) if grads and (k in self.values or k in self.inputs) else ""
            value = array_text(self.known(s)) if shown else ""
            rows.append((self.names[k], "" if s.func is None else expression(self.symbols[k]), value, slope))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        state = "run" if self.values else "defined, and not run yet"
        return "\n".join([f"{self.name}: {len(self.symbols)} nodes, {state}", "", *lines])

    def _repr_svg_(self) -> str:
        return self.graph().to_svg()


def current(operands: Any = ()) -> Graph:
    """The graph of the operands, or the one of the `with` that is open."""
    found = symbols_in(operands)
    if found:
        return found[0].graph
    if not CURRENT.get():
        raise InputError("no graph is open: write `with dr.Graph() as g:` around it, or g.variable(...)")
    return CURRENT.get()[-1]
