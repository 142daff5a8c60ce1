"""Ops of dr.custom whose rules are wrong, in functions that use them: for `check` and `check_rules`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import dualrev as dr
from tests.checking.zoo_functions import B3, DATA, N4, SQUARE, WEIGHTS, X4, A, T


class WrongRule(NamedTuple):
    """f runs the op of that name, whose rule is wrong; both modes share a mistake, or one of them has it."""

    f: Callable[..., Any]
    x: Any
    op: str


C = dr.custom


def named(word, name, value, *rules):
    """A rule of dr.custom for a function of that name."""
    value.__name__ = value.__qualname__ = name
    return word(value, *rules)


def both(J, JT):
    """The maps of a function of one argument, for argwise and linear."""
    return lambda y, x, /: ((lambda dx: J(dx, x), lambda ct: JT(ct, x)),)


softplus = named(C.elementwise, "softplus", lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(x)))
cube = named(C.elementwise, "cube", lambda x: x**3, lambda y, x: 3 * x)
negated = named(C.elementwise, "cosine", lambda x: np.cos(x), lambda y, x: np.sin(x))
gaussian = named(
    C.elementwise,
    "gaussian",
    lambda x, s: np.exp(-((x / s) ** 2) / 2),
    lambda y, x, s: -y * x / s**2,
    lambda y, x, s: y * x**2 / s**2,
)
hypotenuse = named(
    C.elementwise, "hypotenuse", lambda x, y: np.sqrt(x * x + y * y), lambda z, x, y: y / z, lambda z, x, y: x / z
)
square_root = named(C.elementwise, "square_root", lambda x: np.sqrt(x), lambda y, x: 1 / y)
nearly = named(C.elementwise, "nearly_exp", lambda x: np.exp(x), lambda y, x: y * (1 + 1e-6))
relu = named(C.elementwise, "relu", lambda x: np.maximum(x, 0.0), lambda y, x: 1.0 * (x < 0))
only_forward = named(C.argwise, "doubled", lambda x: 2 * x)(both(lambda dx, x: 4 * dx, lambda ct, x: 2 * ct))
only_reverse = named(C.argwise, "tripled", lambda x: 3 * x)(both(lambda dx, x: 3 * dx, lambda ct, x: ct))
both_modes = named(C.argwise, "squared", lambda x: x * x)(both(lambda dx, x: x * dx, lambda ct, x: x * ct))
smoothed = named(C.linear, "smoothed", lambda x: np.cumsum(x))(
    lambda y, x, /: (lambda dx: np.cumsum(dx, axis=-1), lambda ct: np.cumsum(ct, axis=-1))
)
centred = named(C.linear, "centred", lambda x: x - np.mean(x))(lambda y, x, /: (lambda dx: dx, lambda ct: ct))
applied = named(C.argwise, "applied", lambda x: N4 @ x)(both(lambda dx, x: dx @ N4.T, lambda ct, x: ct @ N4.T))
inverse = named(C.differential, "inverse", lambda a: np.linalg.inv(a))(lambda Y, a, /: lambda da: Y @ da @ Y)

RULES = {
    "inner sign, elementwise": WrongRule(lambda x: np.sum(softplus(x) * WEIGHTS), X4, "softplus"),
    "exponent": WrongRule(lambda x: np.sum(cube(np.sin(x))), X4, "cube"),
    "sign": WrongRule(lambda x: np.sum(x * negated(x)), X4, "cosine"),
    "a power short, second argument": WrongRule(
        lambda p: np.sum(gaussian(T, p[0]) * DATA) + p[1] ** 2, A(1.3, 0.4), "gaussian"
    ),
    "arguments swapped": WrongRule(lambda x: np.sum(hypotenuse(x[:2], x[2:])), X4, "hypotenuse"),
    "factor 2": WrongRule(lambda x: square_root(np.sum(x**2)), X4, "square_root"),
    "1e-6 off": WrongRule(lambda x: np.sum(nearly(x)), X4, "nearly_exp"),
    "the other branch": WrongRule(lambda x: np.sum(relu(N4 @ x) ** 2 + relu(x)), X4, "relu"),
    "forward mode only": WrongRule(lambda x: np.sum(only_forward(x) ** 2), X4, "doubled"),
    "reverse mode only": WrongRule(lambda x: np.sum(only_reverse(x) ** 2), X4, "tripled"),
    "both modes, alike": WrongRule(lambda x: np.sum(np.exp(both_modes(x))), X4 / 2, "squared"),
    "not transposed": WrongRule(lambda x: np.sum(smoothed(x) ** 2), X4, "smoothed"),
    "mean held fixed": WrongRule(lambda x: np.sum(WEIGHTS * centred(x) ** 2), X4, "centred"),
    "a matrix not transposed": WrongRule(lambda x: np.sum(np.tanh(applied(x))), X4, "applied"),
    "sign of an inverse": WrongRule(lambda a: np.trace(inverse(a) @ B3), SQUARE, "inverse"),
    "one op of many": WrongRule(lambda x: np.sum(np.exp(np.sin(x)) * cube(x) + np.tanh(x @ x)), X4, "cube"),
}
