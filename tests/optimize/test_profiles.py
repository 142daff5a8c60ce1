"""Likelihood profiles, against Wald intervals where the model is linear and brute force where it is not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

import dualrev as dr
from dualrev.errors import InputError
from dualrev.optimize.profiles import Search

RNG = np.random.default_rng(3)
X = np.linspace(0.3, 6.0, 15)
Y = 4 * X / (2 + X) + 0.2 * RNG.normal(size=15)


def saturation(x, a, b):
    return a * x / (b + x)


@pytest.fixture(scope="module")
def fit():
    return dr.fit(saturation, X, Y, a=1.0, b=1.0)


def chi2_with(b):
    """The least sum of squares for a given b: a is linear, by hand."""
    g = X / (b + X)
    a = g @ Y / (g @ g)
    return np.sum((Y - a * g) ** 2)


def test_the_interval_is_where_brute_force_finds_the_level(fit):
    profile = fit.profile("b", 0.95)
    q = stats.t.ppf(0.975, 13)
    above = lambda b: (chi2_with(b) - fit.chi2) / fit.reduced_chi2 - q**2
    low, high = brentq(above, 0.05, fit.params["b"]), brentq(above, fit.params["b"], 60.0)
    assert profile.interval == pytest.approx((low, high), rel=1e-6)
    assert high - fit.params["b"] > 1.5 * (fit.params["b"] - low)
    assert fit.confidence(method="profile")["b"] == profile.interval


def test_tau_is_the_signed_root_of_the_rise(fit):
    profile = fit.profile("b", points=7)
    rise = np.array([chi2_with(b) for b in profile.values]) - fit.chi2
    expected = np.sign(profile.values - fit.params["b"]) * np.sqrt(np.maximum(rise, 0) / fit.reduced_chi2)
    np.testing.assert_allclose(profile.tau, expected, rtol=1e-5, atol=1e-6)
    assert len(profile.values) in (7, 8)
    assert (np.diff(profile.values) > 0).all()


def test_the_profile_of_a_line_is_straight_and_gives_the_wald_interval():
    line = dr.fit(lambda x, a, b: a + b * x, X, Y, a=0.0, b=0.0)
    profile = line.profile("b")
    assert profile.interval == pytest.approx(line.confidence()["b"], rel=1e-7)
    np.testing.assert_allclose(profile.tau, (profile.values - profile.estimate) / profile.stderr, atol=1e-5)


def test_a_single_parameter_needs_no_fit_of_others():
    one = dr.fit(lambda x, a: a * x, X, Y, a=1.0)
    assert one.profile("a").interval == pytest.approx(one.confidence()["a"], rel=1e-8)


def test_a_transform_does_not_change_the_profile(fit):
    changed = dr.fit(saturation, X, Y, a=1.0, b=1.0, transform={"b": "log"})
    assert changed.profile("b").interval == pytest.approx(fit.profile("b").interval, rel=1e-6)


def test_an_interval_ends_at_a_bound(fit):
    low = fit.profile("b").interval.lower
    bounded = dr.fit(saturation, X, Y, a=1.0, b=3.0, bounds={"b": (low + 0.1, None)})
    assert bounded.profile("b").interval.lower == pytest.approx(low + 0.1, rel=1e-9)


def test_an_interval_without_end_is_infinite():
    x = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    y = x + 0.03 * np.array([1, -1, 0.5, 1, -1.3])
    fit = dr.fit(saturation, x, y, a=1.0, b=1.0)
    assert fit.profile("b", 0.99).interval.upper == np.inf


def test_a_lower_sum_of_squares_on_the_way_is_reported():
    x = np.linspace(0.0, 6.0, 30)
    trapped = dr.fit(lambda x, w: np.sin(w * x), x, np.sin(1.3 * x) + 0.1 * np.cos(9 * x), w=2.6)
    assert trapped.params["w"] == pytest.approx(2.6, abs=0.1)
    search = Search(trapped, 0)
    search.tau(2.5)
    assert search.better() == {}
    search.tau(1.3)
    assert search.better() == {"w": 1.3}
    assert "a lower sum of squares is at {'w': 1.3}" in str(replace(trapped.profile("w"), better={"w": 1.3}))


def test_what_has_no_profile(fit):
    with pytest.raises(InputError, match="no profile of 'z': the free parameters are a, b"):
        fit.profile("z")
    with pytest.raises(InputError, match="between 0 and 1"):
        fit.profile("b", 95)
    robust = dr.fit(saturation, X, Y, a=1.0, b=1.0, loss="huber", f_scale=0.1)
    with pytest.raises(InputError, match="fit with loss='linear'"):
        robust.profile("b")
    twice = dr.fit(lambda x, a, b: (a + b) * x, X, Y, a=1.0, b=1.0)
    with pytest.raises(InputError, match=r"no standard error \(undetermined\)"):
        twice.profile("b")


def test_plain_data_and_words(fit):
    profile = fit.profile("b", points=5)
    data = profile.to_dict()
    assert data["interval"] == list(profile.interval) and data["better"] == {}
    assert str(profile).startswith(f"b = {fit.params['b']:.6g}, 95% interval by profile ")
