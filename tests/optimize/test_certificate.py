"""After the last step: stationarity, curvature, what is undetermined, and what is at its bounds."""

import json

import numpy as np
import pytest

import dualrev as dr
from dualrev.optimize.certificate import certificate_of, combination, directions_text, ratio
from dualrev.optimize.constraints import Constraint
from dualrev.optimize.faces import projected

A = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
B = np.array([1.0, -2.0, 0.5])


def quadratic(x):
    return 0.5 * x @ (A @ x) - B @ x


def test_gradient_eigenvalues_condition_and_expected_decrease():
    x = np.array([0.3, 0.2, -0.1])
    found = certificate_of(dr.objective(quadratic, x), x)
    g, values = A @ x - B, np.linalg.eigvalsh(A)
    assert found.gradient_norm == pytest.approx(np.abs(g).max(), rel=1e-14)
    np.testing.assert_allclose(found.eigenvalues, values, rtol=1e-13)
    assert found.condition == pytest.approx(values[-1] / values[0], rel=1e-12)
    best = np.linalg.solve(A, B)
    assert found.expected_decrease == pytest.approx(quadratic(x) - quadratic(best), rel=1e-12)
    assert found.undetermined == found.at_bounds == found.warnings == [] and found.violation is None


def test_badly_scaled_parameters_are_not_undetermined():
    scale = np.array([1e6, 1.0, 1e-7])
    x = np.ones(3) / scale
    found = certificate_of(dr.objective(lambda x: quadratic(x * scale), x), x)
    assert found.undetermined == [] and found.warnings == []
    best = np.linalg.solve(A, B)
    assert found.expected_decrease == pytest.approx(quadratic(np.ones(3)) - quadratic(best), rel=1e-9)


def test_directions_that_the_function_does_not_see_have_names():
    obj = dr.objective(lambda p: (p["a"] + p["c"] - 1) ** 2 + p["b"] ** 2, {"a": 0.5, "b": 0.0, "c": 0.5})
    found = certificate_of(obj, obj.x0)
    assert len(found.undetermined) == 1 and found.expected_decrease == 0.0
    assert found.undetermined[0].startswith("0.71 a - 0.71 c is undetermined, eigenvalue ratio ")
    unused = dr.objective(lambda p: p["a"] ** 2, {"a": 1.0, "w": np.zeros(2)})
    said = certificate_of(unused, unused.x0).undetermined
    assert len(said) == 2 and {s.split(" is ")[0] for s in said} == {"w[0]", "w[1]"}


def test_a_saddle_is_told():
    obj = dr.objective(lambda p: p["a"] ** 2 - 3 * p["b"] ** 2, {"a": 0.0, "b": 0.0})
    found = certificate_of(obj, obj.x0)
    assert found.warnings == ["not a minimum: the Hessian has a negative eigenvalue, the function falls along b"]
    np.testing.assert_allclose(found.eigenvalues, [-6.0, 2.0])


def test_parameters_at_their_bounds_are_named_and_left_out():
    obj = dr.objective(quadratic, np.zeros(3), bounds=[(0, 9), (0, 9), (-9, 0)])
    found = certificate_of(obj, obj.x0)  # the gradient is -B: down in x[1] and up in x[2] the bounds hold
    assert found.gradient_norm == 1.0
    assert found.at_bounds == ["x[1] (lower)", "x[2] (upper)"]
    obj = dr.objective(quadratic, [0.5, 0.0, 0.5], bounds=[(-9, 9), (0, 9), (-9, 9)])
    found = certificate_of(obj, obj.x0)
    assert found.at_bounds == ["x[1] (lower)"]
    np.testing.assert_allclose(found.eigenvalues, np.linalg.eigvalsh(A[np.ix_([0, 2], [0, 2])]), rtol=1e-13)


def test_the_gradient_is_projected():
    x, lower, upper = np.array([0.0, 0.0, 5.0, 5.0, 2.0]), np.zeros(5), np.full(5, 5.0)
    g = np.array([1.0, -1.0, -1.0, 1.0, 3.0])
    np.testing.assert_array_equal(projected(g, x, lower, upper), [0.0, -1.0, 0.0, 1.0, 3.0])


