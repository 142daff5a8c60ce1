"""The globals of rebuilt functions: those of their module, each converted when it is first read."""

import builtins
from collections.abc import Callable
from dis import opmap
from inspect import CO_OPTIMIZED
from types import CodeType
from typing import Any

from ..restart import RebuiltGlobals
from .namespaces import BUILTINS, swap_scipy
from .watched import Watched

ABOUT = "__name__ __package__ __spec__ __file__ __path__ __loader__ __doc__".split()
STORE, DELETE = opmap["STORE_GLOBAL"], opmap["DELETE_GLOBAL"]


class Globals(RebuiltGlobals):
    """The globals of the functions of one module, in rebuilt code.

    Python asks `__missing__` for a global that is not there; what it gives is kept, and `watched` for changes. What the
    functions assign to a global is written into the module when the call ends.
    """

    def __init__(self, source: dict[str, Any], convert: Callable[[Any], Any]) -> None:
        super().__init__({name: source[name] for name in ABOUT if name in source})
        self.source, self.convert = source, convert
        self.written: set[str] = set()
        self.given: dict[str, Any] = {}
        self.watched = Watched(source.get, self.changed)
        self["__builtins__"] = BUILTINS | {"__import__": self.importing, "globals": lambda: source}

    def __missing__(self, name: str) -> Any:
        self.watched.note(name, self.source.get(name))
        if name in self.source:
            made = self.given[name] = self.convert(self.source[name])
        else:
            made = self["__builtins__"][name]  # a KeyError if there is none, which Python makes a NameError
        self[name] = made
        return made

    def changed(self, name: str) -> None:
        self.pop(name, None)
        if name in self.source:
            self[name] = self.given[name] = self.convert(self.source[name])

    def importing(self, *args: Any, **kwargs: Any) -> Any:
        """An import statement inside a rebuilt function."""
        made = builtins.__import__(*args, **kwargs)
        swap_scipy()
        return self.convert(made)

    def prepare(self, code: CodeType) -> None:
        """Look ahead for what code does with globals that is not read by `__missing__`."""
        for inner in with_inner(code):
            if not inner.co_flags & CO_OPTIMIZED or {"eval", "exec"} & set(inner.co_names):
                names = inner.co_names if not inner.co_flags & CO_OPTIMIZED else self.source
                for name in names:
                    if name in self.source or name in BUILTINS:
                        self[name]  # reads it
            for name in stored(inner):
                self.written.add(name)
                if name in self.source:
                    self[name]
                else:
                    self.watched.note(name, None)

    def write_back(self) -> None:
        """What was assigned to globals, in the module that they are of."""
        for name in self.written:
            if name in self and self[name] is not self.given.get(name):
                self.source[name] = self.given[name] = self[name]
                self.watched.note(name, self[name])


def with_inner(code: CodeType) -> list[CodeType]:
    """code, and that of the functions and classes inside it."""
    found = [code]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found += with_inner(constant)
    return found


def deletes(code: CodeType) -> bool:
    """Does code say ``del name`` of a global?"""
    return any(DELETE in inner.co_code[::2] for inner in with_inner(code))


def stored(code: CodeType) -> set[str]:
    """The globals that code assigns to."""
    ops = code.co_code
    if STORE not in ops[::2]:
        return set()
    found, extended = set(), 0
    for op, arg in zip(ops[::2], ops[1::2]):
        extended = (extended << 8) | arg
        if op == STORE:
            found.add(code.co_names[extended])
        if op != opmap["EXTENDED_ARG"]:
            extended = 0
    return found
