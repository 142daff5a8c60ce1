"""Functions of SciPy's that do not dispatch: SciPy's own on plain arguments, and said in our ops on traced ones."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, isroutine, signature
from typing import Any

import numpy as np

from ..errors import DualrevError, NoRuleError
from ..traced import holds_tracer, refused

# What says how a result is computed, and changes no more than its last bits.
IMMATERIAL = frozenset(
    "overwrite_a overwrite_b overwrite_ab overwrite_x overwrite_data check_finite workers lapack_driver lwork method "
    "disp show blocksize".split()
)


def covers(func: Callable[..., Any]) -> Callable[..., Any]:
    """The decorated function says in ops what `func` computes; together they have its name and signature.

    A keyword of func that the decorated function does not take is refused by name, unless it is at its default.
    """
    spelled = signature(func)

    def register(says):
        known = signature(says).parameters

        def call(*args, **kwargs):
            if not holds_tracer((*args, *kwargs.values())):
                return func(*args, **kwargs)
            given, several = spelled.bind(*args, **kwargs).arguments, ()
            try:
                for name in list(given):
                    if spelled.parameters[name].kind is Parameter.VAR_POSITIONAL:
                        several = given.pop(name)
                    elif name not in known:
                        refuse(func, name, given.pop(name), spelled.parameters[name].default)
                return says(*several, **given)
            except DualrevError as error:
                refused(error, args, *kwargs.values())
                raise

        return named_after(func, call, says.__doc__ or f"{public_name(func)}, differentiable.")

    return register


def refuse(func, name, given, default):
    """A keyword that the rule does not know must be at its default."""
    if name in IMMATERIAL or given is default or (not holds_tracer((given,)) and np.array_equal(given, default)):
        return
    raise NoRuleError(f"{public_name(func)}: the argument {name!r} has no derivative rule; leave it at its default")


def covered(func: Callable[..., Any]) -> Callable[..., Any]:
    """The decorated function gives what SciPy's `func` gives, with derivatives; it has its name and its signature."""

    def register(call):
        return named_after(func, call, f"{public_name(func)}, differentiable. {call.__doc__ or ''}".strip())

    return register


def plain_only(func: Callable[..., Any]) -> Callable[..., Any]:
    """func as it is, which refuses traced arguments by its name."""

    def call(*args, **kwargs):
        if holds_tracer((*args, *kwargs.values())):
            said = (
                f"{public_name(func)} has no derivative rule: say it in other functions, give it one with dr.custom, "
                "or pass dr.value(x) if its derivative is not wanted"
            )
            raise refused(NoRuleError(said), args, *kwargs.values())
        return func(*args, **kwargs)

    return named_after(func, call, f"{public_name(func)}, for plain arguments only.")


def tuple_of(args):
    """Further arguments as a tuple; SciPy takes a single one without."""
    return args if isinstance(args, tuple) else (args,)


def public_name(func):
    """scipy.linalg.schur for scipy.linalg._decomp_schur.schur."""
    parts = [part for part in func.__module__.split(".") if not part.startswith("_")]
    return ".".join([*parts, func.__name__])


def named_after(func, call, doc):
    made = wraps(func)(call)
    made.__doc__ = doc
    return made


def other(module: Any, name: str) -> Any:
    """What `module` of SciPy has under a name that is not covered: its functions refuse traced arguments."""
    try:
        found = getattr(module, name)
    except AttributeError:
        raise AttributeError(f"neither dualrev.{module.__name__} nor {module.__name__} has {name!r}") from None
    return plain_only(found) if isroutine(found) else found
