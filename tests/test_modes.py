"""The mode choice, and its sentence."""

import numpy as np
import pytest

import dualrev as dr

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
