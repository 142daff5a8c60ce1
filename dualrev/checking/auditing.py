"""Audit a derivative that somebody else wrote: by hand, or with another library."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..errors import InputError
from .diagnosis import diagnosed
from .functions import Claimed, scales
from .points import jittered
from .report import Component, Report
from .screening import Screen

POINTS = 3
Function = Callable[..., Any]


class Audited(Claimed):
    """A claimed derivative; grouping asks how large it is claimed to be."""

    def claim_sizes(self, x: ndarray, rng: np.random.Generator) -> ndarray:
        return np.abs(rng.uniform(0.5, 1.0, self.m) @ np.abs(np.nan_to_num(self.jacobian(x))))


def audit(
    fun: Function,
    jac: Function | bool,
    x0: Any,
    *,
    args: tuple[Any, ...] = (),
    hess: Function | None = None,
    hessp: Function | None = None,
    bounds: Any = None,
    names: Sequence[str] | None = None,
    points: int = POINTS,
    seed: int = 0,
) -> Report:
    """Check a derivative against the values of its function, and say what is wrong with it.

    Parameters
    ----------
    fun : callable
        ``fun(x0, *args)``, a number or an array; any callable, of NumPy, SciPy, JAX, PyTorch, ...
    jac : callable or True
        ``jac(x0, *args)``: the gradient, of the shape of x0, or the Jacobian, outputs by inputs. True: fun returns both.
    x0 : float, array, or tree of them
        The point.
    args : tuple
        Further arguments of fun, jac, hess and hessp, constants.
    hess, hessp : callable, optional
        ``hess(x0, *args)`` and ``hessp(x0, p, *args)``, checked against jac.
    bounds : optional
        ``(lower, upper)`` or SciPy's ``Bounds``: no step leaves them.
    names : sequence of str, optional
        What the elements of x0 are called.
    points : int
        How many points: x0, and jitters of it; a mistake may be invisible at one.
    seed : int
        Of the directions and jitters.

    Returns
    -------
    Report
        With a ``diagnosis`` where something fails: sign, factor, transposed, swapped, a term missing, ...

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> report = dr.audit(lambda x: x[0] * x[1] ** 2, lambda x: np.array([x[1] ** 2, x[0] * x[1]]), np.array([2.0, 3.0]))
    >>> report.verdict, report.failures[0].name
    ('FAIL', 'df/dx[1]')
    >>> print(report.diagnosis[0])
    d/dx[1]: yours is 0.5 times the reference: a factor 2 is missing
    """
    if not callable(fun) or not (jac is True or callable(jac)):
        raise InputError("audit(fun, jac, x0): fun and jac are functions, or jac=True where fun returns both")
    start = float_tree(x0)
    value = (lambda x: fun(x, *args)[0]) if jac is True else (lambda x: fun(x, *args))
    slope = (lambda x: fun(x, *args)[1]) if jac is True else (lambda x: jac(x, *args))  # type: ignore[operator]
    said = f"dr.audit({name_of(fun)}, {'True' if jac is True else name_of(jac)}, x0, points={points}, seed={seed})"
    subject = named(Audited(value, (start,), slope), name_of(fun), names)
    report = audited(subject, bounds, points, seed, f"audit of {name_of(fun)}", said)
    for what, second in (("hess", hess), ("hessp", hessp)):
        if second is not None:
            more = named(Hessian(slope, (start,), second, args, what == "hessp"), f"jac of {name_of(fun)}", names)
            report = joined(report, audited(more, bounds, points, seed, "", ""), what)
    return report


class Hessian(Audited):
    """A gradient as the function, and a Hessian, or its products with vectors, as the derivative that is claimed."""

    def __init__(self, gradient: Function, start: Any, second: Function, args: tuple[Any, ...], products: bool):
        self.second, self.more, self.products = second, args, products
        super().__init__(gradient, start, lambda x: second(x, *args))

    def jacobian(self, x: ndarray) -> ndarray:
        if not self.products:
            return super().jacobian(x)
        key = x.tobytes()
        if key not in self.known:
            columns = [np.ravel(self.second(*self.arguments(x), e, *self.more)) for e in np.eye(x.size)]
            self.known[key] = np.array(columns, np.float64).T
        return self.known[key]

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        if not self.products:
            return super().push(x, d)
        return np.ravel(np.asarray(self.second(*self.arguments(x), d, *self.more), np.float64))


def named(subject: Audited, title: str, names: Sequence[str] | None) -> Audited:
    subject.name = title
    if names is not None:
        if len(names) != subject.x.size:
            raise InputError(f"{len(names)} names for {subject.x.size} inputs")
        subject.names = list(names)
    return subject


def float_tree(x0: Any) -> Any:
    """x0 with integers and lists of numbers as float arrays."""
    if isinstance(x0, (list, tuple)) and all(np.isscalar(v) for v in x0):
        return np.array(x0, np.float64)
    if isinstance(x0, (int, np.integer)) and not isinstance(x0, bool):
        return float(x0)
    if isinstance(x0, np.ndarray) and x0.dtype.kind in "iu":
        return x0.astype(np.float64)
    return x0


def audited(subject: Audited, bounds: Any, points: int, seed: int, title: str, rerun: str) -> Report:
    """All components at all points, side effects, and on a failure the diagnosis."""
    rng = np.random.default_rng(seed)
    box = box_of(bounds, subject.x.size)
    components, notes = side_effects(subject), []
    curves, places, noise = [], [], None
    for k, (x, y) in enumerate(jittered(subject, points, rng, box)):
        try:
            subject.jacobian(x)
        except Exception as error:
            if k == 0:
                raise
            notes.append(f"the derivative raised {type(error).__name__} at point {k + 1}: {error}")
            continue
        screen = Screen(subject, x, subject.push, rng, k, bounds=box, noise=noise, middle=y)
        components += screen.run() if k == 0 else screen.run(groups=1)
        noise = screen.noise if k == 0 else noise
        curves += screen.curves if k == 0 else []
        places.append(x)
    failed = any(c.verdict == "FAIL" for c in components)
    diagnosis = diagnosed(subject, places) if failed else []
    return Report(title, components, subject.evaluations, rerun, diagnosis, notes, curves)


def box_of(bounds: Any, n: int) -> tuple[ndarray, ndarray] | None:
    if bounds is None:
        return None
    lower, upper = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else bounds
    return np.broadcast_to(np.asarray(lower, np.float64), n), np.broadcast_to(np.asarray(upper, np.float64), n)


def side_effects(subject: Audited) -> list[Component]:
    """Failures that are no wrong number: inputs changed, results changed by the next call, another value when called again."""
    found = []

    def failed(name: str, reason: str) -> None:
        found.append(Component(name, float("nan"), float("nan"), 0.0, "FAIL", reason, "side effects"))

    args = subject.arguments(subject.x)
    before = [np.array(a) for a in leaves(args)]
    raw = subject.given(*args)
    if any(not np.array_equal(a, b, equal_nan=True) for a, b in zip(before, leaves(args), strict=True)):
        failed("arguments", "the derivative changes its arguments in place")
    first = [np.array(a) for a in leaves([raw])]
    again = subject.given(*subject.arguments(subject.x))
    if any(not close(a, b) for a, b in zip(first, leaves([again]), strict=True)):
        failed("repeated call", "the derivative is another one when it is called again at the same point")
    subject.given(*subject.arguments(subject.x + 0.1 * scales(subject.x, subject.leaves)))
    if any(not np.array_equal(a, b, equal_nan=True) for a, b in zip(first, leaves([raw]), strict=True)):
        failed("buffer", "the array that is returned is changed by the next call: return a new one (.copy())")
    return found


def close(a: ndarray, b: Any) -> bool:
    return np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-6, atol=0, equal_nan=True)


def leaves(tree: Any) -> list[Any]:
    from ..tree import flatten

    return [leaf.toarray() if hasattr(leaf, "toarray") else leaf for leaf in flatten(list(tree))[0]]


def joined(first: Report, second: Report, what: str) -> Report:
    components = [*first.components, *second.components]
    diagnosis = [*first.diagnosis, *[f"{what}: {line}" for line in second.diagnosis]]
    evaluations = first.evaluations + second.evaluations
    return Report(first.title, components, evaluations, first.rerun, diagnosis, [*first.notes, *second.notes], first.curves)
