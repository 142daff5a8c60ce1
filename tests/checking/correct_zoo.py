"""Functions whose derivatives are right, and which are hard to check: scales, offsets, kinks, edges, noise, waves.

A case is a function, its point, and the gradient, a function or one that dualrev takes ("check").
"""

from typing import Any, NamedTuple

import numpy as np

import dualrev as dr


class Correct(NamedTuple):
    f: Any
    x: Any
    jac: Any = None  # None: dualrev's own, by `check`
    options: dict[str, Any] = {}  # noqa: RUF012 as none is changed


def A(*values: float) -> np.ndarray:
    return np.array(values)


def spread(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.3, 1.5, n)


def hashed(x: np.ndarray) -> float:
    """A number in [-1, 1) that depends on every bit of x."""
    bits = np.frombuffer(np.ascontiguousarray(x).tobytes(), np.uint64)
    with np.errstate(over="ignore"):
        mixed = np.bitwise_xor.reduce((bits * np.uint64(0x9E3779B97F4A7C15)) ^ (bits >> np.uint64(29)))
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return float(mixed >> np.uint64(11)) / 2**52 - 1.0


def noisy(size):
    return lambda x: float(np.sum(np.sin(x))) + size * hashed(x)


def random_noise(size, seed=3):
    rng = np.random.default_rng(seed)
    return lambda x: float(np.sum(np.sin(x))) + size * rng.standard_normal()


def rk4(x):
    """A pendulum of length x[0] and friction x[1], for two seconds."""
    y, h = np.array([1.0, 0.0]), 0.05

    def slope(y):
        return np.stack([y[1], -9.81 / x[0] * np.sin(y[0]) - x[1] * y[1]])

    for _ in range(40):
        a = slope(y)
        b = slope(y + h / 2 * a)
        c = slope(y + h / 2 * b)
        y = y + h / 6 * (a + 2 * b + 2 * c + slope(y + h * c))
    return y[0]


def bisection(x):
    """The root t of t + exp(t) = x[0], to 1e-10."""
    low, high = -10.0, 10.0
    while high - low > 1e-10:
        middle = (low + high) / 2
        low, high = (middle, high) if middle + np.exp(middle) < x[0] else (low, middle)
    return (low + high) / 2


def newton(x):
    """sqrt(x[0]), by as many steps as it takes."""
    t = x[0]
    while abs(dr.value(t * t - x[0])) > 1e-13 * dr.value(x[0]):
        t = (t + x[0] / t) / 2
    return t


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def softplus(x):
    return np.sum(np.logaddexp(0.0, x))


def network(p):
    hidden = np.maximum(p["w"] @ np.linspace(-1, 1, 8) + p["b"], 0.0)
    return np.sum(np.tanh(p["v"] @ hidden))


def shooting(x):
    """A predator and its prey after five units of time, by an adaptive solver: noise of its tolerance."""
    from scipy.integrate import solve_ivp

    def slope(t, y):
        return [y[0] * (x[0] - x[1] * y[1]), y[1] * (x[1] * y[0] - x[0])]

    return float(solve_ivp(slope, (0.0, 2.0), [1.0, 0.5], rtol=1e-9, atol=1e-10).y[0, -1])


def sensitivities(x):
    """Its gradient, by the variational equations and a tight tolerance."""
    from scipy.integrate import solve_ivp

    def slope(t, z):
        u, v, S = z[0], z[1], z[2:].reshape(2, 2)
        J = np.array([[x[0] - x[1] * v, -x[1] * u], [x[1] * v, x[1] * u - x[0]]])
        return np.concatenate(
            [[u * (x[0] - x[1] * v), v * (x[1] * u - x[0])], (J @ S + [[u, -u * v], [-v, u * v]]).ravel()]
        )

    return solve_ivp(slope, (0.0, 2.0), [1.0, 0.5, 0, 0, 0, 0], rtol=1e-11, atol=1e-12).y[2:4, -1]


def integral(x):
    from scipy.integrate import quad

    return quad(lambda t: np.exp(-x[0] * t) * np.sin(x[1] * t), 0.0, 3.0)[0]


def slopes_of_integral(x):
    from scipy.integrate import quad

    parts = lambda t: (-t * np.exp(-x[0] * t) * np.sin(x[1] * t), t * np.exp(-x[0] * t) * np.cos(x[1] * t))
    return np.array([quad(lambda t, k=k: parts(t)[k], 0.0, 3.0)[0] for k in (0, 1)])


DRAWS = np.random.default_rng(3).standard_normal(200)


def monte_carlo(x):
    """The price of an option, with the same draws each time: a kink for every draw."""
    return np.mean(np.maximum(np.exp(x[0] + x[1] * DRAWS) - 1.0, 0.0))


