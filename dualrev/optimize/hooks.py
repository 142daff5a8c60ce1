"""Exact derivatives for SciPy's other functions: systems of equations, stiff ODEs, boundary value problems, roots.

Each is one line in the user's script, and gives what SciPy's argument takes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..errors import InputError
from ..forward.jvp import jvp
from ..jacobians import jacobian
from .evaluation import as_args
from .objectives import objective
from .parameters import Parameters, Tree
from .residual_functions import Residuals

Function = Callable[..., Any]

LAST_DIGITS = {"ftol": 0.0, "gtol": 1e-10}  # of L-BFGS-B, from where its own tolerances have led


class RootFunctions(Residuals):
    """``eqs(x)`` is ``(F, J)``, for ``scipy.optimize.root(..., jac=True)``; its parts are `fun` and `jac`."""

    takes_complex = False

    def value_at(self, x: ndarray) -> ndarray:
        F = super().value_at(x)
        if len(F) != len(x):
            raise InputError(f"{self.name} has {len(F)} equations for {len(x)} unknowns: root needs as many")
        return F


def root_functions(f: Function, params: Tree, args: Any = (), **options: Any) -> RootFunctions:
    """f(params) = 0 for ``scipy.optimize.root``, with the exact Jacobian.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import root
    >>> import dualrev as dr
    >>> eqs = dr.root_functions(lambda x: np.stack([x[0] ** 2 - 4, x[0] * x[1] - 6]), [1.0, 1.0])
    >>> root(eqs, eqs.x0, jac=True).x.round(6)
    array([2., 3.])
    """
    return RootFunctions(f, Parameters(params, **options), args)


def ode_jacobian(f: Function, args: Any = ()) -> Function:
    """The Jacobian (t, y) -> df/dy of the right side of an ODE, for ``scipy.integrate.solve_ivp(jac=...)``.

    ``f(t, y, *args)`` gives dy/dt of the shape of y, an array or a list; plain NumPy code. Further arguments that
    solve_ivp hands on (its own ``args=``) come after y.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.integrate import solve_ivp
    >>> import dualrev as dr
    >>> def stiff(t, y):
    ...     return np.stack([y[1], 1000 * (1 - y[0] ** 2) * y[1] - y[0]])
    >>> dr.ode_jacobian(stiff)(0.0, np.array([2.0, 0.0])).tolist()
    [[0.0, 1.0], [-1.0, -3000.0]]
    >>> solve_ivp(stiff, (0, 100), [2.0, 0.0], method="Radau", jac=dr.ode_jacobian(stiff)).success
    True
    """
    in_y = jacobian(lambda t, y, *more: joined(f(t, y, *more, *as_args(args))), argnums=1)

    def jac(t: float, y: ndarray, *more: Any) -> ndarray:
        y = np.array(y, np.float64)
        J = np.ascontiguousarray(in_y(t, y, *more), np.float64)
        if J.shape != y.shape * 2:
            raise InputError(f"{name_of(f)} gave the shape {J.shape[: -y.ndim]} for y of shape {y.shape}")
        return J

    return jac


class BvpJacobians(NamedTuple):
    """``fun_jac`` and ``bc_jac`` of ``scipy.integrate.solve_bvp``."""

    fun_jac: Function
    bc_jac: Function


def bvp_jacobians(fun: Function, bc: Function) -> BvpJacobians:
    """Exact Jacobians of a boundary value problem, for ``scipy.integrate.solve_bvp``.

    Parameters
    ----------
    fun : callable
        ``fun(x, y)`` or ``fun(x, y, p)``: dy/dx of shape (n, m) at the m points x, where column k depends on column k
        of y alone, as solve_bvp demands.
    bc : callable
        ``bc(ya, yb)`` or ``bc(ya, yb, p)``: the residuals of the boundary conditions.

    Returns
    -------
    BvpJacobians
        ``solve_bvp(fun, bc, x, y, fun_jac=jacs.fun_jac, bc_jac=jacs.bc_jac)``; with unknown parameters p both give
        the derivatives in p as well.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.integrate import solve_bvp
    >>> import dualrev as dr
    >>> def fun(x, y):
    ...     return np.stack([y[1], -np.exp(y[0])])
    >>> def bc(ya, yb):
    ...     return np.stack([ya[0], yb[0]])
    >>> jacs = dr.bvp_jacobians(fun, bc)
    >>> x = np.linspace(0, 1, 5)
    >>> result = solve_bvp(fun, bc, x, np.zeros((2, 5)), fun_jac=jacs.fun_jac, bc_jac=jacs.bc_jac)
    >>> round(float(result.sol(0.5)[0]), 4)
    0.1405
    """

    def fun_jac(x: ndarray, y: ndarray, p: ndarray | None = None) -> Any:
        """d fun / dy of shape (n, n, m): one direction per component, at all points at once."""
        y, more = np.array(y, np.float64), () if p is None else (np.array(p, np.float64),)
        n, m = y.shape
        seeds = np.broadcast_to(np.eye(n)[:, :, None], (n, n, m))
        along = jvp(lambda z: joined(fun(x, z, *more)), (y,), (seeds,))[1]
        if along.shape != (n, n, m):
            raise InputError(f"{name_of(fun)} gave the shape {along.shape[1:]} for y of shape {y.shape}")
        dy = np.ascontiguousarray(np.moveaxis(along, 0, 1))
        if p is None:
            return dy
        return dy, np.ascontiguousarray(np.moveaxis(jacobian(lambda q: joined(fun(x, y, q)))(*more), 2, 1))

    def bc_jac(ya: ndarray, yb: ndarray, p: ndarray | None = None) -> Any:
        points = [np.array(v, np.float64) for v in (ya, yb, p) if v is not None]
        return jacobian(lambda *at: joined(bc(*at)), argnums=tuple(range(len(points))))(*points)

    return BvpJacobians(fun_jac, bc_jac)


def scalar3(f: Function, args: Any = ()) -> Function:
    """x -> (f, f', f'') of a function of one number, for ``root_scalar(..., fprime=True, fprime2=True)`` of SciPy.

    Examples
    --------
    >>> from scipy.optimize import root_scalar
    >>> import dualrev as dr
    >>> found = root_scalar(dr.scalar3(lambda x: x**3 - 8), x0=1.0, fprime=True, fprime2=True, method="halley")
    >>> round(float(found.root), 9)
    2.0
    """

    def three(x: Any, *more: Any) -> tuple[float, float, float]:
        x = float(np.asarray(x).item())

        def slope(z: Any) -> tuple[Any, Any]:
            return jvp(lambda w: f(w, *more, *as_args(args)), (z,), (1.0,))

        (y, dy), (_, ddy) = jvp(slope, (x,), (1.0,))
        return float(y), float(dy), float(ddy)

    return three


def polish(loss: Function, args: Any = (), **options: Any) -> Function:
    """A local search with exact gradients, as ``polish`` of ``scipy.optimize.differential_evolution``.

    The callable takes what SciPy (1.17 or later) hands it: the function, the best point found, and the bounds. loss is
    plain NumPy code of one array; options are those of ``scipy.optimize.minimize``.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import differential_evolution
    >>> import dualrev as dr
    >>> def loss(x):
    ...     return np.sum((x - np.array([0.3, -0.7])) ** 4 + (x - np.array([0.3, -0.7])) ** 2)
    >>> result = differential_evolution(loss, [(-2, 2), (-2, 2)], polish=dr.polish(loss), rng=0, maxiter=5)
    >>> result.x.round(8)
    array([ 0.3, -0.7])
    """
    from scipy.optimize import minimize

    def search(func: Function, x0: ndarray, **given: Any) -> Any:
        obj = objective(loss, np.array(x0, np.float64), args)
        method = options.get("method", "trust-constr" if given.get("constraints") else "L-BFGS-B")
        second = {"hess": obj.hess} if method == "trust-constr" else {}
        plain = minimize(obj, obj.x0, jac=True, **{"method": method, **second, **given, **options})
        if {"method", "tol", "options"} & options.keys() or method != "L-BFGS-B":
            return plain
        further = minimize(obj, plain.x, jac=True, method=method, options=LAST_DIGITS, **given)
        return further if further.success and further.fun <= plain.fun else plain

    return search


def joined(made: Any) -> Any:
    """What a function of SciPy's returned, a list of rows perhaps, as one array."""
    return np.stack(list(made)) if isinstance(made, (list, tuple)) else made
