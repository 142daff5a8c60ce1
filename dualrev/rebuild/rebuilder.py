"""Functions rebuilt over other globals, and everything of Python that they reach."""

import functools
import sys
from collections.abc import Callable
from functools import cache, partial
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from ..numpy.buffer import Buffer
from ..source import is_users
from ..traced import NUMBERS, Tracer, holds_tracer
from . import tables, twins
from .cells import Link
from .globals import Globals, deletes
from .modules import Module
from .namespaces import SWAPS, swap_scipy
from .vectorized import Vectorize

# What is not rebuilt beside NumPy, SciPy and Python's own: pictures, labelled data, and other tools of derivatives.
LEFT = frozenset(
    "IPython autograd casadi dualrev jax matplotlib numba numpy pandas pytest scipy sympy torch xarray".split()
)
ATOMS = frozenset({*NUMBERS, str, bytes, type(None), np.ndarray, np.ufunc, Buffer, range, slice, set, frozenset})
CACHED: Any = type(functools.lru_cache(lambda: None))
LONG = 1000  # entries of a dict or list that is looked through for functions


class Rebuilder:
    """What one function reaches, rebuilt: each thing once, when it is first met."""

    def __init__(self) -> None:
        swap_scipy()
        self.functions: Any = WeakKeyDictionary()
        self.kept: dict[int, tuple[Any, Any]] = {}  # by id: what is no function, and is thereby kept alive; as what
        self.globals: dict[int, Globals] = {}
        self.closures: list[tuple[Any, list[Link]]] = []  # of the functions that are alive
        self.modules: list[Module] = []
        self.tables: list[Any] = []
        self.classes: dict[type, Any] = {}

    # ---- before and after a call -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take up what is another object now than when it was converted: a function defined anew, another constant."""
        for names in list(self.globals.values()):
            names.watched.refresh()
        for module in self.modules:
            module.watched.refresh()
        for _, links in self.closures:
            for link in links:
                link.refresh(self)
        for table in self.tables:
            if not tables.is_current(table):
                tables.fill(table, self)

    def write_back(self) -> None:
        """Tell the modules and closures of f what the rebuilt code has assigned to them."""
        for names in list(self.globals.values()):
            if names.written:
                names.write_back()
        for _, links in self.closures:
            for link in links:
                link.write_back()

    # ---- converting --------------------------------------------------------------------------------------------------

    def __call__(self, thing: Any) -> Any:
        """thing as rebuilt code sees it: itself, if there is nothing in it to rebuild."""
        cls = type(thing)
        if cls in ATOMS or issubclass(cls, Tracer):
            return thing
        found = SWAPS.get(id(thing)) or self.kept.get(id(thing))
        if found is not None:
            return found[1]
        how = HOW.get(cls)
        if how is not None:
            return how(self, thing)
        return self.of_class(thing) if isinstance(thing, type) else self.object(thing, cls)

    def root(self, f: Any) -> Any:
        """f, or the __call__ of an object, rebuilt."""
        made = self(f)
        call = vars(type(f)).get("__call__")
        return MethodType(self(call), f) if made is f and self(call) is not call else made

    def keep(self, thing: Any, made: Any) -> Any:
        return self.kept.setdefault(id(thing), (thing, made))[1]

    def function(self, f: FunctionType) -> Any:
        made = self.functions.get(f)
        if made is not None:
            return made
        return self.rebuilt(f) if is_to_be_rebuilt(f) else f

    def rebuilt(self, f: FunctionType) -> FunctionType:
        names = self.globals.get(id(f.__globals__))
        if names is None:
            names = self.globals.setdefault(id(f.__globals__), Globals(f.__globals__, self))
        closure = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
        links = {name: self.link(cell) for name, cell in closure.items() if name != "__class__"}  # which super() needs
        cells = [links[name].new if name in links else cell for name, cell in closure.items()]
        made = FunctionType(f.__code__, names, f.__name__, None, tuple(cells))
        self.functions[f] = made  # before its cells are filled, as it may be in one of them
        if links:
            self.closures = [(of, some) for of, some in self.closures if of() is not None] + [
                (ref(f), [*links.values()])
            ]
        for link in links.values():
            link.refresh(self)
        names.prepare(f.__code__)
        made.__defaults__ = f.__defaults__ and tuple(map(self, f.__defaults__))
        made.__kwdefaults__ = f.__kwdefaults__ and {name: self(v) for name, v in f.__kwdefaults__.items()}
        made.__qualname__, made.__module__, made.__doc__ = f.__qualname__, f.__module__, f.__doc__
        made.__dict__ = f.__dict__
        return made

    def link(self, cell: CellType) -> Link:
        known = (link for _, links in self.closures for link in links if link.cell is cell)
        return next(known, None) or Link(cell)

    def of_class(self, cls: type) -> Any:
        """The twin of a class, or the class itself."""
        if cls not in self.classes:
            self.classes[cls] = cls  # of which its own methods may speak
            if twins.can_have_twin(cls, is_left_class):
                self.classes[cls] = twins.twin_of(cls, self)
        return self.classes[cls]

    def object(self, thing: Any, cls: type) -> Any:
        """The twin of an object, if its class has one."""
        twin = self.of_class(cls)
        if twin is cls or isinstance(cls, twins.Twin):
            return thing
        made = self.keep(thing, twins.twin_object(thing, twin))
        twins.show_converted(thing, twin, self)
        return made

    def changes(self, thing: Any, depth: int = 3) -> bool:
        """Would thing be converted into something else? What objects hold is not looked at."""
        cls = type(thing)
        if cls in ATOMS or not depth:
            return False
        if id(thing) in SWAPS:
            return True
        if cls in (dict, list, tuple):
            return len(thing) <= LONG and any(self.changes(v, depth - 1) for v in tables.values(thing))
        if cls in HOW or isinstance(thing, type):
            return self(thing) is not thing
        return not isinstance(cls, twins.Twin) and self.of_class(cls) is not cls

    def method(self, m: MethodType) -> Any:
        func, owner = self(m.__func__), self(m.__self__)
        return m if func is m.__func__ and owner is m.__self__ else MethodType(func, owner)

    def partial(self, p: partial) -> Any:
        if not self.changes((p.func, *p.args, *p.keywords.values())):
            return p
        made = partial(self(p.func), *map(self, p.args), **{name: self(v) for name, v in p.keywords.items()})
        return self.keep(p, made)

    def cached(self, wrapper: Any) -> Any:
        """A function under functools.cache: of traced values it is called, of others it is the original."""
        made = self(wrapper.__wrapped__)

        @functools.wraps(wrapper)
        def call(*args: Any, **kwargs: Any) -> Any:
            return (made if holds_tracer((*args, *kwargs.values())) else wrapper)(*args, **kwargs)

        return self.keep(wrapper, wrapper if made is wrapper.__wrapped__ else call)

    def vectorized(self, v: np.vectorize) -> Any:
        return self.keep(v, Vectorize(self(v.pyfunc), v.otypes, v.__doc__, v.excluded, v.cache, v.signature))

    def module(self, m: ModuleType) -> Any:
        swap_scipy()
        if id(m) in SWAPS:
            return SWAPS[id(m)][1]
        file = getattr(m, "__file__", None)
        if m.__name__ != "scipy" and (not file or is_left(m.__name__) or not is_rebuilt_file(file)):
            return self.keep(m, m)
        made = self.keep(m, Module(m, self))
        self.modules = [*self.modules, made]
        return made

    def table(self, original: Any) -> Any:
        if not self.changes(original):
            return original
        made: Any = (tables.Dict if isinstance(original, dict) else tables.List)()
        made.original = original
        self.keep(original, made)
        tables.fill(made, self)
        self.tables = [*self.tables, made]
        return made

    def tuple(self, items: tuple[Any, ...]) -> Any:
        return self.keep(items, tuple(map(self, items))) if self.changes(items) else items


