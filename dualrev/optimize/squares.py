"""scipy.optimize.least_squares with exact Jacobians, parameters by name, and a polished answer."""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..brief import brief, few
from ..errors import InputError
from ..program.notation import array_text
from .certificate import Certificate, directions_text
from .differences import Derivative, DifferenceResiduals, or_differences
from .faces import held, projected
from .guard import guarded
from .linear_algebra import factored
from .losses import influence, loss_named
from .parameters import Parameters, Tree
from .polishing import NOISY, State, angle, loss_of, noise, polished, state
from .preflight import central, direction, judged, preflight
from .residual_functions import Mode, Residuals
from .result import Result, named
from .scaling import Units, squares_in_units, units_of_residuals

TOLERANCE = 1e-9  # relative, of steps and of the sum of squares; polishing goes further
STATIONARY = 1e-15  # of gradients, which says little while the residuals may still fall by orders of magnitude
EVALUATIONS = 1000  # for each parameter, where max_nfev is not given
WRONG = 1e-3  # a cosine between residuals and a column of the Jacobian: far from a minimum
SMALL = 1e-6  # relative: changing a parameter by its own size changes the loss by less
METHODS = ("trf", "dogbox", "lm")


@brief
class SquaresResult(Result):
    """SciPy's result of least_squares, and what `Result` adds; ``fun`` is the vector of residuals, as in SciPy.

    Errors are those of `Fit`: ``stderr``, ``cov``, ``confidence()``, ``profile(name)``, ``report()``, and so on. They
    take the scatter of the residuals for what it is; ``errors(absolute_sigma=True)`` believes that residuals are in
    units of their standard deviation.
    """

    errors: ClassVar[Callable[..., Any]]  # put here by optimize/__init__.py, as the attributes of Fit are

    def __str__(self) -> str:
        flag = "converged" if self.success else "NOT converged"
        lines = [
            f"{self.method}: {flag}, {self.message}",
            f"cost = {self.cost:.10g}, {len(self.fun)} residuals, {self.counts.f} evaluations{self.counts.rescue_note}",
            *few([f"{name} = {array_text(v, 6)}" for name, v in named(self.params)], "see .params"),
            str(self.certificate),
        ]
        return "\n".join(lines)


class GivenJacobian(Residuals):
    """Residuals whose Jacobian the user wrote: `jacobian(params, *args)`, one row per residual."""

    def __init__(self, function: Any, parameters: Parameters, args: tuple[Any, ...], jacobian: Callable[..., Any]):
        super().__init__(function, parameters, args)
        self.jacobian = jacobian
        if parameters.transforms or not parameters.all_free:
            raise InputError("jac= goes with free parameters as they are: leave it out with fixed, tie or transform")

    def jacobian_at(self, x: ndarray) -> ndarray:
        r = self.here("value", self.value_at)
        J = np.array(self.jacobian(self.parameters.unflatten(x.copy()), *self.args), np.float64)
        if J.shape != (len(r), len(x)):
            raise InputError(f"jac gave shape {J.shape} for {len(r)} residuals and {len(x)} parameters")
        return J


def least_squares(
    fun: Callable[..., Any],
    x0: Tree,
    jac: Callable[..., Any] | None = None,
    bounds: Any = None,
    method: str = "trf",
    ftol: float | None = TOLERANCE,
    xtol: float | None = TOLERANCE,
    gtol: float | None = STATIONARY,
    x_scale: Any = "jac",
    loss: str = "linear",
    f_scale: float = 1.0,
    *,
    max_nfev: int | None = None,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any] | None = None,
    tr_solver: str | None = None,
    tr_options: Mapping[str, Any] | None = None,
    verbose: int = 0,
    callback: Callable[..., Any] | None = None,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Tree], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    mode: Mode = "auto",
    polish: bool = True,
    derivative: Derivative = "auto",
    check: bool = True,
    progress: bool | None = False,
) -> Result:
    """scipy.optimize.least_squares, with the exact Jacobian and parameters as dict, list, tuple, dataclass or array.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args, **kwargs)``: the residuals, an array or a tree of arrays; plain NumPy code.
    x0 : float, array, or dict, list, tuple or dataclass of them
        Where to start.
    jac : callable, optional
        A Jacobian that you wrote, ``jac(params, *args, **kwargs)`` of shape (residuals, parameters): it is used, once
        checked.
    bounds : optional
        By name, ``{"a": (0, None)}``; or as in SciPy, a pair of arrays or numbers ``(lower, upper)``, or a ``Bounds``.
    method, ftol, xtol, gtol, x_scale, loss, f_scale, max_nfev, args, kwargs, tr_solver, tr_options, verbose, callback
        As in SciPy; ftol and xtol default to 1e-9, gtol to 1e-15, x_scale to "jac"; loss is one of the names. SciPy
        gets parameters and residuals in units of their size at the start: tolerances are relative to that.
    fixed, tie, transform, check, progress
        As in `minimize`.
    mode : "auto", "forward", "reverse" or "mixed"
        How the Jacobian is computed.
    derivative : str
        "auto" takes central differences and warns where fun has no exact derivative; "exact" raises.
    polish : bool
        At the end, undamped Gauss-Newton steps for as long as they come closer.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history``, ``certificate``, ``choice`` (the mode) and
        ``plot()``.

    Raises
    ------
    InputError
        If an argument does not fit; nothing has been computed then.
    WrongDerivativeError
        If the Jacobian is wrong at the start.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import least_squares
    >>> t = np.linspace(0.0, 1.0, 20)
    >>> y = 3 * np.exp(-2 * t)
    >>> result = least_squares(lambda p: p["a"] * np.exp(-p["b"] * t) - y, {"a": 1.0, "b": 1.0})
    >>> {name: round(float(v), 9) for name, v in result.params.items()}
    {'a': 3.0, 'b': 2.0}
    """
    if jac is not None and not callable(jac):
        raise InputError(f"jac={jac!r}: leave it out, the Jacobian is exact; or give a function that returns it")
    if kwargs:
        fun, jac = with_keywords(fun, kwargs), with_keywords(jac, kwargs) if jac is not None else None
    parameters = Parameters(x0, box_of(bounds), fixed, tie, transform)
    args = args if isinstance(args, tuple) else (args,)
    res = Residuals(fun, parameters, args, mode) if jac is None else GivenJacobian(fun, parameters, args, jac)
    res = or_differences(res, derivative)
    options = {"method": method, "ftol": ftol, "xtol": xtol, "gtol": gtol, "x_scale": x_scale, "loss": loss}
    options |= {"f_scale": f_scale, "max_nfev": max_nfev, "tr_solver": tr_solver, "verbose": verbose}
    if tr_options:
        options["tr_options"] = dict(tr_options)
    if callback is not None:
        options["callback"] = callback
    check_options(options, res)
    checked_start(res, check)
    return solve(res, options, polish, progress, check)


