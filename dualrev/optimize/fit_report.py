"""A fit in words: the report that is printed, the reasons behind it, and plain data."""

from typing import Any

import numpy as np

from ..brief import few
from ..program.notation import number
from .certificate import MOST_SENTENCES
from .fit_result import Fit
from .inference import Estimate
from .result import named, strict

ACROSS = 4  # estimates on one line
PLAIN = 1e7  # larger values are written with an exponent


def report_of(fit: Fit) -> str:
    """Estimates with standard errors, the quality of the fit, what is undetermined, and how the answer was found."""
    parts = few([estimate_text(row) for row in fit.estimates()], "see .estimates()")
    lines = [joined(parts[k : k + ACROSS]) for k in range(0, len(parts), ACROSS)]
    lines.append(joined([*strongest(fit), *quality(fit)]))
    return "\n".join([*lines, *remarks(fit), provenance(fit)])


def joined(parts: list[str]) -> str:
    return "      ".join(parts)


def estimate_text(row: Estimate) -> str:
    """ "a = 10.0575 +- 0.4334": the value with as many decimals as the error has.

    >>> estimate_text(Estimate("a", 10.05749, 0.43341, "")), estimate_text(Estimate("b", 2.0, float("nan"), "fixed"))
    ('a = 10.0575 +- 0.4334', 'b = 2 (fixed)')
    """
    name, value, error, remark = row
    if remark and remark != "tied":
        return f"{name} = {value:.6g} ({remark})"
    said = f" ({remark})" * bool(remark)
    decimals = 3 - int(np.floor(np.log10(error))) if np.isfinite(error) and error > 0 else -1
    if not 0 <= decimals <= 12 or abs(value) >= PLAIN:
        return f"{name} = {value:.10g} +- {error:.4g}{said}"
    return f"{name} = {value:.{decimals}f} +- {error:.{decimals}f}{said}"


def quality(fit: Fit) -> list[str]:
    r_squared = [] if fit.without_y else [f"R2 = {fit.r_squared:.6g}"]
    return [f"chi2/dof = {number(fit.reduced_chi2, 4)}", *r_squared, f"AICc = {fit.aicc:.5g}"]


def strongest(fit: Fit) -> list[str]:
    """The correlation of the two most correlated elements that are free."""
    of = [fit.names.index(name) for name in fit.free]
    c = np.nan_to_num(fit.correlation[np.ix_(of, of)])
    upper = np.abs(np.triu(c, 1))
    if not upper.any():
        return []
    i, j = np.unravel_index(np.argmax(upper), c.shape)
    return [f"corr({fit.free[i]}, {fit.free[j]}) = {c[i, j]:.3f}"]


def remarks(fit: Fit) -> list[str]:
    """What is wrong, a line each."""
    failed = [] if fit.success else [f"NOT converged: {fit.message}"]
    short = fit.dof <= 0 and not fit.absolute_sigma
    scarce = [f"{fit.data.points} points leave no degree of freedom: no standard errors"] if short else []
    out = [f"{n} of {fit.y.size} points left out ({why})" for why, n in fit.data.left_out.items()]
    return [*failed, *scarce, *out, *few(fit.undetermined, "see .undetermined", MOST_SENTENCES)]


def provenance(fit: Fit) -> str:
    """How the answer was found, on one line."""
    choice, n = fit.evaluation.choice, len(fit.free)
    if fit.by_differences:
        return (
            f"{fit.result.method}, Jacobian {fit.data.points} x {n} {choice.reason} "
            f"({fit.counts.f} evaluations, {fit.result.optimality:.0e} projected gradient)"
        )
    said = f"{choice.sweeps} sweeps"
    if choice.mode == "forward":
        directions = f"{n} direction{'s' * (n != 1)} in {choice.sweeps} sweep{'s' * (choice.sweeps != 1)}"
        said = f"{directions}; reverse would carry {choice.outputs}"
    method = "linear in its parameters: one QR solve" if fit.linear else fit.result.method
    return (
        f"{method}, Jacobian {fit.data.points} x {n} by {choice.mode} mode ({said}), "
        f"{fit.counts.f} evaluations{fit.counts.rescue_note}, {fit.result.optimality:.0e} projected gradient"
    )


def explanation_of(fit: Fit) -> str:
    """Which mode the derivatives took, and why; which solver found the answer, and how it is known to be one."""
    how = "The model is linear in its parameters: its Jacobian is constant, and one least squares solve is the answer."
    if not fit.linear:
        how = f"{fit.result.method} took {fit.counts.f} evaluations: {fit.message}"
    sizes = f"Jacobian {fit.data.points} x {len(fit.free)}: {fit.evaluation.choice.reason}."
    condition = (
        f"Singular values of the Jacobian, columns scaled to a length near 1: condition {fit.factors.condition:.3g}."
    )
    return "\n".join([sizes, how, f"Projected gradient {fit.result.optimality:.1e}.", condition, *remarks(fit)])


def data_of_fit(fit: Fit) -> dict[str, Any]:
    """Plain data, ready for JSON: null stands for what is undetermined."""
    data = {
        "params": dict(named(fit.params)),
        "stderr": dict(named(fit.stderr)),
        "names": list(fit.names),
        "cov": fit.cov,
        "residuals": fit.residuals,
        "left_out": dict(fit.data.left_out),
        "dof": fit.dof,
        "chi2": fit.chi2,
        "reduced_chi2": fit.reduced_chi2,
        "r_squared": fit.r_squared,
        "logl": fit.logl,
        "aic": fit.aic,
        "aicc": fit.aicc,
        "bic": fit.bic,
        "success": fit.success,
        "message": fit.message,
        "linear": fit.linear,
        "mode": fit.mode,
        "counts": dict(vars(fit.counts)),
        "undetermined": fit.undetermined,
        "at_bounds": fit.at_bounds,
    }
    return {name: strict(value) for name, value in data.items()}
