"""The libraries compared: how each takes the derivative that a workload names."""

from functools import partial
from importlib.util import find_spec

import numpy as np


def minimised(value_and_gradient):
    """A whole BFGS run, as SciPy makes it, from the first argument of a value and gradient."""
    from scipy.optimize import minimize

    def run(start, *data):
        return minimize(value_and_gradient, start, args=data, jac=True, method="BFGS").x

    return run


def minimised_by_name(f):
    """The same run through dr.minimize, with its checks before and after."""
    import dualrev as dr

    def run(start, *data):
        return dr.minimize(f, start, args=data, method="BFGS").x

    return run


def row_seeds(y):
    """Cotangents that pick the rows of y one after the other: (rows, rows, columns)."""
    seeds = np.zeros((len(y), *y.shape))
    for k, seed in enumerate(seeds):
        seed[k] = 1.0
    return seeds


def through_dualrev(derivative, f):
    """The derivative of f that has this name, through dualrev."""
    import dualrev as dr

    def rows(x, *data):
        y, pullback = dr.vjp(lambda x: f(x, *data), x)
        return pullback(row_seeds(y))[0]

    def forward(f):
        return dr.jacobian(f, mode="forward")

    def reverse(f):
        return dr.jacobian(f, mode="reverse")

    ways = {
        "value_and_grad": dr.value_and_grad, "forward": forward, "reverse": reverse, "hessian": dr.hessian,
        "rows": lambda f: rows, "bfgs": lambda f: minimised(dr.value_and_grad(f)), "minimize": minimised_by_name,
    }  # fmt: skip
    return ways[derivative](f)


def through_autograd(derivative, f):
    """The derivative of f that has this name, through HIPS autograd and its NumPy."""
    import autograd
    import autograd.numpy

    f = partial(f, np=autograd.numpy)

    def rows(x, *data):
        pullback, y = autograd.make_vjp(lambda x: f(x, *data))(x)
        return np.stack([pullback(seed) for seed in row_seeds(y)])

    ways = {
        "value_and_grad": autograd.value_and_grad, "forward": autograd.jacobian, "reverse": autograd.jacobian,
        "hessian": autograd.hessian, "rows": lambda f: rows, "bfgs": lambda f: minimised(autograd.value_and_grad(f)),
    }  # fmt: skip
    ways["minimize"] = ways["bfgs"]
    return ways[derivative](f)


def by_hand(workload):
    return minimised(workload.hand) if workload.derivative in ("bfgs", "minimize") else workload.hand


def installed():
    """The libraries that can be compared here, dualrev first."""
    return {
        name: through
        for name, through in (("dualrev", through_dualrev), ("autograd", through_autograd))
        if find_spec(name)
    }
