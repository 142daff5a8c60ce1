"""Dual numbers: a value and its tangent, travelling together."""

import operator

import numpy as np
import pytest

import dualrev as dr
from dualrev.forward.dual import Dual, ForwardSweep, dual

BINARY = {
    "add": (operator.add, lambda x, y: 1.0, lambda x, y: 1.0),
    "sub": (operator.sub, lambda x, y: 1.0, lambda x, y: -1.0),
    "mul": (operator.mul, lambda x, y: y, lambda x, y: x),
    "truediv": (operator.truediv, lambda x, y: 1 / y, lambda x, y: -x / y**2),
    "pow": (operator.pow, lambda x, y: y * x ** (y - 1), lambda x, y: np.log(x) * x**y),
    "mod": (operator.mod, lambda x, y: 1.0, lambda x, y: -np.floor(x / y)),
}
UNARY = {"neg": (operator.neg, -1.0), "pos": (operator.pos, 1.0), "abs": (abs, 1.0)}
LEADS = [(), (1,), (4,)]


@pytest.fixture(params=LEADS, ids=["one direction", "K=1", "K=4"])
def sweep(request):
    return ForwardSweep(request.param)


def seeded(x, sweep, seed):
    """A dual number with a random tangent."""
    tangent = np.random.default_rng(seed).normal(size=sweep.lead + np.shape(x))
    return dual(x, tangent if tangent.shape else np.float64(tangent), sweep)


VALUES = {
    "numbers": (2.5, 1.5),
    "vectors": (np.array([2.5, 0.7]), np.array([1.5, 0.4])),
    "one": (np.array([2.5]), np.array([0.4])),
}


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", BINARY)
def test_an_operator_pushes_both_tangents(name, values, sweep):
    apply, by_x, by_y = BINARY[name]
    x, y = VALUES[values]
    a, b = seeded(x, sweep, 1), seeded(y, sweep, 2)
    both, left, right = apply(a, b), apply(a, y), apply(x, b)
    dx, dy = a.tangent * by_x(x, y), b.tangent * by_y(x, y)
    for out, expected in ((both, dx + dy), (left, dx), (right, dy)):
        assert type(out) is Dual and out.sweep is sweep
        np.testing.assert_array_equal(out.primal, apply(x, y))
        np.testing.assert_allclose(out.tangent, expected, rtol=1e-14)
        assert np.shape(out.tangent) == sweep.lead + np.shape(x)


@pytest.mark.parametrize("name", UNARY)
def test_a_unary_operator_pushes_its_tangent(name, sweep):
    apply, slope = UNARY[name]
    a = seeded(np.array([2.5, 0.7]), sweep, 1)
    np.testing.assert_array_equal(apply(a).tangent, slope * a.tangent)
    np.testing.assert_array_equal(apply(a).primal, apply(a.primal))


@pytest.mark.parametrize("small, large", [((), (3,)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((4,), (4, 4)), ((1,), (1, 1))])
@pytest.mark.parametrize("swap", [False, True], ids=["small on the left", "small on the right"])
def test_a_tangent_broadcasts_with_its_value_and_not_with_its_directions(small, large, swap, sweep):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=small), rng.normal(size=large)
    a, b = seeded(x, sweep, 1), seeded(y, sweep, 2)
    out = b * a if swap else a * b
    assert out.tangent.shape == sweep.lead + large
    for k in np.ndindex(sweep.lead):
        np.testing.assert_allclose(out.tangent[k], a.tangent[k] * y + x * b.tangent[k], rtol=1e-14)
    alone = y * a if swap else a * y
    for k in np.ndindex(sweep.lead):
        np.testing.assert_allclose(alone.tangent[k], a.tangent[k] * y, rtol=1e-14)


def test_the_value_is_the_value_of_the_plain_operation():
    sweep, x = ForwardSweep(()), np.array([0.1, 0.2, 0.3])
    a = seeded(x, sweep, 0)
    for f in (np.exp, np.sin, lambda x: x @ x, lambda x: x.sum(), lambda x: x[1:] / x[:-1], lambda x: np.cumprod(x)):
        plain, traced = f(x), f(a).primal
        np.testing.assert_array_equal(traced, plain)
        assert type(traced) is type(plain)


def test_the_newest_level_is_outside_and_its_tangent_holds_the_older_one():
    old, new = ForwardSweep(()), ForwardSweep(())
    x = dual(3.0, 1.0, old)
    y = dual(x, 1.0, new)
    cube = y * y * y
    assert cube.sweep is new and cube.primal.sweep is old and cube.tangent.sweep is old
    assert (cube.primal.primal, cube.primal.tangent, cube.tangent.primal, cube.tangent.tangent) == (
        27.0,
        27.0,
        27.0,
        18.0,
    )
    assert (x * y).sweep is (y * x).sweep is new


def test_an_ended_sweep_refuses_every_use():
    sweep = ForwardSweep(())
    x = dual(np.array([1.0, 2.0]), np.ones(2), sweep)
    assert not sweep.ended
    sweep.close()
    assert sweep.ended
    uses = [lambda: x + 1, lambda: 1 - x, lambda: x * x, lambda: -x, lambda: abs(x), lambda: np.exp(x), lambda: x.sum(),
            lambda: x[0], lambda: x[:1], lambda: x.reshape(2, 1), lambda: x.T, lambda: np.concatenate([x, x]),
            lambda: x @ x,
            lambda: np.where(True, x, 0.0), lambda: np.array(x), lambda: list(x)]  # fmt: skip
    for use in uses:
        with pytest.raises(dr.EscapedTracerError):
            use()


def test_a_dual_number_shows_both_parts():
    assert repr(dual(2.0, 3.0, ForwardSweep(()))) == "Dual(2.0 + 3.0 eps)"
