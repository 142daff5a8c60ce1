"""Nonlinear constraints: exact Jacobians and Hessians of v^T c, in SciPy's minimize and in ours."""

import numpy as np
import pytest
import scipy.optimize as so

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError, WrongDerivativeError
from dualrev.optimize.constraints import Constraint, Flat
from dualrev.optimize.parameters import Parameters

X = np.array([0.7, -0.4, 1.3])
V = np.array([1.5, -2.0])


def c(x):
    return np.stack([x[0] ** 2 * x[1], np.exp(x[1] * x[2])])


def jacobian(x):
    e = np.exp(x[1] * x[2])
    return np.array([[2 * x[0] * x[1], x[0] ** 2, 0.0], [0.0, x[2] * e, x[1] * e]])


def hessian(x, v):
    e = np.exp(x[1] * x[2])
    first = np.array([[2 * x[1], 2 * x[0], 0.0], [2 * x[0], 0.0, 0.0], [0.0, 0.0, 0.0]])
    cross = (1 + x[1] * x[2]) * e
    second = np.array([[0.0, 0.0, 0.0], [0.0, x[2] ** 2 * e, cross], [0.0, cross, x[1] ** 2 * e]])
    return v[0] * first + v[1] * second


def test_jacobian_and_hessian_are_those_by_hand():
    made = dr.constraint(c, -np.inf, 1.0, like=X)
    assert isinstance(made, so.NonlinearConstraint)
    np.testing.assert_allclose(made.fun(X), c(X), rtol=1e-15)
    np.testing.assert_allclose(made.jac(X), jacobian(X), rtol=1e-14)
    H = made.hess(X, V)
    np.testing.assert_allclose(H, hessian(X, V), rtol=1e-14, atol=1e-16)
    assert made.jac(X).flags.c_contiguous and H.flags.c_contiguous and H.dtype == np.float64


def test_one_run_serves_all_at_a_point():
    runs = []
    made = dr.constraint(lambda x: runs.append(0) or c(x), 0.0, 1.0, like=X)
    made.fun(X), made.jac(X), made.hess(X, V), made.hess(X, 2 * V), made.fun(X)
    assert len(runs) == made.dualrev.counts.f == 1
    assert made.dualrev.counts.hessian_products == 6
    x = X.copy()
    made.jac(x)
    x += 1.0
    np.testing.assert_allclose(made.jac(x), jacobian(X + 1), rtol=1e-13)
    assert len(runs) == 2


