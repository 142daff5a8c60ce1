"""One level of a drawing: the nodes and boxes directly inside a box, placed, and the lines between them routed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .coordinates import Joint, Sides, from_zero, positions
from .layering import Arc, Net, Target, layered, ranks_of
from .ordering import Link, ordered
from .slots import HEIGHT, Slot, Slots
from .tightening import tightened

EXIT = 0  # as a target: out of the box; a box itself is named by a negative number
NODE_GAP, LINE_GAP = 18.0, 14.0  # between nodes, between lines
LAYER_GAP, STEEP, MOST_GAP = 24.0, 0.1, 90.0  # between layers: more where lines run far to the side
BEGIN, TRUNK = 2.0, 8.0  # the weights of the first arc of a trunk and of those inside; of others 1
PAD, HEADER = 10.0, 20.0  # of a box: beside its inside; above it, for its name


class Spot(NamedTuple):
    """The middle of the upper side of an item."""

    x: float
    y: float


@dataclass(frozen=True)
class Frame:
    """A level laid out, in its own coordinates.

    places: of each item. entries, exits: where the lines of a parent cross the upper and the lower border. routes: the
    points of a line, by its parent and where it goes. slots: where each wire arrives. header: the width of the name.
    """

    width: float
    height: float
    places: dict[int, Spot]
    entries: dict[int, float]
    exits: dict[int, float]
    routes: dict[tuple[int, Target], list[tuple[float, float]]]
    slots: dict[int, Slot]
    header: float


def framed(
    items: Sequence[int],
    nets: Mapping[int, Sequence[Target]],
    holders: Mapping[int, int | None],
    inner: Mapping[int, Frame],
    slots: Slots,
    header: float,
    hint: Mapping[int, float] | None,
) -> Frame:
    """One level laid out.

    items: nodes, and boxes by their negative numbers, in an order in which lines go forward. nets: for each parent,
    where its lines go: to EXIT, into a box, or along (wire,) to its end. holders: the item that a parent is in, None if
    outside. inner: the boxes. hint: where the parents are, from left to right; None if that is still unknown, and the
    level need only be good enough to tell.
    """
    level = Level(items, nets, holders, inner, slots, hint or {})
    order = ordered(level.layers.layers, level.links(), fixed_top=bool(hint and level.entries))
    slotted = level.slotted(order)
    into = level.arrivals(slotted)
    x = level.across(order, into, header, hint is not None)
    return Down(level, order, into, x, header).frame(slotted)


class Level:
    """The vertices of one level: lines that enter, items, lines that leave; then the dummies."""

    def __init__(
        self,
        items: Sequence[int],
        nets: Mapping[int, Sequence[Target]],
        holders: Mapping[int, int | None],
        inner: Mapping[int, Frame],
        slots: Slots,
        hint: Mapping[int, float],
    ):
        self.inner, self.slots, self.parents = inner, slots, list(nets)
        entering = sorted((p for p in nets if holders[p] is None), key=lambda p: hint.get(p, p))
        leaving = [p for p in nets if EXIT in nets[p]]
        first, last = len(entering), len(entering) + len(items)
        self.entries = {p: k for k, p in enumerate(entering)}
        self.vertex = {item: first + k for k, item in enumerate(items)}
        self.exits = {p: last + k for k, p in enumerate(leaving)}
        self.item: dict[int, int] = {v: item for item, v in self.vertex.items()}
        self.count = last + len(leaving)
        self.nets = [self.net(p, nets[p], holders[p]) for p in self.parents]
        pairs = [(net.source, t) for net in self.nets for t in net.targets.values()]
        self.layers = layered(ranks_of(self.count, pairs, first, len(leaving)), self.nets)
        self.fed = {lower for _, lower in pairs}

    def net(self, p: int, targets: Sequence[Target], holder: int | None) -> Net:
        reached = {t: self.exits[p] if t == EXIT else self.vertex[self.end(t)] for t in targets}
        if holder is None:
            return Net(self.entries[p], 0.0, reached)
        box = self.inner.get(holder)
        return Net(self.vertex[holder], box.exits[p] - box.width / 2 if box else 0.0, reached)

    def end(self, target: Target) -> int:
        """The item at the end of a target that is not EXIT."""
        return self.slots.wires[target[0]].child if isinstance(target, tuple) else target

    def size(self, v: int) -> tuple[float, float]:
        item = self.item.get(v)
        if item is None:
            return 0.0, 0.0
        box = self.inner.get(item)
        return (box.width, box.height) if box else (self.slots.widths[item], self.slots.sizes[item][1])

    def reach(self, v: int) -> float:
        """How far a vertex reaches to the right of its middle."""
        item = self.item.get(v, -1)
        return self.slots.right[item] if item >= 0 else self.size(v)[0] / 2

    def labelled(self, v: int) -> bool:
        """A node with lines that arrive: they have labels above it."""
        return v in self.fed and self.item.get(v, -1) >= 0

    def out(self, arc: Arc) -> float:
        """Where an arc leaves, from the middle of its upper end."""
        net = self.nets[arc.net]
        return net.offset if arc.upper == net.source else 0.0

    def onto(self, net: int, target: Target | None) -> float:
        """Where a line arrives on a box, from its middle; 0 elsewhere."""
        box = self.inner.get(target) if isinstance(target, int) else None
        return box.entries[self.parents[net]] - box.width / 2 if box else 0.0

    def weight(self, arc: Arc) -> float:
        """How much an arc wants to be straight: inside a trunk most, then at its beginning."""
        if arc.lower < self.count:
            return 1.0
        return BEGIN if arc.upper < self.count else TRUNK

    def links(self) -> list[Link]:
        """The arcs for the ordering: lines have a fixed place on boxes, and are free on nodes."""
        return [
            Link(
                arc.upper,
                arc.lower,
                self.out(arc) / max(self.size(arc.upper)[0], 1.0),
                self.onto(arc.net, arc.key) / max(self.size(arc.lower)[0], 1.0),
            )
            for arc in self.layers.arcs
        ]

    def slotted(self, order: list[list[int]]) -> dict[int, Slot]:
        """Where each wire arrives on its node: in the order of where they come from."""
        at = {v: k for layer in order for k, v in enumerate(layer)}
        last = [(arc.upper, arc.key) for arc in self.layers.arcs]
        last += [(self.nets[n].source, key) for n, key in self.layers.direct]
        coming: dict[int, list[tuple[int, int]]] = {}
        for upper, key in last:
            if isinstance(key, tuple):
                coming.setdefault(self.end(key), []).append((at[upper], key[0]))
        found: dict[int, Slot] = {}
        for node, wires in coming.items():
            found |= self.slots.slots(node, [wire for _, wire in sorted(wires)])
        return found

    def arrivals(self, slotted: Mapping[int, Slot]) -> dict[tuple[int, Target], float]:
        """Where each line arrives, from the middle of its target."""
        lines = [(n, key) for n, net in enumerate(self.nets) for key in net.targets]
        return {(n, key): slotted[key[0]].offset if isinstance(key, tuple) else self.onto(n, key) for n, key in lines}

    def across(
        self, order: list[list[int]], into: Mapping[tuple[int, Target], float], header: float, tight: bool
    ) -> list[float]:
        """The middle of each vertex from left to right; a box's name stands left of the lines that enter it."""
        left, right = [LINE_GAP / 2] * self.layers.total, [LINE_GAP / 2] * self.layers.total
        for v in self.vertex.values():
            left[v], right[v] = (self.size(v)[0] + NODE_GAP) / 2, self.reach(v) + NODE_GAP / 2
        if self.entries:
            left[order[0][0]] += header + NODE_GAP / 2
        joints = [
            Joint(
                arc.upper,
                arc.lower,
                self.out(arc),
                0.0 if arc.key is None else into[arc.net, arc.key],
                self.weight(arc),
            )
            for arc in self.layers.arcs
        ]
        sides = Sides(left, right)
        pad = (PAD if header else 0.0) - NODE_GAP / 2
        found = positions(order, joints, sides)
        found = tightened(order, joints, sides, found) if tight else from_zero(found, sides)
        return [x + pad for x in found]


