"""dr.fit: what goes in, what is refused, what comes out. Referees: closed forms, numpy, scipy.optimize.curve_fit."""

import numpy as np
import pytest
from scipy.optimize import curve_fit, minimize_scalar

import dualrev as dr
from dualrev.errors import InputError, WrongDerivativeError

RNG = np.random.default_rng(7)
X = np.linspace(0.0, 10.0, 40)
NOISE = RNG.normal(size=40)
Y = 10 + 5 * X + NOISE
DECAY = 3 * np.exp(-0.5 * X) + 1 + 0.05 * NOISE
START = {"a": 1.0, "b": 1.0, "c": 0.0}


def line(x, a, b):
    return a + b * x


def decay(x, a, b, c):
    return a * np.exp(-b * x) + c


def values(table):
    return np.array(list(table.values()))


def by_scipy(model, x, y, p0, **options):
    popt, pcov = curve_fit(model, x, y, p0, ftol=1e-14, xtol=1e-14, gtol=1e-14, **options)
    return popt, np.sqrt(np.diag(pcov))


# ---- linear models ---------------------------------------------------------------------------------------------------


def test_a_line_has_the_closed_form():
    fit = dr.fit(line, X, Y, a=0.0, b=0.0)
    dx = X - X.mean()
    b = dx @ Y / (dx @ dx)
    a = Y.mean() - b * X.mean()
    s2 = np.sum((Y - a - b * X) ** 2) / 38
    assert fit.params["a"] == pytest.approx(a, rel=1e-14)
    assert fit.params["b"] == pytest.approx(b, rel=1e-14)
    assert fit.stderr["b"] == pytest.approx(np.sqrt(s2 / (dx @ dx)), rel=1e-12)
    assert fit.stderr["a"] == pytest.approx(np.sqrt(s2 * (1 / 40 + X.mean() ** 2 / (dx @ dx))), rel=1e-12)
    assert (fit.dof, fit.mode, fit.linear, fit.success) == (38, "forward", True, True)
    assert fit.reduced_chi2 == pytest.approx(s2, rel=1e-12)


def test_the_start_does_not_matter_to_a_linear_model():
    found = [dr.fit(line, X, Y, a=a, b=b).params for a, b in ((0.0, 0.0), (1e6, -1e6))]
    assert found[0] == found[1]
    assert dr.fit(line, X, Y, a=1.0, b=1.0).counts.f == 3
    assert dr.fit(line, X, Y, a=0.0, b=0.0).counts.f == 2


@pytest.mark.parametrize("model", [lambda x, a, b: a + np.abs(b) * x, lambda x, a, b: np.maximum(a + b * x, 0.0)])
def test_piecewise_linear_models_are_not_taken_for_linear(model):
    fit = dr.fit(model, X, Y, a=1.0, b=1.0)
    assert not fit.linear
    np.testing.assert_allclose(values(fit.params), values(dr.fit(line, X, Y, a=1.0, b=1.0).params), rtol=1e-9)


def test_bounds_make_a_linear_model_go_to_the_optimiser():
    fit = dr.fit(line, X, Y, a=0.0, b=0.0, bounds={"b": (None, 4.0)})
    assert not fit.linear
    assert fit.params["b"] == pytest.approx(4.0, rel=1e-9)
    assert fit.params["a"] == pytest.approx(np.mean(Y - 4 * X), rel=1e-7)
    assert np.isnan(fit.stderr["b"])
    assert fit.at_bounds == ["b"]
    assert "b = 4 (at its bound)" in str(fit)


# ---- against SciPy ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_a_decay_agrees_with_scipy(method):
    fit = dr.fit(decay, X, DECAY, **START, method=method)
    popt, errors = by_scipy(decay, X, DECAY, [1, 1, 0])
    np.testing.assert_allclose(values(fit.params), popt, rtol=1e-6)
    np.testing.assert_allclose(values(fit.stderr), errors, rtol=1e-5)


@pytest.mark.parametrize("absolute", [False, True])
def test_sigma_and_weights_agree_with_scipy(absolute):
    sigma = 0.05 * (1 + X / 10)
    popt, errors = by_scipy(decay, X, DECAY, [1, 1, 0], sigma=sigma, absolute_sigma=absolute)
    for given in ({"sigma": sigma}, {"weights": 1 / sigma**2}):
        fit = dr.fit(decay, X, DECAY, **START, **given, absolute_sigma=absolute)
        np.testing.assert_allclose(values(fit.params), popt, rtol=1e-6)
        np.testing.assert_allclose(values(fit.stderr), errors, rtol=1e-5)
        np.testing.assert_allclose(fit.residuals, decay(X, *popt) - DECAY, atol=1e-6)


