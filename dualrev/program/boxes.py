"""Groups as nested boxes: which nodes each box holds, and which lines pass through it on the way to where.

Nodes that follow each other in a group share its box; a group that is left and entered again has a box for each time.
A run of nodes in the order of the program is convex: no line leaves it and comes back. So a box can stand as one node
in what is around it.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .frame import EXIT
from .layering import Target
from .slots import Wire

Path = tuple[str, ...]


@dataclass
class Box:
    """The whole drawing, or the box of a group.

    items: what it holds directly, a box by its number, negative. nets: for each node whose lines pass through, where
    they go here: to EXIT, into a box (negative), or along (wire,) to its end.
    """

    path: Path
    outer: int | None
    items: list[int] = field(default_factory=list)
    nets: dict[int, dict[Target, None]] = field(default_factory=dict)


class Boxes:
    """boxes: the whole drawing first, inner ones after outer ones. around: of each node, the boxes around it."""

    def __init__(self, groups: Sequence[Path], wires: Sequence[Wire]):
        self.boxes = [Box((), None)]
        self.around: list[list[int]] = []
        stack = [0]
        for node, path in enumerate(groups):
            del stack[shared(self.boxes[stack[-1]].path, path) + 1 :]
            for depth in range(len(stack), len(path) + 1):
                self.boxes[stack[-1]].items.append(-len(self.boxes))
                self.boxes.append(Box(path[:depth], stack[-1]))
                stack.append(len(self.boxes) - 1)
            self.boxes[stack[-1]].items.append(node)
            self.around.append(list(stack))
        self.wires = wires
        for number, wire in enumerate(wires):
            for box, target in self.stages(number):
                self.boxes[box].nets.setdefault(wire.parent, {})[target] = None

    def stages(self, wire: int) -> list[tuple[int, Target]]:
        """The boxes that a wire passes, in order, each with where it goes there."""
        source, end = self.around[self.wires[wire].parent], self.around[self.wires[wire].child]
        common = shared(source, end)
        out: list[tuple[int, Target]] = [(box, EXIT) for box in source[: common - 1 : -1]]
        down: list[tuple[int, Target]] = [(box, -inner) for box, inner in pairwise(end[common - 1 :])]
        return [*out, *down, (end[-1], (wire,))]

    def holders(self, box: int) -> dict[int, int | None]:
        """For each node whose lines pass through a box, the item of the box that it is in; None if it is outside."""
        found: dict[int, int | None] = {}
        for node in self.boxes[box].nets:
            around = self.around[node]
            inside = around[around.index(box) + 1 :] if box in around else None
            found[node] = None if inside is None else -inside[0] if inside else node
        return found


def shared(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """How long the common beginning of two paths is.

    >>> shared(("net", "layer 1"), ("net", "layer 2")), shared((), ("net",))
    (1, 0)
    """
    return next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
