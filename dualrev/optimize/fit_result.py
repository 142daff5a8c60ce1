"""What a fit returns: parameters, standard errors, quality, prediction, intervals; printed, a report."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..jacobians import jacobian
from ..program.notation import number
from .certificate import active_bounds
from .linear_algebra import Factors, factored
from .losses import influence
from .residual_functions import Residuals
from .result import Result, named, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .profiles import Profile


class Interval(NamedTuple):
    """A confidence interval; infinite where a profile never reaches the level."""

    lower: float
    upper: float


class Fit:
    """A fitted model; made by `fit`.

    params, stderr : dict
        Estimates and their standard errors, by name, in the shapes given. Fixed parameters have error 0; an error is nan
        where a parameter is undetermined or at a bound, and the report says which.
    cov : array of shape (n, n)
        The covariance of the elements named in ``names``, ties included.
    residuals : array of the shape of y
        model - y, in the units of y.
    dof, chi2, reduced_chi2, r_squared, aicc : numbers
        Points less free parameters; the sum of squared weighted residuals, and per degree of freedom; 1 - RSS / TSS; Akaike's
        criterion for small samples.
    success, message, counts, mode
        Of the run; mode is the one that the Jacobian took.
    undetermined : list of str
        Combinations of parameters that the data do not determine.
    result : Result
        What the optimiser returned.
    """

    def __init__(
        self,
        model: Callable[..., Any],
        x: Any,
        y: ndarray,
        res: Residuals,
        result: Result,
        scale: ndarray | None,
        absolute_sigma: bool,
        linear: bool,
        said: dict[str, Any],
    ):
        self.model, self.x, self.y, self.scale, self.absolute_sigma = model, x, y, scale, absolute_sigma
        self.evaluation, self.result, self.linear, self.said = res, result, linear, said
        self.free, self.names, self.params = res.parameters.free, res.parameters.names, result.params
        self.success, self.message, self.counts = bool(result.success), str(result.message), result.counts
        self.weighted = result.residuals.copy()  # (model - y) / sigma, flat
        self.residuals = (
            self.weighted * (1.0 if scale is None else np.ravel(np.broadcast_to(scale, y.shape)))
        ).reshape(y.shape)
        self.chi2 = float(self.weighted @ self.weighted)

    @cached_property
    def dof(self) -> int:
        """Points less what they determine: free parameters, undetermined combinations left out."""
        return int(self.y.size - self.factors.rank)

    @property
    def reduced_chi2(self) -> float:
        return self.chi2 / self.dof if self.dof > 0 else float("nan")

    # ---- the covariance ----------------------------------------------------------------------------------------------

    @cached_property
    def inside(self) -> ndarray:
        """The free elements that are not held by a bound."""
        p = self.evaluation.parameters
        return np.flatnonzero(~np.logical_or(*active_bounds(self.result.x, p.lower, p.upper)))

    @cached_property
    def factors(self) -> Factors:
        J = self.result.jac[:, self.inside]
        if self.said["loss"] != "linear":
            slope = influence(self.said["loss"], self.weighted, self.said["f_scale"])[1]
            J = J * np.sqrt(np.maximum(slope, 0.0))[:, None]
        return factored(J)

    @cached_property
    def variance(self) -> float:
        """What a unit of squared residual is worth: 1 with absolute_sigma, else the residual variance."""
        return 1.0 if self.absolute_sigma else self.reduced_chi2

    @cached_property
    def root(self) -> ndarray:
        """A factor R of the covariance R R^T of the free elements inside the bounds, in the optimiser's variables."""
        if self.said["loss"] == "linear":
            return self.factors.root() * np.sqrt(self.variance)
        half = self.factors.root()
        psi = influence(self.said["loss"], self.weighted, self.said["f_scale"])[0]
        spread = (half @ half.T) @ (self.result.jac[:, self.inside] * psi[:, None]).T
        return spread * np.sqrt(self.y.size / max(self.dof, 1))  # the sandwich H^-1 (sum psi^2 J J^T) H^-1

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
            blind |= (moved > 1e-6 * moved.max(axis=0, keepdims=True)).any(axis=1)
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
        return list(self.result.certificate.undetermined)

    # ---- quality -----------------------------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """The mode that the Jacobian took: "forward", "reverse" or "mixed"."""
        return self.evaluation.choice.mode

    @cached_property
    def r_squared(self) -> float:
        """1 - RSS / TSS, both weighted, TSS about the weighted mean; nan if y does not vary."""
        w = 1.0 if self.scale is None else 1 / np.broadcast_to(self.scale, self.y.shape) ** 2
        total = float(np.sum(w * (self.y - np.average(self.y, weights=np.broadcast_to(w, self.y.shape))) ** 2))
        return 1 - self.chi2 / total if total > 0 else float("nan")

    @cached_property
    def aicc(self) -> float:
        """n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1), k the free parameters and the variance; nan if n <= k + 1."""
        n, k = self.y.size, len(self.free) + (0 if self.absolute_sigma else 1)
        if n <= k + 1:
            return float("nan")
        with np.errstate(divide="ignore"):
            fit = self.chi2 if self.absolute_sigma else n * np.log(self.chi2 / n)
        return float(fit + 2 * k + 2 * k * (k + 1) / (n - k - 1))

    # ---- what people ask of a fit ------------------------------------------------------------------------------------

    def predict(self, x: Any = None, std: bool = False) -> Any:
        """The model at x, by default at the data; with std also its standard error, sqrt(diag(J cov J^T)).

        The error is that of the fitted curve, without the scatter of a new measurement. Its Jacobian is exact.
        """
        x = self.x if x is None else x
        p = self.evaluation.parameters

        def curve(z: Any) -> Any:
            return self.model(x, **p.unflatten(z))

        y = np.asarray(curve(self.result.x), np.float64)
        if not std:
            return y
        if len(self.factors.null()[0]):
            raise InputError(f"no standard error of a prediction: {'; '.join(self.undetermined)}")
        J = jacobian(curve)(self.result.x).reshape(y.size, -1)[:, self.inside]
        return y, np.sqrt(np.sum((J @ self.root) ** 2, axis=1)).reshape(y.shape)

    def confidence(self, level: float = 0.95, method: str = "wald") -> dict[str, Any]:
        """Confidence intervals by name: "wald", estimate +- t * stderr, or "profile", from the likelihood profile.

        Names are those of elements, "w[3]"; parameters without a standard error have (nan, nan) by "wald".
        """
        if not 0 < level < 1:
            raise InputError(f"level={level}: between 0 and 1, such as 0.95")
        if method == "profile":
            return {name: self.profile(name, level).interval for name in self.free}
        if method != "wald":
            raise InputError(f"method={method!r}: write 'wald' or 'profile'")
        t = self.quantile(level)
        values = self.evaluation.parameters.everything(self.evaluation.parameters.outward(self.result.x))
        errors = np.sqrt(np.diag(self.cov))
        order = [self.names.index(name) for name in self.free]
        return {self.names[k]: Interval(values[k] - t * errors[k], values[k] + t * errors[k]) for k in order}

    def quantile(self, level: float) -> float:
        """How many standard errors an interval of that level reaches: Student's t, or normal with absolute_sigma."""
        from scipy import stats

        tail = 0.5 + level / 2
        return float(stats.norm.ppf(tail) if self.absolute_sigma else stats.t.ppf(tail, max(self.dof, 1)))

    def profile(self, name: str, level: float = 0.95, points: int = 25) -> "Profile":
        """The likelihood profile of one parameter, and the interval where it stays below the level."""
        from .profiles import profile_of

        return profile_of(self, name, level, points)

    def plot(self, band: float = 2.0, x: Any = None) -> "Figure":
        """Data, curve, a band of so many standard errors, and the residuals below."""
        from .fit_figure import figure_of

        return figure_of(self, band, x)

    def explain(self) -> str:
        """Which mode the derivatives took, and why; which solver found the answer, and how it is known to be one."""
        how = "The model is linear in its parameters: its Jacobian is constant, and one least squares solve is the answer."
        if not self.linear:
            how = f"{self.result.method} took {self.counts.f} evaluations: {self.message}"
        sizes = f"Jacobian {self.y.size} x {len(self.free)}: {self.evaluation.choice.reason}."
        condition = (
            f"Singular values of the Jacobian, columns scaled to length 1: condition {self.factors.condition:.3g}."
        )
        return "\n".join(
            [sizes, how, f"Projected gradient {self.result.optimality:.1e}.", condition, *self.undetermined]
        )

    # ---- the report --------------------------------------------------------------------------------------------------

    def estimates(self) -> list[tuple[str, float, float, str]]:
        """(name, value, standard error, remark) of every element."""
        p = self.evaluation.parameters
        values, errors = p.everything(p.outward(self.result.x)), np.sqrt(np.diag(self.cov))
        held = {self.names[k]: "fixed" for k in np.flatnonzero(p.held)}
        held |= {self.names[k]: "tied" for where in p.tied.values() for k in where}
        held |= {self.names[k]: "at its bound" for k in np.delete(p.index, self.inside)}
        blind = {self.names[k]: "undetermined" for k in np.flatnonzero(self.blind)}
        return [
            (name, float(v), float(e), held.get(name, blind.get(name, "")))
            for name, v, e in zip(self.names, values, errors, strict=True)
        ]

    def __str__(self) -> str:
        rows = self.estimates()
        parts = [estimate_text(*row) for row in rows]
        lines = ["      ".join(parts[k : k + 4]) for k in range(0, len(parts), 4)]
        quality = [
            f"chi2/dof = {number(self.reduced_chi2, 4)}",
            f"R2 = {self.r_squared:.6g}",
            f"AICc = {self.aicc:.5g}",
        ]
        lines.append("      ".join([*self.strongest(), *quality]))
        if not self.success:
            lines.append(f"NOT converged: {self.message}")
        lines += self.undetermined
        lines.append(self.provenance())
        return "\n".join(lines)

    __repr__ = __str__

    def strongest(self) -> list[str]:
        """The correlation of the two most correlated elements."""
        c = np.abs(np.triu(np.nan_to_num(self.correlation), 1))
        if not c.size or c.max() == 0:
            return []
        i, j = np.unravel_index(np.argmax(c), c.shape)
        return [f"corr({self.names[i]}, {self.names[j]}) = {self.correlation[i, j]:.3f}"]

    def provenance(self) -> str:
        """How the answer was found, on one line."""
        choice, n = self.evaluation.choice, len(self.free)
        carried = {"forward": f"{n} direction{'s' * (n != 1)} in {choice.sweeps} sweep{'s' * (choice.sweeps != 1)}"}
        said = carried.get(choice.mode, f"{choice.sweeps} sweeps")
        rival = f"; reverse would carry {choice.outputs}" if choice.mode == "forward" else ""
        method = "linear in its parameters: one QR solve" if self.linear else self.result.method
        return (
            f"{method}, Jacobian {self.y.size} x {n} by {choice.mode} mode ({said}{rival}), "
            f"{self.counts.f} evaluations, {self.result.optimality:.0e} projected gradient"
        )

    def _repr_html_(self) -> str:
        from .fit_card import card_of

        return card_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON: nan stands for what is undetermined."""
        return {
            "params": {name: plain(v) for name, v in named(self.params)},
            "stderr": {name: plain(v) for name, v in named(self.stderr)},
            "names": self.names,
            "cov": self.cov.tolist(),
            "residuals": self.residuals.tolist(),
            "dof": self.dof,
            "chi2": self.chi2,
            "reduced_chi2": self.reduced_chi2,
            "r_squared": self.r_squared,
            "aicc": self.aicc,
            "success": self.success,
            "message": self.message,
            "mode": self.mode,
            "counts": vars(self.counts),
            "undetermined": self.undetermined,
        }


def estimate_text(name: str, value: float, error: float, remark: str) -> str:
    """ "a = 10.0575 +- 0.4334", the value with as many decimals as the error has."""
    if remark and remark != "tied":
        return f"{name} = {value:.6g} ({remark})"
    if not np.isfinite(error) or error <= 0:
        return f"{name} = {value:.10g} +- {error:.4g}"
    decimals = max(0, 3 - int(np.floor(np.log10(error))))
    if decimals > 12 or abs(value) >= 1e7:
        return f"{name} = {value:.10g} +- {error:.4g}"
    return f"{name} = {value:.{decimals}f} +- {error:.{decimals}f}" + f" ({remark})" * bool(remark)
