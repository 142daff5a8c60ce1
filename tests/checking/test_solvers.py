"""The tolerance of a solver that runs within a function, read off while it runs."""

import cProfile

import numpy as np
from scipy.integrate import solve_ivp

import dualrev as dr
from dualrev.checking.solvers import solver_of


def decay(k):
    return solve_ivp(lambda t, y: -k * y, (0, 1), [1.0], rtol=1e-5, atol=1e-8).y[0, -1]


def test_the_loosest_tolerance_is_read():
    assert solver_of(lambda: decay(0.7)) == ("solve_ivp", 1e-5)
    assert solver_of(lambda: np.sin(1.0)) is None


def test_a_check_can_be_profiled():
    with cProfile.Profile():
        assert dr.check(lambda x: np.sum(np.sin(x) * x), np.array([0.5, 1.5])).ok
