"""The derivative of a function along a line, from its values alone, with an estimate of its own error.

Central differences on a ladder of steps, each a quarter of the one before, extrapolated twice; what the last levels
still disagree about is the truncation error, and the noise of the function over the step is the rest. A kink shows in
the second difference, which then does not shrink with the step.

Source: Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x); Nocedal & Wright (2006), section 8.1.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy import ndarray

FIRST = 1 / 16  # the first step, in units of the scale of the point
RATIO = 4.0
LEVELS = 3  # before anything can be said
MOST = 14  # levels in all
GOOD = 1e-9  # relative: an error estimate that needs no further level
CENTRAL, SECOND, ONE_SIDED = (2, 4), (1, 3), (1, 2)  # the powers of the step in the error of each formula

Line = Callable[[float], ndarray]


@dataclass
class Slope:
    """The derivative along a line, one number per output.

    value, error: the best estimate of each, and what it may be off by. jump: how much the slopes on both sides differ where
    that is more than noise, else 0. step: where the best estimate was found. steps, estimates: those of every level, for a
    plot of error against step. finite: were values on both sides finite at any step?
    """

    value: ndarray
    error: ndarray
    jump: ndarray
    step: ndarray
    steps: list[float] = field(default_factory=list)
    estimates: list[ndarray] = field(default_factory=list)
    finite: bool = True
    one_sided: bool = False


def slope(phi: Line, middle: ndarray, noise: ndarray, sides: tuple[bool, bool] = (True, True)) -> Slope:
    """The derivative of phi at 0, where phi(0) is `middle` and `noise` the size of its rounding errors.

    sides: may phi be asked below 0, and above? With one side only, one-sided differences are taken.
    """
    found = ladder(phi, middle, noise) if all(sides) else None
    if found is None or not found.finite:
        side = 1.0 if sides[1] else -1.0
        alone = one_sided(phi, middle, noise, side)
        if not alone.finite and sides == (True, True):
            alone = one_sided(phi, middle, noise, -side)
        found = alone if alone.finite or found is None else found
    return found


def ladder(phi: Line, middle: ndarray, noise: ndarray) -> Slope:
    m = len(middle)
    best = Slope(np.full(m, np.nan), np.full(m, np.inf), np.zeros(m), np.full(m, np.nan), finite=False)
    firsts: list[ndarray] = []
    seconds: list[ndarray] = []
    roughness: ndarray | None = None
    t = FIRST
    with np.errstate(all="ignore"):
        for level in range(MOST):
            above, below = phi(t), phi(-t)
            if not (np.isfinite(above).all() and np.isfinite(below).all()):
                firsts, seconds = [], []
                t /= RATIO
                continue
            first, second = (above - below) / (2 * t), (above - 2 * middle + below) / t
            if roughness is None:
                roughness = noise * (1 + np.abs(first) / np.maximum(np.abs(middle), np.finfo(float).tiny) * 0)
            firsts.append(first)
            seconds.append(second)
            best.steps.append(t)
            best.estimates.append(first)
            if len(firsts) >= LEVELS:
                best.finite = True
                rounding = (noise + np.finfo(float).eps * np.abs(first)) / t
                value, truncation = extrapolated(firsts[-LEVELS:], CENTRAL)
                jump, _ = extrapolated(seconds[-LEVELS:], SECOND)
                kink = np.where(np.abs(jump) > 16 * rounding, np.abs(jump), 0.0)
                error = truncation + 2 * rounding + kink
                better = error < best.error
                for name, new in (("value", value), ("error", error), ("jump", kink), ("step", np.full(m, t))):
                    setattr(best, name, np.where(better, new, getattr(best, name)))
                enough = (best.error <= GOOD * np.abs(best.value)) | (rounding > truncation + kink)
                if enough.all():
                    break
            t /= RATIO
    return best


def one_sided(phi: Line, middle: ndarray, noise: ndarray, side: float) -> Slope:
    m = len(middle)
    best = Slope(np.full(m, np.nan), np.full(m, np.inf), np.zeros(m), np.full(m, np.nan), finite=False, one_sided=True)
    quotients: list[ndarray] = []
    t = FIRST
    with np.errstate(all="ignore"):
        for _ in range(MOST):
            there = phi(side * t)
            if not np.isfinite(there).all():
                quotients = []
                t /= RATIO
                continue
            quotients.append((there - middle) / (side * t))
            best.steps.append(t)
            best.estimates.append(quotients[-1])
            if len(quotients) > LEVELS:
                best.finite = True
                rounding = (noise + np.finfo(float).eps * np.abs(quotients[-1])) / t
                value, truncation = extrapolated(quotients[-LEVELS - 1 :], (1, 2, 3))
                error = truncation + 4 * rounding
                better = error < best.error
                for name, new in (("value", value), ("error", error), ("step", np.full(m, t))):
                    setattr(best, name, np.where(better, new, getattr(best, name)))
                if ((best.error <= GOOD * np.abs(best.value)) | (4 * rounding > truncation)).all():
                    break
            t /= RATIO
    return best


def extrapolated(estimates: list[ndarray], powers: tuple[int, ...]) -> tuple[ndarray, ndarray]:
    """The limit of estimates at t, t/4, t/16, ... whose error has these powers of t, and what it may be off by.

    >>> t = np.array([1.0, 0.25, 0.0625])
    >>> value, error = extrapolated([np.array([2 + 3 * s**2 + s**4]) for s in t], (2, 4))
    >>> value, bool(error < 0.02)
    (array([2.]), True)
    """
    column, before = estimates, estimates
    for power in powers:
        factor = RATIO**power
        before, column = column, [(factor * b - a) / (factor - 1) for a, b in zip(column, column[1:])]
    value = column[-1]
    return value, np.maximum(np.abs(value - before[-1]), np.abs(value - before[-2]) / RATIO ** powers[-1])
