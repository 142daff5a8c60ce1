"""Estimates on the face of a box: free parameters at their own minimum there, multipliers of the right sign."""

import numpy as np
import pytest
from scipy import optimize

import dualrev as dr

SHAPE = np.exp(-0.5 * np.linspace(-3, 3, 30) ** 2)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("method", [None, "trust-constr"])
def test_a_signal_on_a_background(seed, method):
    n = np.random.default_rng(seed).poisson(8.0, 30)

    def nll(p):
        rate = p["b"] + p["s"] * SHAPE
        return np.sum(rate - n * np.log(rate))

    box = {"b": (1e-6, None), "s": (0, None)}
    fit = dr.fit_nll(nll, {"b": 5.0, "s": 1.0}, bounds=box, method=method)
    assert fit.success, fit.message
    score = np.sum(SHAPE - n / n.mean() * SHAPE)  # of s, where s = 0 and b = n.mean()
    if score > 0:
        assert fit.params["s"] == 0 and fit.params["b"] == pytest.approx(n.mean(), rel=1e-9)
        assert np.isnan(fit.stderr["s"]) and fit.stderr["b"] == pytest.approx(np.sqrt(n.mean() / 30), rel=1e-9)
    else:
        assert fit.params["s"] > 0
        at = fit.params["b"] + fit.params["s"] * SHAPE
        assert abs(np.sum(1 - n / at)) + abs(np.sum(SHAPE * (1 - n / at))) < 1e-7


@pytest.mark.parametrize("seed", range(6))
def test_a_variance_component(seed):
    """Balanced one-way groups: the estimate is max(0, ...) in closed form."""
    rng = np.random.default_rng(seed)
    groups, each = 8, 5
    y = rng.normal(0.0, 1.0, (groups, each)) + 0.2 * rng.normal(size=(groups, 1))
    within = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2)
    between = each * np.sum((y.mean(axis=1) - y.mean()) ** 2)

    def nll(p):  # eigenvalues e and e + each * a of the covariance of a group
        total = p["e"] + each * p["a"]
        loss = groups * (each - 1) * np.log(p["e"]) + within / p["e"] + groups * np.log(total)
        return 0.5 * (loss + (between + groups * each * (y.mean() - p["m"]) ** 2) / total)

    fit = dr.fit_nll(nll, {"m": 0.0, "e": 2.0, "a": 0.5}, bounds={"e": (1e-6, None), "a": (0, None)})
    assert fit.success, fit.message
    e = within / (groups * (each - 1))
    a = (between / groups - e) / each
    if a <= 0:
        e, a = (within + between) / (groups * each), 0.0
    assert fit.params["a"] == pytest.approx(a, rel=1e-7, abs=1e-12)
    assert fit.params["e"] == pytest.approx(e, rel=1e-7) and fit.params["m"] == pytest.approx(y.mean(), rel=1e-7)
    assert np.isnan(fit.stderr["a"]) == (a == 0)


@pytest.mark.parametrize("seed", range(6))
def test_least_squares_with_several_bounds_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(30, 6)), rng.normal(size=30)
    fit = dr.least_squares(lambda p: A @ p - b, np.full(6, 0.5), bounds=(0.0, 1.0))
    wanted = optimize.lsq_linear(A, b, (0.0, 1.0), method="bvls", tol=1e-14)
    np.testing.assert_allclose(fit.x, wanted.x, atol=1e-10)
    assert fit.success and ((fit.x == 0) == (wanted.active_mask < 0)).all()


def test_a_rise_is_never_accepted():
    """The step of the free parameters alone goes down; clipped afterwards it would go up."""
    H = np.array([[2.0, 1.9], [1.9, 2.0]])
    fit = dr.fit_nll(lambda p: 0.5 * p @ (H @ p) - p[0], np.array([1.0, 1.0]), bounds=[(None, None), (0, None)])
    np.testing.assert_allclose(fit.params, [0.5, 0.0], rtol=1e-12)
    assert fit.nll == pytest.approx(-0.25) and fit.stderr[0] == pytest.approx(1 / np.sqrt(2))


def test_a_minimum_just_on_the_bound_and_bounds_that_meet():
    fit = dr.fit_nll(lambda p: np.sum((p - np.array([0.0, 2.0])) ** 2), np.ones(2), bounds=[(0, None), (0, 9)])
    np.testing.assert_allclose(fit.params, [0.0, 2.0], atol=1e-9)
    both = dr.least_squares(lambda p: p - np.array([3.0, 2.0]), np.array([1.0, 1.0]), bounds=([1, 0], [4, 1.5]))
    np.testing.assert_allclose(both.x, [3.0, 1.5], rtol=1e-14)


def test_separate_scales_do_not_end_a_fit_early():
    for seed in range(4):
        rng = np.random.default_rng(seed)
        age, income = rng.uniform(20, 80, 400), rng.uniform(1e4, 2e5, 400)
        X = np.column_stack([np.ones(400), age, income])
        z = X @ np.array([-4, 0.05, 1e-5])
        y = (rng.uniform(size=400) < 1 / (1 + np.exp(-z))).astype(float)
        nll = lambda p: np.sum(np.logaddexp(0, X @ p) - y * (X @ p))
        b = np.zeros(3)
        for _ in range(30):  # by hand: iteratively weighted least squares
            m = 1 / (1 + np.exp(-X @ b))
            b = b + np.linalg.solve(X.T @ (X * (m * (1 - m))[:, None]), X.T @ (y - m))
        for method in ("L-BFGS-B", "TNC", "BFGS", "CG", "Newton-CG", "trust-exact", "SLSQP"):
            bounds = [(-100, 100)] * 3 if method in ("L-BFGS-B", "TNC", "SLSQP") else None
            found = dr.minimize(nll, np.zeros(3), method=method, bounds=bounds)
            assert found.success and found.fun == pytest.approx(nll(b), rel=1e-8), method
            assert found.certificate.expected_decrease < 1e-6 * found.fun
        fit = dr.fit_nll(nll, np.zeros(3), bounds=[(-100, 100)] * 3)
        np.testing.assert_allclose(fit.params, b, rtol=1e-8)


def test_precision_loss_at_the_minimum_is_success():
    scale = np.array([1.0, 1e4, 1e-3])
    found = dr.minimize(lambda p: 1e8 + np.sum((scale * p - 1) ** 4 + (scale * p - 1) ** 2), np.zeros(3), method="BFGS")
    assert found.success, found.message
    np.testing.assert_allclose(found.x * scale, 1.0, atol=1e-3)


@pytest.mark.parametrize("limit", [{"maxiter": 2}, {"maxiter": 1}])
def test_a_limit_of_the_users_is_kept(limit):
    found = dr.minimize(
        lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
        np.array([-1.2, 1.0]),
        method="BFGS",
        options=limit,
    )
    assert not found.success and found.nit == limit["maxiter"]
