"""Functions that refuse traced values, each in its way: their derivatives are judged as any other."""

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from dualrev.checking import audit, check


class NotMine(Exception):
    """An exception that derives from none of those that libraries raise."""


def asserting(x):
    assert type(x) is np.ndarray and x.dtype == float
    return x[0] * x[1] ** 3


def raising(x):
    if type(x) is not np.ndarray:
        raise NotMine("arrays only")
    return x[0] * x[1] ** 3


def interrupting(x):
    if not isinstance(x, np.ndarray):
        raise SystemError("not that")
    return x[0] * x[1] ** 3


def product(x):
    return np.array([x[1] ** 3, 3 * x[0] * x[1] ** 2])


CASES = {
    "assert": (asserting, product, np.array([2.0, 0.7])),
    "an exception of its own": (raising, product, np.array([2.0, 0.7])),
    "SystemError": (interrupting, product, np.array([2.0, 0.7])),
    "brentq": (lambda p: brentq(lambda y: y**3 - p, 0, 5), lambda p: p ** (-2 / 3) / 3, 2.0),
    "fsolve": (lambda p: fsolve(lambda y: y**3 - p, 1.0)[0], lambda p: p ** (-2 / 3) / 3, 2.0),
    "math": (lambda x: float(f"{x:.17g}") ** 2, lambda x: 2 * x, 2.0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_function_that_refuses_traced_values_is_judged(name, capfd):
    f, jac, x = CASES[name]
    assert audit(f, jac, x).verdict == "PASS"
    for wrong in (lambda x: jac(x) + 0.3 * np.sin(x), lambda x: jac(x) * np.cos(x), lambda x: -jac(x)):
        assert audit(f, wrong, x).verdict == "FAIL"
    assert capfd.readouterr() == ("", "")


def test_an_exception_of_its_own_says_where_a_function_is_not_defined():
    def bounded(x):
        if not x > 0:
            raise NotMine("x is positive")
        return np.sqrt(x)

    for x in (1e-3, 1.0):
        assert audit(bounded, lambda x: 0.5 / np.sqrt(x), x).verdict == "PASS"
        assert check(bounded, x).verdict == "PASS"
        assert audit(bounded, lambda x: 0.6 / np.sqrt(x), x).verdict == "FAIL"
