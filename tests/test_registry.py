"""The registry: how a call is read, and how a line of the tape is."""

import numpy as np
import pytest
import scipy.special as sc

from dualrev.registry import OPS, Call, core_axes, find, full_name


def test_a_call_is_sorted_into_arrays_and_parameters():
    x = np.ones((2, 3))
    op = OPS[np.sum]
    assert op.split((x,), {"axis": 0}) == ((x,), {"axis": 0})
    assert op.split((x, 1), {}) == ((x,), {"axis": 1})
    assert op.split((), {"a": x, "keepdims": True}) == ((x,), {"keepdims": True})
    assert op.split((x, 0, None, None), {"where": np._NoValue}) == ((x,), {"axis": 0})  # NumPy's own defaults


def test_a_missing_argument_is_named():
    with pytest.raises(TypeError, match=r"np.sum\(\) is missing its argument 'a'"):
        OPS[np.sum].split((), {"axis": 0})


def test_the_three_forms_of_a_line_are_read_alike():
    sin, add, total = OPS[np.sin], OPS[np.add], OPS[np.sum]
    assert Call.read((sin, 3, "x", "y")) == (sin, (3,), ("x",), {}, "y")
    assert Call.read((add, 3, -1, "x", "y", "z")) == (add, (3, -1), ("x", "y"), {}, "z")
    assert Call.read((total, (3,), ("x",), {"axis": 0}, "y")) == (total, (3,), ("x",), {"axis": 0}, "y")


def test_a_call_pushes_tangents_in_either_form():
    x, v = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    np.testing.assert_array_equal(Call.read((OPS[np.square], 0, x, x * x)).push((), [v]), 2 * x * v)
    assert Call.read((OPS[np.sum], (0,), (x,), {}, 3.0)).push((), [v]) == 8.0


def test_names_are_those_people_know():
    assert [full_name(f) for f in (np.sin, np.linalg.solve, sc.erf)] == [
        "np.sin",
        "np.linalg.solve",
        "scipy.special.erf",
    ]


def test_scipy_special_registers_when_it_is_first_asked_for():
    assert find(sc.gammaln) is OPS[sc.gammaln]
    assert find(np.histogram) is None


def test_signatures_count_the_axes_of_each_argument():
    assert core_axes("(m,n),(n)->(m)")(None) == (2, 1)
    assert core_axes("(),(),()->()")(None) == (0, 0, 0)
