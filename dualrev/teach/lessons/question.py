"""A question of a lesson: is the answer right, and if not, which slip was it? Never what the right answer is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

UNFILLED = "it returns nothing: fill in its ..."

Slips = Mapping[str, Any]  # what to say -> the wrong answer that it explains


def is_blank(answer: Any) -> bool:
    """Is there a ``...`` or None in it, alone or as an element? Then nobody has answered yet."""
    if isinstance(answer, Mapping):
        return any(map(is_blank, answer.values()))
    if isinstance(answer, list | tuple):
        return not answer or any(map(is_blank, answer))
    return answer is None or answer is ...


@dataclass(frozen=True)
class Number:
    """One number, or a list of them in an order that the lesson states; `right` computes them when asked for."""

    right: Callable[[], Any]
    slips: Slips = field(default_factory=dict)
    hint: str = ""
    within: float = 1e-6  # relative

    def judge(self, answer: Any) -> str | None:
        """None if the answer is right, else what to say of it."""
        expected = np.asarray(self.right(), float)
        try:
            given = np.asarray(answer, float)
        except (TypeError, ValueError):
            return "this wants a number" if expected.ndim == 0 else "this wants numbers"
        if self.same(given, expected):
            return None
        known = (text for text, wrong in self.slips.items() if self.same(given, wrong))
        return next(known, self.other(given, expected))

    def other(self, given: Any, expected: Any) -> str:
        """What to say of an answer that no slip explains."""
        if given.shape != expected.shape:
            return f"this wants {expected.size} numbers" if expected.ndim else "this wants one number"
        matches = int(np.sum(np.isclose(given, expected, rtol=self.within, atol=0)))
        several = f"{matches} of the {expected.size} are right" if expected.ndim else ""
        return "; ".join(filter(None, [several, self.hint]))

    def same(self, given: Any, wanted: Any) -> bool:
        wrong = np.asarray(wanted() if callable(wanted) else wanted, float)
        return wrong.shape == given.shape and bool(np.allclose(given, wrong, rtol=self.within, atol=1e-12))

    def shown(self) -> str:
        return ", ".join(f"{x:g}" for x in np.ravel(self.right()))


@dataclass(frozen=True)
class Word:
    """One of several words, or a list of them."""

    right: Callable[[], Any]
    slips: Slips = field(default_factory=dict)
    hint: str = ""

    def judge(self, answer: Any) -> str | None:
        given, expected = words(answer), words(self.right())
        if given == expected:
            return None
        said = next((text for text, wrong in self.slips.items() if given == words(wrong)), None)
        if said or len(expected) == 1:
            return said or self.hint
        if len(given) != len(expected):
            return f"this wants {len(expected)} words"
        return "; ".join([f"{sum(map(str.__eq__, given, expected))} of the {len(expected)} are right", self.hint])

    def shown(self) -> str:
        return ", ".join(words(self.right()))


def words(answer: Any) -> list[str]:
    return [str(w).strip().lower() for w in ([answer] if isinstance(answer, str) else answer)]


@dataclass(frozen=True)
class Between:
    """Any number within a range: what is measured, chosen or trained, and never the same for everybody."""

    low: float
    high: float
    below: str = "larger"
    above: str = "smaller"

    def judge(self, answer: Any) -> str | None:
        try:
            given = float(answer)
        except (TypeError, ValueError):
            return "this wants one number"
        if np.isnan(given):
            return "this is not a number: something before it went wrong"
        return self.below if given < self.low else self.above if given > self.high else None

    def shown(self) -> str:
        return f"between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class Function:
    """A function that the student writes: right if it agrees with `right` on every one of `cases`."""

    right: Callable[..., Any]
    cases: Sequence[tuple[Any, ...]]
    slips: Slips = field(default_factory=dict)  # what to say -> the wrong function that it explains
    hint: str = ""
    within: float = 1e-6

    def judge(self, answer: Any) -> str | None:
        if not callable(answer):
            return "this wants a function"
        try:
            given = [answer(*case) for case in self.cases]
        except Exception as error:
            return raised(answer, error)
        if any(map(is_blank, given)):
            return UNFILLED
        if self.agrees(given, self.right):
            return None
        return next((text for text, wrong in self.slips.items() if self.agrees(given, wrong)), self.hint)

    def agrees(self, given: Sequence[Any], f: Callable[..., Any]) -> bool:
        return all(alike(out, f(*case), self.within) for out, case in zip(given, self.cases, strict=True))

    def shown(self) -> str:
        return ""


@dataclass(frozen=True)
class Judged:
    """An answer that is right if `judge` finds nothing to say of it: one of many, as a function with a given slope."""

    judgement: Callable[[Any], str | None]

    def judge(self, answer: Any) -> str | None:
        try:
            return self.judgement(answer)
        except Exception as error:
            return raised(answer, error)

    def shown(self) -> str:
        return ""


def raised(answer: Any, error: Exception) -> str:
    """What to say when trying a function raised: it may just have its blanks still."""
    constants = getattr(getattr(answer, "__code__", None), "co_consts", ())
    return UNFILLED if ... in constants else f"it raised {type(error).__name__}: {error}"


def alike(a: Any, b: Any, within: float) -> bool:
    """Are two results the same numbers, in the same shapes?"""
    try:
        a, b = np.asarray(a, float), np.asarray(b, float)
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=within, atol=1e-9))


Question = Number | Word | Between | Function | Judged


def near(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-6))
