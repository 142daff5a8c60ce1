"""A function that is refused as it is starts again, rebuilt (rebuild/): when, and what is remembered of it.

It costs nothing as long as nothing is refused. What was refused once and then went well is known by its code object,
and starts as rebuilt code from then on.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, Literal
from weakref import WeakKeyDictionary, ref

from .errors import DualrevError, InputError, LostDerivativeError, NoRuleError

Plain = bool | Literal["auto"]

KNOWN: dict[int, Any] = {}  # weak references to code objects, by their ids: a plain dict, to be asked at every start
STANDING: Any = WeakKeyDictionary()  # functions, and what they were rebuilt as
OURS, HERE = __name__.partition(".")[0], str(Path(__file__).parent) + os.sep
# Refusals, and what NumPy and Python raise where they cannot take a traced value. A ValueError is the user's own.
MENDED = (LostDerivativeError, NoRuleError, InputError, TypeError, AttributeError, NotImplementedError)
DEEP = 5  # wrappers of ours around the user's function


class RebuiltGlobals(dict):
    """The globals of rebuilt code, by which its frames are known."""


def by_rebuilt_code() -> bool:
    """Did rebuilt code call the method of a traced value that asks this?"""
    return isinstance(sys._getframe(2).f_globals, RebuiltGlobals)


class AsItIs:
    """f, which is never rebuilt."""

    def __init__(self, f: Callable[..., Any]) -> None:
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            if hasattr(f, name):
                setattr(self, name, getattr(f, name))
        self.__wrapped__ = f

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)


def chosen(f: Any, plain: Plain) -> Any:
    """f as a transform was asked to take it: rebuilt, as it is, or, with "auto", rebuilt when it is refused."""
    if plain == "auto" and isinstance(plain, str):
        return f
    if not isinstance(plain, bool):
        raise InputError(f"plain={plain!r}: write 'auto', True or False")
    if not plain:
        return f if isinstance(f, AsItIs) else AsItIs(f)
    return import_module(".rebuild", __package__).plain(f)


def known(f: Any) -> Any:
    """What stands for f, if a function of its code was refused before."""
    code = getattr(f, "__code__", None)
    return f if code is None or id(code) not in KNOWN else instead(f, []) or f


def instead(f: Any, found: list[Any], depth: int = DEEP) -> Any:
    """What to run in place of f: f rebuilt, or f with another function inside; None if there is nothing to rebuild.

    found: what was rebuilt is noted there.
    """
    if not depth or not callable(f) or isinstance(f, (AsItIs, type)):
        return None
    if not is_ours(f):
        made = standing(f)
        if made is not None:
            found.append(f)
        return made
    changed = [change(instead(inner, found, depth - 1)) for inner, change in inside(f)]
    return f if any(changed) else None


def is_ours(f: Any) -> bool:
    if isinstance(f, MethodType):
        return is_ours(f.__func__)
    if isinstance(f, FunctionType):
        return f.__code__.co_filename.startswith(HERE)
    return type(f).__module__.partition(".")[0] == OURS


def inside(f: Any) -> Any:
    """What a wrapper of ours calls, with the way to put something else there."""
    if isinstance(f, FunctionType):
        for cell in f.__closure__ or ():
            yield cell.cell_contents, partial(put, cell, "cell_contents")
    else:
        owner = f.__self__ if isinstance(f, MethodType) else f
        for name in (*getattr(owner, "__dict__", ()), *getattr(type(owner), "__slots__", ())):
            yield getattr(owner, name, None), partial(put, owner, name)


def put(owner: Any, name: str, made: Any) -> bool:
    if made is None:
        return False
    if getattr(owner, name) is not made:
        object.__setattr__(owner, name, made)  # which a frozen dataclass has, too
    return True


def standing(f: Any) -> Any:
    """f rebuilt, as it was before if it lives; None where there is nothing to rebuild."""
    made = STANDING.get(f) if isinstance(f, FunctionType) else None
    if made is None:
        made = import_module(".rebuild", __package__).rebuilt(f)
        if made is not None and isinstance(f, FunctionType):
            made = STANDING.setdefault(f, made)
    return made


@contextmanager
def again(f: Any, first: BaseException) -> Iterator[tuple[Any, None]]:
    """f rebuilt, to be run where f has ended with the error `first`. If that is refused, too, it says what is left.

    The second of the pair takes the place of the error, whose frames hold the sweep.
    """
    found: list[Any] = []
    open_again: list[Any] = []
    try:
        made = instead(f, found) if isinstance(first, MENDED) else None
        if made is None:
            raise first
        open_again = withdrawn(first)
        try:
            yield made, None
        except DualrevError as second:
            second.__suppress_context__ = True
            raise
        except MENDED:  # perhaps of the rebuilt code alone
            for sweep, refusal in open_again:
                sweep.refusal = sweep.refusal or refusal
            raise first from None
    finally:
        del first, open_again
    for function in found:
        remember(getattr(function, "__code__", None))


def withdrawn(error: Any) -> list[Any]:
    """Let older sweeps forget a refusal that is to be mended; gives those that remembered it, with it."""
    found = []
    while error is not None:
        for sweep in [known() for known in getattr(error, "noted", ())]:
            if sweep is not None and sweep.refusal is error:
                sweep.refusal = None
                found.append((sweep, error))
        error = error.__cause__ or error.__context__
    return found


def remember(code: Any) -> None:
    """Functions of this code start as rebuilt code from now on."""
    if code is not None:
        key = id(code)
        KNOWN[key] = ref(code, lambda _: KNOWN.pop(key, None))
