"""quad, quad_vec and dblquad of dualrev.scipy.integrate against mpmath and closed forms."""

import mpmath as mp
import numpy as np
import pytest
import scipy.integrate

import dualrev as dr
from dualrev.scipy import integrate
from tests.solving.closed_forms import assert_derivatives, assert_value


def gamma(m, s):
    return m.quad(lambda x: x ** (s - 1) * np.exp(-x), 0, np.inf)[0]


def test_the_gamma_function_to_the_third_derivative():
    mine = lambda s: gamma(integrate, s)
    assert_value(mine, lambda s: gamma(scipy.integrate, s), 2.5)
    f = mine
    for order in range(1, 4):
        f = dr.grad(f)
        assert f(2.5) == pytest.approx(float(mp.diff(mp.gamma, 2.5, order)), rel=1e-10)
    _, dy = dr.jvp(mine, (2.5,), (np.array([1.0, -2.0]),))
    np.testing.assert_allclose(dy, [float(mp.diff(mp.gamma, 2.5)) * k for k in (1, -2)], rtol=1e-10)


def test_limits_and_parameters_against_mpmath():
    f = lambda p: integrate.quad(lambda x, a, b: np.sin(a * x) * np.exp(-b * x), p[0], p[1] ** 2, args=(p[2], p[3]))[0]
    F = lambda u, v, a, b: mp.quad(lambda x: mp.sin(a * x) * mp.exp(-b * x), [u, v**2])
    p = np.array([0.1, 1.2, 2.0, 0.5])
    unit = lambda *ks: tuple(sum(int(i == k) for k in ks) for i in range(4))
    at = tuple(map(mp.mpf, p))
    want = [float(mp.diff(F, at, unit(k))) for k in range(4)]
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(p), want, rtol=1e-12)
    want = [[float(mp.diff(F, at, unit(k, j))) for j in range(4)] for k in range(4)]
    np.testing.assert_allclose(dr.hessian(f)(p), want, rtol=1e-9, atol=1e-12)


def test_a_singular_end_stays_where_it_is():
    """int_0^1 x^(s-1) dx = 1/s: the integrand is infinite at 0, which does not vary."""
    assert_derivatives(lambda s: integrate.quad(lambda x: x ** (s - 1), 0, 1)[0], lambda s: 1 / s, 0.5, 1e-9)


def test_a_small_derivative_is_as_precise_as_a_large_one():
    """The absolute tolerance of quad is larger than this derivative."""
    small = lambda s: integrate.quad(lambda x: 1e-12 * np.exp(-s * x) * np.cos(20 * x), 0, 3)[0]
    s = 0.3
    exact = lambda s: 1e-12 * mp.quad(lambda x: mp.exp(-s * x) * mp.cos(20 * x), mp.linspace(0, 3, 13))
    assert dr.grad(small)(s) == pytest.approx(float(mp.diff(exact, s)), rel=1e-9)


def test_weights_points_and_reports():
    waves = lambda a: integrate.quad(lambda x: np.exp(-a * x), 0, 1, weight="cos", wvar=3.0)[0]
    exact = lambda a: (a + np.exp(-a) * (3 * np.sin(3.0) - a * np.cos(3.0))) / (a**2 + 9)
    assert_derivatives(waves, exact, 1.0, 1e-9)
    kinked = lambda a: integrate.quad(lambda x: np.abs(x - 0.3) * a, 0, 1, points=[0.3], full_output=1)[0]
    assert_derivatives(kinked, lambda a: a * (0.09 + 0.49) / 2, 2.0, 1e-12)
    with pytest.raises(dr.InputError, match="with a weight the limits have no derivative rule"):
        dr.grad(lambda b: integrate.quad(lambda x: x, 0, b, weight="cos", wvar=3.0)[0])(1.0)


def test_of_vectors():
    f = lambda p: integrate.quad_vec(lambda x: np.stack([np.sin(p[0] * x), np.cos(p[1] * x)]), 0, p[2])[0]
    exact = lambda p: np.stack([(1 - np.cos(p[0] * p[2])) / p[0], np.sin(p[1] * p[2]) / p[1]])
    assert_derivatives(f, exact, np.array([0.5, 1.2, 2.0]), 1e-8)


def test_over_two_variables():
    f = lambda m, p: m.dblquad(lambda y, x: p[0] * x * y ** p[1], 0, p[2], 0, lambda x: x)[0]
    exact = lambda p: p[0] * p[2] ** (p[1] + 3) / (p[1] + 1) / (p[1] + 3)
    p = np.array([1.1, 2.0, 1.5])
    assert_derivatives(lambda p: f(integrate, p), exact, p, 1e-8, second=False)
    assert f(integrate, p) == f(scipy.integrate, p)


def test_an_integral_of_a_root_of_an_integral():
    """Solvers in solvers: x with int_0^x a t dt = 1 is sqrt(2 / a)."""
    from dualrev.scipy import optimize

    area = lambda x, a: integrate.quad(lambda t: a * t, 0, x)[0]
    f = lambda a: optimize.brentq(lambda x: area(x, a) - 1.0, 0.1, 5.0)
    assert_derivatives(f, lambda a: np.sqrt(2 / a), 0.8, 1e-9)


def test_a_plain_call_gives_what_scipy_gives():
    assert integrate.quad(np.sin, 0, 1) == scipy.integrate.quad(np.sin, 0, 1)
    with pytest.raises(dr.NoRuleError, match="complex_func"):
        dr.grad(lambda a: np.real(integrate.quad(lambda x: np.exp(1j * a * x), 0, 1, complex_func=True)[0]))(1.0)
