"""dtype=, casting= and order= of ufuncs, reductions and what joins arrays: NumPy's value, and its derivative."""

import numpy as np
import pytest

import dualrev as dr

A = np.array([[0.7, 1.3], [2.1, 0.4]])

CALLS = {
    "np.add": lambda x, d: np.add(x, 1.5, dtype=d),
    "np.add of two": lambda x, d: np.add(x, x[0], dtype=d),
    "np.divide": lambda x, d: np.divide(1, x, dtype=d),
    "np.hypot": lambda x, d: np.hypot(x, [1.0, 2.0], dtype=d),
    "np.exp": lambda x, d: np.exp(x, dtype=d),
    "np.sin, unsafe": lambda x, d: np.sin(x, dtype=d, casting="unsafe"),
    "np.sin, signature": lambda x, d: np.sin(x, signature=(None, d)),
    "np.cos by columns": lambda x, d: np.cos(x, dtype=d, order="F"),
    "np.modf": lambda x, d: np.modf(x, dtype=d)[0],
    "np.matmul": lambda x, d: np.matmul(x, x, dtype=d),
    "np.floor": lambda x, d: np.floor(x, dtype=d) * x,
    "np.multiply, out": lambda x, d: np.multiply(x, 3.0, out=np.zeros_like(x, dtype=d), dtype=d),
    "np.sum": lambda x, d: np.sum(x, axis=0, dtype=d),
    "x.sum": lambda x, d: x.sum(dtype=d),
    "np.prod": lambda x, d: np.prod(x, axis=1, dtype=d),
    "np.mean": lambda x, d: np.mean(x, axis=1, dtype=d),
    "x.std": lambda x, d: x.std(dtype=d),
    "np.var": lambda x, d: np.var(x, ddof=1, dtype=d),
    "np.nansum": lambda x, d: np.nansum(x, dtype=d),
    "np.cumsum": lambda x, d: np.cumsum(x, dtype=d),
    "np.cumprod": lambda x, d: x.cumprod(0, dtype=d),
    "np.nancumsum": lambda x, d: np.nancumsum(x, axis=1, dtype=d),
    "np.nancumprod": lambda x, d: np.nancumprod(x, dtype=d),
    "np.add.reduce": lambda x, d: np.add.reduce(x, dtype=d),
    "np.multiply.accumulate": lambda x, d: np.multiply.accumulate(x, dtype=d),
    "np.trace": lambda x, d: np.trace(x, dtype=d),
    "x.trace": lambda x, d: x.trace(dtype=d),
    "np.cov": lambda x, d: np.cov(x, dtype=d),
    "np.corrcoef": lambda x, d: np.corrcoef(np.stack([x[0], x[1] ** 2, x[:, 0]], axis=1), dtype=d)[:2],
    "np.concatenate": lambda x, d: np.concatenate([x, [[1.0, 2.0]]], dtype=d),
    "np.concatenate, axis None": lambda x, d: np.concatenate([x, x], axis=None, dtype=d),
    "np.stack": lambda x, d: np.stack([x, A], axis=-1, dtype=d),
    "np.vstack": lambda x, d: np.vstack([x, x[0]], dtype=d),
    "np.hstack": lambda x, d: np.hstack([x, A], dtype=d, casting="unsafe"),
    "np.astype": lambda x, d: np.astype(x, d),
    "x.astype by columns": lambda x, d: x.astype(d, order="F"),
    "np.linspace": lambda x, d: np.linspace(x[0], x[1], 3, dtype=d),
    "np.diff of lists": lambda x, d: np.diff(x[0], prepend=[3.0], append=[1.0, 2.0]).astype(d),
}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("given", [np.float32, np.float64, "f2", np.longdouble])
@pytest.mark.parametrize("name", CALLS)
def test_the_value_is_numpys_in_that_precision_and_so_is_the_derivative(name, given, mode):
    if given == "f2" and name in ("np.matmul", "np.corrcoef", "np.cov"):
        return  # too coarse to compare, or not there
    f = lambda x: CALLS[name](x, given)
    want = f(A.copy())
    value, pullback = dr.vjp(f, A)
    assert np.array_equal(value, want)
    assert np.result_type(value) == np.result_type(want)
    assert np.ndim(value) < 2 or value.strides == want.strides
    v, w = np.cos(np.arange(4.0)).reshape(2, 2), np.sin(1 + np.arange(np.size(want))).reshape(np.shape(want))
    slope = np.imag(CALLS[name](A + 1e-20j * v, complex)) / 1e-20 if analytic(name) else differences(name, v)
    got = dr.jvp(f, (A,), (v,))[1] if mode == "forward" else np.sum(pullback(w.astype(want.dtype))[0] * v)
    digits = 3e-2 if given == "f2" else 1e-5 if given == np.float32 else 1e-8
    np.testing.assert_allclose(got, slope if mode == "forward" else np.sum(w * slope), rtol=digits, atol=digits)


def analytic(name):
    return name in ("np.add", "np.divide", "np.exp", "np.sin, unsafe", "np.sum", "np.prod", "np.cumsum", "np.matmul")


