"""Solutions of differential equations: y(t) of y' = f(t, y, p), y(t0) = y0, with its derivative in t, y0 and p.

Forward sensitivities s = dy are one more differential equation, of the same kind, integrated with y under the error
control of SciPy's method; so its derivative is one, too, and any order comes of it:

    s' = df/dy s + df/dp dp,   s(t0) = dy0

The adjoint goes back from the last time to the first, along the solution that is read from the dense output of a run
forward (never integrated backwards, which is unstable where the equation is stiff):

    -l' = (df/dy)^T l,   dp^T = int (df/dp)^T l dt,   and l jumps by its cotangent at each output time

Source: Cao, Li, Petzold & Serban (2003), Adjoint sensitivity analysis for differential-algebraic equations; Hairer,
Norsett & Wanner (1993), section I.14.
"""

from math import prod

import numpy as np

from ..boundary import WHOLE
from ..dispatch import primitive
from ..forward.jvp import jvp, push
from ..registry import argwise, flops
from ..reverse.vjp import vjp
from ..shapes import lead_of, shape, size, spread
from ..traced import holds_tracer, operand, value
from .captured import known, vector

FEW = 50  # numbers that vary: up to here forward sensitivities, beyond them the adjoint
NAME = "a differential equation"
(ONE,) = WHOLE  # the structure of an argument that is one array
EXACT = 300  # unknowns up to which a stiff method gets the whole Jacobian of the sensitivities; its blocks beyond


class Flow:
    """A differential equation, of n numbers: ``made(leaves)`` is f(t, y) with these values of what it holds.

    split : callable
        What f holds, from one vector: ``split(theta)`` gives the leaves, with the leading axes of theta.
    run : callable
        ``run(f, y0, times, repeats, jac)``: the solution at the times, one row each; repeats: how many vectors like y
        stand in the state (tolerances that differ by component are repeated).
    varies : ndarray of bool
        Which numbers of [y0, theta] may vary; None for all.
    sensitivity : "auto", "forward" or "adjoint"
        Which of them reverse mode takes.
    """

    def __init__(self, made, split, n, run, varies=None, sensitivity="auto", repeats=1, known=()):
        self.made, self.split, self.n, self.run, self.varies = made, split, n, run, varies
        self.sensitivity, self.repeats, self.known = sensitivity, repeats, dict(known)

    def rhs(self, theta):
        f = self.made(self.split(theta))
        return lambda t, y: vector(f(t, y), self.n, NAME)

    def rows(self, times, start):
        """The plain solution at the times."""
        done = self.known.get(key_of(times, start))
        return self.integrated(times, start)[0] if done is None else done

    def integrated(self, times, start, dense=False):
        f = self.rhs(start[self.n :])
        strict = lambda t, y: known(f(t, y), NAME)
        return self.run(strict, start[: self.n], times, self.repeats, self.jacobian(f), dense)

    def jacobian(self, f):
        """The Jacobian of f in y, for methods that take one."""
        if self.n > EXACT and self.repeats > 1:
            return None
        along = np.eye(self.n)
        return lambda t, y: value(jvp(lambda y: f(t, y), (np.asarray(y, float),), (along,))[1]).T

    def along(self, directions):
        """The equation of y and of its change along so many directions of [y0, theta]."""
        n, K = self.n, directions

        def split(theta):
            *lead, both = shape(theta)
            size = both // (1 + K)
            changes = np.reshape(theta[..., size:], (*lead, K, size))
            return [*self.split(theta[..., :size]), *self.split(changes)]

        def made(leaves):
            half = len(leaves) // 2
            leaves, changes = leaves[:half], leaves[half:]
            slope = lambda t: lambda y, *leaves: vector(self.made(leaves)(t, y), n, NAME)

            def f(t, state):
                V = np.reshape(state[n:], (K, n))
                (dy,), (dV,), _ = push(slope(t), [state[:n], *leaves], [ONE] * (1 + half), [V, *changes], (K,))
                return np.concatenate([dy, np.zeros(K * n) if dV is None else np.ravel(spread(dV, (K, n)))])

            return f

        return Flow(made, split, n * (1 + K), self.run, None, "forward", self.repeats * (1 + K))


def key_of(times, start):
    return np.asarray(times).tobytes(), np.asarray(start).tobytes()


@primitive
def trajectory(times, start, *, flow):
    """The solution at the times, one row each; start is y0 and the numbers that the equation holds, in one vector."""
    return flow.rows(times, start)


