"""Slopes that are ops of their own, since the formula of the slope would cancel where it is differentiated once more.

1 - y**2 loses its digits where tanh levels off, and so does the derivative of y * (1 - y) at y = 1/2. What stands here
has a derivative whose terms have one sign, so that every order keeps the digits of the first.
"""

from math import log

import numpy as np

from ..dispatch import primitive
from ..registry import elementwise, flops
from ..shapes import size
from ..traced import value

# ---- functions that level off ----------------------------------------------------------------------------------------


@primitive
def logistic(x):
    """1 / (1 + exp(-x)), the share of the first in logaddexp."""
    q = np.exp(-np.abs(x))
    return np.where(x < 0, q, np.ones_like(q)) / (1.0 + q)


@primitive
def logistic2(x):
    """1 / (1 + 2**-x), the share of the first in logaddexp2."""
    q = np.exp2(-np.abs(x))
    return np.where(x < 0, q, np.ones_like(q)) / (1.0 + q)


@primitive
def bell(x):
    """The derivative of the logistic function."""
    q = np.exp(-np.abs(x))
    return q / ((1.0 + q) * (1.0 + q))


@primitive
def bell2(x):
    q = np.exp2(-np.abs(x))
    return q / ((1.0 + q) * (1.0 + q))


@primitive
def gaussian(x):
    """exp(-x**2)."""
    return exp_of_square(-1.0, x)


@primitive
def normal(x):
    """exp(-x**2 / 2)."""
    return exp_of_square(-0.5, x)


def exp_of_square(c, x):
    """exp(c * x**2), whose square is not rounded: x is a + b, a with so few digits that a**2 is exact."""
    if np.iscomplexobj(x):
        return np.exp(c * x * x)
    a = np.rint(16.0 * x) / 16.0
    b = np.where(np.isinf(a), np.zeros_like(a), x - a)
    return np.exp(c * a * a) * np.exp(c * b * (x + a))


# fmt: off
elementwise(logistic,  lambda y, x: bell(x))
elementwise(logistic2, lambda y, x: log(2) * bell2(x))
elementwise(bell,      lambda y, x: -y * np.tanh(0.5 * x))
elementwise(bell2,     lambda y, x: -log(2) * y * np.tanh(0.5 * log(2) * x))
elementwise(gaussian,  lambda y, x: -2.0 * x * y)
elementwise(normal,    lambda y, x: -x * y)
# fmt: on


def softmax(x, axes):
    """exp(x) / sum(exp(x)) over the axes. That the largest is taken off with its derivative keeps the next exact."""
    if not size(x):
        return x
    largest = np.max(x, axis=axes, keepdims=True)
    terms = np.exp(x - np.where(np.isinf(value(largest)), 0, largest))
    return terms / np.sum(terms, axis=axes, keepdims=True)


def sech2(y, x):
    """1 - tanh(x)**2; where that cancels it is 4 q / (1 + q)**2 with q = exp(-2|x|), which does not overflow either."""
    p = 1.0 - y * y
    modulus = value(p)
    if np.iscomplexobj(modulus):
        modulus = np.abs(modulus)
    if np.minimum.reduce(modulus, axis=None, initial=1.0) >= CANCELS:
        return p
    tail = modulus < CANCELS
    if type(p) is not np.ndarray:
        return np.where(tail, tail_of_sech2(x), p)
    p[tail] = tail_of_sech2(x[tail])  # an array of our own: the rest of it need not be computed again
    return p


CANCELS = 0.01  # below it, rounding takes more than two digits off 1 - y**2


def tail_of_sech2(x):
    q = np.exp(-2.0 * to_the_right(x))
    return 4.0 * q / ((1.0 + q) * (1.0 + q))


def to_the_right(x):
    """|x|, and of complex numbers x or -x, whose real part is not negative."""
    return x * np.where(value(x).real < 0, -1, 1) if np.iscomplexobj(value(x)) else np.abs(x)


def sec2(y, x):
    """1 + tan(x)**2, which cancels for complex x alone: tan(x) is -i tanh(i x)."""
    return sech2(1j * y, 1j * x) if np.iscomplexobj(value(x)) else 1 + y * y


# ---- squares and roots -----------------------------------------------------------------------------------------------


@primitive
def one_less_square(x):
    return (1 - x) * (1 + x)


@primitive
def one_and_square(x):
    return (1 + 1j * x) * (1 - 1j * x) if np.iscomplexobj(x) else 1.0 + x * x


@primitive
def root_of_one_less_square(x):
    return np.sqrt(1 - x) * np.sqrt(1 + x) if np.iscomplexobj(x) else np.sqrt((1 - x) * (1 + x))


@primitive
def root_of_one_and_square(x):
    return np.sqrt(1 + 1j * x) * np.sqrt(1 - 1j * x) if np.iscomplexobj(x) else np.hypot(1, x)


@primitive
def root_of_square_less_one(x):
    return np.sqrt(x - 1) * np.sqrt(x + 1)


@primitive
def cosine_of(x, y):
    """x / hypot(x, y), the slope of the hypotenuse; 0 where it is 0."""
    z = np.hypot(x, y)
    return x / np.where(z == 0, 1, z)


def in_one_side(c, x, y):
    """The derivative of x / hypot(x, y) in x."""
    s = cosine_of(y, x)
    return s * s / np.hypot(x, y)


# fmt: off
elementwise(one_less_square,         lambda q, x: -2.0 * x)
elementwise(one_and_square,          lambda q, x: 2.0 * x)
elementwise(root_of_one_less_square, lambda r, x: -x / r)
elementwise(root_of_one_and_square,  lambda r, x: x / r)
elementwise(root_of_square_less_one, lambda r, x: x / r)
elementwise(cosine_of,               in_one_side,  lambda c, x, y: -c * cosine_of(y, x) / np.hypot(x, y))
# fmt: on
for _cost, *_ops in (
    (1, root_of_one_and_square), (2, one_and_square, cosine_of), (3, one_less_square), (4, root_of_one_less_square),
    (5, root_of_square_less_one, logistic, logistic2), (7, bell, bell2), (11, gaussian, normal),
):  # fmt: skip
    flops(*_ops, value=lambda y, *_, _cost=_cost: _cost * size(y))
