"""Plain arrays that a sweep reads when f has gone on: they have to be as they were when f used them.

A line of the tape keeps the constants that its rule reads on the way back: an array that multiplies, an index, a mask.
f may change such an array after use, as ``c *= 2`` does. So a small one is copied, and a large one is frozen until f
has ended: whoever writes into it meets NumPy's own error, which `retell` says in our words. Who has a view that is
older can still write, so samples of a large array are compared when it is used again and before it is read. The
arguments of f, in both modes, may not change either.
"""

import re
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from .errors import ChangedArrayError, DualrevError
from .freezing import freeze, owners, samples, thaw
from .source import Place, is_library, place_at

ndarray = np.ndarray
TINY = 2**12  # bytes: an array of so many or fewer is copied for every line that reads it
SMALL = 2**15  # bytes: a copy of so many costs less than to freeze an array and to thaw it
READ_ONLY = re.compile("read-?only|write?able")
UNWRITABLE = (ValueError, TypeError, BufferError)  # what NumPy raises then

Spot = tuple[CodeType, int, int]  # the code, the instruction and the line


class Frozen(NamedTuple):
    """A large array, samples of what was in it, and where it was used first: which line of the tape, the user's spot.

    seen: a view of it, which keeps its shape whatever the user makes of that of the array. The line is -1 for an
    argument of f.
    """

    array: ndarray
    seen: ndarray
    samples: Callable[[], bytes]
    before: bytes
    line: int
    spot: Spot | None


class Constants:
    """The arrays that one sweep wants to find as they were."""

    __slots__ = ("copies", "frozen", "thawing", "views")

    def __init__(self) -> None:
        self.copies: dict[int, ndarray] = {}  # the last copy of an array, by its id
        self.frozen: dict[int, Frozen] = {}  # by the id of the array
        self.views: dict[int, Frozen] = {}  # by that of the view
        self.thawing: list[ndarray] = []

    def kept(self, v: ndarray, line: int) -> ndarray:
        """v as it is now: a copy, or v itself, frozen."""
        if v.nbytes > SMALL:
            frozen = self.frozen.get(id(v))
            if frozen is not None:
                compare(frozen)
                if frozen.seen.shape == v.shape and frozen.seen.dtype == v.dtype:
                    return frozen.seen
            seen = self.freeze(v, line, spot())
            return v.copy("K") if seen is None else seen
        have = self.copies.get(id(v))
        if have is None or have.shape != v.shape or have.dtype != v.dtype or have.tobytes() != v.tobytes():
            have = self.copies[id(v)] = v.copy("K")
        return have

    def freeze(self, v: ndarray, line: int, at: Spot | None) -> ndarray | None:
        """A view of v, which is frozen; None if that cannot be done."""
        arrays = freeze(v)
        if arrays is None:
            return None
        self.thawing += arrays
        seen = v.view(ndarray)
        look = samples(seen)
        self.views[id(seen)] = self.frozen[id(v)] = Frozen(v, seen, look, look(), line, at)
        return seen

    def thaw(self) -> None:
        """Let the user write again."""
        arrays, self.thawing, self.copies = self.thawing, [], {}
        thaw(arrays)

    def check(self) -> None:
        """Refuse to read a large array that is not what it was."""
        for frozen in self.views.values():
            compare(frozen)

    def copied(self, v: Any) -> Any:
        """v, a line of the tape or a part of one, with copies in place of frozen arrays."""
        if type(v) is ndarray:
            frozen = self.views.get(id(v))
            if frozen is None or frozen.line < 0:
                return v
            if id(v) not in self.copies:
                self.copies[id(v)] = v.copy("K")
            return self.copies[id(v)]
        if type(v) in (list, tuple):
            return type(v)([self.copied(part) for part in v])
        return {k: self.copied(part) for k, part in v.items()} if type(v) is dict else v


def compare(frozen: Frozen) -> None:
    """Refuse a large array that is not what it was."""
    if frozen.samples() != frozen.before:
        raise ChangedArrayError(changed(f"an array of shape {frozen.seen.shape}", None, frozen))


# ---- the arguments of f ----------------------------------------------------------------------------------------------


