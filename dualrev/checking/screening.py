"""Which derivatives are wrong? Groups of inputs at once, along random directions; then the bad ones by bisection."""

from collections.abc import Collection, Iterator

import numpy as np
from numpy import ndarray

from .judging import CONFIDENT, Judge, Judged, Probe, failures
from .report import Component, Curve

ALONE = 2  # inputs: so few are looked at one by one
FEW = 12  # inputs: so few are looked at one by one where a group of them is not right
ALIKE = 100.0  # times the smallest derivative in a group of few: a larger one might hide it
GROUPS = 2  # of inputs with a derivative; those without are one more
FINDINGS = 8  # wrong inputs that are searched for
TELLING = 0.03  # of a difference: noise that does not hide it
SHORTEST = 2.0**-26  # in units of the scale: x plus so much of it is still exact
CURVES = 6


class Screen:
    """The check of all inputs at one point, number `point`.

    suspects: inputs that were found wrong here. kinked: inputs that may be at a kink.
    """

    def __init__(self, judge: Judge, point: int = 0):
        self.judge, self.point, self.subject = judge, point, judge.subject
        self.curves: list[Curve] = []
        self.suspects: set[int] = set()
        self.kinked: set[int] = set()

    def run(self, groups: int, left_out: Collection[int] = ()) -> list[Component]:
        """Components for all inputs but those left out: one by one if they are few, else by groups and bisection."""
        lower, upper = self.judge.box
        inputs = np.array([j for j in np.flatnonzero(lower < upper) if j not in left_out], int)
        if self.subject.x.size <= ALONE and groups > 1:
            return [c for j in inputs for c in self.look(j)]
        if self.subject.x.size <= FEW and groups > 1:
            return [
                c for which in self.grouped(inputs, groups) for part in self.alike(which) for c in self.glance(part)
            ]
        return [c for which in self.grouped(inputs, groups) for c in self.searched(which)]

    def grouped(self, order: ndarray, groups: int) -> Iterator[ndarray]:
        """The inputs in groups: those whose derivative is claimed to be 0; the others by size of claim times scale."""
        if groups <= 1 or not order.size:
            yield from [order] * bool(order.size)
            return
        claims = (self.subject.claim_sizes(self.judge.x, self.judge.rng) * self.judge.scale)[order]
        rest = order[claims > 0]
        rest = rest[np.argsort(claims[claims > 0], kind="stable")]
        parts = np.array_split(rest, groups if rest.size == order.size else groups - 1)
        for part in (order[claims == 0], *parts):
            if part.size:
                yield np.sort(part)

    def alike(self, which: ndarray) -> list[ndarray]:
        """A group in parts whose derivatives have like sizes."""
        claims = (self.subject.claim_sizes(self.judge.x, self.judge.rng) * self.judge.scale)[which]
        parts: list[list[int]] = []
        for k in np.argsort(claims, kind="stable"):
            if parts and claims[k] <= ALIKE * claims[parts[-1][0]]:
                parts[-1].append(k)
            else:
                parts.append([k])
        return [np.sort(which[part]) for part in parts]

    def glance(self, which: ndarray) -> list[Component]:
        """The component of a group if it is right, else those of its inputs."""
        if which.size == 1:
            return self.look(int(which[0]))
        probe = self.judge.probe(self.judge.along(which))
        verdicts = self.judge.at_first_look(probe)
        if all(verdict == "PASS" for verdict, _ in verdicts):
            return self.components(which, probe, verdicts)
        return [c for j in which for c in self.look(int(j))]

    def look(self, j: int) -> list[Component]:
        """The components of one input."""
        which = np.array([j])
        probe, verdicts = self.judge.judged(self.judge.probe(self.judge.along(which)))
        self.suspects |= {int(j)} if failures(verdicts) else set()
        return self.components(which, probe, verdicts)

    def searched(self, which: ndarray) -> list[Component]:
        """The component of a group, and if it fails, those of the inputs that make it fail."""
        if which.size == 1:
            return self.look(int(which[0]))
        probe = self.judge.probe(self.judge.along(which))
        verdicts = self.judge.at_first_look(probe)
        wrong = failures(verdicts)
        singled = (
            [c for j in self.bisected(probe, which, wrong) for c in self.look(j) if c.verdict == "FAIL"]
            if wrong
            else []
        )
        if wrong and not singled:
            probe, verdicts = self.judge.judged(probe)
        return [*self.components(which, probe, verdicts), *singled]

    # ---- bisection ---------------------------------------------------------------------------------------------------

    def bisected(self, whole: Probe, which: ndarray, wrong: list[int]) -> list[int]:
        """The inputs that make a probe fail, found by halving it; at most FINDINGS of them at all points.

        One half is looked at, with one central difference; the other has what is left of the difference, for a
        derivative along a sum of directions is the sum of the derivatives.
        """
        found: list[int] = []
        t = self.short_step(whole, wrong)
        waiting = [(which, whole.apart, whole.budget)]
        while waiting and len(found) + len(self.suspects) < FINDINGS:
            part, apart, budget = waiting.pop()
            if part.size == 1:
                found.append(int(part[0]))
                continue
            left, right = np.array_split(part, 2)
            mine, mine_budget = self.apart(whole, left, t)
            rest, rest_budget = apart - mine, np.hypot(budget, mine_budget)
            if not np.isfinite(rest[wrong]).all():
                rest, rest_budget = self.apart(whole, right, t)
            for side, a, b in ((right, rest, rest_budget), (left, mine, mine_budget)):
                if not (np.abs(a) <= b)[wrong].all():
                    waiting.append((side, a, b))
        return found

    def short_step(self, whole: Probe, wrong: list[int]) -> float | None:
        """A step so short that one central difference shows what is wrong; None where there is none."""
        apart = np.abs(whole.apart)[wrong]
        if not np.isfinite(apart).all() or whole.found.one_sided[wrong].any():
            return None
        t = float(np.max(self.judge.blur(whole, 1.0)[wrong] / (TELLING * apart)))
        t = max(min(t, float(np.min(whole.found.step[wrong]))), SHORTEST)
        gap = np.abs(self.judge.central(whole.d, t) - whole.found.value)[wrong]
        return t if (gap <= TELLING * apart).all() else None

    def apart(self, whole: Probe, which: ndarray, t: float | None) -> tuple[ndarray, ndarray]:
        """By how much claims and differences are apart along a part of a direction, and by how much they may be."""
        d = only(whole.d, which)
        if t is not None:
            claimed, found = self.subject.push(self.judge.x, d), self.judge.central(d, t)
            if np.isfinite(found).all():
                blur = self.judge.blur(whole, t) + TELLING * self.judge.rtol * np.abs(claimed)
                return claimed - found, np.maximum(CONFIDENT * blur, TELLING * np.abs(whole.apart))
        half = self.judge.probe(d)
        return half.apart, half.budget

    # ---- components --------------------------------------------------------------------------------------------------

    def components(self, which: ndarray, probe: Probe, verdicts: list[Judged]) -> list[Component]:
        """One component per output, for the inputs `which`."""
        self.keep_curve(probe, which, verdicts)
        if any(reason.startswith("kink") for _, reason in verdicts):
            self.kinked.update(which.tolist())
        alone = which.size == 1
        s = float(probe.d[which[0]]) if alone else 1.0
        what = self.subject.names[which[0]] if alone else f"along a direction in {which.size} inputs"
        return [
            Component(
                f"d{output}/d{what}" if alone else f"{output} {what}",
                float(probe.claimed[i] / s) + 0.0,
                float(probe.found.value[i] / s) + 0.0,
                float(probe.budget[i] / abs(s)),
                *verdicts[i],
                "one-sided differences" if probe.found.one_sided[i] else "central differences",
                float(probe.found.step[i]),
                self.point,
            )
            for i, output in enumerate(self.subject.outputs)
        ]

    def keep_curve(self, probe: Probe, which: ndarray, verdicts: list[Judged]) -> None:
        """Of the output that is furthest off."""
        if len(self.curves) < CURVES:
            i = int(np.argmax(np.abs(np.nan_to_num(probe.apart)) / np.maximum(np.nan_to_num(probe.budget), 1e-300)))
            what = (
                f"d/d{self.subject.names[which[0]]}" if which.size == 1 else f"along a direction in {which.size} inputs"
            )
            quotient = lambda t: float(self.judge.quotient(probe.d, t)[i])  # noqa: E731 as it is short
            self.curves.append(Curve(what, verdicts[i][0], float(probe.claimed[i]), quotient))


def only(d: ndarray, which: ndarray) -> ndarray:
    """A direction without what it does to the other inputs."""
    kept = np.zeros_like(d)
    kept[which] = d[which]
    return kept
