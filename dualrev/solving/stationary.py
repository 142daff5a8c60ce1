"""The derivative of a minimiser: its first-order conditions are equations, and only what is active stands in them.

    grad f(x) - sum_j lambda_j grad c_j(x) = 0 on the free unknowns,  c_j(x) = 0,  x_i = b_i where a bound is active

Source: Fiacco (1976), Sensitivity analysis for nonlinear programming using penalty methods; Blondel et al. (2022),
table 1.
"""

from typing import NamedTuple

import numpy as np

from ..errors import NonFiniteError
from ..forward.jvp import jvp
from ..reverse.vjp import vjp
from ..shapes import shape
from ..traced import holds_tracer, operand, value
from .captured import Captured
from .roots import differentiated

NEAR = 1e-3  # how near a solver may stay to a bound that is active, relative to numbers of size 1
AT = 1e-8  # how near a bound counts as reached
WEAK = 1e-5  # of the curvature: multipliers below it are zero
TOLERANCE = 1e-2  # how far a minimiser may be from the minimum, relative: solvers stop where f changes no more


class Active(NamedTuple):
    """Which bounds hold with equality (+1 the lower, -1 the upper, 0 none), and which rows of the inequalities."""

    bounds: np.ndarray
    rows: np.ndarray
    multipliers: np.ndarray  # of the equalities, then of the active rows


def minimiser(x, objective, *, bounds=None, equality=None, inequality=None, name="the minimiser", solver="auto"):
    """x, a plain minimiser of the objective, with its derivative in every traced value that the functions hold.

    Parameters
    ----------
    x : float or ndarray
        The minimiser, as any solver found it.
    objective : callable
        ``objective(x)``, one number.
    bounds : pair, optional
        (lower, upper), each a number or an array or None; they may be traced.
    equality, inequality : callable, optional
        ``equality(x) == 0`` and ``inequality(x) >= 0``, arrays.

    >>> import dualrev as dr
    >>> def nearest(a):
    ...     return minimiser(dr.value(a), lambda x: (x - a) ** 2)
    >>> dr.grad(nearest)(3.0)
    1.0
    """
    n, own = np.size(x), shape(x)

    def shaped(v):
        return np.reshape(v, own) if own else v[0]

    functions = [objective, equality, inequality]
    f, eq, ineq = (None if g is None else on_vectors(g, shaped) for g in functions)
    low, high = (limit(b, n) for b in (bounds or (None, None)))
    if not traced_anywhere(f, eq, ineq, low, high, x):
        return x
    at = np.array(np.ravel(x), float)
    plain = [None if g is None else Captured(g).plain() for g in (f, eq, ineq)]
    active = active_at(at, *plain, value(low), value(high), name)
    fixed, m = active.bounds != 0, len(active.multipliers)
    edge = np.where(active.bounds > 0, low, high) if fixed.any() else None

    def conditions(z):
        x, multipliers = z[:n], z[n:]
        hold = constraints(eq, ineq, active.rows)
        slope = gradient(lambda x: f(x) - np.sum(multipliers * hold(x)) if m else f(x), x)
        first = slope if edge is None else np.where(fixed, x - np.where(fixed, edge, 0.0), slope)
        return np.concatenate([first, hold(x)]) if m else first

    start = np.concatenate([at, active.multipliers])
    z = differentiated(start, conditions, name=name, solver=solver, tol=TOLERANCE)
    return shaped(z[:n])


def on_vectors(g, shaped):
    return lambda v: operand(g(shaped(v)))


def limit(b, n):
    """A bound as an array of n numbers; nan where there is none."""
    return np.full(n, np.nan) if b is None else np.broadcast_to(np.ravel(operand(b)), (n,))


def traced_anywhere(f, eq, ineq, low, high, x):
    at = np.ravel(x).astype(float)
    return holds_tracer((low, high, *[g(at) for g in (f, eq, ineq) if g is not None]))


def gradient(f, x):
    """The gradient of f at x: traced where x is, or where f holds traced values."""
    y, pull = vjp(lambda x: np.sum(f(x)), x)
    return pull(np.ones_like(value(y))[()])[0]


def constraints(eq, ineq, rows):
    """The constraints that hold with equality, as one function."""
    parts = [] if eq is None else [lambda x: np.ravel(eq(x))]
    if rows.any():
        parts.append(lambda x: np.ravel(ineq(x))[rows])
    return lambda x: np.concatenate([p(x) for p in parts]) if parts else np.zeros(0)


def active_at(x, f, eq, ineq, low, high, name):
    """What is active at x: near enough, and with a multiplier that is not zero."""
    slope = value(gradient(f, x))
    size = np.maximum(1.0, np.abs(x))
    below, above = (np.where(np.isfinite(d), d, np.inf) for d in (x - low, high - x))
    side = np.where(below <= above, 1.0, -1.0)
    gap = np.minimum(below, above)
    near = gap <= NEAR * size
    rest = np.zeros(0) if ineq is None else value(np.ravel(ineq(x)))
    near_rows = rest <= NEAR
    equal = 0 if eq is None else np.size(value(eq(x)))
    every = constraints(eq, ineq, near_rows)
    A = np.zeros((0, len(x))) if not equal + near_rows.sum() else value(jvp(every, (x,), (np.eye(len(x)),))[1]).T
    rows = np.concatenate([A, (np.eye(len(x)) * side)[near]])
    found = np.linalg.lstsq(rows.T, slope, rcond=None)[0] if len(rows) else np.zeros(0)
    of_equal, of_rows, of_bounds = np.split(found, [equal, len(A)])
    bend = curvature(f, x)
    weak = WEAK * bend * max(np.abs(x).max(initial=0.0), AT)
    bounded = kept(near, gap, of_bounds, weak, bend, lambda k: f"the bound on unknown {k}", name)
    held = kept(near_rows, rest, of_rows, weak, bend, lambda k: f"inequality {k}", name)
    return Active(np.where(bounded, side, 0.0), held, np.concatenate([of_equal, of_rows[held[near_rows]]]))


def kept(near, gaps, multipliers, weak, bend, said, name):
    """Of the constraints that are near, those that hold the minimiser; a weakly active one is refused.

    Those do of which the multiplier is larger than the gap, where the curvature makes one comparable with the other:
    a solver that stays inside comes near to zero in the gap of an active one, and in the multiplier of another.
    """
    active = near.copy()
    for k, multiplier in zip(np.flatnonzero(near), multipliers, strict=True):
        if multiplier > max(weak, bend * gaps[k]):
            continue
        if gaps[k] <= AT and multiplier > -weak:
            raise NonFiniteError(
                f"{name}: {said(k)} is weakly active: it is reached, and its multiplier is zero ({multiplier:.1e}), so "
                "the minimiser has one derivative on either side and none here: move the bound or the data a little"
            )
        active[k] = False
    return active


def curvature(f, x):
    """The size of the second derivative of f at x, along one direction that turns every unknown."""
    v = np.ones(len(x))
    return float(np.abs(value(jvp(lambda x: gradient(f, x), (x,), (v,))[1])).max(initial=0.0))
