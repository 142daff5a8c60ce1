"""Derivatives that are wrong, as people get them wrong: for `audit`; each with the words that name the mistake.

A case is a function, its claimed derivative, the point, and what the report must say: a regular expression, or "" where
it is enough that it fails. A case with state (a cache, a tape) is made anew for each use.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import rosen, rosen_der, rosen_hess

from tests.checking.zoo_functions import (
    B3,
    BATCH,
    DATA,
    LABELS,
    LAMBDA,
    LAYER,
    LINKS,
    MANY,
    N4,
    POSITIVE,
    SCORES,
    SHUFFLE,
    SQUARE,
    TARGET,
    WEIGHTS,
    WIDE,
    X3,
    X4,
    X5,
    A,
    D,
    T,
    bent,
    chain,
    decay,
    decay_curve,
    decay_jacobian,
    entropy_bits,
    enzyme,
    huber,
    layer,
    layer_slope,
    log_likelihood,
    logistic,
    logistic_slope,
    long_slope,
    long_sum,
    mean_squares,
    norm,
    normal_density,
    penalised,
    plain_softmax,
    polar,
    residuals,
    ridge_logistic,
    scattered,
    sigmoid,
    softmax,
    spherical,
    spherical_jacobian,
    spring,
    squares,
    standard,
    trig,
    unit,
    variation,
)


class Wrong(NamedTuple):
    f: Callable[..., Any]
    jac: Any
    x: Any
    says: str = ""
    options: dict[str, Any] = {}  # noqa: RUF012 as none is changed


# ---- derivatives that need more than a line --------------------------------------------------------------------------


def changed(g, k, to):
    """The array g with `to(g[k])` at k."""
    g = np.array(g, dtype=np.float64)
    g[k] = to(g[k])
    return g


def variation_overwritten(x):
    g, d = np.zeros_like(x), 2 * (x[1:] - x[:-1])
    g[1:] = d
    g[:-1] = -d
    return g


def scattered_overwritten(x):
    g = np.zeros_like(x)
    g[LINKS] = 2 * np.arange(1.0, 7.0) * x[LINKS]
    return g


def mutating(x):
    x -= 0.5
    return 3 * (x + 0.5) ** 2


def finite_differences(f, h):
    return lambda x: np.array([(f(x + h * e) - f(x)) / h for e in np.eye(x.size)])


# ---- derivatives with a memory: made anew for each use ---------------------------------------------------------------


def cached_first():
    known = {}

    def jac(x):
        known.setdefault("g", rosen_der(x))
        return known["g"].copy()

    return Wrong(rosen, jac, X4, "stale")


def cached_rounded():
    """A cache with a key that is too coarse."""
    known = {}

    def jac(x):
        return known.setdefault(tuple(np.round(x, -1)), bent_slope(x)).copy()

    return Wrong(bent, jac, A(1.2, 2.3), "stale")


def bent_slope(x):
    return 3 * x**2


def one_call_late():
    last = [X4]

    def jac(x):
        g = rosen_der(last[0])
        last[0] = x.copy()
        return g

    return Wrong(rosen, jac, X4, "stale|another one when it is called again")


def at_the_start():
    return Wrong(bent, lambda x: 3 * A(1.2, 2.3) ** 2, A(1.2, 2.3), "stale")


def tape_used_again():
    grads = np.zeros(4)

    def jac(x):
        grads[:] += rosen_der(x)
        return grads.copy()

    return Wrong(rosen, jac, X4, "used again")


def random_gradient():
    noise = np.random.default_rng(1)
    return Wrong(rosen, lambda x: rosen_der(x) * (1 + 0.01 * noise.standard_normal(4)), X4, "called again")


STATEFUL = {
    "cached at the first point": cached_first,
    "a cache with too coarse a key": cached_rounded,
    "one call late": one_call_late,
    "gradient at x0 always": at_the_start,
    "tape used again": tape_used_again,
    "nondeterministic": random_gradient,
}

# ---- the zoo ---------------------------------------------------------------------------------------------------------

K = ["a", "k", "b"]
STATELESS = {
    # sign and constant factors
    "sign": Wrong(
        log_likelihood,
        lambda p: (
            -A(
                np.sum(DATA - p[0]) / p[1] ** 2,
                np.sum((DATA - p[0]) ** 2) / p[1] ** 3 - DATA.size / p[1],
            )
        ),
        A(0.9, 0.6),
        "sign",
    ),
    "y - p for p - y": Wrong(logistic, lambda w: D.T @ (LABELS - sigmoid(D @ w)), X4, "sign"),
    "sign of one component": Wrong(rosen, lambda x: changed(rosen_der(x), 2, lambda g: -g), X4, r"x\[2\]: the sign"),
    "sign of a quotient": Wrong(
        enzyme, lambda p: A(1.7 / (p[1] + 1.7), 1.7 * p[0] / (p[1] + 1.7) ** 2), A(3.0, 0.8), "sign"
    ),
    "factor 2 missing": Wrong(squares, lambda x: D.T @ (D @ x - TARGET), X4, "factor 2 is missing"),
    "factor 2 extra": Wrong(lambda x: 0.5 * squares(x), lambda x: 2 * D.T @ (D @ x - TARGET), X4, "factor 2 is extra"),
    "sum for mean": Wrong(mean_squares, lambda x: 2 * D.T @ (D @ x - TARGET), X4, "factor 6, the number of elements"),
    "mean for sum": Wrong(squares, lambda x: 2 / 6 * D.T @ (D @ x - TARGET), X4, "factor 6, the number of elements"),
    "times the number of inputs": Wrong(
        chain, lambda x: 2 * x * np.exp(x**2) * x.size, X5 / 2, "factor 5, the number of inputs"
    ),
    "n for n - 1": Wrong(lambda x: np.var(x, ddof=1), lambda x: 2 * (x - x.mean()) / x.size, X5, "n - 1"),
    "degrees": Wrong(
        lambda x: np.sum(np.sin(np.deg2rad(x))), lambda x: np.cos(np.deg2rad(x)), A(30.0, 70.0, 110.0), "degrees"
    ),
    "degrees, the other way": Wrong(
        lambda x: np.sum(np.rad2deg(np.arctan(x))), lambda x: 1 / (1 + x**2), X3, "degrees"
    ),
    "base of the logarithm": Wrong(lambda x: np.sum(np.log10(x)), lambda x: 1 / x, POSITIVE, r"ln\(10\)"),
    "base of an entropy": Wrong(entropy_bits, lambda p: -np.log2(p) - 1, POSITIVE / 5, r"np.log2.*ln\(2\)"),
    "ln a of a**x": Wrong(lambda x: np.sum(1.7**x), lambda x: 1.7**x, X3, r"ln\(1.7\)"),
    "inner factor": Wrong(lambda x: np.sum(np.sin(3 * x)), lambda x: np.cos(3 * x), X3, "factor 3 is missing"),
    "2 pi of a frequency": Wrong(
        lambda x: np.sum(np.cos(2 * np.pi * 0.3 * x)),
        lambda x: -0.3 * np.sin(2 * np.pi * 0.3 * x),
        X3,
        "factor 2 pi is missing",
    ),
    # factors that vary
    "a factor a": Wrong(
        decay,
        lambda p: A(
            np.sum(np.exp(-p[1] * T)),
            -np.sum(T * np.exp(-p[1] * T)),
            T.size,
        ),
        A(2.0, 0.5, 0.3),
        "d/dk: .* a factor a is missing",
        {"names": K},
    ),
    "a factor a in a curve": Wrong(
        decay_curve,
        lambda p: decay_jacobian(p) / A(1.0, p[0], 1.0),
        A(2.0, 0.5, 0.3),
        "d/dk: .* a factor a is missing",
        {"names": K},
    ),
    "inner derivative": Wrong(chain, lambda x: np.exp(x**2), X4 / 2, "2 x"),
    "r of polar coordinates": Wrong(
        polar,
        lambda q: np.array([[np.cos(q[1]), -np.sin(q[1])], [np.sin(q[1]), np.cos(q[1])]]),
        A(1.7, 0.6),
        "factor r is missing",
        {"names": ["r", "phi"]},
    ),
    "exponent not lowered": Wrong(lambda x: np.sum(x**3), lambda x: 3 * x**3, POSITIVE, "factor x.* is extra"),
    "weights forgotten": Wrong(
        lambda x: np.sum(WEIGHTS * (x - 1) ** 2), lambda x: 2 * (x - 1), X4, "WEIGHTS is missing"
    ),
    "sigmoid": Wrong(lambda x: np.sum(sigmoid(x)), lambda x: 1 - sigmoid(x), X4, "is missing"),
    "derivative of the square": Wrong(norm, lambda x: 2 * x, X4, "square"),
    "norm not divided by": Wrong(norm, lambda x: x, X4, "extra"),
    "log not divided by": Wrong(
        lambda x: np.log(np.sum(np.exp(x))), np.exp, X4, r"factor np.sum\(np.exp\(x\)\) .*is extra"
    ),
    "det without det": Wrong(np.linalg.det, lambda a: np.linalg.inv(a).T, SQUARE, "factor .* is missing"),
    # terms
    "regulariser missing": Wrong(ridge_logistic, logistic_slope, X4, r"a term is missing.*w\*\*2"),
    "regulariser without its 2": Wrong(
        ridge_logistic,
        lambda w: logistic_slope(w) + LAMBDA * w,
        X4,
        r"the term through .*w\*\*2.* is 0.5 times .*factor 2 is missing",
    ),
    "weight of a penalty": Wrong(
        penalised,
        lambda x: 2 * (x - 2) + 2 * np.maximum(x.sum() - 1, 0),
        A(0.8, 1.4, 0.6),
        "the term through .*25, the constant in MU",
    ),
    "penalty forgotten": Wrong(penalised, lambda x: 2 * (x - 2), A(0.8, 1.4, 0.6), "a term is missing.*excess"),
    "product rule": Wrong(
        trig,
        lambda x: A(np.cos(x[0]) * x[1], x[0] + np.sin(x[0])),
        A(2.0, 4.0),
        r"d/dx\[0\]: a term is missing.*x\[0\] \* x\[1\]",
    ),
    "log sigma forgotten": Wrong(
        log_likelihood,
        lambda p: A(
            np.sum(DATA - p[0]) / p[1] ** 2,
            np.sum((DATA - p[0]) ** 2) / p[1] ** 3,
        ),
        A(0.9, 0.6),
        r"a term is missing.*np.log\(sigma\)",
    ),
    "projection of a unit vector": Wrong(unit, lambda x: np.eye(4) / norm(x), X4, "a term is missing"),
    "mean and deviation held fixed": Wrong(
        standard, lambda x: np.eye(4) / np.std(x), X4, "only the use in x - np.mean"
    ),
    "softmax, diagonal only": Wrong(softmax, lambda x: np.diag(softmax(x) * (1 - softmax(x))), SCORES, "diagonal"),
    "softmax, no diagonal": Wrong(
        plain_softmax, lambda x: -np.outer(softmax(x), softmax(x)), SCORES, "a term is missing.*the one through np.exp"
    ),
    "normal density": Wrong(
        normal_density,
        lambda p: (
            normal_density(p)
            * A(
                -(p[0] - p[1]),
                p[0] - p[1],
                ((p[0] - p[1]) ** 2 - 1) / 2,
            )
        ),
        A(1.3, 0.4, 1.8),
        r"d/dp\[0\], d/dp\[1\]: .*factor p\[2\] is extra",
    ),
    "operand counted once": Wrong(lambda x: x @ x, lambda x: x, X4, "counted|factor 2 is missing"),
    "one factor of x**2 (x + 1)": Wrong(
        lambda x: np.sum(x * x * (x + 1)), lambda x: x**2 + x * (x + 1), X4, "counted|missing"
    ),
    "x of two places": Wrong(
        lambda x: np.sum(np.sin(x) * np.exp(0.3 * x)),
        lambda x: np.cos(x) * np.exp(0.3 * x),
        X4,
        "a term is missing.*np.exp.*only one of the 2 uses of x",
    ),
    "A + A^T": Wrong(spring, lambda x: N4 @ x, X4, "symmetric|transposed|counted"),
    "an added constant": Wrong(bent, lambda x: 3 * x**2 + 0.25, X4, r"\+0.25: a constant term is extra"),
    "a constant gradient forgotten": Wrong(
        lambda x: bent(x) - 4 * x[1], lambda x: 3 * x**2, X4, r"x\[1\].*(constant|term)"
    ),
    # order and shape
    "Jacobian transposed": Wrong(
        lambda x: np.tanh(N4 @ x), lambda x: ((1 - np.tanh(N4 @ x) ** 2)[:, None] * N4).T, X4 / 3, "transposed"
    ),
    "Jacobian transposed, not square": Wrong(residuals, lambda x: D.T.copy(), X4, "transposed"),
    "missing transpose": Wrong(lambda x: 0.5 * np.sum((N4 @ x - 1) ** 2), lambda x: N4 @ (N4 @ x - 1), X4, "transpose"),
    "trace": Wrong(lambda a: np.trace(a @ B3), lambda a: B3, SQUARE, "transposed"),
    "log det": Wrong(lambda a: np.linalg.slogdet(a)[1], np.linalg.inv, SQUARE, "transposed"),
    "inverse, its sign": Wrong(
        lambda a: np.trace(np.linalg.inv(a) @ B3),
        lambda a: (np.linalg.inv(a) @ B3 @ np.linalg.inv(a)).T,
        SQUARE,
        "sign",
    ),
    "inverse, factors swapped": Wrong(
        lambda a: np.trace(np.linalg.inv(a) @ B3),
        lambda a: -(np.linalg.inv(a).T @ B3 @ np.linalg.inv(a).T),
        SQUARE,
        "transpose is missing.*np.linalg.inv",
    ),
    "order F": Wrong(
        lambda w: np.sum(np.tanh(w) * WIDE),
        lambda w: ((1 - np.tanh(w) ** 2) * WIDE).ravel(order="F"),
        WIDE / 2,
        "order",
    ),
    "outer product turned round": Wrong(
        lambda w: np.sum(np.sin(w @ X4) * A(1.0, 2.0)),
        lambda w: np.outer(X4, np.cos(w @ X4) * A(1.0, 2.0)).reshape(2, 4),
        WIDE,
        "transposed|order",
    ),
    "arguments swapped": Wrong(
        lambda q: np.arctan2(q[0], q[1]),
        lambda q: A(-q[0], q[1]) / (q @ q),
        A(0.7, 1.9),
        "order|swapped",
        {"names": ["y", "x"]},
    ),
    "columns swapped": Wrong(
        decay_curve, lambda p: decay_jacobian(p)[:, [1, 0, 2]], A(2.0, 0.5, 0.3), "a has that of k", {"names": K}
    ),
    "invisible at one point": Wrong(
        lambda x: x[0] * x[1] ** 2, lambda x: A(2 * x[0] * x[1], x[1] ** 2), A(2.0, 4.0), "swapped"
    ),
    "rows swapped": Wrong(spherical, lambda q: spherical_jacobian(q)[[1, 0, 2]], A(1.3, 0.7, 0.4), "swapped"),
    "permutation for its inverse": Wrong(
        lambda x: np.sum(WEIGHTS * np.sin(x[SHUFFLE])),
        lambda x: (WEIGHTS * np.cos(x[SHUFFLE]))[SHUFFLE],
        X4,
        "order of the inputs",
    ),
    "sorted": Wrong(lambda x: np.sum(WEIGHTS * x**2), lambda x: np.sort(2 * WEIGHTS * x), X4, "order"),
    "shifted by one": Wrong(rosen, lambda x: np.roll(rosen_der(x), 1), X5, "shifted by one place"),
    "slice off by one": Wrong(
        lambda x: np.sum(np.sin(x) * np.arange(1.0, 9.0)),
        lambda x: np.append(np.cos(x[1:]) * np.arange(2.0, 9.0), 0.0),
        np.linspace(0.2, 1.9, 8),
        "shifted by one place",
    ),
    "ends forgotten": Wrong(
        variation,
        lambda x: np.concatenate([[0.0], 4 * x[1:-1] - 2 * x[2:] - 2 * x[:-2], [0.0]]),
        X5,
        r"d/dx\[0\], d/dx\[4\]: yours is 0",
    ),
    "rosen_der with a zero": Wrong(rosen, lambda x: changed(rosen_der(x), 0, lambda g: 0.0), X4, r"x\[0\]: yours is 0"),
    "convolution not turned": Wrong(
        lambda x: np.sum(np.convolve(x, A(1.0, 2.0, -0.5), "valid") ** 2),
        lambda x: 2 * np.convolve(np.convolve(x, A(1.0, 2.0, -0.5), "valid"), A(1.0, 2.0, -0.5)),
        X5,
        "turned round",
    ),
    "cumsum not reversed": Wrong(
        lambda x: np.sum(WEIGHTS * np.cumsum(x) ** 2),
        lambda x: np.cumsum(2 * WEIGHTS * np.cumsum(x)),
        X4,
        "np.cumsum.*J in place of J",
    ),
    "shape (1,)": Wrong(rosen, lambda x: rosen_der(x)[:1], X4, r"1 numbers?\b"),
    # broadcasting and accumulation
    "division not summed": Wrong(
        lambda b: np.sum(BATCH / b), lambda b: -BATCH / b**2, A(0.7, 1.4, -2.0), "not summed over a broadcast axis"
    ),
    "power not summed": Wrong(
        lambda p: np.sum(POSITIVE**p), lambda p: POSITIVE**p * np.log(POSITIVE), 1.7, "not summed over a broadcast axis"
    ),
    "bias not summed over the batch": Wrong(
        layer,
        lambda p: {"w": layer_slope(p)["w"], "b": (1 - np.tanh(BATCH @ p["w"] + p["b"]) ** 2)},
        LAYER,
        "not summed",
    ),
    "bias of the first row only": Wrong(
        layer,
        lambda p: {"w": layer_slope(p)["w"], "b": (1 - np.tanh(BATCH @ p["w"] + p["b"]) ** 2)[0]},
        LAYER,
        "only the first element",
    ),
    "overwritten in a loop": Wrong(variation, variation_overwritten, X5, "forgotten accumulation|overwritten"),
    "overwritten by an index": Wrong(scattered, scattered_overwritten, X4, "forgotten accumulation|overwritten"),
    # precision
    "float32": Wrong(rosen, lambda x: rosen_der(x.astype(np.float32)), X4, "float32|digits"),
    "result in float32": Wrong(chain, lambda x: (2 * x * np.exp(x**2)).astype(np.float32), X4 / 2, "float32"),
    "integers": Wrong(rosen, lambda x: rosen_der(x).astype(int), X4, "integer"),
    "integer buffer": Wrong(squares, lambda x: np.array(2 * D.T @ (D @ x - TARGET), dtype=np.int32), 3 * X4, "integer"),
    "1e-5 off": Wrong(logistic, lambda w: logistic_slope(w) * (1 + 1e-5), X4, "to 5 digits|to 4 digits"),
    "1e-6 off": Wrong(logistic, lambda w: logistic_slope(w) * (1 + 1e-6), X4, "to 6 digits|to 5 digits"),
    "one component 1e-4 off": Wrong(
        rosen, lambda x: changed(rosen_der(x), 1, lambda g: g * 1.0001), X4, r"x\[1\]: .*digits"
    ),
    "differences with a large step": Wrong(chain, finite_differences(chain, 1e-4), X4 / 2, "digits"),
    "differences with a step of 1e-12": Wrong(chain, finite_differences(chain, 1e-12), X4 / 2, "digits"),
    "a constant rounded": Wrong(
        lambda x: np.sum(np.sin(np.pi * x)), lambda x: 3.14159 * np.cos(np.pi * x), X3 / 2, "digits"
    ),
    "f of 1e-8": Wrong(lambda x: 1e-8 * bent(x), lambda x: 6e-8 * x**2, X4, "factor 2 is extra"),
    # one of many, and only here or there
    "one of 1000": Wrong(
        long_sum, lambda x: changed(long_slope(x), 713, lambda g: -g), np.linspace(0.1, 3, 1000), r"x\[713\]: the sign"
    ),
    "one of 1000, by a little": Wrong(
        long_sum,
        lambda x: changed(long_slope(x), 5, lambda g: g * 1.0001),
        np.linspace(0.1, 3, 1000),
        r"x\[5\]: .*digits",
    ),
    "slice of 300": Wrong(
        long_sum,
        lambda x: np.append(long_slope(x)[1:], long_slope(x)[:1]),
        np.linspace(0.1, 3, 300),
        "shifted by one|index is off",
    ),
    "transposed, of 100": Wrong(
        lambda a: np.sum(np.tanh(a) * np.arange(100.0).reshape(10, 10)),
        lambda a: ((1 - np.tanh(a) ** 2) * np.arange(100.0).reshape(10, 10)).T,
        np.linspace(-1, 1, 100).reshape(10, 10),
        "transposed",
    ),
    "wrong at the first point only": Wrong(
        bent, lambda x: 3 * x**2 * (2 if x[0] == 0.5 else 1), X4, "factor 2|only at"
    ),
    "wrong at other points only": Wrong(
        bent, lambda x: 3 * x**2 * (1 if x[0] == 0.5 else 1.5), X4, "only near the point given"
    ),
    "wrong for negative inputs": Wrong(
        lambda x: np.sum(np.abs(x) ** 1.5), lambda x: 1.5 * np.sqrt(np.abs(x)), X4, "sign"
    ),
    "branch of a Huber loss": Wrong(huber, lambda x: x, X5, "np.abs\\(x\\).* is (F|f)alse|branch"),
    "clip": Wrong(
        lambda x: np.sum(np.clip(x, -1.0, 1.0) * WEIGHTS), lambda x: WEIGHTS, A(0.5, 1.7, -0.6, 1.4), "np.clip.* takes"
    ),
    "ReLU, the other half": Wrong(lambda x: np.sum(np.maximum(x, 0.0) * WEIGHTS), lambda x: WEIGHTS * (x < 0), X4),
    "gradient to the least": Wrong(
        lambda x: np.max(x * WEIGHTS), lambda x: WEIGHTS * (x * WEIGHTS == np.min(x * WEIGHTS)), X4
    ),
    # others
    "conj": Wrong(
        lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2 * np.arange(4.0)),
        lambda x: 8 * np.real(np.fft.ifft(np.conj(np.fft.fft(x)) * np.arange(4.0))),
        X4,
    ),
    "arctan": Wrong(lambda x: np.sum(np.arctan(x)), lambda x: 1 / (1 + x), POSITIVE),
    "tanh without its square": Wrong(lambda x: np.sum(np.tanh(x)), lambda x: 1 - np.tanh(x), X4),
    "mutates x": Wrong(bent, mutating, X4, "changes its arguments in place"),
    "another output": Wrong(
        lambda p: (np.sum(np.sin(p)), np.sum(p**3)),
        lambda p: np.stack([3 * p**2, np.cos(p)]),
        X3,
        r"swapped|another output",
    ),
    "one output for all": Wrong(
        lambda p: np.stack([np.sum(np.sin(p)), np.sum(p**3)]),
        lambda p: np.stack([np.cos(p), np.cos(p)]),
        X3,
        r"f\[1\].*f\[0\]",
    ),
    # where diagnosis is weak: one number, many inputs, float32, noise, code that cannot be recorded
    "one number": Wrong(lambda x: x**3, lambda x: x**2, 1.7, "factor 3 is missing"),
    "one number, constant": Wrong(lambda x: x**2, lambda x: 2.0, 1.0, "does not change"),
    "regulariser missing, 80 inputs": Wrong(
        lambda x: np.sum(np.cos(x)) + LAMBDA * np.sum(x**4),
        lambda x: -np.sin(x),
        np.linspace(-1, 2, 80),
        r"a term is missing.*x\*\*4",
    ),
    "weights forgotten, 200 inputs": Wrong(
        lambda x: np.sum(MANY * (x - 1) ** 2),
        lambda x: 2 * (x - 1),
        np.linspace(-1, 3, 200) + 0.001,
        "factor MANY is missing",
    ),
    "float32, factor 2": Wrong(lambda x: np.sum(x**2), lambda x: x, X4.astype(np.float32), "factor 2 is missing"),
    "noise, sign": Wrong(lambda x: np.sum(np.sin(x)) + 1e-9 * np.cos(1e13 * x[0]), lambda x: -np.cos(x), X3, "sign"),
    "not recorded, factor": Wrong(
        lambda x: math.exp(2 * float(x[0])) * x[1],
        lambda x: A(
            math.exp(2 * x[0]) * x[1],
            math.exp(2 * x[0]),
        ),
        A(0.4, 1.3),
        r"x\[0\]: .*factor 2 is missing",
    ),
    "not recorded, order": Wrong(
        lambda x: math.hypot(x[0], 2 * x[1]),
        lambda x: A(4 * x[1], x[0]) / math.hypot(x[0], 2 * x[1]),
        A(0.4, 1.3),
        "swapped",
    ),
    # second order
    "hess: sign off the diagonal": Wrong(
        rosen, rosen_der, X4, "sign", {"hess": lambda x: 2 * np.diag(np.diag(rosen_hess(x))) - rosen_hess(x)}
    ),
    "hess: half": Wrong(rosen, rosen_der, X4, "factor 2 is missing", {"hess": lambda x: rosen_hess(x) / 2}),
    "hess: one triangle": Wrong(
        rosen, rosen_der, X4, "not symmetric|triangle", {"hess": lambda x: np.triu(rosen_hess(x))}
    ),
    "hess: Gauss-Newton": Wrong(
        lambda p: 0.5 * np.sum((decay_curve(p) - DATA) ** 2),
        lambda p: decay_jacobian(p).T @ (decay_curve(p) - DATA),
        A(2.0, 0.5, 0.3),
        r"a term is missing.*decay_jacobian\(p\)",
        {"hess": lambda p: decay_jacobian(p).T @ decay_jacobian(p)},
    ),
    "hess: diagonal only": Wrong(rosen, rosen_der, X4, "diagonal", {"hess": lambda x: np.diag(np.diag(rosen_hess(x)))}),
    "hessp of x": Wrong(rosen, rosen_der, X4, "not linear in p", {"hessp": lambda x, p: rosen_hess(x) @ x}),
    "hessp: at p": Wrong(rosen, rosen_der, X4, "not linear in p", {"hessp": lambda x, p: rosen_hess(p) @ p}),
    "hessp: minus": Wrong(rosen, rosen_der, X4, "sign", {"hessp": lambda x, p: -rosen_hess(x) @ p}),
}

NAMES = [*STATELESS, *STATEFUL]


def made(name: str) -> Wrong:
    """The case of that name, new."""
    return STATELESS[name] if name in STATELESS else STATEFUL[name]()
