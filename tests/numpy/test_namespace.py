"""dualrev.numpy: NumPy with arrays that traced values may be written into."""

import copy
import pickle

import numpy
import pytest

import dualrev as dr
from dualrev import numpy as np
from dualrev.numpy.buffer import Buffer
from tests.filling import PROGRAMS

X = numpy.array([1.1, 0.7, 1.6, 0.9, 1.4, 0.8])


class Complex:
    """NumPy whose new arrays are complex: the programs by complex step."""

    def __getattr__(self, name):
        found = getattr(numpy, name)
        if name not in ("zeros", "empty", "ones", "full", "eye", "array"):
            return found
        return lambda *args: numpy.array(found(*args), dtype=complex)


def complex_step(f, x, h=1e-40):
    columns = [f(x + 1j * h * e).imag / h for e in numpy.eye(x.size)]
    return numpy.stack(columns, axis=-1)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_a_program_that_fills_arrays(program, mode):
    want = complex_step(lambda x: program(Complex(), x), X)
    got = dr.jacobian(lambda x: program(np, x), mode=mode)(X)
    numpy.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_its_value_is_numpys_own(program):
    want = program(numpy, X.copy())
    for got in (program(np, X.copy()), dr.vjp(lambda x: program(np, x), X)[0]):
        numpy.testing.assert_array_equal(got, want)


def test_there_are_forty():
    assert len(PROGRAMS) >= 40


CREATED = {
    "zeros": lambda np: np.zeros(3),
    "zeros of a shape": lambda np: np.zeros((2, 3), numpy.float32),
    "ones": lambda np: np.ones(3),
    "full": lambda np: np.full(3, 2.5),
    "full of integers": lambda np: np.full((2, 2), 7),
    "eye": lambda np: np.eye(3, k=1),
    "identity": lambda np: np.identity(2),
    "arange": lambda np: np.arange(4),
    "arange of floats": lambda np: np.arange(0.0, 1.0, 0.25),
    "linspace": lambda np: np.linspace(0, 1, 5),
    "geomspace": lambda np: np.geomspace(1, 8, 4),
    "logspace": lambda np: np.logspace(0, 1, 3),
    "array": lambda np: np.array([[1.0, 2.0], [3.0, 4.0]]),
    "array of complex": lambda np: np.array([1j, 2.0]),
    "asarray": lambda np: np.asarray([1.0, 2.0], dtype=numpy.float32),
    "zeros_like": lambda np: np.zeros_like(np.ones(2)),
    "full_like": lambda np: np.full_like(np.ones(2), 4.0),
    "copy": lambda np: np.copy(np.ones(2)),
    "tri": lambda np: np.tri(3),
    "fromiter": lambda np: np.fromiter((0.5, 1.5), float),
    "ascontiguousarray": lambda np: np.ascontiguousarray([1.0, 2.0]),
}


@pytest.mark.parametrize("name", CREATED)
def test_what_is_created_is_what_numpy_creates(name):
    got, want = CREATED[name](np), CREATED[name](numpy)
    assert type(got) is Buffer and isinstance(got, numpy.ndarray)
    assert (got.dtype, got.shape, got.flags.writeable) == (want.dtype, want.shape, True)
    numpy.testing.assert_array_equal(got, want)


def test_every_other_name_is_numpys_own():
    for name in ("sin", "sum", "linalg", "pi", "float64", "ndarray", "where", "random", "newaxis"):
        assert getattr(np, name) is getattr(numpy, name)
    assert {"sin", "zeros", "fft"} <= set(dir(np))
    with pytest.raises(AttributeError):
        np.no_such_function  # noqa: B018


def test_results_may_be_written_into_too():
    z = np.zeros(3)
    z[1] = 2.0
    z += 1.0
    for made in (z, z + 1, numpy.sin(z), np.outer(z, z) @ z, np.concatenate([z, z]), np.divmod(z, 2.0)[1]):
        assert type(made) is Buffer
    for plain in (z @ z, z.sum(), z > 0, z.mean(), np.dot(z, z), np.linalg.norm(z), z[0]):
        assert type(plain) is not Buffer
    numpy.testing.assert_array_equal(z, [1.0, 3.0, 1.0])
    numpy.testing.assert_array_equal(np.concatenate([z, z[1:]]), [1, 3, 1, 3, 1])


