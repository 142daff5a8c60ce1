"""Derivatives that are right and stand in the wrong place: transposed, shifted, permuted, of another output."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy import ndarray

from ..shapes import shape, size
from .cases import Case
from .places import NEAR, TRUST, Place


def transposed(case: Case) -> Iterator[str]:
    """The Jacobian, or the part of it for one input that is a matrix."""
    m, n = case.places[0].claims.shape
    if m > 1 and n > 1 and case.mended(lambda p: p.claims.reshape(n, m).T[:, p.columns]):
        yield "the Jacobian is transposed: rows are outputs, columns are inputs"
    start = 0
    for k, like in enumerate(case.subject.leaves):
        if len(shape(like)) == 2 and min(shape(like)) > 1:
            order = np.arange(n)
            order[start : start + size(like)] = start + np.arange(size(like)).reshape(shape(like)[::-1]).T.ravel()
            if case.mended(taking(order, 1)):
                which = f" in argument {k + 1}" if len(case.subject.leaves) > 1 else ""
                yield f"the derivative{which} is transposed, or in order 'F': that of element [i, j] stands at [j, i]"
        start += size(like)


def taking(order: ndarray, axis: int) -> Callable[[Place], ndarray]:
    """The claim with its inputs (axis 1) or outputs in that order."""
    return lambda p: np.take(p.claims, order, axis=axis)[:, p.columns]


def shifted(case: Case) -> Iterator[str]:
    """All moved by one place, round the end or not."""
    for axis, name in ((1, "inputs"), (0, "outputs")):
        count = case.places[0].claims.shape[axis]
        for by in (1, -1) if count > 2 else ():
            back = taking(np.roll(np.arange(count), by), axis)
            end = 0 if by == 1 else count - 1
            inner = np.ones_like(case.wrong)
            inner[(slice(None), case.columns == end) if axis else (end, slice(None))] = False
            if case.mended(back):
                yield f"the {name} are shifted by one place, round the end: an index is off by one"
            if (inner & case.wrong).any(axis=1 - axis).sum() > 1 and case.mended(back, inner):
                yield f"the {name} are shifted by one place: an index, or a slice, is off by one"


def backwards(case: Case) -> Iterator[str]:
    """The last first."""
    for axis, name in ((1, "inputs"), (0, "outputs")):
        count = case.places[0].claims.shape[axis]
        if count > 2 and case.mended(taking(np.arange(count)[::-1], axis)):
            yield f"the {name} are in reverse order"


def permuted(case: Case) -> Iterator[str]:
    """Columns, or rows, in another order."""
    for axis, name in ((1, "inputs"), (0, "outputs")):
        labels = [case.name(k) for k in range(len(case.columns))] if axis else case.subject.outputs
        order = matching(case.places, axis)
        moved = [] if order is None else [k for k in range(len(order)) if order[k] != k]
        if order is not None and moved:
            pairs = ", ".join(f"{labels[k]} has that of {labels[order[k]]}" for k in moved[:4])
            word = "swapped" if len(moved) == 2 else "permuted, or sorted"
            yield f"the order of the {name} is wrong ({word}): {pairs}{', ...' * (len(moved) > 4)}"


def matching(places: list[Place], axis: int) -> ndarray | None:
    """For each column (or row) the one of the truth that it is equal to, at all places; None if there is none."""
    count = places[0].truth.shape[axis]
    if count < 2:
        return None
    order: list[int] = []
    for k in range(count):
        fits = [i for i in range(count) if i not in order and all(same_part(p, k, i, axis) for p in places)]
        if not fits:
            return None
        order.append(k if k in fits else fits[0])
    return np.array(order)


def same_part(p: Place, k: int, i: int, axis: int) -> bool:
    """Is column (or row) k of yours the column i of the truth?"""
    a, b, e = (np.take(M, j, axis=axis) for M, j in ((p.yours, k), (p.truth, i), (p.error, i)))
    return bool(np.isfinite(e).all() and np.all(np.abs(a - b) <= NEAR * np.maximum(np.abs(a), np.abs(b)) + TRUST * e))


def taken(case: Case, where: ndarray) -> Iterator[str]:
    """The derivative in one input, or of one output, at the place of another; or added to it."""
    for axis, word in ((1, "in"), (0, "of")):
        labels = [case.name(k) for k in range(len(case.columns))] if axis else case.subject.outputs
        wrong = np.flatnonzero(where.any(axis=1 - axis))
        if len(wrong) != 1:
            continue
        k = int(wrong[0])
        for i in range(case.wrong.shape[axis]):
            if i == k or not all(tells(p, i, axis) for p in case.places):
                continue
            if tells(case.places[0], k, axis) and all(same_part(p, k, i, axis) for p in case.places):
                yield f"yours is the derivative {word} {labels[i]}: an index, or the order, is wrong"
            if case.mended(without(i, axis), where):
                yield f"the derivative {word} {labels[i]} has been added to it: an index is wrong"


def tells(p: Place, i: int, axis: int) -> bool:
    """Is column (or row) i of the truth more than error?"""
    return bool(np.any(np.abs(np.take(p.truth, i, axis=axis)) > TRUST * np.take(p.error, i, axis=axis)))


def without(i: int, axis: int) -> Callable[[Place], ndarray]:
    return lambda p: p.yours - np.take(p.truth, [i], axis=axis)