def test_a_scalar_sigma_scales_chi2_and_nothing_else():
    one, half = (dr.fit(decay, X, DECAY, **START, sigma=s) for s in (1.0, 0.5))
    assert half.chi2 == pytest.approx(4 * one.chi2, rel=1e-12)
    np.testing.assert_allclose(values(half.stderr), values(one.stderr), rtol=1e-10)
    np.testing.assert_allclose(half.residuals, one.residuals, atol=1e-12)


@pytest.mark.parametrize("loss", ["soft_l1", "huber", "cauchy", "arctan"])
def test_a_robust_fit_has_a_zero_score_and_agrees_with_scipy(loss):
    y = DECAY.copy()
    y[4] = 50.0
    fit = dr.fit(decay, X, y, **START, loss=loss, f_scale=0.1)
    popt, _ = by_scipy(decay, X, y, [1, 1, 0], method="trf", loss=loss, f_scale=0.1)
    np.testing.assert_allclose(values(fit.params), popt, rtol=2e-5)
    assert fit.result.optimality < 1e-10
    assert abs(fit.params["a"] - 3) < 0.2


# ---- fixed, tied, transformed ----------------------------------------------------------------------------------------


def test_a_fixed_parameter_has_no_error_and_costs_no_degree_of_freedom():
    fit = dr.fit(decay, X, DECAY, a=1.0, b=1.0, fixed={"c": 1.0})
    popt, errors = by_scipy(lambda x, a, b: decay(x, a, b, 1.0), X, DECAY, [1, 1])
    np.testing.assert_allclose(values(fit.params), [*popt, 1.0], rtol=1e-6)
    np.testing.assert_allclose(values(fit.stderr), [*errors, 0.0], rtol=1e-5)
    assert fit.dof == 38
    assert "c = 1 (fixed)" in str(fit)
    assert dr.fit(decay, X, DECAY, a=1.0, b=1.0, c=1.0, fixed=["c"]).params == fit.params


def test_a_tied_parameter_follows_and_has_the_error_of_what_it_follows():
    fit = dr.fit(decay, X, DECAY, a=1.0, b=1.0, tie={"c": lambda p: p["a"] / 3})
    popt, errors = by_scipy(lambda x, a, b: decay(x, a, b, a / 3), X, DECAY, [1, 1])
    np.testing.assert_allclose(values(fit.params), [*popt, popt[0] / 3], rtol=1e-6)
    np.testing.assert_allclose(values(fit.stderr), [*errors, errors[0] / 3], rtol=1e-5)
    assert fit.free == ["a", "b"]


@pytest.mark.parametrize(
    "options", [{"transform": {"b": "log"}}, {"transform": {"b": "logit"}, "bounds": {"b": (0, 2)}}]
)
def test_a_transform_changes_the_road_and_not_the_answer(options):
    plain, changed = dr.fit(decay, X, DECAY, **START), dr.fit(decay, X, DECAY, **{**START, "b": 0.9}, **options)
    np.testing.assert_allclose(values(changed.params), values(plain.params), rtol=1e-9)
    np.testing.assert_allclose(values(changed.stderr), values(plain.stderr), rtol=1e-8)


# ---- shapes ----------------------------------------------------------------------------------------------------------


def test_parameters_that_are_arrays_keep_their_shape():
    fit = dr.fit(lambda x, w: w[0] + w[1] * x, X, Y, w=np.zeros(2))
    assert fit.params["w"].shape == fit.stderr["w"].shape == (2,)
    assert fit.names == ["w[0]", "w[1]"]
    np.testing.assert_allclose(fit.params["w"], np.polyfit(X, Y, 1)[::-1], rtol=1e-10)


def test_x_as_a_tuple_a_matrix_a_dict_and_y_as_a_matrix():
    u, v = X, np.cos(X)
    y = 2 * u - 3 * v + 0.1 * NOISE
    expected = np.linalg.lstsq(np.column_stack([u, v]), y, rcond=None)[0]
    for x, model in (
        ((u, v), lambda x, a, b: a * x[0] + b * x[1]),
        (np.column_stack([u, v]), lambda x, a, b: a * x[:, 0] + b * x[:, 1]),
        ({"u": u, "v": v}, lambda x, a, b: a * x["u"] + b * x["v"]),
    ):
        np.testing.assert_allclose(values(dr.fit(model, x, y, a=0.0, b=0.0).params), expected, rtol=1e-10)
    square = dr.fit(lambda x, a, b: np.reshape(a * u + b * v, (8, 5)), X, y.reshape(8, 5), a=0.0, b=0.0)
    np.testing.assert_allclose(values(square.params), expected, rtol=1e-10)
    assert square.residuals.shape == (8, 5)


