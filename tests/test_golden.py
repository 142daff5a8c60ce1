"""Golden numbers: worked examples of the sources that the project grew from, in both modes."""

import json
from pathlib import Path

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse.node import Tape, calls
from dualrev.reverse.pullback import Sweep
from dualrev.reverse.vjp import Recording

MODES = ("forward", "reverse")
EXAMPLES = json.loads((Path(__file__).parent / "data" / "oracles.json").read_text(encoding="utf-8"))


def first(leaves):
    return leaves[0]


def function(example):
    return eval(example["code"], {"np": np})  # our own data file, of lambdas


@pytest.mark.parametrize("example", EXAMPLES, ids=[e["id"] for e in EXAMPLES])
def test_worked_examples_value_gradient_and_hessian(example):
    f, x = function(example), np.array(example["x"])
    scale = 1 + np.max(np.abs(example["hess"]))
    y, gradient = dr.value_and_grad(f)(x)
    assert y == f(x) == pytest.approx(example["value"], rel=1e-14)
    for mode in MODES:
        close(dr.jacobian(f, mode=mode)(x), example["grad"], 1 + np.max(np.abs(example["grad"])))
        for outer in MODES:
            close(dr.jacobian(dr.jacobian(f, mode=mode), mode=outer)(x), example["hess"], scale)
    close(gradient, example["grad"], 1 + np.max(np.abs(example["grad"])))


def close(computed, expected, scale):
    np.testing.assert_allclose(computed, expected, rtol=0, atol=2e-14 * scale)


@pytest.mark.parametrize("mode", MODES)
def test_scalarflow_squared_error_with_a_penalty(mode):
    L = lambda w, x, y: (w * x - y) ** 2 + w**2
    assert L(1.0, 2.0, 3.0) == 2.0
    assert dr.jacobian(L, mode=mode)(1.0, 2.0, 3.0) == -2.0


@pytest.mark.parametrize("mode", MODES)
def test_herta_named_inputs(mode):
    f = lambda p: p["b"] * p["a"] + 1
    assert f({"a": 1.0, "b": 2.0}) == 3.0
    assert dr.jacobian(f, mode=mode)({"a": 1.0, "b": 2.0}) == {"a": 2.0, "b": 1.0}
    g = lambda p: (p["b"] ** 2 * p["a"] + 1) ** 2
    assert g({"a": 1.0, "b": 3.0}) == 100.0
    assert dr.jacobian(g, mode=mode)({"a": 1.0, "b": 3.0}) == {"a": 180.0, "b": 120.0}


def test_herta_calls_do_not_accumulate_and_any_seed_goes():
    f = lambda p: p["b"] * p["a"] + 1
    _, pullback = dr.vjp(f, {"a": 1.0, "b": 2.0})
    assert pullback(1.0) == pullback(1.0) == ({"a": 2.0, "b": 1.0},)
    assert pullback(3.0) == ({"a": 6.0, "b": 3.0},)


@pytest.mark.parametrize("mode", MODES)
def test_hsf_function_and_second_derivatives(mode):
    f = lambda a, b: b * (a + b) * (a - b)
    assert f(1.0, 2.0) == -6.0
    assert dr.jacobian(f, argnums=(0, 1), mode=mode)(1.0, 2.0) == (4.0, -11.0)
    second = [dr.jacobian(dr.jacobian(f, argnums=k, mode=mode), argnums=k, mode=mode)(1.0, 2.0) for k in (0, 1)]
    assert second == [4.0, -12.0]


def test_hsf_sensitivities_of_the_intermediates():
    tape = Tape()
    a, b = tape.input(1.0), tape.input(2.0)
    c, d = a + b, a - b
    e = c * d
    f = e * b
    lines = tape.close()
    values, adjoints = [c.primal, d.primal, e.primal, f.primal], adjoint_of_each_line(lines, f.index, 1.0)
    assert values == [3.0, -1.0, -3.0, -6.0]
    assert [adjoints[node.index] for node in (a, b, c, d, e, f)] == [4.0, -11.0, -2.0, 6.0, 2.0, 1.0]


def adjoint_of_each_line(lines, last, seed):
    """Every adjoint on the way back, by letting each line count as an input in turn."""
    return [Sweep(()).run(lines, [last], [seed], max(k + 1, 2))[0][k] for k in range(last + 1)]


