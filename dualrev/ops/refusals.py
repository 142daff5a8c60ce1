"""Functions without a derivative, or without one that is known here: what to write instead."""

import numpy as np

from ..dispatch import INSTEAD

INSTEAD |= {
    np.roots: "its derivative at a root r of p is -r**k / np.polyval(np.polyder(p), r): find r = np.roots(dr.value(p)) "
    "and take one Newton step r - np.polyval(p, r) / np.polyval(np.polyder(p), r)",
    np.spacing: "it is a property of the floating-point format: pass dr.value(x)",
    np.nextafter: "it is x up to rounding: write x, or pass dr.value(x)",
    np.histogram: "counts are constant, and edges jump: choose the edges first, and write "
    "np.bincount(np.digitize(x, edges), weights=w), or pass dr.value(x)",
    np.sort_complex: "write np.sort",
}
INSTEAD |= dict.fromkeys((np.histogram2d, np.histogramdd, np.histogram_bin_edges), INSTEAD[np.histogram])
INSTEAD |= dict.fromkeys(
    (np.savetxt, np.save, np.savez, np.array2string, np.array_repr, np.array_str), "pass dr.value(x)"
)
