"""What a fit returns: parameters, standard errors, quality, prediction, intervals."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy import ndarray

from ..brief import brief
from ..errors import InputError
from ..jacobians import jacobian
from .certificate import directions_text
from .data import Data, predictors
from .linear_algebra import EPS, Factors, factored
from .losses import influence
from .residual_functions import Residuals
from .result import Result
from .squares import held_elements

SEEN = 1e-6  # relative: an element that an undetermined direction moves by less is determined


class Interval(NamedTuple):
    """A confidence interval; infinite where a profile never reaches the level, nan where there is no standard error."""

    lower: float
    upper: float


class Estimate(NamedTuple):
    """One element: its name, value, standard error, and what is special about it ("fixed", "tied", ... or "")."""

    name: str
    value: float
    error: float
    remark: str


class FitParts(NamedTuple):
    """What a `Fit` is made of."""

    model: Callable[..., Any]
    x: Any
    data: Data
    evaluation: Residuals
    result: Result
    absolute_sigma: bool
    linear: bool
    said: dict[str, Any]


@brief
class Fit:
    """A fitted model; made by `fit`.

    params, stderr : dict
        Estimates and their standard errors, by name, in the shapes given. Fixed parameters have error 0; an error is
        nan where a parameter is undetermined or at a bound, and the report says which.
    cov : array of shape (n, n)
        The covariance of the elements named in ``names``, ties included.
    residuals : array of the shape of y
        model - y, in the units of y; nan where a point is left out.
    dof, chi2, reduced_chi2, r_squared, aicc : numbers
        Points less free parameters; the sum of squared weighted residuals, and per degree of freedom; 1 - RSS / TSS;
        Akaike's criterion for small samples.
    success, message, counts, mode
        Of the run; counts leave out the few runs of the checks; mode is the one that the Jacobian took.
    undetermined : list of str
        Combinations of parameters that the data do not determine.
    linear : bool
        The model is linear in its free parameters, and was solved in one step.
    result : Result
        What the optimiser returned.
    """

    centred = True  # R2 compares with the mean of y

    # The views, one file each: optimize/__init__.py puts them here.
    report: ClassVar[Callable[..., str]]
    explain: ClassVar[Callable[..., str]]
    to_dict: ClassVar[Callable[..., dict[str, Any]]]
    profile: ClassVar[Callable[..., Any]]
    plot: ClassVar[Callable[..., Any]]
    card: ClassVar[Callable[..., str]]

    def __init__(self, parts: FitParts):
        self.model, self.x, self.data, self.y = parts.model, parts.x, parts.data, parts.data.y
        self.evaluation, self.result = parts.evaluation, parts.result
        self.absolute_sigma, self.linear, self.said = parts.absolute_sigma, parts.linear, parts.said
        result = self.result
        self.free, self.names = list(self.evaluation.parameters.free), list(self.evaluation.parameters.names)
        self.params = result.params
        self.success, self.message, self.counts = bool(result.success), str(result.message), result.counts
        self.weighted = result.fun.copy()  # (model - y) / sigma, flat
        self.residuals = self.data.spread(self.weighted)
        self.chi2 = float(self.weighted @ self.weighted)

    def __str__(self) -> str:
        return self.report()

    def _repr_html_(self) -> str:
        return self.card()

    @cached_property
    def dof(self) -> int:
        """Points less what they determine: free parameters, undetermined combinations left out."""
        return int(self.data.points - self.factors.rank)

    @property
    def reduced_chi2(self) -> float:
        return self.chi2 / self.dof if self.dof > 0 else float("nan")

    # ---- the covariance ----------------------------------------------------------------------------------------------

    @cached_property
    def inside(self) -> ndarray:
        """The free elements that are not held by a bound."""
        psi = influence(self.said["loss"], self.weighted, self.said["f_scale"])[0]
        return np.flatnonzero(~np.logical_or(*held_elements(self.evaluation, self.result.x, self.result.jac, psi)))

    @cached_property
    def factors(self) -> Factors:
        """Of the Jacobian of the weighted residuals, in the free elements inside the bounds."""
        return factored(self.result.jac[:, self.inside])

    @cached_property
    def variance(self) -> float:
        """What a unit of squared residual is worth: 1 with absolute_sigma, else the residual variance."""
        return 1.0 if self.absolute_sigma else self.reduced_chi2

    @cached_property
    def root(self) -> ndarray:
        """A factor R of the covariance R R^T of the free elements inside the bounds, in the optimiser's variables.

        With a robust loss, that of the sandwich H^-1 (J^T diag(psi^2) J) H^-1 with H = J^T diag(psi') J, times n / dof.
        """
        if self.said["loss"] == "linear":
            return self.factors.root() * np.sqrt(self.variance)
        psi, slope = influence(self.said["loss"], self.weighted, self.said["f_scale"])
        U = self.factors.U[:, : self.factors.rank]
        curvature = (U.T * slope) @ U
        if not (np.linalg.eigvalsh(curvature) > EPS).all():  # no minimum
            return np.full((len(self.inside), 1), np.nan)
        middle = np.linalg.solve(curvature, (U * psi[:, None]).T)
        return self.factors.root() @ middle * np.sqrt(self.data.points / max(self.dof, 1))

    @cached_property
    def slope(self) -> ndarray:
        """d (all elements) / d (free elements inside the bounds): ties, transforms and fixed elements included."""
        p = self.evaluation.parameters
        return jacobian(lambda z: p.everything(p.outward(z)))(self.result.x)[:, self.inside]

    @cached_property
    def blind(self) -> ndarray:
        """Which elements have no standard error: undetermined, or held by a bound."""
        p = self.evaluation.parameters
        blind = np.zeros(len(self.names), bool)
        vectors = self.factors.null()[0]
        if len(vectors):
            moved = np.abs(self.slope @ vectors.T)
            blind |= (moved > SEEN * moved.max(axis=0, keepdims=True)).any(axis=1)
        if self.dof <= 0 and not self.absolute_sigma:
            blind[p.index] = True
        blind[np.delete(p.index, self.inside)] = True
        return blind

    @cached_property
    def cov(self) -> ndarray:
        R = self.slope @ self.root
        cov = R @ R.T
        cov[self.blind] = np.nan
        cov[:, self.blind] = np.nan
        return cov

    @cached_property
    def stderr(self) -> dict[str, Any]:
        return self.evaluation.parameters.tree_of(np.sqrt(np.diag(self.cov)))

    @cached_property
    def correlation(self) -> ndarray:
        """cov scaled to a diagonal of ones; nan for elements without a standard error, or fixed."""
        s = np.sqrt(np.diag(self.cov))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.cov / s[:, None] / s

    @cached_property
    def undetermined(self) -> list[str]:
        """A sentence for each combination of parameters that the data do not determine."""
        vectors, ratios = self.factors.null()
        names = [self.free[k] for k in self.inside]
        return directions_text(vectors, list(ratios), names, "singular value ratio")

    @cached_property
    def at_bounds(self) -> list[str]:
        """The names of the free elements that a bound holds."""
        return [self.free[k] for k in np.delete(np.arange(len(self.free)), self.inside)]

    # ---- quality -----------------------------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """The mode that the Jacobian took: "forward", "reverse" or "mixed"."""
        return self.evaluation.choice.mode

    @cached_property
    def r_squared(self) -> float:
        """1 - RSS / TSS, both weighted, TSS about the weighted mean; nan if y does not vary."""
        total = self.data.total(self.centred)
        return 1 - self.chi2 / total if total > 0 else float("nan")

    @cached_property
    def aicc(self) -> float:
        """n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1); k: free elements and the variance; nan if n <= k + 1."""
        n, k = self.data.points, len(self.free) + (0 if self.absolute_sigma else 1)
        if n <= k + 1:
            return float("nan")
        with np.errstate(divide="ignore"):
            fit = self.chi2 if self.absolute_sigma else n * np.log(self.chi2 / n)
        return float(fit + 2 * k + 2 * k * (k + 1) / (n - k - 1))

    # ---- what people ask of a fit ------------------------------------------------------------------------------------

    def predict(self, x: Any = None, std: bool = False) -> Any:
        """The model at x, by default at the data; with std also its standard error, sqrt(diag(J cov J^T)).

        The error is that of the fitted curve, without the scatter of a new measurement; J is exact. It is nan where the
        data do not determine the curve (and may be a number though they do not determine all parameters).
        """
        x = self.x if x is None else predictors(x, "x")[0]
        p = self.evaluation.parameters

        def curve(z: Any) -> Any:
            return self.model(x, **p.unflatten(z))

        y = np.asarray(curve(self.result.x))
        y = y.astype(np.complex128 if y.dtype.kind == "c" else np.float64)
        if not std:
            return y
        if y.dtype.kind == "c":
            real, imaginary = self.error_of(lambda z: np.real(curve(z))), self.error_of(lambda z: np.imag(curve(z)))
            return y, (real + 1j * imaginary).reshape(y.shape)
        return y, self.error_of(curve).reshape(y.shape)

    def error_of(self, function: Callable[[Any], Any]) -> ndarray:
        """The standard error of each number that a function of the optimiser's variables gives, flat."""
        J = jacobian(function)(self.result.x)
        J = np.reshape(J, (-1, len(self.free)))[:, self.inside]
        error = np.sqrt(np.sum((J @ self.root) ** 2, axis=1))
        blind = self.factors.V[:, self.factors.rank :]
        rows = J * self.factors.scale
        lost = np.abs(rows @ blind) > SEEN * np.linalg.norm(rows, axis=1, keepdims=True)
        error[lost.any(axis=1)] = np.nan
        return error

    def confidence(self, level: float = 0.95, method: str = "wald") -> dict[str, Interval]:
        """Confidence intervals by name: "wald", estimate +- t * stderr, or "profile", from the likelihood profile.

        Names are those of elements, "w[3]", of all that is not fixed; by profile, of what is free.
        """
        check_level(level)
        if method == "profile":
            return {name: self.profile(name, level).interval for name in self.free}
        if method != "wald":
            raise InputError(f"method={method!r}: write 'wald' or 'profile'")
        t = self.quantile(level)
        varied = [row for row in self.estimates() if row.remark != "fixed"]
        return {row.name: Interval(row.value - t * row.error, row.value + t * row.error) for row in varied}

    def quantile(self, level: float) -> float:
        """How many standard errors an interval of that level reaches: Student's t, or normal with absolute_sigma."""
        from scipy import stats

        tail = 0.5 + level / 2
        return float(stats.norm.ppf(tail) if self.absolute_sigma else stats.t.ppf(tail, max(self.dof, 1)))

    def estimates(self) -> list[Estimate]:
        """Every element with its standard error and a remark."""
        p = self.evaluation.parameters
        values, errors = p.everything(p.outward(self.result.x)), np.sqrt(np.diag(self.cov))
        remarks = {self.names[k]: "undetermined" for k in np.flatnonzero(self.blind)}
        remarks |= {self.names[k]: "fixed" for k in np.flatnonzero(p.held)}
        remarks |= {self.names[k]: "tied" for where in p.tied.values() for k in where}
        remarks |= dict.fromkeys(self.at_bounds, "at its bound")
        return [
            Estimate(name, float(v), float(e), remarks.get(name, ""))
            for name, v, e in zip(self.names, values, errors, strict=True)
        ]


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError(f"level={level}: between 0 and 1, such as 0.95")
