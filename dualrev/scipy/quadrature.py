"""quad, quad_vec and dblquad of scipy.integrate, differentiable in the limits and in what the integrand holds."""

import warnings
from typing import Any

import scipy.integrate

from ..errors import NoRuleError
from ..solving.captured import Captured, known, plain
from ..solving.integral import integrated
from ..traced import value
from .covering import covered, tuple_of


def of_one(func, args):
    """func with further arguments, as a function of one."""
    return lambda x: func(x, *tuple_of(args))


@covered(scipy.integrate.quad)
def quad(func, a, b, args=(), full_output=0, *rest, **options):
    """
    Leibniz's rule: the derivative is the integral of the integrand's derivative, to the same tolerances, and the
    integrand at the limits that vary. The error estimate is that of the value."""
    if not callable(func):  # a LowLevelCallable, which holds nothing of ours
        return scipy.integrate.quad(func, plain(a), plain(b), args, full_output, *rest, **options)
    held, names = Captured(of_one(func, args)), ("epsabs", "epsrel", "limit", "points", "weight", "wvar", "wopts")
    options = plain({**dict(zip(names, rest, strict=False)), **options})
    f = held.plain()
    strict = lambda x: known(f(x), "scipy.integrate.quad")
    found = scipy.integrate.quad(strict, value(a), value(b), (), full_output, **options)
    if options.get("complex_func") and held.leaves:
        raise NoRuleError(
            "scipy.integrate.quad: complex_func=True has no derivative rule: integrate the real and the imaginary part"
        )
    rule = lambda f, n, a, b: [precisely(lambda x, k=k: f(x)[k], a, b, options) for k in range(n)]
    return integrated(rule, held, a, b, found[0], weighted="weight" in options), *found[1:]


def precisely(f, a, b, options):
    """The integral of one component of a derivative: once more where the absolute tolerance is not small beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scipy.integrate.IntegrationWarning)  # the value has said it
        y, error = scipy.integrate.quad(f, a, b, **options)
        relative = options.get("epsrel", 1.49e-8)
        if error > relative * abs(y) > 0:
            again = {**options, "epsabs": relative * abs(y), "limit": 2 * options.get("limit", 50)}
            y = scipy.integrate.quad(f, a, b, **again)[0]
    return y


@covered(scipy.integrate.quad_vec)
def quad_vec(f, a, b, *rest, args=(), **options):
    held = Captured(of_one(f, args))
    plain_f = held.plain()
    strict = lambda x: known(plain_f(x), "scipy.integrate.quad_vec")
    found = scipy.integrate.quad_vec(strict, value(a), value(b), *plain(rest), **plain(options))
    how = {k: v for k, v in options.items() if k != "full_output"}
    rule = lambda f, n, a, b: scipy.integrate.quad_vec(f, a, b, *rest[:2], **how)[0]
    return integrated(rule, held, a, b, found[0]), *found[1:]


@covered(scipy.integrate.dblquad)
def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    inner = {"epsabs": epsabs, "epsrel": epsrel}
    limit = lambda g, x: g(x) if callable(g) else g

    def over_y(x: Any) -> Any:
        return quad(lambda y: func(y, x, *args), limit(gfun, x), limit(hfun, x), **inner)[0]

    y, _ = quad(over_y, a, b, **inner)
    error = scipy.integrate.dblquad(*map(plain, (func, a, b, gfun, hfun, args)), epsabs, epsrel)[1]
    return y, error
