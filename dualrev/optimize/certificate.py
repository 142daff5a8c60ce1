"""After the last step: what the exact derivatives say about the point that the optimiser returned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import ndarray

from ..brief import brief, few
from ..errors import NonFiniteError
from .faces import held
from .result import strict

MOST_FOR_HESSIAN = 100  # free parameters; beyond, no eigenvalues
MOST_SENTENCES = 10  # about what is undetermined, in a printed text
NEAR_CONSTRAINT = 1e-6  # relative distance to a bound that counts as on it beside constraints, met less exactly
FLAT = 1e-12  # relative: an eigenvalue of the scaled Hessian below is zero
FALLING = 1e-8  # relative: one below minus that is negative


@brief
@dataclass(frozen=True, eq=False)
class Certificate:
    """What exact derivatives say about a point.

    gradient_norm: the largest component of the projected gradient (components that push against a bound are left out;
    with constraints, of the gradient of the Lagrangian: the KKT residual). eigenvalues: those of the Hessian in the
    free parameters away from bounds, ascending, or None; with constraints, of the Lagrangian's Hessian along the active
    constraints. condition: their ratio. expected_decrease: how much lower a Newton step would lead, 1/2 g^T H^-1 g, or
    None. undetermined: directions that the function does not see, by name. at_bounds: names, those of active
    constraints too. warnings: what is wrong, in sentences. violation: of the worst constraint, None without any.
    """

    gradient_norm: float
    eigenvalues: ndarray | None = None
    condition: float | None = None
    expected_decrease: float | None = None
    undetermined: list[str] = field(default_factory=list)
    at_bounds: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    violation: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON: null for what is not finite."""
        return {name: strict(value) for name, value in vars(self).items()}

    def __str__(self) -> str:
        constrained = self.violation is not None
        lines = [f"{'KKT residual' if constrained else 'projected gradient'} {self.gradient_norm:.1e}"]
        if constrained:
            lines[0] += f", constraints violated by {self.violation:.1e}"
        if self.eigenvalues is not None and len(self.eigenvalues):
            low, high = self.eigenvalues[[0, -1]]
            lines[0] += f", Hessian eigenvalues {low:.3g} to {high:.3g}"
        if self.at_bounds:
            lines.append("at a bound: " + ", ".join(few(self.at_bounds, "see .at_bounds")))
        return "\n".join([*lines, *few(self.undetermined, "see .undetermined", MOST_SENTENCES), *self.warnings])


def active_bounds(x: ndarray, lower: ndarray, upper: ndarray) -> tuple[ndarray, ndarray]:
    """Which elements of x are near their lower, and which near their upper bound, beside constraints."""
    near = NEAR_CONSTRAINT * np.maximum(np.abs(x), 1.0)
    return x - lower <= near, upper - x <= near


def directions_text(vectors: ndarray, ratios: Sequence[float], names: Sequence[str], what: str) -> list[str]:
    """A sentence for each row of `vectors`: a combination of parameters that is undetermined."""
    return [f"{combination(v, names)} is undetermined, {what} {r:.0e}" for v, r in zip(vectors, ratios, strict=True)]


def combination(v: ndarray, names: Sequence[str], most: int = 5) -> str:
    """The main terms of a linear combination, the first of them positive: "0.71 a - 0.71 c".

    >>> combination(np.array([-0.7071, 0.0, 0.7071]), ["a", "b", "c"])
    '0.71 a - 0.71 c'
    """
    v = v / np.linalg.norm(v)
    main = [k for k in np.argsort(-np.abs(v), kind="stable") if abs(v[k]) > 0.05 * np.abs(v).max()]
    shown = sorted(main[:most])
    v = v * np.sign(v[shown[0]])
    text = " ".join(f"{'-' if v[k] < 0 else '+'} {abs(v[k]):.2f} {names[k]}" for k in shown).removeprefix("+ ")
    return text.replace("1.00 ", "") + " + ..." * (len(main) > most)


def ratio(sizes: ndarray) -> float:
    """The largest over the smallest; infinite where that is 0."""
    return float(sizes.max() / sizes.min()) if sizes.min() > sizes.max() * np.finfo(float).tiny else float("inf")


