"""Mistakes of people who derive by hand: a regulariser, a mask, a branch, a transpose; and the sentence for each."""

import math

import numpy as np
import pytest
from scipy.special import erfcx, expit, logit

from dualrev.checking.auditing import audit

rng = np.random.default_rng(0)
DATA, LABELS, C = rng.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2]), np.arange(3)
WEIGHTS = 0.3 * rng.normal(size=(4, 3))
REG = 0.3


def said(f, jac, x, **options):
    report = audit(f, jac, x, **options)
    assert report.verdict == "FAIL"
    return report.diagnosis


def one(f, jac, x):
    found = said(f, jac, x)
    assert len(found) == 1, found
    return found[0]


# ---- terms -----------------------------------------------------------------------------------------------------------


def softmax_loss(W):
    s = DATA @ W
    s = s - np.max(s, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(6), LABELS])


def softmax_slope(W):
    p = np.exp(DATA @ W)
    return DATA.T @ (p / p.sum(axis=1, keepdims=True) - (LABELS[:, None] == C)) / 6


@pytest.mark.parametrize("half", ["0.5", "1.0"])
def test_half_of_a_square_is_missing(half):
    share = float(half)
    f = lambda W: softmax_loss(W) + share * REG * np.sum(W * W)
    found = one(f, lambda W: softmax_slope(W) + share * REG * W, WEIGHTS)
    assert found.startswith("half of the term through W * W (test_usual_mistakes.py:")
    assert found.endswith("is missing: both factors are W, and each counts")


def test_all_of_a_square_is_missing():
    found = one(lambda W: softmax_loss(W) + REG * np.sum(W * W), softmax_slope, WEIGHTS)
    assert found.startswith("a term is missing: the one through REG * np.sum(W * W)")


# ---- what says nothing -----------------------------------------------------------------------------------------------

MATRIX, FAR = rng.normal(size=(9, 6)), rng.choice([-50.0, 50.0], 9)  # no kink is near
POINT = rng.normal(size=6)
ANY = np.array([0.4, 0.61, 1.7, 2.3, 0.93, 1.31])


@pytest.mark.parametrize(
    "f, slope",
    [
        (lambda x: np.sum(np.abs(MATRIX @ x - FAR)), lambda x: MATRIX.T @ np.sign(MATRIX @ x - FAR)),
        (lambda x: np.sum(np.maximum(x, 0.1 * x) * ANY[::-1]), lambda x: np.where(x > 0, 1, 0.1) * ANY[::-1]),
        (lambda x: MATRIX[0] @ x, lambda x: MATRIX[0]),
    ],
)
def test_any_number_is_a_multiple_of_a_constant_slope(f, slope):
    assert said(f, lambda x: slope(x) * ANY, POINT) == []
    assert said(f, lambda x: slope(x) * [1, 1, 1, 1, 2, -1], POINT) == [
        "d/dx[4]: yours is 2 times the reference: a factor 2 is extra",
        "d/dx[5]: the sign is wrong: yours is minus the reference",
    ]


def test_a_multiple_of_a_slope_that_changes_is_said():
    found = said(lambda x: np.sum(np.exp(x)), lambda x: np.exp(x) * ANY, POINT)
    assert found[0] == "d/dx[0]: yours is 0.4 times the reference: a constant factor is missing"


# ---- branches --------------------------------------------------------------------------------------------------------


def two_branches(x):
    if x[0] > 1:
        return np.sum(x**2)
    return np.sum(np.sin(x) ** 3)


def float_branches(x):
    x = float(x)
    return math.cosh(x) if x > 1 else x**3


NEAR_THE_EDGE = [1.001, 2.0, 0.5]


def test_a_branch_is_no_single_point():
    line = two_branches.__code__.co_firstlineno + 2
    parts = f"where another branch runs: they part at x**2 (test_usual_mistakes.py:{line})"
    right, other = lambda x: 2 * x, lambda x: 3 * np.sin(x) ** 2 * np.cos(x)
    found = said(two_branches, other, np.array(NEAR_THE_EDGE))
    assert all(line.startswith(f"wrong at the point given, and right {parts}") for line in found)
    both = lambda x: right(x) if x[0] > 1 else right(x) * 2
    (found,) = said(two_branches, lambda x: (right if x[0] > 1 else both)(x), np.array(NEAR_THE_EDGE))
    assert found.startswith("right at the point given, and wrong where another branch runs: they part at np.sin(x)")


def test_a_branch_of_a_function_that_cannot_be_recorded():
    (found,) = said(float_branches, lambda x: 3 * x**2, 1.001)
    assert found.startswith("wrong at the point given and next to it, and right further away: a branch")
    (found,) = said(float_branches, lambda x: math.sinh(x) if x > 1 else math.sinh(1.0), 1.001)
    assert found.startswith("right at the point given and next to it, and wrong further away: a branch")
    (found,) = said(float_branches, lambda x: math.sinh(x) * (7.1 if x == 1.5 else 1), 1.5)
    assert found.startswith("wrong only at the point given, and right near it")


def test_two_branches_of_one_length():
    huber = lambda x: 0.5 * x * x if abs(x) < 1 else abs(x) - 0.5
    (found,) = said(huber, lambda x: x, 1.01)
    assert found.startswith("wrong at the point given, and right where another branch runs: they part at abs(x)")
    assert "times" not in found


# ---- digits ----------------------------------------------------------------------------------------------------------


def langevin(x):
    return 1 / np.tanh(x) - 1 / x if abs(x) > 0.01 else x / 3 - x**3 / 45


