"""Maximum likelihood: a negative log-likelihood minimised, with errors from its exact Hessian."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from ..jacobians import jacobian
from .certificate import active_bounds
from .fit_result import Interval, estimate_text
from .minimizing import minimize
from .objectives import Objective
from .parameters import Parameters, Tree
from .result import Result, named, plain


class LikelihoodFit:
    """A maximum likelihood estimate; made by `fit_nll`.

    params, stderr : estimates and standard errors, in the structure given
    cov : array, the inverse of the exact Hessian, of the elements ``names``
    nll : float, the negative log-likelihood there
    success, message, counts, undetermined, result
    """

    def __init__(self, objective: Objective, result: Result):
        self.objective, self.result, self.params = objective, result, result.params
        self.names, self.free = objective.parameters.names, objective.parameters.free
        self.nll, self.counts = float(result.fun), result.counts
        negative = any("not a minimum" in said for said in result.certificate.warnings)
        self.success = bool(result.success) and not negative
        self.message = "; ".join([str(result.message), *result.certificate.warnings])

    @property
    def undetermined(self) -> list[str]:
        return list(self.result.certificate.undetermined)

    @cached_property
    def cov(self) -> ndarray:
        p, x = self.objective.parameters, self.result.x
        inside = np.flatnonzero(~np.logical_or(*active_bounds(x, p.lower, p.upper)))
        H = self.objective.hess(x)[np.ix_(inside, inside)]
        scale = 1 / np.sqrt(np.where(np.diag(H) > 0, np.diag(H), 1.0))
        values, vectors = np.linalg.eigh(H * scale[:, None] * scale)
        blind = values <= 1e-12 * values.max(initial=0.0)
        root = scale[:, None] * (vectors[:, ~blind] / np.sqrt(values[~blind]))
        spread = jacobian(lambda z: p.everything(p.outward(z)))(x)[:, inside]
        R = spread @ root
        cov = R @ R.T
        moved = np.abs(spread @ (scale[:, None] * vectors[:, blind]))
        lost = (moved > 1e-6 * moved.max(axis=0, initial=np.finfo(float).tiny)).any(axis=1)
        lost[np.delete(p.index, inside)] = True
        cov[lost] = np.nan
        cov[:, lost] = np.nan
        return cov

    @cached_property
    def stderr(self) -> Tree:
        return self.objective.parameters.tree_of(np.sqrt(np.diag(self.cov)))

    def confidence(self, level: float = 0.95) -> dict[str, Interval]:
        """estimate +- z * stderr by name of the element, z the normal quantile of the level."""
        from scipy import stats

        z = float(stats.norm.ppf(0.5 + level / 2))
        return {name: Interval(v - z * e, v + z * e) for name, v, e in self.estimates() if name in self.free}

    def estimates(self) -> list[tuple[str, float, float]]:
        p = self.objective.parameters
        values = p.everything(p.outward(self.result.x))
        return list(zip(self.names, map(float, values), map(float, np.sqrt(np.diag(self.cov))), strict=True))

    def __str__(self) -> str:
        parts = [estimate_text(n, v, e, "undetermined" if np.isnan(e) else "") for n, v, e in self.estimates()]
        lines = ["      ".join(parts[k : k + 4]) for k in range(0, len(parts), 4)]
        lines.append(
            f"negative log-likelihood {self.nll:.10g}, {self.counts.f} evaluations, errors from the exact Hessian"
        )
        if not self.success:
            lines.append(f"NOT converged: {self.message}")
        return "\n".join([*lines, *self.undetermined])

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "params": {name: plain(v) for name, v in named(self.params)},
            "stderr": {name: plain(v) for name, v in named(self.stderr)},
            "names": self.names,
            "cov": self.cov.tolist(),
            "nll": self.nll,
            "success": self.success,
            "message": self.message,
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
    return LikelihoodFit(Objective(nll, parameters, args), result)
