"""The units in which an optimiser works: parameters and values near 1, whatever the user's units are.

SciPy's tolerances, first steps and trust radii are numbers without units. So it gets x / s and f / size, where s and
size are powers of two: multiplying by them does not round.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from .certificate import hessian_or_why
from .methods import FREE
from .objectives import Objective
from .parameters import Parameters
from .residual_functions import Residuals

ORDINARY = 1e3  # units between 1 / ORDINARY and ORDINARY are left as they are by `minimize`


class Units(NamedTuple):
    """x = s u, and values are divided by size."""

    s: ndarray
    size: float

    def point(self, u: ndarray) -> ndarray:
        return np.asarray(u) * self.s

    def box(self, p: Parameters) -> tuple[ndarray, ndarray]:
        return p.lower / self.s, p.upper / self.s

    @property
    def plain(self) -> bool:
        return self.size == 1 and bool((self.s == 1).all())


def powers_of_two(x: Any) -> Any:
    """The power of two next below each positive number; 1 for what is 0, infinite or nan."""
    good = np.isfinite(x) & (np.asarray(x) > 0)
    exponents = np.frexp(np.where(good, x, 1.0))[1] - 1
    return np.where(good, np.ldexp(1.0, np.clip(exponents, -500, 500)), 1.0)


# ---- least squares ---------------------------------------------------------------------------------------------------


def units_of_residuals(res: Residuals) -> Units:
    """Each parameter by its start, or where that is 0 by what changes the residuals by their own size."""
    r, J, x = res.fun(res.x0), res.jac(res.x0), np.abs(res.x0)
    size = float(powers_of_two(np.linalg.norm(r)))
    with np.errstate(all="ignore"):
        reach = np.linalg.norm(r) / np.sqrt((J * J).sum(axis=0))
    return Units(powers_of_two(np.where(x > 0, x, reach)), size)


def squares_in_units(
    res: Residuals, units: Units, options: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of SciPy's least_squares for residuals in these units."""
    given, s = dict(options), units.s
    given["f_scale"] = options["f_scale"] / units.size
    if not isinstance(options["x_scale"], str):
        given["x_scale"] = np.broadcast_to(options["x_scale"], s.shape) / s
    if res.parameters.bounded:
        given["bounds"] = units.box(res.parameters)
    return (
        lambda u: res.fun(units.point(u)) / units.size,
        res.x0 / s,
        lambda u: res.jac(units.point(u)) * (s / units.size),
    ), given


# ---- minimisers ------------------------------------------------------------------------------------------------------


def units_of_objective(obj: Objective, method: str, size: float | None = None) -> Units:
    """Each parameter by its start or by what the Hessian says, whichever is less; ordinary units are left alone.

    size: of values; by default that of f at the start. With it, units are never left alone.
    """
    x, n = np.abs(obj.x0), len(obj.x0)
    plain = Units(np.ones(n), 1.0)
    value = abs(obj.fun(obj.x0))
    if size is None and (method.lower() in FREE or (is_ordinary(x) and is_ordinary(value))):
        return plain
    H = hessian_or_why(obj, obj.x0)[0]
    if H is None:
        return plain
    scale = float(powers_of_two(value)) if size is None else size
    with np.errstate(all="ignore"):
        by_hessian = np.sqrt(scale / np.abs(np.diag(H)))
    found = np.where(x > 0, np.minimum(np.where(np.isfinite(by_hessian), by_hessian, x), x), by_hessian)
    if size is None and is_ordinary(found[np.isfinite(found)]) and is_ordinary(value):
        return plain
    return Units(powers_of_two(found), scale)


def is_ordinary(sizes: Any) -> bool:
    return bool(((np.asarray(sizes) >= 1 / ORDINARY) & (np.asarray(sizes) <= ORDINARY)).all())


def derivatives_in_units(derivatives: Mapping[str, Any], obj: Objective, units: Units) -> dict[str, Any]:
    """jac, hess and hessp as functions of u; where f is not finite they are not asked, since no step may end there."""
    s, size = units
    made = dict(derivatives)

    def at(u: ndarray, of: Callable[..., Any], nowhere: Any) -> Any:
        x = units.point(u)
        return of(x) if isfinite(obj.fun(x)) else nowhere(len(x))

    if "jac" in made:
        made["jac"] = lambda u: at(u, derivatives["jac"], np.zeros) * (s / size)
    if callable(made.get("hess")):
        made["hess"] = lambda u: curvature_in_units(at(u, derivatives["hess"], np.eye), units)
    if "hessp" in made:
        made["hessp"] = lambda u, v: derivatives["hessp"](units.point(u), s * v) * (s / size)
    return made


def curvature_in_units(H: Any, units: Units) -> Any:
    """A Hessian in u: an array, or an operator."""
    s, size = units
    if isinstance(H, ndarray):
        return H * s[:, None] * (s / size)
    from scipy.sparse.linalg import LinearOperator

    def product(v: ndarray) -> ndarray:
        return H @ (s * np.ravel(v)) * (s / size)

    return LinearOperator(H.shape, matvec=product, rmatvec=product, dtype=np.float64)


def run_in_units(run: Callable[..., Any], obj: Objective, units: Units) -> Any:
    """SciPy's result for `run(fun, u0)`, in the user's units again."""
    found = run(lambda u: finite_or_infinite(obj.fun(units.point(u))) / units.size, obj.x0 / units.s)
    if units.plain:
        return found
    back = {"x": units.s, "fun": units.size, "jac": units.size / units.s, "grad": units.size / units.s}
    outer = np.multiply.outer(units.s, units.s)
    back |= {"hess": units.size / outer, "hess_inv": outer / units.size}
    for name, factor in back.items():
        if isinstance(found.get(name), (ndarray, float)):
            found[name] = found[name] * factor
        elif name in found:
            del found[name]  # an operator that knows other units
    return found


def finite_or_infinite(value: float) -> float:
    """nan as infinity: a method that compares would take it for progress, or never shorten its steps."""
    return np.inf if value != value else value
