"""Functions whose Jacobian may be cheaper in either mode, or through a waist, of many shapes.

The constants of `dualrev.estimates` were calibrated on these; those of held_out.py took no part in that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

rng = np.random.default_rng(7)


@dataclass(frozen=True)
class Function:
    """f maps an array to an array; x is where its Jacobian is taken."""

    name: str
    f: Callable
    x: np.ndarray


def normal(*shape):
    return rng.normal(size=shape)


def point(n):
    return np.linspace(0.2, 1.1, n)


# ---- the families ----------------------------------------------------------------------------------------------------


def chain(n, depth):
    """n to n, element by element."""

    def f(x):
        for _ in range(depth):
            x = np.tanh(x) * 1.1 + 0.1
        return x

    return Function(f"chain of {depth}, {n} -> {n}", f, point(n))


def layer(n, m):
    """n to m through a matrix and a nonlinearity."""
    A, b = normal(m, n) / np.sqrt(n), normal(m)
    return Function(f"layer {n} -> {m}", lambda x: np.tanh(A @ x + b), point(n))


def network(*sizes):
    weights = [normal(b, a) / np.sqrt(a) for a, b in pairwise(sizes)]

    def f(x):
        for W in weights:
            x = np.tanh(W @ x)
        return x

    return Function("network " + " -> ".join(map(str, sizes)), f, point(sizes[0]))


def curve(n, m):
    """A sum of n/2 decays at m times: a model to fit."""
    t = np.linspace(0.0, 1.0, m)

    def f(p):
        y = 0.0
        for k in range(0, n, 2):
            y = y + p[k] * np.exp(-p[k + 1] * t)
        return y

    return Function(f"decays {n} -> {m}", f, point(n))


def loop(n):
    """Rosenbrock's residuals, element by element in Python."""

    def f(x):
        return np.array([r for i in range(n - 1) for r in (10 * (x[i + 1] - x[i] ** 2), 1 - x[i])])

    return Function(f"loop {n} -> {2 * n - 2}", f, point(n))


def statistics(n, m):
    """n samples to m moments."""
    return Function(
        f"moments {n} -> {m}", lambda x: np.array([np.mean(np.sin(x * k)) for k in range(1, m + 1)]), point(n)
    )


def system(n, m):
    """The solution of n equations, at m right sides of one parameter vector."""
    A, B = normal(n, n) + n * np.eye(n), normal(n, m)
    return Function(
        f"solve {n}x{n}, {m} -> {n}", lambda p: np.linalg.solve(A + np.diag(np.sin(B @ p)), B @ p), point(m)
    )


def stencil(n, steps):
    """Diffusion on a line of n points."""

    def f(u):
        for _ in range(steps):
            u = np.concatenate([u[:1], u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]])
        return u

    return Function(f"stencil {n} -> {n}, {steps} steps", f, point(n))


def bodies(count):
    """Accelerations of so many bodies in space."""

    def f(x):
        r = np.reshape(x, (count, 3))
        d = r[:, None, :] - r[None, :, :]
        inverse = (np.sum(d * d, axis=-1) + 0.1) ** -1.5
        return np.ravel(np.sum(d * inverse[:, :, None], axis=1))

    return Function(f"{count} bodies, {3 * count} -> {3 * count}", f, normal(3 * count))


def orbit(parameters, steps):
    """A path of a pendulum with several forcing terms, by Euler's rule."""

    def f(p):
        a, v, path = 0.3, 0.0, []
        force = np.sum(p)
        for k in range(steps):
            v = v - 0.01 * (np.sin(a) + p[k % parameters] * v + force)
            a = a + 0.01 * v
            path.append(a)
        return np.array(path)

    return Function(f"orbit {parameters} -> {steps}", f, 0.1 * point(parameters))


def shares(n):
    """Softmax."""

    def f(x):
        e = np.exp(x - np.max(x))
        return e / np.sum(e)

    return Function(f"softmax {n} -> {n}", f, point(n))


def products(n):
    """All products of two elements."""
    return Function(f"outer {n} -> {n * n}", lambda x: np.outer(np.sin(x), np.cos(x)), point(n))


def rows(n, m):
    """Norms of the rows of an m by n/m matrix of inputs."""
    return Function(f"row norms {n} -> {m}", lambda x: np.sqrt(np.sum(np.reshape(x, (m, -1)) ** 2, axis=1)), point(n))


def path(n):
    """Running sums."""
    return Function(f"cumsum {n} -> {n}", lambda x: np.cumsum(np.exp(-x)) * np.cumsum(x), point(n))


def waist(n, w, m, depth):
    """n to m, with only w numbers in between, and `depth` operations on either side."""
    A, B = normal(w, n) / np.sqrt(n), normal(m, w)

    def f(x):
        for _ in range(depth):
            x = np.sin(x) * 1.1
        y = B @ (A @ x)
        for _ in range(depth):
            y = np.tanh(y) * 1.1
        return y

    return Function(f"waist {n} -> {w} -> {m}, {depth} deep", f, point(n))


def two_waists(n):
    """Two sums, each spread over n numbers: the cut does not follow the order of the program."""

    def f(x):
        u = np.sin(np.sum(x) * np.arange(1.0, n + 1))
        v = np.cos(np.sum(x * x) * np.arange(1.0, n + 1))
        return np.concatenate([np.tanh(u), np.exp(v)])

    return Function(f"two waists {n} -> 1 + 1 -> {2 * n}", f, point(n))


FUNCTIONS = [
    *(chain(n, d) for n, d in [(3, 5), (10, 10), (50, 3), (50, 20), (300, 5), (800, 5)]),
    *(layer(n, m) for n, m in [(20, 30), (30, 20), (50, 50), (60, 50), (100, 80), (150, 200), (200, 150), (300, 100)]),
    *(layer(n, m) for n, m in [(400, 350), (600, 600), (12, 10), (5, 4)]),
    *(network(*s) for s in [(10, 50, 10), (40, 100, 30), (30, 100, 40), (200, 200, 200), (100, 300, 80), (64, 32, 64)]),
    *(network(*s) for s in [(784, 64, 10), (100, 5, 100), (300, 8, 200), (20, 20, 20, 20)]),
    *(curve(n, m) for n, m in [(4, 50), (4, 1000), (10, 12), (10, 200), (20, 20), (30, 20)]),
    *(loop(n) for n in [3, 10, 30, 100]),
    *(statistics(n, m) for n, m in [(1000, 4), (100, 50), (40, 40), (20, 60)]),
    *(system(n, m) for n, m in [(20, 5), (20, 30), (60, 60), (100, 20)]),
    *(stencil(n, s) for n, s in [(20, 10), (100, 10), (400, 5)]),
    *(bodies(count) for count in [4, 12, 30]),
    *(orbit(p, s) for p, s in [(3, 40), (20, 40), (60, 40)]),
    *(shares(n) for n in [10, 100, 500]),
    *(products(n) for n in [5, 30]),
    *(rows(n, m) for n, m in [(100, 50), (400, 10), (60, 60)]),
    *(path(n) for n in [30, 300]),
    *(waist(*s) for s in [(500, 2, 500, 10), (100, 2, 100, 5), (40, 3, 40, 3), (300, 20, 300, 4), (800, 10, 600, 6)]),
    *(waist(*s) for s in [(30, 1, 400, 8), (1000, 2, 1000, 10)]),
    *(two_waists(n) for n in [60, 400]),
]
