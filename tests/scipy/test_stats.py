"""The distributions: values against scipy.stats, derivatives in every parameter against differences and mpmath."""

import mpmath as mp
import numpy as np
import pytest
import scipy.stats

import dualrev as dr
from dualrev.errors import InputError, NoRuleError
from dualrev.scipy import stats
from tests.ops.referee import difference

# name: (points x, shapes); loc and scale are 0.3 and 1.7 beside
CONTINUOUS = {
    "norm": ([-30.0, -2.0, 0.4, 3.0, 9.0], ()),
    "t": ([-30.0, -2.0, 0.4, 3.0, 9.0], (3.5,)),
    "laplace": ([-30.0, -2.0, 0.4, 3.0, 9.0], ()),
    "logistic": ([-30.0, -2.0, 0.4, 3.0, 9.0], ()),
    "cauchy": ([-30.0, -2.0, 0.4, 3.0, 9.0], ()),
    "expon": ([0.8, 3.0, 9.0], ()),
    "gamma": ([0.8, 3.0, 9.0, 40.0], (2.3,)),
    "chi2": ([0.8, 3.0, 9.0, 40.0], (4.5,)),
    "lognorm": ([0.8, 3.0, 9.0, 40.0], (0.8,)),
    "weibull_min": ([0.8, 3.0, 9.0], (1.6,)),
    "uniform": ([0.8, 1.0, 1.9], ()),
    "beta": ([0.8, 1.0, 1.5], (2.2, 0.9)),
}
DISCRETE = {
    "poisson": ([0.0, 1.0, 4.0, 30.0], (3.3,)),
    "binom": ([0.0, 1.0, 4.0, 6.0], (9.0, 0.35)),
    "nbinom": ([0.0, 1.0, 4.0, 30.0], (2.5, 0.4)),
    "bernoulli": ([0.0, 1.0], (0.3,)),
}
DENSITIES = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf")
MASSES = ("logpmf", "pmf", "cdf", "sf", "logcdf", "logsf")

continuous = pytest.mark.parametrize("name", CONTINUOUS)
discrete = pytest.mark.parametrize("name", DISCRETE)


@continuous
@pytest.mark.parametrize("method", DENSITIES)
def test_values_are_those_of_scipy(name, method):
    x, shapes = CONTINUOUS[name]
    x = np.array([*x, -50.0, 60.0, 0.3, 2.0])  # beyond the support of some, and at its ends
    with np.errstate(all="ignore"):
        got = getattr(getattr(stats, name), method)(x, *shapes, 0.3, scale=1.7)
        want = getattr(getattr(scipy.stats, name), method)(x, *shapes, 0.3, scale=1.7)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15)


@discrete
@pytest.mark.parametrize("method", MASSES)
def test_masses_are_those_of_scipy(name, method):
    x, shapes = DISCRETE[name]
    x = np.array([*x, -1.0, 50.0, 0.5, 2.0])
    with np.errstate(all="ignore"):
        got = getattr(getattr(stats, name), method)(x + 1, *shapes, loc=1)
        want = getattr(getattr(scipy.stats, name), method)(x + 1, *shapes, loc=1)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15)


@continuous
def test_ppf_is_that_of_scipy_and_undoes_cdf(name):
    q, (_, shapes) = np.array([1e-9, 0.1, 0.5, 0.99]), CONTINUOUS[name]
    d = getattr(stats, name)
    got = d.ppf(q, *shapes, loc=0.3, scale=1.7)
    np.testing.assert_allclose(got, getattr(scipy.stats, name).ppf(q, *shapes, loc=0.3, scale=1.7), rtol=1e-12)
    slope = dr.grad(lambda q: np.sum(d.ppf(q, *shapes, loc=0.3, scale=1.7)))(q)
    np.testing.assert_allclose(slope * d.pdf(got, *shapes, 0.3, 1.7), 1.0, rtol=1e-9)


@continuous
@pytest.mark.parametrize("method", DENSITIES)
def test_derivatives_in_every_parameter(name, method):
    """Both modes against differences of scipy.stats."""
    x, shapes = CONTINUOUS[name]
    x = np.array([v for v in x if v > -10 and v < 20])
    parameters = tuple(np.array(p) for p in (*shapes, 0.25, 1.7))
    ours = lambda x, *p: np.sum(np.cos(x) * getattr(getattr(stats, name), method)(x, *p))
    theirs = lambda x, *p: np.sum(np.cos(x) * getattr(getattr(scipy.stats, name), method)(x, *p))
    check(ours, theirs, (x, *parameters))


