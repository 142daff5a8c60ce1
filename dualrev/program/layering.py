"""The layers of a drawing: every arc goes down, one layer at a time, through dummy vertices where it is longer.

The arcs of one source share their dummies: a trunk goes down, and each arc branches off where its child is. A value
that is used everywhere then costs one vertex per layer.

Source: Sugiyama, Tagawa, Toda (1981); layers by the longest path, Gansner et al. (1993), section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Target = int | tuple[int]  # where a line goes: a key that the caller chooses

MOST_DUMMIES = 12_000  # beyond, the longest arcs get none, and are drawn as one curve


@dataclass(frozen=True)
class Net:
    """All that leaves one vertex at one place: `offset` from its middle; `targets` by key, each a vertex."""

    source: int
    offset: float
    targets: dict[Target, int]


class Arc(NamedTuple):
    """A piece of a net from one layer to the next. key: of the target that it reaches; None on a trunk."""

    upper: int
    lower: int
    net: int
    key: Target | None


@dataclass(frozen=True)
class Layers:
    """layers: vertices from top to bottom, dummies numbered after the `count` real ones. arcs: between neighbours.

    trunks: per net, the dummies below its source. direct: (net, key) of the arcs that are too long for dummies.
    """

    count: int
    layers: list[list[int]]
    arcs: list[Arc]
    trunks: list[list[int]]
    direct: set[tuple[int, Target]]

    @property
    def total(self) -> int:
        """How many vertices there are, with the dummies."""
        return sum(map(len, self.layers))


def ranks_of(count: int, pairs: Sequence[tuple[int, int]], entries: int = 0, exits: int = 0) -> list[int]:
    """The layer of each vertex: below all its parents; one without parents close above its first child.

    pairs: (upper, lower), upper < lower. The first `entries` vertices stay on top, the last `exits` at the bottom.
    """
    rank = [int(k >= entries > 0) for k in range(count)]
    floor = [count] * count  # above the first child
    fed = [False] * count
    for upper, lower in sorted(pairs):
        rank[lower] = max(rank[lower], rank[upper] + 1)
        fed[lower] = True
    bottom = max(rank[: count - exits], default=-1) + 1
    rank[count - exits :] = [bottom] * exits
    for upper, lower in pairs:
        floor[upper] = min(floor[upper], rank[lower] - 1)
    for k in range(entries, count - exits):
        if not fed[k] and floor[k] < count:
            rank[k] = floor[k]
    return rank


def layered(rank: list[int], nets: Sequence[Net]) -> Layers:
    """Vertices by layer, with the dummies that the nets need."""
    reach = longest_reach(rank, nets)
    layers: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for k, r in enumerate(rank):
        layers[r].append(k)
    made, arcs, trunks, direct = len(rank), [], [], set()
    for number, net in enumerate(nets):
        top = rank[net.source]
        kept = {key: rank[t] for key, t in net.targets.items() if rank[t] - top <= reach}
        trunk = [net.source]
        for r in range(top + 1, max(kept.values(), default=0)):
            layers[r].append(made)
            arcs.append(Arc(trunk[-1], made, number, None))
            trunk.append(made)
            made += 1
        arcs += [Arc(trunk[r - top - 1], net.targets[key], number, key) for key, r in kept.items()]
        direct |= {(number, key) for key in net.targets if key not in kept}
        trunks.append(trunk[1:])
    return Layers(len(rank), layers, arcs, trunks, direct)


def longest_reach(rank: list[int], nets: Sequence[Net]) -> int:
    """How many layers an arc may span so that the dummies stay within MOST_DUMMIES."""
    reach = len(rank) + 1
    while reach > 1 and sum(span(rank, net, reach) for net in nets) > MOST_DUMMIES:
        reach = reach * 3 // 4
    return reach


def span(rank: list[int], net: Net, reach: int) -> int:
    spans = [rank[t] - rank[net.source] for t in net.targets.values()]
    return max((s for s in spans if s <= reach), default=1) - 1
