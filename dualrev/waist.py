"""The waist of a program: the smallest set of values through which everything from the inputs to the outputs passes.

The Jacobian is then a product of two: that of the outputs in the waist, by forward mode, and that of the waist in the
inputs, by reverse mode, each with as many directions as the waist has elements.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from .kinds import parts
from .shapes import size

Lines = Sequence[tuple[Any, ...]]


def parents_of(line: tuple[Any, ...]) -> tuple[int, ...]:
    """The lines of the traced arguments of a line of the tape; of an input none."""
    return () if line[0] is None else tuple(p for p in parts(line)[0] if p >= 0)


def needed(lines: Lines, outputs: Collection[int]) -> list[bool]:
    """Which lines does an output depend on?"""
    found = [False] * len(lines)
    for k in outputs:
        found[k] = True
    for k in range(max(outputs, default=-1), -1, -1):
        if found[k]:
            for p in parents_of(lines[k]):
                found[p] = True
    return found


def is_cut(lines: Lines, inputs: int, outputs: Collection[int], cut: Collection[int]) -> bool:
    """Does every path from an input to an output pass through a line of `cut`?"""
    start = max(min(cut, default=len(lines)), inputs)  # every line before it depends on an input
    around = set(range(start)).difference(cut)  # the lines reached from an input around the cut
    for k in range(start, len(lines)):
        line = lines[k]
        found = line[1] in around if len(line) == 4 else not around.isdisjoint(parts(line)[0])
        if found and k not in cut:
            around.add(k)
    return around.isdisjoint(outputs)


def frontier(lines: Lines, inputs: int, outputs: Collection[int]) -> list[int]:
    """The smallest of the cuts that follow the order of the program: the values alive between two operations.

    One pass over the lines; the first of several as small.
    """
    wanted, end = needed(lines, outputs), len(lines)
    last = [0] * end  # the line that uses a value last
    for k, line in enumerate(lines):
        if wanted[k]:
            for p in parents_of(line):
                last[p] = k
    for k in outputs:
        last[k] = end
    change = np.zeros(end + 1, np.int64)
    for k in range(end):
        if wanted[k]:
            change[max(k, inputs - 1)] += size(lines[k][-1])
            change[last[k]] -= size(lines[k][-1])
    alive = np.cumsum(change[:end])
    cut_after = inputs - 1 + int(np.argmin(alive[inputs - 1 :]))
    return [k for k in range(cut_after + 1) if wanted[k] and last[k] > cut_after]


def smallest(lines: Lines, inputs: int, outputs: Collection[int]) -> list[int]:
    """The smallest cut of all, by maximum flow: each value a pair of vertices joined by an edge of its size.

    Of several as small, the one nearest to the inputs. Source: Menger's theorem; Ford & Fulkerson (1956).
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    wanted = [k for k, used in enumerate(needed(lines, outputs)) if used]
    if not wanted:
        return []
    enter = {k: 2 * j for j, k in enumerate(wanted)}  # and leaves by enter + 1
    source, sink = 2 * len(wanted), 2 * len(wanted) + 1
    sizes = {k: size(lines[k][-1]) for k in wanted}
    endless = min(sum(sizes.values()) + 1, np.iinfo(np.int32).max)
    edges = [(enter[k], enter[k] + 1, sizes[k]) for k in wanted]
    edges += [(enter[p] + 1, enter[k], endless) for k in wanted for p in set(parents_of(lines[k]))]
    edges += [(source, enter[k], endless) for k in wanted if k < inputs]
    edges += [(enter[k] + 1, sink, endless) for k in outputs]
    rows, columns, capacity = np.array(edges).T
    graph = csr_array((capacity.astype(np.int32), (rows, columns)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    left = (graph - flow).tocsr()
    left.eliminate_zeros()
    reached = set(breadth_first_order(left, source, return_predecessors=False).tolist())
    return [k for k in wanted if enter[k] in reached and enter[k] + 1 not in reached]
