"""Classes whose methods are rebuilt, and their instances: twins of the originals, which they stand for.

The twin of a class derives from it and comes before it and before the twins of its bases in the order of methods, so
that `super()` finds rebuilt methods, too. The twin of an object has the same `__dict__`: what a method assigns to self
is in the original. What is there that has to be converted is converted when it is read.
"""

from abc import ABCMeta
from functools import cached_property
from types import FunctionType
from typing import Any

from .globals import with_inner

HEAP = 1 << 9  # the flag of classes made by Python code
INHERITED = frozenset(
    "__class_getitem__ __dict__ __init_subclass__ __module__ __qualname__ __slots__ __weakref__".split()
)


class Twin(type):
    """The class of twins: their originals' instances are theirs, and what is assigned to them is the originals'."""

    original: Any

    def __instancecheck__(cls, x):
        return isinstance(x, original_of(cls))

    def __subclasscheck__(cls, other):
        return original_of(cls) in original_of(other).__mro__  # an abstract class asks its subclasses, twins among them

    def __eq__(cls, other):
        return original_of(cls) is original_of(other)

    def __hash__(cls):
        return type.__hash__(original_of(cls))

    def __setattr__(cls, name, thing):
        setattr(original_of(cls), name, thing)


class AbstractTwin(Twin, ABCMeta):
    """The same of abstract classes."""

    __instancecheck__, __subclasscheck__ = Twin.__instancecheck__, Twin.__subclasscheck__


def original_of(cls: Any) -> Any:
    """The class of which cls is the twin; a class that rebuilt code derives from a twin is its own."""
    return vars(cls).get("original of twin", cls) if isinstance(cls, Twin) else cls


class Attribute:
    """What an object holds under a name, converted."""

    def __init__(self, name: str, convert: Any, original: type) -> None:
        self.name, self.convert, self.original = name, convert, original

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        if owner is None or self.name not in vars(owner):
            return getattr(self.original if owner is None else super(self.original, owner), self.name)
        return self.convert(vars(owner)[self.name])

    def __set__(self, owner: Any, thing: Any) -> None:
        vars(owner)[self.name] = thing

    def __delete__(self, owner: Any) -> None:
        del vars(owner)[self.name]


def can_have_twin(cls: type, is_left: Any) -> bool:
    """Is cls written in Python, with objects that are no more than their `__dict__`, and with no say in its making?"""
    if type(cls) not in (type, ABCMeta) or is_left(cls) or not cls.__dictoffset__:
        return False
    if any(c is not object and (not c.__flags__ & HEAP or vars(c).get("__slots__")) for c in cls.__mro__):
        return False
    made_by = next(c for c in cls.__mro__ if "__init_subclass__" in vars(c))
    return made_by.__module__ in ("builtins", "typing") and not names_its_class(cls)


def names_its_class(cls: type) -> bool:
    """Does a method say super(Class, self)? In rebuilt code Class is the twin, and the next after it the original."""
    codes = [f.__code__ for f in map(function_of, vars(cls).values()) if isinstance(f, FunctionType)]
    return any({"super", cls.__name__} <= set(code.co_names) for outer in codes for code in with_inner(outer))


def function_of(member: Any) -> Any:
    return getattr(member, "__func__", member)


def twin_of(cls: type, convert: Any) -> Any:
    """The twin of a class; `convert` has noted none yet."""
    members = {name: converted(thing, convert) for name, thing in vars(cls).items() if name not in INHERITED}
    members = {name: made for name, made in members.items() if made is not vars(cls)[name]}
    bases = (cls, *[base for base in map(convert, cls.__bases__) if isinstance(base, Twin)])
    about = {"original of twin": cls, "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    of = AbstractTwin if isinstance(cls, ABCMeta) or any(isinstance(base, ABCMeta) for base in bases) else Twin
    return (
        type.__new__(of, cls.__name__, bases, members | about)
        if of is Twin
        else of(cls.__name__, bases, members | about)
    )


def converted(member: Any, convert: Any) -> Any:
    """A member of a class with rebuilt functions in it."""
    kind = type(member)
    if kind in (staticmethod, classmethod):
        func = convert(member.__func__)
        return member if func is member.__func__ else kind(func)
    if kind is property:
        get, put, delete = [part and convert(part) for part in (member.fget, member.fset, member.fdel)]
        return property(get, put, delete, member.__doc__)
    if kind is cached_property:
        made: Any = cached_property(convert(member.func))
        made.attrname = member.attrname
        return made
    return member if isinstance(member, type) else convert(member)


def twin_object(thing: Any, cls: type) -> Any:
    """An object of the twin class cls in place of thing, with what thing has."""
    made: Any = object.__new__(cls)
    object.__setattr__(made, "__dict__", vars(thing))
    return made


def show_converted(thing: Any, cls: Any, convert: Any) -> None:
    """Let objects of the twin class cls show what `thing` holds converted, where that makes a difference."""
    for name, held in list(vars(thing).items()):
        if name not in vars(cls) and convert.changes(held):
            type.__setattr__(cls, name, Attribute(name, convert, original_of(cls)))
