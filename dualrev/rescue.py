"""Where one mode gives no finite number, the other is asked for it.

A value that is not used has a cotangent of zero, and where its slope is infinite the sweep back computes 0 * inf, which
is nan: ``np.sum(np.sqrt(x)[1:])`` at x[0] = 0. Forward mode never brings the two together, since what is not used is
dropped with its tangent. It is asked for those components alone, along the recorded lines, and its number is taken
where it is finite. Where it is not, as in ``np.sqrt(x) ** 2`` at 0, nobody knows better, and nan stays.
"""

import sys
import warnings
from itertools import accumulate, pairwise
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from .arguments import name_of
from .boundary import dtype_of, fresh
from .errors import NonFiniteWarning
from .modes import chunk_size, largest_on
from .shapes import shape, size
from .source import is_library
from .traced import Tracer, value

MOST = 256  # components for which the other mode is asked; of more than that none
MODES = ("reverse", "forward")  # the one that gives no finite number, and the one that is asked
FEW = 16  # elements of an array: up to where the sum of a list is the fastest look at it


class Rescue(NamedTuple):
    """What came of it: (leaf, element) of each component that was taken, and how many nan there were too many of."""

    taken: tuple[tuple[int, int], ...] = ()
    left: int = 0


NOTHING = Rescue()


def finite(g: Any) -> bool:
    """Is a derivative finite, as it is seen on all levels that trace it?"""
    kind = type(g)
    if kind is ndarray:
        few = g.size <= FEW and g.dtype.kind == "f"
        total = sum(g.ravel().tolist()) if few else abs(np.vdot(g, g))
        return isfinite(total) or bool(np.isfinite(g).all())  # finite numbers may overflow
    if isinstance(g, Tracer):
        tangent = tangent_of(g)
        return (tangent is None or finite(tangent)) and finite(g.primal)
    if isinstance(g, float):
        return isfinite(g)
    return bool(np.isfinite(g).all())


def tangent_of(g: Any) -> Any:
    """The tangent of g that has to be finite: none where a second derivative has met a kink, and may be nan."""
    return None if getattr(g.sweep, "sides", None) is not None else getattr(g, "tangent", None)


def troubles(g: Any) -> ndarray:
    """For each element of g, how many numbers that are not finite it carries: itself, and its tangents."""
    if not isinstance(g, Tracer):
        return (~np.isfinite(g)).astype(int)
    count, tangent = troubles(g.primal), tangent_of(g)
    if tangent is None:
        return count
    along = np.broadcast_to(troubles(tangent), (g.sweep.lead or ()) + count.shape)
    return count + along.reshape((-1, *count.shape)).sum(axis=0)


def gradient(recording: Any, weights: Any, grads: list[Any]) -> tuple[list[Any], Rescue]:
    """`grads`, J^T weights of a recording, with the numbers of forward mode where they alone are finite."""
    if all(map(finite, grads)) or not all(finite(value(y)) for y in recording.values):
        return grads, NOTHING
    ins = recording.leaves
    tables = [np.reshape(g, (1, size(x))) for g, x in zip(grads, ins)]

    def ask(chosen):
        found = weighed(pushed(recording, chosen), weights, len(chosen))
        if any(dtype_of(x).kind == "c" for x in ins):  # the convention of `grad`: df/da - i df/db
            found = found - 1j * weighed(pushed(recording, chosen, 1j), weights, len(chosen))
        return found

    tables, found = mended(tables, [True] * len(ins), ask, largest_on(recording))
    return [fresh(t.reshape(shape(x)), x, shape(x)) for t, x in zip(tables, ins)], found


def weighed(tangents, weights, k):
    """k directional derivatives of sum_o weights[o] . y_o, as a column; what has the weight 0 is not looked at."""
    total = np.zeros((k, 1))
    for t, w in zip(tangents, weights):
        w = np.ravel(w)
        used = np.flatnonzero(w)
        total = total + (t.reshape((k, len(w)))[:, used] @ w[used]).reshape(k, 1)
    return total


def by_columns(recording: Any, blocks: list[list[Any]]) -> tuple[list[list[Any]], Rescue]:
    """The blocks[output][input] of a Jacobian in reverse mode, with the columns of forward mode where they help."""
    ins, ys = recording.leaves, recording.values
    tables = [
        np.concatenate([np.reshape(row[k], (size(y), size(x))) for row, y in zip(blocks, ys)])
        for k, x in enumerate(ins)
    ]
    defined = np.concatenate([defined_in(y) for y in ys])[:, None]

    def ask(chosen):
        return np.concatenate([t.reshape((len(chosen), -1)) for t in pushed(recording, chosen)], axis=1)

    tables, found = mended(tables, [defined] * len(ins), ask, largest_on(recording))
    rows = [split(t, ys) for t in tables]
    return [[shaped(rows[k][j], y, x) for k, x in enumerate(ins)] for j, y in enumerate(ys)], found


def by_rows(recording: Any, blocks: list[list[Any]]) -> tuple[list[list[Any]], Rescue]:
    """The blocks[output][input] of a Jacobian in forward mode, with the rows of reverse mode where they help."""
    ins, ys = recording.leaves, recording.values
    tables = [
        np.concatenate([np.reshape(b, (size(y), size(x))).T for b, x in zip(row, ins)]) for row, y in zip(blocks, ys)
    ]

    def ask(chosen):
        seeds = zip(recording.indices, units(ys, chosen))
        indices, cts = zip(*[(j, s) for j, s in seeds if s is not None])
        found = recording.pull(cts, (len(chosen),), indices=indices)
        return np.concatenate([g.reshape((len(chosen), -1)) for g in found], axis=1)

    tables, found = mended(tables, [defined_in(y) for y in ys], ask, largest_on(recording))
    rows = [split(t, ins) for t in tables]
    return [[shaped(rows[j][k].T, y, x) for k, x in enumerate(ins)] for j, y in enumerate(ys)], found


