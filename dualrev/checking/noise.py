"""How noisy a function is: the size of the errors in its values, from its values alone."""

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray

NARROW, WIDE = range(-2, 3), range(-8, 9)  # places, as multiples of a distance
ORDER = 3  # of the differences
POWER = 20  # the sum of the squares of 1, 3, 3, 1: what the differences do to the variance of noise
APART = (0.44, 0.64, 0.8)  # powers of the precision, 1e-7 to 1e-12: there what is smooth is a straight line
AWAY = 0.0173  # there a printed number has another digit, and a flat region may have ended
FEW, MANY = 4, 12  # digits of a number that has been printed
SAFE = 4.0  # the estimate comes from few samples
EVERYWHERE = 0.1  # of the root mean square: a quantile that says that noise is in all places
LASTING = 0.1  # of what is seen at a larger distance: a kink makes less at the nearer one
LOUD = 8.0  # times the rounding error: what must be looked at again
SHARE, QUANTILE = 0.6, 0.8416  # a kink is in fewer differences; the quantile of the absolute value of normal noise


def noise_of(
    phi: Callable[[float], ndarray], middle: ndarray, precision: float, apart: Sequence[float] = APART
) -> ndarray:
    """The noise of each output of phi near 0: what its rounding must be, and what differences of high order show.

    A kink shows in them too, but in few of many; and the waves of a function too fast for these places show as a curve
    at nearer ones. What is left is noise. With one distance only, kinks and waves count as noise.

    Source: Moré & Wild (2011), Estimating computational noise.

    >>> rough = np.random.default_rng(0)
    >>> phi = lambda t: np.array([t + 1e-6 * rough.standard_normal()])
    >>> bool(1e-6 < noise_of(phi, phi(0.0), 2.0**-52)[0] < 2e-5)
    True
    """

    def values(distance: float, places: range) -> ndarray:
        return np.array([middle if k == 0 else phi(k * distance) for k in places])

    with np.errstate(all="ignore"):
        near = values(precision ** apart[0], NARROW)
        few = printed(near)
        level = (few > 0) & (np.ptp(near, axis=0) == 0)
        if level.any():
            few[level] = printed_or_flat(np.concatenate([near, values(AWAY, NARROW)]))[level]
        floor = np.maximum(2 * precision * np.abs(middle), few)
        seen = at_first = roughness(near)
        if (seen > LOUD * floor).any() and len(apart) > 1:
            wide = values(precision ** apart[0], WIDE)
            typical, overall = typical_roughness(wide), roughness(wide)
            seen = np.where((typical > EVERYWHERE * overall) & (typical > LOUD * floor), overall, typical)
        for number, power in enumerate(apart[1:]):
            if (np.fmax(seen, 0.0 if number else at_first) <= LOUD * floor).all():
                break
            near = values(precision**power, NARROW)
            here, curved = roughness(near), np.max(np.abs(np.diff(near, 2, axis=0)), axis=0) > LOUD * floor
            gone = curved & (here < LASTING * seen)
            seen = np.where(np.isfinite(seen) & ~gone, seen, np.fmin(seen, here))
            if number == 0:
                seen = np.where(here > LASTING * at_first, np.fmax(seen, here), seen)
    return np.maximum(floor, np.where(np.isfinite(seen), SAFE * seen, 0.0))


def roughness(values: ndarray) -> ndarray:
    """The root mean square of differences of high order of equidistant values, as one standard deviation of them."""
    return np.sqrt(np.mean(np.diff(values, ORDER, axis=0) ** 2, axis=0) / POWER)


def typical_roughness(values: ndarray) -> ndarray:
    """The same by a quantile, which a kink among the values does not move."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all are nan: so is the quantile
        sizes = np.abs(np.diff(values, ORDER, axis=0))
        return np.nanquantile(sizes, SHARE, axis=0) / (QUANTILE * POWER**0.5)


def printed(values: ndarray) -> ndarray:
    """Half a unit of the last digit, where all values are decimal numbers of few digits, as read from a file; else 0.

    >>> printed(np.array([[0.123456, 1 / 3], [0.12345, 2 / 7]]))
    array([5.e-07, 0.e+00])
    """
    found = np.zeros(values.shape[1])
    for i, column in enumerate(values.T):
        places = [last_digit(float(v)) for v in column[:1]]
        if places[0][0] <= MANY:
            places = [last_digit(float(v)) for v in column if np.isfinite(v)]
            if places and FEW <= max(n for n, _ in places) <= MANY:
                found[i] = 0.5 * 10.0 ** min(power for _, power in places)
    return found


def printed_or_flat(values: ndarray) -> ndarray:
    """The same for values that do not change nearby, from those further away: a constant has no noise."""
    return np.where(np.ptp(values, axis=0) == 0, 0.0, printed(values))


def last_digit(v: float) -> tuple[int, int]:
    """(number of digits, power of ten of the last one) of the shortest decimal number that is v.

    >>> last_digit(0.00123), last_digit(120.5)
    ((3, -5), (4, -1))
    """
    mantissa, _, power = f"{np.format_float_scientific(v, trim='-')}".partition("e")
    digits = len(mantissa.replace(".", "").lstrip("-"))
    return digits, int(power or 0) - digits + 1
