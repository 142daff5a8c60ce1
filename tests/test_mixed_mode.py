"""Mixed mode: a Jacobian as the product of two, through a waist. The referees are complex steps and closed forms."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import jacobians, modes
from dualrev.reverse.vjp import Recording

RNG = np.random.default_rng(5)
N, M = 30, 40
A, B = RNG.normal(size=(2, N)) / np.sqrt(N), RNG.normal(size=(M, 2))
X, T = np.linspace(0.2, 1.1, N), np.linspace(-1.0, 1.0, M)
EVERY = ("forward", "reverse", "mixed", "auto")
STEP = 1e-30


def complex_step(f, x):
    """The Jacobian of an analytic f, column by column: Im f(x + i h e_k) / h, exact to rounding."""
    columns = [np.ravel(f(x + 1j * STEP * e).imag / STEP) for e in np.eye(len(x))]
    return np.stack(columns, axis=1)


def deep(x):
    """R^N -> R^2 -> R^M, ten elementwise operations on either side."""
    for _ in range(5):
        x = np.sin(x) * 1.1
    y = B @ (A @ x)
    for _ in range(5):
        y = np.tanh(y) * 1.1
    return y


def sums(x):
    """A waist of two scalars, put into one array."""
    w = np.stack([np.sum(np.sin(x)), np.sum(x * x)])
    return np.tanh(w[0] * T + w[1])


def apart(x):
    """Two waists of one number, which no moment of the run has alone."""
    return np.concatenate([np.sin(np.sum(x) * T), np.cos(np.sum(x * x) * T)])


def around(x):
    """Some inputs go around the narrow place: it is no cut without them."""
    return B @ np.tanh(A @ np.sin(x)) + np.sum(x[:2]) * T


def wide(x):
    """All inputs go around the narrow place."""
    return np.concatenate([np.sin(x), np.zeros(M - N)]) + B @ np.tanh(A @ x)


def given(x):
    """The waist is among the outputs."""
    w = A @ np.sin(x)
    return np.concatenate([w, B @ w])


def matrix(x):
    """A waist of two by two."""
    W = (x[:4].reshape(2, 2) + np.sum(x)) @ np.array([[1.0, 2.0], [0.5, -1.0]])
    return np.sin(np.reshape(W @ W, -1)[:, None] * T)


def one(x):
    """A waist of one number, twice in a row."""
    return np.exp(np.sin(np.sum(x)) * T)


def selected(x):
    """Only some elements matter."""
    return np.outer(np.cos(x[3] * x[7]) * T, T)[0]


ANALYTIC = {f.__name__: f for f in (deep, sums, apart, around, wide, given, matrix, one, selected)}


@pytest.mark.parametrize("mode", EVERY)
@pytest.mark.parametrize("name", ANALYTIC)
def test_every_mode_gives_the_jacobian_of_a_complex_step(name, mode):
    f = ANALYTIC[name]
    expected = complex_step(f, X)
    J = dr.jacobian(f, mode=mode)(X)
    assert J.shape == np.shape(f(X)) + (N,)
    assert J.flags.c_contiguous and J.flags.writeable
    np.testing.assert_allclose(J.reshape(expected.shape), expected, rtol=0, atol=1e-12 * np.max(np.abs(expected)))


def test_the_waist_example_of_five_hundred():
    A, B = RNG.normal(size=(2, 500)) / np.sqrt(500), RNG.normal(size=(500, 2))

    def f(x):
        for op in 2 * [np.sin, np.exp, np.sqrt, np.tanh, np.square]:
            x = op(x)
        y = B @ (A @ x)
        for op in 2 * [np.tanh, np.square, np.exp, np.arctan, np.log1p]:
            y = op(y)
        return y

    x = np.linspace(0.2, 1.1, 500)
    assert dr.choose_mode(f, x).mode == "mixed"
    by_mode = {mode: dr.jacobian(f, mode=mode)(x) for mode in EVERY}
    largest = np.max(np.abs(by_mode["forward"]))
    for mode in ("reverse", "mixed", "auto"):
        np.testing.assert_allclose(by_mode[mode], by_mode["forward"], rtol=0, atol=1e-12 * largest)


# ---- trees, and what does not pass through the waist -----------------------------------------------------------------


def test_trees_of_inputs_and_outputs_are_blocks():
    """w = a sum(v): d w / d a = sum(v), d w / d v = a."""

    def f(p):
        w = p["a"] * np.sum(p["v"])
        return {"curve": w * T, "self": w, "fixed": np.ones(2), "whole": 3}

    p = {"a": 2.0, "v": X}
    for mode in EVERY:
        J = dr.jacobian(f, mode=mode)(p)
        np.testing.assert_allclose(J["curve"]["a"], np.sum(X) * T, rtol=1e-14)
        np.testing.assert_allclose(J["curve"]["v"], np.outer(2.0 * T, np.ones(N)), rtol=1e-14)
        assert J["self"]["a"] == pytest.approx(np.sum(X), rel=1e-14)
        np.testing.assert_array_equal(J["self"]["v"], np.full(N, 2.0))
        for constant, shape in (("fixed", (2,)), ("whole", ())):
            np.testing.assert_array_equal(J[constant]["a"], np.zeros(shape))
            np.testing.assert_array_equal(J[constant]["v"], np.zeros((*shape, N)))


def test_an_input_may_be_a_part_of_the_waist():
    f = lambda x, b: np.sin(np.sum(x)) * T + b
    for mode in EVERY:
        to_x, to_b = dr.jacobian(f, argnums=(0, 1), mode=mode)(X, 2.0)
        np.testing.assert_allclose(to_x, np.outer(np.cos(np.sum(X)) * T, np.ones(N)), rtol=0, atol=1e-14)
        np.testing.assert_array_equal(to_b, np.ones(M))


def test_fixed_and_static_arguments_are_none_of_the_inputs():
    f = lambda x, times, scale=1: scale * np.sum(x) ** times * T
    J = dr.jacobian(f, mode="mixed")
    for times in (1, 2, 3):
        expected = np.outer(2 * times * np.sum(X) ** (times - 1) * T, np.ones(N))
        np.testing.assert_allclose(J(X, times, scale=2), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x * x, 3.0, 6.0),
        (lambda x: x, X, np.eye(N)),
        (lambda x: np.ones(3), X, np.zeros((3, N))),
        (lambda x: np.sum(x) * T, np.ones(0), np.zeros((M, 0))),
        (lambda x: np.sum(x) * np.ones(0), X, np.zeros((0, N))),
        (lambda x: np.sin(x), X, np.diag(np.cos(X))),
    ],
    ids=["scalar", "identity", "constant", "no input", "no output", "no waist"],
)
def test_mixed_mode_may_always_be_asked_for(f, x, expected):
    J = dr.jacobian(f, mode="mixed")(x)
    assert np.shape(J) == np.shape(expected) and type(J) is type(expected)
    np.testing.assert_allclose(J, expected, rtol=1e-15)


@pytest.mark.parametrize("mode", ["mixed", "auto"])
def test_single_precision_stays(mode):
    x = X.astype(np.float32)
    f = lambda x: np.tanh(B.astype(np.float32) @ (A.astype(np.float32) @ np.sin(x)))
    J = dr.jacobian(f, mode=mode)(x)
    assert J.dtype == np.float32
    exact = complex_step(lambda x: np.tanh(B @ (A @ np.sin(x))), X)
    np.testing.assert_allclose(J, exact, rtol=0, atol=2e-6 * np.max(np.abs(exact)))


# ---- how it goes about it --------------------------------------------------------------------------------------------


@pytest.fixture
def sweeps(monkeypatch):
    """The directions of every sweep along the tape, in order: ("pull", K) or ("push", K)."""
    seen = []

    def noting(word, was):
        def noted(self, seeds, lead, *args, **kwargs):
            seen.append((word, *lead))
            return was(self, seeds, lead, *args, **kwargs)

        return noted

    for word in ("pull", "push"):
        monkeypatch.setattr(Recording, word, noting(word, getattr(Recording, word)))
    return seen


def long(x):
    """R^500 -> R^2 -> R^500."""
    for _ in range(5):
        x = np.tanh(x) * 1.1
    w = np.reshape(x, (2, 250)) @ np.ones(250)
    return np.reshape(np.outer(w, np.sin(np.linspace(0.0, 1.0, 250))), -1)


def test_auto_takes_mixed_mode_with_as_many_directions_as_the_waist_has_numbers(sweeps):
    x = np.linspace(0.1, 0.9, 500)
    J = dr.jacobian(long)(x)
    assert sorted(sweeps) == [("pull", 2), ("push", 2)]
    np.testing.assert_allclose(J, complex_step(long, x), rtol=1e-12, atol=1e-15)


def test_f_is_run_once_in_each_call():
    runs = []
    J = dr.jacobian(lambda x: runs.append(1) or deep(x), mode="mixed")
    J(X)
    J(X)
    assert len(runs) == 2


def test_chunks_cut_the_waist_and_not_the_result(sweeps):
    C, D = RNG.normal(size=(5, N)), RNG.normal(size=(M, 5))
    f = lambda x: D @ (C @ x)
    for chunk, each in ((1, [1] * 5), (2, [2, 2, 1]), (3, [3, 2]), (5, [5]), (9, [5])):
        sweeps.clear()
        np.testing.assert_allclose(dr.jacobian(f, mode="mixed", chunk=chunk)(X), D @ C, rtol=0, atol=1e-13)
        assert [k for word, k in sweeps if word == "pull"] == [k for word, k in sweeps if word == "push"] == each


def test_chunks_cut_through_a_waist_of_several_values(sweeps):
    expected = complex_step(apart, X)
    for chunk in (1, 2):
        np.testing.assert_allclose(dr.jacobian(apart, mode="mixed", chunk=chunk)(X), expected, rtol=1e-12)
    assert [k for _, k in sweeps] == [1, 1, 1, 1, 2, 2]


# ---- a plan is remembered, and f takes another branch ----------------------------------------------------------------


@pytest.fixture
def searches(monkeypatch):
    """How often a waist was looked for."""
    seen = []
    monkeypatch.setattr(jacobians, "smallest_waist", lambda r, was=jacobians.smallest_waist: seen.append(1) or was(r))
    return seen


def inner(x):
    return B @ np.tanh(A @ x)


def jacobian_of_inner(x):
    return B @ np.diag(1 - np.tanh(A @ x) ** 2) @ A


def branching(x):
    """The same lines at first; then some go around them."""
    if x[0] > 0:
        return inner(x)
    if x[0] > -1:
        return inner(x) + np.sum(x * x) * T
    if x[0] > -2:
        return inner(x)[:5]
    if x[0] > -3:
        return np.ones(M)
    return np.sin(np.repeat(x, 2)[:M]) + np.sum(np.sum(np.outer(x, x), axis=0)[:, None] * np.ones(M), axis=0)


def jacobian_of_branching(x):
    if x[0] > 0:
        return jacobian_of_inner(x)
    if x[0] > -1:
        return jacobian_of_inner(x) + np.outer(T, 2 * x)
    if x[0] > -2:
        return jacobian_of_inner(x)[:5]
    if x[0] > -3:
        return np.zeros((M, N))
    repeated = np.repeat(np.eye(N), 2, axis=0)[:M]
    return np.cos(repeated @ x)[:, None] * repeated + 2 * np.sum(x)


def starting(first):
    return np.concatenate([[first], X[1:]])


@pytest.mark.parametrize("mode", EVERY)
def test_the_branch_may_change_from_call_to_call(mode):
    J = dr.jacobian(branching, mode=mode)
    for first in (0.5, -0.5, 0.5, -1.5, -0.5, -2.5, 0.5, -3.5, -2.5, -3.5, -1.5, 0.5):
        x = starting(first)
        np.testing.assert_allclose(J(x), jacobian_of_branching(x), rtol=0, atol=1e-12, err_msg=f"at {first}")


def test_auto_sees_that_its_waist_is_no_cut_any_more():
    """Without the look at the new tape, the Jacobian would miss what goes around the old waist."""
    f = lambda x: long(x) if x[0] > 0 else long(x) + np.sin(x)
    J, start = dr.jacobian(f), np.linspace(0.1, 0.9, 500)
    for x in (start, -start, start, -start):
        expected = complex_step(long, x) + (0.0 if x[0] > 0 else np.diag(np.cos(x)))
        np.testing.assert_allclose(J(x), expected, rtol=0, atol=1e-12)


def test_a_waist_is_looked_for_again_only_where_the_old_one_does_not_serve(searches):
    J = dr.jacobian(branching, mode="mixed")
    for first, looked in ((0.5, 1), (0.6, 1), (-0.5, 2), (-0.6, 2), (-0.7, 2), (0.5, 3), (0.6, 3)):
        J(starting(first))
        assert len(searches) == looked, first


def test_a_waist_that_has_become_wide_is_given_up(searches):
    f = lambda x, k: np.sum(np.reshape(np.sin(x), (k, -1)), axis=1)[:1] * T
    J = dr.jacobian(f, mode="mixed")
    for k, looked in ((1, 1), (1, 1), (5, 2)):
        expected = np.outer(T, np.where(np.arange(N) < N // k, np.cos(X), 0.0))
        np.testing.assert_allclose(J(X, k), expected, rtol=0, atol=1e-14)
        assert len(searches) == looked


# ---- other transformations -------------------------------------------------------------------------------------------


def test_a_hessian_through_mixed_mode():
    f = lambda x: np.sum(A @ x) ** 3
    a = np.sum(A, axis=0)
    expected = 6 * (a @ X) * np.outer(a, a)
    for H in (dr.jacobian(dr.grad(f), mode="mixed"), dr.hessian(f)):
        np.testing.assert_allclose(H(X), expected, rtol=1e-12)


@pytest.mark.parametrize("mode", EVERY)
def test_a_jacobian_in_mixed_mode_is_differentiated_like_any_other(mode):
    """sum of J**2 for y = sin(s) T with s = sum(x): N cos(s)**2 T.T; its derivative is -2 N cos(s) sin(s) T.T."""
    total = lambda x: np.sum(dr.jacobian(lambda x: np.sin(np.sum(x)) * T, mode=mode)(x) ** 2)
    s, scale = np.sum(X), N * (T @ T)
    np.testing.assert_allclose(dr.grad(total)(X), np.full(N, -np.sin(2 * s) * scale), rtol=1e-12)
    assert dr.jvp(total, (X,), (np.eye(N)[0],))[1] == pytest.approx(-np.sin(2 * s) * scale, rel=1e-12)


real = dr.custom.linear(lambda z: np.real(z))(lambda y, z, /: (lambda dz: np.real(dz), lambda ct: ct + 0j))


@pytest.mark.parametrize("mode", ["mixed", "auto"])
def test_a_complex_waist_is_none(monkeypatch, mode):
    """Two complex numbers are four real ones: two directions would not do."""
    monkeypatch.setattr(modes, "WORTH", 0.0)
    C, D = RNG.normal(size=(2, 2, 400)) / 20.0
    f = lambda x: real(np.repeat(np.exp(C @ x + 1j * (D @ x)), 200))
    x = np.linspace(0.0, 1.0, 400)
    z = np.exp(C @ x + 1j * (D @ x))
    expected = np.repeat(np.real(z[:, None] * (C + 1j * D)), 200, axis=0)
    np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x), expected, rtol=0, atol=1e-13)


def test_an_unknown_mode_is_refused():
    with pytest.raises(dr.InputError, match=r"mode='both': write 'auto', 'forward', 'reverse' or 'mixed'"):
        dr.jacobian(np.sin, mode="both")
