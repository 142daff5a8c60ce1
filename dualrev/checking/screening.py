"""Which derivatives are wrong? Whole groups of inputs at once, along random directions; then the bad ones by bisection."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from .functions import Subject, scales
from .noise import noise_of
from .report import Component, Curve
from .slopes import Slope, slope

ALONE = 12  # inputs: so few are looked at one by one
GROUPS = 3
RELATIVE = 1.5e-8  # an error of the derivative that is taken for rounding
TOGETHER = 1e-10  # the same, of a sum over a group
UNSURE = 0.1  # a budget larger than that share of the derivative decides nothing
CONFIDENT = 3.0  # times the estimated error
FINDINGS = 8  # wrong inputs that are searched for


@dataclass(frozen=True, eq=False)
class Probe:
    """A look along one direction: what is claimed, what differences say, and the size of the terms that were added up."""

    d: ndarray
    claimed: ndarray
    found: Slope
    terms: ndarray


class Screen:
    """The check at one point: derivatives claimed by `push`, against differences of the subject's own values."""

    def __init__(
        self,
        subject: Subject,
        x: ndarray,
        push: Callable[[ndarray, ndarray], ndarray],
        rng: np.random.Generator,
        point: int = 0,
        bounds: tuple[ndarray, ndarray] | None = None,
        smooth: Callable[[ndarray, ndarray], bool] | None = None,
        noise: ndarray | None = None,
        middle: ndarray | None = None,
    ):
        self.subject, self.x, self.push, self.rng, self.point = subject, x, push, rng, point
        self.scale = scales(x, subject.leaves)
        self.middle = subject.values(x) if middle is None else middle
        self.lower, self.upper = bounds if bounds else (np.full(x.size, -np.inf), np.full(x.size, np.inf))
        self.smooth = smooth  # do x - h and x + h lie on one branch of f?
        self.noise = noise
        self.curves: list[Curve] = []

    # ---- one direction -----------------------------------------------------------------------------------------------

    def along(self, which: ndarray) -> ndarray:
        """A random direction in the inputs `which`, each moved by half its scale or more."""
        d = np.zeros(self.x.size)
        sizes = self.rng.uniform(0.5, 1.0, which.size) * self.rng.choice([-1.0, 1.0], which.size)
        d[which] = self.scale[which] * sizes
        return d

    def probe(self, d: ndarray) -> Probe:
        def phi(t: float) -> ndarray:
            return self.subject.values(self.x + t * d)

        if self.noise is None:
            self.noise = noise_of(phi, self.middle, self.subject.precision)
        noise = np.maximum(self.noise, 2 * self.subject.precision * np.abs(self.middle))
        claimed = self.push(self.x, d)
        found = slope(phi, self.middle, noise, self.sides(d))
        return Probe(d, claimed, found, np.abs(claimed))

    def sides(self, d: ndarray) -> tuple[bool, bool]:
        """Is there room below and above, within the bounds, for the first step?"""
        from .slopes import FIRST

        ahead, back = self.x + FIRST * d, self.x - FIRST * d
        fits = [bool(((p >= self.lower) & (p <= self.upper)).all()) for p in (back, ahead)]
        return (fits[0], fits[1]) if any(fits) else (True, True)

    # ---- verdicts ----------------------------------------------------------------------------------------------------

    def components(self, which: ndarray, probe: Probe) -> list[Component]:
        """One component per output, for the inputs `which`."""
        alone = which.size == 1
        s = probe.d[which[0]] if alone else 1.0
        name = self.subject.names[which[0]] if alone else f"along a direction in {which.size} inputs"
        made = []
        for i, output in enumerate(self.subject.outputs):
            yours, reference = probe.claimed[i] / s, probe.found.value[i] / s
            error = CONFIDENT * probe.found.error[i] / abs(s)
            verdict, reason, budget = self.judge(yours, reference, error, probe, i, alone)
            title = f"d{output}/d{name}" if alone else f"{output} {name}"
            referee = "one-sided differences" if probe.found.one_sided else "central differences"
            step = float(probe.found.step[i])
            made.append(Component(title, float(yours), float(reference), float(budget), verdict, reason, referee, step, self.point))
        return made

    def judge(self, yours: float, reference: float, error: float, probe: Probe, i: int, alone: bool) -> Any:
        """(verdict, reason, budget) of one derivative."""
        own = RELATIVE if alone else TOGETHER
        size = max(abs(yours), abs(reference)) if np.isfinite([yours, reference]).all() else 0.0
        budget = error + own * max(size, 0.0) * (1.0 if self.subject.precision < 1e-10 else 1e5)
        if not np.isfinite(self.middle[i]):
            return "INCONCLUSIVE", "the function is not finite here", budget
        if not probe.found.finite:
            return "INCONCLUSIVE", "domain edge: the function is not finite on either side", budget
        if probe.found.jump[i] > 0:
            return "INCONCLUSIVE", "kink: the slopes on both sides differ", budget
        if not np.isfinite(reference):
            return "INCONCLUSIVE", "step: differences do not converge at any step", budget
        if not np.isfinite(yours):
            if probe.found.error[i] <= UNSURE * abs(probe.found.value[i]):
                return "FAIL", "yours is not finite, and the function is smooth here", budget
            return "INCONCLUSIVE", "non-finite", budget
        apart = abs(yours - reference)
        if apart <= budget:
            meaningful = budget <= UNSURE * size or self.is_small(budget, probe, i)
            return ("PASS", "", budget) if meaningful else ("INCONCLUSIVE", self.why_unsure(probe, i), budget)
        if self.smooth is not None and not self.smooth(self.x, probe.d * probe.found.step[i]):
            return "INCONCLUSIVE", "kink: another branch of the function begins within the step", budget
        return "FAIL", "", budget

    def is_small(self, budget: float, probe: Probe, i: int) -> bool:
        """Is the budget small beside what a derivative could be, the value over the scale of the point?"""
        typical = abs(self.middle[i]) / max(float(np.linalg.norm(probe.d)), 1e-300)
        return budget <= 1e-5 * typical or budget == 0.0

    def why_unsure(self, probe: Probe, i: int) -> str:
        found = probe.found
        noise = float(self.noise[i]) if self.noise is not None else 0.0
        share = noise / max(float(found.step[i]), 1e-300)
        return "noise: the function is too noisy for differences" if share > 0.3 * found.error[i] else "step: no step is good"

    # ---- all inputs --------------------------------------------------------------------------------------------------

    def run(self, groups: int = GROUPS) -> list[Component]:
        """Components for all inputs: one by one if they are few, else by groups, with the bad ones singled out."""
        n = self.x.size
        if n <= ALONE and groups > 1:
            return [c for j in range(n) for c in self.look(np.array([j]))]
        made = []
        for which in self.grouped(groups):
            probe = self.probe(self.along(which))
            self.keep_curve(probe)
            found = self.components(which, probe)
            if any(c.verdict == "FAIL" for c in found) and which.size > 1:
                found = [*found, *self.bisect(which)]
            made += found
        return made

    def look(self, which: ndarray) -> list[Component]:
        probe = self.probe(self.along(which))
        self.keep_curve(probe)
        return self.components(which, probe)

    def keep_curve(self, probe: Probe) -> None:
        if len(self.curves) < 6 and probe.found.steps:
            i = int(np.argmax(np.abs(probe.claimed)))
            errors = [float(abs(e[i] - probe.claimed[i])) for e in probe.found.estimates]
            self.curves.append(Curve(f"direction {len(self.curves) + 1}", list(probe.found.steps), errors))

    def grouped(self, groups: int) -> Iterator[ndarray]:
        """All inputs in groups: those whose derivative is claimed to be 0, and the others by size of claim times scale."""
        order = np.arange(self.x.size)
        if groups <= 1:
            yield order
            return
        claims = self.sizes()
        zero = order[claims == 0]
        if zero.size:
            yield zero
        rest = order[claims > 0]
        rest = rest[np.argsort(claims[rest], kind="stable")]
        for part in np.array_split(rest, max(1, groups - bool(zero.size))):
            if part.size:
                yield np.sort(part)

    def sizes(self) -> ndarray:
        """|claimed derivative| times scale of every input; of several outputs a random combination."""
        claim = getattr(self.subject, "claim_sizes", None)
        return np.abs(claim(self.x, self.rng)) * self.scale if claim else np.ones(self.x.size)

    def bisect(self, which: ndarray) -> list[Component]:
        """The components of single inputs that fail, found by halving; at most FINDINGS of them."""
        found: list[Component] = []
        waiting = [which]
        while waiting and len(found) < FINDINGS * self.subject.m:
            part = waiting.pop()
            if part.size == 1:
                found += [c for c in self.components(part, self.probe(self.along(part))) if c.verdict == "FAIL"]
                continue
            half = part.size // 2
            for side in (part[half:], part[:half]):
                probe = self.probe(self.along(side))
                if any(c.verdict == "FAIL" for c in self.components(side, probe)):
                    waiting.append(side)
        return found
