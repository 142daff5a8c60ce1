"""dr.least_squares and dr.curve_fit: SciPy's words and SciPy's answers, and 30 classical problems."""

import inspect

import numpy as np
import pytest
from scipy import optimize

import dualrev as dr
from dualrev.errors import InputError, WrongDerivativeError

more_garbow_hillstrom = pytest.importorskip("benchmarks.problems.more_garbow_hillstrom")
PROBLEMS, reached = more_garbow_hillstrom.PROBLEMS, more_garbow_hillstrom.reached

RNG = np.random.default_rng(2)
T = np.linspace(0.0, 4.0, 30)
Y = 3 * np.exp(-1.3 * T) + 0.5 + 0.02 * RNG.normal(size=30)


def model(t, a, b, c):
    return a * np.exp(-b * t) + c


def residual(p):
    return model(T, *p) - Y


def by_hand(t, a, b, c):
    e = np.exp(-b * t)
    return np.column_stack([e, -a * t * e, np.ones_like(t)])


# ---- the 30 problems of More, Garbow and Hillstrom -------------------------------------------------------------------


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_known_sum_of_squares_is_reached(name):
    problem = PROBLEMS[name]
    found = dr.least_squares(problem.residuals, np.array(problem.start, float))
    assert reached(problem, 2 * found.cost) is not None, 2 * found.cost
    assert found.success, found.message
    np.testing.assert_allclose(2 * found.cost, np.sum(problem.residuals(found.x) ** 2), rtol=1e-12, atol=1e-300)


def test_newtons_method_ends_what_gauss_newton_cannot():
    problem = PROBLEMS["brown_dennis"]
    found = dr.least_squares(problem.residuals, np.array(problem.start, float))
    assert 2 * found.cost == pytest.approx(problem.minima[0], rel=1e-12)
    assert found.counts.hessian_products > 0
    rough = dr.least_squares(problem.residuals, np.array(problem.start, float), polish=False)
    assert 2 * rough.cost - problem.minima[0] > 1e-4


# ---- least_squares ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_scipys_fields_have_scipys_meaning(method):
    ours = dr.least_squares(residual, [1.0, 1.0, 0.0], method=method)
    theirs = optimize.least_squares(residual, [1.0, 1.0, 0.0], lambda p: by_hand(T, *p), method=method, xtol=1e-13)
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-7)
    np.testing.assert_allclose(ours.fun, residual(ours.x), rtol=1e-14)
    assert ours.cost == pytest.approx(0.5 * np.sum(residual(ours.x) ** 2), rel=1e-14)
    np.testing.assert_allclose(ours.jac, by_hand(T, *ours.x), rtol=1e-13)
    np.testing.assert_allclose(ours.grad, by_hand(T, *ours.x).T @ residual(ours.x), atol=1e-12)
    assert ours.success and ours.optimality < 1e-12
    assert ours.choice.mode == "forward"
    assert f"least_squares ({method}): converged" in str(ours) and "cost = " in str(ours)


@pytest.mark.parametrize(
    "bounds",
    [([0, 0, 0.6], [np.inf] * 3), (0.6, np.inf), optimize.Bounds([0, 0, 0.6], np.inf)],
)
def test_bounds_as_in_scipy(bounds):
    ours = dr.least_squares(residual, [1.0, 1.0, 0.7], bounds=bounds)
    theirs = optimize.least_squares(residual, [1.0, 1.0, 0.7], lambda p: by_hand(T, *p), bounds=bounds, xtol=1e-14)
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-6)
    assert ours.certificate.at_bounds == ["x[2] (lower)"]


def test_two_lists_are_lower_and_upper_bounds_of_two_parameters():
    found = dr.least_squares(lambda p: p - np.array([5.0, 5.0]), [0.5, 2.0], bounds=([0.0, 1.0], [1.0, 3.0]))
    np.testing.assert_allclose(found.x, [1.0, 3.0], rtol=1e-8)


def test_bounds_by_name_fixed_tied_and_transformed():
    start = {"a": 1.0, "b": 1.0, "c": 0.7}
    named = lambda p: model(T, p["a"], p["b"], p["c"]) - Y
    found = dr.least_squares(named, start, bounds={"c": (0.6, None)}, transform={"b": "log"})
    assert found.params["c"] == pytest.approx(0.6)
    tied = dr.least_squares(named, start, tie={"c": lambda p: p["a"] / 6}, fixed={"b": 1.3})
    assert tied.params["b"] == 1.3 and tied.params["c"] == pytest.approx(tied.params["a"] / 6)