def certificate_of(objective: Any, x: ndarray, constraints: Sequence[Any] = ()) -> Certificate:
    """What the exact derivatives of an Objective say about x, which its optimiser returned.

    constraints: `Constraint` or `Flat` objects, on the flat vector.
    """
    p = objective.parameters
    H, said = hessian_or_why(objective, x)
    state = stationarity(objective, x, constraints, H)
    at_bounds = [*(f"{p.free[k]} ({state.side(k)})" for k in np.flatnonzero(state.held)), *state.active]
    known: dict[str, Any] = {"at_bounds": at_bounds, "violation": state.violation if constraints else None}
    if H is None or not np.isfinite(state.residual).all():
        return Certificate(state.norm, **known, warnings=said)
    H = lagrangian_hessian(H, x, constraints, state)
    inside = np.flatnonzero(~state.held)
    scale, Z = tangents(H, state, inside)
    if not Z.shape[1]:
        return Certificate(state.norm, **known)
    T = scale[:, None] * Z  # columns: directions in which x is free to move
    values, vectors = np.linalg.eigh(Z.T @ (H[np.ix_(inside, inside)] * scale[:, None] * scale) @ Z)
    return Certificate(state.norm, **known, **second_order(values, T @ vectors, H, state, inside, p.free))


def hessian_or_why(objective: Any, x: ndarray) -> tuple[ndarray | None, list[str]]:
    """The Hessian at x; or None, and what speaks against it, in sentences."""
    if len(x) > MOST_FOR_HESSIAN:
        return None, []
    try:
        return objective.hess(x), []
    except NonFiniteError as error:
        return None, [str(error)]


def second_order(
    values: ndarray, directions: ndarray, H: ndarray, state: "Stationarity", inside: ndarray, free: Sequence[str]
) -> dict[str, Any]:
    """The fields of a Certificate that come from the scaled eigenvalues and their directions."""
    names, size = [free[k] for k in inside], np.abs(values).max(initial=0.0)
    flat = np.abs(values) <= FLAT * size
    decrease, warnings = None, []
    if not flat.all() and (values[~flat] > 0).all():
        g = (directions.T @ state.residual[inside])[~flat]
        decrease = float(0.5 * np.sum(g * g / values[~flat]))
    if values[0] < -FALLING * size:
        said = combination(directions[:, 0], names)
        warnings.append(f"not a minimum: the Hessian has a negative eigenvalue, the function falls along {said}")
    among = H[np.ix_(inside, inside)]
    if state.normals.size:
        along = np.linalg.qr(directions)[0]
        among = along.T @ among @ along
    eigenvalues = np.linalg.eigvalsh(among)
    ratios = np.abs(values[flat]) / max(size, np.finfo(float).tiny)
    return {
        "eigenvalues": eigenvalues,
        "condition": ratio(np.abs(eigenvalues)),
        "expected_decrease": decrease,
        "undetermined": directions_text(directions.T[flat], list(ratios), names, "eigenvalue ratio"),
        "warnings": warnings,
    }


def tangents(H: ndarray, state: "Stationarity", inside: ndarray) -> tuple[ndarray, ndarray]:
    """(scale, Z): scales of the free elements, and an orthonormal basis of the scaled directions along constraints."""
    curvature = np.abs(np.diag(H)[inside])
    floor = 1e-30 * curvature.max(initial=0.0)
    scale = np.where(curvature > floor, 1 / np.sqrt(np.where(curvature > floor, curvature, 1.0)), 1.0)
    if not state.normals.size:
        return scale, np.eye(len(inside))
    from scipy.linalg import null_space

    rows = state.normals[:, inside] * scale
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return scale, null_space(rows / np.where(lengths > 0, lengths, 1.0), rcond=1e-10)


# ---- first order: the gradient, bounds and constraints ---------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Stationarity:
    """How near a point is to satisfying the first order conditions.

    residual: the gradient of the Lagrangian, 0 at bounds that hold it. held: which elements bounds hold. low: which are
    at the lower one. normals: one row per active constraint, multipliers: one number, active: its name.
    """

    residual: ndarray
    held: ndarray
    low: ndarray
    normals: ndarray
    multipliers: ndarray
    components: list[tuple[int, int]]
    active: list[str]
    violation: float

    @property
    def norm(self) -> float:
        return float(np.abs(self.residual).max(initial=0.0))

    def side(self, k: Any) -> str:
        return "lower" if self.low[k] else "upper"


