"""NIST's sets as stored: certified values fit the data, in a way that does without dualrev's fits."""

import numpy as np
import pytest

from dualrev.datasets import linear_names, load_linear, load_nonlinear, nonlinear_names


@pytest.mark.parametrize("name", nonlinear_names())
def test_the_certified_parameters_have_the_certified_sum_of_squares(name):
    problem = load_nonlinear(name)
    squares = np.sum((problem.function(problem.x, *problem.parameters) - problem.y) ** 2)
    assert squares == pytest.approx(problem.rss, rel=1e-6, abs=1e-20)
    assert problem.dof == len(problem.y) - len(problem.parameters)
    assert all(list(start) == [f"b{k + 1}" for k in range(len(problem.parameters))] for start in problem.starts)


@pytest.mark.parametrize("name", linear_names())
def test_the_certified_coefficients_have_the_certified_sum_of_squares(name):
    problem = load_linear(name)
    X = np.column_stack([np.ones(len(problem.y)), problem.x]) if problem.intercept else problem.x
    rows = [sum(map(np.longdouble, row * problem.parameters)) for row in X]
    assert float(np.sum((problem.y - np.array(rows, float)) ** 2)) == pytest.approx(problem.rss, rel=1e-6, abs=1e-12)
    assert problem.dof == len(problem.y) - X.shape[1]


def test_data_are_read_only_and_named():
    nelson = load_nonlinear("Nelson")
    assert nelson.x.shape == (2, 128) and nelson.model.startswith("log[y] =")
    with pytest.raises(ValueError, match="read-only"):
        nelson.y[0] = 0.0
    assert repr(load_linear("NoInt1")) == "LinearFit(NoInt1: y = b1 x, 11 points)"
    assert repr(load_linear("Wampler1")).startswith("LinearFit(Wampler1: y = b0 + b1 x + b2 x^2 + ")


@pytest.mark.parametrize("load", [load_linear, load_nonlinear])
def test_unknown_names_are_refused_with_a_list(load):
    with pytest.raises(KeyError, match="set 'Norway': there are"):
        load("Norway")