def test_with_constraints_it_is_the_kkt_residual():
    obj = dr.objective(lambda p: p["x"] ** 2 + 2 * p["y"] ** 2, {"x": 2 / 3, "y": 1 / 3})
    line = Constraint(lambda p: p["x"] + p["y"], obj.parameters, 1.0, np.inf)
    found = certificate_of(obj, obj.x0, [line])  # grad = (4/3, 4/3) = 4/3 of the normal
    assert found.gradient_norm < 1e-12 and found.violation < 1e-15 and found.at_bounds == ["<lambda> (lower)"]
    np.testing.assert_allclose(found.eigenvalues, [3.0], rtol=1e-12)  # diag(2, 4) along (1, -1)
    off = certificate_of(obj, np.array([0.5, 0.0]), [line])  # grad (1, 0), half of it the normal's
    assert off.violation == pytest.approx(0.5) and off.gradient_norm == pytest.approx(0.5)
    pushed = Constraint(lambda p: p["x"] + p["y"], obj.parameters, -np.inf, 1.0)  # holds the wrong side: no minimum
    assert certificate_of(obj, obj.x0, [pushed]).gradient_norm == pytest.approx(4 / 3, rel=1e-9)
    mirrored = Constraint(lambda p: -p["x"] - p["y"], obj.parameters, -1.0, np.inf)
    assert certificate_of(obj, obj.x0, [mirrored]).gradient_norm == pytest.approx(4 / 3, rel=1e-9)


def test_curvature_of_the_constraint_counts():
    obj = dr.objective(lambda x: x[0], [-1.0, 0.0])
    circle = Constraint(lambda x: x[0] ** 2 + x[1] ** 2, obj.parameters, 1.0, 1.0)
    low = certificate_of(obj, np.array([-1.0, 0.0]), [circle])
    assert low.gradient_norm < 1e-12 and low.warnings == []
    high = certificate_of(obj, np.array([1.0, 0.0]), [circle])
    assert high.gradient_norm < 1e-12 and "not a minimum" in high.warnings[0] and "x[1]" in high.warnings[0]


def test_a_hessian_that_is_not_finite_is_a_warning():
    obj = dr.objective(lambda p: p["a"] ** 2 + p["b"] ** 1.5, {"a": 1.0, "b": 0.0})
    with np.errstate(all="ignore"):
        found = certificate_of(obj, obj.x0)
    assert found.eigenvalues is None and "Hessian column of b" in found.warnings[0]


def test_many_parameters_have_no_eigenvalues():
    obj = dr.objective(lambda x: np.sum(x**2), np.ones(101))
    found = certificate_of(obj, obj.x0)
    assert found.eigenvalues is None and found.gradient_norm == 2.0
    assert obj.counts.hessian_products == 0


def test_what_it_says():
    obj = dr.objective(quadratic, np.zeros(3), bounds=[(-9, 0), (-9, 9), (-9, 9)])
    lines = str(certificate_of(obj, np.array([0.0, -0.7, 0.4]))).splitlines()
    assert lines[0].startswith("projected gradient ") and "Hessian eigenvalues 1.79 to 3.21" in lines[0]
    assert lines[1] == "at a bound: x[0] (upper)"
    json.dumps(certificate_of(obj, np.zeros(3)).to_dict())


def test_a_combination_is_written_with_its_main_terms():
    assert combination(np.array([0.0, -1.0]), ["a", "b"]) == "b"
    assert combination(np.array([0.6, -0.8, 0.001]), ["a", "b", "c"]) == "0.60 a - 0.80 b"
    assert combination(-np.ones(8), list("abcdefgh")).count("0.35") == 5
    assert combination(np.ones(8), list("abcdefgh")).endswith(" + ...")
    assert directions_text(np.eye(2)[:1], [1e-13], ["a", "b"], "ratio") == ["a is undetermined, ratio 1e-13"]
    assert ratio(np.array([4.0, 2.0])) == 2.0 and ratio(np.array([4.0, 0.0])) == np.inf


@pytest.mark.parametrize("bounds", [None, {"a": (-1e4, 1e4), "b": (-400, 400), "c": (-1e4, 1e4)}])
def test_an_overflow_on_the_way_hides_nothing(bounds):
    """A step has met 1e304: what is undetermined is still said, and no parameter is at a bound."""
    t = np.linspace(0, 1, 20)
    loss = lambda p: np.sum((np.exp(p["b"] * t) * (p["a"] + p["c"]) - 2 * np.exp(3 * t)) ** 2)
    obj = dr.objective(loss, {"a": 1.0, "b": 3.0, "c": 1.0}, bounds=bounds)
    assert obj.fun(np.array([1.0, 350.0, 1.0])) > 1e303
    seen = certificate_of(obj, np.array([1.0, 3.0, 1.0]))
    assert seen.at_bounds == [] and any("0.71 a - 0.71 c is undetermined" in said for said in seen.undetermined)
    found = dr.minimize(loss, {"a": 1.0, "b": 20.0, "c": 1.0}, bounds=bounds)
    assert found.certificate.at_bounds == [] and found.success
    assert found.params["b"] == pytest.approx(3.0, rel=1e-4)