@pytest.mark.parametrize("mode", MODES)
def test_hsf_polynomial_and_tanh(mode):
    assert dr.jacobian(lambda x: x**3 - 10 * x**2 + 5 * x - 2, mode=mode)(6.0) == -7.0
    by_exponentials = lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
    assert np.tanh(1.0) == pytest.approx(0.7615941559557649, rel=1e-15)
    for f in (np.tanh, by_exponentials):
        assert dr.jacobian(f, mode=mode)(1.0) == pytest.approx(0.4199743416140261, rel=1e-14)


def test_baydin_forward_and_reverse_traces():
    f = lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2)
    y, dy = dr.jvp(f, (2.0, 5.0), (1.0, 0.0))
    assert (round(float(y), 3), round(float(dy), 3)) == (11.652, 5.5)
    gradient = dr.grad(f, argnums=(0, 1))(2.0, 5.0)
    assert gradient == pytest.approx((5.5, 1.7163), abs=5e-5)


@pytest.mark.parametrize("mode", MODES)
def test_bgavran_einsum_with_a_repeated_operand_and_a_trace(mode):
    x = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(dr.jacobian(lambda x: np.einsum("ii->", x), mode=mode)(x), np.eye(3))
    basis = [np.eye(9)[k].reshape(3, 3) for k in range(9)]
    expected = np.stack([x @ e + e @ x for e in basis], axis=-1).reshape(3, 3, 3, 3)
    np.testing.assert_allclose(dr.jacobian(lambda x: np.einsum("ij,jk->ik", x, x), mode=mode)(x), expected, rtol=1e-15)


@pytest.mark.parametrize("mode", MODES)
def test_bgavran_normal_density_with_any_mean_and_width(mode):
    density = lambda x, mean, width: np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
    x, mean, width = 0.7, -0.4, 1.9
    p, z = density(x, mean, width), (x - mean) / width
    expected = (-z / width * p, z / width * p, (z * z - 1) / width * p)
    assert dr.jacobian(density, argnums=(0, 1, 2), mode=mode)(x, mean, width) == pytest.approx(expected, rel=1e-14)


# ---- derivatives by name, traces, losses: what the sources print -----------------------------------------------------

TANH = {  # tanh and its derivatives at 0.5, by mpmath with 50 digits
    0: 0.462117157260009759, 1: 0.78644773296592741, 2: -0.726861981383587276,
    3: -0.565209288259770361, 4: 3.95221956372458305,
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", TANH)
def test_bgavran_derivatives_of_tanh(order, mode):
    f = np.tanh
    for _ in range(order):
        f = dr.jacobian(f, mode=mode)
    assert f(0.5) == pytest.approx(TANH[order], rel=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_bgavran_cross_entropies_with_logits(mode):
    logits, target = np.array([0.3, -1.2, 2.0]), np.array([0.0, 0.0, 1.0])
    softmax = lambda z: np.log(np.sum(np.exp(z))) - target @ z
    sigmoid = lambda z: np.sum(np.logaddexp(0.0, z) - target * z)
    p, q = np.exp(logits) / np.sum(np.exp(logits)), 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(dr.jacobian(softmax, mode=mode)(logits), p - target, rtol=1e-14)
    np.testing.assert_allclose(dr.jacobian(sigmoid, mode=mode)(logits), q - target, rtol=1e-14)
    np.testing.assert_allclose(dr.hessian(softmax)(logits), np.diag(p) - np.outer(p, p), rtol=0, atol=1e-15)


@pytest.mark.parametrize("mode", MODES)
def test_bgavran_frobenius_norm(mode):
    A = np.array([[1.0, -2.0], [2.0, 4.0]])
    np.testing.assert_allclose(dr.jacobian(np.linalg.norm, mode=mode)(A), A / 5.0, rtol=1e-15)


def test_baydin_evaluation_trace_with_its_tangents():
    """Table 2 of Baydin et al. (2018): every intermediate value, and its tangent for x1' = 1."""
    recording = Recording(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), [2.0, 5.0], [(first, 1), (first, 1)])
    lines = [call for _, call in calls(recording.lines)]
    assert [call.op.name for call in lines] == ["np.log", "np.multiply", "np.add", "np.sin", "np.subtract"]
    assert [round(float(call.out), 3) for call in lines] == [0.693, 10.0, 10.693, -0.959, 11.652]
    tangents = [1.0, None]
    for call in lines:
        arriving = [None if p < 0 else tangents[p] for p in call.parents]
        tangents.append(call.push((), arriving) if any(t is not None for t in arriving) else None)
    assert tangents[2:] == [0.5, 5.0, 5.5, None, 5.5]


def test_baydin_adjoints_of_the_reverse_trace():
    """Table 3: v5' = v4' = v1' ... = 1, v3' = -1, x1' = 5.5, x2' = 1.716."""
    recording = Recording(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), [2.0, 5.0], [(first, 1), (first, 1)])
    adjoints = adjoint_of_each_line(recording.lines, recording.indices[0], 1.0)
    assert [round(float(a), 3) for a in adjoints] == [5.5, 1.716, 1.0, 1.0, 1.0, -1.0, 1.0]