def test_views_share_memory_as_in_numpy():
    z = np.zeros((2, 3))
    row, flat, turned = z[1], z.reshape(-1), z.T
    row[0] = 1.0
    flat[5] = 2.0
    turned[1, 1] = 3.0
    numpy.testing.assert_array_equal(z, [[0, 0, 0], [1, 3, 2]])


def test_copies_and_pickles_of_numbers():
    z = np.arange(3.0)
    for other in (copy.copy(z), copy.deepcopy(z), pickle.loads(pickle.dumps(z)), z.copy(), numpy.array(z)):
        other[0] = 9.0
        assert z[0] == 0.0


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_views_made_before_the_first_traced_write_see_it(mode):
    def f(x):
        z = np.zeros((2, 3))
        row, column, flat = z[0], z[:, 1], z.reshape(-1)
        row[1] = x[0]
        flat[4] = x[1] ** 2
        column *= x[2]
        return np.concatenate([row, column, flat, z.sum(axis=0)])

    want = complex_step(lambda x: f_of(Complex(), x), X[:3])
    numpy.testing.assert_allclose(dr.jacobian(f, mode=mode)(X[:3]), want, rtol=1e-13)


def f_of(np, x):
    z = np.zeros((2, 3))
    row, column, flat = z[0], z[:, 1], z.reshape(-1)
    row[1] = x[0]
    flat[4] = x[1] ** 2
    column *= x[2]
    return np.concatenate([row, column, flat, z.sum(axis=0)])


METHODS = {
    "sum": lambda z: z.sum(),
    "mean": lambda z: z.mean(axis=0),
    "T": lambda z: z.T @ z,
    "reshape": lambda z: z.reshape(-1)[1:],
    "ravel": lambda z: z.ravel(),
    "dot": lambda z: z.dot(z),
    "iteration": lambda z: numpy.stack([3 * row for row in z]),
    "copy": lambda z: z.copy() * z,
    "max": lambda z: z.max(),
    "list": lambda z: numpy.concatenate([[z[0, 0]], z[1]]),
    "numpy's sin": lambda z: numpy.sin(z),
    "numpy's where": lambda z: numpy.where(z > 0, z, 0.0),
    "numpy's stack": lambda z: numpy.stack([z, z]),
    "a number times it": lambda z: 2.0 * z - z / 3.0 + z**2,
    "value": lambda z: z * dr.value(z),
}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", METHODS)
def test_a_traced_array_behaves_as_an_array(name, mode):
    def f(x):
        z = np.ones((2, 2))
        z[0, 0] = x[0] ** 2
        z[1] = x[1:3]
        return METHODS[name](z)

    def functional(x):
        return METHODS[name](numpy.stack([numpy.stack([x[0] ** 2, 1.0 + 0 * x[0]]), x[1:3]]))

    numpy.testing.assert_array_equal(dr.vjp(f, X)[0], functional(X))
    numpy.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), dr.jacobian(functional, mode=mode)(X), rtol=1e-14)


JOINED = {
    "scalars": lambda np, x: np.array([x[0], 2.0, x[1] * x[2]]),
    "rows": lambda np, x: np.array([x[:2], x[2:4] ** 2]),
    "rows of lists": lambda np, x: np.array([[x[0], 1.0], [0.0, x[1]]]),
    "an array": lambda np, x: np.array(x) * np.asarray(x),
    "ndmin": lambda np, x: np.array([x[0], x[1]], ndmin=2),
    "times a list": lambda np, x: x[0] * np.array([1.0, 2.0]) + x[:2] * [3.0, 4.0],
    "full": lambda np, x: np.full((2, 2), x[0]) * x[1],
    "linspace": lambda np, x: np.linspace(x[0], x[1], 3),
}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", JOINED)
def test_arrays_made_of_traced_values(name, mode):
    def filled(x):
        z = JOINED[name](np, x)
        z[..., 0] = x[5]
        return z

    def by_complex_step(x):
        z = numpy.array(JOINED[name](numpy, x))
        z[..., 0] = x[5]
        return z

    got = dr.jacobian(filled, mode=mode)(X)
    numpy.testing.assert_allclose(got, complex_step(by_complex_step, X), rtol=1e-13)


