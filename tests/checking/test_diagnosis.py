"""The sentences of a diagnosis: plain, right, the simplest that fits, and none where nothing simple does."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

import dualrev as dr
from dualrev.checking.auditing import audit
from dualrev.checking.cases import Case, listed
from dualrev.checking.diagnosis import diagnosed
from dualrev.checking.factors import constant_factor, digits
from dualrev.checking.functions import Claimed
from dualrev.checking.places import chosen

X = np.array([0.4, 1.7, -0.8, 1.2])
W = np.array([1.0, 2.5, 0.5, 3.0])
T = np.linspace(0.0, 2.0, 6)


def said(f, jac, x, **options):
    return audit(f, jac, x, **options).diagnosis


def model(p):
    a, k, b = p[0], p[1], p[2]
    return np.sum(a * np.exp(-k * T) + b)


def model_slope(p):
    e = np.exp(-p[1] * T)
    return np.array([np.sum(e), np.sum(-p[0] * T * e), 6.0])


# ---- one of each kind, word for word ---------------------------------------------------------------------------------

P = np.array([2.003, 0.4, 0.1])
EXACT = {
    "sign": (rosen, lambda x: -rosen_der(x), X, "the sign is wrong: yours is minus the reference"),
    "sign of one": (
        rosen,
        lambda x: rosen_der(x) * [1, 1, 1, -1],
        X,
        "d/dx[3]: the sign is wrong: yours is minus the reference",
    ),
    "factor": (rosen, lambda x: rosen_der(x) / 2, X, "yours is 0.5 times the reference: a factor 2 is missing"),
    "factor and sign": (
        rosen,
        lambda x: -2 * rosen_der(x),
        X,
        "yours is -2 times the reference: a factor 2 is extra, and the sign is wrong",
    ),
    "unknown factor": (
        rosen,
        lambda x: 0.7312 * rosen_der(x),
        X,
        "yours is 0.7312 times the reference: a constant factor is missing",
    ),
    "parameter": (
        model,
        lambda p: model_slope(p) / [1, p[0], 1],
        P,
        "d/dp[1]: ratio 2.003 = p[0]: a factor p[0] is missing",
    ),
    "elementwise": (lambda x: np.sum(x**4), lambda x: 4 * x**4, X, "a factor x is extra"),
    "square": (
        lambda x: np.sqrt(np.sum(x**2)),
        lambda x: 2 * x,
        X,
        "ratio 4.5299 = 2 f: a factor 2 f is extra: it is the derivative of the square of f",
    ),
    "zero": (rosen, lambda x: rosen_der(x) * [1, 0, 1, 1], X, "d/dx[1]: yours is 0: its derivative is missing"),
    "nan": (rosen, lambda x: rosen_der(x) * [1, np.nan, 1, 1], X, "d/dx[1]: yours is not finite"),
    "swapped": (
        rosen,
        lambda x: rosen_der(x)[[0, 2, 1, 3]],
        X,
        "the order of the inputs is wrong (swapped): x[1] has that of x[2], x[2] has that of x[1]",
    ),
    "reverse": (rosen, lambda x: rosen_der(x)[::-1], X, "the inputs are in reverse order"),
    "shifted": (
        rosen,
        lambda x: np.roll(rosen_der(x), -1),
        X,
        "the inputs are shifted by one place, round the end: an index is off by one",
    ),
    "taken": (
        rosen,
        lambda x: rosen_der(x)[[0, 1, 1, 3]],
        X,
        "d/dx[2]: yours is the derivative in x[1]: an index, or the order, is wrong",
    ),
    "added to another": (
        rosen,
        lambda x: rosen_der(x) + rosen_der(x)[0] * np.eye(4)[2],
        X,
        "d/dx[2]: the derivative in x[0] has been added to it: an index is wrong",
    ),
    "constant": (rosen, lambda x: rosen_der(x) - 3.5, X, "yours is the reference -3.5: a constant term is missing"),
    "digits": (
        rosen,
        lambda x: rosen_der(x) * 1.00001,
        X,
        "yours is 1.00001 times the reference: right to 5 digits only",
    ),
    "integers": (
        rosen,
        lambda x: np.trunc(rosen_der(x)),
        X,
        "yours are whole numbers: the derivative was cut to an integer dtype",
    ),
    "not the first point": (
        rosen,
        lambda x: rosen_der(x) * (1 if x[0] == 0.4 else 3),
        X,
        "wrong only near the point given, and right at it: yours is 3 times the reference: a factor 3 is extra",
    ),
}


@pytest.mark.parametrize("name", EXACT)
def test_the_sentence(name):
    f, jac, x, sentence = EXACT[name]
    assert said(f, jac, x) == [sentence]


def test_the_words_for_parameters_are_the_users():
    found = said(model, lambda p: model_slope(p) / [1, p[0], 1], P, names=["a", "k", "b"])
    assert found == ["d/dk: ratio 2.003 = a: a factor a is missing"]


def test_a_missing_term_is_named_by_expression_and_line():
    def f(x):
        fit = np.sum(np.cos(x))
        return fit + 0.3 * np.sum(x**2)

    line = f.__code__.co_firstlineno + 2
    assert said(f, lambda x: -np.sin(x), X) == [
        f"a term is missing: the one through 0.3 * np.sum(x**2) (test_diagnosis.py:{line})"
    ]


@pytest.mark.parametrize("times, words", [(2.0, "is counted twice"), (-1.0, "has the wrong sign")])
def test_a_term_that_is_there_in_another_way(times, words):
    found = said(lambda x: np.sum(np.cos(x)) + np.sum(x**3), lambda x: -np.sin(x) + 3 * times * x**2, X)
    assert len(found) == 1
    assert f"a term {words}: the one through np.sum(x**3)" in found[0]


def test_parts_with_one_reason_share_a_line():
    found = said(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) * [2, -1, 2, 1], X)
    assert found == [
        "d/dx[0], d/dx[2]: yours is 2 times the reference: a factor 2 is extra",
        "d/dx[1]: the sign is wrong: yours is minus the reference",
    ]


@pytest.mark.parametrize(
    "f, wrong, sides",
    [
        (lambda x: np.sum(np.where(x > 0, x**2, -x)), lambda x: x > 0, "takes its first branch"),
        (lambda x: np.sum(np.where(x > 0, x**2, -x)), lambda x: x < 0, "takes its second branch"),
        (lambda x: np.sum(np.maximum(x, 0.1 * x)), lambda x: x < 0, "takes its second argument"),
        (lambda x: np.sum(np.minimum(x, 0.1 * x)), lambda x: x < 0, "takes its first argument"),
        (lambda x: np.sum(np.abs(x) ** 3), lambda x: x > 0, "has a positive argument"),
    ],
)
def test_a_branch(f, wrong, sides):
    x = np.array([0.4, 1.7, -0.8, -1.2])
    found = said(f, lambda x: dr.grad(f)(x) * np.where(wrong(x), 2.0, 1.0), x)
    assert len(found) == 1
    assert found[0].startswith("wrong only where np.")
    assert f"{sides}: a factor 2 is extra" in found[0]


def test_negative_inputs_of_a_function_that_cannot_be_recorded():
    f = lambda x: sum(float(v) ** 2 for v in x)
    x = np.array([0.4, 1.7, -0.8, -1.2])
    found = said(f, lambda x: 2 * np.abs(x), x)
    assert found == ["wrong only where the input is negative: the sign is wrong"]


# ---- nothing is said that is not so ----------------------------------------------------------------------------------

NONSENSE = {
    "a wave as a factor": lambda g, x: g * (1 + 0.3 * np.sin(3 * x + 1)),
    "a wave": lambda g, x: g + 20 * np.cos(5 * x + 1),
    "one wave for all": lambda g, x: g * (1 + 0.1 * np.sin(7 * np.sum(x) + 2)),
    "another function": lambda g, x: np.arctan(x) + 1.3,
}


@pytest.mark.parametrize("name", NONSENSE)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_made_up(name, seed):
    x = np.random.default_rng(seed).uniform(0.3, 1.9, 5)
    report = audit(rosen, lambda x: NONSENSE[name](rosen_der(x), x), x, seed=seed)
    assert report.verdict == "FAIL"
    assert report.diagnosis == []


@pytest.mark.parametrize("relative", [1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_factor_of_nearly_1_is_a_matter_of_digits(relative, dtype):
    x = X.astype(dtype)
    report = audit(rosen, lambda x: (rosen_der(x.astype(float)) * (1 + relative)).astype(dtype), x)
    assert not any("factor" in line for line in report.diagnosis)
    assert report.verdict == (
        "FAIL" if relative > (1e-6 if dtype is np.float32 else 2e-8) and report.diagnosis else report.verdict
    )
    if dtype is np.float64:
        assert f"right to {round(-np.log10(relative))} digits only" in report.diagnosis[0]


@pytest.mark.parametrize("f", [rosen, model, lambda x: x[0] * 3.0, lambda x: np.abs(x).sum()])
def test_a_right_derivative_needs_no_diagnosis(f):
    g = rosen_der if f is rosen else dr.grad(f)
    x = P.copy()
    subject = Claimed(f, (x,), g)
    assert diagnosed(subject, [x, 1.1 * x, 0.9 * x], set()) == []
    assert audit(f, g, x).diagnosis == []


def test_a_constant_gradient_is_no_stale_one():
    assert said(lambda x: 3.0 * x, lambda x: 2.0, 1.3) == [
        "yours is 0.6666666667 times the reference: a constant factor is missing"
    ]
    wrong_once = said(
        lambda x: np.sum(3.0 * x), lambda x: np.full(2, 3.0) * (2 if x[0] == 1.5 else 1), np.array([1.5, 2.0])
    )
    assert wrong_once == [
        "wrong only at the point given, and right near it: yours is 2 times the reference: a factor 2 is extra"
    ]


# ---- parts -----------------------------------------------------------------------------------------------------------


def case_of(f, jac, x):
    return Case.at(Claimed(f, (x,), jac), [x, 1.07 * x], set())


@pytest.mark.parametrize(
    "ratio, words",
    [
        (2.0, "a factor 2 is extra"),
        (1 / 3, "a factor 3 is missing"),
        (-np.pi, "a factor pi is extra, and the sign is wrong"),
        (1 / (2 * np.pi), "a factor 2 pi is missing"),
        (np.log(10), "a factor ln(10) is extra"),
        (-1.0, "the sign is wrong"),
        (np.pi / 180, "degrees were taken for radians, or the reverse"),
        (0.75, "n stands for n - 1, with n = 4"),
        (4 / 3, "n - 1 stands for n, with n = 4"),
        (1.001, "right to 3 digits only"),
        (17.3, "a constant factor is extra"),
        (0.25, "a factor 4, the number of inputs, is missing"),
        (1 / 7.25, "a factor 7.25, the constant in"),
        (np.log(7.25), "a factor ln(7.25)"),
    ],
)
def test_a_constant_factor_in_words(ratio, words):
    case = case_of(lambda x: np.sum(7.25 * np.sin(x)), lambda x: 0 * x, X)
    assert words in constant_factor(ratio, case)


def test_digits():
    assert [digits(v) for v in (1e-3, 4e-5, 2.6e-6, 0.0)] == [3, 4, 6, 16]


def test_names_in_a_list():
    assert listed(list("ab")) == "a, b"
    assert listed(list("abcd")) == "a, b, c, d"
    assert listed(list("abcdefg")) == "a, b, c and 4 more"


def test_of_many_inputs_the_suspects_and_their_neighbours_are_looked_at():
    columns = chosen(10_000, {4000, 7123})
    assert {3999, 4000, 4001, 7122, 7123, 7124} <= set(columns.tolist())
    assert len(columns) == 60
    assert np.all(np.diff(columns) > 0)


def test_where_differences_cannot_tell_nothing_counts_as_wrong():
    at_a_kink = np.array([0.0, 0.7])
    case = Case.at(Claimed(lambda x: np.abs(x).sum(), (at_a_kink,), lambda x: np.array([5.0, 2.0])), [at_a_kink], set())
    assert case.wrong.tolist() == [[False, True]]


def test_a_small_error_is_not_mended_by_what_leaves_it():
    M = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 1.5]])
    off = M * (1 + 4e-7 * np.array([[1.0, -2.0, 0.5], [0.3, 1.7, -1.0], [2.0, 0.1, -0.6]]))
    report = audit(lambda x: M @ x, lambda x: off, X[:3])
    assert report.verdict == "FAIL"
    assert report.diagnosis == [
        "right to 6 digits of the largest only: as from differences with one step, cancellation, or low precision"
    ]


def test_a_route_of_one_output_adds_nothing_to_the_others():
    f = lambda x: np.stack([np.sum(np.cos(x)) + np.sum(x**3), np.sum(np.sin(x))])
    case = case_of(f, lambda x: np.ones((2, 4)), X)
    routes = {route[0][0].title.split(" (")[0]: route for route in case.all_routes()}
    first, second = (routes["np.sum(x**3)"][row][0].adds for row in (0, 1))
    assert first == pytest.approx(3 * X**2, rel=1e-12)
    assert second.tolist() == [0.0] * 4
