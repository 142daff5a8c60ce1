"""Right derivatives of whole populations: none is accused; and the same, a little wrong, fail."""

import numpy as np
import pytest

from dualrev.checking import audit, check
from tests.checking.populations import peaks

PEAKS = dict(peaks())


@pytest.mark.parametrize("name", PEAKS)
def test_a_peak_on_a_baseline_passes(name):
    f, jac, x = PEAKS[name]
    assert audit(f, jac, x).verdict == "PASS"
    assert check(f, x, points=1).verdict == "PASS"
    assert audit(f, lambda x: 1.01 * np.asarray(jac(x)) + 1e-3, x, points=1).verdict == "FAIL"
