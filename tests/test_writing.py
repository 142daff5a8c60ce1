"""Writing into traced arrays: what NumPy does to numbers and to whoever shares the memory, and its derivatives."""

import copy
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dualrev as dr
from dualrev.reverse.vjp import Recording
from tests.filling import PROGRAMS

X = np.array([1.1, 0.7, 1.6, 0.9, 1.4, 0.8])
MODES = ["forward", "reverse"]


def complex_step(f, x, h=1e-40):
    columns = [np.asarray(f(x + 1j * h * e)).imag / h for e in np.eye(x.size)]
    return np.stack(columns, axis=-1)


def check(f, x=X, tolerance=1e-12):
    """Values to the last bit, and derivatives in both modes by complex step. f returns a new array."""
    np.testing.assert_array_equal(dr.vjp(f, x)[0], f(x.copy()))
    np.testing.assert_array_equal(dr.jvp(f, (x,), (x,))[0], f(x.copy()))
    want = complex_step(f, x)
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x), want, rtol=tolerance, atol=tolerance)


# ---- programs --------------------------------------------------------------------------------------------------------


class Like:
    """NumPy whose new arrays are like x: traced where x is, complex where x is."""

    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        return getattr(np, name)

    def zeros(self, shape):
        return np.zeros_like(self.x, shape=shape)

    def empty(self, shape):
        return np.empty_like(self.x, shape=shape)

    def ones(self, shape):
        return np.ones_like(self.x, shape=shape)

    def full(self, shape, value):
        return np.full_like(self.x, value, shape=shape)

    def array(self, given):
        return np.array(given) if not isinstance(given, list) else np.copy(np.stack([v + 0 * self.x[0] for v in given]))

    def eye(self, n):
        made = self.zeros((n, n))
        np.fill_diagonal(made, 1.0)
        return made


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_a_program_that_fills_arrays_like_x(program):
    f = lambda x: program(Like(x), np.copy(x))
    want = complex_step(f, X)
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), want, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("program", PROGRAMS[::4], ids=lambda p: p.__name__)
def test_second_derivatives_of_a_program(program):
    energy = lambda x: np.sum(np.sin(program(Like(x), np.copy(x))))
    gradient = dr.grad(energy)
    want = np.stack([(gradient(X + 1e-5 * e) - gradient(X - 1e-5 * e)) / 2e-5 for e in np.eye(6)], axis=-1)
    for H in (dr.hessian(energy), dr.jacobian(gradient, mode="reverse"), dr.jacobian(forward_gradient(energy))):
        np.testing.assert_allclose(H(X), want, rtol=1e-6, atol=1e-6 * np.abs(want).max())


def forward_gradient(f):
    """The gradient in forward mode: differentiating it again is reverse over forward, or forward over forward."""
    return dr.jacobian(f, mode="forward")


# ---- one write -------------------------------------------------------------------------------------------------------

INDICES = {
    "int": np.s_[1],
    "last": np.s_[-1],
    "slice": np.s_[1:],
    "negative step": np.s_[::-1],
    "everything": np.s_[:],
    "ellipsis": np.s_[...],
    "element": np.s_[1, 2],
    "column": np.s_[:, 1],
    "corner": np.s_[1:, ::-2],
    "new axis": np.s_[None, :, 0],
    "nothing": np.s_[2:2],
    "rows by list": np.s_[[1, 0]],
    "repeated row": np.s_[[0, 0]],
    "repeated elements": ([0, 1, 0, 0], [2, 1, 2, 2]),
    "grid": np.ix_([1, 0], [0, 2]),
    "mask": np.array([[True, False, True], [False, True, True]]),
    "mask of rows": np.array([False, True]),
    "separated": (slice(None), None, [1, 1, 0]),
    "numpy int": (np.int64(1), slice(0, 2)),
}


def values(part, x):
    """A value of that shape made of x, different everywhere."""
    return np.reshape(np.resize(np.arange(1.0, 7.0), part), part) * x[0] ** 2 + x[1]