def with_keywords(function: Callable[..., Any], keywords: Mapping[str, Any]) -> Callable[..., Any]:
    """The function with some keyword arguments given, under its own name."""

    def given(*args: Any) -> Any:
        return function(*args, **keywords)

    given.__name__ = getattr(function, "__name__", "fun")
    return given


def unflattened(callback: Callable[..., Any], res: Residuals, units: Units) -> Callable[..., Any]:
    """SciPy's two forms of a callback, with the parameters in the structure given, and in the user's units."""
    if "intermediate_result" in signature(callback).parameters:

        def told(intermediate_result: Any) -> Any:
            state = intermediate_result
            state.x = units.point(state.x)
            state.params, state.fun, state.cost = res.unflatten(state.x), res.fun(state.x), state.cost * units.size**2
            return callback(intermediate_result=state)

        return told
    return lambda u: callback(res.unflatten(units.point(u)))


def box_of(bounds: Any) -> Any:
    """SciPy's pair (lower, upper) as Bounds; names and Bounds as they are."""
    if isinstance(bounds, (tuple, list)):
        if len(bounds) != 2:
            raise InputError(f"bounds has {len(bounds)} parts: give (lower, upper), or a dict of names and pairs")
        return optimize.Bounds(*bounds)
    return bounds


def check_options(options: Mapping[str, Any], res: Residuals) -> None:
    """Refuse options that do not fit, before anything is computed."""
    p, method = res.parameters, options["method"]
    if method not in METHODS:
        raise InputError(f"method={method!r}: write one of {', '.join(map(repr, METHODS))}")
    loss_named(options["loss"])
    f_scale = options["f_scale"]
    if not (isinstance(f_scale, (int, float, np.number)) and np.isfinite(f_scale) and f_scale > 0):
        raise InputError(f"f_scale={f_scale!r}: a positive number is needed")
    if method == "lm" and (np.isfinite(p.lower).any() or np.isfinite(p.upper).any()):
        raise InputError("method='lm' takes no bounds: use 'trf' or 'dogbox'")
    if method == "lm" and options["loss"] != "linear":
        raise InputError("method='lm' takes loss='linear' only: use 'trf' or 'dogbox'")


def checked_start(res: Residuals, check: bool) -> None:
    """Refuse residuals that are not finite at the start, or whose Jacobian is wrong there."""
    with np.errstate(all="ignore"):
        r = res.fun(res.x0)
    if not r.size:
        raise InputError(f"{res.name} returned no residuals")
    if not np.isfinite(r).all():
        k = int(np.flatnonzero(~np.isfinite(r))[0])
        raise InputError(f"residual {k} of {res.name} is {r[k]} at the start: start where all are finite")
    if check and not isinstance(res, DifferenceResiduals):
        preflight(res.flat, res.x0, lambda d: res.jac(res.x0) @ d, res.name)


