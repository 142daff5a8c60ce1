"""What fitting promises as a whole: every method of SciPy, the known optima, and no success with a wrong gradient."""

import numpy as np
import pytest
import scipy.optimize as so
from scipy.integrate import solve_bvp, solve_ivp
from scipy.optimize import rosen, rosen_der, rosen_hess

import dualrev as dr
from benchmarks.problems import hock_schittkowski, more_garbow_hillstrom
from dualrev.errors import InputError, NonFiniteError, WrongDerivativeError

X0 = np.array([-1.2, 1.0, 0.5])
GRADIENT = "CG BFGS L-BFGS-B TNC SLSQP Newton-CG trust-ncg trust-krylov trust-exact trust-constr dogleg".split()


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


# ---- plain SciPy -----------------------------------------------------------------------------------------------------


def test_an_objective_is_rosenbrocks_to_the_second_order():
    obj = dr.objective(rosenbrock, X0)
    f, g = obj(X0)
    assert f == rosen(X0)
    np.testing.assert_allclose(g, rosen_der(X0), rtol=1e-14)
    np.testing.assert_allclose(obj.hess(X0), rosen_hess(X0), rtol=1e-13)
    p = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(obj.hessp(X0, p), rosen_hess(X0) @ p, rtol=1e-13)
    np.testing.assert_allclose(obj.hess_op(X0) @ p, rosen_hess(X0) @ p, rtol=1e-13)
    assert g.dtype == np.float64 and g.flags.c_contiguous and g.flags.owndata and not np.shares_memory(g, obj.grad(X0))


def test_one_evaluation_is_shared_at_a_point():
    calls = []
    obj = dr.objective(lambda x: calls.append(0) or np.sum(x**4), np.ones(3))
    obj.fun(X0), obj.grad(X0), obj(X0)
    assert len(calls) == obj.counts.f == 1 and obj.counts.reverse_sweeps == 1 and obj.counts.cache_hits >= 2
    obj.hessp(X0, np.ones(3)), obj.hessp(X0, X0)
    assert len(calls) == 1 and obj.counts.hessian_products == 2
    obj.fun(X0 + 1)
    assert len(calls) == obj.counts.f == 2


@pytest.mark.parametrize("method", GRADIENT)
def test_every_gradient_method_runs(method):
    options = {"maxfun": 500} if method == "TNC" else None
    result = dr.minimize(lambda p: rosenbrock(p["x"]), {"x": X0}, method=method, options=options)
    assert result.success, result.message
    np.testing.assert_allclose(result.params["x"], np.ones(3), atol=2e-3)
    assert result.fun == rosen(result.x) and 0 < len(result.history) <= result.counts.f


def test_residuals_in_every_mode_are_those_of_least_squares():
    t = np.linspace(0, 1, 30)
    y = 3 * np.exp(-2 * t)
    for mode in ("auto", "forward", "reverse", "mixed"):
        res = dr.residuals(lambda p: p["a"] * np.exp(-p["b"] * t) - y, {"a": 1.0, "b": 1.0}, mode=mode)
        fit = so.least_squares(res.fun, res.x0, res.jac)
        np.testing.assert_allclose(fit.x, [3.0, 2.0], rtol=1e-7)
        J = np.stack([np.exp(-1.0 * t), -1.0 * t * np.exp(-1.0 * t)], axis=1)
        np.testing.assert_allclose(res.jac(res.x0), J, rtol=1e-14, atol=1e-16)
    op = so.least_squares(res.fun, res.x0, res.jac_op, tr_solver="lsmr")
    np.testing.assert_allclose(op.x, [3.0, 2.0], rtol=1e-6)


def test_hooks_for_roots_and_differential_equations():
    eqs = dr.root_functions(lambda x: np.stack([x[0] ** 2 - 4, x[0] * x[1] - 6]), [1.0, 1.0])
    np.testing.assert_allclose(so.root(eqs, eqs.x0, jac=True).x, [2.0, 3.0], rtol=1e-9)
    halley = so.root_scalar(dr.scalar3(lambda x: x**3 - 8), x0=1.0, fprime=True, fprime2=True, method="halley")
    assert halley.root == pytest.approx(2.0, rel=1e-12)
    stiff = lambda t, y, k: np.stack([-k * y[0], k * y[0] - y[1]])
    jac = dr.ode_jacobian(stiff)
    np.testing.assert_array_equal(jac(0.0, np.array([1.0, 2.0]), 50.0), [[-50.0, 0.0], [50.0, -1.0]])
    for method in ("Radau", "BDF", "LSODA"):
        run = solve_ivp(stiff, (0, 1), [1.0, 0.0], method=method, jac=jac, args=(50.0,), rtol=1e-8, atol=1e-10)
        assert run.success
        np.testing.assert_allclose(run.y[1, -1], 50 / 49 * (np.exp(-1.0) - np.exp(-50.0)), rtol=1e-5)
    fun = lambda x, y, p: np.stack([y[1], -(p[0] ** 2) * y[0]])
    bc = lambda a, b, p: np.stack([a[0], b[0], a[1] - p[0]])
    jacs = dr.bvp_jacobians(fun, bc)
    x = np.linspace(0, 1, 5)
    found = solve_bvp(
        fun, bc, x, np.stack([np.sin(3 * x), np.cos(3 * x)]), p=[3.0], fun_jac=jacs.fun_jac, bc_jac=jacs.bc_jac
    )
    assert found.p[0] == pytest.approx(np.pi, rel=1e-4)


