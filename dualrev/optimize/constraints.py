"""Nonlinear constraints with an exact Jacobian and an exact Hessian of v^T c."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..reverse.vjp import Recording
from ..transforms import grad
from .evaluation import ONE_VECTOR, Evaluation
from .parameters import Parameters, Tree
from .residual_functions import Residuals

if TYPE_CHECKING:
    from scipy.optimize import NonlinearConstraint


class Constraint(Residuals):
    """lb <= c(params) <= ub with all derivatives; value and Jacobian at one point share one recording of c."""

    def __init__(
        self, function: Callable[..., Any], parameters: Parameters, lb: Any, ub: Any, args: tuple[Any, ...] = ()
    ):
        super().__init__(function, parameters, args)
        self.lb, self.ub = np.asarray(lb, np.float64), np.asarray(ub, np.float64)
        if not np.all(self.lb <= self.ub):
            raise InputError(f"a constraint from lb={lb} to ub={ub}: the lower bound comes first")

    def hess(self, x: Any, v: Any) -> ndarray:
        """The Hessian of v^T c at x."""
        v = np.array(v, np.float64)
        recording = self.at(x, f"recorded gradient {v.tobytes()!r}", lambda point: self.record_weighted(point, v))
        self.counts.forward_sweeps += 1
        H = recording.push((np.eye(len(self.parameters.x0)),), (len(self.parameters.x0),))[0]
        return (H + H.T) / 2

    def record_weighted(self, x: ndarray, v: ndarray) -> Recording:
        self.counts.f += 1
        return Recording(grad(lambda z: np.sum(v * np.reshape(self.flat(z), (-1,)))), [x], ONE_VECTOR)

    def scipy(self) -> "NonlinearConstraint":
        """The constraint as SciPy takes it; `dualrev` on it is this object."""
        from scipy.optimize import NonlinearConstraint

        made = NonlinearConstraint(self.fun, self.lb, self.ub, jac=self.jac, hess=self.hess)
        made.dualrev = self
        return made


def constraint(
    c: Callable[..., Any], lb: Any, ub: Any, like: Any, args: tuple[Any, ...] = (), **options: Any
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
    >>> minimize(obj, obj.x0, jac=True, constraints=[circle], method="SLSQP").x.round(6)
    array([-1., -1.])
    """
    return Constraint(c, parameters_of(like, options), lb, ub, args).scipy()


def parameters_of(like: Tree, options: dict[str, Any]) -> Parameters:
    """The Parameters that `like` has, or describes."""
    if isinstance(like, Parameters):
        return like
    if isinstance(like, Evaluation):
        return like.parameters
    return Parameters(like, **options)
