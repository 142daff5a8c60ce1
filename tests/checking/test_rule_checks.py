"""check_rules and check_rule: rules wrong on purpose are named, op, line and argument; right ones are not accused."""

import inspect

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking.rule_battery import check_rule
from dualrev.checking.rule_checks import check_rules
from dualrev.checking.rule_errors import factor_of, flat, said_of, wrong_shape
from dualrev.errors import InputError
from tests.ops.samples import SAMPLES

C = dr.custom
X = np.array([0.5, 1.5, 2.5])
A = np.array([[1.0, 2.0, 0.5], [0.3, 1.0, 2.0]])
SQUARE = A[:, :2]

# ---- rules that are wrong --------------------------------------------------------------------------------------------


def applied(J_x=lambda dx, A: dx @ A.T, T_A=lambda ct, x: ct[..., :, None] * x, T_x=lambda ct, A: ct @ A):
    """A @ x, with maps that may be wrong."""

    @C.argwise(lambda A, x: np.asarray(A) @ np.asarray(x), "(m,n),(n)->(m)")
    def op(y, A, x, /):
        return (
            (lambda dA: np.einsum("...ij,j->...i", dA, x), lambda ct: T_A(ct, x)),
            (lambda dx: J_x(dx, A), lambda ct: T_x(ct, A)),
        )

    return op


def centred():
    @C.linear(lambda x: x - np.mean(x))
    def op(y, x, /):
        return (lambda dx: dx - np.mean(dx, axis=-1, keepdims=True)), (lambda ct: ct)

    return op


def added_row():
    """A + b, whose J^T is not summed over the rows."""

    @C.argwise(lambda x, b: x + b)
    def op(y, x, b, /):
        under = lambda db: db[..., None, :] if np.ndim(db) > 1 else db
        return (lambda dx: dx, lambda ct: ct), (lambda db: under(db) + np.zeros(np.shape(x)), lambda ct: ct)

    return op


def gram():
    """A A^T, whose J^T is transposed."""

    @C.argwise(lambda A: A @ A.T)
    def op(y, A, /):
        T = lambda M: np.swapaxes(M, -1, -2)
        return ((lambda dA: dA @ A.T + A @ T(dA), lambda ct: T((ct + T(ct)) @ A)),)

    return op


def of_a_norm(partial):
    mean_square = lambda x, axis=None, keepdims=False: np.sqrt(np.mean(x * x, axis=axis, keepdims=keepdims))
    return C.reduction(mean_square, partial)


def cubed(differential):
    @C.differential(lambda A: np.linalg.matrix_power(A, 3))
    def op(Y, A, /):
        return lambda dA: differential(dA, A)

    return op


