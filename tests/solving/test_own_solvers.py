"""dr.implicit: the implicit function theorem, through solvers of any kind."""

import numpy as np
import pytest
import scipy.optimize

import dualrev as dr
from dualrev.solving.factors import Chosen
from tests.solving.closed_forms import assert_derivatives

A = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 5.0]])


def heron(a):
    assert type(dr.value(a)) is type(a)  # solvers see plain numbers
    y = np.ones(np.shape(a)) if np.shape(a) else 1.0
    for _ in range(60):
        y = (y + a / y) / 2
    return y


square_root = dr.implicit(lambda y, a: y * y - a)(heron)


def test_a_square_root_by_iteration():
    assert_derivatives(square_root, np.sqrt, 4.0, 1e-14)
    assert dr.grad(dr.grad(dr.grad(square_root)))(4.0) == pytest.approx(3 / 8 * 4**-2.5, rel=1e-12)
    y, dy = dr.jvp(square_root, (4.0,), (np.array([1.0, 2.0]),))
    np.testing.assert_allclose(dy, [0.25, 0.5])
    assert square_root(4.0) == y == 2.0


@pytest.mark.parametrize("solver", ["dense", "sparse", "gmres", "diagonal", np.linalg.solve])
def test_every_linear_solver(solver):
    root = dr.implicit(lambda y, a: y * y - a, solver=solver)(heron)
    assert_derivatives(root, np.sqrt, np.array([4.0, 9.0, 2.0]), 1e-11)


@pytest.mark.parametrize("solver, symmetric", [("dense", False), ("sparse", False), ("gmres", False), ("gmres", True)])
def test_coupled_equations(solver, symmetric):
    @dr.implicit(lambda y, b: A @ y + 0.1 * y**3 - b, solver=solver, symmetric=symmetric)
    def solve(b):
        return scipy.optimize.fsolve(lambda y: A @ y + 0.1 * y**3 - b, np.zeros(3))

    b = np.array([1.0, -2.0, 3.0])
    want = np.linalg.inv(A + np.diag(0.3 * solve(b) ** 2))
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(solve, mode=mode)(b), want, atol=1e-9)


def test_many_unknowns_go_by_gmres_without_a_matrix():
    n = 700
    chain = lambda y: 3 * y - np.concatenate([y[1:], [0.0]]) - np.concatenate([[0.0], y[:-1]]) * 0.5

    @dr.implicit(lambda y, b: chain(y) - b)
    def solve(b):
        return np.linalg.solve(M, b)

    M = dr.jacobian(chain)(np.zeros(n))
    b, w = np.sin(np.arange(n)), np.cos(np.arange(n))
    np.testing.assert_allclose(dr.grad(lambda b: w @ solve(b))(b), np.linalg.solve(M.T, w), atol=1e-9)


def test_trees_in_and_out():
    @dr.implicit(lambda y, p: {"sum": y["u"] + y["v"] - p["s"], "product": y["u"] * y["v"] - p["m"]})
    def solve(p):
        d = np.sqrt(p["s"] ** 2 / 4 - p["m"])
        return {"u": p["s"] / 2 + d, "v": p["s"] / 2 - d}

    p = {"s": 5.0, "m": 6.0}
    assert solve(p) == {"u": 3.0, "v": 2.0}
    got = dr.jacobian(solve)(p)
    np.testing.assert_allclose([got["u"]["s"], got["u"]["m"], got["v"]["s"], got["v"]["m"]], [3.0, -1.0, -2.0, 1.0])


def test_traced_values_that_the_equations_hold():
    def root(a):
        @dr.implicit(lambda y: y * y - a)
        def solve():
            return 2.0

        return solve()

    assert dr.grad(root)(4.0) == 0.25


def test_a_root_inside_a_root():
    """y with y sqrt(y) = a, the square root itself a solution: y = a^(2/3)."""

    @dr.implicit(lambda y, a: y * square_root(y) - a)
    def solve(a):
        return a ** (2 / 3)

    assert_derivatives(solve, lambda a: a ** (2 / 3), 5.0, 1e-12)


def test_fixed_point():
    @dr.implicit.fixed_point(lambda y, a: (y + a / y) / 2)
    def settle(a):
        return heron(a)

    assert_derivatives(settle, np.sqrt, 4.0, 1e-12)


def test_a_complex_solution():
    @dr.implicit(lambda y, a: y * y - a)
    def root(a):
        return np.sqrt(a)

    assert dr.jvp(root, (1 + 2j,), (1 + 0j,))[1] == pytest.approx(0.5 / np.sqrt(1 + 2j))


# ---- minimisers ------------------------------------------------------------------------------------------------------


def test_ridge_regression_in_its_hyperparameter():
    rng = np.random.default_rng(0)
    X, t = rng.normal(size=(20, 4)), rng.normal(size=20)
    closed = lambda lam: np.linalg.solve(X.T @ X + lam * np.eye(4), X.T @ t)

    @dr.implicit.argmin(lambda w, lam: np.sum((X @ w - t) ** 2) + lam * np.sum(w**2))
    def ridge(lam):
        return closed(lam)

    assert_derivatives(ridge, closed, 0.7, 1e-13)
    validation = lambda lam: np.sum((X[:5] @ ridge(lam) - t[:5]) ** 2)
    by_hand = lambda lam: np.sum((X[:5] @ closed(lam) - t[:5]) ** 2)
    assert dr.grad(validation)(0.7) == pytest.approx(dr.grad(by_hand)(0.7), rel=1e-12)