@discrete
@pytest.mark.parametrize("method", MASSES[:4])
def test_derivatives_of_masses_in_every_parameter(name, method):
    """By way of the gamma function also in a number of trials, for which scipy.stats is no referee."""
    x, shapes = DISCRETE[name]
    x, parameters = np.array(x), tuple(np.array(p) for p in shapes)
    ours = lambda *p: np.sum(getattr(getattr(stats, name), method)(x, *p))
    if name == "binom":
        n, p = parameters
        check(lambda p: ours(n, p), lambda p: np.sum(getattr(scipy.stats.binom, method)(x, n, p)), (p,))
    else:
        check(ours, lambda *p: np.sum(getattr(getattr(scipy.stats, name), method)(x, *p)), parameters)


def check(ours, theirs, xs):
    which = tuple(range(len(xs)))
    directions = [[e if k == i else np.zeros_like(x) for k, x in enumerate(xs)] for i, e in units(xs)]
    want = [difference(theirs, xs, v, h=2e-3)[0] for v in directions]
    reverse = np.concatenate([np.ravel(g) for g in dr.grad(ours, which)(*xs)])
    forward = [dr.jvp(ours, xs, tuple(v))[1] for v in directions]
    np.testing.assert_allclose(reverse, want, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(forward, reverse, rtol=1e-12, atol=1e-13)


def units(xs):
    return [(i, e.reshape(np.shape(x))) for i, x in enumerate(xs) for e in np.eye(np.size(x))]


def test_the_number_of_trials_against_mpmath():
    logpmf = lambda n: mp.log(mp.binomial(n, 4)) + 4 * mp.log(mp.mpf(0.35)) + (n - 4) * mp.log(1 - mp.mpf(0.35))
    got = dr.grad(lambda n: stats.binom.logpmf(4.0, n, 0.35))(9.0)
    assert got == pytest.approx(float(mp.diff(logpmf, 9)), rel=1e-13, abs=0)


def test_the_degrees_of_freedom_against_mpmath():
    with mp.workdps(40):
        cdf = lambda v: mp.mpf(1) / 2 * mp.betainc(v / 2, 0.5, 0, v / (v + 400), regularized=True)
        want = {v: float(mp.diff(cdf, v)) for v in (0.5, 3.0, 40.0)}
    for v, slope in want.items():
        assert dr.grad(lambda v: stats.t.cdf(-20.0, v))(v) == pytest.approx(slope, rel=1e-12, abs=0)


def test_outside_the_support_the_derivative_is_zero_and_not_nan():
    x = np.array([-1.0, 0.5, 2.0])
    assert np.array_equal(dr.grad(lambda x: np.sum(stats.beta.cdf(x, 2.0, 3.0)))(x)[[0, 2]], [0.0, 0.0])
    assert np.array_equal(dr.grad(lambda x: np.sum(stats.gamma.pdf(x, 2.0)))(-x)[[1, 2]], [0.0, 0.0])
    assert dr.grad(lambda a: np.sum(stats.gamma.logpdf(np.array([2.0, 3.0]), a)))(1.5) == pytest.approx(
        float(mp.log(2) + mp.log(3) - 2 * mp.digamma(1.5)), rel=1e-14
    )


def test_parameters_out_of_range_give_nan_as_scipy_does():
    assert np.isnan(stats.norm.logpdf(0.0, 0.0, -1.0))
    assert np.isnan(stats.gamma.cdf(1.0, -2.0))
    assert np.isnan(stats.binom.pmf(1.0, 3.0, 1.5))


def test_a_call_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match="t needs its parameter df"):
        stats.t.logpdf(1.0)
    with pytest.raises(InputError, match="norm takes loc, scale, not"):
        stats.norm.logpdf(1.0, mean=2.0)
    with pytest.raises(InputError, match="poisson is discrete, and has no scale"):
        stats.poisson.pmf(1.0, 2.0, scale=2.0)
    with pytest.raises(AttributeError, match=r"neither dualrev\.scipy\.stats nor scipy\.stats has 'levi'"):
        _ = stats.levi
    with pytest.raises(NoRuleError, match="rvs has no derivative rule"):
        dr.grad(lambda m: stats.norm.rvs(m))(1.0)