def differences(name, v):
    along = lambda h: np.asarray(CALLS[name](A + h * v, np.float64))
    return (8 * (along(1e-3) - along(-1e-3)) - (along(2e-3) - along(-2e-3))) / 12e-3


def test_a_real_array_in_complex_numbers():
    f = lambda x: np.sqrt(x, dtype=complex)
    x = np.array([-2.0, 3.0])
    assert np.array_equal(dr.vjp(f, x)[0], f(x))
    np.testing.assert_allclose(dr.jvp(f, (x,), (np.ones(2),))[1], 0.5 / np.emath.sqrt(x), rtol=1e-15)
    np.testing.assert_allclose(dr.vjp(f, x)[1](np.ones(2) + 0j)[0], (0.5 / np.emath.sqrt(x)).real, rtol=1e-15)


REFUSED = {
    "a cast that NumPy refuses": (lambda x: np.add(x, 1.0, dtype=int), TypeError, "cast|No loop"),
    "whole numbers": (lambda x: np.add(x, 1.0, dtype=int, casting="unsafe"), dr.LostDerivativeError, "np.floor"),
    "a loop that is not there": (lambda x: np.exp(x, dtype=int), TypeError, "No loop"),
    "joined as whole numbers": (
        lambda x: np.concatenate([x, x], dtype=int, casting="unsafe"), dr.LostDerivativeError, "np.floor",
    ),
    "astype, safe": (lambda x: x.astype(np.float32, casting="safe"), TypeError, "according to the rule 'safe'"),
    "joined, safe": (lambda x: np.stack([x, x], dtype="f", casting="safe"), TypeError, "according to the rule 'safe'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_numpy_would_not_cast_is_refused(case):
    f, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        dr.grad(f)(A)


# ---- small things beside ---------------------------------------------------------------------------------------------


def test_nan_to_num_of_complex_numbers():
    z = np.array([1 + 2j, complex(np.nan, 3), complex(-np.inf, np.inf)])
    f = lambda z: np.nan_to_num(z, nan=0.5, posinf=7.0, neginf=-7.0)
    value, pullback = dr.vjp(f, z)
    assert np.array_equal(value, f(z))
    assert np.array_equal(pullback(np.ones(3, complex))[0], [1, 0, 0])
    assert np.array_equal(dr.vjp(f, z)[1](1j * np.ones(3))[0], [1j, 1j, 0])


@pytest.mark.filterwarnings("ignore:Degrees of freedom|invalid value|divide by zero:RuntimeWarning")
def test_the_variance_of_one_value_is_nan_as_in_numpy():
    for f in (lambda x: np.var(x[:1], ddof=1), lambda x: np.std(x[:1], ddof=1), lambda x: x[:1].var(ddof=1)):
        value, slope = dr.value_and_grad(f)(np.array([1.5, 2.0]))
        assert np.isnan(value)
        assert np.isnan(slope[0])


def test_a_traced_python_float_as_the_cotangent_of_an_index():
    for dtype in (float, np.float32):
        ones = np.ones(2, dtype)
        y, dy = dr.jvp(lambda c, ones=ones: dr.vjp(lambda a: a[0] ** 2, ones)[1](c)[0], (1.3,), (1.0,))
        assert y.dtype == dy.dtype == dtype
        np.testing.assert_allclose([y, dy], [[2.6, 0.0], [2.0, 0.0]], rtol=1e-6)
    assert dr.grad(lambda c: dr.jvp(lambda a: a[1:] ** 2, (np.ones(2),), (c * np.ones(2),))[1][0])(1.3) == 2.0


def test_a_float_says_whether_it_is_whole():
    assert dr.grad(lambda x: x if x.is_integer() else 2.0 * x)(3.0) == 1.0
    assert dr.grad(lambda x: x[0] if x[0].is_integer() else 2.0 * x[0])(np.array([3.5]))[0] == 2.0
    dr.grad(lambda x: np.sum(x) if not hasattr(x, "is_integer") else None)(A)


PYTHON = np.frompyfunc(lambda a, b: a * a + b, 2, 1)


def test_a_python_function_made_a_ufunc_is_given_the_elements():
    x, w = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.5, 2.0])
    f = lambda x: np.array(PYTHON(x, w), dtype=object)
    assert np.array_equal(dr.vjp(f, x)[0], f(x).astype(float))
    assert np.array_equal(dr.jacobian(f)(x), np.diag(2 * x))
    assert np.array_equal(dr.grad(lambda x: PYTHON(x[0], 2.0))(x), [2.0, 0.0, 0.0])
    assert np.array_equal(dr.grad(lambda x: PYTHON.reduce(x))(x), [12.0, 6.0, 1.0])
    assert np.array_equal(dr.grad(lambda x: np.sum(PYTHON.outer(x, w)))(x), 6 * x)


def test_an_array_of_a_traced_float():
    from dualrev import numpy as dnp

    assert dr.vjp(lambda x: dnp.asarray(x, float)[..., None], 2.0)[0].shape == (1,)
    assert dr.grad(lambda x: np.sum(dnp.asarray(x, float)[..., None] ** 2))(2.0) == 4.0
    assert dr.grad(lambda x: np.sum(dnp.array(x, ndmin=2) ** 2))(2.0) == 4.0
