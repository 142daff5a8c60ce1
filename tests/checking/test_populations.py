"""Right derivatives of whole populations: none is accused; and the same, a little wrong, fail."""

import re

import numpy as np
import pytest

from dualrev.checking import audit, check
from tests.checking.populations import flats, peaks
from tests.checking.public_derivatives import PUBLIC
from tests.checking.solver_settings import SETTINGS

PEAKS, FLATS = dict(peaks()), dict(flats())


def wrong(jac, by=1.01):
    return lambda x: by * np.asarray(jac(x)) + 1e-3


def test_the_populations_are_large_enough():
    assert len(PEAKS) >= 60 and len(FLATS) >= 60 and len(SETTINGS) >= 25 and len(PUBLIC) >= 30


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


@pytest.mark.parametrize("name", SETTINGS)
def test_an_exact_derivative_is_not_accused_of_the_tolerance_of_a_solver(name):
    f, jac, x = SETTINGS[name]
    report = audit(f, jac, x, points=1)
    assert report.verdict == "PASS" or "tighten the solver" in report.components[0].reason
    assert audit(f, lambda x: 2 * jac(x), x, points=1).verdict == "FAIL"


def test_the_tolerance_that_is_advised_is_enough():
    f, jac, x = SETTINGS["LSODA, 1e-06"]
    reason = audit(f, jac, x).components[0].reason
    assert re.fullmatch(
        r"noise: agrees to [45] digits; the values are computed to about 1e-6 \(solve_ivp\): "
        r"tighten the solver, or pass rtol=1e-[345]", reason
    )  # fmt: skip
    assert audit(f, jac, x, rtol=float(reason.rpartition("=")[2])).verdict == "PASS"


def test_a_kink_nearby_is_no_tolerance():
    f = lambda x: np.sin(x) + 1e-2 * np.abs(x - 1.02)
    assert audit(f, lambda x: (np.cos(x) + 1e-2 * np.sign(x - 1.02)) * (1 + 1e-4), 1.0).verdict == "FAIL"


@pytest.mark.parametrize("name", PUBLIC)
def test_a_derivative_as_it_is_published_is_not_accused(name):
    f, jac, x = PUBLIC[name]
    assert audit(f, jac, x).verdict == "PASS"
    assert audit(f, wrong(jac), x, points=1).verdict == "FAIL"