@argwise(trajectory)
def _(y, times, start, /, *, flow):
    def slopes():
        f = flow.rhs(start[flow.n :])
        return np.stack([f(t, row) for t, row in zip(times, y, strict=True)])

    return (
        (lambda dt: np.reshape(dt, (*shape(dt), 1)) * slopes(), lambda ct: np.sum(ct * slopes(), axis=-1)),
        (lambda dp: pushed(y, times, start, flow, dp), lambda ct: pulled(y, times, start, flow, ct)),
    )


flops(trajectory, value=0, push=lambda y, times, start, flow: size(y))  # known to the equation alone


def pushed(y, times, start, flow, dp):
    """The change of y along directions of start, which are scaled to the size of what they change."""
    lead, n = lead_of(dp, start), flow.n
    K, dp = prod(lead), np.reshape(dp, (prod(lead), shape(dp)[-1]))
    scale = lengths(value(dp), value(start))
    dp = dp / scale[:, None]
    state = [start[:n], np.ravel(dp[:, :n]), start[n:], np.ravel(dp[:, n:])]
    both = trajectory(times, np.concatenate(state), flow=flow.along(K))
    S = np.reshape(both[:, n:], (shape(y)[0], K, n)) * scale[:, None]
    return np.reshape(np.moveaxis(S, 1, 0), (*lead, *shape(y)))


def lengths(dp, start):
    """How long each direction is, beside the numbers that it changes."""
    s = np.max(np.abs(dp) / np.where(start == 0, 1.0, np.abs(start)), axis=1, initial=0.0)
    return np.where(s == 0, 1.0, s)


def pulled(y, times, start, flow, ct):
    """The cotangents of start."""
    free = np.flatnonzero(flow.varies) if flow.varies is not None else np.arange(shape(start)[0])
    lead = lead_of(ct, y)
    back = flow.sensitivity == "adjoint" or (flow.sensitivity == "auto" and len(free) > FEW)
    if back and not holds_tracer((times, start, ct)):  # where they are traced, sensitivities have a derivative
        rows = np.reshape(ct, (prod(lead), *shape(y)))
        return np.reshape(adjoint(times, start, flow, rows), (*lead, *shape(start)))
    scale = np.where(value(start) == 0, 1.0, np.abs(value(start)))[free]
    units = np.eye(shape(start)[0])[free]
    S = pushed(y, times, start, flow, units * scale[:, None]) / scale[:, None, None]
    return np.tensordot(ct, S, axes=[[-2, -1], [1, 2]]) @ units


def adjoint(times, start, flow, ct):
    """The cotangents of start for K cotangents of the solution, by one run forward and one back."""
    K, n, q = len(ct), flow.n, len(start)
    order = np.argsort(times, kind="stable")
    _, dense = flow.integrated(times, start, dense=True)
    order = order if dense.t_max > dense.ts[0] else order[::-1]
    theta = start[n:]

    def back(t, state):
        """d/dt of l and of what theta has got, both per unit of time that passes backwards."""
        weights = np.reshape(state[: K * n], (K, n))
        _, pull = vjp(lambda y, p: flow.rhs(p)(t, y), dense(t), theta)
        of_y, of_theta = pull(weights)
        return np.concatenate([-np.ravel(of_y), -np.ravel(of_theta)])

    state, at = np.zeros(K * q), times[order[-1]]
    for k in order[::-1]:
        if times[k] != at:
            state, at = flow.run.backward(back, state, at, times[k], K * n), times[k]
        state[: K * n] += np.ravel(ct[:, k])
    if at != dense.ts[0]:
        state = flow.run.backward(back, state, at, dense.ts[0], K * n)
    return np.concatenate([np.reshape(state[: K * n], (K, n)), np.reshape(state[K * n :], (K, q - n))], axis=1)


def solution(times, y0, held, run, plain_rows, sensitivity="auto"):
    """The rows of a solution, `plain_rows`, with their derivative.

    held: the equation ``f(t, y)`` as `Captured`; run: see `Flow`.
    """
    y0, theta, n = operand(y0), held.flat, size(y0)
    varies = np.concatenate([np.full(n, holds_tracer((y0,))), np.ones(shape(theta), bool)])
    start = np.concatenate([y0, theta])
    rows = np.asarray(plain_rows, float)
    known_rows = {key_of(value(times), value(start)): rows}
    flow = Flow(held.at, held.split, n, run, varies, sensitivity, known=known_rows)
    return trajectory(times, start, flow=flow)
