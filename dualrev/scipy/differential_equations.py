"""solve_ivp and odeint of scipy.integrate, differentiable in the start, the times and what the equation holds."""

from typing import Any

import numpy as np
import scipy.integrate

from ..errors import InputError, NoRuleError
from ..progress import progress_of
from ..shapes import ndim, shape
from ..solving.captured import Captured, known, plain
from ..solving.discrete import stepped
from ..solving.flows import solution
from ..solving.roots import differentiated
from ..traced import holds_tracer, operand, value, values
from .covering import covered, tuple_of

EXPLICIT = ("RK45", "RK23", scipy.integrate.RK45, scipy.integrate.RK23)
IMPLICIT = ("Radau", "BDF", "LSODA", scipy.integrate.Radau, scipy.integrate.BDF, scipy.integrate.LSODA)
# What sensitivities are integrated to, or the user's tolerances if they are tighter.
TIGHT, TIGHT_ABSOLUTE = 1e-7, 1e-10
ODEPACKS = 1.49012e-8  # the default of both tolerances of odeint
EVENT = 1e-2  # how far an event of SciPy's may be from the one of the solution to tight tolerances


class Run:
    """solve_ivp with one method and its tolerances, for a `Flow`."""

    def __init__(self, method, t0, options, progress=None):
        self.method = "DOP853" if method in EXPLICIT else method  # which takes fewer steps to tight tolerances
        self.t0, self.progress = t0, progress
        self.rtol = min(np.min(options.get("rtol", 1e-3)), TIGHT)
        self.atol = np.minimum(options.get("atol", 1e-6), TIGHT_ABSOLUTE)
        self.max_step = options.get("max_step", np.inf)

    def __call__(self, f, y0, times, repeats, jac, dense=False):
        """(rows at the times, the solution at any time)."""
        at, back = np.unique(times, return_inverse=True)
        far = at[np.argmax(np.abs(at - self.t0))]
        order = slice(None) if far >= self.t0 else slice(None, None, -1)
        if far == self.t0 and not dense:
            return np.tile(y0, (len(times), 1)), None
        found = self.solved(f, self.t0, far, y0, self.repeated(repeats), jac, t_eval=at[order], dense_output=dense)
        return found.y.T[order][back], found.sol

    def repeated(self, repeats):
        return self.atol if np.ndim(self.atol) == 0 else np.tile(self.atol, repeats)

    def solved(self, f, t0, t1, y0, atol, jac, **how):
        if self.method in IMPLICIT and jac is not None:
            how["jac"] = jac
        with watched(f, t0, t1, self.progress) as f:
            found = scipy.integrate.solve_ivp(
                f, (t0, t1), y0, self.method, rtol=self.rtol, atol=atol, max_step=self.max_step, **how
            )
        if not found.success:
            raise InputError(
                f"the derivative of a differential equation could not be integrated from {t0:g} to {t1:g}: "
                f"{found.message} Try method='BDF' or 'Radau' if the equation is stiff, and looser rtol, atol"
            )
        return found

    def backward(self, f, state, t0, t1, n):
        """An adjoint from t0 back to t1; n of its numbers are cotangents of y, the rest is theirs summed up."""
        atol = self.rtol * 1e-3 * max(np.abs(state).max(initial=0.0), 1e-30)

        def jac(t, state):
            J, base = np.zeros((len(state),) * 2), f(t, np.zeros(len(state)))
            for k in range(n):
                e = np.zeros(len(state))
                e[k] = 1.0
                J[:, k] = f(t, e) - base
            return J

        return self.solved(f, t0, t1, state, atol, jac).y[:, -1]


class watched:
    """f, which moves a progress line as the time goes from t0 to t1."""

    def __init__(self, f, t0, t1, shown):
        self.f, self.t0, self.t1 = f, t0, t1
        self.line, self.done = progress_of(100, f"from t = {t0:g} to {t1:g}, percent", shown), 0

    def __enter__(self):
        self.step = self.line.__enter__()
        return self

    def __exit__(self, *raised):
        return self.line.__exit__(*raised)

    def __call__(self, t, y):
        share = 100 * (t - self.t0) / (self.t1 - self.t0) if self.t1 != self.t0 else 100
        while self.done < min(share, 100):
            self.step()
            self.done += 1
        return self.f(t, y)


