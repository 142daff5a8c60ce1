"""Before the first step: is the derivative that the optimiser will be given the derivative of the function?

One random direction, three ways: forward mode, reverse mode (or the derivative that the user wrote), and central
differences with an estimate of their own error. Only what is clearly wrong stops a run; what cannot be told apart from
a kink, from noise or from the edge of the domain does not.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy import ndarray

from ..errors import InputError, WrongDerivativeError
from ..forward.jvp import jvp

CLEARLY = 1e-3  # relative: a smaller error of a derivative does not stop a run
STEP = np.finfo(float).eps ** (1 / 3)

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]


class Preflight(NamedTuple):
    """What the check found: directional derivatives by three ways, the error of the difference, and the verdict."""

    verdict: Verdict
    forward: Any
    claimed: Any
    difference: Any
    error: Any

    def __str__(self) -> str:
        return (
            f"derivative along a random direction: forward mode {shown(self.forward)}, claimed {shown(self.claimed)}, "
            f"central differences {shown(self.difference)} +- {shown(self.error)}: {self.verdict}"
        )


def shown(x: Any) -> str:
    x = np.ravel(x)
    return f"{x[0]:.6g}" if x.size == 1 else f"{np.linalg.norm(x):.6g} (norm)"


def preflight(f: Callable[[Any], Any], x: ndarray, claimed: Callable[[ndarray], Any], name: str) -> Preflight:
    """Check a derivative of f at x along one direction; f takes a flat vector and gives a number or a vector.

    claimed: d -> the derivative along d that is to be trusted, from reverse mode or from the user.

    Raises
    ------
    WrongDerivativeError
        If it is wrong beyond doubt.
    """
    d = direction(x)
    forward = flattened(jvp(f, (x,), (d,))[1])
    given = flattened(claimed(d))
    if given.shape != forward.shape:
        raise InputError(
            f"the derivative of {name} has shape {given.shape} along a direction, in place of {forward.shape}"
        )
    difference, error = central(f, x, d)
    found = Preflight(judged(forward, given, difference, error), forward, given, difference, error)
    if found.verdict == "FAIL":
        raise WrongDerivativeError(
            f"the derivative of {name} is wrong at the start: {found}. Look at the gradient or Jacobian you wrote, or at "
            "the rule of an op of your own; check=False goes on regardless"
        )
    return found


def direction(x: ndarray) -> ndarray:
    """A direction without pattern, the same each time, scaled as x is."""
    d = np.cos(np.arange(1.0, x.size + 1) ** 2)
    scale = np.abs(x)
    return d * np.maximum(scale, 1e-3 * max(scale.max(), 1.0))


def central(f: Callable[[Any], Any], x: ndarray, d: ndarray) -> tuple[ndarray, ndarray]:
    """The central difference of f along d, and an estimate of its error: truncation, and the round-off of f."""
    with np.errstate(all="ignore"):
        high, low = (flattened(f(x + STEP * d)), flattened(f(x - STEP * d)))
        far_high, far_low = (flattened(f(x + 3 * STEP * d)), flattened(f(x - 3 * STEP * d)))
        near, far = (high - low) / (2 * STEP), (far_high - far_low) / (6 * STEP)
        rounding = np.finfo(float).eps * (np.abs(high) + np.abs(low)) / STEP
        return near, np.abs(near - far) + rounding


def judged(forward: ndarray, given: ndarray, difference: ndarray, error: ndarray) -> Verdict:
    scale = max(np.abs(forward).max(initial=0.0), np.abs(given).max(initial=0.0))
    apart = np.abs(forward - given) > CLEARLY * scale
    if not (np.isfinite(forward).all() and np.isfinite(given).all()):
        return "INCONCLUSIVE"
    if not np.isfinite(difference).all():
        return "FAIL" if apart.any() else "INCONCLUSIVE"
    budget = 10 * error + CLEARLY * scale
    if (np.abs(given - difference) > budget).any():
        return "FAIL"
    if apart.any():
        return "INCONCLUSIVE" if (error > CLEARLY * scale).any() else "FAIL"
    return "INCONCLUSIVE" if (error > 0.1 * scale).any() else "PASS"


def flattened(y: Any) -> ndarray:
    return np.ravel(np.asarray(y, np.float64))
