"""A derivative is never lost silently: whatever a function does with x, the result is the right number or an exception.

The table holds what people write and what NumPy, SciPy and the standard library do with values that are no plain
arrays: most of them do not dispatch, and turn a traced array into an object array, a float, or a string. Nothing here
says which calls have a rule. Each function is first run on plain numbers, and its Jacobian by a sixth-order
difference is the referee of whatever dualrev returns.
"""

import array
import copy
import ctypes
import functools
import itertools
import math
import operator
import pickle
import statistics
import struct
import warnings

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.special

import dualrev as dr

X = np.array([0.7, 1.3, 2.1])
A = np.arange(12.0).reshape(4, 3) / 7
MODES = ("forward", "reverse")


def objects(x):
    """What np.array makes of a list of traced scalars."""
    return np.array([x[0], x[1], x[2]])


def into(write, dtype=float, start=np.zeros):
    """A function that lets `write` store x into a plain buffer, and returns the buffer."""

    def f(x):
        buffer = start(3, dtype)
        changed = write(buffer, x)
        return buffer if changed is None else changed

    return f


class Series:
    """An array of another library, such as a column of a table."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0, 3.0])

    def __mul__(self, other):
        return np.asarray(self) * np.asarray(other)

    __rmul__ = __mul__


CONVERTED = {
    "np.array([x0, 1])": lambda x: np.array([x[0], 1.0]),
    "np.array of vectors": lambda x: np.array([x, 2 * x]),
    "np.array of rows": lambda x: np.array([[x[0]], [x[1]]]),
    "np.array of matrices": lambda x: np.array([np.outer(x, x), np.outer(x, x)]),
    "np.array of products": lambda x: np.array([A[i] @ x for i in range(4)]),
    "np.array, dtype=object": lambda x: np.array(x, dtype=object),
    "np.array, dtype=float": lambda x: np.array([x[0], 1.0], dtype=float),
    "np.array, float32": lambda x: np.array(x, np.float32).astype(float),
    "np.array, complex": lambda x: np.array(x, complex).real,
    "np.array, bool": lambda x: x * np.array([x[0], x[1], x[2]], bool),
    "np.asarray": lambda x: np.asarray(x),
    "np.asarray(x, float)": lambda x: np.asarray(x, float),
    "np.asanyarray": lambda x: np.asanyarray(x),
    "np.ascontiguousarray": lambda x: np.ascontiguousarray(x),
    "np.asarray_chkfinite": lambda x: np.asarray_chkfinite(x),
    "np.require": lambda x: np.require(x, float),
    "np.atleast_1d": lambda x: np.atleast_1d(x[0]),
    "np.atleast_2d": lambda x: np.atleast_2d(x),
    "np.copy": lambda x: np.copy(x),
    "np.float64(x0)": lambda x: np.float64(x[0]),
    "np.float64(x)": lambda x: np.float64(x),
    "float": lambda x: float(x[0]),
    "float of a 0-d array": lambda x: float(np.array(x[0])),
    "0-d array": lambda x: np.array(x[0]) * 2,
    "0-d array, item": lambda x: np.array(x[0]).item(),
    "0-d array, [()]": lambda x: np.sin(np.array(x[0])[()]),
    "frompyfunc": lambda x: np.frompyfunc(lambda t: t * t, 1, 1)(x).astype(float),
    "vectorize": lambda x: np.vectorize(lambda t: t * t)(x),
    "vectorize, otypes": lambda x: np.vectorize(lambda t: t * t, otypes=[float])(x),
    "fromiter": lambda x: np.fromiter((t * t for t in x), float),
    "fromiter of objects": lambda x: np.fromiter((t * t for t in x), object).astype(object),
    "apply_along_axis": lambda x: np.apply_along_axis(np.sum, 0, x),
    "full": lambda x: np.full(3, x[0]),
    "full, float": lambda x: np.full(3, x[0], float),
    "full_like": lambda x: np.full_like(np.ones(3), x[0]),
    "r_": lambda x: np.r_[1.0, x[0], x],
    "c_": lambda x: np.c_[x, x],
    "linspace": lambda x: np.linspace(0.0, x[0], 4),
    "arange": lambda x: np.arange(0.0, 3.0, x[0]),
    "interp": lambda x: np.interp(x, [0.0, 1.0, 3.0], [0.0, 1.0, 9.0]),
    "random": lambda x: np.random.default_rng(0).normal(x, 1.0),
    "mapped to objects": lambda x: np.array(list(map(lambda t: t**2, x))),
    "reversed": lambda x: np.array(list(reversed(x))),
    "unpacked": lambda x: (lambda a, b, c: a * b * c)(*x),
    "ndenumerate": lambda x: sum(v * (1 + i[0]) for i, v in np.ndenumerate(x)),
    "nditer": lambda x: sum(v for v in np.nditer(x)),
    "copy": lambda x: copy.deepcopy(x) * copy.copy(x),
    "pickle": lambda x: pickle.loads(pickle.dumps(x)) * x,
    "array.array": lambda x: np.array(array.array("d", x)),
    "struct": lambda x: struct.unpack("d", struct.pack("d", x[0]))[0],
    "ctypes": lambda x: ctypes.c_double(x[0]).value,
    "format": lambda x: float(f"{x[0]:.15f}"),
    "percent": lambda x: float("%.15f" % x[0]),
    "empty objects": lambda x: np.array([], dtype=object).astype(float),
}

STORED = {
    "z[0] = x0": into(lambda z, x: operator.setitem(z, 0, x[0])),
    "z[:] = x": into(lambda z, x: operator.setitem(z, slice(None), x)),
    "z[:] = list": into(lambda z, x: operator.setitem(z, slice(None), [x[0], x[1], x[2]])),
    "z[:] = objects": into(lambda z, x: operator.setitem(z, slice(None), objects(x))),
    "z[0] += x0": into(lambda z, x: operator.setitem(z, 0, z[0] + x[0])),
    "z[mask] = x0": into(lambda z, x: operator.setitem(z, z < 1, x[0])),
    "z.flat[0] = x0": into(lambda z, x: operator.setitem(z.flat, 0, x[0])),
    "z of float32": into(lambda z, x: operator.setitem(z, 0, x[0]), np.float32),
    "z of complex": into(lambda z, x: operator.setitem(z, 0, x[0]), complex),
    "z of objects": into(lambda z, x: operator.setitem(z, 1, x[0] * x[2]), object),
    "zeros_like(x)[0] = x0": lambda x: into(
        lambda z, x: operator.setitem(z, 0, x[0]), start=lambda *_: np.zeros_like(x)
    )(x),
    "z.fill": into(lambda z, x: z.fill(x[0])),
    "z.put": into(lambda z, x: z.put([0], x[0])),
    "z.setfield": into(lambda z, x: z.setfield(x[0], float)),
    "z += x": into(operator.iadd),
    "z += x0": into(lambda z, x: operator.iadd(z, x[0])),
    "z += objects": into(lambda z, x: operator.iadd(z, objects(x))),
    "z -= x": into(operator.isub),
    "z *= x": into(operator.imul, start=np.ones),
    "z **= x": into(operator.ipow, start=lambda n, dtype: np.full(n, 2.0)),
    "np.put": into(lambda z, x: np.put(z, [0], x[0])),
    "np.copyto": into(lambda z, x: np.copyto(z, x)),
    "np.place": into(lambda z, x: np.place(z, z < 1, x)),
    "np.putmask": into(lambda z, x: np.putmask(z, z < 1, x)),
    "np.add.at": into(lambda z, x: np.add.at(z, [0, 1, 2], x)),
    "np.fill_diagonal": lambda x: (lambda z: np.fill_diagonal(z, x) or z)(np.zeros((3, 3))),
    "np.sin(out=)": into(lambda z, x: np.sin(x, out=z)),
    "np.sin(out=(z,))": into(lambda z, x: np.sin(x, out=(z,)) * 1.0),
    "np.sin(x, z)": into(lambda z, x: np.sin(x, z)),
    "np.sum(out=)": lambda x: (lambda z: np.sum(x, out=z))(np.zeros(())),
    "np.clip(out=)": into(lambda z, x: np.clip(x, 0.0, 1.0, out=z)),
    "np.cumsum(out=)": into(lambda z, x: np.cumsum(x, out=z)),
    "np.matmul(out=)": into(lambda z, x: np.matmul(A[:3], x, out=z)),
    "np.dot(out=)": into(lambda z, x: np.dot(A[:3], x, out=z)),
    "np.take(out=)": into(lambda z, x: np.take(x, [0, 1, 0], out=z)),
    "np.concatenate(out=)": into(lambda z, x: np.concatenate([x[:1], x[1:]], out=z)),
    "np.einsum(out=)": into(lambda z, x: np.einsum("ij,j->i", A[:3], x, out=z)),
    "list as a buffer": lambda x: (lambda z: operator.setitem(z, 0, x[0]) or np.array(z))([0.0, 1.0]),
}

COMPUTED = {
    "max": lambda x: max(x),
    "max with a constant": lambda x: max(x[0] * 2, 0.0),
    "sum": lambda x: sum(x),
    "abs": lambda x: abs(-x),
    "pow": lambda x: pow(x, 2),
    "round": lambda x: round(x[0], 1),
    "divmod": lambda x: divmod(x, 0.5)[1],
    "functools.reduce": lambda x: functools.reduce(operator.mul, x),
    "itertools.accumulate": lambda x: np.array(list(itertools.accumulate(x, operator.mul))),
    "math.sin": lambda x: math.sin(x[0]),
    "math.fsum": lambda x: math.fsum(x),
    "math.prod": lambda x: math.prod(x),
    "math.hypot": lambda x: math.hypot(x[0], x[1]),
    "math.floor": lambda x: math.floor(x[0]) * x[1],
    "math.trunc": lambda x: math.trunc(x[0]) * x[1],
    "math.dist": lambda x: math.dist(x, [0.0, 0.0, 0.0]),
    "statistics.mean": lambda x: statistics.mean(x),
    "statistics.fmean": lambda x: statistics.fmean(x),
    "mean of a list": lambda x: np.mean([x[0], x[1]]),
    "max of a list": lambda x: np.max([x[0], x[1]]),
    "norm of a list": lambda x: np.linalg.norm([x[0], x[1]]),
    "dot of a list": lambda x: np.dot([x[0], x[1]], [1.0, 2.0]),
    "where of a list": lambda x: np.where([True, False], [x[0], x[1]], 0.0),
    "median of a list": lambda x: np.median([x[0], x[1], x[2]]),
    "det of lists": lambda x: np.linalg.det([[x[0], x[1]], [1.0, 2.0]]),
    "hstack": lambda x: np.hstack([x[0], [x[1]]]),
    "block": lambda x: np.block([[np.eye(3), x[:, None]]]),
    "append": lambda x: np.append(np.ones(2), x[0]),
    "insert": lambda x: np.insert(np.ones(2), 0, x[0]),
    "polyval": lambda x: np.polyval([1.0, 2.0, 3.0], x),
    "poly1d": lambda x: np.poly1d([1.0, 2.0, 3.0])(x[0]),
    "Polynomial": lambda x: np.polynomial.Polynomial([1.0, 2.0, 3.0])(x),
    "Polynomial, coefficients": lambda x: np.polynomial.Polynomial([x[0], x[1]])(2.0),
    "convolve": lambda x: np.convolve(x, [1.0, 2.0]),
    "convolve with objects": lambda x: np.convolve([1.0, 2.0], objects(x)),
    "correlate with objects": lambda x: np.correlate(objects(x), [1.0, 2.0]),
    "trapezoid": lambda x: np.trapezoid(x),
    "gradient": lambda x: np.gradient(x),
    "histogram": lambda x: np.histogram([0.1, 0.5, 1.0], weights=x)[0],
    "bincount": lambda x: np.bincount([0, 1, 1], weights=x),
    "piecewise": lambda x: np.piecewise(x, [x < 1, x >= 1], [lambda t: t * t, lambda t: t]),
    "select": lambda x: np.select([x < 1, x >= 1], [x * x, x]),
    "fft": lambda x: np.abs(np.fft.fft(x)),
    "svd": lambda x: np.linalg.svd(np.outer(x, x) + np.eye(3))[1],
    "lstsq": lambda x: np.linalg.lstsq(A, np.concatenate([x, x[:1]]), rcond=None)[0],
    "array.dot": lambda x: A.dot(x),
    "array.dot of objects": lambda x: A.dot(objects(x)),
    "array.searchsorted": lambda x: x * np.array([0.0, 1.0]).searchsorted(x),
    "array.clip": lambda x: np.array([1.0, 2.0, 3.0]).clip(0.0, x),
    "array.take": lambda x: x * np.ones(3).take([0, 1, 2]),
    "ufunc.outer": lambda x: np.multiply.outer(x, x),
    "ufunc.accumulate": lambda x: np.add.accumulate(x),
    "ufunc.reduceat": lambda x: np.add.reduceat(x, [0, 2]),
    "ufunc.reduce": lambda x: np.logaddexp.reduce(x),
    "x % list": lambda x: x % [0.5, 0.3, 0.2],
    "list * x": lambda x: [1.0, 2.0, 3.0] * x,
    "list + x": lambda x: [1.0, 2.0, 3.0] + x,
    "tuple + x": lambda x: (1.0, 2.0, 3.0) + x,
    "list of traced * x": lambda x: [x[0], x[1], x[2]] * x,
    "list @ x": lambda x: [1.0, 2.0, 3.0] @ x,
    "np.float32 * x": lambda x: np.float32(2) * x,
    "np.int64 ** x": lambda x: np.int64(2) ** x,
    "0-d array * x": lambda x: np.array(2.0) * x,
    "x * Series": lambda x: x * Series(),
    "Series * x": lambda x: Series() * x,
    "masked * x": lambda x: np.ma.filled(np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]) * x, 0.0),
    "x * masked": lambda x: np.ma.filled(x * np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]), 0.0),
    "masked_where": lambda x: np.ma.masked_where(x > 5, x).sum(),
    "matrix * x": lambda x: np.asarray(np.matrix(A) * x[:, None]),
    "matrix @ x": lambda x: np.asarray(np.matrix(A) @ x),
    "sparse @ x": lambda x: scipy.sparse.csr_array(A) @ x,
    "sparse.dot(x)": lambda x: scipy.sparse.csr_matrix(A).dot(x),
    "x @ sparse": lambda x: x @ scipy.sparse.csr_array(A.T),
    "sparse of x": lambda x: scipy.sparse.csr_array((x, ([0, 1, 2], [0, 1, 2]))) @ np.ones(3),
    "logsumexp": lambda x: scipy.special.logsumexp(x),
    "softmax": lambda x: scipy.special.softmax(x),
    "scipy.linalg.solve": lambda x: scipy.linalg.solve(np.eye(3) * 2, x),
    "scipy.linalg.norm": lambda x: scipy.linalg.norm(x),
    "scipy.linalg.det": lambda x: scipy.linalg.det(np.outer(x, x) + np.eye(3)),
    "scipy.linalg.expm": lambda x: scipy.linalg.expm(np.outer(x, x) / 10),
    "scipy.linalg.cholesky": lambda x: scipy.linalg.cholesky(np.outer(x, x) + np.eye(3)),
    "fftconvolve": lambda x: scipy.signal.fftconvolve(x, [1.0, 2.0]),
    "rosen": lambda x: scipy.optimize.rosen(x),
    "quad": lambda x: scipy.integrate.quad(lambda t: t * x[0], 0, 1)[0],
    "brentq": lambda x: scipy.optimize.brentq(lambda t: t - x[0], 0, 3),
    "odeint": lambda x: scipy.integrate.odeint(lambda y, t: -x[0] * y, [1.0], [0, 1])[-1],
}

ON_OBJECTS = [
    "abs", "arccos", "arcsin", "arctan", "cbrt", "ceil", "conj", "cos", "cosh", "deg2rad", "exp", "exp2", "expm1", "fabs",
    "float_power", "floor", "hypot", "arctan2", "heaviside", "isfinite", "log", "log10", "log1p", "log2", "logaddexp",
    "logical_not", "maximum", "minimum", "fmax", "negative", "positive", "power", "rad2deg", "reciprocal", "remainder", "fmod",
    "rint", "sign", "signbit", "sin", "sinh", "spacing", "sqrt", "square", "tan", "tanh", "trunc", "copysign", "nextafter",
    "subtract", "add", "multiply", "divide", "floor_divide", "matmul", "vecdot",
    "all", "amax", "amin", "any", "argmax", "argsort", "average", "cov", "cumprod", "cumsum", "diag", "diff",
    "ediff1d", "flip", "imag", "i0", "max", "mean", "median", "min", "nan_to_num", "nanmax", "nanmean", "nansum", "ptp",
    "prod", "ravel", "real", "real_if_close", "round", "sinc", "sort", "squeeze", "std", "sum", "trapezoid", "transpose", "tril",
    "unique", "unwrap", "vander", "var",
]  # fmt: skip


def of_objects(name):
    """A function of NumPy on the object array that np.array makes of traced scalars, with a constant beside it."""
    func = getattr(np, name)
    second = (np.array([1.5, 0.4, 0.3]),) if isinstance(func, np.ufunc) and func.nin == 2 else ()

    return lambda x: func(objects(x) / 3, *second)


METHODS = {
    f"objects.{name}": lambda x, name=name: getattr(objects(x), name)()
    for name in "sum mean std var prod max min ptp cumsum cumprod round conj ravel flatten copy".split()
    if hasattr(np.ones(1), name)
} | {
    "objects.astype": lambda x: objects(x).astype(float),
    "objects.astype(complex)": lambda x: objects(x).astype(complex).real,
    "objects.tolist": lambda x: np.array(objects(x).tolist()) * 2,
    "objects.dot": lambda x: objects(x).dot(objects(x)),
    "objects.clip": lambda x: objects(x).clip(0.0, 1.0),
    "objects.view": lambda x: objects(x).view(np.ndarray) * x,
    "objects slices": lambda x: objects(x)[1:] - objects(x)[:-1],
    "objects in place": lambda x: operator.iadd(objects(x), x),
    "objects with objects": lambda x: np.array([[x[0], 2.0], [3.0, x[1]]]) @ np.array([x[0], x[2]]),
    "objects in where": lambda x: np.where(objects(x) > 1, objects(x) ** 2, 0.0),
    "objects in einsum": lambda x: np.einsum("i,i", objects(x), np.ones(3)),
    "objects in solve": lambda x: np.linalg.solve(np.eye(3), objects(x)),
    "objects in kron": lambda x: np.kron(objects(x), [1.0, 2.0]),
    "objects in outer": lambda x: np.outer(objects(x), x),
    "objects in norm": lambda x: np.linalg.norm(objects(x)),
    "objects in erf": lambda x: scipy.special.erf(objects(x)),
    "objects @ plain": lambda x: objects(x) @ A.T,
    "plain @ objects": lambda x: A @ objects(x),
    "plain * objects": lambda x: A * objects(x),
    "plain ** objects": lambda x: 2.0 ** objects(x),
    "plain < objects": lambda x: x * (np.ones(3) < objects(x)),
}

CASES = CONVERTED | STORED | COMPUTED | METHODS | {f"np.{name}(objects)": of_objects(name) for name in ON_OBJECTS}


def difference(f, h=1e-3):
    """The Jacobian of f at X by a sixth-order central difference."""
    at = lambda step: np.asarray(f(X + step), float)
    slope = lambda e, s: (at(s * e) - at(-s * e)) / (2 * s)
    columns = [(64 * slope(e, h / 4) - 20 * slope(e, h / 2) + slope(e, h)) / 45 for e in np.eye(3)]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_the_right_number_or_an_exception(case, mode):
    f = CASES[case]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # np.matrix, and casts of complex numbers
        expected = difference(f)
        try:
            J = dr.jacobian(f, mode=mode)(X)
        except Exception:
            return  # refused: test_errors.py looks at the words
    np.testing.assert_allclose(J, expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("mode", MODES)
def test_most_of_what_people_write_simply_works(mode):
    """The table above would also be satisfied by a library that refuses everything."""
    works = 0
    for f in CASES.values():
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                dr.jacobian(f, mode=mode)(X)
            except Exception:
                continue
            works += 1
    assert works > len(CASES) / 2


def test_the_table_notices_a_derivative_that_is_lost():
    CASES["a case that loses it"] = lambda x: dr.value(x) * 2
    try:
        with pytest.raises(AssertionError, match="Mismatched elements: 3 / 9"):
            test_the_right_number_or_an_exception("a case that loses it", "reverse")
    finally:
        del CASES["a case that loses it"]
