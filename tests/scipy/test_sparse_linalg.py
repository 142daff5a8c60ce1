"""dualrev.scipy.sparse.linalg against dense inverses."""

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg

import dualrev as dr
import dualrev.scipy
from dualrev.scipy.sparse import linalg

N = 30
A = sp.diags_array([-np.ones(N - 1), 2.5 + np.arange(N) / N, -np.ones(N - 1)], offsets=[-1, 0, 1]).tocsc()
SKEW = (A + 0.3 * sp.eye_array(N, k=1)).tocsc()
B = np.sin(np.arange(N) + 1.0)


@pytest.mark.parametrize("name", "cg cgs bicg bicgstab gmres lgmres minres tfqmr gcrotmk".split())
def test_iterative_solvers_in_the_right_side(name):
    M = A if name in ("cg", "minres") else SKEW
    f = lambda b: getattr(linalg, name)(M, b)[0]
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(B), np.linalg.inv(M.toarray()), atol=1e-9)
    np.testing.assert_array_equal(dr.vjp(f, B)[0], getattr(scipy.sparse.linalg, name)(M, B)[0])


@pytest.mark.parametrize("name", ["cg", "gmres", "bicgstab"])
def test_an_operator_that_holds_a_parameter(name):
    def operator(p):
        matvec = lambda v: A @ v + p * v
        return sp.linalg.LinearOperator((N, N), matvec=matvec, rmatvec=matvec, dtype=float)

    f = lambda p: np.sum(getattr(linalg, name)(operator(p), B, rtol=1e-10)[0] ** 2)
    exact = lambda p: np.sum(np.linalg.solve(A.toarray() + p * np.eye(N), B) ** 2)
    assert dr.grad(f)(0.7) == pytest.approx(dr.grad(exact)(0.7), rel=1e-9)
    assert dr.hessian(f)(0.7) == pytest.approx(dr.hessian(exact)(0.7), rel=1e-8)


def test_a_dense_matrix_that_is_traced():
    f = lambda M: np.sum(linalg.gmres(M, B, rtol=1e-12)[0])
    exact = lambda M: np.sum(np.linalg.solve(M, B))
    np.testing.assert_allclose(dr.grad(f)(A.toarray()), dr.grad(exact)(A.toarray()), atol=1e-10)


def test_a_preconditioner_is_used_for_the_derivative_too():
    asked = []
    inverse = np.linalg.inv(SKEW.toarray())
    M = sp.linalg.LinearOperator(
        (N, N), matvec=lambda v: inverse @ v, rmatvec=lambda v: asked.append(1) or inverse.T @ v, dtype=float
    )
    g = dr.grad(lambda b: np.sum(linalg.gmres(SKEW, b, M=M)[0]))(B)
    np.testing.assert_allclose(g, inverse.T @ np.ones(N), atol=1e-10)
    assert asked


@pytest.mark.parametrize("b", [B, B[:, None], np.stack([B, B**2], axis=1)], ids=["vector", "column", "matrix"])
def test_direct_solvers(b):
    inverse = np.linalg.inv(SKEW.toarray())
    w = np.cos(np.arange(b.size)).reshape(b.shape)
    for solve in (lambda b: linalg.spsolve(SKEW, b), lambda b: linalg.factorized(SKEW)(b)):
        if b.ndim == 2 and solve(b).ndim == 1:
            want = (inverse.T @ np.ravel(w)).reshape(b.shape)
            got = dr.grad(lambda b: np.sum(np.ravel(w) * solve(b)))(b)
        else:
            want, got = inverse.T @ w, dr.grad(lambda b: np.sum(w * solve(b)))(b)
        np.testing.assert_allclose(got, want, atol=1e-12)
        np.testing.assert_array_equal(dr.jvp(solve, (b,), (b,))[0], solve(b))


def test_refusals():
    with pytest.raises(dr.NoRuleError, match=r"no sparse matrix of numbers: write np\.linalg\.solve"):
        dr.grad(lambda M: np.sum(linalg.spsolve(M, B)))(A.toarray())
    with pytest.raises(dr.NonFiniteError, match=r"gmres left .* of the right side of a derivative"):
        hard = sp.csc_array(np.linalg.qr(np.random.default_rng(0).normal(size=(N, N)))[0])
        dr.grad(lambda b: np.sum(linalg.gmres(hard, b, restart=2, maxiter=2)[0]))(B)


def test_names():
    assert dualrev.scipy.sparse.csr_array is sp.csr_array
    assert linalg.splu is not None and set(linalg.__all__) == set(scipy.sparse.linalg.__all__)
    with pytest.raises(AttributeError, match="neither dualrev"):
        _ = dualrev.scipy.sparse.csr_arrays
