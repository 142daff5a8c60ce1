"""Sample calls of the reductions and running sums: dualrev/ops/reduce.py."""

import numpy as np

from tests.ops.sample import Sample, positive, real

EMPTY = np.zeros((0, 3))


def reductions(name):
    """One call for every way to name axes."""
    ways = [
        *(("", real(2, 3)), ("", real()), ("", real(1)), (", axis=0", real(4)), (", axis=0", real(2, 3))),
        *((", axis=-1", real(2, 3)), (", axis=(0, -1)", real(2, 3, 2)), (", axis=(-1, 1)", real(2, 3, 2))),
        *((", axis=1, keepdims=True", real(2, 3)), (", keepdims=True", real(2, 3)), (", axis=()", real(2, 3))),
        *((", axis=None", real(3, 2)), (", axis=1", EMPTY)),
    ]
    return [Sample(f"{name}(x{kw})", x) for kw, x in ways]


# fmt: off
SAMPLES = {
    np.sum:     reductions("np.sum") + [Sample("np.sum(x)", EMPTY), Sample("np.sum(x, axis=0)", EMPTY),
                Sample("np.sum(x, 1)", real(2, 3)),  Sample("np.add.reduce(x)", real(2, 3)), Sample("np.sum(x, axis=0, initial=np._NoValue)", real(3))],
    np.mean:    reductions("np.mean") + [Sample("np.mean(x, axis=1)", real(2, 3, 2))],
    np.prod:    reductions("np.prod") + [Sample("np.multiply.reduce(x, axis=1)", real(2, 3)),
                Sample("np.prod(x)", np.array([2.0, 0.0, 3.0])), Sample("np.prod(x)", np.array([0.0, 3.0, 0.0, 2.0])),
                Sample("np.prod(x, axis=0)", np.array([[0.0, 2.0, 0.0], [1.5, 3.0, 0.0]])),
                Sample("np.prod(x, axis=(2, 0))", np.array([[[0.0, 2.0], [1.5, 3.0]], [[1.1, 0.7], [0.0, 0.0]]]))],
    np.max:     reductions("np.max") + [Sample("np.maximum.reduce(x, axis=1)", real(2, 3))],
    np.min:     reductions("np.min") + [Sample("np.minimum.reduce(x)", real(2, 3))],
    np.amax:    [Sample("np.amax(x, axis=0)", real(2, 3)), Sample("np.amax(x)", real(3))],
    np.amin:    [Sample("np.amin(x, axis=-1, keepdims=True)", real(2, 3))],
    np.ptp:     [Sample("np.ptp(x)", real(2, 3)), Sample("np.ptp(x, axis=0)", real(3, 2)),
                 Sample("np.ptp(x, axis=-1, keepdims=True)", real(2, 3))],
    np.var:     [Sample(f"np.var(x{kw})", x, twin=f"np.sum((x - np.mean(x, axis={axis}, keepdims=True)) ** 2{s}) / {n}")
                 for kw, axis, s, n, x in [
                     ("", None, "", 6, real(2, 3)), ("", None, "", 1, real()), ("", None, "", 1, real(1)),
                     (", axis=0", 0, ", axis=0", 3, real(3, 2)), (", axis=-1", 1, ", axis=1", 3, real(2, 3)),
                     (", axis=(0, 2), keepdims=True", (0, 2), ", axis=(0, 2), keepdims=True", 4, real(2, 3, 2)),
                     (", ddof=1", None, "", 5, real(2, 3)), (", axis=1, ddof=1", 1, ", axis=1", 2, real(2, 3))]],
    np.std:     [Sample(f"np.std(x{kw})", x,
                        twin=f"np.sqrt(np.sum((x - np.mean(x, axis={axis}, keepdims=True)) ** 2{s}) / {n})")
                 for kw, axis, s, n, x in [
                     ("", None, "", 6, real(2, 3)), (", axis=0", 0, ", axis=0", 3, real(3, 2)),
                     (", axis=(-1, 0), keepdims=True", (0, 2), ", axis=(0, 2), keepdims=True", 4, real(2, 3, 2)),
                     (", ddof=1", None, "", 5, real(2, 3)), (", axis=1, ddof=1", 1, ", axis=1", 2, real(2, 3))]],
    np.cumsum:  [Sample("np.cumsum(x)", real(4)), Sample("np.cumsum(x)", real(2, 3)), Sample("np.cumsum(x)", real()),
                 Sample("np.cumsum(x, axis=0)", real(2, 3)), Sample("np.cumsum(x, axis=-1)", real(2, 3)),
                 Sample("np.cumsum(x, axis=1)", real(2, 3, 2)), Sample("np.cumsum(x)", np.zeros(0)),
                 Sample("np.cumsum(x, 0)", EMPTY), Sample("np.cumsum(x, axis=-2)", real(2, 3, 2))],
    np.cumprod: [Sample("np.cumprod(x)", real(5)), Sample("np.cumprod(x)", real(2, 3)), Sample("np.cumprod(x)", real()),
                 Sample("np.cumprod(x, axis=0)", real(2, 3)), Sample("np.cumprod(x, axis=-1)", real(2, 3)),
                 Sample("np.cumprod(x, axis=1)", real(2, 3, 2)), Sample("np.cumprod(x)", np.zeros(0)),
                 Sample("np.cumprod(x)", np.array([2.0, 0.0, 3.0, 0.0, 1.5])), Sample("np.cumprod(x)", real(1))],
    np.average: [Sample("np.average(x)", real(2, 3)), Sample("np.average(x, axis=0)", real(2, 3)),
                 Sample("np.average(x, weights=y)", real(2, 3), positive(2, 3)),
                 Sample("np.average(x, axis=1, weights=y)", real(2, 3), positive(3)),
                 Sample("np.average(x, axis=(1, 0), weights=y)", real(2, 3), positive(3, 2)),
                 Sample("np.average(x, axis=0, weights=[1, 2])", real(2, 3)),
                 Sample("np.average([1.0, 2.0, 4.0], weights=x)", positive(3)),
                 Sample("np.average(x, weights=y, returned=True)", real(3), positive(3)),
                 Sample("np.average(x, axis=1, returned=True)[0]", real(2, 3)),
                 Sample("np.average(x, axis=-1, weights=y, keepdims=True)", real(2, 3), positive(2, 3))],
    np.diff:    [Sample("np.diff(x)", real(4)), Sample("np.diff(x, 2)", real(5)), Sample("np.diff(x, axis=0)", real(3, 2)),
                 Sample("np.diff(x, n=0)", real(3)), Sample("np.diff(x, axis=1)", real(2, 3, 2)),
                 Sample("np.diff(x, prepend=0.5)", real(3)), Sample("np.diff(x, append=y)", real(2, 3), real(2, 2)),
                 Sample("np.diff(x, prepend=y, append=z, axis=0)", real(2, 3), real(), real(2, 3)),
                 Sample("np.diff(x, axis=-2, prepend=y)", real(3, 2), real())],
}
# fmt: on
