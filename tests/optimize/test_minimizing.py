"""dr.minimize: SciPy's words and results, parameters by name, every method, what is refused before anything runs."""

import re
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.optimize as so
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError
from dualrev.optimize.methods import GRADIENTS

X = np.array([-1.2, 1.0, 0.5])
METHODS = "CG BFGS L-BFGS-B TNC SLSQP Newton-CG trust-ncg trust-krylov trust-exact trust-constr dogleg".split()


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def bowl(p):
    """Least at a = 1, w = (2, 3)."""
    return (p["a"] - 1) ** 2 + np.sum((p["w"] - np.array([2.0, 3.0])) ** 2 * np.array([1.0, 10.0]))


START = {"a": 4.0, "w": np.array([0.5, 0.5])}


@dataclass
class Point:
    x: float
    y: np.ndarray


def never(p):
    raise AssertionError("the function ran")


# ---- every method, against SciPy with derivatives written by hand ----------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_every_method_takes_the_steps_that_scipy_takes_with_gradients_by_hand(method):
    start, options = (np.array([2.0, 3.0, 7.0]), {}) if method == "dogleg" else (X, {})
    if method == "TNC":
        options = {"maxfun": 500}
    by_hand = {"jac": rosen_der}
    if method in ("Newton-CG", "trust-ncg", "trust-krylov"):
        by_hand["hessp"] = rosen_hess_prod
    if method in ("dogleg", "trust-exact", "trust-constr"):
        by_hand["hess"] = rosen_hess
    want = so.minimize(rosen, start, method=method, options=options, **by_hand)
    result = dr.minimize(rosenbrock, start, method=method, options=options)
    assert result.success == want.success and result.success
    np.testing.assert_allclose(result.x, np.ones(3), atol=2e-3 if method in ("TNC", "SLSQP") else 1e-4)
    np.testing.assert_allclose(result.x, want.x, atol=1e-3)
    assert abs(result.nfev - want.nfev) <= 0.2 * want.nfev
    assert result.counts.f == len(result.history.fun) and result.method == method


def test_the_methods_tested_are_all_that_take_a_gradient():
    assert {m.lower() for m in METHODS} == GRADIENTS


def test_the_methods_are_all_of_scipys():
    from scipy.optimize._minimize import MINIMIZE_METHODS

    from dualrev.optimize.methods import FREE, WITH_BOUNDS, WITH_CONSTRAINTS

    assert {m.lower() for m in MINIMIZE_METHODS} == GRADIENTS | FREE
    assert WITH_CONSTRAINTS < WITH_BOUNDS


@pytest.mark.parametrize("method", ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"])
def test_methods_without_derivatives_run_too(method):
    result = dr.minimize(bowl, START, method=method, options={"maxiter": 2000} if method == "COBYLA" else None)
    assert result.success, result.message
    np.testing.assert_allclose([result.params["a"], *result.params["w"]], [1.0, 2.0, 3.0], atol=2e-3)
    assert result.counts.reverse_sweeps <= 2  # the certificate's


def test_the_default_method_is_scipys():
    assert dr.minimize(bowl, START).method == "BFGS"
    assert dr.minimize(bowl, START, bounds={"a": (0, 9)}).method == "L-BFGS-B"
    equal = dr.constraint(lambda p: p["a"], 2.0, 2.0, like=START)
    assert dr.minimize(bowl, START, constraints=equal).method == "SLSQP"


def test_a_badly_scaled_problem_is_solved_with_second_derivatives():
    scale = np.array([1e3, 1.0, 1e-2])
    result = dr.minimize(lambda x: rosenbrock(x / scale), X * scale, method="trust-exact", options={"gtol": 1e-8})
    np.testing.assert_allclose(result.x / scale, 1.0, rtol=1e-6)


# ---- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "f", "found"),
    [
        ({"x": 0.0, "y": [0, 0]}, lambda p: (p["x"] - 1) ** 2 + np.sum((p["y"] - 2) ** 2), lambda p: (p["x"], p["y"])),
        (Point(0.0, np.zeros(2)), lambda p: (p.x - 1) ** 2 + np.sum((p.y - 2) ** 2), lambda p: (p.x, p.y)),
        ([0.0, np.zeros(2)], lambda p: (p[0] - 1) ** 2 + np.sum((p[1] - 2) ** 2), lambda p: (p[0], p[1])),
        ((0.0, [0.0, 0.0]), lambda p: (p[0] - 1) ** 2 + np.sum((p[1] - 2) ** 2), lambda p: (p[0], p[1])),
        ([0, 0, 0], lambda p: (p[0] - 1) ** 2 + np.sum((p[1:] - 2) ** 2), lambda p: (p[0], p[1:])),
    ],
    ids=["dict", "dataclass", "list", "tuple", "numbers"],
)  # fmt: skip
def test_parameters_come_back_in_their_structure(start, f, found):
    result = dr.minimize(f, start)
    x, y = found(result.params)
    assert x == pytest.approx(1.0, abs=1e-6) and isinstance(x, float)
    np.testing.assert_allclose(y, [2.0, 2.0], atol=1e-6)
    np.testing.assert_array_equal(result.x, [x, *y])


