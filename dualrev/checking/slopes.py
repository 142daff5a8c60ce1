"""The derivative of a function along a line, from its values alone, with an estimate of its own error.

Differences on a ladder of steps, each a quarter of the one before, extrapolated. A window of the ladder counts only
where the differences converge as they do for a smooth function; a kink shows in the second difference, which does not
shrink there as fast as the step does.

Source: Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x); Nocedal & Wright (2006), section 8.1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np
from numpy import ndarray

FIRST = 1 / 16  # the first step, in units of the scale of the point
RATIO = 4.0
DOWN, UP = 20, 12  # levels: how many smaller steps, and how many larger ones where the first is lost in noise
GOOD = 1e-8  # relative: an error estimate that needs no further level
FLAT = 1e-4  # of the value: a slope that counts as one where 0 is claimed
SHRINK = 0.5  # by which differences must shrink from level to level, at least
HEARD = 0.1  # of a jump: an estimate that is better than that has left the kink behind
SLOW = 1.5  # times the change that the power of the step allows
LOUD = 16.0  # times the rounding error: what is louder than noise
ALMOST = 4.0  # times the error of another estimate: one that is as good
TELLING = 0.1  # of the difference from the claim: noise that is louder tells nothing of it
DENIED, SHARP = (
    10.0,
    1e-3,
)  # an estimate is denied by one with smaller steps: by so many errors; and how good that must be
CENTRAL, ONE_SIDED = (2, 4), (1, 2, 3)  # the powers of the step in the error of each formula

Line = Callable[[float], ndarray]


@dataclass(eq=False)
class Slope:
    """The derivative along a line, one number per output.

    value, error: the best estimate, and what it may be off by; inf where no window converges. step: where it was found.
    jump: by how much the slopes on both sides differ at the smallest step, where they do. left, right: those slopes at
    the best step, and jump_error what they may be off by. silent: was it found where the values do not change at all,
    though they do at larger steps? finite: were the values finite at enough steps? one_sided: are they so on one side
    only? size: the largest value that was met. rival, rival_error: an estimate that smaller steps denied, if there is
    one; either may be the accident. steps, estimates: plain differences, of every level.
    """

    value: ndarray
    error: ndarray
    step: ndarray
    jump: ndarray
    jump_error: ndarray
    left: ndarray
    right: ndarray
    silent: ndarray
    finite: ndarray
    one_sided: ndarray
    size: ndarray
    rival: ndarray
    rival_error: ndarray
    steps: list[float] = field(default_factory=list)
    estimates: list[ndarray] = field(default_factory=list)

    @classmethod
    def unknown(cls, m: int, one_sided: bool = False) -> "Slope":
        nan, no = np.full(m, np.nan), np.zeros(m, bool)
        inf, zero = np.full(m, np.inf), np.zeros(m)
        return cls(nan, inf, nan, zero, inf, nan, nan, no, no, np.full(m, one_sided), zero, nan, inf)

    def take(self, other: "Slope", better: ndarray, names: Sequence[str]) -> None:
        """Keep what another estimate says where it is better."""
        for name in names:
            setattr(self, name, np.where(better, getattr(other, name), getattr(self, name)))

    def learn(self, found: "Slope") -> None:
        """What a window with smaller steps adds: a better estimate, a denial of this one, news of a kink."""
        self.finite, self.size = self.finite | found.finite, found.size
        self.take(found, found.jump_error < self.jump_error, ("jump_error", "left", "right"))
        clear = found.error < SHARP * np.abs(found.value)
        self.jump = np.where((found.jump > 0) | clear, found.jump, self.jump)
        denied = contradicted(self, found)
        lost = denied & (self.error < self.rival_error)
        self.rival, self.rival_error = np.where(lost, (self.value, self.error), (self.rival, self.rival_error))
        contested = disputed(self, found) & ~denied
        self.error = np.where(contested, np.fmax(self.error, np.abs(found.value - self.value)), self.error)
        self.take(found, (found.error < self.error) | denied, ESTIMATE)

    def expected(self, t: float) -> ndarray:
        """The plain difference with step t, as those with smaller steps have it if f is smooth."""
        k = self.steps.index(FIRST)
        powers = np.vander(np.square(self.steps[k : k + 3]), increasing=True)
        curve = np.linalg.solve(powers, np.array(self.estimates[k : k + 3]))
        return np.array([1.0, t**2, t**4]) @ curve


ESTIMATE = ("value", "error", "step", "silent", "one_sided")
EVERYTHING = [part.name for part in fields(Slope) if part.name not in ("steps", "estimates")]


@dataclass(frozen=True, eq=False)
class Values:
    """What is known of phi: phi(0), the noise of its values, the precision of x, and the slope that is claimed."""

    phi: Line
    middle: ndarray
    noise: ndarray
    precision: float
    claimed: ndarray
    thorough: bool = False

    def rounding(self, quotient: ndarray, size: ndarray, t: float) -> ndarray:
        """What noise and rounding make of a difference quotient at step t, of values of that size."""
        return (np.maximum(self.noise, self.precision * size) + self.precision * np.abs(quotient)) / t

    def enough(self, value: ndarray) -> ndarray:
        """The error that is small enough: relative to the slope; where 0 is claimed, to a slope that would matter."""
        size = np.where(self.claimed == 0, FLAT * np.abs(self.middle), np.fmax(np.abs(value), np.abs(self.claimed)))
        return GOOD * size


def slope(
    phi: Line,
    middle: ndarray,
    noise: ndarray,
    precision: float = 2.0**-52,
    claimed: ndarray | None = None,
    thorough: bool = False,
) -> Slope:
    """The derivative of phi at 0, where phi(0) is `middle` and `noise` the size of its errors.

    phi may be nan where it is not defined; one-sided differences are taken where it is so on one side. precision: the
    machine epsilon of the place, to which phi rounds its argument. claimed: a slope to agree with; a ladder that agrees
    may end early, and no other. thorough: go on as long as noise does not hide the difference from the claim.

    >>> found = slope(lambda t: np.array([np.exp(t)]), np.array([1.0]), np.array([2.0**-52]))
    >>> bool(abs(found.value[0] - 1) < found.error[0] < 1e-9)
    True
    """
    unknown = np.full(len(middle), np.nan)
    claimed = unknown if claimed is None else np.where(np.isfinite(claimed), claimed, np.nan)
    known = Values(phi, middle, noise, precision, claimed, thorough)
    with np.errstate(all="ignore"):
        found = two_sided(known)
        for side in (1.0, -1.0):
            if not found.finite.all():
                alone = one_sided(known, side)
                if not found.steps:
                    found.steps, found.estimates = alone.steps, alone.estimates
                found.take(alone, ~found.finite & alone.finite, EVERYTHING)
    return found


# ---- two sides -------------------------------------------------------------------------------------------------------


class Ladder:
    """Central differences, the largest step first; and the second differences over the step, which tell kinks apart."""

    def __init__(self, known: Values):
        self.known = known
        self.steps: list[float] = []
        self.firsts: list[ndarray] = []
        self.seconds: list[ndarray] = []
        self.sizes: list[ndarray] = []

    def look(self, t: float) -> None:
        above, below = self.known.phi(t), self.known.phi(-t)
        at = 0 if self.steps and t > self.steps[0] else len(self.steps)
        self.steps.insert(at, t)
        self.sizes.insert(at, np.fmax(np.abs(above), np.abs(below)))
        self.firsts.insert(at, (above - below) / (2 * t))
        self.seconds.insert(at, (above - 2 * self.known.middle + below) / t)

    def window(self, k: int) -> tuple[Slope, ndarray, ndarray]:
        """What levels k, k + 1, k + 2 say; with the errors of extrapolation and of rounding."""
        firsts, seconds, t = self.firsts[k : k + 3], self.seconds[k : k + 3], self.steps[k + 2]
        found = Slope.unknown(len(self.known.middle))
        rounding = self.known.rounding(firsts[-1], self.sizes[k + 2], t)
        calm = shrinking(seconds, rounding)
        value, truncation = extrapolated(firsts, CENTRAL, rounding)
        found.size = np.fmax.reduce([np.abs(self.known.middle), *self.sizes])
        found.value, found.step = value, np.full_like(value, t)
        found.error = np.where(converging(firsts, rounding) & calm, truncation + 2 * rounding, np.inf)
        kink = ~calm & converging(seconds, rounding)
        found.jump = np.where(kink, np.abs(seconds[-1]), 0.0)
        found.jump_error = np.where(kink, np.abs(seconds[-1] - seconds[-2]) + rounding, np.inf)
        found.left, found.right = (np.where(kink, firsts[-1] + s * seconds[-1] / 2, np.nan) for s in (-1, 1))
        found.finite = np.logical_and.reduce(np.isfinite(firsts))
        found.silent = self.still(k) & np.array([f != 0 for f in self.firsts[:k]], bool).any(axis=0)
        return found, truncation, rounding

    def level(self) -> ndarray:
        """Are the values those in the middle, all but the furthest?"""
        near = [(f == 0) & (s == 0) for t, f, s in zip(self.steps, self.firsts, self.seconds) if t < FIRST]
        return np.logical_and.reduce(near)

    def still(self, k: int) -> ndarray:
        """Are all values of a window those in the middle?"""
        return np.all([(f == 0) & (s == 0) for f, s in zip(self.firsts[k : k + 3], self.seconds[k : k + 3])], axis=0)


def two_sided(known: Values) -> Slope:
    """By central differences, with smaller steps as long as they help, and larger ones where noise is all there is."""
    best, ladder = Slope.unknown(len(known.middle)), Ladder(known)
    windows = []
    for k in range(DOWN):
        ladder.look(FIRST / RATIO**k)
        if k >= 2:
            found, truncation, rounding = ladder.window(k - 2)
            windows.append(found)
            best.learn(found)
            if settled(best, truncation, rounding, known):
                break
    agreed = np.logical_and.reduce([agreeing(w, best) | (w.step <= best.step) for w in windows])
    for k in range(1, UP):
        done = (best.error <= known.enough(best.value)) | (best.jump > 0) | ~agreed
        if not best.finite.all() or done.all():
            break
        ladder.look(FIRST * RATIO**k)
        found, truncation, rounding = ladder.window(0)
        agreed &= agreeing(found, best)
        best.take(found, agreed & (found.error < best.error), ESTIMATE)
        if not (found.finite & (truncation < rounding)).any():
            break
    best.steps, best.estimates = ladder.steps, ladder.firsts
    best.jump = np.where(best.error < HEARD * best.jump, 0.0, best.jump)  # it was further away
    best.error = np.where((known.claimed == 0) & ladder.level(), 0.0, best.error)
    return best


# ---- one side --------------------------------------------------------------------------------------------------------


def one_sided(known: Values, side: float) -> Slope:
    """By differences to one side."""
    best = Slope.unknown(len(known.middle), one_sided=True)
    for k in range(DOWN):
        t = FIRST / RATIO**k
        best.steps.append(t)
        there = known.phi(side * t)
        best.estimates.append((there - known.middle) / (side * t))
        best.size = np.fmax(best.size, np.abs(there))
        if k >= 3:
            window = best.estimates[-4:]
            rounding = 2 * known.rounding(window[-1], np.abs(there), t)
            value, truncation = extrapolated(window, ONE_SIDED, rounding)
            truncation = np.maximum(truncation, irregular(window, rounding))
            error = np.where(converging(window, rounding), truncation + 2 * rounding, np.inf)
            better = error < best.error
            best.value, best.error = np.where(better, value, best.value), np.where(better, error, best.error)
            best.step = np.where(better, t, best.step)
            best.finite = best.finite | np.isfinite(window).all(axis=0)
            if settled(best, truncation, rounding, known):
                break
    return best


# ---- windows ---------------------------------------------------------------------------------------------------------


def contradicted(best: Slope, found: Slope) -> ndarray:
    """Does a window with smaller steps deny an earlier one?

    Then that one converged by accident, as on fast waves; or this one did, where small steps meet rounding on the way.
    """
    apart = np.abs(found.value - best.value)
    return (apart > DENIED * (found.error + best.error)) & (found.error < SHARP * np.abs(found.value))


def agreeing(found: Slope, best: Slope) -> ndarray:
    """Is it an estimate, and within both errors of the best one? Beyond a step that is not, f is another curve."""
    return np.isfinite(found.error) & (np.abs(found.value - best.value) <= found.error + best.error)


def disputed(best: Slope, found: Slope) -> ndarray:
    """Are two estimates of like error further apart than both errors? Then the errors are too small."""
    apart = np.abs(found.value - best.value)
    return (apart > found.error + best.error) & (found.error < ALMOST * best.error)


def settled(best: Slope, truncation: ndarray, rounding: ndarray, known: Values) -> bool:
    """Would a smaller step gain nothing? Where the claim is not met, there is always something to gain but noise."""
    near, apart = known.enough(best.value), np.abs(best.value - known.claimed)
    met = ~(apart > near + best.error)  # no claim is met, too
    lost = (
        (rounding > truncation) & np.isfinite(best.error) & (met | (rounding > TELLING * apart) | (not known.thorough))
    )
    return bool((((best.error <= near) & met) | lost).all())


def converging(estimates: list[ndarray], rounding: ndarray) -> ndarray:
    """Do the changes from level to level shrink?"""
    return shrinking([b - a for a, b in pairwise(estimates)], rounding)


def shrinking(sizes: list[ndarray], rounding: ndarray) -> ndarray:
    """Is each at most half of the one before, or no louder than noise?"""
    small = [np.abs(b) <= np.maximum(SHRINK * np.abs(a), LOUD * rounding) for a, b in pairwise(sizes)]
    return np.logical_and.reduce(small)


def irregular(estimates: list[ndarray], rounding: ndarray) -> ndarray:
    """A share of the last change, where it is not in proportion to the step: at an edge powers may be fractions."""
    earlier, later = (np.abs(b - a) for a, b in pairwise(estimates[-3:]))
    return np.where((SLOW * later < earlier / RATIO) & (later > LOUD * rounding), later / RATIO, 0.0)


def extrapolated(
    estimates: list[ndarray], powers: tuple[int, ...], rounding: ndarray | float = 0.0
) -> tuple[ndarray, ndarray]:
    """The limit of estimates at t, t/4, t/16, ... whose error has these powers of t, and what it may be off by.

    Where the estimates do not change as the first of these powers does (at an edge of a higher derivative), the last
    one is the limit, as good as its last change.

    >>> t = np.array([1.0, 0.25, 0.0625])
    >>> value, error = extrapolated([np.array([2 + 3 * s**2 + s**4]) for s in t], (2, 4))
    >>> value, bool(error < 0.02)
    (array([2.]), True)
    >>> extrapolated([np.array([2 + s]) for s in t], (2, 4))
    (array([2.0625]), array([0.1875]))
    """
    column = before = estimates
    for power in powers:
        factor = RATIO**power
        before, column = column, [(factor * b - a) / (factor - 1) for a, b in pairwise(column)]
    value = column[-1]
    off = np.maximum(np.abs(value - before[-1]), np.abs(value - before[-2]) / RATIO ** powers[-1])
    earlier, later = (np.abs(b - a) for a, b in pairwise(estimates[-3:]))
    slow = (later > SLOW * earlier / RATIO ** powers[0]) & (later > LOUD * rounding)
    return np.where(slow, estimates[-1], value), np.where(slow, later, off)
