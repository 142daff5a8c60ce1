"""The derivative of the very steps that an explicit Runge-Kutta method took: step sizes are held fixed."""

from itertools import pairwise

import numpy as np
from scipy.integrate import RK23, RK45

from ..errors import InputError
from ..ops.own_value import exactly
from ..shapes import shape
from ..traced import operand, value

METHODS = {"RK23": RK23, "RK45": RK45, RK23: RK23, RK45: RK45}


def stepped(times, y0, f, method, steps, t0, rows=None):
    """The rows of the solution at the times, by the steps of a run (the dense output of SciPy) on traced values."""
    if method not in METHODS:
        raise InputError(f"sensitivity='discrete' goes through the steps of RK23 and RK45, not of {method}")
    rule, ts = METHODS[method], steps.ts - steps.ts[0] + t0
    y, slope = y0, operand(f(ts[0], y0))
    at, found = value(times), [None] * shape(times)[0]
    forward = ts[-1] >= ts[0]
    for k, (t, after) in enumerate(pairwise(ts)):
        h, K = after - t, [slope]
        for a, c in zip(rule.A[1:], rule.C[1:], strict=True):
            K.append(operand(f(t + c * h, y + h * combined(a[: len(K)], K))))
        new = y + h * combined(rule.B, K)
        slope = operand(f(after, new))
        K.append(slope)
        last = k == len(ts) - 2
        for i in np.flatnonzero(inside(at, t, after, forward, k == 0, last)):
            found[i] = y + h * interpolated(rule.P, K, (times[i] - t) / h)
        y = new
    made = np.stack(found)
    return made if rows is None else exactly(made, func=lambda: np.array(rows, float), arguments={})


def inside(at, t, after, forward, first, last):
    """Which of the times fall into one step."""
    s = at if forward else -at
    a, b = (t, after) if forward else (-t, -after)
    return ((s > a) | first) & ((s <= b) | last)


def combined(weights, K):
    """The sum of the slopes K, each with its weight."""
    return sum([w * k for w, k in zip(weights, K, strict=True) if w])


def interpolated(P, K, x):
    """The dense output of the step at the share x of it."""
    powers = x ** np.arange(1.0, P.shape[1] + 1)
    return sum([(row @ powers) * k for row, k in zip(P, K, strict=True)])
