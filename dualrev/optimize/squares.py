"""scipy.optimize.least_squares and curve_fit with exact Jacobians, parameters by name, and polished results."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..errors import InputError
from .certificate import Certificate, active_bounds, directions_text, projected
from .guard import guarded
from .linear_algebra import factored, solved
from .losses import influence, loss_named
from .parameters import Parameters, Tree
from .preflight import preflight
from .residual_functions import Mode, Residuals
from .result import Result

TOLERANCE = 1e-9  # relative, of all three tests; polishing goes further
MOST_POLISH = 50  # steps
ROUNDING = 1e-12  # relative: a sum of squares that rises by less has not risen
EVALUATIONS = 1000  # for each parameter, where max_nfev is not given


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
    ftol: float = TOLERANCE,
    xtol: float = TOLERANCE,
    gtol: float = TOLERANCE,
    x_scale: Any = "jac",
    loss: str = "linear",
    f_scale: float = 1.0,
    max_nfev: int | None = None,
    args: tuple[Any, ...] = (),
    *,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Tree], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    mode: Mode = "auto",
    polish: bool = True,
    check: bool = True,
    progress: bool | None = False,
) -> Result:
    """scipy.optimize.least_squares, with the exact Jacobian and parameters as dict, list, tuple, dataclass or array.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args)``: the residuals, an array or a tree of arrays; plain NumPy code.
    x0 : float, array, or dict, list, tuple or dataclass of them
        Where to start.
    jac : callable, optional
        A Jacobian that you wrote, ``jac(params, *args)`` of shape (residuals, parameters): it is used, once checked.
    bounds : optional
        By name, ``{"a": (0, None)}``; or as in SciPy, two arrays or a ``Bounds``.
    method, ftol, xtol, gtol, x_scale, loss, f_scale, max_nfev, args
        As in SciPy; tolerances default to 1e-9, x_scale to "jac", loss is one of the names.
    fixed, tie, transform, check, progress
        As in `minimize`.
    mode : "auto", "forward", "reverse" or "mixed"
        How the Jacobian is computed.
    polish : bool
        At the end, undamped Gauss-Newton steps for as long as they come closer; with loss "linear" only.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history``, ``certificate``, ``choice`` (the mode), ``plot()``.

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
    parameters = Parameters(x0, box_of(bounds), fixed, tie, transform)
    args = args if isinstance(args, tuple) else (args,)
    res = Residuals(fun, parameters, args, mode) if jac is None else GivenJacobian(fun, parameters, args, jac)
    checked_start(res, check)
    options = {"method": method, "ftol": ftol, "xtol": xtol, "gtol": gtol, "x_scale": x_scale, "loss": loss}
    return solve(res, options | {"f_scale": f_scale, "max_nfev": max_nfev}, polish, progress)


def box_of(bounds: Any) -> Any:
    """SciPy's two arrays as Bounds; everything else as it is."""
    if isinstance(bounds, (tuple, list)) and len(bounds) == 2 and not isinstance(bounds[0], (tuple, list)):
        return optimize.Bounds(*bounds)
    return bounds


def checked_start(res: Residuals, check: bool) -> None:
    """Refuse residuals that are not finite at the start, or whose Jacobian is wrong there."""
    r = res.fun(res.x0)
    if not r.size:
        raise InputError(f"{res.name} returned no residuals")
    if not np.isfinite(r).all():
        k = int(np.flatnonzero(~np.isfinite(r))[0])
        raise InputError(f"residual {k} of {res.name} is {r[k]} at the start: start where all are finite")
    if check:
        preflight(res.flat, res.x0, lambda d: res.jac(res.x0) @ d, res.name)


def solve(res: Residuals, options: Mapping[str, Any], polish: bool, progress: bool | None) -> Result:
    """Run SciPy's least_squares on Residuals, polish, and say what came out."""
    p = res.parameters
    loss_named(options["loss"])
    given = dict(options)
    given["max_nfev"] = options["max_nfev"] or EVALUATIONS * len(p.x0)
    if np.isfinite(p.lower).any() or np.isfinite(p.upper).any():
        if options["method"] == "lm":
            raise InputError("method='lm' takes no bounds: use 'trf' or 'dogbox'")
        given["bounds"] = (p.lower, p.upper)
    if options["method"] == "lm" and res.fun(res.x0).size < len(p.x0):
        raise InputError(f"method='lm' needs as many residuals as parameters: {res.fun(res.x0).size} for {len(p.x0)}")
    found = guarded(lambda: optimize.least_squares(res.fun, res.x0, res.jac, **given), res, options["method"], progress)
    x = np.array(found.x, np.float64)
    if polish and options["loss"] == "linear" and found.status != -1:
        x = polished(res, x)
    return finished(res, found, x, options)


