"""Whole Jacobians: their blocks, the chunks that keep a sweep within its memory, Hessians, and operators."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import modes
from dualrev.forward import jvp as forward_module
from dualrev.reverse import vjp as reverse_module

MODES = ("forward", "reverse")
X = np.array([0.5, 1.0, 2.0])


# ---- chunks and sweeps -----------------------------------------------------------------------------------------------


@pytest.fixture
def sweeps(monkeypatch):
    """The leading axes of every sweep, in order: ("forward", K) or ("reverse", K)."""
    seen = []

    class Forward(forward_module.ForwardSweep):
        def __init__(self, lead):
            seen.append(("forward", *lead))
            super().__init__(lead)

    class Backward(reverse_module.Sweep):
        def __init__(self, lead):
            seen.append(("reverse", *lead))
            super().__init__(lead)

    monkeypatch.setattr(forward_module, "ForwardSweep", Forward)
    monkeypatch.setattr(reverse_module, "Sweep", Backward)
    return seen


def test_auto_takes_the_mode_that_carries_fewer(sweeps):
    dr.jacobian(lambda x: np.concatenate([x, x]))(np.ones(3))
    dr.jacobian(lambda x: x[:2])(np.ones(5))
    dr.jacobian(np.sin)(np.ones(4))
    assert sweeps == [("forward", 3), ("reverse", 2), ("forward", 4)]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("chunk", [1, 2, 4, 5, 100])
def test_chunks_cut_the_directions_and_not_the_result(sweeps, mode, chunk):
    x = np.linspace(0.1, 0.9, 5)
    J = dr.jacobian(np.sin, mode=mode, chunk=chunk)(x)
    np.testing.assert_array_equal(J, np.diag(np.cos(x)))
    assert sweeps == [(mode, min(chunk, 5 - start)) for start in range(0, 5, chunk)]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_no_tangent_grows_past_the_memory_bound(sweeps, monkeypatch, mode):
    monkeypatch.setattr(modes, "CHUNK_BYTES", 8 * 60)
    f = lambda x: np.sum(np.outer(x, x), axis=0)  # 25 elements on the way: 2 directions are 50 numbers
    x = np.linspace(0.1, 0.9, 5)
    J = dr.jacobian(f, mode=mode)(x)
    np.testing.assert_allclose(J, np.sum(x) * np.eye(5) + x[:, None], rtol=1e-14)
    assert [k for _, k in sweeps] == [2, 2, 1]
    choice = dr.choose_mode(f, x)
    assert (choice.forward_sweeps, choice.reverse_sweeps, choice.sweeps) == (3, 3, 3)


def test_f_is_run_on_a_tape_once_and_then_remembered_by_shape(sweeps):
    runs = []
    J = dr.jacobian(lambda x: runs.append(1) or np.concatenate([x, x]))
    J(np.ones(3))
    assert len(runs) == 2  # once to count the outputs, once in forward mode
    J(np.ones(3))
    assert len(runs) == 3
    J(np.ones(2))
    assert len(runs) == 5


def test_the_mode_follows_a_number_of_outputs_that_changes(sweeps):
    J = dr.jacobian(lambda x: x[:2] if x[0] > 0 else np.concatenate([x, x]))
    J(np.ones(3))
    J(-np.ones(3))  # two outputs were expected, and so reverse mode, two cotangents at a time
    J(-np.ones(3))
    assert sweeps == [("reverse", 2), *3 * [("reverse", 2)], ("forward", 3)]


def test_a_number_of_outputs_that_changes_changes_the_jacobian():
    J = dr.jacobian(lambda x: x[:2] if x[0] > 0 else np.concatenate([x, x]))
    for x in (np.ones(3), -np.ones(3), -np.ones(3), np.ones(3)):
        expected = np.eye(3)[:2] if x[0] > 0 else np.vstack([np.eye(3), np.eye(3)])
        np.testing.assert_array_equal(J(x), expected)


SHAPES = {
    "scalar to scalar": (lambda x: x**2, 3.0),
    "vector to matrix": (lambda x: np.outer(x, x), np.ones(3)),
    "matrix to scalar": (lambda x: np.sum(x), np.ones((2, 3))),
    "matrix to vector": (lambda x: x[0], np.ones((2, 3))),
    "empty output": (lambda x: x[3:], np.ones(3)),
    "empty input": (lambda x: np.sum(x) + np.ones(2), np.ones(0)),
}


@pytest.mark.parametrize("case", SHAPES)
@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_the_jacobian_has_the_shape_of_y_and_then_of_x(case, mode):
    f, x = SHAPES[case]
    assert np.shape(dr.jacobian(f, mode=mode)(x)) == np.shape(f(x)) + np.shape(x)


# ---- trees -----------------------------------------------------------------------------------------------------------


def test_jacobian_of_a_tree_in_a_tree_nests_the_blocks():
    f = lambda p: {"r": p["A"] @ p["v"], "s": np.sum(p["v"])}
    p = {"A": np.arange(6.0).reshape(2, 3), "v": X}
    for mode in MODES:
        for chunk in (None, 1, 2):
            J = dr.jacobian(f, mode=mode, chunk=chunk)(p)
            np.testing.assert_array_equal(J["r"]["A"], np.einsum("ik,j->ikj", np.eye(2), X))
            np.testing.assert_array_equal(J["r"]["v"], p["A"])
            np.testing.assert_array_equal(J["s"]["A"], np.zeros((2, 3)))
            np.testing.assert_array_equal(J["s"]["v"], np.ones(3))


def test_hessian_of_a_tree():
    H = dr.hessian(lambda p: p["a"] ** 2 * np.sum(p["v"]))({"a": 3.0, "v": X})
    assert H["a"]["a"] == 2 * np.sum(X)
    np.testing.assert_array_equal(H["a"]["v"], [6.0, 6.0, 6.0])
    np.testing.assert_array_equal(H["v"]["a"], [6.0, 6.0, 6.0])
    np.testing.assert_array_equal(H["v"]["v"], np.zeros((3, 3)))


# ---- linearize -------------------------------------------------------------------------------------------------------


def test_linearize_is_the_jacobian_as_an_operator():
    f = lambda x: np.outer(x, np.sin(x))
    y, J = dr.linearize(f, X)
    dense = dr.jacobian(f)(X).reshape(9, 3)
    assert J.shape == (9, 3) and J.dtype == np.float64
    np.testing.assert_array_equal(y, f(X))
    V, W = np.arange(6.0).reshape(3, 2), np.arange(18.0).reshape(9, 2)
    for ours, theirs in ((J @ V, dense @ V), (J.T @ W, dense.T @ W), (J @ V[:, 0], dense @ V[:, 0])):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
    np.testing.assert_allclose(J.rmatvec(W[:, 0]), dense.T @ W[:, 0], rtol=1e-14)


def test_linearize_runs_f_once():
    runs = []
    _, J = dr.linearize(lambda x: runs.append(1) or x**2, X)
    for _ in range(3):
        J @ X
        J.T @ X
    assert len(runs) == 1


def test_linearize_of_a_tree_is_flat():
    _, J = dr.linearize(lambda p: {"u": p["a"] * p["v"], "t": p["a"]}, {"a": 2.0, "v": X})
    np.testing.assert_array_equal(J @ np.array([1.0, 0, 0, 0]), [*X, 1.0])
    np.testing.assert_array_equal(J.T @ np.array([1.0, 0, 0, 0]), [X[0], 2.0, 0, 0])


# ---- what a Jacobian looks like --------------------------------------------------------------------------------------

INPUTS = {"float": 0.7, "0-d": np.array(0.7), "vector": X, "one": X[:1], "matrix": np.outer(X, X[:2]), "empty": X[:0]}
OUTPUTS = {
    "scalar": lambda s: s,
    "0-d": lambda s: np.where(True, s, 0.0),
    "vector": lambda s: s * np.arange(4.0),
    "matrix": lambda s: s * np.ones((2, 3)),
    "cube": lambda s: s * np.ones((2, 1, 3)),
    "empty": lambda s: s * np.ones((0, 2)),
}


@pytest.mark.parametrize("mode", ["auto", *MODES])
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("given", INPUTS)
def test_every_shape_in_and_out(given, output, mode):
    """f(x) = g(sum of x^2): J is g'(s) times 2 x, in the shape of y and then of x."""
    x, g = INPUTS[given], OUTPUTS[output]
    f = lambda x: g(np.sum(x**2))
    J = dr.jacobian(f, mode=mode)(x)
    expected = np.multiply.outer(np.asarray(g(1.0)), 2 * np.asarray(x))
    assert np.shape(J) == np.shape(f(x)) + np.shape(x) == expected.shape
    np.testing.assert_allclose(J, expected, rtol=1e-15)
    if expected.ndim:
        assert J.flags.c_contiguous and J.flags.writeable


