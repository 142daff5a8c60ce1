"""Directions along which a likelihood rises without end: separated data, a parameter that wants to be infinite.

An optimiser stops somewhere on the way, where the likelihood is flat, and calls that a minimum. At a minimum one
standard error in either direction costs half a unit; here it costs nothing to one side.
"""

import numpy as np
from numpy import ndarray

from .certificate import combination
from .finishing import value_of
from .objectives import Objective

FREE = 1e-3  # of the half unit that a standard error costs at a minimum: what costs less costs nothing
LONG = 10.0  # times the size of a parameter: shorter standard errors need no look
LONGEST = 1e3  # the same, where the Hessian is 0 to rounding


def endless_directions(obj: Objective, x: ndarray, inside: ndarray) -> list[ndarray]:
    """Directions of the free elements along which f falls without end, none at a minimum.

    They are sought among those whose standard error, by the Hessian, is much longer than the parameters are large.
    """
    size = np.maximum(np.abs(x - obj.x0), np.abs(x))[inside]
    size = np.where(size > 0, size, 1.0)
    H = obj.hess(x)[np.ix_(inside, inside)] * size[:, None] * size
    if not np.isfinite(H).all():
        return []
    here, found = obj.fun(x), []
    values, vectors = np.linalg.eigh(H)
    for value, vector in zip(values, vectors.T):
        if value > LONG**-2:
            break
        way = np.zeros(len(x))
        way[inside] = size * vector
        error = LONGEST if value <= LONGEST**-2 else 1 / np.sqrt(value)
        ahead, behind = (value_of(obj, x + side * error * way) - here for side in (1.0, -1.0))
        if (ahead <= FREE) != (behind <= FREE):
            found.append(way if ahead <= FREE else -way)
    return found


def sentence(ways: list[ndarray], names: list[str]) -> str:
    """What that means for the estimate."""
    said = ", ".join(combination(way, names) for way in ways)
    return f"separated: no finite estimate along {said}, where the likelihood rises without end"
