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
SHARP = 1e-2  # relative: a difference with a larger error says nothing
STRAIGHT = 0.1  # relative: a change of slope within reach beyond which f is nothing like a line
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
    """Hold forward and given against differences: the sharpest of several steps decides, two must call them wrong.

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
    if any(one.difference.any() for one in found):  # shorter steps may be below the resolution of f
        found = [one for one in found if one.difference.any()]
    found.sort(key=lambda one: float(np.nan_to_num(largest(one.error), nan=np.inf)))
    agreed = all(one.verdict == "FAIL" for one in found[:2])
    return found[0] if agreed or found[0].verdict != "FAIL" else found[0]._replace(verdict="INCONCLUSIVE")


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


def direction(x: ndarray, box: Any = None, size: ndarray | None = None) -> ndarray:
    """A direction without pattern, the same each time, scaled as x is; 0 where a step would leave the box.

    size: how large the elements of x are in general, if that is known better than from x itself.
    """
    d = pattern(x.size) * scales(np.abs(x) if size is None else size)
    if box is None:
        return d
    lower, upper = box
    reach = 3 * STEP * np.abs(d)
    return np.where((x - reach >= lower) & (x + reach <= upper), d, 0.0)


def scales(size: ndarray) -> ndarray:
    """Sizes of which none is 0; in place of those that are, a small part of the largest."""
    return np.where(size > 0, size, 1e-3 * max(float(size.max()), 1.0))


@lru_cache(maxsize=16)
def pattern(n: int) -> ndarray:
    return np.cos(np.arange(1.0, n + 1) ** 2)


def central(
    f: Function, x: ndarray, d: ndarray, step: float = STEP, middle: ndarray | None = None
) -> tuple[ndarray, ndarray]:
    """The central difference of f along d, and an estimate of its error.

    The error adds up truncation, the round-off of f, and by how much the slopes to the left and to the right differ in
    the limit of short steps: at a kink any number between them may be taken for the derivative. It is infinite where f
    is nothing like a line within reach: noise, or a step that is too long. middle: f(x).
    """
    with np.errstate(all="ignore"):
        middle = flattened(f(x)) if middle is None else middle
        high, low = (flattened(f(x + step * d)), flattened(f(x - step * d)))
        far_high, far_low = (flattened(f(x + 3 * step * d)), flattened(f(x - 3 * step * d)))
        near, far = (high - low) / (2 * step), (far_high - far_low) / (6 * step)
        bend = ((high - middle) - (middle - low)) / step  # in proportion to the step, but for a kink
        far_bend = ((far_high - middle) - (middle - far_low)) / (3 * step)
        kink = np.abs(3 * bend - far_bend) / 2
        rounding = EPS * (np.abs(high) + np.abs(low)) / step
        bent = np.abs(near - far) + kink
        if largest(bent) > STRAIGHT * largest(near) + 10 * largest(rounding):
            return near, np.full(near.shape, np.inf)
        return near, bent + rounding


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
    return "INCONCLUSIVE" if (error > SHARP * size).any() else "PASS"


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
        d[k] = scales(np.abs(x))[k]
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
