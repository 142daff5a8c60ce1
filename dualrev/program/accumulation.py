"""Accumulating a Jacobian by vertex elimination: the graph that is left, the rule of one step, and what it costs."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .linearized import Linearized


class Accumulation:
    """A linearised graph on its way to the Jacobian.

    intermediates: the vertices to eliminate, in the order computed. before, after: for each vertex its predecessors,
    its successors, with the partial on the edge between. ones: the edges (parent, child) that are 1 or -1 whatever the
    input. copies: an output that is used further has a copy that stays; the edge to it is 1 and costs nothing.
    outputs: the vertex of each row of the Jacobian, None for a constant.

    Two arguments that are the same number are one edge here, the sum of both partials, and what leads from no input to
    an output is left out.
    """

    def __init__(self, graph: Linearized, skip_ones: bool = False) -> None:
        self.inputs, self.skip_ones = graph.inputs, skip_ones
        self.multiplications = self.additions = 0
        count = len(graph.names)
        self.before: list[dict[int, Any]] = [{} for _ in range(count)]
        self.after: list[dict[int, Any]] = [{} for _ in range(count)]
        self.ones: set[tuple[int, int]] = set()
        self.copies: dict[int, int] = {}
        live = relevant(graph)
        for edge in graph.edges:
            if edge.parent in live and edge.child in live:
                self.join(edge.parent, edge.child, edge.partial, edge.one)
        inputs = set(graph.inputs)
        self.intermediates = [v for v in sorted(live - inputs) if self.after[v]]
        for v in set(self.intermediates).intersection(graph.outputs):
            self.copies[v] = len(self.before)
            self.before.append({})
            self.after.append({})
            self.join(v, self.copies[v], 1.0, True)
        self.outputs = [None if v is None else self.copies.get(v, v) for v in graph.outputs]

    def join(self, i: int, j: int, partial: Any, one: bool) -> bool:
        """Add a partial to the edge i -> j. True if the edge was there."""
        met = i in self.before[j]
        if met or not one:
            self.ones.discard((i, j))
        else:
            self.ones.add((i, j))
        self.before[j][i] = self.after[i][j] = self.before[j][i] + partial if met else partial
        return met

    def cost(self, v: int) -> int:
        """The multiplications of eliminating v now: its predecessors times its successors."""
        if not self.skip_ones:
            return len(self.before[v]) * (len(self.after[v]) - (v in self.copies))
        arriving = sum((i, v) not in self.ones for i in self.before[v])
        return arriving * sum((v, j) not in self.ones for j in self.after[v])

    def eliminate(self, v: int) -> None:
        """Join each predecessor i of v to each successor j: c_ji += c_jv * c_vi; then v is gone."""
        self.multiplications += self.cost(v)
        for i, first in self.before[v].items():
            for j, second in self.after[v].items():
                one = (i, v) in self.ones and (v, j) in self.ones
                self.additions += self.join(i, j, second * first, one)
        for i in self.before[v]:
            del self.after[i][v]
        for j in self.after[v]:
            del self.before[j][v]
        self.before[v], self.after[v] = {}, {}

    def jacobian(self) -> np.ndarray:
        """The edges from the inputs to the outputs, once no intermediate vertex is left: one row per output number."""
        rows = [
            [1.0 if i == v else 0.0 if v is None else self.before[v].get(i, 0.0) for i in self.inputs]
            for v in self.outputs
        ]
        return np.array(rows).reshape(len(self.outputs), len(self.inputs))


def relevant(graph: Linearized) -> set[int]:
    """The vertices on a way from an input to an output."""
    reached, needed = set(graph.inputs), {v for v in graph.outputs if v is not None}
    for edge in graph.edges:
        if edge.parent in reached:
            reached.add(edge.child)
    for edge in reversed(graph.edges):
        if edge.child in needed:
            needed.add(edge.parent)
    return reached & needed


def accumulate(graph: Linearized, order: Iterable[int], skip_ones: bool = False) -> Accumulation:
    """Eliminate all intermediate vertices, in the given order."""
    work = Accumulation(graph, skip_ones)
    for v in order:
        work.eliminate(v)
    return work
