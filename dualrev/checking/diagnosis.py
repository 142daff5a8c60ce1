"""What is wrong with a derivative: simple hypotheses, tried on all of it at two points, and on each column by itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..errors import DualrevError
from ..program.program import Program, trace
from ..program.sensitivity import adjoints
from .functions import Claimed, scales
from .noise import noise_of
from .slopes import slope

MOST = 60  # inputs: more are not differentiated one by one
NEAR = 1e-5  # relative: that near is equal


class Place(NamedTuple):
    """One point: what is claimed there, what differences say (both (m, n)), what those may be off by, and the values."""

    x: ndarray
    yours: ndarray
    truth: ndarray
    error: ndarray
    values: ndarray

    def equal(self, a: ndarray, b: ndarray, where: Any = ...) -> bool:
        budget = NEAR * np.maximum(np.abs(a), np.abs(b)) + 5 * self.error
        near = np.abs(a - b) <= budget
        return bool(np.all(near[where])) and bool(np.any(np.abs(b[where]) > 5 * self.error[where]))


def diagnosed(subject: Claimed, points: Sequence[ndarray]) -> list[str]:
    """Sentences that explain a failure; none if no hypothesis does."""
    if subject.x.size > MOST:
        return []
    places = [place_of(subject, x) for x in points[:2]]
    wrong = np.logical_or.reduce([differs(p) for p in places])
    if not wrong.any():
        return []
    found = first_of(whole(subject, places, wrong))
    if found:
        return [found]
    said = []
    for j in np.flatnonzero(wrong.any(axis=0)):
        reason = first_of(column(subject, places, wrong, int(j)))
        if reason:
            said.append(f"d/d{subject.names[j]}: {reason}")
    return said


def first_of(hypotheses: Iterator[str]) -> str:
    return next(hypotheses, "")


def place_of(subject: Claimed, x: ndarray) -> Place:
    """The claimed and the true Jacobian at x, the latter by differences, column by column."""
    middle, scale = subject.values(x), scales(x, subject.leaves)
    noise = 2 * subject.precision * np.abs(middle)
    columns, errors = [], []
    for j in range(x.size):
        d = np.zeros(x.size)
        d[j] = scale[j]

        def phi(t: float, d: ndarray = d) -> ndarray:
            return subject.values(x + t * d)

        if j == 0:
            noise = np.maximum(noise, noise_of(phi, middle, subject.precision))
        found = slope(phi, middle, noise)
        columns.append(found.value / scale[j])
        errors.append(found.error / scale[j])
    truth, error = np.array(columns).T, np.array(errors).T
    return Place(x, subject.jacobian(x), truth, np.where(np.isfinite(error), error, np.inf), middle)


def differs(p: Place) -> ndarray:
    with np.errstate(invalid="ignore"):
        apart = np.abs(p.yours - p.truth)
    return ~(apart <= 1e-7 * np.maximum(np.abs(p.yours), np.abs(p.truth)) + 5 * p.error)


# ---- hypotheses about the whole derivative ---------------------------------------------------------------------------


def whole(subject: Claimed, places: list[Place], wrong: ndarray) -> Iterator[str]:
    def holds(make: Callable[[Place], ndarray]) -> bool:
        return all(p.yours.shape == make(p).shape and p.equal(p.yours, make(p)) for p in places)

    if len(places) > 1 and np.array_equal(places[0].yours, places[1].yours) and not differs(places[0]).any():
        if np.any(np.abs(places[0].truth - places[1].truth) > NEAR * np.abs(places[0].truth)):
            yield "the derivative does not change when x does: it is right at the first point, and kept from there (stale cache)"
    if holds(lambda p: -p.truth):
        yield "the sign is wrong: yours is minus the reference"
    m, n = wrong.shape
    if m == n > 1 and holds(lambda p: p.truth.T) and not holds(lambda p: p.truth):
        yield "the Jacobian is transposed: rows are outputs, columns are inputs"
    if m != n and m > 1 and n > 1 and holds(lambda p: p.truth.T.reshape(p.truth.shape)):
        yield "the Jacobian is transposed: rows are outputs, columns are inputs"
    if wrong.sum() > 1:
        yield from ratio_said(subject, places, wrong, "")
    yield from precision_said(places)
    yield from permuted(subject, places)
    yield from shifted(subject, places)


def precision_said(places: list[Place]) -> Iterator[str]:
    """Right to the precision of float32, or cut to whole numbers."""
    if all(np.array_equal(p.yours, np.trunc(p.yours)) and np.all(np.abs(p.yours - p.truth) <= 1 + 5 * p.error) for p in places):
        if any(np.any(np.abs(p.truth) > 1) for p in places):
            yield "yours are whole numbers: the derivative was cut to an integer dtype"
    relative = max(float(np.max(np.abs(p.yours - p.truth) / np.maximum(np.abs(p.truth), 1e-300))) for p in places)
    if relative < 1e-5 and all(np.array_equal(p.yours, p.yours.astype(np.float32)) for p in places):
        yield "right to 7 digits only: somewhere it went through float32"


def permuted(subject: Claimed, places: list[Place]) -> Iterator[str]:
    """Columns, or rows, in another order."""
    for axis, names in ((1, subject.names), (0, subject.outputs)):
        order = matching(places, axis)
        if order is not None and not np.array_equal(order, np.arange(len(order))):
            moved = [k for k in range(len(order)) if order[k] != k]
            shift = (order - np.arange(len(order))) % len(order)
            if len(order) > 2 and np.all(shift == shift[0]):
                yield f"the {'inputs' if axis else 'outputs'} are shifted by one place: an index is off by one"
            pairs = ", ".join(f"{names[k]} has that of {names[order[k]]}" for k in moved[:4])
            yield f"the order is wrong: {pairs}"


def matching(places: list[Place], axis: int) -> ndarray | None:
    """For each column (or row) the one of the truth that it is equal to, at all points; None if there is none."""
    count = places[0].truth.shape[axis]
    if count < 2:
        return None
    order = []
    for k in range(count):
        fits = [i for i in range(count) if i not in order and all(same_part(p, k, i, axis) for p in places)]
        if not fits:
            return None
        order.append(k if k in fits else fits[0])
    return np.array(order)


def same_part(p: Place, k: int, i: int, axis: int) -> bool:
    a, b, e = (np.take(M, j, axis=axis) for M, j in ((p.yours, k), (p.truth, i), (p.error, i)))
    return bool(np.all(np.abs(a - b) <= NEAR * np.maximum(np.abs(a), np.abs(b)) + 5 * e))


def shifted(subject: Claimed, places: list[Place]) -> Iterator[str]:
    """All but the ends moved by one place."""
    n = places[0].x.size
    if n < 4:
        return
    for by in (1, -1):
        inner = slice(1, -1)
        if all(p.equal(p.yours[:, inner], np.roll(p.truth, by, axis=1)[:, inner], ...) for p in map(cut, places)):
            yield "the inputs are shifted by one place: an index, or a slice, is off by one"


def cut(p: Place) -> Place:
    return Place(p.x, p.yours, p.truth, p.error[:, 1:-1], p.values)


# ---- hypotheses about one column -------------------------------------------------------------------------------------


def column(subject: Claimed, places: list[Place], wrong: ndarray, j: int) -> Iterator[str]:
    where = np.zeros_like(wrong)
    where[:, j] = wrong[:, j]
    if all(np.all(p.yours[where] == 0) for p in places):
        yield "yours is 0: its derivative is missing"
    if not np.isfinite([p.yours[where] for p in places]).all():
        yield "yours is not finite"
    if all(p.equal(p.yours, -p.truth, where) for p in places):
        yield "the sign is wrong"
    yield from ratio_said(subject, places, where, "")
    yield from terms_said(subject, places, j)
    for k, name in enumerate(subject.names):
        if k != j and all(same_part(p, j, k, 1) for p in places):
            yield f"yours is the derivative in {name}"
    gaps = [p.yours[where] - p.truth[where] for p in places]
    if all(np.ptp(g) <= NEAR * np.abs(g).max() for g in gaps) and np.allclose(gaps[0][0], [g[0] for g in gaps], rtol=1e-4):
        yield f"yours is the reference {gaps[0][0]:+.6g}: a constant term is {'extra' if gaps[0][0] > 0 else 'missing'}"
    slopes = [g / p.x[j] for g, p in zip(gaps, places, strict=True) if p.x[j]]
    if len(slopes) > 1 and np.allclose(slopes[0], slopes[1], rtol=1e-4):
        yield f"yours is the reference {slopes[0][0]:+.6g} * {subject.names[j]}: a term in proportion to it is missing or extra"


def ratio_said(subject: Claimed, places: list[Place], where: ndarray, head: str) -> Iterator[str]:
    """Yours over the reference: one number, or a quantity of the point."""
    ratios = []
    for p in places:
        use = where & (np.abs(p.truth) > 1e3 * p.error) & np.isfinite(p.yours)
        if not use.any():
            return
        r = p.yours[use] / p.truth[use]
        if np.ptp(r) > NEAR * np.abs(r).max() + 10 * np.max(p.error[use] / np.abs(p.truth[use])):
            return
        ratios.append(float(np.median(r)))
    if not all(np.isfinite(ratios)) or 0 in ratios or np.allclose(ratios, 1, rtol=1e-7):
        return
    if np.allclose(ratios, ratios[0], rtol=NEAR):
        yield head + constant_factor(ratios[0], subject, places)
        return
    for power, said in ((1, "a factor {} is extra"), (-1, "a factor {} is missing")):
        for name, values in quantities(subject, places):
            if all(v and np.isclose(r, v**power, rtol=NEAR * 10) for r, v in zip(ratios, values, strict=True)):
                yield f"{head}ratio {ratios[0]:.6g} = {name if power == 1 else f'1 / ({name})'}: {said.format(name)}"
                return


KNOWN = {
    "2": 2.0, "3": 3.0, "4": 4.0, "pi": np.pi, "2 pi": 2 * np.pi, "sqrt(2)": 2**0.5, "sqrt(pi)": np.pi**0.5,
    "sqrt(2 pi)": (2 * np.pi) ** 0.5, "ln(2)": np.log(2), "ln(10)": np.log(10), "e": np.e,
}  # fmt: skip


def constant_factor(r: float, subject: Claimed, places: list[Place]) -> str:
    """A constant ratio in words."""
    text = f"yours is {r:.6g} times the reference"
    if np.isclose(r, np.pi / 180, rtol=NEAR) or np.isclose(r, 180 / np.pi, rtol=NEAR):
        return f"{text}: degrees were taken for radians, or the reverse"
    known = KNOWN | {f"n = {places[0].x.size}, the number of inputs": float(places[0].x.size)}
    known |= {f"m = {subject.m}, the number of outputs": float(subject.m)}
    for name, value in known.items():
        if value != 1 and np.isclose(abs(r), value, rtol=NEAR):
            return f"{text}: a factor {name} is extra" + " and the sign is wrong" * (r < 0)
        if value != 1 and np.isclose(abs(r), 1 / value, rtol=NEAR):
            return f"{text}: a factor {name} is missing" + " and the sign is wrong" * (r < 0)
    for name, values in quantities(subject, places):
        if np.allclose(values, values[0], rtol=NEAR):
            if np.isclose(r, values[0], rtol=NEAR):
                return f"{text}: a factor {name} is extra"
            if values[0] and np.isclose(r, 1 / values[0], rtol=NEAR):
                return f"{text}: a factor {name} is missing"
    return text


def quantities(subject: Claimed, places: list[Place]) -> Iterator[tuple[str, list[float]]]:
    """(name, value at each point) of numbers that a factor could be: parameters, values of f, values on the way."""
    for k, name in enumerate(subject.names):
        yield name, [float(p.x[k]) for p in places]
        yield f"2 {name}", [2 * float(p.x[k]) for p in places]
        yield f"{name}**2", [float(p.x[k]) ** 2 for p in places]
    if subject.m == 1:
        yield "f", [float(p.values[0]) for p in places]
        yield "2 f: the derivative of the square of f", [2 * float(p.values[0]) for p in places]
    programs = [traced(subject, p.x) for p in places]
    if all(programs) and len({len(g) for g in programs if g}) == 1:
        for values in zip(*[g.values for g in programs if g]):
            if all(v.scalar for v in values):
                yield f"{values[0].name} = {values[0].expression}", [float(np.real(v.primal)) for v in values]
            for constant in {float(a) for a in getattr(values[0].call, "args", ()) if type(a) in (int, float)}:
                yield f"{constant:g}", [constant] * len(places)


def traced(subject: Claimed, x: ndarray) -> Program | None:
    """The program of the function, where dualrev can record it."""
    try:
        with np.errstate(all="ignore"):
            return trace(subject.f, *subject.arguments(x))
    except (DualrevError, TypeError, ValueError, AttributeError):
        return None


@dataclass(frozen=True)
class Term:
    """What one use of an input contributes to its derivative."""

    expression: str
    line: str
    value: float


def terms_of(program: Program, j: int) -> list[Term]:
    """The contributions to the derivative in input element j, one for each use."""
    _, arrivals = adjoints(program)
    start = 0
    for k in program.inputs:
        size = int(np.size(program.values[k].primal))
        if j < start + size:
            terms = []
            for a in arrivals[k]:
                child = program.values[a.child]
                value = float(np.ravel(np.broadcast_to(a.cotangent, np.shape(program.values[k].primal)))[j - start])
                terms.append(Term(child.expression, str(child.place or ""), value))
            return [t for t in terms if t.value]
        start += size
    return []


def terms_said(subject: Claimed, places: list[Place], j: int) -> Iterator[str]:
    """A term is missing, counted twice, or all that is there."""
    if subject.m != 1:
        return
    programs = [traced(subject, p.x) for p in places]
    if not all(programs):
        return
    terms = [terms_of(g, j) for g in programs if g]
    if len({len(t) for t in terms}) != 1 or len(terms[0]) < 2:
        return
    for k, found in enumerate(zip(*terms)):
        gaps = [float(p.yours[0, j] - p.truth[0, j]) for p in places]
        label = f"the use in {found[0].expression}{f' ({found[0].line})' * bool(found[0].line)}"
        if all(np.isclose(p.yours[0, j], t.value, rtol=NEAR) for p, t in zip(places, found, strict=True)):
            which = "last" if k == len(terms[0]) - 1 else "first" if k == 0 else "one"
            yield f"only {label} is counted, the {which} of {len(terms[0])}: contributions must be added up, not overwritten"
        if all(np.isclose(g, -t.value, rtol=NEAR) for g, t in zip(gaps, found, strict=True)):
            yield f"a term is missing: {label}"
        if all(np.isclose(g, t.value, rtol=NEAR) for g, t in zip(gaps, found, strict=True)):
            yield f"a term is counted twice: {label}"
        if all(np.isclose(g, -2 * t.value, rtol=NEAR) for g, t in zip(gaps, found, strict=True)):
            yield f"a term has the wrong sign: {label}"


