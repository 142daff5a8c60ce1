"""Sample calls of np.pad: dualrev/ops/padding.py."""

import numpy as np

from tests.ops.sample import DIFFERENCES, Sample, real


def pads(*written, x=(3,), twin=None):
    return [Sample(f"np.pad(x, {how})", real(*x), twin=twin) for how in written]


def takes_axes():
    """NumPy's pad takes a dict of widths by axis since 2.4."""
    try:
        return np.pad(np.ones(1), {0: 1}).size == 3
    except TypeError:
        return False


BY_AXIS = "{-1: (2, 1)}" if takes_axes() else "((0, 0), (2, 1))"
EVEN = [f"3, {mode!r}" for mode in ("edge", "wrap", "reflect", "symmetric")]

SAMPLES = {
    np.pad: [
        *pads("2", "(1, 0), 'constant', constant_values=(4, 5)", "((1, 2), (0, 3))", BY_AXIS, x=(2, 3)),
        *pads("pad_width=1, mode='constant', constant_values=((1, 2), (3, 4))", *EVEN, x=(2, 3)),
        *pads(*EVEN, "7, 'wrap'", "(5, 0), 'reflect'", "0"),
        *pads("2, 'linear_ramp'", "((1, 2),), 'linear_ramp', end_values=(5.0, -4.0)", "(1, 3), 'mean'"),
        *pads("2, 'linear_ramp', end_values=1.0", "(1, 2), 'mean', stat_length=2", x=(3, 2)),
        *pads("((0, 1), (2, 0)), 'mean', stat_length=((1, 2), (2, 3))", x=(2, 3)),
        *pads("2, 'reflect', reflect_type='odd'", "(4, 1), 'symmetric', reflect_type='odd'", x=(2, 3)),
        *pads("1, 'maximum'", "(1, 2), 'minimum', stat_length=2", "1, 'median'", "2, 'median', stat_length=3",
              x=(4, 3), twin=DIFFERENCES),
        Sample("np.pad(x, ((0, 0), (1, 2)))", np.zeros((0, 3))),
        Sample("np.pad(x, ((1, 0), (0, 0)))", np.zeros((0, 3))),
        Sample("np.pad(x, 2, 'empty')[2:-2]", real(3)),
    ]
}  # fmt: skip