WRITES = {
    "an array": lambda y, i, x: y.__setitem__(i, values(np.zeros((2, 3))[i].shape, x)),
    "a number": lambda y, i, x: y.__setitem__(i, x[2] ** 2),
    "a constant": lambda y, i, x: y.__setitem__(i, 3.0),
    "a constant array": lambda y, i, x: y.__setitem__(i, np.ones(np.zeros((2, 3))[i].shape)),
    "+=": lambda y, i, x: y.__setitem__(i, augmented(y[i], x)),
    "itself times": lambda y, i, x: y.__setitem__(i, 2 * y[i] * x[3]),
    "with unit axes": lambda y, i, x: y.__setitem__(i, np.reshape(x[4] ** 2, (1, 1, 1)[: np.zeros((2, 3))[i].ndim])),
}


def augmented(part, x):
    part += x[5]
    return part


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("index", INDICES)
def test_a_write(index, write):
    def f(x):
        y = np.sin(np.reshape(x, (2, 3)))
        before = y * 1.0
        WRITES[write](y, INDICES[index], x)
        return np.stack([y * y, before])

    check(f)


def test_repeated_elements_the_last_wins_and_add_at_accumulates():
    def f(x):
        y, z = np.zeros_like(x), np.zeros_like(x)
        y[[0, 1, 0]] = x[:3]
        np.add.at(z, [0, 1, 0], x[:3])
        np.subtract.at(z, [2, 2], x[0])
        return np.concatenate([y, z])

    J = dr.jacobian(f)(X)
    np.testing.assert_array_equal(J[0], np.eye(6)[2])
    np.testing.assert_array_equal(J[6], np.eye(6)[0] + np.eye(6)[2])
    np.testing.assert_array_equal(J[8], -2 * np.eye(6)[0])
    check(f)


