"""dr.taylor against mpmath to order 20, nested forward mode, and solvers."""

from math import factorial

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.scipy import optimize

FUNCTIONS = {
    "exp": (np.exp, mp.exp),
    "sin": (np.sin, mp.sin),
    "tanh": (np.tanh, mp.tanh),
    "log": (np.log, mp.log),
    "sqrt": (np.sqrt, mp.sqrt),
    "power": (lambda x: x**2.5, lambda x: x ** mp.mpf(2.5)),
    "cube": (lambda x: x**3 - x, lambda x: x**3 - x),
    "x to the x": (lambda x: x**x, lambda x: x**x),
    "two to the x": (lambda x: 2.0**x, lambda x: mp.mpf(2) ** x),
    "quotient": (lambda x: (1 + x) / (2 + x * x), lambda x: (1 + x) / (2 + x * x)),
    "arctan": (np.arctan, mp.atan),
    "arcsin": (lambda x: np.arcsin(x / 2), lambda x: mp.asin(x / 2)),
    "erf": (sc.erf, mp.erf),
    "logistic": (sc.expit, lambda x: 1 / (1 + mp.exp(-x))),
    "mixed": (
        lambda x: np.exp(np.sin(x)) * np.log1p(x * x) / np.cosh(x),
        lambda x: mp.exp(mp.sin(x)) * mp.log(1 + x * x) / mp.cosh(x),
    ),
}


@pytest.mark.parametrize(("f", "exact"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_to_order_20(f, exact):
    with mp.workdps(40):
        want = [float(a) for a in mp.taylor(exact, mp.mpf(0.7), 20)]
    np.testing.assert_allclose(dr.taylor(f, 0.7, 1.0, 20).coefficients, want, rtol=1e-11, atol=1e-14)


A = np.random.default_rng(0).normal(size=(3, 3)) + 3 * np.eye(3)
V = np.random.default_rng(1).normal(size=(3, 3))
OF_ARRAYS = {
    "solve": lambda M: np.linalg.solve(M, M[0]),
    "solve, constant matrix": lambda M: np.linalg.solve(A, np.sin(M)),
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "cholesky": lambda M: np.linalg.cholesky(M @ M.T),
    "matmul": lambda M: M @ M @ np.sin(M) @ A,
    "einsum": lambda M: np.einsum("ij,jk->ik", M, M),
    "reductions": lambda M: np.sum(M**2, axis=0) / np.max(M) + np.prod(M[0]),
    "norm": np.linalg.norm,
    "indices": lambda M: np.cumsum(M[0] * M[:, 1]),
    "where": lambda M: np.where(M > 0, M, M**2),
    "broadcasting": lambda M: np.exp(M[0] / 9) * M[:, :1],
    "a constant": lambda M: np.floor(M),
}


@pytest.mark.parametrize("f", OF_ARRAYS.values(), ids=OF_ARRAYS)
def test_of_arrays_against_nested_forward_mode(f):
    along, want = (lambda s: f(A + s * V)), []
    for k in range(5):
        want.append(np.asarray(along(0.0)) / factorial(k))
        along = (lambda g: lambda s: dr.jvp(g, (s,), (1.0,))[1])(along)
    np.testing.assert_allclose(dr.taylor(f, A, V, 4).coefficients, want, atol=1e-12)


def test_through_a_solver_to_every_order():
    root = lambda a: optimize.brentq(lambda y: y * y - a, 0.0, 9.0)
    np.testing.assert_allclose(
        dr.taylor(root, 4.0, 1.0, 6).coefficients, dr.taylor(np.sqrt, 4.0, 1.0, 6).coefficients, atol=1e-12
    )


def test_inside_and_around_other_transformations():
    J = dr.jacobian(lambda x: dr.taylor(np.sin, x, 1.0, 3).coefficients)(0.3)
    np.testing.assert_allclose(J, [np.cos(0.3), -np.sin(0.3), -np.cos(0.3) / 2, np.sin(0.3) / 6])
    inner = dr.taylor(lambda x: dr.grad(lambda y: np.sin(x * y))(2.0), 0.3, 1.0, 2).coefficients
    c, s = np.cos(0.6), np.sin(0.6)  # of x cos(2 x)
    np.testing.assert_allclose(inner, [0.3 * c, c - 0.6 * s, -2 * s - 0.6 * c])


def test_trees_the_polynomial_and_the_derivatives():
    series = dr.taylor(
        lambda p: {"y": p["a"] * p["b"], "z": 1.5}, {"a": 2.0, "b": np.ones(2)}, {"a": 1.0, "b": np.ones(2)}, 3
    )
    np.testing.assert_array_equal(series.coefficients["y"], [[2, 2], [3, 3], [1, 1], [0, 0]])
    np.testing.assert_array_equal(series.coefficients["z"], [1.5, 0, 0, 0])
    np.testing.assert_array_equal(series(0.5)["y"], [3.75, 3.75])
    tanh = dr.taylor(np.tanh, 0.0, 1.0, 4)
    np.testing.assert_allclose(tanh.derivatives, [0.0, 1.0, 0.0, -2.0, 0.0], atol=1e-15)
    np.testing.assert_array_equal(dr.taylor(np.tanh, 0.5, 1.0, 0).coefficients, [np.tanh(0.5)])


def test_a_kept_value_is_refused():
    kept = []
    dr.taylor(lambda x: kept.append(x) or x, 1.0, 1.0, 2)
    with pytest.raises(dr.EscapedTracerError):
        np.sin(kept[0])


def test_refusals():
    with pytest.raises(dr.InputError, match="order=-1: the highest power"):
        dr.taylor(np.sin, 0.0, 1.0, -1)
    with pytest.raises(dr.InputError, match="one direction v"):
        dr.taylor(np.sin, 0.0, np.ones(3), 2)
