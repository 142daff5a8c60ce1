"""scipy.optimize, differentiable: solutions by SciPy's solvers, derivatives by the implicit function theorem.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import optimize
>>> def golden(a):
...     return optimize.brentq(lambda x: x * x - a * x - 1, 0.0, 5.0)
>>> round(dr.grad(golden)(1.0), 12), round((1 + 5**-0.5) / 2, 12)
(0.72360679775, 0.72360679775)

Every function has SciPy's signature and, to the last bit, its value. What is traced may stand in ``args``, in bounds,
or anywhere in what the function holds. A start or a bracket has no derivative: the solution does not depend on it.
"""

from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint

from ..shapes import shape
from ..solving.captured import plainly
from ..solving.roots import differentiated
from ..solving.stationary import minimiser
from ..traced import holds_tracer, operand, value
from .covering import covered, other, tuple_of

__all__ = list(scipy.optimize.__all__)


def __getattr__(name: str) -> Any:
    return other(scipy.optimize, name)


def __dir__() -> list[str]:
    return __all__


def first_of(returned, together=True):
    """The value of a function that may return (value, derivative)."""
    return returned[0] if together and isinstance(returned, tuple) else returned


def with_root(found, residual, name, **how):
    """What a solver of SciPy's returned, its first part or all of it the root, with the root differentiated."""
    root = differentiated(first_of(found), residual, name=f"scipy.optimize.{name}", **how)
    if not isinstance(found, tuple):
        return root
    for report in found[1:]:
        if hasattr(report, "root"):
            report.root = root
    made = (root, *found[1:])
    return type(found)(*made) if hasattr(found, "_fields") else made


# ---- roots of one equation -------------------------------------------------------------------------------------------


def of_bracket(solver):
    @covered(solver)
    def call(f, a, b, args=(), *rest, **options):
        found = plainly(solver, f, a, b, args, *rest, **options)
        return with_root(found, lambda x: f(x, *tuple_of(args)), solver.__name__)

    return call


brentq = of_bracket(scipy.optimize.brentq)
brenth = of_bracket(scipy.optimize.brenth)
ridder = of_bracket(scipy.optimize.ridder)
bisect = of_bracket(scipy.optimize.bisect)
toms748 = of_bracket(scipy.optimize.toms748)


@covered(scipy.optimize.newton)
def newton(func, x0, fprime=None, args=(), *rest, **options):
    """An array of starts gives as many roots, each of its own equation."""
    found = plainly(scipy.optimize.newton, func, x0, fprime, args, *rest, **options)
    many = {"solver": "diagonal"} if np.size(first_of(found)) > 1 else {}
    return with_root(found, lambda x: func(x, *tuple_of(args)), "newton", **many)


@covered(scipy.optimize.root_scalar)
def root_scalar(f, args=(), method=None, bracket=None, fprime=None, fprime2=None, *rest, **options):
    """`root` of the result is differentiated."""
    found = plainly(scipy.optimize.root_scalar, f, args, method, bracket, fprime, fprime2, *rest, **options)
    together = fprime is True or fprime2 is True
    residual = lambda x: first_of(f(x, *tuple_of(args)), together)
    found.root = differentiated(found.root, residual, name="scipy.optimize.root_scalar")
    return found


# ---- systems of equations --------------------------------------------------------------------------------------------


@covered(scipy.optimize.root)
def root(fun, x0, args=(), method="hybr", jac=None, *rest, **options):
    """`x` of the result is differentiated."""
    found = plainly(scipy.optimize.root, fun, x0, args, method, jac, *rest, **options)
    residual = lambda x: first_of(fun(x, *tuple_of(args)), jac is True)
    found.x = differentiated(found.x, residual, name="scipy.optimize.root")
    return found


@covered(scipy.optimize.fsolve)
def fsolve(func, x0, args=(), *rest, **options):
    found = plainly(scipy.optimize.fsolve, func, x0, args, *rest, **options)
    return with_root(found, lambda x: func(x, *tuple_of(args)), "fsolve")


@covered(scipy.optimize.fixed_point)
def fixed_point(func, x0, args=(), *rest, **options):
    found = plainly(scipy.optimize.fixed_point, func, x0, args, *rest, **options)
    return differentiated(found, lambda x: x - operand(func(x, *args)), name="scipy.optimize.fixed_point")


# ---- minima ----------------------------------------------------------------------------------------------------------


