"""Verdicts of a battery of questions: one component for each, from numbers and what they are held against."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from .report import Component
from .rule_errors import flat, said_of
from .slopes_of_ops import Reference

SAME = 1e4  # times the round-off: how well one sweep must agree with another
RELATIVE = 1e-7  # how well a rule must agree with differences, at least
SECOND_LOOK = 11 / 16  # the steps that a failure must be seen on, too
CONFIDENT = 3.0  # times the estimated error of the differences


class Verdicts:
    """Makes components. prefix: what stands before each name. precision: the machine epsilon of the numbers."""

    def __init__(self, prefix: str, precision: float):
        self.prefix, self.precision = prefix, precision

    def component(self, name: str, verdict: Any, reason: str, referee: str = "the rule itself") -> Component:
        nan = float("nan")
        return Component(f"{self.prefix}{name}", nan, nan, 0.0, verdict, reason if verdict != "PASS" else "", referee)

    def close(self, name: str, yours: Any, right: Any, tolerance: float, said: str, referee: str) -> Component:
        """Is each number of yours that of right, up to `tolerance` times the largest?"""
        yours, right = flat(yours), flat(right)
        if yours.shape != right.shape:
            return self.component(name, "FAIL", f"{said}: {yours.size} numbers in place of {right.size}", referee)
        scale = float(np.max(np.abs(right[np.isfinite(right)]), initial=0.0))
        same = np.isnan(yours) == np.isnan(right)
        off = np.where(np.isfinite(yours) & np.isfinite(right), np.abs(yours - right), np.where(same, 0.0, np.inf))
        budget = tolerance * max(scale, 1e-300)
        wrong = off > budget
        if not yours.size:
            return self.component(name, "PASS", "", referee)
        i = int(np.argmax(off))
        verdict, reason = ("FAIL", f"{said}{said_of(yours, right)}") if wrong.any() else ("PASS", "")
        numbers = float(yours[i]), float(right[i]), budget
        return Component(f"{self.prefix}{name}", *numbers, verdict, reason, referee)  # type: ignore[arg-type]

    def held_against(
        self, found: list[Reference], name: str, word: str, yours: ndarray, again: Callable[[float], list[Reference]]
    ) -> Component:
        """Rows of yours against differences; a failure only where a second look, at other steps, says the same."""
        if not found:
            return self.component(name, "PASS", "", "differences of the op")
        value, error = np.array([r.value for r in found]), np.array([r.error for r in found])
        size_ = np.fmax(np.abs(yours), np.abs(value))
        size_ = np.where(np.isfinite(size_), size_, 0.0)
        relative = max(RELATIVE, SAME * self.precision)
        budget = CONFIDENT * error + relative * (size_ + 0.01 * np.max(size_, initial=0.0))
        reasons = np.array([r.reasons(row, b) for r, row, b in zip(found, yours, budget, strict=True)])
        wrong = ~(np.abs(yours - value) <= budget) & (reasons == "")
        if (wrong & np.isfinite(yours)).any():
            other = np.array([r.value for r in again(SECOND_LOOK)]) / SECOND_LOOK
            settled = np.abs(other - value) <= 0.2 * np.abs(yours - value)
            reasons = np.where(wrong & ~settled, "step: another ladder of steps gives another reference", reasons)
        return self.judged(name, word, yours, value, budget, reasons)

    def judged(
        self, name: str, word: str, yours: ndarray, right: ndarray, budget: ndarray, reasons: ndarray
    ) -> Component:
        wrong = ~(np.abs(yours - right) <= budget) & (reasons == "")
        unsure = reasons != ""
        if not yours.size:
            return self.component(name, "PASS", "", "differences of the op")
        excess = np.where(np.isfinite(yours - right), np.abs(yours - right), np.inf) / np.maximum(budget, 1e-300)
        among = wrong if wrong.any() else unsure if unsure.any() else np.ones_like(wrong)
        i = np.unravel_index(np.argmax(np.where(among, excess, -1.0)), yours.shape)
        said = f"{word} is wrong{said_of(yours[~unsure], right[~unsure])}"
        if wrong.any() and yours.shape[0] == yours.shape[1] > 1 and np.allclose(yours.T, right, rtol=1e-5):
            said = f"{word} is wrong: it is transposed"
        verdict, reason = (
            ("FAIL", said) if wrong.any() else ("INCONCLUSIVE", str(reasons[i])) if unsure.any() else ("PASS", "")
        )
        numbers = float(yours[i]), float(right[i]), float(budget[i])
        return Component(f"{self.prefix}{name}", *numbers, verdict, reason, "differences of the op")  # type: ignore[arg-type]
