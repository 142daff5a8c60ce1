"""Rules at points where floating point is delicate, against mpmath: the relative error of each derivative."""

from functools import cache

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr

MIDDLE = [-2.5, -0.3, 1e-8, 0.7, 3.0]
SMALL = [-1e-3, -1e-8, -1e-200, 1e-300, 1e-17, 1e-8, 1e-3]
INSIDE = [-1 + 1e-15, -1 + 1e-8, -0.5, 1e-9, 0.5, 1 - 1e-8, 1 - 1e-15]
WIDE = [-700.0, -300.0, -40.0, -20.0, -1.0, 1e-9, 1.0, 20.0, 40.0, 300.0, 700.0]
LARGE = [-1e150, -1e20, -3.0, 1e-160, 3.0, 1e20, 1e150]
HUGE = [-1e300, -1e160, -1e20, -3.0, 1e-160, 3.0, 1e20, 1e160, 1e300]

# name: (function, the same in mpmath, points)
UNARY = {
    "sqrt": (np.sqrt, mp.sqrt, [1e-300, 1e-8, 2.0, 1e300]),
    "cbrt": (np.cbrt, lambda x: mp.sign(x) * mp.cbrt(abs(x)), [-1e200, -8.0, 1e-200, 1e-8, 2.0, 1e200]),
    "reciprocal": (np.reciprocal, lambda x: 1 / x, [-1e100, 1e-100, 3.0]),
    "exp": (np.exp, mp.exp, WIDE),
    "exp2": (np.exp2, lambda x: mp.mpf(2) ** x, [-1000.0, -1.5, 1e-9, 10.0, 1000.0]),
    "expm1": (np.expm1, mp.expm1, [-700.0, -50.0, -40.0, -30.0, -1.0, *SMALL, 1.0, 40.0]),
    "log": (np.log, mp.log, [1e-300, 1 - 1e-16, 1 + 1e-15, 1e300]),
    "log2": (np.log2, lambda x: mp.log(x, 2), [1e-300, 1 + 1e-15, 3.0]),
    "log10": (np.log10, mp.log10, [1e-300, 1 + 1e-15, 3.0]),
    "log1p": (np.log1p, mp.log1p, [-1 + 1e-15, -0.5, *SMALL, 1e10, 1e300]),
    "sin": (np.sin, mp.sin, [*MIDDLE, 1.5707963267948966, 1e5]),
    "cos": (np.cos, mp.cos, [*MIDDLE, 3.141592653589793, 1e5]),
    "tan": (np.tan, mp.tan, [*MIDDLE, 1.5707, 1.5707963267948966]),
    "arcsin": (np.arcsin, mp.asin, INSIDE),
    "arccos": (np.arccos, mp.acos, INSIDE),
    "arctan": (np.arctan, mp.atan, LARGE),
    "sinh": (np.sinh, mp.sinh, WIDE),
    "cosh": (np.cosh, mp.cosh, WIDE),
    "tanh": (np.tanh, mp.tanh, WIDE),
    "arcsinh": (np.arcsinh, mp.asinh, HUGE),
    "arccosh": (np.arccosh, mp.acosh, [1 + 1e-15, 1 + 1e-8, 2.0, 1e10, 1e160, 1e300]),
    "arctanh": (np.arctanh, mp.atanh, INSIDE),
    "x**0.5": (lambda x: x**0.5, mp.sqrt, [1e-300, 2.0, 1e300]),
    "x**-3": (lambda x: x**-3, lambda x: x**-3, [-2.0, 1e-50, 1e50]),
    "2**x": (lambda x: 2.0**x, lambda x: mp.mpf(2) ** x, [-1000.0, 0.5, 1000.0]),
    "hypot(x, 1)": (lambda x: np.hypot(x, 1.0), lambda x: mp.sqrt(x * x + 1), HUGE),
    "hypot(x, 1e200)": (
        lambda x: np.hypot(x, 1e200),
        lambda x: mp.sqrt(x * x + mp.mpf(1e200) ** 2),
        [1.0, 1e199, 1e250],
    ),
    "arctan2(x, 2)": (lambda x: np.arctan2(x, 2.0), lambda x: mp.atan(x / 2), LARGE),
    "arctan2(2, x)": (lambda x: np.arctan2(2.0, x), lambda x: mp.atan2(2, x), LARGE),
    "arctan2(x, 1e-200)": (
        lambda x: np.arctan2(x, 1e-200),
        lambda x: mp.atan(x / mp.mpf(1e-200)),
        [1e-200, 3e-201, 1e-150],
    ),
    "logaddexp(x, 0)": (lambda x: np.logaddexp(x, 0.0), lambda x: mp.log1p(mp.exp(x)), WIDE),
    "logaddexp(0, x)": (lambda x: np.logaddexp(0.0, x), lambda x: mp.log1p(mp.exp(x)), WIDE),
    "logaddexp2(x, 0)": (
        lambda x: np.logaddexp2(x, 0.0),
        lambda x: mp.log(1 + mp.mpf(2) ** x, 2),
        [-1e3, -60.0, 1.0, 60.0],
    ),
    "erf": (sc.erf, mp.erf, [-25.0, -5.0, *SMALL, 1.0, 5.0, 25.0]),
    "erfc": (sc.erfc, mp.erfc, [-25.0, -5.0, *SMALL, 1.0, 5.0, 25.0]),
    "expit": (sc.expit, lambda x: 1 / (1 + mp.exp(-x)), WIDE),
    "logit": (sc.logit, lambda x: mp.log(x / (1 - x)), [1e-300, 1e-8, 0.3, 0.5, 1 - 1e-8, 1 - 1e-15]),
    "gammaln": (sc.gammaln, mp.loggamma, [1e-8, 0.3, 1.4, 1.47, 10.0, 1e5, 1e100]),
    "digamma": (sc.digamma, mp.digamma, [1e-8, 0.3, 1.5, 10.0, 1e5]),
    "xlogy(2, x)": (lambda x: sc.xlogy(2.0, x), lambda x: 2 * mp.log(x), [1e-300, 0.5, 1e300]),
    "xlogy(x, 3)": (lambda x: sc.xlogy(x, 3.0), lambda x: x * mp.log(3), [0.0, 1e-300, 2.0]),
}

