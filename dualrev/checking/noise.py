"""How noisy a function is: the size of the errors in its values, from its values alone."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

PLACES = (-2, -1, 1, 2)  # besides the middle
ORDER = 3  # of the differences
POWER = 20  # the sum of the squares of 1, 3, 3, 1: what the differences do to the variance of noise
APART, NEARER = 1e-7, 1e-10  # of the scale of the point: there what is smooth is a straight line
SAFE = 4.0  # the estimate comes from few samples
LOUD = 8.0  # times the rounding error: what must be looked at again


def noise_of(phi: Callable[[float], ndarray], middle: ndarray, precision: float) -> ndarray:
    """The noise of each output of phi near 0: what its rounding must be, and what differences of high order show.

    A kink shows in them too, but less the nearer the places are together; noise does not.

    Source: Moré & Wild (2011), Estimating computational noise.
    """
    rounding = 2 * precision * np.abs(middle)
    seen = roughness(phi, middle, APART)
    if (seen > LOUD * rounding).any():
        seen = np.minimum(seen, roughness(phi, middle, NEARER))
    return np.maximum(rounding, np.where(np.isfinite(seen), SAFE * seen, 0.0))


def roughness(phi: Callable[[float], ndarray], middle: ndarray, apart: float) -> ndarray:
    """The root mean square of differences of high order, as one standard deviation of the values."""
    with np.errstate(all="ignore"):
        below, above = ([phi(apart * k) for k in PLACES if k * side > 0] for side in (-1, 1))
        table = np.diff(np.array([*below, middle, *above]), ORDER, axis=0)
        return np.sqrt(np.mean(table**2, axis=0) / POWER)