def solve(
    res: Residuals, options: Mapping[str, Any], polish: bool, progress: bool | None, check: bool = False
) -> Result:
    """Run SciPy's least_squares on Residuals, polish, and say what came out."""
    p, method = res.parameters, options["method"]
    units = units_of_residuals(res)
    asked, given = squares_in_units(res, units, options)
    if "callback" in options:
        given["callback"] = unflattened(options["callback"], res, units)
    given["max_nfev"] = options["max_nfev"] or EVALUATIONS * len(p.x0)
    if method == "lm" and res.fun(res.x0).size < len(p.x0):
        raise InputError(f"method='lm' needs as many residuals as parameters: {res.fun(res.x0).size} for {len(p.x0)}")
    with np.errstate(all="ignore"):  # a step that overflows is refused by SciPy
        found = guarded(lambda: in_users_units(optimize.least_squares(*asked, **given), units), res, method, progress)
    x = np.array(found.x, np.float64)
    if polish and (found.status > 0 or (found.status == 0 and nearly(res, x, options))):
        x = polished(res, x, options)
    return finished(res, found, x, options, check)


def in_users_units(found: Any, units: Units) -> Any:
    """SciPy's result with the point in the user's units; `finished` computes all that depends on it."""
    found.x = units.point(found.x)
    return found


def nearly(res: Residuals, x: ndarray, options: Mapping[str, Any]) -> bool:
    """Is x close to a minimum, though SciPy ran out of evaluations?"""
    return state(res, x, options).cosine < WRONG


def finished(res: Residuals, found: Any, x: ndarray, options: Mapping[str, Any], check: bool = False) -> SquaresResult:
    """SciPy's result with what exact derivatives say at x; check: differences are asked there too."""
    result = SquaresResult(found)
    r, J = res.fun(x), res.jac(x)
    psi = influence(options["loss"], r, options["f_scale"])[0]
    result.x, result.fun, result.jac, result.grad = x, r, J, J.T @ psi
    result.cost = loss_of(r, options)
    result.method = f"least_squares ({options['method']})"
    result.params, result.counts, result.history = res.unflatten(x), res.counts, res.history
    result.choice = res.choice if isinstance(res, DifferenceResiduals) else res.chosen
    result.certify = lambda: squares_certificate(res, x, J, psi)
    result.origin = res, options
    result.optimality = float(np.abs(projected_gradient(res, x, J, psi)).max())
    cosine = angle(J, psi, x, res.parameters)
    if found.status == 0 and cosine < 1e-6:  # SciPy stops at max_nfev when tolerances are tight
        result.success, result.message = True, "the gradient is zero to rounding"
    if result.success:
        spoken = against(res, State(x, r, J, result.cost, cosine), psi, check)
        if spoken:
            result.success, result.message = False, f"{result.message} But {spoken}"
    return result


def against(res: Residuals, at: State, psi: ndarray, check: bool) -> str | None:
    """What speaks against a point as a minimum, though the optimiser was content: a sentence, or None."""
    g = projected_gradient(res, at.x, at.J, psi)
    reach = np.maximum(np.abs(at.x), np.abs(res.x0))
    clear = noise(at) < NOISY and bool((np.abs(g) * reach > SMALL * (at.r @ at.r)).any())
    if isinstance(res, GivenJacobian):
        exact = Residuals(res.function, res.parameters, res.args).jac(at.x)
        if clear and angle(exact, psi, at.x, res.parameters) > WRONG:
            return "the exact gradient is not zero there: the jac given is wrong."
    if clear and at.cosine > WRONG:
        return f"the gradient is not zero there ({at.cosine:.0e} as a cosine): is the model continuous, free of noise?"
    if check and not isinstance(res, DifferenceResiduals):
        d = direction(at.x)
        along = at.J @ d
        if judged(along, along, *central(res.flat, at.x, d)) == "FAIL":
            return "central differences there do not agree with the Jacobian: look at the rules of ops of your own."
    return None


def projected_gradient(res: Residuals, x: ndarray, J: ndarray, psi: ndarray) -> ndarray:
    return projected(J.T @ psi, x, res.parameters.lower, res.parameters.upper, np.einsum("ij,ij->j", J, J))


def held_elements(res: Residuals, x: ndarray, J: ndarray, psi: ndarray) -> tuple[ndarray, ndarray]:
    """Which elements their lower and which their upper bound holds."""
    p = res.parameters
    return held(x, p.lower, p.upper, J.T @ psi, np.einsum("ij,ij->j", J, J), 0.5 * float(psi @ psi))


def squares_certificate(res: Residuals, x: ndarray, J: ndarray, psi: ndarray) -> Certificate:
    """What the exact Jacobian says about x."""
    p = res.parameters
    low, high = held_elements(res, x, J, psi)
    inside = np.flatnonzero(~(low | high))
    g = projected_gradient(res, x, J, psi)
    factors = factored(J[:, inside])
    vectors, ratios = factors.null()
    return Certificate(
        float(np.abs(g).max(initial=0.0)),
        factors.s[::-1] ** 2,
        factors.condition,
        None,
        directions_text(vectors, list(ratios), [p.free[k] for k in inside], "singular value ratio"),
        [f"{p.free[k]} ({'lower' if low[k] else 'upper'})" for k in np.flatnonzero(low | high)],
    )
