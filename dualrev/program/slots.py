"""The places on the upper side of a node where its lines arrive, each with room for a label beside the line."""

from collections.abc import Sequence
from typing import NamedTuple

HEIGHT, TEXT_HEIGHT = 20.0, 13.0  # of the zone above a node; of a label in it
BEFORE, BESIDE, AFTER = 6.0, 5.0, 5.0  # room before a line; between it and its label; after the label


class Wire(NamedTuple):
    """An edge to draw, from node `parent` to node `child`, with room for a label of that width."""

    parent: int
    child: int
    label: float = 0.0


class Slots:
    """sizes: (width, height) per node. widths: of the nodes, made larger where their labels need it."""

    def __init__(self, sizes: Sequence[tuple[float, float]], wires: Sequence[Wire]):
        self.sizes, self.wires = sizes, wires
        self.widths = [width for width, _ in sizes]
        needed = [0.0] * len(sizes)
        for number, wire in enumerate(wires):
            needed[wire.child] += self.needed(number)
        self.widths = [max(pair) for pair in zip(self.widths, needed, strict=True)]

    def needed(self, wire: int) -> float:
        label = self.wires[wire].label
        return BEFORE + (BESIDE + label if label else 0.0) + AFTER

    def offsets(self, node: int, order: Sequence[int]) -> dict[int, float]:
        """How far right of the node's middle each wire arrives, in that order from the left."""
        width = self.widths[node]
        spare = (width - sum(map(self.needed, order))) / max(len(order), 1)
        found, left = {}, -width / 2
        for wire in order:
            cell = self.needed(wire) + spare
            found[wire] = left + min(cell / 2, cell - self.needed(wire) + BEFORE)
            left += cell
        return found
