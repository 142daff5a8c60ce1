"""Distribution functions at the ends of their range, where the density is a power of the distance, or nothing.

The referee is that power: a density C x**p (1 - d x + ...) has the value and slope of its first terms at x = 0, finite
or infinite as p says. mpmath's one-sided differences confirm the finite ones.
"""

from math import gamma, inf

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr

MODES = ("forward", "reverse")
PAIRS = [(inner, outer) for inner in MODES for outer in MODES]


def power(C, p, d):
    """The density C x**p (1 - d x + ...) and its slope, at x = 0."""
    if p < 0:
        return inf, -inf
    first = C if p == 0 else 0.0
    return first, -C * d if p == 0 else inf if p < 1 else C if p == 1 else 0.0


def beta(a, b):
    return gamma(a) * gamma(b) / gamma(a + b)


def scaled(found, k):
    """The first and second derivative of F(k x), from those of F."""
    return k * found[0], k * k * found[1]


def minus(found):
    return -found[0], -found[1]


def gamma_at_0(a):
    return power(1 / gamma(a), a - 1, 1.0)


def beta_at_0(a, b):
    return power(1 / beta(a, b), a - 1, b - 1)


def beta_at_1(a, b):
    first, second = beta_at_0(b, a)
    return first, -second


def f_at_0(m, n):
    return power((m / n) ** (m / 2) / beta(m / 2, n / 2), m / 2 - 1, (m + n) / 2 * m / n)


NOTHING = 0.0, 0.0
SHAPES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 12.0]
# name: (function, the end, its first and its second derivative there)
CASES = {
    **{f"gammainc({a}, 0)": (lambda x, a=a: sc.gammainc(a, x), 0.0, gamma_at_0(a)) for a in SHAPES},
    **{f"gammaincc({a}, 0)": (lambda x, a=a: sc.gammaincc(a, x), 0.0, minus(gamma_at_0(a))) for a in SHAPES},
    **{f"gammainc({a}, inf)": (lambda x, a=a: sc.gammainc(a, x), inf, NOTHING) for a in SHAPES},
    **{f"chdtr({v}, 0)": (lambda x, v=v: sc.chdtr(v, x), 0.0, scaled(gamma_at_0(v / 2), 0.5)) for v in range(1, 8)},
    **{f"chdtrc({v}, 0)": (lambda x, v=v: sc.chdtrc(v, x), 0.0, minus(scaled(gamma_at_0(v / 2), 0.5))) for v in (2, 4)},
    **{f"gdtr(3, {b}, 0)": (lambda x, b=b: sc.gdtr(3.0, b, x), 0.0, scaled(gamma_at_0(b), 3.0)) for b in SHAPES},
    **{f"gdtr(0, {b}, 3)": (lambda a, b=b: sc.gdtr(a, b, 3.0), 0.0, scaled(gamma_at_0(b), 3.0)) for b in SHAPES},
    **{f"pdtr({k}, 0)": (lambda m, k=k: sc.pdtr(k, m), 0.0, minus(gamma_at_0(k + 1))) for k in range(4)},
    **{f"pdtrc({k}, 0)": (lambda m, k=k: sc.pdtrc(k, m), 0.0, gamma_at_0(k + 1)) for k in range(4)},
    **{f"betainc({a}, {b}, 0)": (lambda x, a=a, b=b: sc.betainc(a, b, x), 0.0, beta_at_0(a, b))
       for a in SHAPES for b in SHAPES},
    **{f"betainc({a}, {b}, 1)": (lambda x, a=a, b=b: sc.betainc(a, b, x), 1.0, beta_at_1(a, b))
       for a in SHAPES for b in SHAPES},
    **{f"betaincc({a}, 2, 1)": (lambda x, a=a: sc.betaincc(a, 2.0, x), 1.0, minus(beta_at_1(a, 2.0))) for a in SHAPES},
    **{f"bdtr({k}, 3, 0)": (lambda p, k=k: sc.bdtr(k, 3, p), 0.0, minus(beta_at_0(k + 1, 3 - k))) for k in range(3)},
    **{f"bdtrc({k}, 3, 1)": (lambda p, k=k: sc.bdtrc(k, 3, p), 1.0, beta_at_1(k + 1, 3 - k)) for k in range(3)},
    **{f"nbdtr({k}, 2, 0)": (lambda p, k=k: sc.nbdtr(k, 2, p), 0.0, beta_at_0(2, k + 1)) for k in range(3)},
    **{f"nbdtrc({k}, 2, 1)": (lambda p, k=k: sc.nbdtrc(k, 2, p), 1.0, minus(beta_at_1(2, k + 1))) for k in range(3)},
    **{f"fdtr({m}, {n}, 0)": (lambda x, m=m, n=n: sc.fdtr(m, n, x), 0.0, f_at_0(m, n))
       for m in (1.0, 2.0, 3.0, 4.0, 5.0, 24.0) for n in (1.0, 3.0, 30.0)},
    **{f"fdtrc({m}, 3, 0)": (lambda x, m=m: sc.fdtrc(m, 3.0, x), 0.0, minus(f_at_0(m, 3.0))) for m in (1.0, 2.0, 4.0)},
    **{f"fdtr({m}, {n}, inf)": (lambda x, m=m, n=n: sc.fdtr(m, n, x), inf, NOTHING) for m in (1, 4) for n in (1, 6)},
    **{f"stdtr({v}, {t})": (lambda t, v=v: sc.stdtr(v, t), t, NOTHING) for v in (1.0, 3.0, 30.0) for t in (-inf, inf)},
    "stdtr(3, 0)": (lambda t: sc.stdtr(3.0, t), 0.0, (2 / (np.pi * 3**0.5), 0.0)),
    "stdtr(inf, 1)": (lambda t: sc.stdtr(inf, t), 1.0, ((2 * np.pi * np.e) ** -0.5, -((2 * np.pi * np.e) ** -0.5))),
    "stdtr(inf, inf)": (lambda t: sc.stdtr(inf, t), inf, NOTHING),
    "stdtr(v, 1) of many": (lambda v: sc.stdtr(v, 1.0), inf, NOTHING),
    **{f"kolmogorov({x})": (sc.kolmogorov, x, NOTHING) for x in (0.0, 1e-300, 0.01, 30.0, 1e200, inf)},
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CASES)
def test_first_and_second_derivatives_at_an_end(name):
    f, x, (first, second) = CASES[name]
    for mode in MODES:
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x), first, rtol=1e-14)
    for inner, outer in PAIRS:
        got = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(x)
        np.testing.assert_allclose(got, second, rtol=1e-14, err_msg=f"{inner}, {outer}")


