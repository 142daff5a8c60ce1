"""Integrals whose integrand or limits are traced: Leibniz's rule, the derivative integrated to its own tolerance.

    d int_a^b f(x, p) dx = f(b, p) db - f(a, p) da + int_a^b (df/dp dp) dx

The derivative is another integral, of the integrand's own derivative, so a second derivative is one, too.
"""

import numpy as np

from ..dispatch import primitive
from ..errors import InputError
from ..forward.jvp import jvp
from ..registry import argwise, flops
from ..reverse.vjp import vjp
from ..shapes import lead_of, ndim, shape, size
from ..traced import holds_tracer, operand, value
from .captured import known

WEIGHTED = "with a weight the limits have no derivative rule: write the weight into the integrand"


class Quadrature:
    """How to integrate: ``rule(f, n, a, b)`` gives the integrals of a plain f that returns n numbers.

    integrand: f is ``integrand(theta)``. own: the shape of what f returns. f is evaluated once at each point, however
    often the rule asks. weighted: the rule puts a weight before f. known: values known already, by (a, b, theta).
    """

    def __init__(self, rule, integrand, own=(), weighted=False, known=()):
        self.rule, self.integrand, self.own, self.weighted, self.known = rule, integrand, own, weighted, dict(known)

    def number(self, a, b, theta):
        done = self.known.get((a, b, theta.tobytes()))
        if done is not None:
            return done
        f, seen = self.integrand(theta), {}

        def at(x):
            if x not in seen:
                seen[x] = np.ravel(known(operand(f(x)), "an integral"))
            return seen[x]

        parts = self.rule(at, int(np.prod(self.own)), a, b)
        return np.reshape(parts, self.own) if self.own else np.float64(parts[0])

    def derived(self, integrand, own):
        return Quadrature(self.rule, integrand, own, self.weighted)


@primitive
def integral(a, b, theta, *, how):
    """The integral of how.integrand(theta) from a to b."""
    return how.number(float(a), float(b), theta)


def ends(y, limit, theta, sign, how):
    """J and its transpose in one limit: the integrand there."""
    if how.weighted:
        raise InputError(WEIGHTED)
    f = sign * operand(how.integrand(theta)(limit))
    axes = ndim(y)
    return (
        lambda dx: np.reshape(dx, shape(dx) + (1,) * axes) * f,
        lambda ct: np.sum(ct * f, axis=tuple(range(-axes, 0))) if axes else ct * f,
    )


@argwise(integral)
def _(y, a, b, theta, /, *, how):
    n, at = shape(theta)[0], lambda x: lambda p: operand(how.integrand(p)(x))

    def push(dtheta):
        lead = lead_of(dtheta, theta)
        along = lambda pair: lambda x: jvp(at(x), (pair[:n],), (np.reshape(pair[n:], (*lead, n)),))[1]
        return integral(a, b, np.concatenate([theta, np.ravel(dtheta)]), how=how.derived(along, lead + shape(y)))

    def pull(ct):
        lead = lead_of(ct, y)
        back = lambda pair: lambda x: vjp(at(x), pair[:n])[1](np.reshape(pair[n:], shape(ct)))[0]
        return integral(a, b, np.concatenate([theta, np.ravel(ct)]), how=how.derived(back, (*lead, n)))

    return ends_later(y, a, theta, -1, how), ends_later(y, b, theta, 1, how), (push, pull)


def ends_later(*of):
    """`ends`, asked for when a limit varies: at a limit that does not the integrand may be infinite."""
    return lambda dx: ends(*of)[0](dx), lambda ct: ends(*of)[1](ct)


flops(integral, value=0, push=lambda y, a, b, theta, how: size(theta))  # known to the integrand alone


def integrated(rule, held, a, b, plain, weighted=False):
    """`plain`, the integral of a function, with its derivative in the limits and in what that function holds.

    held: the function of one argument, as `Captured`.
    """
    a, b, theta, own = operand(a), operand(b), held.flat, np.shape(plain)
    if not holds_tracer((a, b, theta)):
        return plain
    done = {(float(value(a)), float(value(b)), value(theta).tobytes()): np.asarray(plain)[()]}
    return integral(a, b, theta, how=Quadrature(rule, held.at_flat, own, weighted, done))
