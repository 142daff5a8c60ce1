"""From where an optimiser stopped to the minimum: Newton steps with the exact Hessian, on the face of the box.

What counts is what a step promises, g^T H^-1 g / 2: for a negative log-likelihood half a squared standard error. That
does not depend on the units of the parameters. No step raises f.
"""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from ..errors import NonFiniteError
from .certificate import FLAT
from .faces import step_in_box
from .objectives import Objective

MOST = 200  # steps
HALVINGS = 30  # of one step
ENOUGH = 1e-4  # of what the slope promises, for a step to count (Armijo)
CLOSER = 0.5  # near the end each step is at most so many times as long as the one before
ROUNDING = 1e-13  # relative to f: what it may rise by, and what is no fall


@dataclass(frozen=True, eq=False)
class Finish:
    """Where Newton steps led: x, f there, how many, and what the next one promises (nan where H is not definite)."""

    x: ndarray
    value: float
    steps: int
    decrease: float
    definite: bool


def newton_finish(obj: Objective, x: ndarray, enough: float = 0.0, most: int = MOST) -> Finish:
    """Newton steps from x for as long as they lower f, or get shorter where f is as low as rounding lets it be.

    enough: the promise of a next step that is small enough to stop at.

    Source: Bertsekas, Projected Newton methods for optimization problems with simple constraints, SIAM J. Control and
    Optimization 20 (1982); where H is not definite, its eigenvalues count by their size, as in Gill & Murray (1974).
    """
    here, steps, last = obj.fun(x), 0, np.inf
    target, promised, definite = newton_point(obj, x)
    while steps < most and promised > enough:
        floor = ROUNDING * abs(here)
        if promised > 10 * floor:
            x_new, f_new = downhill(obj, x, here, target, promised)
        else:
            x_new, f_new = target, value_of(obj, target)
        if x_new is None or not f_new <= here + floor or (promised <= 10 * floor and not promised < CLOSER**2 * last):
            break
        try:
            ahead = newton_point(obj, x_new)
        except NonFiniteError:
            break
        if promised <= 10 * floor and not ahead[1] < promised:  # no closer: that was rounding
            break
        x, here, last, steps = x_new, f_new, promised, steps + 1
        target, promised, definite = ahead
    return Finish(x, here, steps, promised, definite)


def newton_point(obj: Objective, x: ndarray) -> tuple[ndarray, float, bool]:
    """(where the Newton step in the box leads, how much lower f is there by the quadratic model, is H definite?)"""
    p, g, H = obj.parameters, obj.grad(x), obj.hess(x)
    size = np.abs(np.diag(H))
    scale = 1 / np.sqrt(np.where(size > 0, size, 1.0))
    values, vectors = np.linalg.eigh(H * scale[:, None] * scale)
    top = np.abs(values).max()
    seen = np.abs(values) > FLAT * top
    if not seen.any():
        return x, 0.0, False
    root = np.sqrt(np.abs(values[seen]))
    A = root[:, None] * vectors[:, seen].T / scale
    target, stuck = step_in_box(A, -(vectors[:, seen].T @ (scale * g)) / root, x, p)
    step = target - x
    among = (H * scale[:, None] * scale)[np.ix_(~stuck, ~stuck)]
    definite = bool((np.linalg.eigvalsh(among) >= -FLAT * top).all()) if p.bounded else bool(values[0] >= -FLAT * top)
    promised = -float(g @ step + 0.5 * np.sum((A @ step) ** 2))
    return target, promised, definite


def downhill(obj: Objective, x: ndarray, here: float, target: ndarray, promised: float) -> tuple[ndarray | None, float]:
    """The first of x + t (target - x), t = 1, 1/2, 1/4, ..., where f is lower by enough."""
    t = 1.0
    for _ in range(HALVINGS):
        there = target if t == 1 else x + t * (target - x)
        value = value_of(obj, there)
        if value <= here - ENOUGH * t * promised:
            return there, value
        t /= 2
    return None, here


def value_of(obj: Objective, x: ndarray) -> float:
    """f at x, infinite where it is nan or out of its domain."""
    try:
        with np.errstate(all="ignore"):
            value = obj.fun(x)
    except Exception:  # a step out of the domain
        return np.inf
    return np.inf if np.isnan(value) else value
