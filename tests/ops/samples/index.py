"""Sample calls of indexing and rearranging: dualrev/ops/index.py."""

import numpy as np

from dualrev.ops.index import getitem, scatter
from tests.ops.sample import Sample, real


def indices(shape, *written):
    """x[index] for every index as it is written."""
    return [Sample(f"x[{index}]", real(*shape)) for index in written]


# fmt: off
SAMPLES = {
    getitem: [
        *indices((4,), "1", "-1", "np.int64(2)", "1:3", "::-1", "::2", "-1:0:-2", "...", "None", "()", "2:2", "1, ...",
                 "[0, 2, 0]", "np.array([1, -1, 1, 1])", "np.array([[0, 1], [3, 0]])", "np.array(2)", "[]",
                 "np.array([True, False, True, True])", "[True, False, False, True]", "x > 0", "None, [1, 1], None",
                 "np.arange(0)", "np.zeros(4, bool)", "True", "False", "slice(None)", "(slice(1, 3),)", "([0, 1],)"),
        *indices((3, 4), "1", "-1, 2", "1, -2", ":, 1", "1:, ::-2", "..., 0", "None, 1, None", "[0, 2]", ":, [0, 0, 3]",
                 "[0, 1], [1, 1]", "[[0], [2]], [1, 1, 3]", "np.ix_([0, 2], [1, 3, 1])", "[0, 0], 1:3", "1, [2, 2, 0]",
                 "np.eye(3, 4) > 0", "[True, False, True]", ":, np.array([True, False, True, True])",
                 "np.array([True, False, True]), [1, 2]", "..., None", "None, ..., [1, 1]", "np.diag_indices(3)",
                 "np.tril_indices(3)", "np.triu_indices(3, 1, 4)", "np.s_[::2, 1:]"),
        *indices((2, 3, 4), "1, ..., 2", "[0, 1], :, [1, 1]", "[0, 1], 0, [3, 3]", "0, :, [1, 1]", ":, [0, 0], [1, 3]",
                 "[1], ..., [2]", ":, None, [0, 2, 0], 1", "[[0], [1]], :, [1, 2]", "..., np.array([True, False, True, True])",
                 ":, np.ones((3, 4), bool)", "0, [True, False, True], 1:3", "None, [0, 1, 1], 1:, [3, 3, 3]",
                 "np.int64(1), :, [0, 1]", "[0, 1], None, [1, 2]", "1, None, [1, 2]"),
        *indices((), "()", "...", "None", "None, None", "True"),
        *indices((0, 3), "..., 1", "[]"),
        Sample("x[0] * x[0] + x[1] * x[-2]", real(3)), Sample("x[1:] * x[:-1] + x[0]", real(4)),
        Sample("sum(v * w for v, w in zip(x, y))", real(3), real(3)), Sample("x[[0, 0, 1]] + x[1:]", real(4)),
        Sample("x[0][1] + x[1, 1]", real(2, 3)),
        Sample("x[np.argmax(x)] + x[np.argsort(x)]", real(4)),
    ],
    scatter: [
        Sample("scatter(x, index=np.array([1, 1, 3]), shape=(5,))", real(3)),
        Sample("scatter(x, index=(slice(None), 2), shape=(2, 3))", real(2)),
        Sample("scatter(x, index=([0, 1, 0], slice(None), [1, 1, 1]), shape=(2, 4, 3))", real(3, 4)),
        Sample("scatter(x, index=np.eye(3) > 0, shape=(3, 3))", real(3)),
        Sample("scatter(x, index=2, shape=(4,))", real()),
    ],
    np.roll:     [Sample("np.roll(x, 2)", real(5)), Sample("np.roll(x, -1, axis=1)", real(2, 3)),
                  Sample("np.roll(x, 2)", real(2, 3)), Sample("np.roll(x, (1, -1), axis=(0, 1))", real(2, 3)),
                  Sample("np.roll(x, shift=1, axis=-1)", real(2, 3, 2)), Sample("np.roll(x, 1)", np.zeros((0, 3)))],
    np.tile:     [Sample("np.tile(x, 3)", real(2)), Sample("np.tile(x, (2, 1))", real(2, 3)), Sample("np.tile(x, 2)", real(2, 3)),
                  Sample("np.tile(x, (2, 3))", real()), Sample("np.tile(x, (2, 1, 2))", real(2, 3)), Sample("np.tile(x, 0)", real(3))],
    np.repeat:   [Sample("np.repeat(x, 2)", real(2, 3)), Sample("np.repeat(x, [1, 0, 2])", real(3)),
                  Sample("np.repeat(x, 2, axis=1)", real(2, 3)), Sample("np.repeat(x, repeats=[2, 1], axis=0)", real(2, 3)),
                  Sample("np.repeat(x, 3)", real())],
    np.diag:     [Sample("np.diag(x)", real(3)), Sample("np.diag(x, 1)", real(2)), Sample("np.diag(x)", real(3, 4)),
                  Sample("np.diag(x, k=-1)", real(3, 3))],
    np.diagonal: [Sample("np.diagonal(x)", real(3, 4)), Sample("np.diagonal(x, 1, 0, 2)", real(2, 3, 4)),
                  Sample("np.diagonal(x, offset=-1, axis1=-1, axis2=0)", real(2, 3, 4))],
    np.resize:   [Sample("np.resize(x, (2, 4))", real(3)), Sample("np.resize(x, 2)", real(2, 3)), Sample("np.resize(x, new_shape=(2, 2))", real()), Sample("np.resize(x, 2)", np.zeros((0, 3)))],
    np.diagflat: [Sample("np.diagflat(x)", real(2, 2)), Sample("np.diagflat(x, 1)", real(3)), Sample("np.diagflat(x, k=-2)", real())],
    np.flipud:   [Sample("np.flipud(x)", real(3)), Sample("np.flipud(x)", real(2, 3))],
    np.fliplr:   [Sample("np.fliplr(x)", real(2, 3)), Sample("np.fliplr(x)", real(2, 3, 2))],
    np.rot90:    [Sample(f"np.rot90(x, {k})", real(2, 3)) for k in (0, 1, 2, 3, -1, 6)] + [Sample("np.rot90(x, axes=(-1, 0))", real(2, 3, 2))],
    np.trace:    [Sample("np.trace(x)", real(3, 4)), Sample("np.trace(x, 1)", real(3, 3)),
                  Sample("np.trace(x, offset=-1, axis1=2, axis2=1)", real(2, 3, 4))],
    np.tril:     [Sample("np.tril(x)", real(3, 4)), Sample("np.tril(x, -1)", real(2, 3, 3)), Sample("np.tril(x, k=1)", real(3, 3))],
    np.triu:     [Sample("np.triu(x)", real(3, 4)), Sample("np.triu(x, 1)", real(2, 3, 3)), Sample("np.triu(x, k=-1)", real(3, 3))],
    np.sort:     [Sample("np.sort(x)", real(5)), Sample("np.sort(x, axis=0)", real(3, 2)), Sample("np.sort(x, axis=None)", real(2, 3)),
                  Sample("np.sort(x)", real(2, 3)), Sample("np.sort(x, kind='stable')", real(3)),
                  Sample("np.sort(x, axis=1)", real(2, 3, 2)), Sample("np.sort(x, stable=True)", real(3))],
    np.flip:     [Sample("np.flip(x)", real(2, 3)), Sample("np.flip(x, 0)", real(2, 3)), Sample("np.flip(x, axis=(0, -1))", real(2, 3, 2)),
                  Sample("np.flip(x, axis=-1)", real(3))],
    np.lib.stride_tricks.sliding_window_view: [
                 Sample("np.lib.stride_tricks.sliding_window_view(x, 2)", real(4)),
                 Sample("np.lib.stride_tricks.sliding_window_view(x, (2, 3))", real(3, 4)),
                 Sample("np.lib.stride_tricks.sliding_window_view(x, window_shape=3, axis=-1)", real(2, 3))],
    np.take:     [Sample("np.take(x, [0, 5, 0])", real(2, 3)), Sample("np.take(x, 1)", real(3)),
                  Sample("np.take(x, [[0, 1], [1, 1]], axis=1)", real(2, 3)), Sample("np.take(x, -1, axis=0)", real(2, 3)),
                  Sample("np.take(x, [4, -5], mode='wrap')", real(3)), Sample("np.take(x, [4, -5], axis=-1, mode='clip')", real(2, 3)),
                  Sample("np.take(x, indices=[1, 0], axis=1)", real(2, 3, 2))],
}
# fmt: on