def test_matrices_keep_their_shape():
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    result = dr.minimize(lambda p: np.sum((p["W"] - A) ** 2), {"W": np.zeros((2, 2))})
    np.testing.assert_allclose(result.params["W"], A, atol=1e-6)


def test_bounds_by_name_hold():
    result = dr.minimize(bowl, START, bounds={"a": (2.0, None), "w[1]": (None, 2.5)})
    np.testing.assert_allclose([result.params["a"], *result.params["w"]], [2.0, 2.0, 2.5], atol=1e-6)
    assert result.success and result.certificate.at_bounds == ["a (lower)", "w[1] (upper)"]
    assert result.certificate.gradient_norm < 1e-5


def test_bounds_as_scipy_takes_them():
    for bounds in ([(2.0, 9.0), (None, None), (None, 2.5)], so.Bounds([2.0, -np.inf, -np.inf], [9.0, np.inf, 2.5])):
        result = dr.minimize(bowl, START, bounds=bounds)
        np.testing.assert_allclose(result.x, [2.0, 2.0, 2.5], atol=1e-6)


def test_fixed_parameters_do_not_move():
    result = dr.minimize(bowl, START, fixed=["a", "w[0]"])
    assert result.params["a"] == 4.0 and result.params["w"][0] == 0.5
    assert result.x.shape == (1,) and result.x[0] == pytest.approx(3.0, abs=1e-6)
    assert dr.minimize(bowl, START, fixed={"a": 7.0}).params["a"] == 7.0


def test_tied_parameters_follow():
    result = dr.minimize(bowl, START, tie={"a": lambda p: p["w"][0]})  # (v - 1)^2 + (v - 2)^2
    assert result.params["a"] == result.params["w"][0] == pytest.approx(1.5, abs=1e-6)


def test_transforms_keep_what_is_positive_positive():
    seen = []

    def loss(p):
        seen.append(float(dr.value(p["s"])))
        return p["s"] ** 2 - 2 * np.log(p["s"]) + (p["q"] - 0.9) ** 2  # least at s = 1

    for method in ("BFGS", "trust-exact"):
        result = dr.minimize(
            loss, {"s": 9.0, "q": 0.1}, bounds={"q": (0, 1)}, transform={"s": "log", "q": "logit"}, method=method
        )
        assert result.params["s"] == pytest.approx(1.0, abs=1e-5)
        assert result.params["q"] == pytest.approx(0.9, abs=1e-4)
    assert min(seen) > 0


def test_args_may_come_without_a_tuple():
    result = dr.minimize(lambda x, d: np.sum((x - d) ** 2), [0.0, 0.0], np.array([3.0, 4.0]))
    np.testing.assert_allclose(result.x, [3.0, 4.0], atol=1e-6)


