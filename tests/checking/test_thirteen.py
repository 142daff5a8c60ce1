"""The thirteen cases on which the known checkers go wrong: the right verdict in each, for 50 seeds."""

import numpy as np
import pytest

from dualrev.checking import audit, check

SEEDS, FEWER = range(50), range(10)
X = np.array([0.4, 1.1, -0.7])
POWERS = np.arange(-6.0, 7.0, 2.0)


def f(x):
    return np.sum(np.sin(x) * np.exp(0.5 * x))


def df(x):
    return (np.cos(x) + 0.5 * np.sin(x)) * np.exp(0.5 * x)


def swapped(x):
    return np.array([2 * x[0] * x[1], x[1] ** 2])


CASES = {
    "all components off by 1e-4 relative": ("FAIL", f, lambda x: df(x) * (1 + 1e-4), X),
    "all off by 1e-6 relative": ("FAIL", f, lambda x: df(x) * (1 + 1e-6), X),
    "scaled by 1e-8, gradient twice too large": ("FAIL", lambda x: 1e-8 * f(x), lambda x: 2e-8 * df(x), X),
    "scaled by 1e8": ("PASS", lambda x: 1e8 * f(x), lambda x: 1e8 * df(x), X),
    "plus 1e6": ("PASS", lambda x: 1e6 + f(x), df, X),
    "x near 1e6, quadratic": ("PASS", lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1e6, 1.1e6, 0.9e6])),
    "log at x near 1e-6": ("PASS", lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([1e-6, 2e-6, 3e-6])),
    "scales 1e-6 to 1e6 in one x": (
        "PASS",
        lambda x: np.sum(np.sin(x / 10.0**POWERS)),
        lambda x: np.cos(x / 10.0**POWERS) / 10.0**POWERS,
        10.0**POWERS,
    ),
    "1e-9 away from a kink": ("PASS", lambda x: np.sum(np.abs(x)), np.sign, np.array([1e-9, -1e-9, 2.0])),
    "sqrt near the edge of its domain": (
        "PASS",
        lambda x: np.sum(np.sqrt(x)),
        lambda x: 0.5 / np.sqrt(x),
        np.array([1e-10, 1e-8, 1.0]),
    ),
    "float32": ("PASS", lambda x: np.sum(np.tanh(x)), lambda x: 1 - np.tanh(x) ** 2, X.astype(np.float32)),
    "abs at 0, claiming 0": ("INCONCLUSIVE", lambda x: np.sum(np.abs(x)), np.sign, np.zeros(3)),
    "two components swapped": ("FAIL", lambda x: x[0] * x[1] ** 2, swapped, np.array([2.0, 4.0])),
}
# The same again: other functions, one input, a kink and an edge that are not at 0, a sum of all scales.
FURTHER = {
    "off by 1e-6 relative, one input": (
        "FAIL",
        lambda x: np.exp(x[0]),
        lambda x: np.exp(x) * (1 + 1e-6),
        np.array([0.7]),
    ),
    "quadratic about 1e6": (
        "PASS",
        lambda x: np.sum((x - 1e6) ** 2),
        lambda x: 2 * (x - 1e6),
        1e6 + np.array([1.0, 2.0]),
    ),
    "sum of squares at all scales": ("PASS", lambda x: np.sum(x**2), lambda x: 2 * x, 10.0**POWERS),
    "1e-9 away from a kink at 1": (
        "PASS",
        lambda x: np.sum(np.abs(x - 1)),
        lambda x: np.sign(x - 1),
        np.array([1 + 1e-9]),
    ),
    "sqrt, edge at 1": (
        "PASS",
        lambda x: np.sum(np.sqrt(x - 1)),
        lambda x: 0.5 / np.sqrt(x - 1),
        np.array([1 + 1e-9, 2.0]),
    ),
    "log, 1e-9 inside": ("PASS", lambda x: np.sum(np.log(x - 1)), lambda x: 1 / (x - 1), np.array([1 + 1e-9])),
    "float32, computed in float64": (
        "PASS",
        lambda x: np.sum(np.tanh(x)),
        lambda x: 1 - np.tanh(np.float64(x)) ** 2,
        X.astype(np.float32),
    ),
    "abs at 0, 0 at every point": ("INCONCLUSIVE", lambda x: np.sum(np.abs(x)), np.zeros_like, np.zeros(3)),
    "abs of a number at 0, 0 at every point": ("INCONCLUSIVE", lambda x: abs(x), lambda x: 0.0, 0.0),
    "two components swapped, as a number each": ("FAIL", lambda x: x[0] * x[1] ** 2, swapped, [2, 4]),
}
CORRECT = [name for name, (truth, *_) in {**CASES, **FURTHER}.items() if truth != "FAIL" and "every point" not in name]


@pytest.mark.parametrize("name", [*CASES, *FURTHER])
def test_audit_judges_rightly_for_every_seed(name):
    truth, function, derivative, x = {**CASES, **FURTHER}[name]
    seeds = SEEDS if name in CASES else FEWER
    assert [audit(function, derivative, x, seed=seed).verdict for seed in seeds] == [truth] * len(seeds)


@pytest.mark.parametrize("name", CORRECT)
def test_check_judges_rightly_for_every_seed(name):
    truth, function, _, x = {**CASES, **FURTHER}[name]
    seeds = SEEDS if name in CASES else FEWER
    assert [check(function, x, seed=seed).verdict for seed in seeds] == [truth] * len(seeds)


def test_the_kink_is_called_a_kink():
    components = audit(np.abs, np.sign, 0.0).components
    assert components[0].reason.startswith("kink")


def test_one_point_cannot_tell_swapped_components():
    _, function, derivative, x = CASES["two components swapped"]
    assert audit(function, derivative, x, points=1).verdict == "PASS"
