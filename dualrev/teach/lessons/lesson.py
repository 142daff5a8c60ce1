"""A lesson that is being worked on: predictions are noted, answers are checked, and `done` says how it went."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ...errors import InputError
from .question import Question, is_blank

BANKS = ("first_steps", "building", "trade_offs", "fitting_and_training")  # the files that hold the questions


class Said(str):
    """A text that shows itself as it is: the value of a cell of a notebook, or of `print`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass
class Lesson:
    """The questions of one lesson, and what was answered so far."""

    number: str
    title: str
    questions: dict[str, Question]
    predicted: dict[str, Any] = field(default_factory=dict)
    passed: dict[str, bool] = field(default_factory=dict)  # by question, and by exercise

    def __repr__(self) -> str:
        return f"lesson {self.number}: {self.title}"

    def predict(self, name: str, guess: Any) -> Said:
        """Note a guess, and say nothing about it: the cells that follow show what is right, and `done` compares.

        Raises
        ------
        InputError
            If the lesson has no question of this name.
        """
        self.question(name)
        if is_blank(guess):
            return Said(f"{name}: not yet. Guess first, then run on: a wrong guess costs nothing.")
        self.predicted[name] = guess
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
            return Said(f"{name}: not yet. Fill in the ...")
        slip = question.judge(answer)
        self.passed[name] = slip is None
        return Said(f"{name}: right." if slip is None else f"{name}: not yet. {sentence(slip)}")

    def question(self, name: str) -> Question:
        if name not in self.questions:
            raise InputError(f"lesson {self.number} has no question {name!r}; it has {', '.join(self.questions)}")
        return self.questions[name]

    def summary(self) -> str:
        rows = [self.row(name) for name in [*self.questions, *(n for n in self.passed if n not in self.questions)]]
        wide = max((len(name) for _, name, _ in rows), default=0)
        lines = [f"  {state:9}  {name:{wide}}  {remark}".rstrip() for state, name, remark in rows]
        checks = [state for state, _, _ in rows if state in ("right", "not yet")]
        return "\n".join([f"{self!r}", *lines, f"{checks.count('right')} of {len(checks)} are right."])

    def row(self, name: str) -> tuple[str, str, str]:
        """What became of a question: its state, its name, and a prediction beside what is right."""
        if name in self.predicted:
            right = self.questions[name].judge(self.predicted[name]) is None
            remark = "as you said" if right else f"it is {self.questions[name].shown()}"
            return "predicted", name, f"{text_of(self.predicted[name])}: {remark}"
        return ("right" if self.passed.get(name) else "not yet"), name, ""


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) or not text else '.'}"


def text_of(guess: Any) -> str:
    return ", ".join(map(text_of, guess)) if isinstance(guess, list | tuple) else str(guess)


@dataclass
class Running:
    """The lesson that was begun last in this process; a notebook is one process."""

    lesson: Lesson | None = None


RUNNING = Running()


def lesson(number: str) -> Lesson:
    """Begin a lesson of notebooks/: its questions are asked by `predict` and `check`, and `done` says how it went.

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
    title, questions = lessons[number]
    RUNNING.lesson = Lesson(number, title, questions)
    return RUNNING.lesson


def note(name: str, passed: bool) -> None:
    """Put the outcome of an exercise on the list of the lesson that runs, if there is one."""
    if RUNNING.lesson is not None:
        RUNNING.lesson.passed[name] = passed


def done() -> Said:
    """What was predicted, right and left open in the lesson that runs; its last line counts.

    Returns
    -------
    str
        One line for each question and exercise. A prediction is shown beside what is right; an answer is not.

    Raises
    ------
    InputError
        If no lesson was begun.

    Examples
    --------
    >>> import dualrev as dr
    >>> begun = dr.teach.lesson("09")
    >>> dr.teach.done().splitlines()[0]
    'lesson 09: paths'
    """
    if RUNNING.lesson is None:
        raise InputError('no lesson was begun: its first cell says dr.teach.lesson("05")')
    return Said(RUNNING.lesson.summary())
