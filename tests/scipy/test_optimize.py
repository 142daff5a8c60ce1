"""dualrev.scipy.optimize: SciPy's values to the last bit, derivatives against closed forms."""

import inspect

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint

import dualrev as dr
from dualrev.scipy import optimize
from tests.solving.closed_forms import assert_derivatives, assert_value

# ---- one equation ----------------------------------------------------------------------------------------------------

SQUARE_ROOTS = {
    "brentq": lambda m, a: m.brentq(lambda x: x * x - a, 0.0, 9.0),
    "brenth": lambda m, a: m.brenth(lambda x: x * x - a, 0.0, 9.0),
    "ridder": lambda m, a: m.ridder(lambda x: x * x - a, 0.0, 9.0),
    "bisect": lambda m, a: m.bisect(lambda x: x * x - a, 0.0, 9.0),
    "toms748": lambda m, a: m.toms748(lambda x: x * x - a, 0.0, 9.0),
    "brentq with args": lambda m, a: m.brentq(lambda x, a: x * x - a, 0.0, 9.0, args=(a,)),
    "brentq with one argument": lambda m, a: m.brentq(lambda x, a: x * x - a, 0.0, 9.0, a),
    "brentq, a traced bracket": lambda m, a: m.brentq(lambda x: x * x - a, 0 * a, a + 5.0),
    "brentq with its report": lambda m, a: m.brentq(lambda x: x * x - a, 0.0, 9.0, full_output=True)[0],
    "brentq, its report": lambda m, a: m.brentq(lambda x: x * x - a, 0.0, 9.0, full_output=True)[1].root,
    "newton, its report": lambda m, a: m.newton(lambda x: x * x - a, 1.0, full_output=True)[1].root,
    "newton": lambda m, a: m.newton(lambda x: x * x - a, 1.0),
    "newton with a slope": lambda m, a: m.newton(lambda x: x * x - a, 1.0, lambda x: 2 * x),
    "newton from a traced start": lambda m, a: m.newton(lambda x: x * x - a, a),
    "halley": lambda m, a: m.newton(lambda x: x * x - a, 1.0, lambda x: 2 * x, fprime2=lambda x: 2.0),
    "root_scalar": lambda m, a: m.root_scalar(lambda x: x * x - a, bracket=(0.0, 9.0)).root,
    "root_scalar, newton": lambda m, a: m.root_scalar(lambda x: (x * x - a, 2 * x), x0=1.0, fprime=True).root,
    "fsolve": lambda m, a: m.fsolve(lambda x: x * x - a, 1.0)[0],
    "root": lambda m, a: m.root(lambda x: x * x - a, 1.0).x[0],
    "root, with its Jacobian": lambda m, a: m.root(lambda x: (x * x - a, 2 * x), 1.0, jac=True).x[0],
    "root, krylov": lambda m, a: m.root(lambda x: x * x - a, [1.0], method="krylov").x[0],
    "fixed_point": lambda m, a: m.fixed_point(lambda x: (x + a / x) / 2, 1.0),
}


@pytest.mark.parametrize("f", SQUARE_ROOTS.values(), ids=SQUARE_ROOTS)
def test_square_roots(f):
    mine, theirs = (lambda a, m=m: f(m, a) for m in (optimize, scipy.optimize))
    assert_derivatives(mine, np.sqrt, 4.0, 1e-12)
    assert_value(mine, theirs, 4.0)


def test_the_kepler_equation():
    """E - e sin E = M: dE/dM = 1 / (1 - e cos E), dE/de = sin E / (1 - e cos E)."""
    kepler = lambda p: optimize.brentq(lambda E: E - p[0] * np.sin(E) - p[1], 0.0, np.pi)
    p = np.array([0.3, 1.2])
    E = kepler(p)
    c = 1 - p[0] * np.cos(E)
    np.testing.assert_allclose(dr.grad(kepler)(p), [np.sin(E) / c, 1 / c], rtol=1e-11)
    assert dr.hessian(kepler)(p)[1, 1] == pytest.approx(-p[0] * np.sin(E) / c**3, rel=1e-10)


