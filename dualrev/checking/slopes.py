"""The derivative of a function along a line, from its values alone, with an estimate of its own error.

Differences on a ladder of steps, each a quarter of the one before, extrapolated. A window of the ladder counts only where
the differences converge as they do for a smooth function; a kink shows in the second difference, which does not shrink with
the step there.

Source: Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x); Nocedal & Wright (2006), section 8.1.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy import ndarray

FIRST = 1 / 16  # the first step, in units of the scale of the point
RATIO = 4.0
MOST = 20  # levels
GOOD = 1e-8  # relative: an error estimate that needs no further level
SHRINK = 0.5  # by which differences must shrink from level to level, at least
HEARD = 0.1  # of a jump: an estimate that is better than that has left the kink behind
LOUD = 16.0  # times the rounding error: what is louder than noise
CENTRAL, ONE_SIDED = (2, 4), (1, 2, 3)  # the powers of the step in the error of each formula

Line = Callable[[float], ndarray]


@dataclass
class Slope:
    """The derivative along a line, one number per output.

    value, error: the best estimate, and what it may be off by; inf where no window converges. jump: by how much the slopes
    on both sides differ, where they do. step: where the estimate was found. steps, estimates: those of every level, for a plot
    of error against step. finite: were the values finite at enough steps?
    """

    value: ndarray
    error: ndarray
    jump: ndarray
    step: ndarray
    steps: list[float] = field(default_factory=list)
    estimates: list[ndarray] = field(default_factory=list)
    finite: bool = False
    one_sided: bool = False

    @classmethod
    def unknown(cls, m: int, one_sided: bool = False) -> "Slope":
        nan = np.full(m, np.nan)
        return cls(nan, np.full(m, np.inf), np.zeros(m), nan, one_sided=one_sided)

    def take(self, value: ndarray, error: ndarray, t: float) -> None:
        """Keep an estimate wherever it is better than the one there is."""
        better = error < self.error
        self.value = np.where(better, value, self.value)
        self.step = np.where(better, t, self.step)
        self.error = np.where(better, error, self.error)


def slope(phi: Line, middle: ndarray, noise: ndarray, sides: tuple[bool, bool] = (True, True)) -> Slope:
    """The derivative of phi at 0, where phi(0) is `middle` and `noise` the size of its errors.

    sides: may phi be asked below 0, and above? With one side only, one-sided differences are taken.
    """
    found = two_sided(phi, middle, noise) if all(sides) else Slope.unknown(len(middle))
    if found.finite:
        return found
    for side in (1.0, -1.0):
        if sides[side > 0]:
            alone = one_sided(phi, middle, noise, side)
            if alone.finite:
                return alone
    return found


def two_sided(phi: Line, middle: ndarray, noise: ndarray) -> Slope:
    """By central differences; the second difference, over the step, tells kinks apart."""
    best, firsts, seconds = Slope.unknown(len(middle)), [], []
    t = FIRST
    with np.errstate(all="ignore"):
        for _ in range(MOST):
            above, below = phi(t), phi(-t)
            if np.isfinite(above).all() and np.isfinite(below).all():
                firsts.append((above - below) / (2 * t))
                seconds.append((above - 2 * middle + below) / t)
                best.steps.append(t)
                best.estimates.append(firsts[-1])
                if len(firsts) >= 3:
                    best.finite = True
                    rounding = (noise + np.finfo(float).eps * np.abs(firsts[-1])) / t
                    smooth = converging(firsts[-3:], rounding) & shrinking(seconds[-3:], rounding)
                    value, truncation = extrapolated(firsts[-3:], CENTRAL)
                    best.take(value, np.where(smooth, truncation + 2 * rounding, np.inf), t)
                    loud = ~shrinking(seconds[-3:], rounding) & converging(seconds[-3:], rounding)
                    best.jump = np.where(loud, np.abs(seconds[-1]), best.jump)
                    if settled(best, truncation, rounding):
                        break
            t /= RATIO
        best.jump = np.where(best.error < HEARD * best.jump, 0.0, best.jump)  # it was further away
    return best


def one_sided(phi: Line, middle: ndarray, noise: ndarray, side: float) -> Slope:
    """By differences to one side."""
    best, quotients = Slope.unknown(len(middle), one_sided=True), []
    t = FIRST
    with np.errstate(all="ignore"):
        for _ in range(MOST):
            there = phi(side * t)
            if np.isfinite(there).all():
                quotients.append((there - middle) / (side * t))
                best.steps.append(t)
                best.estimates.append(quotients[-1])
                if len(quotients) >= 4:
                    best.finite = True
                    rounding = 2 * (noise + np.finfo(float).eps * np.abs(quotients[-1])) / t
                    smooth = converging(quotients[-4:], rounding)
                    value, truncation = extrapolated(quotients[-4:], ONE_SIDED)
                    best.take(value, np.where(smooth, truncation + 2 * rounding, np.inf), t)
                    if settled(best, truncation, rounding):
                        break
            t /= RATIO
    return best


def settled(best: Slope, truncation: ndarray, rounding: ndarray) -> bool:
    """Would a smaller step gain nothing?"""
    enough = (best.error <= GOOD * np.abs(best.value)) | ((rounding > truncation) & np.isfinite(best.error))
    return bool(enough.all())


def converging(estimates: list[ndarray], rounding: ndarray) -> ndarray:
    """Do the changes from level to level shrink?"""
    return shrinking([b - a for a, b in pairwise(estimates)], rounding)


def shrinking(sizes: list[ndarray], rounding: ndarray) -> ndarray:
    """Is each at most half of the one before, or no louder than noise?"""
    small = [np.abs(b) <= np.maximum(SHRINK * np.abs(a), LOUD * rounding) for a, b in pairwise(sizes)]
    return np.logical_and.reduce(small)


def extrapolated(estimates: list[ndarray], powers: tuple[int, ...]) -> tuple[ndarray, ndarray]:
    """The limit of estimates at t, t/4, t/16, ... whose error has these powers of t, and what it may be off by.

    >>> t = np.array([1.0, 0.25, 0.0625])
    >>> value, error = extrapolated([np.array([2 + 3 * s**2 + s**4]) for s in t], (2, 4))
    >>> value, bool(error < 0.02)
    (array([2.]), True)
    """
    column = before = estimates
    for power in powers:
        factor = RATIO**power
        before, column = column, [(factor * b - a) / (factor - 1) for a, b in pairwise(column)]
    value = column[-1]
    return value, np.maximum(np.abs(value - before[-1]), np.abs(value - before[-2]) / RATIO ** powers[-1])
