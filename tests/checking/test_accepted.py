"""What audit accepts: derivatives and bounds in every form that SciPy takes. What is a note, and what is a kink."""

import numpy as np
import pytest
from scipy.optimize import Bounds
from scipy.sparse import coo_matrix, csr_array
from scipy.sparse.linalg import LinearOperator, aslinearoperator

import dualrev as dr
from dualrev.checking import audit, check

A = np.arange(6.0).reshape(2, 3) + 1
X = np.array([1.0, 2.0, 3.0])


def f(x):
    return x[0] ** 2 * x[1] + x[2] ** 3


def grad(x):
    return np.array([2 * x[0] * x[1], x[0] ** 2, 3 * x[2] ** 2])


def hess(x):
    return np.array([[2 * x[1], 2 * x[0], 0], [2 * x[0], 0, 0], [0, 0, 6 * x[2]]])


FORMS = {
    "rows": list,
    "a tuple of rows": tuple,
    "nested lists": lambda J: J.tolist(),
    "nested tuples": lambda J: tuple(map(tuple, J.tolist())),
    "lists of arrays of one": lambda J: [[np.array(v) for v in row] for row in J],
    "csr": csr_array,
    "coo": coo_matrix,
    "operator": aslinearoperator,
    "products only": lambda J: LinearOperator(J.shape, matvec=lambda v: J @ v),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [2, 3], ids=["a Jacobian", "a square one"])
def test_a_jacobian_in_any_form(form, rows):
    B = np.vstack([A, [0.3, -1.0, 2.0]])[:rows]
    fun, make = lambda x: B @ x**2, FORMS[form]
    assert audit(fun, lambda x: make(2 * B * x), X).verdict == "PASS"
    assert audit(lambda x: list(fun(x)), lambda x: make(2 * B * x), X).verdict == "PASS"
    assert audit(lambda x: (fun(x), make(2 * B * x)), True, X).verdict == "PASS"
    assert audit(fun, lambda x: make(2 * B * x + np.eye(rows, 3)), X).verdict == "FAIL"