def test_a_vector_of_roots():
    a = np.array([1.0, 4.0, 9.0])
    assert_derivatives(lambda a: optimize.newton(lambda x: x**2 - a, np.ones(3)), np.sqrt, a, 1e-10)
    root, converged, _ = dr.jvp(
        lambda a: optimize.newton(lambda x: x**2 - a, np.ones(3), full_output=True), (a,), (a,)
    )[0]
    assert converged.all() and root == pytest.approx([1.0, 2.0, 3.0])


SYSTEMS = {
    "root": lambda m, a: m.root(equations, [1.0, 1.0], args=(a,)).x,
    "root, lm": lambda m, a: m.root(equations, [1.0, 1.0], args=(a,), method="lm").x,
    "fsolve": lambda m, a: m.fsolve(equations, [1.0, 1.0], args=(a,)),
    "fsolve with its report": lambda m, a: m.fsolve(equations, [1.0, 1.0], args=(a,), full_output=True)[0],
    "fsolve with a Jacobian": lambda m, a: m.fsolve(
        equations, [1.0, 1.0], (a,), lambda x, a: [[2 * x[0], 0], [x[1], x[0]]]
    ),
}


def slopes(x, a):
    return [[2 * x[0], 0], [x[1], x[0]]]


def equations(x, a):
    return [x[0] ** 2 - a[0], x[1] * x[0] - a[1]]


@pytest.mark.parametrize("f", SYSTEMS.values(), ids=SYSTEMS)
def test_systems(f):
    mine, theirs = (lambda a, m=m: f(m, a) for m in (optimize, scipy.optimize))
    a = np.array([4.0, 3.0])
    assert_derivatives(mine, lambda a: np.stack([np.sqrt(a[0]), a[1] / np.sqrt(a[0])]), a, 1e-11)
    assert_value(mine, theirs, a)


# ---- minima ----------------------------------------------------------------------------------------------------------

rng = np.random.default_rng(1)
X, T = rng.normal(size=(12, 3)), rng.normal(size=12)


def ridge(lam):
    return np.linalg.solve(X.T @ X + lam * np.eye(3), X.T @ T)


def cost(w, lam):
    return np.sum((X @ w - T) ** 2) + lam * np.sum(w**2)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "Nelder-Mead", "CG", "SLSQP", "Powell", "TNC"])
def test_ridge_by_every_method(method):
    mine = lambda lam: optimize.minimize(cost, np.zeros(3), args=(lam,), method=method).x
    theirs = lambda lam: scipy.optimize.minimize(cost, np.zeros(3), args=(lam,), method=method).x
    assert_derivatives(mine, ridge, 0.7, 1e-9)
    assert_value(mine, theirs, 0.7)


def test_with_a_gradient_and_a_hessian():
    given = {"jac": lambda w, lam: 2 * X.T @ (X @ w - T) + 2 * lam * w, "method": "trust-exact"}
    hess = lambda w, lam: 2 * X.T @ X + 2 * lam * np.eye(3)
    assert_derivatives(lambda lam: optimize.minimize(cost, np.zeros(3), (lam,), hess=hess, **given).x, ridge, 0.7)
    both = lambda w, lam: (cost(w, lam), given["jac"](w, lam))
    assert_derivatives(lambda lam: optimize.minimize(both, np.zeros(3), (lam,), jac=True).x, ridge, 0.7)


def test_the_minimum_itself_by_the_envelope_theorem():
    least = lambda lam: optimize.minimize(cost, np.zeros(3), (lam,)).fun
    assert_derivatives(least, lambda lam: cost(ridge(lam), lam), 0.7, 1e-8)


def nearest(m, a, **how):
    return m.minimize(lambda x: (x[0] - a) ** 2 + (x[1] - 2 * a) ** 2, [0.1, 0.1], **how).x


ROOM = {
    "pairs": [(None, 0.5), (None, None)],
    "Bounds": Bounds([-np.inf, -np.inf], [0.5, np.inf]),
}


