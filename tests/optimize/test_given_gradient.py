"""Derivatives that are wrong: dr.minimize refuses them or reports them, and never returns success in silence."""

import numpy as np
import pytest
import scipy.optimize as so
from scipy.optimize import rosen, rosen_der, rosen_hess

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError, WrongDerivativeError
from dualrev.optimize.agreement import disagreement
from dualrev.optimize.given_gradient import GivenGradient
from dualrev.optimize.objectives import Objective
from dualrev.optimize.parameters import Parameters

X = np.array([-1.2, 1.0, 0.5])
METHODS = ["BFGS", "L-BFGS-B", "SLSQP", "trust-constr", "CG", "TNC", "Newton-CG", "trust-krylov"]


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def changed(change):
    def gradient(x):
        return change(rosen_der(x), x)

    return gradient


def component(g, k, value):
    g[k] = value
    return g


WRONG = {
    "first component zeroed": changed(lambda g, x: component(g, 0, 0.0)),
    "sign": changed(lambda g, x: -g),
    "twice": changed(lambda g, x: 2 * g),
    "one per cent": changed(lambda g, x: 1.01 * g),
    "one component of two per mille": changed(lambda g, x: component(g, 1, 1.002 * g[1])),
    "two swapped": changed(lambda g, x: g[[1, 0, 2]]),
    "reversed": changed(lambda g, x: g[::-1]),
    "zero": changed(lambda g, x: 0 * g),
    "a constant added": changed(lambda g, x: g + 1.0),
    "of another point": changed(lambda g, x: rosen_der(x + 0.1)),
    "a missing term": changed(lambda g, x: g - np.array([2 * (x[0] - 1), 0.0, 0.0])),
}


HARMLESS = ("twice", "one per cent", "one component of two per mille")  # the optimum is where it was


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_gradient_is_refused_at_the_start(wrong):
    message = r"the gradient of jac is wrong at the start in x\[\d\]: it says .*, the exact derivative is .*"
    with pytest.raises(WrongDerivativeError, match=message) as error:
        dr.minimize(rosenbrock, X, jac=WRONG[wrong])
    k = int(str(error.value).split("x[")[1][0])
    assert f"the exact derivative is {rosen_der(X)[k]:.6g}" in str(error.value)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("wrong", [w for w in WRONG if w not in HARMLESS])
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning", "ignore::scipy.optimize.OptimizeWarning")
def test_unchecked_it_never_succeeds_at_a_wrong_point(wrong, method):
    result = dr.minimize(rosenbrock, X, jac=WRONG[wrong], method=method, check=False, options={"maxiter": 60})
    if result.success:
        assert np.abs(rosen_der(result.x)).max() < 1e-2 and rosen(result.x) < 1e-3


def test_without_a_trace_differences_say_so():
    """A function that dualrev cannot differentiate: the gradient is held against differences of its values."""

    def opaque(x):
        return float(rosen(np.asarray(x, float)))

    with pytest.raises(WrongDerivativeError, match="the derivative of opaque is wrong at the start"):
        dr.minimize(opaque, X, jac=WRONG["twice"])
    right = dr.minimize(opaque, X, jac=rosen_der)
    assert right.success and rosen(right.x) < 1e-8
    unchecked = dr.minimize(opaque, X, jac=WRONG["first component zeroed"], check=False)
    assert not unchecked.success and "central differences there do not agree with the gradient" in unchecked.message


SHAPES = {
    "(1,)": (lambda x: np.array([1.0]), r"the gradient that jac gave of x has shape \(1,\), in place of \(3,\)"),
    "(n, 1)": (lambda x: rosen_der(x)[:, None], r"has shape \(3, 1\), in place of \(3,\)"),
    "a number": (lambda x: 1.0, r"has shape \(\), in place of \(3,\)"),
    "none": (lambda x: None, "gradient"),
    "complex": (lambda x: rosen_der(x) + 0j, "gradient"),
    "objects": (lambda x: np.array([None, None, None]), "gradient"),
}


