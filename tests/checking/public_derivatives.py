"""Derivatives as people publish them: losses, psi functions, test functions of optimisation, line shapes, models."""

import numpy as np
from scipy import special
from scipy.optimize import rosen, rosen_der, rosen_hess

from tests.checking.populations import Member

pi = np.pi
T = np.linspace(-2, 3, 7)
R = np.array([-3.1, -0.4, 0.2, 1.7])  # residuals
A = np.array([[1.0, 0.2, -1.3], [0.4, -0.7, 2.0], [1.5, 1.1, 0.3], [-0.2, 0.9, 0.8]])
COUNTS, LABELS = np.array([2.0, 0.0, 5.0, 1.0]), np.array([1.0, 0.0, 1.0, 1.0])
B = np.array([0.3, -0.5, 0.8])
e = np.exp


def psi(rho, slope):
    """A loss of residuals one by one."""
    return Member(lambda r: np.sum(rho(r)), slope, R)


def shape(f, *columns):
    """A line shape at seven places, of its parameters."""
    return lambda p: Member(lambda p: f(T, *p), lambda p: np.stack([c(T, *p) for c in columns], axis=1), np.array(p))


def poisson(b):
    return np.sum(e(A @ b) - COUNTS * (A @ b))


def logistic(b):
    return np.sum(np.logaddexp(0, A @ b) - LABELS * (A @ b))


def ackley(x):
    return -20 * e(-0.2 * np.sqrt(np.mean(x**2))) - e(np.mean(np.cos(2 * pi * x))) + 20 + np.e


def ackley_slope(x):
    r = np.sqrt(np.mean(x**2))
    return 4 * e(-0.2 * r) * x / (2 * r) + pi * np.sin(2 * pi * x) * e(np.mean(np.cos(2 * pi * x)))


def beale(v):
    x, y = v
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def beale_slope(v):
    x, y = v
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return 2 * np.array([
        a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1), a * x + b * 2 * x * y + c * 3 * x * y**2
    ])  # fmt: skip


def softmax_loss(x):
    return special.logsumexp(x) - x[1]


gaussian = lambda t, h, c, w: h * e(-(((t - c) / w) ** 2))
lorentz = lambda t, h, c, w: h * w**2 / ((t - c) ** 2 + w**2)
decay = lambda t, a, k, b: a * e(-k * t) + b
hill = lambda t, v, k, n: v * (t + 3) ** n / (k**n + (t + 3) ** n)
S = 1.345

