"""scipy.optimize.minimize with exact derivatives, parameters by name, and a result that one can trust."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..errors import InputError
from .agreement import disagreement, wrong_derivative
from .certificate import MOST_FOR_HESSIAN, certificate_of, fall_of_values
from .constraints import Constraint, Flat
from .differences import Derivative, DifferenceObjective, or_differences
from .finishing import ROUNDING, newton_finish
from .given_gradient import GivenGradient
from .guard import BROKEN, STOPPED, guarded
from .methods import FREE, HESSIANS, PRODUCTS, check_derivatives, derivatives_for, method_for, options_for
from .objectives import Objective
from .parameters import Parameters, Ties, Tree
from .preflight import Preflight, compare_columns, preflight
from .result import Result
from .scaling import Units, derivatives_in_units, run_in_units, units_of_objective

DONE = 1e-9  # relative: a value that can fall by less is a minimum
FAR = 1e-4  # relative: one that could fall by more is none
TOLERANCES = frozenset({"tol", "gtol", "ftol", "xtol", "eps", "barrier_tol"})  # with which the user says what is enough
LIMIT = re.compile("limit|max|callback", re.IGNORECASE)  # in the message of a run that was told to stop
HELD = 1e-8  # a constraint violated by less counts as met
BARRIER_TOL = 1e-8  # of trust-constr, SciPy's default
VIOLATED = 4  # the status of trust-constr for a constraint violated by more than gtol


def minimize(
    fun: Callable[..., Any],
    x0: Tree,
    args: Any = (),
    method: str | None = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Ties | None = None,
    transform: Mapping[str, str] | None = None,
    derivative: Derivative = "auto",
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
        method wants it gets, exact. gtol of trust-constr defaults to 0 with bounds or inequalities: SciPy's would stop
        before the barrier is gone.
    jac : callable, True, optional
        A gradient that you wrote, ``jac(params, *args)`` of the structure of params; True: fun returns value and
        gradient. It is used, once it has been checked. By default the exact one.
    hess, hessp : callable, optional
        Your own second derivatives, ``hess(params, *args)`` of shape (n, n) and ``hessp(params, p, *args)`` of shape
        (n,) for the flat vector p. By default exact ones, for methods that use them.
    bounds : optional
        By name, ``{"a": (0, None)}``, or as in SciPy.
    constraints : optional
        One or several of: `constraint` objects; SciPy's NonlinearConstraint or dict whose functions take params (they
        get exact derivatives, in place of their own); LinearConstraint on the flat vector of free parameters.
    callback : callable, optional
        ``callback(params)``, or ``callback(intermediate_result)`` with ``.params`` beside SciPy's fields; StopIteration
        ends the run.
    fixed, tie, transform
        Names held at their start (or a dict of values); names that are functions of the others; names and "log" or
        "logit".
    derivative : str
        "auto" takes central differences and warns where fun has no exact derivative; "exact" raises.
    check : bool
        Check derivatives at the start along one direction, those that you wrote component by component; and at the end.
    progress : bool or None
        One line on standard error that is written over; None: where that is a terminal.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history``, ``preflight``, ``certificate``, ``plot()``.
        success is False, and message says why, where the exact gradient speaks against it. If fun or callback raises
        after the first step, or Ctrl-C is pressed: the best point until then, success False, ``exception``.

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
    >>> {name: round(float(v), 5) + 0.0 for name, v in result.params.items()}
    {'a': 1.0, 'b': 0.0}
    >>> result.success, result.certificate.gradient_norm < 1e-5
    (True, True)
    """
    parameters = Parameters(x0, bounds, fixed, tie, transform)
    constraints = as_list(constraints)
    method = method_for(method, parameters.bounded, bool(constraints))
    check_derivatives(method, jac, hess, hessp)
    check_options(callback, options)
    obj = Objective(fun, parameters, args) if jac is None else GivenGradient(fun, parameters, args, given(jac))
    cons = [constraint_for(c, parameters) for c in constraints]
    if method.lower() not in FREE:
        obj = or_differences(obj, derivative)
        check = check and not isinstance(obj, DifferenceObjective)
    derivatives = derivatives_for(method, obj, hess, hessp)
    checked = checked_start(obj, method, cons, derivatives, check)
    units = Units(np.ones(len(obj.x0)), 1.0) if cons else units_of_objective(obj, method)
    settings: dict[str, Any] = {"method": method, "tol": tol, "callback": watcher(obj, callback, units)}
    barrier = parameters.bounded or any((own.lb < own.ub).any() for own, _ in cons)
    settings["options"] = options_for(method, options, tol, barrier)
    if cons:
        settings["constraints"] = [scipy_constraint(own, theirs, method) for own, theirs in cons]
        obj.rank_by(partial(rank, [own for own, _ in cons]))
    found = run(obj, units, {**settings, **derivatives}, progress)
    if not cons and method.lower() not in FREE and hess is hessp is None:
        go_on(found, obj, not TOLERANCES & {*settings["options"], *(["tol"] if tol is not None else [])})
    barrier_tol = settings["options"].get("barrier_tol", BARRIER_TOL)
    return finished(found, obj, method, [own for own, _ in cons], checked, check, barrier_tol)


