"""dualrev.scipy.linalg against SciPy, and eigenvalues that are equal."""

import warnings

import numpy as np
import pytest
import scipy.linalg

import dualrev as dr
from dualrev.errors import SpectrumWarning
from dualrev.scipy import linalg
from tests.scipy.against_scipy import assert_as_scipy, refused

RNG = np.random.default_rng(11)


def numbers(*shape):
    return RNG.uniform(-1, 1, shape)


def regular(n):
    return numbers(n, n) / 3 + 2 * np.eye(n)


A3, A4, B3 = regular(3), regular(4), numbers(3, 2)
P3, P4 = A3 @ A3.T, A4 @ A4.T
TALL, WIDE, V3, V4 = numbers(4, 2), numbers(2, 4), numbers(3), numbers(4)
BANDS = numbers(3, 4) + np.array([[0.0], [4.0], [0.0]])
OVER = np.array([[0.0, 1.0, 0.5, 0.2], [4.0, 5.0, 4.0, 6.0]])  # the diagonal above the main one, and that
TWO_OVER = np.array([[0.0, 0.0, 0.3, 0.6], [0.0, 1.0, 0.5, 0.2], [4.0, 5.0, 4.0, 6.0]])
UNDER = np.array([[4.0, 5.0, 4.0, 6.0], [1.0, 0.5, 0.2, 0.0]])