def test_a_copy_lies_in_memory_as_numpys_does():
    """np.array keeps the axes in their order, so that the copy of a transposed array has no flat view."""

    def f(x):
        a = np.array(x.reshape(2, 3).T)
        flat = np.ravel(a)
        flat[0] = x[1] ** 2
        return np.concatenate([np.ravel(a), flat, np.ravel(np.array(a, order="C"))])

    J = complex_step(lambda x: numpy.concatenate([x[[0, 3, 1, 4, 2, 5]]] * 3), X)
    J[6] = numpy.eye(6)[1] * 2 * X[1]
    for mode in ("forward", "reverse"):
        numpy.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), J, rtol=1e-15)


@pytest.mark.parametrize("make", [lambda: np.zeros((2, 3), order="F"), lambda: np.zeros((2, 3)).copy(order="F")])
def test_a_buffer_by_columns_stays_one(make):
    def f(x):
        z = make()
        z[0, 0] = x[0]
        flat, by_columns = z.ravel(), z.T.ravel()
        flat[5], by_columns[2] = x[1], x[2]
        return np.concatenate([z.ravel(), flat, by_columns])

    want = numpy.zeros((18, 6))
    want[[0, 6, 12], 0] = 1.0
    want[11, 1] = want[[1, 14], 2] = 1.0
    for mode in ("forward", "reverse"):
        numpy.testing.assert_array_equal(dr.jacobian(f, mode=mode)(X), want)


def test_a_buffer_of_buffers():
    def f(x):
        a, b = np.zeros(2), np.zeros(2)
        a[0] = x[0]
        b[:] = a * x[1]
        return np.array([a, b, [1.0, x[0]]])

    want = complex_step(lambda x: numpy.array([[x[0], 0], [x[0] * x[1], 0], [1.0, x[0]]]), X[:2])
    numpy.testing.assert_array_equal(dr.jacobian(f)(X[:2]), want)


def test_a_buffer_is_read_when_it_is_used():
    """A constant array that is written into after it has been used: the tape has the numbers of that moment."""

    def f(x):
        c, s = np.ones(2), 0.0
        for k in range(3):
            c[0] = k + 2.0
            s = s + np.sum(c * x[:2] ** 2)
        return s

    numpy.testing.assert_allclose(dr.grad(f)(X[:2]), 2 * X[:2] * [9.0, 3.0], rtol=1e-15)


def test_in_nested_transformations():
    def f(x):
        z = np.zeros(3)
        z[0] = x[0]
        for i in range(1, 3):
            z[i] = z[i - 1] * x[i] ** 2
        return z.sum()

    plain = lambda x: x[0] * (1 + x[1] ** 2 * (1 + x[2] ** 2))
    want = dr.hessian(plain)(X[:3])
    numpy.testing.assert_allclose(dr.hessian(f)(X[:3]), want, rtol=1e-14)
    numpy.testing.assert_allclose(dr.jacobian(dr.grad(f), mode="reverse")(X[:3]), want, rtol=1e-14)
    numpy.testing.assert_allclose(dr.grad(lambda x: dr.jvp(f, (x,), (X[:3],))[1])(X[:3]), want @ X[:3], rtol=1e-14)


def test_as_an_argument_of_a_transformation():
    z = np.array([1.0, 2.0])
    numpy.testing.assert_array_equal(dr.grad(lambda x: np.sum(x**2))(z), [2.0, 4.0])

    def outer(x):
        z = np.zeros(2)
        z[:] = x
        return dr.grad(lambda y: np.sum(y**3))(z)

    numpy.testing.assert_array_equal(dr.jacobian(outer)(X[:2]), numpy.diag(6 * X[:2]))


def test_precision_is_kept():
    def f(x):
        z = np.zeros(2, numpy.float32)
        z[:] = x
        return z

    y, dy = dr.jvp(f, (X[:2],), (X[:2],))
    assert y.dtype == dy.dtype == numpy.float32
    numpy.testing.assert_array_equal(y, X[:2].astype(numpy.float32))


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [lambda: np.zeros(3, int), lambda: np.arange(3), lambda: np.array([1, 2])])
def test_an_array_of_integers_takes_no_traced_value(made):
    def f(x):
        z = made()
        z[0] = x[0]
        return z

    with pytest.raises(dr.LostDerivativeError, match=r"an array of int64, which cannot change smoothly.*np.zeros\(n\)"):
        dr.jacobian(f)(X)