def test_integers_lists_and_numbers_are_data():
    fit = dr.fit(line, [0, 1, 2, 3], [1, 3, 5, 8], a=0, b=0)
    np.testing.assert_allclose(values(fit.params), np.polyfit([0, 1, 2, 3], [1, 3, 5, 8], 1)[::-1], rtol=1e-12)
    one = dr.fit(lambda x, a: a * x, 2.0, 5.0, a=1.0)
    assert one.params["a"] == pytest.approx(2.5)
    assert np.isnan(one.stderr["a"]) and one.dof == 0
    assert "1 points leave no degree of freedom" in str(one)
    assert dr.fit(lambda x, a: a * x, 2.0, 5.0, a=1.0, sigma=0.5, absolute_sigma=True).stderr["a"] == pytest.approx(
        0.25
    )


def test_a_model_with_defaults_and_one_with_any_keywords():
    assert dr.fit(lambda x, a, b=2.0: a + b * x, X, Y, a=0.0).params["a"] == pytest.approx(np.mean(Y - 2 * X))
    free = dr.fit(lambda x, **p: p["a"] + p["b"] * x, X, Y, a=0.0, b=0.0)
    assert free.params["b"] == pytest.approx(np.polyfit(X, Y, 1)[0])


def test_a_model_that_builds_a_list():
    fit = dr.fit(lambda x, a, b: [a + b * t for t in x], X[:5], Y[:5], a=0.0, b=0.0)
    np.testing.assert_allclose(values(fit.params), np.polyfit(X[:5], Y[:5], 1)[::-1], rtol=1e-10)


@pytest.mark.parametrize("name", ["sigma", "loss", "x", "y", "start"])
def test_a_name_that_fit_has_itself_goes_through_start(name):
    namespace = {}
    exec(f"def model(t, a, {name}): return a + {name} * t", namespace)
    fit = dr.fit(namespace["model"], X, Y, start={"a": 0.0, name: 0.0})
    assert fit.params[name] == pytest.approx(np.polyfit(X, Y, 1)[0])
    with pytest.raises(InputError, match=rf"a name of an argument of fit: start={{'{name}': \.\.\.}}"):
        dr.fit(namespace["model"], X, Y, a=0.0)


# ---- what is refused -------------------------------------------------------------------------------------------------