def finished(res: Residuals, found: Any, x: ndarray, options: Mapping[str, Any]) -> Result:
    result = Result(found)
    r, J = res.fun(x), res.jac(x)
    psi = influence(options["loss"], r, options["f_scale"])[0] if options["loss"] != "linear" else r
    result.x, result.jac, result.grad = x, J, J.T @ psi
    result.residuals, result.method = r, f"least_squares ({options['method']})"
    z = (r / options["f_scale"]) ** 2
    result.cost = 0.5 * options["f_scale"] ** 2 * float(np.sum(loss_named(options["loss"])(z)))
    result.fun = result.cost
    result.params, result.counts, result.history = res.unflatten(x), res.counts, res.history
    result.choice = res.chosen
    result.certify = lambda: squares_certificate(res, x, psi)
    cosine = angle(J, psi, x, res.parameters)
    result.optimality = float(np.abs(projected(result.grad, x, res.parameters.lower, res.parameters.upper)).max())
    if found.status == 0 and cosine < 1e-6:  # SciPy stops at max_nfev when tolerances are tight
        result.success, result.message = True, "the gradient is zero to rounding"
    if isinstance(res, GivenJacobian) and result.success:
        exact = Residuals(res.function, res.parameters, res.args).jac(x)
        if angle(exact, psi, x, res.parameters) > 1e-3:
            result.success = False
            result.message = f"{result.message} But the exact gradient is not zero there: the jac given is wrong."
    return result


def angle(J: ndarray, r: ndarray, x: ndarray, p: Parameters) -> float:
    """The largest cosine between a column of J and r, 0 at a minimum; columns held by a bound are left out."""
    g = projected(J.T @ r, x, p.lower, p.upper)
    lengths = np.linalg.norm(J, axis=0) * np.linalg.norm(r)
    return float(np.max(np.abs(g) / np.where(lengths > 0, lengths, 1.0), initial=0.0))


def polished(res: Residuals, x: ndarray) -> ndarray:
    """x after undamped Gauss-Newton steps, for as long as they or the angle get smaller, and the sum of squares holds."""
    p = res.parameters
    r, J = res.fun(x), res.jac(x)
    cost, cosine, last = float(r @ r), angle(J, r, x, p), np.inf
    for _ in range(MOST_POLISH):
        inside = ~np.logical_or(*active_bounds(x, p.lower, p.upper))
        if not inside.any() or len(r) < inside.sum():
            break
        step = np.zeros(len(x))
        step[inside] = solved(J[:, inside], -r)
        fresh = x + step
        length = float(np.max(np.abs(step) / np.maximum(np.abs(x), np.finfo(float).tiny)))
        if (
            not np.isfinite(step).all()
            or (fresh < p.lower).any()
            or (fresh > p.upper).any()
            or length <= 2 * np.finfo(float).eps
        ):
            break
        with np.errstate(all="ignore"):
            new = res.fun(fresh)
            if not np.isfinite(new).all():
                break
            new_J = res.jac(fresh)
        new_cost, new_cosine = float(new @ new), angle(new_J, new, fresh, p)
        if new_cost > cost * (1 + ROUNDING) or not (new_cosine < cosine or length < last):
            break
        x, r, J, cost, cosine, last = fresh, new, new_J, new_cost, new_cosine, length
    return x


def squares_certificate(res: Residuals, x: ndarray, psi: ndarray) -> Certificate:
    """What the exact Jacobian says about x."""
    p, J = res.parameters, res.jac(x)
    low, high = active_bounds(x, p.lower, p.upper)
    inside = np.flatnonzero(~(low | high))
    g = projected(J.T @ psi, x, p.lower, p.upper)
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


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: bool = True,
    bounds: Any = (-np.inf, np.inf),
    method: str | None = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: str | None = None,
    check: bool = True,
    **options: Any,
) -> Any:
    """scipy.optimize.curve_fit with the exact Jacobian.

    Its arguments and results are SciPy's: ``(popt, pcov)``, or five of them with full_output. jac is a Jacobian that you
    wrote; it is checked at the start first, unless check is False. For named parameters and a report use `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import curve_fit
    >>> t = np.linspace(0.0, 1.0, 20)
    >>> popt, pcov = curve_fit(lambda t, a, b: a * np.exp(-b * t), t, 3 * np.exp(-2 * t), p0=[1.0, 1.0])
    >>> popt.round(9)
    array([3., 2.])
    """
    import inspect

    if p0 is None:
        names = list(inspect.signature(f).parameters)[1:]
        if not names or any(n.startswith("*") for n in map(str, inspect.signature(f).parameters.values())):
            raise InputError("curve_fit cannot see how many parameters f has: give p0")
        p0 = np.ones(len(names))
    start = np.atleast_1d(np.array(p0, np.float64))
    res = Residuals(lambda p: np.reshape(f(xdata, *[p[k] for k in range(len(start))]), (-1,)), Parameters(start))
    res.name = getattr(f, "__name__", "f")
    if check and np.isfinite(res.fun(start)).all():
        given = res.jac(start) if jac is None else np.asarray(jac(xdata, *start), np.float64)
        preflight(res.flat, start, lambda d: given @ d, res.name)
    exact = (lambda x, *p: res.jac(np.array(p, np.float64))) if jac is None else jac
    return optimize.curve_fit(
        f, xdata, ydata, start, sigma, absolute_sigma, check_finite, bounds, method, exact,
        full_output=full_output, nan_policy=nan_policy, **options,
    )  # fmt: skip
