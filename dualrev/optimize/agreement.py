"""Does SciPy's success agree with the exact derivatives at the point it returned?"""

from collections.abc import Sequence
from math import inf, isfinite, sqrt
from statistics import median
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import WrongDerivativeError
from .certificate import stationarity
from .faces import projected
from .given_gradient import GivenGradient
from .objectives import Objective
from .preflight import compare_columns, direction, examined, flattened

SMALL = 1e-4  # relative to the usual gradient: one that calls for a closer look
DOWNHILL = 1e-4  # relative: how much lower a step must lead to prove that a point is no minimum
UNBALANCED = 1e-2  # relative: a gradient that the constraints' do not balance
VIOLATED = 1e-4  # of a constraint, relative to its value
AGREES = 0.1  # relative: how well the trapezium rule tells the change of f
ROUNDING = 1e-12  # relative: a change of f that says something
TRIES = 20  # halvings of a step


def disagreement(obj: Objective, x: ndarray, constraints: Sequence[Any], check: bool) -> str:
    """Why SciPy's success is none, as a sentence; "" where nothing speaks against it."""
    g = obj.exact_or_none(x)
    if g is None:
        return by_differences(obj, x, obj.grad(x))
    if not isfinite(length(g)):
        return "the exact gradient is not finite there."
    if isinstance(obj, GivenGradient):
        wrong = against_given(obj, x, g)
        if wrong:
            return wrong
    if constraints:
        return against_constraints(obj, x, constraints)
    p = obj.parameters
    left = projected(g, x, p.lower, p.upper) if p.bounded else g
    if length(left) > SMALL * usual_gradient(obj):
        lower = lower_value(obj, x, left)
        if lower is not None:
            worst = int(np.argmax(np.abs(left)))
            return (
                f"the exact gradient is not zero there, {left[worst]:.4g} in {p.free[worst]}: a step against it leads "
                f"from {obj.fun(x):.6g} to {lower:.6g}."
            )
    return by_differences(obj, x, g) if check and not trapezium(obj) else ""


def wrong_derivative(obj: Objective, x: ndarray) -> str:
    """What is wrong with the derivatives at x, where an optimiser gave up; "" for nothing that can be told."""
    g = obj.exact_or_none(x)
    if g is not None and isinstance(obj, GivenGradient):
        return against_given(obj, x, g)
    g = obj.grad(x) if g is None else g
    return by_differences(obj, x, g) if isfinite(length(g)) else ""


def trapezium(obj: Objective) -> bool:
    """Do values and gradients at the last two points agree? A cheap sign that they do, without another run of f.

    The change of f along a short step is that of the trapezium rule; a gradient that is wrong does not know of it.
    """
    if obj.last is None or obj.before is None:
        return False
    (x, f, g), (x_before, f_before, g_before) = obj.last, obj.before
    step = x - x_before
    here, there = float(g.dot(step)), float(g_before.dot(step))
    apart = abs(f - f_before - (here + there) / 2)
    return apart <= AGREES * abs(f - f_before) and abs(f - f_before) > ROUNDING * (abs(f) + abs(f_before))


def against_given(obj: GivenGradient, x: ndarray, exact: ndarray) -> str:
    """What is wrong with the gradient that the user wrote, at x."""
    try:
        compare_columns(obj.flat, x, obj.grad(x), exact, obj.parameters.free, "the gradient of jac", "there")
    except WrongDerivativeError as error:
        return f"the exact gradient disagrees: {error}."
    return ""


def length(g: ndarray) -> float:
    return sqrt(g.dot(g))


def usual_gradient(obj: Objective) -> float:
    """The length of a gradient far from the minimum: the first or the median one, and no overflow."""
    met = [norm for norm in obj.history.gradient_norm if norm < inf]
    return max(met[0], median(met)) if met else 0.0


def lower_value(obj: Objective, x: ndarray, g: ndarray) -> float | None:
    """A value that a step against g leads to, if one is lower beyond doubt."""
    p, here = obj.parameters, obj.fun(x)
    needed = DOWNHILL * (abs(here) + abs(obj.history.fun[0] - here))
    step = np.minimum(max(np.abs(x).max(), 1.0) / np.abs(g).max(), 1e150)
    for _ in range(TRIES):
        try:
            with np.errstate(all="ignore"):
                there = float(flattened(obj.flat(np.clip(x - step * g, p.lower, p.upper)))[0])
        except Exception:  # a step out of the domain
            there = np.inf
        if there < here - needed:
            return there
        step /= 4
    return None


def against_constraints(obj: Objective, x: ndarray, constraints: Sequence[Any]) -> str:
    """A constraint that does not hold, or a gradient that the active constraints do not balance."""
    for c in constraints:
        violation = c.violation(x)
        if violation > VIOLATED * max(1.0, float(np.abs(c.fun(x)).max())):
            return f"the constraint {c.name} is violated there by {violation:.3g}."
    state = stationarity(obj, x, constraints)
    if state.norm > UNBALANCED * max(usual_gradient(obj), float(np.abs(obj.grad(x)).max())):
        worst = int(np.argmax(np.abs(state.residual)))
        return (
            f"the exact gradient is not balanced by those of the active constraints, {state.residual[worst]:.4g} is "
            f"left in {obj.parameters.free[worst]}."
        )
    return ""


def by_differences(obj: Objective, x: ndarray, g: ndarray) -> str:
    """A sentence if central differences say that g is not the gradient at x."""
    p, size = obj.parameters, np.maximum(np.abs(x), np.abs(obj.x0))
    d = direction(x, None, size)
    if p.bounded:
        d = direction(x, (p.lower, p.upper), size)
    along = np.array([g @ d])
    found = examined(obj.flat, x, d, along, along, usual_gradient(obj) * length(d))
    if found.verdict != "FAIL":
        return ""
    return (
        f"central differences there do not agree with the gradient, {found.difference[0]:.4g} against {along[0]:.4g} "
        "along one direction: look at the gradient you wrote, or at the rules of ops of your own."
    )
