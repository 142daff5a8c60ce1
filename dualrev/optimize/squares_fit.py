"""What `least_squares` tells beside the minimum: errors, intervals and reports, as `fit` does."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..brief import brief
from ..errors import InputError
from .data import Data
from .fit_result import Fit, FitParts
from .squares import SquaresResult


@brief
class SquaresFit(Fit):
    """A `Fit` of residuals alone: there is no y and no x, and `predict` takes a function of the parameters."""

    without_y = True

    def curve_at(self, x: Any = None) -> Callable[[Any], Any]:
        """A function of the parameters, by default the residuals, as one of the optimiser's variables."""
        if x is not None and not callable(x):
            raise InputError(
                "these are residuals, without a model: predict(function) takes a function of the parameters"
            )
        if x is None:
            return self.evaluation.flat
        return lambda z: x(self.parameters.unflatten(z))


def errors_of(result: SquaresResult, absolute_sigma: bool = False) -> SquaresFit:
    """The result as a `Fit`: standard errors, intervals, profiles, regions, a report.

    absolute_sigma: the residuals are in units of their standard deviation, and that is to be believed; otherwise their
    scatter says how large it is.
    """
    if "origin" not in result.__dict__:
        raise InputError("errors are those of the run itself, and this result was pickled without it")
    res, options = result.__dict__["origin"]
    data = Data(np.zeros(len(result.fun)), {}, None, "sigma")
    said = {"sigma": None, "weights": None, "loss": options["loss"], "f_scale": float(options["f_scale"])}
    parts = FitParts(res.function, None, data, res, result, absolute_sigma, False, {**said, "options": options})
    return SquaresFit(parts)


def asked_of_errors(name: str) -> property:
    """The attribute of that name, of the errors with the scatter of the residuals."""

    def get(result: SquaresResult) -> Any:
        made = result.__dict__.get("fitted")
        if made is None:
            made = result.__dict__["fitted"] = errors_of(result)
        return getattr(made, name)

    get.__doc__ = getattr(Fit, name, None) and getattr(Fit, name).__doc__
    return property(get)


ASKED = (
    "stderr", "cov", "correlation", "names", "confidence", "profile", "region", "derived", "predict", "report",
    "estimates", "compare", "dof", "chi2", "reduced_chi2", "aic", "aicc", "bic", "undetermined",
)  # fmt: skip
