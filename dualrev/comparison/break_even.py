"""Where forward and reverse mode cost the same: for one function, and over a grid of sizes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

Array = np.ndarray


# ---- one function: the cost of reverse mode against the number of cotangents -----------------------------------------


@dataclass(frozen=True)
class ReverseLine:
    """The cost of reverse mode as shared + each * m, for m cotangents: in seconds, or in flops."""

    shared: float
    each: float

    def reaches(self, cost: float) -> float | None:
        """The number m of cotangents that cost so much; None where there is none of at least one."""
        m = (cost - self.shared) / self.each if self.each > 0 else float("nan")
        return m if m >= 1 and isfinite(m) else None


def fitted_line(costs: Mapping[int, float]) -> ReverseLine:
    """The line through the costs of so many cotangents, by least squares of the relative errors.

    >>> line = fitted_line({1: 5.0, 2: 7.0, 8: 19.0})
    >>> round(line.shared, 9), round(line.each, 9)
    (3.0, 2.0)
    """
    m, cost = np.array(list(costs), float), np.array(list(costs.values()), float)
    (shared, each), *_ = np.linalg.lstsq(np.stack([1 / cost, m / cost], axis=1), np.ones(m.size))
    return ReverseLine(float(shared), float(each))


# ---- a grid: the line m = c n^p between the winners ------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class BreakEvenLine:
    """m = coefficient * n**exponent: for more outputs than that forward mode is the cheaper one, for fewer reverse.

    points: an array of shape (k, 2), the (n, m) between the cells of the grid where log(forward / reverse) is zero; the
    line is fitted to them by least squares in the logarithms, of both coordinates alike. Where there are fewer than
    four, or they span less than a factor 4, the exponent is 1.
    """

    coefficient: float
    exponent: float
    points: Array

    def __call__(self, n: Any) -> Any:
        return self.coefficient * np.asarray(n, float) ** self.exponent

    def __str__(self) -> str:
        return self.latex().replace(r" \,", "").replace("{", "").replace("}", "")

    def latex(self) -> str:
        """The equation, for a formula."""
        times = "" if abs(self.coefficient - 1) < 0.05 else rf"{self.coefficient:.2g} \, "
        return f"m = {times}n" + ("" if abs(self.exponent - 1) < 0.005 else f"^{{{self.exponent:.2f}}}")


def break_even_line(n: Array, m: Array, advantage: Array) -> BreakEvenLine | None:
    """The line through the points where `advantage`, an array of shape (len(n), len(m)), changes its sign."""
    along_m = [(n[i], at) for i in range(n.size) for at in zeros(m, -advantage[i])]
    along_n = [(at, m[j]) for j in range(m.size) for at in zeros(n, advantage[:, j])]
    points = np.array([*along_m, *along_n], float).reshape(-1, 2)
    if not len(points):
        return None
    logs = np.log(points)
    middle, off = logs.mean(axis=0), logs - logs.mean(axis=0)
    exponent = 1.0
    if len(points) >= 4 and np.ptp(logs, axis=0).min() >= np.log(4.0):
        direction = np.linalg.svd(off)[2][0]  # the line with the least sum of squared distances
        exponent = float(direction[1] / direction[0])
    return BreakEvenLine(float(np.exp(middle[1] - exponent * middle[0])), exponent, points)


def zeros(sizes: Array, rising: Array) -> Iterator[float]:
    """Where `rising` goes from negative to positive, interpolated in the logarithm of the sizes; nan is left out.

    >>> [round(at, 9) for at in zeros(np.array([1, 4, 16]), np.array([-1.0, 1.0, 2.0]))]
    [2.0]
    """
    known = np.isfinite(rising)
    for (x, a), (y, b) in pairwise(zip(np.log(sizes[known]), rising[known])):
        if a <= 0 < b:
            yield float(np.exp(x + (y - x) * a / (a - b)))
