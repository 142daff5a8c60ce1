"""The familiar one-liners of a test: derivatives are right, or it raises; and SciPy's check_grad, with a verdict."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ..arguments import name_of
from ..boundary import grouped
from ..errors import InputError, WrongDerivativeError, WrongDerivativeWarning
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
    ``dr.check(f, *args).assert_ok()`` does there, too. `check_grad` (SciPy's) and `assert_grad` hold a derivative that
    somebody wrote against its function.

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


Case = tuple[Any, ...]


def assert_grad(
    fun: Callable[..., Any] | None = None,
    jac: Callable[..., Any] | bool | None = None,
    x0: Any = None,
    *,
    cases: Mapping[str, Case] | Iterable[Case] | None = None,
    **options: Any,
) -> Report | list[Report]:
    """Raise unless a derivative that somebody wrote is right: for tests. A table of them can be given in one call.

    What cannot be told, as at a kink, does not raise; the reports that come back say it.

    Parameters
    ----------
    fun, jac, x0
        As `audit` takes them: a function, its derivative (or True, if fun returns both), and the point.
    cases : mapping or iterable of tuples, optional
        In place of them: ``{name: (fun, jac, x0), ...}`` or ``[(fun, jac, x0), ...]``. A fourth entry is a dict of
        options for that case.
    **options
        ``hess=``, ``hessp=``, ``bounds=``, ``args=``, ``names=``, ``points=``, ``rtol=`` and ``seed=``, as `audit` has
        them; of all cases.

    Returns
    -------
    Report, or a list of them, one for each case
        None of them FAILs.

    Raises
    ------
    WrongDerivativeError
        With the reports of all that are wrong.
    InputError
        If the arguments are not of that kind.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> square, slope = lambda x: np.sum(x**2), lambda x: 2 * x
    >>> dr.assert_grad(square, slope, np.array([0.5, 1.5])).verdict
    'PASS'
    >>> dr.assert_grad(cases={"square": (square, slope, 1.0), "cube": (lambda x: x**3, lambda x: 2 * x**2, 2.0)})
    Traceback (most recent call last):
    ...
    dualrev.errors.WrongDerivativeError: 1 of 2 derivatives is wrong
    cube: audit of <lambda>: FAIL (1 FAIL, 0 INCONCLUSIVE, 0 PASS; ...
    """
    if cases is None:
        if fun is None or jac is None or x0 is None:
            raise InputError("assert_grad(fun, jac, x0), or a table: assert_grad(cases=[(fun, jac, x0), ...])")
        table: dict[str, Case] = {"": (fun, jac, x0)}
    elif fun is not None:
        raise InputError("assert_grad takes one function, or cases= with all of them, not both")
    else:
        table = dict(cases) if isinstance(cases, Mapping) else {f"case {k}": case for k, case in enumerate(cases)}
    found = {name: audited(name, case, options) for name, case in table.items()}
    wrong = {name: report for name, report in found.items() if report.verdict == "FAIL"}
    if wrong:
        count = f"{len(wrong)} of {len(table)} derivatives {'is' if len(wrong) == 1 else 'are'} wrong"
        said = [f"{name}: {report}" if name else str(report) for name, report in wrong.items()]
        raise WrongDerivativeError("\n".join([count, *said] if cases is not None else said))
    return list(found.values()) if cases is not None else found[""]


def audited(name: str, case: Any, options: dict[str, Any]) -> Report:
    """The report of one case of a table."""
    if not isinstance(case, (tuple, list)) or len(case) not in (3, 4) or not isinstance((*case, {})[3], dict):
        raise InputError(f"{name} of assert_grad: write (fun, jac, x0), or (fun, jac, x0, {{'bounds': ...}})")
    return audit(*case[:3], **options | (case[3] if len(case) == 4 else {}))


def check_grad(
    func: Callable[..., Any],
    grad: Callable[..., Any],
    x0: Any,
    *args: Any,
    epsilon: float = 2.0**-26,
    direction: str = "all",
    rng: Any = None,
) -> float:
    """SciPy's ``check_grad``, number and arguments, with a verdict: a warning where the derivative is wrong.

    SciPy's number is the length of the difference between grad and forward differences, which says neither what would
    be small, nor what is wrong. Here `audit` judges; what is not PASS is said in a warning, and the number is the same.
    `check_grads` checks the derivatives that dualrev takes.

    Parameters
    ----------
    func, grad : callable
        ``func(x0, *args)``, a number or a vector, and its gradient or Jacobian.
    x0 : float or array
        The point.
    *args
        Further arguments of both.
    epsilon, direction, rng
        Of SciPy's differences.

    Returns
    -------
    float
        What ``scipy.optimize.check_grad`` returns.

    Warns
    -----
    WrongDerivativeWarning
        With the report, where the verdict is not PASS.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.check_grad(lambda x: x[0] ** 2, lambda x: [2 * x[0]], np.array([1.5])) < 1e-7
    True
    """
    from scipy import optimize

    report = audit(func, grad, x0, args=args)
    if report.verdict != "PASS":
        warnings.warn(str(report), WrongDerivativeWarning, stacklevel=2)
    more = {} if rng is None else {"rng": rng}
    return float(optimize.check_grad(func, grad, x0, *args, epsilon=epsilon, direction=direction, **more))


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
