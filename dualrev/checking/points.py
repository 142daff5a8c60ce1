"""The points to look at: the one given, and jitters of it where the function is finite."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from .functions import Subject, scales

POINTS = 3  # the one given, and two near it
FAR = 0.2  # of the scale of the point
TRIES = 8
WRITE = "write bounds=[(lower, upper), ...], a pair for each input, or bounds=(lower, upper), or SciPy's Bounds"
Box = tuple[ndarray, ndarray]  # lower and upper bounds


def jittered(subject: Subject, count: int, rng: np.random.Generator, box: Box) -> Iterator[tuple[ndarray, ndarray]]:
    """(point, values) at x, and at count - 1 points near it, moved by less where the function is not finite."""
    yield subject.x, subject.first
    scale = scales(subject.x, subject.leaves)
    for _ in range(count - 1):
        step, far = rng.uniform(0.3, 1.0, scale.size) * rng.choice([-1.0, 1.0], scale.size) * scale, FAR
        for _ in range(TRIES):
            there = subject.rounded(inside(subject.x, subject.x + far * step, box))
            values = subject.middle(there)
            if np.isfinite(values).all():
                yield there, values
                break
            far /= 4


def settle_precision(subject: Subject, box: Box) -> None:
    """Give a subject the precision of float32 if all values of f have it, though its arguments are float64."""
    scale = scales(subject.x, subject.leaves) * np.linspace(1.0, 1.7, subject.x.size)
    for away in (0.0, 0.011, -0.023, 0.037):
        there = subject.rounded(inside(subject.x, subject.x + away * scale, box))
        values = subject.values(there) if away else subject.first
        with np.errstate(all="ignore"):
            if not np.array_equal(values, values.astype(np.float32)):
                return
    subject.precision = max(subject.precision, float(np.finfo(np.float32).eps))


def inside(x: ndarray, there: ndarray, box: Box) -> ndarray:
    """A point near x; on the other side of x where it is beyond the bounds, or half way to the further one."""
    lower, upper = box
    there = np.where((there > upper) | (there < lower), 2 * x - there, there)
    return np.where(there > upper, (x + upper) / 2, np.where(there < lower, (x + lower) / 2, there))


def box_of(bounds: Any, subject: Subject) -> Box:
    """(lower, upper) arrays, of pairs, a pair of arrays, or SciPy's Bounds; infinite where there are none.

    Raises an InputError where they are none of these, or x is not within them.
    """
    n = subject.x.size
    lower, upper = (edge_of(edge, n, rest) for edge, rest in zip(edges_of(bounds, n), (-np.inf, np.inf)))
    outside = np.flatnonzero(~((lower <= subject.x) & (subject.x <= upper)))
    if outside.size:
        k = int(outside[0])
        raise InputError(
            f"{subject.names[k]} = {subject.x[k]:g} is not within its bounds, {lower[k]:g} to {upper[k]:g}: "
            "check at a point within them"
        )
    return lower, upper


def edges_of(bounds: Any, n: int) -> Any:
    """The lower and the upper bounds, as they were given."""
    if bounds is None:
        return None, None
    if hasattr(bounds, "lb"):
        return bounds.lb, bounds.ub
    try:
        pairs = [tuple(pair) if not isinstance(pair, ndarray) else pair for pair in bounds]
    except TypeError:
        pairs = bounds  # numbers, or a mixture
    if not hasattr(bounds, "__len__"):
        raise InputError(WRITE)
    one_each = isinstance(bounds, (list, tuple)) and len(pairs) == n and all(is_pair(p) for p in pairs)
    if one_each and (n != 2 or isinstance(bounds, list)):
        return zip(*pairs)
    if len(bounds) != 2:
        raise InputError(WRITE)
    return bounds


def is_pair(p: Any) -> bool:
    return isinstance(p, tuple) and len(p) == 2


def edge_of(edge: Any, n: int, unbounded: float) -> ndarray:
    """One bound for each input; None is none."""
    try:
        numbers = np.array([unbounded if v is None else v for v in np.ravel(np.asarray(edge, object))], np.float64)
        return np.broadcast_to(numbers, n)
    except (TypeError, ValueError):
        raise InputError(f"{WRITE}, for {n} input{'s' * (n != 1)}") from None
