"""audit: its arguments, what it counts as a failure beside wrong numbers, and what does not change its verdict."""

import json

import numpy as np
import pytest
from scipy.optimize import Bounds, rosen, rosen_der, rosen_hess, rosen_hess_prod

from dualrev.checking.auditing import audit
from dualrev.errors import InputError, WrongDerivativeError

X = np.array([0.4, 1.7, -0.8, 1.2])


def wrong(x):
    g = rosen_der(x)
    g[0] = 0.0
    return g


# ---- arguments -------------------------------------------------------------------------------------------------------


def test_a_right_gradient_passes_component_by_component():
    report = audit(rosen, rosen_der, X[:2])
    assert report.verdict == "PASS"
    assert report.ok
    assert {f"df/dx[{k}]" for k in range(2)} <= {c.name for c in report.components}
    assert report.diagnosis == []
    report.assert_ok()


def test_yours_and_the_reference_are_labelled():
    found = next(c for c in audit(rosen, wrong, X).failures if c.name == "df/dx[0]" and c.point == 0)
    assert found.yours == 0.0
    assert found.reference == pytest.approx(rosen_der(X)[0], rel=1e-8)
    assert abs(found.yours - found.reference) > found.budget


def test_assert_ok_raises_with_the_diagnosis():
    with pytest.raises(WrongDerivativeError, match=r"d/dx\[0\]: yours is 0"):
        audit(rosen, wrong, X).assert_ok()


def test_value_and_gradient_from_one_function():
    assert audit(lambda x: (rosen(x), rosen_der(x)), True, X).ok
    assert not audit(lambda x: (rosen(x), wrong(x)), True, X).ok


def test_further_arguments():
    f, g = (lambda x, a, b: a * np.sum(x**b)), (lambda x, a, b: a * b * x ** (b - 1))
    assert audit(f, g, X, args=(3.0, 2)).ok
    assert audit(f, lambda x, a, b: g(x, a, b) / a, X, args=(3.0, 2)).verdict == "FAIL"


@pytest.mark.parametrize("x0", [[2, 4], (2.0, 4.0), np.array([2, 4])])
def test_integers_and_lists_are_points(x0):
    assert audit(lambda x: x[0] * x[1] ** 2, lambda x: np.array([x[1] ** 2, 2 * x[0] * x[1]]), x0).ok


def test_numbers_dicts_and_matrices_are_points():
    assert audit(lambda x: x**3, lambda x: 3 * x**2, 2).ok
    tree = {"a": np.array([1.0, 2.0]), "b": 3.0}
    f = lambda p: p["b"] * np.sum(p["a"] ** 2)
    assert audit(f, lambda p: {"a": 2 * p["b"] * p["a"], "b": np.sum(p["a"] ** 2)}, tree).ok
    M = np.arange(6.0).reshape(2, 3) + 1
    assert audit(lambda x: np.sum(np.log(x)), lambda x: 1 / x, M).ok


def test_names_are_those_given():
    names = {c.name for c in audit(rosen, rosen_der, X[:2], names=["height", "width"]).components}
    assert {"df/dheight", "df/dwidth"} <= names


@pytest.mark.parametrize("bounds", [(1.0, 3.0), Bounds([1.0, 1.0], [3.0, 3.0]), ([1.0, 1.0], [3.0, 3.0])])
def test_no_step_leaves_the_bounds(bounds):
    seen = []

    def f(x):
        seen.append(x.copy())
        return np.sum(np.sqrt(x))

    report = audit(f, lambda x: 0.5 / np.sqrt(x), np.array([1.0, 3.0]), bounds=bounds)
    assert report.verdict == "PASS"
    assert np.min(seen) >= 1.0
    assert np.max(seen) <= 3.0


