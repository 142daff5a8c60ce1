"""Which functions are affine in their argument: hand-made cases."""

import numpy as np
import pytest

from dualrev.optimize.linearity import is_affine

T = np.linspace(-1.0, 2.0, 7)
START = np.array([0.7, -1.3])

AFFINE = {
    "a line": lambda p: p[0] + p[1] * T,
    "a design matrix": lambda p: np.column_stack([T, T**2]) @ p,
    "an offset": lambda p: p[0] * np.exp(T) + 3.0,
    "a constant": lambda p: 0 * p[0] + np.ones(7),
    "an array of both": lambda p: np.array([p[0], p[1], p[0] - p[1]]),
    "a running sum": lambda p: np.cumsum(p[0] + p[1] * T),
    "tiny": lambda p: 1e-12 * (p[0] + p[1] * T),
    "the branch by data": lambda p: np.where(T > 0, p[0] * T, p[1] * T),
}
NOT = {
    "a product": lambda p: p[0] * p[1] * T,
    "an exponential": lambda p: p[0] * np.exp(-p[1] * T),
    "abs": lambda p: p[0] + np.abs(p[1]) * T,
    "abs far away": lambda p: np.abs(p[0] - 1e5) + p[1] * T,
    "clip": lambda p: np.clip(p[0], 0, 1000) + p[1] * T,
    "maximum": lambda p: np.maximum(p[0] + p[1] * T, 0.0),
    "hinge": lambda p: np.where(p[0] > T, p[1] * T, 0.0),
    "floor": lambda p: np.floor(p[0]) + p[1] * T,
    "python branch": lambda p: (p[0] if p[0] > -5 else 2 * p[0]) + p[1] * T,
    "sorted": lambda p: np.sort(p),
    "domain": lambda p: p[0] + p[1] * T + 0 * np.log(np.maximum(p[0], 0.5)),
}


@pytest.mark.parametrize("name", AFFINE)
def test_affine(name):
    assert is_affine(AFFINE[name], START)


@pytest.mark.parametrize("name", NOT)
def test_not_affine(name):
    assert not is_affine(NOT[name], START)


def test_a_function_that_raises_elsewhere_is_not_affine():
    def picky(p):
        if p[0] > 10:
            raise ValueError("out of range")
        return p[0] + p[1] * T

    assert not is_affine(picky, START)
