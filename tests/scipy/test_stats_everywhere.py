"""The distributions of dualrev.scipy.stats against scipy.stats: numbers and arrays, in, at and outside the support."""

import numpy as np
import pytest
import scipy.stats as scipy_stats

import dualrev as dr
from dualrev.scipy import stats

CONTINUOUS = {
    "norm": (), "t": (3.5,), "laplace": (), "logistic": (), "cauchy": (), "expon": (), "gamma": (2.3,), "chi2": (3.0,),
    "lognorm": (0.7,), "weibull_min": (1.5,), "uniform": (), "beta": (2.0, 3.0),
}  # fmt: skip
DISCRETE = {"poisson": (2.5,), "binom": (6, 0.3), "bernoulli": (0.3,), "nbinom": (3.0, 0.4)}
POINTS = [-np.inf, -1.0, 0.0, 1e-3, 0.5, 1.0, 2.0, 3.0, 6.0, 6.5, 50.0, np.inf, np.nan]
FORMS = {
    "float": float, "int": int, "0-d": np.array, "np.float64": np.float64, "float32": np.float32,
    "array": lambda x: np.array([x, 0.5]), "float32 array": lambda x: np.array([x, 0.5], np.float32),
}  # fmt: skip
SMALLEST = np.log(np.finfo(np.float32).tiny)
METHODS = [(name, m) for name in CONTINUOUS for m in ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf", "ppf")]
METHODS += [(name, m) for name in DISCRETE for m in ("logpmf", "pmf", "cdf", "sf", "logcdf", "logsf")]


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_values_are_those_of_scipy(name, method):
    shapes = {**CONTINUOUS, **DISCRETE}[name]
    for form, made in FORMS.items():
        for point in POINTS:
            if form == "int" and not (np.isfinite(point) and point == int(point)):
                continue
            x = made(point / 7 if method == "ppf" and form != "int" else point)
            with np.errstate(all="ignore"):
                ours = getattr(getattr(stats, name), method)(x, *shapes)
                theirs = getattr(getattr(scipy_stats, name), method)(x, *shapes)
            assert np.shape(ours) == np.shape(theirs)
            if method.startswith("log") and "32" in form and np.any(np.isfinite(theirs) & (theirs < SMALLEST)):
                continue  # SciPy 1.18 has some of these functions in single precision, where this underflows
            precise = {"rtol": 1e-5, "atol": 1e-7} if "32" in form else {"rtol": 1e-9, "atol": 1e-15}
            np.testing.assert_allclose(ours, theirs, **precise, err_msg=f"{form} {point}")


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", ["cdf", "sf", "pdf"])
def test_slopes_outside_the_support_are_zero_and_inside_those_of_differences(name, method):
    f = lambda x: getattr(getattr(stats, name), method)(x, *CONTINUOUS[name])
    low, high = getattr(stats, name).support
    for x in (-1.0, 0.4, 3.0):
        slope = dr.grad(f)(x)
        if x < low or x > high:
            assert slope == 0
        else:
            assert slope == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, rel=1e-6, abs=1e-8)


def test_far_tails_keep_their_digits():
    assert stats.expon.logcdf(50.0) == pytest.approx(-np.exp(-50.0), rel=1e-12)
    assert dr.grad(stats.expon.logcdf)(50.0) == pytest.approx(np.exp(-50.0), rel=1e-12)
    assert stats.gamma.logcdf(60.0, 2.0) == pytest.approx(scipy_stats.gamma.logcdf(60.0, 2.0), rel=1e-9)
    assert dr.grad(lambda a: stats.gamma.logcdf(60.0, a))(2.0) < 0