class Down:
    """The heights of the layers of a level, from top to bottom, and the frame that comes of it."""

    def __init__(
        self,
        level: Level,
        order: list[list[int]],
        into: Mapping[tuple[int, Target], float],
        x: list[float],
        header: float,
    ):
        self.level, self.into, self.x, self.header = level, into, x, header
        self.rank = {v: r for r, layer in enumerate(order) for v in layer}
        self.zones = [HEIGHT * any(map(level.labelled, layer)) for layer in order]
        self.tops: list[float] = []
        self.bottoms: list[float] = []
        gaps = self.gaps(len(order))
        y = HEADER if header and not level.entries else 0.0
        for r, layer in enumerate(order):
            self.tops.append(y)
            own = HEADER if r == 0 and level.entries else 0.0  # the lines that enter pass beside the name
            y += max([own, *(level.size(v)[1] + self.zone(v) for v in layer)])
            self.bottoms.append(y)
            y += gaps[r]
        if self.bottoms and header and not level.exits:
            self.bottoms[-1] += PAD

    def gaps(self, count: int) -> list[float]:
        """The gap below each layer: larger where a line runs far to the side."""
        aside = [0.0] * count
        for arc in self.level.layers.arcs:
            into = 0.0 if arc.key is None else self.into[arc.net, arc.key]
            run = abs(self.x[arc.lower] + into - self.x[arc.upper] - self.level.out(arc))
            aside[self.rank[arc.upper]] = max(aside[self.rank[arc.upper]], run)
        return [LAYER_GAP + min(STEEP * run, MOST_GAP) for run in aside]

    def zone(self, v: int) -> float:
        """The room for labels above an item: boxes need none, for they have their own inside."""
        return self.zones[self.rank[v]] if self.level.item.get(v, -1) >= 0 else 0.0

    def spot(self, v: int) -> Spot:
        """A node without parents stands low in its layer, close to its children."""
        r, height = self.rank[v], self.level.size(v)[1]
        low = v not in self.level.fed and self.level.item[v] >= 0
        return Spot(self.x[v], self.bottoms[r] - height if low else self.tops[r] + self.zone(v))

    def route(self, n: int, target: Target) -> list[tuple[float, float]]:
        """The points of a line: straight through each layer, to the side between layers."""
        level, net = self.level, self.level.nets[n]
        source, end = net.source, net.targets[target]
        begin = self.spot(source).y + level.size(source)[1] if source in level.item else self.tops[self.rank[source]]
        points = [(self.x[source] + net.offset, y) for y in (begin, self.bottoms[self.rank[source]])]
        if (n, target) not in level.layers.direct:
            for v in level.layers.trunks[n][: self.rank[end] - self.rank[source] - 1]:
                points += [(self.x[v], self.tops[self.rank[v]]), (self.x[v], self.bottoms[self.rank[v]])]
        arrive = self.x[end] + self.into[n, target]
        last = self.spot(end).y if end in level.item else self.bottoms[-1]
        return [*points, (arrive, self.tops[self.rank[end]]), (arrive, last)]

    def frame(self, slotted: dict[int, Slot]) -> Frame:
        level, x = self.level, self.x
        pad = PAD if self.header else 0.0
        right = max((x[v] + level.reach(v) for v in self.rank), default=0.0)
        return Frame(
            width=max(right + pad, self.header + 2 * pad),
            height=self.bottoms[-1] if self.bottoms else 0.0,
            places={item: self.spot(v) for item, v in level.vertex.items()},
            entries={p: x[v] for p, v in level.entries.items()},
            exits={p: x[v] for p, v in level.exits.items()},
            routes={(level.parents[n], t): self.route(n, t) for n, net in enumerate(level.nets) for t in net.targets},
            slots=slotted,
            header=self.header,
        )
