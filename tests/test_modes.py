"""The mode choice, and its sentence."""

import numpy as np
import pytest

import dualrev as dr
from dualrev import modes
from dualrev.modes import chunk_size, smaller

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


COUNTS = {  # inputs, outputs, and the mode that carries fewer
    (1, 1): "forward", (1, 5): "forward", (5, 1): "reverse", (5, 5): "forward", (6, 5): "reverse", (5, 6): "forward",
    (0, 3): "forward", (3, 0): "reverse", (0, 0): "forward",
}  # fmt: skip


@pytest.mark.parametrize(("n", "m"), COUNTS)
def test_the_mode_with_fewer_directions_wins_and_forward_wins_ties(n, m):
    choice = dr.choose_mode(lambda x: np.sum(x) * np.ones(m), np.ones(n))
    assert (choice.mode, choice.inputs, choice.outputs) == (COUNTS[n, m], n, m)
    assert smaller(n, m) == choice.mode
    assert choice.directions == min(n, m)


@pytest.mark.parametrize(("n", "m"), [(4, 1000), (1000, 4), (7, 7), (1, 3), (3, 1)])
def test_the_sentence_says_who_carries_what(n, m):
    choice = dr.choose_mode(lambda x: np.sum(x) * np.ones(m), np.ones(n))
    few, word, rival, many = (n, "direction", "reverse", m) if n <= m else (m, "cotangent", "forward", n)
    plural = lambda k, noun: f"{k} {noun}{'' if k == 1 else 's'}"
    mode = "forward" if n <= m else "reverse"
    assert str(choice) == (
        f"n={plural(n, 'input')}, m={plural(m, 'output')}: {mode}, {plural(few, word)} in 1 sweep; "
        f"{rival} would carry {many}"
    )


def test_numbers_are_spelled_in_the_singular_and_in_the_plural():
    words = dr.ModeChoice("reverse", 1, 1, 2, 1).reason, dr.ModeChoice("forward", 2, 3, 2, 1).reason
    assert words[0] == "n=1 input, m=1 output: reverse, 1 cotangent in 1 sweep; forward would carry 1"
    assert words[1] == "n=2 inputs, m=3 outputs: forward, 2 directions in 2 sweeps; reverse would carry 3"


def test_sweeps_are_counted_under_the_bound_of_the_largest_value(monkeypatch):
    monkeypatch.setattr(modes, "CHUNK_BYTES", 8 * 100)
    choice = dr.choose_mode(lambda x: np.outer(x, x)[0], np.ones(10))  # 100 numbers on the way: one direction at a time
    assert (choice.forward_sweeps, choice.reverse_sweeps) == (10, 10)
    choice = dr.choose_mode(lambda x: np.outer(x, x)[0], np.ones(7))  # 49 numbers: two directions at a time
    assert (choice.forward_sweeps, choice.reverse_sweeps) == (4, 4)
    assert choice.sweeps == 4


@pytest.mark.parametrize(
    ("directions", "largest", "chunk", "expected"),
    [(10, 10, None, 10), (10, 50, None, 2), (10, 1000, None, 1), (10, 0, None, 10), (0, 5, None, 1), (10, 50, 7, 7),
     (3, 50, 7, 3)],
)  # fmt: skip
def test_the_size_of_a_chunk(monkeypatch, directions, largest, chunk, expected):
    monkeypatch.setattr(modes, "CHUNK_BYTES", 8 * 100)
    assert chunk_size(directions, largest, chunk) == expected


def test_a_choice_is_a_value():
    f = lambda x: x * 2
    assert dr.choose_mode(f, np.ones(3)) == dr.choose_mode(f, np.zeros(3))
    with pytest.raises(AttributeError):
        dr.choose_mode(f, np.ones(3)).mode = "reverse"


def test_the_function_runs_once_and_inside_other_transformations_too():
    runs = []
    choice = dr.choose_mode(lambda x: runs.append(1) or np.sin(x), np.ones(3))
    assert (choice.mode, len(runs)) == ("forward", 1)
    assert dr.grad(lambda x: x * dr.choose_mode(lambda y: y * x, np.ones(3)).inputs)(2.0) == 3.0


def test_inputs_are_checked_as_in_every_transform():
    with pytest.raises(dr.InputError, match=r"x\[1\]\[0\] is an integer.*write 2.0 in place of 2"):
        dr.choose_mode(lambda x, y: x, 1.0, [2])
    with pytest.raises(dr.LostDerivativeError, match=r"float\(x\)"):
        dr.choose_mode(lambda x: float(x), 1.0)