OPERATORS = {
    "+=": lambda y, v: y.__iadd__(v),
    "-=": lambda y, v: y.__isub__(v),
    "*=": lambda y, v: y.__imul__(v),
    "/=": lambda y, v: y.__itruediv__(v),
    "**=": lambda y, v: y.__ipow__(v),
    "@=": lambda y, v: y.__imatmul__(np.ones((3, 3)) * v[0]),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_writes_into_the_array(name):
    def f(x):
        y = np.reshape(x**2, (2, 3))
        other, row = y, y[0]
        same = OPERATORS[name](y, x[:3])
        assert same is y
        return np.concatenate([other.ravel(), row, (2 * y).ravel()])

    check(f)


def test_an_operator_gives_a_traced_number_a_new_value():
    def f(x):
        s = x[0]
        t = s
        s += x[1]
        s *= 2.0
        return np.stack([s, t])

    np.testing.assert_array_equal(dr.jacobian(f)(X)[:, :2], [[2.0, 2.0], [1.0, 0.0]])


STATEMENTS = {
    "copyto": lambda y, x: np.copyto(y, x[:4] ** 2),
    "copyto where": lambda y, x: np.copyto(y, x[:4] ** 2, where=[True, False, True, True]),
    "fill_diagonal": lambda y, x: np.fill_diagonal(y.reshape(2, 2), x[4]),
    "fill_diagonal by an array": lambda y, x: np.fill_diagonal(y.reshape(2, 2), x[4:]),
    "put": lambda y, x: np.put(y, [3, 0, 3], x[3:]),
    "put, wrapped": lambda y, x: np.put(y, [5, -1, 2], x[:2], mode="wrap"),
    "place": lambda y, x: np.place(y, [True, False, True, True], x[:2]),
    "putmask": lambda y, x: np.putmask(y, np.array([True, False, True, True]), x[:3]),
    "put_along_axis": lambda y, x: np.put_along_axis(y.reshape(2, 2), np.array([[1], [0]]), x[:2, None], axis=1),
    "put_along_axis, flat": lambda y, x: np.put_along_axis(y, np.array([1, 3]), x[:2], axis=None),
    "fill": lambda y, x: y.fill(x[2]) if x.dtype.kind == "f" else y.__setitem__(..., x[2]),
    "sort": lambda y, x: y.sort(),
    "out=": lambda y, x: np.multiply(x[:4], x[2:], out=y),
    "out= with where=": lambda y, x: np.exp(x[:4], out=y, where=np.array([True, False, True, True])),
    "out= of constants": lambda y, x: np.add(np.ones(4), 2.0, out=y),
    "sum(out=)": lambda y, x: np.sum(x.reshape(2, 3), axis=0, out=y[1:]),
    "matmul(out=)": lambda y, x: np.matmul(np.ones((4, 6)), x, out=y),
    "dot(out=)": lambda y, x: np.dot(np.ones((4, 6)), x, out=y),
    "cumsum(out=)": lambda y, x: np.cumsum(x[1:5], out=y),
    "divmod(out=)": lambda y, x: np.divmod(x[:4], 0.3, out=(np.zeros_like(y), y)) if x.dtype.kind == "f" else
    y.__setitem__(..., x[:4] - 0.3 * np.floor(x[:4].real / 0.3)),
    "multiply.at": lambda y, x: np.multiply.at(y, [0, 0, 2], x[:3]),
    "negative.at": lambda y, x: np.negative.at(y, [1, 1, 2]),
    "maximum.at": lambda y, x: y.__setitem__(0, x[2] + y[0]),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_writes(name):
    def f(x):
        y = x[2:] ** 2
        view = y[::2]
        STATEMENTS[name](y, x)
        return np.concatenate([y, view, y * y])

    check(f)


# ---- who shares memory -----------------------------------------------------------------------------------------------


VIEWS = {
    "slice": lambda y: y[:, 1:],
    "row": lambda y: y[1],
    "last row": lambda y: y[-1],
    "reversed": lambda y: y[::-1, ::-1],
    "ellipsis": lambda y: y[...],
    "new axis": lambda y: y[None],
    "transposed": lambda y: y.T,
    "reshaped": lambda y: y.reshape(3, 2),
    "ravel": lambda y: np.ravel(y),
    "swapaxes": lambda y: np.swapaxes(y, 0, 1),
    "squeeze": lambda y: np.squeeze(y),
    "expand_dims": lambda y: np.expand_dims(y, 1),
    "flip": lambda y: np.flip(y, 1),
    "split": lambda y: np.split(y, 3, axis=1)[1],
    "iteration": lambda y: list(y)[1],
    "slice of a slice": lambda y: y[:, 1:][1:, ::-1],
    "transposed slice": lambda y: y[:, :2].T[1],
    "asarray of a tracer": lambda y: y,
}
COPIES = {
    "copy": lambda y: y.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "np.copy": np.copy,
    "flatten": lambda y: y.flatten(),
    "astype": lambda y: y.astype(y.dtype),
    "list index": lambda y: y[[1, 0]],
    "mask": lambda y: y[np.array([True, False])],
    "times one": lambda y: y * 1.0,
    "plus": lambda y: +y,
    "ravel of the transposed": lambda y: np.ravel(y.T),
    "reshape of the transposed": lambda y: y.T.reshape(-1),
}


@pytest.mark.parametrize("start", ["result", "buffer", "written"])
@pytest.mark.parametrize("name", VIEWS | COPIES)
def test_writes_are_seen_where_numpy_shares_memory(name, start):
    take = (VIEWS | COPIES)[name]

    def f(x):
        if start == "result":
            y = np.reshape(x, (2, 3)) * 2.0
        else:
            y = np.zeros_like(x, shape=(2, 3))
            if start == "written":
                y[0] = x[:3]
        part = take(y)
        y[1, 1] = x[0] ** 2
        part[..., 0] = x[1] * x[2]
        y *= x[3]
        part += 1.0
        later = take(y)
        y[:, 2] = x[4]
        return np.concatenate([np.ravel(y), np.ravel(part), np.ravel(later)])

    check(f)


def test_a_copy_by_columns_has_other_views_than_one_by_rows():
    def f(x):
        y = np.reshape(x, (2, 3)) * 1.0
        parts = []
        for z in (y.copy("F"), y.copy("C"), y.T.copy(), y.T.copy("K"), y.T.copy() * 2.0, np.asfortranarray(y) * 1.0):
            flat = z.ravel()
            flat[1] = x[0] ** 2
            parts += [z.ravel(), flat]
        return np.concatenate(parts)

    check(f)


def test_a_view_that_shows_elements_twice_is_read_as_numpy_reads_it():
    """The order in which a sum is taken follows the order in memory, to the last bit."""

    def f(x):
        y = np.reshape(x, (2, 3)) / 3.0
        twice = np.broadcast_to(y, (7, 2, 3))
        y[0, 1] = x[0] * 0.1
        return np.stack([np.sum(np.sin(twice)), np.sum(twice * 0.1), twice[0, 0, 1]])

    check(f)


def test_a_write_into_a_temporary_view_reaches_its_base():
    def f(x):
        y = np.zeros_like(x, shape=(2, 2, 2))
        y[0][1][0] = x[0]
        y[1].T[0] = x[1:3]
        y.reshape(-1)[5] *= x[3]
        return np.ravel(y)

    check(f)


def test_views_of_what_nobody_else_holds():
    def f(x):
        a = (x**2)[1:]
        b = a[1:]
        row, again = np.reshape(x, (2, 3))[1] * 1.0, a[-1:]
        a[1] = x[0]
        again *= 2.0
        return np.concatenate([a, b, row])

    check(f)


def test_what_is_read_before_a_write_keeps_its_value():
    def f(x):
        y = x * 1.0
        first, s = y[0], y.sum()
        y[0] = x[1]
        return np.stack([first, s, y[0], y[0] * y[1]])

    check(f)


def test_an_index_that_changes_later():
    def f(x):
        y, at, mask = np.zeros_like(x), np.array([0, 1]), np.zeros(6, bool)
        for k in range(3):
            y[at] += x[k]
            at += 1
            mask[k] = True
            y[mask] *= x[5]
        return y

    check(f)


def test_a_constant_that_changes_after_it_was_written():
    def f(x):
        y, c = x * 1.0, np.ones(2)
        y[:2] = c
        c[0] = 5.0
        return y * y

    check(f)


def test_the_arguments_of_f_are_not_changed():
    """NumPy would write into the caller's array; the derivative is the same, and inputs are never changed."""

    def f(x):
        x[0] = x[1] ** 2
        x *= 2.0
        return x

    x = X.copy()
    for run in (dr.jacobian(f, mode="forward"), dr.jacobian(f, mode="reverse"), dr.grad(lambda x: f(x).sum())):
        run(x)
        np.testing.assert_array_equal(x, X)
    y, _ = dr.vjp(f, x)
    y[...] = 0.0
    np.testing.assert_array_equal(x, X)
    check(f)


def test_a_pullback_may_be_called_twice():
    _, pullback = dr.vjp(lambda x: PROGRAMS[0](Like(x), x), X)
    w = np.linspace(1.0, 2.0, 8)
    np.testing.assert_array_equal(pullback(w)[0], pullback(w)[0])


# ---- random programs -------------------------------------------------------------------------------------------------


def index_for(a, k):
    """An index that fits a, number k."""
    n = a.shape[0] if a.ndim else 0
    if not a.ndim:
        return ...
    some = [
        ..., slice(None), slice(None, None, -1), slice(1, None), slice(None, -1), slice(None, None, 2), None,
        (..., 0), (..., -1), (..., slice(None, None, -1)),
    ]  # fmt: skip
    if n:
        some += [0, -1, k % n, [k % n, 0, k % n], np.arange(n) % 2 == k % 2, (slice(k % n, None), ...)]
    return some[k % len(some)]


def interpret(program, x):
    """Run a list of instructions on arrays that share memory in many ways; returns all that is left at the end."""
    arrays, read = [np.reshape(x, (2, 3)) * 1.0], []
    for what, i, j, k in program:
        a, b = arrays[i % len(arrays)], arrays[j % len(arrays)]
        index = index_for(a, k)
        if what == "view":
            arrays.append(a[index] if np.ndim(a[index]) else a)
        elif what == "turn":
            arrays.append([a.T, a.reshape(-1), np.ravel(a), a[None], np.flip(a)][k % 5])
        elif what == "new":
            arrays.append(
                [a * 2.0, a.copy(), np.zeros_like(a), a + b[(0,) * b.ndim]][k % 4] if a.size and b.size else a
            )
        elif what == "number" and b.size:
            a[index] = b[(-1,) * b.ndim] * x[k % 6]
        elif what == "constant":
            a[index] = 0.5 * k
        elif what == "array":
            a[index] = a[index] * x[k % 6] + 1.0
        elif what == "across" and np.shape(a[index]) == b.shape:
            a[index] = b
        elif what == "augment":
            a *= x[k % 6]
        elif what == "augment part" and np.ndim(a[index]):
            a[index] += x[k % 6]
        elif what == "add.at":
            np.add.at(a, index, x[k % 6])
        elif what == "read":
            read.append(np.sum(np.sin(a)))
    return np.concatenate([np.ravel(a) for a in arrays] + [np.stack([*read, x[0]])])


instruction = st.tuples(
    st.sampled_from(
        [
            "view",
            "view",
            "turn",
            "new",
            "number",
            "constant",
            "array",
            "across",
            "augment",
            "augment part",
            "add.at",
            "read",
        ]
    ),
    *[st.integers(0, 60)] * 3,
)


@settings(max_examples=150)
@given(st.lists(instruction, min_size=2, max_size=10))
def test_random_writes(program):
    f = lambda x: interpret(program, x)
    want = f(X.copy())
    assert np.all(np.isfinite(want))
    np.testing.assert_array_equal(dr.vjp(f, X)[0], want)
    np.testing.assert_array_equal(dr.jvp(f, (X,), (X,))[0], want)
    J = complex_step(f, X)
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), J, rtol=1e-10, atol=1e-10)


