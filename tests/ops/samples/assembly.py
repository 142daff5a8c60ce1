"""Sample calls of arrays put together and taken apart: dualrev/ops/assembly.py."""

import numpy as np

from tests.ops.sample import Sample, positive, real

EMPTY = np.zeros((0, 3))

# fmt: off
SAMPLES = {
    np.append:       [Sample("np.append(x, y)", real(2, 3), real(2)), Sample("np.append(x, y, axis=1)", real(2, 3), real(2, 1)), Sample("np.append(x, 1.0)", real()),
                      Sample("np.append([1.0, 2.0], x)", real()), Sample("np.append(x, y, axis=-2)", EMPTY, real(1, 3))],
    np.insert:       [Sample("np.insert(x, 1, y)", real(3), real()), Sample("np.insert(x, [0, 2, 2], y)", real(3), real(3)), Sample("np.insert(x, 1, y, axis=1)", real(2, 3), real(2)),
                      Sample("np.insert(x, [1, 1], y, axis=0)", real(2, 3), real(3)), Sample("np.insert(x, slice(0, 2), 5.0, axis=-1)", real(2, 3)), Sample("np.insert([1.0, 2.0], -1, x)", real(), twin="np.array([1.0, x, 2.0])"),
                      Sample("np.insert(x, 2, [9, 8])", real(2, 3)), Sample("np.insert(x, 0, y, axis=0)", EMPTY, real(3))],
    np.delete:       [Sample("np.delete(x, 1)", real(4)), Sample("np.delete(x, [0, -1], axis=1)", real(2, 4)), Sample("np.delete(x, slice(None, None, 2))", real(2, 3)), Sample("np.delete(x, [], 0)", EMPTY)],
    np.block:        [Sample("np.block([x, y])", real(3), real(2)), Sample("np.block([[x, y], [y.T, np.eye(2)]])", real(3, 3), real(3, 2)), Sample("np.block(x)", real(2, 3)),
                      Sample("np.block([[x], [2.0 * y]])", real(3), real(3)), Sample("np.block([x, 1.0])", real())],
    np.array_split:  [Sample("np.array_split(x, 3)", real(7)), Sample("np.array_split(x, 2, axis=-1)", real(2, 3)), Sample("np.array_split(x, [1, 3])", real(4)), Sample("np.array_split(x, 4)", real(2))],
    np.hsplit:       [Sample("np.hsplit(x, 2)", real(4)), Sample("np.hsplit(x, [1])", real(2, 3))],
    np.vsplit:       [Sample("np.vsplit(x, 2)", real(4, 2)), Sample("np.vsplit(x, np.array([1]))", real(2, 3, 2))],
    np.dsplit:       [Sample("np.dsplit(x, 2)", real(2, 1, 4))],
    np.unstack:      [Sample("np.unstack(x)", real(2, 3)), Sample("np.unstack(x, axis=-1)", real(2, 3)), Sample("np.unstack(x)[1]", real(2))],
    np.broadcast_arrays: [Sample("np.broadcast_arrays(x, y)", real(3), real(2, 1)), Sample("np.broadcast_arrays(x, 1.0, y)[0]", real(), real(2))],
    np.meshgrid:     [Sample("np.meshgrid(x, y)", real(3), real(2)), Sample("np.meshgrid(x, y, indexing='ij')", real(3), real(2)), Sample("np.meshgrid(x, y, z, sparse=True)", real(3), real(2), real(1)),
                      Sample("np.meshgrid(x, [1.0, 2.0], copy=False)", real()), Sample("np.meshgrid(x)", real(2))],
    np.ix_:          [Sample("np.ix_(x, y)", real(3), real(2))],
    np.linspace:     [Sample("np.linspace(x, y, 5)", real(), real()), Sample("np.linspace(0.0, x)", real(3)), Sample("np.linspace(x, y, 4, endpoint=False, axis=-1)", real(2, 1), real(3)),
                      Sample("np.linspace(x, 2, num=3, retstep=True)", real()), Sample("np.linspace(x, y, 1)", real(2), real(2)), Sample("np.linspace(x, y, 0)", real(), real()),
                      Sample("np.linspace(x, x, 3)", real(2))],
    np.logspace:     [Sample("np.logspace(x, y, 4)", real(), real()), Sample("np.logspace(0.0, x, 3, base=2.0, endpoint=False)", real(2)), Sample("np.logspace(x, 1.0, num=3, axis=-1)", real(2))],
    np.geomspace:    [Sample("np.geomspace(x, y, 5)", positive(), positive(), twin="x * (y / x) ** (np.arange(5) / 4)"), Sample("np.geomspace(-x, -8.0, 4, endpoint=False)", positive(3), twin="-x * (8 / x) ** (np.arange(4)[:, None] / 4)"),
                      Sample("np.geomspace(x, y, num=3, axis=1)", positive(2), positive(2), twin="np.stack([x, np.sqrt(x * y), y], axis=1)"), Sample("np.geomspace(x, 2.0, 1)", positive(), twin="np.array([x])")],
}
# fmt: on