def test_code_in_c_does_not_read_past_the_trace():
    """What reads the memory without asking gets bytes of no type, which nothing computes with."""

    def f(read):
        def g(x):
            z = np.zeros(2)
            z[0] = x[0]
            return numpy.sum(read(z))

        return g

    for read in (numpy.asarray, numpy.array, lambda z: numpy.asarray(z, float), lambda z: numpy.array([z, z])):
        with pytest.raises((TypeError, ValueError)):
            dr.grad(f(read))(X)


def test_a_plain_array_of_the_same_memory_is_refused():
    def f(x):
        z = np.zeros(2)
        plain = numpy.asarray(z)
        z[0] = x[0]
        return plain.sum()

    with pytest.raises(dr.LostDerivativeError, match="shares its memory with a plain array"):
        dr.grad(f)(X)


def test_a_plain_array_of_a_part_of_the_memory_holds_nan():
    def f(x):
        z = np.zeros(3)
        plain = numpy.asarray(z[1:])
        z[0] = x[0]
        assert numpy.isnan(plain).all()
        return z.sum()

    dr.grad(f)(X)


def test_results_that_show_a_plain_array_are_plain():
    """Whoever writes numbers into one of them writes into the plain array, as in NumPy; a traced value is refused."""
    plain, z = numpy.zeros(3), np.zeros(2)
    for part in (np.atleast_2d(z, plain)[1], np.atleast_1d(z, plain)[1]):
        part[...] += 1.0
        assert type(part) is numpy.ndarray
    numpy.testing.assert_array_equal(plain, [2.0, 2.0, 2.0])

    def f(x):
        np.atleast_2d(z, plain)[1][0, 0] = x[0]
        return x.sum()

    with pytest.raises(dr.LostDerivativeError, match="written into a plain array"):
        dr.grad(f)(X)


def test_a_buffer_that_outlives_its_transformation_is_refused():
    work = np.zeros(2)

    def f(x):
        work[0] = x[0]
        return work.sum()

    dr.grad(f)(X)
    with pytest.raises(dr.EscapedTracerError):
        dr.grad(f)(X)


def test_a_buffer_of_an_outer_transformation_does_not_keep_values_of_an_inner_one():
    def outer(x):
        z = np.zeros(2)
        z[0] = x[0]

        def inner(y):
            z[1] = y
            return y * y

        return dr.grad(inner)(x[1])

    with pytest.raises(dr.LostDerivativeError, match="make the array inside the function that is differentiated"):
        dr.grad(outer)(X)


@pytest.mark.parametrize("name", ["mean", "std", "var", "median", "average", "nanmean", "nanstd", "round"])
def test_a_list_of_traced_values_is_an_array(name):
    f, given = getattr(np, name), getattr(numpy, name)
    x = numpy.array([1.5, -2.0, 0.25])
    of_list = lambda x: np.sum(f([x[0], x[1] * x[0], 2.0]) * 3)
    of_array = lambda x: numpy.sum(given(numpy.stack([x[0], x[1] * x[0], 2.0])) * 3)
    assert dr.value_and_grad(of_list)(x)[0] == of_array(x)
    numpy.testing.assert_array_equal(dr.grad(of_list)(x), dr.grad(of_array)(x))
    assert f([1.0, 2.0, 4.0]).tolist() == given([1.0, 2.0, 4.0]).tolist()


def test_quantiles_and_gradients_of_lists():
    x = numpy.array([1.5, -2.0, 0.25])
    numpy.testing.assert_array_equal(dr.grad(lambda x: np.quantile([x[0], x[1], x[2]], 0.25))(x), [0.0, 0.5, 0.5])
    slope = dr.jacobian(lambda x: np.gradient([x[0], x[1], x[2]]))(x)
    numpy.testing.assert_array_equal(slope, [[-1.0, 1.0, 0.0], [-0.5, 0.0, 0.5], [0.0, -1.0, 1.0]])
