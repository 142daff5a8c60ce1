"""Sample calls of convolution, recursive filters and splines: dualrev/ops/convolution.py, splines.py."""

import numpy as np

from dualrev.ops.convolution import convolved_arrays, filtered
from dualrev.ops.splines import spline_value
from tests.ops.sample import DIFFERENCES, Sample, positive, real

CUBIC = "spline=__import__('scipy.interpolate').interpolate.CubicSpline([0.0, 0.9, 1.7, 3.0], {})"
VALUES, PAIRS = "[1.0, 2.0, -1.0, 0.5]", "np.eye(4)[:, :2]"
POINTS = np.array([0.2, 1.3, 2.5])

# fmt: off
SAMPLES = {
    convolved_arrays: [Sample("convolved_arrays(x, y)", real(4), real(3)), Sample("convolved_arrays(x, y)", real(2), real(5)),
                       Sample("convolved_arrays(x, y)", real(3, 4), real(2, 3))],
    filtered:         [Sample("filtered(x, y, z)", real(3), positive(2), real(5)), Sample("filtered(x, y, z)", real(2), positive(3), real(2, 4)),
                       Sample("filtered(np.ones(1), np.array([1.0, -0.5]), x)", real(4)), Sample("filtered(x, y, np.ones((2, 3)))", real(2), positive(1))],
    spline_value:     [Sample(f"spline_value(x, {CUBIC.format(VALUES)})", POINTS, twin=DIFFERENCES),
                       Sample(f"spline_value(x, {CUBIC.format(VALUES)}, nu=1)", POINTS[0], twin=DIFFERENCES),
                       Sample(f"spline_value(x, {CUBIC.format(PAIRS)})", POINTS, twin=DIFFERENCES)],
}
# fmt: on
