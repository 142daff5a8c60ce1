"""The points to look at: the one given, and jitters of it where the function is finite."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from .functions import Subject, scales

FAR = 0.2  # of the scale of the point
TRIES = 8


def jittered(
    subject: Subject, count: int, rng: np.random.Generator, bounds: tuple[ndarray, ndarray] | None = None
) -> Iterator[tuple[ndarray, ndarray]]:
    """(point, values) at x, and at count - 1 points near it, moved by less where the function is not finite."""
    yield subject.x, subject.first
    scale = scales(subject.x, subject.leaves)
    for _ in range(count - 1):
        step, far = rng.uniform(0.3, 1.0, scale.size) * rng.choice([-1.0, 1.0], scale.size) * scale, FAR
        for _ in range(TRIES):
            there = subject.x + far * step
            if bounds is not None:
                there = np.clip(there, *bounds)
            with np.errstate(all="ignore"):
                values = subject.values(there)
            if np.isfinite(values).all():
                yield there, values
                break
            far /= 4
