"""Arrays of objects: what plain np.array([...]), np.asarray and lists make of traced values is right, or refused."""

import operator

import numpy as np
import pytest
import scipy.special

import dualrev as dr

X = np.array([0.7, 1.9, 1.2])
A = np.array([[0.7, 1.9], [1.2, 2.3]])


def of_list(x):
    return [of_list(row) for row in x] if np.ndim(x) else x


MADE = {"list": of_list, "np.asarray": np.asarray, "np.array": lambda x: np.array(of_list(x))}
PLAIN = {"list": lambda x: x.tolist(), "np.asarray": np.asarray, "np.array": np.array}
MODES = ["forward", "reverse"]


def derivative(f, x, mode):
    """The value of f and its Jacobian in one mode."""
    return dr.vjp(f, x)[0], dr.jacobian(f, mode=mode)(x)


def differences(f, x):
    columns = []
    for e in np.eye(x.size).reshape(x.size, *x.shape):
        along = lambda h, e=e: np.asarray(f(x + h * e), float)
        columns.append((8 * (along(1e-3) - along(-1e-3)) - (along(2e-3) - along(-2e-3))) / 12e-3)
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *x.shape)


WORKS = {
    **{
        name: getattr(np, name)
        for name in """mean std var median sum prod max min ptp cumsum cumprod sort exp log sqrt tanh arctan floor ceil
        trunc rint fix sign square diff average trapezoid nansum nanmax nanmin nancumsum flip ravel round
        abs cbrt deg2rad argmax unwrap""".split()
    },
    "std, ddof": lambda a: np.std(a, ddof=1),
    "mean, keepdims": lambda a: np.mean(a, keepdims=True),
    "median of two": lambda a: np.median(a[:2]),
    "norm": np.linalg.norm,
    "norm 1": lambda a: np.linalg.norm(a, 1),
    "norm inf": lambda a: np.linalg.norm(a, np.inf),
    "norm 3": lambda a: np.linalg.norm(a, 3),
    "fmod": lambda a: np.fmod(a, 0.5),
    "remainder": lambda a: np.remainder(a, 0.5),
    "hypot": lambda a: np.hypot(a, a),
    "clip": lambda a: np.clip(a, 0.8, 1.5),
    "clip of precisions": lambda a: np.clip(np.sin(a), 0.8, np.array([1.03])),
    "maximum": lambda a: np.maximum(a, 1.0),
    "where": lambda a: np.where([True, False, True], a, 0.0),
    "dot": lambda a: np.dot(a, [1.0, 2.0, 3.0]),
    "outer": lambda a: np.outer(a, [1.0, 2.0]),
    "einsum": lambda a: np.einsum("i,i", a, [1.0, 2.0, 3.0]),
    "convolve": lambda a: np.convolve(a, [1.0, 2.0]),
    "polyval": lambda a: np.polyval(a, 1.5),
    "cross": lambda a: np.cross(a, [1.0, 2.0, 3.0]),
    "concatenate": lambda a: np.concatenate([a, [1.0]]),
    "isclose": lambda a: np.isclose(1.0, np.sum(a)),
    "Chebyshev": lambda a: np.mean(np.polynomial.Chebyshev([1.0, 2.0, 3.0])(np.array(a))),
}
WHOLE = {"argmax", "isclose"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("name", WORKS)
def test_what_numpy_can_compute_with_objects(name, made, mode):
    want = WORKS[name](PLAIN[made](X))
    f = lambda x: WORKS[name](MADE[made](x))
    if name in WHOLE:
        assert dr.vjp(f, X)[0] == want
        return
    value, slope = derivative(f, X, mode)
    assert (np.shape(value), np.result_type(value)) == (np.shape(want), np.result_type(want))
    np.testing.assert_allclose(value, want, rtol=1e-15)
    np.testing.assert_allclose(slope, differences(lambda x: WORKS[name](PLAIN[made](x)), X), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("made", MADE)
def test_second_derivatives_and_axes(made):
    f = lambda x: np.sum(np.std(MADE[made](x), axis=0) * np.mean(MADE[made](x), axis=1) ** 2)
    np.testing.assert_allclose(dr.hessian(f)(A), dr.hessian(lambda x: np.sum(x.std(0) * x.mean(1) ** 2))(A), rtol=1e-12)


def test_functions_of_lists_of_traced_floats():
    for name, slope in {"mean": 1.0, "std": 0.0, "var": 0.0, "median": 1.0, "max": 1.0}.items():
        assert dr.grad(lambda x, name=name: getattr(np, name)([x, x + 2.0]))(1.0) == slope
        assert dr.jvp(lambda x, name=name: getattr(np, name)([x, x + 2.0]), (1.0,), (1.0,))[1] == slope


@pytest.mark.parametrize("mode", MODES)
def test_an_array_of_objects_is_written_into_by_an_operator(mode):
    def f(x):
        a = np.array([x[0], 2.0, x[1]])
        a[1:] -= x[0] * np.ones(2)
        np.multiply(a, x[1:2], out=a)
        return a

    value, slope = derivative(f, X, mode)
    np.testing.assert_array_equal(value, np.array([X[0], 2.0 - X[0], X[1] - X[0]]) * X[1])
    np.testing.assert_allclose(slope, differences(lambda x: f(x).astype(float), X), rtol=1e-8, atol=1e-9)


# ---- the kinks of x itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [lambda f, x: dr.grad(f)(x), lambda f, x: dr.jvp(f, (x,), (1.0,))[1]])
@pytest.mark.parametrize("f", [
    lambda x: np.linalg.norm(np.array([x, 2 * x])),
    lambda x: np.linalg.norm([x, 2 * x]),
    lambda x: np.sum(np.linalg.norm(np.array([[x, 2 * x], [x, x]]), axis=0)),
    lambda x: np.linalg.norm(np.array([[x, 2 * x], [x, x]])),
    lambda x: np.std(np.array([x, x])),
    lambda x: np.array([[x, x], [x, x]]).std(axis=0).sum(),
    lambda x: np.sum(np.abs(np.array([x, 2 * x]))),
])  # fmt: skip
def test_a_norm_and_a_deviation_of_zero_have_slope_zero(f, slope):
    assert slope(f, 0.0) == 0.0


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_the_square_root_of_the_user_has_ieee_slope():
    assert dr.grad(lambda x: np.sqrt(x[0]))(np.array([0.0]))[0] == np.inf


TIES = {
    "np.max": lambda x: np.max(np.array([x, 2 * x])),
    "np.min of a list": lambda x: np.min([x, 2 * x]),
    "a.max": lambda x: np.array([x, 2 * x]).max(),
    "np.maximum": lambda x: np.sum(np.maximum(np.array([x, 2 * x]), 0.0)),
    "np.fmin": lambda x: np.sum(np.fmin(np.array([x, 2 * x]), 0.0)),
    "np.clip": lambda x: np.sum(np.clip(np.array([x, 2 * x]), 0.0, 1.0)),
    "np.maximum.reduce": lambda x: np.maximum.reduce(np.array([x, 2 * x])),
    "np.ptp": lambda x: np.ptp(np.array([x, 2 * x])),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", TIES)
def test_a_tie_is_refused_and_what_is_to_be_written_shares_it(name, mode):
    slope = dr.grad(TIES[name]) if mode == "reverse" else lambda x: dr.jvp(TIES[name], (x,), (1.0,))
    with pytest.raises(dr.LostDerivativeError, match=r"met a tie.*np.stack\(\[...\]\) in place of np.array"):
        slope(0.0)
    dr.grad(TIES[name])(0.3)
    assert dr.grad(lambda x: np.max(np.stack([x, 2 * x])))(0.0) == 1.5


ALLOWED = {
    "max of Python": lambda x: max(x[0], x[1], x[2]),
    "sorted": lambda x: sorted([x[0], x[1], x[2]])[0],
    "an operator": lambda x: x[0] if x[0] >= x[1] else x[1],
    "the operator of objects": lambda x: np.sum(np.where(np.array([x[0], x[1]]) >= x[0], x[:2], 0.0)),
    "operator.ge": lambda x: x[0] if operator.ge(x[0], x[1]) else x[2],
    "np.greater_equal": lambda x: np.sum(np.greater_equal(np.array([x[0], x[1]]), 1.0) * x[:2]),
    "np.fix": lambda x: x[0] + np.sum(np.fix(np.array([x[0] - 1.0, x[1]]))),
    "np.sort": lambda x: np.sort(np.array([x[0], x[1]]))[0],
    "np.argmax": lambda x: x[np.argmax(np.array([x[0], x[1]]))],
    "np.maximum.accumulate": lambda x: np.maximum.accumulate(np.array([x[0], x[1]]))[1],
}


@pytest.mark.parametrize("name", ALLOWED)
def test_who_asks_for_the_order_of_equal_numbers_gets_it(name):
    assert np.array_equal(dr.grad(ALLOWED[name])(np.array([1.0, 1.0, 1.0])).round(12).sum(), 1.0 + (name in TWO))


TWO = {"the operator of objects", "np.greater_equal"}

# ---- what NumPy would take for something else ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, complex])
def test_an_empty_array_keeps_its_precision(dtype):
    for f in (lambda x: np.asarray(x) * x, lambda x: np.asarray(x), lambda x: np.sum(np.asarray(x)) + x):
        value = dr.vjp(f, np.zeros(0, dtype))[0]
        assert (value.dtype, value.shape) == (dtype, (0,))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_of_a_clip_is_that_of_all_its_arguments(dtype):
    x = np.array([0.2, 0.9], dtype)
    for low, high in ((0.4, np.array([1.03])), (np.array([0.4]), 0.7), (None, np.float64(0.7)), (0.4, 0.7)):
        f = lambda x, low=low, high=high: np.clip(x, low, high)
        value, pullback = dr.vjp(f, x)
        assert np.array_equal(value, f(x))
        assert value.dtype == f(x).dtype
        assert pullback(np.ones_like(value))[0].dtype == dtype


def nan_in(x):
    return np.log(x - 0.7)


MISLED = {
    "nan_to_num of asarray": lambda x: np.nan_to_num(np.asarray(nan_in(x))),
    "nan_to_num of a list": lambda x: np.nan_to_num([nan_in(x)[0], x[1]]),
    "nan_to_num of an array": lambda x: np.nan_to_num(np.array([nan_in(x)[0], x[1]])),
    "nan_to_num of a sum": lambda x: np.nan_to_num(np.log(np.sum([x, -x], axis=0)), neginf=1.0),
    "max": lambda x: np.max(np.array([x[0], x[1] * np.nan])),
    "fmax": lambda x: np.fmax(np.array([x[0], x[1] * np.nan]), 0.0),
    "clip": lambda x: np.clip(np.array([x[0], x[1] * np.nan]), 0.0, 1.0),
    "sort": lambda x: np.sort([x[0], x[1] * np.nan]),
    "median": lambda x: np.median([x[0], x[1] * np.nan, x[2]]),
    "argmax": lambda x: x * np.argmax(np.array([x[0], x[1] * np.nan])),
    "imag": lambda x: np.array([x[0] * 1j, x[1] + 2j]).imag,
    "np.imag of a list": lambda x: np.imag([x[0] * 1j, x[1] + 2j]),
    "np.real of asarray": lambda x: np.real(np.asarray(x * (1 + 1j))),
    "norm of complex": lambda x: np.linalg.norm(np.array([x[0] * 1j, x[1] + 2j])),
    "var of complex": lambda x: np.var([x[0] * 1j, x[1] + 2j]),
}


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value:RuntimeWarning")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", MISLED)
def test_what_would_be_taken_for_something_else_is_refused(name, mode):
    with pytest.raises(dr.LostDerivativeError, match=r"in an array of objects.*np\.stack.*from dualrev import numpy"):
        dr.vjp(MISLED[name], X) if mode == "reverse" else dr.jvp(MISLED[name], (X,), (X,))


@pytest.mark.filterwarnings("ignore:divide by zero|overflow:RuntimeWarning")
def test_nan_inf_and_complex_numbers_stay_where_nothing_is_misled():
    assert np.array_equal(dr.vjp(lambda x: np.array([x[0], np.log(x[0] - 0.7)]), X)[0], [0.7, -np.inf])
    assert np.array_equal(dr.vjp(lambda x: np.exp(np.asarray(x * 1e4)), X)[0], [np.inf] * 3)
    assert np.array_equal(dr.vjp(lambda x: np.array([x[0] * 1j, x[1]]), X)[0], [0.7j, 1.9])


# ---- what NumPy cannot do with objects -------------------------------------------------------------------------------

REFUSED = {
    "exp beside a number": (lambda x: np.exp([x[0], 0.0]), "np.exp was given"),
    "arctan2 of a number": (lambda x: np.arctan2(1.0, np.asarray(x)), "np.arctan2 was given"),
    "isfinite": (lambda x: np.isfinite(np.asarray(x)), "np.isfinite was given"),
    "logaddexp": (lambda x: np.logaddexp(np.asarray(x), 1.0), "np.logaddexp was given"),
    "heaviside": (lambda x: np.heaviside(np.array([x[0], x[1]]), 0.5), "np.heaviside was given"),
    "fft": (lambda x: np.fft.fft(np.asarray(x)), "np.fft.fft was given"),
    "inv": (lambda x: np.linalg.inv(np.array([[x[0], 0.0], [0.0, x[1]]])), "np.linalg.inv was given"),
    "det of a list": (lambda x: np.linalg.det([[x[0], 0.0], [0.0, x[1]]]), "np.linalg.det was given"),
    "quantile of a list": (lambda x: np.quantile([x[0], x[1], x[2]], 0.3), "np.quantile was given"),
    "interp": (lambda x: np.interp(0.5, [0.0, 1.0], [x[0], x[1]]), "np.interp was given"),
    "cov": (lambda x: np.cov(np.asarray(x)), "np.cov was given"),
    "polyfit": (lambda x: np.polyfit(np.asarray(x), x, 1), "np.polyfit was given|does not"),
    "a special function": (lambda x: scipy.special.erf(np.asarray(x)), r"scipy.special.erf was given.*dualrev.scipy"),
    "sign of nan": (lambda x: np.sign([x[0] * np.nan]), "np.sign was given"),
    "astype": (lambda x: np.asarray(x).astype(float), r"astype takes plain numbers"),
    "gradient": (lambda x: np.gradient(np.asarray(x)), "np.gradient takes plain numbers"),
    "cumsum in a precision": (lambda x: np.cumsum(np.asarray(x), dtype=np.longdouble), "np.cumsum takes plain"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [name for name in REFUSED if name != "polyfit"])
def test_a_refusal_names_the_function_and_what_to_write(name, mode):
    f, message = REFUSED[name]
    with pytest.raises((dr.InputError, dr.LostDerivativeError), match=message) as caught:
        dr.vjp(f, X) if mode == "reverse" else dr.jvp(f, (X,), (X,))
    assert "np.stack([...]) in place of np.array([...])" in str(caught.value)
    assert any(entry.name == "<lambda>" for entry in caught.traceback)


def test_an_error_about_something_else_is_left_as_it_is():
    with pytest.raises(ValueError, match="could not be broadcast"):
        dr.grad(lambda x: np.sum(np.array([x[0], x[1]]) + np.ones(3)))(X)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        dr.grad(lambda x: x[0].nothing)(X)
