"""What SciPy's and NumPy's functions say of traced values is said again by name, with the line and what to write."""

import functools

import numpy as np
import pytest
import scipy
from scipy import cluster, integrate, interpolate, linalg, ndimage, optimize, signal, sparse, spatial, stats
from scipy.sparse import linalg as sla

import dualrev as dr
from dualrev.errors import DualrevError, InputError, NoRuleError

scipy_fft = scipy.fft
X = np.array([0.5, 1.5, 2.5])
HERE = r" at test_foreign\.py:\d+ cannot go on with traced values \("

# What dualrev.scipy has: the name, and the import to write.
COVERED = {
    "scipy.linalg.inv": lambda x: linalg.inv(np.outer(x, x) + np.eye(3)),
    "scipy.linalg.expm": lambda x: linalg.expm(np.outer(x, x)),
    "scipy.stats.norm.pdf": lambda x: stats.norm.pdf(x),
    "scipy.stats.gamma.logpdf": lambda x: stats.gamma(x[0]).logpdf(2.0),
    "scipy.signal.convolve2d": lambda x: signal.convolve2d(x[None], x[None]),
    "scipy.ndimage.gaussian_filter": lambda x: ndimage.gaussian_filter(x, 1),
    "scipy.fft.dct": lambda x: scipy_fft.dct(x),
    "scipy.interpolate.CubicSpline": lambda x: interpolate.CubicSpline(X, x)(1.0),
    "scipy.optimize.brentq": lambda x: optimize.brentq(lambda t: t - x[0], 0, 3),
    "scipy.optimize.root": lambda x: optimize.root(lambda t: t - x, X).x,
    "scipy.integrate.quad": lambda x: integrate.quad(lambda t: t * x[0], 0, 1)[0],
    "scipy.integrate.solve_ivp": lambda x: integrate.solve_ivp(lambda t, y: -x * y, (0, 1), X).y,
}

# What it has not: the name, and what else to write.
OTHERS = {
    "scipy.optimize.direct": (lambda x: optimize.direct(lambda t: t * x[0], [(0, 3)]).x, r"@dr\.implicit\("),
    "scipy.sparse.csr_array": (lambda x: sparse.csr_array((x, ([0, 1, 2], [0, 1, 2]))).sum(), r"np\.bincount\(rows"),
    "scipy.sparse.diags_array": (lambda x: sparse.diags_array(x).sum(), r"np\.bincount\(rows"),
    "scipy.sparse.linalg.lsqr": (lambda x: sla.lsqr(sparse.eye_array(3, format="csc"), x)[0], r"spsolve\(S, b\)"),
    "scipy.spatial.distance.cdist": (lambda x: spatial.distance.cdist(x[:, None], x[:, None]), "dr.custom"),
    "scipy.cluster.vq.whiten": (lambda x: cluster.vq.whiten(x[:, None]), "dr.custom"),
    "scipy.stats.pareto.pdf": (lambda x: stats.pareto.pdf(x, 2.0), "dr.custom"),
}
NAMED = COVERED | {name: f for name, (f, _) in OTHERS.items()}
silent = pytest.mark.filterwarnings("ignore:.*dtype=object:DeprecationWarning")  # by SciPy 1.18


def refusal(f, mode="reverse"):
    with pytest.raises(DualrevError) as caught:
        dr.jacobian(f, mode=mode)(X)
    return caught.value


@silent
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", COVERED)
def test_what_dualrev_scipy_has_says_the_import(name, mode):
    part, rest = name.split(".", 2)[1:]
    said = str(refusal(COVERED[name], mode))
    assert said.startswith(f"{name} cannot go on with traced values")
    assert f". Write `from dualrev.scipy import {part}`, and {part}.{rest} as here. (at test_foreign.py:" in said


