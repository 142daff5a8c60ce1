"""Sample calls of what values on both sides of a kink are said in: dualrev/ops/kinks.py."""

from dualrev.ops.kinks import at_the_tip, middle
from tests.ops.sample import Sample, real

SAMPLES = {
    middle: [
        Sample("middle(x, y)", real(3), real(3), twin="0.5 * (x + y)"),
        Sample("middle(x, y)", real(), real(), twin="0.5 * (x + y)"),
    ],
    at_the_tip: [
        Sample("at_the_tip(x, 2.0)", real(3), twin="2.0 * x"),
        Sample("at_the_tip(x, np.array([1.0, -2.0]))", real(3, 1), twin="x * np.array([1.0, -2.0])"),
    ],
}
