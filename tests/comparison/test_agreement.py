"""Agreement: distances of matrices, and which of them is too far."""

import numpy as np
import pytest

from dualrev.comparison.agreement import differ, distance

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [([1.0, 2.0], [1.0, 2.5], 0.5), ([INF, 1.0], [INF, 1.0], 0.0), ([NAN, 1.0], [NAN, 3.0], 2.0), ([], [], 0.0)],
)
def test_distance_is_the_largest_difference(a, b, apart):
    assert distance(np.array(a), np.array(b)) == apart


@pytest.mark.parametrize(("a", "b"), [(INF, 1.0), (NAN, 1.0), (INF, -INF), (INF, NAN)])
def test_distance_is_nan_where_only_one_is_not_finite(a, b):
    assert np.isnan(distance(np.array([a]), np.array([b])))
    assert differ(np.array([[a]]), np.array([[b]]), 1.0)


def test_each_row_and_column_has_its_own_scale():
    """A row of 1e-2 beside one of 1e2: an error of 1e-4 in the small row is 1%, not 1e-6."""
    B = np.array([[100.0, 100.0], [0.01, 0.01]])
    off = np.array([[0.0, 0.0], [0.0, 1e-3]])
    assert differ(B + off, B, 1e-4)
    assert not differ(B + off[::-1], B, 1e-4)


def test_absolute_errors_are_allowed_for_where_they_are_said():
    A, B = np.array([[1.0, 2.0]]), np.array([[1.1, 2.0]])
    assert differ(A, B, 1e-3)
    assert not differ(A, B, 1e-3, np.array([[0.2, 0.0]]))