@silent
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("name", OTHERS)
def test_what_it_has_not_says_so_and_what_to_write(name, mode):
    f, instead = OTHERS[name]
    error = refusal(f, mode)
    assert str(error).startswith(f"{name} cannot go on with traced values")
    assert " (at test_foreign.py:" in str(error)
    assert "It is not in dualrev.scipy: " in str(error)
    assert instead.replace("\\", "") in str(error)


@silent
@pytest.mark.parametrize("name", NAMED)
def test_the_librarys_own_error_is_the_cause(name):
    error = refusal(NAMED[name])
    assert error.__cause__ is not None
    assert f"({type(error.__cause__).__name__}: " in str(error)


@silent
def test_a_function_of_scipys_that_is_itself_differentiated():
    assert str(refusal(scipy.fft.dct)).startswith("scipy.fft.dct cannot go on")
    assert str(refusal(functools.partial(scipy.fft.dct, norm="ortho"))).startswith("scipy.fft.dct cannot go on")


@silent
def test_the_newton_step_that_the_message_says_is_right():
    def root(p):
        x = optimize.brentq(lambda t: t**3 + t - dr.value(p), 0, 3)
        residual, slope = x**3 + x - p, 3 * x**2 + 1
        return x - residual / slope

    x = root(2.0)
    np.testing.assert_allclose(dr.grad(root)(2.0), 1 / (3 * x**2 + 1), rtol=1e-12)


# ---- errors that have nothing to do with traced values ---------------------------------------------------------------


class OwnError(Exception):
    pass


def test_errors_of_plain_calls_pass_as_they_are():
    for f, kind, said in (
        (lambda x: x * linalg.inv(np.ones((2, 3))), ValueError, "square"),
        (lambda x: x * optimize.brentq(lambda t: t + 5.0, 0, 3), ValueError, "different signs"),
        (lambda x: x * stats.norm.pdf(), TypeError, "missing"),
    ):
        with pytest.raises(kind, match=said) as caught:
            dr.grad(lambda x, f=f: np.sum(f(x)))(X)
        assert not isinstance(caught.value, DualrevError)


def test_errors_of_the_users_own_callback_pass_as_they_are():
    def callback(t):
        raise OwnError("mine")

    for f in (
        lambda x: x * optimize.brentq(callback, 0, 3),
        lambda x: x * integrate.quad(lambda t: callback(t * x[0]), 0, 1)[0],
    ):
        with pytest.raises(OwnError, match="mine"):
            dr.grad(lambda x, f=f: np.sum(f(x)))(X)


def test_errors_of_traced_code_that_is_the_users_pass_as_they_are():
    for f, kind in (
        (lambda x: x.reshape(7), ValueError),
        (lambda x: x[9], IndexError),
        (lambda x: x @ X[:2], ValueError),
    ):
        with pytest.raises(kind) as caught:
            dr.grad(lambda x, f=f: np.sum(f(x)))(X)
        assert not isinstance(caught.value, DualrevError)


# ---- C code, which has no frame of its own ---------------------------------------------------------------------------


def test_compiled_functions_are_found_by_the_users_line():
    solver = sla.splu(sparse.eye_array(3, format="csc"))
    error = refusal(lambda x: solver.solve(x))
    assert isinstance(error, InputError)
    assert "test_foreign.py:" in str(error)


def test_np_dot_of_a_sparse_matrix_says_what_to_write():
    error = refusal(lambda x: np.dot(sparse.eye_array(3, format="csr"), x))
    assert "write S @ x for np.dot(S, x)" in str(error)


def test_a_sparse_matrix_takes_no_traced_numbers():
    for form in ("csr", "csc", "coo", "lil", "dok"):
        S = sparse.eye_array(3, format=form)
        if hasattr(type(S), "__setitem__"):
            error = refusal(lambda x: S.__setitem__((0, 0), x[0]))
            assert isinstance(error, DualrevError)
    for f in (lambda x: sparse.dok_array(np.outer(x, x)).sum(), lambda x: sparse.coo_array(np.outer(x, x)).sum()):
        assert isinstance(refusal(f), NoRuleError | InputError | dr.LostDerivativeError)
