"""Functions that work number by number on large arrays: the Jacobian is diagonal, and one sweep has all of it."""

import numpy as np
from numpy import ndarray

from ..forward.jvp import push
from ..kinds import Elementwise
from ..registry import Call
from ..reverse.vjp import Recording
from ..shapes import shape, size

LARGE = 1000  # numbers of the result from which it pays to look


def is_elementwise(recording: Recording) -> bool:
    """Does each number of the result depend on the numbers at the same place of the arrays, and on single numbers?"""
    if len(recording.values) != 1 or recording.indices[0] is None or size(recording.values[0]) < LARGE:
        return False
    whole = shape(recording.values[0])
    if any(shape(x) not in ((), whole) for x in recording.leaves):
        return False
    return all(
        line[0] is None or (isinstance(line[0].rule, Elementwise) and shape(Call.read(line).out) in ((), whole))
        for line in recording.lines
    )


def slopes(f, recording: Recording, structures) -> list[ndarray]:
    """The slope of each number of the result in its own number of each leaf, all leaves in one sweep."""
    leaves = recording.leaves
    seeds = [np.zeros((len(leaves), *shape(x))) for x in leaves]
    for k, seed in enumerate(seeds):
        seed[k] = 1.0
    _, (dy,), _ = push(f, leaves, structures, seeds, (len(leaves),))
    return list(np.broadcast_to(dy, (len(leaves), *shape(recording.values[0]))))
