"""The programs that drawings are tested on."""

import numpy as np

import dualrev as dr


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def scalarflow(w, x, y):
    return (w * x - y) ** 2 + w**2


def neuron(x1, x2, w1, w2, b):
    n = x1 * w1 + x2 * w2 + b
    e = np.exp(2 * n)
    return (e - 1) / (e + 1)


def pen_and_paper(w1, w2, w3, x1, x2, x3):
    return (w1 * x1 + w2 * x2) * (w3 * x3)


def hsf(a, b):
    c = a + b
    d = a - b
    e = c * d
    return b * e


def square(a):
    return a * a


def layers(x, W1, b1, W2, b2):
    with dr.group("layer 1"):
        h = np.tanh(W1 @ x + b1)
    with dr.group("layer 2"):
        y = np.tanh(W2 @ h + b2)
    with dr.group("loss"):
        return np.sum((y - 1.0) ** 2)


def neurons(x, weights):
    """The same with a value for every number."""
    for depth, rows in enumerate(weights):
        with dr.group(f"layer {depth + 1}"):
            out = []
            for k, row in enumerate(rows):
                with dr.group(f"neuron {k + 1}"):
                    total = row[0] * x[0]
                    for w, xi in zip(row[1:], x[1:], strict=True):
                        total = total + w * xi
                    out.append(np.tanh(total))
            x = out
    return sum((xi - 1.0) ** 2 for xi in x)


def pendulum(x, v):
    """A pendulum in 25 steps of 8 operations: 202 values."""
    for _ in range(25):
        a = np.sin(x) * -9.81
        v = v + 0.01 * (a - 0.1 * v)
        x = x + 0.01 * v
    return x


def constants(x, y):
    w = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    z = x * 3.14159265 + w * y
    m = np.where(z > 2.0, z, 0.5)
    return (np.sum(m[1:3]) + np.linalg.norm(z - 1e-9)) * 1e12


rng = np.random.default_rng(0)
PROGRAMS = {
    "baydin": (baydin, 2.0, 5.0),
    "scalarflow": (scalarflow, 1.0, 2.0, 3.0),
    "neuron": (neuron, 2.0, 0.0, -3.0, 1.0, 6.8813735870195432),
    "pen and paper": (pen_and_paper, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    "hsf": (hsf, 1.0, 2.0),
    "square": (square, 3.0),
    "layers": (layers, *[rng.normal(size=s) for s in ((4,), (5, 4), (5,), (3, 5), (3,))]),
    "neurons": (neurons, [0.5, -1.0], [rng.normal(size=(3, 2)).tolist(), rng.normal(size=(2, 3)).tolist()]),
    "pendulum": (pendulum, 1.0, 0.0),
    "constants": (constants, np.linspace(0, 1, 5), 2.0),
}
