"""After the last step: what the exact derivatives say about the point that the optimiser returned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import ndarray

MOST_FOR_HESSIAN = 100  # free parameters; beyond, no eigenvalues
NEAR_BOUND = 1e-8  # relative distance to a bound that counts as on it


@dataclass(frozen=True, eq=False)
class Certificate:
    """What exact derivatives say about a point.

    gradient_norm: the largest component of the projected gradient (components that push against a bound are left out; with
    constraints, of the gradient of the Lagrangian). eigenvalues: those of the Hessian in the free parameters away from
    bounds, ascending, or None. condition: their ratio. expected_decrease: how much lower a Newton step would lead, 1/2 g^T
    H^-1 g, or None. undetermined: directions that the function does not see, by name. at_bounds: names. warnings: what is
    wrong, in sentences.
    """

    gradient_norm: float
    eigenvalues: ndarray | None = None
    condition: float | None = None
    expected_decrease: float | None = None
    undetermined: list[str] = field(default_factory=list)
    at_bounds: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        given = self.eigenvalues
        return {**vars(self), "eigenvalues": None if given is None else given.tolist()}

    def __str__(self) -> str:
        lines = [f"projected gradient {self.gradient_norm:.1e}"]
        if self.eigenvalues is not None and len(self.eigenvalues):
            low, high = self.eigenvalues[[0, -1]]
            lines[0] += f", Hessian eigenvalues {low:.3g} to {high:.3g}"
        if self.at_bounds:
            lines.append("at a bound: " + ", ".join(self.at_bounds))
        return "\n".join([*lines, *self.undetermined, *self.warnings])


def active_bounds(x: ndarray, lower: ndarray, upper: ndarray) -> tuple[ndarray, ndarray]:
    """Which elements of x are at their lower, and which at their upper bound."""
    scale = np.maximum(np.abs(x), 1.0)
    return x - lower <= NEAR_BOUND * scale, upper - x <= NEAR_BOUND * scale


def projected(g: ndarray, x: ndarray, lower: ndarray, upper: ndarray) -> ndarray:
    """The gradient, 0 where going down would lead out of the bounds."""
    low, high = active_bounds(x, lower, upper)
    return np.where((low & (g > 0)) | (high & (g < 0)), 0.0, g)


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


def certificate_of(objective: Any, x: ndarray, constraints: Sequence[Any] = ()) -> Certificate:
    """What the exact derivatives of an Objective say about x, which its optimiser returned.

    constraints: `Constraint` objects that hold at x.
    """
    p = objective.parameters
    lower, upper, names = p.lower, p.upper, p.free
    g = lagrangian_gradient(objective, x, constraints)
    residual = projected(g, x, lower, upper)
    low, high = active_bounds(x, lower, upper)
    at_bounds = [f"{names[k]} ({'lower' if low[k] else 'upper'})" for k in np.flatnonzero(low | high)]
    norm = float(np.abs(residual).max(initial=0.0))
    inside = np.flatnonzero(~(low | high))
    if constraints or not len(inside) > 0 or len(x) > MOST_FOR_HESSIAN or not np.isfinite(residual).all():
        return Certificate(norm, at_bounds=at_bounds)
    H = objective.hess(x)[np.ix_(inside, inside)]
    scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(H)), np.finfo(float).tiny))
    scale[np.diag(H) == 0] = 1.0
    eigenvalues = np.linalg.eigvalsh(H)
    scaled, vectors = np.linalg.eigh(H * scale[:, None] * scale)
    flat = np.abs(scaled) <= 1e-12 * np.abs(scaled).max(initial=0.0)
    decrease = None
    if not flat.any() and (scaled > 0).all():
        decrease = float(0.5 * residual[inside] @ np.linalg.solve(H, residual[inside]))
    warnings = []
    if (scaled < -1e-8 * np.abs(scaled).max(initial=0.0)).any():
        v = vectors[:, 0] * scale
        said = combination(v, [names[k] for k in inside])
        warnings.append(f"not a minimum: the Hessian has a negative eigenvalue, the function falls along {said}")
    told = [names[k] for k in inside]
    ratios = np.abs(scaled[flat]) / max(np.abs(scaled).max(initial=0.0), np.finfo(float).tiny)
    return Certificate(
        norm,
        eigenvalues,
        float(np.abs(eigenvalues).max() / max(np.abs(eigenvalues).min(), np.finfo(float).tiny)),
        decrease,
        directions_text((vectors * scale[:, None]).T[flat], list(ratios), told, "eigenvalue ratio"),
        at_bounds,
        warnings,
    )


def lagrangian_gradient(objective: Any, x: ndarray, constraints: Sequence[Any]) -> ndarray:
    """The gradient less the combination of the active constraints' gradients that comes nearest to it."""
    from scipy.optimize import lsq_linear

    g = objective.grad(x)
    normals, lows, highs = [], [], []
    for c in constraints:
        value, J = c.fun(x), c.jac(x)
        lb, ub = np.broadcast_to(c.lb, value.shape), np.broadcast_to(c.ub, value.shape)
        scale = 1e-6 * np.maximum(np.abs(value), 1.0)
        at_low, at_high = value - lb <= scale, ub - value <= scale
        for k in np.flatnonzero(at_low | at_high):
            normals.append(J[k])
            lows.append(-np.inf if at_high[k] else 0.0)
            highs.append(np.inf if at_low[k] else 0.0)
    if not normals:
        return g
    A = np.array(normals).T
    held = np.logical_or(*active_bounds(x, objective.parameters.lower, objective.parameters.upper))
    A[held] = 0.0
    found = lsq_linear(A, np.where(held, 0.0, g), (np.array(lows), np.array(highs)))
    normals = np.array(normals).T
    return g - normals @ found.x
