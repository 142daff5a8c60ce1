"""dualrev.scipy.integrate against SciPy: sums over samples, in the samples and in the steps."""

import numpy as np
import pytest
import scipy.integrate

import dualrev as dr
from dualrev.scipy import integrate
from tests.scipy.against_scipy import assert_as_scipy, refused

RNG = np.random.default_rng(7)
RULES = ("trapezoid", "simpson", "cumulative_trapezoid", "cumulative_simpson")


def samples(*shape):
    return RNG.uniform(-2, 2, shape)


def knots(*shape):
    return np.cumsum(RNG.uniform(0.5, 1.5, shape), axis=-1)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_sums_over_samples_and_steps(name, n):
    of_y = lambda m, y: getattr(m, name)(y, axis=0)
    of_dx = lambda m, y, dx: getattr(m, name)(y, dx=dx)
    of_x = lambda m, y, x: getattr(m, name)(y, x=x)
    assert_as_scipy(of_y, integrate, scipy.integrate, (samples(n, 2),))
    assert_as_scipy(of_dx, integrate, scipy.integrate, (samples(2, n), np.array(0.7)))
    assert_as_scipy(of_x, integrate, scipy.integrate, (samples(2, n), knots(n)))
    assert_as_scipy(of_x, integrate, scipy.integrate, (samples(2, n), knots(2, n)))


@pytest.mark.parametrize("name", RULES[:3])
def test_two_samples(name):
    assert_as_scipy(lambda m, y, x: getattr(m, name)(y, x=x), integrate, scipy.integrate, (samples(2), knots(2)))


@pytest.mark.parametrize("initial", [0, None])
def test_cumulative_with_a_start(initial):
    f = lambda m, y: m.cumulative_trapezoid(y, initial=initial, axis=0)
    assert_as_scipy(f, integrate, scipy.integrate, (samples(4, 2),))


def test_a_start_that_differs_by_row():
    f = lambda m, y: m.cumulative_simpson(y, initial=np.array([[1.0], [2.0]]))
    assert_as_scipy(f, integrate, scipy.integrate, (samples(2, 4),))


def test_romberg():
    assert_as_scipy(lambda m, y: m.romb(y, dx=0.3, axis=0), integrate, scipy.integrate, (samples(5, 2),))


def test_a_parabola_is_integrated_exactly():
    """Closed form: the integral of a t^2 over [0, 2] is 8 a / 3."""
    t = np.linspace(0.0, 2.0, 5)
    assert dr.grad(lambda a: integrate.simpson(a * t**2, x=t))(1.0) == pytest.approx(8 / 3, rel=1e-14)


def test_gauss_quadrature_differentiates_through_the_function():
    slope = dr.grad(lambda a: integrate.fixed_quad(lambda t: np.exp(-a * t), 0.0, 1.0, n=10)[0])(1.3)
    exact = (np.exp(-1.3) * (1.3 + 1) - 1) / 1.3**2
    assert slope == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("name", ["nquad", "tplquad"])
def test_what_has_no_rule_is_refused_by_name(name):
    f = lambda a: getattr(integrate, name)(lambda *t: t[0], a, 1.0)
    assert f".{name} has no derivative rule" in refused(f, (np.array(0.5),))


def test_plain_arguments_are_scipys():
    assert integrate.quad(np.sin, 0, 1) == scipy.integrate.quad(np.sin, 0, 1)
    assert integrate.simpson([1.0, 2.0, 3.0]) == scipy.integrate.simpson([1.0, 2.0, 3.0])
