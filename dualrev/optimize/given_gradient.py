"""An objective whose gradient the user wrote."""

from collections.abc import Callable
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..tree import flatten
from .objectives import Objective
from .parameters import Parameters


class GivenGradient(Objective):
    """An Objective with a gradient of the user's: `gradient(params, *args)`, of the structure of params.

    gradient is None where `function` returns both, the value and the gradient. The function is run as it is, untraced,
    and what it returns is copied: a buffer that it uses again does no harm. Exact derivatives are still there where the
    function can be traced: `exact_or_none`, `hess`.
    """

    def __init__(self, function: Any, parameters: Parameters, args: Any, gradient: Callable[..., Any] | None):
        if parameters.transforms or not parameters.all_free:
            raise InputError("jac goes with free parameters as they are: leave it out with fixed, tie or transform")
        super().__init__(function, parameters, args)
        self.gradient = gradient
        if gradient is None:
            self.flat = self.value_of_pair

    def value_of_pair(self, x: Any) -> Any:
        return self.both(x)[0]

    def both(self, x: Any) -> Any:
        """What the user's function returns at x: value and gradient."""
        made = self.of_vector(x)
        if not (isinstance(made, (tuple, list)) and len(made) == 2):
            raise InputError(f"jac=True, and {self.name} did not return a pair (value, gradient)")
        return made

    def value_at(self, x: ndarray) -> float:
        self.counts.f += 1
        if self.gradient is None:
            value, g = self.both(x.copy())
            self.kept["given"] = self.checked_gradient(g)
        else:
            value = self.flat(x.copy())
        if np.shape(value) != ():
            raise InputError(
                f"{self.name} returned an array of shape {np.shape(value)}, and a loss is one number: reduce it, with "
                "np.sum for instance"
            )
        self.check_real([value])
        self.met(float(value), x)
        return float(value)

    def gradient_at(self, x: ndarray) -> ndarray:
        value = self.here("value", self.value_at)
        g = self.here("given", self.given_at)
        norm = sqrt(g.dot(g))
        self.last, self.before = (x, value, g), self.last
        if not isfinite(norm) and not np.isfinite(g).all() and isfinite(value):
            self.refuse(g, "gradient", x)
        self.history.gradient_norm[self.kept["entry"]] = norm
        return g

    def given_at(self, x: ndarray) -> ndarray:
        assert self.gradient is not None
        return self.checked_gradient(self.gradient(self.parameters.unflatten(x.copy()), *self.args))

    def checked_gradient(self, g: Any) -> ndarray:
        """The user's gradient as a new flat vector; each part must have the shape of its parameter."""
        for part in flatten(g)[0]:
            if np.asarray(part).dtype.kind not in "iuf":
                raise InputError(f"jac gave a gradient of dtype {np.asarray(part).dtype}: return real numbers")
        return self.parameters.elements(g, "gradient that jac gave")

    def exact_or_none(self, x: ndarray) -> ndarray | None:
        """The exact gradient at x; None where the function cannot be traced."""
        try:
            return self.at(x, "exact gradient", self.exact_gradient).copy()
        except Exception:  # code that was written for plain numbers
            return None

    def origin(self, x: ndarray) -> str:
        return ""