# name: (op, sample, argument, words of the diagnosis of check_rules, words of that of check_rule)
WRONG = {
    "sign": (
        C.elementwise(lambda x: np.cos(x), lambda y, x: np.sin(x)), X, 0, "J is wrong: its sign is", "its sign is",
    ),
    "factor": (
        C.elementwise(lambda x: x**3, lambda y, x: x**2), X, 0, "a factor 3 is missing", "a factor 3 is missing",
    ),
    "zero": (C.elementwise(lambda x: np.exp(x), lambda y, x: 0.0 * x), X, 0, "J is wrong: it is 0", "it is 0"),
    "another formula": (C.elementwise(lambda x: np.tanh(x), lambda y, x: 1 - y), X, 0, "J is wrong", "J is wrong"),
    "a small error": (
        C.elementwise(lambda x: np.exp(x), lambda y, x: y * (1 + 1e-5)), X, 0, "J is wrong", "J is wrong",
    ),
    "wrong at one element": (
        C.elementwise(lambda x: x * x, lambda y, x: np.where(x > 2, x, 2 * x)), X, 0, "in 1 of 3 numbers",
        "in 1 of 9 numbers",
    ),
    "second argument": (
        C.elementwise(lambda x, y: x / y, lambda z, x, y: 1 / y, lambda z, x, y: z / y), (X, X + 1), 1, "its sign",
        "argument 1",
    ),
    "arguments swapped": (
        C.elementwise(lambda x, y: x * y * y, lambda z, x, y: 2 * x * y, lambda z, x, y: y * y), (X, X + 1), 0,
        "J is wrong", "J is wrong",
    ),
    "a number for a formula": (C.elementwise(lambda x: x * x, 2.0), X, 0, "J is wrong", "J is wrong"),
    "J^T of argwise": (
        applied(T_x=lambda ct, A: 2 * (ct @ A)), (A, X), 1, "J is right and J^T is wrong, by a factor of 2",
        "J^T, argument 1",
    ),
    "J of argwise": (
        applied(J_x=lambda dx, A: 2 * (dx @ A.T)), (A, X), 1, "J is wrong, by a factor of 2", "J, argument 1",
    ),
    "J^T of linear": (centred(), X, 0, "J is right and J^T is wrong", "J^T, argument 0"),
    "J^T transposed": (gram(), SQUARE, 0, "J is right and J^T is wrong: it is transposed", "J^T is wrong"),
    "forgotten sum over what was broadcast": (
        added_row(), (A, X), 1, "not summed over the axes along which", "summed over the axes",
    ),
    "wrong for K directions": (
        applied(T_A=lambda ct, x: np.outer(ct, x) if np.ndim(ct) == 1 else 0 * ct[..., None] * x), (A, X), 0,
        "J^T of 3 directions at once is not what it is of each", "J^T of 3 directions",
    ),
    "raises for K directions": (
        applied(T_A=lambda ct, x: np.outer(ct, x)), (A, X), 0, "J^T of 3 directions at once is wrong", "it raises",
    ),
    "reduction without its count": (of_a_norm(lambda y, x, axes: x / y), X, 0, "divide by 3", "divide by 3"),
    "one term of a product missing": (
        cubed(lambda dA, A: dA @ A @ A + A @ A @ dA), SQUARE, 0, "J is wrong", "J is wrong",
    ),
    "order of matrices": (cubed(lambda dA, A: 3 * A @ A @ dA), SQUARE, 0, "J is wrong", "J is wrong"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_check_rules_names_the_op_the_line_and_the_argument(name):
    op, sample, argument, words, _ = WRONG[name]
    args = sample if isinstance(sample, tuple) else (sample,)

    def f(*args):
        z = op(*args)
        return np.sum(np.sin(z))

    report = check_rules(f, *args)
    line = inspect.getsourcelines(f)[1] + 1
    assert report.verdict == "FAIL"
    assert all(c.name.startswith(f"op at test_rule_checks.py:{line}, argument ") for c in report.failures)
    said = [d for d in report.diagnosis if f":{line}, argument {argument} (" in d and words in d]
    assert said and "in `z = op(*args)`" in said[0]


@pytest.mark.parametrize("name", WRONG)
def test_check_rule_says_what_is_wrong(name):
    op, sample, argument, _, words = WRONG[name]
    report = check_rule(op, sample)
    assert report.verdict == "FAIL"
    assert any(words in d for d in report.diagnosis)
    first = [c for c in report.failures if ", argument " in c.name]
    assert not first or any(f"argument {argument}" in c.name for c in first)


# Errors that no value of a program shows.
ONLY_IN_THE_BATTERY = {
    "second order": (
        C.elementwise(lambda x: x**3, lambda y, x: 3 * dr.value(x) ** 2), X,
        "second derivatives, forward over reverse",
    ),
    "writes into its input": (
        C.elementwise(lambda x: x * x, lambda y, x: np.multiply(x, 2, out=x) if isinstance(x, np.ndarray) else 2 * x),
        X, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONLY_IN_THE_BATTERY)
def test_check_rule_sees_more_than_a_program_shows(name):
    op, sample, words = ONLY_IN_THE_BATTERY[name]
    report = check_rule(op, np.array(sample))
    assert report.verdict == "FAIL"
    assert any(words in d for d in report.diagnosis)


def test_another_precision_is_a_note():
    relu = C.elementwise(lambda x: np.maximum(x, 0), lambda y, x: (x > 0) * 1.0)
    doubled = C.elementwise(lambda x: x * x, lambda y, x: np.full(np.shape(x), 2.0) * x)
    for op in (relu, doubled):
        report = check_rule(op, np.array(X))
        assert report.verdict == "PASS"
        assert [n for n in report.notes if n.startswith("float32 does not stay float32")]


def test_a_rule_that_cannot_be_differentiated_is_a_limit_and_no_mistake():
    op = C.elementwise(lambda x: x**3, lambda y, x: 3 * float(x) ** 2)
    report = check_rule(op, 1.5)
    assert report.verdict == "INCONCLUSIVE" and report.failures == []
    assert [c.name for c in report.components if c.verdict == "INCONCLUSIVE"] == ["second derivatives"]


def test_several_samples_are_told_apart():
    op = C.elementwise(lambda x: x * np.abs(x), lambda y, x: 2 * x)
    report = check_rule(op, X, -X)
    assert report.verdict == "FAIL"
    assert {d.split(": ")[0] for d in report.diagnosis} == {"op, sample 2"}


def test_check_rule_without_a_sample_is_refused():
    with pytest.raises(InputError, match="needs a sample"):
        check_rule(np.sin)
    with pytest.raises(InputError, match="floats or float arrays"):
        check_rule(np.sin, 1)


# ---- rules that are right --------------------------------------------------------------------------------------------

some = [s for op, samples in SAMPLES.items() for s in samples[:1] if op.__name__ not in ("logm", "filtered")][::4]


@pytest.mark.parametrize("sample", some, ids=repr)
def test_a_rule_of_the_registry_is_not_accused(sample):
    report = check_rules(lambda *xs: sample.f(*xs), *sample.xs)
    assert report.failures == [], report


@pytest.mark.parametrize("op", [np.exp, np.multiply, np.prod, np.linalg.solve, np.where], ids=lambda op: op.__name__)
def test_the_battery_passes_ops_of_the_registry(op):
    report = check_rule(SAMPLES[op][0].f, SAMPLES[op][0].xs)
    assert not report.notes
    assert report.verdict == "PASS", report
    assert len(report.components) > 15


def test_every_op_and_argument_of_a_program_is_looked_at():
    def f(x, y):
        z = np.sin(x) * y
        return np.sum(z / x)

    report = check_rules(f, X, X + 1)
    assert report.verdict == "PASS"
    ops = [c.name.split(" at ")[0] for c in report.components if c.name.endswith(": J")]
    assert sorted(ops) == ["np.divide", "np.divide", "np.multiply", "np.multiply", "np.sin", "np.sum"]


def test_ops_in_a_loop_are_held_against_differences_a_few_times():
    def f(x):
        for _ in range(20):
            x = np.sin(x)
        return np.sum(x)

    report = check_rules(f, X)
    assert sum(c.name.endswith(": J") for c in report.components) == 4 + 1
    assert sum(c.name.endswith(": J^T") for c in report.components) == 20 + 1
    assert len(report.notes) == 1 and "ran 20 times, the first 4 are held against differences" in report.notes[0]


KINKED = {
    "abs": (lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), "kink"),
    "relu": (lambda x: np.sum(np.maximum(x, 0)), np.array([0.0, 1.0]), "kink"),
    "max tie": (lambda x: np.max(x), np.ones(2), "kink"),
    "sqrt at 0": (lambda x: np.sum(np.sqrt(x)), np.array([0.0, 1.0]), "finite"),
    "norm at 0": (lambda x: np.linalg.norm(x), np.zeros(2), "kink"),
}


@pytest.mark.parametrize("name", KINKED)
def test_a_kink_is_inconclusive_and_says_so(name):
    f, x, reason = KINKED[name]
    report = check_rules(f, x)
    assert report.verdict == "INCONCLUSIVE"
    assert all(reason in c.reason for c in report.components if c.verdict == "INCONCLUSIVE")


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scale_and_precision_do_not_matter(scale, dtype):
    f = lambda x: np.sum(np.exp(x / dtype(scale)) * x - np.linalg.norm(x))
    assert check_rules(f, (X * scale).astype(dtype)).verdict == "PASS"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.real(np.fft.rfft(x)) ** 2),
        lambda x: np.sum(np.real(np.exp(1j * x))),
        lambda x: np.sum(np.imag(np.tanh(x + 0.4j))),
    ],
    ids=["fft", "complex factor", "complex term"],
)
def test_complex_values_inside(f):
    assert check_rules(f, np.array([1.0, 3.0, 2.0, 5.0])).verdict == "PASS"


