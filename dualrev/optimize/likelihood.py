"""Maximum likelihood: a negative log-likelihood minimised, with errors from its exact Hessian."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from ..brief import brief, few
from ..errors import NonFiniteError
from .certificate import FLAT, MOST_SENTENCES, combination, held_bounds
from .differences import Derivative, or_differences
from .endless import endless_directions, sentence
from .finishing import Finish, newton_finish
from .fit_report import ACROSS, estimate_text, joined
from .inference import SEEN, Inference
from .methods import derivatives_for, method_for, options_for
from .minimizing import checked_start, finished, run
from .objectives import Objective
from .parameters import Parameters, Tree
from .profiles import Search
from .result import Result, named, strict
from .scaling import Units, units_of_objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = 1e-5  # standard errors: a Newton step that short is none
FAR = 1e12  # standard errors: the longest step of a trust region
MOST_PANELS = 9  # of a picture
SIMPLEX = 400  # evaluations of the simplex method for each parameter


@brief
class LikelihoodFit(Inference):
    """A maximum likelihood estimate; made by `fit_nll`.

    params, stderr
        Estimates and standard errors, in the structure given; an error is nan where a parameter is undetermined or at a
        bound, 0 where it is fixed.
    cov : array of shape (n, n)
        The inverse of the exact Hessian (the observed information), of the elements named in ``names``, ties included.
    nll, aic : float
        The negative log-likelihood there; 2 nll + 2 k for k free elements.
    success, message, counts, undetermined
        Of the run; undetermined combinations by name. Where the likelihood rises without end, as that of a logistic
        regression of separated data, success is False and the direction is named.
    result : Result
        What `minimize` returned.
    """

    kept = (*Inference.kept, "spectrum", "inside")

    def __init__(self, objective: Objective, result: Result):
        self.objective, self.result, self.params = objective, result, result.params
        self.names, self.free = list(objective.parameters.names), list(objective.parameters.free)
        self.nll, self.counts = float(result.fun), result.counts
        self.aic = 2 * self.nll + 2 * len(self.free)
        negative = any("not a minimum" in said for said in result.certificate.warnings)
        self.success = bool(result.success) and not negative
        self.message = "; ".join([str(result.message), *result.certificate.warnings])
        self.differences = getattr(objective, "why", "")
        self.endless = endless_directions(objective, result.x, self.inside)
        if self.endless:
            self.success, self.message = False, sentence(self.endless, self.free)

    @property
    def parameters(self) -> Parameters:
        return self.objective.parameters

    @property
    def by_differences(self) -> bool:
        return bool(self.differences)

    @property
    def logl(self) -> float:
        """The logarithm of the likelihood."""
        return -self.nll

    def bic(self, points: int) -> float:
        """2 nll + k ln n for n points, which the likelihood alone does not tell."""
        return 2 * self.nll + len(self.free) * float(np.log(points))

    @property
    def undetermined(self) -> list[str]:
        said = list(self.result.certificate.undetermined)
        return [f"{combination(way, self.free)} is undetermined: no finite estimate" for way in self.endless] or said

    @cached_property
    def blind(self) -> ndarray:
        """Which elements have no standard error: undetermined, held by a bound, or without a finite estimate."""
        blind = super().blind
        for way in self.endless:
            moved = np.abs(way) / np.where(self.result.x != 0, np.abs(self.result.x), 1.0)
            blind[self.parameters.index[moved > SEEN * moved.max()]] = True
        return blind

    @cached_property
    def inside(self) -> ndarray:
        """The free elements that are not held by a bound."""
        obj, x = self.objective, self.result.x
        return np.flatnonzero(~np.logical_or(*held_bounds(obj, obj.grad(x), x, obj.hess(x))))

    @cached_property
    def spectrum(self) -> tuple[ndarray, ndarray, ndarray]:
        """(scale, eigenvalues, eigenvectors) of the Hessian inside the bounds, scaled to a diagonal of ones."""
        H = self.objective.hess(self.result.x)[np.ix_(self.inside, self.inside)]
        scale = 1 / np.sqrt(np.where(np.diag(H) > 0, np.diag(H), 1.0))
        return scale, *np.linalg.eigh(H * scale[:, None] * scale)

    @property
    def flat(self) -> ndarray:
        values = self.spectrum[1]
        return np.abs(values) <= FLAT * np.abs(values).max(initial=0.0)

    @cached_property
    def root(self) -> ndarray:
        scale, values, vectors = self.spectrum
        with np.errstate(invalid="ignore"):  # no minimum: nan
            return scale[:, None] * (vectors[:, ~self.flat] / np.sqrt(values[~self.flat]))

    @cached_property
    def unseen(self) -> tuple[ndarray, ndarray]:
        scale, _, vectors = self.spectrum
        return scale, vectors[:, self.flat]

    def quantile(self, level: float) -> float:
        """The normal quantile: how many standard errors the middle interval of that level reaches to each side."""
        from scipy import stats

        return float(stats.norm.ppf(0.5 + level / 2))

    def curvature(self, position: int) -> float:
        return float(self.objective.hess(self.result.x)[position, position])

    def refit(self, held: ndarray, x: ndarray) -> tuple[float, ndarray]:
        x, p, obj = x.copy(), self.parameters, self.objective
        if not held.all():
            rest = ~held
            source = np.maximum(np.cumsum(rest) - 1, 0)
            inner = Parameters(x[rest], bounds=list(zip(p.lower[rest], p.upper[rest])))
            others = Objective(lambda free: obj.flat(np.where(held, x, free[source])), inner)
            x[rest] = newton_finish(others, x[rest]).x
        return 2 * (obj.fun(x) - self.nll), x

    def plot(self, level: float = 0.95) -> "Figure":
        """The profile of each free parameter, over the straight line of a quadratic likelihood; the first nine."""
        from matplotlib import pyplot

        names = [name for name in self.free if np.isfinite(Search(self, self.free.index(name)).error)][:MOST_PANELS]
        across = min(len(names), 3)
        down = -(-len(names) // max(across, 1))
        figure, axes = pyplot.subplots(
            down, across, figsize=(5.2 * across, 3.8 * down), layout="constrained", squeeze=False
        )
        for ax in axes.ravel()[len(names) :]:
            ax.remove()
        for name, ax in zip(names, axes.ravel()):
            self.profile(name, level).plot(ax)
        return figure

    def __str__(self) -> str:
        parts = few([estimate_text(row) for row in self.estimates()], "see .estimates()")
        lines = [joined(parts[k : k + ACROSS]) for k in range(0, len(parts), ACROSS)]
        lines.append(
            f"negative log-likelihood {self.nll:.10g}, AIC = {self.aic:.6g}, {self.counts.f} evaluations"
            f"{self.counts.rescue_note}, errors from the {'exact ' * (not self.differences)}Hessian"
        )
        if self.differences:
            lines.append(f"by central differences, since there is no exact derivative: {self.differences}")
        if not self.success:
            lines.append(f"NOT converged: {self.message}")
        return "\n".join([*lines, *few(self.undetermined, "see .undetermined", MOST_SENTENCES)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON: null for what is not finite."""
        data = {
            "params": dict(named(self.params)),
            "stderr": dict(named(self.stderr)),
            "names": list(self.names),
            "cov": self.cov,
            "nll": self.nll,
            "aic": self.aic,
            "success": self.success,
            "message": self.message,
            "counts": dict(vars(self.counts)),
            "undetermined": self.undetermined,
            "at_bounds": self.at_bounds,
        }
        return {name: strict(value) for name, value in data.items()}