def run(obj: Objective, units: Units, settings: Mapping[str, Any], progress: bool | None) -> Any:
    """What SciPy's minimize makes of the objective in these units, under guard."""
    given = derivatives_in_units(settings, obj, units)
    if obj.parameters.bounded:
        given["bounds"] = optimize.Bounds(*units.box(obj.parameters))

    def solve() -> Any:
        with np.errstate(all="ignore"):  # a step that overflows counts as infinite, and is refused
            return run_in_units(lambda f, u: optimize.minimize(f, u, **given), obj, units)

    return guarded(solve, obj, given["method"], progress)


def as_list(constraints: Any) -> list[Any]:
    if constraints is None:
        return []
    return list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]


def given(jac: Any) -> Callable[..., Any] | None:
    return None if jac is True else jac


def check_options(callback: Any, options: Any) -> None:
    if callback is not None and not callable(callback):
        raise InputError(f"callback={callback!r}: give a function callback(params)")
    if options is not None and not isinstance(options, Mapping):
        raise InputError(f"options is a {type(options).__name__}: give a dict of the method's options")


# ---- constraints -----------------------------------------------------------------------------------------------------


def constraint_for(c: Any, parameters: Parameters) -> tuple[Any, Any]:
    """(our constraint with exact derivatives, what the user gave)."""
    if isinstance(c, dict):
        kind, function = c.get("type"), c.get("fun")
        if kind not in ("eq", "ineq") or not callable(function):
            raise InputError(f"constraint {c!r}: write {{'type': 'eq' or 'ineq', 'fun': function}}")
        return Constraint(function, parameters, 0.0, 0.0 if kind == "eq" else np.inf, tuple(c.get("args", ()))), c
    if isinstance(c, optimize.LinearConstraint):
        return Flat(c, len(parameters.x0)), c
    if not isinstance(c, optimize.NonlinearConstraint):
        raise InputError(f"a constraint is a {type(c).__name__}: use dr.constraint, or SciPy's own")
    own = getattr(c, "dualrev", None)
    if own is None:
        return Constraint(c.fun, parameters, c.lb, c.ub), c
    if own.parameters.shapes != parameters.shapes or own.parameters.names != parameters.names:
        raise InputError(
            f"the constraint {own.name} is one of {', '.join(own.parameters.roots)}, and x0 has "
            f"{', '.join(parameters.roots)}: give it like=x0"
        )
    if own.parameters.is_plain and parameters.is_plain:
        return own, c
    return Constraint(own.function, parameters, own.lb, own.ub, own.args), c


