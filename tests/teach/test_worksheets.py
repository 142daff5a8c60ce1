"""Worksheets: right answers, hints from the mistake that was made, and nothing that gives the answer away."""

import re

import numpy as np
import pytest

import dualrev as dr


def herta(a, b):
    return (b * b * a + 1) ** 2


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def chain(x):
    u = x**3
    return 5.0 * u


def product(a, b):
    c = a * b
    return c * 7.0


def micrograd(a, b):
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    return e + f


@pytest.fixture(autouse=True)
def a_new_session():
    dr.teach.done(reset=True)


def test_the_example_of_a_course():
    ex = dr.teach.exercise(herta, 1.0, 3.0)
    assert (
        ex.check(a=180, b=60)
        == "a: right.   b: not yet: b is used by 1 operation, which has 2 equal operands (b*b): count both."
    )
    assert not ex.solved
    assert ex.check(b=120) == "b: right." and ex.solved
    assert str(ex).splitlines()[4].split() == ["a", "1", "180"]


DEGREES = 2 - np.cos(np.deg2rad(5))
HINTS = {  # a function, a point, the column, the blank, a wrong answer, what is said
    "sign": (baydin, (2.0, 5.0), "adjoint", "x1", -5.5, "the sign is not"),
    "one use": (baydin, (2.0, 5.0), "adjoint", "x1", 5.0, r"used by 2 operations \(v2, v1\): add up"),
    "overwritten": (baydin, (2.0, 5.0), "adjoint", "x1", 0.5, "what v1 sends back has overwritten.*not ="),
    "degrees": (baydin, (2.0, 5.0), "adjoint", "x2", DEGREES, "angles are in radians"),
    "rounded": (baydin, (2.0, 5.0), "adjoint", "x2", 1.7163, "nearly: if you have rounded"),
    "local partial": (herta, (1.0, 3.0), "adjoint", "a", 9.0, "local partial alone: multiply.*adjoint of v2"),
    "from above": (herta, (1.0, 3.0), "adjoint", "a", 20.0, "that is the adjoint of v2, from above"),
    "tangent": (chain, (2.0,), "adjoint", "x", 1.0, "that is the tangent of x, and asked is the adjoint"),
    "value": (chain, (2.0,), "adjoint", "x", 2.0, "that is the value of x"),
    "factor of a power": (chain, (2.0,), "adjoint", "x", 20.0, "the exponent comes down as a factor"),
    "exponent of a power": (chain, (2.0,), "adjoint", "x", 120.0, "less by one"),
    "own factor": (product, (2.0, 3.0), "adjoint", "a", 14.0, "by one factor is the other one"),
    "nothing of it": (baydin, (2.0, 5.0), "adjoint", "x2", 77.0, r"adj x2 = adj v4 \* .* \+ adj v2 \*"),
    "terms": (micrograd, (2.0, 3.0), "tangent", "f", 6.0, "has 2 arguments: add a term for each"),
    "product of tangents": (micrograd, (2.0, 3.0), "tangent", "f", 3.0, "product of the tangents"),
    "partials alone": (micrograd, (2.0, 3.0), "tangent", "f", 11.0, "local partials alone"),
    "adjoint": (herta, (1.0, 3.0), "tangent", "v3", 20.0, "that is the adjoint of v3, and asked is the tangent"),
    "base 10": (baydin, (2.0, 5.0), "value", "v1", np.log10(2.0), "logarithm to base 10"),
    "degrees of a value": (baydin, (2.0, 5.0), "value", "v4", np.sin(np.deg2rad(5.0)), "function of degrees"),
    "the other argument": (baydin, (2.0, 5.0), "partials", "v2_x1", 2.0, "by x2, the other argument"),
    "times the adjoint": (herta, (1.0, 3.0), "partials", "v2_v1", 20.0, "already multiplied with the adjoint of v2"),
}


@pytest.mark.parametrize("case", HINTS)
def test_each_mistake_is_recognised(case):
    f, x, column, key, answer, said = HINTS[case]
    ex = dr.teach.exercise(f, *x, blanks=column)
    text = ex.check({key: answer})
    assert re.search(said, text), text
    assert not ex.solved and key not in ex.answers
    blank = ex.blanks[key]
    right = ex.known.right(column, blank.index, blank.argument)
    assert not re.search(rf"(?<![\w.]){re.escape(f'{right:.4g}')}(?![\w.])", text)


def test_what_a_table_says_is_right():
    table = dr.trace(micrograd, 2.0, 3.0).table()
    for column in ("adjoint", "tangent", "value"):
        ex = dr.teach.exercise(micrograd, 2.0, 3.0, blanks=column)
        rows = {row.name: getattr(row, column) for row in table.rows if row.name in ex.blanks}
        assert ex.check(rows).count("right.") == len(rows) and ex.solved