# name: (f(module, *xs), xs). Squares of vectors have no sign, which SciPy's drivers choose as they like.
CASES = {
    "solve": (lambda m, a, b: m.solve(a, b), (A3, B3)),
    "solve, a vector": (lambda m, a, b: m.solve(a, b), (A3, V3)),
    "solve, a stack": (lambda m, a, b: m.solve(a, b), (np.stack([A3, P3]), numbers(2, 3, 1))),
    "solve, transposed": (lambda m, a, b: m.solve(a, b, transposed=True), (A3, B3)),
    "solve, positive definite": (lambda m, a, b: m.solve(a, b, assume_a="pos"), (P3, B3)),
    "solve, symmetric, lower": (lambda m, a, b: m.solve(a, b, assume_a="sym", lower=True), (P3, B3)),
    "solve, upper triangular": (lambda m, a, b: m.solve(a, b, assume_a="upper triangular"), (A3, B3)),
    "solve, lower triangular": (lambda m, a, b: m.solve(a, b, assume_a="lower triangular"), (A3, B3)),
    "inv": (lambda m, a: m.inv(a), (A3,)),
    "det": (lambda m, a: m.det(a), (A3,)),
    "pinv": (lambda m, a: m.pinv(a), (TALL,)),
    "pinvh": (lambda m, a: m.pinvh(a), (P3,)),
    "pinvh, upper": (lambda m, a: m.pinvh(a, lower=False), (P3,)),
    "lstsq": (lambda m, a, b: m.lstsq(a, b)[:2], (TALL, V4)),
    "lstsq, singular values": (lambda m, a, b: m.lstsq(a, b)[3], (TALL, numbers(4, 3))),
    "lstsq, wide": (lambda m, a, b: m.lstsq(a, b)[0], (WIDE, numbers(2))),
    "solve_triangular": (lambda m, a, b: m.solve_triangular(a, b), (A3, B3)),
    "solve_triangular, lower": (lambda m, a, b: m.solve_triangular(a, b, lower=True), (A3, V3)),
    "solve_triangular, T": (lambda m, a, b: m.solve_triangular(a, b, trans="T"), (A3, B3)),
    "solve_triangular, unit": (lambda m, a, b: m.solve_triangular(a, b, 1, True, True), (A3, B3)),
    "solve_banded": (lambda m, a, b: m.solve_banded((1, 1), a, b), (BANDS, numbers(4, 2))),
    "solve_banded, a vector": (lambda m, a, b: m.solve_banded((1, 1), a, b), (BANDS, V4)),
    "solveh_banded": (lambda m, a, b: m.solveh_banded(a, b), (OVER, V4)),
    "solveh_banded, two diagonals": (lambda m, a, b: m.solveh_banded(a, b), (TWO_OVER, V4)),
    "solveh_banded, lower": (lambda m, a, b: m.solveh_banded(a, b, lower=True), (UNDER, numbers(4, 2))),
    "cholesky": (lambda m, a: m.cholesky(a), (P3,)),
    "cholesky, lower": (lambda m, a: m.cholesky(a, lower=True), (P3,)),
    "cho_factor": (lambda m, a: m.cho_factor(a)[0], (P3,)),
    "cho_solve": (lambda m, a, b: m.cho_solve(m.cho_factor(a), b), (P3, B3)),
    "cho_solve, lower": (lambda m, a, b: m.cho_solve(m.cho_factor(a, lower=True), b), (P3, V3)),
    "lu": (lambda m, a: m.lu(a), (A3,)),
    "lu, permuted": (lambda m, a: m.lu(a, permute_l=True), (TALL,)),
    "lu, indices": (lambda m, a: m.lu(a, p_indices=True)[1:], (WIDE,)),
    "lu_factor": (lambda m, a: m.lu_factor(a)[0], (A3,)),
    "lu_solve": (lambda m, a, b: m.lu_solve(m.lu_factor(a), b), (A3[::-1].copy(), B3)),
    "lu_solve, transposed": (lambda m, a, b: m.lu_solve(m.lu_factor(a), b, trans=1), (A3[::-1].copy(), V3)),
    "eigh": (lambda m, a: [x**2 for x in m.eigh(a)], (P3,)),
    "eigh, upper": (lambda m, a: m.eigh(a, lower=False)[1] ** 2, (P3,)),
    "eigh, values": (lambda m, a: m.eigh(a, eigvals_only=True), (P3,)),
    "eigh, generalised": (lambda m, a, b: [x**2 for x in m.eigh(a, b)], (P3, P3 @ P3 + np.eye(3))),
    "eigh, the first two": (lambda m, a: m.eigh(a, subset_by_index=[0, 1])[1] ** 2, (P3,)),
    "eigvalsh": (lambda m, a: m.eigvalsh(a), (P3,)),
    "eigvalsh, generalised": (lambda m, a, b: m.eigvalsh(a, b), (P3, P3 @ P3 + np.eye(3))),
    "eigh_tridiagonal": (lambda m, d, e: [x**2 for x in m.eigh_tridiagonal(d, e)], (np.arange(1.0, 5.0), V3)),
    "eigvalsh_tridiagonal": (lambda m, d, e: m.eigvalsh_tridiagonal(d, e), (np.arange(1.0, 5.0), V3)),
    "eig": (lambda m, a: np.prod(1 + m.eig(a)[0] ** 2), (A3 + np.diag([1.0, 2.0, 4.0]),)),
    "eigvals": (lambda m, a: m.eigvals(a), (np.array([[1.0, -2.0], [1.5, 1.2]]),)),
    "svd": (lambda m, a: [x**2 for x in m.svd(a, full_matrices=False)], (TALL,)),
    "svdvals": (lambda m, a: m.svdvals(a), (WIDE,)),
    "qr": (lambda m, a: m.qr(a), (TALL,)),
    "qr, r": (lambda m, a: m.qr(a, mode="r"), (A3,)),
    "qr, economic": (lambda m, a: m.qr(a, mode="economic"), (TALL,)),
    "polar": (lambda m, a: m.polar(a), (TALL,)),
    "polar, left": (lambda m, a: m.polar(a, side="left"), (WIDE,)),
    "orthogonal_procrustes": (lambda m, a, b: m.orthogonal_procrustes(a, b), (TALL, numbers(4, 2))),
    "expm": (lambda m, a: m.expm(a), (A3,)),
    "expm, a stack": (lambda m, a: m.expm(a), (np.stack([A3, P3 / 4]),)),
    "logm": (lambda m, a: m.logm(a), (P3,)),
    "sqrtm": (lambda m, a: m.sqrtm(a), (P3,)),
    "fractional_matrix_power": (lambda m, a: m.fractional_matrix_power(a, 0.3), (P3,)),
    "cosm": (lambda m, a: m.cosm(a), (A3,)),
    "tanhm": (lambda m, a: m.tanhm(a / 4), (A3,)),
    "solve_sylvester": (lambda m, a, b, q: m.solve_sylvester(a, b, q), (A3, regular(2), numbers(3, 2))),
    "solve_continuous_lyapunov": (lambda m, a, q: m.solve_continuous_lyapunov(a, q), (A3, P3)),
    "solve_discrete_lyapunov": (lambda m, a, q: m.solve_discrete_lyapunov(a / 4, q), (A3, P3)),
    "norm": (lambda m, a: m.norm(a), (TALL,)),
    "norm, nuclear": (lambda m, a: m.norm(a, "nuc"), (TALL,)),
    "norm, of rows": (lambda m, a: m.norm(a, 3, axis=1), (TALL,)),
    "block_diag": (lambda m, a, b: m.block_diag(a, b, [1.0, 2.0]), (A3, V3)),
    "toeplitz": (lambda m, c, r: m.toeplitz(c, r), (V3, V4)),
    "toeplitz, symmetric": (lambda m, c: m.toeplitz(c), (V3,)),
    "hankel": (lambda m, c, r: m.hankel(c, r), (V3, V4)),
    "circulant": (lambda m, c: m.circulant(c), (V3,)),
    "companion": (lambda m, a: m.companion(a), (V4 + 2,)),
    "leslie": (lambda m, f, s: m.leslie(f, s), (V4, V3)),
    "fiedler": (lambda m, a: m.fiedler(a), (V3,)),
    "khatri_rao": (lambda m, a, b: m.khatri_rao(a, b), (numbers(2, 3), numbers(2, 3))),
    "convolution_matrix": (lambda m, a: m.convolution_matrix(a, 4, "same"), (V3,)),
    "solve_toeplitz": (lambda m, c, r, b: m.solve_toeplitz((c, r), b), (V3 + [4, 0, 0], numbers(3), B3)),
    "solve_toeplitz, symmetric": (lambda m, c, b: m.solve_toeplitz(c, b), (V3 + [4, 0, 0], V3)),
    "matmul_toeplitz": (lambda m, c, r, x: m.matmul_toeplitz((c, r), x), (V3, numbers(3), B3)),
    "solve_circulant": (lambda m, c, b: m.solve_circulant(c, b), (V3 + [4, 0, 0], B3)),
}


