"""The boundary: what goes into a sweep is checked, and what comes out is taken back."""

import pickle

import numpy as np
import pytest

import dualrev as dr

X = np.array([0.7, 1.3, 2.1])
MODES = ("forward", "reverse")


@pytest.mark.parametrize("mode", MODES)
def test_a_traced_value_is_not_pickled(mode):
    with pytest.raises(dr.LostDerivativeError, match="pickling x"):
        dr.jacobian(lambda x: pickle.loads(pickle.dumps(x)) * x, mode=mode)(X)


ESCAPES = {"exp": np.exp, "negative": lambda x: -x, "sum": np.sum, "reshape": lambda x: x.reshape(3, 1)}


@pytest.mark.parametrize("use", ESCAPES)
def test_an_escaped_dual_is_noticed_by_every_op(use):
    kept = []
    dr.jvp(lambda x: kept.append(x) or np.sum(x), (X,), (X,))
    with pytest.raises(dr.EscapedTracerError):
        ESCAPES[use](kept[0])


def test_a_forgotten_return_is_noticed():
    for transform in (
        dr.grad,
        dr.jacobian,
        lambda f: lambda x: dr.vjp(f, x),
        lambda f: lambda x: dr.jvp(f, (x,), (x,)),
    ):
        with pytest.raises(dr.InputError, match=r"f returned None.*is a return missing"):
            transform(lambda x: None)(X)


def test_an_argument_with_nothing_to_differentiate():
    for nothing in (None, "a"):
        with pytest.raises(dr.InputError, match="there is nothing in it to differentiate"):
            dr.grad(lambda x: 1.0)(nothing)
    with pytest.raises(dr.InputError, match="is an array of dtype <U1"):
        dr.grad(lambda x: 1.0)(np.array(["a"]))
    assert dr.jacobian(lambda p: np.ones(2), mode="reverse")({}) == {}


def test_object_arrays_are_seeds_too():
    def along(x):
        return np.sum(dr.jvp(lambda y: y**2, (x,), (np.array([x[0], 1.0, x[1]]),))[1])

    np.testing.assert_allclose(dr.grad(along)(X), [4 * X[0], 2 + 2 * X[2], 2 * X[1]], rtol=1e-15)


def test_an_imaginary_part_is_not_dropped():
    with pytest.raises(dr.InputError, match="a complex tangent for a real primal"):
        dr.jvp(np.sin, (X,), (X * 1j,))
    with pytest.raises(dr.InputError, match="a complex cotangent for a real output"):
        dr.vjp(np.sum, X)[1](1j)
    with pytest.raises(dr.InputError, match="Jacobian of a complex output"):
        dr.linearize(lambda x: x * 1j, X)


def test_aux_in_object_arrays_is_taken_back():
    _, aux = dr.grad(lambda x: (x.sum(), np.array([x[0], 1.0])), has_aux=True)(X)
    np.testing.assert_array_equal(aux, [0.7, 1.0])
    assert aux.dtype == np.float64


def test_argnums_are_positions_and_no_argument_is_named_twice():
    f = lambda a, b: a * b
    assert dr.grad(f, argnums=np.int64(1))(2.0, 3.0) == 2.0
    for twice in ((0, 0), (0, -2)):
        with pytest.raises(dr.InputError, match="names an argument twice"):
            dr.grad(f, argnums=twice)(1.0, 2.0)
    for wrong in (1.0, "a", [0, 1]):
        with pytest.raises(dr.InputError, match="write the position of an argument, or a tuple of positions"):
            dr.grad(f, argnums=wrong)(1.0, 2.0)


@pytest.mark.parametrize("mode", MODES)
def test_the_jacobian_of_a_number_is_a_number(mode):
    assert type(dr.jacobian(lambda x: x * x, mode=mode)(3.0)) is float


# ---- a user's own op -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_parameter_of_an_own_op_may_be_given_by_position(mode):
    @dr.custom.linear(lambda x, shift: np.roll(x, shift, axis=-1))
    def rolled(y, x, /, shift):
        return (lambda dx: np.roll(dx, shift, axis=-1)), (lambda ct: np.roll(ct, -shift, axis=-1))

    for J in (
        dr.jacobian(lambda x: rolled(x, 1), mode=mode)(X),
        dr.jacobian(lambda x: rolled(x, shift=1), mode=mode)(X),
    ):
        np.testing.assert_array_equal(J, np.roll(np.eye(3), 1, axis=0))


@pytest.mark.parametrize("mode", MODES)
def test_an_argument_whose_derivative_is_zero_has_no_pair(mode):
    @dr.custom.argwise(lambda A, b: A @ np.round(b), "(m,n),(n)->(m)")
    def with_rounded(y, A, b, /):
        return ((lambda dA: dA @ np.round(b)), (lambda ct: ct[..., :, None] * np.round(b))), None

    J = dr.jacobian(with_rounded, argnums=(0, 1), mode=mode)(np.ones((1, 3)), X)
    np.testing.assert_array_equal(J[0], np.round(X)[None, None])
    np.testing.assert_array_equal(J[1], np.zeros((1, 3)))


def test_a_rule_that_does_not_fit_its_function_says_so():
    lopsided = dr.custom.elementwise(lambda x, y: x * y, lambda z, x, y: y)
    with pytest.raises(dr.InputError, match="called with 2 arguments, and its rule has 1 partials"):
        dr.grad(lambda x: lopsided(x, 2.0))(1.0)
    with pytest.raises(dr.InputError, match="a partial derivative for each argument"):
        dr.custom.elementwise(lambda x: x)


def test_a_primitive_without_a_rule():
    @dr.custom.primitive
    def unruled(x):
        return 2 * x

    assert unruled(3.0) == 6.0
    with pytest.raises(dr.NoRuleError, match="unruled has no derivative rule"):
        dr.grad(unruled)(3.0)
