"""How constants are held: small ones as copies, large ones frozen; what is refused; levels; what is asked for later."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import numpy as dnp
from dualrev.constants import SMALL
from dualrev.errors import ChangedArrayError
from dualrev.freezing import COUNTS, WAITING, step_of


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not COUNTS and not WAITING


def test_the_example():
    def f(x):
        c, s = np.array([1.0, 2.0, 3.0]), 0.0
        for _ in range(3):
            s = s + np.sum(x * c)
            c *= 2
        return s

    np.testing.assert_array_equal(dr.grad(f)(np.ones(3)), [7, 14, 21])
    np.testing.assert_array_equal(dr.jacobian(f, mode="forward")(np.ones(3)), [7, 14, 21])


# ---- large arrays: what is refused, and what is seen -----------------------------------------------------------------

LARGE = SMALL // 8 + 1


def test_a_refusal_names_the_array_and_both_lines():
    def f(x):
        c = np.ones(LARGE)
        s = np.sum(x * c)
        c *= 2
        return s

    with pytest.raises(
        ChangedArrayError, match=r"^c was changed at test_constants.py:\d+, `c \*= 2`, after .*"
    ) as told:
        dr.grad(f)(np.ones(LARGE))
    assert "used by np.multiply at" in str(told.value) and "`s = np.sum(x * c)`" in str(told.value)
    assert "c = c * 2 in place of c *= 2" in str(told.value)


def test_an_attribute_and_an_array_of_numpys_generator_are_named():
    class Model:
        weights = np.ones(LARGE)

    def f(x):
        s = np.sum(x * Model.weights)
        np.random.default_rng(0).random(out=Model.weights)
        return s

    with pytest.raises(ChangedArrayError, match=r"Model.weights was changed at test_constants.py:\d+, .*out=Model"):
        dr.grad(f)(np.ones(LARGE))


def swapped_and_back(x, touch):
    """c is used, changed through an older view, used, and changed back."""
    c = np.arange(1.0, LARGE + 1)
    view = c[:]
    s = np.sum(x * c)
    touch(view)
    s = s + np.sum(x * c)
    touch(view)
    return s


def test_an_older_view_that_changes_and_changes_back():
    with pytest.raises(ChangedArrayError, match=r"used at .*np.sum"):
        dr.grad(lambda x: swapped_and_back(x, lambda view: np.negative(view, out=view)))(np.ones(LARGE))


def test_an_older_view_whose_refusal_is_caught():
    def f(x):
        try:
            return swapped_and_back(x, lambda view: np.negative(view, out=view))
        except ValueError:
            return np.sum(x)

    with pytest.raises(ChangedArrayError, match="caught this refusal with an `except`"):
        dr.grad(f)(np.ones(LARGE))


@pytest.mark.parametrize("at", [0, 1000, LARGE])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_older_view_that_writes_as_many_neighbours_as_lie_between_samples(at, order):
    def f(x):
        c = np.ones((LARGE, 2), order=order)
        view = c.reshape(-1, order=order)
        s = np.sum(x * c)
        view[at : at + step_of(c)] = 2.0
        return s

    with pytest.raises(ChangedArrayError):
        dr.grad(f)(np.ones((LARGE, 2)))


@pytest.mark.filterwarnings("ignore:Setting the (shape|dtype|strides)")
def test_the_shape_of_an_array_is_set():
    def f(x):
        c = np.arange(2.0 * LARGE)
        s = np.sum(x * c)
        c.shape = (LARGE, 2)
        return s + np.sum(x.reshape(LARGE, 2) ** 2 * c[:, ::-1])

    swapped = np.arange(2.0 * LARGE).reshape(LARGE, 2)[:, ::-1].ravel()
    np.testing.assert_array_equal(dr.grad(f)(np.ones(2 * LARGE)), np.arange(2.0 * LARGE) + 2 * swapped)


def test_an_array_in_the_memory_of_something_else():
    memory = bytearray(8 * LARGE)

    def f(x):
        c = np.frombuffer(memory)
        c[...] = 3.0
        s = np.sum(x * c)
        memory[:] = bytes(8 * LARGE)
        return s

    with pytest.raises(ChangedArrayError):
        dr.grad(f)(np.ones(LARGE))


def test_an_array_that_the_user_froze_stays_frozen():
    c = np.ones(LARGE)
    c.setflags(write=False)
    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(x * c))(np.ones(LARGE)), c)
    assert not c.flags.writeable

    def f(x):
        s = np.sum(x * c)
        c[0] = 1.0
        return s

    with pytest.raises(ValueError, match="read-only"):
        dr.grad(f)(np.ones(LARGE))


@pytest.mark.parametrize("n", [3, 700, 999])
def test_the_value_is_that_of_the_array_as_it_lies(n):
    c = np.random.default_rng(0).uniform(0.5, 1.5, (2, n))[:, ::-1]
    for f in (lambda x: x @ c[0], lambda x: c[1] @ x, lambda x: np.dot(x, c[0])):
        for seed in range(20):
            x = np.random.default_rng(seed).uniform(0.5, 1.5, n)
            assert dr.value_and_grad(f)(x)[0] == f(x)


# ---- levels ----------------------------------------------------------------------------------------------------------


def changing(x, n=3):
    """sum of k c**2 x**3, for c at each of its three contents: 1, 2 and 4 times its first."""
    c, s = np.arange(1.0, n + 1), 0.0
    for k in range(3):
        s = s + np.sum((k + 1) * (c * x) ** 2 * x)
        c *= 2
    return s


COEFFICIENTS = np.arange(1.0, 4) ** 2 * (1 + 2 * 4 + 3 * 16)
POINT = np.array([0.5, 1.5, -2.0])


def test_second_derivatives():
    right = np.diag(6 * COEFFICIENTS * POINT)
    np.testing.assert_allclose(dr.hessian(changing)(POINT), right, rtol=1e-14)
    np.testing.assert_allclose(dr.hvp(changing, POINT, np.ones(3)), right @ np.ones(3), rtol=1e-14)
    twice = dr.grad(lambda x: np.sum(dr.grad(changing)(x)))
    np.testing.assert_allclose(twice(POINT), right @ np.ones(3), rtol=1e-14)
    for outer in ("forward", "reverse"):
        for inner in ("forward", "reverse"):
            J = dr.jacobian(lambda x: dr.jacobian(changing, mode=inner)(x), mode=outer)(POINT)
            np.testing.assert_allclose(J, right, rtol=1e-14)


def test_an_array_is_changed_between_inner_derivatives():
    """What the outer level used as it was, the inner one sees as it is: the gradient of sum_k 2 c_k x**2 is 4 c_k x."""
    c = np.array([1.0, 2.0, 3.0])

    def f(x):
        first = dr.grad(lambda y: np.sum(c * y**2))(x)
        np.multiply(c, 10, out=c)
        second = dr.grad(lambda y: np.sum(c * y**2))(x)
        return np.sum((first + second) * x)

    np.testing.assert_allclose(dr.grad(f)(POINT), 44 * np.array([1.0, 2.0, 3.0]) * POINT, rtol=1e-14)


def test_an_inner_derivative_lets_go_of_what_the_outer_one_still_holds():
    c = np.ones(LARGE)

    def f(x):
        s = np.sum(x * c)
        s = s + np.sum(dr.grad(lambda y: np.sum(y**2 * c))(x))
        c[0] = 2.0
        return s

    with pytest.raises(ChangedArrayError, match=r"c was changed at .*`c\[0\] = 2.0`"):
        dr.grad(f)(np.ones(LARGE))
    assert c.flags.writeable and c[0] == 1.0


# ---- derivatives that are asked for later ----------------------------------------------------------------------------


def through_vjp(f, x):
    _, pullback = dr.vjp(f, x)
    return lambda: pullback(np.ones_like(f(x)))[0]


def through_linearize(f, x):
    _, J = dr.linearize(f, x)
    return lambda: J.rmatvec(np.ones(x.size))


def pushed_by_linearize(f, x):
    _, J = dr.linearize(f, x)
    return lambda: J.matvec(np.ones(x.size))


def through_objective(f, x):
    objective = dr.objective(lambda x: np.sum(f(x)), x)
    objective.fun(x)
    return lambda: objective.grad(x)


def hessian_of_objective(f, x):
    objective = dr.objective(lambda x: np.sum(f(x) * x) / 2, x)
    objective.fun(x)
    return lambda: objective.hessp(x, np.ones_like(x))


LATER = [through_vjp, through_linearize, pushed_by_linearize, through_objective, hessian_of_objective]


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("n", [3, 1000, LARGE])
def test_what_is_asked_later_sees_the_array_as_it_was(later, n):
    """One element is changed, which samples do not show; all are; the shape is set; the given point is changed, too."""
    c, x = np.arange(1.0, n + 1), np.ones(n)
    ask = later(lambda x: c * x, x)
    c[1] = 77.0
    np.testing.assert_allclose(ask(), np.arange(1.0, n + 1), rtol=1e-14)
    c *= 2
    if later is not through_objective and later is not hessian_of_objective:  # which are asked at x
        x *= 3
    np.testing.assert_allclose(ask(), np.arange(1.0, n + 1), rtol=1e-14)


@pytest.mark.parametrize("n", [3, LARGE])
def test_a_recorded_program_keeps_its_arrays(n):
    c, x = np.arange(1.0, n + 1), np.ones(n)
    program = dr.trace(lambda x: np.sum(c * x + c), x)
    before = str(program.table())
    c *= 2
    x *= 2
    assert str(program.table()) == before
    kept = [a for line in program.recording.lines for a in line if type(a) is np.ndarray]
    assert kept and not any(np.shares_memory(a, b) for a in kept for b in (c, x))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("n", [3, 40])
def test_jacobians(mode, n):
    def f(x):
        c = np.ones((n, n))
        y = c @ x
        np.copyto(c, 2.0)
        return y + c @ x

    np.testing.assert_array_equal(dr.jacobian(f, mode=mode)(np.ones(n)), np.full((n, n), 3.0))


# ---- what f is given, and what comes out of a trace ------------------------------------------------------------------


@pytest.mark.parametrize("transform", [dr.grad, lambda f: dr.jacobian(f, mode="forward"), dr.hessian])
@pytest.mark.parametrize("n", [3, 1000])
def test_f_changes_its_own_argument(transform, n):
    x = np.ones(n)

    def f(y):
        s = np.sum(y**2)
        x[0] = 5.0
        return s

    with pytest.raises(ChangedArrayError, match=r"f changed its own argument, .*x.copy\(\)"):
        transform(f)(x)
    assert x.flags.writeable


@pytest.mark.parametrize("transform", [dr.grad, lambda f: lambda x: dr.jvp(f, (x,), (np.ones_like(x),))])
def test_f_changes_a_large_argument(transform):
    x = np.ones(LARGE)

    def f(y):
        s = np.sum(y**2)
        x[0] = 5.0
        return s

    with pytest.raises(ChangedArrayError, match=r"f changed its own argument, x at .*`x\[0\] = 5.0`"):
        transform(f)(x)
    assert x.flags.writeable and x[0] == 1.0


@pytest.mark.parametrize("n", [3, LARGE])
@pytest.mark.parametrize(
    "taken",
    [
        lambda y: dr.value(y), lambda y: dr.stop_gradient(y), lambda y: dr.value([y, y])[1], lambda y: np.sign(y) * 4,
        lambda y: dr.value(y.T), lambda y: dr.value(y[...]), lambda y: np.floor(y), lambda y: (y > 0).astype(float),
        lambda y: y.imag, lambda y: np.round(y), lambda y: np.asarray(dr.value(y)).reshape(-1),
    ],
)  # fmt: skip
def test_values_that_were_taken_out_are_the_users(taken, n):
    def f(x):
        y = x * x
        v = taken(y)
        if not isinstance(v, np.ndarray) or not v.flags.writeable:
            return np.sum(y**2)
        v[...] = 77.0
        return np.sum(y**2)

    np.testing.assert_array_equal(dr.grad(f)(np.full(n, 2.0)), np.full(n, 32.0))


@pytest.mark.parametrize("func", [np.sign, np.floor, lambda x: x > 0, lambda x: np.argsort(x) + 1, np.isfinite])
def test_what_an_op_without_derivative_gave_is_used_and_changed(func):
    def f(x):
        c = func(x)
        s = np.sum(x * c)
        c[...] = 0
        return s

    x = np.array([2.0, 1.0, 3.0])
    np.testing.assert_array_equal(dr.grad(f)(x), func(x))


def test_auxiliary_values_are_the_users():
    x = np.ones(3)

    def f(x):
        y = x * x
        return np.sum(y * x), {"y": y, "plain": np.arange(3.0)}

    (_, aux), g = dr.value_and_grad(f, has_aux=True)(x)
    for a in aux.values():
        a[...] = 77.0
    np.testing.assert_array_equal(g, [3, 3, 3])
    np.testing.assert_array_equal(x, [1, 1, 1])
    np.testing.assert_array_equal(dr.value_and_grad(f, has_aux=True)(x)[1], [3, 3, 3])


def test_what_a_pullback_gave_and_was_given_is_the_users():
    x, c = np.ones(3), np.array([1.0, 2.0, 3.0])
    y, pullback = dr.vjp(lambda x: (c * x, c), x)
    y[0][...], y[1][...] = 5.0, 6.0
    g = pullback((np.ones(3), np.ones(3)))[0]
    np.testing.assert_array_equal(g, [1, 2, 3])
    g[...] = 9.0
    np.testing.assert_array_equal(pullback((np.ones(3), np.ones(3)))[0], [1, 2, 3])


@pytest.mark.parametrize("n", [3, LARGE])
def test_a_buffer_that_is_still_plain(n):
    """An array of dualrev.numpy multiplies, then it is written into, with plain numbers and with traced ones."""

    def f(x):
        z = dnp.ones(n)
        s = np.sum(x * z)
        z[:] = 2.0
        s = s + np.sum(x**2 * z)
        z[0] = x[0]
        return s + z[0]

    try:
        g = dr.grad(f)(np.ones(n))
    except ChangedArrayError:
        assert n == LARGE
    else:
        np.testing.assert_array_equal(g, 5.0 + (np.arange(n) == 0))
