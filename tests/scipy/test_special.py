"""scipy.special: derivatives against mpmath at many digits, also in the tails, and its functions that are no ufuncs."""

from functools import cache

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.errors import InputError, NoRuleError
from dualrev.scipy import special
from tests.ops.referee import complex_step, difference, flat, jacobian

# ---- one argument: name, function, the same in mpmath, points, digits ------------------------------------------------


def normal_log_cdf(x):
    return mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


def erfcx(x):
    return mp.exp(x * x) * mp.erfc(x)


def dawson(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def boxcox(x, p):
    return (mp.power(x, p) - 1) / p if p else mp.log(x)


def scaled(f, sign):
    return lambda v, x: f(v, x) * mp.exp(sign * abs(x))


WIDE = [-38.0, -9.0, -2.0, -0.3, 1e-8, 0.7, 3.0, 9.0, 38.0]
UNIT = [1e-12, 1e-5, 0.2, 0.5, 0.9, 1 - 1e-9]
UNARY = {
    "gamma": (sc.gamma, mp.gamma, [-3.7, -0.5, 1e-8, 0.7, 3.0, 160.0], 1e-13),
    "gammaln": (sc.gammaln, lambda x: mp.log(abs(mp.gamma(x))), [-3.7, -0.5, 1e-8, 0.7, 3.0, 1e10], 2e-13),
    "rgamma": (sc.rgamma, mp.rgamma, [-40.0, -20.3, -3.0, -1.0, -0.5, 0.0, 1e-8, 0.7, 3.0, 160.0], 1e-13),
    "digamma": (sc.digamma, mp.digamma, [-3.7, -0.5, 1e-8, 0.7, 3.0, 1e10], 1e-13),
    "polygamma 2": (lambda x: special.polygamma(2, x), lambda x: mp.polygamma(2, x), [-0.5, 0.7, 3.0, 1e5], 1e-13),
    "zeta(3, q)": (lambda q: special.zeta(3.0, q), lambda q: mp.zeta(3, q), [0.01, 0.7, 3.0, 1e3], 1e-13),
    "erf": (sc.erf, mp.erf, WIDE[1:-1], 1e-13),
    "erfc": (sc.erfc, mp.erfc, [-5.0, 0.3, 25.0], 1e-13),
    "erfi": (sc.erfi, mp.erfi, [-5.0, 0.3, 25.0], 1e-13),
    "erfcx": (sc.erfcx, erfcx, [-5.0, 0.3, 3.0, 6.9, 7.1, 30.0, 1e4, 1e9], 1e-13),
    "dawsn": (sc.dawsn, dawson, [-50.0, -7.1, -6.9, 0.3, 3.0, 30.0], 1e-13),
    "erfinv": (sc.erfinv, mp.erfinv, [-0.9, 1e-8, 0.3, 1 - 1e-6], 1e-13),
    "ndtr": (sc.ndtr, mp.ncdf, WIDE[1:-1], 2e-13),
    "ndtri": (sc.ndtri, lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), UNIT[1:-1], 1e-13),
    "log_ndtr": (sc.log_ndtr, normal_log_cdf, [-1e3, *WIDE[:-1]], 2e-13),
    "expit": (sc.expit, lambda x: 1 / (1 + mp.exp(-x)), WIDE, 1e-13),
    "log_expit": (sc.log_expit, lambda x: -mp.log1p(mp.exp(-x)), WIDE, 1e-13),
    "logit": (sc.logit, lambda x: mp.log(x / (1 - x)), UNIT, 1e-13),
    "entr": (sc.entr, lambda x: -x * mp.log(x), [1e-300, 1e-8, 0.7, 3.0], 1e-13),
    "kl_div(1, x)": (lambda x: sc.kl_div(1.0, x), lambda x: -mp.log(x) - 1 + x, [0.1, 1 - 1e-9, 1 + 1e-9, 9.0], 1e-13),
    "kl_div(x, 1)": (
        lambda x: sc.kl_div(x, 1.0),
        lambda x: x * mp.log(x) - x + 1,
        [0.1, 1 - 1e-9, 1 + 1e-9, 9.0],
        1e-13,
    ),
    "kl_div(x, 0.7)": (
        lambda x: sc.kl_div(x, 0.7),
        lambda x: x * mp.log(x / mp.mpf(0.7)) - x,
        [0.7 + 1e-9, 0.7 - 1e-5, 0.01, 40.0],
        1e-13,
    ),
    "exprel": (sc.exprel, lambda x: mp.expm1(x) / x, [-700.0, -3.0, -1e-9, 1e-9, 0.3, 0.99, 1.01, 30.0], 1e-13),
    "boxcox in p": (lambda p: sc.boxcox(3.0, p), lambda p: boxcox(3, p), [-3.0, -1e-9, 1e-9, 0.5, 3.0], 1e-13),
    "inv_boxcox in p": (
        lambda p: sc.inv_boxcox(0.7, p),
        lambda p: mp.power(1 + p * mp.mpf(0.7), 1 / p),
        [-1.0, -1e-9, 1e-9, 0.05, 0.5],
        1e-12,
    ),
    "pseudo_huber in delta": (
        lambda d: sc.pseudo_huber(d, 0.7),
        lambda d: d * d * (mp.sqrt(1 + (mp.mpf(0.7) / d) ** 2) - 1),
        [1e-5, 0.7, 1e5],
        1e-13,
    ),
    "expi": (sc.expi, mp.ei, [-30.0, -0.3, 0.7, 30.0], 1e-13),
    "exp1": (sc.exp1, mp.e1, [1e-5, 0.7, 30.0], 1e-13),
    "spence": (sc.spence, lambda x: mp.polylog(2, 1 - x), [0.01, 1 - 1e-9, 1 + 1e-9, 3.0], 1e-13),
    "j0": (sc.j0, lambda x: mp.besselj(0, x), [1e-8, 0.7, 3.0, 40.0], 1e-13),
    "j1": (sc.j1, lambda x: mp.besselj(1, x), [1e-8, 0.7, 3.0, 40.0], 2e-13),
    "k0": (sc.k0, lambda x: mp.besselk(0, x), [3.0], 1e-13),
    "k1": (sc.k1, lambda x: mp.besselk(1, x), [0.03], 1e-13),
    "i0e": (sc.i0e, lambda x: scaled(mp.besseli, -1)(0, x), [0.7, 9.0, 49.0, 51.0, 1e3, 1e5], 1e-13),
    "i1e": (sc.i1e, lambda x: scaled(mp.besseli, -1)(1, x), [0.7, 9.0, 49.0, 51.0, 1e3, 1e5], 1e-12),
    "k0e": (sc.k0e, lambda x: scaled(mp.besselk, 1)(0, x), [51.0], 1e-13),
    "kve 1.5": (lambda x: sc.kve(1.5, x), lambda x: scaled(mp.besselk, 1)(1.5, x), [0.7, 9.0, 49.0, 51.0, 1e5], 2e-13),
    "jv 2.5": (lambda x: sc.jv(2.5, x), lambda x: mp.besselj(2.5, x), [0.03, 0.7, 9.0], 1e-13),
    "airy": (lambda x: sc.airy(x)[0], mp.airyai, [-7.0, -0.3, 0.7, 7.0], 2e-13),
    "ellipk": (sc.ellipk, mp.ellipk, [-1e5, -3.0, -1e-9, 0.0, 1e-9, 0.5, 1 - 1e-9], 1e-13),
    "ellipe": (sc.ellipe, mp.ellipe, [-1e5, -3.0, -1e-9, 0.0, 1e-9, 0.5, 1 - 1e-9], 1e-13),
    "ellipkinc in m": (lambda m: sc.ellipkinc(4.0, m), lambda m: mp.ellipf(4, m), [-3.0, 1e-9, 0.5, 0.99], 1e-13),
    "ellipj in m": (
        lambda m: sc.ellipj(0.7, m)[0],
        lambda m: mp.ellipfun("sn", mp.mpf(0.7), m=m),
        [1e-9, 0.5, 0.9],
        1e-13,
    ),
    "legendre 5": (lambda x: sc.eval_legendre(5, x), lambda x: mp.legendre(5, x), [-1.0, 0.0, 0.3, 1.0], 1e-13),
    "lambertw": (lambda z: special.lambertw(z), mp.lambertw, [-0.36, -0.1, 1e-9, 1.0, 1e5], 1e-13),
    "kolmogorov": (
        sc.kolmogorov,
        lambda x: 2 * mp.nsum(lambda k: (-1) ** (int(k) - 1) * mp.exp(-2 * k * k * x * x), [1, 60], method="d"),
        [0.3, 0.79, 0.81, 2.0, 6.0],
        1e-13,
    ),
}

