"""Populations of right derivatives: peaks on a baseline, flat regions. A member is a function, its derivative, a point."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

SEEDS = range(10)


class Member(NamedTuple):
    f: Callable[[Any], Any]
    jac: Callable[[Any], Any]
    x: Any


# ---- peaks on a baseline: far from a peak the slope is lost in the rounding of the baseline ----------------------------


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
