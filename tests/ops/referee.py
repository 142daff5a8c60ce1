"""Derivatives that owe nothing to dualrev: by complex step, and by high-order differences."""

import numpy as np

from dualrev.tree import flatten

CENTRAL = (4 / 5, -1 / 5, 4 / 105, -1 / 280)  # weights of (f(x + k h) - f(x - k h)) / h, k = 1..4: error O(h^8)


def leaves(y):
    """The arrays in f's result, which may be a tuple."""
    return [np.asarray(leaf) for leaf in flatten(y)[0]]


def flat(y):
    """All numbers of f's result in one vector."""
    return np.concatenate([leaf.ravel() for leaf in leaves(y)])


def directions(xs):
    """The unit directions of the space of xs, each in the shapes of xs."""
    for row in np.eye(sum(np.size(x) for x in xs)):
        yield [part.reshape(np.shape(x)) for part, x in zip(np.split(row, np.cumsum([np.size(x) for x in xs])), xs)]


def complex_step(f, xs, v, h=1e-40):
    """J v = Im f(x + i h v) / h: no subtraction, so h may be so small that it leaves no error (Squire & Trapp 1998)."""
    return flat(f(*[x + 1j * h * t for x, t in zip(xs, v)])).imag / h


def difference(f, xs, v, h=4e-3):
    """J v by the central difference of order 8."""
    at = lambda s: flat(f(*[x + s * t for x, t in zip(xs, v)]))
    return sum(c * (at(k * h) - at(-k * h)) for k, c in enumerate(CENTRAL, start=1)) / h


def jacobian(derivative, f, xs):
    """The Jacobian as a matrix, a row per number of f's result."""
    columns = [derivative(f, xs, v) for v in directions(xs)]
    return np.stack(columns, axis=1) if columns else np.zeros((flat(f(*xs)).size, 0))