def test_ill_conditioned_ops_are_not_accused():
    hilbert = 1.0 / (np.arange(6)[:, None] + np.arange(6) + 1)
    report = check_rules(lambda A, b: np.sum(np.linalg.solve(A, b)), hilbert, np.ones(6))
    assert report.failures == [], report


# ---- words -----------------------------------------------------------------------------------------------------------


def test_how_a_derivative_differs():
    right = np.array([1.0, 4.0, -2.0])
    assert said_of(-right, right) == ": its sign is"
    assert said_of(right / 4, right) == ", by a factor of 0.25 (a factor 4 is missing)"
    assert said_of(3 * right, right) == ", by a factor of 3 (divide by 3)"
    assert said_of(0 * right, right) == ": it is 0"
    assert said_of(right * [1, 2, 1], right) == " in 1 of 3 numbers, by a factor of 2 (divide by 2)"
    assert said_of(right + [0, 1, 2], right) == " in 2 of 3 numbers"
    assert said_of(np.array([1.0, np.nan, 1.0]), right) == ": it is not finite"
    assert said_of(right * [1, 0, 1], right) == " in 1 of 3 numbers, where it is 0"
    assert said_of(right, right) == ""
    assert factor_of(np.ones(2), np.array([1.0, 2.0])) is None


def test_shapes_in_words():
    assert wrong_shape("J^T", np.ones((2, 3)), np.ones(3), "argument") == (
        "J^T gives shape (2, 3) for an argument of shape (3,): "
        "it is not summed over the axes along which the argument was broadcast"
    )
    assert wrong_shape("J", np.ones(2), np.ones(3), "output") == "J gives shape (2,) for an output of shape (3,)"
    np.testing.assert_array_equal(flat(np.array([1 + 2j, 3j])), [1, 0, 2, 3])
