"""Predictions are noted, answers are judged, slips are named, and the right answer is never in a hint."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError
from dualrev.teach.lessons.lesson import BANKS, Lesson
from dualrev.teach.lessons.question import Between, Function, Judged, Number, Word, is_blank


@pytest.mark.parametrize("answer", [None, ..., [1.0, ...], (None,), {"a": ...}, []])
def test_blanks(answer):
    assert is_blank(answer)


@pytest.mark.parametrize("answer", [0, 0.0, "", [0], np.zeros(2)])
def test_what_is_no_blank(answer):
    assert not is_blank(answer)


def test_a_number_its_slips_and_its_shape():
    question = Number(lambda: 6.0, {"two uses": 3.0, "sign": lambda: -6.0}, "look again")
    assert question.judge(6) is question.judge(np.float64(6.0 + 1e-9)) is None
    assert [question.judge(a) for a in (3.0, -6.0, 7.0)] == ["two uses", "sign", "look again"]
    assert question.judge([6.0, 6.0]) == "this wants one number"
    assert question.judge("six") == "this wants a number"


def test_a_list_says_how_many_are_right():
    question = Number(lambda: [2, 3, 16], {"all swapped": [16, 3, 2]}, "edges in times edges out")
    assert question.judge([2, 3, 8]) == "2 of the 3 are right; edges in times edges out"
    assert question.judge((16, 3, 2)) == "all swapped"
    assert question.judge(2) == "this wants 3 numbers"


def test_words():
    question = Word(lambda: "forward", {"that is the other one": "reverse"}, "one of the two modes")
    assert question.judge(" Forward") is None
    assert [question.judge(a) for a in ("reverse", "both")] == ["that is the other one", "one of the two modes"]
    several = Word(lambda: ["a", "b"], {"three": ["a", "b", "c"]}, "look")
    assert several.judge(["a", "c"]) == "1 of the 2 are right; look"
    assert [several.judge(["a"]), several.judge(["a", "b", "c"])] == ["this wants 2 words", "three"]


def test_between():
    question = Between(1.0, 2.0, "more", "less")
    assert [question.judge(a) for a in (0.5, 1.5, 2.5)] == ["more", None, "less"]
    assert question.judge("x") == "this wants one number"
    assert "went wrong" in question.judge(np.nan)


def test_a_function_is_tried():
    question = Function(lambda x: 2 * x, [(1.0,), (3.0,)], {"squared": lambda x: x**2}, "double it")
    assert question.judge(lambda x: x + x) is None
    assert [question.judge(f) for f in (np.square, np.sin)] == ["squared", "double it"]
    assert question.judge(lambda x: ...) == "it returns nothing: fill in its ..."
    assert question.judge(lambda x: 1 / (x - x)) == "it raised ZeroDivisionError: float division by zero"
    assert question.judge(2.0) == "this wants a function"


def test_what_a_judgement_raises_is_said():
    assert (
        Judged(lambda f: f.nothing).judge(1.0) == "it raised AttributeError: 'float' object has no attribute 'nothing'"
    )


def test_a_lesson_from_blank_to_done():
    dr.teach.done(reset=True)
    lesson = Lesson("99", "a test", {"guess": Number(lambda: 50), "slope": Number(lambda: 6.0, {}, "look again")})
    assert "not yet" in lesson.predict("guess", ...) and "not yet" in lesson.check("slope", None)
    assert lesson.predict("guess", 5) == "guess: 5 is noted. Now look."
    assert lesson.check("slope", 3.0) == "slope: not yet. Look again."
    assert str(dr.teach.done()).splitlines() == [
        "0 of 1 checks passed", "not yet  slope", "guessed  guess: 5, it is 50",
    ]  # fmt: skip
    assert lesson.check("slope", 6.0) == "slope: right." and repr(lesson.check("slope", 6.0)) == "slope: right."
    lesson.predict("guess", 50)
    assert str(dr.teach.done()).splitlines()[1:] == ["passed   slope", "guessed  guess: 50, as it is"]


def test_a_new_lesson_is_a_new_list():
    dr.teach.lesson("09").check("derivative of 50 squares", 100)
    assert dr.teach.done().checks
    dr.teach.lesson("11")
    assert not dr.teach.done().checks


def test_a_question_that_is_not_there_is_named():
    with pytest.raises(InputError, match="lesson 09 has no question 'x'; it has paths of 3 diamonds, "):
        dr.teach.lesson("09").check("x", 1)
    with pytest.raises(InputError, match="there is no lesson '9'"):
        dr.teach.lesson("9")


def test_no_hint_gives_a_number_away():
    from importlib import import_module

    for bank in BANKS:
        for _, questions in import_module(f"dualrev.teach.lessons.{bank}").LESSONS.values():
            for question in questions.values():
                if isinstance(question, Number) and np.ndim(question.right()) == 0:
                    said = " ".join([*question.slips, question.hint]).replace(",", " ").split()
                    assert f"{float(question.right()):g}" not in said
