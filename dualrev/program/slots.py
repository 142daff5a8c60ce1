"""The places on the upper side of a node where its lines arrive, each with room for a label beside the line.

Labels turn away from the middle: of the lines on the left half they stand on the left, of the others on the right. So a
node with two lines is symmetric, and a program that goes on and on goes straight down.
"""

from collections.abc import Sequence
from typing import NamedTuple

HEIGHT, TEXT_HEIGHT = 22.0, 15.0  # of the zone above a node; of a label in it
FREE, BESIDE, AFTER = 7.0, 5.0, 5.0  # room on the free side of a line; between it and its label; after the label


class Wire(NamedTuple):
    """An edge to draw, from node `parent` to node `child`, with room for a label of that width."""

    parent: int
    child: int
    label: float = 0.0


class Slot(NamedTuple):
    """Where a line arrives, from the node's middle; does its label stand on the left?"""

    offset: float
    left: bool


class Slots:
    """sizes: (width, height) per node. widths: of the nodes, made larger where several labels need it.

    right: how far a node reaches to the right of its middle. The label of an only line may stand out there.
    """

    def __init__(self, sizes: Sequence[tuple[float, float]], wires: Sequence[Wire]):
        self.sizes, self.wires = sizes, wires
        arriving: list[list[int]] = [[] for _ in sizes]
        for number, wire in enumerate(wires):
            arriving[wire.child].append(number)
        self.widths = [
            max(width, sum(map(self.needed, own))) if len(own) > 1 else width
            for (width, _), own in zip(sizes, arriving, strict=True)
        ]
        self.right = [
            max(width / 2, *(self.labelled(number) for number in own)) if len(own) == 1 else width / 2
            for width, own in zip(self.widths, arriving, strict=True)
        ]

    def labelled(self, wire: int) -> float:
        """The room on the side of a line where its label is."""
        label = self.wires[wire].label
        return BESIDE + label + AFTER if label else FREE

    def needed(self, wire: int) -> float:
        return FREE + self.labelled(wire)

    def slots(self, node: int, order: Sequence[int]) -> dict[int, Slot]:
        """Where each wire arrives, in that order from the left: in the middle of its share if there is room."""
        if len(order) == 1:
            return {order[0]: Slot(0.0, False)}
        width = self.widths[node]
        spare = (width - sum(map(self.needed, order))) / max(len(order), 1)
        found, edge = {}, -width / 2
        for k, wire in enumerate(order):
            share, aside = self.needed(wire) + spare, self.labelled(wire)
            left = k < len(order) // 2
            found[wire] = Slot(edge + (max(share / 2, aside) if left else min(share / 2, share - aside)), left)
            edge += share
        return found