def test_partials_are_named_by_the_value_and_its_argument():
    ex = dr.teach.exercise(herta, 1.0, 3.0, blanks="partials")
    assert list(ex.blanks) == ["v1_b", "v1_b_2", "v2_v1", "v2_a", "v3_v2", "v4_v3"]
    said = ex.check(v1_b=3, v1_b_2=3, v2_v1=1, v2_a=9, v3_v2=1, v4_v3=20)
    assert ex.solved and said.count("right.") == 6
    assert "by b 3, by b 3" in str(ex)


def test_blanks_that_are_still_empty_raise_nothing():
    ex = dr.teach.exercise(baydin, 2.0, 5.0)
    assert ex.check().count("not yet: write a number.") == 6
    assert ex.check(x1=..., x2=None, v1="", v2="____").count("not yet: write a number.") == 4
    assert ex.check(x1="five", x2=np.nan).count("that is no number") == 2
    assert str(ex).count("____") == 6


def test_an_answer_may_be_a_formula_and_an_array():
    ex = dr.teach.exercise(lambda W: np.sum(np.tanh(W)), np.zeros((2, 3)), blanks=["W"])
    assert "its shape is that of the transpose" in ex.check(W=np.ones((3, 2)))
    assert "its shape is (), and the adjoint of W has the shape (2, 3)" in ex.check(W=1)
    assert ex.check(W=[[1.0] * 3] * 2) == "W: right." and ex.solved
    square = dr.teach.exercise(lambda A: A[0, 1] * 2.0, np.ones((2, 2)))
    assert square.check(A=[[0, 0], [2, 0]]) == "A: not yet: that is the transpose."
    assert dr.teach.exercise(lambda x: np.exp(x) / 2, 1.0).check(x=np.e / 2) == "x: right."


def test_a_count_that_is_the_answer_by_chance_is_not_written():
    """b*b at 1 has the adjoint 2, and 2 equal operands."""
    ex = dr.teach.exercise(lambda b: b * b, 1.0)
    said = ex.check(b=1)
    assert "one operation, which has two equal operands" in said and "2" not in said


def test_a_worksheet_on_paper_and_in_a_notebook():
    ex = dr.teach.exercise(herta, 1.0, 3.0, blanks=["a", "b"])
    assert ex.to_latex().count(r"\rule{4em}{0.4pt}") == 2 and r"$v_{1} = b \, b$ & $9$ & $20$ \\" in ex.to_latex()
    page = ex._repr_html_()
    assert page.count("<input") == 2 and 'data-key="a"' in page and "180" not in page and "120" not in page
    ex.check(a=180)
    assert ex._repr_html_().count("<input") == 1 and ex.to_latex().count(r"\rule") == 1
    by = dr.teach.exercise(herta, 1.0, 3.0, blanks="partials").to_latex()
    assert r"by v1 \rule{4em}{0.4pt}, by a \rule{4em}{0.4pt} \\" in by


def test_the_session_knows_what_passed():
    assert str(dr.teach.done()) == "no checks yet: dr.teach.exercise(f, *x) makes one" and not dr.teach.done().all
    first, second = dr.teach.exercise(herta, 1.0, 3.0), dr.teach.exercise(baydin, 2.0, 5.0, blanks="tangent")
    first.check(a=180, b=120)
    assert str(dr.teach.done()).splitlines() == [
        "1 of 2 checks passed",
        "passed   herta(a=1, b=3): adjoint",
        "not yet  baydin(x1=2, x2=5): tangent of v5",
    ]
    second.check(v5=5.5)
    assert dr.teach.done().all
    first.check(a=1)
    assert not dr.teach.done().all


def test_a_cell_that_is_run_again_is_one_check_and_another_function_is_another():
    for f in (lambda x: x * 2.0, lambda x: x * 2.0, lambda x: x * 3.0):
        dr.teach.exercise(f, 1.0)
    assert list(dr.teach.done().checks) == ["<lambda>(x=1): adjoint of x", "<lambda>(x=1): adjoint of x (2)"]


def test_another_output_and_direction():
    f = lambda a, b: (a * b, a + b)
    ex = dr.teach.exercise(f, 2.0, 3.0, output=1, seed="b", blanks=["a", "b"])
    assert ex.check(a=1, b=1) == "a: right.   b: right."
    ex = dr.teach.exercise(f, 2.0, 3.0, seed="b", blanks="tangent")
    assert ex.check(v1=2, v2=1) == "v1: right.   v2: right."


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: dr.teach.exercise(herta, 1.0, 3.0, blanks="adjoints"),
            "write one of value, tangent, adjoint, partials",
        ),
        (lambda: dr.teach.exercise(herta, 1.0, 3.0, blanks=["z"]), "no value named 'z'; it has a, b"),
        (lambda: dr.teach.exercise(lambda x: x, 1.0, blanks="value"), "nothing to fill in"),
        (lambda: dr.teach.exercise(herta, 1.0, 3.0).check(z=1), "no blank named 'z'; there are a, b, v1"),
        (lambda: dr.teach.exercise(lambda x: sum(x for _ in range(500)), 1.0), "blanks are too many"),
    ],
)
def test_what_is_refused_says_what_to_do(make, message):
    with pytest.raises(dr.InputError, match=message):
        make()
