"""solve_ivp, odeint and solve_bvp of dualrev.scipy.integrate against closed forms, tight runs and published numbers."""

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg

import dualrev as dr
from dualrev.scipy import integrate
from tests.solving.closed_forms import assert_derivatives, assert_value

TIGHT = {"rtol": 1e-8, "atol": 1e-10}
P = np.array([1.1, 0.4, 0.4, 0.1])
START = np.array([10.0, 5.0])
TIMES = np.linspace(0.0, 6.0, 7)


def predators(t, y, a, b, c, d):
    return [a * y[0] - b * y[0] * y[1], -c * y[1] + d * y[0] * y[1]]


def solved(p, y0=START, m=integrate, **how):
    return m.solve_ivp(predators, (0.0, 6.0), y0, t_eval=TIMES, args=tuple(p), **how).y


def differences(f, x, h=1e-5):
    return np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))], axis=-1)


@pytest.mark.parametrize("sensitivity", ["auto", "adjoint", "discrete"])
def test_lotka_volterra_against_a_tight_run(sensitivity):
    tight = {"rtol": 1e-13, "atol": 1e-13, "method": "DOP853", "m": scipy.integrate}
    how = {"sensitivity": sensitivity, "rtol": 1e-9, "atol": 1e-10}
    for mode in ("forward", "reverse"):
        J = dr.jacobian(lambda p: solved(p, **how), mode=mode)(P)
        np.testing.assert_allclose(J, differences(lambda p: solved(p, **tight), P), atol=1e-5)
        J = dr.jacobian(lambda y: solved(P, y, **how), mode=mode)(START)
        np.testing.assert_allclose(J, differences(lambda y: solved(P, y, **tight), START), atol=1e-5)


@pytest.mark.parametrize("method", ["RK45", "RK23", "DOP853", "Radau", "BDF", "LSODA"])
def test_every_method(method):
    """y' = -k y + s: y = s/k + (y0 - s/k) exp(-k t)."""

    def f(p):
        return integrate.solve_ivp(lambda t, y: -p[0] * y + p[1], (0, 2), [p[2]], method, t_eval=[1.0, 2.0], **TIGHT).y[
            0
        ]

    t = np.array([1.0, 2.0])
    exact = lambda p: p[1] / p[0] + (p[2] - p[1] / p[0]) * np.exp(-p[0] * t)
    assert_derivatives(f, exact, np.array([0.7, 1.2, 3.0]), 1e-6, second=method == "BDF")


def test_the_value_is_scipys():
    for how in ({}, {"method": "BDF"}, {"sensitivity": "adjoint"}):
        plain = {name: v for name, v in how.items() if name != "sensitivity"}
        assert_value(lambda p: solved(p, **how), lambda p: solved(p, m=scipy.integrate, **plain), P)
    steps = lambda m: lambda p: m.solve_ivp(predators, (0.0, 6.0), START, args=tuple(p)).y
    assert_value(steps(integrate), steps(scipy.integrate), P)


def test_a_linear_system_in_its_matrix():
    """y(1) = expm(A) y0, whose derivatives SciPy knows."""
    A = np.array([[-0.5, 2.0], [-2.0, -0.3]])
    f = lambda A: integrate.solve_ivp(lambda t, y: A @ y, (0, 1), [1.0, 0.5], **TIGHT).y[:, -1]
    for mode in ("forward", "reverse"):
        J = dr.jacobian(f, mode=mode)(A)
        for i, j in np.ndindex(2, 2):
            E = np.zeros((2, 2))
            E[i, j] = 1.0
            want = scipy.linalg.expm_frechet(A, E)[1] @ [1.0, 0.5]
            np.testing.assert_allclose(J[:, i, j], want, atol=1e-6)


def test_the_hessian_of_a_sum_of_squares():
    s = lambda p: np.sum((solved(p, **TIGHT) - 1.0) ** 2)
    H = dr.hessian(s)(P)
    np.testing.assert_allclose(H, differences(dr.grad(s), P, 1e-4), atol=1e-4 * np.abs(H).max())


def test_many_parameters_go_back_by_the_adjoint():
    """y' = -(sum of 80 rates) y: every slope is -t y."""
    k = np.full(80, 0.01)
    f = lambda k: integrate.solve_ivp(lambda t, y: -np.sum(k) * y, (0, 2), [3.0], t_eval=[1.0, 2.0], **TIGHT).y[0]
    want = -np.array([1.0, 2.0]) * 3.0 * np.exp(-0.8 * np.array([1.0, 2.0]))
    np.testing.assert_allclose(dr.jacobian(f, mode="reverse")(k), np.tile(want[:, None], 80), rtol=1e-6)
    v = np.ones(80)
    np.testing.assert_allclose(dr.hvp(lambda k: f(k)[1], k, v), np.full(80, -want[1] * 2 * 80), rtol=1e-6)


