"""Models without an exact derivative: they are fitted by differences, and it is said; derivative="exact" refuses."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.stats

import dualrev as dr
from dualrev.errors import DifferencesWarning, DualrevError, InputError

T = np.linspace(0.1, 3.0, 30)
KERNEL = np.array([0.2, 0.6, 0.2])


def only_floats(t, a, b):
    if not (type(a) in (float, np.float64) and type(b) in (float, np.float64)):
        raise AssertionError("plain numbers, please")
    return a * np.exp(-b * t)


def decay(z, b, a):
    return scipy.integrate.solve_ivp(lambda s, y: -b * y, (0, 3), [a], t_eval=T, rtol=1e-10, atol=1e-12).y[0]


MODELS = {
    "stats.norm.pdf": lambda t, a, b: a * scipy.stats.norm.pdf(t, b, 1.0),
    "fftconvolve": lambda t, a, b: scipy.signal.fftconvolve(a * np.exp(-b * t), KERNEL, mode="same"),
    "CubicSpline": lambda t, a, b: scipy.interpolate.CubicSpline(t, a * np.exp(-b * t))(t + 0.01),
    "solve_ivp": lambda t, a, b: decay(t, b, a),
    "gaussian_filter1d": lambda t, a, b: scipy.ndimage.gaussian_filter1d(a * np.exp(-b * t), 1.0),
    "math": lambda t, a, b: np.array([a * math.exp(-b * s) for s in t]),
    "brentq": lambda t, a, b: a * np.exp(-scipy.optimize.brentq(lambda z: z**3 - b, 0, 10) * t),
    "only floats": only_floats,
    "float()": lambda t, a, b: float(a) * np.exp(-float(b) * t),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_has_no_rule_fits_all_the_same(name):
    model = MODELS[name]
    y = model(T, 2.0, 1.2) + 0.01 * np.cos(np.arange(30) ** 2)
    with pytest.warns(DifferencesWarning, match="has no exact derivative, and central differences are taken") as said:
        fit = dr.fit(model, T, y, a=1.5, b=1.0)
    assert len(said) == 1 and said[0].filename == __file__
    popt, pcov = scipy.optimize.curve_fit(model, T, y, [1.5, 1.0], ftol=1e-13, xtol=1e-13)
    assert fit.success, fit.message
    np.testing.assert_allclose(list(fit.params.values()), popt, rtol=1e-6)
    np.testing.assert_allclose(fit.cov, pcov, rtol=1e-3)
    assert "by central differences, since there is no exact derivative" in str(fit) and fit.mode == "differences"
    value, error = fit.predict(std=True)
    assert value.shape == error.shape == (30,) and np.isfinite(error).all()
    str(fit), fit.explain(), fit.card(), fit.to_dict()
    with pytest.raises((DualrevError, AssertionError)):
        dr.fit(model, T, y, a=1.5, b=1.0, derivative="exact")


def test_every_entry_point():
    model = MODELS["math"]
    y = model(T, 2.0, 1.2) + 0.01 * np.cos(np.arange(30) ** 2)
    wanted = dr.fit(lambda t, a, b: a * np.exp(-b * t), T, y, a=1.0, b=1.0)
    start = {"a": 1.5, "b": 1.0}
    with pytest.warns(DifferencesWarning):
        squares = dr.least_squares(lambda p: model(T, **p) - y, start)
    assert squares.params["b"] == pytest.approx(wanted.params["b"], rel=1e-7)
    assert squares.stderr["b"] == pytest.approx(wanted.stderr["b"], rel=1e-6)
    nll = lambda p: float(np.sum((model(T, **p) - y) ** 2) / 2e-4)
    with pytest.warns(DifferencesWarning):
        likely = dr.fit_nll(nll, start, bounds={"a": (0, None)})
    assert likely.success and likely.params["b"] == pytest.approx(wanted.params["b"], rel=1e-5)
    assert likely.stderr["b"] > 0 and "by central differences" in str(likely) and "exact Hessian" not in str(likely)
    with pytest.warns(DifferencesWarning):
        found = dr.minimize(nll, start)
    assert found.params["b"] == pytest.approx(wanted.params["b"], rel=1e-4)
    for method in (None, "lm", "trf"):
        with pytest.warns(DifferencesWarning, match="Write the function of NumPy"):
            popt, _ = dr.curve_fit(model, T, y, [1.5, 1.0], method=method)
        np.testing.assert_allclose(popt, list(wanted.params.values()), rtol=1e-5)
    for call in (
        lambda: dr.least_squares(lambda p: model(T, **p) - y, start, derivative="exact"),
        lambda: dr.fit_nll(nll, start, derivative="exact"),
        lambda: dr.minimize(nll, start, derivative="exact"),
        lambda: dr.curve_fit(model, T, y, [1.5, 1.0], derivative="exact"),
    ):
        with pytest.raises(DualrevError):
            call()
    with pytest.raises(InputError, match="derivative='numeric': write 'auto', or 'exact'"):
        dr.fit(model, T, y, a=1.0, b=1.0, derivative="numeric")


def test_an_error_of_the_model_is_the_models():
    def broken(t, a):
        raise KeyError("no such column")

    with pytest.raises(KeyError, match="no such column"):
        dr.fit(broken, T, T, a=1.0)
    with pytest.raises(KeyError, match="no such column"):
        dr.minimize(lambda p: broken(T, p), [1.0])


def test_differences_keep_to_the_box():
    def root(t, a):
        assert float(a) >= 0
        return float(a) * t

    with pytest.warns(DifferencesWarning):
        fit = dr.fit(root, T, 0.0 * T - 0.1, a=0.0, bounds={"a": (0, None)})
    assert fit.params["a"] == pytest.approx(0, abs=1e-12)
