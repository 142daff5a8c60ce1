"""The starts of a fit, by the names in the model's signature."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ..arguments import name_of
from ..errors import InputError

DATA = ("model", "x", "y")  # by position
WORDS_OF_OTHERS = {  # what people know from other libraries, and how it is said here
    "p0": "give the starts by name, a=1.0, or start={'a': 1.0}; dr.curve_fit takes p0",
    "jac": "leave it out: the Jacobian is exact; dr.curve_fit and dr.least_squares take one of yours",
    "callback": "dr.least_squares takes a callback; progress=True shows how far a fit is",
    "xerr": "errors in x are not part of least squares: scipy.odr has them, or make the true x parameters of the model",
    "yerr": "write sigma=, with absolute_sigma=True if they are in the units of y",
    "params": "give the starts by name, a=1.0, or start={'a': 1.0}",
    "full_output": "it is all in the result: fit.cov, fit.counts, fit.message",
    "maxfev": "write max_nfev=",
    "check_finite": "write nan_policy='omit' to leave out what is missing",
    "args": "give further arguments inside of the model, or as defaults of its parameters",
}


P = ParamSpec("P")
T = TypeVar("T")


def told_of_clashes(fit: Callable[P, T]) -> Callable[P, T]:
    """`fit`, which says what to write where a parameter of the model is called as its data are: x=1.0 beside x."""

    @wraps(fit)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in DATA[: len(args)]:
            if name in kwargs:
                raise InputError(f"a parameter {name} has the name of an argument of fit: start={{{name!r}: ...}}")
        return fit(*args, **kwargs)

    return told


def refuse_star(model: Any, kinds: list[inspect.Parameter]) -> None:
    """A model with *p does not name its parameters."""
    star = [p.name for p in kinds if p.kind is p.VAR_POSITIONAL]
    if star:
        raise InputError(
            f"the model {name_of(model)} takes *{star[0]}, and a fit needs names: write def model(x, a, b), or one "
            f"array, def model(x, {star[0]}), with {star[0]}=[1.0, 2.0]; dr.curve_fit takes *{star[0]}"
        )


def refuse_words_of_others(model: Any, starts: dict[str, Any], takes: Any, named: frozenset[str]) -> None:
    """Words of other libraries' functions, which are no parameters of this model."""
    for name in starts:
        if name in WORDS_OF_OTHERS and name not in takes and name not in named:
            raise InputError(f"{name}= is no argument of fit: {WORDS_OF_OTHERS[name]}")


def starts_of(
    model: Any,
    starts: dict[str, Any],
    fixed: Iterable[str] | Mapping[str, Any],
    tie: Mapping[str, Any],
    named: frozenset[str],
    options: frozenset[str],
) -> dict[str, Any]:
    """The start of every parameter, in the order of the model's signature.

    A value in `fixed` is a start too; what is tied needs none. named: those given in start=. options: the names of the
    arguments of `fit`.
    """
    if not callable(model):
        raise InputError(f"model is a {type(model).__name__}: give a function model(x, a, b, ...)")
    known = {**dict.fromkeys(tie, 0.0), **(dict(fixed) if isinstance(fixed, Mapping) else {})}
    starts = {**{name: value for name, value in known.items() if name.isidentifier()}, **starts}
    try:
        kinds = list(inspect.signature(model).parameters.values())
    except (TypeError, ValueError):  # a built-in function that does not say
        return starts
    takes = {p.name: p for p in kinds[1:] if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    refuse_star(model, kinds)
    refuse_words_of_others(model, starts, takes, named)
    needed = [name for name, p in takes.items() if p.default is inspect.Parameter.empty]
    for name in needed:
        if name in options and name not in named:
            raise InputError(f"the model has a parameter {name}, a name of an argument of fit: start={{{name!r}: ...}}")
    for name, value in starts.items():
        if value is None or isinstance(value, (str, bytes, bool)):
            raise InputError(f"the start of {name} is {value!r}: give a number or an array")
    unknown = [name for name in starts if name not in takes]
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in kinds):
        raise InputError(f"the model {name_of(model)} has no parameter {unknown[0]!r}: it has {', '.join(takes)}")
    missing = [name for name in needed if name not in starts]
    if missing:
        raise InputError(f"the model {name_of(model)} needs a start for {', '.join(missing)}: {missing[0]}=1.0")
    if not starts:
        raise InputError(f"give a start for each parameter of {name_of(model)} by name, such as a=1.0")
    return {name: starts[name] for name in [*(n for n in takes if n in starts), *(n for n in starts if n not in takes)]}
