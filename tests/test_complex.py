"""Complex arguments and results. J^T is the plain transpose; the gradient of a real f in a + ib is df/da - i df/db."""

import numpy as np
import pytest

import dualrev as dr

Z = np.array([0.8 + 0.3j, -0.5 + 1.1j, 1.7 - 0.4j])
A = np.array([[1.0, 2j, 0.5], [0.3 - 1j, 1.0, 0.2], [0.1, 0.7j, 2.0 + 1j]])
STEP = 1e-5

REAL_LOSSES = {
    "modulus": lambda z: np.sum(np.abs(z)),
    "squared modulus": lambda z: np.sum(np.abs(z) ** 2),
    "real part of a polynomial": lambda z: np.sum(np.real(z**3 - 2 * z)),
    "imaginary part": lambda z: np.sum(np.imag(np.exp(z) * z)),
    "angle": lambda z: np.sum(np.angle(z)),
    "conjugate product": lambda z: np.real(np.sum(np.conj(z) * (A @ z))),
    "attributes": lambda z: np.sum(z.real * z.imag**2),
    "power spectrum": lambda z: np.sum(np.log(np.abs(np.fft.fft(z)) ** 2 + 1)),
    "solve": lambda z: np.sum(np.abs(np.linalg.solve(A, z)) ** 2),
    "inverse": lambda z: np.sum(np.abs(np.linalg.inv(A + np.diag(z)))),
    "determinant": lambda z: np.abs(np.linalg.det(A + np.diag(z))),
    "norm": lambda z: np.linalg.norm(z) ** 3,
    "variance": lambda z: np.var(z) + np.std(z),
    "product": lambda z: np.abs(np.prod(z)) + np.real(np.cumsum(z)[1]),
    "einsum": lambda z: np.real(np.einsum("i,ij,j->", np.conj(z), A, z)),
    "where": lambda z: np.sum(np.abs(np.where(np.real(z) > 0, z, 2j * z))),
    "vdot": lambda z: np.abs(np.vdot(z, A @ z)),
    "quotient": lambda z: np.sum(np.real(1 / z) + np.imag(np.sqrt(z) / (z + 2))),
    "hyperbolic": lambda z: np.sum(np.abs(np.tanh(z) + np.sinh(z) * np.log(z))),
}


def slopes(f, z):
    """df/da - i df/db by central differences of high order."""
    found = np.zeros(z.shape, complex)
    for k in np.ndindex(z.shape):
        for unit, factor in ((1.0, 1.0), (1j, -1j)):
            step = np.zeros(z.shape, complex)
            step[k] = unit * 1e-3
            found[k] += factor * (8 * (f(z + step) - f(z - step)) - (f(z + 2 * step) - f(z - 2 * step))) / 12e-3
    return found


@pytest.mark.parametrize("name", REAL_LOSSES)
def test_a_gradient_in_complex_numbers(name):
    f = REAL_LOSSES[name]
    value, g = dr.value_and_grad(f)(Z)
    assert value == f(Z) and g.dtype == complex and g.shape == Z.shape
    np.testing.assert_allclose(g, slopes(f, Z), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", REAL_LOSSES)
def test_forward_mode_is_the_same_derivative(name):
    f, v = REAL_LOSSES[name], np.array([0.3 - 1j, 1.0 + 0.5j, -0.7j])
    slope = dr.jvp(f, (Z,), (v,))[1]
    assert not np.iscomplexobj(slope)
    assert slope == pytest.approx(np.real(np.sum(dr.grad(f)(Z) * v)), rel=1e-12)


@pytest.mark.parametrize("name", REAL_LOSSES)
def test_second_derivatives_in_complex_numbers(name):
    f, v = REAL_LOSSES[name], np.array([0.3 - 1j, 1.0 + 0.5j, -0.7j])
    Hv = dr.hvp(f, Z, v)
    by_reverse = dr.grad(lambda z: np.real(np.sum(dr.grad(f)(z) * v)))(Z)
    g = dr.grad(f)
    along = (8 * (g(Z + 1e-3 * v) - g(Z - 1e-3 * v)) - (g(Z + 2e-3 * v) - g(Z - 2e-3 * v))) / 12e-3
    np.testing.assert_allclose(Hv, along, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(by_reverse, Hv, rtol=1e-11, atol=1e-12)


def test_an_analytic_function_has_the_transpose_of_its_complex_jacobian():
    f = lambda z: A @ np.exp(z)
    J = A * np.exp(Z)
    v, w = np.array([0.3 - 1j, 1.0 + 0.5j, -0.7j]), np.array([1j, 2.0, 0.5 - 0.2j])
    y, pullback = dr.vjp(f, Z)
    np.testing.assert_array_equal(y, f(Z))
    np.testing.assert_allclose(pullback(w)[0], J.T @ w, rtol=1e-14)
    np.testing.assert_allclose(dr.jvp(f, (Z,), (v,))[1], J @ v, rtol=1e-14)
    W = np.stack([w, 1j * w])
    np.testing.assert_allclose(pullback(W)[0], W @ J, rtol=1e-14)


def test_a_real_argument_has_a_real_gradient():
    x = np.array([0.5, -1.0, 2.0])
    g = dr.grad(lambda x: np.sum(np.abs(A @ x) ** 2))(x)
    np.testing.assert_allclose(g, 2 * np.real(np.conj(A).T @ (A @ x)), rtol=1e-14)
    assert g.dtype == float
    both = dr.grad(lambda x, z: np.real(np.sum(x * z * z)), (0, 1))(x, Z)
    np.testing.assert_allclose(both[0], np.real(Z * Z), rtol=1e-14)
    np.testing.assert_allclose(both[1], 2 * x * Z, rtol=1e-14)


def test_a_pullback_takes_complex_cotangents_to_a_real_argument():
    x, w = np.array([0.5, -1.0, 2.0]), np.array([1j, 2.0, 0.5 - 0.2j])
    g = dr.vjp(lambda x: A @ x, x)[1](w)[0]
    np.testing.assert_allclose(g, np.real(A.T @ w), rtol=1e-14)
    assert g.dtype == float


@pytest.mark.parametrize("z", [1.5 + 2j, np.complex128(1.5 + 2j), np.array(1.5 + 2j), np.complex64(1.5 + 2j)])
def test_a_complex_number(z):
    g = dr.grad(lambda z: np.abs(z))(z)
    assert np.shape(g) == () and np.result_type(g) == np.result_type(z)
    assert g == pytest.approx(np.conj(z) / abs(z), rel=1e-6)


def test_a_matrix_of_derivatives_wants_real_numbers():
    message = "is complex: differentiate with respect to its real and imaginary parts"
    for call in (dr.jacobian(np.exp), dr.hessian(lambda z: np.sum(np.abs(z))), lambda z: dr.choose_mode(np.exp, z)):
        with pytest.raises(dr.InputError, match=message):
            call(Z)
    with pytest.raises(dr.InputError, match="real scalar"):
        dr.grad(np.sum)(Z)
