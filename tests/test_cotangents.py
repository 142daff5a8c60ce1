"""The cotangents of a sweep: added in place only where the array is the sweep's own."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.cotangents import ONE, deposit, deposit_fit, is_fresh


def test_the_first_arrival_is_kept_and_later_ones_are_added():
    cts, own, g = [None], [False], np.ones(3)
    deposit(cts, own, 0, g, fresh=False)
    assert cts[0] is g and not own[0]
    deposit(cts, own, 0, g, fresh=False)  # not ours yet: a new array
    assert own[0] and cts[0] is not g
    ours = cts[0]
    deposit(cts, own, 0, g, fresh=False)  # ours now: added to in place
    assert cts[0] is ours
    np.testing.assert_array_equal(ours, [3.0, 3.0, 3.0])
    np.testing.assert_array_equal(g, [1.0, 1.0, 1.0])


def test_a_cotangent_is_summed_over_what_was_broadcast():
    cts, own = [None], [False]
    deposit_fit(cts, own, 0, np.ones((2, 3)), True, np.ones(3), np.ones((2, 3)), ())
    np.testing.assert_array_equal(cts[0], [2.0, 2.0, 2.0])
    deposit_fit(cts, own, 0, np.float64(5.0), True, np.ones(3), np.ones((2, 3)), ())  # a scalar stands for an array
    np.testing.assert_array_equal(cts[0], [12.0, 12.0, 12.0])


def test_a_scalar_stays_a_scalar_where_the_shapes_agree():
    cts, own = [None], [False]
    deposit_fit(cts, own, 0, ONE, False, np.ones(3), np.ones(3), ())
    assert cts[0] is ONE and not own[0]


def test_a_view_of_a_cotangent_is_not_fresh():
    ct = np.ones((2, 3))
    assert is_fresh(ct * 2, ct)
    assert not is_fresh(ct, ct) and not is_fresh(ct.reshape(-1), ct) and not is_fresh(2.0, ct)


def test_a_scalar_that_meets_arrays_without_axes_loses_nothing():
    def f(x):
        s = x @ x
        return np.where(True, s, 0.0) + s * s + np.where(True, s, 1.0)  # back: an array, a number, an array

    x = np.array([0.5, 2.0])
    np.testing.assert_allclose(dr.grad(f)(x), (2 + 2 * x @ x) * 2 * x, rtol=1e-15)


@pytest.mark.parametrize("lead", [(), (1,), (4,)])
def test_a_cotangent_shared_by_two_operands_is_not_written_to(lead):
    def f(x):
        A = x[None] * 3.0
        b = x * 2.0
        c = np.sin(b)  # adds to the cotangent of b after A + b has shared its own, before A has used it
        out = A + b
        return np.sum(out * out) + np.sum(c)

    x = np.array([0.7])
    expected = 2 * 25 * x + 2 * np.cos(2 * x)
    _, pullback = dr.vjp(f, x)
    np.testing.assert_allclose(pullback(np.ones(lead))[0], np.broadcast_to(expected, (*lead, 1)), rtol=1e-15)


def test_a_broadcast_view_of_a_constant_is_not_written_to():
    y = np.array([1.0, 2.0, 3.0])
    x = np.linspace(0.1, 0.6, 6).reshape(2, 3)
    f = lambda x: np.sum(np.sin(x)) + np.sum(x * y)  # back: y stands for its broadcast, and then cos(x) is added
    np.testing.assert_allclose(dr.grad(f)(x), np.cos(x) + y, rtol=1e-15)
    np.testing.assert_array_equal(y, [1.0, 2.0, 3.0])
