"""Populations of right derivatives: peaks on a baseline, flat regions. Each has a point."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

SEEDS = range(10)


class Member(NamedTuple):
    f: Callable[[Any], Any]
    jac: Callable[[Any], Any]
    x: Any


# ---- peaks on a baseline: far from a peak the slope is lost in the rounding of the baseline ------------


def gaussian(rng):
    c, w = rng.uniform(-8, 8), rng.uniform(0.3, 4)
    return lambda x: np.exp(-w * (x - c) ** 2), lambda x: -2 * w * (x - c) * np.exp(-w * (x - c) ** 2)


def sech2(rng):
    c, w = rng.uniform(-20, 20), rng.uniform(0.5, 3)
    return (
        lambda x: np.cosh(w * (x - c)) ** -2,
        lambda x: -2 * w * np.sinh(w * (x - c)) * np.cosh(w * (x - c)) ** -3.0,
    )


def step(rng):
    c, w = rng.uniform(-30, 30), rng.uniform(1, 5)
    return (
        lambda x: 1 / (1 + np.exp(-w * (x - c))),
        lambda x: w * np.exp(-w * (x - c)) / (1 + np.exp(-w * (x - c))) ** 2,
    )


def lorentzian(rng):
    c, w = rng.uniform(-8, 8), rng.uniform(1e-3, 1)
    return lambda x: w / ((x - c) ** 2 + w), lambda x: -2 * w * (x - c) / ((x - c) ** 2 + w) ** 2


def several(rng, kinds):
    """A baseline and peaks of these kinds, as a function of one number."""
    base, made = rng.uniform(0.1, 3) * 10.0 ** rng.integers(0, 4), [(rng.uniform(0.2, 3), kind(rng)) for kind in kinds]
    return Member(
        lambda x: base + sum(h * peak(x) for h, (peak, _) in made),
        lambda x: sum(h * slope(x) for h, (_, slope) in made),
        float(rng.uniform(-3, 3)),
    )


def radial_basis(rng, n):
    """A network of radial basis functions with a bias."""
    C, w, bias = rng.uniform(-6, 6, (8, n)), rng.normal(size=8), rng.uniform(0.5, 2)

    def f(x):
        return bias + w @ np.exp(-np.sum((x - C) ** 2, axis=1))

    def jac(x):
        return -2 * (w * np.exp(-np.sum((x - C) ** 2, axis=1))) @ (x - C)

    return Member(f, jac, rng.uniform(-3, 3, n))


def spectrum(rng, count):
    """`count` Gaussians on a constant at 8 places, as a function of heights, centres, widths and the constant."""
    t = np.linspace(0, 10, 8)

    def parts(p):
        h, c, w = np.reshape(p[:-1], (3, count, 1))
        return h, (t - c) / w, w, np.exp(-(((t - c) / w) ** 2))

    def f(p):
        h, _, _, e = parts(p)
        return np.sum(h * e, axis=0) + p[-1]

    def jac(p):
        h, z, w, e = parts(p)
        return np.concatenate([e, 2 * h * e * z / w, 2 * h * e * z**2 / w, np.ones((1, t.size))]).T

    h, c, w = rng.uniform(0.5, 5, count), rng.uniform(1, 9, count), rng.uniform(0.2, 1, count)
    return Member(f, jac, np.concatenate([h, c, w, [rng.uniform(0.1, 2)]]))


def at_a_maximum(rng):
    """Two peaks as two outputs; the first is at its maximum."""
    c, w, base = np.sort(rng.uniform(-8, 8, 2)), rng.uniform(0.5, 4), rng.uniform(0.1, 2)
    f = lambda x: base + np.exp(-w * (x - c) ** 2)
    return Member(f, lambda x: -2 * w * (x - c) * np.exp(-w * (x - c) ** 2), float(c[0]))


def peaks() -> Iterator[tuple[str, Member]]:
    """60 of them."""
    kinds = {
        "one Gaussian": lambda rng: several(rng, [gaussian]),
        "sech2, a step and a Lorentzian": lambda rng: several(rng, [sech2, step, lorentzian]),
        "at a maximum": at_a_maximum,
        "spectrum, 1": lambda rng: spectrum(rng, 1),
        "spectrum, 2": lambda rng: spectrum(rng, 2),
        "radial basis, 5": lambda rng: radial_basis(rng, 5),
    }
    for k, (name, make) in enumerate(kinds.items()):
        for seed in SEEDS:
            yield f"{name}, {seed}", make(np.random.default_rng([14, k, seed]))


# ---- flat regions at decimal numbers: a constant of few digits is no rounded value -----------------------------------

HINGES = np.array([[1.0, -2.0, 0.5], [0.3, 1.0, -1.0], [-1.0, 0.2, 2.0]])
DECIMAL = np.array([1.2345, -20.3456, 0.078912])


def clipped(c):
    return lambda x: np.clip(x, -c, c), lambda x: 1.0 * (np.abs(x) < c)


def tukey(c):
    """The loss; flat beyond c."""
    inside = lambda x: np.abs(x) <= c
    return (
        lambda x: np.where(inside(x), c**2 / 6 * (1 - (1 - (x / c) ** 2) ** 3), round(c**2 / 6, 5)),
        lambda x: np.where(inside(x), x * (1 - (x / c) ** 2) ** 2, 0.0),
    )


def truncated(c):
    """Squares, cut off at a decimal number."""
    return lambda x: np.minimum(x**2, c**2), lambda x: np.where(np.abs(x) < c, 2 * x, 0.0)


def dead_zone(c):
    return lambda x: c + np.sign(x) * np.maximum(np.abs(x) - c, 0), lambda x: 1.0 * (np.abs(x) > c)


def saturated(c):
    """A ramp from 0.1234 to 1 + 0.1234 c."""
    return lambda x: 0.1234 * c + np.clip(x, 0, 1), lambda x: 1.0 * ((x > 0) & (x < 1))


def rectified(seed):
    """Residuals with decimal data where the model is 0, of three parameters."""
    x = -np.random.default_rng(seed).uniform(0.5, 3, 3) * np.array([1.0, 1.0, 0.01])
    A = np.abs(HINGES)
    return Member(lambda p: DECIMAL - np.maximum(A @ p, 0), lambda p: -A * (A @ p > 0)[:, None], x)


def flats() -> Iterator[tuple[str, Member]]:
    """60 of them: in the flat region, at its edge, and beside it."""
    kinds = {"clip": clipped, "Tukey": tukey, "squares": truncated, "dead zone": dead_zone, "ramp": saturated}
    points = {"far": 9.0, "beyond": 3.123, "left": -7.0, "near the edge": 1.1, "inside": 0.4321}
    for name, kind in kinds.items():
        for c, (where, factor) in zip((1.345, 4.685, 2.5001, 12.3456, 0.9982), points.items()):
            yield f"{name} {c}, {where}", Member(*kind(c), factor * c)
            yield f"{name} {c}, {where}, an array", Member(*elementwise(*kind(c)), c * np.array([factor, -3.3, 0.2]))
    for seed in SEEDS:
        yield f"rectified, {seed}", rectified(seed)


def elementwise(f, slope):
    return f, lambda x: np.diag(slope(x))
