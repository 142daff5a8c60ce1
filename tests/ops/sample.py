"""A sample call: code to differentiate, a point to do it at, and an independent way to its derivative."""

from zlib import crc32

import numpy as np
import scipy.sparse as sp
import scipy.special as sc

from dualrev.registry import OPS, complete

DIFFERENCES = "differences"  # a referee for functions without a complex continuation

# What the code of a sample may name: NumPy, scipy.special and scipy.sparse, the primitives composites are said in.
# The registry as dualrev fills it: not the ops of their own that other tests and examples have put there.
complete()
SHIPPED = {op: OPS[op] for op in OPS if not hasattr(op, "plain") or op.__module__.startswith("dualrev.ops")}
NAMES = {"np": np, "sc": sc, "sp": sp} | {op.__name__: op for op in SHIPPED if hasattr(op, "plain")}


class Sample:
    """`code`, a function of x, y and z, at the point xs.

    code is a string, so that a test's name says what it tests. An x is an array, or a function of a generator, which is
    seeded with the code: a sample's point does not depend on its neighbours.
    twin: the same function for complex arguments, where `code` itself has no analytic continuation; or DIFFERENCES.
    """

    def __init__(self, code, *xs, twin=None):
        rng = np.random.default_rng(crc32(code.encode()))
        self.code = code
        self.xs = tuple(x(rng) if callable(x) else x for x in xs)
        self.f = self.function(code)
        self.referee = None if twin is DIFFERENCES else self.function(twin or code)

    def function(self, code):
        return eval(f"lambda {', '.join('xyz'[: len(self.xs)])}: {code}", NAMES)

    def __repr__(self):
        return f"{self.code} {' '.join('x'.join(map(str, np.shape(x))) or '.' for x in self.xs)}"


# ---- points ----------------------------------------------------------------------------------------------------------
# Every value is distinct and away from zero, so that no sample sits on a kink by accident.


def positive(*shape):
    """Between 0.3 and 2.7, in random order."""
    return lambda rng: rng.permutation(spaced(rng, 0.3, 2.7, shape).ravel()).reshape(shape)


def real(*shape):
    """As `positive`, with random signs."""
    return lambda rng: positive(*shape)(rng) * rng.choice([-1.0, 1.0], shape)


def unit(*shape):
    """Inside (-1, 1)."""
    return lambda rng: real(*shape)(rng) / 3


def beyond(*shape):
    """Above 1."""
    return lambda rng: 1 + positive(*shape)(rng)


def square(*shape):
    """Well-conditioned square matrices."""
    return lambda rng: real(*shape)(rng) / 3 + 2 * np.eye(shape[-1])


def definite(*shape):
    """Symmetric positive definite matrices."""

    def point(rng):
        A = square(*shape)(rng)
        return A @ np.swapaxes(A, -1, -2)

    return point


def spaced(rng, low, high, shape):
    n = int(np.prod(shape))
    step = (high - low) / max(n, 1)
    return np.asarray(low + step * (np.arange(n) + rng.uniform(0.2, 0.8))).reshape(shape)
