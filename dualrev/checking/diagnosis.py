"""What is wrong with a derivative: simple hypotheses, tried on all of it at several points, then on each part."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy import ndarray

from ..tree import flatten
from .cancellation import CANCELS, EXPLAINED, LARGE, NOISY, jumps, noise_of_claims
from .cases import Case, listed
from .factors import EQUAL, constant_factor, digits, quantity_said, ratio_of
from .functions import Claimed, array
from .mutations import mutated
from .orders import backwards, permuted, shifted, taken, transposed
from .partings import near_which
from .places import NEAR, TRUST, Place, place_of
from .regions import diagonal, region, zeros
from .terms import terms

POINTS, SMALL = 3, 12  # points that are looked at, for so many inputs; one less for more
SAID = 6  # parts that are spoken of
TRIED = 12  # parts that are looked at one by one
VAGUE = "a constant factor is", "a constant term is", "right to 2 digits only"  # what fits any number
ROUGH = 2e-3  # relative: an error that is one of digits


def diagnosed(subject: Claimed, points: Sequence[ndarray], suspects: set[int]) -> list[str]:
    """Sentences that explain a failure; none if no hypothesis does."""
    case = Case.at(subject, points[: POINTS if subject.x.size <= SMALL else POINTS - 1], suspects)
    if not case.wrong.any():
        return list(cancelling(case))
    found = first_of(whole(case))
    if found:
        return [found]
    bad = [p for p in case.places if p.wrong.any()]
    if len(bad) < len(case.places):
        where = near_which(case)
        case = Case(subject, bad)
        found = first_of(telling(case, case.wrong, whole(case)))
        more = [found] if found else by_part(case)
        return [f"{where}{f': {line}' if line else ''}" for line in more or [""]]
    return by_part(case)


def first_of(hypotheses: Iterator[str]) -> str:
    return next((said for said in hypotheses if said), "")


# ---- all of it -------------------------------------------------------------------------------------------------------


def whole(case: Case) -> Iterator[str]:
    """Explanations of everything that is wrong; the simplest first."""
    where, everywhere = case.wrong, np.ones_like(case.wrong)
    yield from not_finite(case, where)
    yield from stale(case)
    yield from transposed(case)
    yield from cut_to_integers(case)
    yield from single_precision(case)
    yield from cancelling(case)
    there = region(case)
    if there:
        yield f"{there}: {first_of(simple(case, where)) or 'a branch has the derivative of another'}"
    yield from zeros(case, where)
    yield from with_the_number(case, constant(case, where))
    if where.any(axis=0).sum() > 1 or where.any(axis=1).sum() > 1:
        yield from shifted(case)
        yield from backwards(case)
        yield from permuted(case)
    yield from varying(case, where)
    by_terms = (f"{case.extent(where)}{said}" for said in terms(case, where, everywhere))
    yield from with_the_number(case, by_terms)
    yield from added(case, where)
    yield from (f"{case.extent(where)}{said}" for said in taken(case, where))
    yield from case.once(mutated)
    yield from few_digits(case)


def with_the_number(case: Case, hypotheses: Iterator[str]) -> Iterator[str]:
    """Before a constant factor that is unknown, a constant of the function that is another one in yours."""
    for said in hypotheses:
        if VAGUE[0] in said:
            yield from case.once(mutated)
        yield said


def simple(case: Case, where: ndarray) -> Iterator[str]:
    """What can be said in a subordinate clause."""
    yield "yours is 0 there" if not any(np.any(p.yours[where & p.wrong]) for p in case.places) else ""
    ratio = ratio_of(case, where)
    if ratio is not None and len({bool(p.wrong.any()) for p in case.places}) == 1 and ratio.constant is not None:
        yield constant_factor(ratio.constant, case)


def not_finite(case: Case, where: ndarray) -> Iterator[str]:
    if not all(np.isfinite(p.yours[where]).all() for p in case.places):
        bad = np.logical_or.reduce([~np.isfinite(p.yours) for p in case.places]) & where
        yield f"{case.extent(bad)}yours is not finite"


def cancelling(case: Case) -> Iterator[str]:
    """What is wrong is no more than the noise of the claim itself; where nothing clearly is, it is noisy."""
    if worst_of(case) > LARGE:
        return
    sizes = []
    for p in case.places:
        noise = noise_of_claims(case.subject, p.x)[:, p.columns]
        if (p.off > EXPLAINED * noise)[p.wrong].any():
            return
        told = (p.wrong if case.wrong.any() else p.sure) & (p.yours != 0)
        sizes += (noise[told] / np.abs(p.yours[told])).tolist()
    if max(sizes, default=0.0) > NOISY:
        yield CANCELS.format(max(sizes))


def stale(case: Case) -> Iterator[str]:
    """The derivative of one point at another."""
    first, *others = case.places
    if not others:
        return
    if not first.wrong.any() and all(np.array_equal(first.claims, p.claims) and p.wrong.any() for p in others):
        constant = "a constant, or " * (first.claims.size == 1)
        name = case.root(case.wrong)
        yield (
            f"yours does not change when {name} does: it is right at the first point, and {constant}"
            "kept from there (stale cache)"
        )
    before = dict(zip(map(id, others), case.places))

    def brought_up_to_date(p: Place) -> ndarray:
        return p.truth + p.yours - before[id(p)].truth if id(p) in before else p.truth

    if first.wrong.any() and others[0].wrong.any() and case.mended(brought_up_to_date):
        yield "yours is the derivative at the point of the call before (stale)"


def cut_to_integers(case: Case) -> Iterator[str]:
    yours = np.concatenate([p.yours[p.sure] for p in case.places])
    truth = np.concatenate([p.truth[p.sure] for p in case.places])
    broken = np.abs(truth - np.round(truth)) > 1e-6 * np.maximum(np.abs(truth), 1.0)
    cut = any(np.array_equal(yours, integers(truth)) for integers in (np.trunc, np.round, np.floor))
    if cut and broken.sum() > 1 and np.any(yours):
        yield "yours are whole numbers: the derivative was cut to an integer dtype"


def single_precision(case: Case) -> Iterator[str]:
    exact = all(np.array_equal(p.yours, p.yours.astype(np.float32)) for p in case.places)
    if exact and worst_of(case) < 1e-5 and not any(jumps(case.subject, p.x) for p in case.places):
        yield "right to 7 digits only: somewhere it went through float32 (dtype truncation)"


def worst_of(case: Case) -> float:
    """The largest error, in terms of the largest derivative of its output."""
    size = [np.abs(p.truth).max(axis=1, keepdims=True, initial=0.0) for p in case.places]
    with np.errstate(all="ignore"):
        return max(float(np.max((p.off / s)[p.wrong], initial=0.0)) for p, s in zip(case.places, size))


def few_digits(case: Case) -> Iterator[str]:
    """Right, but not to the digits of float64."""
    worst = worst_of(case)
    if worst < ROUGH:
        right = f"right to {digits(worst)} digits of the largest only"
        yield f"{case.extent(case.wrong)}{right}: as from differences with one step, cancellation, or low precision"


# ---- any part --------------------------------------------------------------------------------------------------------


def constant(case: Case, where: ndarray) -> Iterator[str]:
    """One number times the reference."""
    ratio = ratio_of(case, where)
    r = None if ratio is None else ratio.constant
    if r is None or r == 0:
        return
    where_said = diagonal(case) or case.extent(where)
    if abs(r + 1) <= EQUAL:
        yield f"{where_said}the sign is wrong: yours is minus the reference"
    else:
        yield f"{where_said}yours is {r:.10g} times the reference: {constant_factor(r, case)}"


def varying(case: Case, where: ndarray) -> Iterator[str]:
    """A quantity of the point times the reference."""
    ratio = ratio_of(case, where)
    said = "" if ratio is None else quantity_said(ratio, case, where)
    yield f"{case.extent(where)}{said}" if said else ""


def added(case: Case, where: ndarray) -> Iterator[str]:
    """The reference, and a constant, or a multiple of the input."""
    if len(case.places) < 2:
        return
    gaps = [np.where(where & p.sure, p.yours - p.truth, np.nan) for p in case.places]
    slack = [TRUST * p.error for p in case.places]
    first = float(gaps[0][np.isfinite(gaps[0])][0]) if np.isfinite(gaps[0]).any() else 0.0
    if first and fits(gaps, [np.full_like(g, first) for g in gaps], slack):
        said = "extra" if first > 0 else "missing"
        yield f"{case.extent(where)}yours is the reference {first:+.6g}: a constant term is {said}"
    x = [np.broadcast_to(p.x[case.columns], g.shape) for p, g in zip(case.places, gaps)]
    with np.errstate(all="ignore"):
        found = (gaps[0] / x[0])[np.isfinite(gaps[0]) & (x[0] != 0)]
    if found.size and found[0] and fits(gaps, [found[0] * v for v in x], slack):
        name = case.root(where)
        term = f"yours is the reference {found[0]:+.6g} * {name}"
        yield f"{case.extent(where)}{term}: a term in proportion to {name} is missing or extra"


def fits(gaps: list[ndarray], made: list[ndarray], slack: list[ndarray]) -> bool:
    """Are they the same where they are known?"""
    return all(
        np.all((np.abs(g - a) <= EQUAL * np.abs(a) + s) | np.isnan(g))
        for g, a, s in zip(gaps, made, slack, strict=True)
    )


# ---- part by part ----------------------------------------------------------------------------------------------------


def by_part(case: Case) -> list[str]:
    """Column by column; row by row where that says more."""
    columns = explained(case, 0)
    rows = explained(case, 1) if len(case.wrong) > 1 else {}
    unsaid = lambda reasons: sum(len(names) for why, names in reasons.items() if not why)  # noqa: E731 for two
    best = rows if rows and (unsaid(rows), len(rows)) < (unsaid(columns), len(columns)) else columns
    lines = [f"{listed(names)}: {why}" for why, names in best.items() if why]
    return lines[:SAID] + [f"... and {len(lines) - SAID} more"] * (len(lines) > SAID)


def explained(case: Case, axis: int) -> dict[str, list[str]]:
    """What explains each column (axis 0) or row that is wrong, and the names of those it explains."""
    reasons: dict[str, list[str]] = {}
    for k in np.flatnonzero(case.wrong.any(axis=axis))[:TRIED]:
        scope = np.zeros_like(case.wrong)
        scope[(slice(None), k) if axis == 0 else k] = True
        name = f"d/d{case.name(int(k))}" if axis == 0 else f"d{case.subject.outputs[k]}/dx"
        why = first_of(part(case, scope & case.wrong, scope))
        reasons.setdefault(why.removeprefix(f"{name}: "), []).append(name)
    return reasons


def part(case: Case, where: ndarray, scope: ndarray) -> Iterator[str]:
    return telling(case, where, of_part(case, where, scope))


def telling(case: Case, where: ndarray, hypotheses: Iterator[str]) -> Iterator[str]:
    """Those that would not fit any number."""
    vague = VAGUE if unchanging(case, where) else ()
    return (said for said in hypotheses if not any(words in said for words in vague))


def unchanging(case: Case, where: ndarray) -> bool:
    """Is the truth one number there, at all points? Then any other number is a multiple of it, and says nothing."""
    truth = np.concatenate([p.truth[where & p.sure] for p in case.places])
    error = np.concatenate([p.error[where & p.sure] for p in case.places])
    return truth.size > 0 and bool(np.all(np.abs(truth - truth[0]) <= NEAR * np.abs(truth[0]) + TRUST * error))


def of_part(case: Case, where: ndarray, scope: ndarray) -> Iterator[str]:
    yield from not_finite(case, where)
    yield from zeros(case, where)
    yield from constant(case, where)
    yield from varying(case, where)
    yield from terms(case, where, scope)
    yield from taken(case, where)
    yield from added(case, where)


# ---- shapes ----------------------------------------------------------------------------------------------------------


def shape_said(subject: Claimed) -> list[str]:
    """Why a derivative has too many numbers: it was not summed over the axis that its input was broadcast along."""
    found = [array(leaf) for leaf in flatten(subject.jac(*subject.arguments(subject.x)))[0]]
    given = [np.asarray(leaf) for leaf in subject.leaves]
    count = sum(g.size for g in found)
    plain = f"it has {count} number{'s' * (count != 1)}, and there are {subject.m} x {subject.x.size} derivatives"
    if subject.m != 1 or len(found) != len(given):
        return [plain]
    p = place_of(subject, subject.x, np.arange(subject.x.size), claimed=False)
    said, start = [], 0
    for k, (g, x) in enumerate(zip(found, given)):
        if g.size > x.size and x.size and g.size % x.size == 0:
            truth, error = p.truth[0, start : start + x.size], TRUST * p.error[0, start : start + x.size]
            for summed in (g.reshape(-1, x.size).sum(axis=0), g.reshape(x.size, -1).sum(axis=1)):
                if np.all(np.abs(summed - truth) <= 1e-6 * np.abs(truth) + error):
                    which = f"of argument {k + 1} " if len(given) > 1 else ""
                    has = f"the derivative {which}has shape {g.shape} in place of {x.shape}"
                    over = f"its sum over {g.size // x.size} elements is right"
                    said = [f"{has}, and {over}: it was not summed over a broadcast axis"]
        start += x.size
    return said or [plain]