@pytest.mark.parametrize("given", SHAPES)
@pytest.mark.parametrize("method", ["L-BFGS-B", "CG", "trust-krylov"])
def test_a_gradient_of_the_wrong_shape_or_kind_is_refused(given, method):
    jac, message = SHAPES[given]
    with pytest.raises(InputError, match=message):
        dr.minimize(rosenbrock, X, jac=jac, method=method, check=False)


def test_a_gradient_of_another_structure_is_refused():
    f = lambda p: p["a"] ** 2 + np.sum(p["w"] ** 2)
    start = {"a": 1.0, "w": np.ones(2)}
    for jac in (
        lambda p: {"a": 2 * p["a"]},
        lambda p: {"a": 2 * p["a"], "w": 2 * p["w"], "b": 0.0},
        lambda p: np.array([2 * p["a"], *(2 * p["w"])]),
        lambda p: {"a": 2 * p["a"], "w": np.ones((2, 2))},
    ):
        with pytest.raises(InputError, match="gradient"):
            dr.minimize(f, start, jac=jac)


@pytest.mark.parametrize("method", ["Newton-CG", "BFGS", "L-BFGS-B", "trust-constr"])
def test_a_buffer_that_is_used_again_does_no_harm(method):
    buffer = np.empty(3)

    def gradient(x):
        buffer[:] = rosen_der(x)
        return buffer

    want = dr.minimize(rosenbrock, X, method=method, jac=rosen_der)
    result = dr.minimize(rosenbrock, X, method=method, jac=gradient)
    np.testing.assert_array_equal(result.x, want.x)
    assert result.success


def test_functions_that_overwrite_their_argument_do_no_harm():
    def value(x):
        made = rosen(x)
        x[:] = 0.0
        return made

    def gradient(x):
        made = rosen_der(x)
        x *= 2
        return made

    result = dr.minimize(value, X, jac=gradient, check=False)
    np.testing.assert_array_equal(result.x, so.minimize(rosen, X, jac=rosen_der).x)
    np.testing.assert_array_equal(X, [-1.2, 1.0, 0.5])


def test_float32_is_used_and_what_it_costs_is_no_silent_success():
    single = lambda x: rosen_der(x.astype(np.float32)).astype(np.float32)
    result = dr.minimize(rosenbrock, X, jac=single)
    assert result.x.dtype == np.float64
    if result.success:
        np.testing.assert_allclose(result.x, 1.0, atol=1e-3)


def test_a_loss_in_float32_is_no_silent_success():
    target = np.array([1.0, 2.0], np.float32)
    result = dr.minimize(lambda x: np.sum((x.astype(np.float32) - target) ** 2), [0.0, 0.0])
    if result.success:
        np.testing.assert_allclose(result.x, target, atol=1e-3)


def test_a_gradient_that_is_nan_is_refused():
    for jac in (lambda x: np.full(3, np.nan), lambda x: component(rosen_der(x), 1, np.inf)):
        with pytest.raises(NonFiniteError, match=r"gradient of x\[\d\].* is (nan|inf)"):
            dr.minimize(rosenbrock, X, jac=jac)


def test_a_gradient_that_becomes_nan_keeps_the_best_point():
    calls = []

    def gradient(x):
        calls.append(0)
        return rosen_der(x) * (np.nan if len(calls) > 8 else 1.0)

    result = dr.minimize(rosenbrock, X, jac=gradient)
    assert not result.success and isinstance(result.exception, NonFiniteError)
    assert "gradient of x[0] (and of 2 more) is nan" in result.message
    assert result.fun == pytest.approx(rosen(result.x), rel=1e-13) and result.fun < rosen(X)


def test_a_gradient_that_is_wrong_only_later_is_told():
    gradient = changed(lambda g, x: component(g, 0, 0.0) if x[0] > -1.0 else g)
    result = dr.minimize(rosenbrock, X, jac=gradient)
    assert not result.success
    assert "the gradient of jac is wrong there in x[0]" in result.message or "precision" in result.message


