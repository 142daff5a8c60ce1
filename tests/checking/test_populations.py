"""Right derivatives of whole populations: none is accused; and the same, a little wrong, fail."""

import numpy as np
import pytest

from dualrev.checking import audit, check
from tests.checking.populations import flats, peaks

PEAKS, FLATS = dict(peaks()), dict(flats())


def wrong(jac, by=1.01):
    return lambda x: by * np.asarray(jac(x)) + 1e-3


def test_the_populations_are_large_enough():
    assert len(PEAKS) >= 60 and len(FLATS) >= 60


@pytest.mark.parametrize("name", PEAKS)
def test_a_peak_on_a_baseline_passes(name):
    f, jac, x = PEAKS[name]
    assert audit(f, jac, x).verdict == "PASS"
    assert check(f, x, points=1).verdict == "PASS"
    assert audit(f, wrong(jac), x, points=1).verdict == "FAIL"


@pytest.mark.parametrize("name", FLATS)
def test_a_flat_region_at_a_decimal_number_passes(name):
    f, jac, x = FLATS[name]
    assert audit(f, jac, x).verdict == "PASS"
    assert check(f, x, points=1).verdict == "PASS"
    assert audit(f, wrong(jac), x, points=1).verdict == "FAIL"
