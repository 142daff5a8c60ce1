"""Horizontal positions made better: what stands in one vertical line moves as a whole to where its lines are shortest.

Each move lowers the sum of the horizontal runs of all arcs, a trunk counting for more, and keeps order and distances.

Source: the objective of Gansner et al. (1993), section 4, here by descent and not to the optimum.
"""

from collections.abc import Iterable, Sequence

from .coordinates import Joint, Sides

ROUNDS = 8
STRAIGHT = 8.0  # the weight of an arc of a trunk; of others 1
CLOSE = 0.05  # nearer than that is the same place


def tightened(layers: list[list[int]], joints: Sequence[Joint], sides: Sides, x: Sequence[float]) -> list[float]:
    """The positions x after some rounds of moves, alternating between lines of vertices and single vertices."""
    found = list(x)
    pulls: list[list[tuple[int, float, float]]] = [[] for _ in found]  # who, how far right of it, weight
    for upper, lower, out, into, straight in joints:
        weight = STRAIGHT if straight else 1.0
        pulls[lower].append((upper, out - into, weight))
        pulls[upper].append((lower, into - out, weight))
    beside: dict[int, tuple[int | None, int | None]] = {}
    for layer in layers:
        for left, v, right in zip([None, *layer], layer, [*layer[1:], None]):
            beside[v] = left, right
    for turn in range(ROUNDS):
        blocks: Iterable[list[int]] = lines(joints, found) if turn % 2 == 0 else ([v] for v in range(len(found)))
        moved = sum(move(block, pulls, beside, sides, found) for block in blocks)
        if not moved and turn % 2:
            break
    edge = min((middle - reach for middle, reach in zip(found, sides.left)), default=0.0)
    return [middle - edge for middle in found]


def lines(joints: Sequence[Joint], x: list[float]) -> list[list[int]]:
    """The sets of vertices that vertical arcs hold together."""
    parent = list(range(len(x)))

    def head(v: int) -> int:
        while parent[v] != v:
            parent[v] = v = parent[parent[v]]
        return v

    for upper, lower, out, into, _ in joints:
        if abs(x[upper] + out - x[lower] - into) < CLOSE:
            parent[head(lower)] = head(upper)
    blocks: dict[int, list[int]] = {}
    for v in range(len(x)):
        blocks.setdefault(head(v), []).append(v)
    return list(blocks.values())


def move(
    block: list[int],
    pulls: list[list[tuple[int, float, float]]],
    beside: dict[int, tuple[int | None, int | None]],
    sides: Sides,
    x: list[float],
) -> bool:
    """Move a block to the weighted median of where its arcs want it, as far as its neighbours let it."""
    inside = set(block)
    wishes = sorted((x[u] + apart - x[v], w) for v in block for u, apart, w in pulls[v] if u not in inside)
    step = nearest_median(wishes)
    if abs(step) < CLOSE:
        return False
    for v in block:
        left, right = beside[v]
        if step < 0 and left is not None and left not in inside:
            step = max(step, min(x[left] + sides.between(left, v) - x[v], 0.0))
        if step > 0 and right is not None and right not in inside:
            step = min(step, max(x[right] - sides.between(v, right) - x[v], 0.0))
    if abs(step) < CLOSE:
        return False
    for v in block:
        x[v] += step
    return True


def nearest_median(wishes: list[tuple[float, float]]) -> float:
    """Of the points where the weights to both sides are equal, the one nearest to 0.

    >>> nearest_median([(-3.0, 1.0), (2.0, 1.0)]), nearest_median([(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)])
    (0.0, 2.0)
    """
    half, passed = sum(w for _, w in wishes) / 2, 0.0
    for k, (wish, weight) in enumerate(wishes):
        passed += weight
        if passed > half:
            return wish
        if passed == half:
            return min(max(0.0, wish), wishes[k + 1][0])
    return 0.0