def mended(tables, defined, ask, largest):
    """Matrices with one column per component, those that are not finite as `ask` has them; and the Rescue.

    defined: for each matrix, where the function itself is finite. ask: for (matrix, column) pairs a matrix with one row
    for each.
    """
    bad = [(troubles(t) > 0) & d for t, d in zip(tables, defined)]
    chosen = [(k, int(i)) for k, b in enumerate(bad) for i in np.flatnonzero(b.any(axis=0))]
    if not chosen:
        return tables, NOTHING
    if len(chosen) > MOST:
        unknown = any(np.isnan(value(t)).any() or isinstance(t, Tracer) for t in tables)
        return tables, Rescue(left=len(chosen)) if unknown else NOTHING
    step = chunk_size(len(chosen), largest)
    with np.errstate(all="ignore"):  # the first sweep has warned already
        answers = [ask(part) for k in range(len(tables)) for part in parts([c for c in chosen if c[0] == k], step)]
        other = answers[0] if len(answers) == 1 else np.concatenate(answers)
    made, taken, row = [], [], 0
    for k, (t, b) in enumerate(zip(tables, bad)):
        columns = [i for j, i in chosen if j == k]
        place = np.zeros(t.shape[1], int)
        place[columns] = np.arange(row, row + len(columns))
        row += len(columns)
        theirs = other.T[:, place]
        better = b & (troubles(theirs) < troubles(t)) & (np.isfinite(value(theirs)) | ~np.isfinite(value(t)))
        made.append(np.where(better, theirs, t) if better.any() else t)
        taken += [(k, int(i)) for i in np.flatnonzero(better.any(axis=0))]
    return made, Rescue(tuple(taken))


def pushed(recording, chosen, scale=1):
    """One tangent per output with a leading axis: along each element that is chosen, all others at rest.

    scale: 1j moves complex elements along the imaginary axis, and no other.
    """
    seeds = units(recording.leaves, chosen)
    if scale != 1:
        seeds = [None if s is None or s.dtype.kind != "c" else scale * s for s in seeds]
    return recording.push(seeds, (len(chosen),))


def parts(items, step):
    return [items[start : start + step] for start in range(0, len(items), step)]


def units(likes, chosen):
    """One direction per (leaf, element) that is chosen, as seeds with a leading axis; None for a leaf not chosen."""
    seeds = [None] * len(likes)
    for row, (k, i) in enumerate(chosen):
        if seeds[k] is None:
            seeds[k] = np.zeros((len(chosen), size(likes[k])), dtype_of(likes[k]))
        seeds[k][row, i] = 1
    return [None if s is None else s.reshape((len(chosen), *shape(x))) for s, x in zip(seeds, likes)]


def defined_in(y):
    return np.isfinite(value(y)).ravel()


def split(matrix, likes):
    """The rows of a matrix that belong to each of `likes`."""
    return [matrix[a:b] for a, b in pairwise(accumulate(map(size, likes), initial=0))]


def shaped(matrix, y, x):
    want = shape(y) + shape(x)
    return fresh(matrix.reshape(want), x, want)


# ---- what is said ----------------------------------------------------------------------------------------------------


def named(found: Rescue, names: list[str], likes: list[Any]) -> list[str]:
    """What was taken, by name and index: names are those of the leaves `likes`."""
    return [names[k] + element(i, likes[k]) for k, i in found.taken]


def tell_once(made: Any, found: Rescue, what: str, names: list[str], likes: list[Any], modes: Any = MODES) -> None:
    """Warn of the first rescue in a function that a transform has made; names are those of the leaves `likes`."""
    if found != NOTHING and not made.told:
        made.told = True
        tell(found, what, name_of(made.f), named(found, names, likes), modes)


def tell(found: Rescue, what: str, name: str, where: list[str], modes: tuple[str, str] = MODES) -> None:
    """Warn at the user's line: which components of the derivative `what` of the function `name` were not finite.

    where: the names of those that were taken. modes: the one that gave no finite number, and the one that was asked.
    """
    one, other = modes
    if found.left:
        said = (
            f"{found.left} components of it are not finite in {one} mode, more than the {MOST} for which {other} mode "
            "is asked: they stay as they are"
        )
    else:
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        said = (
            f"{one} mode gives no finite number in {', '.join(where[:3])}{more}, where an infinite slope meets a zero; "
            f"{other} mode does, and its numbers are taken"
        )
    text = f"{what} of {name}: {said}. dr.why_nan({name}, ...) says where it begins, and what to write instead"
    warnings.warn(NonFiniteWarning(text), stacklevel=depth_of_user())


def element(i, like):
    """Element i of an array as an index, "[2, 0]"."""
    return f"[{', '.join(map(str, np.unravel_index(i, shape(like))))}]" if shape(like) else ""


def depth_of_user() -> int:
    """The stacklevel, for the function that calls this one, of the user's line."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and is_library(frame.f_code.co_filename):
        level, frame = level + 1, frame.f_back
    return level
