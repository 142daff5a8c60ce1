"""What a derivative does besides being wrong: it changes its arguments, its last result, or its mind."""

import numpy as np
from numpy import ndarray

from ..tree import flatten
from .cancellation import jumps
from .functions import Claimed, array, flat, scales
from .points import Box
from .report import Component, Verdict

OVERWRITES = "the function changes its arguments in place: they are not what they were before the call"
BUFFER = "the next call of the derivative changes the array that it returned: return a new one (.copy())"
NAN = float("nan")
SINGLE = 1e-9  # relative: the noise of a function that is computed in single precision is more
SAME = 1e-6  # relative: two results of one call


def noticed(name: str, reason: str, verdict: Verdict = "FAIL") -> Component:
    return Component(name, NAN, NAN, 0.0, verdict, reason, "side effects")


def side_effects_of(subject: Claimed, box: Box) -> tuple[list[Component], list[str]]:
    """Failures that are no wrong number, and notes of what leaves the numbers right."""
    components, notes = of_calls(subject, box)
    return components, [OVERWRITES] * subject.overwrites + notes


def of_calls(subject: Claimed, box: Box) -> tuple[list[Component], list[str]]:
    """The derivative called twice at the point, and once elsewhere."""
    found = []
    args = subject.arguments(subject.x)
    raw = subject.jac(*args)
    first = numbers(raw)
    if not np.array_equal(flat(flatten(args)[0]), subject.rounded(subject.x), equal_nan=True):
        found.append(noticed("arguments", "the derivative changes its arguments in place"))
    again = numbers(subject.jac(*subject.arguments(subject.x)))
    if again.shape != first.shape or not np.allclose(first, again, rtol=SAME, atol=0, equal_nan=True):
        found.append(noticed("repeated call", repeated(first, again)))
    elsewhere = np.clip(subject.x + 0.1 * scales(subject.x, subject.leaves), *box)
    try:
        subject.jac(*subject.arguments(elsewhere))
    except Exception:  # it may not be defined there
        return found, []
    kept = found or np.array_equal(first, numbers(raw), equal_nan=True)
    return found, [] if kept else [BUFFER]


def numbers(J: object) -> ndarray:
    return flat([array(leaf) for leaf in flatten(J)[0]])


def repeated(first: ndarray, again: ndarray) -> str:
    if again.shape == first.shape and np.allclose(again, 2 * first, rtol=SAME, atol=0):
        return "a second call returns the sum of both: a tape or a buffer is used again without being set to zero"
    return "the derivative is another one when it is called again at the same point"


def truncated(subject: Claimed, points: list[ndarray], noise: ndarray) -> list[Component]:
    """A derivative that has the digits of float32 only, at points that are not round numbers; f has more."""
    single_itself = subject.precision > 1e-10 or (noise > SINGLE * np.abs(subject.first)).any()
    if single_itself or not points or type(subject).jacobian is not Claimed.jacobian:
        return []
    claims = np.concatenate([np.ravel(subject.jacobian(x)) for x in points])
    claims = claims[np.isfinite(claims) & (claims != 0)]
    with np.errstate(over="ignore"):
        single, half = (np.array_equal(claims, claims.astype(d)) for d in (np.float32, np.float16))
    if not claims.size or half or not single:
        return []
    if len({subject.jacobian(x).tobytes() for x in points}) == 1:
        return []  # a constant may be a round number
    if any(jumps(subject, x) for x in points):
        return []  # what is left of a difference of nearly equal numbers has few digits too
    return [noticed("dtype", "all numbers have the precision of float32 only: dtype truncation")]
