"""Exact derivatives of functions that a solver computes to a tolerance."""

import numpy as np
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq, minimize_scalar, newton

from tests.checking.populations import Member

RATES = np.array([1.3, 0.4])


def settled(p):
    """What decays at a rate p[0] and is made at p[1], after two seconds; and its derivative."""
    a, b = p
    e = np.exp(-2 * a)
    return np.array([-2 * e - b / a**2 * (1 - e) + b / a * 2 * e, (1 - e) / a])


def decay(method, rtol, atol=1e-6):
    slope = lambda t, y, p: [-p[0] * y[0] + p[1]]
    f = lambda p: solve_ivp(slope, (0, 2.0), [1.0], method, args=(p,), rtol=rtol, atol=atol).y[0, -1]
    return Member(f, settled, RATES)


def by_odeint(**tolerances):
    return Member(lambda p: odeint(lambda y, t: -p[0] * y + p[1], 1.0, [0, 2.0], **tolerances)[-1, 0], settled, RATES)


def circling(method, rtol):
    """The phase of an oscillator: both coordinates, for a frequency."""
    slope = lambda t, y, w: [w * y[1], -w * y[0]]
    f = lambda w: solve_ivp(slope, (0, 3.0), [1.0, 0.0], method, args=(w,), rtol=rtol).y[:, -1]
    return Member(f, lambda w: np.array([-3 * np.sin(3 * w), -3 * np.cos(3 * w)]), 1.4)


def over_a_kink():
    def jac(p):
        """Minus the length where sin 3t > p, plus the rest, from 0 to 2."""
        first, second = np.arcsin(p) / 3, (np.pi - np.arcsin(p)) / 3
        return 2 - 2 * (second - first)

    return Member(lambda p: quad(lambda t: abs(np.sin(3 * t) - p), 0, 2)[0], jac, 0.35)


def iterated(tolerance):
    """The fixed point of cos(p y), until it changes by less than a tolerance."""

    def fixed(p, tolerance):
        y, before = 1.0, 2.0
        while abs(y - before) > tolerance:
            y, before = np.cos(p * y), y
        return y

    def jac(p):
        y = fixed(p, 1e-15)
        return -y * np.sin(p * y) / (1 + p * np.sin(p * y))

    return Member(lambda p: fixed(p, tolerance), jac, 0.8)


def cube_root(solve):
    return Member(solve, lambda p: p ** (-2 / 3) / 3, 2.7)


SETTINGS = {
    **{f"{m}, {r:g}": decay(m, r) for m in ("RK45", "RK23", "DOP853", "LSODA") for r in (1e-3, 1e-4, 1e-6)},
    "BDF, 0.001": decay("BDF", 1e-3), "Radau, 0.001": decay("Radau", 1e-3),
    "circling, RK45": circling("RK45", 1e-3), "circling, DOP853": circling("DOP853", 1e-5),
    "odeint": by_odeint(), "odeint, 1e-6": by_odeint(rtol=1e-6, atol=1e-6),
    "odeint, 1e-4": by_odeint(rtol=1e-4, atol=1e-4),
    "quad": over_a_kink(),
    "iterated, 1e-4": iterated(1e-4), "iterated, 1e-6": iterated(1e-6), "iterated, 1e-8": iterated(1e-8),
    "brentq": cube_root(lambda p: brentq(lambda y: y**3 - p, 0, 5, xtol=1e-6)),
    "newton": cube_root(lambda p: newton(lambda y: y**3 - p, 1.0, tol=1e-3)),
    "minimize_scalar": cube_root(lambda p: minimize_scalar(lambda y: y**4 / 4 - p * y, (0, 1, 5)).x),
}  # fmt: skip
