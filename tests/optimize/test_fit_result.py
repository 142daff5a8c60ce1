"""What a fit says: errors, undetermined parameters, predictions, reports. Referees: closed forms, explicit inverses."""

import json

import numpy as np
import pytest
from scipy import stats

import dualrev as dr
from dualrev.errors import InputError
from dualrev.optimize.fit_report import estimate_text
from dualrev.optimize.inference import Estimate

RNG = np.random.default_rng(11)
X = np.linspace(0.0, 10.0, 40)
NOISE = RNG.normal(size=40)
DECAY = 3 * np.exp(-0.5 * X) + 1 + 0.05 * NOISE
START = {"a": 1.0, "b": 1.0, "c": 0.0}


def decay(x, a, b, c):
    return a * np.exp(-b * x) + c


def jacobian_by_hand(x, a, b, c):
    e = np.exp(-b * x)
    return np.column_stack([e, -a * x * e, np.ones_like(x)])


@pytest.fixture(scope="module")
def fit():
    return dr.fit(decay, X, DECAY, **START)


def test_covariance_and_quality_by_hand(fit):
    J = jacobian_by_hand(X, **fit.params)
    r = decay(X, **fit.params) - DECAY
    np.testing.assert_allclose(fit.cov, np.linalg.inv(J.T @ J) * (r @ r) / 37, rtol=1e-9)
    np.testing.assert_allclose(np.diag(fit.correlation), 1.0, rtol=1e-12)
    assert fit.chi2 == pytest.approx(r @ r, rel=1e-12)
    assert fit.r_squared == pytest.approx(1 - r @ r / np.sum((DECAY - DECAY.mean()) ** 2), rel=1e-12)
    assert fit.aicc == pytest.approx(40 * np.log(r @ r / 40) + 2 * 4 + 2 * 4 * 5 / (40 - 5), rel=1e-12)
    assert list(fit.params) == list(fit.stderr) == fit.names == fit.free == ["a", "b", "c"]


def test_the_error_of_a_prediction_is_that_of_the_curve(fit):
    x = np.array([0.5, 3.0, 20.0])
    y, error = fit.predict(x, std=True)
    J = jacobian_by_hand(x, **fit.params)
    np.testing.assert_allclose(y, decay(x, **fit.params), rtol=1e-14)
    np.testing.assert_allclose(error, np.sqrt(np.diag(J @ fit.cov @ J.T)), rtol=1e-9)
    np.testing.assert_array_equal(fit.predict(), fit.predict(X))


def test_confidence_intervals_are_those_of_student_and_of_the_normal_law(fit):
    low, high = fit.confidence(0.9)["b"]
    t = stats.t.ppf(0.95, 37)
    assert (low, high) == pytest.approx((fit.params["b"] - t * fit.stderr["b"], fit.params["b"] + t * fit.stderr["b"]))
    absolute = dr.fit(decay, X, DECAY, **START, sigma=0.05, absolute_sigma=True)
    low, high = absolute.confidence(0.95)["b"]
    assert high - low == pytest.approx(2 * 1.959963984540054 * absolute.stderr["b"], rel=1e-12)


def test_the_sandwich_of_a_robust_fit_by_hand():
    y, s = DECAY.copy(), 0.08
    y[4] = 50.0
    robust = dr.fit(decay, X, y, **START, loss="cauchy", f_scale=s)
    r, J = decay(X, **robust.params) - y, jacobian_by_hand(X, **robust.params)
    u = (r / s) ** 2
    psi, slope = r / (1 + u), (1 - u) / (1 + u) ** 2
    H = np.linalg.inv(J.T @ (slope[:, None] * J))
    sandwich = H @ (J.T @ (psi[:, None] ** 2 * J)) @ H * 40 / 37
    np.testing.assert_allclose(robust.cov, sandwich, rtol=1e-6)
    assert np.abs(J.T @ psi).max() < 1e-10


# ---- what the data do not determine ----------------------------------------------------------------------------------


def test_an_undetermined_combination_is_named_and_the_rest_keeps_its_error():
    fit = dr.fit(lambda x, a, b, c: (a + c) * x + b, X, 2 * X + NOISE, **START)
    assert len(fit.undetermined) == 1
    assert fit.undetermined[0].startswith("0.71 a - 0.71 c is undetermined, singular value ratio")
    line = dr.fit(lambda x, a, b: a * x + b, X, 2 * X + NOISE, a=0.0, b=0.0)
    assert np.isnan([fit.stderr["a"], fit.stderr["c"]]).all()
    assert fit.stderr["b"] == pytest.approx(line.stderr["b"], rel=1e-10)
    assert fit.params["a"] + fit.params["c"] == pytest.approx(line.params["a"], rel=1e-12)
    assert fit.dof == 38
    assert f"a = {fit.params['a']:.6g} (undetermined)" in str(fit)
    _, error = fit.predict(X, std=True)
    np.testing.assert_allclose(error, line.predict(X, std=True)[1], rtol=1e-8)


