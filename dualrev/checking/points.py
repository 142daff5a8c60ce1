"""The points to look at: the one given, and jitters of it where the function is finite."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy import ndarray

from .functions import Subject, scales

POINTS = 3  # the one given, and two near it
FAR = 0.2  # of the scale of the point
TRIES = 8
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


def box_of(bounds: Any, n: int) -> Box:
    """(lower, upper) arrays, of a pair or of SciPy's Bounds; infinite where there are none."""
    lower, upper = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else (-np.inf, np.inf) if bounds is None else bounds
    return np.broadcast_to(np.asarray(lower, np.float64), n), np.broadcast_to(np.asarray(upper, np.float64), n)
