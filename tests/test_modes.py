"""The mode choice, its sentence, and the chunks that keep a sweep within its memory."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import modes
from dualrev.forward import jvp as forward_module
from dualrev.reverse import vjp as reverse_module

t = np.linspace(0.0, 1.0, 1000)
SENTENCES = {
    "tall": (lambda p: p[0] * np.exp(-p[1] * t) + p[2] * t + p[3], np.ones(4),
             "n=4 inputs, m=1000 outputs: forward, 4 directions in 1 sweep; reverse would carry 1000"),
    "wide": (lambda x: np.sum(x**2), np.ones(1000),
             "n=1000 inputs, m=1 output: reverse, 1 cotangent in 1 sweep; forward would carry 1000"),
    "square": (np.sin, np.ones(3), "n=3 inputs, m=3 outputs: forward, 3 directions in 1 sweep; reverse would carry 3"),
    "large": (lambda x: np.outer(x, x), np.ones(300),
              "n=300 inputs, m=90000 outputs: forward, 300 directions in 4 sweeps; reverse would carry 90000"),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_the_choice_prints_its_reason(case):
    f, x, sentence = SENTENCES[case]
    choice = dr.choose_mode(f, x)
    assert str(choice) == choice.reason == sentence
    assert choice.mode == sentence.split(": ")[1].split(",")[0]


def test_all_arguments_and_leaves_count_as_inputs():
    choice = dr.choose_mode(lambda p, q: p["a"] * q, {"a": np.ones(2), "b": 1.0}, np.ones(2))
    assert (choice.inputs, choice.outputs, choice.mode) == (5, 2, "reverse")


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
