"""Nonlinear constraints with an exact Jacobian and an exact Hessian of v^T c."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..boundary import dtype_of
from ..errors import InputError
from ..rescue import split
from ..shapes import shape, size
from .curvature import hessian_products, symmetric
from .evaluation import Evaluation
from .parameters import Parameters, Tree
from .residual_functions import Residuals

if TYPE_CHECKING:
    from scipy.optimize import NonlinearConstraint


class Limited:
    """lb <= fun(x) <= ub, for a flat vector x."""

    lb: ndarray
    ub: ndarray
    fun: Callable[[Any], ndarray]

    def limits(self, c: ndarray) -> tuple[ndarray, ndarray]:
        """lb and ub, one for each value in c."""
        return np.broadcast_to(np.ravel(self.lb), c.shape), np.broadcast_to(np.ravel(self.ub), c.shape)

    def violation(self, x: Any) -> float:
        """How far fun is outside its bounds at x, in the worst component."""
        c = self.fun(x)
        low, high = self.limits(c)
        return float(np.maximum(np.maximum(low - c, c - high), 0.0).max(initial=0.0))


class Constraint(Residuals, Limited):
    """lb <= c(params) <= ub with all derivatives; everything at one point shares one recording of c."""

    def __init__(self, function: Callable[..., Any], parameters: Parameters, lb: Any, ub: Any, args: Any = ()):
        super().__init__(function, parameters, args)
        try:
            self.lb, self.ub = np.asarray(lb, np.float64), np.asarray(ub, np.float64)
        except (TypeError, ValueError):
            raise InputError(f"the constraint {self.name} has lb={lb!r} and ub={ub!r}: give numbers") from None
        if not np.all(self.lb <= self.ub):
            raise InputError(f"the constraint {self.name} has lb={lb} and ub={ub}: the lower bound comes first")

    def hess(self, x: Any, v: Any) -> ndarray:
        """The Hessian of v^T c at x."""
        recording, n = self.recorded_at(x), len(self.parameters.x0)
        v, count = np.array(v, np.float64), sum(map(size, recording.values))
        if v.size != count:
            raise InputError(f"{self.name} has {count} values, and v has shape {v.shape}")
        parts = split(v.reshape(-1), recording.values)
        weights = [np.array(p, dtype_of(y)).reshape(shape(y)) for p, y in zip(parts, recording.values)]
        self.counts.forward_sweeps += 1
        self.counts.reverse_sweeps += 1
        self.counts.hessian_products += n
        H, found = hessian_products(recording, weights, np.eye(n), (n,))
        self.note(found, "Hessian", H)
        return symmetric(H)

    def check(self) -> None:
        """Refuse bounds that do not fit c, and a c that is not finite at the start."""
        c = self.fun(self.x0)
        for said, bound in (("lb", self.lb), ("ub", self.ub)):
            if bound.size not in (1, c.size):
                raise InputError(f"the constraint {self.name} has {c.size} values, and {said} has {bound.size}")
        if not np.isfinite(c).all():
            k = int(np.flatnonzero(~np.isfinite(c))[0])
            said = f"the constraint {self.name} is {c[k]} at the start, component {k}"
            raise InputError(said + self.origin(self.x0))

    def scipy(self, hess: bool = True, keep_feasible: Any = False) -> "NonlinearConstraint":
        """The constraint as SciPy takes it; `dualrev` on it is this object."""
        from scipy.optimize import NonlinearConstraint

        second = {"hess": self.hess} if hess else {}
        made = NonlinearConstraint(self.fun, self.lb, self.ub, jac=self.jac, keep_feasible=keep_feasible, **second)
        made.dualrev = self
        return made


class Flat(Limited):
    """A LinearConstraint of SciPy's on the flat vector, with the same words as `Constraint`."""

    def __init__(self, given: Any, count: int):
        A = given.A.toarray() if hasattr(given.A, "toarray") else np.atleast_2d(np.asarray(given.A, np.float64))
        if A.shape[1] != count:
            raise InputError(f"a LinearConstraint has {A.shape[1]} columns for {count} free parameters")
        self.A, self.lb, self.ub = A, np.asarray(given.lb, np.float64), np.asarray(given.ub, np.float64)
        self.name = "linear"

    def fun(self, x: ndarray) -> ndarray:
        return self.A @ x

    def jac(self, x: ndarray) -> ndarray:
        return self.A

    def hess(self, x: ndarray, v: ndarray) -> ndarray:
        return np.zeros((len(x), len(x)))


def constraint(
    c: Callable[..., Any], lb: Any, ub: Any, like: Any, args: tuple[Any, ...] = (), *, hess: bool = True, **options: Any
) -> "NonlinearConstraint":
    """lb <= c(params) <= ub for ``scipy.optimize.minimize``, with an exact Jacobian and the exact Hessian of v^T c.

    Parameters
    ----------
    c : callable
        ``c(params, *args)``, a number or an array; plain NumPy code.
    lb, ub : float or array
        The bounds of c: equal for an equation, infinite for none.
    like : Objective, or parameters
        What the flat vector x means: an `objective`, whose parameters these are, or parameters as for `objective`.
    args : tuple
        Further arguments of c, constants.
    hess : bool
        Give the exact Hessian too. "trust-constr" uses it; "SLSQP", called directly, warns that it ignores it.

    Returns
    -------
    scipy.optimize.NonlinearConstraint

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import minimize
    >>> import dualrev as dr
    >>> obj = dr.objective(lambda x: x[0] + x[1], [0.0, 0.5])
    >>> circle = dr.constraint(lambda x: x[0] ** 2 + x[1] ** 2, 0.0, 2.0, like=obj)
    >>> minimize(obj, obj.x0, jac=True, hess=obj.hess, constraints=[circle], method="trust-constr").x.round(4)
    array([-1., -1.])
    """
    return Constraint(c, parameters_of(like, options), lb, ub, args).scipy(hess)


def parameters_of(like: Tree, options: dict[str, Any]) -> Parameters:
    """The Parameters that `like` has, or describes."""
    if isinstance(like, Parameters):
        return like
    if isinstance(like, Evaluation):
        return like.parameters
    return Parameters(like, **options)
