"""Golden numbers: worked examples of the sources that the project grew from, in both modes."""

import json
from pathlib import Path

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse.node import Tape

MODES = ("forward", "reverse")
EXAMPLES = json.loads((Path(__file__).parent / "data" / "oracles.json").read_text(encoding="utf-8"))


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
    from dualrev.reverse.pullback import Sweep

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