# ---- on the way ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "TNC", "SLSQP", "Newton-CG", "trust-exact", "trust-constr"])
def test_a_callback_gets_the_parameters(method):
    seen = []
    result = dr.minimize(bowl, START, method=method, callback=lambda p: seen.append(p))
    assert len(seen) >= 2 and all(p.keys() == START.keys() and p["w"].shape == (2,) for p in seen)
    np.testing.assert_allclose(seen[-1]["w"], result.params["w"], atol=1e-4)
    assert seen[0]["w"] is not seen[-1]["w"]


@pytest.mark.parametrize("method", ["BFGS", "TNC", "trust-constr"])
def test_a_callback_may_ask_for_the_intermediate_result(method):
    seen = []

    def callback(intermediate_result):
        seen.append((intermediate_result.fun, intermediate_result.params, intermediate_result.x))

    dr.minimize(bowl, START, method=method, callback=callback)
    for fun, params, x in seen:
        assert fun == pytest.approx(bowl(params), rel=1e-12, abs=1e-15)
        np.testing.assert_array_equal(x, [params["a"], *params["w"]])


@pytest.mark.parametrize("method", ["BFGS", "SLSQP", "TNC", "trust-constr", "Newton-CG", "trust-ncg"])
def test_stop_iteration_ends_the_run(method):
    seen = []

    def callback(p):
        seen.append(p)
        if len(seen) == 3:
            raise StopIteration

    result = dr.minimize(lambda p: rosenbrock(p["x"]), {"x": X}, method=method, callback=callback)
    assert len(seen) == 3 and not result.success
    np.testing.assert_array_equal(result.x, seen[-1]["x"])
    assert result.fun == pytest.approx(rosen(result.x), rel=1e-13)


def test_the_history_has_every_evaluation():
    values = []

    def loss(x):
        made = rosenbrock(x)
        values.append(float(dr.value(made)))
        return made

    result = dr.minimize(loss, X, check=False)
    assert result.history.fun == values[: len(result.history)]
    assert len(result.history) == result.nfev
    np.testing.assert_allclose(result.history.gradient_norm[0], np.linalg.norm(rosen_der(X)), rtol=1e-14)


def test_the_checks_are_few_runs():
    runs = []

    def loss(x):
        runs.append(0)
        return rosenbrock(x)

    dr.minimize(loss, X, check=False)
    without = len(runs)
    dr.minimize(loss, X)
    assert len(runs) - 2 * without <= 3


def test_progress_is_shown_on_standard_error(capsys):
    dr.minimize(bowl, START, progress=True)
    assert "BFGS" in capsys.readouterr().err
    dr.minimize(bowl, START)
    dr.minimize(bowl, START, progress=None)
    assert capsys.readouterr().err == ""


# ---- derivatives of the user's own -----------------------------------------------------------------------------------


def test_a_right_gradient_is_used_and_f_is_run_untraced():
    types = []

    def loss(x):
        types.append(type(x))
        return rosen(x)

    result = dr.minimize(loss, X, jac=rosen_der, check=False)
    want = so.minimize(rosen, X, jac=rosen_der)
    np.testing.assert_array_equal(result.x, want.x)
    assert result.success and result.nfev == want.nfev and types[0] is np.ndarray


def test_value_and_gradient_from_one_function():
    result = dr.minimize(lambda x: (rosen(x), rosen_der(x)), X, jac=True)
    np.testing.assert_array_equal(result.x, so.minimize(rosen, X, jac=rosen_der).x)


def test_a_gradient_in_the_structure_of_the_parameters():
    def gradient(p):
        return {"w": 2 * (p["w"] - np.array([2.0, 3.0])) * np.array([1.0, 10.0]), "a": 2 * (p["a"] - 1)}

    result = dr.minimize(bowl, START, jac=gradient)
    np.testing.assert_allclose([result.params["a"], *result.params["w"]], [1.0, 2.0, 3.0], atol=1e-6)


