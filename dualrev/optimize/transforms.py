"""Smooth changes of variable, by name: the optimiser works in y, the user's parameter is x(y).

Each acts on a whole vector; what it does not change is given to it as 0 on the way out and as 1/2 on the way in.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError


@dataclass(frozen=True)
class Log:
    """x = exp(y): x is positive."""

    def outward(self, y: Any) -> Any:
        return np.exp(y)

    def inward(self, x: ndarray) -> ndarray:
        return np.log(x)

    def bound(self, x: ndarray) -> ndarray:
        """A bound on x as one on y."""
        return np.log(x, out=np.full(x.shape, -np.inf), where=x > 0)


@dataclass(frozen=True, eq=False)
class Logit:
    """x = lower + (upper - lower) / (1 + exp(-y)): x lies between its bounds."""

    lower: ndarray
    upper: ndarray

    def outward(self, y: Any) -> Any:
        from scipy.special import expit

        return self.lower + (self.upper - self.lower) * expit(y)

    def inward(self, x: ndarray) -> ndarray:
        return np.log((x - self.lower) / (self.upper - x))

    def bound(self, x: ndarray) -> ndarray:
        """The bounds are out of reach."""
        return np.where(x <= self.lower, -np.inf, np.inf)


Transform = Log | Logit


def transform_named(kind: str, name: str, where: ndarray, lower: ndarray, upper: ndarray, start: ndarray) -> Transform:
    """The Transform of that name for the elements `where`, from the bounds and the start of all."""
    low, high, x = lower[where], upper[where], start[where]
    if kind == "log":
        if not (x > 0).all():
            raise InputError(f"transform[{name!r}] is 'log', and the start {x.min()} is not positive")
        return Log()
    if kind == "logit":
        if not np.isfinite([low, high]).all():
            raise InputError(
                f"transform[{name!r}] is 'logit', which needs two finite bounds: bounds={{{name!r}: (0, 1)}}"
            )
        if not ((low < x) & (x < high)).all():
            raise InputError(f"transform[{name!r}] is 'logit', and the start is not strictly between its bounds")
        return Logit(np.where(where, lower, 0.0), np.where(where, upper, 1.0))
    raise InputError(f"transform[{name!r}]={kind!r}: write 'log' (positive) or 'logit' (between two bounds)")
