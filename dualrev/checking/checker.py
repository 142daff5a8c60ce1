"""Check the derivatives of a function that dualrev differentiates: the modes against each other and against values."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy import ndarray

from ..boundary import as_floats
from ..errors import DualrevError, InputError
from ..forward.jvp import jvp
from ..transforms import grad
from .branches import first_change
from .complex_steps import complex_slope, is_analytic
from .functions import Traced
from .judging import Judge
from .noise import noise_of
from .points import POINTS, box_of, jittered, settle_precision
from .report import Component, Report, called, joined
from .screening import GROUPS, Screen
from .side_effects import noticed

RANDOM = "f gives another value when it is called again: the difference counts as noise"
DISAGREE = "forward and reverse mode disagree"
IMPURE = (
    f"{DISAGREE}, and every rule is right by itself: f changes an array after it has used it, or something it "
    "captured; write c = c * 2 for c *= 2"
)
IDENTITY = 1e-10  # relative: how well the two modes must agree
TINY = 1e-9  # of the scale of the point: a step that only what varies all the time feels


def check(
    f: Callable[..., Any],
    *x: Any,
    order: int = 1,
    bounds: Any = None,
    names: Sequence[str] | None = None,
    points: int = POINTS,
    rtol: float | None = None,
    seed: int = 0,
) -> Report:
    """Check every derivative of f at x and near it, and say which component is wrong.

    Forward mode is held against reverse mode (<w, J v> = <J^T w, v>, no step size), against the complex step where
    every operation is analytic, and against extrapolated differences of f with an estimate of their own error. A rule
    that is wrong in both modes agrees with itself, but not with the values of f.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them.
    order : 1 or 2
        2 checks the gradient of f as well: its own derivative, and the symmetry of the Hessian. f is scalar-valued
        then.
    bounds : optional
        ``(lower, upper)`` or SciPy's ``Bounds``: no step leaves them.
    names : sequence of str, optional
        What the elements of x are called.
    points : int
        How many points: x, and jitters of it; a mistake may be invisible at one.
    rtol : float, optional
        The relative error that is taken for rounding; the square root of the precision, 1.5e-8 in float64.
    seed : int
        Of the directions and jitters.

    Returns
    -------
    Report
        ``verdict`` is "PASS", "FAIL" or "INCONCLUSIVE" (a kink, noise, the edge of the domain); ``components``, worst
        first. `evaluations` counts all calls of f: about 40, whatever the number of inputs, if all is well.

    Raises
    ------
    InputError
        If f or x cannot be differentiated at all; or order is 2 and f not scalar.

    Source: Griewank & Walther (2008), section 3.3, for the adjoint identity; Ridders (1982) for the differences.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.checking import check
    >>> report = check(lambda x: np.sum(np.sin(x) * x), np.array([0.5, 1.5]))
    >>> report.verdict, sorted({c.referee for c in report.components})
    ('PASS', ['central differences', 'complex step', 'forward mode'])
    """
    if order not in (1, 2):
        raise InputError(f"order={order!r}: write 1, or 2 for second derivatives too")
    subject = Traced(f, as_floats(x), names)
    options = {"bounds": bounds, "points": points, "rtol": rtol, "seed": seed}
    rerun = rerun_line(subject.name, x, {"order": order, "names": names, **options})
    report = examined(subject, f"check of {subject.name}", rerun, **options)
    if order == 1:
        return report
    if subject.m != 1:
        raise InputError(f"order=2 needs a scalar-valued f, and {subject.name} has {subject.m} outputs")
    gradient = gradient_of(subject)
    second = examined(gradient, "", "", **options)
    second.components.extend(second_order(subject, gradient, seed))
    return joined(report, second, "second order")


def rerun_line(name: str, x: Sequence[Any], options: dict[str, Any]) -> str:
    """The call that gives the same report again; f, x, bounds and names by name."""
    usual = {"order": 1, "bounds": None, "names": None, "points": POINTS, "rtol": None}
    given = {k: v for k, v in options.items() if k == "seed" or v is not usual[k]}
    said = [f"{k}={k if k in ('bounds', 'names') else repr(v)}" for k, v in given.items()]
    point = ["x"] if len(x) == 1 else [f"x{k}" for k in range(len(x))]
    return f"dr.check({', '.join([called(name, 'f'), *point, *said])})"


def examined(
    subject: Traced, title: str, rerun: str, bounds: Any, points: int, rtol: float | None, seed: int
) -> Report:
    """The components at all points, and the side effects."""
    rng, box, suspects = np.random.default_rng(seed), box_of(bounds, subject.x.size), set[int]()
    settle_precision(subject, box)
    rtol = subject.tolerance(rtol)
    components, curves, noise = side_effects(subject), [], None
    notes = [] if subject.repeats else [RANDOM]
    for k, (x, middle) in enumerate(jittered(subject, points, rng, box)):
        judge = Judge(subject, x, middle, rng, box, rtol, noise, functools.partial(same_branch, subject))
        screen = Screen(judge, k)
        components += modes_against_each_other(subject, x, rng, k)
        components += screen.run(GROUPS if k == 0 else 1, suspects)
        components += exact(subject, judge, rtol) if k == 0 else []
        suspects |= screen.suspects
        noise = judge.noise if noise is None else noise
        curves += screen.curves if k == 0 else []
    failed = any(c.verdict == "FAIL" for c in components)
    diagnosis = blamed(subject) if failed else []
    if not diagnosis:
        components = [replace(c, reason=IMPURE) if c.reason.startswith(DISAGREE) else c for c in components]
    return Report(title, components, subject.evaluations, rerun, diagnosis, notes, curves)


def blamed(subject: Traced) -> list[str]:
    """The ops whose rules are wrong, where that is what is wrong."""
    from .rule_checks import check_rules

    try:
        return check_rules(subject.given, *subject.arguments(subject.x)).diagnosis
    except DualrevError as error:
        return [f"the rules could not be checked one by one: {error}"]


# ---- referees without a step -----------------------------------------------------------------------------------------


def modes_against_each_other(subject: Traced, x: ndarray, rng: np.random.Generator, point: int) -> list[Component]:
    """<w, J v> by forward mode against <J^T w, v> by reverse mode, for one random v and w."""
    v = rng.standard_normal(x.size) * np.maximum(np.abs(x), 1e-3 * max(float(np.abs(x).max()), 1e-300))
    w = rng.standard_normal(subject.m)
    with np.errstate(all="ignore"):
        Jv, JTw = subject.forward(x, v), subject.pull(x, w)
        left, right = float(w @ Jv), float(JTw @ v)
        size = float(np.sum(np.abs(w * Jv)) + np.sum(np.abs(JTw * v)))
    budget = max(IDENTITY, 1e3 * subject.precision) * size
    name = "<J^T w, v> = <w, J v>"
    if not np.isfinite([left, right]).all():
        both = np.isfinite(left) == np.isfinite(right)
        said = f"non-finite: the numbers of {'both modes' if both else 'one mode'} are not finite: see why_nan"
        return [Component(name, right, left, budget, "INCONCLUSIVE", said, "forward mode", point=point)]
    if abs(left - right) > budget:

        def both_near(t: float) -> ndarray:
            there = subject.rounded(x + t * v)
            return np.array([w @ subject.forward(there, v), subject.pull(there, w) @ v])

        budget += float(np.sum(noise_of(both_near, np.array([left, right]), subject.precision)))
    wrong = f"{DISAGREE}: a rule is wrong in one of them"
    return [compared(name, right, left, budget, wrong, "forward mode", point)]


def exact(subject: Traced, judge: Judge, rtol: float) -> list[Component]:
    """J v against the complex step, where that is exact. What fails must fail by differences too."""
    x = judge.x
    if not is_analytic(subject.recording(x)):
        return []
    d = judge.along(np.arange(x.size))
    reference = complex_slope(subject, x, d)
    if reference is None:
        return []
    yours = subject.push(x, d)
    k = int(np.argmax(np.abs(yours - reference)))
    budget = rtol * float(np.max(np.abs(reference), initial=0.0)) + float(np.finfo(float).tiny)
    if not abs(yours[k] - reference[k]) <= budget and judge.judged(judge.probe(d))[1][k][0] != "FAIL":
        return []
    name = f"{subject.outputs[k]} along a direction in {x.size} inputs"
    wrong = "the complex step, exact here, says otherwise"
    return [compared(name, float(yours[k]), float(reference[k]), budget, wrong, "complex step")]


def same_branch(subject: Traced, x: ndarray, step: ndarray) -> bool:
    """Do x - step, x and x + step lie on one branch of f? What differs next door too varies all the time: no branch."""
    at = subject.recording(x)

    def changes(part: ndarray) -> list[int | None]:
        return [first_change(at, subject.recording(there)) for there in (x + part, x - part)]

    with np.errstate(all="ignore"):
        found = changes(step)
        return found == [None, None] or None not in changes(TINY * step)


# ---- side effects ----------------------------------------------------------------------------------------------------


def side_effects(subject: Traced) -> list[Component]:
    """f, traced, gives its value again and leaves its inputs alone; its pullback is linear and can be called twice."""
    found = []
    if subject.overwrites:
        found.append(
            noticed("arguments", "f changes its arguments in place: they are not what they were before the call")
        )
    traced = subject.middle(subject.x)
    if not np.allclose(subject.first, traced, rtol=1e3 * subject.precision, atol=0, equal_nan=True):
        subject.call_again()
        if subject.repeats:
            found.append(noticed("traced call", "f gives another value when it is traced"))
    w = np.linspace(1.0, 2.0, subject.m)
    once, twice, double = (subject.pull(subject.x, k * w) for k in (1.0, 1.0, -2.0))
    if not np.array_equal(once, twice, equal_nan=True):
        found.append(noticed("pullback", "the pullback gives another result when it is called again"))
    if not np.allclose(double, -2.0 * once, rtol=1e3 * subject.precision, atol=0, equal_nan=True):
        found.append(noticed("pullback", "the pullback is not linear in its cotangent: a rule is wrong"))
    return found


# ---- second order ----------------------------------------------------------------------------------------------------


def gradient_of(subject: Traced) -> Traced:
    """The gradient of a scalar-valued function, as a function."""
    many = len(subject.structures) > 1
    gradient = Traced(
        grad(subject.given, tuple(range(len(subject.structures))) if many else 0),
        subject.arguments(subject.x),
        subject.names,
    )
    gradient.outputs = [f"(df/d{name})" for name in subject.names]
    return gradient


def second_order(subject: Traced, gradient: Traced, seed: int) -> list[Component]:
    """u^T H v = v^T H u; and H v by forward over reverse against reverse over forward."""
    rng = np.random.default_rng(seed + 1)
    x = gradient.x
    u, v = rng.standard_normal((2, x.size)) * np.maximum(np.abs(x), 1e-3)
    Hv, Hu = gradient.push(x, v), gradient.push(x, u)

    def slope(*args: Any) -> Any:
        return jvp(subject.given, args, tuple(subject.arguments(v)))[1]

    other = Traced(slope, subject.arguments(x)).pull(x, np.ones(1))
    budget = max(IDENTITY, 1e3 * gradient.precision) * float(np.sum(np.abs(u * Hv)) + np.sum(np.abs(v * Hu)))
    symmetric = "the Hessian is not symmetric: a rule is wrong in second order"
    nested = "forward over reverse and reverse over forward disagree: a rule is wrong in second order"
    return [
        compared("u^T H v = v^T H u", float(u @ Hv), float(v @ Hu), budget, symmetric, "symmetry"),
        compared("u^T H v", float(u @ Hv), float(u @ other), budget, nested, "reverse over forward"),
    ]


def compared(
    name: str, yours: float, reference: float, budget: float, wrong: str, referee: str, point: int = 0
) -> Component:
    """One number against another; `wrong` is the reason if they differ."""
    if not np.isfinite([yours, reference]).all():
        said = "non-finite: the derivatives are not finite here"
        return Component(name, yours, reference, budget, "INCONCLUSIVE", said, referee, point=point)
    if abs(yours - reference) <= budget:
        return Component(name, yours, reference, budget, "PASS", "", referee, point=point)
    return Component(name, yours, reference, budget, "FAIL", wrong, referee, point=point)
