"""The mode choice, and its sentence."""

import inspect

import numpy as np
import pytest

import dualrev as dr
from dualrev import modes
from dualrev.modes import ModeChoice, Waist, chunk_size, smaller

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


# ---- the predicted cost ----------------------------------------------------------------------------------------------


def test_the_sentence_says_what_the_sizes_alone_would_have_cost():
    choice = ModeChoice("reverse", 20, 20, 1, 1, None, {"forward": 3.0, "reverse": 1.25})
    assert str(choice) == (
        "n=20 inputs, m=20 outputs: reverse, 20 cotangents in 1 sweep; forward would carry 20 "
        "(predicted 2.4 times slower)"
    )


@pytest.mark.parametrize(
    "choice",
    [
        ModeChoice("forward", 20, 20, 1, 1, None, {"forward": 1.0, "reverse": 3.0}),
        ModeChoice("reverse", 20, 19, 1, 1, None, {"forward": 3.0, "reverse": 1.0}),
        ModeChoice("reverse", 20, 20, 1, 1),
    ],
)
def test_no_price_where_the_sizes_chose_the_same_or_nothing_was_predicted(choice):
    assert "predicted" not in str(choice)


def predict(monkeypatch, forward, reverse, mixed=np.inf):
    """Have every Estimate say so many seconds."""
    for mode, seconds in (("forward", forward), ("reverse", reverse), ("mixed", mixed)):
        monkeypatch.setattr(modes.Estimate, mode, lambda *_, seconds=seconds: seconds)


@pytest.mark.parametrize(
    ("n", "m", "forward", "reverse", "mode"),
    [
        (10, 10, 1.0, 1.0, "forward"),
        (10, 10, 1.0, 0.95, "forward"),  # not clearly less
        (10, 10, 1.0, 0.85, "reverse"),
        (10, 12, 1.0, 0.85, "reverse"),
        (12, 10, 0.85, 1.0, "forward"),
        (12, 10, 0.95, 1.0, "reverse"),
        (10, 30, 1.0, 0.1, "forward"),  # three times as many: the sizes have decided
        (30, 10, 0.1, 1.0, "reverse"),
        (3, 9, 1.0, 0.1, "forward"),
        (3, 8, 1.0, 0.1, "reverse"),
    ],
)
def test_the_predicted_cost_decides_where_n_and_m_are_near_each_other(monkeypatch, n, m, forward, reverse, mode):
    predict(monkeypatch, forward, reverse)
    assert dr.choose_mode(lambda x: np.sum(x) * np.ones(m), np.ones(n)).mode == mode


@pytest.mark.parametrize(("n", "m"), [(1, 1000), (1000, 1), (7, 21), (21, 7), (0, 5)])
def test_nothing_is_predicted_where_few_directions_stand_against_many(n, m):
    choice = dr.choose_mode(lambda x: np.sum(x) * np.ones(m), np.ones(n))
    assert (choice.seconds, choice.waist) == ({}, None)


# ---- the waist -------------------------------------------------------------------------------------------------------

A, B = np.linspace(0.0, 1.0, 800).reshape(2, 400), np.linspace(1.0, 2.0, 600).reshape(300, 2)


def narrow(x):
    x = np.tanh(x)
    w = A @ x
    return np.sin(B @ w)


def line_of(f, source):
    """file:line: text of the line of f that reads so."""
    lines, first = inspect.getsourcelines(f)
    k = next(k for k, line in enumerate(lines) if line.strip() == source)
    return f"test_modes.py:{first + k}: {source}"


def test_the_waist_is_named_with_the_line_of_the_users_code():
    choice = dr.choose_mode(narrow, np.ones(400))
    slower = choice.seconds["reverse"] / choice.seconds["mixed"]
    assert slower > 2
    assert str(choice) == (
        f"n=400 inputs, m=300 outputs: mixed, 2 cotangents back from a waist of 2 numbers "
        f"({line_of(narrow, 'w = A @ x')}) and 2 directions on from it; forward would carry 400, reverse 300 "
        f"(predicted {slower:.2g} times slower)"
    )
    assert choice.waist.places == (line_of(narrow, "w = A @ x"),)
    assert (choice.mode, choice.sweeps, choice.directions, choice.waist.size) == ("mixed", 2, 4, 2)


