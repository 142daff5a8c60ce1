"""Sample calls of what changes shapes, joins, splits and selects: dualrev/ops/shape.py."""

import numpy as np

from dualrev.ops.shape import concatenate, stack, where
from tests.ops.sample import Sample, positive, real

EMPTY = np.zeros((0, 3))

# fmt: off
SAMPLES = {
    np.reshape:      [Sample("np.reshape(x, (3, 2))", real(2, 3)), Sample("np.reshape(x, -1)", real(2, 3)),
                      Sample("np.reshape(x, (3, -1), order='F')", real(2, 3)), Sample("np.reshape(x, ())", real(1, 1)),
                      Sample("np.reshape(x, (2, 2, 3), order='F')", real(3, 4)), Sample("np.reshape(x, 1)", real()),
                      Sample("np.reshape(x, (3, 0))", EMPTY), Sample("np.reshape(x, shape=(3, 2))", real(6))],
    np.astype:       [Sample("np.astype(x, np.float64)", real(3), twin="x"), Sample("np.astype(x, np.longdouble)", real(2, 3), twin="x"),
                      Sample("x.astype(np.longdouble)", real(), twin="x")],
    np.ravel:        [Sample("np.ravel(x)", real(2, 3)), Sample("np.ravel(x, order='F')", real(2, 3)),
                      Sample("np.ravel(x)", real())],
    np.transpose:    [Sample("np.transpose(x)", real(2, 3)), Sample("np.transpose(x, (1, 2, 0))", real(2, 3, 4)),
                      Sample("np.transpose(x, axes=(0, -1, 1))", real(2, 3, 4)), Sample("np.transpose(x)", real()),
                      Sample("np.permute_dims(x, (1, 0))", real(2, 3))],
    np.swapaxes:     [Sample("np.swapaxes(x, 0, -1)", real(2, 3, 4)), Sample("np.swapaxes(x, axis1=1, axis2=0)", real(2, 3)),
                      Sample("np.swapaxes(x, 0, 0)", real(3))],
    np.moveaxis:     [Sample("np.moveaxis(x, 0, -1)", real(2, 3, 4)), Sample("np.moveaxis(x, [0, 2], [1, 0])", real(2, 3, 4)),
                      Sample("np.moveaxis(x, source=1, destination=0)", real(2, 3))],
    np.expand_dims:  [Sample("np.expand_dims(x, 0)", real(3)), Sample("np.expand_dims(x, (0, -1))", real(2, 3)),
                      Sample("np.expand_dims(x, axis=0)", real())],
    np.squeeze:      [Sample("np.squeeze(x)", real(1, 3, 1)), Sample("np.squeeze(x, axis=-1)", real(1, 3, 1)),
                      Sample("np.squeeze(x, axis=(0, 2))", real(1, 3, 1)), Sample("np.squeeze(x)", real(1, 1))],
    np.broadcast_to: [Sample("np.broadcast_to(x, (2, 3))", real(3)), Sample("np.broadcast_to(x, (2, 3))", real(2, 1)),
                      Sample("np.broadcast_to(x, (2, 4, 3))", real(4, 1)), Sample("np.broadcast_to(x, (3,))", real()),
                      Sample("np.broadcast_to(x, 3)", real(1)), Sample("np.broadcast_to(x, shape=(2, 3))", real(2, 3)),
                      Sample("np.broadcast_to(x, (0, 3))", real(3))],

    concatenate:     [Sample("concatenate(x, y)", real(2), real(3)), Sample("concatenate(x, y, axis=1)", real(2, 3), real(2, 1)),
                      Sample("concatenate(x, np.ones(2), x)", real(3))],
    np.concatenate:  [Sample("np.concatenate([x, y])", real(2), real(3)),
                      Sample("np.concatenate((x, y), axis=1)", real(2, 1), real(2, 3)),
                      Sample("np.concatenate([x, y, x], axis=-1)", real(2, 3), real(2, 2)),
                      Sample("np.concatenate([x, y], axis=None)", real(2, 3), real(2)),
                      Sample("np.concatenate([x, [1.0, 2.0], y])", real(3), real(1)),
                      Sample("np.concatenate([x, y], axis=-2)", real(1, 3), real(2, 3)),
                      Sample("np.concatenate([x, y])", EMPTY, real(2, 3)), Sample("np.concatenate(x)", real(2, 3)),
                      Sample("np.concat([x, y])", real(2), real(2))],
    stack:           [Sample("stack(x, y)", real(3), real(3)), Sample("stack(x, 2.0, y)", real(), real()),
                      Sample("np.array([x[0] ** 2, x[1], 3.0])", real(2)), Sample("np.array([[x, y], [y, 0.0]])", real(), real()),
                      Sample("np.sin(np.array([x[0], x[1]]))", real(2)), Sample("np.reshape([x, y], 6)", real(3), real(3))],
    np.stack:        [Sample("np.stack([x, y])", real(3), real(3)), Sample("np.stack((x, y), axis=1)", real(2, 3), real(2, 3)),
                      Sample("np.stack([x, y, x], axis=-1)", real(2, 3), real(2, 3)), Sample("np.stack(x)", real(2, 3)),
                      Sample("np.stack([x, 2.0, y])", real(), real()), Sample("np.stack([x, [1.0, 2.0]], axis=-2)", real(2))],
    np.atleast_1d:   [Sample("np.atleast_1d(x)", real()), Sample("np.atleast_1d(x)", real(2, 3)),
                      Sample("np.atleast_1d(x, y)", real(), real(2))],
    np.atleast_2d:   [Sample("np.atleast_2d(x)", real()), Sample("np.atleast_2d(x)", real(3)),
                      Sample("np.atleast_2d(x, 1.0)[0]", real(2, 3))],
    np.atleast_3d:   [Sample("np.atleast_3d(x)", real()), Sample("np.atleast_3d(x)", real(3)),
                      Sample("np.atleast_3d(x)", real(2, 3)), Sample("np.atleast_3d(x)", real(2, 3, 1))],
    np.vstack:       [Sample("np.vstack([x, y])", real(3), real(2, 3)), Sample("np.vstack((x, y))", real(), real())],
    np.hstack:       [Sample("np.hstack([x, y])", real(2), real(3)), Sample("np.hstack([x, y])", real(2, 1), real(2, 3)),
                      Sample("np.hstack([x, 1.0, y])", real(), real(2))],
    np.dstack:       [Sample("np.dstack([x, y])", real(3), real(3)), Sample("np.dstack([x, y])", real(2, 3), real(2, 3)),
                      Sample("np.dstack([x, y])", real(2, 3, 1), real(2, 3))],
    np.column_stack: [Sample("np.column_stack([x, y])", real(3), real(3)),
                      Sample("np.column_stack([x, y, np.ones(2)])", real(2), real(2, 3)),
                      Sample("np.column_stack([x, y])", real(), real())],
    np.split:        [Sample("np.split(x, 3)", real(6)), Sample("np.split(x, [1, 4])", real(5)),
                      Sample("np.split(x, 2, axis=1)", real(3, 4)), Sample("np.split(x, [2], axis=-1)", real(2, 3)),
                      Sample("np.split(x, [1, 1, 9])", real(3)), Sample("np.split(x, [-1])", real(3)),
                      Sample("np.split(x, [2, 1])", real(3)), Sample("np.split(x, indices_or_sections=2)[1]", real(4)),
                      Sample("np.split(x, np.array([1, 2]))", real(4))],

    where:           [Sample("where(np.array([True, False, True]), x, y)", real(3), real(3))],
    np.where:        [Sample("np.where(x > 0, x, y)", real(4), real(4)), Sample("np.where(x > 0, x * x, -1.0)", real(4)),
                      Sample("np.where([True, False, True], x, y)", real(2, 1), real()), Sample("np.where(True, x, y)", real(), real(3)),
                      Sample("np.where([[True], [False]], 0.0, x)", real(3)), Sample("np.where(x > 0, 1.0, x)", real()),
                      Sample("np.where([True, False], [1.0, 2.0], x)", real(3, 1)),
                      Sample("np.where(x > 1, np.log(x), 0.0)", positive(5), twin="(x.real > 1) * np.log(x)")],
}
# fmt: on
