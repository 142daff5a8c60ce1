"""Is the larger of two nested models worth its parameters?"""

from typing import Any, NamedTuple

import numpy as np

from ..errors import InputError
from .fit_result import Fit
from .inference import Inference


class Comparison(NamedTuple):
    """A test of two nested models.

    test: "F", or "likelihood ratio" where the variance is known. statistic, df, p_value: of the hypothesis that the
    smaller model holds. aicc: that of the smaller less that of the larger, positive where the larger is preferred (AIC
    for likelihoods).
    """

    test: str
    statistic: float
    df: tuple[float, ...]
    p_value: float
    aicc: float

    def __str__(self) -> str:
        degrees = ", ".join(f"{d:g}" for d in self.df)
        worth = "the larger model is worth its parameters" if self.p_value < 0.05 else "the smaller model is enough"
        return f"{self.test}({degrees}) = {self.statistic:.5g}, p = {self.p_value:.3g}: {worth} at 5%"


def comparison_of(fit: Inference, other: Any) -> Comparison:
    """The F test of two nested fits of the same data, or the likelihood ratio test where the variance is known.

    With S sums of squares and p numbers of parameters, F = (S0 - S1) / (p1 - p0) / (S1 / dof1); the order does not
    matter.

    Source: Seber & Wild, Nonlinear Regression (1989), section 5.9; Wilks (1938) for likelihoods.
    """
    from scipy import stats

    if not isinstance(other, Inference) or isinstance(fit, Fit) != isinstance(other, Fit):
        raise InputError(f"compare takes another fit of the same kind, and this is a {type(other).__name__}")
    small, large = sorted((fit, other), key=lambda one: len(one.free))
    more = len(large.free) - len(small.free)
    if more == 0:
        raise InputError(f"both fits have {len(small.free)} free parameters: neither is nested in the other")
    if isinstance(small, Fit) and isinstance(large, Fit):
        check_alike(small, large)
        above, gain = small.chi2 - large.chi2, small.aicc - large.aicc
        refuse_rise(above, 1e-9 * small.chi2)
        if not large.absolute_sigma:
            F = above / more / (large.chi2 / large.dof)
            return Comparison("F", float(F), (more, large.dof), float(stats.f.sf(F, more, large.dof)), gain)
    else:
        above, gain = 2 * (small.nll - large.nll), small.aic - large.aic  # type: ignore[attr-defined]
        refuse_rise(above, 1e-9 * abs(small.nll))  # type: ignore[attr-defined]
    return Comparison("likelihood ratio", float(above), (more,), float(stats.chi2.sf(above, more)), float(gain))


def check_alike(small: Fit, large: Fit) -> None:
    """The data must be the same, and squares be summed."""
    same = np.array_equal(small.data.kept, large.data.kept)
    if not same or small.absolute_sigma != large.absolute_sigma:
        raise InputError("the fits have other data, or another meaning of sigma: compare fits of the same data")
    if {small.said["loss"], large.said["loss"]} != {"linear"}:
        raise InputError("a test of nested fits is one of sums of squares: fit with loss='linear'")


def refuse_rise(above: float, noise: float) -> None:
    if above < -noise:
        raise InputError(
            "the fit with more parameters is the worse one: the models are not nested, or it stopped in another minimum"
        )
