"""Threads may differentiate at the same time: eight of them, different functions, nested too."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import dualrev as dr

x = np.linspace(0.1, 0.9, 5)
TASKS = {
    "gradient": (lambda: dr.grad(lambda x: np.sum(np.sin(x)))(x), np.cos(x)),
    "forward Jacobian": (lambda: dr.jacobian(np.exp, mode="forward")(x), np.diag(np.exp(x))),
    "reverse Jacobian": (lambda: dr.jacobian(lambda x: x**3, mode="reverse")(x), np.diag(3 * x**2)),
    "Hessian": (lambda: dr.hessian(lambda x: np.sum(x**4))(x), np.diag(12 * x**2)),
    "hvp": (lambda: dr.hvp(lambda x: np.sum(x) ** 2, x, x), np.full(5, 2 * np.sum(x))),
    "third derivative": (lambda: dr.grad(dr.grad(dr.grad(lambda x: x**5)))(0.5), 60 * 0.5**2),
    "nested": (lambda: dr.grad(lambda x: x * dr.grad(lambda y: x + y)(1.0))(1.0), 1.0),
    "jvp": (lambda: dr.jvp(np.log, (x,), (x,))[1], np.ones(5)),
}


def test_eight_threads_differentiate_eight_functions_at_once():
    start = Barrier(len(TASKS))

    def work(name):
        derivative, expected = TASKS[name]
        start.wait()
        return [np.max(np.abs(derivative() - expected)) for _ in range(200)]

    with ThreadPoolExecutor(len(TASKS)) as pool:
        errors = list(pool.map(work, TASKS))
    assert [max(e) for e in errors] == pytest.approx([0.0] * len(TASKS), abs=1e-14)
