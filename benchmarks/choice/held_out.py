"""Functions that no constant was calibrated on, and the examples of what mixed mode is for."""

import numpy as np

from .functions import Function, network, normal, point, waist

# ---- of many kinds ---------------------------------------------------------------------------------------------------


def trilinear(n, m):
    T = normal(m, n, n) / n
    return Function(f"einsum {n} -> {m}", lambda x: np.einsum("ijk,j,k->i", T, np.sin(x), x), point(n))


def heat(n, m):
    """Temperatures of a rod at m places, from its conductivity at n."""
    weights, load, places = normal(m, n) ** 2 / n, np.ones(m), np.arange(m)

    def f(p):
        k = 0.5 + weights @ p
        A = np.diag(k + 1.0) - np.diag(k[1:], 1) * 0.5 - np.diag(k[:-1], -1) * 0.5
        return np.linalg.solve(A, load * np.exp(-0.01 * places))

    return Function(f"heat {n} -> {m}", f, point(n))


def discounts(n):
    """Present values of payments at n rates."""
    return Function(f"discounts {n} -> {n}", lambda r: np.cumsum(np.cumprod(1.0 / (1.0 + 0.1 * r))), point(n))


def recurrence(n):
    """A state that is fed one element of x after the other."""

    def f(x):
        state, states = 0.0, []
        for k in range(n):
            state = np.tanh(0.5 * state + x[k])
            states.append(state)
        return np.stack(states)

    return Function(f"recurrence {n} -> {n}", f, point(n))


def convolution(n, width):
    """A moving weighted sum, its weights among the inputs."""

    def f(p):
        w, x = p[:width], np.sin(p[width:])
        return sum(w[k] * x[k : n - width + k + 1] for k in range(width))

    return Function(f"convolution {n + width} -> {n - width + 1}", f, point(n + width))


def evidence(n, m):
    """log-sum-exp of the rows of an m by n/m matrix."""

    def f(x):
        z = np.reshape(x, (m, n // m)) ** 2
        top = np.max(z, axis=1, keepdims=True)
        return np.log(np.sum(np.exp(z - top), axis=1)) + top[:, 0]

    return Function(f"log-sum-exp {n} -> {m}", f, point(n))


def early(n, m, depth):
    """Two moments of the inputs, then a long way to the outputs."""
    t = np.linspace(0.0, 1.0, m)

    def f(x):
        y = np.mean(x) * t + np.var(x)
        for _ in range(depth):
            y = np.cos(y) + 0.5 * y
        return y

    return Function(f"waist at the inputs {n} -> 2 -> {m}", f, point(n))


def late(n, m, depth):
    """A long way to three numbers, of which the outputs are made."""
    A, B = normal(3, n) / n, normal(m, 3)

    def f(x):
        for _ in range(depth):
            x = np.sqrt(1.0 + x * x) - 0.3
        return B @ np.exp(A @ x)

    return Function(f"waist at the outputs {n} -> 3 -> {m}", f, point(n))


def skip(n):
    """A narrow place with a way around it."""
    A, B = normal(2, n) / n, normal(n, 2)
    return Function(f"waist and a skip {n} -> {n}", lambda x: np.tanh(x) + B @ np.tanh(A @ np.sin(x)), point(n))


def iterated(depth):
    """A deep chain of scalars."""

    def f(x):
        for _ in range(depth):
            x = 3.2 * x * (1.0 - x)
        return x

    return Function(f"logistic map, {depth} times, 1 -> 1", f, np.array(0.3))


def coupled(n, steps):
    """Logistic maps, each fed by its neighbour."""

    def f(x):
        for _ in range(steps):
            y = 3.2 * x * (1.0 - x)
            x = 0.9 * y + 0.1 * np.roll(y, 1)
        return x

    return Function(f"coupled maps {n} -> {n}, {steps} steps", f, np.linspace(0.2, 0.8, n))


def kernel(n):
    """The matrix of a Gaussian kernel between n points."""
    return Function(f"kernel {n} -> {n * n}", lambda x: np.exp(-((x[:, None] - x[None, :]) ** 2)), point(n))


def powers(n):
    """A matrix of n by n numbers, to its fourth power."""

    def f(x):
        M = np.reshape(x, (n, n)) / n
        return M @ M @ M @ M

    return Function(f"matrix power {n * n} -> {n * n}", f, normal(n * n))


def inverse(n):
    return Function(
        f"inverse {n * n} -> {n * n}", lambda x: np.linalg.inv(np.reshape(x, (n, n)) + n * np.eye(n)), normal(n * n)
    )


def order(n, m):
    """m order statistics of n numbers."""
    return Function(f"order statistics {n} -> {m}", lambda x: np.sort(np.cos(3 * x))[:: n // m] ** 2, point(n))


def selection(n):
    """Huber's loss of the differences of neighbours."""

    def f(x):
        d = 4 * (x[1:] - x[:-1]) - np.linspace(-1.0, 1.0, n - 1)
        return np.where(np.abs(d) < 0.5, d * d, np.abs(d) - 0.25)

    return Function(f"selection {n} -> {n - 1}", f, point(n))


HELD_OUT = [
    *(trilinear(n, m) for n, m in [(40, 60), (25, 25)]),
    *(heat(n, m) for n, m in [(25, 40), (40, 25)]),
    discounts(120),
    *(recurrence(n) for n in [12, 60]),
    convolution(200, 8),
    evidence(300, 30),
    *(network(*s) for s in [(50, 200, 20, 150), (25, 400, 25)]),
    waist(250, 4, 350, 3),
    early(300, 300, 12),
    late(300, 200, 12),
    skip(200),
    iterated(400),
    coupled(30, 15),
    *(kernel(n) for n in [12, 40]),
    powers(12),
    inverse(8),
    order(150, 50),
    selection(100),
]


# ---- R^500 -> R^2 -> R^500, ten elementwise operations on either side ------------------------------------------------


def narrow(name, before, after):
    """The operations `before` twice, a waist of two numbers, the operations `after` twice."""
    A, B = normal(2, 500) / np.sqrt(500), normal(500, 2) / 2

    def f(x):
        for op in 2 * before:
            x = op(x)
        y = B @ (A @ x)
        for op in 2 * after:
            y = op(y)
        return y

    return Function(f"500 -> 2 -> 500, {name}", f, point(500))


EXAMPLES = [
    narrow(
        "ten different operations",
        [np.sin, np.exp, np.sqrt, np.tanh, np.square],
        [np.tanh, np.square, np.exp, np.arctan, np.log1p],
    ),
    narrow("ten times tanh", 5 * [np.tanh], 5 * [np.tanh]),
    narrow("ten times sin", 5 * [np.sin], 5 * [np.sin]),
]
