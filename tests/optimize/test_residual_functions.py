"""Residuals as SciPy's least_squares takes them: the Jacobian in every mode, as a matrix and as an operator."""

import numpy as np
import pytest
import scipy.optimize as so

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError

T = np.linspace(0.0, 2.0, 25)
Y = 3 * np.exp(-1.3 * T)
START = {"a": 1.0, "b": 0.5}


def decay(p):
    return p["a"] * np.exp(-p["b"] * T) - Y


def jacobian(a, b):
    return np.stack([np.exp(-b * T), -a * T * np.exp(-b * T)], axis=1)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse", "mixed"])
def test_the_jacobian_is_the_one_by_hand(mode):
    res = dr.residuals(decay, START, mode=mode)
    r, J = res(res.x0)
    np.testing.assert_allclose(r, np.exp(-0.5 * T) - Y, rtol=1e-14)
    np.testing.assert_allclose(J, jacobian(1.0, 0.5), rtol=1e-13, atol=1e-15)
    assert J.dtype == np.float64 and J.flags.c_contiguous and J.flags.owndata
    J[:] = np.nan
    assert np.isfinite(res.jac(res.x0)).all()


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_least_squares_with_a_dense_jacobian(method):
    runs = []
    res = dr.residuals(lambda p: runs.append(0) or decay(p), START)
    fit = so.least_squares(res.fun, res.x0, res.jac, method=method)
    np.testing.assert_allclose(fit.x, [3.0, 1.3], rtol=1e-7)
    points = {fit.nfev, fit.nfev + 1}  # the Jacobian costs no run of its own
    assert len(runs) == res.counts.f and len(runs) in points


def test_least_squares_with_an_operator():
    res = dr.residuals(decay, START)
    fit = so.least_squares(res.fun, res.x0, res.jac_op, tr_solver="lsmr")
    np.testing.assert_allclose(fit.x, [3.0, 1.3], rtol=1e-6)
    op, J = res.jac_op([2.0, 0.7]), jacobian(2.0, 0.7)
    assert op.shape == (25, 2)
    v, w = np.array([0.3, -0.4]), np.cos(np.arange(25.0))
    np.testing.assert_allclose(op @ v, J @ v, rtol=1e-13)
    np.testing.assert_allclose(op.T @ w, J.T @ w, rtol=1e-12)
    np.testing.assert_allclose(op @ np.eye(2), J, rtol=1e-13, atol=1e-15)


def test_an_operator_keeps_its_point():
    res = dr.residuals(lambda x: x**2, [1.0, 2.0])
    op = res.jac_op([1.0, 2.0])
    res.fun([5.0, 5.0]), res.fun([6.0, 6.0])
    np.testing.assert_array_equal(op @ np.ones(2), [2.0, 4.0])
    assert res.counts.f == 3


def test_the_mode_is_that_of_choose_mode():
    tall = dr.residuals(decay, START)
    assert tall.choice.mode == "forward"
    assert dr.choose_mode(lambda x: x[0] * np.exp(-x[1] * T) - Y, np.ones(2)).mode == "forward"
    tall.jac(tall.x0)
    assert tall.counts.forward_sweeps == 1 and tall.counts.reverse_sweeps == 0
    A = np.cos(np.arange(200.0)).reshape(2, 100)
    wide = dr.residuals(lambda x: A @ np.sin(x), np.zeros(100))
    np.testing.assert_allclose(wide.jac(wide.x0), A, rtol=1e-14)
    assert wide.choice.mode == "reverse" and wide.counts.forward_sweeps == 0 and wide.counts.reverse_sweeps == 1


def test_a_tree_of_residuals_is_one_after_another():
    res = dr.residuals(lambda p: {"data": p["a"] * T, "prior": (p["b"] - 1) / 0.1}, START)
    J = res.jac(res.x0)
    assert res.fun(res.x0).shape == (26,) and J.shape == (26, 2)
    np.testing.assert_allclose(J[:25, 0], T)
    np.testing.assert_allclose(J[25], [0.0, 10.0])
    op = res.jac_op(res.x0)
    np.testing.assert_allclose(op.T @ np.ones(26), [T.sum(), 10.0], rtol=1e-14)


def test_one_run_serves_all_and_overwritten_vectors_do_not_confuse():
    res = dr.residuals(decay, START)
    x = res.x0
    res.fun(x), res.jac(x), res(x), res.jac_op(x)
    assert res.counts.f == 1 and res.counts.forward_sweeps == 1
    x[0] = 2.0
    np.testing.assert_allclose(res.jac(x), jacobian(2.0, 0.5), rtol=1e-13)
    np.testing.assert_allclose(res.fun(x), 2 * np.exp(-0.5 * T) - Y, rtol=1e-13)
    assert res.counts.f == 2


def test_fixed_tied_and_transformed_columns():
    res = dr.residuals(decay, {"a": 2.0, "b": 0.5}, tie={"a": lambda p: 4 * p["b"]}, transform={"b": "log"})
    J = jacobian(2.0, 0.5)
    np.testing.assert_allclose(res.jac(res.x0)[:, 0], (4 * J[:, 0] + J[:, 1]) * 0.5, rtol=1e-13, atol=1e-15)
    assert dr.residuals(decay, START, fixed=["b"]).jac([1.0]).shape == (25, 1)
    with_args = dr.residuals(lambda p, t, y: p["a"] * t - y, {"a": 1.0}, args=(T, Y))
    np.testing.assert_array_equal(with_args.jac([1.0])[:, 0], T)


def test_the_best_point_is_that_of_the_least_sum_of_squares():
    res = dr.residuals(lambda x: x, [2.0])
    for v in (2.0, -1.0, 5.0):
        res.fun([v])
    assert res.best[0] == 1.0 and res.best[1].tolist() == [-1.0] and res.history.fun == [4.0, 1.0, 25.0]


def test_a_column_that_is_not_finite_is_named():
    res = dr.residuals(lambda p: np.sqrt(p["w"][0]) * T + p["w"][1], {"w": [0.0, 1.0]})
    with (
        np.errstate(all="ignore"),
        pytest.raises(NonFiniteError, match=r"Jacobian column of w\[0\].* is inf; .*sqrt, test_resid"),
    ):
        res.jac(res.x0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="mode='backward': write 'auto', 'forward', 'reverse' or 'mixed'"):
        dr.residuals(decay, START, mode="backward")
    assert dr.residuals(lambda x: x + 1j, [1.0]).fun([3.0]).tolist() == [3.0, 1.0]
    with pytest.raises(InputError, match="decay has 2 free parameters, and x has shape"):
        dr.residuals(decay, START).jac([1.0])