@pytest.mark.parametrize(("found", "exact"), [
    (gamma_at_0(1.0), lambda x: mp.gammainc(1, 0, x, regularized=True)),
    (gamma_at_0(2.0), lambda x: mp.gammainc(2, 0, x, regularized=True)),
    (beta_at_0(1.0, 2.5), lambda x: mp.betainc(1, 2.5, 0, x, regularized=True)),
    (beta_at_0(2.0, 0.5), lambda x: mp.betainc(2, 0.5, 0, x, regularized=True)),
    (f_at_0(2.0, 3.0), lambda x: mp.betainc(1, 1.5, 0, 2 * x / (2 * x + 3), regularized=True)),
    (f_at_0(4.0, 3.0), lambda x: mp.betainc(2, 1.5, 0, 4 * x / (4 * x + 3), regularized=True)),
])  # fmt: skip
def test_the_powers_are_those_of_mpmath(found, exact):
    with mp.workdps(60):
        h = mp.mpf(10) ** -20
        steps = [exact(k * h) for k in range(4)]
        first = (-11 * steps[0] + 18 * steps[1] - 9 * steps[2] + 2 * steps[3]) / (6 * h)
        second = (2 * steps[0] - 5 * steps[1] + 4 * steps[2] - steps[3]) / h**2
    np.testing.assert_allclose(found, (float(first), float(second)), rtol=1e-14, atol=1e-30)