@pytest.mark.parametrize("mode", ["auto", *MODES])
def test_a_float_to_a_float_gives_a_float(mode):
    assert type(dr.jacobian(lambda x: x * x, mode=mode)(3.0)) is float
    assert dr.jacobian(lambda x: x * x, mode=mode)(3.0) == 6.0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_a_block_has_the_precision_of_its_input(dtype, mode):
    p = {"a": X.astype(dtype), "b": X}
    J = dr.jacobian(lambda p: p["a"] * p["b"], mode=mode)(p)
    assert J["a"].dtype == dtype and J["b"].dtype == np.float64
    np.testing.assert_allclose(J["a"], np.diag(X), rtol=1e-3)


@pytest.mark.parametrize("mode", MODES)
def test_outputs_that_do_not_depend_on_the_input_have_zero_blocks(mode):
    f = lambda x: {"same": x, "fixed": np.ones(2), "whole": 3, "step": np.floor(x), "order": x > 1}
    J = dr.jacobian(f, mode=mode)(X)
    np.testing.assert_array_equal(J["same"], np.eye(3))
    np.testing.assert_array_equal(J["fixed"], np.zeros((2, 3)))
    np.testing.assert_array_equal(J["whole"], np.zeros(3))
    np.testing.assert_array_equal(J["step"], np.zeros((3, 3)))
    np.testing.assert_array_equal(J["order"], np.zeros((3, 3)))


