"""The quiz on modes, and the same function beside other libraries."""

import json
import math
import sys
import types
from importlib import metadata

import numpy as np
import pytest

import dualrev as dr
import dualrev.teach
from dualrev.teach.libraries import with_numpy

RIGHT = ("reverse", "forward", "mixed", "forward", "reverse", "forward", "reverse", "mixed")


def test_the_answers_are_those_of_choose_mode():
    quiz = dr.teach.quiz("modes")
    assert tuple(q.choice.mode for q in quiz.questions) == RIGHT
    assert {q.choice.mode for q in quiz.questions} == {"forward", "reverse", "mixed"}
    text = quiz.check(*RIGHT)
    assert quiz.solved and text.endswith("8 of 8 right") and text.count("right.") == 8


@pytest.mark.parametrize("k", range(8))
@pytest.mark.parametrize("guess", ["forward", "reverse", "mixed"])
def test_a_wrong_guess_gets_a_hint_and_not_the_answer(k, guess):
    quiz = dr.teach.quiz()
    line = quiz.check(**{f"q{k + 1}": guess}).splitlines()[0]
    if guess == RIGHT[k]:
        assert line == f"{k + 1}: right. {quiz.questions[k].choice.reason}"
    else:
        assert line.startswith(f"{k + 1}: not yet: ") and quiz.right == set()
        assert RIGHT[k] not in line.replace(f"{guess} mode", "")


def test_the_printed_quiz_shows_only_what_has_been_found():
    quiz = dr.teach.quiz()
    assert not any(line.endswith(("forward", "reverse", "mixed")) for line in str(quiz).splitlines())
    quiz.check(None, "forward")
    assert [line.split()[-1] for line in str(quiz).splitlines() if line.endswith(("forward", "reverse", "mixed"))] == [
        "forward"
    ]
    assert "reverse" not in json.dumps(quiz.to_dict()) and quiz.to_dict()["right"] == [2]


def test_the_picture_colours_what_has_been_found():
    quiz = dr.teach.quiz()
    quiz.check("reverse")
    (ax,) = quiz.plot().axes
    said = [t.get_text() for t in ax.texts]
    assert said.count("?") == 7 and said.count("reverse") == 1 and "2: 1000 x 3" in said


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: dr.teach.quiz("graphs"), r"write quiz\('modes'\)"),
        (lambda: dr.teach.quiz().check("backward"), "write one of 'forward', 'reverse', 'mixed'"),
        (lambda: dr.teach.quiz().check(q9="forward"), "write q1 to q8"),
        (lambda: dr.teach.quiz().check(*["forward"] * 9), "9 guesses for 8 questions"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(dr.InputError, match=said):
        call()


# ---- beside ----------------------------------------------------------------------------------------------------------


def helper(x):
    return np.sin(x)


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - helper(x2)


def test_what_is_not_installed_is_said(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("dualrev.teach.libraries.import_module", missing)
    found = dr.teach.beside(baydin, 2.0, 5.0)
    assert list(found.gradients) == ["dualrev"] and found.reasons["jax"] == "not installed: pip install jax"
    assert "5.5, 1.7163" in str(found) and "torch: not installed" in str(found)
    found.plot().draw_without_rendering()


def test_a_library_that_cannot_do_it_says_so(monkeypatch):
    broken = types.ModuleType("autograd")
    monkeypatch.setattr("dualrev.teach.libraries.version", lambda name: "1.0")
    monkeypatch.setitem(sys.modules, "autograd", broken)
    monkeypatch.setitem(sys.modules, "autograd.numpy", types.ModuleType("autograd.numpy"))
    found = dr.teach.beside(baydin, 2.0, 5.0)
    assert found.reasons["autograd"].startswith("AttributeError: module 'autograd' has no attribute 'grad'")


def test_np_means_another_module_in_f_and_in_what_it_calls():
    shift = 1.0
    inner = lambda x: np.sin(x) + shift
    f = with_numpy(lambda x: inner(x) + helper(x) + baydin(x, x), math)
    assert f(0.5) == 3 * math.sin(0.5) + 1.0 + math.log(0.5) + 0.25 - 2 * math.sin(0.5)
    assert helper.__globals__["np"] is np  # as it was


@pytest.mark.parametrize("library", ["autograd", "jax", "torch"])
def test_the_library_says_the_same(library):
    pytest.importorskip(library)
    found = dr.teach.beside(lambda x, w: np.sum(np.tanh(w @ x) ** 2) + np.exp(x[0]), np.ones(3), np.eye(3))
    assert found.difference(library) < 1e-14 and metadata.version(library) in str(found)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: dr.teach.beside(np.sin, 1.0), "a function written in Python"),
        (lambda: dr.teach.beside(baydin), "takes numbers and arrays"),
        (lambda: dr.teach.beside(lambda p: p["a"], {"a": 1.0}), "takes numbers and arrays"),
    ],
)
def test_beside_refuses(call, said):
    with pytest.raises(dr.InputError, match=said):
        call()
