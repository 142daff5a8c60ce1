"""Sample calls of sampled signals: dualrev/ops/signal.py."""

import numpy as np

from dualrev.ops.signal import convolved, correlated
from tests.ops.sample import DIFFERENCES, Sample, positive, real

MODES = ("full", "same", "valid")
KNOTS = "[0.1, 0.75, 1.2, 1.9]"


def convolutions(name, twin=None):
    sizes = ((5, 3), (3, 5), (4, 4), (1, 3), (3, 1), (4, 2), (2, 5))
    return [
        Sample(f"{name}(x, y, {m!r})", real(a), real(b), twin=twin and f"{twin}, {m!r})")
        for a, b in sizes
        for m in MODES
    ]


# fmt: off
SAMPLES = {
    convolved:     [Sample("convolved(x, y)", real(4), real(3)), Sample("convolved(x, x)", real(3))],
    correlated:    [Sample("correlated(x, y, mode='valid')", real(4), real(3), twin="np.correlate(x, np.conjugate(y))"), Sample("correlated(x, y, mode='same')", real(2), real(5), twin="np.correlate(x, np.conjugate(y), 'same')")],
    np.convolve:   [*convolutions("np.convolve"), Sample("np.convolve(x, [1.0, 2.0])", real(3)), Sample("np.convolve([1, 2, 3], x, mode='valid')", real(2)), Sample("np.convolve(x, 2.0)", real(3))],
    np.correlate:  [*convolutions("np.correlate", "np.correlate(x, np.conjugate(y)"), Sample("np.correlate(x, [1.0, 2.0])", real(3)), Sample("np.correlate([1, 2, 3], x)", real(5), twin="np.correlate([1, 2, 3], np.conjugate(x))")],
    np.interp:     [Sample("np.interp(x, y, z)", real(6), np.array([-1.0, 0.1, 0.7, 1.9]), real(4), twin=DIFFERENCES),
                    Sample(f"np.interp(x, {KNOTS}, [1.0, 3.0, 2.0, 5.0])", positive(5), twin=DIFFERENCES), Sample(f"np.interp(x, {KNOTS}, [1.0, 3.0, 2.0, 5.0])", positive(), twin=DIFFERENCES),
                    Sample(f"np.interp([-1.0, 0.5, 2.0, 3.0, np.nan], {KNOTS}, x)[:4]", real(4)), Sample("np.interp([[0.5], [1.5]], x, y)", np.array([0.1, 0.9, 2.5]), real(3), twin=DIFFERENCES),
                    Sample(f"np.interp(x, {KNOTS}, y, left=-7.0, right=9.0)", real(6), real(4), twin=DIFFERENCES), Sample("np.interp(x, [1.0], y)", real(3), real(1), twin=DIFFERENCES),
                    Sample("np.interp(x, [-2.5, 0.3, 1.1], y, period=2.0)", real(5), real(3), twin=DIFFERENCES), Sample(f"np.interp(x, {KNOTS}, y)", np.zeros((0, 2)), real(4), twin=DIFFERENCES),
                    Sample("np.interp(0.5, [0.0, 1.0], x)", real(2))],
    np.ediff1d:    [Sample("np.ediff1d(x)", real(2, 3)), Sample("np.ediff1d(x, to_end=y, to_begin=[1.0, 2.0])", real(3), real(1)), Sample("np.ediff1d(x, 9.0)", real(1))],
    np.trapezoid:  [Sample("np.trapezoid(x)", real(4)), Sample("np.trapezoid(x, dx=0.1, axis=0)", real(3, 2)), Sample("np.trapezoid(x, y)", real(2, 4), real(4)),
                    Sample("np.trapezoid(x, x=y, axis=-2)", real(3, 2), real(3)), Sample("np.trapezoid(x, y, axis=0)", real(3, 2), real(3, 2)), Sample("np.trapezoid(x)", np.zeros((0, 3))),
                    Sample("np.trapezoid([1.0, 2.0, 4.0], x)", real(3)), Sample("np.trapezoid(x, dx=y)", real(3), real())],
    np.cumulative_sum:  [Sample("np.cumulative_sum(x)", real(3)), Sample("np.cumulative_sum(x, axis=-1, include_initial=True)", real(2, 3)), Sample("np.cumulative_sum(x, axis=0)", np.zeros((0, 3))),
                         Sample("np.cumulative_sum(x, dtype=np.longdouble)", real(3), twin="np.cumsum(x)"), Sample("np.cumulative_sum(x)", real())],
    np.cumulative_prod: [Sample("np.cumulative_prod(x)", real(3)), Sample("np.cumulative_prod(x, axis=0, include_initial=True)", real(2, 3))],
    np.unwrap:     [Sample("np.unwrap(4 * x)", real(6), twin=DIFFERENCES), Sample("np.unwrap(4 * x, axis=0, period=3.0)", real(4, 2), twin=DIFFERENCES), Sample("np.unwrap(x, discont=1.0)", real(3), twin=DIFFERENCES)],
    np.gradient:   [Sample("np.gradient(x)", real(5)), Sample("np.gradient(x, 0.5)", real(2)), Sample("np.gradient(x)", real(3, 4)), Sample("np.gradient(x, axis=-1)", real(2, 3)),
                    Sample("np.gradient(x, 0.3, edge_order=2)", real(5)), Sample("np.gradient(x, 2.0, [0.0, 1.0, 3.0, 3.5])", real(3, 4)), Sample("np.gradient(x, y)", real(4), np.array([0.1, 0.5, 1.7, 1.9])),
                    Sample("np.gradient(x, y, axis=1, edge_order=2)", real(2, 4), np.array([0.1, 0.5, 1.7, 1.9])), Sample("np.gradient(x, y)", real(4), real()), Sample("np.gradient(x, [1.0, 2.0, 3.0])", real(3)),
                    Sample("np.gradient(x, 1.0, 2.0, axis=(1, 0))", real(3, 3)), Sample("np.gradient(x, axis=1)", np.zeros((0, 3))), Sample("np.gradient([1.0, 2.0, 4.0], x)", positive(), twin="np.array([1.0, 1.5, 2.0]) / x")],
    np.sinc:       [Sample("np.sinc(x)", real(5)), Sample("np.sinc(x / 9)", real(2, 3), twin="np.sin(np.pi * x / 9) / (np.pi * x / 9)"), Sample("np.sinc(x)", real()), Sample("np.sinc(x)", np.zeros((0, 3)))],
    np.i0:         [Sample("np.i0(x)", real(5), twin=DIFFERENCES), Sample("np.i0(6 * x)", positive(2, 3), twin=DIFFERENCES), Sample("np.i0(x)", np.zeros((0, 3)), twin=DIFFERENCES)],
}
# fmt: on