def test_second_derivatives_of_the_users_own():
    for method, second in (("trust-exact", {"hess": rosen_hess}), ("Newton-CG", {"hessp": rosen_hess_prod})):
        result = dr.minimize(rosenbrock, X, method=method, **second)
        assert result.success and result.counts.hessian_products == 0
        np.testing.assert_allclose(result.x, 1.0, atol=1e-4)
    quasi = dr.minimize(rosenbrock, X, method="trust-constr", hess=so.BFGS())
    np.testing.assert_allclose(quasi.x, 1.0, atol=1e-4)


# ---- success only where it is one ------------------------------------------------------------------------------------


def test_a_saddle_point_is_no_minimum():
    result = dr.minimize(lambda p: p["x"] ** 2 - p["y"] ** 2 + p["y"] ** 4, {"x": 0.0, "y": 0.0})
    assert not result.success and "the function falls along y" in result.message


def test_too_few_iterations_are_no_success():
    result = dr.minimize(rosenbrock, X, options={"maxiter": 3})
    assert not result.success and result.nit == 3


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_becomes_nan_on_the_way_is_told():
    f = lambda p: np.sqrt(p["a"]) - 3 * p["b"]  # falls without end towards the edge of its domain
    result = dr.minimize(f, {"a": 0.5, "b": 0.0}, method="BFGS")
    assert not result.success
    message = r"<lambda> was not finite on the way; first non-finite op: sqrt, test_minimizing\.py:\d+, input -"
    assert re.search(message, result.message), result.message


def test_an_unbounded_loss_is_no_success():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = dr.minimize(lambda p: -np.exp(p["a"]), {"a": 1.0}, options={"maxiter": 50})
    assert not result.success


def test_trust_constr_says_that_its_barrier_still_stands():
    """Problem 14 of Hock & Schittkowski; SciPy's own gtol ends it with a barrier parameter of 0.02."""
    f = lambda x: (x[0] - 2) ** 2 + (x[1] - 1) ** 2
    cons = [
        so.NonlinearConstraint(lambda x: x[0] - 2 * x[1] + 1, 0.0, 0.0),
        so.NonlinearConstraint(lambda x: 1 - x[0] ** 2 / 4 - x[1] ** 2, 0.0, np.inf),
    ]
    best = 9 - 2.875 * np.sqrt(7)
    early = dr.minimize(f, [2.0, 2.0], constraints=cons, method="trust-constr", options={"gtol": 1e-2})
    assert early.barrier_parameter > 1e-6 and abs(early.fun - best) > 1e-5
    assert f"barrier parameter is still {early.barrier_parameter:.0e}" in early.message
    result = dr.minimize(f, [2.0, 2.0], constraints=cons, method="trust-constr")
    assert result.success and "barrier" not in result.message
    assert result.fun == pytest.approx(best, rel=1e-7)


# ---- refused before anything runs ------------------------------------------------------------------------------------