def test_args_kwargs_and_callback():
    seen = []
    shifted = lambda p, y, scale: (model(T, *p) - y) * scale
    found = dr.least_squares(
        shifted, [1.0, 1.0, 0.0], args=(Y,), kwargs={"scale": 2.0}, callback=lambda p: seen.append(p)
    )
    np.testing.assert_allclose(found.x, dr.least_squares(residual, [1.0, 1.0, 0.0]).x, rtol=1e-9)
    assert seen and seen[-1].shape == (3,)


@pytest.mark.parametrize("mode", ["forward", "reverse", "mixed"])
def test_every_mode_gives_the_same(mode):
    found = dr.least_squares(residual, [1.0, 1.0, 0.0], mode=mode)
    np.testing.assert_allclose(found.x, dr.least_squares(residual, [1.0, 1.0, 0.0]).x, rtol=1e-9)
    assert (found.counts.reverse_sweeps > 0) == (mode != "forward")


def test_a_jacobian_of_ones_own_is_used_once_checked():
    calls = []

    def jac(p):
        calls.append(1)
        return by_hand(T, *p)

    found = dr.least_squares(residual, [1.0, 1.0, 0.0], jac)
    assert len(calls) > 2 and found.success
    with pytest.raises(WrongDerivativeError):
        dr.least_squares(residual, [1.0, 1.0, 0.0], lambda p: by_hand(T, *p) * [1, 2, 1])
    with pytest.raises(InputError, match=r"jac gave shape \(3, 30\) for 30 residuals and 3 parameters"):
        dr.least_squares(residual, [1.0, 1.0, 0.0], lambda p: by_hand(T, *p).T)


def test_a_wrong_jacobian_is_reported_where_the_check_is_off():
    found = dr.least_squares(residual, [1.0, 1.0, 0.0], lambda p: by_hand(T, *p) * T[:, None], check=False)
    assert not found.success
    assert "the jac given is wrong" in found.message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jac": "3-point"}, "leave it out, the Jacobian is exact"),
        ({"method": "newton"}, "write one of 'trf', 'dogbox', 'lm'"),
        ({"loss": "l2"}, "loss='l2'"),
        ({"f_scale": -1}, "f_scale=-1"),
        ({"bounds": [(0, 1), (0, 1), (0, 1)]}, "bounds has 3 parts"),
        ({"method": "lm", "bounds": (0, 2)}, "takes no bounds"),
        ({"method": "lm", "loss": "cauchy"}, "loss='linear' only"),
        ({"mode": "backward"}, "write 'auto'"),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(InputError, match=message):
        dr.least_squares(residual, [1.0, 1.0, 0.7], **options)


def test_residuals_that_do_not_fit():
    with pytest.raises(InputError, match="returned no residuals"):
        dr.least_squares(lambda p: p[:0], [1.0])
    with pytest.raises(InputError, match=r"residual 1 of .* is nan at the start"):
        dr.least_squares(lambda p: p * np.array([1.0, np.nan]), [1.0, 1.0])
    with pytest.raises(InputError, match="as many residuals as parameters: 1 for 2"):
        dr.least_squares(lambda p: p[:1] + p[1:], [1.0, 1.0], method="lm")


# ---- curve_fit -------------------------------------------------------------------------------------------------------

SIGMA = 0.02 * (1 + T)
COVARIANCE = np.diag(SIGMA**2) + 1e-5
CASES = {
    "plain": {"p0": [1, 1, 0]},
    "no p0": {},
    "sigma": {"p0": [1, 1, 0], "sigma": SIGMA},
    "absolute": {"p0": [1, 1, 0], "sigma": SIGMA, "absolute_sigma": True},
    "covariance": {"p0": [1, 1, 0], "sigma": COVARIANCE, "absolute_sigma": True},
    "bounds": {"p0": [1, 1, 0.7], "bounds": ([0, 0, 0.6], [9, 9, 9])},
    "bounds, no p0": {"bounds": (0, [5, 5, 5])},
    "dogbox": {"p0": [1, 1, 0], "method": "dogbox"},
    "robust": {"p0": [1, 1, 0], "method": "trf", "loss": "soft_l1", "f_scale": 0.05},
    "tolerances": {"p0": [1, 1, 0], "xtol": 1e-12, "maxfev": 500},
    "unchecked": {"p0": [1, 1, 0], "check_finite": False},
}


