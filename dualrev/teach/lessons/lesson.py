"""A lesson that is being worked on: predictions are noted, and answers are checked."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ...errors import InputError
from .. import session
from .question import Question, is_blank

BANKS = ("first_steps", "building", "trade_offs", "fitting_and_training")  # the files that hold the questions


class Said(str):
    """A text that shows itself as it is: the value of a cell of a notebook, or of `print`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Lesson:
    """The questions of one lesson; what was answered is on the list of the session."""

    number: str
    title: str
    questions: dict[str, Question]

    def __repr__(self) -> str:
        return f"lesson {self.number}: {self.title}"

    def predict(self, name: str, guess: Any) -> Said:
        """Note a guess, and say nothing about it: the cells that follow show what is right, and `done` compares.

        Raises
        ------
        InputError
            If the lesson has no question of this name.
        """
        question = self.question(name)
        if is_blank(guess):
            session.guess(name, "not yet")
            return Said(f"{name}: not yet. Guess first, then run on: a wrong guess costs nothing.")
        right = question.judge(guess) is None
        session.guess(name, f"{text_of(guess)}, {'as it is' if right else f'it is {question.shown()}'}")
        return Said(f"{name}: {text_of(guess)} is noted. Now look.")

    def check(self, name: str, answer: Any) -> Said:
        """Say whether an answer is right; if it is not, what kind of slip it looks like, and never the right answer.

        Raises
        ------
        InputError
            If the lesson has no question of this name.
        """
        question = self.question(name)
        if is_blank(answer):
            session.note(name, passed=False)
            return Said(f"{name}: not yet. Fill in the ...")
        slip = question.judge(answer)
        session.note(name, slip is None)
        return Said(f"{name}: right." if slip is None else f"{name}: not yet. {sentence(slip)}")

    def question(self, name: str) -> Question:
        if name not in self.questions:
            raise InputError(f"lesson {self.number} has no question {name!r}; it has {', '.join(self.questions)}")
        return self.questions[name]


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) or not text else '.'}"


def text_of(guess: Any) -> str:
    return ", ".join(map(text_of, guess)) if isinstance(guess, list | tuple) else str(guess)


def lesson(number: str) -> Lesson:
    """Begin a lesson of notebooks/: its questions are asked by `predict` and `check`; `dr.teach.done` says how it went.

    Parameters
    ----------
    number : str
        The number that the file begins with, "00" to "21".

    Returns
    -------
    Lesson

    Raises
    ------
    InputError
        If there is no lesson of this number.

    Examples
    --------
    >>> import dualrev as dr
    >>> begun = dr.teach.lesson("09")
    >>> begun.check("derivative of 50 squares", ...)
    derivative of 50 squares: not yet. Fill in the ...
    >>> begun.check("derivative of 50 squares", 100)
    derivative of 50 squares: not yet. That counts the edges.
    """
    lessons = {k: v for bank in BANKS for k, v in import_module(f".{bank}", __package__).LESSONS.items()}
    if number not in lessons:
        raise InputError(f"there is no lesson {number!r}: they are {', '.join(lessons)}")
    session.restart()
    return Lesson(number, *lessons[number])
