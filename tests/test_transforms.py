"""The transforms: what they take, what they give back, and that it is fresh."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import dualrev as dr

MODES = ("forward", "reverse")
X = np.array([0.5, 1.0, 2.0])
Point = namedtuple("Point", "a b")


@dataclass(frozen=True, slots=True)
class Frozen:
    w: np.ndarray
    b: float
    name: str = "layer"
    extra: None = None


def energy(x, k=2.0):
    return k * np.sum(x**2)


# ---- the value is the value ------------------------------------------------------------------------------------------

VALUES = {
    "float64 sum": (lambda x: np.sum(np.sin(x)), X),
    "float32 sum": (lambda x: np.sum(np.sin(x)), X.astype(np.float32)),
    "float16 mean": (lambda x: np.mean(x * x), X.astype(np.float16)),
    "Python float": (lambda x: x * x + 1, 0.1),
    "float32 scalar": (lambda x: x**3, np.float32(0.1)),
    "0-d array": (lambda x: np.exp(x), np.array(0.1)),
    "constant": (lambda x: 7.0, X),
}


@pytest.mark.parametrize("case", VALUES)
def test_the_value_is_that_of_f_to_the_last_bit_with_its_dtype(case):
    f, x = VALUES[case]
    for y in (dr.value_and_grad(f)(x)[0], dr.vjp(f, x)[0], dr.jvp(f, (x,), (x,))[0]):
        assert y == f(x)
        assert type(y) is type(f(x))
        assert np.result_type(y) == np.result_type(f(x))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_gradient_has_the_precision_of_the_input(dtype):
    x = X.astype(dtype)
    assert dr.grad(lambda x: np.sum(np.tanh(x) * np.mean(x)))(x).dtype == dtype
    for mode in MODES:
        assert dr.jacobian(lambda x: x[:2] / x[2], mode=mode)(x).dtype == dtype
    assert dr.jvp(np.exp, (x,), (np.ones(3),))[1].dtype == dtype


def test_a_python_float_gives_a_python_float():
    assert type(dr.grad(lambda x: x**2)(3.0)) is float
    assert type(dr.grad(lambda x: x**2)(np.float64(3.0))) is np.float64
    assert type(dr.hessian(lambda x: x**2)(3.0)) is float


# ---- fresh results ---------------------------------------------------------------------------------------------------

SHARING = {
    "identity": lambda x: x,
    "reshape": lambda x: x.reshape(3, 1),
    "transpose": lambda x: np.transpose(x),
    "add a constant": lambda x: x + 1.0,
    "slice": lambda x: x[:],
    "sum": lambda x: np.sum(x),
    "constant": lambda x: np.ones(2),
    "broadcast": lambda x: np.broadcast_to(x, (2, 3)),
}


@pytest.mark.parametrize("case", SHARING)
def test_results_are_new_contiguous_writable_arrays(case):
    f, x = SHARING[case], X.copy()
    y, pullback = dr.vjp(f, x)
    ct = np.ones(np.shape(y))
    results = [pullback(ct)[0], pullback(ct)[0], dr.jvp(f, (x,), (x,))[1]]
    results += [dr.jacobian(f, mode=mode)(x) for mode in MODES]
    for k, g in enumerate(results):
        if np.ndim(g):
            assert g.flags.c_contiguous and g.flags.writeable
            assert not np.shares_memory(g, x) and not np.shares_memory(g, ct)
            assert not any(np.shares_memory(g, other) for other in results[:k])
    np.testing.assert_array_equal(x, X)


def test_a_pullback_may_be_called_twice_and_its_result_written_to():
    _, pullback = dr.vjp(lambda x: x + x[0], X)
    first = pullback(np.ones(3))[0]
    first *= 100.0
    np.testing.assert_array_equal(pullback(np.ones(3))[0], [4.0, 1.0, 1.0])


# ---- argnums, keywords, aux ------------------------------------------------------------------------------------------


def test_argnums_picks_the_arguments():
    f = lambda a, b, c: a * b**2 * c**3
    assert dr.grad(f)(2.0, 3.0, 5.0) == 9 * 125
    assert dr.grad(f, argnums=-1)(2.0, 3.0, 5.0) == 2 * 9 * 75
    assert dr.grad(f, argnums=(2, 0))(2.0, 3.0, 5.0) == (2 * 9 * 75, 9 * 125)
    assert dr.grad(f, argnums=(1,))(2.0, 3.0, 5.0) == (2 * 2 * 3 * 125,)
    assert dr.hessian(f, argnums=(0, 1))(2.0, 3.0, 1.0) == ((0.0, 6.0), (6.0, 4.0))


def test_keywords_and_other_arguments_are_passed_on():
    np.testing.assert_array_equal(dr.grad(energy)(X, k=3.0), 6 * X)
    np.testing.assert_array_equal(dr.grad(energy)(X, 3.0), 6 * X)
    np.testing.assert_array_equal(dr.jacobian(lambda x, n: x**n)(X, 2), np.diag(2 * X))


def test_aux_is_handed_through_as_the_caller_sees_it():
    f = lambda x: (np.sum(x**2), {"residual": x - 1, "note": "fine", "n": 3})
    (y, aux), g = dr.value_and_grad(f, has_aux=True)(X)
    assert y == f(X)[0]
    np.testing.assert_array_equal(aux["residual"], X - 1)
    assert type(aux["residual"]) is np.ndarray and aux["note"] == "fine" and aux["n"] == 3
    np.testing.assert_array_equal(g, 2 * X)
    g, aux = dr.grad(f, has_aux=True)(X)
    np.testing.assert_array_equal(g, 2 * X)


def test_aux_of_an_inner_transformation_is_still_traced_by_the_outer_one():
    inner = dr.grad(lambda y, x: (y**2 * x, y * x**3), has_aux=True)
    assert dr.grad(lambda x: inner(2.0, x)[1])(3.0) == 2 * 27.0


# ---- trees -----------------------------------------------------------------------------------------------------------

TREES = {
    "dict": {"w": X, "b": 2.0},
    "ordered dict": OrderedDict(w=X, b=2.0),
    "list": [X, 2.0],
    "tuple": (X, 2.0),
    "namedtuple": Point(X, 2.0),
    "dataclass": Frozen(X, 2.0),
    "nested": {"layers": [Point(X, 2.0), (Frozen(X, 3.0), None)]},
}


def numbers(tree):
    from dualrev.tree import flatten

    return flatten(tree)[0]


@pytest.mark.parametrize("case", TREES)
def test_the_gradient_has_the_structure_of_the_argument(case):
    tree = TREES[case]
    f = lambda t: sum(np.sum(v**2) for v in numbers(t))
    gradient = dr.grad(f)(tree)
    assert type(gradient) is type(tree)
    assert str(gradient) == str(dr.jvp(lambda t: t, (tree,), (gradient,))[1])  # structure, names and all
    for g, v in zip(numbers(gradient), numbers(tree), strict=True):
        np.testing.assert_array_equal(g, 2 * v)


# ---- object arrays: np.array of traced scalars -----------------------------------------------------------------------

OBJECTS = {
    "result": (lambda x: np.array([x[0] ** 2, x[1]]), [[1, 0, 0], [0, 1, 0]]),
    "nested result": (lambda x: np.array([[x[0], 1.0], [x[2], x[1]]]).ravel()[[0, 2]], [[1, 0, 0], [0, 0, 1]]),
    "0-d": (lambda x: np.asarray(x[1]), [0, 1, 0]),
    "asarray": (lambda x: np.asarray(x) * 2.0, 2 * np.eye(3)),
    "left operand": (lambda x: np.array([x[0], x[1], x[2]]) * x, 2 * np.diag(X)),
    "right operand": (lambda x: x * np.array([x[0], x[1], x[2]]), 2 * np.diag(X)),
    "ufunc": (lambda x: np.sin(np.array([x[0], x[1]])), np.diag(np.cos(X))[:2]),
    "sum": (lambda x: np.sum(np.array([x[0], x[1]])), [1, 1, 0]),
    "matmul": (lambda x: np.ones((2, 3)) @ np.asarray(x), np.ones((2, 3))),
    "dot": (lambda x: np.dot(np.asarray(x), x), 2 * X),
    "concatenate": (lambda x: np.concatenate([np.array([x[0]]), x]), np.vstack([[1, 0, 0], np.eye(3)])),
    "stack": (lambda x: np.stack([x[0], np.asarray(x[1])]), [[1, 0, 0], [0, 1, 0]]),
    "full": (lambda x: np.full(2, x[0]), [[1, 0, 0], [1, 0, 0]]),
    "list operand": (lambda x: x[0] * [1.0, 2.0], [[1, 0, 0], [2, 0, 0]]),
    "list of traced scalars": (lambda x: x[0] * [x[1], 2.0], [[1, 0.5, 0], [2, 0, 0]]),
    "vectorize": (lambda x: np.vectorize(lambda t: t * t)(x), 2 * np.diag(X)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", OBJECTS)
def test_arrays_of_traced_scalars_are_taken_back(case, mode):
    f, expected = OBJECTS[case]
    np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), np.array(expected, float), rtol=1e-15)


# ---- hvp, value, stop_gradient ---------------------------------------------------------------------------------------


def test_value_and_stop_gradient_leave_the_trace_on_purpose():
    assert dr.grad(lambda x: x * dr.value(x))(3.0) == 3.0
    assert dr.grad(lambda x: x * dr.stop_gradient({"y": x**2})["y"])(3.0) == 9.0
    assert dr.grad(dr.grad(lambda x: x**2 * dr.value(x)))(3.0) == 6.0
    seen = []
    dr.grad(lambda x: seen.append(dr.value(np.array([x[0], x[1]]))) or np.sum(x))(X)
    np.testing.assert_array_equal(seen[0], X[:2])
    assert seen[0].dtype == np.float64


def test_hvp_of_a_tree():
    product = dr.hvp(lambda p: p["a"] ** 2 * np.sum(p["v"]), {"a": 3.0, "v": X}, {"a": 1.0, "v": np.zeros(3)})
    assert product["a"] == 2 * np.sum(X)
    np.testing.assert_array_equal(product["v"], [6.0, 6.0, 6.0])


@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 1, 1)])
def test_the_gradient_of_an_array_of_one_number(shape):
    A = np.array([[2.0, 1.0], [0.5, 3.0]])
    column = np.array([[0.5], [-1.0]])
    f = lambda x: (x.T @ A @ x).reshape(shape)
    value, g = dr.value_and_grad(f)(column)
    np.testing.assert_array_equal(value, f(column), strict=True)
    np.testing.assert_allclose(g, (A + A.T) @ column, rtol=1e-15)
    np.testing.assert_allclose(dr.hvp(f, column, column), (A + A.T) @ column, rtol=1e-15)
    np.testing.assert_allclose(dr.hessian(f)(column).reshape(2, 2), A + A.T, rtol=1e-15)
    assert dr.grad(f)(column.astype(np.float32)).dtype == np.float32
