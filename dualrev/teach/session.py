"""What was solved in this session, for the last cell of a lesson."""

from dataclasses import dataclass, field

from ..brief import brief

CHECKS: dict[str, bool] = {}  # title -> passed, in the order first seen
GUESSES: dict[str, str] = {}  # question -> what was predicted, and what it is
CONTENTS: dict[str, object] = {}  # what the check of that title is about


def note(title: str, passed: bool) -> None:
    """Note a check of this session; the same title again is the same check."""
    CHECKS[title] = passed


def guess(question: str, outcome: str) -> None:
    """Note a prediction, and how it compares."""
    GUESSES[question] = outcome


def restart() -> None:
    """Start a new list."""
    CHECKS.clear()
    GUESSES.clear()
    CONTENTS.clear()


def titled(title: str, content: object) -> str:
    """The title under which a check is noted: numbered, if there is one of that name about something else.

    The same again, as when a cell is run twice, has the same title.
    """
    number, found = 1, title
    while CONTENTS.setdefault(found, content) != content:
        number += 1
        found = f"{title} ({number})"
    return found


@brief
@dataclass(frozen=True)
class Done:
    """The checks of a session, by title: passed or not yet. `all` of them? guesses: predictions and what is right."""

    checks: dict[str, bool]
    guesses: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> bool:
        """Is every check passed, and is there one?"""
        return bool(self.checks) and all(self.checks.values())

    def __str__(self) -> str:
        if not self.checks and not self.guesses:
            return "no checks yet: dr.teach.exercise(f, *x) makes one"
        passed = sum(self.checks.values())
        lines = [f"{'passed' if ok else 'not yet':<9}{title}" for title, ok in self.checks.items()]
        predicted = [f"guessed  {question}: {outcome}" for question, outcome in self.guesses.items()]
        return "\n".join([f"{passed} of {len(self.checks)} checks passed", *lines, *predicted])


def done(reset: bool = False) -> Done:
    """Which checks of this session have passed, and how the predictions compare; the last line of a lesson.

    Parameters
    ----------
    reset : bool
        Start a new list afterwards.

    Examples
    --------
    >>> import dualrev as dr
    >>> _ = dr.teach.done(reset=True)
    >>> sheet = dr.teach.exercise(lambda a, b: a * b, 2.0, 3.0)
    >>> sheet.check(a=3, b=2)
    'a: right.   b: right.'
    >>> print(dr.teach.done())
    1 of 1 checks passed
    passed   f(a=2, b=3): adjoint
    """
    found = Done(dict(CHECKS), dict(GUESSES))
    if reset:
        restart()
    return found