def test_projection_onto_the_ball():
    """min |y - a|^2 with |y|^2 <= 1: a / |a| outside the ball, a inside."""

    @dr.implicit.argmin(lambda y, a: np.sum((y - a) ** 2), inequality=lambda y, a: 1 - np.sum(y**2))
    def project(a):
        return a / max(1.0, np.linalg.norm(a))

    assert_derivatives(project, lambda a: a / np.linalg.norm(a), np.array([2.0, -1.0, 0.5]), 1e-12)
    np.testing.assert_allclose(dr.jacobian(project)(np.array([0.2, 0.3])), np.eye(2), atol=1e-12)


def test_equality_and_bounds_together():
    """min |y - a|^2 with sum y = s and y >= 0: a shifted by what the free ones share."""

    @dr.implicit.argmin(
        lambda y, a, s: np.sum((y - a) ** 2), equality=lambda y, a, s: np.sum(y) - s, bounds=lambda a, s: (0.0, None)
    )
    def simplex(a, s):
        return np.array([*(a[:2] + (s - a[:2].sum()) / 2), 0.0])

    a = np.array([0.5, 0.7, -1.0])
    half = np.array([[0.5, -0.5, 0], [-0.5, 0.5, 0], [0, 0, 0]])
    np.testing.assert_allclose(dr.jacobian(simplex)(a, 1.0), half, atol=1e-12)
    np.testing.assert_allclose(dr.jacobian(simplex, 1)(a, 1.0), [0.5, 0.5, 0.0], atol=1e-12)


def test_a_minimiser_on_a_bound_moves_with_it():
    @dr.implicit.argmin(lambda y, a: np.sum((y - 3.0) ** 2), bounds=lambda a: (None, a))
    def clipped(a):
        return np.minimum(a, 3.0)

    np.testing.assert_allclose(dr.jacobian(clipped)(np.array([1.0, 5.0])), [[1.0, 0.0], [0.0, 0.0]], atol=1e-12)


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_no_solution():
    solve = dr.implicit(lambda y, a: y * y - a)(lambda a: 2.3)
    with pytest.raises(dr.InputError, match=r"equation 0 is 1\.29 there, and the solution is about 2\.8e-01 away"):
        dr.grad(solve)(4.0)


def test_a_singular_system_names_its_null_direction():
    @dr.implicit(lambda y, a: np.stack([y[0] + y[1] - a, 2 * y[0] + 2 * y[1] - 2 * a, y[2] - a]))
    def solve(a):
        return np.array([a, 0.0, a])

    with pytest.raises(dr.NonFiniteError, match=r"singular along 1 y\[0\] - 1 y\[1\], so .* fix one unknown"):
        dr.jacobian(solve)(1.0)


def test_a_double_root():
    solve = dr.implicit(lambda y, a: (y - a) ** 2)(lambda a: a)
    with pytest.raises(dr.NonFiniteError, match="singular along y, so"):
        dr.grad(solve)(1.0)
    with pytest.raises(dr.NonFiniteError, match="equation 0 in its unknown is zero"):
        dr.grad(dr.implicit(lambda y, a: (y - a) ** 2, solver="diagonal")(lambda a: a))(1.0)


def test_a_weakly_active_bound():
    project = dr.implicit.argmin(lambda y, a: np.sum((y - a) ** 2), bounds=(0.0, None))(lambda a: np.maximum(a, 0.0))
    with pytest.raises(dr.NonFiniteError, match=r"bound on unknown 1 is weakly active.*move the bound or the data"):
        dr.jacobian(project)(np.array([1.0, 0.0]))


def test_gmres_that_does_not_converge_says_so():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(60, 60)))[0] @ np.diag(np.logspace(0, -15, 60))
    solve = dr.implicit(lambda y, b: Q @ y - b, solver="gmres")(lambda b: np.linalg.lstsq(Q, b)[0])
    with pytest.raises((dr.NonFiniteError, dr.InputError), match=r"dense|hold"):
        dr.grad(lambda b: np.sum(solve(b)))(rng.normal(size=60))


def test_the_wrong_number_of_equations():
    solve = dr.implicit(lambda y, a: np.stack([y, y]) - a)(lambda a: a)
    with pytest.raises(ValueError, match="returned 2 equations, where 1 are needed"):
        dr.grad(solve)(1.0)


def test_an_unknown_linear_solver():
    with pytest.raises(dr.InputError, match="solver='lu': write one of auto, dense"):
        dr.grad(dr.implicit(lambda y, a: y - a, solver="lu")(lambda a: a))(1.0)
    with pytest.raises(dr.InputError, match="implicit takes the equations"):
        dr.implicit(3.0)


def test_a_solver_of_ones_own_is_asked_for_the_transpose():
    asked = []
    B = np.array([[1.0, 2.0], [0.0, 1.0]])
    Chosen(lambda A, b: asked.append(A) or b, B).T.solve(np.ones((1, 2)))
    np.testing.assert_array_equal(asked[0], B.T)