@pytest.mark.parametrize(("f", "xs"), CASES.values(), ids=CASES)
def test_value_and_derivative(f, xs):
    assert_as_scipy(f, linalg, scipy.linalg, xs)


COMPLEX = {
    "solve, Hermitian": lambda m, z: m.solve(z @ np.conj(z).T + np.eye(3), z[:, :1], assume_a="her"),
    "solve, symmetric": lambda m, z: m.solve(z + z.T, z[:, :1], assume_a="sym"),
    "solve_triangular, C": lambda m, z: m.solve_triangular(z, z[:, :1], trans="C"),
    "cho_solve": lambda m, z: m.cho_solve(m.cho_factor(z @ np.conj(z).T + np.eye(3)), z[0]),
    "lu": lambda m, z: m.lu(z),
    "lu_solve, conjugate": lambda m, z: m.lu_solve(m.lu_factor(z), z[:, 0], trans=2),
    "qr": lambda m, z: m.qr(z[:, :2], mode="economic"),
    "svdvals": lambda m, z: m.svdvals(z),
    "eigvalsh": lambda m, z: m.eigvalsh(z),
    "expm": lambda m, z: m.expm(z),
    "sqrtm": lambda m, z: m.sqrtm(z),
    "polar": lambda m, z: m.polar(z),
    "solve_continuous_lyapunov": lambda m, z: m.solve_continuous_lyapunov(z, z),
    "toeplitz": lambda m, z: m.toeplitz(z[0]),
    "solve_toeplitz": lambda m, z: m.solve_toeplitz(z[0], z[1]),
    "norm": lambda m, z: m.norm(z, "nuc"),
}


@pytest.mark.parametrize("f", COMPLEX.values(), ids=COMPLEX)
def test_complex_matrices(f):
    assert_as_scipy(lambda m, x, y: f(m, x + 1j * y), linalg, scipy.linalg, (A3, A3[::-1] / 3), tolerance=1e-8)


REFUSED = {
    "schur": (lambda x: linalg.schur(x), "scipy.linalg.schur has no derivative rule"),
    "ldl": (lambda x: linalg.ldl(x), "scipy.linalg.ldl has no derivative rule"),
    "qr, pivoting": (lambda x: linalg.qr(x, pivoting=True), "the argument 'pivoting' has no derivative rule"),
    "qr, raw": (lambda x: linalg.qr(x, mode="raw"), "mode='raw'"),
    "eig, left": (lambda x: linalg.eig(x, left=True), "the argument 'left'"),
    "eig, generalised": (lambda x: linalg.eig(x, A3), "the argument 'b'"),
    "eigh, type": (lambda x: linalg.eigh(x, A3, type=2), "type=2"),
    "eigh, by value": (lambda x: linalg.eigh(x, subset_by_value=[0, 1]), "the argument 'subset_by_value'"),
    "lu_factor, a stack": (lambda x: linalg.lu_factor(np.stack([x, x])), "take one at a time"),
    "polar, wide": (lambda x: linalg.polar(x[:2]), "tall for side='right'"),
    "pinv, rank": (lambda x: linalg.pinv(x, return_rank=True), "the argument 'return_rank'"),
    "solve_circulant, several": (lambda x: linalg.solve_circulant(x, V3), "take one at a time"),
}


