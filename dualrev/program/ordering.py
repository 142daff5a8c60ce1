"""The order of the vertices in each layer: few crossings, by a fixed number of barycentre sweeps.

Source: Sugiyama, Tagawa, Toda (1981), barycentres; Gansner et al. (1993), section 3, exchange of neighbours.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 8
EXCHANGES = 4
MOST_FOR_EXCHANGE = 6_000  # arcs; beyond, sweeps alone


class Link(NamedTuple):
    """An arc between neighbouring layers, with where it meets its ends: -1/2 at the left, 1/2 at the right."""

    upper: int
    lower: int
    out: float = 0.0
    into: float = 0.0


Ends = list[list[tuple[int, float, float]]]  # per vertex, its neighbours in one direction: who, where there, where here


def ordered(layers: list[list[int]], links: Sequence[Link], fixed_top: bool = False) -> list[list[int]]:
    """The layers, each in an order with few crossings. fixed_top: the first layer keeps its order."""
    above, below = ends(layers, links)
    best, current = layers, [list(layer) for layer in layers]
    fewest = sum(crossings(layers, above))
    for sweep in range(SWEEPS):
        if not fewest:
            break
        if sweep % 2 == 0:
            for k in range(1, len(current)):
                current[k] = sorted_by(current[k], current[k - 1], above, turned=sweep % 4 > 1)
        else:
            for k in range(len(current) - 2, -1 + fixed_top, -1):
                current[k] = sorted_by(current[k], current[k + 1], below, turned=sweep % 4 > 1)
        count = sum(crossings(current, above))
        if count < fewest:
            best, fewest = [list(layer) for layer in current], count
    return exchanged(best, above, below, int(fixed_top)) if fewest and len(links) < MOST_FOR_EXCHANGE else best


def ends(layers: list[list[int]], links: Sequence[Link]) -> tuple[Ends, Ends]:
    count = max((v for layer in layers for v in layer), default=-1) + 1
    above: Ends = [[] for _ in range(count)]
    below: Ends = [[] for _ in range(count)]
    for upper, lower, out, into in links:
        above[lower].append((upper, out, into))
        below[upper].append((lower, into, out))
    return above, below


def sorted_by(layer: list[int], other: list[int], neighbours: Ends, turned: bool) -> list[int]:
    """A layer in the order of the mean positions of its neighbours in `other`. turned: ties change their order."""
    at = {v: k for k, v in enumerate(other)}
    own = {v: (k + 0.5) / len(layer) for k, v in enumerate(layer)}

    def wish(v: int) -> float:
        near = neighbours[v]
        return sum(at[u] + 0.5 + there for u, there, _ in near) / len(near) / len(other) if near else own[v]

    return sorted(layer[::-1] if turned else layer, key=wish)


def crossings(layers: list[list[int]], above: Ends) -> list[int]:
    """The number of crossings of arcs below each layer."""
    found = []
    for upper, lower in pairwise(layers):
        at = {v: k for k, v in enumerate(upper)}
        seen: list[float] = []
        count = 0
        for pairs in (((at[u] + there, here) for u, there, here in above[v]) for v in lower):
            for group in merged(sorted(pairs, key=lambda pair: pair[1])):
                count += sum(len(seen) - bisect_right(seen, x) for x in group)
                for x in group:
                    insort(seen, x)
        found.append(count)
    return found


def merged(pairs: list[tuple[float, float]]) -> list[list[float]]:
    """Upper ends by lower end: those that share one do not cross."""
    groups: dict[float, list[float]] = {}
    for x, here in pairs:
        groups.setdefault(here, []).append(x)
    return list(groups.values())


def exchanged(layers: list[list[int]], above: Ends, below: Ends, first: int) -> list[list[int]]:
    """Neighbours change places where that lowers the number of crossings."""
    layers = [list(layer) for layer in layers]
    places = [{v: k for k, v in enumerate(layer)} for layer in layers]
    for _ in range(EXCHANGES):
        better = False
        for r in range(first, len(layers)):
            layer, place = layers[r], places[r]
            for k in range(len(layer) - 1):
                a, b = layer[k], layer[k + 1]
                gain = 0
                for other, near in ((r - 1, above), (r + 1, below)):
                    if 0 <= other < len(layers) and near[a] and near[b]:
                        gain += gained(positions(near[a], places[other]), positions(near[b], places[other]))
                if gain > 0:
                    layer[k], layer[k + 1] = b, a
                    place[a], place[b] = k + 1, k
                    better = True
        if not better:
            break
    return layers


def positions(near: list[tuple[int, float, float]], at: dict[int, int]) -> list[float]:
    return sorted(at[u] + there for u, there, _ in near)


def gained(a: list[float], b: list[float]) -> int:
    """How many crossings fewer there are when b stands left of a."""
    now = sum(bisect_left(b, x) for x in a)
    then = sum(bisect_left(a, x) for x in b)
    return now - then
