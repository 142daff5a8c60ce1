"""The familiar one-liner of a test: derivatives are right, or it raises."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ..arguments import name_of
from ..boundary import grouped
from ..errors import InputError, WrongDerivativeError
from ..jacobians import Mode, jacobian
from ..shapes import shape, size
from ..tree import flatten
from .auditing import audit
from .functions import Subject
from .report import Report

MODES: tuple[Mode, ...] = ("forward", "reverse")


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    modes: str | Sequence[str] = MODES,
    *,
    seed: int = 0,
) -> None:
    """Raise unless the derivatives of f at args are right, up to the given order: for tests.

    The name and the arguments are those that JAX and autograd have. There is no step and no tolerance to choose: the
    budget of each component follows from f. A component that cannot be told, as at a kink, does not raise;
    ``dr.check(f, *args).assert_ok()`` does there, too.

    Parameters
    ----------
    f : callable
        A function of ``len(args)`` arguments, plain NumPy code.
    args : sequence
        The point, one entry per argument: floats, float arrays, or trees of them.
    order : 1 or 2
        2 checks second derivatives, too: each mode over each, of a fixed combination of the outputs of f.
    modes : "forward", "reverse", or both
        Which modes to check.
    seed : int
        Of the directions, of the points near args, and of the combination.

    Raises
    ------
    WrongDerivativeError
        With the report, where a derivative is wrong.
    InputError
        If order, modes or args are not of that kind.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.checking.assertions import check_grads
    >>> check_grads(lambda x, y: np.sum(np.sin(x) * y), (np.array([0.5, 1.5]), 2.0))
    >>> wrong = dr.custom.elementwise(lambda x: np.cos(x), lambda y, x: np.sin(x))
    >>> check_grads(wrong, (0.5,))
    Traceback (most recent call last):
    ...
    dualrev.errors.WrongDerivativeError: op, forward mode: FAIL (1 FAIL, 0 INCONCLUSIVE, 0 PASS; ...
    """
    named = {modes} if isinstance(modes, str) else set(modes)
    chosen = [mode for mode in MODES if mode in named]
    if not named or len(chosen) < len(named):
        raise InputError(f"modes={modes!r}: write 'forward', 'reverse', or both of them")
    if order not in (1, 2):
        raise InputError(f"order={order!r}: write 1, or 2 for second derivatives too")
    if not isinstance(args, (tuple, list)):
        raise InputError("check_grads(f, args): args is a tuple with one entry per argument of f, as in (x,)")
    for report in reports(f, tuple(args), order, chosen, seed):
        if report.verdict == "FAIL":
            raise WrongDerivativeError(str(report))


def reports(
    f: Callable[..., Any], args: tuple[Any, ...], order: int, modes: Sequence[Mode], seed: int
) -> Iterator[Report]:
    """The audit of each mode, then that of each mode over each."""
    subject = Subject(f, args)
    x = subject.x.astype(np.result_type(*subject.leaves))
    flat = flattened(subject)
    weights = np.random.default_rng(seed).uniform(0.5, 1.5, subject.m).astype(np.float32)
    again = f"dr.check_grads({name_of(f)}, args, order={order}, modes={tuple(modes)}, seed={seed})"

    def found(function: Callable[..., Any], derivative: Callable[..., Any], what: str) -> Report:
        report = audit(function, derivative, x, names=subject.names, seed=seed)
        return replace(report, title=f"{subject.name}, {what}", rerun=again)

    for mode in modes:
        yield found(flat, jacobian(flat, mode=mode), f"{mode} mode")
    if order == 2:
        total = lambda x: np.sum(weights * flat(x))  # noqa: E731 as a formula
        for outer, inner in product(modes, modes):
            gradient = jacobian(total, mode=inner)
            yield found(gradient, jacobian(gradient, mode=outer), f"second derivatives, {outer} over {inner} mode")


def flattened(subject: Subject) -> Callable[[Any], Any]:
    """f as a function of one vector, to one vector."""

    def flat(x: Any) -> Any:
        parts, start = [], 0
        for like in subject.leaves:
            parts.append(np.reshape(x[start : start + size(like)], shape(like)))
            start += size(like)
        return np.concatenate([np.ravel(y) for y in flatten(subject.f(*grouped(parts, subject.structures)))[0]])

    return flat
