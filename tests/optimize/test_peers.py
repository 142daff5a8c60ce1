"""The same numbers as lmfit, iminuit and statsmodels: asked where they are installed, else as they are stored here.

`STORED` has what the peer said (its version beside it): estimates, and standard errors.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import dualrev as dr
from dualrev.datasets import load_nonlinear

STORE = Path(__file__).parent / "peers.json"
STORED = json.loads(STORE.read_text()) if STORE.exists() else {}
NONLINEAR = [
    "Chwirut1", "Chwirut2", "DanWood", "Eckerle4", "ENSO", "Gauss1", "Gauss2", "Gauss3", "Hahn1", "Kirby2", "Lanczos3",
    "MGH17", "Misra1a", "Misra1b", "Misra1c", "Misra1d", "Nelson", "Rat42", "Rat43", "Roszman1", "Thurber",
]  # fmt: skip


def by_lmfit(name):
    lmfit = pytest.importorskip("lmfit")
    problem = load_nonlinear(name)
    params = lmfit.Parameters()
    for key, value in problem.starts[1].items():
        params.add(key, value=value)
    misfit = lambda p: problem.function(problem.x, **p.valuesdict()) - problem.y

    def by_differences(p):  # central ones: lmfit's own leave it at 5 digits
        columns = []
        for key in p:
            x, h = p.valuesdict(), 6e-6 * abs(p[key].value)
            ends = [problem.function(problem.x, **{**x, key: x[key] + s * h}) for s in (1, -1)]
            columns.append((ends[0] - ends[1]) / (2 * h))
        return np.stack(columns, axis=1)

    found = lmfit.minimize(misfit, params, Dfun=by_differences, col_deriv=0, ftol=1e-15, xtol=1e-15, gtol=0.0)
    return [p.value for p in found.params.values()], [p.stderr for p in found.params.values()]


def by_iminuit(nll, start, limits):
    iminuit = pytest.importorskip("iminuit")
    m = iminuit.Minuit(lambda *x: float(nll(np.array(x))), *start, name=[f"x{k}" for k in range(len(start))])
    m.errordef, m.strategy, m.tol = 0.5, 2, 1e-6
    for k, pair in enumerate(limits or []):
        m.limits[k] = pair
    m.migrad(ncall=20_000)
    m.migrad(ncall=20_000)
    m.hesse()
    return list(m.values), list(m.errors)


def by_statsmodels(kind, X, y):
    api = pytest.importorskip("statsmodels.api")
    model = {"logit": api.Logit, "poisson": api.Poisson, "ols": api.OLS, "probit": api.Probit}[kind](y, X)
    found = model.fit() if kind == "ols" else model.fit(method="newton", disp=0, maxiter=100, tol=1e-14)
    return list(found.params), list(found.bse)


def compared(name, ours, errors, ask, rtol=1e-6, rtol_errors=1e-4):
    """Ours against the peer's where it is installed, and against what is stored."""
    refs = []
    try:
        refs.append(ask())
    except pytest.skip.Exception:
        if name not in STORED:
            raise
    if name in STORED:
        refs.append((STORED[name]["params"], STORED[name]["errors"]))
    for params, deviations in refs:
        apart = np.abs(np.asarray(ours) - params)
        assert (apart <= rtol * (np.abs(params) + np.abs(deviations))).all(), name
        np.testing.assert_allclose(errors, deviations, rtol=rtol_errors, err_msg=name)


@pytest.mark.parametrize("name", NONLINEAR)
def test_least_squares_as_lmfit(name):
    problem = load_nonlinear(name)
    fit = dr.fit(problem.function, problem.x, problem.y, start=problem.starts[1])
    compared(name, list(fit.params.values()), list(fit.stderr.values()), lambda: by_lmfit(name))


RNG = np.random.default_rng(17)
X = np.column_stack([np.ones(200), RNG.normal(size=200), RNG.uniform(20, 80, 200)])
Z = X @ np.array([-2.0, 0.8, 0.04])
BINARY = (RNG.uniform(size=200) < 1 / (1 + np.exp(-Z))).astype(float)
COUNTS = RNG.poisson(np.exp(X @ np.array([0.2, 0.3, 0.01]))).astype(float)
REAL = Z + RNG.normal(size=200)


def test_a_logistic_regression_as_statsmodels():
    fit = dr.fit_nll(lambda b: np.sum(np.logaddexp(0, X @ b) - BINARY * (X @ b)), np.zeros(3))
    compared("logit", fit.params, fit.stderr, lambda: by_statsmodels("logit", X, BINARY))


def test_a_probit_regression_as_statsmodels():
    from dualrev.scipy import stats

    sign = 2 * BINARY - 1
    fit = dr.fit_nll(lambda b: -np.sum(stats.norm.logcdf(sign * (X @ b))), np.zeros(3))
    compared("probit", fit.params, fit.stderr, lambda: by_statsmodels("probit", X, BINARY))


def test_a_poisson_regression_as_statsmodels():
    fit = dr.fit_nll(lambda b: np.sum(np.exp(X @ b) - COUNTS * (X @ b)), np.zeros(3))
    compared("poisson", fit.params, fit.stderr, lambda: by_statsmodels("poisson", X, COUNTS))


def test_a_linear_regression_as_statsmodels():
    fit = dr.linear_regression(X[:, 1:], REAL)
    compared("ols", fit.coefficients, fit.stderr["b"], lambda: by_statsmodels("ols", X, REAL), rtol_errors=1e-8)


WEIBULL = RNG.weibull(1.5, 100) * 40


def weibull(p):
    z = WEIBULL / p[1]
    return -np.sum(np.log(p[0] / p[1]) + (p[0] - 1) * np.log(z) - z ** p[0])


def mixture(p):
    data = np.concatenate([WEIBULL / 40, 3 + 0.2 * np.cos(np.arange(60.0) ** 2)])
    part = lambda m, s: np.exp(-0.5 * ((data - m) / s) ** 2) / s
    return -np.sum(np.log(p[0] * part(p[1], p[2]) + (1 - p[0]) * part(p[3], p[4])))


def signal(p):
    t = np.linspace(-3, 3, 40)
    n = np.round(20 + 30 * np.exp(-0.5 * ((t - 0.4) / 0.6) ** 2) + 3 * np.cos(np.arange(40.0) ** 2))
    rate = p[0] + p[1] * np.exp(-0.5 * ((t - p[2]) / p[3]) ** 2)
    return np.sum(rate - n * np.log(rate))


LIKELIHOODS = {
    "weibull": (weibull, [1.0, 30.0], None),
    "mixture": (mixture, [0.5, 1.0, 1.0, 3.0, 0.3], [(0.01, 0.99), (-5, 5), (0.05, 9), (-5, 9), (0.05, 9)]),
    "signal": (signal, [15.0, 20.0, 0.0, 1.0], [(1, None), (0, None), (-3, 3), (0.05, 3)]),
}


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_likelihoods_as_iminuit(name):
    nll, start, limits = LIKELIHOODS[name]
    fit = dr.fit_nll(nll, np.array(start), bounds=limits)
    assert fit.success, fit.message
    compared(name, fit.params, fit.stderr, lambda: by_iminuit(nll, start, limits), rtol=1e-4, rtol_errors=1e-2)
