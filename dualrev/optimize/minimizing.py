"""scipy.optimize.minimize with exact derivatives, parameters by name, and a result that one can trust."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..errors import InputError
from .certificate import certificate_of, projected
from .constraints import Constraint
from .guard import guarded
from .objectives import Objective
from .parameters import Parameters, Tree
from .preflight import preflight
from .result import Result

PRODUCTS = frozenset({"newton-cg", "trust-ncg", "trust-krylov"})  # methods that take Hessian products
HESSIANS = frozenset({"dogleg", "trust-exact", "trust-constr"})  # that take whole Hessians
FREE = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})  # that take no derivative
WITH_BOUNDS = frozenset({"nelder-mead", "l-bfgs-b", "tnc", "slsqp", "powell", "trust-constr", "cobyla", "cobyqa"})
WITH_CONSTRAINTS = frozenset({"cobyla", "cobyqa", "slsqp", "trust-constr"})
GRADIENTS = frozenset({"cg", "bfgs", "l-bfgs-b", "tnc", "slsqp"}) | PRODUCTS | HESSIANS
MOST_DENSE = 200  # free parameters; beyond, trust-constr gets the Hessian as an operator


class GivenGradient(Objective):
    """An Objective whose gradient the user wrote: `gradient(params, *args)`, of the structure of params."""

    def __init__(self, function: Any, parameters: Parameters, args: tuple[Any, ...], gradient: Callable[..., Any]):
        super().__init__(function, parameters, args)
        self.gradient = gradient
        if parameters.transforms or not parameters.all_free:
            raise InputError("jac= goes with free parameters as they are: leave it out with fixed, tie or transform")

    def gradient_at(self, x: ndarray) -> ndarray:
        return self.given(x)

    def given(self, x: ndarray) -> ndarray:
        g = self.gradient(self.parameters.unflatten(x.copy()), *self.args)
        if not isinstance(g, ndarray) or self.parameters.shapes != [x.shape]:
            g = self.parameters.flatten(g)
        if np.shape(g) != x.shape:
            raise InputError(f"jac gave a gradient of shape {np.shape(g)} for parameters of shape {x.shape}")
        return np.array(g, np.float64)


def minimize(
    fun: Callable[..., Any],
    x0: Tree,
    args: tuple[Any, ...] = (),
    method: str | None = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: dict[str, Any] | None = None,
    *,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Tree], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    check: bool = True,
    progress: bool | None = False,
) -> Result:
    """scipy.optimize.minimize, with exact derivatives and parameters as dict, list, tuple, dataclass or array.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args)``, a number; plain NumPy code.
    x0 : float, array, or dict, list, tuple or dataclass of them
        Where to start.
    args, method, tol, options
        As in SciPy; method defaults to BFGS, L-BFGS-B with bounds, SLSQP with constraints. Whatever derivatives the
        method wants it gets, exact.
    jac : callable, True, optional
        A gradient that you wrote: it is used, once it has been checked. By default the exact one.
    hess, hessp : optional
        Your own second derivatives, as in SciPy, of the flat vector. By default exact ones, for the methods that use them.
    bounds : optional
        By name, ``{"a": (0, None)}``, or as in SciPy.
    constraints : optional
        One or several of: `constraint` objects; SciPy's NonlinearConstraint or dict whose functions take params (they get
        exact derivatives); LinearConstraint on the flat vector.
    callback : callable, optional
        ``callback(params)``, or ``callback(intermediate_result)`` with ``.params`` beside SciPy's fields; StopIteration ends
        the run.
    fixed, tie, transform
        Names held at their start (or a dict of values); names that are functions of the others; names and "log" or "logit".
    check : bool
        Check the derivative at the start, along one random direction.
    progress : bool or None
        One line on standard error that is written over; None: where that is a terminal.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history``, ``certificate``, ``plot()``.

    Raises
    ------
    InputError
        If an argument does not fit; nothing has been computed then.
    WrongDerivativeError
        If the derivative is wrong at the start.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import minimize
    >>> result = minimize(lambda p: (p["a"] - 1) ** 2 + np.exp(p["b"]) - p["b"], {"a": 3.0, "b": 1.0})
    >>> {name: round(float(v), 5) for name, v in result.params.items()}
    {'a': 1.0, 'b': 0.0}
    >>> result.success, result.certificate.gradient_norm < 1e-5
    (True, True)
    """
    parameters = Parameters(x0, bounds, fixed, tie, transform)
    method = method_for(method, bounds, constraints)
    args = args if isinstance(args, tuple) else (args,)
    obj = objective_for(fun, parameters, args, jac)
    cons = [constraint_for(c, parameters) for c in as_list(constraints)]
    if not np.isfinite(obj.fun(obj.x0)):
        raise InputError(f"{obj.name} is {obj.fun(obj.x0)} at the start: start where it is finite")
    if check and method.lower() not in FREE:
        preflight(obj.flat, obj.x0, lambda d: obj.grad(obj.x0) @ d, obj.name)
        for c in cons:
            if isinstance(getattr(c, "dualrev", None), Constraint):
                own = c.dualrev
                preflight(own.flat, obj.x0, lambda d, own=own: own.jac(obj.x0) @ d, own.name)
    given: dict[str, Any] = derivatives_for(method, obj, hess, hessp)
    if method.lower() in WITH_BOUNDS and bounds is not None:
        given["bounds"] = optimize.Bounds(parameters.lower, parameters.upper)
    if cons:
        given["constraints"] = cons if method.lower() in ("trust-constr", "cobyqa") else cons
    watcher = watched(obj, callback)
    found = guarded(
        lambda: optimize.minimize(obj.fun, obj.x0, method=method, tol=tol, options=options, callback=watcher, **given),
        obj,
        method,
        progress,
    )
    return finished(found, obj, method, [c.dualrev for c in cons if hasattr(c, "dualrev")])


def as_list(constraints: Any) -> list[Any]:
    return list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]


def method_for(method: str | None, bounds: Any, constraints: Any) -> str:
    """SciPy's default, or the method named; it must be able to do what is asked."""
    if method is None:
        return "SLSQP" if as_list(constraints) else "L-BFGS-B" if bounds is not None else "BFGS"
    if not isinstance(method, str) or method.lower() not in GRADIENTS | FREE:
        raise InputError(f"method={method!r}: write one of SciPy's methods, such as 'BFGS', 'L-BFGS-B', 'trust-constr'")
    if bounds is not None and method.lower() not in WITH_BOUNDS:
        raise InputError(f"method={method!r} takes no bounds: leave it out, or use transform= for a smooth one")
    if as_list(constraints) and method.lower() not in WITH_CONSTRAINTS:
        raise InputError(f"method={method!r} takes no constraints: use 'SLSQP' or 'trust-constr'")
    return method


