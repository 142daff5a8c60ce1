"""The graph as it is after one step of a sweep: what is known is written in it, and what is at work is coloured."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..palette import FORWARD, INK, REVERSE
from .graph import DrawnGraph
from .nodes import GraphNode
from .stage import stage_of
from .states import Sequence, Step
from .svg import tag

COLOURS = {"start": INK, "forward": FORWARD, "reverse": REVERSE}


@dataclass(frozen=True)
class StepGraph(DrawnGraph):
    """The drawing after one step. Its nodes keep their places from step to step.

    step: the step. widest: for each node, by index, the texts that take the most room.
    """

    step: Step = field(kw_only=True)
    widest: dict[int, GraphNode] = field(kw_only=True)

    def size(self, node: GraphNode) -> tuple[float, float]:
        return super().size(self.widest[node.index])

    def to_svg(self, extra: Callable[[str, str, str], str] | None = None) -> str:
        """The drawing as SVG, the value and the uses at work in the colour of the sweep; extra: as in `DrawnGraph`."""
        return super().to_svg(lambda *where: self.coloured(*where) + (extra(*where) if extra else ""))

    def coloured(self, element: str, key: str, part: str) -> str:
        at_work = key in self.step.edges if element == "edge" else key == str(self.step.index)
        attribute = {"box": "stroke", "line": "stroke", "head": "fill"}.get(part)
        if not at_work or attribute is None:
            return ""
        wide = tag("set", attributeName="stroke-width", to="3") if attribute == "stroke" else ""
        return tag("set", attributeName=attribute, to=COLOURS[self.step.phase]) + wide


def graph_after(sequence: Sequence, step: Step) -> StepGraph:
    """The graph of a sequence after one of its steps."""
    stage, state = stage_of(sequence), step.state
    nodes = [
        replace(n, value=state.value[n.index], tangent=state.tangent[n.index], adjoint=state.adjoint[n.index])
        for n in stage.nodes
    ]
    return StepGraph(stage.title, nodes, stage.edges, stage.shows_tangents, step=step, widest=stage.widest)