@settings(max_examples=25)
@given(st.lists(instruction, min_size=2, max_size=8))
def test_random_writes_in_nested_transformations(program):
    loss = lambda x: np.sum(np.sin(interpret(program, x)))
    along = lambda x: complex_step(lambda x: np.sin(interpret(program, x)), x).sum(axis=0)
    h = 1e-5
    want = np.stack([(along(X + h * e) - along(X - h * e)) / (2 * h) for e in np.eye(6)], axis=-1)
    scale = 1e-5 * max(1.0, np.abs(want).max())
    for H in (dr.hessian(loss)(X), dr.jacobian(dr.grad(loss), mode="reverse")(X)):
        np.testing.assert_allclose(H, want, rtol=1e-5, atol=scale)
    np.testing.assert_allclose(dr.jacobian(dr.jacobian(loss, mode="forward"))(X), want, rtol=1e-5, atol=scale)


# ---- precision and directions ----------------------------------------------------------------------------------------


def test_what_is_written_takes_the_precision_of_the_array():
    def f(x):
        y = np.zeros_like(x, dtype=np.float32)
        y[:] = x
        y[0] = np.float64(1 / 3)
        y += x
        return y

    y, pullback = dr.vjp(f, X)
    assert y.dtype == np.float32 and pullback(y)[0].dtype == np.float64
    np.testing.assert_array_equal(y, f(X.copy()))
    np.testing.assert_array_equal(dr.jvp(f, (X,), (X,))[1].dtype, np.float32)