def test_a_prediction_that_the_data_do_not_determine_has_no_error():
    fit = dr.fit(lambda x, a, b: a * np.where(x > 0, x, 0.0) + b * np.where(x < 0, x, 0.0), X, 2 * X, a=0.0, b=0.0)
    assert fit.undetermined == ["b is undetermined, singular value ratio 0e+00"]
    assert np.isnan(fit.predict(np.array([-1.0, 1.0]), std=True)[1]).tolist() == [True, False]


def test_more_parameters_than_points():
    fit = dr.fit(lambda x, a, b, c: a + b * x + c * x**2, X[:2], DECAY[:2], **START)
    assert fit.dof == 0
    assert len(fit.undetermined) == 1
    assert np.isnan(list(fit.stderr.values())).all()
    assert fit.chi2 < 1e-25
    assert "2 points leave no degree of freedom: no standard errors" in str(fit)


def test_a_nonlinear_model_with_two_names_for_one_thing():
    fit = dr.fit(lambda x, a, b, c: a * np.exp(-(b + c) * x), X, DECAY - 1, a=1.0, b=0.1, c=0.2)
    assert "0.71 b - 0.71 c is undetermined" in fit.undetermined[0]
    assert np.isfinite(fit.stderr["a"]) and np.isnan(fit.stderr["b"])


def test_data_without_any_scatter():
    fit = dr.fit(decay, X, decay(X, 3.0, 0.5, 1.0), **START)
    np.testing.assert_allclose(list(fit.params.values()), [3, 0.5, 1], rtol=1e-12)
    assert fit.success and max(fit.stderr.values()) < 1e-14
    exact = dr.fit(lambda x, a: a * x, X, 2 * X, a=0.0)
    assert (exact.params["a"], exact.stderr["a"], exact.chi2) == (2.0, 0.0, 0.0)
    assert "a = 2 +- 0" in str(exact) and "R2 = 1" in str(exact)


# ---- words -----------------------------------------------------------------------------------------------------------


def test_the_report(fit):
    first, second, third = str(fit).splitlines()
    assert first == "      ".join(estimate_text(row) for row in fit.estimates())
    assert second.split()[:3] == ["corr(b,", "c)", "="]
    assert all(word in second for word in ("chi2/dof = ", "R2 = ", "AICc = "))
    assert third.startswith(
        "least_squares (trf), Jacobian 40 x 3 by forward mode (3 directions in 1 sweep; reverse would"
    )
    assert third.endswith("projected gradient")
    assert repr(fit) == str(fit)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("a", 10.05749, 0.43341, ""), "a = 10.0575 +- 0.4334"),
        (("a", -2523.5058, 297.15, ""), "a = -2523.5 +- 297.1"),
        (("a", 1.5e-9, 2.0e-11, ""), "a = 1.5e-09 +- 2e-11"),
        (("a", 1.5e9, 2.0e7, ""), "a = 1500000000 +- 2e+07"),
        (("a", 2.0, float("nan"), "undetermined"), "a = 2 (undetermined)"),
        (("a", 2.0, 0.0, "fixed"), "a = 2 (fixed)"),
        (("a", 2.0, 0.5, "tied"), "a = 2.0000 +- 0.5000 (tied)"),
    ],
)
def test_a_value_has_the_decimals_of_its_error(row, text):
    assert estimate_text(Estimate(*row)) == text


def test_the_explanation(fit):
    text = fit.explain()
    assert "n=3 inputs, m=40 outputs: forward, 3 directions in 1 sweep; reverse would carry 40" in text
    assert "least_squares (trf) took" in text
    line = dr.fit(lambda x, a, b: a + b * x, X, DECAY, a=0.0, b=0.0)
    assert "linear in its parameters: its Jacobian is constant" in line.explain()
    assert "linear in its parameters: one QR solve" in str(line)
    assert f"corr(a, b) = {line.correlation[0, 1]:.3f}" in str(line) and line.correlation[0, 1] < -0.8


def test_plain_data_survive_json(fit):
    data = json.loads(json.dumps(fit.to_dict()))
    assert data["params"] == {name: float(v) for name, v in fit.params.items()}
    assert data["stderr"]["b"] == float(fit.stderr["b"])
    assert (data["dof"], data["mode"], data["success"], data["linear"]) == (37, "forward", True, False)
    assert len(data["residuals"]) == 40 and len(data["cov"]) == 3
    assert data["counts"]["f"] == fit.counts.f > 0


def test_the_card_is_a_table_without_markup_from_outside():
    def odd(x, a, b):
        return a + b * x

    odd.__name__ = "<script>"
    card = dr.fit(odd, X, DECAY, a=0.0, b=0.0)._repr_html_()
    assert card.count("<tr>") == 3
    assert "<script>" not in card and "&lt;script&gt;" in card
    assert "38 degrees of freedom" in card


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_levels_are_between_0_and_1(fit, level):
    with pytest.raises(InputError, match="between 0 and 1"):
        fit.confidence(level)


def test_methods_of_confidence(fit):
    with pytest.raises(InputError, match="write 'wald' or 'profile'"):
        fit.confidence(method="bootstrap")