HOW: dict[Any, Callable[[Rebuilder, Any], Any]] = {
    FunctionType: Rebuilder.function,
    MethodType: Rebuilder.method,
    ModuleType: Rebuilder.module,
    partial: Rebuilder.partial,
    CACHED: Rebuilder.cached,
    np.vectorize: Rebuilder.vectorized,
    dict: Rebuilder.table,
    list: Rebuilder.table,
    tuple: Rebuilder.tuple,
}


def is_to_be_rebuilt(f: FunctionType) -> bool:
    code: CodeType = f.__code__
    typed_in = code.co_filename.startswith("<doctest")  # with the globals of a module that it is no part of
    left = is_left(f.__globals__.get("__name__")) and not typed_in
    return is_rebuilt_file(code.co_filename) and not left and not deletes(code)


def is_left_class(cls: type) -> bool:
    file = getattr(sys.modules.get(cls.__module__), "__file__", None) or "<string>"  # of what was typed in
    return is_left(cls.__module__) or not is_rebuilt_file(file)


def is_left(module: str | None) -> bool:
    return (module or "").partition(".")[0] in LEFT


@cache
def is_rebuilt_file(file: str) -> bool:
    return file.endswith((".py", ">")) and is_users(file)  # <string> and <stdin> hold the user's own code, too