@pytest.mark.parametrize("case", CASES)
def test_curve_fit_is_scipys_with_the_exact_jacobian(case):
    options = CASES[case]
    popt, pcov = dr.curve_fit(model, T, Y, **options)
    expected, covariance = optimize.curve_fit(model, T, Y, jac=by_hand, **options)
    np.testing.assert_allclose(popt, expected, rtol=1e-10)
    np.testing.assert_allclose(pcov, covariance, rtol=1e-8)


def test_curve_fit_has_scipys_signature_and_two_words_more():
    ours, theirs = (inspect.signature(f).parameters for f in (dr.curve_fit, optimize.curve_fit))
    assert [n for n in ours if n not in ("check", "derivative")] == list(theirs)
    assert all(ours[n].kind == p.kind for n, p in theirs.items())
    assert all(ours[n].default == p.default for n, p in theirs.items() if n != "check_finite")


def test_curve_fit_positional_and_full_output():
    popt, pcov, info, message, flag = dr.curve_fit(
        model, T.tolist(), Y.tolist(), [1, 1, 0], None, False, True, (-np.inf, np.inf), "lm", None, full_output=True
    )
    expected, _ = optimize.curve_fit(model, T, Y, [1, 1, 0], jac=by_hand)
    np.testing.assert_allclose(popt, expected, rtol=1e-10)
    assert pcov.shape == (3, 3) and info["fvec"].shape == (30,) and flag in (1, 2, 3, 4) and isinstance(message, str)


def test_curve_fit_leaves_out_nan_where_scipy_does():
    y = Y.copy()
    y[[3, 8]] = np.nan
    popt, _ = dr.curve_fit(model, T, y, [1, 1, 0], nan_policy="omit")
    keep = np.isfinite(y)
    np.testing.assert_allclose(popt, dr.curve_fit(model, T[keep], y[keep], [1, 1, 0])[0], rtol=1e-12)
    with pytest.raises(ValueError, match="infs or NaNs"):
        dr.curve_fit(model, T, y, [1, 1, 0])


def test_curve_fit_with_several_predictors():
    both = np.stack([T, np.cos(T)])
    popt, _ = dr.curve_fit(lambda x, a, b: a * x[0] + b * x[1], both, 2 * T - np.cos(T))
    np.testing.assert_allclose(popt, [2, -1], rtol=1e-10)


def test_curve_fit_runs_the_model_once_at_each_point():
    calls = []

    def counted(t, a, b, c):
        calls.append((float(dr.value(a)), float(dr.value(b)), float(dr.value(c))))
        return model(t, a, b, c)

    dr.curve_fit(counted, T, Y, [1, 1, 0], check=False)
    assert len(calls) == len(set(calls))


def test_curve_fit_and_jacobians_of_ones_own():
    popt, _ = dr.curve_fit(model, T, Y, [1, 1, 0], jac=by_hand)
    np.testing.assert_allclose(popt, optimize.curve_fit(model, T, Y, [1, 1, 0], jac=by_hand)[0], rtol=1e-12)
    wrong = lambda t, a, b, c: by_hand(t, a, b, c) * [1, 0.5, 1]
    with pytest.raises(WrongDerivativeError):
        dr.curve_fit(model, T, Y, [1, 1, 0], jac=wrong)
    popt, _ = dr.curve_fit(model, T, Y, [1, 1, 0], method="trf", jac="3-point")
    np.testing.assert_allclose(popt, optimize.curve_fit(model, T, Y, [1, 1, 0], method="trf", jac="3-point")[0])
    with pytest.raises(InputError, match="leave it out for the exact Jacobian"):
        dr.curve_fit(model, T, Y, [1, 1, 0], jac="4-point")


def test_curve_fit_refuses_what_would_be_broadcast():
    with pytest.raises(InputError, match="gave one number for 30 points"):
        dr.curve_fit(lambda t, a: a, T, Y, [1.0])
    with pytest.raises(InputError, match="f is a str"):
        dr.curve_fit("model", T, Y)
