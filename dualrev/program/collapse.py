"""A graph with one node in place of every group: the overview of a large program."""

from collections.abc import Sequence
from dataclasses import replace

from ..errors import InputError
from .nodes import GraphEdge, GraphNode


def collapsed(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], depth: int = 1
) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Nodes and edges with one node for each run of values in a group that is `depth` deep, 1 being the outermost.

    The node of a group has the index, the value and the adjoint of its last value. The edges inside vanish; one enters
    for each value that is used inside, with no partial of its own.
    """
    if depth < 1:
        raise InputError(f"collapse={depth}: give the depth of the groups to draw as one node, 1 being the outermost")
    stands = standing(nodes, depth)
    members: dict[int, list[GraphNode]] = {}
    for node in nodes:
        members.setdefault(stands[node.index], []).append(node)
    kept = [group_node(ms, depth) if len(ms[0].group) >= depth else ms[0] for ms in members.values()]
    closed = {node.index for node in nodes if len(node.group) >= depth}
    return kept, outer_edges(edges, stands, closed)


def standing(nodes: Sequence[GraphNode], depth: int) -> dict[int, int]:
    """The index of the node that stands for each value: the last of the run in its group, or the value itself."""
    stands: dict[int, int] = {}
    last: GraphNode | None = None
    for node in reversed(nodes):
        if last is None or len(node.group) < depth or node.group[:depth] != last.group[:depth]:
            last = node
        stands[node.index] = last.index
    return stands


def group_node(members: Sequence[GraphNode], depth: int) -> GraphNode:
    last, count = members[-1], len(members)
    name = f"{last.group[depth - 1]}: {count} operation{'s' * (count != 1)}"
    output = any(node.kind == "output" for node in members)
    return replace(
        last, name=name, expression="", kind="output" if output else "operation", group=last.group[: depth - 1]
    )


def outer_edges(edges: Sequence[GraphEdge], stands: dict[int, int], closed: set[int]) -> list[GraphEdge]:
    """The edges between different nodes; into a group once for each value, numbered in their order."""
    found: list[GraphEdge] = []
    entering: dict[int, dict[int, int]] = {}  # of each group, the values used inside and their numbers
    for edge in edges:
        parent, child = stands[edge.parent], stands[edge.child]
        if parent == child:
            continue
        if edge.child not in closed:
            found.append(replace(edge, parent=parent))
        elif edge.parent not in (known := entering.setdefault(child, {})):
            known[edge.parent] = len(known)
            found.append(GraphEdge(parent, child, known[edge.parent], ""))
    return found
