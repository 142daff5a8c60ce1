"""Sample calls of the methods of ufuncs: dualrev/ops/ufunc_methods.py. Those of sum, prod, max are in reduce.py."""

import numpy as np

from dualrev.ops.ufunc_methods import add_reduceat, logaddexp_reduce
from tests.ops.sample import DIFFERENCES, Sample, positive, real

# fmt: off
SAMPLES = {
    logaddexp_reduce: [Sample("np.logaddexp.reduce(x)", real(5), twin="np.log(np.sum(np.exp(x)))"), Sample("np.logaddexp.reduce(x, axis=-1, keepdims=True)", real(2, 3), twin="np.log(np.sum(np.exp(x), axis=1, keepdims=True))"),
                       Sample("np.logaddexp.reduce(x, axis=(0, 2))", real(2, 3, 2), twin="np.log(np.sum(np.exp(x), axis=(0, 2)))"), Sample("np.logaddexp.reduce(x, axis=None)", real(2, 3), twin="np.log(np.sum(np.exp(x)))"),
                       Sample("np.logaddexp.reduce(x, axis=1)", np.zeros((0, 3)))],
    np.logaddexp:     [Sample("np.logaddexp.accumulate(x)", real(4), twin="np.log(np.cumsum(np.exp(x)))"), Sample("np.logaddexp.outer(x, y)", real(2), real(3), twin="np.log(np.exp(x)[:, None] + np.exp(y))")],
    np.nanmax:        [Sample("np.fmax.reduce(x, axis=1)", real(2, 3), twin=DIFFERENCES)],
    np.nanmin:        [Sample("np.fmin.reduce(x)", real(3, 2), twin=DIFFERENCES)],
    np.cumsum:        [Sample("np.add.accumulate(x)", real(2, 3)), Sample("np.add.accumulate(x, axis=-1)", real(2, 3))],
    np.cumprod:       [Sample("np.multiply.accumulate(x, axis=1)", real(2, 3))],
    np.take_along_axis: [Sample("np.maximum.accumulate(x)", real(6), twin=DIFFERENCES), Sample("np.minimum.accumulate(x, axis=-1)", real(2, 4), twin=DIFFERENCES), Sample("np.maximum.accumulate(x)", np.zeros((0, 3)))],
    np.add:           [Sample("np.add.outer(x, y)", real(2), real(2, 3)), Sample("np.add.outer(x, 1.0)", real(3))],
    np.subtract:      [Sample("np.subtract.outer(x, x)", real(3)), Sample("np.subtract.reduce(x)", real(3)), Sample("np.subtract.reduce(x, axis=-1, keepdims=True)", real(2, 3)), Sample("np.subtract.accumulate(x, axis=1)", real(2, 3))],
    np.multiply:      [Sample("np.multiply.outer(x, y)", real(2, 1), real(3)), Sample("np.multiply.outer([1.0, 2.0], x)", real()), Sample("np.multiply.reduceat(x, [0, 2, 1])", real(4))],
    np.maximum:       [Sample("np.maximum.outer(x, y)", real(3), real(2), twin=DIFFERENCES), Sample("np.maximum.reduceat(x, [0, 2], axis=1)", real(2, 4), twin=DIFFERENCES)],
    np.minimum:       [Sample("np.minimum.outer(x, y)", real(3), real(2), twin=DIFFERENCES)],
    np.hypot:         [Sample("np.hypot.reduce(x, axis=0)", real(3, 2), twin="np.sqrt(np.sum(x * x, axis=0))"), Sample("np.hypot.outer(x, x)", real(2), twin="np.sqrt(np.add.outer(x * x, x * x))")],
    np.divide:        [Sample("np.divide.reduce(x)", positive(3)), Sample("np.divide.outer(1.0, x)", real(3))],
    add_reduceat:     [Sample("np.add.reduceat(x, [0, 2, 3])", real(5)), Sample("np.add.reduceat(x, [2, 1, 3], axis=-1)", real(2, 5)), Sample("np.add.reduceat(x, [0, 1], axis=0)", real(3, 2)),
                       Sample("np.add.reduceat(x, [0, 1], axis=1)", np.zeros((0, 3)))],
}
# fmt: on
