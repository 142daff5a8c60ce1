"""Symbols: the nodes of a graph that is defined first and run afterwards. NumPy's functions take them, and record."""

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..brief import brief
from ..errors import InputError
from ..program.notation import array_text
from ..tracer import METHODS


@brief
class Symbol(NDArrayOperatorsMixin):
    """A node of a `Graph`: what is computed once the graph runs. Operators and NumPy's functions give further nodes.

    `value` and `grad` are those of the last run; ``symbol()`` runs the graph up to here, and gives the value.
    """

    __slots__ = ("args", "func", "graph", "index", "kwargs")
    __array_priority__ = 1000.0
    __hash__ = object.__hash__

    def __init__(self, graph: Any, index: int, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]):
        self.graph: Any = graph  # the `Graph` that it is a node of
        self.index, self.func, self.args, self.kwargs = index, func, args, kwargs

    @property
    def name(self) -> str:
        """The name: as given, or that of the variable it was assigned to, or v1, v2, ..."""
        return self.graph.names[self.index]

    @property
    def value(self) -> Any:
        """The value of the last run. That of a variable may be set: it is the input of the runs to come."""
        return self.graph.value_of(self)

    @value.setter
    def value(self, new: Any) -> None:
        self.graph.set(self, new)

    @property
    def grad(self) -> Any:
        """How the output of the last run changes with this node."""
        return self.graph.grad_of(self)

    @property
    def is_variable(self) -> bool:
        """Is it an input of the graph, a leaf?"""
        return self.func is None

    def __call__(self, **inputs: Any) -> Any:
        """Run the graph up to here, without derivatives: the value."""
        return self.graph.run(self, compute_derivatives=False, **inputs)

    def __str__(self) -> str:
        known = self.graph.known(self)
        return f"{self.name} = {'not run yet' if known is None else array_text(known)}"

    # ---- recording ---------------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> "Symbol":
        if kwargs.get("out") is not None:
            raise InputError("a node of a graph is not written into, out=: define a new one, y = np.add(x, v)")
        return self.graph.apply(ufunc if method == "__call__" else getattr(ufunc, method), *inputs, **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> "Symbol":
        return self.graph.apply(func, *args, **kwargs)

    def __getitem__(self, index: Any) -> "Symbol":
        return self.graph.apply(operator.getitem, self, index)

    def reshape(self, *shape: Any) -> "Symbol":
        """The array in another shape."""
        return self.graph.apply(np.reshape, self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> "Symbol":
        """The array with its axes in another order."""
        return self.graph.apply(np.transpose, self, axes[0] if len(axes) == 1 else axes or None)

    @property
    def T(self) -> "Symbol":
        """The transposed array."""
        return self.graph.apply(np.transpose, self)

    # ---- what needs a value, while there is none ---------------------------------------------------------------------

    def __bool__(self) -> bool:
        raise unknown(self, "`if`, `while` and comparisons cannot decide by it", "np.where(condition, a, b)")

    def __float__(self) -> float:
        raise unknown(self, "it cannot be made a float", f"{self.name}.value after g.run(...)")

    def __iter__(self) -> Iterator["Symbol"]:
        raise unknown(self, "a loop cannot go over its elements", f"{self.name}[0], {self.name}[1], ...")

    def __setitem__(self, index: Any, new: Any) -> None:
        raise InputError(
            "a node of a graph is not written into, x[i] = v: define a new one, np.where or np.concatenate"
        )


def unknown(symbol: Symbol, said: str, instead: str) -> InputError:
    return InputError(
        f"{symbol.name} has no value while the graph is being defined, so {said}: write {instead}; or trace a function "
        "as it runs, with dr.Tape() or dr.trace(f, x)"
    )


def method(func: Any) -> Any:
    return lambda self, *args, **kwargs: self.graph.apply(func, self, *args, **kwargs)


for _name in METHODS:
    setattr(Symbol, _name, method(getattr(np, _name)))
for _name in ("add", "sub", "mul", "truediv", "pow", "matmul"):  # x += v is another node of that name
    setattr(Symbol, f"__i{_name}__", getattr(NDArrayOperatorsMixin, f"__{_name}__"))


def symbols_in(x: Any) -> list[Symbol]:
    """The nodes among the arguments of a call, also in lists and tuples."""
    if type(x) is Symbol:
        return [x]
    if isinstance(x, (list, tuple)):
        return [s for item in x for s in symbols_in(item)]
    return [s for item in x.values() for s in symbols_in(item)] if isinstance(x, dict) else []


def with_values(x: Any, values: dict[int, Any]) -> Any:
    """The arguments of a call, with the values of the nodes in their place."""
    if type(x) is Symbol:
        return values[x.index]
    if isinstance(x, (list, tuple)):
        return type(x)([with_values(item, values) for item in x])
    return {k: with_values(v, values) for k, v in x.items()} if isinstance(x, dict) else x
