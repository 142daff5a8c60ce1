"""Audit a derivative that somebody else wrote: by hand, or with another library."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..errors import InputError
from .diagnosis import diagnosed, shape_said
from .functions import Claimed, ShapeError, array, flat, flatten
from .judging import Judge
from .points import POINTS, box_of, jittered, settle_precision
from .report import Component, Report, called, joined
from .screening import GROUPS, Screen
from .side_effects import noticed, side_effects_of, truncated

RANDOM = "the function gives another value when it is called again: the difference counts as noise"
Function = Callable[..., Any]


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
    rtol: float | None = None,
    seed: int = 0,
) -> Report:
    """Check a derivative against the values of its function, and say what is wrong with it.

    Parameters
    ----------
    fun : callable
        ``fun(x0, *args)``, a number or an array; any callable, of NumPy, SciPy, JAX, PyTorch, ...
    jac : callable or True
        ``jac(x0, *args)``: the gradient, of the shape of x0, or the Jacobian, outputs by inputs: an array, a list of
        rows, sparse, or a LinearOperator. True: fun returns both.
    x0 : float, array, or tree of them
        The point.
    args : tuple
        Further arguments of fun, jac, hess and hessp, constants.
    hess, hessp : callable, optional
        ``hess(x0, *args)`` and ``hessp(x0, p, *args)``, checked against jac; p is like x0.
    bounds : optional
        ``[(lower, upper), ...]``, a pair for each input, ``(lower, upper)``, or SciPy's ``Bounds``: no step leaves
        them.
    names : sequence of str, optional
        What the elements of x0 are called.
    points : int
        How many points: x0, and jitters of it; a mistake may be invisible at one.
    rtol : float, optional
        The relative error that is taken for rounding; the square root of the precision, 1.5e-8 in float64.
    seed : int
        Of the directions and jitters.

    Returns
    -------
    Report
        With a ``diagnosis`` where something fails: sign, factor, transposed, swapped, a term missing, ...

    Raises
    ------
    InputError
        If fun or jac is no function, or x0 holds no numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.checking import audit
    >>> def fun(x): return x[0] * x[1] ** 2
    >>> def jac(x): return np.array([x[1] ** 2, x[0] * x[1]])
    >>> report = audit(fun, jac, np.array([2.0, 3.0]))
    >>> report.verdict, report.diagnosis
    ('FAIL', ['d/dx[1]: yours is 0.5 times the reference: a factor 2 is missing'])
    """
    if not callable(fun) or not (jac is True or callable(jac)):
        raise InputError("audit(fun, jac, x0): fun and jac are functions, or jac=True where fun returns both")
    start = float_tree(x0)
    value = (lambda x: fun(x, *args)[0]) if jac is True else (lambda x: fun(x, *args)) if args else fun
    slope = (lambda x: fun(x, *args)[1]) if jac is True else (lambda x: jac(x, *args))
    options = {"bounds": bounds, "points": points, "rtol": rtol, "seed": seed}
    rerun = rerun_line(fun, jac, {"args": args, "hess": hess, "hessp": hessp, "names": names, **options})
    subject = titled(Claimed(value, (start,), slope, names), name_of(fun))
    report = audited(subject, f"audit of {subject.name}", rerun, **options)
    for what, second in (("hess", hess), ("hessp", hessp)):
        if second is not None:
            curvature = HessianProducts if what == "hessp" else Hessian
            claimed = titled(curvature(slope, start, second, args, names), f"jac of {name_of(fun)}")
            claimed.outputs = [f"(df/d{name})" for name in claimed.names]
            report = joined(report, audited(claimed, "", "", **options), what)
    return report


def rerun_line(fun: Function, jac: Function | bool, options: dict[str, Any]) -> str:
    """The call that gives the same report again; functions, x0, args, bounds and names by name."""
    usual = {"args": (), "hess": None, "hessp": None, "bounds": None, "names": None, "points": POINTS, "rtol": None}
    given = {k: v for k, v in options.items() if k == "seed" or v is not usual[k]}
    said = [f"{k}={v!r}" if k in ("points", "rtol", "seed") else f"{k}={k}" for k, v in given.items()]
    slope = "True" if jac is True else called(name_of(jac), "jac")
    return f"dr.audit({', '.join([called(name_of(fun), 'fun'), slope, 'x0', *said])})"


def titled(subject: Claimed, name: str) -> Claimed:
    subject.name = name
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


class Hessian(Claimed):
    """A gradient as the function, and a Hessian as the derivative that is claimed."""

    def __init__(self, gradient: Function, start: Any, second: Function, args: tuple[Any, ...], names: Any):
        super().__init__(gradient, (start,), lambda x: second(x, *args), names)

    def extra(self, x: ndarray) -> list[Component]:
        """H = H^T, of what is claimed."""
        H = self.jacobian(x)
        gap = np.abs(H - H.T)
        i, j = np.unravel_index(int(np.argmax(np.nan_to_num(gap))), gap.shape)
        budget = 1e-8 * float(np.max(np.abs(H), initial=0.0))
        wrong = bool(gap[i, j] > budget)
        said = f"H[{i}, {j}] = H[{j}, {i}]", float(H[i, j]), float(H[j, i]), budget
        return [Component(*said, "FAIL" if wrong else "PASS", "not symmetric" if wrong else "", "symmetry")]


class HessianProducts(Claimed):
    """A gradient as the function, and the products of its Hessian with vectors as the derivative that is claimed."""

    def __init__(self, gradient: Function, start: Any, second: Function, args: tuple[Any, ...], names: Any):
        self.second, self.more, self.in_a_row = second, args, False
        super().__init__(gradient, (start,), lambda x: second(x, self.direction(np.ones(self.x.size)), *args), names)
        try:
            self.push(self.x, self.x)
        except (TypeError, ValueError, IndexError):  # it may be written for SciPy's methods, which have x in a row
            self.in_a_row = True

    def direction(self, d: ndarray) -> Any:
        """A direction as hessp takes it: like x."""
        return d if self.in_a_row else self.arguments(d)[0]

    def push(self, x: ndarray, d: ndarray) -> ndarray:
        return flat([array(y) for y in flatten(self.second(*self.arguments(x), self.direction(d), *self.more))[0]])

    def jacobian(self, x: ndarray) -> ndarray:
        key = x.tobytes()
        if key not in self.known:
            self.known[key] = np.array([self.push(x, e) for e in np.eye(x.size)]).T
        return self.known[key]

    def bulk(self, x: ndarray, d: ndarray) -> ndarray:
        """Not known without all columns of H."""
        return np.zeros(self.m)

    def claim_sizes(self, x: ndarray, rng: np.random.Generator) -> ndarray:
        """Of a symmetric H: how large a random combination of its rows is."""
        return np.abs(np.nan_to_num(self.push(x, rng.choice([-1.0, 1.0], x.size))))

    def extra(self, x: ndarray) -> list[Component]:
        """H p, linear in p."""
        p = np.linspace(1.0, 2.0, x.size) * np.maximum(np.abs(x), 1e-3)
        once, twice = self.push(x, p), self.push(x, -2 * p)
        fine = np.allclose(twice, -2 * once, rtol=1e-8, atol=1e-10 * float(np.max(np.abs(once), initial=0.0)))
        return [] if fine else [noticed("hessp(x, p)", "not linear in p")]


# ---- the audit -------------------------------------------------------------------------------------------------------


def audited(
    subject: Claimed, title: str, rerun: str, bounds: Any, points: int, rtol: float | None, seed: int
) -> Report:
    """All components at all points, side effects, and on a failure the diagnosis."""
    rng, box = np.random.default_rng(seed), box_of(bounds, subject)
    settle_precision(subject, box)
    rtol = subject.tolerance(rtol)
    subject.call_again()
    components, notes = side_effects_of(subject, box)
    notes += [] if subject.repeats else [RANDOM]
    curves, places, noise, kinked = [], [], None, set[int]()
    suspects = set[int]()
    try:
        subject.push(subject.x, np.zeros(subject.x.size))
    except ShapeError as error:
        components.append(noticed("shape", str(error)))
        return Report(title, components, subject.evaluations, rerun, shape_said(subject))
    for k, (x, middle) in enumerate(jittered(subject, points, rng, box)):
        try:
            subject.push(x, np.zeros(x.size))
        except Exception as error:
            if k == 0:
                raise
            notes.append(f"the derivative raised {type(error).__name__} at point {k + 1}: {error}")
            continue
        judge = Judge(subject, x, middle, rng, box, rtol, noise)
        screen = Screen(judge, k)
        components += screen.run(GROUPS if k == 0 else 1, suspects | (constant(subject, x) & kinked))
        suspects |= screen.suspects
        kinked |= screen.kinked if k == 0 else set()
        noise = judge.noise if noise is None else noise
        curves += screen.curves if k == 0 else []
        places.append(x)
    if isinstance(subject, (Hessian, HessianProducts)):
        components += subject.extra(subject.x)
    components += truncated(subject, places[1:], noise) if noise is not None else []
    report = Report(title, components, subject.evaluations, rerun, notes=notes, curves=curves)
    evaluations = subject.evaluations
    noted = [f"{c.name}: {c.reason}" for c in report.failures if c.referee in ("side effects", "symmetry")]
    with np.errstate(all="ignore"):
        diagnosis = [*noted, *diagnosed(subject, places, suspects)] if report.failures else []
    return Report(title, components, evaluations, rerun, diagnosis, notes, curves)


def constant(subject: Claimed, x: ndarray) -> set[int]:
    """The inputs whose derivative is claimed to be the same at x and at the point given.

    Where there is a kink such a claim is a convention for that point, and nothing is claimed of the slopes beside it.
    """
    same = (subject.jacobian(x) == subject.jacobian(subject.x)).all(axis=0)
    return set(np.flatnonzero(same).tolist())