@pytest.mark.parametrize("mode", MODES)
def test_two_arguments_and_two_outputs_nest_outputs_first(mode):
    f = lambda a, b: (a * b, [np.sum(b), a])
    (to_a, to_b), [(s_a, s_b), (i_a, i_b)] = dr.jacobian(f, argnums=(0, 1), mode=mode)(2.0, X)
    np.testing.assert_array_equal(to_a, X)
    np.testing.assert_array_equal(to_b, 2 * np.eye(3))
    assert (s_a, i_a) == (0.0, 1.0)
    np.testing.assert_array_equal(s_b, np.ones(3))
    np.testing.assert_array_equal(i_b, np.zeros(3))


@pytest.mark.parametrize("mode", MODES)
def test_chunks_cut_through_the_leaves_of_a_tree(sweeps, mode):
    f = lambda p: {"u": p["a"] * p["v"], "w": np.outer(p["v"], p["v"])}  # 4 inputs, 3 + 9 outputs
    p = {"a": 2.0, "v": X}
    directions = 4 if mode == "forward" else 12
    whole = dr.jacobian(f, mode=mode)(p)
    assert sweeps == [(mode, directions)]
    for chunk in (1, 2, 3, directions - 1, directions, directions + 1):
        sweeps.clear()
        J = dr.jacobian(f, mode=mode, chunk=chunk)(p)
        assert sweeps == [(mode, min(chunk, directions - k)) for k in range(0, directions, chunk)]
        for output in "uw":
            for leaf in "av":
                np.testing.assert_array_equal(J[output][leaf], whole[output][leaf])
                assert J[output][leaf].flags.c_contiguous


@pytest.mark.parametrize(("bound", "each"), [(8, 1), (8 * 9, 1), (8 * 9 * 2, 2), (8 * 9 * 3 - 1, 2), (8 * 9 * 3, 3)])
def test_the_memory_bound_counts_the_largest_value_on_the_way(sweeps, monkeypatch, bound, each):
    monkeypatch.setattr(modes, "CHUNK_BYTES", bound)
    f = lambda x: np.sum(np.outer(x, x), axis=1)  # 9 numbers on the way
    for mode in MODES:
        sweeps.clear()
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), np.sum(X) * np.eye(3) + X[:, None], rtol=1e-15)
        assert max(k for _, k in sweeps) == each
        assert sum(k for _, k in sweeps) == 3


def test_chunk_overrides_the_bound(sweeps, monkeypatch):
    monkeypatch.setattr(modes, "CHUNK_BYTES", 8)
    dr.jacobian(np.sin, mode="forward", chunk=3)(X)
    assert sweeps == [("forward", 3)]


def test_auto_is_both_modes():
    A = np.arange(6.0).reshape(2, 3)
    for f in (lambda x: np.tanh(A @ x), lambda x: np.outer(x, np.sin(x)), lambda x: np.sort(x)[::-1] * x):
        forward, reverse, auto = (dr.jacobian(f, mode=mode)(X) for mode in (*MODES, "auto"))
        np.testing.assert_allclose(forward, reverse, rtol=0, atol=1e-15)
        np.testing.assert_allclose(auto, forward, rtol=0, atol=1e-15)