# ---- several arguments: f, the same in mpmath, points; each argument in turn -----------------------------------------


def lower_gamma(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def upper_gamma(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


def lower_beta(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def upper_beta(a, b, x):
    return mp.betainc(b, a, 0, 1 - x, regularized=True)


def student(v, t):
    half = mp.betainc(v / 2, mp.mpf(1) / 2, 0, v / (v + t * t), regularized=True) / 2
    return half if t < 0 else 1 - half


TAIL_LOW = [(0.01, 1e-9), (0.5, 1e-3), (3.0, 0.02), (3.0, 2.0), (40.0, 12.0), (1000.0, 950.0)]
TAIL_HIGH = [(0.01, 3.0), (0.5, 20.0), (3.0, 4.0), (3.0, 60.0), (40.0, 90.0), (1000.0, 1100.0)]
BETAS_LOW = [
    (0.01, 0.5, 1e-9),
    (0.5, 3.0, 0.1),
    (3.0, 0.5, 0.4),
    (3.0, 2.0, 0.5),
    (40.0, 30.0, 0.3),
    (500.0, 400.0, 0.5),
]
BETAS_HIGH = [(b, a, 1 - x) for a, b, x in BETAS_LOW[1:]]
MANY = {
    "gammainc": (sc.gammainc, lower_gamma, TAIL_LOW, 2e-13),
    "gammaincc": (sc.gammaincc, upper_gamma, TAIL_HIGH, 2e-13),
    "betainc": (sc.betainc, lower_beta, BETAS_LOW, 1e-12),
    "betaincc": (sc.betaincc, upper_beta, BETAS_HIGH, 1e-12),
    "stdtr": (sc.stdtr, student, [(0.5, -1e3), (3.0, -8.0), (3.0, -0.3), (30.0, -5.0), (3.0, 0.7)], 1e-12),
    "beta": (sc.beta, mp.beta, [(0.01, 3.0), (2.0, 100.0), (0.3, 0.4), (40.0, 50.0)], 1e-12),
    "betaln": (sc.betaln, lambda a, b: mp.log(mp.beta(a, b)), [(0.01, 3.0), (2.0, 1e8), (0.3, 0.4)], 1e-13),
    "poch": (sc.poch, mp.rf, [(0.3, 2.5), (1e6, 0.5), (3.0, -1.5)], 1e-12),
    "binom": (sc.binom, mp.binomial, [(5.5, 2.2), (40.5, 1.5), (0.5, 0.3)], 1e-12),
    "xlogy": (sc.xlogy, lambda x, y: x * mp.log(y), [(0.5, 1e-300), (3.0, 7.0)], 1e-13),
    "owens_t": (
        sc.owens_t,
        lambda h, a: mp.quad(lambda x: mp.exp(-h * h * (1 + x * x) / 2) / (1 + x * x), [0, a]) / (2 * mp.pi),
        [(0.7, 0.5), (3.0, 1.5)],
        1e-13,
    ),
}


def derivative(f, xs, k):
    """The derivative of f in argument k at 50 digits."""
    return digits(f, tuple(map(float, xs)), k)


@cache
def digits(f, xs, k):
    with mp.workdps(60):
        xs = [mp.mpf(x) for x in xs]
        return float(mp.diff(lambda t: f(*xs[:k], t, *xs[k + 1 :]), xs[k], h=mp.mpf(10) ** -25 * abs(xs[k])))


@pytest.mark.parametrize("name", UNARY)
def test_derivative_against_mpmath(name):
    f, theirs, points, tolerance = UNARY[name]
    for x in points:
        h = mp.mpf(10) ** -20 * min(abs(mp.mpf(x)) or 1, abs(1 - abs(mp.mpf(x))) or 1, 1)
        with mp.workdps(60):
            want = float(mp.re(mp.diff(theirs, mp.mpf(x), h=h)))
        with np.errstate(all="ignore"):
            got = dr.jvp(f, (x,), (1.0,))[1], dr.grad(f)(x)
        assert got == pytest.approx((want, want), rel=tolerance, abs=0), x


@pytest.mark.parametrize("name", MANY)
def test_each_derivative_against_mpmath(name):
    f, theirs, points, tolerance = MANY[name]
    for xs in points:
        for k in range(len(xs)):
            want = derivative(theirs, xs, k)
            got = dr.grad(f, k)(*xs), dr.jvp(lambda t, xs=xs, k=k: f(*xs[:k], t, *xs[k + 1 :]), (xs[k],), (1.0,))[1]
            assert got == pytest.approx((want, want), rel=tolerance, abs=0), (xs, k)


def test_a_second_derivative_in_a_parameter_against_mpmath():
    """P_aa and P_ab: the integrals for the derivatives are themselves differentiated."""
    with mp.workdps(60):
        want = float(mp.diff(lambda a: lower_gamma(a, mp.mpf(2)), mp.mpf(3), 2, h=mp.mpf(10) ** -15))
        mixed = float(mp.diff(lambda a, b: lower_beta(a, b, mp.mpf("0.25")), (3, 2), (1, 1), h=mp.mpf(10) ** -15))
    assert dr.hessian(lambda a: sc.gammainc(a, 2.0))(3.0) == pytest.approx(want, rel=1e-12, abs=0)
    assert dr.jvp(lambda b: dr.grad(lambda a: sc.betainc(a, b, 0.25))(3.0), (2.0,), (1.0,))[1] == pytest.approx(
        mixed, rel=1e-11, abs=0
    )


# ---- refusals --------------------------------------------------------------------------------------------------------

REFUSED = {
    "jv": lambda v: sc.jv(v, 1.0),
    "hyp1f1": lambda a: sc.hyp1f1(a, 2.0, 0.5),
    "hyp2f1": lambda c: sc.hyp2f1(1.0, 2.0, c, 0.5),
    "eval_legendre": lambda n: sc.eval_legendre(n, 0.5),
    "pdtr": lambda k: sc.pdtr(k, 0.5),
    "tklmbda": lambda p: sc.tklmbda(0.5, p),
    "zeta": lambda s: special.zeta(s, 1.5),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_parameter_without_a_derivative_is_refused_by_name(name):
    with pytest.raises(NoRuleError, match=rf"{name}: no derivative is known in argument \d; pass a plain number"):
        dr.grad(REFUSED[name])(1.5)


def test_a_function_without_a_rule_is_refused_by_name():
    with pytest.raises(NoRuleError, match=r"scipy\.special\.airye has no derivative rule"):
        dr.grad(lambda x: sc.airye(x)[0])(1.5)


# ---- functions written in Python -------------------------------------------------------------------------------------

X = np.array([[0.3, -1.2, 2.0], [0.4, 0.4, -3.0]])
PYTHON = {
    "logsumexp": (lambda x: special.logsumexp(x), lambda x: np.log(np.sum(np.exp(x)))),
    "logsumexp, axis": (
        lambda x: special.logsumexp(x, 1, keepdims=True),
        lambda x: np.log(np.sum(np.exp(x), 1, keepdims=True)),
    ),
    "logsumexp, b": (
        lambda x: special.logsumexp(x, axis=0, b=np.array([[1.0, 2.0, 0.0], [3.0, -0.1, 2.0]])),
        lambda x: np.log(np.sum(np.array([[1.0, 2.0, 0.0], [3.0, -0.1, 2.0]]) * np.exp(x), 0)),
    ),
    "logsumexp in b": (lambda b: special.logsumexp(X, b=b + 4.0), lambda b: np.log(np.sum((b + 4.0) * np.exp(X)))),
    "softmax": (lambda x: special.softmax(x), lambda x: np.exp(x) / np.sum(np.exp(x))),
    "softmax, axis": (lambda x: special.softmax(x, axis=1), lambda x: np.exp(x) / np.sum(np.exp(x), 1, keepdims=True)),
    "log_softmax": (
        lambda x: special.log_softmax(x, axis=0),
        lambda x: x - np.log(np.sum(np.exp(x), 0, keepdims=True)),
    ),
    "multigammaln": (lambda a: special.multigammaln(a + 6, 3), None),
    "comb": (lambda n: special.comb(n + 6, 2.5), None),
    "comb, repetition": (lambda k: special.comb(7.0, k + 3.5, repetition=True), None),
    "perm": (lambda n: special.perm(n + 6, 2.0), None),
    "factorial": (lambda n: special.factorial(n + 4), None),
    "spherical_jn": (lambda x: special.spherical_jn(2, x + 4), None),
    "spherical_in, derivative": (lambda x: special.spherical_in(2, x + 4, derivative=True), None),
    "spherical_kn, derivative": (lambda x: special.spherical_kn(1, x + 4, True), None),
    "jvp": (lambda x: special.jvp(1.5, x + 4, 2), None),
    "softplus": (lambda x: special.softplus(x), lambda x: np.log1p(np.exp(x))),
}


@pytest.mark.parametrize("name", PYTHON)
def test_python_functions(name):
    """Values are SciPy's; derivatives in both modes against complex step, or against differences of SciPy's."""
    f, twin = PYTHON[name]
    want = jacobian(complex_step, twin, (X,)) if twin else jacobian(difference, f, (X,))
    tolerance = 1e-13 if twin else 1e-9
    for mode in ("forward", "reverse"):
        J = dr.jacobian(f, mode=mode)(X)
        np.testing.assert_allclose(J.reshape(want.shape), want, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(flat(dr.jvp(f, (X,), (X,))[0]), flat(f(X)), rtol=2e-15)


def test_logsumexp_has_the_right_curvature_at_a_tie_and_far_out():
    H = dr.hessian(special.logsumexp)(np.array([700.0, 700.0]))
    np.testing.assert_allclose(H, [[0.25, -0.25], [-0.25, 0.25]], rtol=1e-15)
    g = dr.grad(special.logsumexp)(np.array([-np.inf, 0.0]))
    np.testing.assert_array_equal(g, [0.0, 1.0])


def test_the_sign_of_logsumexp():
    f = lambda a: special.logsumexp(a, b=np.array([1.0, -2.0]), return_sign=True)
    (y, sign), (dy, _) = dr.jvp(f, (np.zeros(2),), (np.array([1.0, 0.0]),))
    assert (y, sign) == (0.0, -1.0) == f(np.zeros(2))
    assert dy == -1.0


def test_combinations_outside_their_range_are_zero_and_flat():
    assert dr.value_and_grad(lambda n: special.comb(n, 3.0))(2.0) == (0.0, 0.0)
    assert dr.value_and_grad(lambda n: special.perm(n, 3.0))(2.0) == (0.0, 0.0)
    assert dr.value_and_grad(lambda n: special.factorial(n))(-2.5) == (0.0, 0.0)


def test_counts_of_whole_things_have_no_derivative():
    for f in (lambda n: special.comb(n, 2, exact=True), lambda n: special.factorial(n, exact=True)):
        with pytest.raises(InputError, match="leave exact out"):
            dr.grad(f)(5.0)
    with pytest.raises(InputError, match=r"lambertw\(z, k=2\) is complex"):
        dr.grad(lambda z: special.lambertw(z, 2))(1.0)


def test_plain_arguments_get_what_scipy_gives():
    x = np.float32([0.5, 1.5])
    for name, args in (
        ("logsumexp", (x,)),
        ("softmax", (x,)),
        ("log_softmax", (x,)),
        ("polygamma", (1, x)),
        ("zeta", (2.0, x)),
        ("spherical_yn", (1, x)),
        ("comb", (5, 2)),
        ("lambertw", (x,)),
        ("gammaln", (x,)),
    ):
        got, want = getattr(special, name)(*args), getattr(sc, name)(*args)
        np.testing.assert_array_equal(got, want, strict=True)
    assert set(special.__all__) == set(sc.__all__) and special.expit is sc.expit
    with pytest.raises(AttributeError, match=r"neither dualrev\.scipy\.special nor scipy\.special has 'erff'"):
        _ = special.erff