def test_what_else_scipy_has_is_scipys():
    assert stats.gamma.mean(2.0) == 2.0 and stats.levy is scipy.stats.levy
    assert stats.norm.rvs(random_state=0) == scipy.stats.norm.rvs(random_state=0)
    np.testing.assert_array_equal(stats.dirichlet.mean([1.0, 3.0]), [0.25, 0.75])


# ---- vectors ---------------------------------------------------------------------------------------------------------

COV = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.7]])


@pytest.mark.parametrize(
    ("x", "mean", "cov"),
    [
        (np.array([0.1, 0.2, 0.3]), np.array([1.0, 0.0, -1.0]), COV),
        (np.arange(12.0).reshape(2, 2, 3) / 7, np.array([1.0, 0.0, -1.0]), COV),
        (np.arange(6.0).reshape(2, 3) / 7, None, COV),
        (np.arange(6.0).reshape(2, 3) / 7, np.zeros(3), np.array([1.0, 2.0, 3.0])),
        (np.arange(6.0).reshape(2, 3) / 7, np.zeros(3), 2.5),
        (np.array([0.4, 0.5]), 0.1, 2.0),
        (0.4, None, 1),
    ],
    ids=lambda x: "x".join(map(str, np.shape(x))) or ".",
)
def test_multivariate_normal_is_that_of_scipy(x, mean, cov):
    for method in ("logpdf", "pdf"):
        got = getattr(stats.multivariate_normal, method)(x, mean, cov)
        want = getattr(scipy.stats.multivariate_normal, method)(x, mean, cov)
        np.testing.assert_allclose(got, want, rtol=1e-12)
        assert np.shape(got) == np.shape(want)


def test_multivariate_normal_in_every_parameter():
    x, mean = np.arange(6.0).reshape(2, 3) / 7, np.array([1.0, 0.0, -1.0])
    root = np.linalg.cholesky(COV)  # any root is the root of a covariance; not any matrix is one
    ours = lambda x, mean, R: np.sum(stats.multivariate_normal.logpdf(x, mean, R @ R.T))
    theirs = lambda x, mean, R: np.sum(scipy.stats.multivariate_normal.logpdf(x, mean, R @ R.T))
    check(ours, theirs, (x, mean, root))


def test_a_singular_covariance_has_a_density_where_it_varies():
    C, x = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 0.0]]), np.array([0.3, -0.2, 0.0])
    ours = lambda m: stats.multivariate_normal.logpdf(x, m, C, allow_singular=True)
    theirs = lambda m: scipy.stats.multivariate_normal.logpdf(x, m, C, allow_singular=True)
    np.testing.assert_allclose(ours(np.zeros(3)), theirs(np.zeros(3)), rtol=1e-13)
    slope = np.linalg.solve(C[:2, :2], x[:2])
    np.testing.assert_allclose(dr.grad(ours)(np.zeros(3))[:2], slope, rtol=1e-13)
    with pytest.raises(InputError, match="the covariance is singular"):
        dr.grad(lambda C: stats.multivariate_normal.logpdf(x, np.zeros(3), C, allow_singular=True))(C)


def test_the_entropy_of_a_normal_distribution():
    want = scipy.stats.multivariate_normal.entropy(np.zeros(3), COV)
    assert stats.multivariate_normal.entropy(np.zeros(3), COV) == pytest.approx(want, rel=1e-14)
    slope = dr.grad(lambda C: stats.multivariate_normal.entropy(np.zeros(3), C))(COV)
    np.testing.assert_allclose(slope, 0.5 * np.linalg.inv(COV).T, rtol=1e-12)


def test_dirichlet_is_that_of_scipy():
    alpha, x = np.array([1.5, 2.0, 0.7]), np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]])
    for points in (x, x[:, 0], x[:2]):
        np.testing.assert_allclose(
            stats.dirichlet.logpdf(points, alpha), scipy.stats.dirichlet.logpdf(points, alpha), rtol=1e-12
        )
        np.testing.assert_allclose(
            stats.dirichlet.pdf(points, alpha), scipy.stats.dirichlet.pdf(points, alpha), rtol=1e-12
        )
    ours = lambda x, alpha: np.sum(stats.dirichlet.logpdf(x, alpha))
    check(ours, lambda x, alpha: np.sum(scipy.stats.dirichlet.logpdf(x, alpha)), (x[:2], alpha))
