"""Correct derivatives of difficult functions: none is accused, and few are left undecided."""

import functools

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking import audit, check
from tests.checking.correct_zoo import CORRECT

SEEDS = range(3)
MOST = 0.15  # the share of cases that may be left undecided


def derivative(case):
    """The gradient or Jacobian that a case claims, or dualrev's own."""
    if case.jac is not None:
        return case.jac
    return dr.grad(case.f) if np.ndim(case.f(case.x)) == 0 else dr.jacobian(case.f)


@functools.cache
def verdicts(name):
    """By both ways to check, for several seeds; dualrev's check where it can differentiate the function."""
    case = CORRECT[name]
    own = [check(case.f, case.x, seed=s, **case.options) for s in SEEDS if case.jac is None]
    foreign = [audit(case.f, derivative(case), case.x, seed=s, **case.options) for s in SEEDS]
    return [report.verdict for report in own + foreign]


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_derivative_is_not_accused(name):
    assert "FAIL" not in verdicts(name)


def test_few_are_left_undecided():
    every = [verdict for name in CORRECT for verdict in verdicts(name)]
    assert len(CORRECT) >= 60
    assert every.count("INCONCLUSIVE") <= MOST * len(every)


@pytest.mark.parametrize("name", ["rosenbrock, 30", "a matrix", "dict", "number", "times 1e200", "plus 1e10"])
def test_second_derivatives_are_not_accused(name):
    case = CORRECT[name]
    assert [check(case.f, case.x, order=2, seed=s).verdict for s in SEEDS] == ["PASS"] * len(SEEDS)
