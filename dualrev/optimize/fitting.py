"""Fitting a model to data: start values by name in, parameters with standard errors that one can trust out."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..errors import InputError
from .data import Data, data_for
from .data_sets import FitOfSets, JointModel, Own, are_sets, check_shapes, joint_data, own_starts
from .differences import Derivative, DifferenceResiduals, or_differences
from .fit_result import Fit, FitParts
from .linear_algebra import LARGE, solved
from .linearity import is_affine
from .parameters import Parameters
from .residual_functions import Residuals
from .squares import STATIONARY, TOLERANCE, check_options, checked_start, finished, solve
from .starts import starts_of, told_of_clashes


@told_of_clashes
def fit(
    model: Callable[..., Any],
    x: Any,
    y: Any,
    *,
    sigma: Any = None,
    weights: Any = None,
    absolute_sigma: bool = False,
    mask: Any = None,
    nan_policy: str = "raise",
    own: Own = (),
    bounds: Any = None,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Any], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    method: str = "trf",
    max_nfev: int | None = None,
    derivative: Derivative = "auto",
    check: bool = True,
    progress: bool | None = False,
    start: Mapping[str, Any] | None = None,
    **starts: Any,
) -> Fit:
    """Fit ``y = model(x, **parameters)`` by least squares, with exact derivatives.

    Parameters
    ----------
    model : callable
        ``model(x, a, b, ...)``, of the shape of y; plain NumPy code.
    x : any
        What model takes as its first argument: an array, or several in a tuple; constant. Integers and smaller floats
        become float64, here and in y: the squares of small integers would wrap around.
    y : array
        The data, real or complex. Points that a masked array masks are left out. A list of arrays is several data sets,
        and x a list of as many; sigma, weights and mask then are lists, too, or one number.
    **starts : float or array
        Where each parameter starts, by its name in the model. Parameters of the model that have a default may be left
        out; they are constants then. A name that is also an argument of `fit` goes into ``start={"sigma": 1.0}``.
    sigma : float or array, optional
        Standard deviation of each y. With absolute_sigma they are in the units of y, as measured; without, only their
        ratios count and the residuals say how large they are.
        An infinite sigma leaves the point out. For a y of one axis it may be the covariance matrix.
    weights : array, optional
        In place of sigma: each squared residual is multiplied by its weight, 1 / sigma^2; 0 leaves the point out.
    mask : array of bool, optional
        True for each y that is left out. The model still sees all of x.
    nan_policy : str
        "raise" refuses a nan in x, y or sigma; "omit" leaves its point out.
    own : names, optional
        Parameters that each of several data sets has for itself, started from one value or one per set:
        ``params[name]`` has an entry per set.
    bounds : dict, optional
        By name, ``{"a": (0, None)}``.
    fixed : names, or dict of names and values
        Parameters that are not varied.
    tie : dict, optional
        By name, a function of the dict of parameters: ``{"b": lambda p: 2 * p["a"]}``.
    transform : dict, optional
        By name, "log" (positive) or "logit" (between its bounds).
    loss : str
        "linear", or robust: "soft_l1", "huber", "cauchy", "arctan"; f_scale is the residual where a point begins to be
        an outlier, in units of sigma. Standard errors are those of the sandwich then.
    method : str
        "trf", "dogbox" or "lm" of scipy.optimize.least_squares.
    derivative : str
        "auto" takes central differences, says so and warns, where the model has no exact derivative; "exact" raises.
    check : bool
        Check the derivative at the start.
    progress : bool or None
        One line on standard error that is written over.

    Returns
    -------
    Fit
        Printed, a report. ``fit.params``, ``fit.stderr``, ``fit.cov``, ``fit.residuals``, ``fit.predict(x, std=True)``,
        ``fit.plot()``, ``fit.profile(name)``, ``fit.confidence()``, ``fit.explain()``, ``fit.to_dict()``.

    Raises
    ------
    InputError
        If data or options do not fit each other; nothing has been computed then.
    WrongDerivativeError
        If the derivative of the model is wrong at the start.

    Source: Seber & Wild, Nonlinear Regression (1989), chapters 2, 3 and 5; Huber & Ronchetti, Robust Statistics (2009),
    for the covariance with a robust loss.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> fit = dr.fit(lambda x, a, b: a + b * x, x, np.array([1.1, 2.9, 5.1, 6.9]), a=0.0, b=0.0)
    >>> {name: round(float(v), 6) for name, v in fit.params.items()}
    {'a': 1.06, 'b': 1.96}
    >>> {name: round(float(v), 6) for name, v in fit.stderr.items()}
    {'a': 0.10583, 'b': 0.056569}
    """
    parts = fitted(
        model, x, y, {**(start or {}), **starts}, named=frozenset(start or {}),
        sigma=sigma, weights=weights, absolute_sigma=absolute_sigma, mask=mask, nan_policy=nan_policy,
        own=own, bounds=bounds, fixed=fixed, tie=tie, transform=transform,
        loss=loss, f_scale=f_scale, method=method, max_nfev=max_nfev,
        derivative=derivative, check=check, progress=progress,
    )  # fmt: skip
    return FitOfSets(parts) if isinstance(parts.model, JointModel) else Fit(parts)


def fitted(
    model: Callable[..., Any],
    x: Any,
    y: Any,
    starts: dict[str, Any],
    *,
    sigma: Any = None,
    weights: Any = None,
    absolute_sigma: bool = False,
    mask: Any = None,
    nan_policy: str = "raise",
    own: Own = (),
    bounds: Any = None,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Any], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    method: str = "trf",
    max_nfev: int | None = None,
    derivative: Derivative = "auto",
    check: bool = True,
    progress: bool | None = False,
    named: frozenset[str] = frozenset(),
) -> FitParts:
    """What a `Fit` is made of: the arguments checked, the model fitted."""
    whole: Any = model  # of all data sets, where there are several
    starts = starts_of(model, starts, fixed, tie or {}, named, OPTIONS)
    given = (sigma, weights, absolute_sigma, mask, nan_policy)
    data: Any
    if several := are_sets(y):
        x, data = joint_data(x, y, *given)
        starts, names = own_starts(starts, own, len(y), model)
        whole = JointModel(model, names)
    elif own:
        raise InputError("own= names what each of several data sets has for itself: give y as a list of arrays")
    else:
        x, data = data_for(x, y, *given)
    if bounds is not None and not isinstance(bounds, Mapping):
        raise InputError(f"bounds is a {type(bounds).__name__}: write them by name, bounds={{'a': (0, None)}}")
    parameters = Parameters(starts, bounds, fixed, tie, transform)

    res = Residuals(Misfit(whole, x, data).__call__, parameters)
    res.name = name_of(model)
    if several:
        check_shapes(whole, x, data, parameters.unflatten(parameters.x0))
    else:
        check_shape(model, x, data.y, parameters)
    res = or_differences(res, derivative)
    options = {"method": method, "ftol": TOLERANCE, "xtol": TOLERANCE, "gtol": STATIONARY, "x_scale": "jac"}
    options |= {"loss": loss, "f_scale": f_scale, "max_nfev": max_nfev}
    check_options(options, res)
    checked_start(res, check)
    result = in_one_step(res, options) if loss == "linear" and affine(res) else None
    linear = result is not None
    if result is None:
        result = solve(res, options, polish=True, progress=progress, check=check)
    if data.points > LARGE:
        res.forget()
    said = {"sigma": sigma, "weights": weights, "loss": loss, "f_scale": float(f_scale), "options": options}
    return FitParts(whole, x, data, res, result, bool(absolute_sigma), linear, said)


@dataclass(eq=False)
class Misfit:
    """The weighted residuals of a model, as a function of its parameters; a class, so that it can be pickled."""

    model: Callable[..., Any]
    x: Any
    data: Data

    def __call__(self, p: dict[str, Any]) -> Any:
        return self.data.residual(self.model(self.x, **p))


def check_shape(model: Any, x: Any, y: ndarray, parameters: Parameters) -> None:
    """The model must give the shape of y; broadcasting in y - model would hide a mistake."""
    with np.errstate(all="ignore"):
        made = model(x, **parameters.unflatten(parameters.x0))
    if made is None:
        raise InputError(f"{name_of(model)} returned None: does it end with return?")
    if np.shape(made) != y.shape:
        raise InputError(
            f"{name_of(model)} gave shape {np.shape(made)} for y of shape {y.shape}: they must be the same, or "
            "residuals would be broadcast"
        )


def affine(res: Residuals) -> bool:
    """Are the residuals affine in the free parameters, which nothing bounds?"""
    if isinstance(res, DifferenceResiduals):
        return False
    p = res.parameters
    bounded = np.isfinite(p.lower).any() or np.isfinite(p.upper).any()
    return not bounded and not p.transforms and is_affine(res.flat, p.x0)


def in_one_step(res: Residuals, options: dict[str, Any]) -> Any:
    """The solution of a linear model by one least squares solve; None if it turns out not to be linear.

    The solve sets out from zero parameters, where the model adds no rounding to the data: the start does not matter.
    """
    from scipy.optimize import OptimizeResult

    J, origin = res.jac(res.x0), np.zeros(len(res.x0))
    r = res.fun(origin)
    if not np.isfinite(r).all():
        return None
    x = solved(J, -r)
    new = res.fun(x)
    res.kept["jacobian"] = J  # which is the same everywhere
    noise = 1e-9 * (np.abs(r) + np.abs(J) @ np.abs(x))
    if not (np.abs(new - r - J @ x) <= noise).all():
        return None
    message = "linear in its parameters: one least squares solve is the answer"
    found = OptimizeResult(x=x, success=True, status=1, nfev=res.counts.f, message=message)
    result = finished(res, found, x, options)
    result.success, result.message = True, message
    result.method = "linear least squares (QR)"
    return result


OPTIONS = frozenset(inspect.signature(fit).parameters) - {"starts"}
