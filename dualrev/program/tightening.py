"""Horizontal positions made better: what stands in one vertical line moves as a whole to where its arcs are shortest.

Each move lowers the sum of the horizontal runs of all arcs, a trunk counting for more, and keeps order and distances.

Source: the objective of Gansner et al. (1993), section 4, here by descent and not to the optimum.
"""

from collections.abc import Sequence

from .coordinates import Joint, Sides, from_zero, pulls_of

ROUNDS = 2
CLOSE = 0.05  # nearer than that is the same place


def tightened(layers: list[list[int]], joints: Sequence[Joint], sides: Sides, x: Sequence[float]) -> list[float]:
    """The positions x after some moves of lines of vertices and of single vertices; the leftmost reaches to 0."""
    moves = Moves(layers, joints, sides, x)
    for _ in range(ROUNDS):
        for block in moves.lines():
            moves.shorten(block)
        for v in range(len(x)):
            moves.shorten([v])
    for layer in layers:
        for v in layer:
            moves.hang(v)
    return from_zero(moves.x, sides)


class Moves:
    """Vertices that move to the side: a move keeps order and distances, and makes the sum of the runs no larger."""

    def __init__(self, layers: list[list[int]], joints: Sequence[Joint], sides: Sides, x: Sequence[float]):
        self.joints, self.sides, self.x = joints, sides, list(x)
        self.above, self.below = pulls_of(len(x), joints)
        self.beside: dict[int, tuple[int | None, int | None]] = {}
        for layer in layers:
            for left, v, right in zip([None, *layer], layer, [*layer[1:], None]):
                self.beside[v] = left, right

    def lines(self) -> list[list[int]]:
        """The sets of vertices that vertical arcs hold together."""
        parent = list(range(len(self.x)))

        def head(v: int) -> int:
            while parent[v] != v:
                parent[v] = v = parent[parent[v]]
            return v

        for upper, lower, out, into, _ in self.joints:
            if abs(self.x[upper] + out - self.x[lower] - into) < CLOSE:
                parent[head(lower)] = head(upper)
        blocks: dict[int, list[int]] = {}
        for v in range(len(self.x)):
            blocks.setdefault(head(v), []).append(v)
        return list(blocks.values())

    def shorten(self, block: list[int]) -> None:
        """Move a block to the weighted median of where its arcs want it."""
        inside, x = set(block), self.x
        wishes = [
            (x[u] + apart - x[v], w)
            for v in block
            for pulls in (self.above[v], self.below[v])
            for u, apart, w in pulls
            if u not in inside
        ]
        self.shift(block, inside, nearest_median(sorted(wishes)))

    def hang(self, v: int) -> None:
        """A vertex in a chain comes to stand below the one before, so that the lines of the chain bend only once."""
        if len(self.above[v]) == len(self.below[v]) == 1 and self.above[v][0].weight >= self.below[v][0].weight:
            other, apart, _ = self.above[v][0]
            self.shift([v], {v}, self.x[other] + apart - self.x[v])

    def shift(self, block: list[int], inside: set[int], step: float) -> None:
        """Move a block by a step, as far as its neighbours let it."""
        if abs(step) < CLOSE:
            return
        x, sides = self.x, self.sides
        for v in block:
            left, right = self.beside[v]
            if step < 0 and left is not None and left not in inside:
                step = max(step, min(x[left] + sides.between(left, v) - x[v], 0.0))
            if step > 0 and right is not None and right not in inside:
                step = min(step, max(x[right] - sides.between(v, right) - x[v], 0.0))
        for v in block:
            x[v] += step


def nearest_median(wishes: list[tuple[float, float]]) -> float:
    """Of the points where the weights to both sides are equal, the one nearest to 0. wishes: in order, with weights.

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