def given(leaves: Any, sweep: Any) -> tuple[Any, Any]:
    """The primals that a sweep goes on with, and what `check_given` compares.

    In place of a large array, which is frozen, goes a view that was made before, and says whether f may write into it.
    """
    if type(before := contents(leaves)) is bytes or None not in before:
        return leaves, before
    primals = list(leaves)
    for k, x in enumerate(leaves):
        if type(x) is ndarray and x.nbytes > SMALL:
            primals[k] = x.view()
            sweep.constants = sweep.constants or Constants()
            sweep.constants.freeze(x, -1, None)
    return primals, before


def contents(leaves: Any) -> Any:
    """The bytes of the small arrays among the leaves; those of the only leaf by themselves."""
    if len(leaves) == 1 and type(x := leaves[0]) is ndarray and x.nbytes <= SMALL:
        return x.tobytes()
    return [x.tobytes() if type(x) is ndarray and x.nbytes <= SMALL else None for x in leaves]


def check_given(leaves: Any, before: Any) -> None:
    """Refuse a function that has changed its own small arguments behind the back of the sweep."""
    if (now := contents(leaves)) != before:
        x = leaves[0] if type(now) is bytes else next(x for x, old, new in zip(leaves, before, now) if new != old)
        raise ChangedArrayError(argument_changed(f"an array of shape {x.shape}"))


# ---- messages --------------------------------------------------------------------------------------------------------


def spot() -> Spot | None:
    """Where in the user's code we are."""
    frame: Any = sys._getframe(1)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame and (frame.f_code, frame.f_lasti, frame.f_lineno)


def retell(error: Exception, sweep: Any) -> None:
    """Raise ChangedArrayError in place of NumPy's error about a read-only array, if the array is one that we froze."""
    constants = sweep.constants
    if constants is None or isinstance(error, DualrevError) or not isinstance(error, UNWRITABLE):
        return
    if not READ_ONLY.search(str(error)):
        return
    frame, at = raised_in(error)
    if frame is None:
        return
    place = place_at(*at)
    named = {name: a for name, a in arrays_named(place.text, frame) if not a.flags.writeable}
    ours = {name: a for name, a in named.items() if any(x is y for x in owners(a) for y in constants.thawing)}
    for frozen in reversed(constants.views.values()):  # the arguments of f last
        name = next((name for name, a in ours.items() if share(a, frozen.array)), None)
        if name or not named:
            raise ChangedArrayError(changed(name or "an array", place, frozen, sweep)) from error


def raised_in(error: Exception) -> tuple[Any, Any]:
    """The innermost frame of the user's code that an error has passed, and the spot in it."""
    found: tuple[Any, Any] = None, None
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if not is_library(code.co_filename):
            found = step.tb_frame, (code, step.tb_lasti, step.tb_lineno)
        step = step.tb_next
    return found


def arrays_named(text: str, frame: Any) -> list[tuple[str, ndarray]]:
    """The arrays that a line of code mentions, `c` or `self.c`, where names alone say which."""
    found = []
    for name in dict.fromkeys(re.findall(r"[^\W\d]\w*(?:\.\w+)*", text)):
        head, *rest = name.split(".")
        v = frame.f_locals.get(head, frame.f_globals.get(head))
        for attribute in rest:
            if isinstance(v, ndarray):
                break
            v = getattr(v, "__dict__", {}).get(attribute)
        if issubclass(type(v), ndarray):  # and no traced array, which says that it is one
            found.append((name, v))
    return found


def share(a: ndarray, b: ndarray) -> bool:
    return any(x is y for x in owners(a) for y in owners(b))


def changed(name: str, place: Place | None, frozen: Frozen, sweep: Any = None) -> str:
    """The sentence of a refusal."""
    written = f" at {place}, `{place.text}`" if place else ""
    if frozen.line < 0:
        return argument_changed(name, written)
    used = place_at(*frozen.spot) if frozen.spot else None
    lines = getattr(sweep, "lines", ())
    op = f" by {lines[frozen.line][0].name}" if frozen.line < len(lines) else ""
    where = f" at {used}, `{used.text}`" if used else ""
    return (
        f"{name} was changed{written}, after it had been used{op}{where}, and the derivative needs it as it was then. "
        "Write a new array, c = c * 2 in place of c *= 2, or let the operation have a copy, x * c.copy()"
    )


def argument_changed(name: str, written: str = "") -> str:
    return (
        f"f changed its own argument, {name}{written}: what it was differentiated at is no longer there. Let f work on "
        "a copy, x.copy()"
    )