PUBLIC = {
    # psi functions of robust losses
    "squares": psi(lambda r: r**2 / 2, lambda r: r),
    "Huber": psi(lambda r: np.where(np.abs(r) <= S, r**2 / 2, S * np.abs(r) - S**2 / 2), lambda r: np.clip(r, -S, S)),
    "Tukey": psi(
        lambda r: np.where(np.abs(r) < 4.685, 4.685**2 / 6 * (1 - (1 - (r / 4.685) ** 2) ** 3), 4.685**2 / 6),
        lambda r: np.where(np.abs(r) < 4.685, r * (1 - (r / 4.685) ** 2) ** 2, 0.0),
    ),
    "Cauchy": psi(lambda r: np.log1p((r / 2.385) ** 2), lambda r: 2 * r / (2.385**2 + r**2)),
    "Welsch": psi(lambda r: 1 - e(-(r**2)), lambda r: 2 * r * e(-(r**2))),
    "Geman and McClure": psi(lambda r: r**2 / (1 + r**2), lambda r: 2 * r / (1 + r**2) ** 2),
    "log cosh": psi(lambda r: np.log(np.cosh(r)), np.tanh),
    "soft l1": psi(lambda r: 2 * (np.sqrt(1 + r**2) - 1), lambda r: 2 * r / np.sqrt(1 + r**2)),
    "quantile": psi(lambda r: np.where(r > 0, 0.3 * r, -0.7 * r), lambda r: np.where(r > 0, 0.3, -0.7)),
    "Student's t": psi(lambda r: 2.5 * np.log1p(r**2 / 4), lambda r: 5 * r / (4 + r**2)),
    "Andrews": psi(
        lambda r: np.where(np.abs(r) < pi, 1 - np.cos(r), 2.0), lambda r: np.where(np.abs(r) < pi, np.sin(r), 0.0)
    ),
    # statistical losses
    "Poisson regression": Member(poisson, lambda b: A.T @ (e(A @ b) - COUNTS), B),
    "logistic regression": Member(logistic, lambda b: A.T @ (special.expit(A @ b) - LABELS), B),
    "cross entropy": Member(softmax_loss, lambda x: special.softmax(x) - np.array([0, 1.0, 0]), B),
    "gamma": Member(
        lambda p: np.sum(special.gammaln(p[0]) - p[0] * np.log(p[1]) - (p[0] - 1) * np.log(T + 3) + p[1] * (T + 3)),
        lambda p: np.array([
            np.sum(special.digamma(p[0]) - np.log(p[1]) - np.log(T + 3)), np.sum(T + 3 - p[0] / p[1])
        ]),
        np.array([1.7, 0.6]),
    ),
    "normal": Member(
        lambda p: np.sum((T - p[0]) ** 2) / (2 * p[1] ** 2) + T.size * np.log(p[1]),
        lambda p: np.array([np.sum(p[0] - T) / p[1] ** 2, T.size / p[1] - np.sum((T - p[0]) ** 2) / p[1] ** 3]),
        np.array([0.3, 1.2]),
    ),
    "ridge": Member(lambda b: np.sum((A @ b - R) ** 2) + b @ b, lambda b: 2 * A.T @ (A @ b - R) + 2 * b, B),
    "log det": Member(
        lambda x: np.linalg.slogdet(np.outer(x, x) + np.eye(3))[1], lambda x: 2 * x / (1 + x @ x), B
    ),
    # test functions of optimisation
    "Rosenbrock": Member(rosen, rosen_der, np.array([1.3, 0.7, 0.8, 1.9])),
    "Rosenbrock's gradient": Member(rosen_der, rosen_hess, np.array([1.3, 0.7, 0.8, 1.9])),
    "Ackley": Member(ackley, ackley_slope, np.array([1.2, -0.7])),
    "Beale": Member(beale, beale_slope, np.array([1.1, 0.4])),
    "Booth": Member(
        lambda v: (v[0] + 2 * v[1] - 7) ** 2 + (2 * v[0] + v[1] - 5) ** 2,
        lambda v: np.array([10 * v[0] + 8 * v[1] - 34, 8 * v[0] + 10 * v[1] - 38]),
        np.array([-1.0, 4.0]),
    ),
    "Rastrigin": Member(
        lambda x: np.sum(x**2 - 10 * np.cos(2 * pi * x)) + 20, lambda x: 2 * x + 20 * pi * np.sin(2 * pi * x),
        np.array([2.2, -3.9]),
    ),
    "Griewank": Member(
        lambda x: np.sum(x**2) / 4000 - np.cos(x[0]) * np.cos(x[1] / 2**0.5) + 1,
        lambda x: x / 2000 + np.array([
            np.sin(x[0]) * np.cos(x[1] / 2**0.5), np.cos(x[0]) * np.sin(x[1] / 2**0.5) / 2**0.5
        ]),
        np.array([120.0, -71.0]),
    ),
    "Lennard-Jones": Member(lambda r: 4 * (r**-12 - r**-6), lambda r: 4 * (-12 * r**-13 + 6 * r**-7), 1.05),
    # line shapes and models
    "Gaussian line": shape(
        gaussian, lambda t, h, c, w: gaussian(t, 1, c, w), lambda t, h, c, w: gaussian(t, h, c, w) * 2 * (t - c) / w**2,
        lambda t, h, c, w: gaussian(t, h, c, w) * 2 * (t - c) ** 2 / w**3,
    )([1.3, 0.4, 0.3]),
    "Lorentzian line": shape(
        lorentz, lambda t, h, c, w: lorentz(t, 1, c, w),
        lambda t, h, c, w: 2 * h * w**2 * (t - c) / ((t - c) ** 2 + w**2) ** 2,
        lambda t, h, c, w: 2 * h * w * (t - c) ** 2 / ((t - c) ** 2 + w**2) ** 2,
    )([2.0, -0.3, 0.5]),
    "decay": shape(
        decay, lambda t, a, k, b: e(-k * t), lambda t, a, k, b: -a * t * e(-k * t), lambda t, a, k, b: np.ones_like(t)
    )([3.0, 0.7, 0.2]),
    "Hill": shape(
        hill, lambda t, v, k, n: hill(t, 1, k, n),
        lambda t, v, k, n: -v * n * (t + 3) ** n * k ** (n - 1) / (k**n + (t + 3) ** n) ** 2,
        lambda t, v, k, n: v * (k * (t + 3)) ** n * np.log((t + 3) / k) / (k**n + (t + 3) ** n) ** 2,
    )([2.0, 1.5, 1.8]),
    "Faddeeva": Member(
        lambda x: special.wofz(x + 0.5j).real,
        lambda x: (-2 * (x + 0.5j) * special.wofz(x + 0.5j) + 2j / pi**0.5).real, 0.7,
    ),
    "Bessel": Member(lambda x: special.jv(1.5, x), lambda x: special.jvp(1.5, x), 4.2),
}  # fmt: skip
