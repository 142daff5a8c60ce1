"""Second derivatives where the first levels off or passes through zero, against mpmath, in every pair of modes."""

from functools import cache
from itertools import product

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.scipy import special

SMALL = [s * x for x in (1e-300, 1e-160, 1e-20, 1e-8, 1e-3) for s in (-1, 1)]
MIDDLE = [s * x for x in (0.3, 0.7, 1.3, 3.0, 7.3, 12.0) for s in (-1, 1)]
WIDE = [*SMALL, *MIDDLE, *(s * x for x in (20.0, 25.3, 30.0, 36.6, 40.0, 100.0, 300.0, 690.0) for s in (-1, 1))]
ERROR = [*SMALL[-4:], *MIDDLE, 20.0, -20.0]  # of the error functions, which take mpmath long
POSITIVE = [x for x in WIDE if x > 0]
INSIDE = [s * x for x in (1e-160, 1e-20, 1e-8, 1e-3, 0.3, 0.9, 1 - 1e-8, 1 - 1e-15) for s in (-1, 1)]


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def softplus(x):
    return mp.log1p(mp.exp(x))


def softplus2(x):
    return mp.log(1 + mp.mpf(2) ** x, 2)


def beside_zero(f):
    """f of x and 0 along the first axis, of which x is the first."""
    return lambda x: f(np.stack([x, 0.0 * x]))


# name: (function, the same in mpmath, points)
CASES = {
    "logaddexp(0, x)": (lambda x: np.logaddexp(0.0, x), softplus, WIDE),
    "logaddexp(x, 0)": (lambda x: np.logaddexp(x, 0.0), softplus, WIDE),
    "logaddexp.reduce": (beside_zero(np.logaddexp.reduce), softplus, WIDE),
    "logaddexp.accumulate": (beside_zero(lambda x: np.logaddexp.accumulate(x)[-1]), softplus, WIDE),
    "logaddexp2(0, x)": (lambda x: np.logaddexp2(0.0, x), softplus2, WIDE),
    "logaddexp2(x, 0)": (lambda x: np.logaddexp2(x, 0.0), softplus2, WIDE),
    "logaddexp2.reduce": (beside_zero(np.logaddexp2.reduce), softplus2, WIDE),
    "logsumexp": (beside_zero(lambda x: special.logsumexp(x, axis=0)), softplus, WIDE),
    "logsumexp with b": (beside_zero(lambda x: special.logsumexp(x, axis=0, b=np.ones(x.shape))), softplus, WIDE),
    "log_softmax of x": (beside_zero(lambda x: special.log_softmax(x, axis=0)[0]), lambda x: -softplus(-x), WIDE),
    "log_softmax of 0": (beside_zero(lambda x: special.log_softmax(x, axis=0)[1]), lambda x: -softplus(x), WIDE),
    "softmax": (beside_zero(lambda x: special.softmax(x, axis=0)[0]), lambda x: 1 / (1 + mp.exp(-x)), POSITIVE[6:]),
    "expit": (sc.expit, lambda x: 1 / (1 + mp.exp(-x)), WIDE),
    "log_expit": (sc.log_expit, lambda x: -softplus(-x), WIDE),
    "tanh": (np.tanh, mp.tanh, WIDE),
    "erf": (sc.erf, mp.erf, ERROR),
    "erfc": (sc.erfc, mp.erfc, ERROR),
    "ndtr": (sc.ndtr, normal, ERROR),
    "log_ndtr": (sc.log_ndtr, lambda x: mp.log(normal(x)), ERROR),
    "hypot": (lambda x: np.hypot(x, 1.0), lambda x: mp.sqrt(1 + x * x), MIDDLE + WIDE[-16:]),
    "arcsin": (np.arcsin, mp.asin, INSIDE),
    "arccos": (np.arccos, mp.acos, INSIDE),
    "arctanh": (np.arctanh, mp.atanh, INSIDE),
    "spence": (sc.spence, lambda x: mp.polylog(2, 1 - x), [1e-20, 0.1, 0.76, 1 - 1e-8, 1 + 1e-8, 1.24, 1.26, 3.0]),
    "ellipk": (sc.ellipk, mp.ellipk, [1e-20, 0.1, 0.9, -30.0]),
    "pseudo_huber in r": (
        lambda r: sc.pseudo_huber(1.5, r),
        lambda r: mp.mpf(2.25) * (mp.sqrt(1 + r * r / mp.mpf(2.25)) - 1),
        MIDDLE + WIDE[-16:],
    ),
    "pseudo_huber in d": (
        lambda d: sc.pseudo_huber(d, 1.5),
        lambda d: d * (mp.sqrt(d * d + mp.mpf(2.25)) - d),
        [1e-20, 1e-8, 0.3, 3.0, 40.0, 700.0],
    ),
    "kl_div": (lambda y: sc.kl_div(0.5, y), lambda y: mp.log(0.5 / y) / 2 - 0.5 + y, [1e-8, 0.3, 0.5, 40.0, 1e8]),
}


@cache
def second(exact, x, digits=100):
    """mpmath's second difference; with more digits where the function is nearly straight."""
    with mp.workdps(digits):
        h = abs(mp.mpf(x)) * mp.mpf(10) ** -(digits // 4)
        low, mid, high = exact(x - h), exact(mp.mpf(x)), exact(x + h)
        told = abs(high - 2 * mid + low) > abs(mid) * mp.mpf(10) ** -(digits * 7 // 8)
        return (high - 2 * mid + low) / (h * h) if told or digits > 1000 else second(exact, x, min(6 * digits, 2000))


@pytest.mark.parametrize("name", CASES)
def test_second_derivative(name):
    """All points as one array, in every pair of modes, and some of them as Python's numbers."""
    f, exact, points = CASES[name]
    want = [second(exact, x) for x in points]
    for inner, outer in product((forward, reverse), repeat=2):
        check(outer(inner(f))(np.array(points)), want, (points, inner, outer))
    for x, exactly in list(zip(points, want, strict=True))[::3]:
        for mode in ("forward", "reverse"):
            check([dr.jacobian(dr.jacobian(f, mode=mode), mode=mode)(x)], [exactly], (x, mode))


def forward(f):
    return lambda x: dr.jvp(f, (x,), (np.ones_like(x),))[1]


def reverse(f):
    def slope(x):
        y, pullback = dr.vjp(f, x)
        return pullback(np.ones_like(y))[0]

    return slope


def check(got, want, where):
    for k, (g, w) in enumerate(zip(got, want, strict=True)):
        assert abs(mp.mpf(float(g)) - w) <= 1e-14 * abs(w) + 1e-300, (k, where, g, mp.nstr(w, 17))


def test_the_example_of_softplus():
    assert abs(dr.hessian(lambda x: np.logaddexp(0.0, x))(40.0) / 4.248354255291589e-18 - 1) < 1e-15


def test_many_in_a_sum_of_exponentials():
    """One that is far above the others: its second derivative is what the others leave of it."""
    x = np.array([50.0, 1.0, 0.5, -3.0])
    with mp.workdps(60):
        e = [mp.exp(v) for v in x]
        p = [v / mp.fsum(e) for v in e]
        rest = mp.fsum(p[1:])
        H = [[float(p[i] * (rest if i == j == 0 else int(i == j) - p[j])) for j in range(4)] for i in range(4)]
    for f in (np.logaddexp.reduce, special.logsumexp):
        for mode in ("forward", "reverse"):
            np.testing.assert_allclose(dr.jacobian(dr.grad(f), mode=mode)(x), H, rtol=1e-13)