def test_jac_true_must_return_a_pair():
    with pytest.raises(InputError, match=r"jac=True, and rosenbrock did not return a pair \(value, gradient\)"):
        dr.minimize(rosenbrock, X, jac=True)
    with pytest.raises(WrongDerivativeError, match=r"x\[0\]"):
        dr.minimize(lambda x: (rosenbrock(x), component(rosen_der(dr.value(x)), 0, 0.0)), X, jac=True)


def test_a_loss_that_is_no_number_is_refused_with_a_gradient_too():
    with pytest.raises(InputError, match=r"returned an array of shape \(3,\), and a loss is one number"):
        dr.minimize(lambda x: x, X, jac=rosen_der)
    with pytest.raises(InputError, match="complex"):
        dr.minimize(lambda x: rosen(x) + 1j, X, jac=rosen_der)


@pytest.mark.parametrize("bad", ["hess", "hessp"])
def test_a_wrong_hessian_may_cost_steps_and_not_the_answer(bad):
    given = {"hess": lambda x: -rosen_hess(x)} if bad == "hess" else {"hessp": lambda x, p: 0.5 * rosen_hess(x) @ p}
    result = dr.minimize(rosenbrock, X, method="trust-ncg", options={"maxiter": 300}, **given)
    if result.success:
        np.testing.assert_allclose(result.x, 1.0, atol=1e-2)


def test_a_rule_of_ones_own_that_is_wrong_is_refused():
    for slope in (lambda y, x: 2 * x**2, lambda y, x: -3 * x**2, lambda y, x: 3.03 * x**2, lambda y, x: 0 * x):
        cube = dr.custom.elementwise(lambda x: x**3, slope)
        with pytest.raises(WrongDerivativeError, match="the derivative of loss is wrong at the start"):

            def loss(x, cube=cube):
                return np.sum((cube(x) - 1) ** 2)

            dr.minimize(loss, X)


def test_a_rule_that_is_wrong_only_elsewhere_is_told_at_the_end():
    def slope(y, x):
        return np.where(x < -0.5, 2 * x, 1.5 * x)  # right to the left of -1/2 only

    square = dr.custom.elementwise(lambda x: x**2, slope)
    result = dr.minimize(lambda p: square(p["a"]) + 2 * p["a"] + np.exp(-3 * p["a"]), {"a": -1.0})
    assert not result.success and "entral differences there do not agree with the gradient" in result.message


def test_a_success_that_rests_on_a_wrong_rule_is_none():
    """With slope 1.5 x in place of 2 x the gradient of x^2 - 2 x seems to be 0 at 4/3."""
    square = dr.custom.elementwise(lambda x: x**2, lambda y, x: 1.5 * x)
    obj = Objective(lambda p: square(p["a"]) - 2 * p["a"], Parameters({"a": 1.0}))
    obj(obj.x0)
    x = np.array([4 / 3])
    assert np.abs(obj.grad(x)).max() < 1e-15
    said = disagreement(obj, x, [], True)
    assert said.startswith("central differences there do not agree with the gradient, ")
    right = Objective(lambda p: p["a"] ** 2 - 2 * p["a"], Parameters({"a": 3.0}))
    right(right.x0)
    assert disagreement(right, np.array([1.0]), [], True) == ""
    assert "a step against it leads from -0.75 to -" in disagreement(right, np.array([1.5]), [], True)


def test_the_exact_gradient_is_there_beside_the_one_given():
    obj = GivenGradient(rosenbrock, Parameters(X), (), lambda x: 2 * rosen_der(x))
    np.testing.assert_allclose(obj.grad(X), 2 * rosen_der(X), rtol=1e-15)
    np.testing.assert_allclose(obj.exact_or_none(X), rosen_der(X), rtol=1e-14)
    np.testing.assert_allclose(obj.hess(X), rosen_hess(X), rtol=1e-13)
    assert GivenGradient(lambda x: float(x[0]), Parameters(X), (), rosen_der).exact_or_none(X) is None
