"""Equal eigenvalues, equal or zero singular values: what is smooth is right, to second order; what is not is nan."""

import numpy as np
import pytest
import scipy.linalg

import dualrev as dr
from dualrev.errors import SpectrumWarning
from dualrev.scipy import linalg

RNG = np.random.default_rng(7)
MODES = ("forward", "reverse")
ORDERS = [(outer, inner) for outer in MODES for inner in MODES]
K, D = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, 0.0])
W = RNG.standard_normal((4, 4))
Q = np.linalg.qr(RNG.standard_normal((3, 3)))[0]
S = RNG.standard_normal((3, 3))
LAST_GAP = Q @ np.diag([1.0, 1.0 + 1e-14, 2.0]) @ Q.T


def hessian(f, x, outer, inner):
    return dr.jacobian(lambda x: dr.jacobian(f, mode=inner)(x), mode=outer)(x)


def even(M):
    return (M + np.conj(np.swapaxes(M, -1, -2))) / 2


def of_eigh(g, UPLO="L"):
    """The matrix function g, by eigenvalues and vectors."""

    def f(M):
        w, V = np.linalg.eigh(M, UPLO)
        return (V * g(w)[..., None, :]) @ np.conj(np.swapaxes(V, -1, -2))

    return f


def product(full_matrices, hermitian=False):
    """A matrix, taken apart and put together."""

    def f(M):
        U, s, Vh = np.linalg.svd(M, full_matrices=full_matrices, hermitian=hermitian)
        k = s.shape[-1]
        return (U[..., :k] * s[..., None, :]) @ Vh[..., :k, :]

    return f


def exp_slope(A, n):
    """The Jacobian of expm at (M + M^T) / 2 = A, by Frechet derivatives."""
    units = np.eye(n * n).reshape(n * n, n, n)
    return np.stack([scipy.linalg.expm_frechet(A, even(E), compute_expm=False) for E in units], -1).reshape((n,) * 4)


# ---- what is smooth --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("full_matrices", [False, True])
@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (3, 2), (2, 3)])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_a_matrix_from_its_singular_values_is_itself(shape, full_matrices, rank):
    m, n = shape
    A = RNG.standard_normal((m, rank)) @ RNG.standard_normal((rank, n))
    f = lambda M: np.sum(product(full_matrices)(M) * W[:m, :n])
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(A), W[:m, :n], atol=1e-12)
    for outer, inner in ORDERS if m <= n else [("forward", "reverse")]:
        np.testing.assert_allclose(hessian(f, A, outer, inner), 0, atol=1e-11)


@pytest.mark.parametrize("A", [np.eye(3), Q, LAST_GAP, np.diag([1.0, -1.0, 0.0])], ids=["one", "turn", "gap", "signs"])
@pytest.mark.parametrize("hermitian", [False, True])
def test_a_symmetric_matrix_from_its_singular_values(A, hermitian):
    f = lambda M: np.sum(product(True, hermitian)(even(M)) * S)
    if not np.linalg.svd(even(A), hermitian=hermitian)[2].any(axis=-1).all():  # NumPy before 2.4 says 0 for a vector
        for mode in MODES:
            with pytest.warns(SpectrumWarning):
                assert np.isnan(dr.jacobian(f, mode=mode)(even(A))).any()
        return
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(even(A)), even(S), atol=1e-12)


