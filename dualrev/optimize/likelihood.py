"""Maximum likelihood: a negative log-likelihood minimised, with errors from its exact Hessian."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from ..brief import brief, few
from ..jacobians import jacobian
from .certificate import MOST_SENTENCES, active_bounds, certificate_of
from .fit_report import ACROSS, estimate_text, joined
from .fit_result import SEEN, Estimate, Interval, check_level
from .minimizing import minimize
from .objectives import Objective
from .parameters import Parameters, Tree
from .result import Result, named, plain

MOST_POLISH = 20  # Newton steps at the end
CLOSER = 0.5  # a step is at most so many times as long as the one before
SHORT = 1e-5  # standard errors: a Newton step that short is none
ROUNDING = 1e-12  # relative: a likelihood that falls by less has not fallen
FLAT = 1e-12  # relative: an eigenvalue of the scaled Hessian below is zero


@brief
class LikelihoodFit:
    """A maximum likelihood estimate; made by `fit_nll`.

    params, stderr
        Estimates and standard errors, in the structure given; an error is nan where a parameter is undetermined or at a
        bound, 0 where it is fixed.
    cov : array of shape (n, n)
        The inverse of the exact Hessian (the observed information), of the elements named in ``names``, ties included.
    nll, aic : float
        The negative log-likelihood there; 2 nll + 2 k for k free elements.
    success, message, counts, undetermined
        Of the run; undetermined combinations by name.
    result : Result
        What `minimize` returned.
    """

    def __init__(self, objective: Objective, result: Result):
        self.objective, self.result, self.params = objective, result, result.params
        self.names, self.free = list(objective.parameters.names), list(objective.parameters.free)
        self.nll, self.counts = float(result.fun), result.counts
        self.aic = 2 * self.nll + 2 * len(self.free)
        negative = any("not a minimum" in said for said in result.certificate.warnings)
        self.success = bool(result.success) and not negative
        self.message = "; ".join([str(result.message), *result.certificate.warnings])

    @property
    def undetermined(self) -> list[str]:
        return list(self.result.certificate.undetermined)

    @cached_property
    def inside(self) -> ndarray:
        """The free elements that are not held by a bound."""
        p = self.objective.parameters
        return np.flatnonzero(~np.logical_or(*active_bounds(self.result.x, p.lower, p.upper)))

    @cached_property
    def cov(self) -> ndarray:
        p, x = self.objective.parameters, self.result.x
        H = self.objective.hess(x)[np.ix_(self.inside, self.inside)]
        scale = 1 / np.sqrt(np.where(np.diag(H) > 0, np.diag(H), 1.0))
        values, vectors = np.linalg.eigh(H * scale[:, None] * scale)
        top = np.abs(values).max(initial=0.0)
        flat = np.abs(values) <= FLAT * top
        with np.errstate(invalid="ignore"):  # no minimum: nan
            root = scale[:, None] * (vectors[:, ~flat] / np.sqrt(values[~flat]))
        spread = jacobian(lambda z: p.everything(p.outward(z)))(x)[:, self.inside]
        R = spread @ root
        cov = R @ R.T
        moved = np.abs(spread @ (scale[:, None] * vectors[:, flat]))
        lost = (moved > SEEN * moved.max(axis=0, initial=np.finfo(float).tiny)).any(axis=1)
        lost[np.delete(p.index, self.inside)] = True
        cov[lost] = np.nan
        cov[:, lost] = np.nan
        return cov

    @cached_property
    def stderr(self) -> Tree:
        return self.objective.parameters.tree_of(np.sqrt(np.diag(self.cov)))

    def confidence(self, level: float = 0.95) -> dict[str, Interval]:
        """estimate +- z * stderr by name of the element, z the normal quantile of the level; not of what is fixed."""
        from scipy import stats

        check_level(level)
        z = float(stats.norm.ppf(0.5 + level / 2))
        varied = [row for row in self.estimates() if row.remark != "fixed"]
        return {row.name: Interval(row.value - z * row.error, row.value + z * row.error) for row in varied}

    def estimates(self) -> list[Estimate]:
        """Every element with its standard error and a remark."""
        p = self.objective.parameters
        values, errors = p.everything(p.outward(self.result.x)), np.sqrt(np.diag(self.cov))
        remarks = {self.names[k]: "undetermined" for k in np.flatnonzero(np.isnan(errors))}
        remarks |= {self.names[k]: "fixed" for k in np.flatnonzero(p.held)}
        remarks |= {self.names[k]: "tied" for where in p.tied.values() for k in where}
        remarks |= {self.names[k]: "at its bound" for k in np.delete(p.index, self.inside)}
        return [
            Estimate(name, float(v), float(e), remarks.get(name, ""))
            for name, v, e in zip(self.names, values, errors, strict=True)
        ]

    def __str__(self) -> str:
        parts = few([estimate_text(row) for row in self.estimates()], "see .estimates()")
        lines = [joined(parts[k : k + ACROSS]) for k in range(0, len(parts), ACROSS)]
        lines.append(
            f"negative log-likelihood {self.nll:.10g}, AIC = {self.aic:.6g}, {self.counts.f} evaluations"
            f"{self.counts.rescue_note}, errors from the exact Hessian"
        )
        if not self.success:
            lines.append(f"NOT converged: {self.message}")
        return "\n".join([*lines, *few(self.undetermined, "see .undetermined", MOST_SENTENCES)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "params": {name: plain(v) for name, v in named(self.params)},
            "stderr": {name: plain(v) for name, v in named(self.stderr)},
            "names": list(self.names),
            "cov": self.cov.tolist(),
            "nll": self.nll,
            "aic": self.aic,
            "success": self.success,
            "message": self.message,
            "counts": dict(vars(self.counts)),
            "undetermined": self.undetermined,
        }


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
    bounds, fixed, tie, transform, method, check, progress
        As in `minimize`; method defaults to "trust-exact" without bounds, which uses the exact Hessian.

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
    limited = bool(np.isfinite(parameters.lower).any() or np.isfinite(parameters.upper).any())
    method = method or ("trust-constr" if limited else "trust-exact")
    options = {"gtol": 1e-10} if method == "trust-exact" else {"gtol": 1e-10, "xtol": 1e-14} if limited else None
    result = minimize(
        nll, start, args, method, bounds=bounds, fixed=fixed, tie=tie, transform=transform,
        check=check, progress=progress, options=options,
    )  # fmt: skip
    objective = Objective(nll, parameters, args)
    if result.status != -1:
        polish(objective, result)
    return LikelihoodFit(objective, result)


def polish(objective: Objective, result: Result) -> None:
    """Newton steps with the exact Hessian, for as long as they get shorter; their length says if this is a minimum.

    Lengths are in standard errors, sqrt(g^T H^-1 g): they do not depend on the units of parameters or likelihood. A
    step that leads out of the bounds ends on them.
    """
    p, x, last = objective.parameters, np.array(result.x, np.float64), np.inf
    here = objective.fun(x)
    for _ in range(MOST_POLISH):
        step, length = newton(objective, x)
        if not length < CLOSER * last:
            break
        fresh = np.clip(x + step, p.lower, p.upper)
        with np.errstate(all="ignore"):
            there = objective.fun(fresh)
        if not there <= here + ROUNDING * abs(here) + length**2:
            break
        x, here, last = fresh, min(here, there), length
    if last < SHORT and not result.success:
        result.success, result.message = True, "the gradient is zero to rounding"
    result.x, result.fun, result.jac, result.params = x, objective.fun(x), objective.grad(x), objective.unflatten(x)
    result.certify = lambda: certificate_of(objective, x)
    result.counts.f += objective.counts.f
    result.counts.rescued += objective.counts.rescued


def newton(objective: Objective, x: ndarray) -> tuple[ndarray, float]:
    """The step -H^-1 g of the free elements that no bound holds, and its length in standard errors.

    The length is nan where H is not positive definite.
    """
    p, g = objective.parameters, objective.grad(x)
    low, high = active_bounds(x, p.lower, p.upper)
    inside = np.flatnonzero(~((low & (g > 0)) | (high & (g < 0))))
    H = objective.hess(x)[np.ix_(inside, inside)]
    step = np.zeros(len(x))
    if not len(inside) or not np.isfinite(H).all() or not (np.diag(H) > 0).all():
        return step, np.nan
    scale = 1 / np.sqrt(np.diag(H))
    values, vectors = np.linalg.eigh(H * scale[:, None] * scale)
    if not values[0] > FLAT * values[-1]:
        return step, np.nan
    along = vectors.T @ (scale * g[inside]) / np.sqrt(values)
    step[inside] = -scale * (vectors @ (along / np.sqrt(values)))
    return step, float(np.linalg.norm(along))
