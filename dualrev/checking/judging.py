"""The judge of one point: a claimed derivative along a line, against differences of the values of the function."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from .functions import Claimed, Subject, Traced, scales
from .noise import noise_of
from .points import Box
from .report import Verdict, far_off
from .slopes import FIRST, Slope, slope
from .tolerances import computed_to

UNSURE = 0.02  # a budget larger than that share of the derivative decides nothing
CONFIDENT = 3.0  # times the estimated error of the reference
SECOND_LOOK = 11 / 16  # the steps of the ladder that a failure must be seen on, too
AGREE, DOUBTED, ALIKE = (
    0.2,
    10.0,
    1e-3,
)  # how well both must agree: of the difference from yours, of their errors, relative
FINER, HEARD = 64.0, 0.03  # smaller steps are looked at as well, while noise is less than that share of the difference
TIMES = 3  # differences that must agree in a row; each with a step so many times smaller
SMALLEST = 2.0**-50  # in units of the scale
FITTED, DEGREE, REACH = 16, 7, 4.0  # points, and the polynomial through them, within so many steps of a failure
NEXT_DOOR = 1e-3  # of the scale of the point: where yours should be a smooth curve
CLOSE = 1e-2  # relative: so small an error may be rounding in yours, which is then measured
EXCUSED = 1e3  # times the noise of f: so much of it may come back in its derivative
ROUNDING = 1e4  # times the precision: noise that may be rounding
NOTHING = 1e-8  # of the largest value: a budget that small is one around 0

Judged = tuple[Verdict, str]
NOT_FINITE = "yours is not finite, and the function is smooth here"
BEYOND = "yours is neither of, nor between,"
UNEVEN: Judged = "INCONCLUSIVE", "step: differences of different steps do not agree"


@dataclass(frozen=True, eq=False)
class Probe:
    """A look along one direction: what is claimed, what differences say, and how far they may be apart."""

    d: ndarray
    claimed: ndarray
    found: Slope
    budget: ndarray

    @property
    def apart(self) -> ndarray:
        with np.errstate(invalid="ignore"):
            return self.claimed - self.found.value


class Judge:
    """What differences say at one point x of a subject, where its value is `middle`.

    box: what no step leaves. rtol: the relative error that is rounding. noise: as measured at the first point. smooth:
    do x - h, x and x + h lie on one branch of f?
    """

    def __init__(
        self,
        subject: Traced | Claimed,
        x: ndarray,
        middle: ndarray,
        rng: np.random.Generator,
        box: Box,
        rtol: float,
        noise: ndarray | None = None,
        smooth: Callable[[ndarray, ndarray], bool] | None = None,
    ):
        self.subject, self.x, self.middle, self.rng, self.box, self.rtol = subject, x, middle, rng, box, rtol
        self.scale, self.smooth = scales(x, subject.leaves), smooth
        self.noise = self.measured_noise() if noise is None else noise_here(noise, middle, subject)

    def measured_noise(self) -> ndarray:
        """Along one random direction in all inputs."""
        free = np.flatnonzero(self.box[0] < self.box[1])
        return noise_of(self.line(self.along(free)), self.middle, self.subject.precision)

    # ---- one direction -----------------------------------------------------------------------------------------------

    def along(self, which: ndarray) -> ndarray:
        """A random direction in the inputs `which`, off their bounds, each moved by half its scale or more.

        It has few digits: x plus a fraction 1 / 2^k of it is then a float again, up to k = 26 or so.
        """
        d = np.zeros(self.x.size)
        lower, upper = (bound[which] for bound in self.box)
        signs = self.rng.choice([-1.0, 1.0], which.size)
        signs = np.where(self.x[which] == lower, 1.0, np.where(self.x[which] == upper, -1.0, signs))
        sizes = self.rng.uniform(0.5, 1.0, which.size) * signs
        grain = 2.0 ** np.ceil(np.log2(self.scale[which] * np.sqrt(self.subject.precision)))
        d[which] = np.round(self.scale[which] * sizes / grain) * grain
        return d

    def line(self, d: ndarray) -> Callable[[float], ndarray]:
        """t -> f(x + t d), nan outside the bounds."""
        lower, upper = self.box

        def phi(t: float) -> ndarray:
            there = self.x + t * d
            inside = ((there >= lower) & (there <= upper)).all()
            return self.subject.values(there) if inside else np.full(self.subject.m, np.nan)

        return phi

    def probe(self, d: ndarray, thorough: bool = False) -> Probe:
        """A look along d; a thorough one does not stop before noise hides the difference."""
        claimed = self.subject.push(self.x, d)
        found = self.slope(d, claimed, thorough)
        with np.errstate(all="ignore"):
            size = np.fmax(np.abs(claimed), np.abs(found.value))
            budget = CONFIDENT * found.error + self.rtol * np.where(np.isfinite(size), size, 0.0)
        return Probe(d, claimed, found, budget)

    def slope(self, d: ndarray, claimed: ndarray, thorough: bool = False) -> Slope:
        return slope(self.line(d), self.middle, self.least_noise(), self.subject.precision, claimed, thorough)

    def least_noise(self) -> ndarray:
        """The noise, and no less than rounding."""
        return np.maximum(self.noise, 2 * self.subject.precision * np.abs(self.middle))

    def central(self, d: ndarray, t: float) -> ndarray:
        """One central difference."""
        phi = self.line(d)
        with np.errstate(all="ignore"):
            return (phi(t) - phi(-t)) / (2 * t)

    def quotient(self, d: ndarray, t: float) -> ndarray:
        """One central difference; or one to the side where f is defined."""
        phi = self.line(d)
        with np.errstate(all="ignore"):
            above, below = ((phi(s) - self.middle) / s for s in (t, -t))
        both = np.isfinite(above) & np.isfinite(below)
        return np.where(both, (above + below) / 2, np.where(np.isfinite(above), above, below))

    # ---- verdicts ----------------------------------------------------------------------------------------------------

    def judged(self, probe: Probe) -> tuple[Probe, list[Judged]]:
        """The verdict of every output, and the look it rests on; a failure only where further looks say the same."""
        verdicts = self.at_first_look(probe)
        wrong = failures(verdicts)
        if wrong:
            again = self.slope(SECOND_LOOK * probe.d, SECOND_LOOK * probe.claimed)
            wobble = self.wobble(probe, wrong) + self.unrest(probe, wrong)
            for i in wrong:
                second = again.value[i] / SECOND_LOOK, again.error[i] / SECOND_LOOK
                if probe.found.jump[i] == 0:
                    verdicts[i] = self.confirmed(probe, *second, wobble[i], i)
                elif not (again.jump[i] > 0 and self.beyond(again, SECOND_LOOK * probe.claimed[i], i)):
                    verdicts[i] = UNEVEN
        wrong = [i for i in wrong if verdicts[i][0] != "PASS" and probe.found.jump[i] == 0]
        if wrong and (self.uneven(probe, wrong) or self.met_nearby(probe, wrong)):
            probe = self.probe(probe.d, thorough=True)
            verdicts = [UNEVEN if v[0] == "FAIL" else v for v in self.at_first_look(probe)]
        wrong = failures(verdicts)
        solver = self.subject.solver if wrong else None
        coarse = computed_to(self.line(probe.d), probe.claimed, probe.found, self.least_noise(), wrong, solver)
        return probe, [("INCONCLUSIVE", coarse[i]) if i in coarse else v for i, v in enumerate(verdicts)]

    def at_first_look(self, probe: Probe) -> list[Judged]:
        return [self.verdict(probe, i) for i in range(self.subject.m)]

    def uneven(self, probe: Probe, wrong: list[int]) -> bool:
        """Do differences with much smaller steps deny the reference? It may have passed over waves."""
        apart = np.abs(probe.apart)[wrong]
        t = float(np.min(probe.found.step[wrong])) / FINER
        while t > SMALLEST and (heard := self.blur(probe, t)[wrong] < HEARD * apart).any():
            off = np.abs(self.central(probe.d, t) - probe.found.value)[wrong]
            if (heard & (off > AGREE * apart)).any():
                return True
            t /= FINER
        return False

    def met_nearby(self, probe: Probe, wrong: list[int]) -> bool:
        """Do steps so small that waves count as noise there agree with each other, and with what is claimed?"""
        apart, rounding = np.abs(probe.apart)[wrong], 2 * self.subject.precision * np.abs(self.middle)[wrong]
        if not (self.noise[wrong] > DOUBTED * rounding).any():
            return False
        t, met = self.subject.precision**0.4, 0
        while t > SMALLEST and met < TIMES and (rounding < AGREE / 2 * apart * t).all():
            off = np.abs(self.central(probe.d, t) - probe.claimed)[wrong]
            met = met + 1 if (off <= AGREE * apart).all() else 0
            t /= TIMES
        return met == TIMES

    def blur(self, probe: Probe, t: float) -> ndarray:
        """What noise and rounding make of one central difference with step t."""
        return (self.least_noise() + self.subject.precision * np.abs(probe.found.value)) / t

    def verdict(self, probe: Probe, i: int) -> Judged:
        """Of output i, at first look."""
        found, yours, reference, budget = probe.found, probe.claimed[i], probe.found.value[i], probe.budget[i]
        if not np.isfinite(self.middle[i]):
            return "INCONCLUSIVE", "non-finite: the function itself is not finite here"
        if not found.finite[i]:
            return "INCONCLUSIVE", "domain edge: the function is not finite on either side"
        if found.jump[i] > 0:
            moved = probe.d[probe.d != 0]
            sides = (found.left, found.right) if moved.size != 1 or moved[0] > 0 else (found.right, found.left)
            left, right = (float(side[i]) / (moved[0] if moved.size == 1 else 1.0) + 0.0 for side in sides)
            slopes = f"the slopes on both sides, {left:.6g} and {right:.6g}"
            if self.beyond(found, yours, i):
                return "FAIL", f"{BEYOND} {slopes}, of the kink"
            return "INCONCLUSIVE", f"kink: {slopes}, differ"
        if not np.isfinite(reference):
            edge = "domain edge" if found.one_sided[i] else "step"
            return "INCONCLUSIVE", f"{edge}: differences do not converge at any step"
        if not np.isfinite(yours):
            return "FAIL", NOT_FINITE
        if abs(yours - reference) <= budget:
            sure = budget <= UNSURE * max(abs(yours), abs(reference)) or budget <= NOTHING * found.size[i]
            sure = sure or budget == 0 or budget <= UNSURE * float(self.subject.bulk(self.x, probe.d)[i])
            return ("PASS", "") if sure else ("INCONCLUSIVE", self.doubt(probe, i))
        if abs(yours - found.rival[i]) <= CONFIDENT * found.rival_error[i] + self.rtol * abs(yours):
            sure = CONFIDENT * found.rival_error[i] <= max(UNSURE * abs(yours), NOTHING * found.size[i])
            return ("PASS", "") if sure else UNEVEN
        if abs(yours - reference) <= self.least_noise()[i] / FIRST <= NOTHING * found.size[i]:
            return "PASS", ""  # near the point rounding hides it; what f does further away is another matter
        if found.silent[i]:
            return "INCONCLUSIVE", "noise: the values do not change at small steps; something on the way is rounded"
        return "FAIL", far_off(yours, reference, budget)

    def beyond(self, found: Slope, yours: float, i: int) -> bool:
        """At a kink: is a claim that somebody wrote neither of the two slopes, nor between them?"""
        low, high = sorted((found.left[i], found.right[i]))
        room = CONFIDENT * found.jump_error[i] + self.rtol * max(abs(low), abs(high)) + UNSURE * (high - low)
        return isinstance(self.subject, Claimed) and not low - room <= yours <= high + room

    def doubt(self, probe: Probe, i: int) -> str:
        """Why a budget is too large to decide anything."""
        from_noise = float(self.noise[i]) / float(probe.found.step[i])
        if from_noise > 0.3 * probe.found.error[i]:
            random = "nondeterministic: the function gives another value whenever it is called"
            return "noise: the function is too noisy for differences" if self.subject.repeats else random
        if probe.found.one_sided[i]:
            return "domain edge: one-sided differences do not converge fast enough"
        return "step: no step is small enough, and large enough"

    def wobble(self, probe: Probe, wrong: list[int]) -> ndarray:
        """The rounding errors of the claimed derivative, where it is nearly right; no more than those of f explain."""
        size = np.abs(probe.found.value)
        close = [i for i in wrong if abs(probe.apart[i]) <= CLOSE * size[i]]
        if not close:
            return np.zeros(self.subject.m)
        reach = min(NEXT_DOOR, REACH * float(np.min(probe.found.step[close])))
        try:
            most = EXCUSED * np.maximum(self.least_noise(), self.subject.precision * probe.found.size)
            return np.minimum(CONFIDENT * self.misfit(self.claims(probe.d), reach), most)
        except Exception:  # a derivative that cannot be had next door has no rounding to excuse it
            return np.zeros(self.subject.m)

    def unrest(self, probe: Probe, wrong: list[int]) -> ndarray:
        """What f, where the reference was found, has beside a smooth curve, over the step: noise, kinks, waves."""
        worst = np.zeros(self.subject.m)
        for t in {float(probe.found.step[i]) for i in wrong if np.isfinite(probe.found.step[i])}:
            worst = np.where(probe.found.step == t, CONFIDENT * self.misfit(self.line(probe.d), REACH * t) / t, worst)
        return worst

    def misfit(self, phi: Callable[[float], ndarray], reach: float) -> ndarray:
        """How far phi within `reach` is from a polynomial; at random places, in tune with no ladder of steps."""
        places = self.rng.uniform(-1.0, 1.0, FITTED)
        values = np.array([phi(reach * s) for s in places])
        here = np.isfinite(values).all(axis=1)
        free = int(here.sum()) - DEGREE - 1
        if free < 1:
            return np.zeros(self.subject.m)
        powers = np.polynomial.chebyshev.chebvander(places[here], DEGREE)
        size = np.max(np.abs(values[here]), axis=0)
        scaled = values[here] / np.where(size > 0, size, 1.0)
        left = scaled - powers @ np.linalg.lstsq(powers, scaled, rcond=None)[0]
        return size * np.sqrt(np.sum(left**2, axis=0) / free)

    def claims(self, d: ndarray) -> Callable[[float], ndarray]:
        """t -> the claimed derivative along d at x + t d."""
        return lambda t: self.subject.push(self.subject.rounded(self.x + t * d), d)

    def confirmed(self, probe: Probe, again: float, error: float, wobble: float, i: int) -> Judged:
        """A failure, unless the second look, the rounding of yours or the branches of f explain it."""
        apart, reference = abs(probe.apart[i]), probe.found.value[i]
        if not np.isfinite(probe.claimed[i]):
            return "FAIL", NOT_FINITE
        if apart <= probe.budget[i] + wobble:
            small = wobble <= UNSURE * abs(reference) or wobble <= NOTHING * probe.found.size[i]
            return ("PASS", "") if small else ("INCONCLUSIVE", "noise: rounding could make the difference")
        known = max(DOUBTED * (probe.found.error[i] + error), ALIKE * abs(reference))
        if max(error, probe.found.error[i]) > ALIKE * max(abs(reference), probe.found.size[i]):
            return "INCONCLUSIVE", "step: no step is small enough, and large enough"
        if not abs(again - reference) <= min(AGREE * apart, known):
            return "INCONCLUSIVE", "step: another ladder of steps gives another reference"
        if self.smooth is not None and not self.smooth(self.x, probe.d * probe.found.step[i]):
            return "INCONCLUSIVE", "kink: another branch of the function begins within the step"
        return "FAIL", far_off(probe.claimed[i], reference, probe.budget[i])


def failures(verdicts: list[Judged]) -> list[int]:
    return [i for i, (verdict, _) in enumerate(verdicts) if verdict == "FAIL"]


def noise_here(noise: ndarray, middle: ndarray, subject: Subject) -> ndarray:
    """The noise at another point: that of the first, in proportion to the value if it was rounding there."""
    first = np.abs(subject.first)
    rounding = noise <= ROUNDING * subject.precision * first
    return np.where(rounding & (first > 0), noise * (np.abs(middle) / np.where(first > 0, first, 1.0)), noise)
