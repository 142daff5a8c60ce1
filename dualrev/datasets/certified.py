"""What a least squares problem with a certified solution consists of."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class CertifiedFit:
    """A least squares problem and its certified solution. All arrays are float64 and read-only.

    name, model : str
        What the problem is called, and the formula that is fitted.
    x, y : arrays of shape (points,)
        The predictor and the response; several predictors are the columns of x in a linear problem, its rows in a
        nonlinear one.
    parameters, deviations : arrays of shape (number of parameters,)
        The certified least squares estimates b0, b1, ..., and their standard deviations.
    rss : float
        The residual sum of squares at the estimates.
    dof : int
        The degrees of freedom: points less parameters.
    source : str
        Who measured and who certified.
    """

    name: str
    model: str
    x: np.ndarray
    y: np.ndarray
    parameters: np.ndarray
    deviations: np.ndarray
    rss: float
    dof: int
    source: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}: {self.model}, {len(self.y)} points)"


def frozen(values: Any) -> np.ndarray:
    """A float64 copy that nobody can write to."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
