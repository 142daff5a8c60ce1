"""scipy.integrate, differentiable: integrals, differential equations, sums of samples.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import integrate
>>> dr.grad(integrate.simpson)(np.array([1.0, 2.0, 4.0])).round(4)
array([0.3333, 1.3333, 0.3333])

Integrands, right sides and events may hold traced values, or be given them by ``args``:

>>> gamma = lambda s: integrate.quad(lambda x: x ** (s - 1) * np.exp(-x), 0, np.inf)[0]
>>> round(dr.grad(gamma)(2.5), 8)
0.93473452
>>> decay = lambda k: integrate.solve_ivp(lambda t, y: -k * y, (0, 2), [1.0], rtol=1e-9, atol=1e-12).y[0, -1]
>>> round(dr.grad(decay)(0.5), 7), round(-2 / np.e, 7)
(-0.7357589, -0.7357589)
"""

from typing import Any

import numpy as np
import scipy.integrate

from ..ops.own_value import exactly
from ..shapes import ndim, shape
from ..traced import operand, value
from .boundary_values import solve_bvp as solve_bvp
from .covering import covers, other
from .differential_equations import odeint as odeint
from .differential_equations import solve_ivp as solve_ivp
from .quadrature import dblquad as dblquad
from .quadrature import quad as quad
from .quadrature import quad_vec as quad_vec

__all__ = list(scipy.integrate.__all__)


def __getattr__(name: str) -> Any:
    return other(scipy.integrate, name)


def __dir__() -> list[str]:
    return __all__


def samples_and_steps(y, x, dx, axis):
    """y with the samples along its last axis, and the steps between them."""
    y = np.moveaxis(operand(y), axis, -1)
    if x is None:
        return y, operand(dx) * np.ones(shape(y)[-1] - 1)
    x = operand(x)
    return y, np.diff(x if ndim(x) == 1 else np.moveaxis(x, axis, -1))


def with_value(z, func, y, x, dx, **keywords):
    """z, with the value that SciPy's func gives it."""
    given = [np.asarray(value(operand(v))) for v in (y, dx if x is None else x)]
    name = "dx" if x is None else "x"

    def plain(y, steps):
        return func(y, **{name: steps if steps.ndim else steps[()]}, **keywords)

    return exactly(z, *given, func=plain, arguments={})


@covers(scipy.integrate.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    f, h = samples_and_steps(y, x, dx, axis)
    return with_value(
        np.sum(h * (f[..., 1:] + f[..., :-1]) / 2, axis=-1), scipy.integrate.trapezoid, y, x, dx, axis=axis
    )


@covers(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    f, h = samples_and_steps(y, x, dx, axis)
    z = np.cumsum(h * (f[..., 1:] + f[..., :-1]) / 2, axis=-1)
    if initial is not None:
        z = np.concatenate([np.full(shape(z)[:-1] + (1,), initial, value(z).dtype), z], axis=-1)
    z = np.moveaxis(z, -1, axis)
    return with_value(z, scipy.integrate.cumulative_trapezoid, y, x, dx, axis=axis, initial=initial)


@covers(scipy.integrate.romb)
def romb(y, dx=1.0, axis=-1):
    """Romberg's rule, linear in the samples: its weights are what it makes of unit vectors."""
    f, dx = np.moveaxis(operand(y), axis, -1), operand(dx)
    weights = scipy.integrate.romb(np.eye(shape(f)[-1]), axis=0)
    return with_value(np.sum(f * weights, axis=-1) * dx, scipy.integrate.romb, y, None, dx, axis=axis)


@covers(scipy.integrate.cumulative_simpson)
def cumulative_simpson(y, *, x=None, dx=1.0, axis=-1, initial=None):
    """The integral of each step: of the parabola through its ends and the next sample, or the one before.

    Source: Cartwright (2017), equations (8) and (10).
    """
    f, h = samples_and_steps(y, x, dx, axis)
    if shape(f)[-1] < 3:
        return cumulative_trapezoid(y, x, dx=dx, axis=axis, initial=initial)
    h = np.broadcast_to(h, np.broadcast_shapes(shape(h), shape(f)[:-1] + (shape(f)[-1] - 1,)))
    ahead = first_of_parabola(f[..., :-2], f[..., 1:-1], f[..., 2:], h[..., :-1], h[..., 1:])
    back = first_of_parabola(f[..., 2:], f[..., 1:-1], f[..., :-2], h[..., 1:], h[..., :-1])
    n = shape(h)[-1]
    steps = np.where(np.arange(n) % 2 == 0, np.concatenate([ahead, back[..., -1:]], axis=-1), 0)
    steps = steps + np.where(np.arange(n) % 2 == 1, np.concatenate([back[..., :1], back], axis=-1), 0)
    z = np.cumsum(steps, axis=-1)
    if initial is not None:
        start = np.broadcast_to(
            np.moveaxis(np.asarray(initial), axis, -1) if ndim(initial) else initial, shape(z)[:-1] + (1,)
        )
        z = np.concatenate([start, z + start], axis=-1)
    return with_value(
        np.moveaxis(z, -1, axis), scipy.integrate.cumulative_simpson, y, x, dx, axis=axis, initial=initial
    )


def first_of_parabola(f0, f1, f2, h0, h1):
    """The integral over the first step of the parabola through three samples."""
    r = h0 / (h0 + h1)
    return h0 / 6 * ((3 - r) * f0 + (3 + h0 / h1) * f1 - r * h0 / h1 * f2)


@covers(scipy.integrate.simpson)
def simpson(y, x=None, *, dx=1.0, axis=-1):
    """Simpson's rule on pairs of steps; a last single step takes a parabola through the last three samples.

    Source: Cartwright (2017), Simpson's rule cumulative integration with MS Excel and irregularly-spaced data.
    """
    f, h = samples_and_steps(y, x, dx, axis)
    n = shape(f)[-1]
    pairs = (n - 1) // 2
    if n == 2:
        z = 0.5 * h[..., 0] * (f[..., 0] + f[..., 1])
        return with_value(z, scipy.integrate.simpson, y, x, dx, axis=axis)
    f0, f1, f2 = (f[..., k : k + 2 * pairs - 1 : 2] for k in range(3))
    h0, h1 = (h[..., k : 2 * pairs : 2] for k in range(2))
    terms = (h0 + h1) / 6 * (f0 * (2 - h1 / h0) + f1 * (h0 + h1) ** 2 / (h0 * h1) + f2 * (2 - h0 / h1))
    z = np.sum(terms, axis=-1)
    if n % 2 == 0 and n > 2:
        a, b = h[..., -2], h[..., -1]
        z = z + f[..., -1] * (2 * b * b + 3 * a * b) / (6 * (a + b))
        z = z + f[..., -2] * (b * b + 3 * a * b) / (6 * a) - f[..., -3] * b**3 / (6 * a * (a + b))
    return with_value(z, scipy.integrate.simpson, y, x, dx, axis=axis)
