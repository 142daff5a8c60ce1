"""The Voigt profile, the Faddeeva and Hankel functions and the complex Lambert W against 40 digits of mpmath."""

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.scipy import special

POINTS = [(0.3, 1.0, 0.5), (5.0, 0.7, 0.2), (40.0, 0.7, 0.2), (-3.0, 2.0, 1e-3), (200.0, 0.5, 0.01)]


def faddeeva(z):
    return mp.exp(-(z**2)) * mp.erfc(-1j * z)


def profile(x, s, g):
    return mp.re(faddeeva((x + 1j * g) / (s * mp.sqrt(2)))) / (s * mp.sqrt(2 * mp.pi))


@pytest.mark.parametrize("point", POINTS)
def test_the_voigt_profile_in_all_three(point):
    f, unit = (lambda p: sc.voigt_profile(p[0], p[1], p[2])), np.eye(3, dtype=int)
    with mp.workdps(40):
        at = tuple(map(mp.mpf, point))
        slopes = [float(mp.diff(profile, at, tuple(unit[k]))) for k in range(3)]
        curvatures = [[float(mp.diff(profile, at, tuple(unit[k] + unit[j]))) for j in range(3)] for k in range(3)]
    p = np.array(point)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(p), slopes, rtol=1e-11)
    np.testing.assert_allclose(dr.hessian(f)(p), curvatures, rtol=1e-9)


def test_a_lorentzian_and_a_gaussian():
    """x, g in a Lorentzian (s = 0); x, s in a Gaussian (g = 0)."""
    f = lambda p: sc.voigt_profile(p[0], 0.0, p[1])
    exact = lambda p: p[1] / np.pi / (p[0] ** 2 + p[1] ** 2)
    p = np.array([0.7, 0.4])
    np.testing.assert_allclose(dr.grad(f)(p), dr.grad(exact)(p), rtol=1e-14)
    assert dr.grad(lambda s: sc.voigt_profile(0.7, s, 0.4))(0.0) == 0.0
    g = lambda p: sc.voigt_profile(p[0], p[1], 0.0)
    exact = lambda p: np.exp(-((p[0] / p[1]) ** 2) / 2) / np.sqrt(2 * np.pi) / p[1]
    np.testing.assert_allclose(dr.grad(g)(p), dr.grad(exact)(p), rtol=1e-12)


@pytest.mark.parametrize("z", [0.3 + 0.4j, 5 + 5j, 7.2 + 0.1j, 100 + 3j, 1 - 2j, -8 + 1e-3j])
def test_the_faddeeva_function(z):
    with mp.workdps(40):
        want = complex(mp.diff(faddeeva, mp.mpc(z)))
    assert dr.jvp(sc.wofz, (z,), (1 + 0j,))[1] == pytest.approx(want, rel=1e-12)
    real = dr.grad(lambda x: np.real(sc.wofz(x + z)))(0.0)
    assert real == pytest.approx(want.real, rel=1e-9, abs=1e-13 * abs(want))


@pytest.mark.parametrize("k", [-2, 0, 3])
def test_branches_of_lambert_w(k):
    z = 1.5 + 2j
    dw = dr.jvp(lambda z: special.lambertw(z, k), (z,), (1 + 0j,))[1]
    assert dw == pytest.approx(complex(mp.diff(lambda z: mp.lambertw(z, k), mp.mpc(z))), rel=1e-12)


@pytest.mark.parametrize("kind", [1, 2])
def test_hankel_functions(kind):
    f, exact = getattr(sc, f"hankel{kind}"), {1: mp.hankel1, 2: mp.hankel2}[kind]
    z = 2.0 + 0.5j
    assert dr.jvp(lambda z: f(0.5, z), (z,), (1 + 0j,))[1] == pytest.approx(
        complex(mp.diff(lambda z: exact(0.5, z), mp.mpc(z))), rel=1e-12
    )
    scaled = getattr(sc, f"hankel{kind}e")
    turn = {1: -1j, 2: 1j}[kind]
    want = complex(mp.diff(lambda z: exact(1, z) * mp.exp(turn * z), mp.mpc(z)))
    assert dr.jvp(lambda z: scaled(1.0, z), (z,), (1 + 0j,))[1] == pytest.approx(want, rel=1e-12)


def test_wrights_bessel_function_by_its_series():
    f = lambda x: sc.wright_bessel(0.7, 1.2, x)
    series = lambda x: mp.nsum(lambda k: x**k / mp.factorial(k) / mp.gamma(0.7 * k + 1.2), [0, mp.inf])
    assert dr.grad(f)(0.5) == pytest.approx(float(mp.diff(series, 0.5)), rel=1e-11)
    log = lambda x: sc.log_wright_bessel(0.7, 1.2, x)
    assert dr.grad(log)(0.5) == pytest.approx(float(mp.diff(lambda x: mp.log(series(x)), 0.5)), rel=1e-11)
