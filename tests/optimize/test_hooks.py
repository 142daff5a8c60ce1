"""Exact derivatives in SciPy's other functions, each with the function it is for."""

import numpy as np
import pytest
import scipy.optimize as so
from scipy.integrate import solve_bvp, solve_ivp

import dualrev as dr
from dualrev.errors import InputError

# ---- root ------------------------------------------------------------------------------------------------------------


def powell(x):
    return np.stack([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root_functions_in_root(method):
    eqs = dr.root_functions(powell, [0.0, 1.0])
    found = so.root(eqs, eqs.x0, jac=True, method=method)
    np.testing.assert_allclose(found.x, [1.098159e-5, 9.106146], rtol=1e-6)
    x = found.x
    J = [[1e4 * x[1], 1e4 * x[0]], [-np.exp(-x[0]), -np.exp(-x[1])]]
    np.testing.assert_allclose(eqs.jac(x), J, rtol=1e-14)
    F, J = eqs(x)
    assert F.flags.owndata and J.flags.owndata and not np.shares_memory(J, eqs.jac(x))


def test_root_functions_of_a_dict_without_jac_true():
    eqs = dr.root_functions(
        lambda p: {"line": p["x"] - p["y"], "circle": p["x"] ** 2 + p["y"] ** 2 - 2}, {"x": 3.0, "y": 0.5}
    )
    found = so.root(eqs.fun, eqs.x0, jac=eqs.jac)
    assert eqs.unflatten(found.x) == pytest.approx({"x": 1.0, "y": 1.0}, rel=1e-9)
    assert found.njev <= eqs.counts.f and eqs.counts.f <= found.nfev + 1


def test_as_many_equations_as_unknowns():
    with pytest.raises(InputError, match="f3 has 3 equations for 2 unknowns"):

        def f3(x):
            return np.stack([x[0], x[1], x[0]])

        dr.root_functions(f3, [1.0, 1.0])([1.0, 1.0])


# ---- stiff equations -------------------------------------------------------------------------------------------------


def robertson(t, y):
    a, b, c = y
    return np.stack([-0.04 * a + 1e4 * b * c, 0.04 * a - 1e4 * b * c - 3e7 * b**2, 3e7 * b**2])


def robertson_jacobian(t, y):
    _, b, c = y
    return np.array([[-0.04, 1e4 * c, 1e4 * b], [0.04, -1e4 * c - 6e7 * b, -1e4 * b], [0.0, 6e7 * b, 0.0]])


@pytest.mark.parametrize("method", ["Radau", "BDF"])
def test_robertson_takes_the_steps_of_a_jacobian_by_hand_and_fewer_runs_than_without(method):
    jac = dr.ode_jacobian(robertson)
    y = np.array([0.7, 1e-5, 0.3])
    np.testing.assert_allclose(jac(0.0, y), robertson_jacobian(0.0, y), rtol=1e-14)
    runs = {"exact": [], "by hand": [], "differences": []}
    found = {}
    for how, j in (("exact", jac), ("by hand", robertson_jacobian), ("differences", None)):
        f = lambda t, y, seen=runs[how]: seen.append(t) or robertson(t, y)
        found[how] = solve_ivp(f, (0, 1e4), [1.0, 0.0, 0.0], method=method, rtol=1e-6, atol=1e-10, jac=j)
    exact, by_hand = found["exact"], found["by hand"]
    assert exact.success and exact.njev == by_hand.njev
    np.testing.assert_allclose(exact.y[:, -1], by_hand.y[:, -1], rtol=1e-9)
    assert exact.y[:, -1].sum() == pytest.approx(1.0, rel=1e-9)
    assert len(runs["exact"]) == len(runs["by hand"]) < len(runs["differences"])


def test_lsoda_and_a_right_side_in_a_list_with_arguments():
    def van_der_pol(t, y, mu):
        return [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]

    jac = dr.ode_jacobian(van_der_pol)
    np.testing.assert_allclose(jac(0.0, [2.0, 1.0], 5.0), [[0.0, 1.0], [-5 * 4 * 1.0 - 1, -15.0]], rtol=1e-15)
    run = solve_ivp(van_der_pol, (0, 20), [2.0, 0.0], method="LSODA", jac=jac, args=(5.0,), rtol=1e-9, atol=1e-9)
    want = solve_ivp(van_der_pol, (0, 20), [2.0, 0.0], method="DOP853", args=(5.0,), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(run.y[:, -1], want.y[:, -1], rtol=1e-5)
    fixed = dr.ode_jacobian(van_der_pol, args=(5.0,))
    np.testing.assert_array_equal(fixed(0.0, np.array([2.0, 1.0])), jac(0.0, np.array([2.0, 1.0]), 5.0))


def test_a_jacobian_that_does_not_depend_on_y_and_one_of_time():
    jac = dr.ode_jacobian(lambda t, y: np.stack([np.sin(t) * y[0], t]))
    np.testing.assert_allclose(jac(2.0, [1.0, 3.0]), [[np.sin(2.0), 0.0], [0.0, 0.0]], rtol=1e-15)


def test_a_right_side_of_the_wrong_length():
    with pytest.raises(InputError, match=r"short gave the shape \(2,\) for y of shape \(3,\)"):

        def short(t, y):
            return y[:2]

        dr.ode_jacobian(short)(0.0, np.ones(3))


# ---- boundary values -------------------------------------------------------------------------------------------------


def test_bratu_in_solve_bvp():
    def fun(x, y):
        return np.stack([y[1], -np.exp(y[0])])

    def bc(ya, yb):
        return np.stack([ya[0], yb[0]])

    jacs = dr.bvp_jacobians(fun, bc)
    x, y = np.linspace(0, 1, 4), np.arange(8.0).reshape(2, 4) / 8
    J = jacs.fun_jac(x, y)
    assert J.shape == (2, 2, 4) and J.flags.c_contiguous
    np.testing.assert_array_equal(J[0], [[0.0] * 4, [1.0] * 4])
    np.testing.assert_allclose(J[1], [-np.exp(y[0]), [0.0] * 4], rtol=1e-15)
    left, right = jacs.bc_jac(y[:, 0], y[:, -1])
    np.testing.assert_array_equal(left, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(right, [[0, 0], [1, 0]])
    runs = []
    count = lambda x, y: runs.append(0) or fun(x, y)
    mesh = np.linspace(0, 1, 5)
    found = solve_bvp(count, bc, mesh, np.zeros((2, 5)), fun_jac=jacs.fun_jac, bc_jac=jacs.bc_jac, tol=1e-8)
    exact = len(runs)
    solve_bvp(count, bc, mesh, np.zeros((2, 5)), tol=1e-8)
    assert exact < len(runs) - exact
    theta = so.brentq(lambda t: t - np.sqrt(2.0) * np.cosh(t / 4), 1.0, 2.0)  # the lower of two solutions
    want = -2 * np.log(np.cosh((found.x - 0.5) * theta / 2) / np.cosh(theta / 4))
    np.testing.assert_allclose(found.y[0], want, atol=1e-8)


def test_an_eigenvalue_as_an_unknown_parameter():
    def fun(x, y, p):
        return [y[1], -(p[0] ** 2) * y[0]]

    def bc(ya, yb, p):
        return [ya[0], yb[0], ya[1] - p[0]]

    jacs = dr.bvp_jacobians(fun, bc)
    x, y, p = np.linspace(0, 1, 3), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([2.0])
    dy, dp = jacs.fun_jac(x, y, p)
    np.testing.assert_array_equal(dy[1, 0], [-4.0, -4.0, -4.0])
    assert dp.shape == (2, 1, 3)
    np.testing.assert_array_equal(dp[1, 0], -2 * 2.0 * y[0])
    left, right, by_p = jacs.bc_jac(y[:, 0], y[:, -1], p)
    assert left.shape == right.shape == (3, 2) and by_p.tolist() == [[0.0], [0.0], [-1.0]]
    mesh = np.linspace(0, 1, 5)
    guess = np.stack([np.sin(3 * mesh), np.cos(3 * mesh)])
    found = solve_bvp(fun, bc, mesh, guess, p=[3.0], fun_jac=jacs.fun_jac, bc_jac=jacs.bc_jac, tol=1e-8)
    assert found.success and found.p[0] == pytest.approx(np.pi, rel=1e-7)


def test_a_bvp_of_the_wrong_shape():
    jacs = dr.bvp_jacobians(lambda x, y: y[:1], lambda a, b: a)
    with pytest.raises(InputError, match=r"gave the shape \(1, 3\) for y of shape \(2, 3\)"):
        jacs.fun_jac(np.zeros(3), np.zeros((2, 3)))


# ---- one unknown -----------------------------------------------------------------------------------------------------


def test_halley_with_three_values_at_once():
    f = lambda x: x * np.exp(x) - 2.0
    three = dr.scalar3(f)
    y, dy, ddy = three(0.5)
    e = np.exp(0.5)
    np.testing.assert_allclose([y, dy, ddy], [0.5 * e - 2, 1.5 * e, 2.5 * e], rtol=1e-14)
    assert all(type(v) is float for v in (y, dy, ddy))
    found = so.root_scalar(three, x0=1.0, fprime=True, fprime2=True, method="halley")
    assert found.converged and found.root == pytest.approx(0.8526055020137254, rel=1e-14)
    newton = so.root_scalar(lambda x: three(x)[:2], x0=1.0, fprime=True, method="newton")
    assert found.iterations < newton.iterations


def test_arguments_of_the_function_and_of_root_scalar():
    assert dr.scalar3(lambda x, k: k * x**3, args=(2.0,))(3.0) == (54.0, 54.0, 36.0)
    assert dr.scalar3(lambda x, k: k * x**3)(3.0, 2.0) == (54.0, 54.0, 36.0)
    assert dr.scalar3(lambda x: 2 * x - 1)(np.array([3.0])) == (5.0, 2.0, 0.0)
    assert dr.scalar3(lambda x: 7.0)(3.0) == (7.0, 0.0, 0.0)


# ---- a global search -------------------------------------------------------------------------------------------------


def ackley(x):
    distance = np.sqrt(np.mean((x - 0.3) ** 2) + 1e-8)
    return 20 + np.e - 20 * np.exp(-0.2 * distance) - np.exp(np.mean(np.cos(2 * np.pi * (x - 0.3))))


def test_polish_in_differential_evolution():
    box = [(-3, 3)] * 3
    settings = {"rng": 1, "maxiter": 30, "popsize": 8}
    runs = []
    loss = lambda x: runs.append(0) or ackley(x)
    polished = so.differential_evolution(ackley, box, polish=dr.polish(loss), **settings)
    plain = so.differential_evolution(ackley, box, polish=False, **settings)
    np.testing.assert_allclose(polished.x, 0.3, atol=1e-9)
    assert polished.fun <= plain.fun and np.abs(plain.x - 0.3).max() > 1e-6
    assert 0 < len(runs) < 60


def test_polish_goes_on_where_scipys_tolerances_stop():
    loss = lambda x: 1e-5 * np.sum((x - 0.3) ** 2 * np.array([1.0, 10.0, 100.0]))
    polished = so.differential_evolution(loss, [(-3, 3)] * 3, polish=dr.polish(loss), rng=1, maxiter=2)
    np.testing.assert_allclose(polished.x, 0.3, atol=1e-4)


def test_polish_keeps_to_the_bounds_and_takes_options():
    polished = so.differential_evolution(
        lambda x: np.sum((x - 2.0) ** 2),
        [(0, 1), (0, 3)],
        polish=dr.polish(lambda x: np.sum((x - 2.0) ** 2)),
        rng=0,
        maxiter=3,
    )
    np.testing.assert_allclose(polished.x, [1.0, 2.0], atol=1e-9)
    by_tnc = so.differential_evolution(
        lambda x: np.sum((x - 0.5) ** 2),
        [(0, 1), (0, 3)],
        polish=dr.polish(lambda x: np.sum((x - 0.5) ** 2), method="TNC", tol=1e-12),
        rng=0,
        maxiter=3,
    )
    np.testing.assert_allclose(by_tnc.x, 0.5, atol=1e-6)


def test_polish_with_constraints():
    disc = dr.constraint(lambda x: x[0] ** 2 + x[1] ** 2, -np.inf, 2.0, like=[0.0, 0.0])
    loss = lambda x: x[0] + x[1]
    settings = {"rng": 0, "maxiter": 10, "popsize": 6, "constraints": disc}
    polished = so.differential_evolution(loss, [(-3, 3)] * 2, polish=dr.polish(loss), **settings)
    np.testing.assert_allclose(polished.x, [-1.0, -1.0], atol=1e-3)
