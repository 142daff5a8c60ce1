"""Likelihoods that are nan on the way, and likelihoods without a maximum."""

import numpy as np
import pytest
import scipy.stats as scipy_stats
from scipy import optimize

import dualrev as dr
from dualrev.scipy import stats

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(300, 2, 50)
WEIBULL = RNG.weibull(1.5, 60) * 40
GAMMA = RNG.gamma(2.0, 30.0, 80)
STUDENT = RNG.standard_t(4, 100) * 3 + 10
SHARES = RNG.beta(2, 12, 60)


def weibull(p):  # by hand: nan for negative scales
    z = WEIBULL / p["l"]
    return -np.sum(np.log(p["k"] / p["l"]) + (p["k"] - 1) * np.log(z) - z ** p["k"])


CASES = {
    "normal": (lambda p: np.sum(np.log(p["s"]) + 0.5 * ((NORMAL - p["m"]) / p["s"]) ** 2), {"m": 0.0, "s": 1.0}),
    "normal by name": (lambda p: -np.sum(stats.norm.logpdf(NORMAL, p["m"], p["s"])), {"m": 0.0, "s": 1.0}),
    "weibull": (weibull, {"k": 1.0, "l": 1.0}),
    "weibull by name": (lambda p: -np.sum(stats.weibull_min.logpdf(WEIBULL, p["c"], 0, p["l"])), {"c": 1.0, "l": 1.0}),
    "gamma": (lambda p: -np.sum(stats.gamma.logpdf(GAMMA, p["a"], 0, p["b"])), {"a": 1.0, "b": 1.0}),
    "t": (lambda p: -np.sum(stats.t.logpdf(STUDENT, p["n"], p["m"], p["s"])), {"n": 5.0, "m": 0.0, "s": 1.0}),
    "t, far": (lambda p: -np.sum(stats.t.logpdf(STUDENT, p["n"], p["m"], p["s"])), {"n": 1.0, "m": 100.0, "s": 0.1}),
    "exponential": (lambda p: np.sum(-np.log(p["r"]) + p["r"] * WEIBULL), {"r": 10.0}),
    "beta": (lambda p: -np.sum(stats.beta.logpdf(SHARES, p["a"], p["b"])), {"a": 20.0, "b": 1.0}),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1.0, 7.0])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nan_on_the_way_is_no_obstacle(name, factor):
    nll, start = CASES[name]
    start = {key: value * factor for key, value in start.items()}
    fit = dr.fit_nll(nll, start)
    assert fit.success, fit.message
    values = lambda x: nll(dict(zip(start, x, strict=True)))
    safe = lambda x: v if np.isfinite(v := values(x)) else np.inf
    rough = optimize.minimize(safe, list(fit.params.values()), method="Nelder-Mead", options={"fatol": 1e-12})
    assert fit.nll <= rough.fun + 1e-9 * abs(rough.fun)
    assert np.isfinite(list(fit.stderr.values())).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_happened_on_the_way_is_said():
    fit = dr.fit_nll(*CASES["exponential"])
    assert fit.params["r"] == pytest.approx(1 / WEIBULL.mean(), rel=1e-9) and "no finite likelihood" in fit.message
    m, s = CASES["normal"][1], dr.fit_nll(*CASES["normal"])
    assert s.params["s"] == pytest.approx(NORMAL.std(), rel=1e-9) and m["m"] == 0.0
    a, _, b = scipy_stats.gamma.fit(GAMMA, floc=0)
    assert list(dr.fit_nll(*CASES["gamma"]).params.values()) == pytest.approx([a, b], rel=1e-6)


def logistic(X, y):
    return lambda p: np.sum(np.logaddexp(0, X @ p["b"]) - y * (X @ p["b"]))


def test_separated_data_have_no_finite_estimate():
    x = np.linspace(-2, 2, 30)
    X = np.column_stack([np.ones(30), x])
    fit = dr.fit_nll(logistic(X, (x > 0.1).astype(float)), {"b": np.zeros(2)})
    assert not fit.success and fit.message.startswith("separated: no finite estimate along")
    assert "b[1]" in fit.undetermined[0] and np.isnan(fit.stderr["b"]).all() and "NOT converged: separated" in str(fit)
    group = (np.arange(30) % 3 == 0).astype(float)  # all of one group are 1: its coefficient alone has no estimate
    y = np.where(group == 1, 1.0, (np.sin(5 * x) > 0).astype(float))
    partly = dr.fit_nll(logistic(np.column_stack([X, group]), y), {"b": np.zeros(3)})
    assert not partly.success and "no finite estimate along b[2]" in partly.message
    assert np.isnan(partly.stderr["b"]).tolist() == [False, False, True]
    rest = dr.fit_nll(logistic(X[group == 0], y[group == 0]), {"b": np.zeros(2)})
    np.testing.assert_allclose(partly.stderr["b"][:2], rest.stderr["b"], rtol=1e-3)


def test_a_degree_of_freedom_that_wants_to_be_infinite():
    flat = scipy_stats.norm.ppf((np.arange(60) + 0.5) / 60) * 2
    fit = dr.fit_nll(lambda p: -np.sum(stats.t.logpdf(flat, p["n"], 0.0, p["s"])), {"n": 5.0, "s": 1.0})
    assert not fit.success and "n" in fit.undetermined[0]


@pytest.mark.parametrize("seed", range(5))
def test_an_uncertain_estimate_is_an_estimate(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=12)
    y = (rng.uniform(size=12) < 0.5).astype(float)
    y[:2] = [0, 1]
    fit = dr.fit_nll(logistic(np.column_stack([np.ones(12), x]), y), {"b": np.zeros(2)})
    assert fit.success and np.isfinite(fit.stderr["b"]).all()
