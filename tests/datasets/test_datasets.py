"""Certified data: the numbers are NIST's, and nobody can change them by accident."""

import numpy as np
import pytest

from dualrev.datasets import load_norris


@pytest.fixture
def norris():
    return load_norris()


def test_norris_has_36_points_and_certified_parameters_as_nist_prints_them(norris):
    assert norris.x.shape == norris.y.shape == (36,)
    assert norris.parameters.tolist() == [-0.262323073774029, 1.00211681802045]
    assert norris.deviations.tolist() == [0.232818234301152, 0.000429796848199937]
    assert (norris.x[1], norris.y[1]) == (337.4, 338.8)
    assert norris.dof == 36 - 2
    assert "NIST" in norris.source


def test_the_certified_line_has_the_certified_residual_sum_of_squares(norris):
    b0, b1 = norris.parameters
    assert np.sum((norris.y - b0 - b1 * norris.x) ** 2) == pytest.approx(norris.rss, rel=1e-13)


def test_the_certified_deviations_follow_from_the_data(norris):
    design = np.stack([np.ones(36), norris.x], axis=1)
    variances = norris.rss / norris.dof * np.diag(np.linalg.inv(design.T @ design))
    np.testing.assert_allclose(np.sqrt(variances), norris.deviations, rtol=1e-12)


@pytest.mark.parametrize("name", ["x", "y", "parameters", "deviations"])
def test_arrays_are_float64_and_read_only(norris, name):
    array = getattr(norris, name)
    assert array.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0.0


def test_fields_are_frozen(norris):
    with pytest.raises(AttributeError, match="cannot assign to field 'rss'"):
        norris.rss = 0.0


def test_repr_is_one_line(norris):
    assert repr(norris) == "CertifiedFit(Norris: y = b0 + b1 x, 36 points)"
