"""The commands that check somebody else's function: `dualrev audit`, `dualrev why-nan`, `dualrev kinks`."""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

from .errors import InputError
from .expressions import is_target, load

VERDICTS = {"PASS": 0, "FAIL": 1, "INCONCLUSIVE": 3}  # as exit codes; 2 is for bad input
Target = Callable[[argparse.Namespace], tuple[Callable[..., Any], tuple[Any, ...]]]
Tell = Callable[[Any, argparse.Namespace], None]


def declare(commands: Any, add: Callable[..., argparse.ArgumentParser], target: Target, tell: Tell) -> None:
    """Add the commands. target: the function and the point that were named. tell: print or save what was found."""
    audit = add(commands, "audit", "is a derivative written by hand right? Exit code 0, 1 (FAIL) or 3 (cannot say)", [
        'dualrev audit model:loss model:gradient --at "[1, 2, 3]"',
        'dualrev audit model.py:residuals model.py:jacobian "x=[1, 2]" --json',
    ])  # fmt: skip
    audit.add_argument("--hess", metavar="MODULE:FUNCTION", help="the Hessian, checked against the derivative")
    audit.add_argument("--points", type=int, default=3, help="how many points: the one given, and others near it")
    audit.add_argument("--seed", type=int, default=0, help="of the directions and the points nearby (%(default)s)")
    audit.add_argument("--rtol", type=float, help="the relative error that is taken for rounding")
    audit.set_defaults(run=partial(run_audit, target=target, tell=tell))

    why = add(commands, "why-nan", "where do NaN and infinities come from? Exit code 1 if there are any", [
        'dualrev why-nan "sum(sqrt(x))" "x=[0, 4]"',
    ])  # fmt: skip
    why.set_defaults(run=partial(run_why_nan, target=target, tell=tell))

    kinks = add(commands, "kinks", "where is f not smooth? Exit code 1 if it is so near the point", [
        'dualrev kinks "sum(3*abs(x) + x)" "x=[0, 2]"',
    ])  # fmt: skip
    kinks.add_argument("--near", type=float, help="how far to look, as a part of the size of each input")
    kinks.set_defaults(run=partial(run_kinks, target=target, tell=tell))


def run_audit(arguments: argparse.Namespace, target: Target, tell: Tell) -> int:
    """The first word after WHAT is the derivative; the first value is x0, what follows are further arguments."""
    jac = named(arguments.values.pop(0) if arguments.values else "", arguments)
    hess = named(arguments.hess, arguments) if arguments.hess else None
    fun, (x0, *more) = target(arguments)
    from .checking import audit

    options = {"points": arguments.points, "seed": arguments.seed, "rtol": arguments.rtol}
    found = audit(fun, jac, x0, args=tuple(more), hess=hess, **options)
    tell(found, arguments)
    return VERDICTS[found.verdict]


def named(word: str, arguments: argparse.Namespace) -> Any:
    """The derivative, by the name of its module and its own."""
    if arguments.formula_only or not is_target(word):
        raise InputError(
            f"audit takes two functions by name, as in `dualrev audit model:fun model:jac --at 2`; {word or 'nothing'} "
            "is not the name of the second one"
        )
    return load(word)


def run_why_nan(arguments: argparse.Namespace, target: Target, tell: Tell) -> int:
    f, point = target(arguments)
    from .checking import why_nan

    found = why_nan(f, *point)
    tell(found, arguments)
    return 0 if found.ok else 1


def run_kinks(arguments: argparse.Namespace, target: Target, tell: Tell) -> int:
    f, point = target(arguments)
    from .checking import kinks

    found = kinks(f, *point, **({} if arguments.near is None else {"near": arguments.near}))
    tell(found, arguments)
    return 1 if found else 0