# name: (function of all its arguments together, where they are, the elements of the Hessian that are not 0)
TOGETHER = {
    "gammainc": (lambda t: sc.gammainc(t[0], t[1]), (2.0, 0.0), {(1, 1): 1.0}),
    "gammainc of a third": (lambda t: sc.gammainc(t[0], t[1]), (3.0, 0.0), {}),
    "gammainc at infinity": (lambda t: sc.gammainc(t[0], t[1]), (2.0, inf), {}),
    "betainc": (lambda t: sc.betainc(t[0], t[1], t[2]), (2.0, 3.0, 0.0), {(2, 2): 12.0}),
    "betainc at 1": (lambda t: sc.betainc(t[0], t[1], t[2]), (0.5, 2.0, 1.0), {(2, 2): -0.75}),
    "fdtr": (lambda t: sc.fdtr(t[0], t[1], t[2]), (4.0, 3.0, 0.0), {(2, 2): 20 / 3}),
    "fdtr at infinity": (lambda t: sc.fdtr(t[0], t[1], t[2]), (2.0, 3.0, inf), {}),
    "gdtr": (lambda t: sc.gdtr(t[0], t[1], t[2]), (2.0, 2.0, 0.0), {(2, 2): 4.0}),
    "stdtr": (lambda t: sc.stdtr(t[0], t[1]), (3.0, inf), {}),
    "stdtr, normal": (lambda t: sc.stdtr(t[0], t[1]), (inf, 1.0), {(1, 1): -((2 * np.pi * np.e) ** -0.5)}),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_hessians_in_the_parameters_too(name):
    f, x, known = TOGETHER[name]
    H = np.zeros((len(x), len(x)))
    for place, number in known.items():
        H[place] = number
    for inner, outer in PAIRS:
        got = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(np.array(x))
        np.testing.assert_allclose(got, H, rtol=1e-14, atol=1e-300, err_msg=f"{inner}, {outer}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_density_that_is_finite_and_falls_at_once_with_the_parameter():
    """At 0 the density is 1 for a = 1 and 0 for any a above: its derivative in a is -inf, and no finite number."""
    for density in (
        lambda a: dr.grad(lambda x: sc.gammainc(a, x))(0.0),
        lambda a: dr.grad(lambda x: sc.betainc(a, 3.0, x))(0.0),
        lambda a: dr.grad(lambda x: sc.fdtr(2 * a, 3.0, x))(0.0),
    ):
        for mode in MODES:
            assert dr.jacobian(density, mode=mode)(1.0) == -inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ends_beside_other_points(dtype):
    x = np.array([0.0, 0.3, 1.0, 5.0, np.inf], dtype)
    for f, slope in (
        (lambda x: sc.gammainc(2.0, x), lambda x: x * np.exp(-x)),
        (lambda x: sc.fdtr(4.0, 2.0, x), lambda x: 8 * x / (2 * x + 1) ** 3),
        (lambda x: sc.stdtr(1.0, x), lambda x: 1 / (np.pi * (1 + x * x))),
    ):
        want = np.array([slope(t) if np.isfinite(t) else 0.0 for t in x.astype(float)])
        got = dr.grad(lambda x, f=f: np.sum(f(x)))(x)
        assert got.dtype == dtype
        np.testing.assert_allclose(got, want, rtol=10 * np.finfo(dtype).eps, atol=1e-300)


@pytest.mark.parametrize("x", [1e-100, 1e-12, 1e-3, 0.4, 2.0, 1e3, 1e12])
def test_the_density_of_f_between_the_ends(x):
    for m, n in ((1.0, 3.0), (4.0, 2.0), (24.0, 30.0), (2.0, 200.0)):
        with mp.workdps(40):
            density = lambda x, m=m, n=n: (
                (mp.mpf(m) / n) ** (m / 2) * x ** (mp.mpf(m) / 2 - 1) * (1 + m * x / n) ** (-(m + n) / 2)
                / mp.beta(m / 2, n / 2)
            )  # fmt: skip
            X = mp.mpf(x)
            slope = density(X) * ((mp.mpf(m) / 2 - 1) / X - (m + n) / 2 * m / (n + m * X))
            want = float(density(X)), float(slope)
        f = lambda x, m=m, n=n: sc.fdtr(m, n, x)
        for mode in MODES:
            np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x), want[0], rtol=1e-13, atol=1e-300)
            with np.errstate(all="ignore"):
                got = dr.jacobian(dr.grad(f), mode=mode)(x)
            np.testing.assert_allclose(got, want[1], rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("v", [1e-3, 0.5, 3.0, 1e3, 1e8, 1e15])
def test_the_slope_of_students_density(v):
    for t in (-1e3, -1.0, 1e-8, 0.7, 30.0):
        with mp.workdps(40):
            T, V = mp.mpf(t), mp.mpf(v)
            density = (1 + T * T / V) ** (-(V + 1) / 2) / (mp.sqrt(V) * mp.beta(0.5, V / 2))
            want = float(-density * (V + 1) * T / (V + T * T))
        got = dr.hessian(lambda t, v=v: sc.stdtr(v, t))(t)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("f", [sc.kolmogorov, lambda x: sc.fdtr(4.0, 2.0, x), lambda x: sc.stdtr(3.0, x)])
def test_nan_is_at_no_end(f):
    for mode in MODES:
        assert np.isnan(dr.jacobian(f, mode=mode)(np.nan))
