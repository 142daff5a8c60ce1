"""A call of the user's function, seen as a function of the leaves of the arguments to differentiate."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .boundary import check_real, grouped, leaves_of
from .errors import InputError
from .reverse.vjp import Recording
from .tree import paths

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]
Argnames = str | tuple[str, ...]
Tree = Any  # a float, an array, or dict, list, tuple, namedtuple, dataclass of trees


class Arguments:
    """One call of f: the arguments `argnums` vary, leaf by leaf, and the others are fixed.

    real: complex numbers among what varies are refused.
    """

    __slots__ = ("argnums", "args", "f", "kwargs", "leaves", "structures")

    def __init__(self, f, args, kwargs, argnums, real=True):
        self.f, self.args, self.kwargs = f, args, kwargs
        self.argnums = (argnums,) if is_one(argnums) else argnums
        if len({k % max(len(args), 1) for k in self.argnums}) < len(self.argnums):
            raise InputError(f"argnums={argnums!r} names an argument twice")
        self.leaves, self.structures = [], []
        for k in self.argnums:
            if not -len(args) <= k < len(args):
                raise InputError(
                    f"argnums={k}, but {name_of(f)} was called with {len(args)} positional argument"
                    f"{'s' * (len(args) != 1)}: pass what is differentiated by position"
                )
            leaves, unflatten = leaves_of(args[k], lambda: f"argument {k} of {name_of(f)}")
            if real:
                check_real(leaves, f"argument {k} of {name_of(f)}", args[k])
            self.leaves += leaves
            self.structures.append((unflatten, len(leaves)))

    def __call__(self, *chosen):
        args = list(self.args)
        for k, x in zip(self.argnums, chosen, strict=True):
            args[k] = x
        return self.f(*args, **self.kwargs)

    def record(self, function=None):
        if function is None:
            function = self.f if len(self.args) == 1 == len(self.argnums) and not self.kwargs else self
        return Recording(function, self.leaves, self.structures)

    @property
    def names(self):
        """A name per leaf: the parameter's, and the path inside it."""
        roots = root_names(self.f, self.args)
        return [roots[k] + path for k in self.argnums for path in paths(self.args[k])]

    def build(self, grads, argnums):
        """Derivatives, one per leaf, in the structure of the arguments; a tuple where argnums is one."""
        built = grouped(grads, self.structures)
        return built[0] if is_one(argnums) else tuple(built)


def root_names(f, args):
    """A name per argument of a call: the parameter's."""
    try:
        bound = inspect.signature(f).bind_partial(*args).arguments.items()
        parameters = inspect.signature(f).parameters
        names = []
        for name, given in bound:
            rest = parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            names += [f"{name}[{k}]" for k in range(len(given))] if rest else [name]
        return names
    except (TypeError, ValueError):  # a function of C, which does not say
        return [f"x{k + 1}" for k in range(len(args))] if len(args) > 1 else ["x"]


def is_one(argnums):
    return isinstance(argnums, (int, np.integer)) and not isinstance(argnums, bool)


def name_of(f):
    return getattr(f, "__name__", type(f).__name__)