REFUSED = [
    (lambda: dr.minimize(never, {"a": np.nan}), "the start of a is nan"),
    (lambda: dr.minimize(never, {"a": [1.0, np.inf]}), r"the start of a\[1\] is inf"),
    (lambda: dr.minimize(never, {"a": np.array([None])}), "the parameter a has dtype object"),
    (lambda: dr.minimize(never, {"a": 1 + 2j}), "the parameter a has dtype complex128"),
    (lambda: dr.minimize(never, {"a": True}), "the parameter a has dtype bool"),
    (lambda: dr.minimize(never, {}), "no numbers among the parameters"),
    (lambda: dr.minimize(never, START, bounds={"b": (0, 1)}), "'b', and there is no such parameter: there are a, w"),
    (lambda: dr.minimize(never, START, bounds={"a": (0, 1)}), r"start of a is 4\.0, outside its bounds 0\.0 and 1\.0"),
    (lambda: dr.minimize(never, START, bounds=[(0, 9)]), "there are 1 bounds for 3 parameters"),
    (lambda: dr.minimize(never, START, bounds={"a": (np.nan, 5)}), "the bounds of a are nan"),
    (lambda: dr.minimize(never, START, fixed=["b"]), "fixed names 'b'"),
    (lambda: dr.minimize(never, START, tie={"b": lambda p: 1.0}), "tie names 'b'"),
    (lambda: dr.minimize(never, START, tie={"a": 2.0}), r"tie\['a'\] is a float: give a function"),
    (lambda: dr.minimize(never, START, transform={"b": "log"}), "transform names 'b'"),
    (lambda: dr.minimize(never, START, transform={"a": "positive"}), r"transform\['a'\]='positive': write 'log'"),
    (lambda: dr.minimize(never, START, method="newton"), "method='newton': write one of SciPy's methods"),
    (lambda: dr.minimize(never, START, method=len), "method=<built-in function len>: write one of"),
    (lambda: dr.minimize(never, START, method="BFGS", bounds={"a": (0, 9)}), "method='BFGS' takes no bounds"),
    (lambda: dr.minimize(never, START, method="BFGS", constraints=[never]), "takes no constraints"),
    (lambda: dr.minimize(never, START, jac="2-point"), "jac='2-point': leave it out for the exact gradient"),
    (lambda: dr.minimize(never, START, method="Powell", jac=never), "jac is given, and method='Powell' does not"),
    (lambda: dr.minimize(never, START, hess=never), "hess is given, and method='BFGS' does not use it"),
    (lambda: dr.minimize(never, START, method="trust-exact", hessp=never), "hessp is given, and method='trust-e"),
    (lambda: dr.minimize(never, START, method="trust-ncg", hess=never, hessp=never), "hess and hessp are both given"),
    (lambda: dr.minimize(never, START, method="trust-ncg", hess="cs"), "hess='cs': leave it out"),
    (lambda: dr.minimize(never, START, jac=never, fixed=["a"]), "jac goes with free parameters as they are"),
    (lambda: dr.minimize(never, START, callback=3), "callback=3: give a function"),
    (lambda: dr.minimize(never, START, options=[1]), "options is a list: give a dict"),
    (lambda: dr.minimize(never, START, constraints=[never]), "a constraint is a function: use dr.constraint"),
    (lambda: dr.minimize(never, START, constraints={"type": "le", "fun": never}), "write {'type': 'eq' or 'ineq'"),
    (lambda: dr.minimize("f", START), "a function is needed, and this is a str"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_what_does_not_fit_is_refused_and_nothing_runs(call, message):
    with pytest.raises(InputError, match=message):
        call()


AT_THE_START = [
    (lambda p: np.log(p["a"] - 5), r"is nan at the start: start where it is finite; first.*: log, .*input -1"),
    (lambda p: p["w"], r"returned an array of shape \(2,\), and a loss is one number"),
    (lambda p: p["b"], "'b'"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "message"), AT_THE_START, ids=["nan", "vector", "unknown key"])
def test_a_loss_that_is_no_number_at_the_start(f, message):
    with np.errstate(all="ignore"), pytest.raises((InputError, KeyError), match=message):
        dr.minimize(f, START)


def test_a_gradient_that_is_nan_at_the_start_names_the_parameter():
    with (
        np.errstate(all="ignore"),
        pytest.raises(NonFiniteError, match=r"gradient of w\[1\] is inf; first.*sqrt.*input 0"),
    ):
        dr.minimize(lambda p: np.sum(np.sqrt(p["w"])), {"w": [1.0, 0.0]})


def test_data_that_are_nan_are_found_at_the_start():
    data = np.array([1.0, np.nan])
    with pytest.raises(InputError, match="is nan at the start"):
        dr.minimize(lambda x: np.sum((x - data) ** 2), [0.0, 0.0])


def test_an_unknown_option_is_scipys_to_tell():
    with pytest.warns(so.OptimizeWarning, match="Unknown solver options: maxitre"):
        dr.minimize(bowl, START, options={"maxitre": 3})
