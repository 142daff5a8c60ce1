"""Check every rule that ran: each op of a program by itself, at the values it had there.

The op's own values are the referee. So an error is found where it sits, in one op and one argument, and not as far
from it as the gradient is.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..errors import NoRuleError
from ..kinds import Elementwise
from ..program.program import Program, Value, trace
from ..registry import Call
from ..reverse.pullback import pull
from ..shapes import shape
from .branches import selection
from .report import Component, Report, Verdict
from .rule_errors import flat, pairing, said_of, unit_round_off, wrong_shape
from .slopes_of_ops import Reference, direction, reference

DECLARED = {"exactly"}  # ops whose derivative is not that of their value, but stated to be that of one argument
LOOKS = 4  # calls of one op at one place that are held against differences; further ones against each other only
K = 3  # directions at once
SAME = 1e4  # times the round-off: how well one sweep must agree with another
RELATIVE = 1e-7  # how well a rule must agree with differences, at least
ROUNDING = 1e3  # times the round-off: what one element takes over from the largest, where an op mixes elements
CONFIDENT = 3.0  # times the estimated error of the differences


def check_rules(f: Callable[..., Any], *x: Any, seed: int = 0) -> Report:
    """Check the rule of every op that f runs at x: J, its transpose, and several directions at once.

    Each argument of each op is looked at alone, at the values it had in f. J v is held against differences of the op,
    J^T w against J v by the adjoint identity <w, J v> = <J^T w, v>.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code; it is run once.
    *x
        The point: floats, float arrays, or trees of them.
    seed : int
        Of the directions.

    Returns
    -------
    Report
        A component for each op, argument and question. ``diagnosis`` names the op, the line of f and the argument of
        each rule that is wrong. An op at a kink of its own is INCONCLUSIVE.

    Source: Griewank & Walther (2008), section 3.3, for the adjoint identity.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.checking.rule_checks import check_rules
    >>> cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)
    >>> report = check_rules(lambda x: np.sum(np.sin(cube(x))), np.array([1.0, 2.0]))
    >>> report.verdict, len(report.failures)
    ('FAIL', 2)
    >>> print(report.diagnosis[0].split(": ")[-1])
    J is wrong, by a factor of 0.666667 (a factor 1.5 is missing); J^T is wrong, too
    """
    program = trace(f, *x)
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        judged, notes = all_judged(program, rng)
    components = [c for j in judged for c in j.components] or [Component("no op ran", 0.0, 0.0, 0.0, "PASS")]
    diagnosis = list(dict.fromkeys(j.sentence for j in judged if j.sentence))
    given = ", ".join("x" if len(x) == 1 else f"x{k}" for k in range(len(x)))
    rerun = f"dr.check_rules({name_of(f)}, {given}, seed={seed})"
    return Report(f"rules of {name_of(f)}", components, 1, rerun, diagnosis, notes)


@dataclass(frozen=True, eq=False)
class Judged:
    """The components of one argument of one op, and a sentence if its rule is wrong."""

    components: list[Component]
    sentence: str


def all_judged(program: Program, rng: np.random.Generator) -> tuple[list[Judged], list[str]]:
    looks: Counter[Any] = Counter()
    judged = []
    for v in program.operations:
        key = v.call.op, v.place
        looks[key] += 1
        for k, p in enumerate(v.parents):
            if p >= 0:
                differences = looks[key] <= LOOKS and v.call.op.name not in DECLARED
                judged.append(ArgumentOfCall(program, v, k, rng).judged(differences))
    notes = [
        f"{op.name}{f' at {place}' if place else ''}: ran {n} times, the first {LOOKS} are held against differences"
        for (op, place), n in looks.items()
        if n > LOOKS
    ]
    return judged, notes


class ArgumentOfCall:
    """One argument of one call, with the others held: a map x -> out with a claimed J and a claimed J^T."""

    def __init__(self, program: Program, v: Value, k: int, rng: np.random.Generator):
        self.v, self.k, self.rng = v, k, rng
        self.call: Call = v.call._replace(parents=tuple(j if j == k else -1 for j in range(len(v.parents))))
        self.x, self.out = v.call.args[k], v.call.out
        spelled = v.place.arguments if v.place else []
        said = spelled[k] if len(spelled) == len(v.parents) else program[v.parents[k]].name
        place = f" at {v.place}" if v.place else ""
        self.name = f"{v.call.op.name}{place}, argument {k} ({said})"
        self.precision = unit_round_off(self.x, self.out)

    # ---- what the rule says ------------------------------------------------------------------------------------------

    def push(self, d: Any, lead: tuple[int, ...] = ()) -> Any:
        found = self.call.push(lead, [d if j == self.k else None for j in range(len(self.call.args))])
        return found + 0j if np.iscomplexobj(self.out) else found

    def pull(self, w: Any, lead: tuple[int, ...] = ()) -> Any:
        found = pull(self.call, w, lead)[self.k]
        return found if np.iscomplexobj(self.x) else np.real(found)  # all that reaches a real argument

    def apply(self, x: Any) -> Any:
        args = [x if j == self.k else a for j, a in enumerate(self.call.args)]
        return self.call.op.apply(*args, **self.call.params)

    # ---- verdicts ----------------------------------------------------------------------------------------------------

    def judged(self, differences: bool) -> Judged:
        d = direction(self.v.call, self.k, self.rng)
        w = direction_like(self.out, self.rng)
        J, Jd, found = self.forward(d, differences)
        JT, back = self.backward(d, w, Jd, found, J)
        components = [c for c in (J, JT, self.together(d, w, Jd, back)) if c is not None]
        failing = [c for c in components if c.verdict == "FAIL"]
        if not failing:
            return Judged(components, "")
        line = f", in `{self.v.place.text}`" if self.v.place and self.v.place.text else ""
        return Judged(components, f"{self.name}{line}: {'; '.join(c.reason for c in failing)}")

    def forward(self, d: Any, differences: bool) -> tuple[Component | None, Any, Reference | None]:
        """J d against differences of the op."""
        name = f"{self.name}: J"
        try:
            Jd = self.push(d)
            if shape(Jd) != shape(self.out):
                raise ValueError(wrong_shape("J", Jd, self.out, "output"))
        except NoRuleError as error:
            return self.unknown(name, str(error)), None, None
        except Exception as error:
            return self.failed(name, f"J is wrong: it raises {type(error).__name__}: {error}"), None, None
        if not differences:
            return None, Jd, None
        found = reference(self.apply, self.x, d, self.out, self.precision, flat(Jd))
        return self.against(name, flat(Jd), found, d), Jd, found

    def against(self, name: str, yours: ndarray, found: Reference, d: Any) -> Component:
        budget = self.budget(yours, found)
        off = np.abs(yours - found.value)
        undecided = found.reasons(yours, budget)
        wrong = ~(off <= budget) & (undecided == "")
        verdict: Verdict = "FAIL" if wrong.any() else "INCONCLUSIVE" if (undecided != "").any() else "PASS"
        if verdict == "FAIL" and (doubt := self.second_look(d, found, yours, wrong)):
            verdict, undecided = "INCONCLUSIVE", np.where(wrong, doubt, undecided)
        worst = worst_of(off / np.maximum(budget, 1e-300), wrong if wrong.any() else undecided != "")
        if worst is None:
            return Component(name, 0.0, 0.0, 0.0, "PASS", referee="differences of the op")
        reason = str(undecided[worst])
        if verdict == "FAIL":
            sure = undecided == ""
            reason = f"J is wrong{said_of(yours[sure], found.value[sure])}"
        numbers = float(yours[worst]), float(found.value[worst]), float(budget[worst])
        return Component(name, *numbers, verdict, reason, "differences of the op", float(found.step[worst]))

    def budget(self, yours: ndarray, found: Reference) -> ndarray:
        size = np.fmax(np.abs(yours), np.abs(found.value))
        relative = max(RELATIVE, SAME * self.precision)
        size = np.where(np.isfinite(size), size, 0.0)
        mixed = (
            0.0 if isinstance(self.call.op.rule, Elementwise) else ROUNDING * self.precision * np.max(size, initial=0.0)
        )
        return CONFIDENT * found.error + relative * size + mixed

    def second_look(self, d: Any, found: Reference, yours: ndarray, wrong: ndarray) -> str:
        """Why a failure is none: other steps say otherwise, or the op decides otherwise within the step."""
        share = 11 / 16
        again = reference(self.apply, self.x, share * d, self.out, self.precision, share * yours)
        settled = np.abs(again.value / share - found.value) <= 0.2 * np.abs(yours - found.value)
        if np.isfinite(yours[wrong]).all() and not settled[wrong].all():
            return "step: another ladder of steps gives another reference"
        t = float(np.max(found.step[wrong], initial=0.0))
        here, *sides = (self.decided(self.x + s * t * d) for s in (0, 1, -1))
        if any(not np.array_equal(here, there) for there in sides):
            return "kink: the op is not smooth here"
        return ""

    def decided(self, x: Any) -> Any:
        args = tuple(x if j == self.k else a for j, a in enumerate(self.call.args))
        return selection(self.call._replace(args=args))

    def backward(self, d: Any, w: Any, Jd: Any, found: Reference | None, J: Component | None) -> tuple[Component, Any]:
        """J^T w against J d; where J is wrong, against what differences make of it."""
        name = f"{self.name}: J^T"
        try:
            back = self.pull(w)
        except NoRuleError as error:
            return self.unknown(name, str(error)), None
        except Exception as error:
            return self.failed(
                name, f"J^T is wrong: {self.shapes_of_pull(w) or f'{type(error).__name__}: {error}'}"
            ), None
        right = pairing(back, d)
        terms = np.abs(flat(back) * flat(d))
        if J is not None and J.verdict == "FAIL" and found is not None and np.isfinite(found.error).all():
            left, referee = float(self.signed(w) @ found.value), "differences of the op"
            budget = float(np.abs(self.signed(w)) @ self.budget(found.value, found)) + 1e-300
        elif Jd is None:
            return self.unknown(name, "J raises, so that there is nothing to hold it against"), back
        else:
            left, referee = pairing(w, Jd), "J, by the adjoint identity"
            budget = SAME * self.precision * float(terms.sum() + np.abs(flat(w) * flat(Jd)).sum()) + 1e-300
        if not np.isfinite([left, right]).all():
            said = "non-finite: the derivative is not finite here"
            return Component(name, right, left, budget, "INCONCLUSIVE", said, referee), back
        if abs(left - right) > budget and referee.startswith("J"):
            budget += SAME * self.wobble(d, w, Jd)
        if abs(left - right) <= budget:
            return Component(name, right, left, budget, "PASS", referee=referee), back
        reason = "J^T is wrong, too" if Jd is not None and J is not None and J.verdict == "FAIL" else "J^T is wrong"
        if reason == "J^T is wrong":
            reason = f"J is right and J^T is wrong{self.how_it_is_wrong(w, back)}" if found else "J and J^T disagree"
        return Component(name, right, left, budget, "FAIL", reason, referee), back

    def signed(self, w: Any) -> ndarray:
        """w as it meets the flat J d: the pairing is Re(sum(w * J d))."""
        return flat(np.conj(w))

    def how_it_is_wrong(self, w: Any, back: Any) -> str:
        """J^T w against the same made of J, one unit direction at a time, where those are few."""
        if np.size(self.x) > 64 or np.iscomplexobj(self.x):
            return ""
        unit = np.eye(np.size(self.x), dtype=np.result_type(self.x)).reshape((-1, *shape(self.x)))
        want = np.array([pairing(w, self.push(e)) for e in unit])
        if np.ndim(back) == 2 and back.shape[0] == back.shape[1] and np.allclose(back.T.ravel(), want, rtol=1e-6):
            return ": it is transposed"
        return said_of(flat(back), want)

    def wobble(self, d: Any, w: Any, Jd: Any) -> float:
        """How much <w, J d> moves when the point does by one rounding error: large where the op is ill-conditioned."""
        moved = [a * (1 + self.precision) if j == self.k else a for j, a in enumerate(self.call.args)]
        try:
            nearby = self.call._replace(args=tuple(moved), out=self.call.op.apply(*moved, **self.call.params))
            other = nearby.push((), [d if j == self.k else None for j in range(len(moved))])
        except Exception:
            return 0.0
        return float(np.abs(flat(w)) @ np.abs(flat(other) - flat(Jd)))

    def together(self, d: Any, w: Any, Jd: Any, back: Any) -> Component | None:
        """K directions at once must be what they are one by one."""
        if Jd is None or back is None:
            return None
        name, factors = f"{self.name}: {K} directions at once", np.array([1.0, -2.0, 0.5])
        for word, sweep, seed, alone in (("J", self.push, d, Jd), ("J^T", self.pull, w, back)):
            like = np.asarray(alone)
            try:
                many = sweep(stacked(seed, factors), (K,))
            except Exception as error:
                said = f"{word} of {K} directions at once is wrong: {type(error).__name__}: {error}"
                return self.failed(name, said)
            want = stacked(alone, factors)
            if shape(many) != want.shape:
                said = f"{word} of {K} directions at once is wrong: shape {shape(many)} in place of {want.shape}"
                return self.failed(name, said)
            off = np.abs(np.asarray(many) - want)
            budget = SAME * self.precision * float(np.max(np.abs(like[np.isfinite(like)]), initial=0.0)) + 1e-300
            if not (np.nan_to_num(off) <= budget).all():
                i = int(np.nanargmax(off))
                yours, one = np.real(np.ravel(many)[i]), np.real(want.ravel()[i])
                said = f"{word} of {K} directions at once is not what it is of each by itself"
                return Component(name, float(yours), float(one), budget, "FAIL", said, "one by one")
        return Component(name, 0.0, 0.0, 0.0, "PASS", referee="one by one")

    def shapes_of_pull(self, w: Any) -> str:
        """What is wrong with the shape of J^T w, if that is what is wrong."""
        cts: list[Any] = [None] * len(self.call.args)
        try:
            from ..reverse.pullback import Sweep

            line = self.call.line(self.call.parents)
            self.call.op.pull(w, line, cts, [False] * len(cts), Sweep(()))
        except Exception:
            return ""
        return wrong_shape("J^T", cts[self.k], self.x, "argument") if shape(cts[self.k]) != shape(self.x) else ""

    def failed(self, name: str, reason: str) -> Component:
        return Component(name, float("nan"), float("nan"), 0.0, "FAIL", reason, "the rule itself")

    def unknown(self, name: str, reason: str) -> Component:
        return Component(name, float("nan"), float("nan"), 0.0, "INCONCLUSIVE", reason, "the rule itself")


def direction_like(out: Any, rng: np.random.Generator) -> Any:
    """A random cotangent of out."""
    dtype = np.result_type(out)
    w = rng.uniform(0.5, 1.5, shape(out)) * rng.choice([-1.0, 1.0], shape(out))
    if dtype.kind == "c":
        w = w + 1j * rng.uniform(-1, 1, shape(out))
    return np.asarray(w, dtype if dtype.kind in "fc" else float)[()]


def stacked(seed: Any, factors: ndarray) -> ndarray:
    """`factors` times seed, along a leading axis."""
    seed = np.asarray(seed)
    return (factors.reshape((-1,) + (1,) * seed.ndim) * seed).astype(seed.dtype)


def worst_of(excess: ndarray, among: ndarray) -> int | None:
    if not excess.size:
        return None
    excess = np.where(np.isfinite(excess), excess, np.inf)
    return int(np.argmax(np.where(among, excess, -1.0) if among.any() else excess))
