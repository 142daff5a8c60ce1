"""Horizontal positions: every vertex close to the mean of its neighbours, in the given order, nothing overlapping.

Sweeps down and up: each layer moves to the positions nearest to what its vertices want, by weighted least squares with
the distances as constraints, which is isotonic regression and exact. Ends of arcs may lie off the middle of a vertex.

Source: Sugiyama, Tagawa, Toda (1981), the priority layout; isotonic regression by pooling adjacent violators, Barlow et
al., Statistical inference under order restrictions (1972).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 3
LOOSE = 0.1  # of a vertex without neighbours in that direction, which wants to stay


class Joint(NamedTuple):
    """An arc between neighbouring layers that wants to be vertical; out, into: from the middles of its two ends."""

    upper: int
    lower: int
    out: float
    into: float
    weight: float


class Pull(NamedTuple):
    """An arc as one of its ends sees it: the other end, and how far right of that it would stand."""

    other: int
    apart: float
    weight: float


Pulls = list[list[Pull]]  # per vertex


@dataclass(frozen=True)
class Sides:
    """How far each vertex reaches to the left and right of its middle, with the gap to its neighbours."""

    left: Sequence[float]
    right: Sequence[float]

    def between(self, a: int, b: int) -> float:
        return self.right[a] + self.left[b]


def pulls_of(count: int, joints: Iterable[Joint]) -> tuple[Pulls, Pulls]:
    """What pulls each vertex from above, and what from below."""
    above: Pulls = [[] for _ in range(count)]
    below: Pulls = [[] for _ in range(count)]
    for upper, lower, out, into, weight in joints:
        above[lower].append(Pull(upper, out - into, weight))
        below[upper].append(Pull(lower, into - out, weight))
    return above, below


def positions(layers: list[list[int]], joints: Sequence[Joint], sides: Sides) -> list[float]:
    """The middle of each vertex."""
    x = [0.0] * len(sides.left)
    above, below = pulls_of(len(x), joints)
    for _ in range(SWEEPS):
        for layer in layers:
            settle(layer, above, sides, x)
        for layer in layers[::-1]:
            settle(layer, below, sides, x)
    return x


def settle(layer: list[int], pulls: Pulls, sides: Sides, x: list[float]) -> None:
    """Move one layer to where its pulls want it."""
    wishes, weights = [], []
    for v in layer:
        weight = sum(pull.weight for pull in pulls[v])
        wishes.append(sum((x[u] + apart) * w for u, apart, w in pulls[v]) / weight if weight else x[v])
        weights.append(max((pull.weight for pull in pulls[v]), default=LOOSE))
    apart = [sides.between(a, b) for a, b in pairwise(layer)]
    for v, place in zip(layer, spaced(wishes, weights, apart)):
        x[v] = place


def from_zero(x: Sequence[float], sides: Sides) -> list[float]:
    """The same positions, the leftmost vertex reaching to 0."""
    edge = min((middle - reach for middle, reach in zip(x, sides.left)), default=0.0)
    return [middle - edge for middle in x]


def spaced(wishes: Sequence[float], weights: Sequence[float], apart: Sequence[float]) -> list[float]:
    """The places nearest to the wishes, by weighted squares, each at least `apart` from the one before.

    >>> spaced([0.0, 0.0, 9.0], [1.0, 1.0, 1.0], [4.0, 4.0])
    [-2.0, 2.0, 9.0]
    """
    moved, shifts = 0.0, [0.0]
    for gap in apart:
        moved += gap
        shifts.append(moved)
    pools: list[tuple[float, float, int]] = []  # of those that touch: sum of weighted wishes, of weights, how many
    for wish, weight, shift in zip(wishes, weights, shifts):
        total, count = weight * (wish - shift), 1
        while pools and pools[-1][0] * weight >= total * pools[-1][1]:
            before = pools.pop()
            total, weight, count = total + before[0], weight + before[1], count + before[2]
        pools.append((total, weight, count))
    places = [total / weight for total, weight, count in pools for _ in range(count)]
    return [place + shift for place, shift in zip(places, shifts)]
