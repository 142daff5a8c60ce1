"""dr.optimize.root: exact Jacobians, unknowns by name, and success only where the equations hold."""

import numpy as np
import pytest
import scipy.optimize as so

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError, WrongDerivativeError
from dualrev.optimize import root


def circle(p):
    return {"line": p["x"] - p["y"], "circle": p["x"] ** 2 + p["y"] ** 2 - 2}


START = {"x": 3.0, "y": 0.5}


@pytest.mark.parametrize("method", ["hybr", "lm", "broyden1", "krylov", "anderson"])
def test_a_circle_and_a_line(method):
    result = root(circle, START, method=method)
    assert result.success, result.message
    assert result.params == pytest.approx({"x": 1.0, "y": 1.0}, abs=1e-5)
    np.testing.assert_allclose(result.fun, [0.0, 0.0], atol=1e-4)


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_the_steps_are_those_of_a_jacobian_by_hand(method):
    f = lambda x: np.stack([np.exp(x[0]) - x[1], x[0] * x[1] - 2.0])
    jac = lambda x: np.array([[np.exp(x[0]), -1.0], [x[1], x[0]]])
    result = root(f, [0.3, 0.4], method=method)
    want = so.root(f, [0.3, 0.4], jac=jac, method=method)
    np.testing.assert_allclose(result.x, want.x, rtol=1e-12)
    assert result.nfev == want.nfev and result.counts.f <= want.nfev + 1
    assert result.x[0] == pytest.approx(0.8526055020137254, rel=1e-10)  # x exp(x) = 2


def test_a_minimum_of_the_squares_that_is_no_root_is_told():
    result = root(lambda x: x**2 + 1.0, [3.0], method="lm")
    assert not result.success
    assert "the equations do not hold there: equation 0 is 1" in result.message


def test_unknowns_that_the_equations_leave_open_are_named():
    result = root(
        lambda p: np.stack([p["a"] + p["b"] - 2, 2 * p["a"] + 2 * p["b"] - 4]), {"a": 3.0, "b": 4.0}, method="lm"
    )
    assert any("0.71 a - 0.71 b is undetermined" in said for said in result.certificate.undetermined)
    well = root(circle, START).certificate
    assert well.undetermined == [] and well.condition == pytest.approx(np.linalg.cond([[1, -1], [2, 2]]), rel=1e-6)


def test_what_it_prints():
    text = str(root(circle, START))
    assert text.startswith("root (hybr): converged, ") and "2 equations, the largest " in text and "x = 1" in text


def test_a_wrong_rule_stops_it():
    cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)
    with pytest.raises(WrongDerivativeError):
        root(lambda x: cube(x) - 8.0, [1.0])


def test_a_callback_gets_the_unknowns():
    seen = []
    root(circle, START, method="broyden1", callback=lambda p, f: seen.append((p, f)))
    assert seen and seen[0][0].keys() == START.keys() and len(seen[0][1]) == 2


def never(p):
    raise AssertionError("the function ran")


REFUSED = [
    (lambda: root(never, START, method="newton"), "method='newton': write one of"),
    (lambda: root(never, START, jac=never), "jac is given, and root computes the exact Jacobian"),
    (lambda: root(never, START, method="krylov", callback=1), "callback=1: give a function"),
    (lambda: root(never, START, callback=never), "method='hybr' takes no callback"),
    (lambda: root(never, START, options=3), "options is a int: give a dict"),
    (lambda: root(never, {"x": np.nan}), "the start of x is nan"),
    (lambda: root(3, START), "a function is needed"),
    (lambda: root(lambda p: p["x"], START), "<lambda> has 1 equations for 2 unknowns"),
    (lambda: root(lambda x: np.log(x), [1.0, -1.0]), r"equation 1 of <lambda> is nan at the start; .*log.*input -1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[m[:40] for _, m in REFUSED])
def test_what_does_not_fit_is_refused(call, message):
    with np.errstate(all="ignore"), pytest.raises(InputError, match=message):
        call()


def test_a_jacobian_that_is_not_finite_is_refused():
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match=r"Jacobian column of x\[0\]"):
        root(lambda x: np.sqrt(x) - 1, [0.0])
