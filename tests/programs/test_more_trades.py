"""Programs with the Python that people write around NumPy, differentiated unmodified."""

import pytest

from tests.fuzz.agreement import assert_agrees
from tests.programs.more_trades import PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_gradients_and_second_derivatives(name):
    """NumPy's value to the last bit; gradients and second derivatives in both modes against differences."""
    loss, x = PROGRAMS[name]
    plain = lambda x: [loss(x)]
    assert assert_agrees(plain, plain, [x], analytic=False) == "agrees"