def test_one_seed_one_report_and_the_line_that_reruns_it():
    first, second = (audit(rosen, wrong, X, seed=7) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert first.rerun == "dr.audit(rosen, wrong, x0, seed=7)"
    assert (
        audit(rosen, wrong, X, points=1, names=list("abcd")).rerun
        == "dr.audit(rosen, wrong, x0, names=names, points=1, seed=0)"
    )


def test_one_point_is_not_enough_for_a_mistake_that_hides_there():
    f, swapped = (lambda x: x[0] * x[1] ** 2), (lambda x: np.array([2 * x[0] * x[1], x[1] ** 2]))
    x = np.array([2.0, 4.0])
    assert audit(f, swapped, x, points=1).verdict == "PASS"
    assert audit(f, swapped, x).verdict == "FAIL"


def test_a_looser_tolerance_is_kept():
    off = lambda x: rosen_der(x) * (1 + 1e-5)
    assert audit(rosen, off, X).verdict == "FAIL"
    assert audit(rosen, off, X, rtol=1e-4).verdict == "PASS"


def test_a_thousand_inputs_take_few_evaluations_and_one_bad_entry_is_found():
    x = np.linspace(0.1, 3.0, 1000)
    right = lambda x: np.sin(x) + x * np.cos(x)

    def one_wrong(x):
        g = right(x)
        g[713] *= 1.001
        return g

    f = lambda x: np.sum(x * np.sin(x))
    report = audit(f, right, x)
    assert report.ok
    assert report.evaluations <= 40
    bad = audit(f, one_wrong, x)
    assert {c.name for c in bad.failures if "direction" not in c.name} == {"df/dx[713]"}
    assert bad.evaluations <= report.evaluations + 40 * np.log2(1000)


@pytest.mark.parametrize("jac", [None, "2-point", 3.0])
def test_what_is_no_function_is_refused(jac):
    with pytest.raises(InputError, match="fun and jac are functions"):
        audit(rosen, jac, X)


def test_a_report_is_plain_data():
    data = json.loads(audit(rosen, wrong, X).to_json())
    assert data["verdict"] == "FAIL"
    assert data["diagnosis"] == ["d/dx[0]: yours is 0: its derivative is missing"]


# ---- what does not change the verdict --------------------------------------------------------------------------------

CHANGES = {
    "f times 1e8": (lambda x: 1e8 * rosen(x), lambda g: lambda x: 1e8 * g(x), X),
    "f times 1e-8": (lambda x: 1e-8 * rosen(x), lambda g: lambda x: 1e-8 * g(x), X),
    "f times -3e150": (lambda x: -3e150 * rosen(x), lambda g: lambda x: -3e150 * g(x), X),
    "f plus 1e6": (lambda x: rosen(x) + 1e6, lambda g: g, X),
    "x times 1e-7": (lambda x: rosen(1e7 * x), lambda g: lambda x: 1e7 * g(1e7 * x), 1e-7 * X),
    "x times D": (lambda x: rosen(x * D), lambda g: lambda x: g(x * D) * D, X / np.array([1e6, 1.0, 1e-3, 1e-6])),
}
D = np.array([1e6, 1.0, 1e-3, 1e-6])


@pytest.mark.parametrize("name", CHANGES)
def test_scale_and_offset(name):
    f, changed, x = CHANGES[name]
    assert audit(f, changed(rosen_der), x).verdict == "PASS"
    assert audit(f, changed(wrong), x).verdict == "FAIL"
    assert audit(f, changed(lambda x: rosen_der(x) * (1 + 1e-4)), x).verdict == "FAIL"


# ---- side effects ----------------------------------------------------------------------------------------------------


def reasons(f, jac, x):
    report = audit(f, jac, x)
    assert report.verdict == "FAIL"
    return {c.reason for c in report.failures if c.referee == "side effects"}


def test_a_gradient_that_changes_its_argument():
    def jac(x):
        x *= 2
        return x

    assert reasons(lambda x: np.sum(x**2), jac, X) == {"the derivative changes its arguments in place"}


def test_a_tape_that_is_not_set_to_zero():
    total = np.zeros(4)

    def jac(x):
        total[:] = total + rosen_der(x)
        return total.copy()

    assert any("a second call returns the sum of both" in reason for reason in reasons(rosen, jac, X))


def test_an_error_of_the_derivative_near_the_point_is_noted():
    def jac(x):
        if abs(x[0] - 0.4) > 0.045:
            raise RuntimeError("no derivative here")
        return rosen_der(x)

    report = audit(rosen, jac, X)
    assert report.verdict == "PASS"
    assert any("RuntimeError at point 2: no derivative here" in note for note in report.notes)


# ---- second derivatives ----------------------------------------------------------------------------------------------


def test_hessians_and_products_that_are_right():
    assert audit(rosen, rosen_der, X, hess=rosen_hess, hessp=rosen_hess_prod).verdict == "PASS"


def test_a_hessian_that_is_not_symmetric():
    H = lambda x: rosen_hess(x) + np.triu(np.ones((4, 4)), 1)
    report = audit(rosen, rosen_der, X, hess=H)
    assert any(c.referee == "symmetry" and c.reason == "not symmetric" for c in report.failures)
    assert all(line.startswith("hess: ") for line in report.diagnosis)


def test_a_product_that_is_not_linear():
    report = audit(rosen, rosen_der, X, hessp=lambda x, p: rosen_hess(x) @ (p * np.abs(p)))
    assert any(c.reason == "not linear in p" for c in report.failures)


def test_a_right_gradient_and_a_wrong_hessian():
    report = audit(rosen, rosen_der, X, hess=lambda x: 2 * rosen_hess(x))
    assert report.verdict == "FAIL"
    assert report.diagnosis == ["hess: yours is 2 times the reference: a factor 2 is extra"]
    assert all(c.name.startswith("d(df/dx") or "(df/dx" in c.name for c in report.failures)
