"""A user's own op: one rule, both modes, any order, many directions."""

import numpy as np
import pytest
from scipy import special

import dualrev as dr

MODES = ("forward", "reverse")
X = np.array([-1.5, 0.2, 0.9])

softplus = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(-x)))
bessel = dr.custom.elementwise(lambda x: special.jv(0, x), lambda y, x: -bessel_one(x))
bessel_one = dr.custom.elementwise(lambda x: special.jv(1, x), lambda y, x: bessel(x) - y / x)
scale = dr.custom.elementwise(lambda x, k: k * x, lambda z, x, k: k, None)


@dr.custom.differential(lambda A: np.linalg.matrix_power(A, 3))
def cube(Y, A, /):
    return lambda dA: dA @ A @ A + A @ dA @ A + A @ A @ dA


@dr.custom.linear(lambda x: x[..., ::2])
def every_other(y, x, /):
    def back(ct):
        columns = [ct[..., k // 2] if k % 2 == 0 else 0 * ct[..., 0] for k in range(x.shape[-1])]
        return np.stack(columns, axis=-1)

    return (lambda dx: dx[..., ::2]), back


@dr.custom.argwise(lambda A, x: np.asarray(A) @ np.asarray(x), "(m,n),(n)->(m)")
def apply_matrix(y, A, x, /):
    return (
        (lambda dA: np.einsum("...ij,j->...i", dA, x), lambda ct: ct[..., :, None] * x),
        (lambda dx: dx @ A.T, lambda ct: ct @ A),
    )


power_mean = dr.custom.reduction(
    lambda x, axis=None, keepdims=False: np.sqrt(np.mean(x * x, axis=axis, keepdims=keepdims)),
    lambda y, x, axes: x / (y * np.prod([x.shape[a] for a in axes])),
)


@pytest.mark.parametrize("mode", MODES)
def test_softplus_and_its_second_derivative(mode):
    s = special.expit(X)
    np.testing.assert_allclose(dr.jacobian(softplus, mode=mode)(X), np.diag(s), rtol=1e-14)
    for outer in MODES:
        H = dr.jacobian(dr.jacobian(lambda x: np.sum(softplus(x)), mode=mode), mode=outer)(X)
        np.testing.assert_allclose(H, np.diag(s * (1 - s)), rtol=1e-14, atol=1e-17)


@pytest.mark.parametrize("mode", MODES)
def test_a_function_of_another_library_to_third_order(mode):
    f = bessel
    for _ in range(3):
        f = dr.jacobian(f, mode=mode)
    assert f(1.3) == pytest.approx(special.jvp(0, 1.3, 3), rel=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_a_differential_is_transposed_for_reverse_mode(mode):
    A = np.array([[1.0, 2.0], [0.5, -1.0]])
    composed = dr.jacobian(lambda A: A @ A @ A, mode="forward")(A)
    np.testing.assert_allclose(dr.jacobian(cube, mode=mode)(A), composed, rtol=1e-14)
    f = lambda A: np.sum(cube(A) ** 2)
    g = lambda A: np.sum((A @ A @ A) ** 2)
    np.testing.assert_allclose(dr.jacobian(dr.grad(f), mode=mode)(A), dr.hessian(g)(A), rtol=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_linear_argwise_and_reduction(mode):
    np.testing.assert_array_equal(dr.jacobian(every_other, mode=mode)(X), np.eye(3)[::2])
    A = np.arange(6.0).reshape(2, 3)
    J_A, J_x = dr.jacobian(apply_matrix, argnums=(0, 1), mode=mode)(A, X)
    np.testing.assert_array_equal(J_A, np.einsum("ik,j->ikj", np.eye(2), X))
    np.testing.assert_array_equal(J_x, A)
    expected = X / (3 * np.sqrt(np.mean(X * X)))
    np.testing.assert_allclose(dr.jacobian(power_mean, mode=mode)(X), expected, rtol=1e-15)
    rows = dr.jacobian(lambda A: power_mean(A, axis=1), mode=mode)(A)
    assert rows.shape == (2, 2, 3)


def test_an_op_of_ones_own_is_the_plain_function_on_plain_arrays():
    assert softplus(0.0) == np.logaddexp(0.0, 0.0)
    np.testing.assert_array_equal(every_other(X), X[::2])


def test_a_partial_that_is_unknown_is_refused_where_it_is_needed():
    assert dr.grad(scale)(2.0, 5.0) == 5.0
    with pytest.raises(dr.NoRuleError, match="no derivative is known in argument 1; pass a plain number"):
        dr.grad(scale, argnums=1)(2.0, 5.0)


def test_constant_has_the_derivative_zero():
    parity = dr.custom.constant(lambda x: np.floor(x) % 2)
    assert dr.grad(lambda x: x * parity(x))(3.7) == 1.0


def test_a_rule_that_exists_is_not_replaced():
    with pytest.raises(dr.InputError, match=r"np.sin has a rule already"):
        dr.custom.elementwise(np.sin, lambda y, x: 0 * x)


def test_a_decorated_primitive_takes_its_rule_afterwards():
    @dr.custom.primitive
    def thrice(x):
        return 3 * x

    dr.custom.elementwise(thrice, 3)
    assert dr.grad(thrice)(1.0) == 3.0
    assert thrice.__name__ == "thrice"
