"""Check the derivatives of a function that dualrev differentiates: modes against each other, and both against values."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..transforms import grad
from .branches import first_change
from .complex_steps import complex_slope, is_analytic
from .functions import Traced
from .points import jittered
from .report import Component, Report, Verdict
from .screening import RELATIVE, Screen

POINTS = 3
IDENTITY = 1e-10  # relative: how well the two modes must agree


def check(f: Callable[..., Any], *x: Any, order: int = 1, points: int = POINTS, seed: int = 0) -> Report:
    """Check every derivative of f at x and near it, and say which component is wrong.

    Forward mode is held against reverse mode (<w, J v> = <J^T w, v>, no step size), against the complex step where every
    operation is analytic, and against extrapolated differences of f with an estimate of their own error. A rule that is wrong
    in both modes agrees with itself, but not with the values of f.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them.
    order : 1 or 2
        2 checks the gradient of f as well: its own derivative, and the symmetry of the Hessian. f is scalar-valued then.
    points : int
        How many points: x, and jitters of it; a mistake may be invisible at one.
    seed : int
        Of the directions and jitters.

    Returns
    -------
    Report
        ``verdict`` is "PASS", "FAIL" or "INCONCLUSIVE" (a kink, noise, the edge of the domain); ``components``, worst first.

    Source: Griewank & Walther (2008), section 3.3, for the adjoint identity; Ridders (1982) for the differences.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> report = dr.check(lambda x: np.sum(np.sin(x) * x), np.array([0.5, 1.5]))
    >>> report.verdict, [c.name for c in report.components[:2]]
    ('PASS', ['df/dx[0]', 'df/dx[1]'])
    """
    if order not in (1, 2):
        raise InputError(f"order={order!r}: write 1, or 2 for second derivatives too")
    subject = Traced(f, x)
    report = examined(subject, points, seed, f"check of {subject.name}", rerun_line(subject.name, x, order, points, seed))
    if order == 1:
        return report
    if subject.m != 1:
        raise InputError(f"order=2 needs a scalar-valued f, and {subject.name} has {subject.m} outputs")
    gradient = Traced(grad(f, tuple(range(len(x)))) if len(x) > 1 else grad(f), x)
    gradient.outputs = [f"grad f.{name}" for name in subject.names]
    second = examined(gradient, points, seed, "", "")
    return Report(
        report.title,
        [*report.components, *second.components, symmetry(gradient, seed)],
        report.evaluations + second.evaluations,
        report.rerun,
        notes=[*report.notes, *second.notes],
        curves=report.curves,
    )


def rerun_line(name: str, x: Sequence[Any], order: int, points: int, seed: int) -> str:
    more = f", order={order}" * (order != 1) + f", points={points}" * (points != POINTS) + f", seed={seed}"
    return f"dr.check({name}, {', '.join('x' if len(x) == 1 else f'x{k}' for k in range(len(x)))}{more})"


def examined(subject: Traced, points: int, seed: int, title: str, rerun: str) -> Report:
    """The components at all points, and the side effects."""
    rng = np.random.default_rng(seed)
    notes = side_effects(subject)
    components: list[Component] = []
    curves = []
    noise = None
    for k, (x, y) in enumerate(jittered(subject, points, rng)):
        smooth = functools.partial(same_branch, subject)
        screen = Screen(subject, x, subject.push, rng, k, smooth=smooth, noise=noise, middle=y)
        found = screen.run() if k == 0 else screen.run(groups=1)
        noise = screen.noise if k == 0 else noise
        components += found + modes_against_each_other(subject, x, rng, k)
        components += exact(subject, x, rng) if k == 0 else []
        curves += screen.curves if k == 0 else []
    return Report(title, components, subject.evaluations, rerun, notes=notes, curves=curves)


def modes_against_each_other(subject: Traced, x: ndarray, rng: np.random.Generator, point: int) -> list[Component]:
    """<w, J v> by forward mode against <J^T w, v> by reverse mode, for one random v and w."""
    v = rng.standard_normal(x.size) * np.maximum(np.abs(x), 1e-3 * max(float(np.abs(x).max()), 1e-300))
    w = rng.standard_normal(subject.m)
    with np.errstate(all="ignore"):
        Jv, JTw = subject.push(x, v), subject.pull(x, w)
        left, right = float(w @ Jv), float(JTw @ v)
    size = float(np.sum(np.abs(w * Jv)) + np.sum(np.abs(JTw * v)))
    budget = max(IDENTITY, 1e3 * subject.precision) * size
    name, referee = "<w, J v> = <J^T w, v>", "forward mode"
    if not np.isfinite([left, right]).all():
        same = np.isfinite(left) == np.isfinite(right)
        said = "both modes give numbers that are not finite" if same else "one mode gives numbers that are not finite: why_nan"
        return [Component(name, right, left, budget, "INCONCLUSIVE", said, referee, point=point)]
    wrong = abs(left - right) > budget
    reason = "forward and reverse mode disagree: a rule is wrong in one of them" if wrong else ""
    return [Component(name, right, left, budget, "FAIL" if wrong else "PASS", reason, referee, point=point)]


def exact(subject: Traced, x: ndarray, rng: np.random.Generator) -> list[Component]:
    """J v against the complex step, where that is exact; nothing where it is not."""
    if not is_analytic(subject.recording(x)):
        return []
    d = rng.uniform(0.5, 1.0, x.size) * rng.choice([-1.0, 1.0], x.size) * np.maximum(np.abs(x), 1e-300)
    reference = complex_slope(subject, x, d)
    if reference is None:
        return []
    yours = subject.push(x, d)
    k = int(np.argmax(np.abs(yours - reference)))
    budget = max(RELATIVE, 1e4 * subject.precision) * float(np.max(np.abs(reference), initial=0.0)) + 1e-300
    wrong = abs(yours[k] - reference[k]) > budget
    name = f"{subject.outputs[k]} along a direction in {x.size} inputs"
    reason = "the complex step, exact here, says otherwise" if wrong else ""
    verdict: Verdict = "FAIL" if wrong else "PASS"
    return [Component(name, float(yours[k]), float(reference[k]), budget, verdict, reason, "complex step")]


def same_branch(subject: Traced, x: ndarray, step: ndarray) -> bool:
    """Do x - step, x and x + step lie on one branch of f?"""
    with np.errstate(all="ignore"):
        middle, above, below = (subject.recording(p) for p in (x, x + step, x - step))
    return first_change(middle, above) is None and first_change(middle, below) is None


def side_effects(subject: Traced) -> list[str]:
    """f called again gives the same value; its inputs stay as they are; a pullback may be called twice, and is linear."""
    found = []
    args = subject.arguments(subject.x)
    before = [np.array(leaf) for leaf in flattened(args)]
    again = np.concatenate([np.ravel(y) for y in flattened([subject.f(*args)])])
    subject.evaluations += 1
    if any(not np.array_equal(a, b, equal_nan=True) for a, b in zip(before, flattened(args), strict=True)):
        found.append("f changes its arguments in place: they are not what they were after a call")
    if not np.array_equal(subject.first, again, equal_nan=True):
        found.append("f gives another value when it is called again with the same arguments: its noise is in every budget")
    return found


def flattened(args: Sequence[Any]) -> list[Any]:
    from ..tree import flatten

    return flatten(list(args))[0]


def symmetry(gradient: Traced, seed: int) -> Component:
    """u^T H v = v^T H u, by forward over reverse."""
    rng = np.random.default_rng(seed + 1)
    u, v = rng.standard_normal((2, gradient.x.size)) * np.maximum(np.abs(gradient.x), 1e-3)
    left, right = float(u @ gradient.push(gradient.x, v)), float(v @ gradient.push(gradient.x, u))
    size = float(np.sum(np.abs(u * gradient.push(gradient.x, v))))
    budget = max(IDENTITY, 1e3 * gradient.precision) * size
    wrong = not abs(left - right) <= budget
    reason = "the Hessian is not symmetric: a rule is wrong" if wrong else ""
    return Component("u^T H v = v^T H u", left, right, budget, "FAIL" if wrong else "PASS", reason, "symmetry")