@covered(scipy.integrate.solve_ivp)
def solve_ivp(
    fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False, args=None,
    *, sensitivity="auto", progress=None, **options,
):  # fmt: skip
    """
    The result carries derivatives in y, t, sol, t_events and y_events. Beside SciPy's there are two arguments:

    sensitivity : "auto", "forward", "adjoint" or "discrete"
        How reverse mode goes back: by forward sensitivities with error control ("auto" up to 50 numbers that vary), by
        the adjoint (beyond), or through the very steps that were taken (methods RK23 and RK45). All integrate to
        rtol 1e-7 and atol 1e-10, or to yours where they are smaller; "discrete" is exact for the steps of the value.
    progress : bool, optional
        A line on standard error with the time reached; None shows it on a terminal, once a run has taken a second.
    """
    if sensitivity not in ("auto", "forward", "adjoint", "discrete"):
        raise InputError(f"sensitivity={sensitivity!r}: write 'auto', 'forward', 'adjoint' or 'discrete'")
    further = () if args is None else tuple(args)
    t0, t1 = t_span
    held = Captured(lambda t, y: fun(t, y, *further))
    f, given = held.plain(), [] if events is None else [events] if callable(events) else list(events)
    strict = lambda t, y: known(values(f(t, y)) if not held.leaves else f(t, y), "scipy.integrate.solve_ivp")
    conditions = [with_marks(g, further) for g in given]
    dense = dense_output or sensitivity == "discrete"
    with watched(strict, value(t0), value(t1), progress) as watching:
        found = scipy.integrate.solve_ivp(
            watching, (value(t0), value(t1)), values(y0), method, values(t_eval), dense, plain(conditions) or None,
            vectorized, **bound(options, further),
        )  # fmt: skip
    steps = found.sol
    if not dense_output:
        found.sol = None
    if not (held.leaves or holds_tracer((t0, t1, y0, t_eval)) or Captured(conditions).leaves):
        return found
    if found.status < 0:
        raise InputError(
            f"scipy.integrate.solve_ivp stopped at t = {found.t[-1]:g}, and has no derivative: {found.message}"
        )
    if np.iscomplexobj(found.y):
        raise NoRuleError("scipy.integrate.solve_ivp: a complex y has no derivative rule: take its two parts for y")
    with_derivatives(found, held, t0, t1, y0, t_eval, method, options, sensitivity, progress, conditions, steps)
    return found


def bound(options, further):
    """SciPy's options, plain; a Jacobian gets the further arguments, which are not passed on."""
    if callable(options.get("jac")) and further:
        jac = options["jac"]
        options = {**options, "jac": lambda t, y: jac(t, y, *further)}
    return plain_options(options)


def plain_options(options):
    return {name: plain(v) for name, v in options.items()}


def with_marks(g, further):
    """An event with its further arguments, and its attributes."""

    def event(t, y):
        return g(t, y, *further)

    for name in ("terminal", "direction"):
        if hasattr(g, name):
            setattr(event, name, getattr(g, name))
    return event


def with_derivatives(found, held, t0, t1, y0, t_eval, method, options, sensitivity, progress, conditions, steps):
    """What SciPy found, with derivatives in it."""
    f, origin, start = held.x, 0.0, float(value(t0))
    if holds_tracer((t0,)):  # time counts from t0
        origin, start = operand(t0), 0.0
        held = Captured(lambda s, y: f(s + origin, y))
    run = Run(method, start, options, progress)
    y0 = np.ravel(operand(y0))

    def at(times, rows=None):
        """The solution at the times, one row each."""
        times = operand(times) - origin
        if sensitivity == "discrete":
            return stepped(times, y0, held.x, method, steps, start, rows)
        rows = run(held.plain(), value(y0), np.ravel(value(times)), 1, None)[0] if rows is None else rows
        return solution(times, y0, held, run, rows, sensitivity)

    events_of(found, conditions, at)
    found.t = times_of(found, t1, t_eval, conditions)
    found.y = np.transpose(at(found.t, found.y.T))
    if found.sol is not None:
        found.sol = Solution(found.sol, at)


