"""Linear regression against closed forms and scipy.stats."""

import numpy as np
import pytest
from scipy import stats

import dualrev as dr
from dualrev.errors import InputError

RNG = np.random.default_rng(9)
X = RNG.normal(size=(40, 3))
Y = 2 + X @ [1.0, -3.0, 0.2] + 0.5 * RNG.normal(size=40)


def test_one_predictor_agrees_with_linregress():
    found, line = dr.linear_regression(X[:, 0], Y), stats.linregress(X[:, 0], Y)
    assert found.coefficients.tolist() == pytest.approx([line.intercept, line.slope], rel=1e-12)
    assert found.stderr["b"].tolist() == pytest.approx([line.intercept_stderr, line.stderr], rel=1e-11)
    assert found.p_values[1] == pytest.approx(line.pvalue, rel=1e-9)
    assert found.r_squared == pytest.approx(line.rvalue**2, rel=1e-12)
    assert found.labels == ["intercept", "x"]


@pytest.mark.parametrize("intercept", [True, False])
def test_several_predictors_have_the_closed_form(intercept):
    found = dr.linear_regression(X, Y, intercept=intercept)
    A = np.column_stack([np.ones(40), X]) if intercept else X
    b = np.linalg.solve(A.T @ A, A.T @ Y)
    dof = 40 - A.shape[1]
    errors = np.sqrt(np.diag(np.linalg.inv(A.T @ A)) * np.sum((Y - A @ b) ** 2) / dof)
    np.testing.assert_allclose(found.coefficients, b, rtol=1e-11)
    np.testing.assert_allclose(found.stderr["b"], errors, rtol=1e-10)
    np.testing.assert_allclose(found.t, b / errors, rtol=1e-9)
    np.testing.assert_allclose(found.p_values, 2 * stats.t.sf(np.abs(b / errors), dof), rtol=1e-7)
    assert (found.dof, found.linear) == (dof, True)


def test_weights_are_those_of_the_normal_equations():
    w = RNG.uniform(0.5, 2, size=40)
    found = dr.linear_regression(X, Y, weights=w, intercept=False)
    np.testing.assert_allclose(found.coefficients, np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w * Y)), rtol=1e-10)


def test_labels_stand_for_the_parameters_everywhere():
    found = dr.linear_regression(X, Y, names=["mass", "age", "height"])
    assert list(found.confidence()) == ["intercept", "mass", "age", "height"]
    assert found.profile("age").interval == pytest.approx(found.confidence()["age"], rel=1e-6)
    text = str(found)
    assert [line.split()[0] for line in text.splitlines()[1:5]] == ["intercept", "mass", "age", "height"]
    assert "linear in its parameters: one QR solve, Jacobian 40 x 4 by forward mode" in text
    assert repr(found) == text and "mass" in found._repr_html_()


def test_equal_columns_are_named():
    twice = dr.linear_regression(np.column_stack([X[:, 0], X[:, 0]]), Y, names=["left", "right"])
    assert twice.undetermined[0].startswith("0.71 left - 0.71 right is undetermined")
    assert np.isnan(twice.t[1:]).all() and np.isfinite(twice.t[0])
    assert "undetermined" in str(twice)


def test_data_on_a_plane():
    found = dr.linear_regression(X, X @ [1.0, 2.0, 4.0], intercept=False)
    np.testing.assert_allclose(found.coefficients, [1, 2, 4], rtol=1e-15)


def test_data_on_a_line_exactly():
    found = dr.linear_regression(np.arange(4.0), 2 * np.arange(4.0) + 1)
    assert found.coefficients.tolist() == [1.0, 2.0]
    assert "nan" not in str(found).splitlines()[1]


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ((X, Y[1:]), {}, r"X has shape \(40, 3\) and y \(39,\)"),
        ((X[None], Y), {}, r"X has shape \(1, 40, 3\)"),
        ((X, Y), {"names": ["a"]}, "1 names for 3 columns"),
        ((np.where(X > 2, np.nan, X), Y), {}, r"X\[.*\] is nan"),
        ((X, Y), {"sigma": 0.0}, "sigma has the value 0.0"),
    ],
)
def test_bad_input_is_named(given, options, message):
    with pytest.raises(InputError, match=message):
        dr.linear_regression(*given, **options)
