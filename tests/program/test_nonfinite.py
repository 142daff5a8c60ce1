"""The first operation whose value, or whose derivative, is not finite."""

import numpy as np
import pytest

from dualrev.program.nonfinite import first_nonfinite


def test_the_first_value():
    def f(x):
        y = x + 1.0
        z = np.log(y)
        return np.sum(z * np.exp(z))

    found = first_nonfinite(f, np.array([1.0, -1.2, 3.0]))
    assert (found.what, found.op) == ("value", "log")
    assert found.inputs == pytest.approx((-0.2,))
    assert found.place.line == f.__code__.co_firstlineno + 2 and found.place.file.endswith("test_nonfinite.py")
    assert str(found) == f"first non-finite op: log, test_nonfinite.py:{found.place.line}, input -0.2"


def test_the_first_derivative_on_the_way_back():
    def f(x):
        return np.sum(np.sqrt(x) * 2.0)

    found = first_nonfinite(f, np.array([4.0, 0.0]))
    assert (found.what, found.op, found.inputs) == ("derivative", "sqrt", (0.0,))
    assert str(found).startswith("first non-finite derivative: sqrt, test_nonfinite.py:")


def test_a_value_goes_before_a_derivative():
    found = first_nonfinite(lambda x: np.sqrt(x[0]) + np.log(x[1]), np.array([0.0, -1.0]))
    assert (found.what, found.op) == ("value", "log")


def test_two_inputs_at_the_first_bad_place_with_broadcasting():
    found = first_nonfinite(lambda x: np.sum(np.array([[1.0], [2.0]]) / x), np.array([1.0, 0.0, 3.0]))
    assert found.inputs == (1.0, 0.0) and str(found).endswith("inputs 1 and 0")
    found = first_nonfinite(lambda x: x[0] ** x[1], np.array([-2.0, 0.5]))
    assert found.what == "value" and found.inputs == (-2.0, 0.5)


def test_an_input_that_cannot_be_told_is_nan():
    found = first_nonfinite(lambda x: np.sum(x * 1e200) * 1e200, np.array([1.0, 1.0]))
    assert found.what == "value" and found.inputs[-1] == 1e200
    found = first_nonfinite(lambda x: np.sum(x), np.array([1e308, 1e308]))
    assert found.op == "sum" and np.isnan(found.inputs[0])


def test_where_all_is_finite_there_is_none():
    assert first_nonfinite(lambda x: np.sum(np.log(x)), np.array([1.0, 2.0])) is None
    assert first_nonfinite(lambda x: 3.0, np.array([1.0])) is None


def test_where_hides_the_value_and_not_the_derivative():
    found = first_nonfinite(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)), np.array([0.0, 1.0]))
    assert (found.what, found.op, found.inputs) == ("derivative", "sqrt", (0.0,))


def test_no_warnings_and_several_arguments():
    found = first_nonfinite(lambda x, y: x * np.log(y), 2.0, 0.0)
    assert (found.what, found.op, found.inputs) == ("value", "log", (0.0,))
