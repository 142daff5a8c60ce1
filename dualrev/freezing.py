"""Arrays of the user's that nobody may write into for a while: read-only until the last who asked for it lets go."""

from collections.abc import Callable, Iterator
from math import gcd
from threading import RLock
from typing import Any

import numpy as np

ndarray = np.ndarray
STEP, MOST = 61, 100  # of so many elements in a row one is compared; of large arrays fewer, so many in all

# What all sweeps of all threads share, since they share the user's arrays: by how many an array is frozen, by its id,
# and the arrays that could not be thawed yet, because they are views of one that still is frozen.
LOCK = RLock()
COUNTS: dict[int, int] = {}
WAITING: list[ndarray] = []


def freeze(array: ndarray) -> list[ndarray] | None:
    """Make an array read-only, and the arrays whose memory it shows: those which `thaw` has to be given.

    None if it stays writeable, as an array in the memory of some other library may.
    """
    with LOCK:
        writeable = [a for a in owners(array) if a.flags.writeable or id(a) in COUNTS]
        frozen = [a for a in writeable if can_be_thawed(a)]
        for a in frozen:
            COUNTS[id(a)] = COUNTS.get(id(a), 0) + 1
            a.setflags(write=False)
    return frozen if frozen or not writeable else None


def thaw(arrays: list[ndarray]) -> None:
    """Let go of arrays that were frozen: each is writeable again if nobody else has frozen it."""
    with LOCK:
        for a in reversed(arrays):  # an array before its views
            COUNTS[id(a)] -= 1
            if not COUNTS[id(a)] and not is_thawed(a):
                WAITING.append(a)
        while ready := [a for a in WAITING if is_thawed(a)]:
            WAITING[:] = [a for a in WAITING if not any(a is b for b in ready)]


def is_thawed(a: ndarray) -> bool:
    """Make it writeable, unless it has been frozen again, or is a view of an array that is frozen."""
    if not COUNTS.get(id(a)):
        try:
            a.setflags(write=True)
        except ValueError:
            return False
        COUNTS.pop(id(a), None)
    return True


def owners(array: Any) -> Iterator[ndarray]:
    """The array and all whose memory it shows, up to the one that owns it."""
    while array is not None:
        if isinstance(array, ndarray):
            yield array
        array = getattr(array, "base", None)


def can_be_thawed(a: ndarray) -> bool:
    """NumPy makes an array writeable again if its memory belongs to an array, or to a buffer that it may write into."""
    base = a.base
    while isinstance(base, ndarray):
        base = base.base
    if base is None:
        return True
    try:
        return not memoryview(base).readonly
    except TypeError:
        return False


def samples(array: ndarray) -> Callable[[], bytes]:
    """What says how some elements are now: one of any `step_of(array)` neighbours, in the order of memory."""
    flags, step = array.flags, step_of(array)
    flat = array.reshape(-1) if flags.c_contiguous else array.T.reshape(-1) if flags.f_contiguous else array.flat
    return lambda: flat[::step].tobytes()


def step_of(array: ndarray) -> int:
    step = max(STEP, array.size // MOST)
    while any(gcd(step, n) > 1 for n in array.shape):  # so that no column of a table is left out
        step += 1
    return step