@pytest.mark.parametrize("sensitivity", ["auto", "adjoint", "discrete"])
def test_times_that_vary(sensitivity):
    """y' = -t y from t0 to t1: y = exp((t0^2 - t1^2) / 2)."""
    how = {"sensitivity": sensitivity, **TIGHT}
    f = lambda q: integrate.solve_ivp(lambda t, y: -t * y, (q[0], q[1]), [1.0], **how).y[0, -1]
    exact = lambda q: np.exp((q[0] ** 2 - q[1] ** 2) / 2)
    assert_derivatives(f, exact, np.array([0.3, 1.2]), 1e-6, second=sensitivity != "discrete")
    g = lambda s: integrate.solve_ivp(lambda t, y: -t * y, (0.0, 3.0), [1.0], t_eval=s * TIMES[:4], **how).y[0]
    assert_derivatives(g, lambda s: np.exp(-((s * TIMES[:4]) ** 2) / 2), 0.9, 1e-6, second=False)


def test_back_in_time():
    f = lambda k: integrate.solve_ivp(lambda t, y: -k * y, (2.0, 0.0), [1.0], t_eval=[1.5, 0.5], **TIGHT).y[0]
    exact = lambda k: np.exp(k * np.array([0.5, 1.5]))
    assert_derivatives(f, exact, 0.7, 1e-6)
    adjoint = lambda k: integrate.solve_ivp(
        lambda t, y: -k * y, (2.0, 0.0), [1.0], t_eval=[1.5, 0.5], sensitivity="adjoint", **TIGHT
    ).y[0]
    assert_derivatives(adjoint, exact, 0.7, 1e-6, second=False)


def test_dense_output():
    f = lambda k: integrate.solve_ivp(lambda t, y: -k * y, (0, 3), [1.0], dense_output=True, **TIGHT).sol(
        np.stack([k, 2 * k])
    )[0]
    assert_derivatives(f, lambda k: np.exp(-np.stack([k**2, 2 * k**2])), 1.2, 1e-6)


def fall(p, m=integrate):
    """A stone that is thrown up from a height: when it hits the ground, and how fast."""
    hit = lambda t, y: y[0]
    hit.terminal, hit.direction = True, -1
    top = lambda t, y: y[1]
    run = m.solve_ivp(lambda t, y: [y[1], -p[0]], (0.0, 100.0), [p[1], p[2]], events=[hit, top], rtol=1e-10, atol=1e-10)
    return np.stack([run.t_events[0][0], run.y_events[0][0][1], run.t[-1], run.t_events[1][0], run.y_events[1][0][0]])


def test_events_against_the_formulas_of_a_fall():
    def exact(p):
        g, h, v = p
        speed = np.sqrt(v**2 + 2 * g * h)
        return np.stack([(v + speed) / g, -speed, (v + speed) / g, v / g, h + v**2 / (2 * g)])

    p = np.array([9.81, 2.0, 3.0])
    np.testing.assert_allclose(fall(p), exact(p), rtol=1e-9)
    assert_derivatives(fall, exact, p, 1e-8)
    np.testing.assert_array_equal(dr.jvp(fall, (p,), (p,))[0], fall(p, scipy.integrate))


def robertson(k, **how):
    def rates(t, y):
        slow, fast, pair = k[0] * y[0], k[1] * y[1] * y[2], k[2] * y[1] ** 2
        return [fast - slow, slow - fast - pair, pair]

    return integrate.solve_ivp(rates, (0.0, 40.0), [1.0, 0.0, 0.0], rtol=1e-8, atol=1e-12, **how).y[:, -1]


def test_robertsons_stiff_problem():
    """Sensitivities at t = 40 as SUNDIALS prints them for cvsRoberts_FSA_dns."""
    k = np.array([0.04, 1e4, 3e7])
    published = [
        [-4.2475e00, 1.3731e-05, -2.2884e-09],
        [4.5912e-05, -2.3573e-10, -1.1380e-13],
        [4.2475e00, -1.3731e-05, 2.2885e-09],
    ]
    for mode in ("forward", "reverse"):
        J = dr.jacobian(lambda k: robertson(k, method="BDF"), mode=mode)(k)
        np.testing.assert_allclose(J, published, rtol=2e-4)


def test_odeint():
    t = np.array([0.0, 1.0, 2.0])
    exact = lambda p: p[1] * np.exp(-p[0] * t)[:, None]
    f = lambda m, p: m.odeint(lambda y, t: -p[0] * y, p[1], t)
    p = np.array([1.2, 0.7])
    assert_derivatives(lambda p: f(integrate, p), exact, p, 1e-6)
    np.testing.assert_array_equal(dr.jvp(lambda p: f(integrate, p), (p,), (p,))[0], f(scipy.integrate, p))
    first = lambda k: integrate.odeint(lambda t, y, k: -k * y, 1.0, k * t, (k,), tfirst=True, full_output=True)[0][
        -1, 0
    ]
    assert_derivatives(first, lambda k: np.exp(-2 * k**2), 1.2, 1e-6)


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_an_equation_that_stops():
    with pytest.raises(dr.InputError, match=r"solve_ivp stopped at t = 0\.999"), np.errstate(all="ignore"):
        dr.grad(lambda a: integrate.solve_ivp(lambda t, y: a * y**2, (0, 2), [1.0]).y[0, -1])(1.0)


