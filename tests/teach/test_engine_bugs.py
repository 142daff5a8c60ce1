"""Six bugs of engines: the numbers they give, by hand; where they do no harm; and that the right ones stay right."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.teach.engine_bugs import BUGS


def micrograd(a, b):
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    return e + f


def confused(x):
    return x * dr.jvp(lambda y: x + y, (1.0,), (1.0,))[1]


def test_without_topological_order():
    """Issue 68 of micrograd, by hand: c is pushed on with 1 and then with 7, d with 1 and then with 6."""
    found = dr.teach.broken(micrograd, 2.0, 3.0, bug="recursive")
    assert (found.right["a"], found.right["b"]) == (25, 19)
    assert (found.broken["a"], found.broken["b"], found.broken["c"]) == (29, 22, 7)
    assert found.notes == {"c": "sent on twice", "d": "sent on twice"} and found.differs == ["a", "b"]
    lines = str(found).splitlines()
    assert lines[1] == "c is pushed on with 1 before f has sent its 6."
    assert lines[3:7] == [
        "name  right  broken",
        "a     25     29",
        "b     19     22",
        "c     7      7       sent on twice",
    ]


def test_overwritten():
    """log x + x y: x has y from the product when 1/x of the logarithm takes its place."""
    found = dr.teach.broken(lambda x, y: np.log(x) + x * y, 2.0, 5.0, bug="overwrite")
    assert (found.right["x"], found.broken["x"]) == (5.5, 0.5) and found.differs == ["x"]
    assert found.said == "x has 5 when v1 = log(x) sends 0.5, which takes its place"


def test_operands_in_a_set():
    found = dr.teach.broken(lambda a: a * a, 3.0, bug="set")
    assert (found.right["a"], found.broken["a"]) == (6, 3)
    assert found.said == "v1 = a * a: the set holds a once, and sends to it once"
    assert dr.teach.broken(micrograd, 2.0, 3.0, bug="set").said.endswith("no operation has equal operands")


def test_adjoints_that_are_not_set_to_zero():
    found = dr.teach.broken(micrograd, 2.0, 3.0, bug="stale")
    assert (found.broken["a"], found.broken["b"], found.broken["c"]) == (50, 38, 7)
    assert found.said == "a has 25 from the first pass when the second begins"


def test_an_update_that_comes_too_early():
    """w x: w gets x = 3 and is moved to 2 - 0.1 * 3 = 1.7, which x then gets in place of 2."""
    found = dr.teach.broken(lambda w, x: w * x, 2.0, 3.0, bug="early")
    assert found.right == {"w": 3, "x": 2, "v1": 1} and found.broken == {"w": 3, "x": pytest.approx(1.7), "v1": 1}
    assert found.said == "v1 = w * x: its local partial by x reads w = 1.7, which has been moved already from 2"
    assert dr.teach.broken(lambda a, b: a + b, 1.0, 2.0, bug="early").differs == []


def test_perturbation_confusion():
    """Siskind and Pearlmutter (2005): d/dx of x d/dy (x + y) is 1, and 2 if both share an eps."""
    found = dr.teach.broken(confused, 1.0, bug="shared eps")
    assert found.right == {"x": 1.0} and found.broken == {"x": 2.0}
    assert dr.jvp(confused, (1.0,), (1.0,))[1] == 1.0  # and afterwards all is as before
    two = dr.teach.broken(lambda a, b: a * dr.jvp(lambda y: y * b, (2.0,), (1.0,))[1], 3.0, 5.0, bug="shared eps")
    assert two.right == {"a": 5.0, "b": 3.0} and two.differs == ["b"]


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != "shared eps"])
def test_the_right_numbers_are_those_of_the_table(bug):
    table = dr.trace(micrograd, 2.0, 3.0).table()
    assert dr.teach.broken(micrograd, 2.0, 3.0, bug=bug).right == {row.name: row.adjoint for row in table.rows}


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != "shared eps"])
def test_where_it_does_no_harm_it_says_so(bug):
    found = dr.teach.broken(lambda a: np.sin(a) + 1.0, 2.0, bug=bug)
    assert (found.differs == []) is (bug != "stale")
    assert bug == "stale" or found.said.startswith("Here it does no harm")


def test_arrays_and_another_output():
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones(2)
    found = dr.teach.broken(lambda W, x: (np.sum(W), (x * x) @ W), W, x, bug="set", output=1)
    assert found.differs == ["x"] and found.broken["x"].tolist() == [1.0, 3.0]
    np.testing.assert_array_equal(found.right["x"], [2.0, 6.0])


def test_the_table_alone_does_not_tell_the_bug():
    found = dr.teach.broken(micrograd, 2.0, 3.0, bug="overwrite")
    assert "overw" not in found.table() and found.table().splitlines()[1] == "a     25     1"
    assert "write += in the way back" in found.cure and found.cure in str(found)


@pytest.mark.parametrize(
    ("f", "bug", "message"),
    [
        (micrograd, "typo", "bug='typo': write one of 'recursive', 'overwrite', 'set', 'stale', 'early', 'shared eps'"),
        (micrograd, "shared eps", "no derivative inside f that could share its eps: write one with dr.jvp"),
        (lambda a, b: doubled(a + b), "recursive", "goes along every path"),
    ],
)
def test_what_is_refused_says_what_to_do(f, bug, message):
    with pytest.raises(dr.InputError, match=message):
        dr.teach.broken(f, 2.0, 3.0, bug=bug)


def doubled(x):
    for _ in range(50):
        x = x + x
    return x
