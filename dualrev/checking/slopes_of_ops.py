"""The derivative of one op along one direction of one argument, by differences of the op itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..registry import Call
from ..shapes import shape
from .noise import noise_of
from .rule_errors import flat
from .slopes import slope

SYMMETRIC = {"cholesky", "eigh", "eigvalsh"}  # defined on symmetric matrices: a step stays among them
LARGEST = 0.5  # step, in units of the point: differences from further away need those at NEAR to confirm them
NEAR, CONFIRMED = 1e-3, 0.05  # a step; and how well the two must agree, relative
UNSURE = 0.01  # a budget larger than that share of the derivative decides nothing
NOTHING = 1e-6  # of the value, or of the largest derivative: a budget that small is one around 0


@dataclass(frozen=True, eq=False)
class Reference:
    """What differences say, one number per real number of the output: value, error, step, and what they met.

    plain: the central difference at a step of about NEAR, with nothing extrapolated.
    """

    value: ndarray
    error: ndarray
    step: ndarray
    jump: ndarray
    finite: ndarray
    middle: ndarray
    plain: ndarray

    def reasons(self, yours: ndarray, budget: ndarray) -> ndarray:
        """Why each number cannot be told; "" where it can."""
        size = np.fmax(np.abs(yours), np.abs(self.value))
        largest = np.max(size, initial=0.0, where=np.isfinite(size))
        enough = np.maximum(UNSURE * size, NOTHING * np.maximum(np.abs(self.middle), largest))
        vague = ~((budget <= enough) | (yours == self.value))
        clear = np.abs(yours - self.value) > budget  # wrong by more than any error
        unsettled = "step: differences of the op do not converge at any step"
        far = clear & (self.step > LARGEST) & ~(np.abs(self.value - self.plain) <= CONFIRMED * np.abs(self.value))
        return np.select(
            [~np.isfinite(self.middle), ~self.finite, self.jump > 0, ~np.isfinite(self.value), vague & ~clear, far],
            [
                "non-finite: the op is not finite here",
                "domain edge: the op is not finite on either side",
                "kink: the slopes of the op differ on both sides",
                np.where(np.isfinite(yours), unsettled, "non-finite: the slope of the op is not finite here"),
                "noise: the op is too noisy for differences",
                unsettled,
            ],
            "",
        )


def reference(
    apply: Callable[[Any], Any], x: Any, d: Any, out: Any, precision: float, claimed: ndarray | None = None
) -> Reference:
    """The derivative of apply at x along d, where apply(x) is out."""
    x, d = np.asarray(x), np.asarray(d)

    def phi(t: float) -> ndarray:
        with np.errstate(all="ignore"):
            try:
                found = flat(apply((x + t * d).astype(x.dtype)[()]))
                return found if found.size == middle.size else np.full(middle.size, np.nan)
            except (ValueError, np.linalg.LinAlgError, ZeroDivisionError, OverflowError):
                return np.full(middle.size, np.nan)

    middle = flat(out)
    noise = np.maximum(noise_of(phi, middle, precision), 2 * precision * np.abs(middle))
    found = slope(phi, middle, noise, precision, claimed)
    level = np.argmin([abs(np.log(abs(t) / NEAR)) for t in found.steps])
    return Reference(found.value, found.error, found.step, found.jump, found.finite, middle, found.estimates[level])


def direction(call: Call, k: int, rng: np.random.Generator) -> Any:
    """A random direction of argument k of a call, within its domain."""
    d = direction_in(call.args[k], rng)
    if call.op.name.rpartition(".")[2] in SYMMETRIC:
        d = d + np.swapaxes(d, -1, -2)
    return d


def direction_in(x: Any, rng: np.random.Generator) -> Any:
    """A random direction: each element of x moves by half its size or more; by that of the others where it is 0."""
    x = np.asarray(x)
    size = np.abs(x)
    typical = float(np.median(size[size > 0])) if (size > 0).any() else 1.0
    size = np.where((size > 0) & np.isfinite(size), size, typical)
    d = rng.uniform(0.5, 1.0, shape(x)) * rng.choice([-1.0, 1.0], shape(x)) * size
    if x.dtype.kind == "c":
        d = d + 1j * rng.uniform(0.5, 1.0, shape(x)) * size
    return d.astype(x.dtype if x.dtype.kind in "fc" else float)[()]