def fit_nll(
    nll: Callable[..., Any],
    start: Tree,
    args: tuple[Any, ...] = (),
    *,
    bounds: Any = None,
    fixed: Iterable[str] | Mapping[str, Any] = (),
    tie: Mapping[str, Callable[[Tree], Any]] | None = None,
    transform: Mapping[str, str] | None = None,
    method: str | None = None,
    derivative: Derivative = "auto",
    check: bool = True,
    progress: bool | None = False,
) -> LikelihoodFit:
    """The maximum likelihood estimate, with standard errors from the exact Hessian of the negative log-likelihood.

    Parameters
    ----------
    nll : callable
        ``nll(params, *args)``: minus the log of the likelihood, one number; plain NumPy code.
    start : float, array, or dict, list, tuple or dataclass of them
        Where to start.
    bounds, fixed, tie, transform, method, derivative, check, progress
        As in `minimize`; method defaults to "trust-exact", which uses the exact Hessian, with bounds to "L-BFGS-B".
        From where it stops, Newton steps on the face of the box lead to the minimum.

    Returns
    -------
    LikelihoodFit

    Source: Pawitan, In All Likelihood (2001), chapter 9: the observed information.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> counts = np.array([3.0, 5.0, 4.0])
    >>> fit = dr.fit_nll(lambda rate: np.sum(rate - counts * np.log(rate)), 1.0, transform={"x": "log"})
    >>> round(float(fit.params), 6), round(float(fit.stderr), 6)  # sqrt(4 / 3)
    (4.0, 1.154701)
    """
    parameters = Parameters(start, bounds, fixed, tie, transform)
    method = method_for(method or (None if parameters.bounded else "trust-exact"), parameters.bounded, False)
    obj = or_differences(Objective(nll, parameters, args), derivative)
    check = check and type(obj) is Objective
    derivatives = derivatives_for(method, obj, None, None)
    checked = checked_start(obj, method, [], derivatives, check)
    units = units_of_objective(obj, method, size=1.0)
    wide = {"max_trust_radius": FAR} if method == "trust-exact" else {}
    options = {**options_for(method, wide, None, parameters.bounded)}
    found = run(obj, units, {"method": method, "options": options, **derivatives}, progress)
    found.success = bool(found.success)
    if not isinstance(found.get("exception"), (NoneType, NonFiniteError, np.linalg.LinAlgError)):
        return LikelihoodFit(obj, finished(found, obj, method, [], checked, check))
    end = newton_finish(obj, np.array(found.x, np.float64))
    if not sure(end):
        end = after_simplex(obj, units, end, found)
    settle(found, obj, end)
    return LikelihoodFit(obj, finished(found, obj, method, [], checked, check))