def test_several_directions_are_one_by_one():
    f = lambda x: interpret([("view", 0, 0, 3), ("array", 1, 0, 13), ("augment", 1, 0, 2), ("add.at", 0, 0, 13)], x)
    seeds = np.random.default_rng(0).standard_normal((4, 6))
    many = dr.jvp(f, (X,), (seeds,))[1]
    y, pullback = dr.vjp(f, X)
    cts = np.random.default_rng(1).standard_normal((4, *y.shape))
    for k in range(4):
        np.testing.assert_allclose(many[k], dr.jvp(f, (X,), (seeds[k],))[1], rtol=1e-14)
        np.testing.assert_allclose(pullback(cts)[0][k], pullback(cts[k])[0], rtol=1e-14)


# ---- what it costs ---------------------------------------------------------------------------------------------------


def recursion(x):
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, x.size):
        y[i] = 0.5 * y[i - 1] + x[i]
    return y.sum()


@pytest.mark.parametrize("mode", MODES)
def test_filling_an_array_by_elements_takes_memory_in_proportion(mode):
    """A tape that kept every version of the array would hold n**2 numbers: 288 MB here."""
    n = 6000
    f = recursion if mode == "reverse" else lambda x: dr.jvp(recursion, (x,), (x,))[1]
    x = np.ones(n)
    dr.grad(recursion)(np.ones(9))
    tracemalloc.start()
    try:
        dr.grad(recursion)(x) if mode == "reverse" else f(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5000 * n


def test_the_gradient_of_a_recursion():
    np.testing.assert_allclose(dr.grad(recursion)(np.ones(9)), 2 - 0.5 ** np.arange(8, -1, -1), rtol=1e-15)


def test_a_traced_program_shows_the_values_of_every_version():
    """The tape of a gradient keeps only shapes; the one that people look at keeps the numbers."""

    def f(x):
        y = np.zeros_like(x)
        y[0] = x[1]
        y[1] = y[0] * x[2]
        return y

    program = dr.trace(f, X[:3])
    shown = [v.primal for v in program.values if v.op == "put"]
    np.testing.assert_array_equal(shown, [[0.7, 0, 0], [0.7, 0.7 * 1.6, 0]])


def test_reading_does_not_keep_views_alive():
    recording = Recording(lambda x: np.sum([x[1:].sum() for _ in range(500)]), [X], [(lambda leaves: leaves[0], 1)])
    assert len(recording.lines) > 1000

    def f(x):
        for _ in range(500):
            x[1:]
        assert len(x.items) < 100
        return x

    dr.jvp(f, (X,), (X,))


# ---- np.asarray of plain NumPy ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("convert", [np.asarray, np.ascontiguousarray, lambda y: np.asarray(y)[1:].T])
@pytest.mark.parametrize("mode", MODES)
def test_what_asarray_makes_is_the_array_read_only(convert, mode):
    """NumPy's is the array itself. Ours holds the same numbers as long as neither can be written into."""

    def f(x):
        y = np.copy(x)
        same = convert(y)
        with pytest.raises(ValueError, match="read-only"):
            same[0] = 1.0
        total = np.sum(same**2)
        del same
        y[1] = 0.0
        return total + y.sum()

    want = 2 * X + 1
    want[1] -= 1
    if convert(X).size < X.size:
        want[0] = 1.0
    got = dr.grad(f)(X) if mode == "reverse" else dr.jacobian(f, mode="forward")(X)
    np.testing.assert_allclose(got, want, rtol=1e-15)


@pytest.mark.parametrize("show", [lambda y: y, lambda y: y[1:]])
@pytest.mark.parametrize("mode", MODES)
def test_an_array_is_not_written_into_while_asarray_shows_it(show, mode):
    def f(x):
        y = np.copy(x)
        same = np.asarray(y)
        show(y)[0] = 1.0
        return np.sum(same)

    with pytest.raises(dr.LostDerivativeError, match=r"np.asarray made of it is in use.*dualrev import numpy"):
        dr.jacobian(f, mode=mode)(X)


def test_what_array_makes_is_a_copy():
    def f(x):
        y = np.copy(x)
        copied, nested = np.array(y), np.array([y[:2], y[2:4]])
        copied[0] = nested[0, 1] = 5.0
        y[1] = x[0] * x[2]
        return np.concatenate([copied, nested.ravel(), y])

    J = dr.jacobian(f)(X)
    want = np.concatenate([np.eye(6), np.eye(6)[:4], np.eye(6)])
    want[[0, 7]] = 0.0
    want[11] = [X[2], 0, X[0], 0, 0, 0]
    np.testing.assert_array_equal(J, want)


# ---- what is refused -------------------------------------------------------------------------------------------------


def escaped(x):
    kept = []
    dr.grad(lambda x: kept.append(x * 1.0) or x.sum())(X)
    kept[0][0] = 1.0


def outer_keeps_inner(x):
    y = x * 1.0

    def inner(z):
        y[0] = z
        return z * z

    return dr.grad(inner)(x[0]) + y.sum()


def read_only(x):
    np.broadcast_to(x, (2, 6))[0] = 1.0


def diagonal(x):
    np.diagonal(x.reshape(2, 3))[0] = 1.0


def real_part_in_use(x):
    y = x * (1.0 + 2.0j)
    part = y.imag
    y[0] = 1.0
    return part


def out_of_another_precision(x):
    np.sum(np.outer(x, x).astype(np.float32), axis=0, out=np.zeros_like(x))


def stored(x):
    z = np.zeros(3)
    z[0] = x[0]


REFUSED = {
    "a number": (lambda x: x[0].__setitem__(0, 1.0), TypeError, "does not support item assignment"),
    "a shape that does not fit": (lambda x: x.__setitem__(slice(2), x[:3]), ValueError, "broadcast"),
    "a constant that does not fit": (lambda x: x.__setitem__(slice(2), np.ones(3)), ValueError, "broadcast"),
    "an operator that needs a larger array": (
        lambda x: x.__iadd__(np.ones((2, 6))),
        ValueError,
        r"non-broadcastable output operand with shape \(6,\)",
    ),
    "complex numbers": (lambda x: x.__iadd__(1j), TypeError, "Cannot cast ufunc 'add' output"),
    "a traced complex number": (lambda x: x.__setitem__(0, x[0] * 1j), dr.InputError, "drops its imaginary part"),
    "a traced index": (lambda x: x.__setitem__(x[0], 1.0), dr.LostDerivativeError, "used as an index"),
    "an index too far": (lambda x: x.__setitem__(9, 1.0), IndexError, "out of bounds"),
    "an object": (lambda x: x.__setitem__(0, object()), dr.InputError, "only numbers and arrays"),
    "a broadcast array": (read_only, ValueError, "read-only"),
    "a diagonal": (diagonal, ValueError, "read-only"),
    "after the end": (escaped, dr.EscapedTracerError, "after the transformation that made it had ended"),
    "an inner value": (outer_keeps_inner, dr.LostDerivativeError, "make the array inside the function"),
    "y while y.imag is in use": (real_part_in_use, dr.LostDerivativeError, "real or imaginary part is in use"),
    "out= of a ufunc, with fewer axes": (
        lambda x: np.add(np.ones((1, 6)), x, out=np.zeros_like(x)),
        ValueError,
        r"non-broadcastable output operand with shape \(6,\)",
    ),
    "out= of another shape": (lambda x: np.sum(x, out=np.zeros_like(x)), ValueError, r"out has the shape \(6,\)"),
    "out= of another precision": (out_of_another_precision, dr.InputError, "out is an array of float64.*of float32"),
    "x //= v": (lambda x: x.__ifloordiv__(2.0), dr.LostDerivativeError, "x = x // v"),
    "a plain array": (stored, dr.LostDerivativeError, "from dualrev import numpy as np"),
    "out= a plain array": (
        lambda x: np.sin(x, out=np.zeros(6)),
        dr.LostDerivativeError,
        r"np.sin\(..., out=a\).*from dualrev import numpy as np",
    ),
    "plain += traced": (lambda x: np.ones(6).__iadd__(x), dr.LostDerivativeError, "from dualrev import numpy as np"),
    "np.add.at": (lambda x: np.add.at(np.zeros(6), [0], x[0]), dr.LostDerivativeError, r"np.add.at\(a, ...\).*dualrev"),
    "np.copyto": (lambda x: np.copyto(np.zeros(6), x), dr.LostDerivativeError, "from dualrev import numpy as np"),
    "np.fill_diagonal": (lambda x: np.fill_diagonal(np.eye(6), x), dr.LostDerivativeError, "from dualrev import numpy"),
    "np.sum(out=)": (lambda x: np.sum(x, out=np.zeros(())), dr.LostDerivativeError, "called with out=a"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(name, mode):
    f, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        dr.jacobian(f, mode=mode)(X)


def test_a_refused_write_changes_nothing():
    def f(x):
        y = x * 1.0
        view = y[1:]
        for wrong in (lambda: y.__setitem__(slice(2), np.ones(3)), lambda: y.__setitem__(9, 1.0)):
            with pytest.raises((ValueError, IndexError)):
                wrong()
        view[0] = x[0]
        return y

    np.testing.assert_array_equal(dr.vjp(f, X)[0], [1.1, 1.1, 1.6, 0.9, 1.4, 0.8])


# ---- arrays without axes ---------------------------------------------------------------------------------------------

WITHOUT_AXES = {
    "y[...] = v": lambda y, v: y.__setitem__(..., v),
    "y[()] = v": lambda y, v: y.__setitem__((), v),
    "y[None] = v": lambda y, v: y.__setitem__(None, v),
    "y[mask] = v": lambda y, v: y.__setitem__(np.array(True), v),
    "y.fill(v)": lambda y, v: y.fill(v),
    "copyto": np.copyto,
    "out=": lambda y, v: np.multiply(v, 1.0, out=y),
    "putmask": lambda y, v: np.putmask(y, True, v),
    "place": lambda y, v: np.place(y, np.array(True), [v]),
    "y += v": lambda y, v: y.__iadd__(v - y),
    "add.at": lambda y, v: np.add.at(y, (), v - y),
}


@pytest.mark.parametrize("after", [lambda y: y, lambda y: y * 1, np.sin])
@pytest.mark.parametrize("statement", WITHOUT_AXES)
def test_written_where_there_are_no_axes(statement, after):
    def f(x):
        y = x.copy()
        WITHOUT_AXES[statement](y, 3 * x)
        return after(y)

    x = np.array(0.7)
    want = 3 * (np.cos(2.1) if after is np.sin else 1.0)
    value, slope = dr.value_and_grad(f)(x)
    assert value == f(x)
    for found in (slope, dr.jacobian(f, mode="forward")(x), dr.jacobian(f, mode="reverse")(x)):
        assert found == pytest.approx(want, rel=1e-15)