NAN = np.where(X[3] == X, np.nan, Y)
REFUSED = {
    "nan in y": ((line, X, NAN), {}, r"y\[3\] is nan: leave it out with nan_policy"),
    "nan in x": ((line, NAN, Y), {}, r"x\[3\] is nan"),
    "nan in a tuple": ((line, (X, NAN), Y), {}, r"x\[1\]\[3\] is nan"),
    "inf in y": ((line, X, np.where(X == 0, np.inf, Y)), {}, r"y\[0\] is inf"),
    "objects": ((line, X.astype(object), Y), {}, "x is an array of dtype object"),
    "objects in y": ((line, X, Y.astype(object)), {}, "y has dtype object"),
    "text": ((line, X, np.array(["1"] * 40)), {}, "y has dtype"),
    "empty": ((line, X[:0], Y[:0]), {}, "y is empty"),
    "lengths": ((line, X, Y[1:]), {}, r"line gave shape \(40,\) for y of shape \(39,\)"),
    "column": ((lambda x, a, b: line(x[:, None], a, b), X, Y), {}, r"gave shape \(40, 1\)"),
    "a number": ((lambda x, a, b: a + b, X, Y), {}, r"gave shape \(\)"),
    "no function": ((3, X, Y), {}, "model is a int"),
    "unknown": ((line, X, Y), {"d": 1.0}, "line has no parameter 'd': it has a, b"),
    "sigma zero": ((line, X, Y), {"sigma": np.where(X == 0, 0.0, 1.0)}, "sigma has the value 0.0"),
    "sigma negative": ((line, X, Y), {"sigma": -1.0}, "sigma has the value -1.0"),
    "sigma nan": ((line, X, Y), {"sigma": NAN}, r"sigma\[3\] is nan"),
    "sigma length": ((line, X, Y), {"sigma": np.ones(39)}, r"sigma has shape \(39,\) and y \(40,\)"),
    "weights zero": ((line, X, Y), {"weights": np.zeros(40)}, "no point of y is left: 40 of weight 0"),
    "both": ((line, X, Y), {"sigma": 1.0, "weights": 1.0}, "give sigma or weights, not both"),
    "absolute": ((line, X, Y), {"absolute_sigma": True}, "absolute_sigma=True needs sigma"),
    "method": ((line, X, Y), {"method": "bfgs"}, "method='bfgs'"),
    "loss": ((line, X, Y), {"loss": "l1"}, "loss='l1'"),
    "f_scale": ((line, X, Y), {"f_scale": 0.0}, "f_scale=0.0"),
    "bounds name": ((line, X, Y), {"bounds": {"z": (0, 1)}}, "bounds names 'z'"),
    "bounds pair": ((line, X, Y), {"bounds": (0, 1)}, "bounds is a tuple: write them by name"),
    "outside": ((line, X, Y), {"bounds": {"a": (1, 2)}}, "the start of a is 0.0, outside"),
    "fixed name": ((line, X, Y), {"fixed": ["z"]}, "fixed names 'z'"),
    "all fixed": ((line, X, Y), {"fixed": ["a", "b"]}, "nothing to vary"),
    "lm bounds": ((line, X, Y), {"bounds": {"a": (0, 1)}, "method": "lm"}, "method='lm' takes no bounds"),
    "lm loss": ((line, X, Y), {"loss": "huber", "method": "lm"}, "method='lm' takes loss='linear' only"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_named_and_nothing_is_computed(case):
    given, options, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        dr.fit(*given, **{"a": 0.0, "b": 0.0, **options})


def test_missing_and_bad_starts():
    with pytest.raises(InputError, match="line needs a start for b"):
        dr.fit(line, X, Y, a=0.0)
    with pytest.raises(InputError, match="the start of a is nan"):
        dr.fit(line, X, Y, a=np.nan, b=0.0)
    with pytest.raises(InputError, match="the start of a is '1'"):
        dr.fit(line, X, Y, a="1", b=0.0)
    with pytest.raises(InputError, match=r"residual 0 of .* is -?inf at the start"):
        dr.fit(lambda x, a: a / x, X, Y, a=1.0, check=False)


# ---- wrong derivatives, and what goes wrong on the way ---------------------------------------------------------------


def test_a_wrong_rule_of_ones_own_is_refused():
    wrong = dr.custom.elementwise(lambda x: np.exp(x), lambda y, x: 1.1 * y)
    with pytest.raises(WrongDerivativeError, match=r"the derivative of .* is wrong at the start"):
        dr.fit(lambda x, a, b: a * wrong(-b * x), X, DECAY, a=1.0, b=1.0)


def test_a_rule_that_is_wrong_only_near_the_solution_is_reported():
    late = dr.custom.elementwise(lambda b: b**2, lambda y, b: np.where(b > 1.5, 2 * b, 3 * b))
    fit = dr.fit(lambda x, a, b: a * np.exp(-late(b) * x), X, 3 * np.exp(-0.5 * X), a=1.0, b=2.0)
    assert not fit.success
    assert "NOT converged" in str(fit)


def test_an_exception_in_the_model_keeps_the_best_point():
    calls = [0]

    def model(x, a, b):
        calls[0] += 1
        if calls[0] == 14:
            raise RuntimeError("the detector is off")
        return a * np.exp(-b * x)

    fit = dr.fit(model, X, DECAY, a=1.0, b=3.0)
    assert not fit.success
    assert "RuntimeError: the detector is off" in fit.message and fit.message in str(fit)
    assert fit.chi2 <= np.sum((np.exp(-3 * X) - DECAY) ** 2)
    assert "NOT converged" in str(fit)


def test_ctrl_c_keeps_the_best_point():
    calls = [0]

    def model(x, a, b):
        calls[0] += 1
        if calls[0] == 14:
            raise KeyboardInterrupt
        return a * np.exp(-b * x)

    fit = dr.fit(model, X, DECAY, a=1.0, b=3.0)
    assert not fit.success
    assert "interrupted by Ctrl-C" in fit.message


def test_too_few_evaluations_are_said():
    waves = np.sin(3 * X)
    fit = dr.fit(lambda x, a, b: a * np.sin(b * x), X, waves, a=0.1, b=1.0, max_nfev=1)
    assert not fit.success
    assert "maximum number of function evaluations" in fit.message


def test_one_parameter_agrees_with_a_search_along_the_line():
    fit = dr.fit(lambda x, b: np.exp(-b * x), X, DECAY - 1, b=1.0)
    found = minimize_scalar(lambda b: np.sum((np.exp(-b * X) - DECAY + 1) ** 2), bounds=(0, 1), method="bounded")
    assert fit.params["b"] == pytest.approx(found.x, rel=1e-5)


def test_a_fit_of_many_points_keeps_little_beside_its_results():
    x = np.linspace(0, 1, 50_000)
    fit = dr.fit(lambda x, a, b: a * np.exp(-b * x), x, 2 * np.exp(-x) + 1e-3 * np.sin(50 * x), a=1.0, b=0.5)
    assert not fit.evaluation.kept and not fit.evaluation.earlier[2]
    assert fit.result.certificate.undetermined == [] and fit.predict().shape == x.shape
