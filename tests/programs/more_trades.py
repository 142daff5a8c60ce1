"""More programs as people write them, for the Python in them: loops, lists, classes, closures, generators, writes.

PROGRAMS: name -> (loss, point). Each loss takes one float array and gives one number.
"""

import copy
import functools
import itertools
import math
import operator
from collections import deque, namedtuple
from dataclasses import astuple, dataclass, replace

import numpy as np

from tests.programs.collecting import collector

rng = np.random.default_rng(1967)
PROGRAMS, program = collector()
G = 9.81


# ---- numerical recipes -----------------------------------------------------------------------------------------------


@program(2.0, 0.5)
def newtons_square_root(p):
    x, steps = 1.0, 0
    while abs(x * x - p[0]) > 1e-3 and steps < 50:
        x -= (x * x - p[0]) / (2 * x)
        steps += 1
    return x * p[1]


@program(rng.normal(size=(4, 4)))
def gaussian_elimination(A):
    A = A.copy() + 4 * np.eye(4)
    n, b = len(A), np.ones_like(A[0])
    for k in range(n):
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros_like(b)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x.sum()


@program(rng.normal(size=(4, 4)))
def determinant_with_pivots(A):
    A, sign = A.copy(), 1.0
    for k in range(len(A) - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            sign = -sign
        A[k + 1 :] -= np.outer(A[k + 1 :, k] / A[k, k], A[k])
    return sign * np.prod(np.diag(A))


@program(0.5, 2.0)
def simpson_between(p):
    n = 20
    t = np.linspace(p[0], p[1], n + 1)
    y = np.exp(-(t**2))
    return (p[1] - p[0]) / (3 * n) * (y[0] + 4 * np.sum(y[1:-1:2]) + 2 * np.sum(y[2:-1:2]) + y[-1])


@program(0.3, 0.7, -0.2, 0.4)
def horner_by_recursion(c):
    def value(c, t):
        return c[0] if len(c) == 1 else c[0] + t * value(c[1:], t)

    return value(c, 1.3) * value(c, c[0])


@program(rng.normal(size=6))
def bubble_sorted_weights(p):
    p = list(p)
    for i in range(6):
        for j in range(5 - i):
            if p[j] > p[j + 1]:
                p[j], p[j + 1] = p[j + 1], p[j]
    return sum(k * v**2 for k, v in enumerate(p))


@program(rng.normal(size=(4, 2)))
def rows_scaled_twice(A):
    """What is written through the rows of a copy of a copy is in the copy."""
    v = A.copy()
    for row in v:
        row *= 1.3
    v = v.copy()
    for row in v:
        row *= 0.7
    return np.sum(np.exp(0.3 * v))


# ---- simulation ------------------------------------------------------------------------------------------------------


class Oscillator:
    """A mass on a spring, which remembers where it has been."""

    def __init__(self, k, m):
        self.k, self.m, self.history = k, m, []

    @property
    def frequency(self):
        return np.sqrt(self.k / self.m)

    def step(self, x, v, dt):
        v += -self.k / self.m * x * dt
        x += v * dt
        self.history.append(x)
        return x, v


@program(2.0, 0.5)
def energy_of_an_oscillator(p):
    spring, x, v = Oscillator(p[0], p[1]), 1.0, 0.0
    for _ in range(10):
        x, v = spring.step(x, v, 0.1)
    return sum(h**2 for h in spring.history) + spring.frequency


@program(0.4, 6.0)
def projectile_with_drag(p):
    x, y, vx, vy, dt = 0.0, 1.0, p[1] * np.cos(p[0]), p[1] * np.sin(p[0]), 0.02
    for _ in range(20):
        speed = np.hypot(vx, vy)
        vx, vy = vx - 0.1 * speed * vx * dt, vy - (G + 0.1 * speed * vy) * dt
        x, y = x + vx * dt, y + vy * dt
    return x + y


@program(rng.uniform(0.2, 1.0, size=8))
def smoothing_filter(x):
    y = np.zeros_like(x)
    y[0] = x[0]
    for n in range(1, len(x)):
        y[n] = 0.9 * y[n - 1] + 0.1 * x[n]
    return y[-1] + np.mean(y[:-1] * y[1:])


@program(rng.normal(size=(5, 5)))
def edges_of_an_image(image):
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    out = np.zeros_like(image)
    for i in range(1, 4):
        for j in range(1, 4):
            out[i, j] = np.sum(image[i - 1 : i + 2, j - 1 : j + 2] * kernel)
    return np.sum(out**2)


@program(rng.normal(size=(4, 3)))
def lennard_jones_cluster(positions):
    energy = 0
    for a, b in itertools.combinations(positions, 2):
        r2 = np.sum((a - b) ** 2) + 1
        energy += 4 * (r2**-6 - r2**-3)
    return energy


# ---- finance and statistics ------------------------------------------------------------------------------------------


@program(0.3, 0.05)
def option_on_a_lattice(p):
    values = [np.maximum(1.1**k * (1 + p[0]) - 1, 0) for k in range(-3, 4)]
    while len(values) > 1:
        values = [0.5 * (down + up) * np.exp(-p[1]) for down, up in itertools.pairwise(values)]
    return values[0]


@program(0.1, 0.2, 0.05)
def present_value_of_cash_flows(rates):
    flows = {1: 100.0, 2: 110.0, 3: 120.0}
    factors = list(itertools.accumulate((1 / (1 + r) for r in rates), operator.mul))
    return sum(flows[year] * factor for year, factor in enumerate(factors, start=1))


@program(rng.normal(size=(6, 2)))
def principal_axis(x):
    centred = x - x.mean(0)
    w, v = np.linalg.eigh(np.cov(centred.T))
    return w[-1] + (centred @ v[:, -1]).std()


@program(rng.normal(size=(7, 2)))
def within_clusters(x):
    centres = x[:2]
    label = ((x[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
    return sum(((x[label == k] - x[label == k].mean(0)) ** 2).sum() for k in range(2))


@program(0.2, -0.4, 0.9)
def softmax_cross_entropy(z):
    e = np.exp(z - max(z))
    return -np.log(e / sum(e))[1]


# ---- geometry --------------------------------------------------------------------------------------------------------


@dataclass
class Point:
    x: float
    y: float = 0.0

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def norm(self):
        return np.hypot(self.x, self.y)


@program(2.0, 0.5, -1.0)
def perimeter_of_a_triangle(p):
    a, b = Point(p[0]), Point(p[1], p[2])
    c = replace(b, y=2 * a.x)
    corners = deque([a, b, c])
    corners.rotate(1)
    return sum((s - t).norm() for s, t in zip((a, b, c), corners)) + math.pi * sum(astuple(c))


@program(rng.normal(size=(5, 2)))
def shoelace_area(p):
    x, y = p.T
    return 0.5 * np.abs(
        np.dot(x, np.roll(y, 1)) - x[::-1].dot(np.roll(y[::-1], -1)) + np.sum(np.column_stack([x, y]) ** 2)
    )


@program(0.3, 0.2)
def two_rotations(a):
    c, s = np.cos(a), np.sin(a)
    Rz = np.array([[c[0], -s[0], 0], [s[0], c[0], 0], [0, 0, 1]])
    Rx = np.array([[1, 0, 0], [0, c[1], -s[1]], [0, s[1], c[1]]])
    return (Rz @ Rx)[0].sum() + np.trace(Rz.T @ Rx)


# ---- the Python in between -------------------------------------------------------------------------------------------


@program(0.57, 2.03, 0.3)
def generators_and_closures(p):
    def powers(t):
        y = 1.0
        while True:
            yield y
            y *= t

    total = 0.0

    def add(term):
        nonlocal total
        total += term

    for c, q in zip(p, powers(p[0])):
        add(c * q)
    scale = lambda t, k=2.0, *rest, power=3: k * t**power + sum(rest)
    return total + scale(p[0], p[1], p[2], power=2)


@program(0.57, 2.03, 0.3)
def copies_of_what_is_traced(p):
    a, b, c, d = copy.copy(p), copy.deepcopy(p), np.copy(p), p.copy()
    a[0], b[1] = 1, 2
    c[2] *= p[0]
    nested = copy.deepcopy({"scale": p[0], "rest": [p]})
    return (a * b * c * d).sum() + nested["scale"] * nested["rest"][0].sum()


@program(0.57, 2.03, 0.3)
def choices_by_value(p):
    i, smallest = np.argmax(p), sorted(p)[0]
    best = np.inf
    for t in p:
        best = min(best, t)
    whole, rest = divmod(p[1], 0.7)
    picked = p[i] ** 2 + p[int(i) - 1] if 0 < p[0] < 1 < p[1] and np.any(p > 1) and not np.allclose(p, 0) else 0.0
    return picked + smallest * best + whole * p[0] + rest + pow(2.0, p[1]) + round(p[1]) * p[2] + p[p > 0.5].sum()


@program(0.57, 2.03, 0.3)
def folded_and_named(p):
    Pair = namedtuple("Pair", "first second")
    pair = Pair(*deque(p, maxlen=2))
    product = functools.reduce(lambda a, b: a * b, map(np.log1p, filter(lambda t: t > 0.4, p)))
    first, *rest = p
    return product + pair.first * pair.second + first * sum(rest) + operator.itemgetter(1)(p)


@program(rng.normal(size=(2, 3)))
def enumerated_elements(x):
    total = sum((i + 2 * j) * v**2 for (i, j), v in np.ndenumerate(x))
    for index in np.ndindex(x.shape):
        total += np.sin(x[index]) * sum(index)
    for i, row in enumerate(x):
        total += sum((i + 1) * a * b for a, b in zip(row, reversed(row)))
    return total + np.sum(np.apply_along_axis(lambda r: r / (1 + r @ r), 1, x)) + np.add.outer(x[0], x[1])[1, 2] ** 2


@program(rng.normal(size=(3, 3)))
def paths_of_einsum(x):
    path = np.einsum_path("ij,kj->ik", x, x, optimize="optimal")[0]
    triple = np.einsum("ij,jk,kl->il", x, x, x, optimize=True)
    return (
        triple.sum()
        + np.einsum("ij,kj->ik", x, x, optimize=path).sum()
        + np.vectorize(lambda t: t * t if t > 0 else t)(x).sum()
    )


@program(0.2, 1.1, 0.7)
def printed_on_the_way(p):
    said = [f"{p[0]} {p}", f"{p[1]!r} {p.shape}", str(p), repr(p)]
    assert (p > 0).all(), f"negative: {p}"
    return np.sum(p**2) + 0 * len(said)
