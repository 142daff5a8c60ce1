"""Errors from every entry point: intervals, profiles, regions, nested models, what follows from the parameters."""

import json

import numpy as np
import pytest
from scipy import stats

import dualrev as dr
from dualrev.errors import InputError

RNG = np.random.default_rng(6)
X = np.linspace(0.2, 6.0, 25)
SIGMA = 0.05 + 0.01 * X
Y = 3 * X / (1.4 + X) + SIGMA * RNG.normal(size=25)


def saturation(x, top, k):
    return top * x / (k + x)


def residual(p):
    return (saturation(X, p["top"], p["k"]) - Y) / SIGMA


def nll(p):
    return np.sum(residual(p) ** 2) / 2


START = {"top": 1.0, "k": 1.0}
FIT = dr.fit(saturation, X, Y, start=START, sigma=SIGMA)
KNOWN = dr.fit(saturation, X, Y, start=START, sigma=SIGMA, absolute_sigma=True)
SQUARES = dr.least_squares(residual, START)
LIKELY = dr.fit_nll(nll, START)


def test_the_three_entry_points_agree():
    for ours, theirs in ((SQUARES, FIT), (SQUARES.errors(absolute_sigma=True), KNOWN), (LIKELY, KNOWN)):
        exact = 1e-7 if ours is not LIKELY else 0.05  # the observed and the expected information
        np.testing.assert_allclose(np.diag(ours.cov), np.diag(theirs.cov), rtol=exact)
        assert ours.stderr["k"] == pytest.approx(theirs.stderr["k"], rel=exact)
    assert SQUARES.dof == 23 and SQUARES.aicc == pytest.approx(FIT.aicc - 0.0, abs=1e-6)
    assert "top = " in SQUARES.report() and "R2" not in SQUARES.report()
    assert SQUARES.profile("k").interval == pytest.approx(FIT.profile("k").interval, rel=1e-6)
    assert LIKELY.profile("k").interval == pytest.approx(KNOWN.profile("k").interval, rel=1e-6)
    curve = lambda p: saturation(np.array([1.0, 2.0]), **p)
    for made, wanted in zip(SQUARES.predict(curve, std=True), FIT.predict([1.0, 2.0], std=True), strict=True):
        np.testing.assert_allclose(made, wanted, rtol=1e-7)
    with pytest.raises(InputError, match="takes a function of the parameters"):
        SQUARES.predict(X)


def test_criteria_are_those_of_their_formulas():
    n, k, s2 = 25, 3, FIT.chi2 / 25
    logl = np.sum(stats.norm.logpdf(Y, FIT.predict(), SIGMA * np.sqrt(s2)))
    assert FIT.logl == pytest.approx(logl, rel=1e-12)
    data = n * (np.log(2 * np.pi) + 1) + 2 * np.sum(np.log(SIGMA))  # the same for every model
    assert FIT.aic == pytest.approx(2 * k - 2 * logl - data) and FIT.bic == pytest.approx(
        k * np.log(n) - 2 * logl - data
    )
    assert FIT.aicc == pytest.approx(FIT.aic + 2 * k * (k + 1) / (n - k - 1))
    known = np.sum(stats.norm.logpdf(Y, KNOWN.predict(), SIGMA))
    assert KNOWN.logl == pytest.approx(known, rel=1e-12) and KNOWN.aic == pytest.approx(KNOWN.chi2 + 4)
    assert LIKELY.logl == -LIKELY.nll and LIKELY.bic(25) == pytest.approx(2 * LIKELY.nll + 2 * np.log(25))


def test_one_sided_limits():
    for fit in (FIT, KNOWN, LIKELY):
        q = stats.t.ppf(0.95, 23) if fit is FIT else stats.norm.ppf(0.95)
        low = fit.confidence(0.95, side="lower")["k"]
        assert low.upper == np.inf and low.lower == pytest.approx(fit.params["k"] - q * fit.stderr["k"])
        high = fit.confidence(0.95, side="upper")["k"]
        assert high.lower == -np.inf and high.upper == pytest.approx(fit.params["k"] + q * fit.stderr["k"])
        by_profile = fit.confidence(0.95, "profile", side="upper")["k"]
        assert by_profile.upper == pytest.approx(fit.profile("k", 0.9).interval.upper) and by_profile.lower == -np.inf
    with pytest.raises(InputError, match="side='left': write 'both', 'lower' or 'upper'"):
        FIT.confidence(side="left")


@pytest.mark.parametrize("kind", ["fit", "nll"])
def test_profiles_beside_a_bound_and_what_is_undetermined(kind):
    """A bound holds the slope at 0: its limit is where the sum of squares has risen by the one-sided quantile."""
    t = np.linspace(0, 1, 20)
    y = 2.0 - 0.3 * t + 0.1 * np.cos(np.arange(20) ** 2)
    line = lambda x, a, b: a + b * x
    if kind == "fit":
        fit = dr.fit(line, t, y, a=1.0, b=0.5, bounds={"b": (0, None)}, sigma=0.1, absolute_sigma=True)
    else:
        fit = dr.fit_nll(
            lambda p: np.sum((line(t, **p) - y) ** 2) / 0.02, {"a": 1.0, "b": 0.5}, bounds={"b": (0, None)}
        )
    assert fit.params["b"] == 0
    found = fit.confidence(0.95, "profile")
    low, high = found["b"]
    centred = t - t.mean()
    S = lambda b: np.sum((y - y.mean() - b * centred) ** 2) / 0.01
    assert low == 0 and S(high) - S(0.0) == pytest.approx(stats.norm.ppf(0.95) ** 2, rel=1e-6)
    assert np.isfinite(found["a"]).all()
    twin = dr.fit(lambda x, a, b, c: a * x + c * x + b, t, y, a=1.0, b=1.0, c=1.0)
    found = twin.confidence(method="profile")
    assert np.isnan(found["a"]).all() and np.isfinite(found["b"]).all()


