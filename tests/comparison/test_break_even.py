"""Break-even points, against equations solved by hand."""

import numpy as np
import pytest

from dualrev.comparison.break_even import ReverseLine, break_even_line, fitted_line, zeros


def test_a_reverse_line_reaches_the_cost_of_forward_mode():
    assert ReverseLine(shared=2.0, each=0.5).reaches(10.0) == 16.0  # 2 + 0.5 m = 10


@pytest.mark.parametrize("line", [ReverseLine(10.0, 0.5), ReverseLine(2.0, 0.0), ReverseLine(2.0, -1.0)])
def test_there_is_no_break_even_below_one_cotangent_or_where_they_cost_nothing(line):
    assert line.reaches(10.0) is None


def test_the_line_is_fitted_by_relative_errors():
    """Of 1 + m, with the last cost wrong by 1%: absolute errors would move the start by a tenth of that, 0.1."""
    line = fitted_line({1: 2.0, 2: 3.0, 4: 5.0, 1000: 1001.0 * 1.01})
    assert line.shared == pytest.approx(1.0, abs=0.03)
    assert line.each == pytest.approx(1.0, abs=0.02)


def test_zeros_are_interpolated_in_the_logarithm():
    found = list(zeros(np.array([1, 10, 100]), np.array([-1.0, -0.5, 1.5])))
    assert found == [pytest.approx(10 ** (1 + 0.25))]


def test_only_rises_count():
    assert list(zeros(np.array([1, 2, 4]), np.array([1.0, -1.0, -2.0]))) == []


@pytest.mark.parametrize(("c", "p"), [(1.0, 1.0), (3.0, 1.0), (0.5, 1.5), (4.0, 0.7)])
def test_the_line_of_a_grid_is_found(c, p):
    """An advantage that is zero where m = c n^p, and linear in both logarithms."""
    n = m = 2 ** np.arange(11)
    advantage = np.log10(c * n[:, None] ** p / m[None, :])
    line = break_even_line(n, m, advantage)
    assert (line.coefficient, line.exponent) == (pytest.approx(c), pytest.approx(p))
    np.testing.assert_allclose(line(np.array([1.0, 16.0])), [c, c * 16.0**p])
    np.testing.assert_allclose(line.points[:, 1], c * line.points[:, 0] ** p)


def test_few_points_give_a_line_of_slope_one():
    line = break_even_line(np.array([1, 16]), np.array([1, 16, 256]), np.array([[1.0, -1.0, -1.0], [1.0, 1.0, -1.0]]))
    np.testing.assert_allclose(line.points, [[1, 4], [16, 64], [4, 16]])  # a third between the rows
    assert (line.coefficient, line.exponent) == (pytest.approx(4.0), 1.0)
    line = break_even_line(np.array([1, 16]), np.array([4, 5]), np.array([[-1.0, -1.0], [1.0, 1.0]]))
    assert (line.coefficient, line.exponent) == (pytest.approx(np.sqrt(20) / 4), 1.0)  # (4, 4) and (4, 5)
    n, m = np.array([1, 64]), np.array([1, 64])
    line = break_even_line(n, m, np.array([[2.0, -1.0], [3.0, 1.0]]))  # (1, 16) and (8, 64): in between m = 16 n^(2/3)
    assert (line.coefficient, line.exponent) == (pytest.approx(np.sqrt(16 * 8)), 1.0)


def test_no_change_of_the_winner_no_line():
    assert break_even_line(np.array([1, 2]), np.array([1, 2]), np.ones((2, 2))) is None


def test_what_was_not_measured_is_left_out():
    advantage = np.array([[1.0, -1.0], [np.nan, np.nan]])
    line = break_even_line(np.array([1, 2]), np.array([1, 4]), advantage)
    np.testing.assert_allclose(line.points, [[1.0, 2.0]])


@pytest.mark.parametrize(
    ("c", "p", "text"),
    [(1.0, 1.0, "m = n"), (3.4, 0.76, "m = 3.4 n^0.76"), (1.0, 2.0, "m = n^2.00"), (12.0, 1.0, "m = 12 n")],
)
def test_a_line_says_its_equation(c, p, text):
    from dualrev.comparison.break_even import BreakEvenLine

    assert str(BreakEvenLine(c, p, np.zeros((0, 2)))) == text