def scipy_constraint(own: Any, theirs: Any, method: str) -> Any:
    """A constraint as the method takes it: with a Hessian where it uses one."""
    if isinstance(own, Flat):
        return theirs
    return own.scipy(method.lower() == "trust-constr", getattr(theirs, "keep_feasible", False))


def rank(constraints: list[Any], value: float, x: ndarray) -> tuple[float, float]:
    """What is better comes first: points that meet the constraints by value, before them others by violation."""
    worst = max(c.violation(x) for c in constraints)
    return (worst, value) if worst > HELD else (0.0, value)


# ---- before ----------------------------------------------------------------------------------------------------------


def checked_start(
    obj: Objective, method: str, cons: list[tuple[Any, Any]], derivatives: Mapping[str, Any], check: bool
) -> Preflight | None:
    """Refuse what is not finite at the start, and derivatives that are wrong there."""
    x, p = obj.x0, obj.parameters
    value = obj.fun(x)
    if not isfinite(value):
        raise InputError(f"{obj.name} is {value} at the start: start where it is finite{obj.origin(x)}")
    own = [c for c, _ in cons if isinstance(c, Constraint)]
    for c in own:
        c.check()
    if method.lower() in FREE:
        return None
    g = obj.grad(x)
    needs_second = method.lower() in PRODUCTS | HESSIANS and derivatives.keys() <= {"jac", "hess", "hessp"}
    if isinstance(obj, GivenGradient) and needs_second and derivatives.get("hess") in (obj.hess, obj.hess_op):
        obj.recorded_at(x)
    if not check:
        return None
    box = (p.lower, p.upper) if p.bounded else None
    for c in own:
        preflight(c.flat, x, c.jac(x).__matmul__, c.name, forward=partial(pushed, c, x), box=box)
    if isinstance(obj, GivenGradient):
        return check_given(obj, x, g, obj.exact_or_none(x), box)
    return preflight(obj.flat, x, g.dot, obj.name, forward=partial(pushed, obj, x), box=box, middle=value)


def pushed(evaluation: Any, x: ndarray, d: ndarray) -> Any:
    """The derivative along d by forward mode, along what was recorded at x."""
    return evaluation.recorded_at(x).push((d,), ())


def check_given(obj: GivenGradient, x: ndarray, g: ndarray, exact: ndarray | None, box: Any) -> Preflight:
    """Hold the user's gradient against the exact one, component by component, and against differences."""
    if exact is not None and np.isfinite(exact).all():
        compare_columns(obj.flat, x, g, exact, obj.parameters.free, "the gradient of jac")
    return preflight(obj.flat, x, lambda d: g @ d, obj.name, forward=lambda d: g @ d, box=box)


# ---- during ----------------------------------------------------------------------------------------------------------


def watcher(obj: Objective, callback: Callable[..., Any] | None, units: Units) -> Callable[..., Any] | None:
    """The user's callback, called with the parameters in place of the flat vector, in the user's units.

    SciPy passes an OptimizeResult to what names its argument so; methods that do not know of that pass the vector.
    """
    if callback is None:
        return None
    try:
        whole = list(inspect.signature(callback).parameters) == ["intermediate_result"]
    except (TypeError, ValueError):  # a function of C
        whole = False

    def watch(intermediate_result: Any) -> Any:
        state = intermediate_result
        if isinstance(state, ndarray):
            state = optimize.OptimizeResult(x=state.copy(), fun=obj.fun(units.point(state)) / units.size)
        state.x, state.fun = units.point(state.x), state.get("fun", np.nan) * units.size
        state.params = obj.unflatten(state.x)
        return callback(intermediate_result=state) if whole else callback(state.params)

    return watch


