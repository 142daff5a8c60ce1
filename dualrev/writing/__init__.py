"""Writing into traced arrays: y[i] = v, y += v, out=y, np.copyto and the like. Loaded when something is first written.

A write makes a new version of y, an op on the tape like any other (`versions`); the object y then stands for that
version, so that everybody who holds it sees the write, and the views of y (`relatives`) get their share of it.
`layout` says how the results of NumPy's functions lie in memory, on which it depends what is a view. See
docs/in_place.md.
"""

from .layout import IN_MEMORY, axes_in_memory, flat, laid_anew, laid_as, numpys, order_of, rearranged, rebuilt, recast
from .relatives import addresses, objects_of, places, relate
from .statements import STATEMENTS, at, into, like, traced_by, ufunc_into
from .versions import ALONE, assign, augment, holders, read, reshape_in_place

__all__ = [
    "ALONE", "IN_MEMORY", "STATEMENTS", "addresses", "assign", "at", "augment", "axes_in_memory", "flat", "holders",
    "into", "laid_anew", "laid_as", "like", "numpys", "objects_of", "order_of", "places", "read", "rearranged",
    "rebuilt", "recast", "relate", "reshape_in_place", "traced_by", "ufunc_into",
]  # fmt: skip
