"""Least squares problems of Moré, Garbow & Hillstrom, in plain NumPy: residuals, starts, known sums of squares.

Source: Moré, Garbow & Hillstrom, Testing Unconstrained Optimization Software, ACM Transactions on Mathematical
Software 7 (1981). The Biggs EXP6 problem is left out: from the published start, which minimum is reached is a matter of rounding.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

import dualrev as dr

BARD = np.array([0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39])
KOWALIK_Y = np.array([0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246])
KOWALIK_U = np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
HALF_BELL = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521]
GAUSSIAN = np.array([*HALF_BELL, 0.3989, *HALF_BELL[::-1]])
MEYER = np.array(
    [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872.0]
)


def rosenbrock(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def freudenstein_roth(x):
    return np.stack([-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]])


def powell_badly_scaled(x):
    return np.stack([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


def brown_badly_scaled(x):
    return np.stack([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


def beale(x):
    return np.array([1.5, 2.25, 2.625]) - x[0] * (1 - x[1] ** np.arange(1, 4))


def jennrich_sampson(x):
    i = np.arange(1.0, 11)
    return 2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))


def helical_valley(x):
    theta = np.arctan2(x[1], x[0]) / (2 * np.pi)
    return np.stack([10 * (x[2] - 10 * theta), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]])


def bard(x):
    u = np.arange(1.0, 16)
    return BARD - (x[0] + u / ((16 - u) * x[1] + np.minimum(u, 16 - u) * x[2]))


def gaussian(x):
    t = (8 - np.arange(1.0, 16)) / 2
    return x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2) - GAUSSIAN


def meyer(x):
    t = 45 + 5 * np.arange(1.0, 17)
    return x[0] * np.exp(x[1] / (t + x[2])) - MEYER


def box_3d(x):
    t = 0.1 * np.arange(1.0, 11)
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def powell_singular(x):
    return np.stack([x[0] + 10 * x[1], 5**0.5 * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, 10**0.5 * (x[0] - x[3]) ** 2])


def wood(x):
    first = [10 * (x[1] - x[0] ** 2), 1 - x[0], 90**0.5 * (x[3] - x[2] ** 2), 1 - x[2]]
    return np.stack([*first, 10**0.5 * (x[1] + x[3] - 2), 10**-0.5 * (x[1] - x[3])])


def kowalik_osborne(x):
    u = KOWALIK_U
    return KOWALIK_Y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x):
    t = np.arange(1.0, 21) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


def watson(x):
    t, j = (np.arange(1.0, 30) / 29)[:, None], np.arange(len(x))
    slope = np.zeros((29, len(x)))
    slope[:, 1:] = j[1:] * t ** (j[1:] - 1)
    return np.concatenate([slope @ x - (t**j @ x) ** 2 - 1, np.stack([x[0], x[1] - x[0] ** 2 - 1])])


def penalty_1(x):
    return np.concatenate([1e-5**0.5 * (x - 1), np.reshape(np.sum(x**2) - 0.25, (1,))])


def variably_dimensioned(x):
    s = np.sum(np.arange(1.0, len(x) + 1) * (x - 1))
    return np.concatenate([x - 1, np.stack([s, s**2])])


def trigonometric(x):
    i = np.arange(1.0, len(x) + 1)
    return len(x) - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)


def brown_almost_linear(x):
    return np.concatenate([x[:-1] + np.sum(x) - (len(x) + 1), np.reshape(np.prod(x) - 1, (1,))])


def discrete_boundary_value(x):
    h, end = 1 / (len(x) + 1), np.zeros(1)
    t = h * np.arange(1.0, len(x) + 1)
    before, after = np.concatenate([end, x[:-1]]), np.concatenate([x[1:], end])
    return 2 * x - before - after + h**2 * (x + t + 1) ** 3 / 2


def discrete_integral(x):
    h = 1 / (len(x) + 1)
    t = h * np.arange(1.0, len(x) + 1)
    cube = (x + t + 1) ** 3
    low, high = np.cumsum(t * cube), np.sum((1 - t) * cube) - np.cumsum((1 - t) * cube)
    return x + h * ((1 - t) * low + t * high) / 2


def broyden_tridiagonal(x):
    end = np.zeros(1)
    return (3 - 2 * x) * x - np.concatenate([end, x[:-1]]) - 2 * np.concatenate([x[1:], end]) + 1


def broyden_banded(x):
    i, j = np.indices((len(x), len(x)))
    band = (j != i) & (j >= i - 5) & (j <= i + 1)
    return x * (2 + 5 * x**2) + 1 - band.astype(float) @ (x * (1 + x))


def linear_full_rank(x, m=20):
    s = 2 / m * np.sum(x) + 1
    return np.concatenate([x - s, np.zeros(m - len(x)) - s])


def chebyquad(x):
    before, now, made = 1.0 + 0.0 * x, 2 * x - 1, []
    for k in range(1, len(x) + 1):
        made.append(np.mean(now) - (-1.0 / (k * k - 1) if k % 2 == 0 else 0.0))
        before, now = now, 2 * (2 * x - 1) * now - before
    return np.stack(made)


class Problem(NamedTuple):
    """Residuals, start, and the sums of squares at the known minima: the least one first."""

    residuals: object
    start: object
    minima: tuple


def grid(n):
    t = np.arange(1.0, n + 1) / (n + 1)
    return t * (t - 1)


PROBLEMS = {
    "rosenbrock": Problem(rosenbrock, [-1.2, 1], (0.0,)),
    "freudenstein_roth": Problem(freudenstein_roth, [0.5, -2], (0.0, 48.98425367924)),
    "powell_badly_scaled": Problem(powell_badly_scaled, [0, 1], (0.0,)),
    "brown_badly_scaled": Problem(brown_badly_scaled, [1, 1], (0.0,)),
    "beale": Problem(beale, [1, 1], (0.0,)),
    "jennrich_sampson": Problem(jennrich_sampson, [0.3, 0.4], (124.36218235561,)),
    "helical_valley": Problem(helical_valley, [-1, 0, 0], (0.0,)),
    "bard": Problem(bard, [1, 1, 1], (8.2148773065790e-3,)),
    "gaussian": Problem(gaussian, [0.4, 1, 0], (1.1279327696189e-8,)),
    "meyer": Problem(meyer, [0.02, 4000, 250], (87.945855170756,)),
    "box_3d": Problem(box_3d, [0, 10, 20], (0.0,)),
    "powell_singular": Problem(powell_singular, [3, -1, 0, 1], (0.0,)),
    "wood": Problem(wood, [-3, -1, -3, -1], (0.0,)),
    "kowalik_osborne": Problem(kowalik_osborne, [0.25, 0.39, 0.415, 0.39], (3.0750560384924e-4,)),
    "brown_dennis": Problem(brown_dennis, [25, 5, -5, -1], (85822.20162635628,)),
    "watson_6": Problem(watson, [0] * 6, (2.2876700535524e-3,)),
    "watson_9": Problem(watson, [0] * 9, (1.3997601380e-6,)),
    "penalty_1_4": Problem(penalty_1, np.arange(1, 5), (2.2499775008e-5,)),
    "penalty_1_10": Problem(penalty_1, np.arange(1, 11), (7.0876515e-5,)),
    "variably_dimensioned_10": Problem(variably_dimensioned, 1 - np.arange(1, 11) / 10, (0.0,)),
    "trigonometric_10": Problem(trigonometric, [0.1] * 10, (0.0, 2.7950561218780e-5)),
    "brown_almost_linear_10": Problem(brown_almost_linear, [0.5] * 10, (0.0, 1.0)),
    "discrete_boundary_value_10": Problem(discrete_boundary_value, grid(10), (0.0,)),
    "discrete_integral_10": Problem(discrete_integral, grid(10), (0.0,)),
    "broyden_tridiagonal_10": Problem(broyden_tridiagonal, [-1] * 10, (0.0,)),
    "broyden_banded_10": Problem(broyden_banded, [-1] * 10, (0.0,)),
    "linear_full_rank_5": Problem(linear_full_rank, [1] * 5, (15.0,)),
    "chebyquad_8": Problem(chebyquad, np.arange(1, 9) / 9, (3.5168737256e-3,)),
    "chebyquad_9": Problem(chebyquad, np.arange(1, 10) / 10, (0.0,)),
    "chebyquad_10": Problem(chebyquad, np.arange(1, 11) / 11, (6.5039547972e-3,)),
}

NEAR = 1e-7  # relative: published minima have 8 to 14 digits
ZERO = 1e-15  # a sum of squares that counts as 0


def reached(problem, squares):
    """The known minimum that a sum of squares is, or None."""
    return next((known for known in problem.minima if abs(squares - known) <= max(NEAR * known, ZERO)), None)


def by_dualrev(problem):
    """Sum of squares, runs of the residuals and sweeps for the Jacobian."""
    found = dr.least_squares(problem.residuals, np.array(problem.start, float))
    return 2 * found.cost, found.counts.f, found.counts.forward_sweeps + found.counts.reverse_sweeps


def by_scipy(problem):
    """Sum of squares and runs of the residuals with 2-point differences, the same method, scaling and tolerances."""
    calls = [0]

    def counted(x):
        calls[0] += 1
        return problem.residuals(x)

    run = partial(least_squares, x_scale="jac", ftol=1e-9, xtol=1e-9, gtol=1e-9, max_nfev=1000 * len(problem.start))
    with np.errstate(all="ignore"):
        found = run(counted, np.array(problem.start, float))
    return 2 * found.cost, calls[0]


def table():
    """A line for each problem: the sum of squares reached, and what it took."""
    lines = [f"{'':27} {'dr.least_squares':>40}   {'SciPy, 2-point differences':>34}"]
    ours = f"{'sum of squares':>16} {'known':>9} {'runs':>6} {'sweeps':>6}"
    lines.append(f"{'problem':27} {ours}   {'sum of squares':>18} {'runs':>7}")
    right = right_scipy = runs_all = sweeps_all = calls_all = 0
    for name, problem in PROBLEMS.items():
        squares, runs, sweeps = by_dualrev(problem)
        squares_scipy, calls = by_scipy(problem)
        known = reached(problem, squares)
        right, right_scipy = right + (known is not None), right_scipy + (reached(problem, squares_scipy) is not None)
        runs_all, sweeps_all, calls_all = runs_all + runs, sweeps_all + sweeps, calls_all + calls
        said = "MISSED" if known is None else f"{known:.3g}"
        lines.append(f"{name:27} {squares:16.9g} {said:>9} {runs:6} {sweeps:6}   {squares_scipy:18.9g} {calls:7}")
    lines.append(
        f"{right} of {len(PROBLEMS)} at a known minimum in {runs_all} runs and {sweeps_all} sweeps; "
        f"SciPy's differences: {right_scipy} in {calls_all} runs"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
