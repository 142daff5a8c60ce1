"""The graph as text in the language of Graphviz, for those who have its programs."""

from collections.abc import Sequence

from ..palette import FORWARD, REVERSE
from .boxes import shared
from .nodes import Drawing, GraphEdge, GraphNode
from .svg import FILLS


def dot_of(graph: Drawing) -> str:
    """One node per value and one edge per use; groups as clusters."""
    lines = [
        f"digraph {quoted(graph.title)} {{",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="monospace", fontsize=11]',
        '  edge [fontname="monospace", fontsize=9]',
    ]
    lines += node_lines(graph, graph.nodes)
    lines += [edge_line(edge) for edge in graph.edges]
    return "\n".join([*lines, "}\n"])


def node_lines(graph: Drawing, nodes: Sequence[GraphNode]) -> list[str]:
    """The nodes, each inside the clusters of its group; a group that is entered again is the same cluster again."""
    lines: list[str] = []
    numbers: dict[tuple[str, ...], int] = {}
    inside: tuple[str, ...] = ()
    for node in [*nodes, None]:
        path = node.group if node else ()
        common = shared(inside, path)
        lines += [f"{'  ' * (depth + 1)}}}" for depth in range(len(inside) - 1, common - 1, -1)]
        for depth in range(common, len(path)):
            number = numbers.setdefault(path[: depth + 1], len(numbers))
            lines.append(f"{'  ' * (depth + 1)}subgraph cluster_{number} {{ label={quoted(path[depth])}")
        if node:
            lines.append("  " * (len(path) + 1) + node_line(graph, node))
        inside = path
    return lines


def node_line(graph: Drawing, node: GraphNode) -> str:
    colours = {"tangent": FORWARD, "adjoint": REVERSE}
    said = [
        f'<font color="{colours[part]}">{escaped(line)}</font>' if part in colours else escaped(line)
        for part, line in node.lines(graph.shows_tangents).items()
        if line
    ]
    return f'n{node.index} [label=<{"<br/>".join(said)}>, fillcolor="{FILLS[node.kind]}"]'


def edge_line(edge: GraphEdge) -> str:
    return f"  n{edge.parent} -> n{edge.child} [label={quoted(edge.partial)}]"


def quoted(text: str) -> str:
    r"""A string of the language: only the quotation mark and the backslash mean something in it.

    >>> print(quoted('a "b" \\n'))
    "a \"b\" \\n"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def escaped(text: str) -> str:
    """A text inside a label that is written like HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
