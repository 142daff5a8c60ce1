"""Long runs: nothing is leaked, and depth is no limit. Run by `make fuzz`."""

import gc
import tracemalloc

import numpy as np
import pytest

import dualrev as dr

pytestmark = pytest.mark.fuzz


def test_a_hundred_thousand_gradients_leak_nothing():
    g, x = dr.grad(lambda x: np.sum(np.sin(x) * x)), np.ones(10)
    for _ in range(1000):
        g(x)
    gc.collect()
    tracemalloc.start()
    for _ in range(100_000):
        g(x)
    gc.collect()
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert left < 100_000


def test_ten_million_operations():
    def f(x):
        for _ in range(10_000_000):
            x = x * 1.0
        return x

    assert dr.grad(f)(3.0) == 1.0
