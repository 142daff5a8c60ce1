"""Orthogonal factors and refined solves, against exact rational arithmetic and hand counts."""

from fractions import Fraction

import numpy as np
import pytest

from dualrev.optimize.linear_algebra import (
    column_scale,
    exact_products,
    factored,
    residual_once_rounded,
    solved,
    transposed_once_rounded,
)

RNG = np.random.default_rng(4)


def exactly(A):
    return [[Fraction(float(v)) for v in row] for row in np.atleast_2d(A)]


def normal_equations(A, b):
    """The least squares solution of two columns in rational arithmetic."""
    rows, right = exactly(A), [Fraction(float(v)) for v in b]
    p, q, r = (sum(row[i] * row[j] for row in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    u, v = (sum(row[i] * y for row, y in zip(rows, right, strict=True)) for i in (0, 1))
    d = p * r - q * q
    return [float((r * u - q * v) / d), float((p * v - q * u) / d)]


def test_solved_is_exact_to_the_last_digits_where_qr_loses_seven():
    A = np.column_stack([np.ones(30), 1e7 + np.arange(30.0)])
    b = RNG.normal(size=30)
    expected = normal_equations(A, b)
    np.testing.assert_allclose(solved(A, b), expected, rtol=4e-16)
    assert np.abs(np.linalg.lstsq(A, b, rcond=None)[0] / expected - 1).max() > 1e-12


def test_columns_of_any_size_are_solved_alike():
    A = np.column_stack([np.ones(12), np.arange(12.0)])
    b = RNG.normal(size=12)
    x = solved(A, b)
    np.testing.assert_allclose(solved(A * [1e-200, 1e200], b) * [1e-200, 1e200], x, rtol=1e-14)


def test_a_solution_of_least_norm_where_columns_are_the_same():
    A = np.column_stack([np.arange(5.0)] * 2)
    np.testing.assert_allclose(solved(A, 3 * np.arange(5.0)), [1.5, 1.5], rtol=1e-14)
    np.testing.assert_allclose(solved(np.ones((1, 2)), np.array([4.0])), [2.0, 2.0], rtol=1e-14)


def test_scales_are_powers_of_two_and_bring_columns_near_one():
    J = RNG.normal(size=(20, 4)) * [1e-160, 1e-3, 1.0, 1e200]
    scale = column_scale(J)
    assert (np.frexp(scale)[0] == 0.5).all()
    lengths = np.linalg.norm(J * scale, axis=0)
    assert ((lengths > 0.499) & (lengths < 1.001)).all()
    assert column_scale(np.zeros((3, 1)))[0] > 0


def test_products_are_exact():
    A, x = RNG.normal(size=(3, 4)), RNG.normal(size=4)
    high, low = exact_products(A, x)
    for i in range(3):
        for j in range(4):
            expected = Fraction(float(A[i, j])) * Fraction(float(x[j]))
            assert Fraction(float(high[i, j])) + Fraction(float(low[i, j])) == expected


def test_residuals_are_rounded_once():
    A, x, b, r = RNG.normal(size=(6, 3)), RNG.normal(size=3), RNG.normal(size=6), RNG.normal(size=6)
    exact = [
        float(Fraction(float(b[i])) - Fraction(float(r[i])) - sum(a * Fraction(float(v)) for a, v in zip(row, x)))
        for i, row in enumerate(exactly(A))
    ]
    assert residual_once_rounded(A, x, b, r).tolist() == exact
    across = [float(sum(a * Fraction(float(v)) for a, v in zip(row, r))) for row in exactly(A.T)]
    assert transposed_once_rounded(A, r).tolist() == across


def test_rank_null_space_and_condition_of_two_equal_columns():
    column = np.arange(1.0, 6.0)
    factors = factored(np.column_stack([column, np.ones(5), column]))
    assert factors.rank == 2
    assert factors.condition > 1e15
    (direction,), (ratio,) = factors.null()
    assert direction / direction[0] == pytest.approx([1, 0, -1], abs=1e-14)
    assert ratio < 1e-15


def test_the_root_of_the_covariance_is_that_of_the_inverse():
    J = RNG.normal(size=(9, 3)) * [1e-4, 1.0, 1e5]
    root = factored(J).root()
    np.testing.assert_allclose(root @ root.T, np.linalg.inv(J.T @ J), rtol=1e-9)


def test_a_jacobian_of_zeros_has_rank_zero():
    factors = factored(np.zeros((4, 2)))
    assert factors.rank == 0
    assert factors.root().shape == (2, 0)
    assert len(factors.null()[0]) == 2
    assert factors.solve(np.ones(4)).tolist() == [0, 0]


def test_fewer_rows_than_columns():
    factors = factored(np.array([[1.0, 1.0, 0.0]]))
    assert factors.rank == 1
    assert factors.condition == np.inf
    assert len(factors.null()[0]) == 2


def test_compensated_sums_of_many_terms_are_those_that_are_rounded_once():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(12_345, 3)) * 10.0 ** rng.integers(-8, 8, size=(12_345, 1))
    x, b, r = rng.normal(size=3), rng.normal(size=12_345), rng.normal(size=12_345)
    dot = lambda u, v: sum(Fraction(a) * Fraction(c) for a, c in zip(u, v, strict=True))
    rows = range(0, 12_345, 411)
    exact = [float(Fraction(b[k]) - Fraction(r[k]) - dot(A[k], x)) for k in rows]
    np.testing.assert_allclose(residual_once_rounded(A, x, b, r)[::411], exact, rtol=4e-16)
    whole = transposed_once_rounded(A, r)
    for k in range(3):
        assert whole[k] == pytest.approx(float(dot(A[:, k], r)), rel=1e-14)


def test_a_large_linear_fit_has_the_digits_of_a_small_one():
    x = np.linspace(0, 1, 20_001)
    X = np.stack([x**k for k in range(6)], axis=1)
    b = np.arange(1.0, 7.0)
    np.testing.assert_allclose(solved(X, X @ b), b, rtol=1e-11)
