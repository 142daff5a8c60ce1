"""scipy.optimize.curve_fit with the exact Jacobian: the same arguments, the same results."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..arguments import name_of
from ..errors import InputError
from .differences import Derivative, reason_of, refusal, tell
from .parameters import Parameters
from .preflight import preflight
from .residual_functions import Residuals
from .scaling import is_ordinary, powers_of_two

DIFFERENCES = ("2-point", "3-point", "cs")


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: bool | None = None,
    bounds: Any = (-np.inf, np.inf),
    method: str | None = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: str | None = None,
    derivative: Derivative = "auto",
    check: bool = True,
    **kwargs: Any,
) -> Any:
    """scipy.optimize.curve_fit with the exact Jacobian.

    Every argument and every result is SciPy's, save these three:

    Parameters
    ----------
    jac : callable or str, optional
        By default the exact Jacobian of f. A function that you wrote is used, once it has been checked at the start;
        one of SciPy's strings ("2-point", "3-point", "cs") is passed on: SciPy takes differences then.
    derivative : str
        "auto" lets SciPy take differences, and warns, where f has no exact derivative; "exact" raises.
    check : bool
        Check the derivative at the start.

    Returns
    -------
    popt, pcov
        And infodict, mesg, ier with full_output.

    Raises
    ------
    WrongDerivativeError
        If the derivative is wrong at the start.

    For parameters by name and a report use `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import curve_fit
    >>> t = np.linspace(0.0, 1.0, 20)
    >>> popt, pcov = curve_fit(lambda t, a, b: a * np.exp(-b * t), t, 3 * np.exp(-2 * t), p0=[1.0, 1.0])
    >>> popt.round(9)
    array([3., 2.])
    """
    if not callable(f):
        raise InputError(f"f is a {type(f).__name__}: give a function f(x, a, b, ...)")
    given = (p0, sigma, absolute_sigma, check_finite, bounds, method)
    options = {"full_output": full_output, "nan_policy": nan_policy, **kwargs}
    if isinstance(jac, str) and jac in DIFFERENCES:
        return by_differences(f, xdata, ydata, given, jac, options)
    if jac is not None and not callable(jac):
        raise InputError(f"jac={jac!r}: leave it out for the exact Jacobian, or give a function jac(x, a, b, ...)")
    curve = Curve(f, jac, check, np.size(ydata))
    try:
        return in_units(curve.function, xdata, ydata, given, jac or curve.jacobian, options)
    except Exception:
        if curve.refused is None or derivative == "exact":
            raise
    tell(name_of(f), reason_of(curve.refused))
    return by_differences(f, xdata, ydata, given, "2-point" if method == "lm" else "3-point", options)


def in_units(f: Any, xdata: Any, ydata: Any, given: tuple[Any, ...], jac: Any, options: dict[str, Any]) -> Any:
    """SciPy's curve_fit, in units of the start and of y where those are far from 1 and the method looks at units.

    "trf" and "dogbox" stop where the gradient is below a number, whatever its units; "lm" does not.
    """
    p0, sigma, absolute, check_finite, bounds, method = given
    low, high = (np.asarray(b, np.float64) for b in bounds_of(bounds))
    looks = method in ("trf", "dogbox") or (method is None and bool(np.isfinite(low).any() or np.isfinite(high).any()))
    start = None if p0 is None else np.atleast_1d(np.asarray(p0, np.float64))
    y = np.asarray(ydata)
    if not looks or start is None or y.dtype.kind not in "iuf" or not y.size:
        return optimize.curve_fit(f, xdata, ydata, *given, jac, **options)
    s, size = powers_of_two(np.abs(start)), float(powers_of_two(np.nanmax(np.abs(y))))
    if is_ordinary(np.append(s, size)):
        return optimize.curve_fit(f, xdata, ydata, *given, jac, **options)
    wide = None if sigma is None else np.asarray(sigma, np.float64) / (size if np.ndim(sigma) < 2 else size**2)
    found = optimize.curve_fit(
        lambda x, *u: np.asarray(f(x, *(s * u))) / size, xdata, y / size, start / s, wide, absolute, check_finite,
        (low / s, high / s), method, lambda x, *u: np.asarray(jac(x, *(s * u))) * (s / size), **options,
    )  # fmt: skip
    popt, pcov = found[0] * s, found[1] * np.multiply.outer(s, s)
    if len(found) == 2:
        return popt, pcov
    return popt, pcov, {**found[2], "fvec": found[2]["fvec"] * (size if wide is None else 1.0)}, *found[3:]


def by_differences(f: Any, xdata: Any, ydata: Any, given: tuple[Any, ...], jac: str, options: dict[str, Any]) -> Any:
    """SciPy's curve_fit with SciPy's differences; MINPACK, its "lm", has "2-point" built in and takes no string."""
    *before, bounds, method = given
    free = not np.isfinite(np.concatenate([np.ravel(b) for b in bounds_of(bounds)])).any()
    if method == "lm" and jac != "2-point":
        raise InputError(f"method='lm' has differences of its own, no jac={jac!r}: leave method out, or write 'trf'")
    if method is None:
        method = "lm" if free and jac == "2-point" else "trf"
    return optimize.curve_fit(f, xdata, ydata, *before, bounds, method, None if method == "lm" else jac, **options)


def bounds_of(bounds: Any) -> tuple[Any, Any]:
    return (bounds.lb, bounds.ub) if isinstance(bounds, optimize.Bounds) else tuple(bounds)


class Curve:
    """The model f(x, *p) and its Jacobian in p, from one recording at each p; SciPy says what x is."""

    def __init__(self, f: Callable[..., Any], jac: Callable[..., Any] | None, check: bool, points: int):
        self.f, self.jac, self.check, self.points = f, jac, check, points
        self.x: Any = None
        self.residuals: Residuals | None = None
        self.refused: Exception | None = None

        @wraps(f)
        def function(x: Any, *p: float) -> ndarray:
            return self.at(x, p).fun(np.array(p, np.float64))

        self.function = function

    def jacobian(self, x: Any, *p: float) -> ndarray:
        return self.at(x, p).jac(np.array(p, np.float64))

    def at(self, x: Any, p: tuple[float, ...]) -> Residuals:
        """f at these x as a function of a flat vector, checked when it is first met."""
        if self.residuals is None:
            start = np.array(p, np.float64)

            def model(q: Any) -> Any:
                return self.f(x, *[q[k] for k in range(len(p))])

            made = Residuals(model, Parameters(start))
            made.name = name_of(self.f)
            self.refused = refusal(made)
            if self.refused is not None:
                raise self.refused
            self.x, self.residuals = x, made
            if self.points > 1 and self.residuals.fun(start).size == 1:
                raise InputError(f"{name_of(self.f)} gave one number for {self.points} points: write a + 0 * x for a")
            if self.check:
                self.refuse_wrong(start)
        return self.residuals

    def refuse_wrong(self, p: ndarray) -> None:
        res = self.residuals
        assert res is not None
        if not np.isfinite(res.fun(p)).all():
            return
        claimed = res.jac(p) if self.jac is None else np.asarray(self.jac(self.x, *p), np.float64)
        if claimed.shape != (res.fun(p).size, p.size):
            raise InputError(f"jac gave shape {claimed.shape} for {res.fun(p).size} points and {p.size} parameters")
        preflight(res.flat, p, lambda d: claimed @ d, res.name)