def sure(end: Finish) -> bool:
    """Is there a minimum within a small part of a standard error?"""
    return end.definite and end.decrease < SHORT**2 / 2


def after_simplex(obj: Objective, units: Units, end: Finish, found: Any) -> Finish:
    """Where derivatives did not lead to a minimum: the simplex method from the best point, and Newton steps again."""
    limit = {"maxiter": SIMPLEX * len(end.x), "maxfev": SIMPLEX * len(end.x)}
    best = run(obj, units, {"method": "Nelder-Mead", "options": limit}, False)
    again = newton_finish(obj, np.array(best.x, np.float64))
    if not (sure(again) or again.value < end.value):
        return end
    found.message = f"{str(found.message).rstrip('.')}; then the simplex method from the start"
    return again


def settle(found: Any, obj: Objective, end: Finish) -> None:
    """Put the point that Newton steps led to into SciPy's result, and say what happened on the way."""
    found.x, found.fun, found.jac = end.x, end.value, obj.grad(end.x)
    if sure(end):
        found.success, found.status = True, 0
    nowhere = int(np.sum(~np.isfinite(obj.history.fun)))
    if nowhere:
        found.message = f"{str(found.message).rstrip('.')}; {nowhere} points on the way had no finite likelihood"
    found.pop("exception", None)