def times_of(found, t1, t_eval, conditions):
    """The times of the result: those asked for, and where the run ended by an event, that of the event."""
    t = found.t
    if t_eval is not None:
        return operand(t_eval)[: len(t)]
    last = None
    if found.status == 1:
        ended = [te[-1] for te, g in zip(found.t_events, conditions, strict=True) if shape(te) and is_terminal(g)]
        last = next((e for e in ended if value(e) == t[-1]), None)
    elif holds_tracer((t1,)):
        last = t1
    if last is None or not holds_tracer((last,)):
        return t
    return np.concatenate([t[:-1], [t[-1]] + (np.reshape(last, (1,)) - value(last))])


def is_terminal(g):
    return bool(getattr(g, "terminal", False))


def events_of(found, conditions, at):
    """The times of the events, which are roots of g(t, y(t)), and the solution there."""
    for k, g in enumerate(conditions):
        rows = found.y_events[k]
        if not len(rows):
            continue
        residual = lambda t, g=g: g(t, at(np.reshape(t, (1,)))[0])
        times = [
            differentiated(float(t), residual, name=f"event {k} of scipy.integrate.solve_ivp", tol=EVENT)
            for t in found.t_events[k]
        ]
        times = np.stack(list(map(operand, times))) if holds_tracer(times) else found.t_events[k]
        found.t_events[k], found.y_events[k] = times, at(times, rows)


class Solution:
    """The dense output of solve_ivp, differentiable in the time and in all that the equation was."""

    def __init__(self, plain: Any, at: Any):
        self.plain, self.at = plain, at
        self.ts, self.t_min, self.t_max = plain.ts, plain.t_min, plain.t_max

    def __call__(self, t: Any) -> Any:
        t = operand(t)
        rows = np.reshape(self.plain(np.ravel(value(t))).T, (np.size(value(t)), -1))
        y = np.transpose(self.at(np.reshape(t, (-1,)), rows))
        return y if ndim(t) else y[:, 0]


class OdeintRun(Run):
    """odeint for a `Flow`, with its own method."""

    def __init__(self, t0, options):
        given = {name: options[name] for name in ("rtol", "atol") if options.get(name) is not None}
        super().__init__("LSODA", t0, {"rtol": ODEPACKS, "atol": ODEPACKS, **given})


@covered(scipy.integrate.odeint)
def odeint(func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, *rest, tfirst=False, **options):
    """
    Derivatives as those of solve_ivp with LSODA."""
    further = tuple_of(args)
    f = (lambda t, y: func(t, y, *further)) if tfirst else (lambda t, y: func(y, t, *further))
    held = Captured(f)
    plain_f = held.plain()
    strict = lambda t, y: known(plain_f(t, y), "scipy.integrate.odeint")
    slope = None if Dfun is None else plain(lambda t, y: Dfun(t, y, *further) if tfirst else Dfun(y, t, *further))
    found = scipy.integrate.odeint(
        strict, values(y0), values(t), (), slope, col_deriv, full_output, *rest, tfirst=True, **plain_options(options)
    )
    if not (held.leaves or holds_tracer((y0, t))):
        return found
    rows = found[0] if full_output else found
    names = ("ml", "mu", "rtol", "atol")
    t, y0 = operand(t), np.ravel(operand(y0))
    first, times = t[0], t
    if holds_tracer((t,)):
        held, times = Captured(lambda s, y: f(s + first, y)), t - first
    run = OdeintRun(float(value(times[0])), {**dict(zip(names, rest, strict=False)), **options})
    y = solution(times, y0, held, run, rows)
    return (y, found[1]) if full_output else y
