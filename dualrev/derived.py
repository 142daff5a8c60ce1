"""Functions made from functions, under the name of the one they were made from."""

import functools
import inspect
import sys
from types import MethodType

import numpy as np

from .argnames import ByName
from .arguments import is_one, name_of
from .errors import InputError

NAMES = ("__module__", "__name__", "__qualname__", "__doc__")


class Derived:
    """A function made from f. It can be pickled, copied and be a method where f can; what it does is `__call__`."""

    made_by = ""  # the transform that it comes from, as one writes it
    told = False  # has a rescue been spoken of?

    def __init__(self, f):
        functools.update_wrapper(self, f, assigned=NAMES, updated=())
        self.f = f

    def __get__(self, owner, kind=None):
        return self if owner is None else MethodType(self, owner)

    def __repr__(self):
        return f"<{self.made_by} of {name_of(self.f)}>"

    def __reduce_ex__(self, protocol):
        """By its name where it has taken the place of f, as a decorator does; else by its parts."""
        there = sys.modules.get(self.__dict__.get("__module__"))
        for name in self.__dict__.get("__qualname__", "").split("."):
            there = getattr(there, name, None)
        return self.__qualname__ if there is self else super().__reduce_ex__(protocol)


class Named(Derived):
    """A function made from f that differentiates by the arguments that have these names, however they are given."""

    def __init__(self, transform, f, argnums, argnames):
        self.made_by = transform.__name__ if hasattr(transform, "__name__") else transform.func.__name__
        check_function(f, self.made_by)
        if argnums != 0:
            raise InputError(f"argnums={shown(argnums)} and argnames={argnames!r}: write one of the two")
        super().__init__(f)
        self.by = ByName(f, argnames)
        self.made = transform(self.by)

    def __call__(self, /, *args, **kwargs):
        return self.made(*self.by.taken(args, kwargs))


def check_function(f, transform, at=None):
    """Refuse what is no function: most likely f has been called already.

    at: how the transform is called, where that is not ``transform(f)(x)``.
    """
    if not callable(f):
        said = at or f"dr.{transform}(f)(x)"
        raise InputError(f"{transform} takes a function, and this is a {type(f).__name__}: write {said}")


def check_argnums(f, transform, argnums, *rest):
    """Refuse argnums that no call of f could have: most likely it is the point at which f was to be differentiated."""
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(map(is_one, numbers)):
        given = [x for x in (argnums, *rest) if not isinstance(x, (bool, str))]
        point = ", ".join(map(shown, given)) or "x"
        raise InputError(
            f"argnums={shown(argnums)}: write the position of an argument, or a tuple of positions; the derivative of "
            f"{name_of(f)} at a point is that of a function: write dr.{transform}({name_of(f)})({point})"
        )
    if len(set(map(int, numbers))) < len(numbers):
        raise InputError(f"argnums={argnums!r} names an argument twice")
    if numbers and any(numbers):  # what else there is says the signature
        most = positional(f)
        for k in numbers:
            if not -most <= k < most:
                raise InputError(
                    f"argnums={k}, but {name_of(f)} takes {most:g} positional argument{'s' * (most != 1)}: pass what "
                    "is differentiated by position"
                )


def positional(f):
    """How many positional arguments f takes; inf where it does not say, or takes any number."""
    try:
        kinds = [p.kind for p in inspect.signature(f).parameters.values()]
    except (TypeError, ValueError):  # a function of C
        return np.inf
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return np.inf
    return sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)


def shown(x):
    """x in a message: a number or a short list as it is, else a name for it."""
    text = "x" if isinstance(x, np.ndarray) else repr(x)
    return text if len(text) <= 40 else "x"