@pytest.mark.parametrize(("f", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_rule_is_refused_by_name(f, message):
    assert message in refused(f, (A3,))


def test_plain_arguments_are_scipys():
    np.testing.assert_array_equal(linalg.schur(A3)[0], scipy.linalg.schur(A3)[0])
    np.testing.assert_array_equal(linalg.expm(A3), scipy.linalg.expm(A3))


# ---- equal eigenvalues -----------------------------------------------------------------------------------------------


def rotated(*values):
    """A symmetric matrix with these eigenvalues."""
    Q = np.linalg.qr(RNG.standard_normal((len(values), len(values))))[0]
    return Q * values @ Q.T


DEGENERATE = {
    "twice": rotated(1.0, 1.0, 3.0),
    "all": np.eye(3),
    "two pairs": rotated(2.0, 2.0, 5.0, 5.0),
    "zero": np.zeros((3, 3)),
}
# functions of a symmetric matrix by its eigenvalues and vectors, and their gradients in closed form
SYMMETRIC = {
    "sum of exp": (lambda A: np.sum(np.exp(np.linalg.eigvalsh(A))), lambda A: scipy.linalg.expm(A)),
    "sum of squares": (lambda A: np.sum(np.linalg.eigh(A)[0] ** 2), lambda A: 2 * A),
    "trace of exp": (
        lambda A: np.trace((lambda w, V: (V * np.exp(w)) @ V.T)(*np.linalg.eigh(A))),
        lambda A: scipy.linalg.expm(A),
    ),
    "SciPy's": (lambda A: np.sum(np.exp(linalg.eigvalsh(A))), lambda A: scipy.linalg.expm(A)),
}


def of_symmetric(f):
    return lambda S: f((S + S.T) / 2)


@pytest.mark.parametrize("A", DEGENERATE.values(), ids=DEGENERATE)
@pytest.mark.parametrize(("f", "slope"), SYMMETRIC.values(), ids=SYMMETRIC)
def test_what_treats_equal_eigenvalues_alike_has_its_derivative(f, slope, A):
    np.testing.assert_allclose(dr.grad(of_symmetric(f))(A), slope(A), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dr.jacobian(of_symmetric(f), mode="forward")(A), slope(A), rtol=1e-12, atol=1e-12)


def test_singular_values_that_are_equal_or_zero():
    """The nuclear norm of an orthogonal matrix has that matrix as its gradient; sum(s^2) has 2 A, at 0 too."""
    Q = np.linalg.qr(RNG.standard_normal((3, 3)))[0]
    np.testing.assert_allclose(dr.grad(lambda A: np.linalg.norm(A, "nuc"))(Q), Q, atol=1e-13)
    for A in (Q, np.zeros((3, 2)), np.ones((3, 2))):
        squares = lambda A: np.sum(np.linalg.svd(A, compute_uv=False) ** 2)
        np.testing.assert_allclose(dr.grad(squares)(A), 2 * A, atol=1e-13)


def test_one_of_several_equal_eigenvalues_warns_and_is_nan():
    f = lambda A: np.linalg.eigvalsh(A)[0]
    with pytest.warns(SpectrumWarning, match="no derivative here: nan"):
        slope = dr.grad(f)(np.eye(3))
    assert np.isnan(slope).any()


def test_a_vector_of_equal_eigenvalues_warns_and_is_nan():
    f = lambda A: np.sum(np.linalg.eigh(A)[1][0])
    with pytest.warns(SpectrumWarning, match="choice of vectors"):
        slope = dr.grad(f)(np.eye(3))
    assert np.isnan(slope).any()
    with pytest.warns(SpectrumWarning, match="choice of vectors"):
        assert np.isnan(dr.jvp(f, (np.eye(3),), (np.ones((3, 3)),))[1])


def test_nothing_warns_where_the_values_are_apart():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dr.grad(lambda A: np.sum(np.linalg.eigh(A)[1][0]))(np.diag([1.0, 2.0, 3.0]))


def test_phases_of_complex_vectors_that_a_zero_row_leaves_open():
    """A diagonal Hermitian matrix: what does not depend on the phases has its derivative all the same."""

    def projected(x, y):
        w, V = np.linalg.eigh(np.diag([1.0, 2.0, 4.0]) + x + 1j * y)
        return np.real((V * np.exp(w)) @ np.conj(V).T)[0, 1]

    zero = np.zeros((3, 3))
    slope = dr.grad(projected)(zero, zero)
    want = np.zeros((3, 3))
    want[1, 0] = np.exp(2.0) - np.exp(1.0)  # the divided difference of exp; of the lower triangle
    np.testing.assert_allclose(slope, want, atol=1e-13)
