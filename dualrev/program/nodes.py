"""What a drawing of a graph shows: nodes and edges with their texts, and where each goes."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal
from unicodedata import east_asian_width

from ..brief import brief
from .layout import Layout, Wire, laid_out

Kind = Literal["input", "operation", "output"]

LONGEST = 40  # characters of a text in a node; the full one is on the tooltip
TEXT_SIZE, LABEL_SIZE, LINE_HEIGHT = 13.0, 12.0, 17.0
CHARACTER = 0.61  # the width of a character of a monospace font, by its size
BESIDE, ABOVE = 9.0, 6.0  # between the border of a node and its text


@brief
@dataclass(frozen=True)
class GraphNode:
    """A value: all texts as they are written; `tangent` is "" unless asked for."""

    index: int
    name: str
    expression: str
    value: str
    tangent: str
    adjoint: str
    kind: Kind
    group: tuple[str, ...]
    place: str

    @property
    def head(self) -> str:
        """The first line: of an input the name, else "name = expression"."""
        return self.name if self.expression in ("", self.name) else f"{self.name} = {self.expression}"

    def lines(self, tangents: bool) -> dict[str, str]:
        """What is written in the node, by part, from top to bottom."""
        found = {"name": shortened(self.head), "value": shortened(self.value)}
        if tangents:
            found["tangent"] = shortened(f"tan {self.tangent}" if self.tangent else "")
        return found | {"adjoint": shortened(f"adj {self.adjoint}" if self.adjoint else "")}


@brief
@dataclass(frozen=True)
class GraphEdge:
    """Argument number `argument` of node `child` is the value of node `parent`; `partial` is the local derivative."""

    parent: int
    child: int
    argument: int
    partial: str

    @property
    def key(self) -> str:
        return f"{self.parent}-{self.child}-{self.argument}"


@dataclass(frozen=True)
class Drawing:
    """A graph as text and geometry: what every way to draw it starts from.

    title: the name of the function. nodes: one per value. edges: one per use of a value, so that ``a * a`` has two.
    shows_tangents: does every node have a line for its tangent? layout: where everything goes.
    """

    title: str
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    shows_tangents: bool = False

    @cached_property
    def layout(self) -> Layout:
        at = {node.index: k for k, node in enumerate(self.nodes)}
        wires = [Wire(at[e.parent], at[e.child], text_width(e.partial, LABEL_SIZE)) for e in self.edges]
        names = {name for node in self.nodes for name in node.group}
        headers = {name: text_width(shortened(name), TEXT_SIZE) for name in names}
        return laid_out([self.size(node) for node in self.nodes], wires, [node.group for node in self.nodes], headers)

    def size(self, node: GraphNode) -> tuple[float, float]:
        lines = node.lines(self.shows_tangents).values()
        width = max(text_width(line, TEXT_SIZE) for line in lines)
        return max(width, 40.0) + 2 * BESIDE, LINE_HEIGHT * len(lines) + 2 * ABOVE

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        nodes = [asdict(node) | {"group": list(node.group)} for node in self.nodes]
        return {"title": self.title, "nodes": nodes, "edges": [asdict(edge) for edge in self.edges]}


def shortened(text: str, most: int = LONGEST) -> str:
    """The text on one line, with an ellipsis in its middle if it is long.

    >>> shortened("the_parameters_of_the_model", 12)
    'the_pa…model'
    """
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most // 2]}…{text[len(text) - (most - 1) // 2 :]}"


def text_width(text: str, size: float) -> float:
    """The width of a text in a monospace font; the characters of East Asia take two places.

    >>> text_width("adj 1", 10.0), text_width("", 10.0)
    (30.5, 0.0)
    """
    return size * CHARACTER * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
