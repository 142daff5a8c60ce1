"""Sample calls of the slopes that are ops of their own: dualrev/ops/slopes.py."""

from dualrev.ops import slopes
from dualrev.ops.special_elementary import beyond_side, relative_less
from tests.ops.sample import Sample, beyond, positive, real, unit

# fmt: off
SAMPLES = {
    slopes.logistic:      [Sample("logistic(x)", real(4), twin="1 / (1 + np.exp(-x))")],
    slopes.logistic2:     [Sample("logistic2(x)", real(4), twin="1 / (1 + np.exp2(-x))")],
    slopes.bell:          [Sample("bell(x)", real(4), twin="1 / (2 + np.exp(x) + np.exp(-x))")],
    slopes.bell2:         [Sample("bell2(x)", real(4), twin="1 / (2 + np.exp2(x) + np.exp2(-x))")],
    slopes.gaussian:      [Sample("gaussian(x)", real(4), twin="np.exp(-x * x)")],
    slopes.normal:        [Sample("normal(x)", real(4), twin="np.exp(-0.5 * x * x)")],
    slopes.one_less_square:         [Sample("one_less_square(x)", real(3))],
    slopes.one_and_square:          [Sample("one_and_square(x)", real(3), twin="1 + x * x")],
    slopes.root_of_one_less_square: [Sample("root_of_one_less_square(x)", unit(3), twin="np.sqrt(1 - x * x)")],
    slopes.root_of_one_and_square:  [Sample("root_of_one_and_square(x)", real(3), twin="np.sqrt(1 + x * x)")],
    slopes.root_of_square_less_one: [Sample("root_of_square_less_one(x)", beyond(3), twin="np.sqrt(x * x - 1)")],
    slopes.cosine_of:     [Sample("cosine_of(x, y)", real(3), real(2, 1), twin="x / np.sqrt(x * x + y * y)")],
    beyond_side:          [Sample("beyond_side(x, y)", positive(3), real(3), twin="np.sqrt(x * x + y * y) - x")],
    relative_less:        [Sample("relative_less(x, y)", positive(3), positive(3), twin="(y - x) / y")],
}
# fmt: on
