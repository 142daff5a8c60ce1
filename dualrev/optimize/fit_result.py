"""What a fit returns: parameters, standard errors, quality, prediction, intervals."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy import ndarray

from ..brief import brief
from ..errors import InputError
from .certificate import directions_text
from .data import Data, predictors
from .inference import Inference, check_level
from .keeping import LOST
from .linear_algebra import EPS, Factors, factored
from .losses import influence
from .parameters import Parameters
from .residual_functions import Residuals
from .result import Result
from .squares import held_elements, solve


class Band(NamedTuple):
    """The curve and the ends of an interval at each point."""

    curve: ndarray
    lower: ndarray
    upper: ndarray


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
class Fit(Inference):
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

    kept = (*Inference.kept, "factors", "dof", "r_squared", "undetermined", "mode")
    without_y = False  # residuals alone, of `least_squares`
    centred = True  # R2 compares with the mean of y

    # The views, one file each: optimize/__init__.py puts them here.
    report: ClassVar[Callable[..., str]]
    explain: ClassVar[Callable[..., str]]
    to_dict: ClassVar[Callable[..., dict[str, Any]]]
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

    @property
    def parameters(self) -> Parameters:
        return self.evaluation.parameters

    @property
    def by_differences(self) -> bool:
        return self.mode == "differences"

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
    def unseen(self) -> tuple[ndarray, ndarray]:
        return self.factors.scale, self.factors.V[:, self.factors.rank :]

    @cached_property
    def blind(self) -> ndarray:
        """Which elements have no standard error: undetermined, held by a bound, or there are no degrees of freedom."""
        blind = super().blind
        if self.dof <= 0 and not self.absolute_sigma:
            blind[self.parameters.index] = True
        return blind

    @cached_property
    def undetermined(self) -> list[str]:
        """A sentence for each combination of parameters that the data do not determine."""
        vectors, ratios = self.factors.null()
        names = [self.free[k] for k in self.inside]
        return directions_text(vectors, list(ratios), names, "singular value ratio")

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

    @property
    def likelihood_parameters(self) -> int:
        """How many parameters the likelihood has: free elements, and the variance where it is estimated."""
        return len(self.free) + (0 if self.absolute_sigma else 1)

    @cached_property
    def deviance(self) -> float:
        """What AIC, AICc and BIC start from: n ln(RSS / n), or with absolute_sigma RSS, both weighted."""
        n = self.data.points
        with np.errstate(divide="ignore"):
            return self.chi2 if self.absolute_sigma else float(n * np.log(self.chi2 / n))

    @property
    def logl(self) -> float:
        """The logarithm of the normal likelihood, constants included; the variance is RSS / n unless it is known."""
        n = self.data.points
        known = 0 if self.absolute_sigma else n
        return -0.5 * (self.deviance + known + n * float(np.log(2 * np.pi))) - self.data.log_volume

    @property
    def aic(self) -> float:
        """deviance + 2 k; k: free elements and the variance. -2 logl + 2 k less what depends on the data alone."""
        return self.deviance + 2 * self.likelihood_parameters

    @property
    def bic(self) -> float:
        """deviance + k ln n."""
        return self.deviance + self.likelihood_parameters * float(np.log(self.data.points))

    @cached_property
    def aicc(self) -> float:
        """n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1); k: free elements and the variance; nan if n <= k + 1."""
        n, k = self.data.points, self.likelihood_parameters
        return self.aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else float("nan")

    # ---- what people ask of a fit ------------------------------------------------------------------------------------

    def predict(self, x: Any = None, std: bool = False) -> Any:
        """The model at x, by default at the data; with std also its standard error, sqrt(diag(J cov J^T)).

        The error is that of the fitted curve, without the scatter of a new measurement; J is exact. It is nan where the
        data do not determine the curve (and may be a number though they do not determine all parameters).
        """
        curve = self.curve_at(x)
        y = np.asarray(curve(self.result.x))
        y = y.astype(np.complex128 if y.dtype.kind == "c" else np.float64)
        if not std:
            return y
        if y.dtype.kind == "c":
            real, imaginary = self.error_of(lambda z: np.real(curve(z))), self.error_of(lambda z: np.imag(curve(z)))
            return y, (real + 1j * imaginary).reshape(y.shape)
        return y, self.error_of(curve).reshape(y.shape)

    def curve_at(self, x: Any = None) -> Callable[[Any], Any]:
        """The model at x, by default at the data, as a function of the optimiser's variables."""
        if self.model is None:
            raise InputError(LOST)
        x = self.x if x is None else predictors(x, "x")[0]
        return lambda z: self.model(x, **self.parameters.unflatten(z))

    def band(self, x: Any = None, level: float = 0.95, new: bool = False, sigma: Any = None) -> Band:
        """The interval of that level about the curve at each point of x, by default at the data.

        new: for a new measurement there, whose own scatter is added: the residual standard deviation, times `sigma`
        where the fit had sigma (by default that of the data, at the data).
        """
        check_level(level)
        curve, error = self.predict(x, std=True)
        if curve.dtype.kind == "c":
            raise InputError("a band is one of real data: predict(x, std=True) has the errors of both parts")
        if new:
            error = np.sqrt(error**2 + self.variance * self.sigma_of_new(x, sigma) ** 2)
        reach = self.quantile(level) * error
        return Band(curve, curve - reach, curve + reach)

    def sigma_of_new(self, x: Any, sigma: Any) -> Any:
        """The standard deviation of a new measurement, in units of that of the residuals."""
        if sigma is not None:
            return np.asarray(sigma, np.float64)
        if x is None and self.data.weighed:
            return self.data.errors_of_points()
        if np.ndim(self.data.deviations) or self.data.covariance is not None:
            raise InputError("the data have a sigma each: say which a new measurement at x has, with sigma=")
        return 1.0 if self.data.deviations is None else self.data.deviations

    def quantile(self, level: float) -> float:
        """How many standard errors an interval of that level reaches: Student's t, or normal with absolute_sigma."""
        from scipy import stats

        tail = 0.5 + level / 2
        return float(stats.norm.ppf(tail) if self.absolute_sigma else stats.t.ppf(tail, max(self.dof, 1)))

    def check_deviance(self) -> None:
        if self.said["loss"] != "linear":
            raise InputError("a profile is that of a sum of squares: fit with loss='linear'")

    @property
    def deviance_unit(self) -> float:  # type: ignore[override]
        return self.chi2 / self.variance if self.variance > 0 else 1.0

    def curvature(self, position: int) -> float:
        return float(np.sum(self.result.jac[:, position] ** 2) / self.variance)

    def refit(self, held: ndarray, x: ndarray) -> tuple[float, ndarray]:
        x, p = x.copy(), self.parameters
        if not held.all():
            rest = ~held
            source = np.maximum(np.cumsum(rest) - 1, 0)
            inner = Parameters(x[rest], bounds=list(zip(p.lower[rest], p.upper[rest])))
            others = Residuals(lambda free: self.evaluation.flat(np.where(held, x, free[source])), inner)
            x[rest] = solve(others, self.said["options"], polish=False, progress=False).x
        r = np.asarray(self.evaluation.flat(x), np.float64).ravel()
        return (float(r @ r) - self.chi2) / self.variance, x