def test_derived_quantities_have_exact_errors():
    value, error = FIT.derived(lambda p: p["top"] / p["k"])
    top, k = FIT.params["top"], FIT.params["k"]
    g = np.array([1 / k, -top / k**2])
    assert value == pytest.approx(top / k) and error == pytest.approx(np.sqrt(g @ FIT.cov @ g), rel=1e-10)
    many = LIKELY.derived(lambda p: np.stack([p["top"], 2 * p["k"]]))
    np.testing.assert_allclose(many.error, [LIKELY.stderr["top"], 2 * LIKELY.stderr["k"]], rtol=1e-10)
    twin = dr.fit(lambda x, a, b, c: (a + c) * x + b, X, Y, a=1.0, b=1.0, c=1.0)
    assert np.isfinite(twin.derived(lambda p: p["a"] + p["c"]).error) and np.isnan(twin.derived(lambda p: p["a"]).error)
    with pytest.raises(InputError, match="derived takes a function"):
        FIT.derived("a")


def test_bands_of_the_curve_and_of_new_data():
    line = dr.fit(lambda x, a, b: a + b * x, X, Y, a=0.0, b=0.0)
    x = np.array([0.0, 3.0])
    t, s, mean = stats.t.ppf(0.975, 23), np.sqrt(line.reduced_chi2), X.mean()
    leverage = 1 / 25 + (x - mean) ** 2 / np.sum((X - mean) ** 2)
    curve, low, high = line.band(x)
    np.testing.assert_allclose((high - low) / 2, t * s * np.sqrt(leverage), rtol=1e-10)
    new = line.band(x, new=True)
    np.testing.assert_allclose(new.upper - curve, t * s * np.sqrt(1 + leverage), rtol=1e-10)
    at_data = KNOWN.band(new=True, level=0.9)
    wide = np.sqrt(KNOWN.predict(std=True)[1] ** 2 + SIGMA**2)
    np.testing.assert_allclose(at_data.upper - at_data.curve, stats.norm.ppf(0.95) * wide, rtol=1e-10)
    np.testing.assert_allclose(KNOWN.band([1.0], new=True, sigma=0.1).curve, KNOWN.predict([1.0]))
    with pytest.raises(InputError, match="with sigma="):
        KNOWN.band([1.0], new=True)


def test_nested_models_are_compared():
    small = dr.fit(lambda x, a: a + 0 * x, X, Y, a=1.0)
    large = dr.fit(lambda x, a, b: a + b * x, X, Y, a=1.0, b=0.0)
    found = large.compare(small)
    t = large.params["b"] / large.stderr["b"]
    assert found == small.compare(large) and found.test == "F" and found.df == (1, 23)
    assert found.statistic == pytest.approx(t**2, rel=1e-9)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), 23), rel=1e-9)
    assert "the larger model is worth its parameters" in str(found)
    held = dr.fit_nll(nll, START, fixed={"k": 1.4})
    ratio = LIKELY.compare(held)
    assert ratio.test == "likelihood ratio" and ratio.statistic == pytest.approx(2 * (held.nll - LIKELY.nll))
    known = dr.fit(saturation, X, Y, start=START, sigma=SIGMA, absolute_sigma=True, fixed={"k": 1.4})
    assert KNOWN.compare(known).statistic == pytest.approx(ratio.statistic, rel=1e-6)
    with pytest.raises(InputError, match="neither is nested"):
        FIT.compare(FIT)
    with pytest.raises(InputError, match="other data"):
        large.compare(dr.fit(lambda x, a: a + 0 * x, X, Y + 1, a=1.0))
    with pytest.raises(InputError, match="another fit of the same kind"):
        FIT.compare(LIKELY)


def test_joint_regions():
    line = dr.fit(lambda x, a, b: a + b * x, X, Y, a=0.0, b=0.0)
    region = line.region("a", "b")
    np.testing.assert_allclose(region.contour, region.ellipse, rtol=1e-6)  # a linear model
    apart = region.contour - list(line.params.values())
    inverse = np.linalg.inv(line.cov)
    edge = np.einsum("ni,ij,nj->n", apart, inverse, apart)
    np.testing.assert_allclose(edge, 2 * stats.f.ppf(0.95, 2, 23), rtol=1e-6)
    bent = KNOWN.region("top", "k", 0.9)
    for top, k in bent.contour[::6]:
        chi2 = np.sum(((saturation(X, top, k) - Y) / SIGMA) ** 2)
        assert chi2 - KNOWN.chi2 == pytest.approx(stats.chi2.ppf(0.9, 2), rel=1e-4)
    np.testing.assert_allclose(LIKELY.region("top", "k", 0.9).contour, bent.contour, rtol=0.05)
    three = dr.fit(lambda x, a, b, c: a + b * np.exp(-c * x), X, Y, a=3.0, b=-3.0, c=0.5).region("b", "c", points=8)
    assert np.isfinite(three.contour).all() and "joint 95% region of b and c" in str(three)
    json.dumps(three.to_dict(), allow_nan=False)
    assert len(three.plot().lines) == 3
    with pytest.raises(InputError, match="name two of the free parameters a, b"):
        line.region("a", "a")


def test_a_likelihood_has_a_picture():
    figure = LIKELY.plot()
    assert len(figure.axes) == 2 and "k = " in figure.axes[1].get_title()
