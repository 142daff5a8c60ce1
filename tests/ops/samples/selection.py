"""Sample calls of selection, by conditions, index arrays or order: dualrev/ops/selection.py."""

import numpy as np

from tests.ops.sample import DIFFERENCES, Sample, positive, real

EMPTY = np.zeros((0, 3))

# fmt: off
SAMPLES = {
    np.select:      [Sample("np.select([x > 1, x > -1], [x ** 2, -x], 3.0)", real(6), twin="np.select([x.real > 1, x.real > -1], [x ** 2, -x], 3.0)"),
                     Sample("np.select([np.array([[True], [False]]), y > 0], [x, y], default=x)", real(2, 3), real(3), twin="np.select([np.array([[True], [False]]), y.real > 0], [x, y], default=x)"),
                     Sample("np.select([x > 0], [x * x], x)", real(), twin="np.select([x.real > 0], [x * x], x)"), Sample("np.select([x > 0], [x])", EMPTY)],
    np.choose:      [Sample("np.choose([0, 1, 2, 1], [x, y, 5.0])", real(4), real()), Sample("np.choose([[3], [-1]], [x, 2 * x], mode='wrap')", real(3)), Sample("np.choose([0, 7], (x, y), mode='clip')", real(2), real(2))],
    np.piecewise:   [Sample("np.piecewise(x, [x < 0, x > 1], [lambda t: t ** 2, np.sin, 7.0])", real(6), twin="np.select([x.real < 0, x.real > 1], [x ** 2, np.sin(x)], 7.0)"),
                     Sample("np.piecewise(x, [x > 0], [lambda t: 3 * t])", real(2, 3), twin="np.where(x.real > 0, 3 * x, 0)"), Sample("np.piecewise(x, [x > 9], [1.0, lambda t, c: c * t], 4.0)", real(3), twin="4 * x"),
                     Sample("np.piecewise(x, [x < 0, x >= 0], [lambda t: -t, lambda t: t])", real(), twin="np.array(x * np.sign(x.real))"), Sample("np.piecewise(x, [x > 0], [np.sin])", EMPTY, twin="x")],
    np.extract:     [Sample("np.extract(x > 0, x)", real(5), twin="x[x.real > 0]"), Sample("np.extract([[True, False, True]], x)", real(2, 3))],
    np.compress:    [Sample("np.compress([True, False, True], x)", real(3)), Sample("np.compress([0, 1], x, axis=-1)", real(2, 3)), Sample("x.compress([True, True], axis=0)", real(2, 3)), Sample("np.compress([False], x)", real(2, 3))],
    np.nan_to_num:  [Sample("np.nan_to_num(np.where([True, False, False, True], x, [0, np.nan, np.nan, 0]))", positive(4), twin=DIFFERENCES),
                     Sample("np.nan_to_num(x, nan=2.0, posinf=7.0, neginf=3.0)", np.array([[1.0, np.nan], [np.inf, -np.inf]]), twin="np.array([[x[0, 0], 2.0], [7.0, 3.0]])"), Sample("np.nan_to_num(x)", real())],
    np.take_along_axis: [Sample("np.take_along_axis(x, np.argsort(x, axis=0), axis=0)", real(3, 2)), Sample("np.take_along_axis(x, np.array([[0, 0], [1, 2]]), axis=-1)", real(2, 3)),
                         Sample("np.take_along_axis(x, np.array([1, 1, 0]), None)", real(2, 3)), Sample("np.take_along_axis(x, np.array([[[0]], [[1]]]), 1)", real(2, 2, 3)), Sample("np.take_along_axis(x, np.array([2, 0]), 0)", real(3))],
    np.bincount:    [Sample("np.bincount([0, 2, 2, 1], weights=x)", real(4), twin="np.array([x[0], x[3], x[1] + x[2]])"), Sample("np.bincount([1, 1], x, minlength=4)", real(2), twin="np.array([0, x[0] + x[1], 0, 0])")],
    np.partition:   [Sample("np.partition(x, 2)", real(7), twin=DIFFERENCES), Sample("np.partition(x, [1, 3], axis=0)", real(5, 2), twin=DIFFERENCES), Sample("np.partition(x, 1, axis=None)", real(2, 3), twin=DIFFERENCES), Sample("np.partition(x, kth=1)", EMPTY, twin=DIFFERENCES)],
    np.unique:      [Sample("np.unique(x)", real(2, 3)), Sample("np.unique(x, return_index=True, return_inverse=True, return_counts=True)[0]", real(4)),
                     Sample("np.unique(x, axis=1)", real(2, 3)), Sample("np.unique(x)", EMPTY), Sample("np.unique(np.concatenate([x, x]), return_counts=True)[0]", real(3))],
    np.unique_values: [Sample("np.unique_values(np.concatenate([x, x]))", real(3), twin=DIFFERENCES)],
    np.unique_all:  [Sample("np.unique_all(np.concatenate([x, x])).values", real(3), twin=DIFFERENCES)],
    np.unique_counts: [Sample("np.unique_counts(x).values", real(2, 3), twin=DIFFERENCES)],
    np.unique_inverse: [Sample("np.unique_inverse(x).values", real(3), twin=DIFFERENCES)],
    np.intersect1d: [Sample("np.intersect1d(x, x[1:])", real(4), twin=DIFFERENCES), Sample("np.intersect1d(x, x[::-1], return_indices=True)[0]", real(3), twin=DIFFERENCES)],
    np.setdiff1d:   [Sample("np.setdiff1d(x, x[1:3])", real(4), twin=DIFFERENCES), Sample("np.setdiff1d(x, y, assume_unique=True)", real(3), real(2), twin="x")],
    np.setxor1d:    [Sample("np.setxor1d(x, x[:2])", real(4), twin=DIFFERENCES)],
    np.union1d:     [Sample("np.union1d(x, y)", real(3), real(2)), Sample("np.union1d(x, x)", real(2, 2))],
    np.trim_zeros:  [Sample("np.trim_zeros(x * [0.0, 1.0, 0.0, 1.0, 0.0])", real(5)), Sample("np.trim_zeros(x * [0.0, 1.0, 0.0], 'f')", real(3)), Sample("np.trim_zeros(x * [0.0, 1.0, 0.0], trim='b')", real(3)),
                     Sample("np.trim_zeros(x * 0.0)", real(3)), Sample("np.trim_zeros(x * [0.0, 1.0, 1.0])", real(2, 3))],
    np.apply_along_axis: [Sample("np.apply_along_axis(np.cumsum, 0, x)", real(3, 2)), Sample("np.apply_along_axis(lambda v: np.sum(v * v), -1, x)", real(2, 3)), Sample("np.apply_along_axis(lambda v, k: np.outer(v, v) * k, 1, x, 2.0)", real(2, 2, 2)),
                          Sample("np.apply_along_axis(np.sum, 0, x)", real(3))],
    np.apply_over_axes:  [Sample("np.apply_over_axes(np.sum, x, [0, 2])", real(2, 3, 2)), Sample("np.apply_over_axes(np.cumsum, x, -1)", real(2, 3))],
    np.real_if_close: [Sample("np.real_if_close(x)", real(3), twin="x")],
}
# fmt: on
