"""scipy.optimize.root with the exact Jacobian."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import optimize

from ..errors import InputError
from .certificate import Certificate, directions_text
from .guard import guarded
from .hooks import RootFunctions
from .linear_algebra import factored
from .parameters import Parameters, Tree
from .preflight import preflight
from .result import Result

WITH_JACOBIAN = frozenset({"hybr", "lm"})
WITHOUT = frozenset(
    {"broyden1", "broyden2", "anderson", "linearmixing", "diagbroyden", "excitingmixing", "krylov", "df-sane"}
)


def root(
    fun: Callable[..., Any],
    x0: Tree,
    args: tuple[Any, ...] = (),
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
    x0, args, method, tol, callback, options
        As in SciPy. Methods other than "hybr" and "lm" use no Jacobian.
    check, progress
        As in `minimize`.

    Returns
    -------
    Result
        SciPy's OptimizeResult and: ``params``, ``counts``, ``history``, ``certificate``.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.optimize import root
    >>> result = root(lambda p: {"line": p["x"] - p["y"], "circle": p["x"] ** 2 + p["y"] ** 2 - 2}, {"x": 3.0, "y": 0.5})
    >>> {name: round(float(v), 9) for name, v in result.params.items()}
    {'x': 1.0, 'y': 1.0}
    """
    if method not in WITH_JACOBIAN | WITHOUT:
        raise InputError(f"method={method!r}: write one of {', '.join(sorted(WITH_JACOBIAN | WITHOUT))}")
    if jac is not None and jac is not False:
        raise InputError("root computes the exact Jacobian: leave jac out")
    res = RootFunctions(fun, Parameters(x0), args if isinstance(args, tuple) else (args,))
    if not np.isfinite(res.fun(res.x0)).all():
        raise InputError(f"{res.name} is not finite at the start")
    exact = res.jac if method in WITH_JACOBIAN else None
    if check:
        preflight(res.flat, res.x0, lambda d: res.jac(res.x0) @ d, res.name)
    found = guarded(
        lambda: optimize.root(
            res.fun, res.x0, method=method, jac=exact, tol=tol, callback=callback, options=dict(options or {})
        ),
        res,
        method,
        progress,
    )
    result = Result(found)
    x = np.array(result.x, np.float64)
    result.params, result.counts, result.history, result.method = (
        res.unflatten(x),
        res.counts,
        res.history,
        f"root ({method})",
    )
    result.residuals = res.fun(x)
    result.fun = float(np.linalg.norm(result.residuals))
    result.certify = lambda: root_certificate(res, x)
    return result


def root_certificate(res: RootFunctions, x: np.ndarray) -> Certificate:
    """How well the equations hold, and which unknowns they leave open."""
    factors = factored(res.jac(x))
    vectors, ratios = factors.null()
    told = directions_text(vectors, list(ratios), res.parameters.free, "singular value ratio")
    return Certificate(
        float(np.abs(res.jac(x).T @ res.fun(x)).max()), factors.s[::-1] ** 2, factors.condition, None, told
    )
