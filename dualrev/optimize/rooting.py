"""scipy.optimize.root with the exact Jacobian."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray
from scipy import optimize

from ..brief import brief, few
from ..errors import InputError
from ..program.notation import array_text
from .certificate import MOST_SENTENCES, Certificate, directions_text
from .guard import guarded
from .hooks import RootFunctions
from .linear_algebra import factored
from .parameters import Parameters, Tree
from .preflight import preflight
from .result import Result, named

WITH_JACOBIAN = frozenset({"hybr", "lm"})
WITHOUT = frozenset(
    {"broyden1", "broyden2", "anderson", "linearmixing", "diagbroyden", "excitingmixing", "krylov", "df-sane"}
)
SOLVED = 1e-5  # relative to the start, and to the terms that the equations are made of: no root beyond
ROUNDING = 1e-8


@brief
class RootResult(Result):
    """SciPy's result of root, and what `Result` adds; ``fun`` is the vector of equations, as in SciPy."""

    def value_line(self) -> str:
        largest = np.abs(self.fun).max(initial=0.0)
        asked = f"{self.counts.f} evaluations{self.counts.rescue_note}"
        return f"{len(self.fun)} equations, the largest {largest:.1e}, {asked}"

    def __str__(self) -> str:
        values = few([f"{name} = {array_text(v, 6)}" for name, v in named(self.params)], "see .params")
        c = self.certificate
        lines = [self.headline(), self.value_line(), *values, f"condition {c.condition:.1e}"]
        return "\n".join([*lines, *few(c.undetermined, "see .certificate.undetermined", MOST_SENTENCES), *c.warnings])


def root(
    fun: Callable[..., Any],
    x0: Tree,
    args: Any = (),
    method: str = "hybr",
    jac: Any = None,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    check: bool = True,
    progress: bool | None = False,
) -> Result:
    """scipy.optimize.root, with the exact Jacobian and unknowns as dict, list, tuple, dataclass or array.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args)``, as many equations as unknowns; an array or a tree of arrays, plain NumPy code.
    x0, args, method, tol, options
        As in SciPy. Methods other than "hybr" and "lm" use no Jacobian.
    jac : None
        The Jacobian is exact; for one of your own use SciPy's root.
    callback : callable, optional
        ``callback(params, f)`` after each step, for methods other than "hybr" and "lm".
    check, progress
        As in `minimize`.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history`` (of the sum of squares), ``preflight``,
        ``certificate``. success is False where the equations do not hold, and message says so.

    Raises
    ------
    InputError
        If an argument does not fit; nothing has been solved then.
    WrongDerivativeError
        If the derivative is wrong at the start.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import root
    >>> def equations(p):
    ...     return {"line": p["x"] - p["y"], "circle": p["x"] ** 2 + p["y"] ** 2 - 2}
    >>> result = root(equations, {"x": 3.0, "y": 0.5})
    >>> {name: round(v, 9) for name, v in result.params.items()}
    {'x': 1.0, 'y': 1.0}
    """
    check_arguments(method, jac, callback, options)
    res = RootFunctions(fun, Parameters(x0), args)
    F = res.fun(res.x0)
    if not np.isfinite(F).all():
        k = int(np.flatnonzero(~np.isfinite(F))[0])
        raise InputError(f"equation {k} of {res.name} is {F[k]} at the start{res.origin(res.x0)}")
    checked = preflight(res.flat, res.x0, res.jac(res.x0).__matmul__, res.name) if check else None
    told = None if callback is None else lambda x, f: callback(res.unflatten(x), f)
    run = partial(optimize.root, res.fun, res.x0, method=method, tol=tol, callback=told, options=dict(options or {}))
    found = guarded(lambda: run(jac=res.jac if method in WITH_JACOBIAN else None), res, method, progress)
    return finished(found, res, method, checked)


def check_arguments(method: Any, jac: Any, callback: Any, options: Any) -> None:
    if method not in WITH_JACOBIAN | WITHOUT:
        raise InputError(f"method={method!r}: write one of {', '.join(sorted(WITH_JACOBIAN | WITHOUT))}")
    if jac is not None and jac is not False:
        raise InputError("jac is given, and root computes the exact Jacobian: leave jac out, or use SciPy's root")
    if callback is not None and not callable(callback):
        raise InputError(f"callback={callback!r}: give a function callback(params, f)")
    if callback is not None and method in WITH_JACOBIAN:
        raise InputError(f"method={method!r} takes no callback: leave it out; progress=True shows the run")
    if options is not None and not isinstance(options, Mapping):
        raise InputError(f"options is a {type(options).__name__}: give a dict of the method's options")


def finished(found: Any, res: RootFunctions, method: str, checked: Any) -> Result:
    """SciPy's result with what belongs to it, and success only where the equations hold."""
    result = RootResult(found)
    x = np.array(result.x, np.float64).reshape(res.x0.shape)
    result.x, result.params, result.method = x, res.unflatten(x), f"root ({method})"
    result.counts, result.history, result.preflight = res.counts, res.history, checked
    try:
        result.fun = res.fun(x)
    except Exception:  # broken off, and it still is
        result.fun = np.full(x.shape, np.nan)
    result.success = bool(result.success)
    result.certify = lambda: root_certificate(res, x)
    if result.success:
        left = unsolved(res, x, result.fun)
        if left:
            result.success, result.message = False, f"{result.message} But {left}"
    return result


def unsolved(res: RootFunctions, x: ndarray, F: ndarray) -> str:
    """Which equation does not hold at x; "" if all do. A minimum of the sum of squares is not always a root."""
    if not np.isfinite(F).all():
        return f"{res.name} is not finite there."
    worst = int(np.argmax(np.abs(F)))
    terms = float((np.abs(res.jac(x)) @ np.abs(x)).max(initial=0.0))
    if abs(F[worst]) <= max(SOLVED * float(np.abs(res.fun(res.x0)).max()), ROUNDING * terms):
        return ""
    return f"the equations do not hold there: equation {worst} is {F[worst]:.3g}."


def root_certificate(res: RootFunctions, x: ndarray) -> Certificate:
    """How well the equations hold, and which unknowns they leave open."""
    J = res.jac(x)
    factors = factored(J)
    vectors, ratios = factors.null()
    told = directions_text(vectors, list(ratios), res.parameters.free, "singular value ratio")
    norm = float(np.abs(J.T @ res.fun(x)).max())
    return Certificate(norm, factors.s[::-1] ** 2, factors.condition, None, told)
