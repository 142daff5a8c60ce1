"""Functions that cannot be differentiated exactly: central differences in their place, said aloud.

A library without rules, a traced value that a function refuses, math in place of NumPy: the function runs as it is, on
plain numbers. The word for it is in the report, and a warning says why, once for each function.
"""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy import ndarray

from ..errors import DifferencesWarning, InputError, NonFiniteError, WrongDerivativeError
from .evaluation import Evaluation
from .objectives import Objective
from .residual_functions import Residuals, real_parts

Derivative = Literal["auto", "exact"]

STEP = np.finfo(float).eps ** (1 / 3)  # relative: truncation and rounding are about equal
STEP_TWICE = np.finfo(float).eps ** (1 / 4)  # of second differences
MOST_LETTERS = 240  # of a reason
PACKAGE = __name__.split(".")[0] + "."


@dataclass(frozen=True)
class ByDifferences:
    """In place of a `ModeChoice`."""

    why: str
    outputs: int
    mode: str = "differences"
    sweeps: int = 0

    @property
    def reason(self) -> str:
        return f"by central differences, since there is no exact derivative: {self.why}"


class DifferenceResiduals(Residuals):
    """Residuals whose Jacobian is one of central differences."""

    why = ""

    def value_at(self, x: ndarray) -> ndarray:
        self.counts.f += 1
        r = np.asarray(real_parts(self.flat(x.copy())), np.float64)
        self.met(float(r @ r), x)
        return r

    def jacobian_at(self, x: ndarray) -> ndarray:
        J = central(lambda z: np.asarray(real_parts(self.flat(z)), np.float64), x, self.parameters, self.sizes())
        self.counts.f += 2 * len(x)
        if not np.isfinite(J).all():
            raise NonFiniteError(f"differences of {self.name} are not finite: it is not defined around x")
        return J

    def sizes(self) -> ndarray:
        return np.abs(self.parameters.x0)

    @property
    def choice(self) -> Any:
        return ByDifferences(self.why, len(self.fun(self.x0)))


class DifferenceObjective(Objective):
    """A loss whose gradient and Hessian are those of central differences."""

    why = ""

    def value_at(self, x: ndarray) -> float:
        self.counts.f += 1
        made = self.flat(x.copy())
        self.check_number([np.asarray(made)[()]])
        value = float(made)
        self.met(value, x)
        return value

    def exact_gradient(self, x: ndarray) -> ndarray:
        self.counts.f += 2 * len(x)
        return central(self.number, x, self.parameters, np.abs(self.parameters.x0))[0]

    def number(self, z: ndarray) -> ndarray:
        return np.array([float(self.flat(z))])

    def hessian_at(self, x: ndarray) -> ndarray:
        self.counts.f += 2 * len(x) ** 2
        return second(lambda z: float(self.flat(z)), x, steps(x, np.abs(self.parameters.x0), STEP_TWICE))

    def product(self, recording: Any, p: Any) -> ndarray:
        return self.hess(recording) @ np.asarray(p, np.float64)

    def recorded_at(self, x: Any) -> Any:
        return x

    def origin(self, x: ndarray) -> str:
        return ""


def steps(x: ndarray, sizes: ndarray, relative: float) -> ndarray:
    size = np.maximum(np.abs(x), sizes)
    return relative * np.where(size > 0, size, 1.0)


def central(f: Callable[[ndarray], ndarray], x: ndarray, p: Any, sizes: ndarray) -> ndarray:
    """The Jacobian of f by central differences, on one side where a bound is near: three points, of second order."""
    columns = []
    for k, h in enumerate(steps(x, sizes, STEP)):
        lower, upper = p.lower[k], p.upper[k]
        if x[k] - h >= lower and x[k] + h <= upper:
            columns.append((f(moved(x, k, h)) - f(moved(x, k, -h))) / (2 * h))
        else:
            h = h if x[k] + 2 * h <= upper else -h
            columns.append((4 * f(moved(x, k, h)) - 3 * f(x.copy()) - f(moved(x, k, 2 * h))) / (2 * h))
    return np.stack(columns, axis=-1)


def second(f: Callable[[ndarray], float], x: ndarray, h: ndarray) -> ndarray:
    """The Hessian of f by second differences."""
    n, here = len(x), f(x.copy())
    H = np.empty((n, n))
    for i in range(n):
        H[i, i] = (f(moved(x, i, h[i])) - 2 * here + f(moved(x, i, -h[i]))) / h[i] ** 2
        for j in range(i):
            both = [f(moved(moved(x, i, s * h[i]), j, t * h[j])) for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            H[i, j] = H[j, i] = (both[0] - both[1] - both[2] + both[3]) / (4 * h[i] * h[j])
    return H


def moved(x: ndarray, k: int, h: float) -> ndarray:
    made = x.copy()
    made[k] += h
    return made


# ---- when ------------------------------------------------------------------------------------------------------------


def or_differences(evaluation: Any, derivative: Derivative) -> Any:
    """The evaluation, if its function can be differentiated at the start; else one by differences, and a warning.

    Raises
    ------
    The error that tracing raised, with derivative="exact", or where the function fails on plain numbers as well.
    """
    if derivative not in ("auto", "exact"):
        raise InputError(f"derivative={derivative!r}: write 'auto', or 'exact' to refuse differences")
    kind = {Residuals: DifferenceResiduals, Objective: DifferenceObjective}.get(type(evaluation))
    if derivative == "exact" or kind is None:
        return evaluation
    error = refusal(evaluation)
    if error is None:
        return evaluation
    made = by_differences(kind, evaluation, error)
    if made is None:
        raise error
    return made


def refusal(evaluation: Any) -> Exception | None:
    """What the function has against being differentiated at the start; None for nothing, and for what is not finite."""
    try:
        with np.errstate(all="ignore"):
            evaluation.fun(evaluation.x0)
            evaluation.jac(evaluation.x0) if isinstance(evaluation, Residuals) else evaluation.grad(evaluation.x0)
    except (NonFiniteError, WrongDerivativeError):
        return None
    except Exception as error:
        return error
    return None


def by_differences(kind: type, evaluation: Evaluation, error: Exception) -> Any:
    """The evaluation by differences; None if its function has no value on plain numbers either."""
    made = kind(evaluation.function, evaluation.parameters, evaluation.args)
    made.name = evaluation.name
    try:
        with np.errstate(all="ignore"):
            made.fun(made.x0)
    except Exception:
        return None
    made.why = reason_of(error)
    tell(made.name, made.why)
    return made


def tell(name: str, why: str) -> None:
    """Warn at the user's line."""
    said = f"{name} has no exact derivative, and central differences are taken: {why} derivative='exact' refuses them."
    warnings.warn(said, DifferencesWarning, stacklevel=users_level())


def users_level() -> int:
    """How many calls up the first line outside of this package is, counted from the caller."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    return level


def reason_of(error: Exception) -> str:
    """The first sentences of an error, on one line."""
    text = " ".join(f"{error}".split()).split(" (at ")[0] or type(error).__name__
    text = text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS].rsplit(" ", 1)[0] + " ..."
    return text if text.endswith((".", "...", ")")) else f"{text}."
