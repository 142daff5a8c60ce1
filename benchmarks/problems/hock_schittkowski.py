"""Constrained problems of Hock & Schittkowski (1981), Test Examples for Nonlinear Programming Codes, as plain NumPy.

``python -m benchmarks.problems`` solves them with exact derivatives and with SciPy's finite differences.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

import dualrev as dr

METHODS = ("SLSQP", "trust-constr")


@dataclass(frozen=True, eq=False)
class Problem:
    """min f(x) with eq(x) = 0, ineq(x) >= 0 and lo <= x <= hi; `best` is the published optimum."""

    name: str
    f: Callable[[Any], Any]
    start: list[float]
    best: float
    eq: Callable[[Any], Any] | None = None
    ineq: Callable[[Any], Any] | None = None
    lo: float | None = None
    hi: float | None = None

    @property
    def x0(self) -> np.ndarray:
        return np.array(self.start, float)

    @property
    def bounds(self) -> optimize.Bounds | None:
        if self.lo is None and self.hi is None:
            return None
        n = len(self.start)
        low, high = (-np.inf if self.lo is None else self.lo), (np.inf if self.hi is None else self.hi)
        return optimize.Bounds(np.full(n, low), np.full(n, high))

    def constraints(self) -> list[optimize.NonlinearConstraint]:
        """As SciPy takes them, without derivatives."""
        found = [optimize.NonlinearConstraint(self.eq, 0.0, 0.0)] if self.eq else []
        return found + ([optimize.NonlinearConstraint(self.ineq, 0.0, np.inf)] if self.ineq else [])

    def violation(self, x: np.ndarray) -> float:
        """By how much the constraints fail at x."""
        parts = [np.abs(self.eq(x))] if self.eq else []
        parts += [np.maximum(-self.ineq(x), 0.0)] if self.ineq else []
        return float(np.max(np.concatenate(parts), initial=0.0))


class Counted:
    """A function that counts its runs."""

    def __init__(self, function: Callable[[Any], Any]):
        self.function, self.runs, self.__name__ = function, 0, "f"

    def __call__(self, x: Any) -> Any:
        self.runs += 1
        return self.function(x)


def solved(minimize: Callable[..., Any], problem: Problem, method: str) -> tuple[Any, int, int]:
    """(result, runs of f, runs of the constraints) with default options; runs for checks and differences count too."""
    f, constraints = Counted(problem.f), problem.constraints()
    for c in constraints:
        c.fun = Counted(c.fun)
    result = minimize(f, problem.x0, method=method, bounds=problem.bounds, constraints=constraints)
    return result, f.runs, sum(c.fun.runs for c in constraints)


def stack(*values: Any) -> Any:
    return np.stack(values)


# fmt: off
PROBLEMS = [
    Problem("HS6", lambda x: (1 - x[0]) ** 2, [-1.2, 1], 0.0, eq=lambda x: stack(10 * (x[1] - x[0] ** 2))),
    Problem("HS7", lambda x: np.log(1 + x[0] ** 2) - x[1], [2, 2], -3 ** 0.5, eq=lambda x: stack((1 + x[0] ** 2) ** 2 + x[1] ** 2 - 4)),
    Problem("HS12", lambda x: 0.5 * x[0] ** 2 + x[1] ** 2 - x[0] * x[1] - 7 * x[0] - 7 * x[1], [0, 0], -30.0,
                ineq=lambda x: stack(25 - 4 * x[0] ** 2 - x[1] ** 2)),
    Problem("HS14", lambda x: (x[0] - 2) ** 2 + (x[1] - 1) ** 2, [2, 2], 9 - 2.875 * 7 ** 0.5,
                eq=lambda x: stack(x[0] - 2 * x[1] + 1), ineq=lambda x: stack(1 - x[0] ** 2 / 4 - x[1] ** 2)),
    Problem("HS26", lambda x: (x[0] - x[1]) ** 2 + (x[1] - x[2]) ** 4, [-2.6, 2, 2], 0.0,
                eq=lambda x: stack((1 + x[1] ** 2) * x[0] + x[2] ** 4 - 3)),
    Problem("HS28", lambda x: (x[0] + x[1]) ** 2 + (x[1] + x[2]) ** 2, [-4, 1, 1], 0.0, eq=lambda x: stack(x[0] + 2 * x[1] + 3 * x[2] - 1)),
    Problem("HS29", lambda x: -x[0] * x[1] * x[2], [1, 1, 1], -16 * 2 ** 0.5, ineq=lambda x: stack(48 - x[0] ** 2 - 2 * x[1] ** 2 - 4 * x[2] ** 2)),
    Problem("HS35", lambda x: 9 - 8 * x[0] - 6 * x[1] - 4 * x[2] + 2 * x[0] ** 2 + 2 * x[1] ** 2 + x[2] ** 2 + 2 * x[0] * x[1] + 2 * x[0] * x[2],
                [0.5, 0.5, 0.5], 1 / 9, ineq=lambda x: stack(3 - x[0] - x[1] - 2 * x[2]), lo=0.0),
    Problem("HS39", lambda x: -x[0], [2, 2, 2, 2], -1.0, eq=lambda x: stack(x[1] - x[0] ** 3 - x[2] ** 2, x[0] ** 2 - x[1] - x[3] ** 2)),
    Problem("HS40", lambda x: -x[0] * x[1] * x[2] * x[3], [.8] * 4, -0.25,
                eq=lambda x: stack(x[0] ** 3 + x[1] ** 2 - 1, x[0] ** 2 * x[3] - x[2], x[3] ** 2 - x[1])),
    Problem("HS43", lambda x: x[0] ** 2 + x[1] ** 2 + 2 * x[2] ** 2 + x[3] ** 2 - 5 * x[0] - 5 * x[1] - 21 * x[2] + 7 * x[3], [0] * 4, -44.0,
                ineq=lambda x: stack(8 - np.sum(x ** 2) - x[0] + x[1] - x[2] + x[3],
                                          10 - x[0] ** 2 - 2 * x[1] ** 2 - x[2] ** 2 - 2 * x[3] ** 2 + x[0] + x[3],
                                          5 - 2 * x[0] ** 2 - x[1] ** 2 - x[2] ** 2 - 2 * x[0] + x[1] + x[3])),
    Problem("HS48", lambda x: (x[0] - 1) ** 2 + (x[1] - x[2]) ** 2 + (x[3] - x[4]) ** 2, [3, 5, -3, 2, -2], 0.0,
                eq=lambda x: stack(np.sum(x) - 5, x[2] - 2 * (x[3] + x[4]) + 3)),
    Problem("HS71", lambda x: x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2], [1, 5, 5, 1], 17.0140172892,
                eq=lambda x: stack(np.sum(x ** 2) - 40), ineq=lambda x: stack(np.prod(x) - 25), lo=1.0, hi=5.0),
    Problem("HS76", lambda x: x[0] ** 2 + 0.5 * x[1] ** 2 + x[2] ** 2 + 0.5 * x[3] ** 2 - x[0] * x[2] + x[2] * x[3] - x[0] - 3 * x[1] + x[2] - x[3],
                [0.5] * 4, -4.681818181818, ineq=lambda x: stack(5 - x[0] - 2 * x[1] - x[2] - x[3], 4 - 3 * x[0] - x[1] - 2 * x[2] + x[3], x[1] + 4 * x[2] - 1.5), lo=0.0),
    Problem("HS78", lambda x: np.prod(x), [-2, 1.5, 2, -1, -1], -2.91970041,
                eq=lambda x: stack(np.sum(x ** 2) - 10, x[1] * x[2] - 5 * x[3] * x[4], x[0] ** 3 + x[1] ** 3 + 1)),
    Problem("HS100", lambda x: (x[0] - 10) ** 2 + 5 * (x[1] - 12) ** 2 + x[2] ** 4 + 3 * (x[3] - 11) ** 2 + 10 * x[4] ** 6 + 7 * x[5] ** 2 + x[6] ** 4 - 4 * x[5] * x[6] - 10 * x[5] - 8 * x[6],
                 [1, 2, 0, 4, 0, 1, 1], 680.6300573,
                 ineq=lambda x: stack(127 - 2 * x[0] ** 2 - 3 * x[1] ** 4 - x[2] - 4 * x[3] ** 2 - 5 * x[4],
                                           282 - 7 * x[0] - 3 * x[1] - 10 * x[2] ** 2 - x[3] + x[4],
                                           196 - 23 * x[0] - x[1] ** 2 - 6 * x[5] ** 2 + 8 * x[6],
                                           -4 * x[0] ** 2 - x[1] ** 2 + 3 * x[0] * x[1] - 2 * x[2] ** 2 - 5 * x[5] + 11 * x[6])),
    Problem("HS113", lambda x: x[0] ** 2 + x[1] ** 2 + x[0] * x[1] - 14 * x[0] - 16 * x[1] + (x[2] - 10) ** 2 + 4 * (x[3] - 5) ** 2 + (x[4] - 3) ** 2
                 + 2 * (x[5] - 1) ** 2 + 5 * x[6] ** 2 + 7 * (x[7] - 11) ** 2 + 2 * (x[8] - 10) ** 2 + (x[9] - 7) ** 2 + 45,
                 [2, 3, 5, 5, 1, 2, 7, 3, 6, 10], 24.3062091,
                 ineq=lambda x: stack(105 - 4 * x[0] - 5 * x[1] + 3 * x[6] - 9 * x[7], -10 * x[0] + 8 * x[1] + 17 * x[6] - 2 * x[7],
                                           8 * x[0] - 2 * x[1] - 5 * x[8] + 2 * x[9] + 12,
                                           -3 * (x[0] - 2) ** 2 - 4 * (x[1] - 3) ** 2 - 2 * x[2] ** 2 + 7 * x[3] + 120,
                                           -5 * x[0] ** 2 - 8 * x[1] - (x[2] - 6) ** 2 + 2 * x[3] + 40,
                                           -0.5 * (x[0] - 8) ** 2 - 2 * (x[1] - 4) ** 2 - 3 * x[4] ** 2 + x[5] + 30,
                                           -x[0] ** 2 - 2 * (x[1] - 2) ** 2 + 2 * x[0] * x[1] - 14 * x[4] + 6 * x[5],
                                           3 * x[0] - 6 * x[1] - 12 * (x[8] - 8) ** 2 + 7 * x[9])),
]
# fmt: on


def table() -> str:
    """A line for each problem and method: how near the optimum, the violation, and the runs of f and constraints."""
    sides = f"{'dr.minimize, exact derivatives':^36}   {'scipy.optimize.minimize, differences':^36}"
    columns = f"{'f - f*':>9} {'violation':>9} {'f':>7} {'c':>8}"
    lines = [f"{'':8} {'':13}{sides}".rstrip(), f"{'problem':8} {'method':13}{columns}   {columns}"]
    totals = np.zeros(4, int)
    for problem in PROBLEMS:
        for method in METHODS:
            cells = []
            for k, minimize in enumerate((dr.minimize, optimize.minimize)):
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    result, f, c = solved(minimize, problem, method)
                totals[2 * k : 2 * k + 2] += f, c
                cells.append(f"{result.fun - problem.best:9.1e} {problem.violation(result.x):9.1e} {f:7} {c:8}")
            lines.append(f"{problem.name:8} {method:13}{'   '.join(cells)}")
    ours, theirs = totals[:2], totals[2:]
    said = f"runs in all: {ours[0]} of f and {ours[1]} of constraints with exact derivatives"
    return "\n".join([*lines, f"{said}, {theirs[0]} and {theirs[1]} with differences"])


if __name__ == "__main__":
    print(table())