# ---- the known optima ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", hock_schittkowski.METHODS)
@pytest.mark.parametrize("problem", hock_schittkowski.PROBLEMS, ids=lambda p: p.name)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_hock_and_schittkowski(problem, method):
    result = hock_schittkowski.solved(dr.minimize, problem, method)[0]
    assert abs(result.fun - problem.best) <= 2e-7 * max(abs(problem.best), 1.0)
    assert problem.violation(result.x) <= 1e-6  # SLSQP's own tolerance


@pytest.mark.parametrize("name", more_garbow_hillstrom.PROBLEMS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_more_garbow_and_hillstrom(name):
    problem = more_garbow_hillstrom.PROBLEMS[name]
    squares = more_garbow_hillstrom.by_dualrev(problem)[0]
    assert more_garbow_hillstrom.reached(problem, squares) is not None


# ---- a wrong gradient never succeeds in silence ----------------------------------------------------------------------


def zeroed(x):
    g = rosen_der(x)
    g[0] = 0.0
    return g


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "SLSQP", "trust-constr"])
def test_a_component_that_is_zeroed(method):
    with pytest.raises(WrongDerivativeError, match=r"x\[0\]"):
        dr.minimize(rosenbrock, X0, method=method, jac=zeroed)
    result = dr.minimize(rosenbrock, X0, method=method, jac=zeroed, check=False)
    assert not result.success and "exact gradient" in result.message


@pytest.mark.parametrize("method", ["L-BFGS-B", "CG", "trust-krylov"])
def test_a_gradient_of_the_wrong_shape(method):
    with pytest.raises(InputError, match="shape"):
        dr.minimize(rosenbrock, X0, method=method, jac=lambda x: np.array([1.0]))


def test_a_buffer_used_again_does_no_harm():
    buffer = np.empty(3)

    def gradient(x):
        buffer[:] = rosen_der(x)
        return buffer

    result = dr.minimize(rosenbrock, X0, method="Newton-CG", jac=gradient)
    assert result.success
    np.testing.assert_allclose(result.x, np.ones(3), atol=1e-5)


def test_a_column_of_curve_fit_with_a_factor_forgotten():
    t = np.linspace(0, 1, 20)
    f = lambda t, a, b: a * np.exp(-b * t)
    wrong = lambda t, a, b: np.stack([np.exp(-b * t), -t * np.exp(-b * t)], axis=1)
    with pytest.raises(WrongDerivativeError):
        dr.curve_fit(f, t, 3 * np.exp(-2 * t), p0=[2.0, 1.0], jac=wrong)


@pytest.mark.parametrize("broken", ["forward and reverse", "value"])
def test_a_broken_rule_of_ones_own_stops_a_fit(broken):
    cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)  # 3, not 2
    with pytest.raises(WrongDerivativeError, match="derivative"):
        if broken == "value":
            dr.fit(lambda x, a: cube(a * x), np.array([1.0, 2.0]), np.array([2.0, 9.0]), a=1.5)
        else:
            dr.minimize(lambda p: np.sum(cube(p) ** 2), np.array([1.0, 2.0]))


def test_an_exception_keeps_the_best_point():
    calls = []

    def f(x):
        calls.append(0)
        if len(calls) > 12:
            raise RuntimeError("the licence server is gone")
        return rosenbrock(x)

    result = dr.minimize(f, X0, method="BFGS")
    assert not result.success and "the licence server is gone" in result.message
    assert result.fun == rosen(result.x) < rosen(X0)


def test_ctrl_c_keeps_the_best_point():
    calls = []

    def f(x):
        calls.append(0)
        if len(calls) > 12:
            raise KeyboardInterrupt
        return rosenbrock(x)

    result = dr.minimize(f, X0)
    assert not result.success and result.fun < rosen(X0)


def test_a_derivative_that_is_not_finite_names_the_parameter_and_the_line():
    obj = dr.objective(lambda p: np.sum(np.sqrt(p["w"])), {"w": [1.0, 0.0]})
    with (
        np.errstate(all="ignore"),
        pytest.raises(NonFiniteError, match=r"w\[1\].*sqrt, test_must_show\.py:\d+, input 0"),
    ):
        obj.grad(obj.x0)


def test_what_is_undetermined_is_named():
    result = dr.minimize(lambda p: (p["a"] + p["b"] - 1) ** 2, {"a": 3.0, "b": 2.0})
    assert any("0.71 a - 0.71 b is undetermined" in said for said in result.certificate.undetermined)
