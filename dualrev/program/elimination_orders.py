"""Orders of vertex elimination: forward, reverse, greedy, and the best of all by dynamic programming over subsets."""

import numpy as np

from .accumulation import Accumulation
from .linearized import Linearized

WORD = 64  # bits of a set of vertices


def markowitz(graph: Linearized, skip_ones: bool = False, last: bool = False) -> list[int]:
    """The vertex that costs least now, again and again; of equals the one computed first, or last.

    Source: Griewank & Walther (2008), section 10.1; Griewank & Reese (1991), after Markowitz (1957).
    """
    work = Accumulation(graph, skip_ones)
    waiting, order = list(work.intermediates[::-1] if last else work.intermediates), []
    while waiting:
        v = min(waiting, key=work.cost)
        waiting.remove(v)
        work.eliminate(v)
        order.append(v)
    return order


def optimum(graph: Linearized, skip_ones: bool = False) -> list[int]:
    """The order of fewest multiplications: dynamic programming over the 2**k subsets of the k intermediate vertices.

    Once a set S is eliminated, the edges of a vertex v are the ways to it, and from it, through S, in whatever order S
    went. So the least cost of S is the least over its members v of cost(S without v) + the cost of v after that.

    Source: Naumann (2008), Optimal Jacobian accumulation is NP-complete; Bentert et al., Structural optimal Jacobian
    accumulation and minimum edge count are NP-complete under vertex elimination, for a search of this running time.
    """
    work = Accumulation(graph, skip_ones)
    vertices = work.intermediates
    k = len(vertices)
    ins = degrees(work, vertices, backwards=True)
    outs = degrees(work, vertices, backwards=False)
    if not skip_ones:
        outs -= np.array([v in work.copies for v in vertices], int)
    least = np.full(2**k, np.iinfo(np.int64).max)
    least[0] = 0
    final = np.zeros(2**k, np.int8)  # the vertex that goes last
    sizes = np.bitwise_count(np.arange(2**k))
    by_size = np.split(np.argsort(sizes, kind="stable"), np.cumsum(np.bincount(sizes))[:-1])
    for sets in by_size[:-1]:
        for v in reversed(range(k)):  # of equals the one computed last goes last
            rest = sets[(sets >> v) & 1 == 0]
            cost = least[rest] + ins[rest, v] * outs[rest, v]
            whole = rest | (1 << v)
            better = cost < least[whole]
            least[whole[better]], final[whole[better]] = cost[better], v
    order, left = [], 2**k - 1
    while left:
        v = int(final[left])
        order.append(vertices[v])
        left ^= 1 << v
    return order[::-1]


def degrees(work: Accumulation, vertices: list[int], backwards: bool) -> np.ndarray:
    """How many edges lead to (backwards) or from each vertex once a subset is gone: shape (2**k, k).

    Where ones are skipped, those that may be other than 1 or -1 are counted.
    """
    ends = work.before if backwards else work.after
    k = len(vertices)
    outside = sorted({end for v in vertices for end in ends[v]} - set(vertices))
    counted = np.zeros((2**k, k), np.int64)
    room = WORD - k
    for start in range(0, max(len(outside), 1), room):
        bits = {end: bit for bit, end in enumerate([*vertices, *outside[start : start + room]])}
        sets = np.zeros((2, k), np.uint64)  # of each vertex: its ends, and those of them that are not ones
        for row, v in enumerate(vertices):
            for end in ends[v].keys() & bits.keys():
                sets[0, row] |= np.uint64(1 << bits[end])
                if ((end, v) if backwards else (v, end)) not in work.ones:
                    sets[1, row] |= np.uint64(1 << bits[end])
        found = reached(sets[0], sets[1], work.skip_ones)
        if start:  # the vertices themselves were counted with the first group
            found &= np.uint64(2**WORD - 2**k)
        counted += np.bitwise_count(found)
    return counted


def reached(ends: np.ndarray, others: np.ndarray, skip_ones: bool) -> np.ndarray:
    """The ends of each vertex, as bits, once a subset is gone: shape (2**k, k), the subset as the bits of the row.

    ends: those at the start; others: those of them that are not ones. With skip_ones the latter are what is returned:
    an edge stays a one only where a single way of ones leads through the subset.
    """
    k = len(ends)
    every = np.zeros((2**k, k), np.uint64)
    every[0] = ends
    other = np.zeros_like(every) if skip_ones else every
    other[0] = others if skip_ones else ends
    for v in range(k):
        half, bit = 2**v, np.uint64(1 << v)
        old, through = every[:half], every[:half, v : v + 1]
        met = (old & bit) != 0
        if skip_ones:
            old_other = other[:half]
            ways = np.where(old_other & bit, through, old_other[:, v : v + 1])
            fresh = np.where(met, old_other | ways | (old & through), old_other)
            other[half : 2 * half] = fresh & ~bit
        every[half : 2 * half] = np.where(met, old | through, old) & ~bit
    return other
