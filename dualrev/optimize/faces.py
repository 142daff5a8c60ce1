"""Which elements a bound holds, and steps on the face of the box that is left.

A bound holds an element where going down would lead out of the box: the sign of the multiplier says so, and how far a
step would lead. Nothing here compares x with a number that has units: a concentration of 3e-9 is no nearer to its bound
0 than 3 is, if its error is as much smaller.
"""

import numpy as np
from numpy import ndarray

from .linear_algebra import column_scale, factored
from .parameters import Parameters

NEGLIGIBLE = 1e-8  # relative: a value that can fall by less is as low as it gets


def projected(g: ndarray, x: ndarray, lower: ndarray, upper: ndarray, curvature: ndarray | None = None) -> ndarray:
    """The gradient, 0 where going down would lead out of the box; no more than a step to the bound amounts to.

    curvature: second derivatives of each element, by which a step -g / curvature may end on a bound: what is left of g
    there is what that shorter step is worth. Without it an element counts as free until it is exactly on its bound.
    """
    outward = ((x <= lower) & (g > 0)) | ((x >= upper) & (g < 0))
    g = np.where(outward, 0.0, g)
    if curvature is None or not (np.isfinite(lower).any() or np.isfinite(upper).any()):
        return g
    room = np.where(g > 0, x - lower, upper - x)  # infinite without a bound
    with np.errstate(invalid="ignore", over="ignore"):
        short = (curvature > 0) & (curvature * room < np.abs(g))
        return np.where(short, np.sign(g) * curvature * np.where(short, room, 0.0), g)


def held(
    x: ndarray, lower: ndarray, upper: ndarray, g: ndarray, curvature: ndarray, value: float
) -> tuple[ndarray, ndarray]:
    """Which elements their lower and which their upper bound holds.

    One that is on its bound is held unless the value, of size `value`, would clearly fall inside; one that is not quite
    on it, as interior methods leave it, if its own minimum is beyond and going there gains nothing.
    """
    gain = NEGLIGIBLE * abs(value)
    low = holds(x - lower, g, curvature, gain)
    return low, holds(upper - x, -g, curvature, gain) & ~(low & (g > 0))


def holds(room: ndarray, g: ndarray, curvature: ndarray, gain: float) -> ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        there = (room <= 0) & ((g >= 0) | (g * g <= 2 * gain * curvature))
        return there | ((g > 0) & (g * room <= gain) & (curvature * room <= g))


def step_in_box(A: ndarray, b: ndarray, x: ndarray, p: Parameters) -> tuple[ndarray, ndarray]:
    """(where the step that minimises |A step - b| in the box leads, which elements are on a bound then).

    Source: Stark & Parker, Bounded-variable least squares, Computational Statistics 10 (1995), as SciPy has it.
    """
    found = x + factored(A).solve(b)
    if not p.bounded or ((p.lower <= found) & (found <= p.upper)).all() or not np.isfinite(found).all():
        return found, np.zeros(len(x), bool)
    from scipy.optimize import lsq_linear

    scale, room = column_scale(A), p.lower < p.upper
    low, high = ((bound - x)[room] / scale[room] for bound in (p.lower, p.upper))
    on = lsq_linear((A * scale)[:, room], b, (np.minimum(low, 0.0), np.maximum(high, 0.0)), method="bvls").active_mask
    found, stuck = np.where(room, x, p.lower), ~room
    stuck[room] = on != 0
    found[room] = np.where(on < 0, p.lower[room], np.where(on > 0, p.upper[room], x[room]))
    free = ~stuck
    if free.any():
        found[free] = x[free] + factored(A[:, free]).solve(b - A @ (found - x))
    return np.clip(found, p.lower, p.upper), stuck
