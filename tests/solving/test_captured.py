"""The traced values that a function holds, wherever it holds them."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

import dualrev as dr
from dualrev.scipy import integrate, optimize
from dualrev.solving.captured import Captured, plain


class Model:
    def __init__(self, a):
        self.a = a

    def __call__(self, x):
        return x * x - self.a

    def method(self, x):
        return x * x - self.a


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


def in_a_helper(a):
    helper = lambda x: x * x - a
    return lambda x: helper(x)


def in_a_default(a):
    def f(x, a=a, *, b=a):
        return x * x - (a + b) / 2

    return f


def recursive(a):
    def f(x, depth=2):
        return x * x - a if depth == 0 else f(x, depth - 1)

    return f


def of(f, held):
    return lambda x: f(held, x)


HOLDING = {
    "a closure": lambda a: lambda x: x * x - a,
    "a function in a closure": in_a_helper,
    "defaults": in_a_default,
    "a partial": lambda a: partial(lambda a, x: x * x - a, a),
    "an object that is called": Model,
    "a method": lambda a: Model(a).method,
    "an attribute": lambda a: of(lambda m, x: x * x - m.a, SimpleNamespace(a=a)),
    "a list in a dict": lambda a: of(lambda d, x: x * x - d["a"][0], {"a": [a, 1.0]}),
    "itself": recursive,
    "an array of objects": lambda a: of(lambda v, x: x * x - v[1] / 2, np.array([a, 2.0 * a])),
}


@pytest.mark.parametrize("hold", HOLDING.values(), ids=HOLDING)
def test_a_root_takes_in_what_its_function_holds(hold):
    root = lambda a: optimize.brentq(hold(a), 0.0, 9.0)
    assert dr.grad(root)(4.0) == pytest.approx(0.25)
    assert dr.hessian(root)(4.0) == pytest.approx(-1 / 32)


@pytest.mark.parametrize("hold", HOLDING.values(), ids=HOLDING)
def test_an_integral_takes_in_what_its_function_holds(hold):
    area = lambda a: integrate.quad(hold(a), 0.0, 3.0)[0]
    assert dr.grad(area)(4.0) == pytest.approx(-3.0)


def test_a_root_takes_in_what_cannot_be_found():
    def root(a):
        held = Slotted(a)
        return optimize.brentq(lambda x: x * x - held.a, 0.0, 9.0)

    assert dr.grad(root)(4.0) == pytest.approx(0.25)


def test_an_integral_says_that_something_cannot_be_found():
    def area(a):
        held = Slotted(a)
        return integrate.quad(lambda x: x * held.a, 0.0, 1.0)[0]

    with pytest.raises(dr.LostDerivativeError, match=r"cannot be found.*pass it by args="):
        dr.grad(area)(4.0)


def test_nothing_of_the_users_is_changed():
    def f(a):
        model = Model(a)
        held = Captured(model)
        assert held.plain().a == 3.0 and model.a is a
        return a

    dr.grad(f)(3.0)


def test_a_function_that_holds_nothing_is_called_as_it_is():
    f = lambda x: x
    assert Captured(f).plain() is f and Captured(f).leaves == []
    assert plain(3.0) == 3.0


def test_what_a_function_writes_to_stays_its_own():
    calls = 0

    def root(a):
        def f(x):
            nonlocal calls
            calls += 1
            return x * x - a

        return optimize.brentq(f, 0.0, 9.0)

    dr.grad(root)(4.0)
    assert calls > 5
