"""The full battery for one op, such as one of dr.custom: what dualrev's own tests ask of every op of its registry."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import DualrevError, InputError
from ..forward.jvp import jvp
from ..jacobians import Mode, jacobian
from ..kinds import Elementwise
from ..registry import find, full_name
from ..reverse.vjp import vjp
from ..shapes import shape, size
from ..transforms import grad
from ..tree import flatten
from .battery_verdicts import SAME, Verdicts
from .report import Component, Report
from .rule_errors import flat, unit_round_off
from .slopes_of_ops import Reference, direction_in, reference

MOST = 12  # numbers of all arguments together that are looked at one by one
DIRECTIONS = 4  # that are looked at where there are more
MODES: tuple[Mode, ...] = ("forward", "reverse")
WIDER = "float32 does not stay float32: the rule computes in another precision there; the numbers are right"
SINGLE = 1e-3  # relative: how well float32 must agree with float64


def check_rule(op: Callable[..., Any], *samples: Any, seed: int = 0) -> Report:
    """Check the rule of one op in every way that dualrev uses it.

    The value under both modes; J and J^T against differences of the op; the adjoint identity; each argument alone; 0, 1
    and 3 directions at once; second derivatives in all four orders of the modes; float32; broadcasting; the gradient of
    a sum; arrays that are new and inputs that are left as they are.

    Parameters
    ----------
    op : callable
        An op, as the words of `dr.custom` make them; or a function that calls one, as in ``lambda x: op(x, axis=0)``.
    *samples
        Points, away from kinks: an array, or a tuple with one array per argument. Several shapes find more.
    seed : int
        Of the directions.

    Returns
    -------
    Report
        A component for each sample and question; ``diagnosis`` names the argument and the question where the rule is
        wrong.

    Raises
    ------
    InputError
        Without a sample.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.checking.rule_battery import check_rule
    >>> softplus = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(-x)))
    >>> check_rule(softplus, np.array([-1.0, 0.5, 2.0])).verdict
    'PASS'
    >>> wrong = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(x)))
    >>> check_rule(wrong, np.array([0.5])).verdict
    'FAIL'
    """
    if not samples:
        raise InputError("check_rule(op, *samples) needs a sample: an array, or a tuple with one array per argument")
    name = full_name(op)
    components: list[Component] = []
    notes: list[str] = []
    with np.errstate(all="ignore"):
        for k, sample in enumerate(samples):
            prefix = f"sample {k + 1}: " if len(samples) > 1 else ""
            battery = Battery(op, sample, prefix, np.random.default_rng(seed))
            components += battery.run()
            notes += battery.notes
    failing = [c for c in components if c.verdict == "FAIL"]
    diagnosis = [f"{name}, {c.name}: {c.reason}" for c in failing]
    rerun = f"dr.check_rule({name}, {'sample' if len(samples) == 1 else '*samples'}, seed={seed})"
    return Report(f"rule of {name}", components, 0, rerun, diagnosis, notes)


class Battery:
    """The questions to one op at one sample."""

    def __init__(self, op: Callable[..., Any], sample: Any, prefix: str, rng: np.random.Generator):
        given = sample if isinstance(sample, tuple) else (sample,)
        self.op, self.prefix, self.rng = op, prefix, rng
        self.notes: list[str] = []
        self.args = tuple(np.asarray(x) if np.ndim(x) else x for x in given)
        self.which = [k for k, x in enumerate(self.args) if np.result_type(x).kind == "f"]
        if not self.which:
            raise InputError("a sample of check_rule holds floats or float arrays")
        self.xs = tuple(self.args[k] for k in self.which)
        self.ys = [np.asarray(y) for y in flatten(op(*self.args))[0]]
        self.precision = unit_round_off(*self.xs)
        self.say = Verdicts(prefix, self.precision)
        self.ws = [self.seed_like(y) for y in self.ys]
        self.vs = [direction_in(x, rng) for x in self.xs]

    def f(self, *xs: Any) -> Any:
        """The op as a function of its floating-point arguments."""
        args = list(self.args)
        for k, x in zip(self.which, xs, strict=True):
            args[k] = x
        return self.op(*args)

    def seed_like(self, y: Any, lead: tuple[int, ...] = ()) -> ndarray:
        w = self.rng.uniform(0.5, 1.5, lead + shape(y)) * self.rng.choice([-1.0, 1.0], lead + shape(y))
        return np.asarray(w * (np.result_type(y).kind == "f"), np.result_type(y, np.float32))

    def pushed(self, vs: Any, f: Any = None, xs: Any = None) -> list[Any]:
        return flatten(jvp(f or self.f, tuple(xs or self.xs), tuple(vs))[1])[0]

    def pulled(self, ws: Any, f: Any = None, xs: Any = None) -> list[Any]:
        y, pullback = vjp(f or self.f, *(xs or self.xs))
        return list(pullback(flatten(y)[1](list(ws))))

    # ---- all questions -----------------------------------------------------------------------------------------------

    def run(self) -> list[Component]:
        questions: list[tuple[str, Callable[[], Iterator[Component]]]] = [
            ("the value", self.value),
            ("J and J^T", self.jacobians),
            ("<w, J v> = <J^T w, v>", self.adjoint),
            ("each argument alone", self.alone),
            ("several directions at once", self.together),
            ("second derivatives", self.second),
            ("float32", self.single),
            ("broadcasting", self.broadcast),
            ("the gradient of a sum", self.sums),
            ("arrays of its own", self.fresh),
        ]
        made = []
        for name, question in questions:
            try:
                made += list(question())
            except Exception as error:
                made.append(self.raised(name, error))
        return made

    def raised(self, name: str, error: Exception) -> Component:
        """An exception of the rule: no second derivative is a limit, anything else is a mistake."""
        said = f"{type(error).__name__}: {error}"
        if name == "second derivatives" and isinstance(error, DualrevError):
            return self.say.component(name, "INCONCLUSIVE", f"the rule cannot be differentiated itself: {said}")
        more = ": is J^T summed over the axes along which an argument was broadcast?" * ("broadcast" in str(error))
        return self.say.component(name, "FAIL", f"it raises {said}{more}")

    # ---- first order -------------------------------------------------------------------------------------------------

    def value(self) -> Iterator[Component]:
        found = {
            "forward": flatten(jvp(self.f, self.xs, self.xs)[0])[0],
            "reverse": flatten(vjp(self.f, *self.xs)[0])[0],
        }
        for mode, ys in found.items():
            same = all(
                np.asarray(y).dtype == want.dtype and np.array_equal(y, want, equal_nan=want.dtype.kind in "fc")
                for y, want in zip(ys, self.ys, strict=True)
            )
            reason = f"the op has another value, or dtype, in {mode} mode"
            yield self.say.component(f"the value in {mode} mode", "PASS" if same else "FAIL", reason, "the plain value")

    def jacobians(self) -> Iterator[Component]:
        """J and J^T, argument by argument, against differences."""
        for k, position in enumerate(self.which):
            steps = list(self.steps(k))
            sweeps = {"J": self.by_forward(k, steps), "J^T": self.by_reverse(k, steps)}
            found = None
            for word, matrix in sweeps.items():
                name = f"{word}, argument {position}"
                if isinstance(matrix, Exception):
                    yield self.raised(name, matrix)
                    continue
                found = found or self.differences(k, steps, matrix)
                yield self.say.held_against(
                    found, name, word, matrix, lambda share: self.differences(k, steps, matrix, share)
                )

    def differences(self, k: int, steps: list[ndarray], claimed: ndarray, share: float = 1.0) -> list[Reference]:
        return [
            reference(lambda x: self.one(k, x), self.xs[k], share * d, self.middle(), self.precision, share * row)
            for d, row in zip(steps, claimed, strict=True)
        ]

    def steps(self, k: int) -> Iterator[ndarray]:
        """Directions of argument k: each element by itself, or random ones where they are many."""
        x = np.asarray(self.xs[k])
        if sum(map(size, self.xs)) > MOST:
            yield from (np.asarray(direction_in(x, self.rng)) for _ in range(DIRECTIONS))
            return
        for i in np.ndindex(x.shape):
            d = np.zeros(x.shape, x.dtype)
            d[i] = abs(x[i]) or 1.0
            yield d

    def one(self, k: int, x: Any) -> ndarray:
        return np.concatenate([flat(y) for y in flatten(self.f(*self.xs[:k], x, *self.xs[k + 1 :]))[0]])

    def middle(self) -> ndarray:
        return np.concatenate([flat(y) for y in self.ys])

    def by_forward(self, k: int, steps: list[ndarray]) -> Any:
        rows = []
        for d in steps:
            vs = [d if j == k else np.zeros_like(x) for j, x in enumerate(self.xs)]
            try:
                rows.append(np.concatenate([flat(t) for t in self.pushed(vs)]))
            except Exception as error:
                return error
        return np.array(rows)

    def by_reverse(self, k: int, steps: list[ndarray]) -> Any:
        """The same numbers from J^T: one cotangent per number of the output."""
        total = sum(map(size, self.ys))
        made = np.zeros((len(steps), total))
        for i, e in enumerate(np.eye(total)):
            ends = np.cumsum([size(y) for y in self.ys])[:-1]
            ws = [p.reshape(shape(y)) for p, y in zip(np.split(e, ends), self.ys, strict=True)]
            try:
                back = self.pulled(ws)[k]
            except Exception as error:
                return error
            made[:, i] = [np.sum(np.asarray(back, float) * d) for d in steps]
        return made

    def adjoint(self) -> Iterator[Component]:
        Jv, JTw = self.pushed(self.vs), self.pulled(self.ws)
        left = sum(float(np.sum(np.multiply(w, t, dtype=float))) for w, t in zip(self.ws, Jv, strict=True))
        right = sum(float(np.sum(np.multiply(g, v, dtype=float))) for g, v in zip(JTw, self.vs, strict=True))
        total = sum(float(np.abs(np.multiply(w, t, dtype=float)).sum()) for w, t in zip(self.ws, Jv, strict=True))
        budget = SAME * self.precision * (total + abs(right)) + 1e-300
        wrong = not abs(left - right) <= budget and np.isfinite([left, right]).all()
        said = "J and J^T are not transposes of each other" if wrong else ""
        name = f"{self.prefix}<w, J v> = <J^T w, v>"
        yield Component(name, right, left, budget, "FAIL" if wrong else "PASS", said, "J")

    def alone(self) -> Iterator[Component]:
        """With the other arguments plain, nothing may change."""
        if len(self.xs) < 2:
            return
        grads = self.pulled(self.ws)
        for k, position in enumerate(self.which):
            f = lambda x, k=k: self.f(*self.xs[:k], x, *self.xs[k + 1 :])  # noqa: E731
            zero = [v if j == k else np.zeros_like(x) for j, (v, x) in enumerate(zip(self.vs, self.xs, strict=True))]
            tolerance, said = SAME * self.precision, "it is another derivative when the other arguments are constant"
            forward = self.pushed([self.vs[k]], f, [self.xs[k]])
            name = f"argument {position} alone"
            yield self.say.close(
                name, joined(forward), joined(self.pushed(zero)), tolerance, f"J: {said}", "all arguments"
            )
            reverse = self.pulled(self.ws, f, [self.xs[k]])[0]
            yield self.say.close(name, reverse, grads[k], tolerance, f"J^T: {said}", "all arguments")

    def together(self) -> Iterator[Component]:
        for word, sweep, likes in (("J", self.pushed, self.xs), ("J^T", self.pulled, self.ys)):
            for lead in (3, 1, 0):
                seeds = [self.seed_like(x, (lead,)) for x in likes]
                many = sweep(seeds)
                name, said = f"{word} of {lead} directions", f"{word} of {lead} directions at once is not that of each"
                one = [sweep([s[i] for s in seeds]) for i in range(lead)]
                want = [
                    np.stack([np.asarray(row[j]) for row in one]) if lead else np.asarray(p) for j, p in enumerate(many)
                ]
                if [np.shape(p) for p in many] != [w.shape for w in want]:
                    yield self.say.component(name, "FAIL", f"{said}: the shapes differ", "one by one")
                else:
                    yield self.say.close(name, joined(many), joined(want), SAME * self.precision, said, "one by one")

    # ---- second order ------------------------------------------------------------------------------------------------

    def energy(self, *xs: Any) -> Any:
        """sum of w y^2: curved also where the op is linear."""
        return sum(np.sum(w * y * y) for w, y in zip(self.ws, flatten(self.f(*xs))[0], strict=True))

    def second(self) -> Iterator[Component]:
        """H v in all four orders of the modes, against differences of the gradient."""
        many = tuple(range(len(self.xs)))
        gradient = grad(self.energy, many)
        start, d, middle = joined(self.xs), joined(self.vs), joined(gradient(*self.xs))
        line = lambda t: joined(gradient(*self.unflat(start + t * d)))  # noqa: E731 as a formula

        def differences(Hv: ndarray, share: float = 1.0) -> list[Any]:
            return [reference(line, np.float64(0.0), np.float64(share), middle, self.precision, share * Hv)]

        found = None
        for outer, inner in product(MODES, MODES):
            inside = jacobian(self.energy, many, mode=inner)
            blocks = jacobian(lambda *xs, inside=inside: inside(*xs), many, mode=outer)(*self.xs)
            Hv = np.concatenate([sum(self.product(blocks[i][j], i, j) for j in many) for i in many])
            found = found or differences(Hv)
            name = f"second derivatives, {outer} over {inner}"
            yield self.say.held_against(found, name, "it", Hv[None], partial(differences, Hv))

    def product(self, block: Any, i: int, j: int) -> ndarray:
        return np.reshape(block, (size(self.xs[i]), size(self.xs[j]))) @ np.ravel(self.vs[j])

    def unflat(self, x: ndarray) -> list[Any]:
        parts = np.split(x, np.cumsum([size(like) for like in self.xs])[:-1])
        return [p.reshape(shape(like)).astype(np.result_type(like))[()] for p, like in zip(parts, self.xs, strict=True)]

    # ---- precision, shapes, memory -----------------------------------------------------------------------------------

    def single(self) -> Iterator[Component]:
        xs = tuple(np.float32(x) for x in self.xs)
        wanted = [np.asarray(y).dtype for y in flatten(self.f(*xs))[0]]
        vs, ws = [np.float32(v) for v in self.vs], [np.asarray(w, d) for w, d in zip(self.ws, wanted, strict=True)]
        Jv, JTw = self.pushed(vs, xs=xs), self.pulled(ws, xs=xs)
        kept = [np.asarray(t).dtype for t in Jv] == wanted and all(np.asarray(g).dtype == np.float32 for g in JTw)
        inside = self.dtypes_inside(xs)
        if set(wanted) == {np.dtype(np.float32)} and inside is not None:
            kept = kept and inside <= {np.dtype(np.float32)}
        self.notes += [] if kept else [f"{self.prefix}{WIDER}"]
        yield self.say.close("J in float32", joined(Jv), joined(self.pushed(self.vs)), SINGLE, "J is wrong", "float64")
        yield self.say.close(
            "J^T in float32", joined(JTw), joined(self.pulled(self.ws)), SINGLE, "J^T is wrong", "float64"
        )

    def dtypes_inside(self, xs: tuple[Any, ...]) -> set[Any] | None:
        """The dtypes of derivatives that pass uncast, inside another transformation; None where that cannot be."""

        def gradients(*xs: Any) -> Any:
            y, pullback = vjp(self.f, *xs)
            return pullback(y)

        try:
            forward = jvp(lambda *xs: jvp(self.f, xs, xs)[1], xs, xs)[0]
            reverse = jvp(gradients, xs, xs)[0]
        except Exception:
            return None
        return {np.asarray(t).dtype for t in flatten([forward, reverse])[0]}

    def broadcast(self) -> Iterator[Component]:
        """An elementwise op of several arguments, where one of them is broadcast against the others."""
        op = find(self.op)
        if op is None or not isinstance(op.rule, Elementwise) or len(self.args) < 2:
            return
        first = [np.ravel(x)[0] for x in self.xs]
        shapes: list[list[tuple[int, ...]]] = [[(), (3,)], [(3,), ()], [(1,), (3,)], [(3,), (2, 3)], [(2, 1), (1, 3)]]
        for k, position in enumerate(self.which):
            for small, large in shapes:
                xs = [np.full(small if j == k else large, x) for j, x in enumerate(first)]
                y = np.asarray(self.f(*xs))
                w = self.seed_like(y)
                back = self.pulled([w], xs=xs)[k]
                units = [e.reshape(small) for e in np.eye(int(np.prod(small)))]
                along = [[e if j == k else np.zeros(large) for j in range(len(xs))] for e in units]
                want = [np.sum(w * self.pushed(v, xs=xs)[0]) for v in along]
                name = f"broadcasting, argument {position} of shape {small} against {large}"
                yield self.say.close(name, back, want, SAME * self.precision, "J^T is wrong", "J")

    def sums(self) -> Iterator[Component]:
        """The cotangent of a sum travels as one number."""
        if any(y.dtype.kind != "f" for y in self.ys):
            return
        want = self.pulled([np.full_like(y, 3.0) for y in self.ys])
        total = lambda *xs: 3.0 * sum(np.sum(y) for y in flatten(self.f(*xs))[0])  # noqa: E731
        found = grad(total, tuple(range(len(self.xs))))(*self.xs)
        said = "the pullback of one number for all is not that of an array of it"
        yield self.say.close(
            "the gradient of a sum", joined(found), joined(want), SAME * self.precision, said, "J^T of ones"
        )

    def fresh(self) -> Iterator[Component]:
        """Inputs and cotangents stay as they are; a pullback may be called twice."""
        xs = [np.array(x) for x in self.xs]
        ws = [np.array(w) for w in self.ws]
        before = [a.copy() for a in (*xs, *ws)]
        y, pullback = vjp(self.f, *[x if x.ndim else x[()] for x in xs])
        ct = flatten(y)[1](ws)
        first = joined(pullback(ct))
        second = joined(pullback(ct))
        self.pushed(self.vs, xs=[x if x.ndim else x[()] for x in xs])
        kept = all(np.array_equal(a, b, equal_nan=True) for a, b in zip((*xs, *ws), before, strict=True))
        yield self.say.component(
            "inputs stay as they are", "PASS" if kept else "FAIL", "the rule, or the op, writes into its inputs"
        )
        said = "a pullback gives something else when it is called again"
        yield self.say.close("the pullback called twice", second, first, 0.0, said, "the first call")


def joined(parts: Any) -> ndarray:
    """All numbers in one vector."""
    arrays = [flat(p) for p in parts]
    return np.concatenate(arrays) if arrays else np.zeros(0)