@pytest.mark.filterwarnings("ignore:delta_grad == 0.0")
@pytest.mark.parametrize("bounds", ROOM.values(), ids=ROOM)
@pytest.mark.parametrize("method", ["L-BFGS-B", "SLSQP", "TNC", "trust-constr"])
def test_an_active_bound(method, bounds):
    f = lambda a: nearest(optimize, a, bounds=bounds, method=method)
    np.testing.assert_allclose(dr.jacobian(f)(1.0), [0.0, 2.0], atol=1e-8)
    np.testing.assert_allclose(dr.jacobian(dr.jacobian(f))(1.0), [0.0, 0.0], atol=1e-7)


def test_a_bound_that_is_near_and_not_active():
    f = lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), [0.5], bounds=[(0.0, None)], tol=1e-12).x
    np.testing.assert_allclose(dr.jacobian(f)(5e-4), [1.0], atol=1e-9)
    below = {"type": "ineq", "fun": lambda x: x[0] - 0.9995}
    np.testing.assert_allclose(
        dr.jacobian(lambda a: nearest(optimize, a, constraints=below))(1.0), [1.0, 2.0], atol=1e-7
    )


def test_a_bound_that_is_traced():
    f = lambda u: nearest(optimize, 1.0, bounds=[(None, u), (0.0, None)])
    np.testing.assert_allclose(dr.jacobian(f)(0.5), [1.0, 0.0], atol=1e-12)


CONSTRAINTS = {
    "a dict, equality": ({"type": "eq", "fun": lambda x: x[0] + x[1] - 1}, [-0.5, 0.5]),
    "a dict with args": ([{"type": "eq", "fun": lambda x, s: x[0] + x[1] - s, "args": (1.0,)}], [-0.5, 0.5]),
    "an inequality": ([{"type": "ineq", "fun": lambda x: 1 - x[0] - x[1]}], [-0.5, 0.5]),
    "one that is not active": ([{"type": "ineq", "fun": lambda x: 10 - x[0]}], [1.0, 2.0]),
    "linear, equal": (LinearConstraint([[1.0, 1.0]], 1.0, 1.0), [-0.5, 0.5]),
    "linear, above": (LinearConstraint([[1.0, 1.0]], -np.inf, 1.0), [-0.5, 0.5]),
    "nonlinear, below": (NonlinearConstraint(lambda x: -x[0] - x[1], -1.0, np.inf), [-0.5, 0.5]),
}


@pytest.mark.filterwarnings("ignore:delta_grad == 0.0")
@pytest.mark.parametrize("constraints, slope", CONSTRAINTS.values(), ids=CONSTRAINTS)
@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_constraints(method, constraints, slope):
    f = lambda a: nearest(optimize, a, constraints=constraints, method=method)
    np.testing.assert_allclose(dr.jacobian(f)(1.0), slope, atol=1e-7)


def test_a_constraint_that_is_traced():
    f = lambda s: nearest(optimize, 1.0, constraints={"type": "eq", "fun": lambda x: x[0] + x[1] - s})
    np.testing.assert_allclose(dr.jacobian(f)(1.0), [0.5, 0.5], atol=1e-8)


def test_one_unknown():
    """min (x - a)^2 + x^4: 2 (x - a) + 4 x^3 = 0."""
    g = lambda x, a: (x - a) ** 2 + x**4
    for how in ({}, {"bounds": (0.0, 3.0), "method": "bounded"}):
        found = optimize.minimize_scalar(g, args=(2.0,), **how)
        slope = 2 / (2 + 12 * found.x**2)
        mine = lambda a: optimize.minimize_scalar(g, args=(a,), **how)
        assert dr.grad(lambda a: mine(a).x)(2.0) == pytest.approx(slope, rel=1e-5)
        assert dr.grad(lambda a: mine(a).fun)(2.0) == pytest.approx(-2 * (found.x - 2.0), rel=1e-5)