def test_a_jacobian_by_hand_with_broadcasting_and_a_solve():
    M = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 5.0]])
    f = lambda x: np.linalg.solve(M + np.diag(x), x)
    y = f(X)
    inverse = np.linalg.inv(M + np.diag(X))
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(X), inverse @ (np.eye(3) - np.diag(y)), rtol=1e-13)


# ---- Hessians --------------------------------------------------------------------------------------------------------


def test_hessian_of_two_arguments_by_hand():
    f = lambda a, b: np.sum(a**2) * b**3
    (aa, ab), (ba, bb) = dr.hessian(f, argnums=(0, 1))(X, 2.0)
    np.testing.assert_allclose(aa, 2 * 8.0 * np.eye(3), rtol=1e-15)
    np.testing.assert_allclose(ab, 2 * X * 12.0, rtol=1e-15)
    np.testing.assert_allclose(ba, 2 * X * 12.0, rtol=1e-15)
    assert bb == pytest.approx(np.sum(X**2) * 12.0, rel=1e-15)
    assert dr.hessian(f, argnums=1)(X, 2.0) == pytest.approx(np.sum(X**2) * 12.0, rel=1e-15)


def test_hessian_of_a_matrix_has_four_axes():
    A = np.array([[1.0, 2.0], [3.0, 5.0]])
    H = dr.hessian(lambda A: np.sum(A @ A))(A)  # d2/dA_ij dA_kl of sum_pqr A_pq A_qr
    expected = np.zeros((2, 2, 2, 2))
    for i, j, k in np.ndindex(2, 2, 2):
        expected[i, j, j, k] += 1.0
        expected[j, k, i, j] += 1.0
    np.testing.assert_array_equal(H, expected)


def test_hessian_of_a_linear_and_of_a_constant_function_is_zero():
    for f in (lambda x: np.sum(x), lambda x: 3.0, lambda x: x[0]):
        H = dr.hessian(f)(X)
        np.testing.assert_array_equal(H, np.zeros((3, 3)))


# ---- operators -------------------------------------------------------------------------------------------------------


def test_linearize_gives_the_value_and_an_operator_that_satisfies_the_adjoint_identity():
    f = lambda x: np.cumprod(np.sin(x)) / x[0]
    y, J = dr.linearize(f, X)
    np.testing.assert_array_equal(y, f(X))
    v, w = np.array([0.3, -1.0, 2.0]), np.array([1.0, 0.5, -0.2])
    assert w @ (J @ v) == pytest.approx((J.T @ w) @ v, rel=1e-14)
    assert (J.H @ w) @ v == pytest.approx((J.T @ w) @ v, rel=1e-15)
    np.testing.assert_allclose(J @ v, dr.jvp(f, (X,), (v,))[1], rtol=1e-14)


def test_linearize_serves_iterative_solvers():
    """Gauss-Newton by LSMR, which only multiplies by J and its transpose."""
    from scipy.sparse.linalg import lsmr

    t = np.linspace(0.0, 1.0, 20)
    model, truth = (lambda p: p[0] * np.exp(-p[1] * t) + p[2]), np.array([2.0, 1.5, 0.5])
    p = np.array([1.5, 1.0, 0.0])
    for _ in range(12):
        y, J = dr.linearize(model, p)
        p = p - lsmr(J, y - model(truth), atol=1e-14, btol=1e-14)[0]
    np.testing.assert_allclose(p, truth, rtol=1e-10)


def test_linearize_of_scalars_and_of_constants():
    _, J = dr.linearize(lambda x: x**3, 2.0)
    assert J.shape == (1, 1) and J.matvec([1.0]) == [12.0] and J.rmatvec([1.0]) == [12.0]
    y, J = dr.linearize(lambda x: np.ones(2), X)
    np.testing.assert_array_equal(J @ X, np.zeros(2))
    np.testing.assert_array_equal(J.T @ np.ones(2), np.zeros(3))
    np.testing.assert_array_equal(y, np.ones(2))


def test_linearize_keeps_the_precision():
    _, J = dr.linearize(lambda x: x**2, X.astype(np.float32))
    assert J.dtype == (J @ X.astype(np.float32)).dtype == np.float32


def test_linearize_of_a_complex_output_is_refused():
    with pytest.raises(dr.InputError, match="Jacobian of a complex output"):
        dr.linearize(lambda x: x * 1j, X)