@covered(scipy.optimize.minimize)
def minimize(fun, x0, args=(), method=None, jac=None, hess=None, hessp=None, bounds=None, constraints=(), *rest, **kw):
    """`x` and `fun` of the result are differentiated; what is active of bounds and constraints counts."""
    given = (fun, x0, args, method, jac, hess, hessp, bounds, constraints)
    found = plainly(scipy.optimize.minimize, *given, *rest, **kw)
    objective = lambda x: first_of(fun(x, *tuple_of(args)), jac is True)
    equal, unequal = sides(constraints)
    found.x = minimiser(
        found.x, objective, bounds=limits(bounds), equality=equal, inequality=unequal, name="scipy.optimize.minimize"
    )
    if holds_tracer((found.x,)):
        found.fun = with_value(found.fun, objective(found.x))
    return found


@covered(scipy.optimize.minimize_scalar)
def minimize_scalar(fun, bracket=None, bounds=None, args=(), *rest, **options):
    """`x` and `fun` of the result are differentiated."""
    found = plainly(scipy.optimize.minimize_scalar, fun, bracket, bounds, args, *rest, **options)
    objective = lambda x: fun(x, *tuple_of(args))
    found.x = minimiser(found.x, objective, bounds=bounds, name="scipy.optimize.minimize_scalar")
    if holds_tracer((found.x,)):
        found.fun = with_value(found.fun, objective(found.x))
    return found


def with_value(plain, traced):
    """`plain`, with the derivative of `traced`, which is the same up to rounding."""
    return plain + (traced - value(traced))


def limits(bounds):
    """(lower, upper) of bounds in either of SciPy's forms: Bounds, or a pair for each unknown, None where none is."""
    if bounds is None:
        return None
    if isinstance(bounds, Bounds):
        return bounds.lb, bounds.ub
    low = [-np.inf if pair[0] is None else pair[0] for pair in bounds]
    high = [np.inf if pair[1] is None else pair[1] for pair in bounds]
    return operand(low), operand(high)


def sides(constraints):
    """(equality, inequality) of constraints in any of SciPy's forms: what is 0, and what is not negative."""
    given = constraints if isinstance(constraints, (list, tuple)) else [constraints]
    equal, unequal = [], []
    for c in given:
        if isinstance(c, dict):
            says = lambda x, c=c: np.ravel(operand(c["fun"](x, *tuple_of(c.get("args", ())))))
            (equal if c["type"].lower() == "eq" else unequal).append(says)
        else:
            of_limits(c, equal, unequal)
    return tuple(joined(parts) for parts in (equal, unequal))


def of_limits(c, equal, unequal):
    """The parts of lb <= fun(x) <= ub."""
    if isinstance(c, LinearConstraint):
        says = lambda x: np.ravel(c.A @ x)
    elif isinstance(c, NonlinearConstraint):
        says = lambda x: np.ravel(operand(c.fun(x)))
    else:
        raise TypeError(f"a constraint is a dict, a LinearConstraint or a NonlinearConstraint, not {type(c).__name__}")
    low, high = (np.ravel(operand(b)) for b in (c.lb, c.ub))
    same = value(low) == value(high)
    for chosen, parts, sign, b in (
        (same, equal, 1, low),
        (~same & np.isfinite(value(low)), unequal, 1, low),
        (~same & np.isfinite(value(high)), unequal, -1, high),
    ):
        if chosen.any():
            parts.append(lambda x, k=chosen, s=sign, b=b: s * chosen_of(says(x) - b, k))


def chosen_of(rows, k):
    return rows[np.broadcast_to(k, shape(rows))]


def joined(parts):
    return (lambda x: np.concatenate([p(x) for p in parts])) if parts else None


# ---- sums of squares -------------------------------------------------------------------------------------------------


LOSSES = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(value(z) <= 1, z, 2 * np.sqrt(np.where(value(z) <= 1, 1.0, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


@covered(scipy.optimize.least_squares)
def least_squares(fun, x0, jac="2-point", bounds=(-np.inf, np.inf), *rest, args=(), kwargs=None, **options):
    """`x`, `fun` and `cost` of the result are differentiated."""
    solver = scipy.optimize.least_squares
    found = plainly(solver, fun, x0, jac, bounds, *rest, args=args, kwargs=kwargs or {}, **options)
    residuals = lambda x: np.atleast_1d(operand(fun(x, *tuple_of(args), **(kwargs or {}))))
    loss, width = options.get("loss", "linear"), options.get("f_scale", 1.0)
    rho = loss_of(loss)

    def cost(x):
        return 0.5 * np.sum(width**2 * rho((residuals(x) / width) ** 2))

    pair = (bounds.lb, bounds.ub) if isinstance(bounds, Bounds) else bounds
    found.x = minimiser(found.x, cost, bounds=pair, name="scipy.optimize.least_squares")
    if holds_tracer((found.x,)):
        found.fun, found.cost = with_value(found.fun, residuals(found.x)), with_value(found.cost, cost(found.x))
    return found


def loss_of(loss):
    return LOSSES[loss] if isinstance(loss, str) else lambda z: loss(z)[0]