def stationarity(objective: Any, x: ndarray, constraints: Sequence[Any] = (), H: ndarray | None = None) -> Stationarity:
    """The first order conditions at x: the gradient less the combination of active normals that comes nearest to it.

    H: the Hessian there, where it is known: it tells what is at a bound from what is near one.

    Source: Nocedal & Wright, Numerical Optimization (2006), section 12.3.
    """
    from scipy.optimize import lsq_linear

    p = objective.parameters
    g = objective.exact_or_none(x)
    if g is None:
        g = objective.grad(x)
    normals, components, active, signs, violation = active_constraints(x, constraints)
    low, high = active_bounds(x, p.lower, p.upper) if constraints else held_bounds(objective, g, x, H)
    at_bound = low | high
    multipliers = np.zeros(len(normals))
    if len(normals) and np.isfinite(g).all() and np.isfinite(normals).all():
        rows = np.where(at_bound, 0.0, normals)
        sizes = np.linalg.norm(rows, axis=1)
        sizes[sizes == 0] = 1.0
        found = lsq_linear((rows / sizes[:, None]).T, np.where(at_bound, 0.0, g), signs, tol=1e-14)
        multipliers = found.x / sizes
    residual = g - multipliers @ normals
    residual = np.where((low & (residual > 0)) | (high & (residual < 0)), 0.0, residual)
    return Stationarity(residual, at_bound, low, normals, multipliers, components, active, violation)


def held_bounds(objective: Any, g: ndarray, x: ndarray, H: ndarray | None) -> tuple[ndarray, ndarray]:
    """Which elements a bound holds; without a Hessian only those exactly on it count."""
    p = objective.parameters
    curvature = np.full(len(x), np.inf) if H is None else np.diag(H)
    return held(x, p.lower, p.upper, g, curvature, size_of_values(objective, x))


def size_of_values(objective: Any, x: ndarray) -> float:
    """How large values of f are at x, and how much larger at most points met."""
    return abs(objective.fun(x)) + fall_of_values(objective, x)


def fall_of_values(objective: Any, x: ndarray) -> float:
    """How much lower f is at x than at most points met; an overflow on the way does not count."""
    met = np.array(objective.history.fun)
    met = met[np.isfinite(met)]
    return max(float(np.median(met)) - objective.fun(x), 0.0) if met.size else 0.0


def active_constraints(x: ndarray, constraints: Sequence[Any]) -> tuple[Any, ...]:
    """(normals, which component of which constraint, names, bounds of multipliers, worst violation) at x."""
    normals, components, active, lows, highs, violation = [], [], [], [], [], 0.0
    for position, c in enumerate(constraints):
        value, J = c.fun(x), c.jac(x)
        lb, ub = c.limits(value)
        violation = max(violation, c.violation(x))
        near = NEAR_CONSTRAINT * np.maximum(np.abs(value), 1.0)
        at_low, at_high = value - lb <= near, ub - value <= near
        for k in np.flatnonzero(at_low | at_high):
            normals.append(J[k])
            components.append((position, int(k)))
            side = "equal" if at_low[k] and at_high[k] else "lower" if at_low[k] else "upper"
            active.append(f"{c.name}[{k}] ({side})" if len(value) > 1 else f"{c.name} ({side})")
            lows.append(-np.inf if at_high[k] else 0.0)
            highs.append(np.inf if at_low[k] else 0.0)
    return np.array(normals).reshape(-1, len(x)), components, active, (np.array(lows), np.array(highs)), violation


def lagrangian_hessian(H: ndarray, x: ndarray, constraints: Sequence[Any], state: Stationarity) -> ndarray:
    """The Hessian H of the objective less that of the multipliers' combination of constraints."""
    for position, c in enumerate(constraints):
        v = np.zeros(c.fun(x).size)
        for (which, k), multiplier in zip(state.components, state.multipliers, strict=True):
            v[k] += multiplier if which == position else 0.0
        if v.any():
            H = H - c.hess(x, v)
    return H
