"""The drawing in which steps are played: each node has room for every text that it will show."""

from dataclasses import dataclass, field, replace

from .nodes import Drawing, GraphNode, text_width
from .states import Sequence


@dataclass(frozen=True)
class Stage(Drawing):
    """A drawing whose nodes are as large as those of `widest`, by index."""

    widest: dict[int, GraphNode] = field(default_factory=dict)

    def size(self, node: GraphNode) -> tuple[float, float]:
        return super().size(self.widest[node.index])


@dataclass(frozen=True)
class Unwritten(GraphNode):
    """A node whose adjoint is written by someone else."""

    def lines(self, tangents: bool) -> dict[str, str]:
        return super().lines(tangents) | {"adjoint": ""}


def stage_of(sequence: Sequence, unwritten: bool = False) -> Stage:
    """The drawing of the last state; unwritten: without the adjoints, whose room is left free."""
    graph, mode = sequence.graph, sequence.mode
    nodes = [replace(n, adjoint="") if mode == "forward" else n for n in graph.nodes]
    widest = {n.index: n for n in nodes}
    for step in sequence:
        for change in step.changes:
            node = widest[change.index]
            if change.column == "adjoint" and text_width(change.text, 1) > text_width(node.adjoint, 1):
                widest[change.index] = replace(node, adjoint=change.text)
    shown: list[GraphNode] = [Unwritten(**vars(n)) for n in nodes] if unwritten else list(nodes)
    return Stage(graph.title, shown, graph.edges, graph.shows_tangents, widest)
