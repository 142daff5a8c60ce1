"""Functions whose derivatives people write by hand, and the points and data for them."""

import numpy as np


def A(*values: float) -> np.ndarray:
    return np.array(values)


rng = np.random.default_rng(11)
X3, X4, X5 = A(0.7, -1.3, 2.1), A(0.5, 1.7, -0.8, 1.2), A(0.4, 1.9, -1.1, 0.8, 2.3)
POSITIVE = A(0.4, 1.9, 1.1, 0.8)
SCORES = A(0.3, -0.4, 1.1, 0.6)
T = np.linspace(0.2, 2.4, 7)
DATA = 2.2 * np.exp(-0.6 * T) + 0.05 * np.cos(9 * T)
D, TARGET = rng.standard_normal((6, 4)), rng.standard_normal(6)
LABELS = (TARGET > 0).astype(float)
M, N4 = rng.standard_normal((3, 3)) + 2 * np.eye(3), rng.standard_normal((4, 4))
SQUARE, B3, WIDE = rng.standard_normal((3, 3)) + 3 * np.eye(3), rng.standard_normal((3, 3)), rng.standard_normal((2, 4))
WEIGHTS = A(0.5, 2.0, 3.5, 1.25)
LINKS = np.array([0, 2, 2, 1, 0, 3])
SHUFFLE = np.array([1, 2, 0, 3])
LAMBDA, MU = 0.37, 25.0
MANY = rng.uniform(0.5, 2.0, 200)
BATCH = rng.standard_normal((5, 3))

# ---- functions -------------------------------------------------------------------------------------------------------


def squares(x):
    return np.sum((D @ x - TARGET) ** 2)


def mean_squares(x):
    return np.mean((D @ x - TARGET) ** 2)


def residuals(x):
    return D @ x - TARGET


def decay(p):
    a, k, b = p[0], p[1], p[2]
    return np.sum(a * np.exp(-k * T) + b)


def decay_curve(p):
    return p[0] * np.exp(-p[1] * T) + p[2]


def decay_jacobian(p):
    e = np.exp(-p[1] * T)
    return np.stack([e, -p[0] * T * e, np.ones_like(T)], axis=1)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def logistic(w):
    z = D @ w
    return np.sum(np.logaddexp(0, z) - LABELS * z)


def ridge_logistic(w):
    z = D @ w
    loss = np.sum(np.logaddexp(0, z) - LABELS * z)
    return loss + LAMBDA * np.sum(w**2)


def logistic_slope(w):
    return D.T @ (sigmoid(D @ w) - LABELS)


def normal_density(p):
    x, mean, variance = p[0], p[1], p[2]
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def log_likelihood(p):
    mean, sigma = p[0], p[1]
    return -np.sum((DATA - mean) ** 2) / (2 * sigma**2) - DATA.size * np.log(sigma)


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def plain_softmax(x):
    return np.exp(x) / np.sum(np.exp(x))


def norm(x):
    return np.sqrt(np.sum(x**2))


def unit(x):
    return x / np.sqrt(np.sum(x**2))


def standard(x):
    return (x - np.mean(x)) / np.std(x)


def variation(x):
    return np.sum((x[1:] - x[:-1]) ** 2)


def huber(x):
    return np.sum(np.where(np.abs(x) <= 1.0, 0.5 * x**2, np.abs(x) - 0.5))


def penalised(x):
    excess = np.maximum(np.sum(x) - 1.0, 0.0)
    return np.sum((x - 2) ** 2) + MU * excess**2


def polar(q):
    r, phi = q[0], q[1]
    return np.stack([r * np.cos(phi), r * np.sin(phi)])


def spherical(q):
    r, u, v = q[0], q[1], q[2]
    return np.stack([r * np.sin(u) * np.cos(v), r * np.sin(u) * np.sin(v), r * np.cos(u)])


def spherical_jacobian(q):
    (r, u, v), s, c = q, np.sin, np.cos
    return np.array([
        [s(u) * c(v), r * c(u) * c(v), -r * s(u) * s(v)],
        [s(u) * s(v), r * c(u) * s(v), r * s(u) * c(v)],
        [c(u), -r * s(u), 0.0],
    ])  # fmt: skip


def layer(p):
    return np.sum(np.tanh(BATCH @ p["w"] + p["b"]))


def layer_slope(p):
    delta = 1 - np.tanh(BATCH @ p["w"] + p["b"]) ** 2
    return {"w": BATCH.T @ delta, "b": delta.sum(axis=0)}


LAYER = {"w": WIDE[:, :3].T.copy(), "b": A(0.3, -0.2)}


def power_sum(x, p):
    return np.sum(x**p)


def entropy_bits(p):
    return -np.sum(p * np.log2(p))


def enzyme(p):
    return p[0] * 1.7 / (p[1] + 1.7)


def chain(x):
    return np.sum(np.exp(x**2))


def long_sum(x):
    return np.sum(np.sin(x) * x)


def long_slope(x):
    return np.sin(x) + x * np.cos(x)


def trig(x):
    return x[0] * x[1] + np.sin(x[0]) * x[1]


def scattered(x):
    return np.sum(np.arange(1.0, 7.0) * x[LINKS] ** 2)


def spring(x):
    return 0.5 * x @ N4 @ x


def bent(x):
    return np.sum(x**3)
