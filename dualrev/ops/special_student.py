"""Student's t: the density, and the derivatives of the distribution function in the degrees of freedom."""

from math import factorial, pi, sqrt

import numpy as np

from ..traced import value
from .special_density import log_beta
from .special_digamma import digamma_step, polygamma
from .special_incomplete import ROUND, derived, integral
from .special_precision import count_as_one, elementwise, order, primitive


@primitive
def student_density(v, t):
    """(1 + t**2 / v)**(-(v + 1) / 2) / (sqrt(v) B(1/2, v/2)), the derivative of stdtr(v, t) in t."""
    normal, v = np.isinf(v), np.where(np.isinf(v), 1.0, v)
    student = np.exp(-0.5 * (v + 1) * np.log1p(t * t / v) - log_beta(0.5, 0.5 * v)) / np.sqrt(v)
    return np.where(normal, np.exp(-0.5 * t * t) / sqrt(2 * pi), student)


@primitive
def stdtr_v(n, v, t):
    """The n-th derivative of stdtr(v, t) in v, for n of 1 or more, by quadrature in log(t); see special_incomplete."""
    n = order(n)
    inside = (v > 0) & (t != 0) & np.isfinite(v) & np.isfinite(t)
    v, t, side = np.where(inside, v, 1.0), np.where(inside, np.abs(t), 1.0), -np.sign(t)
    outward = np.where(student_scores(1, v, t)[1, 0] < 0, 1.0, -1.0)
    y = np.log(t * t / v)

    def fall(s, v, t, outward, y):
        return -outward * s + 0.5 * (v + 1) * (np.logaddexp(0, y + 2 * outward * s) - np.logaddexp(0, y))

    def f(s, v, t, outward, y):
        scores = student_scores(n, v, t * np.exp(outward * np.minimum(s, 300)))
        return np.exp(-fall(s, v, t, outward, y)) * derived(n, 0, scores)

    knee = np.where(-outward * y > 0, np.abs(0.5 * y), ROUND)
    found = side * outward * t * student_density(v, t) * integral(f, fall, knee, v, t, outward, y)
    return np.where(inside, found, 0.0)


def student_scores(n, v, t):
    """The derivatives of log student_density(v, t) in v, up to the n-th."""
    r = t * t / v
    first = digamma_step(0.5 * v, 0.5) - 1 / v - np.log1p(r) + (v + 1) * r / (v * (1 + r))
    scores = {(1, 0): 0.5 * first}
    for k in range(2, n + 1):
        gammas = 0.5**k * (polygamma(k - 1, 0.5 * (v + 1)) - polygamma(k - 1, 0.5 * v))
        bend = [(-1) ** (j - 1) * factorial(j - 1) * ((v + t * t) ** -j - v**-j) for j in (k - 1, k)]
        root = -0.5 * (-1) ** (k - 1) * factorial(k - 1) / v**k
        scores[k, 0] = gammas + root - 0.5 * (v + 1) * bend[1] - 0.5 * k * bend[0]
    return scores


def student_mixed(n, v, t):
    """The derivative of the density, n times in v: 0 where v or t is infinite."""
    ends = np.isinf(value(v)) | np.isinf(value(t))
    v, t = finite(v, 1.0), finite(t, 0.0)
    return np.where(ends, 0.0, student_density(v, t) * derived(n, 0, student_scores(n, v, t)))


def student_fall(v, t):
    """Minus the derivative of log student_density(v, t) in t; t for a normal distribution, where v is infinite."""
    n = finite(v, 1.0)
    return np.where(np.isinf(value(v)), t, (n + 1) * t / (n + t * t))


def finite(x, instead):
    return np.where(np.isinf(value(x)), instead, x)


# fmt: off
elementwise(student_density, lambda p, v, t: student_mixed(1, v, t),
                             lambda p, v, t: -p * student_fall(v, finite(t, 0.0)))
elementwise(stdtr_v,   None, lambda p, n, v, t: stdtr_v(order(n) + 1, v, t),
                             lambda p, n, v, t: student_mixed(order(n), v, t))
# fmt: on
count_as_one(student_density, stdtr_v)
