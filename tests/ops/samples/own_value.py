"""Sample calls of what keeps NumPy's own value: dualrev/ops/own_value.py."""

from dualrev.ops.own_value import exactly
from tests.ops.sample import Sample, real

SAMPLES = {
    exactly: [
        Sample("exactly(x * x, x, func=np.square, arguments={})", real(3)),
        Sample("exactly(x * x, x, func=np.square, arguments={})", real()),
        Sample("exactly(x + y, x, y, func=np.add, arguments={})", real(2, 3), real(2, 3)),
    ]
}