# The same of a function of one number that is made into an array.
REDUCED = {
    "std": (lambda x: np.std(np.stack([x, 1.0, 2.0])), lambda x: deviation(x, 1, 2), [-1e8, 1.4, 3.0, 1e100]),
    "norm": (lambda x: np.linalg.norm(np.stack([x, 3.0])), lambda x: mp.sqrt(x * x + 9), [1e-8, 1.0, 1e100]),
    "norm of order 3": (lambda x: np.linalg.norm(np.stack([x, 3.0]), 3), lambda x: mp.cbrt(x**3 + 27), [1e-8, 1.0]),
}


def deviation(*xs):
    mean = mp.fsum(xs) / len(xs)
    return mp.sqrt(mp.fsum((x - mean) ** 2 for x in xs) / len(xs))


@cache
def derivative(f, x, digits=100):
    """mpmath's central difference; with more digits where f is nearly constant, as tanh is at 300."""
    with mp.workdps(digits):
        h = abs(mp.mpf(x) or 1) * mp.mpf(10) ** -(digits // 3)
        change = f(x + h) - f(x - h)
        told = abs(change) > abs(f(mp.mpf(x))) * mp.mpf(10) ** -(digits * 3 // 4)
    return change / (2 * h) if told or digits == 1000 else derivative(f, x, digits=1000)


def assert_precise(got, exact, points):
    """Relative to the derivative; below the smallest normal number, relative to that."""
    for g, x in zip(got, points, strict=True):
        want = derivative(exact, float(x))
        error = abs(mp.mpf(float(g)) - want) / max(abs(want), mp.mpf(2) ** -1021)
        assert error < 1e-13, f"at {x}: {g}, should be {mp.nstr(want, 17)}"


@pytest.mark.parametrize(("f", "exact", "points"), UNARY.values(), ids=UNARY)
def test_first_derivative_of_an_array(f, exact, points):
    x, ones = np.array(points), np.ones(len(points))
    assert_precise(dr.jvp(f, (x,), (ones,))[1], exact, points)
    assert_precise(dr.vjp(f, x)[1](ones)[0], exact, points)


@pytest.mark.parametrize(("f", "exact", "points"), (UNARY | REDUCED).values(), ids=UNARY | REDUCED)
def test_first_derivative_of_a_float(f, exact, points):
    for mode in ("forward", "reverse"):
        assert_precise([dr.jacobian(f, mode=mode)(x) for x in points], exact, points)
