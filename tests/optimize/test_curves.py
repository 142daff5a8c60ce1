"""dr.curve_fit: SciPy's curve_fit with the exact Jacobian, argument for argument."""

import numpy as np
import pytest
import scipy.optimize as so
from scipy import optimize

import dualrev as dr
from dualrev.errors import InputError, WrongDerivativeError

T = np.linspace(0.0, 4.0, 40)
RNG = np.random.default_rng(3)
Y = 3 * np.exp(-1.3 * T) + 0.5 + 0.02 * RNG.normal(size=40)
SIGMA = np.linspace(0.01, 0.05, 40)


def decay(t, a, b, c):
    return a * np.exp(-b * t) + c


def jacobian(t, a, b, c):
    e = np.exp(-b * t)
    return np.stack([e, -a * t * e, np.ones_like(t)], axis=1)


CASES = {
    "plain": {},
    "start": {"p0": [1.0, 1.0, 0.0]},
    "sigma": {"p0": [1.0, 1.0, 0.0], "sigma": SIGMA},
    "absolute": {"p0": [1.0, 1.0, 0.0], "sigma": SIGMA, "absolute_sigma": True},
    "covariance": {"p0": [1.0, 1.0, 0.0], "sigma": np.diag(SIGMA**2) + 1e-5},
    "bounds": {"p0": [1.0, 1.0, 0.0], "bounds": ([0, 0, 0], [10, 10, 0.45])},
    "dogbox": {"p0": [1.0, 1.0, 0.0], "method": "dogbox"},
    "robust": {"p0": [1.0, 1.0, 0.0], "method": "trf", "loss": "soft_l1", "f_scale": 0.03},
    "lm": {"p0": [1.0, 1.0, 0.0], "method": "lm", "ftol": 1e-12, "xtol": 1e-12},
}


@pytest.mark.parametrize("case", CASES)
def test_the_results_are_scipys_with_a_jacobian_by_hand(case):
    popt, pcov = dr.curve_fit(decay, T, Y, **CASES[case])
    want, want_cov = so.curve_fit(decay, T, Y, jac=jacobian, **CASES[case])
    np.testing.assert_allclose(popt, want, rtol=1e-9)
    np.testing.assert_allclose(pcov, want_cov, rtol=1e-6, atol=1e-16)


def test_full_output_and_a_list_of_data():
    made = dr.curve_fit(decay, list(T), list(Y), [1, 1, 0], full_output=True)
    assert len(made) == 5 and made[4] in (1, 2, 3, 4) and made[2]["nfev"] > 0 and made[2]["fvec"].shape == (40,)


def test_nan_policy_and_arrays_of_x():
    y = Y.copy()
    y[3] = np.nan
    with pytest.raises(ValueError, match="infs or NaNs"):
        dr.curve_fit(decay, T, y, [1, 1, 0])
    popt, _ = dr.curve_fit(decay, T, y, [1, 1, 0], nan_policy="omit", check_finite=False)
    keep = np.arange(40) != 3
    np.testing.assert_allclose(popt, so.curve_fit(decay, T[keep], Y[keep], [1, 1, 0], jac=jacobian)[0], rtol=1e-9)
    grid = np.stack([T, T**2])
    popt, _ = dr.curve_fit(lambda x, a, b: a * x[0] + b * x[1], grid, 2 * T + 3 * T**2)
    np.testing.assert_allclose(popt, [2.0, 3.0], rtol=1e-10)


def test_fewer_runs_than_with_differences():
    runs = {}
    for fit in (dr.curve_fit, so.curve_fit):
        seen = runs[fit] = []
        fit(lambda t, a, b, c, seen=seen: seen.append(0) or decay(t, a, b, c), T, Y, [1, 1, 0])
    assert len(runs[dr.curve_fit]) < len(runs[so.curve_fit])


def test_a_jacobian_of_ones_own_is_used_once_checked():
    calls = []
    own = lambda t, a, b, c: calls.append(0) or jacobian(t, a, b, c)
    popt, _ = dr.curve_fit(decay, T, Y, [1, 1, 0], jac=own)
    assert len(calls) > 2
    np.testing.assert_allclose(popt, so.curve_fit(decay, T, Y, [1, 1, 0], jac=jacobian)[0], rtol=1e-9)


WRONG = {
    "a factor forgotten": lambda t, a, b, c: jacobian(t, 1.0, b, c) if a != 1 else jacobian(t, 0.5, b, c),
    "sign": lambda t, *p: -jacobian(t, *p),
    "a column zero": lambda t, *p: jacobian(t, *p) * [1, 0, 1],
    "columns swapped": lambda t, *p: jacobian(t, *p)[:, [1, 0, 2]],
    "nearly": lambda t, *p: jacobian(t, *p) * 1.005,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_jacobian_is_refused(wrong):
    with pytest.raises(WrongDerivativeError, match="the derivative of decay is wrong at the start"):
        dr.curve_fit(decay, T, Y, [1.0, 1.0, 0.0], jac=WRONG[wrong])
    dr.curve_fit(decay, T, Y, [1.0, 1.0, 0.0], jac=WRONG["nearly"], check=False)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"jac gave shape \(3, 40\) for 40 points and 3 parameters"):
        dr.curve_fit(decay, T, Y, [1, 1, 0], jac=lambda *p: jacobian(*p).T)
    with pytest.raises(InputError, match="f is a float: give a function"):
        dr.curve_fit(1.0, T, Y)
    with pytest.raises(InputError, match="jac='exact': leave it out"):
        dr.curve_fit(decay, T, Y, jac="exact")
    with pytest.raises(InputError, match="<lambda> gave one number for 40 points: write a"):
        dr.curve_fit(lambda t, a: a, T, Y)
    with pytest.raises(WrongDerivativeError):
        cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)
        dr.curve_fit(lambda t, a: cube(a * t), T, Y)


def test_scipys_strings_are_passed_on():
    popt, _ = dr.curve_fit(decay, T, Y, [1, 1, 0], jac="3-point", method="trf")
    np.testing.assert_allclose(popt, so.curve_fit(decay, T, Y, [1, 1, 0], jac=jacobian)[0], rtol=1e-6)


@pytest.mark.parametrize("jac", ["2-point", "3-point", "cs"])
@pytest.mark.parametrize("method", [None, "lm", "trf", "dogbox"])
@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), (0, 9), optimize.Bounds([0, 0], [9, 9])])
def test_scipys_differences_with_every_method(jac, method, bounds):
    x = np.linspace(0, 3, 30)
    f = lambda x, a, b: a * np.exp(-b * x)
    y = f(x, 2.0, 1.0) + 0.01 * np.sin(9 * x)
    bounded = not isinstance(bounds, tuple) or np.isfinite(bounds[0])
    if method == "lm" and (bounded or jac != "2-point"):
        with pytest.raises((InputError, ValueError)):
            dr.curve_fit(f, x, y, jac=jac, method=method, bounds=bounds)
        return
    popt, pcov = dr.curve_fit(f, x, y, p0=[1, 1], jac=jac, method=method, bounds=bounds)
    wanted = dr.curve_fit(f, x, y, p0=[1, 1])
    np.testing.assert_allclose(popt, wanted[0], rtol=1e-5)
    np.testing.assert_allclose(pcov, wanted[1], rtol=1e-3, atol=1e-9)
