"""Is the derivative that is timed the right one?"""

import numpy as np

TOLERANCE = 1e-10


class Mismatch(Exception):
    """Two libraries give different derivatives of one workload."""


def check(name, by_hand, by_library):
    """Raise Mismatch unless both results agree to TOLERANCE, relative to the largest entry of each array."""
    wants, gots = leaves(by_hand), leaves(by_library)
    if [w.shape for w in wants] != [g.shape for g in gots]:
        raise Mismatch(f"{name}: shapes {[g.shape for g in gots]}, by hand {[w.shape for w in wants]}")
    for want, got in zip(wants, gots, strict=True):
        error = np.max(np.abs(got - want)) / max(np.max(np.abs(want)), np.finfo(float).tiny)
        if not error <= TOLERANCE:
            raise Mismatch(f"{name}: differs from the derivative by hand by {error:.1e}, relative")


def leaves(result):
    """The arrays in nested lists and tuples."""
    if isinstance(result, (list, tuple)):
        return [leaf for item in result for leaf in leaves(item)]
    return [np.asarray(result)]