CANCELLING = {
    "erfcx": (erfcx, lambda x: 2 * x * erfcx(x) - 2 / np.sqrt(np.pi), 1e4),
    "erfcx, further out": (erfcx, lambda x: 2 * x * erfcx(x) - 2 / np.sqrt(np.pi), 1e5),
    "langevin": (langevin, lambda x: 1 / x**2 - 1 / np.sinh(x) ** 2, 1e-6),
}  # fmt: skip


@pytest.mark.parametrize("name", CANCELLING)
def test_cancellation_in_the_claim(name):
    found = one(*CANCELLING[name])
    assert found.startswith("yours loses digits by cancellation: its noise is ")


@pytest.mark.parametrize("cut", [np.float32, lambda g: np.round(g, 5)])
def test_rounding_is_no_cancellation(cut):
    found = said(lambda x: np.sum(np.exp(x)), lambda x: cut(np.exp(x)).astype(float), POINT)
    assert not any("by cancellation" in line for line in found)


# ---- one operation for another ---------------------------------------------------------------------------------------

SHARE = np.array([0.2, 0.5, 0.7])
RELATIVES = {
    "log for logit": (lambda p: np.sum(logit(p) ** 2), lambda p: 2 * logit(p) / p, "log stands for that of logit"),
    "logit for log": (
        lambda p: np.sum(np.log(p) ** 2), lambda p: 2 * np.log(p) / (p * (1 - p)), "logit stands for that of log",
    ),
    "log for log1p": (lambda p: np.sum(np.log1p(p)), lambda p: 1 / p, "log stands for that of log1p"),
    "cos for sin": (lambda p: np.sum(np.sin(p) * p), lambda p: np.sin(p) - p * np.sin(p), "cos stands for that of sin"),
    "tanh for expit": (
        lambda p: np.sum(expit(p)), lambda p: 1 - np.tanh(p) ** 2, "tanh stands for that of expit",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RELATIVES)
def test_a_function_of_the_family(name):
    f, slope, words = RELATIVES[name]
    assert one(f, slope, SHARE).startswith(f"the derivative of {words} in ")


def test_a_function_in_place_of_its_derivative():
    found = one(lambda p: np.sum(expit(3 * p)), lambda p: 3 * expit(3 * p), SHARE)
    assert found.startswith("expit itself stands for its derivative in expit(3 * p)")


FIRST, SECOND = rng.normal(size=(6, 4)), rng.normal(size=(3, 6))
INPUT = rng.normal(size=4)
RELUS = {
    "maximum": lambda h: np.maximum(h, 0),
    "where": lambda h: np.where(h > 0, h, 0.0),
    "product": lambda h: h * (h > 0),
}
WRONG_MASKS = {
    "is missing": lambda h, d: np.ones_like(h),
    "the wrong way round": lambda h, d: h <= 0,
    "from the gradient that arrives there, and not from its argument": lambda h, d: d > 0,
    "sin(h), and not from its argument": lambda h, d: np.sin(h) > 0,
}


@pytest.mark.parametrize("words", WRONG_MASKS)
@pytest.mark.parametrize("relu", RELUS)
def test_the_mask_of_a_relu(relu, words):
    def f(x):
        h = 3 * FIRST @ x
        return np.sum((SECOND @ RELUS[relu](h)) ** 2) + np.sum(np.sin(h))

    def slope(x):
        h = 3 * FIRST @ x
        d = SECOND.T @ (2 * SECOND @ RELUS[relu](h))
        return 3 * FIRST.T @ (d * WRONG_MASKS[words](h, d) + np.cos(h))

    found = one(f, slope, INPUT)
    assert "mask" in found and words in found


def test_the_sign_of_an_absolute_value():
    f = lambda x: np.sum(np.abs(MATRIX @ x - FAR))
    found = one(f, lambda x: MATRIX.T @ (MATRIX @ x > FAR), POINT)
    assert found.startswith("in np.abs(MATRIX @ x - FAR) (test_usual_mistakes.py:")
    assert found.endswith("only what is positive is counted: its derivative is the sign")
    assert one(f, lambda x: MATRIX.T @ np.ones(9), POINT).startswith("the sign is missing in the derivative of np.abs")


TALL = rng.normal(size=(4, 4)) + 4 * np.eye(4)


def test_a_transpose_in_a_solve():
    f = lambda b: np.sum(np.linalg.solve(TALL, b) ** 2)
    found = one(f, lambda b: np.linalg.solve(TALL, 2 * np.linalg.solve(TALL, b)), INPUT)
    assert found.startswith("the transpose is missing in the derivative of np.linalg.solve(TALL, b)")


# ---- constants -------------------------------------------------------------------------------------------------------


def of_constants(a=-1.7, b=3.1, c=2.5, d=2.0):
    def f(x):
        return np.sum(b * np.exp(a * x)) + c * np.sum(x**2) + np.sum(np.log(d + x))

    return f, lambda x: a * b * np.exp(a * x) + 2 * c * x + 1 / (d + x)


@pytest.mark.parametrize(
    "mutation, words",
    [
        ({"a": -1.6}, "-1.6 stands for -1.7 in a * x"),
        ({"b": 3.25}, "3.25 stands for 3.1 in b * np.exp(a * x)"),
        ({"c": 2.4}, "2.4 stands for 2.5 in c * np.sum(x**2)"),
        ({"d": 2.5}, "2.5 stands for 2 in d + x"),
    ],
)
def test_a_mutated_constant(mutation, words):
    found = one(of_constants()[0], of_constants(**mutation)[1], SHARE)
    assert found.startswith(f"a constant is another one: {words} (test_usual_mistakes.py:")


def test_a_number_that_nobody_wrote_is_no_mutation():
    f, _ = of_constants()
    assert not any("another one" in line for line in said(f, of_constants(b=3.1 * 1.0371234)[1], SHARE))
