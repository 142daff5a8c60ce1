"""Derivatives of the incomplete gamma and beta functions in their parameters, of any order, by quadrature.

The derivative of a distribution function in a parameter is an integral of the density times a polynomial in its score,

    d/da P(a, x) = int_0^x p(t) s(t) dt = -int_x^inf p(t) s(t) dt,    s(t) = d/da log p(t),

since the integral over everything is 1 for each a. The score changes its sign once, so one of the two has an integrand
of one sign, and it is taken: nothing cancels, in the tails neither. In v = log(t), or v = log(t / (1 - t)), the density
falls off from x at least exponentially, and the integral over the distance s from x is done by a tanh-sinh rule.

Source of the rule: Takahasi & Mori (1974), Double exponential formulas for numerical integration.
"""

from math import comb

import numpy as np
import scipy.special as sc

from .special_density import beta_density, gamma_density, log_inside
from .special_digamma import digamma_step, polygamma
from .special_precision import count_as_one, elementwise, order, primitive

STEP = 1 / 28
U = np.arange(-3.2, 3.2 + STEP / 2, STEP)
NODES = 1 / (1 + np.exp(-np.pi * np.sinh(U)))
WEIGHTS = STEP * np.pi * np.cosh(U) * NODES / (1 + np.exp(np.pi * np.sinh(U)))
BLOCK = 512  # numbers at a time, so that the nodes of all fit into the cache
FALL = 45.0  # exp(-FALL) is nothing beside 1
ROUND = 4.0  # where exp(-s) no longer bends a curve much


def integral(f, fall, knee, *args):
    """int_0^inf f(s, *args) ds for each number of the arrays args, where f falls off as exp(-fall(s, *args)).

    knee: where f changes from one rate of decay to another; the rule is applied on either side of it.
    """
    out = np.empty(knee.shape)
    flat, columns = out.reshape(-1), [a.reshape(-1) for a in (knee, *args)]
    for k in range(0, flat.size, BLOCK):
        knees, *block = [c[k : k + BLOCK] for c in columns]
        end = reach(lambda s, block=block: fall(s, *block), knees.shape)
        knees = np.minimum(knees, end)
        near, far = NODES[:, None] * knees, knees + NODES[:, None] * (end - knees)
        flat[k : k + BLOCK] = knees * (WEIGHTS @ f(near, *block)) + (end - knees) * (WEIGHTS @ f(far, *block))
    return out


def reach(fall, shape):
    """Where the convex function fall(s) exceeds FALL, a little beyond."""
    end = np.full(shape, 2.0**-40)
    for _ in range(100):
        short = fall(end) < FALL
        if not short.any():
            break
        end = np.where(short, 2 * end, end)
    for _ in range(3):
        middle = 0.75 * end
        end = np.where(fall(middle) >= FALL, middle, end)
    return end


def derived(i, j, l):
    """The ratio of the derivative F_ij to F = exp(L), a polynomial in the derivatives l[i, j] of L."""
    if i == j == 0:
        return 1.0
    if i == 0:
        return sum(comb(j - 1, m) * derived(0, j - 1 - m, l) * l[0, m + 1] for m in range(j))
    return sum(
        comb(i - 1, k) * comb(j, m) * derived(i - 1 - k, j - m, l) * l[k + 1, m] for k in range(i) for m in range(j + 1)
    )


# ---- gamma -----------------------------------------------------------------------------------------------------------


@primitive
def gammainc_a(n, a, x):
    """The n-th derivative of gammainc(a, x) in a, for n of 1 or more."""
    n = order(n)
    inside = (a > 0) & (x > 0) & np.isfinite(x)
    a, x = np.where(inside, a, 1.0), np.where(inside, x, 1.0)
    center = np.log(x) - sc.digamma(a)
    sign = np.where(center <= 0, -1.0, 1.0)  # of the distance from x in log(t)

    def fall(s, sign, a, x, _):
        return x * expm1_less(sign * s) - sign * (a - x) * s

    def f(s, sign, a, x, center):
        return np.exp(-fall(s, sign, a, x, center)) * derived(n, 0, gamma_scores(n, a, center + sign * s))

    knee = np.where((sign > 0) & (x < 1), -np.log(x), ROUND)
    found = -sign * x * gamma_density(a, x) * integral(f, fall, knee, sign, a, x, center)
    return np.where(inside, found, np.where(np.isnan(a + x), np.nan, 0.0))