@pytest.mark.parametrize("mode", MODES)
def test_herta_product_of_a_sum_sends_each_factor_to_the_other_branch(mode):
    E = lambda w, x: (w[0] * x[0] + w[1] * x[1]) * (w[2] * x[2])
    w, x = [2.0, -1.0, 3.0], [0.5, 4.0, -2.0]  # E = (1 - 4) (-6) = 18
    assert E(w, x) == 18.0
    by_w, by_x = dr.jacobian(E, argnums=(0, 1), mode=mode)(w, x)
    assert by_w == [0.5 * -6, 4.0 * -6, -3.0 * -2.0]
    assert by_x == [2.0 * -6, -1.0 * -6, -3.0 * 3.0]


@pytest.mark.parametrize("mode", MODES)
def test_herta_mean_squared_error_of_a_line(mode):
    x = np.array([-10.0, -4.0, 1.0, 3.0, 10.0])
    noise = np.array([1.0, -2.0, 0.5, 3.0, -1.5])
    y = 10 + 5 * x + noise
    cost = lambda p: np.mean((p["a"] + p["b"] * x - y) ** 2)
    gradient = dr.jacobian(cost, mode=mode)({"a": 10.0, "b": 5.0})
    assert gradient["a"] == pytest.approx(-2 * np.mean(noise), rel=1e-14)
    assert gradient["b"] == pytest.approx(-2 * np.mean(noise * x), rel=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_hsf_exercises(mode):
    quartic = lambda a, b: (a**3 - b**2) * a - a * b
    assert dr.jacobian(quartic, argnums=(0, 1), mode=mode)(2.0, 3.0) == (4 * 8 - 9 - 3.0, -2 * 3 * 2 - 2.0)
    heron = lambda a, b, c: (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)  # 16 area^2
    by_hand = lambda a, b, c: 4 * a * (b**2 + c**2 - a**2)
    expected = (by_hand(3.0, 4.0, 6.0), by_hand(4.0, 3.0, 6.0), by_hand(6.0, 3.0, 4.0))
    assert dr.jacobian(heron, argnums=(0, 1, 2), mode=mode)(3.0, 4.0, 6.0) == pytest.approx(expected, rel=1e-15)


def test_hsf_gradient_descent_goes_down():
    f = lambda p: p[1] * (p[0] + p[1]) * (p[0] - p[1])
    p = np.array([1.0, 2.0])
    np.testing.assert_array_equal(p - 0.01 * dr.grad(f)(p), [0.96, 2.11])  # the tutorial's step, both together
    assert f(np.array([0.96, 2.0])) == pytest.approx(-6.1568, rel=1e-14)
    assert f(np.array([1.0, 2.11])) == pytest.approx(-7.283931, rel=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_scalarflow_a_new_operator_from_its_value_and_derivative(mode):
    relu = dr.custom.elementwise(lambda x: x * (x > 0), lambda y, x: np.where(x > 0, 1.0, 0.0))
    x = np.array([-2.0, 0.5, 3.0])
    np.testing.assert_array_equal(dr.jacobian(lambda x: np.sum(relu(x) ** 2), mode=mode)(x), [0.0, 1.0, 6.0])


def test_scalarflow_sigmoids_let_gradients_vanish_and_relus_do_not():
    """Ten layers: a sigmoid's slope is at most 1/4, so the gradient shrinks at least by 4^-10."""
    sigmoid, relu = (lambda z: 1 / (1 + np.exp(-z))), (lambda z: np.maximum(z, 0.0))

    def deep(activation, depth):
        def f(x):
            for _ in range(depth):
                x = activation(x)
            return x

        return dr.grad(f)(1.0)

    assert deep(relu, 10) == 1.0
    x, slope = 1.0, 1.0
    for _ in range(10):
        x = float(sigmoid(x))
        slope *= x * (1 - x)
    assert deep(sigmoid, 10) == pytest.approx(slope, rel=1e-14)
    assert deep(sigmoid, 10) < 4.0**-10
