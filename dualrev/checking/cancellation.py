"""Digits that a derivative loses where nearly equal numbers are subtracted: it is noisy, as a function of x."""

import numpy as np
from numpy import ndarray

from .functions import Claimed, scales
from .noise import last_digit, noise_of

STEPS = range(-8 * 37, 9 * 37, 37)  # in units of the precision: floats that are all but x
TURNS = 3  # up and down, is more than a rounding of the result to fewer digits does
NOISY, LARGE = 1e-9, 2e-2  # relative: what is no rounding, and what may be a branch
FEW_DIGITS = 9  # decimal: the claim was rounded
EXPLAINED = 4.0  # times the noise: an error that it explains
CANCELS = (
    "yours loses digits by cancellation: its noise is {:.0e} of it (relative); write the difference of nearly equal "
    "numbers otherwise (np.expm1, np.log1p, a series), or use more digits"
)


def noise_of_claims(subject: Claimed, x: ndarray) -> ndarray:
    """The noise of the claimed derivative at x, (m, n); 0 where it is a decimal number of few digits."""
    scale, middle = scales(x, subject.leaves), subject.jacobian(x)
    noise = noise_of(lambda t: subject.jacobian(x + t * scale).ravel(), middle.ravel(), subject.precision)
    rounded = [last_digit(float(v))[0] <= FEW_DIGITS for v in middle.flat]
    return np.where(rounded, 0.0, noise).reshape(middle.shape)


def jumps(subject: Claimed, x: ndarray) -> bool:
    """Does it go up and down between floats next to each other? What is rounded to float32 does not."""
    claims = np.array([subject.jacobian(x * (1 + k * np.finfo(float).eps)) for k in STEPS])
    turns = (np.diff(np.sign(np.diff(claims, axis=0)), axis=0) != 0).sum(axis=0)
    return bool((turns >= TURNS).any())
