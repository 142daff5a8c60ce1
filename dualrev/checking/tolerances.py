"""Values that a solver computed to a tolerance: their derivative is that of the error, too, which no one claims.

A solver that is known has a tolerance that is known. Otherwise an iteration that stops at one makes small jumps, where
it takes another step; a polynomial through values further apart evens them out. Where it agrees with the claim, and f
jumps, the claim cannot be called wrong.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray

from .slopes import Slope
from .solvers import Solver

REACHES = (1 / 4, 1 / 16, 1 / 64, 1 / 256)  # in units of the scale of the point
PLACES, DEGREE = 24, 7
AMPLIFIED = 100.0  # times the tolerance of a step or of an iteration: what it may make of a derivative
COARSE, WORTH = 0.1, 5e-3  # relative: the most that is excused so, and the most for which a tolerance is advised
CLOSE = 0.2  # relative: what is further apart is no matter of tolerance
SURE = 0.05  # relative: a polynomial that is less sure tells nothing
HALVINGS = 24  # to the place of a jump
STEADY = 0.05  # of the difference from the claim: how far larger steps are from what smaller ones say without jumps
KEPT = 0.1  # of a deviation: a jump keeps it when the interval is halved, a kink does not
LOUD = 16.0  # times the noise

Line = Callable[[float], ndarray]


@np.errstate(all="ignore")
def computed_to(
    phi: Line, claimed: ndarray, along: Slope, noise: ndarray, wrong: Sequence[int], solver: Solver | None
) -> dict[int, str]:
    """Why the outputs `wrong` may be right all the same: output to reason, for those that a tolerance explains.

    phi: the function along a line. claimed, along: its slope at 0, as claimed and by differences. noise: of its values.
    The reason names the digits that agree, the tolerance of the values, and what to do.
    """
    value, size = along.value, along.size
    found: dict[int, str] = {}
    apart, slopes = np.abs(claimed - value), np.fmax(np.abs(claimed), np.abs(value))
    for i in wrong if solver else ():
        whole = max(slopes[i], size[i])  # of the point: where terms cancel, their errors do not
        if solver and apart[i] <= min(COARSE, AMPLIFIED * solver.tolerance) * whole:
            computed = f"are computed to about {power(solver.tolerance)} ({solver.name})"
            found[i] = said(apart[i] / whole, computed, apart[i] / slopes[i])
    if len(found) == len(wrong):
        return found
    t = REACHES[0]
    smooth = np.abs((phi(t) - phi(-t)) / (2 * t) - along.expected(t)) <= STEADY * apart
    left = [i for i in wrong if i not in found and apart[i] <= CLOSE * slopes[i] and not smooth[i]]
    return found | jumping(phi, claimed, value, noise, size, left)


def jumping(
    phi: Line, claimed: ndarray, value: ndarray, noise: ndarray, size: ndarray, wrong: Sequence[int]
) -> dict[int, str]:
    """The same, for outputs whose values jump."""
    found: dict[int, str] = {}
    left = list(wrong)
    for reach in REACHES:
        if not left:
            break
        places = reach * np.cos(np.pi * (np.arange(PLACES) + 0.5) / PLACES)
        values = np.array([phi(t) for t in places]) / size
        slope, error, misfit = fitted(places / reach, values) / reach
        close = np.abs(slope - claimed / size) <= error
        sure = close & (error <= SURE * np.abs(claimed / size))
        left = [i for i in left if misfit[i] * reach > LOUD * noise[i] / size[i]]  # a smooth one is so nearer by, too
        for i in (i for i in left if sure[i]):
            jump = jump_of(one_of(phi, i, size[i]), places, values[:, i])
            if jump > LOUD * noise[i] / size[i]:
                apart = float(abs(claimed[i] - value[i]) / max(abs(claimed[i]), abs(value[i])))
                found[i] = said(apart, f"look computed to about {power(jump)}", apart)
        left = [i for i in left if i not in found]
    return found


def one_of(phi: Line, i: int, size: float) -> Callable[[float], float]:
    """Output i, in units of its size."""
    return lambda t: float(phi(t)[i] / size)


def fitted(places: ndarray, values: ndarray) -> ndarray:
    """Slope at 0 of polynomials through the values, what it may be off by, and how far they are from the values.

    >>> x = np.linspace(-1, 1, 20)
    >>> slope, error, misfit = fitted(x, 3 * x + 1e-3 * np.sign(x - 0.3))
    >>> bool(abs(slope - 3) < error < 0.05), bool(1e-4 < misfit < 1e-3)
    (True, True)
    """
    powers = np.polynomial.chebyshev.chebvander(places, DEGREE)
    inverse = np.linalg.pinv(powers)
    odd = np.arange(DEGREE + 1) % 2 * np.where(np.arange(DEGREE + 1) % 4 == 1, 1, -1)
    weights = (odd * np.arange(DEGREE + 1)) @ inverse  # T_n'(0) = n, -n for n = 1, 3, 5, 7, ...
    rest = values - powers @ (inverse @ values)
    misfit = np.sqrt(np.sum(rest**2, axis=0) / (len(places) - DEGREE - 1))
    return np.array([weights @ values, misfit * np.sum(np.abs(weights)), misfit])


def jump_of(phi: Callable[[float], float], places: ndarray, values: ndarray) -> float:
    """The size of the largest jump between the places, found by halving; 0 where it is but a kink."""
    order = np.argsort(places)
    t, y = places[order], values[order]
    curve = np.polynomial.Polynomial.fit(t, y, DEGREE).deriv()
    steps = np.diff(y) - curve((t[1:] + t[:-1]) / 2) * np.diff(t)
    k = int(np.argmax(np.abs(steps)))
    left, low, right, high, first = t[k], y[k], t[k + 1], y[k + 1], abs(steps[k])
    slope = (high - low - steps[k]) / (right - left)
    deviation = first
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        value = phi(middle)
        before, after = abs(value - low - slope * (middle - left)), abs(high - value - slope * (right - middle))
        left, low, right, high = (left, low, middle, value) if before > after else (middle, value, right, high)
        deviation = max(before, after)
    return float(deviation) if deviation > KEPT * first else 0.0


def said(apart: float, computed: str, relative: float) -> str:
    """
    >>> said(3e-6, "look computed to about 1e-5", 3e-6)
    'noise: agrees to 5 digits; the values look computed to about 1e-5: tighten the solver, or pass rtol=1e-5'
    """
    digits = max(int(-np.log10(apart)), 0)
    agrees = f"agrees to {digits} digit{'s' * (digits != 1)}"
    pass_it = f", or pass rtol={power(20 * relative)}" if relative < WORTH else ""
    return f"noise: {agrees}; the values {computed}: tighten the solver{pass_it}"


def power(v: float) -> str:
    """The power of ten that is not above v.

    >>> power(0.003), power(1e-12)
    ('1e-3', '1e-12')
    """
    return f"1e{int(np.floor(np.log10(v) + 1e-9))}"
