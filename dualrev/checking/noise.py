"""How noisy a function is: the size of the errors in its values, from its values alone."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

POINTS = 6  # besides the middle
APART = 1e-7  # of the scale of the point: there what is smooth is a straight line
ORDER = 4
SAFE = 4.0  # the estimate comes from few samples


def noise_of(phi: Callable[[float], ndarray], middle: ndarray, precision: float) -> ndarray:
    """The noise of each output of phi near 0: what its rounding must be, and what differences of high order show.

    Source: Moré & Wild (2011), Estimating computational noise.
    """
    rounding = 2 * precision * np.abs(middle)
    places = [APART * (k - POINTS / 2) for k in range(POINTS + 1)]
    with np.errstate(all="ignore"):
        values = np.array([middle if t == 0 else phi(t) for t in places])
        table = np.diff(values, ORDER, axis=0)
    seen = np.sqrt(np.mean(table**2, axis=0) / 70)  # 70 = the sum of the squares of 1, 4, 6, 4, 1
    return np.maximum(rounding, np.where(np.isfinite(seen), SAFE * seen, 0.0))
