"""A quiz: which mode is the cheapest for this function? Guess, then see; hints, but no answer given away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..modes import ModeChoice, choose_mode
from ..palette import FORWARD, INK, OTHER, REVERSE
from .pictured import Pictured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANSWERS = ("forward", "reverse", "mixed")
COLOURS = {"forward": FORWARD, "reverse": REVERSE, "mixed": INK}


@brief
@dataclass(frozen=True, eq=False)
class Question:
    """One function and its point. says: what it is, with its code; inputs, outputs: their numbers."""

    says: str
    code: str
    f: Callable[..., Any]
    x: tuple[Any, ...]

    @cached_property
    def choice(self) -> ModeChoice:
        """What `choose_mode` says: the answer, and why."""
        return choose_mode(self.f, *self.x)

    @cached_property
    def inputs(self) -> int:
        return self.choice.inputs

    @cached_property
    def outputs(self) -> int:
        return self.choice.outputs

    def hint(self, guess: str) -> str:
        """What speaks against a wrong guess, without the right one."""
        n, m, waist = self.inputs, self.outputs, self.choice.waist
        if guess == "mixed":
            narrow = f"its narrowest place holds {waist.size} numbers" if waist else "nothing in it is narrow"
            return f"mixed mode needs a place narrower than both ends (n={n}, m={m}), and {narrow}"
        if self.choice.mode == "mixed":
            return f"look between the ends (n={n}, m={m}): everything passes through how many numbers?"
        carried = f"forward mode would carry n = {n} directions" if guess == "forward" else (
            f"reverse mode would carry m = {m} cotangents"
        )  # fmt: skip
        if n == m:
            return f"n = m = {n}, so the number of directions is the same: which of the two has to store a tape?"
        return f"{carried}: can the other one do with fewer?"

    def __str__(self) -> str:
        return f"{self.says}: {self.code}"


@dataclass(eq=False)
class Quiz(Pictured):
    """Functions whose mode is to be guessed. Made by `quiz`; printed, it is the questions.

    questions: a list of `Question`. right: the numbers, from 1, of those answered.
    """

    questions: list[Question]
    right: set[int] = field(default_factory=set)

    def check(self, *guesses: str | None, **numbered: str) -> str:
        """Say of each guess whether it is right; a hint where it is not.

        Parameters
        ----------
        *guesses : str or None
            "forward", "reverse" or "mixed", in the order of the questions; None for no guess.
        **numbered : str
            Some of them by number: ``check(q3="mixed")``.

        Returns
        -------
        str
            A line per guess.
        """
        if len(guesses) > len(self.questions):
            raise InputError(f"{len(guesses)} guesses for {len(self.questions)} questions")
        given = {f"q{k}": guess for k, guess in enumerate(guesses, 1)} | numbered
        known = {f"q{k}": k for k in range(1, len(self.questions) + 1)}
        for name, guess in given.items():
            if name not in known:
                raise InputError(f"there is no question {name}: write q1 to q{len(self.questions)}")
            if guess is not None and guess not in ANSWERS:
                raise InputError(f"{name}={guess!r}: write one of {', '.join(map(repr, ANSWERS))}")
        lines = [self.judge(known[name], guess) for name, guess in given.items() if guess is not None]
        return "\n".join([*lines, self.score()])

    def judge(self, k: int, guess: str) -> str:
        question = self.questions[k - 1]
        if guess == question.choice.mode:
            self.right.add(k)
            return f"{k}: right. {question.choice.reason}"
        return f"{k}: not yet: {question.hint(guess)}"

    def score(self) -> str:
        return f"{len(self.right)} of {len(self.questions)} right"

    @property
    def solved(self) -> bool:
        """Are all answered right?"""
        return len(self.right) == len(self.questions)

    def __str__(self) -> str:
        lines = ["Which mode is the cheapest for the whole Jacobian: forward, reverse or mixed?", ""]
        for k, q in enumerate(self.questions, 1):
            lines.append(f"{k}  {q.says}")
            lines.append(f"     {q.code}{f'    {q.choice.mode}' if k in self.right else ''}")
        how = 'answer with .check("forward", "mixed", ...) or .check(q3="reverse")'
        return "\n".join([*lines, "", f"{self.score()}; {how}"])

    def __repr__(self) -> str:
        return str(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON, without the answers that are still to be found."""
        asked = [{"says": q.says, "code": q.code, "inputs": q.inputs, "outputs": q.outputs} for q in self.questions]
        return {"questions": asked, "right": sorted(self.right)}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return 7.2, 1.75 * (-(-len(self.questions) // 4)) + 0.4

    def draw(self, ax: "Axes") -> None:
        """The shape of each Jacobian, on a logarithmic scale; in the colour of its mode once that is found."""
        from matplotlib.patches import Rectangle

        most = np.log2(1 + max(max(q.inputs, q.outputs) for q in self.questions))
        for k, q in enumerate(self.questions):
            column, row = k % 4, k // 4
            width, height = (0.62 * np.log2(1 + v) / most for v in (q.inputs, q.outputs))
            found = k + 1 in self.right
            colour = COLOURS[q.choice.mode] if found else OTHER
            corner = (column + 0.5 - width / 2, -row - 0.55 - height / 2)
            ax.add_patch(Rectangle(corner, width, height, facecolor=colour, alpha=0.35, edgecolor=colour, lw=1.5))
            said = q.choice.mode if found else "?"
            ax.text(column + 0.5, -row - 0.55, said, ha="center", va="center", color="#000000", weight="bold")
            ax.text(column + 0.5, -row - 0.12, f"{k + 1}: {q.outputs} x {q.inputs}", ha="center", size=9, color=INK)
        rows = -(-len(self.questions) // 4)
        ax.set(xlim=(0, 4), ylim=(-rows, 0.05))
        ax.axis("off")
        ax.set_title(f"Which mode for each Jacobian? {self.score()}; sides on a logarithmic scale")


def quiz(topic: str = "modes") -> Quiz:
    """Eight functions: for which is forward mode the cheapest, for which reverse, for which both together?

    Parameters
    ----------
    topic : str
        "modes".

    Returns
    -------
    Quiz
        Print it, then ``quiz.check("reverse", "forward", ...)`` or ``quiz.check(q3="mixed")``.

    Raises
    ------
    InputError
        If there is no such topic, question or mode.

    Examples
    --------
    >>> import dualrev.teach
    >>> quiz = dualrev.teach.quiz("modes")
    >>> print(quiz.check("reverse", "reverse"))
    1: right. n=1000 inputs, m=1 output: reverse, 1 cotangent in 1 sweep; forward would carry 1000
    2: not yet: reverse mode would carry m = 1000 cotangents: can the other one do with fewer?
    1 of 8 right
    """
    if topic != "modes":
        raise InputError(f"there is no quiz on {topic!r}: write quiz('modes')")
    return Quiz(questions())


def questions() -> list[Question]:
    """One for each shape of a Jacobian, wide, tall, square and narrow inside, and one that looks like another."""
    rng = np.random.default_rng(0)
    t = np.linspace(0.0, 4.0, 1000)
    down, up = rng.normal(size=(2, 400)) / 20, rng.normal(size=(300, 2))
    square = rng.normal(size=(60, 60)) / 8
    half = rng.normal(size=(100, 400)) / 20
    data = rng.normal(size=(200, 40))

    def features(x: Any) -> Any:
        z = down @ x
        return np.tanh(up @ np.stack([z[0] * z[1], np.sin(z[0])]))

    return [
        Question(
            "A loss of 1,000 weights", "np.sum(np.tanh(x)**2)", lambda x: np.sum(np.tanh(x) ** 2), (np.ones(1000),),
        ),
        Question(
            "A model with 3 parameters at 1,000 points", "p[0] * np.exp(-p[1] * t) + p[2]",
            lambda p: p[0] * np.exp(-p[1] * t) + p[2], (np.array([1.0, 0.5, 0.3]),),
        ),
        Question(
            "400 inputs and 300 outputs, through two products",
            "np.tanh(up @ np.stack([z[0] * z[1], np.sin(z[0])])), z = down @ x", features, (np.ones(400),),
        ),
        Question("One input, one output", "np.exp(np.sin(x) * x)", lambda x: np.exp(np.sin(x) * x), (0.7,)),
        Question("100 outputs of 400 inputs", "np.tanh(half @ x)", lambda x: np.tanh(half @ x), (np.ones(400),)),
        Question(
            "A square Jacobian", "np.tanh(square @ x)", lambda x: np.tanh(square @ x), (np.ones(60),),
        ),
        Question(
            "A likelihood of 40 parameters over 200 rows of data", "np.sum(np.logaddexp(0.0, data @ w))",
            lambda w: np.sum(np.logaddexp(0.0, data @ w)), (np.ones(40),),
        ),
        Question(
            "500 numbers made of the mean of 500", "np.sin(np.arange(500) * np.mean(x**2))",
            lambda x: np.sin(np.arange(500.0) * np.mean(x**2)), (np.ones(500),),
        ),
    ]  # fmt: skip