@pytest.mark.parametrize("A", [np.eye(3), LAST_GAP, 0 * Q, even(S)], ids=["one", "gap", "zero", "apart"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("UPLO", ["L", "U"])
def test_the_exponential_by_eigenvectors(A, mode, UPLO):
    f = lambda M: of_eigh(np.exp, UPLO)(even(M))
    np.testing.assert_allclose(dr.jacobian(f, mode=mode)(A), exp_slope(even(A), 3), atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_of_which_one_has_equal_eigenvalues(mode):
    A = np.stack([np.eye(3), even(S)])
    J = dr.jacobian(lambda M: of_eigh(np.exp)(even(M)), mode=mode)(A)
    for i in range(2):
        np.testing.assert_allclose(J[i, :, :, i], exp_slope(A[i], 3), atol=1e-12)
        assert not J[i, :, :, 1 - i].any()


def test_float32():
    A = np.eye(3, dtype=np.float32)
    for mode in MODES:
        J = dr.jacobian(lambda M: of_eigh(np.exp)(even(M)), mode=mode)(A)
        assert J.dtype == np.float32
        np.testing.assert_allclose(J, exp_slope(np.eye(3), 3), atol=2e-6)


@pytest.mark.parametrize("mode", MODES)
def test_a_complex_hermitian_matrix(mode):
    """exp(x X + y Y) of X and Y Hermitian at a point with equal eigenvalues, against Frechet derivatives."""
    U = np.linalg.qr(S + 1j * W[:3, :3])[0]
    A, X, Y = (U * [1.0, 1.0, 2.0]) @ np.conj(U).T, even(S + 1j * Q), even(Q + 1j * S)
    f = lambda p: (lambda E: np.stack([np.real(E), np.imag(E)]))(of_eigh(np.exp)(A + p[0] * X + p[1] * Y))
    J = dr.jacobian(f, mode=mode)(np.zeros(2))
    for k, direction in enumerate((X, Y)):
        want = scipy.linalg.expm_frechet(A, direction, compute_expm=False)
        np.testing.assert_allclose(J[0, ..., k] + 1j * J[1, ..., k], want, atol=1e-12)


LOGARITHMS = {
    "eigvalsh": np.linalg.eigvalsh,
    "eigh": lambda M: np.linalg.eigh(M)[0],
    "eigvals": lambda M: np.real(np.linalg.eigvals(M)),
    "eig": lambda M: np.real(np.linalg.eig(M)[0]),
    "svd": lambda M: np.linalg.svd(M)[1],
    "svdvals": lambda M: np.linalg.svd(M, compute_uv=False),
    "svd, hermitian": lambda M: np.linalg.svd(M, compute_uv=False, hermitian=True),
    "SciPy's eigh": lambda M: linalg.eigh(M)[0],
    "SciPy's svdvals": lambda M: linalg.svdvals(M),
}


@pytest.mark.parametrize("values", LOGARITHMS.values(), ids=LOGARITHMS)
def test_the_logarithm_of_the_determinant_to_second_order(values):
    f = lambda x: np.sum(np.log(values(np.eye(2) + x[0] * D + x[1] * K)))
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(np.zeros(2)), [1, 0], atol=1e-13)
    for outer, inner in ORDERS:
        np.testing.assert_allclose(hessian(f, np.zeros(2), outer, inner), np.diag([-1.0, -2.0]), atol=1e-12)


def test_a_product_of_one_number_and_of_several():
    """What is linear for one shape need not be for another."""
    f = lambda M: np.prod(np.prod(np.linalg.eigvalsh(M).reshape(-1, 1), axis=1))
    np.testing.assert_allclose(dr.grad(f)(2 * np.eye(2)), 2 * np.eye(2))


def test_a_matrix_without_symmetry():
    A = S @ np.diag([1.0, 1.0, 2.0]) @ np.linalg.inv(S)
    for mode in MODES:
        J = dr.jacobian(lambda M: np.real(np.sum(np.exp(np.linalg.eigvals(M)))), mode=mode)(A)
        np.testing.assert_allclose(J, scipy.linalg.expm(A).T, rtol=1e-9)


def test_norms():
    for mode in MODES:
        slope = lambda f, A, mode=mode: dr.jacobian(f, mode=mode)(A)
        np.testing.assert_allclose(slope(lambda M: np.linalg.norm(M, "nuc"), Q), Q, atol=1e-13)
        A = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
        np.testing.assert_allclose(slope(lambda M: np.linalg.norm(M, 2), A), A / np.linalg.norm(A), atol=1e-13)


def test_the_space_of_equal_eigenvalues_as_a_whole():
    """The projection on the space of two equal eigenvalues: P' = -(P dA R + R dA P) for a gap of one, R = I - P."""
    P, R = np.diag([1.0, 1.0, 0.0]), np.diag([0.0, 0.0, 1.0])
    f = lambda M: (lambda V: V[:, :2] @ V[:, :2].T)(np.linalg.eigh(even(M))[1])
    for mode in MODES:
        J = dr.jacobian(f, mode=mode)(np.diag([1.0, 1.0, 2.0]))
        np.testing.assert_allclose(np.tensordot(J, S), -(P @ even(S) @ R + R @ even(S) @ P), atol=1e-13)


# ---- what is not -----------------------------------------------------------------------------------------------------

ALONE = {
    "an eigenvalue, eigvalsh": lambda M: np.linalg.eigvalsh(M)[0],
    "an eigenvalue, eigh": lambda M: np.linalg.eigh(M)[0][1],
    "an eigenvector": lambda M: np.linalg.eigh(M)[1][0, 0],
    "an eigenvalue, eigvals": lambda M: np.real(np.linalg.eigvals(M)[0]),
    "an eigenvalue, eig": lambda M: np.real(np.linalg.eig(M)[0][0]),
    "a vector, eig": lambda M: np.real(np.linalg.eig(M)[1][0, 0]),
    "a singular value, svd": lambda M: np.linalg.svd(M)[1][0],
    "a singular value": lambda M: np.linalg.svd(M, compute_uv=False)[1],
    "a singular vector": lambda M: np.linalg.svd(M)[0][0, 0],
    "a singular value, hermitian": lambda M: np.linalg.svd(M, hermitian=True)[1][0],
    "SciPy's": lambda M: linalg.eigvalsh(M)[0],
    "the condition": np.linalg.cond,
}


@pytest.mark.parametrize("f", ALONE.values(), ids=ALONE)
def test_one_of_equal_ones_is_nan_and_warns_in_every_order(f):
    of = lambda x: f(np.eye(2) + x[0] * D + x[1] * K)
    for mode in MODES:
        with pytest.warns(SpectrumWarning):
            assert np.isnan(dr.jacobian(of, mode=mode)(np.zeros(2))).any()
    for outer, inner in ORDERS:
        with pytest.warns(SpectrumWarning):
            assert np.isnan(hessian(of, np.zeros(2), outer, inner)).any()
    why = dr.why_nan(of, np.zeros(2))
    assert why.forward and why.reverse and not why.masked
    assert "write what treats equal ones alike" in str(why)


def test_the_nuclear_norm_of_a_matrix_of_lower_rank():
    for mode in MODES:
        with pytest.warns(SpectrumWarning):
            assert np.isnan(dr.jacobian(lambda M: np.linalg.norm(M, "nuc"), mode=mode)(np.ones((3, 2)))).any()


@pytest.mark.parametrize("values", [np.linalg.eigvals, lambda M: np.linalg.eig(M)[0]], ids=["eigvals", "eig"])
def test_equal_eigenvalues_with_too_few_vectors(values):
    """The derivative of the sum of squares is 2 A^T; the rule, which needs all vectors, does not say another number."""
    for mode in MODES:
        with pytest.warns(SpectrumWarning):
            J = dr.jacobian(lambda M: np.real(np.sum(values(M) ** 2)), mode=mode)(np.array([[1.0, 1.0], [0.0, 1.0]]))
        assert np.isnan(J).all()


def test_why_nan_of_what_is_smooth():
    assert dr.why_nan(lambda M: np.sum(np.linalg.eigvalsh(M)), np.eye(2)).ok
    assert dr.why_nan(lambda M: np.sum(of_eigh(np.exp)(M)), np.eye(2)).ok


def test_the_value_is_that_of_numpy():
    for f in (np.linalg.eigvalsh, np.linalg.eigvals, lambda M: np.linalg.svd(M)[0], of_eigh(np.exp)):
        np.testing.assert_array_equal(dr.vjp(f, Q @ Q.T)[0], f(Q @ Q.T))