def test_the_transpose_is_still_seen():
    assert "transposed" in audit(lambda x: A @ x**2, lambda x: (2 * A * x).T, X).diagnosis[0]
    B = A[:, :2]
    assert "transposed" in audit(lambda x: B @ x**2, lambda x: list((2 * B * x).T), X[:2]).diagnosis[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_hessian_in_any_form(form):
    make = FORMS[form]
    assert audit(f, grad, X, hess=lambda x: make(hess(x))).verdict == "PASS"
    assert audit(f, grad, X, hess=lambda x: make(hess(x) * 2)).verdict == "FAIL"


def test_numbers_that_do_not_fit_are_a_wrong_shape():
    for J in (np.ones(4), [1.0, 2.0], [[1.0, 2.0, 3.0], [4.0]], ()):
        report = audit(lambda x: A @ x**2, lambda x, J=J: J, X)
        assert report.verdict == "FAIL" and report.components[0].reason.startswith("the derivative has shape")


def test_hessp_of_a_matrix():
    M = np.arange(4.0).reshape(2, 2) + 1
    fun, slope = lambda X: np.sum(X**3), lambda X: 3 * X**2
    assert audit(fun, slope, M, hessp=lambda X, P: 6 * X * P).verdict == "PASS"
    assert audit(fun, slope, M, hessp=lambda X, p: 6 * X.ravel() * p).verdict == "PASS"
    assert audit(fun, slope, M, hessp=lambda X, P: 5 * X * P).verdict == "FAIL"


BOUNDS = {
    "pairs": [(0, 2), (None, 5), (0, None)],
    "tuple of pairs": ((0, 2), (None, 5), (0, None)),
    "lists": [[0, 2], [-np.inf, 5], [0, np.inf]],
    "two arrays": (np.zeros(3), np.array([2.0, 5.0, 9.0])),
    "two numbers": (0, 9),
    "one is none": (0, None),
    "Bounds": Bounds(0, [2, 5, np.inf]),
}


@pytest.mark.parametrize("form", BOUNDS)
def test_bounds_in_any_form(form):
    seen = []

    def watched(x):
        seen.append(np.array(x))
        return f(x)

    assert audit(watched, grad, X, bounds=BOUNDS[form]).verdict == "PASS"
    assert check(f, X, bounds=BOUNDS[form]).verdict == "PASS"
    assert min(x[0] for x in seen) >= 0
    assert form in ("two numbers", "one is none") or max(x[0] for x in seen) <= 2


def test_two_pairs_for_two_inputs():
    rosen = lambda x: (1 - x[0]) ** 2 + x[1] ** 2
    slope = lambda x: np.array([-2 * (1 - x[0]), 2 * x[1]])
    assert audit(rosen, slope, np.array([0.5, 4.0]), bounds=[(0, 1), (3, 5)]).verdict == "PASS"
    assert audit(lambda x: x**2, lambda x: 2 * x, 1.0, bounds=[(0, 2)]).verdict == "PASS"


def test_a_point_outside_its_bounds_and_bounds_of_another_kind():
    with pytest.raises(dr.InputError, match=r"x\[2\] = 3 is not within its bounds, 0 to 2: check at a point within"):
        audit(f, grad, X, bounds=(0, 2))
    for wrong in ([(0, 2), (1, 5)], "no", 3, [(0, 1, 2)] * 3, (None, "a")):
        with pytest.raises(dr.InputError, match=r"write bounds=\[\(lower, upper\), \.\.\.\], a pair for each input"):
            audit(f, grad, X, bounds=wrong)


# ---- side effects ----------------------------------------------------------------------------------------------------


def test_a_buffer_used_again_is_a_note():
    buffer = np.zeros(3)

    def jac(x, by=1.0):
        buffer[:] = by * grad(x)
        return buffer

    report = audit(f, jac, X)
    assert report.verdict == "PASS"
    assert report.notes == [
        "the next call of the derivative changes the array that it returned: return a new one (.copy())"
    ]
    assert audit(f, lambda x: jac(x, 2.0), X).verdict == "FAIL"


def test_a_function_that_changes_its_input_is_a_note():
    def changing(x):
        found = f(x)
        x[:] = 0
        return found

    for report in (audit(changing, grad, X), check(changing, X)):
        assert report.verdict == "PASS"
        assert report.notes[0].startswith("the function changes its arguments in place")
    report = audit(changing, lambda x: 2 * grad(x), X)
    assert report.verdict == "FAIL" and report.diagnosis == ["yours is 2 times the reference: a factor 2 is extra"]


# ---- kinks and waves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [-1.0, -0.999, 0.0, 0.3, 1.0])
def test_a_claim_between_the_two_slopes_of_a_kink_is_left_open(claim):
    jac = lambda x: np.where(x == 0, claim, np.sign(x))
    assert audit(lambda x: np.sum(np.abs(x)), jac, np.array([0.0, 2.0])).verdict == "INCONCLUSIVE"


@pytest.mark.parametrize("claim", [-3.0, -1.2, 1.1, 40.0, np.nan])
def test_a_claim_beyond_both_slopes_of_a_kink_fails(claim):
    jac = lambda x: np.where(x == 0, claim, np.sign(x))
    for x in (0.0, np.array([0.0, 2.0])):
        report = audit(lambda x: np.sum(np.abs(x)), jac, x)
        assert report.verdict == "FAIL"
        assert "neither of, nor between, the slopes on both sides, -1 and 1," in report.components[0].reason


def test_waves_that_differences_pass_over_are_left_open():
    u = lambda x: 100 * (x[0] ** 2 - x[1]) ** 2
    f = lambda x: u(x) ** 2 / 4000 - np.cos(u(x))
    du = lambda x: 200 * (x[0] ** 2 - x[1]) * np.array([2 * x[0], -1])
    jac = lambda x: (u(x) / 2000 + np.sin(u(x))) * du(x)
    for x in (np.array([20.0, 3.0]), np.array([-11.0, 1.0])):
        for seed in range(4):
            assert audit(f, jac, x, seed=seed).verdict != "FAIL"
            assert audit(f, lambda x: 2 * jac(x), x, seed=seed).verdict == "FAIL"
        assert check(f, x).verdict != "FAIL"