def test_a_constraint_of_one_number_a_tree_and_a_matrix():
    one = dr.constraint(lambda p: p["a"] * p["b"], 1.0, 1.0, like={"a": 2.0, "b": 3.0})
    assert one.fun([2.0, 3.0]).tolist() == [6.0] and one.jac([2.0, 3.0]).tolist() == [[3.0, 2.0]]
    assert one.hess([2.0, 3.0], [5.0]).tolist() == [[0.0, 5.0], [5.0, 0.0]]
    two = dr.constraint(
        lambda p: {"u": p["a"] ** 2, "v": np.stack([p["b"], p["a"]])}, 0.0, 9.0, like={"a": 2.0, "b": 3.0}
    )
    assert two.jac([2.0, 3.0]).tolist() == [[4.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    assert two.hess([2.0, 3.0], [3.0, 1.0, 1.0]).tolist() == [[6.0, 0.0], [0.0, 0.0]]
    grid = dr.constraint(lambda x: np.outer(x, x), 0.0, 1.0, like=[1.0, 2.0])
    assert grid.fun([1.0, 2.0]).tolist() == [1, 2, 2, 4]
    assert grid.jac([1.0, 2.0]).tolist() == [[2, 0], [2, 1], [2, 1], [0, 4]]
    assert grid.hess([1.0, 2.0], [1.0, 1.0, 1.0, 1.0]).tolist() == [[2, 2], [2, 2]]


def test_a_linear_constraint_has_a_hessian_of_zeros():
    line = dr.constraint(lambda x: 2 * x[0] - x[1], 0.0, 0.0, like=[1.0, 1.0])
    assert line.hess([1.0, 1.0], [3.0]).tolist() == [[0, 0], [0, 0]]


def test_like_may_be_an_objective_with_ties_and_transforms():
    obj = dr.objective(
        lambda p: p["a"] + p["b"],
        {"a": 2.0, "b": 1.0, "s": 3.0},
        tie={"b": lambda p: p["a"] ** 2},
        transform={"s": "log"},
    )
    made = dr.constraint(lambda p: p["b"] * p["s"], 0.0, 20.0, like=obj)
    np.testing.assert_allclose(made.jac(obj.x0), [[2 * 2 * 3.0, 4 * 3.0]], rtol=1e-14)  # a^2 exp(y)
    same = dr.constraint(lambda p: p["a"], 0.0, 1.0, like={"a": 2.0, "b": 1.0}, fixed=["b"])
    assert same.jac([2.0]).tolist() == [[1.0]]
    with_args = dr.constraint(lambda x, k: k * x, 0.0, 1.0, like=[1.0], args=(3.0,))
    assert with_args.jac([1.0]).tolist() == [[3.0]]


# ---- in SciPy's minimize ---------------------------------------------------------------------------------------------


def powell_constrained(x):  # problem 71 of Hock & Schittkowski
    return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]


HS71_BEST = 17.0140173


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
@pytest.mark.parametrize("own", [False, True], ids=["scipy", "dualrev"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_problem_71_of_hock_and_schittkowski(method, own):
    start = [1.0, 5.0, 5.0, 1.0]
    obj = dr.objective(powell_constrained, start)
    hess = method == "trust-constr"
    runs = []
    cons = [
        dr.constraint(lambda x: runs.append(0) or np.sum(x**2), 40.0, 40.0, like=obj, hess=hess),
        dr.constraint(np.prod, 25.0, np.inf, like=obj, hess=hess),
    ]
    if own:
        result = dr.minimize(powell_constrained, start, method=method, bounds=[(1, 5)] * 4, constraints=cons)
        assert result.success, result.message
        assert result.certificate.violation < 1e-6 and result.certificate.gradient_norm < 1e-3
    else:
        options = {"gtol": 0.0} if hess else {}
        second = {"hess": obj.hess} if hess else {}
        result = so.minimize(
            obj, obj.x0, jac=True, method=method, bounds=[(1, 5)] * 4, constraints=cons, options=options, **second
        )
        assert result.success
        assert len(runs) == cons[0].dualrev.counts.f <= obj.counts.f + 1  # no second run for the Jacobian
    assert result.fun == pytest.approx(HS71_BEST, rel=1e-6)
    np.testing.assert_allclose(result.x, [1.0, 4.7429994, 3.8211503, 1.3794082], rtol=1e-5)


def test_slsqp_needs_fewer_runs_than_with_differences():
    counts = {}
    for exact in (True, False):
        runs = []
        f = lambda x: runs.append(0) or powell_constrained(x)
        g = lambda x: np.sum(x**2) - 40.0
        if exact:
            obj = dr.objective(f, [1.0, 5.0, 5.0, 1.0])
            con = dr.constraint(g, 0.0, 0.0, like=obj, hess=False)
            result = so.minimize(obj, obj.x0, jac=True, method="SLSQP", bounds=[(1, 5)] * 4, constraints=[con])
        else:
            con = so.NonlinearConstraint(g, 0.0, 0.0)
            result = so.minimize(f, [1.0, 5.0, 5.0, 1.0], method="SLSQP", bounds=[(1, 5)] * 4, constraints=[con])
        assert result.success
        counts[exact] = len(runs)
    assert counts[True] < counts[False] / 3


# ---- in dr.minimize --------------------------------------------------------------------------------------------------

DISC = {"x": 0.3, "y": 0.2}


def height(p):
    return p["x"] + p["y"]


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
@pytest.mark.parametrize(
    "constraints",
    [
        dr.constraint(lambda p: p["x"] ** 2 + p["y"] ** 2, 0.0, 2.0, like=DISC),
        so.NonlinearConstraint(lambda p: p["x"] ** 2 + p["y"] ** 2, -np.inf, 2.0),
        {"type": "ineq", "fun": lambda p: 2.0 - p["x"] ** 2 - p["y"] ** 2},
        [{"type": "ineq", "fun": lambda p, r: r - p["x"] ** 2 - p["y"] ** 2, "args": (2.0,)}],
        [so.LinearConstraint(np.eye(2), -1.0, 5.0)],
    ],
    ids=["dr.constraint", "NonlinearConstraint", "dict", "args", "LinearConstraint"],
)
def test_constraints_in_every_form(constraints, method):
    result = dr.minimize(height, DISC, constraints=constraints, method=method)
    assert result.success, result.message
    np.testing.assert_allclose(list(result.params.values()), [-1.0, -1.0], atol=1e-5)
    assert result.certificate.violation < 1e-6 and result.certificate.gradient_norm < 1e-5


def test_the_certificate_names_active_constraints_and_looks_along_them():
    equal = dr.constraint(lambda p: p["x"] - p["y"], 0.0, 0.0, like=DISC)
    result = dr.minimize(
        lambda p: p["x"] ** 2 + 3 * p["y"] ** 2 - p["x"], DISC, constraints=equal, method="trust-constr"
    )
    assert result.params["x"] == pytest.approx(1 / 8, abs=1e-8)  # 4 x^2 - x
    cert = result.certificate
    assert cert.at_bounds == ["<lambda> (equal)"] and len(cert.eigenvalues) == 1 and cert.eigenvalues[0] > 0
    assert cert.gradient_norm < 1e-7


def test_an_infeasible_problem_is_no_success():
    never = dr.constraint(lambda p: p["x"] ** 2 + p["y"] ** 2, -2.0, -1.0, like=DISC)
    for method in ("SLSQP", "trust-constr"):
        result = dr.minimize(height, DISC, constraints=never, method=method, options={"maxiter": 60})
        assert not result.success
        assert result.certificate.violation >= 1.0


def test_the_best_point_after_an_exception_meets_the_constraints():
    runs = []

    def f(p):
        runs.append(0)
        if len(runs) > 6:
            raise RuntimeError("enough")
        return -(p["x"] + p["y"])

    disc = dr.constraint(lambda p: p["x"] ** 2 + p["y"] ** 2, 0.0, 2.0, like=DISC)
    result = dr.minimize(f, DISC, constraints=disc, method="SLSQP", check=False)
    assert isinstance(result.exception, RuntimeError)
    assert disc.dualrev.violation(result.x) <= 1e-8 and result.fun <= -0.5


def test_a_constraint_with_a_broken_rule_stops_the_run():
    cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)  # 3, not 2
    with pytest.raises(WrongDerivativeError, match="the derivative of volume is wrong at the start"):

        def volume(p):
            return cube(p["x"]) + p["y"]

        dr.minimize(height, DISC, constraints=dr.constraint(volume, 0.0, 1.0, like=DISC))


# ---- refused ---------------------------------------------------------------------------------------------------------


def never(p):
    raise AssertionError("the function ran")


def first(x):
    return x[0]


def logs(x):
    return np.log(x)


REFUSED = [
    (lambda: dr.constraint(c, 2.0, 1.0, like=X), r"the constraint c has lb=2\.0 and ub=1\.0: the lower bound"),
    (lambda: dr.constraint(c, "a", 1.0, like=X), "the constraint c has lb='a' and ub=1.0: give numbers"),
    (lambda: dr.constraint(c, np.nan, 1.0, like=X), "the lower bound comes first"),
    (lambda: dr.constraint(3.0, 0.0, 1.0, like=X), "a function is needed, and this is a float"),
    (lambda: dr.constraint(c, 0.0, 1.0, like=X).fun([1.0]), "c has 3 free parameters, and x has shape"),
    (lambda: dr.constraint(c, 0.0, 1.0, like={"a": np.nan}), "the start of a is nan"),
    (lambda: dr.minimize(first, X, constraints=dr.constraint(c, [0.0] * 3, 1.0, like=X)), "2 values, and lb has 3"),
    (lambda: dr.minimize(never, {"u": 1.0}, constraints=dr.constraint(c, 0, 1, like=X)), "one of x, and x0 has u"),
    (lambda: dr.minimize(never, X, constraints=so.LinearConstraint(np.eye(2), 0, 1)), "2 columns for 3 free"),
    (lambda: dr.minimize(first, X, constraints=dr.constraint(logs, -9, 1, X)), r"logs is nan at the start, comp.* 1"),
    (lambda: dr.minimize(first, X, constraints=dr.constraint(logs, -9, 1, like=X)), r"op: log, .*, input -0\.4"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[m[:50] for _, m in REFUSED])
def test_what_does_not_fit_is_refused(call, message):
    with np.errstate(all="ignore"), pytest.raises(InputError, match=message):
        call()


def test_multipliers_of_the_wrong_number_are_refused():
    made = dr.constraint(c, 0.0, 1.0, like=X)
    with pytest.raises(InputError, match="c has 2 values, and v has shape"):
        made.hess(X, [1.0, 2.0, 3.0])


def test_a_jacobian_that_is_not_finite_names_the_parameter():
    made = dr.constraint(lambda p: np.sqrt(p["w"]), 0.0, 1.0, like={"w": [1.0, 0.0]})
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match=r"Jacobian column of w\[1\].* is inf; .*sqrt"):
        made.jac([1.0, 0.0])


def test_violation_is_that_of_the_worst_component():
    made = Constraint(lambda x: x, Parameters(np.zeros(3)), [0.0, -1.0, 2.0], [1.0, 1.0, 2.0])
    assert made.violation(np.array([0.5, 0.0, 2.0])) == 0.0
    assert made.violation(np.array([0.5, -1.25, 2.0])) == 0.25
    assert made.violation(np.array([0.5, -1.25, 3.0])) == 1.0
    flat = Flat(so.LinearConstraint([[1.0, 1.0]], 0.0, 1.0), 2)
    assert flat.violation(np.array([1.0, 1.5])) == 1.5 and flat.hess(np.ones(2), [1.0]).tolist() == [[0, 0], [0, 0]]