def test_what_is_refused_says_so():
    with pytest.raises(dr.InputError, match="sensitivity='both': write"):
        integrate.solve_ivp(predators, (0, 1), START, sensitivity="both")
    with pytest.raises(dr.InputError, match="goes through the steps of RK23 and RK45, not of BDF"):
        dr.jacobian(lambda p: solved(p, method="BDF", sensitivity="discrete"))(P)
    with pytest.raises(dr.NoRuleError, match="a complex y"):
        dr.jacobian(lambda a: np.real(integrate.solve_ivp(lambda t, y: 1j * a * y, (0, 1), [1 + 0j]).y))(1.0)


def test_a_tolerance_for_each_number():
    """y' = -k y from (1, 2)."""
    start, each = np.array([1.0, 2.0]), {"rtol": np.array([1e-8, 1e-9]), "atol": np.array([1e-9, 1e-10])}
    f = lambda k: integrate.solve_ivp(lambda t, y: -k * y, (0, 1), start, **each).y[:, -1]
    assert_derivatives(f, lambda k: start * np.exp(-k), 0.7, 1e-6, second=False)
    f = lambda k: integrate.odeint(lambda y, t: -k * y, start, [0.0, 1.0], **each)[-1]
    assert_derivatives(f, lambda k: start * np.exp(-k), 0.7, 1e-6, second=False)


def test_a_plain_call_gives_what_scipy_gives():
    mine, theirs = (m.solve_ivp(predators, (0, 6), START, args=tuple(P)) for m in (integrate, scipy.integrate))
    np.testing.assert_array_equal(mine.y, theirs.y)
    assert mine.nfev == theirs.nfev and mine.sol is None
    assert solved(P, progress=False).shape == (2, 7)


def test_a_progress_line(capsys):
    solved(P, progress=True)
    assert "percent" in capsys.readouterr().err


# ---- boundary values -------------------------------------------------------------------------------------------------


def oscillator(p, m=integrate):
    """u'' = -p0 u, u(0) = p1, u(1) = p2, at x = 0.3."""
    x = np.linspace(0.0, 1.0, 11)
    ends = lambda a, b: np.stack([a[0] - p[1], b[0] - p[2]])
    return m.solve_bvp(lambda x, y: np.stack([y[1], -p[0] * y[0]]), ends, x, np.zeros((2, 11)), tol=1e-8)


def between(p, length=1.0):
    w = np.sqrt(p[0])
    return p[1] * np.cos(0.3 * w) + (p[2] - p[1] * np.cos(w * length)) / np.sin(w * length) * np.sin(0.3 * w)


def test_a_boundary_value_problem():
    p = np.array([2.0, 0.5, 1.5])
    assert_derivatives(lambda p: oscillator(p).sol(0.3)[0], between, p, 1e-8)
    value = dr.jvp(lambda p: oscillator(p).y, (p,), (p,))[0]
    np.testing.assert_array_equal(value, oscillator(p, scipy.integrate).y)
    assert_derivatives(lambda p: oscillator(p).sol(0.3, 1)[0], slope_between, p, 1e-7, second=False)


def slope_between(p):
    w = np.sqrt(p[0])
    return -w * p[1] * np.sin(0.3 * w) + w * (p[2] - p[1] * np.cos(w)) / np.sin(w) * np.cos(0.3 * w)


def test_an_end_that_varies():
    def f(length):
        x = np.linspace(0.0, 1.0, 11) * length
        ends = lambda a, b: np.array([a[0] - 0.5, b[0] - 1.5])
        return integrate.solve_bvp(lambda x, y: np.stack([y[1], -2 * y[0]]), ends, x, np.zeros((2, 11)), tol=1e-8).sol(
            0.3
        )[0]

    assert_derivatives(f, lambda length: between(np.array([2.0, 0.5, 1.5]), length), 1.0, 1e-7)


def test_an_eigenvalue():
    """u'' = -k^2 u on [0, L], u = 0 at both ends: k = pi / L."""

    def f(length):
        x = np.linspace(0.0, 1.0, 11)
        guess = np.stack([np.sin(np.pi * x), np.cos(np.pi * x)])
        ends = lambda a, b, p: np.stack([a[0], b[0], a[1] - p[0]])
        return integrate.solve_bvp(
            lambda x, y, p: np.stack([y[1], -(p[0] ** 2) * y[0]]), ends, x * length, guess, p=[3.0], tol=1e-8
        ).p[0]

    assert_derivatives(f, lambda length: np.pi / length, 1.0, 1e-8)


def test_a_boundary_value_problem_without_a_solution():
    f = lambda a: integrate.solve_bvp(
        lambda x, y: np.stack([y[1], -a * np.exp(y[0])]), lambda u, v: np.stack([u[0], v[0]]),
        np.linspace(0, 1, 5), np.zeros((2, 5)), max_nodes=50,
    ).y[0, 2]  # fmt: skip
    assert np.isfinite(dr.grad(f)(1.0))
    with pytest.raises(dr.InputError, match="solve_bvp found no solution"), np.errstate(all="ignore"):
        dr.grad(f)(20.0)