def gamma_scores(n, a, first):
    """The derivatives of log gamma_density(a, x) in a; the first is log(x) - digamma(a)."""
    return {(1, 0): first} | {(k, 0): -polygamma(k - 1, a) for k in range(2, n + 1)}


def expm1_less(s):
    """exp(s) - 1 - s."""
    small = np.abs(s) < 0.5
    t = np.where(small, s, 0)
    return np.where(small, t * t * np.polynomial.polynomial.polyval(t, TAYLOR), np.expm1(s) - s)


TAYLOR = 1 / np.cumprod(np.arange(2.0, 18.0))  # 1 / (k + 2)!


# ---- beta ------------------------------------------------------------------------------------------------------------


@primitive
def betainc_ab(i, j, a, b, x):
    """The derivative of betainc(a, b, x), i times in a and j times in b, together once or more."""
    i, j = order(i), order(j)
    inside = (a > 0) & (b > 0) & (x > 0) & (x < 1)
    a, b, x = (np.where(inside, t, fill) for t, fill in ((a, 1.0), (b, 1.0), (x, 0.5)))
    in_a, in_b = np.log(x) + digamma_step(a, b), np.log1p(-x) + digamma_step(b, a)
    lower = in_a <= 0 if j == 0 else in_b >= 0 if i == 0 else x * b <= (1 - x) * a

    def shifts(s, lower, x):
        down, up = log_shifts(s, np.where(lower, x, 1 - x), np.where(lower, 1 - x, x))
        return np.where(lower, down, up), np.where(lower, up, down)

    def fall(s, lower, a, b, x, *_):
        in_t, in_rest = shifts(s, lower, x)
        return -a * in_t - b * in_rest

    def f(s, lower, a, b, x, in_a, in_b):
        in_t, in_rest = shifts(s, lower, x)
        scores = beta_scores(i, j, a, b, in_a + in_t, in_b + in_rest)
        return np.exp(a * in_t + b * in_rest) * derived(i, j, scores)

    toward_half = np.where(lower, 1.0, -1.0) * sc.logit(x)
    knee = np.where(toward_half > 0, toward_half, ROUND)
    density = np.where(lower, 1.0, -1.0) * x * (1 - x) * beta_density(a, b, x)
    return np.where(inside, density * integral(f, fall, knee, lower, a, b, x, in_a, in_b), 0.0)


def log_shifts(s, x, rest):
    """How log(t) and log(1 - t) change from t = x, 1 - t = rest where the log-odds fall by s."""
    far = s > 1
    near, away = np.where(far, 1.0, s), np.where(far, s, 1.0)
    down = -np.where(far, away + np.log(rest + x * np.exp(-away)), np.log1p(rest * np.expm1(near)))
    return down, np.where(far, s + down, -np.log1p(x * np.expm1(-near)))


def beta_scores(i, j, a, b, in_a, in_b):
    """The derivatives of log beta_density(a, b, x) in a and b; in_a and in_b are the first."""
    scores = {(1, 0): in_a, (0, 1): in_b}
    for k in range(i + 1):
        for m in range(j + 1):
            if k + m > 1:
                own = polygamma(k - 1, a) if m == 0 else polygamma(m - 1, b) if k == 0 else 0.0
                scores[k, m] = polygamma(k + m - 1, a + b) - own
    return scores


# ---- the rules: in x the derivative is the density, differentiated ---------------------------------------------------


def gamma_mixed(_, n, a, x):
    n, p = order(n), gamma_density(a, x)
    return p * derived(n, 0, gamma_scores(n, a, log_inside(p, x) - sc.digamma(a)))


def beta_mixed(_, i, j, a, b, x):
    i, j, p = order(i), order(j), beta_density(a, b, x)
    in_a, in_b = log_inside(p, x) + digamma_step(a, b), log_inside(p, 1 - x) + digamma_step(b, a)
    return p * derived(i, j, beta_scores(i, j, a, b, in_a, in_b))


# fmt: off
elementwise(gammainc_a, None, lambda y, n, a, x: gammainc_a(order(n) + 1, a, x), gamma_mixed)
elementwise(betainc_ab, None, None,
            lambda y, i, j, a, b, x: betainc_ab(order(i) + 1, j, a, b, x),
            lambda y, i, j, a, b, x: betainc_ab(i, order(j) + 1, a, b, x), beta_mixed)
# fmt: on
count_as_one(gammainc_a, betainc_ab)