def objective_for(fun: Any, parameters: Parameters, args: tuple[Any, ...], jac: Any) -> Objective:
    if jac is None:
        return Objective(fun, parameters, args)
    if jac is True:
        return GivenGradient(lambda p, *more: fun(p, *more)[0], parameters, args, lambda p, *more: fun(p, *more)[1])
    if not callable(jac):
        raise InputError(f"jac={jac!r}: leave it out for the exact gradient, or give a function")
    return GivenGradient(fun, parameters, args, jac)


def constraint_for(c: Any, parameters: Parameters) -> Any:
    """A constraint of SciPy's, with exact derivatives where it has none of its own."""
    if isinstance(c, dict):
        kind, function = c.get("type"), c.get("fun")
        if kind not in ("eq", "ineq") or not callable(function):
            raise InputError(f"constraint {c!r}: write {{'type': 'eq' or 'ineq', 'fun': function}}")
        upper = 0.0 if kind == "eq" else np.inf
        return Constraint(function, parameters, 0.0, upper, tuple(c.get("args", ()))).scipy()
    if isinstance(c, optimize.NonlinearConstraint) and not hasattr(c, "dualrev"):
        return Constraint(c.fun, parameters, c.lb, c.ub).scipy()
    if isinstance(c, (optimize.NonlinearConstraint, optimize.LinearConstraint)):
        return c
    raise InputError(f"a constraint is a {type(c).__name__}: use dr.constraint, or SciPy's own")


def derivatives_for(method: str, obj: Objective, hess: Any, hessp: Any) -> dict[str, Any]:
    """jac, hess and hessp as the method takes them."""
    name = method.lower()
    if name in FREE:
        return {}
    given: dict[str, Any] = {"jac": obj.grad}
    if hessp is not None or hess is not None:
        return given | {"hess": hess, "hessp": hessp}
    if name in PRODUCTS:
        given["hessp"] = obj.hessp
    elif name in HESSIANS:
        large = name == "trust-constr" and len(obj.parameters.x0) > MOST_DENSE
        given["hess"] = obj.hess_op if large else obj.hess
    return given


def watched(obj: Objective, callback: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """The user's callback, called with the parameters in place of the flat vector."""
    if callback is None:
        return None
    try:
        whole = list(inspect.signature(callback).parameters) == ["intermediate_result"]
    except (TypeError, ValueError):  # a function of C
        whole = False

    def watcher(x: ndarray, *state: Any) -> Any:
        params = obj.unflatten(x)
        if not whole:
            return callback(params)
        return callback(optimize.OptimizeResult(x=np.array(x), fun=obj.fun(x), params=params))

    return watcher


def finished(found: Any, obj: Objective, method: str, constraints: list[Constraint]) -> Result:
    """SciPy's result with what belongs to it, and success only where the exact gradient agrees."""
    result = Result(found)
    x = np.array(result.x, np.float64)
    result.x, result.method = x, method
    result.params = obj.unflatten(x)
    result.counts, result.history = obj.counts, obj.history
    result.certify = lambda: certificate_of(obj, x, constraints)
    if result.success and not constraints:
        doubt = disagreement(obj, x)
        if doubt:
            result.success, result.message = False, f"{result.message} But {doubt}"
    return result


def disagreement(obj: Objective, x: ndarray) -> str:
    """Why SciPy's success is none; "" where the exact gradient agrees."""
    exact = Objective(obj.function, obj.parameters, obj.args) if isinstance(obj, GivenGradient) else obj
    g = projected(exact.grad(x), x, obj.parameters.lower, obj.parameters.upper)
    start = np.abs(exact.grad(obj.x0)).max() if isinstance(obj, GivenGradient) else 0.0
    if isinstance(obj, GivenGradient) and np.abs(g).max() > 1e-3 * max(start, 1e-300) and np.abs(g).max() > 1e-4:
        worst = int(np.argmax(np.abs(g)))
        return (
            f"the exact gradient is not zero there: {g[worst]:.4g} in {obj.parameters.free[worst]}, where the jac given "
            f"says {obj.given(x)[worst]:.4g}."
        )
    return ""
