"""Threads may differentiate at the same time: eight of them, different functions, nested too.

The interpreter is told to switch threads as often as it can, so that a sweep is interrupted between any two lines.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

import dualrev as dr

ROOT = Path(__file__).parents[1]
THREADS, ROUNDS = 8, 200
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


@pytest.fixture(autouse=True)
def switch_often():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(work, count=THREADS):
    """work(k) in `count` threads that start together; what each returned."""
    start = Barrier(count)

    def begin(k):
        start.wait()
        return work(k)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def largest_error(derivative, expected):
    return max(np.max(np.abs(derivative() - expected)) for _ in range(ROUNDS))


def test_eight_threads_differentiate_eight_functions_at_once():
    tasks = list(TASKS.values())
    errors = at_once(lambda k: largest_error(*tasks[k]))
    assert errors == pytest.approx([0.0] * THREADS, abs=1e-14)


@pytest.mark.parametrize("name", TASKS)
def test_eight_threads_differentiate_the_same_function(name):
    errors = at_once(lambda k: largest_error(*TASKS[name]))
    assert errors == pytest.approx([0.0] * THREADS, abs=1e-14)


def test_one_jacobian_serves_threads_with_different_shapes_and_modes():
    """Its memory of output sizes is shared; a wide thread takes reverse mode and a tall one forward mode."""
    f = lambda x, m: np.sum(x) ** 2 * np.arange(1.0, m + 1)
    J = dr.jacobian(f)

    def work(k):
        x, m = np.linspace(0.1, 0.9, 1 + k), 9 - k
        expected = np.multiply.outer(2 * np.sum(x) * np.arange(1.0, m + 1), np.ones(1 + k))
        return largest_error(lambda: J(x, m), expected)

    assert at_once(work) == pytest.approx([0.0] * THREADS, abs=1e-13)


def test_one_pullback_is_called_by_many_threads():
    _, pullback = dr.vjp(lambda x: np.cumsum(np.sin(x) * x[0]) + x, x)
    cotangents = np.random.default_rng(0).normal(size=(THREADS, 5))
    expected = [pullback(ct)[0] for ct in cotangents]
    errors = at_once(lambda k: largest_error(lambda: pullback(cotangents[k])[0], expected[k]))
    assert errors == [0.0] * THREADS


def test_nested_derivatives_of_all_mode_orders_at_once():
    modes = [(a, b) for a in ("forward", "reverse") for b in ("forward", "reverse")] * 2
    exact = np.diag(-np.sin(x)) + 2.0

    def work(k):
        outer, inner = modes[k]
        f = lambda x: np.sum(np.sin(x)) + np.sum(x) ** 2
        H = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)
        return largest_error(lambda: H(x), exact)

    assert at_once(work) == pytest.approx([0.0] * THREADS, abs=1e-14)


def test_the_error_of_one_thread_stays_there():
    def work(k):
        if k % 2:
            return largest_error(*TASKS["gradient"])
        for _ in range(ROUNDS):
            with pytest.raises(dr.LostDerivativeError):
                dr.grad(lambda x: float(x))(1.0)
        return 0.0

    assert at_once(work) == pytest.approx([0.0] * THREADS, abs=1e-14)


FIRST_USE = """
import sys, numpy as np, dualrev as dr, scipy.special as sc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
sys.setswitchinterval(1e-6)
start, x = Barrier(8), np.linspace(0.5, 0.9, 4)
def work(k):
    start.wait()
    return dr.grad(lambda x: np.sum(sc.erf(x) + np.tanh(x) * sc.expit(x)))(x)
with ThreadPoolExecutor(8) as pool:
    results = list(pool.map(work, range(8)))
s, t = sc.expit(x), np.tanh(x)
exact = 2 / np.sqrt(np.pi) * np.exp(-x * x) + (1 - t * t) * s + t * s * (1 - s)
print(max(np.max(np.abs(r - exact)) for r in results) < 1e-14)
"""


def test_rules_that_register_when_first_used_may_be_first_used_by_all():
    done = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["True"]
