"""Maximum likelihood against closed forms: estimates and the observed information."""

import json

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError

RNG = np.random.default_rng(5)
COUNTS = RNG.poisson(4.0, size=30).astype(float)
TIMES = RNG.exponential(2.0, size=25)
SAMPLE = RNG.normal(3.0, 1.5, size=50)


def poisson(rate):
    return np.sum(rate - COUNTS * np.log(rate))


def exponential(p):
    return np.sum(np.log(p["scale"]) + TIMES / p["scale"])


def gaussian(p):
    return np.sum(np.log(p["s"]) + 0.5 * ((SAMPLE - p["m"]) / p["s"]) ** 2)


@pytest.mark.parametrize("transform", [{}, {"x": "log"}])
def test_a_poisson_rate(transform):
    fit = dr.fit_nll(poisson, 1.0, transform=transform)
    assert fit.success, fit.message
    assert float(fit.params) == pytest.approx(COUNTS.mean(), rel=1e-8)
    assert float(fit.stderr) == pytest.approx(np.sqrt(COUNTS.mean() / 30), rel=1e-7)
    assert fit.aic == pytest.approx(2 * fit.nll + 2)


@pytest.mark.parametrize("options", [{}, {"bounds": {"scale": (0.01, 100)}}, {"transform": {"scale": "log"}}])
def test_an_exponential_scale(options):
    fit = dr.fit_nll(exponential, {"scale": 1.0}, **options)
    assert fit.success, fit.message
    assert fit.params["scale"] == pytest.approx(TIMES.mean(), rel=1e-7)
    assert fit.stderr["scale"] == pytest.approx(TIMES.mean() / 5, rel=1e-6)


def test_a_gaussian():
    fit = dr.fit_nll(gaussian, {"m": 0.0, "s": 1.0}, transform={"s": "log"})
    m, s = SAMPLE.mean(), SAMPLE.std()
    assert list(fit.params.values()) == pytest.approx([m, s], rel=1e-7)
    assert list(fit.stderr.values()) == pytest.approx([s / np.sqrt(50), s / 10], rel=1e-6)
    low, high = fit.confidence()["m"]
    assert (high - low) / 2 == pytest.approx(1.959963984540054 * s / np.sqrt(50), rel=1e-6)
    np.testing.assert_allclose(fit.cov[0, 1], 0, atol=1e-8)


def test_fixed_and_tied_parameters():
    held = dr.fit_nll(gaussian, {"m": 3.0, "s": 1.0}, fixed=["m"], transform={"s": "log"})
    s = np.sqrt(np.mean((SAMPLE - 3) ** 2))
    assert held.params["s"] == pytest.approx(s, rel=1e-7)
    assert held.stderr["m"] == 0
    assert "m = 3 (fixed)" in str(held) and "m" not in held.confidence()
    tied = dr.fit_nll(gaussian, {"m": 3.0, "s": 1.0}, tie={"s": lambda p: p["m"] / 2})
    m = tied.params["m"]
    score = 50 / m - np.sum(4 * SAMPLE * (SAMPLE - m)) / m**3  # d/dm of sum log(m/2) + 2 (x - m)^2 / m^2
    assert score == pytest.approx(0, abs=1e-6)
    assert tied.params["s"] == pytest.approx(m / 2) and tied.stderr["s"] == pytest.approx(tied.stderr["m"] / 2)
    assert "(tied)" in str(tied)


def test_a_sum_that_the_data_see_and_a_difference_that_they_do_not():
    fit = dr.fit_nll(lambda p: np.sum((SAMPLE - p["a"] - p["b"]) ** 2) / 2, {"a": 1.0, "b": 0.0})
    assert np.isnan(list(fit.stderr.values())).all()
    assert "0.71 a - 0.71 b is undetermined" in fit.undetermined[0]
    assert "(undetermined)" in str(fit)
    assert fit.params["a"] + fit.params["b"] == pytest.approx(SAMPLE.mean(), rel=1e-8)


def test_a_parameter_at_its_bound_has_no_error():
    edge = SAMPLE.mean() + 0.2
    fit = dr.fit_nll(gaussian, {"m": edge + 1, "s": 1.0}, bounds={"m": (edge, 10), "s": (0.1, 10)})
    assert fit.success, fit.message
    assert fit.params["m"] == pytest.approx(edge, rel=1e-12)
    assert np.isnan(fit.stderr["m"]) and "(at its bound)" in str(fit)
    s = np.sqrt(np.mean((SAMPLE - edge) ** 2))
    assert fit.params["s"] == pytest.approx(s, rel=1e-7)
    assert fit.stderr["s"] == pytest.approx(s / 10, rel=1e-6)


def test_correlated_parameters_have_the_inverse_of_the_information():
    t = np.arange(50.0) / 50
    fit = dr.fit_nll(lambda p: np.sum((SAMPLE - p["a"] - p["b"] * t) ** 2) / 2, {"a": 0.0, "b": 0.0})
    A = np.column_stack([np.ones(50), t])
    np.testing.assert_allclose(fit.cov, np.linalg.inv(A.T @ A), rtol=1e-8)
    np.testing.assert_allclose(list(fit.params.values()), np.linalg.lstsq(A, SAMPLE, rcond=None)[0], rtol=1e-8)


def test_args_and_plain_data():
    fit = dr.fit_nll(lambda p, data: np.sum((data - p["m"]) ** 2) / 2, {"m": 0.0}, args=(SAMPLE,))
    data = json.loads(json.dumps(fit.to_dict()))
    assert data["params"]["m"] == pytest.approx(SAMPLE.mean())
    assert data["stderr"]["m"] == pytest.approx(1 / np.sqrt(50))
    assert "errors from the exact Hessian" in str(fit)


def test_a_start_that_is_refused():
    with pytest.raises(InputError):
        dr.fit_nll(lambda p: np.sum(p["m"] * SAMPLE), {"m": np.nan})
    with pytest.raises(InputError, match="between 0 and 1"):
        dr.fit_nll(poisson, 1.0).confidence(2.0)
