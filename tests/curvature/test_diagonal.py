"""The diagonal and the trace of Hessians, exact and estimated, against whole Hessians and closed forms."""

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator

import dualrev as dr

X = np.linspace(0.2, 1.5, 6)


def f(x):
    return np.sum(np.sin(np.outer(x, x))) + np.prod(x)


def test_the_diagonal_is_that_of_the_hessian():
    np.testing.assert_allclose(dr.hessian_diag(f)(X), np.diag(dr.hessian(f)(X)), rtol=1e-12)
    assert dr.laplacian(f)(X) == pytest.approx(np.trace(dr.hessian(f)(X)))


def test_trees_further_arguments_and_many_numbers():
    g = lambda p, scale: scale * (p["a"] ** 3 + np.sum(p["b"] ** 4) * p["a"])
    p = {"a": 2.0, "b": np.array([[1.0, 2.0]])}
    got = dr.hessian_diag(g)(p, 10.0)
    assert got["a"] == pytest.approx(120.0) and type(got["a"]) is float
    np.testing.assert_allclose(got["b"], 240 * p["b"] ** 2)
    x = np.linspace(0.0, 1.0, 600)
    np.testing.assert_allclose(dr.hessian_diag(lambda x: np.sum(x**3))(x), 6 * x)


def test_harmonic_functions_and_a_derivative_of_the_laplacian():
    coulomb = lambda x: 1 / np.sqrt(np.sum(x**2))
    assert dr.laplacian(coulomb)(np.array([1.0, 2.0, 3.0])) == pytest.approx(0.0, abs=1e-15)
    cubic = lambda x: np.sum(x**3)
    np.testing.assert_allclose(dr.grad(dr.laplacian(cubic))(X), np.full(6, 6.0))


def test_a_stochastic_diagonal_and_its_error():
    exact = np.diag(dr.hessian(f)(X))
    found = dr.hessian_diag(f, "stochastic", n=4000, rng=0)(X)
    assert np.all(np.abs(found.value - exact) < 5 * found.error) and np.all(found.error > 0)
    diagonal = dr.hessian_diag(lambda x: np.sum(x**4), "stochastic", n=2, rng=0)(X)
    np.testing.assert_allclose(diagonal.value, 12 * X**2)
    np.testing.assert_allclose(diagonal.error, 0.0, atol=1e-12)


def test_a_trace_from_products():
    rng = np.random.default_rng(0)
    B = rng.normal(size=(80, 80)) / np.arange(1, 81)
    A = B.T @ B
    for operator in (A, LinearOperator(A.shape, matvec=lambda v: A @ v, matmat=lambda V: A @ V, dtype=float)):
        found = dr.trace_estimate(operator, n=60, rng=1)
        assert abs(found.value - np.trace(A)) < 5 * found.error < 0.1 * np.trace(A)
    low = dr.trace_estimate(lambda V: A[:, :5] @ (A[:, :5].T @ V), n=30, rng=0, size=80)
    assert low.value == pytest.approx(np.sum(A[:, :5] ** 2)) and low.error < 1e-10


def test_refusals():
    with pytest.raises(dr.InputError, match="method='fast': write 'exact' or 'stochastic'"):
        dr.hessian_diag(f, "fast")
    with pytest.raises(dr.InputError, match="at least 6"):
        dr.trace_estimate(np.eye(3), n=5)
    with pytest.raises(dr.InputError, match="size="):
        dr.trace_estimate(lambda V: V)
    with pytest.raises(dr.InputError, match="laplacian takes a function"):
        dr.laplacian(X)
