"""NIST's certified regressions, with default settings: the 54 nonlinear runs and the 11 linear sets."""

import mpmath as mp
import numpy as np
import pytest

import dualrev as dr
from dualrev.datasets import linear_names, load_linear, load_nonlinear, nonlinear_names

RUNS = [(name, k) for name in nonlinear_names() for k in (0, 1)]


def digits(computed, certified):
    certified = np.asarray(certified)
    error = np.abs(np.asarray(computed) - certified) / np.where(certified == 0, 1.0, np.abs(certified))
    return float(np.min(-np.log10(np.maximum(error, 1e-15))))


def test_there_are_27_nonlinear_and_11_linear_sets():
    assert (len(nonlinear_names()), len(linear_names())) == (27, 11)


@pytest.mark.parametrize(("name", "k"), RUNS)
def test_certified_parameters_and_deviations(name, k):
    problem = load_nonlinear(name)
    fit = dr.fit(problem.function, problem.x, problem.y, start=problem.starts[k])
    assert fit.success, fit.message
    assert digits(list(fit.params.values()), problem.parameters) >= 9
    assert fit.dof == problem.dof
    errors = np.array(list(fit.stderr.values()))
    if name == "Lanczos1":  # data rounded to doubles decide its residuals, 1e-13: see docs/fitting.md
        certified = problem.deviations / np.sqrt(problem.rss / problem.dof)
        assert digits(errors / np.sqrt(fit.reduced_chi2), certified) >= 8
    else:
        assert digits(errors, problem.deviations) >= 8
        assert fit.chi2 == pytest.approx(problem.rss, rel=1e-8)


def test_polishing_sees_through_the_noise_of_small_residuals():
    """Lanczos2 leaves residuals of 1e-7, and sums of squares with a noise of 1e-10."""
    problem = load_nonlinear("Lanczos2")
    fit = dr.fit(problem.function, problem.x, problem.y, start=problem.starts[1])
    assert digits(list(fit.params.values()), problem.parameters) >= 9.8


def test_lanczos1_as_doubles_has_another_sum_of_squares_than_as_decimals():
    """In 40 digits: what NIST certifies belongs to the decimals; the doubles nearest to them have 1e-3 less."""
    problem = load_nonlinear("Lanczos1")
    fit = dr.fit(problem.function, problem.x, problem.y, start=problem.starts[1])
    with mp.workdps(40):
        b = [mp.mpf(float(v)) for v in fit.params.values()]

        def squares(number):
            x, y = ([number(float(v)) for v in data] for data in (problem.x, problem.y))
            curve = [b[0] * mp.exp(-b[1] * t) + b[2] * mp.exp(-b[3] * t) + b[4] * mp.exp(-b[5] * t) for t in x]
            return float(sum((c - v) ** 2 for c, v in zip(curve, y, strict=True)))

        decimals, doubles = squares(lambda v: mp.mpf(repr(v))), squares(mp.mpf)
    assert decimals == pytest.approx(problem.rss, rel=1e-4)
    assert abs(doubles / problem.rss - 1) > 5e-4
    assert fit.chi2 == pytest.approx(problem.rss, rel=5e-3)


LEAST = {"Filip": 7, "Longley": 11, "Pontius": 12, "Norris": 12, "Wampler2": 12}  # all others: 14


@pytest.mark.parametrize("name", linear_names())
def test_linear_sets(name):
    problem = load_linear(name)
    found = dr.linear_regression(problem.x, problem.y, intercept=problem.intercept)
    assert digits(found.coefficients, problem.parameters) >= LEAST.get(name, 14)
    assert digits(found.stderr["b"], problem.deviations) >= (7 if name == "Filip" else 11)
    assert found.linear
    assert not found.undetermined


def test_the_linear_sets_do_as_well_as_qr_in_double_precision():
    for name in linear_names():
        problem = load_linear(name)
        found = dr.linear_regression(problem.x, problem.y, intercept=problem.intercept)
        X = np.column_stack([np.ones(len(problem.y)), problem.x]) if problem.intercept else problem.x
        Q, R = np.linalg.qr(X)
        by_qr = np.linalg.solve(R, Q.T @ problem.y)
        assert digits(found.coefficients, problem.parameters) > digits(by_qr, problem.parameters) - 1, name