def go_on(found: Any, obj: Objective, further: bool = True) -> None:
    """Newton steps from where SciPy stopped short, and success where there is nothing left to gain.

    What SciPy was told to stop at, a limit or the callback, is left as it is; with tolerances of the user's (further is
    False) the point is left, and judged.
    """
    status, message = found.get("status"), str(found.message)
    limited = not found.success and (status in (BROKEN, STOPPED) or LIMIT.search(message) is not None)
    if limited or type(obj) is not Objective or len(found.x) > MOST_FOR_HESSIAN or not isfinite(found.fun):
        return
    x = np.array(found.x, np.float64)
    size, fall = abs(obj.fun(x)), fall_of_values(obj, x)
    enough, met = DONE * min(size, fall) + ROUNDING * size, len(obj.history)
    try:
        end = newton_finish(obj, x, enough if further else np.inf)
    except Exception:  # an op that cannot be differentiated twice: what SciPy says stands
        return
    if end.steps:
        found.x, found.fun, found.jac = end.x, end.value, obj.grad(end.x)
        found.nfev = found.get("nfev", 0) + len(obj.history) - met
        message = f"{message.rstrip('.')}; {end.steps} Newton step{'s' * (end.steps > 1)} went on from there."
    if end.definite and end.decrease <= enough:
        found.success, found.message = True, message
    elif end.definite and end.decrease > FAR * min(size, fall) + enough:
        found.success = False
        found.message = f"{message} But a Newton step promises a value that is {end.decrease:.3g} lower."


# ---- after -----------------------------------------------------------------------------------------------------------


def finished(
    found: Any,
    obj: Objective,
    method: str,
    constraints: list[Any],
    checked: Preflight | None,
    check: bool,
    barrier_tol: float = BARRIER_TOL,
) -> Result:
    """SciPy's result with what belongs to it, and success only where the exact gradient agrees."""
    result = Result(found)
    x = np.array(result.x, np.float64)
    result.x, result.method = x, method
    result.params = obj.unflatten(x)
    result.counts, result.history, result.preflight = obj.counts, obj.history, checked
    result.certify = lambda: certificate_of(obj, x, constraints)
    result.success = bool(result.success)
    if not result.success and constraints and held_after_all(result, obj, constraints):
        result.success, result.message = True, "`xtol` termination condition is satisfied."
    if result.success:
        doubt = doubt_about(result, obj, constraints, check)
        if doubt:
            result.success, result.message = False, f"{result.message} But {doubt}"
    elif "exception" not in result:
        result.message = " ".join([str(result.message), *reasons(result, obj, method, check)])
    if result.get("barrier_parameter", 0.0) > barrier_tol:
        result.message = f"{result.message} {standing(result.barrier_parameter)}"
    return result


def reasons(result: Result, obj: Objective, method: str, check: bool) -> list[str]:
    """Why the optimiser may have given up, in sentences."""
    said = []
    if obj.outside is not None:
        said.append(f"{obj.name} was not finite on the way{obj.origin(obj.outside)}.")
    if check and method.lower() not in FREE and isfinite(result.fun):
        said.append(wrong_derivative(obj, result.x))
    return [sentence[0].upper() + sentence[1:] for sentence in said if sentence]


def standing(barrier: float) -> str:
    """What it means that trust-constr stopped before its barrier was gone."""
    return (
        f"SciPy's barrier parameter is still {barrier:.0e}: it keeps the point away from bounds and inequalities. "
        "Leave out gtol and tol, or raise maxiter."
    )


def held_after_all(result: Result, obj: Objective, constraints: list[Any]) -> bool:
    """Did trust-constr converge, and find fault only with constraints that do not hold to the last bit?"""
    if result.get("status") != VIOLATED or result.get("constr_violation", 1.0) > HELD:
        return False
    return not disagreement(obj, result.x, constraints, False)


def doubt_about(result: Result, obj: Objective, constraints: list[Any], check: bool) -> str:
    """What speaks against SciPy's success; "" for nothing."""
    if not isfinite(result.fun):
        return f"{obj.name} is {result.fun} there{obj.origin(result.x)}."
    doubt = disagreement(obj, result.x, constraints, check)
    if doubt or result.x.tobytes() != obj.parameters.x0.tobytes():
        return doubt
    return "; ".join(result.certificate.warnings)  # a run that never moved may have begun at a saddle point
