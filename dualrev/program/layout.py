"""Where the nodes, the edges and the group boxes of a layered drawing go: plain geometry, from sizes to positions.

Values flow from top to bottom. A node's lines arrive at its upper side, each with room for a label beside it, and leave
from the middle of its lower side; between the layers nothing but lines. Lengths are those of the sizes given; y grows
downwards.

Groups: nodes that follow each other in a group share its box. A box is laid out by itself and then is one node of what
is around it, so that it never holds a foreign node, and boxes never overlap. A group that is left and entered again
(a loop) has a box for each time.

Source: Sugiyama, Tagawa, Toda, Methods for visual understanding of hierarchical system structures (1981); Gansner,
Koutsofios, North, Vo, A technique for drawing directed graphs (1993); the files layering, ordering, coordinates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .boxes import Boxes
from .frame import HEADER, PAD, Frame, framed
from .slots import BESIDE, HEIGHT, TEXT_HEIGHT, Slots, Wire

MARGIN = 12.0  # around the whole
STRAIGHT = 0.05  # as far to the side is no bend


class Point(NamedTuple):
    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    def overlaps(self, other: "Rect") -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: "Rect") -> bool:
        return self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom


class Route(NamedTuple):
    """A line through `points`: vertical where x stays, a curve that starts and ends vertically where it changes.

    label: the room for the label, beside the line's lower end.
    """

    points: list[Point]
    label: Rect

    @property
    def label_on_the_left(self) -> bool:
        return self.label.x < self.points[-1].x


class GroupBox(NamedTuple):
    """The box of a group: its path, outermost first, and the room for its name."""

    path: tuple[str, ...]
    rect: Rect
    header: Rect


@dataclass(frozen=True)
class Layout:
    """A drawing: one Rect per node, one Route per wire, the boxes from the outermost inwards."""

    width: float
    height: float
    nodes: list[Rect]
    routes: list[Route]
    groups: list[GroupBox]


def laid_out(
    sizes: Sequence[tuple[float, float]],
    wires: Sequence[Wire],
    groups: Sequence[tuple[str, ...]] = (),
    headers: Mapping[str, float] | None = None,
) -> Layout:
    """The layout of a directed acyclic graph.

    Parameters
    ----------
    sizes : (width, height) of each node
        A node comes after its parents. It is made wider where the labels of its edges need room.
    wires : edges
        Several between the same two nodes are kept apart.
    groups : optional
        The path of each node's group, outermost first.
    headers : optional
        The width of the text of each group name.
    """
    boxes = Boxes(groups or [()] * len(sizes), wires)
    slots = Slots(sizes, wires)
    widths = [max((headers or {}).get(box.path[-1], 0.0), 1.0) if box.path else 0.0 for box in boxes.boxes]
    hint: dict[int, float] = {}
    if len(boxes.boxes) > 1:  # first only to see where the lines into each box come from
        frames = frames_of(boxes, slots, widths, None)
        corners = corners_of(boxes, frames)
        hint = {k: corners[around[-1]].x + frames[around[-1]].places[k].x for k, around in enumerate(boxes.around)}
    frames = frames_of(boxes, slots, widths, hint)
    corners = corners_of(boxes, frames)
    return assembled(boxes, slots, frames, corners)


def frames_of(boxes: Boxes, slots: Slots, widths: list[float], hint: Mapping[int, float] | None) -> list[Frame]:
    """The inside of every box, from the innermost outwards."""
    frames: dict[int, Frame] = {}
    for k in reversed(range(len(boxes.boxes))):
        box = boxes.boxes[k]
        inner = {item: frames[-item] for item in box.items if item < 0}
        nets = {p: list(targets) for p, targets in box.nets.items()}
        frames[k] = framed(box.items, nets, boxes.holders(k), inner, slots, widths[k], hint)
    return [frames[k] for k in range(len(frames))]


def corners_of(boxes: Boxes, frames: list[Frame]) -> list[Point]:
    """The upper left corner of every box."""
    corners = [Point(MARGIN, MARGIN)]
    for k, box in enumerate(boxes.boxes[1:], 1):
        outer = box.outer or 0
        x, y = frames[outer].places[-k]
        corners.append(Point(corners[outer].x + x - frames[k].width / 2, corners[outer].y + y))
    return corners


def assembled(boxes: Boxes, slots: Slots, frames: list[Frame], corners: list[Point]) -> Layout:
    """The pieces put together, in the coordinates of the whole drawing."""
    nodes = []
    for k, around in enumerate(boxes.around):
        corner, (x, y), width = corners[around[-1]], frames[around[-1]].places[k], slots.widths[k]
        nodes.append(Rect(corner.x + x - width / 2, corner.y + y, width, slots.sizes[k][1]))
    routes = []
    for number, wire in enumerate(slots.wires):
        points: list[Point] = []
        for box, target in boxes.stages(number):
            corner = corners[box]
            points += [Point(corner.x + x, corner.y + y) for x, y in frames[box].routes[wire.parent, target]]
        left = frames[box].slots[number].left
        x = points[-1].x + (-BESIDE - wire.label if left else BESIDE)
        routes.append(Route(simplified(points), Rect(x, points[-1].y - HEIGHT, wire.label, TEXT_HEIGHT)))
    drawn = [
        GroupBox(
            box.path, Rect(*corner, frame.width, frame.height), Rect(corner.x + PAD, corner.y, frame.header, HEADER)
        )
        for box, corner, frame in zip(boxes.boxes, corners, frames, strict=True)
    ]
    return Layout(frames[0].width + 2 * MARGIN, frames[0].height + 2 * MARGIN, nodes, routes, drawn[1:])


def simplified(points: list[Point]) -> list[Point]:
    """Without the points in the middle of a vertical piece."""
    kept = points[:1]
    for point, after in pairwise(points[1:]):
        if max(abs(point.x - kept[-1].x), abs(after.x - point.x)) >= STRAIGHT:
            kept.append(point)
    return [*kept, points[-1]]