def smooth_sum(x):
    return np.sum(np.sin(x) * x)


def huber(x):
    return np.sum(np.where(np.abs(x) <= 1.0, 0.5 * x**2, np.abs(x) - 0.5))


rng = np.random.default_rng(5)
PARAMETERS = {"w": rng.standard_normal((16, 8)), "b": rng.standard_normal(16), "v": rng.standard_normal((3, 16))}
HILBERT = 1.0 / (np.arange(6)[:, None] + np.arange(6) + 1)
KNOTS, HEIGHTS = np.linspace(0, 1, 11), np.sin(np.linspace(0, 3, 11))

CORRECT = {
    # scales
    "times 1e8": Correct(lambda x: 1e8 * np.sum(np.exp(x)), A(0.3, 0.7)),
    "times 1e-8": Correct(lambda x: 1e-8 * np.sum(np.exp(x)), A(0.3, 0.7)),
    "times 1e200": Correct(lambda x: 1e200 * np.sum(np.exp(x)), A(0.3, 0.7)),
    "times 1e-200": Correct(lambda x: 1e-200 * np.sum(np.exp(x)), A(0.3, 0.7)),
    "scales 1e-6 to 1e6": Correct(lambda x: np.sum(np.sin(x * 10.0 ** -np.arange(-6, 7))), 10.0 ** np.arange(-6, 7)),
    "scales 1e-12 to 1e12": Correct(
        lambda x: np.sum(np.exp(-x / 10.0 ** np.arange(-12, 13))), 10.0 ** np.arange(-12, 13)
    ),
    "x of 1e-12": Correct(lambda x: np.sum(np.sin(x) + np.cos(x)), A(1e-12, 2e-12)),
    "x of 1e-300": Correct(lambda x: np.sum(np.log(x)), A(1e-300, 3e-300)),
    "x of 1e150": Correct(lambda x: np.sum(x**2), A(1e150, 2e150)),
    "log near 1e-6": Correct(lambda x: np.sum(np.log(x)), A(1e-6, 2e-6)),
    "linear, coefficients of 1e10": Correct(lambda x: np.sum(x * A(1e10, -3e10, 1.0)), A(1.0, 2.0, 3.0)),
    "one of a million": Correct(lambda x: np.sum(x * A(1e6, 1.0)), A(1.0, 2.0)),
    # offsets
    "plus 1e6": Correct(lambda x: 1e6 + np.sum(np.exp(x)), A(0.3, 0.7)),
    "plus 1e10": Correct(lambda x: 1e10 + np.sum(np.exp(x)), A(0.3, 0.7)),
    "x near 1e6": Correct(lambda x: np.sum((x - 1e6) ** 2), A(1e6 + 1, 1e6 + 2)),
    "x near 1e6, not shifted": Correct(lambda x: np.sum(x**2), A(1e6 + 1, 1e6 + 2)),
    "a constant": Correct(lambda x: 0.0 * np.sum(x) + 3.0, A(1.0, 2.0)),
    "some inputs unused": Correct(lambda x: x[0] * x[3], A(1.0, 2.0, 3.0, 4.0)),
    # where the gradient vanishes
    "at the minimum": Correct(rosenbrock, np.ones(4)),
    "x**2 at 0": Correct(lambda x: np.sum(x**2), np.zeros(3)),
    "x**3 at 0": Correct(lambda x: np.sum(x**3), np.zeros(3)),
    "x |x| at 0": Correct(lambda x: np.sum(x * np.abs(x)), np.zeros(2)),
    "saddle": Correct(lambda x: x[0] ** 2 - x[1] ** 2, np.zeros(2)),
    "fast wave at 0": Correct(lambda x: np.sum(np.sin(1e9 * x)), np.zeros(2)),
    "slow wave at 0": Correct(lambda x: np.sum(np.sin(1e-9 * x)), np.zeros(2)),
    "cos at 0": Correct(lambda x: np.sum(np.cos(x)), np.zeros(2)),
    # near kinks
    "1e-9 from a kink": Correct(lambda x: np.sum(np.abs(x - 1)), A(1 + 1e-9)),
    "1e-12 from a kink": Correct(lambda x: np.sum(np.abs(x - 1)), A(1 - 1e-12)),
    "1e-3 from a kink": Correct(lambda x: np.sum(np.maximum(x, 1.001) * np.sin(x)), A(1.0, 1.3)),
    "1e-6 from a step": Correct(lambda x: np.sum(x**2 + np.where(x > 1, 10.0, 0.0)), A(1 - 1e-6)),
    "a tie, almost": Correct(lambda x: np.max(x) + np.min(x), A(1.0, 1.0 + 1e-8, 3.0)),
    "sorted": Correct(lambda x: np.sum(np.sort(x) * A(1.0, 2.0, 3.0, 4.0)), A(3.0, 1.0, 2.0, 2.0001)),
    "huber at the joint": Correct(huber, A(1.0, 0.5, -2.0)),
    "network of ReLU": Correct(network, PARAMETERS),
    "floor": Correct(lambda x: np.sum(x - np.floor(x) + np.floor(x) ** 2), A(1.3, 2.6)),
    "remainder": Correct(lambda x: np.sum(np.remainder(x, 0.7) ** 2), A(1.3, 2.6)),
    "interpolated": Correct(
        lambda x: float(np.interp(x[0], KNOTS, HEIGHTS)),
        A(0.432),
        lambda x: (
            np.interp(x, KNOTS[:-1] + 0.05, np.diff(HEIGHTS)) * 0 + np.diff(HEIGHTS)[np.searchsorted(KNOTS, x) - 1] * 10
        ),
    ),
    "a masked root": Correct(lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0)), A(-1.0, 2.0)),
    # near the edge of the domain
    "sqrt, 1e-9 inside": Correct(lambda x: np.sum(np.sqrt(x - 1)), A(1 + 1e-9)),
    "arcsin, 1e-9 inside": Correct(lambda x: np.sum(np.arcsin(x)), A(1 - 1e-9)),
    "arccosh, 1e-6 inside": Correct(lambda x: np.sum(np.arccosh(x)), A(1 + 1e-6)),
    "log barrier": Correct(lambda x: -np.sum(np.log(1 - x)) + x[0], A(1 - 1e-7, 0.5)),
    "x**1.5 at 0": Correct(lambda x: np.sum(x**1.5), A(0.0)),
    "x**2.5 on the edge, with bounds": Correct(
        lambda x: float(np.sum(x**2.5)), A(0.0, 1.0), lambda x: 2.5 * x**1.5, {"bounds": (0.0, 2.0)}
    ),
    "bounds on both sides": Correct(
        lambda x: float(np.sum(np.sqrt(x * (1 - x)))),
        A(0.999, 0.001),
        lambda x: (1 - 2 * x) / (2 * np.sqrt(x * (1 - x))),
        {"bounds": (np.zeros(2), np.ones(2))},
    ),
    "raises outside": Correct(
        lambda x: float(np.log(np.linalg.cholesky(np.diag(x - 1)).diagonal()).sum() * 2),
        A(1.01, 2.0),
        lambda x: 1 / (x - 1),
    ),
    "cholesky": Correct(lambda x: np.linalg.cholesky(np.stack([x[:2], x[1:]]))[1, 1], A(2.0, 1.99, 2.0)),
    # precision
    "float32, tanh": Correct(lambda x: np.sum(np.tanh(x)), A(0.3, 0.7).astype(np.float32)),
    "float32, exp": Correct(lambda x: np.sum(np.exp(x)) * np.float32(100), A(3.0, 5.0, -1.0).astype(np.float32)),
    "float32, 200 inputs": Correct(smooth_sum, spread(200).astype(np.float32)),
    "float32 on the way": Correct(
        lambda x: float(np.sum(np.sin(x.astype(np.float32)).astype(np.float64))), A(0.3, 0.7), np.cos
    ),
    "cancellation": Correct(lambda x: np.sum((1 - np.cos(x)) / x**2), A(1e-3, 2e-3)),
    "exp(x) - 1": Correct(lambda x: np.sum(np.exp(x) - 1), A(1e-8, 1e-7)),
    "solve, condition 1e7": Correct(lambda x: np.sum(np.linalg.solve(HILBERT, x) ** 2), spread(6)),
    "inv, condition 1e7": Correct(lambda x: np.linalg.inv(HILBERT * x)[2, 3], spread(36).reshape(6, 6) * 0.1 + 1),
    "log det": Correct(lambda x: np.linalg.slogdet(x)[1], spread(25).reshape(5, 5) + 2 * np.eye(5)),
    # noise
    "noise 1e-10": Correct(noisy(1e-10), A(0.3, 0.7), np.cos),
    "noise 1e-8": Correct(noisy(1e-8), A(0.3, 0.7), np.cos),
    "noise 1e-12, n = 100": Correct(noisy(1e-12), spread(100), np.cos),
    "noise 1e-4": Correct(noisy(1e-4), A(0.3, 0.7), np.cos),
    "random noise 1e-10": Correct(random_noise(1e-10), A(0.3, 0.7), np.cos),
    "printed with 10 digits": Correct(lambda x: round(float(np.sum(np.sin(x))), 10), A(0.3, 0.7), np.cos),
    "printed with 6 digits": Correct(lambda x: round(float(np.sum(np.sin(x))), 6), A(0.3, 0.7), np.cos),
    "bisection": Correct(bisection, A(2.0), lambda x: 1 / (1 + np.exp(A(bisection(x))))),
    "newton": Correct(newton, A(2.0)),
    "adaptive solver": Correct(shooting, A(1.2, 0.9), sensitivities, {"rtol": 1e-6}),
    "quadrature": Correct(integral, A(0.7, 2.0), slopes_of_integral),
    "Monte Carlo, the same draws": Correct(monte_carlo, A(0.1, 0.3)),
    "simulated": Correct(rk4, A(1.0, 0.1)),
    # stiff, and waves
    "exp(100 x)": Correct(lambda x: np.sum(np.exp(100 * x)), A(1.0, 0.9)),
    "exp(-1000 x)": Correct(lambda x: np.sum(np.exp(-1000 * x)), A(0.5, 0.6)),
    "exp(exp(x))": Correct(lambda x: np.sum(np.exp(np.exp(x))), A(1.0, 4.0)),
    "x**x**x": Correct(lambda x: np.sum(x ** (x**x)), A(1.5, 2.2)),
    "wave of 1e4": Correct(lambda x: np.sum(np.sin(1e4 * x)), A(1.0, 2.0)),
    "wave of 1e6": Correct(lambda x: np.sum(np.sin(1e6 * x)), A(1.0, 2.0)),
    "cos(1 / x)": Correct(lambda x: np.sum(np.cos(1 / x)), A(1e-3, 2e-3)),
    "ripples": Correct(lambda x: np.sum(x**2 + 1e-6 * np.sin(1e5 * x)), A(0.4, 0.7)),
    "a wave on a steep slope": Correct(
        lambda x: (x[0] - 1e6) ** 3 * (x[1] - 1e6) - (x[1] - 1e6) * np.cos(x[0] - 1e6), A(1e6 + 0.125, 1e6 - 0.13)
    ),
    "a narrow peak": Correct(lambda x: np.sum(1 / (1e-8 + (x - 0.5) ** 2)), A(0.5001, 0.4)),
    "saturated": Correct(lambda x: np.sum(1 / (1 + np.exp(-x))), A(40.0, -40.0, 0.1)),
    "softplus": Correct(softplus, A(-700.0, 0.0, 700.0)),
    "logsumexp": Correct(lambda x: np.log(np.sum(np.exp(x - 1000.0))) + 1000.0, A(1000.0, 1001.0, 999.0)),
    "gaussian tail": Correct(lambda x: np.sum(np.exp(-(x**2) / 2)), A(10.0, 1.0)),
    "short norm": Correct(lambda x: np.linalg.norm(x - 1), A(1 + 1e-8, 1 - 2e-8)),
    # many inputs, many outputs, other containers
    "1000 inputs": Correct(smooth_sum, spread(1000)),
    "1000 inputs, most unused": Correct(lambda x: np.sum(x[::100] ** 2) * x[3], spread(1000)),
    "1000 inputs of all sizes": Correct(lambda x: np.sum(np.sin(x)), np.geomspace(1e-8, 1.0, 1000)),
    "50 outputs": Correct(lambda x: np.sin(np.outer(np.arange(1.0, 11.0), x).ravel()), spread(5)),
    "outputs of all sizes": Correct(lambda x: 10.0 ** np.arange(-8, 9) * np.prod(x), A(1.0, 2.0, 3.0)),
    "dict": Correct(lambda p: p["a"] * np.sum(np.exp(-p["k"] * np.arange(5.0))), {"a": 2.0, "k": 0.3}),
    "two arrays in a list": Correct(lambda p: np.sum(np.tanh(p[0] @ p[1])), [spread(6).reshape(2, 3), spread(3)]),
    "a matrix": Correct(lambda x: np.sum(np.linalg.inv(x) ** 2), spread(9).reshape(3, 3) + 2 * np.eye(3)),
    "eigenvalues": Correct(lambda x: np.linalg.eigvalsh(x + x.T), spread(16).reshape(4, 4)),
    "singular values": Correct(lambda x: np.linalg.svd(x, compute_uv=False), spread(12).reshape(4, 3)),
    "a Fourier transform": Correct(lambda x: np.abs(np.fft.rfft(x)) ** 2, spread(16)),
    "2000 outputs": Correct(lambda x: x[0] * np.exp(-x[1] * np.linspace(0, 3, 2000)), A(2.0, 0.7)),
    "number": Correct(lambda x: x**3, 1.7),
    "integers given": Correct(lambda x: float(x[0] * x[1] ** 2), [2, 4], lambda x: A(x[1] ** 2, 2 * x[0] * x[1])),
    "rosenbrock, 30": Correct(rosenbrock, spread(30)),
}
