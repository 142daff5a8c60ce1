"""What is known of a graph before it runs: the formula of each node, and the drawing without numbers."""

import operator
from typing import Any

import numpy as np

from .. import tracer
from ..program.graph import DrawnGraph
from ..program.nodes import GraphEdge, GraphNode, Kind
from ..program.notation import array_text, index_text, written
from ..registry import Call, find
from ..source import Annotated
from .symbols import Symbol, symbols_in


def expression(s: Symbol) -> str:
    """A node in Python's notation; a variable's is its name."""
    if s.func is None:
        return s.name
    said = [argument(a, s.func is operator.getitem) for a in s.args]
    op = find(tracer.GETITEM.func if s.func is operator.getitem else s.func)
    name = getattr(s.func, "__name__", "func")
    return written(Call(op, (), s.args, s.kwargs, None), said) if op else f"{name}({', '.join(said)})"


def argument(a: Any, is_index: bool) -> str:
    if type(a) is Symbol:
        return a.name
    if isinstance(a, (list, tuple)) and symbols_in(a):
        return f"[{', '.join(argument(item, False) for item in a)}]"
    if is_index:
        return index_text(a)
    return array_text(a) if isinstance(a, (float, int, complex)) else repr(a) if np.ndim(a) == 0 else "array"


def drawing(title: str, symbols: list[Symbol], noted: Annotated, inputs: dict[int, Any]) -> DrawnGraph:
    """The graph as it is defined: numbers at the variables only."""
    used = {a.index for s in symbols for a in symbols_in([s.args, s.kwargs])}
    nodes, edges = [], []
    for k, s in enumerate(symbols):
        kind: Kind = "input" if s.func is None else "operation" if k in used else "output"
        value = array_text(inputs[k]) if s.func is None else ""
        place = str(noted.places[k] or "")
        nodes.append(GraphNode(k, s.name, expression(s), value, "", "", kind, noted.groups[k], place))
        edges += [GraphEdge(a.index, k, i, "") for i, a in enumerate(symbols_in([s.args, s.kwargs]))]
    return DrawnGraph(title, nodes, edges)
