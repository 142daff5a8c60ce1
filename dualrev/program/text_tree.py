"""A graph as text: a tree from each output down to the leaves."""

from .nodes import Drawing, GraphNode, shortened

MOST_LINES = 1_000
DEEPEST = 20  # levels; what lies deeper begins a tree of its own
ROOMY = 80  # characters of a formula or value


def tree_text(graph: Drawing) -> str:
    """The graph as a tree of lines. What is used again is spelled out once; a leaf, which is an input, is marked.

    The outputs come first, then what leads to none of them.
    """
    nodes = {node.index: node for node in graph.nodes}
    below: dict[int, list[int]] = {index: [] for index in nodes}
    for edge in graph.edges:
        below[edge.child].append(edge.parent)
    used = {edge.parent for edge in graph.edges}
    outputs = [n.index for n in graph.nodes if n.kind == "output"]
    roots = outputs + [n.index for n in graph.nodes if n.index not in used and n.kind != "output"]
    lines: list[str] = []
    known: set[int] = set()
    for root in roots:  # to which the deep ones are added
        if root in known and root not in outputs and below[root]:
            continue
        waiting = [(root, "", "", 0)]  # a node, what stands before it, and before what is below it
        while waiting:
            index, before, indent, depth = waiting.pop()
            if len(lines) == MOST_LINES:
                return "\n".join([*lines, f"... ({len(nodes) - len(known):,} more values: see .nodes)"])
            parents = below[index]
            again, deep = bool(parents) and index in known, bool(parents) and depth == DEEPEST
            lines.append(before + said(nodes[index]) + (" (see above)" if again else " (see below)" if deep else ""))
            if again or deep:
                roots += [index] * deep
                continue
            known.add(index)
            for k, p in reversed(list(enumerate(parents))):
                last = k == len(parents) - 1
                waiting.append((p, indent + ("`- " if last else "|- "), indent + ("   " if last else "|  "), depth + 1))
    return "\n".join(lines)


def said(node: GraphNode) -> str:
    text = shortened(node.head, ROOMY) + (f" = {shortened(node.value, ROOMY)}" if node.value else "")
    return f"leaf {text}" if node.kind == "input" else text
