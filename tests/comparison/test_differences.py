"""Jacobians without rules, against Jacobians known by hand."""

import warnings

import numpy as np
import pytest

from dualrev.arguments import Arguments
from dualrev.comparison.differences import central_differences, complex_step, quiet, step_sizes, values_of


def of(f, *x):
    call = Arguments(f, x, {}, tuple(range(len(x))))
    return values_of(call), call.leaves


def known(x, s):
    """R^(2 + 1) -> R^(2 + 1), and its Jacobian below."""
    return {"a": x * x * s, "b": np.exp(s)}


X = np.array([2.0, -3.0])
JACOBIAN = np.array([[4.0 * 0.5, 0.0, 4.0], [0.0, -6.0 * 0.5, 9.0], [0.0, 0.0, np.exp(0.5)]])


def test_central_differences_are_right_to_about_ten_digits():
    np.testing.assert_allclose(central_differences(*of(known, X, 0.5)), JACOBIAN, rtol=1e-9, atol=1e-9)


def test_the_complex_step_is_right_to_the_last_digits():
    np.testing.assert_allclose(complex_step(*of(known, X, 0.5)), JACOBIAN, rtol=1e-15, atol=1e-15)


def test_the_step_follows_size_and_precision():
    np.testing.assert_allclose(step_sizes([np.array([0.1, 100.0])]), np.cbrt(2.0**-52) * np.array([1.0, 100.0]))
    np.testing.assert_allclose(step_sizes([np.float32([1.0])]), np.cbrt(2.0**-23), rtol=1e-6)


def test_single_precision_stays_single():
    seen = []

    def f(x):
        seen.append(x.dtype)
        return x * x

    values, leaves = of(f, np.float32([1.0, 3.0]))
    np.testing.assert_allclose(central_differences(values, leaves), np.diag([2.0, 6.0]), rtol=1e-3)
    assert set(seen) == {np.dtype(np.float32)}
    np.testing.assert_allclose(complex_step(values, leaves), np.diag([2.0, 6.0]), rtol=1e-6)
    assert seen[-1] == np.complex64


def test_central_differences_call_f_twice_and_the_complex_step_once_for_each_input():
    calls = []
    values, leaves = of(lambda x: calls.append(x) or x, np.ones(5))
    central_differences(values, leaves)
    assert len(calls) == 10
    complex_step(values, leaves)
    assert len(calls) == 15


def test_f_may_write_into_what_it_is_given():
    def f(x, y):
        x *= 2.0
        y *= 3.0
        return x + y

    x, y = np.array([1.0, 5.0]), np.ones(2)
    np.testing.assert_allclose(central_differences(*of(f, x, y)), np.hstack([2 * np.eye(2), 3 * np.eye(2)]), rtol=1e-9)
    np.testing.assert_array_equal([x, y], [[1.0, 5.0], [1.0, 1.0]])


def test_quiet_says_nothing_but_raises_where_an_imaginary_part_is_dropped():
    with quiet():
        assert np.isnan(np.log(np.array(-1.0)))
        warnings.warn("of f's own", stacklevel=1)
        with pytest.raises(np.exceptions.ComplexWarning):
            np.zeros(1)[:] = np.array([1j])
