"""Shapes: leading axes and broadcasting."""

import numpy as np
import pytest

from dualrev.shapes import align, full, gather, kept, lead_of, negative_axes, size, spread

CASES = {
    "same": ((), (3,), (3,)),
    "scalar": ((), (), (2, 3)),
    "new axis": ((), (3,), (2, 3)),
    "unit axis": ((), (2, 1), (2, 3)),
    "both": ((), (1, 3), (4, 2, 3)),
    "unit axes only": ((), (1,), (1, 1)),
    "lead": ((5,), (2, 1), (4, 2, 3)),
    "lead of the size of an axis": ((2,), (3,), (2, 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_gather_is_the_transpose_of_align_and_spread(case):
    lead, small, large = CASES[case]
    rng = np.random.default_rng(0)
    x, v, w = np.ones(small), rng.normal(size=lead + small), rng.normal(size=lead + large)
    pushed, pulled = spread(align(v, lead, len(large)), lead + large), gather(w, lead, x)
    assert pushed.shape == lead + large and pulled.shape == lead + small
    assert np.sum(w * pushed) == pytest.approx(np.sum(pulled * v), rel=1e-14)


def test_lead_full_and_size():
    assert lead_of(np.ones((5, 2, 3)), np.ones((2, 3))) == (5,)
    assert lead_of(1.0, 2.0) == () and size(2.0) == 1 and size(np.ones((2, 3))) == 6
    np.testing.assert_array_equal(full(2.0, (), np.ones(3)), [2.0, 2.0, 2.0])


def test_axes_are_counted_from_the_end():
    assert negative_axes(None, 3) == (-3, -2, -1)
    assert negative_axes((0, -1), 3) == (-3, -1)
    assert negative_axes(1, 2) == (-1,)
    assert negative_axes(-1, 0) == ()  # NumPy reduces a scalar over an axis it has not
    assert kept((2, 3, 4), (-2,)) == (2, 1, 4)
    with pytest.raises(np.exceptions.AxisError, match="axis 3 is out of bounds for array of dimension 2"):
        negative_axes(3, 2)