def test_an_end_that_a_bounded_search_only_comes_near():
    f = lambda u: optimize.minimize_scalar(lambda x: (x - 5.0) ** 2, bounds=(0.0, u), method="bounded").x
    assert dr.grad(f)(2.0) == pytest.approx(1.0)


# ---- sums of squares -------------------------------------------------------------------------------------------------


def test_linear_least_squares_in_the_data():
    f = lambda t: optimize.least_squares(lambda w: X @ w - t, np.zeros(3)).x
    np.testing.assert_allclose(dr.jacobian(f)(T), np.linalg.pinv(X), atol=1e-10)
    least = lambda t: optimize.least_squares(lambda w: X @ w - t, np.zeros(3)).cost
    np.testing.assert_allclose(dr.grad(least)(T), T - X @ np.linalg.pinv(X) @ T, atol=1e-7)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan"])
def test_robust_losses_against_differences(loss):
    times = np.linspace(0.0, 1.0, 9)
    y = 2 * np.exp(-1.3 * times) + 0.3 * np.sin(40 * times)
    solve = lambda m, y, **tight: (
        m.least_squares(lambda p: p[0] * np.exp(-p[1] * times) - y, [2.0, 1.0], loss=loss, f_scale=0.4, **tight).x
    )
    J = dr.jacobian(lambda y: solve(optimize, y))(y)
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    differences = [
        solve(scipy.optimize, y + d, **tight) - solve(scipy.optimize, y - d, **tight) for d in 1e-4 * np.eye(9)
    ]
    np.testing.assert_allclose(J, np.transpose(differences) / 2e-4, atol=2e-4 * np.abs(J).max())


def test_least_squares_at_a_bound():
    f = lambda t: optimize.least_squares(lambda w: X @ w - t, np.zeros(3), bounds=(-np.inf, 0.0)).x
    free = f(T) < -1e-6
    want = np.zeros((3, 12))
    want[free] = np.linalg.pinv(X[:, free])
    assert 0 < free.sum() < 3
    np.testing.assert_allclose(dr.jacobian(f)(T), want, atol=1e-7)


# ---- refusals, and what is left alone --------------------------------------------------------------------------------


def test_a_solver_that_failed_has_no_derivative():
    with pytest.raises(dr.InputError, match=r"scipy.optimize.root: the equations do not hold.*run to convergence"):
        dr.jacobian(lambda a: optimize.root(lambda x: x**2 + a, [1.0]).x)(4.0)


def test_a_minimiser_on_a_weakly_active_bound():
    f = lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), [0.5], bounds=[(0.0, None)]).x
    with pytest.raises(dr.NonFiniteError, match="bound on unknown 0 is weakly active"):
        dr.jacobian(f)(0.0)


def test_a_minimum_that_is_a_valley():
    f = lambda a: optimize.minimize(lambda x: (x[0] + x[1] - a) ** 2, [0.0, 0.0]).x
    with pytest.raises(dr.NonFiniteError, match=r"singular along 1 y\[0\] - 1 y\[1\]"):
        dr.jacobian(f)(1.0)


def test_names_and_signatures():
    for name in "brentq newton root root_scalar fsolve fixed_point minimize minimize_scalar least_squares".split():
        mine, theirs = getattr(optimize, name), getattr(scipy.optimize, name)
        assert inspect.signature(mine) == inspect.signature(theirs) and mine.__name__ == name
    assert optimize.OptimizeResult is scipy.optimize.OptimizeResult
    assert optimize.rosen([1.0, 1.0]) == 0.0
    with pytest.raises(dr.NoRuleError, match=r"scipy\.optimize\.linprog has no derivative rule"):
        dr.grad(lambda c: optimize.linprog([c, 1.0]).fun)(1.0)


def test_plain_calls_give_what_scipy_gives():
    mine = optimize.minimize(cost, np.zeros(3), (0.7,))
    theirs = scipy.optimize.minimize(cost, np.zeros(3), (0.7,))
    assert type(mine) is type(theirs) and mine.nfev == theirs.nfev
    np.testing.assert_array_equal(mine.x, theirs.x)