def test_a_waist_of_several_values_names_each_line_once():
    def f(x):
        s, c = np.sum(np.sin(x)), np.sum(np.cos(x))
        p = np.sum(x * x)
        return np.tanh(s * t + c) + p * t

    choice = dr.choose_mode(f, np.full(900, 1e-3))
    assert choice.waist.size == 3
    first, second = "s, c = np.sum(np.sin(x)), np.sum(np.cos(x))", "p = np.sum(x * x)"
    assert f"from a waist of 3 numbers ({line_of(f, first)}; {line_of(f, second)}) and 3" in str(choice)


def test_a_waist_without_source_is_named_without_it():
    scope = {"np": np, "A": A, "B": B}
    exec(compile("def f(x): return np.sin(B @ (A @ np.tanh(x)))", "<nowhere>", "exec"), scope)
    choice = dr.choose_mode(scope["f"], np.ones(400))
    assert choice.waist.places == ()
    assert "2 cotangents back from a waist of 2 numbers and 2 directions on from it" in str(choice)


def test_a_waist_prints_itself():
    assert str(Waist((4,), 1)) == "a waist of 1 number"
    assert str(Waist((4, 7), 3, ("f.py:2: a", "f.py:9: b"))) == "a waist of 3 numbers (f.py:2: a; f.py:9: b)"


def test_the_flops_of_each_mode_counted_by_hand():
    """w = A x and y = B w, with A 2 x 400 and B 300 x 2: 1600 and 1200 flops, and as many for each direction."""
    choice = dr.choose_mode(lambda x: B @ (A @ x), np.ones(400))
    value, product = 2 * 2 * 400 + 2 * 300 * 2, 2 * 2 * 300 * 400
    assert choice.counted == {
        "forward": value + 400 * 2800, "reverse": value + 300 * 2800, "mixed": value + 2 * 1600 + 2 * 1200 + product,
    }  # fmt: skip
    assert choice.mode == "mixed" and choice.flops == choice.counted["mixed"] == 488_400


def test_flops_of_a_choice_are_those_of_its_mode():
    choice = dr.choose_mode(lambda x: np.sum(x * x), np.ones(10))
    assert choice.flops == choice.counted["reverse"] == 10 + 9 + 3 * 10  # twice x * ct, and their sum
    assert "mixed" not in choice.counted
    assert ModeChoice("forward", 1, 1, 1, 1).flops is None


def bypassed(x):
    return np.sin(B[:200] @ (A[:, :200] @ x)) + np.tanh(x)


@pytest.mark.parametrize(
    ("f", "n"),
    [
        (bypassed, 200),  # a way around the narrow place
        (lambda x: np.sum(x) * np.ones(7), 7),  # too few directions to be worth it
        (np.tanh, 300),  # as wide everywhere
        (lambda x: np.ones(50), 50),  # no output depends on x
    ],
)
def test_no_waist(f, n):
    choice = dr.choose_mode(f, np.ones(n))
    assert choice.waist is None and choice.mode != "mixed"


@pytest.mark.parametrize(("width", "found"), [(1, True), (4, True), (5, False), (10, False)])
def test_a_waist_is_less_than_half_as_wide_as_the_fewer_directions(monkeypatch, width, found):
    predict(monkeypatch, 1.0, 1.0, 0.1)
    C = np.ones((width, 10))
    choice = dr.choose_mode(lambda x: C.T @ (C @ x), np.ones(10))
    assert (choice.waist is not None) == found == (choice.mode == "mixed")


@pytest.mark.parametrize(("mixed", "mode"), [(0.95, "forward"), (0.85, "mixed")])
def test_mixed_mode_has_to_be_clearly_cheaper(monkeypatch, mixed, mode):
    predict(monkeypatch, 1.0, 1.0, mixed)
    choice = dr.choose_mode(lambda x: np.ones(10) * np.sum(x), np.ones(10))
    assert choice.mode == mode and choice.waist.size == 1


def apart(x):
    """Two waists of one number each, which the order of the program does not show."""
    u = np.sin(np.sum(x) * np.arange(1.0, 41.0))
    v = np.cos(np.sum(x * x) * np.arange(1.0, 41.0))
    return np.concatenate([u, v])


@pytest.mark.parametrize(("worth", "width"), [(0.0, 2), (np.inf, None)])
def test_the_smallest_cut_of_all_is_looked_for_where_it_is_worth_it(monkeypatch, worth, width):
    monkeypatch.setattr(modes, "WORTH", worth)
    waist = dr.choose_mode(apart, np.ones(40)).waist
    assert (waist and waist.size) == width


def test_a_choice_with_a_waist_is_a_value():
    assert dr.choose_mode(narrow, np.ones(400)) == dr.choose_mode(narrow, np.zeros(400))
