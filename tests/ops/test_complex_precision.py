"""Analytic functions at complex points, large ones too: first and second derivatives in both modes, against mpmath."""

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr

POINTS = [
    *(0.7 + 0.4j, -0.8 + 0.3j, 3 + 1.5j, -3 - 1.5j, 0.01 + 2.2j, 1e-3 - 0.5j, 20 + 1j, 1 + 20j, -20 + 3j, 0.3 - 40j),
    *(300 + 2j, 2 + 300j, 1e-8 + 1.0000001j, 1.00000001 + 1e-8j),
]
NAMES = {
    "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsin": "asin",
    "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "exp": "exp",
    "log": "log", "sqrt": "sqrt", "expm1": "expm1", "log1p": "log1p",
}  # fmt: skip
# name: (function, the same in mpmath)
ANALYTIC = {name: (getattr(np, name), getattr(mp, other)) for name, other in NAMES.items()} | {
    "log2": (np.log2, lambda z: mp.log(z) / mp.log(2)),
    "exp2": (np.exp2, lambda z: mp.mpf(2) ** z),
    "sinc": (np.sinc, lambda z: mp.sinc(mp.pi * z)),
    "z**0.7": (lambda z: z**0.7, lambda z: z ** mp.mpf(0.7)),
    "z**(1+2j)": (lambda z: z ** (1 + 2j), lambda z: z ** mp.mpc(1, 2)),
    "(-2)**z": (lambda z: np.power(-2.0, z), lambda z: mp.mpc(-2) ** z),
    "z**z": (lambda z: z**z, lambda z: z**z),
    "1 / z": (lambda z: (1 + 2j) / z, lambda z: mp.mpc(1, 2) / z),
}
NEAR = POINTS[:5]
SPECIAL = {
    "erf": (sc.erf, mp.erf),
    "erfcx": (sc.erfcx, lambda z: mp.exp(z * z) * mp.erfc(z)),
    "dawsn": (sc.dawsn, lambda z: mp.sqrt(mp.pi) / 2 * mp.exp(-z * z) * mp.erfi(z)),
    "expi": (sc.expi, mp.ei),
    "spence": (sc.spence, lambda z: mp.polylog(2, 1 - z)),
    "sici": (lambda z: sc.sici(z)[0], mp.si),
    "shichi": (lambda z: sc.shichi(z)[0], mp.shi),
    "jv": (lambda z: sc.jv(1.5, z), lambda z: mp.besselj(1.5, z)),
    "kv": (lambda z: sc.kv(1.5, z), lambda z: mp.besselk(1.5, z)),
    "kve": (lambda z: sc.kve(1.5, z), lambda z: mp.besselk(1.5, z) * mp.exp(z)),
    "hyp1f1": (lambda z: sc.hyp1f1(1.5, 2.5, z), lambda z: mp.hyp1f1(1.5, 2.5, z)),
    "hyp2f1": (lambda z: sc.hyp2f1(1.5, 0.5, 2.5, z), lambda z: mp.hyp2f1(1.5, 0.5, 2.5, z)),
    "airy": (lambda z: sc.airy(z)[0], mp.airyai),
    "wrightomega": (sc.wrightomega, lambda z: mp.lambertw(mp.exp(z))),
}


def forward(f):
    return lambda z: dr.jvp(f, (z,), (1 + 0j,))[1]


def reverse(f):
    return lambda z: dr.vjp(f, z)[1](1 + 0j)[0]


def derivatives(exact, z):
    with mp.workdps(800 if abs(z) > 25 else 150):
        Z = mp.mpc(z)
        h = mp.mpf(10) ** -(mp.mp.dps // 4)
        low, mid, high = exact(Z - h), exact(Z), exact(Z + h)
        return (high - low) / (2 * h), (high - 2 * mid + low) / (h * h)


def close(got, want, tolerance):
    return abs(mp.mpc(complex(got)) - want) <= tolerance * abs(want) + 1e-290


@pytest.mark.parametrize("name", ANALYTIC)
def test_elementary_functions(name):
    f, exact = ANALYTIC[name]
    check(f, exact, POINTS, 1e-13)


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(name):
    f, exact = SPECIAL[name]
    check(f, exact, NEAR[:2] if name == "hyp2f1" else NEAR, 1e-12)


def check(f, exact, points, tolerance):
    for z in points:
        first, second = derivatives(exact, z)
        if max(abs(first), abs(second)) > 1e300:
            continue  # out of the range of double precision
        with np.errstate(all="ignore"):
            assert all(close(way(f)(z), first, tolerance) for way in (forward, reverse)), (z, mp.nstr(first, 17))
            twice = [a(b(f))(z) for a in (forward, reverse) for b in (forward, reverse)]
        assert all(close(got, second, tolerance) for got in twice), (z, twice, mp.nstr(second, 17))


def test_tanh_of_an_array_with_and_without_saturation():
    z = np.array(POINTS)
    slope = dr.vjp(np.tanh, z)[1](np.ones(len(z), complex))[0]
    assert all(close(g, derivatives(mp.tanh, complex(p))[0], 1e-13) for g, p in zip(slope, z, strict=True))


def test_the_examples_of_tanh():
    assert abs(dr.grad(lambda z: np.tanh(z).real)(3 + 1.5j) - (-0.009862 - 0.001410j)) < 1e-5
    assert abs(dr.grad(lambda k: np.abs(np.tanh(k * (1 + 2j))) ** 2)(0.8) + 4.2866) < 1e-4


@pytest.mark.parametrize("name", ["jve", "yve", "ive"])
def test_what_is_scaled_by_an_absolute_value_is_refused(name):
    for way in (forward, reverse):
        with pytest.raises(dr.errors.NoRuleError, match=f"{name} is scaled by an absolute value"):
            way(lambda z: getattr(sc, name)(1.5, z))(1 + 2j)


@pytest.mark.parametrize("f", [sc.digamma, reverse(sc.gamma), reverse(sc.rgamma)], ids=["digamma", "gamma", "rgamma"])
def test_what_is_known_for_real_arguments_only_is_refused(f):
    for way in (forward, reverse):
        with pytest.raises(dr.errors.NoRuleError, match=r"polygamma.*real arguments only"):
            way(f)(1 + 2j)
    with pytest.raises(dr.errors.NoRuleError, match=r"polygamma.*real arguments only"):
        dr.jvp(sc.digamma, (np.array([1 + 2j]),), (np.array([1 + 0j]),))
