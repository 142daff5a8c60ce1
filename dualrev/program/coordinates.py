"""Horizontal positions: long arcs straight, parents over the middle of their children, nothing overlapping.

Four drawings are made, each aligning every vertex with a median neighbour above or below and packing to the left or to
the right; the mean of the middle two is taken, vertex by vertex. Ends of arcs may lie off the middle of a vertex.

Source: Brandes & Koepf, Fast and simple horizontal coordinate assignment (2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import NamedTuple


class Joint(NamedTuple):
    """An arc between neighbouring layers that wants to be vertical; out, into: from the middles of its two ends."""

    upper: int
    lower: int
    out: float
    into: float
    straight: bool  # inside a trunk: it comes before all others


Near = list[list[tuple[int, float]]]  # per vertex: its neighbours on one side, and how far right of them it would stand


@dataclass(frozen=True)
class Sides:
    """How far each vertex reaches to the left and right of its middle, with the gap to its neighbours."""

    left: Sequence[float]
    right: Sequence[float]

    def between(self, a: int, b: int) -> float:
        return self.right[a] + self.left[b]


def positions(layers: list[list[int]], joints: Sequence[Joint], sides: Sides) -> list[float]:
    """The middle of each vertex; the leftmost reaches to 0."""
    count = len(sides.left)
    above: Near = [[] for _ in range(count)]
    below: Near = [[] for _ in range(count)]
    for upper, lower, out, into, _ in joints:
        above[lower].append((upper, out - into))
        below[upper].append((lower, into - out))
    crossed = conflicts(layers, joints)
    four = []
    for rows, near in ((layers, above), (layers[::-1], below)):
        four.append(packed(rows, near, crossed, sides))
        mirrored = Sides(sides.right, sides.left)
        away = [[(u, -d) for u, d in side] for side in near]
        four.append([-x for x in packed([row[::-1] for row in rows], away, crossed, mirrored)])
    return balanced(four, sides)


def conflicts(layers: list[list[int]], joints: Sequence[Joint]) -> set[tuple[int, int]]:
    """Arcs that cross a straight one: they are not to be aligned. Both ways round, for either direction."""
    at = {v: k for layer in layers for k, v in enumerate(layer)}
    layer_of = {v: r for r, layer in enumerate(layers) for v in layer}
    rows: list[list[Joint]] = [[] for _ in layers]
    for joint in joints:
        rows[layer_of[joint.upper]].append(joint)
    found = set()
    for row in rows:
        firm = sorted((at[j.lower], at[j.upper]) for j in row if j.straight)
        loose = sorted((at[j.lower], at[j.upper], j.upper, j.lower) for j in row if not j.straight)
        # between two straight arcs, the upper ends of the loose ones stay between theirs
        highest, k = -1, 0
        for low, up, upper, lower in loose:
            while k < len(firm) and firm[k][0] < low:
                highest, k = max(highest, firm[k][1]), k + 1
            right = firm[k][1] if k < len(firm) and firm[k][0] > low else None
            if up < highest or (right is not None and up > right):
                found |= {(upper, lower), (lower, upper)}
    return found


def packed(rows: list[list[int]], near: Near, crossed: set[tuple[int, int]], sides: Sides) -> list[float]:
    """One of the four drawings: vertices aligned in blocks, and the blocks packed to the left."""
    root, shift = aligned(rows, near, crossed)
    blocks: dict[int, dict[int, float]] = {r: {} for r in dict.fromkeys(root)}  # the blocks to the left, how far
    after: dict[int, dict[int, float]] = {r: {} for r in blocks}
    for row in rows:
        for a, b in pairwise(row):
            apart = sides.between(a, b) + shift[a] - shift[b]
            apart = max(apart, blocks[root[b]].get(root[a], apart))
            blocks[root[b]][root[a]] = after[root[a]][root[b]] = apart
    order = list(TopologicalSorter(blocks).static_order())
    x: dict[int, float] = {}
    for r in order:
        x[r] = max((x[left] + apart for left, apart in blocks[r].items()), default=0.0)
    for r in reversed(order):  # what has room comes closer to its neighbours on the right
        if after[r]:
            x[r] = max(x[r], min(x[right] - apart for right, apart in after[r].items()))
    return [x[root[v]] + shift[v] for v in range(len(root))]


def aligned(rows: list[list[int]], near: Near, crossed: set[tuple[int, int]]) -> tuple[list[int], list[float]]:
    """Blocks of vertices above each other: the root of each vertex, and how far right of it it stands."""
    root, shift = list(range(len(near))), [0.0] * len(near)
    at = {v: k for row in rows for k, v in enumerate(row)}
    for row in rows:
        reached = -1
        for v in row:
            sought = sorted(near[v], key=lambda side: (at[side[0]], side[1]))
            for u, apart in sought[(len(sought) - 1) // 2 : len(sought) // 2 + 1]:
                if reached < at[u] and (u, v) not in crossed:
                    root[v], shift[v], reached = root[u], shift[u] + apart, at[u]
                    break
    return root, shift


def balanced(four: list[list[float]], sides: Sides) -> list[float]:
    """The mean of the middle two of four drawings, all moved to where the narrowest is."""
    if not four[0]:
        return []
    spans = [(min(x - a for x, a in zip(xs, sides.left)), max(x + b for x, b in zip(xs, sides.right))) for xs in four]
    low, high = min(spans, key=lambda s: s[1] - s[0])
    moves = [low - s[0] if k % 2 == 0 else high - s[1] for k, s in enumerate(spans)]
    middle = [sum(sorted(x + m for x, m in zip(xs, moves))[1:3]) / 2 for xs in zip(*four)]
    left = min(x - a for x, a in zip(middle, sides.left))
    return [x - left for x in middle]
