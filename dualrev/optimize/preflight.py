"""Before the first step: is the derivative that the optimiser will be given the derivative of the function?

One direction, three ways: forward mode, reverse mode (or the derivative that the user wrote), and central differences
with an estimate of their own error. Only what is clearly wrong stops a run; what cannot be told apart from a kink, from
noise or from the edge of the domain does not.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy import ndarray

from ..errors import InputError, WrongDerivativeError
from ..forward.jvp import jvp
from ..tree import flatten

CLEARLY = 1e-4  # relative: a smaller error of a derivative does not stop a run
EPS = np.finfo(float).eps
STEP = EPS ** (1 / 3)
SCALES = (1.0, 30.0, 1 / 30.0, 1000.0)  # steps, relative to STEP: noise is smaller in long ones, bends in short ones
MOST_CONFIRMED = 3  # suspicious components that are held against differences

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]
Function = Callable[[Any], Any]


class Preflight(NamedTuple):
    """What the check found: directional derivatives by three ways, the error of the difference, and the verdict."""

    verdict: Verdict
    forward: Any
    claimed: Any
    difference: Any
    error: Any

    def __str__(self) -> str:
        return (
            f"derivative along one direction: forward mode {shown(self.forward)}, claimed {shown(self.claimed)}, "
            f"central differences {shown(self.difference)} +- {shown(self.error)}: {self.verdict}"
        )


def shown(x: Any) -> str:
    x = np.ravel(x)
    return f"{x[0]:.6g}" if x.size == 1 else f"{np.linalg.norm(x):.6g} (norm)"


def preflight(
    f: Function,
    x: ndarray,
    claimed: Function,
    name: str,
    forward: Function | None = None,
    box: Any = None,
    middle: Any = None,
) -> Preflight:
    """Check a derivative of f at x along one direction; f takes a flat vector and gives numbers.

    claimed: d -> the derivative along d that is to be trusted, from reverse mode or from the user. forward: the same by
    forward mode; by default f is run on dual numbers. box: the bounds (lower, upper), which no step leaves. middle:
    f(x), where it is known.

    Raises
    ------
    WrongDerivativeError
        If it is wrong beyond doubt.
    """
    d = direction(x, box)
    along = flattened(jvp(f, (x,), (d,))[1] if forward is None else forward(d))
    given = flattened(claimed(d))
    if given.shape != along.shape:
        raise InputError(
            f"the derivative of {name} has shape {given.shape} along a direction, in place of {along.shape}"
        )
    found = examined(f, x, d, along, given, middle=None if middle is None else flattened(middle))
    if found.verdict == "FAIL":
        raise WrongDerivativeError(
            f"the derivative of {name} is wrong at the start: {found}. Look at the gradient or Jacobian you wrote, or "
            "at the rule of an op of your own; check=False goes on regardless"
        )
    return found


def examined(
    f: Function,
    x: ndarray,
    d: ndarray,
    forward: ndarray,
    given: ndarray,
    scale: float = 0.0,
    middle: ndarray | None = None,
) -> Preflight:
    """Hold forward and given against differences; with several steps before they are called wrong.

    scale: what counts as large for a derivative along d, where it may be 0 itself, as at a minimum. middle: f(x).
    """
    near = agreeing(f, x, d, forward, given, scale, middle)
    if near is not None:
        return Preflight("PASS", forward, given, near, CLEARLY * size_of(forward, given, scale))
    found = [
        Preflight(judged(forward, given, difference, error, scale), forward, given, difference, error)
        for difference, error in differences(f, x, d)
    ]
    if not found:
        return Preflight("INCONCLUSIVE", forward, given, np.full(given.shape, np.nan), np.full(given.shape, np.inf))
    passed = [one for one in found if one.verdict == "PASS"]
    if passed:
        return passed[0]
    return found[0] if all(one.verdict == "FAIL" for one in found) else found[0]._replace(verdict="INCONCLUSIVE")


def agreeing(
    f: Function, x: ndarray, d: ndarray, forward: ndarray, given: ndarray, scale: float, middle: ndarray | None
) -> ndarray | None:
    """A difference by one short step, if everything agrees with it: the usual case. middle: f(x), where known."""
    tolerance = CLEARLY * size_of(forward, given, scale)
    if not largest(forward - given) <= tolerance:
        return None
    step = STEP * d
    try:
        with np.errstate(all="ignore"):
            if middle is None:
                near = (flattened(f(x + step)) - flattened(f(x - step))) / (2 * STEP)
            else:
                near = (flattened(f(x + step)) - middle) / STEP
    except Exception:  # a step out of the domain says nothing
        return None
    return near if near.shape == given.shape and largest(near - given) <= tolerance else None


def differences(f: Function, x: ndarray, d: ndarray) -> Iterator[tuple[ndarray, ndarray]]:
    """(central difference, its error) along d, with several steps; those that f does not survive are left out."""
    try:
        middle = flattened(f(x))
    except Exception:
        return
    for scale in SCALES:
        try:
            yield central(f, x, d, scale * STEP, middle)
        except Exception:  # out of the domain
            continue


def direction(x: ndarray, box: Any = None) -> ndarray:
    """A direction without pattern, the same each time, scaled as x is; 0 where a step would leave the box."""
    size = np.abs(x)
    d = pattern(x.size) * np.maximum(size, 1e-3 * max(float(size.max()), 1.0))
    if box is None:
        return d
    lower, upper = box
    reach = 3 * STEP * np.abs(d)
    return np.where((x - reach >= lower) & (x + reach <= upper), d, 0.0)


@lru_cache(maxsize=16)
def pattern(n: int) -> ndarray:
    return np.cos(np.arange(1.0, n + 1) ** 2)


def central(
    f: Function, x: ndarray, d: ndarray, step: float = STEP, middle: ndarray | None = None
) -> tuple[ndarray, ndarray]:
    """The central difference of f along d, and an estimate of its error.

    The error adds up truncation, the round-off of f, and by how much the slopes to the left and to the right differ: at
    a kink any number between them may be taken for the derivative. middle: f(x).
    """
    with np.errstate(all="ignore"):
        middle = flattened(f(x)) if middle is None else middle
        high, low = (flattened(f(x + step * d)), flattened(f(x - step * d)))
        far_high, far_low = (flattened(f(x + 3 * step * d)), flattened(f(x - 3 * step * d)))
        near, far = (high - low) / (2 * step), (far_high - far_low) / (6 * step)
        bend = np.abs((high - middle) - (middle - low)) / step
        rounding = EPS * (np.abs(high) + np.abs(low)) / step
        return near, np.abs(near - far) + rounding + bend


def judged(forward: ndarray, given: ndarray, difference: ndarray, error: ndarray, scale: float = 0.0) -> Verdict:
    """FAIL where given, or forward against given, is wrong beyond the error of the difference."""
    size = size_of(forward, given, scale)
    apart = np.abs(forward - given) > CLEARLY * size
    if not (np.isfinite(forward).all() and np.isfinite(given).all()):
        return "INCONCLUSIVE"
    if not (np.isfinite(difference).all() and np.isfinite(error).all()):
        return "INCONCLUSIVE"
    budget = 10 * error + CLEARLY * size
    if (np.abs(given - difference) > budget).any() or (np.abs(forward - difference) > budget).any():
        return "FAIL"
    if apart.any():
        return "INCONCLUSIVE" if (error[apart] > CLEARLY * size).any() else "FAIL"
    return "INCONCLUSIVE" if (error > 0.1 * size).any() else "PASS"


def size_of(forward: ndarray, given: ndarray, scale: float) -> float:
    """The largest derivative around."""
    return max(largest(forward), largest(given), scale)


def largest(x: ndarray) -> float:
    """The largest size of an element, nan if one is nan; 0 of nothing."""
    return abs(float(x[0])) if x.size == 1 else float(np.abs(x).max(initial=0.0))


def compare_columns(
    f: Function,
    x: ndarray,
    given: ndarray,
    exact: ndarray,
    names: Sequence[str],
    what: str,
    where: str = "at the start",
) -> None:
    """Hold a gradient or Jacobian that the user wrote against the exact one, column by column.

    A column that differs is confirmed by central differences of f along its parameter before it counts as wrong.

    Raises
    ------
    WrongDerivativeError
        Naming the parameter.
    """
    G, E = given.reshape(-1, len(x)), exact.reshape(-1, len(x))
    size = np.maximum(np.abs(G).max(axis=0, initial=0.0), np.abs(E).max(axis=0, initial=0.0))
    with np.errstate(invalid="ignore"):
        apart = np.abs(G - E).max(axis=0, initial=0.0) / np.where(size > 0, size, 1.0)
    for k in [k for k in np.argsort(-apart, kind="stable") if apart[k] > CLEARLY][:MOST_CONFIRMED]:
        d = np.zeros(len(x))
        d[k] = max(abs(x[k]), 1e-3 * max(np.abs(x).max(), 1.0))
        found = examined(f, x, d, E[:, k] * d[k], G[:, k] * d[k])
        right = examined(f, x, d, E[:, k] * d[k], E[:, k] * d[k])
        if found.verdict == "FAIL" and right.verdict == "PASS":
            row = int(np.argmax(np.abs(G[:, k] - E[:, k])))
            name = names[k] if len(G) == 1 else f"{names[k]}, row {row}"
            raise WrongDerivativeError(
                f"{what} is wrong {where} in {name}: it says {G[row, k]:.6g}, the exact derivative is {E[row, k]:.6g}, "
                "and central differences agree with that"
            )


def flattened(y: Any) -> ndarray:
    """All numbers of a result, which may be a tree."""
    if type(y) is np.float64 or type(y) is float:
        return np.array([y])
    if type(y) is ndarray and y.dtype == np.float64:
        return y.ravel()
    leaves = [np.ravel(np.asarray(leaf, np.float64)) for leaf in flatten(y)[0]]
    return leaves[0] if len(leaves) == 1 else np.concatenate(leaves)
