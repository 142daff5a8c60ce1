"""Sample calls of reductions with where=, initial= and dtype=: dualrev/ops/reduction_arguments.py."""

import numpy as np

from dualrev.ops.own_value import exactly
from tests.ops.sample import DIFFERENCES, Sample, positive, real

MASK = "np.array([[True, False, True], [False, True, True]])"
ROW = "np.array([True, False, True])"
NAN = "np.where(np.eye(2, 3) > 0, np.nan, x)"


def reductions(name, *ways, twin=None, x="x"):
    return [Sample(f"{name}({x}{kw})", real(2, 3), twin=twin) for kw in ways]


WHERE = f", where={MASK}", f", axis=-1, where={MASK}", f", axis=(0, 1), keepdims=True, where={ROW}"
DTYPE = ", axis=1, dtype=np.longdouble", ", dtype=np.longdouble"
INITIAL = ", initial=0.5", f", axis=0, initial=9.5, where={MASK}", f", axis=-1, initial=-9.5, where={ROW}"

# fmt: off
SAMPLES = {
    exactly: [
        *reductions("np.sum", *WHERE, *INITIAL), Sample("np.sum(x, axis=1, dtype=np.longdouble)", real(2, 3), twin="np.sum(x, axis=1)"),
        Sample("np.sum(x, 0, np.float64)", real(2, 3), twin="np.sum(x, 0)"), Sample("x.sum(0, initial=1.0)", real(3)),
        Sample("np.add.reduce(x, axis=None, where=x > 0)", real(2, 3), twin="np.sum(x, where=x.real > 0)"),
        *reductions("np.prod", *WHERE, *INITIAL), Sample("np.multiply.reduce(x, initial=3.0)", real(2, 3)),
        *reductions("np.max", *INITIAL, twin=DIFFERENCES), Sample("np.maximum.reduce(x, initial=0.1)", real(2, 3), twin=DIFFERENCES),
        *reductions("np.amax", *INITIAL[:1], twin=DIFFERENCES), *reductions("np.amin", *INITIAL[1:], twin=DIFFERENCES),
        *reductions("np.min", *INITIAL, twin=DIFFERENCES),
        *reductions("np.mean", *WHERE), Sample("np.mean(x, dtype=np.longdouble)", real(3), twin="np.mean(x)"), Sample("x.mean(where=x > 0)", real(4), twin="np.mean(x, where=x.real > 0)"),
        *reductions("np.var", *WHERE, f", where={MASK}, ddof=1", twin=DIFFERENCES), Sample("np.var(x, dtype=np.longdouble)", real(3), twin=DIFFERENCES),
        *reductions("np.std", *WHERE, twin=DIFFERENCES),
        *reductions("np.nansum", *WHERE[:2], *INITIAL[:1], x=NAN), *reductions("np.nanprod", *WHERE[:2], *INITIAL[:1], x=NAN),
        *reductions("np.nanmax", *INITIAL, twin=DIFFERENCES, x=NAN), *reductions("np.nanmin", *INITIAL, twin=DIFFERENCES, x=NAN),
        *reductions("np.nanmean", f", axis=1, where={ROW}", x=NAN), *reductions("np.nanvar", f", where={ROW}", twin=DIFFERENCES, x=NAN),
        *reductions("np.nanstd", f", where={ROW}", twin=DIFFERENCES, x=NAN),
    ],
    np.var:     reductions("np.var", ", correction=1", twin=DIFFERENCES),
    np.std:     reductions("np.std", ", axis=1, correction=1", twin=DIFFERENCES),
    np.cumsum:  [Sample("np.cumsum(x, dtype=np.longdouble)", real(2, 3), twin="np.cumsum(x)"), Sample("x.cumsum(1, np.longdouble)", real(2, 3), twin="x.cumsum(1)")],
    np.cumprod: [Sample("np.cumprod(x, axis=0, dtype=np.longdouble)", positive(2, 3), twin="np.cumprod(x, axis=0)")],
}
# fmt: on
