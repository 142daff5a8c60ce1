"""The recorded program: values in order, with names, parents and expressions."""

from dataclasses import dataclass

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.program import trace


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def test_the_values_of_the_survey():
    """Baydin et al. (2018), table 2: the primal trace."""
    program = trace(baydin, 2.0, 5.0)
    assert [v.name for v in program.values] == ["x1", "x2", "v1", "v2", "v3", "v4", "v5"]
    np.testing.assert_allclose(
        [v.primal for v in program.values], [2, 5, np.log(2), 10, np.sin(5), np.log(2) + 10, 11.652071455223084]
    )
    assert [v.parents for v in program.values] == [(), (), (0,), (0, 1), (1,), (2, 3), (5, 4)]
    assert program.inputs == [0, 1] and program.outputs == [6]
    assert [v.op for v in program.operations] == ["log", "multiply", "sin", "add", "subtract"]


def test_expressions_read_as_the_user_would_write_them():
    table = np.ones((3, 2))

    def f(x, s):
        a = -x
        b = s**-2.0
        c = -2.0 * a
        d = table @ x
        e = c[0]
        g = d[1:]
        h = np.sum(g, axis=0, keepdims=True)
        return a @ x, b, e, h, 3.0 / s, np.ones(2) * x

    found = [v.expression for v in trace(f, np.ones(2), 2.0).operations]
    assert found == [
        *("-x", "s ** (-2)", "(-2) * a", "table @ x", "c[0]", "d[1:]", "sum(g, axis=0, keepdims=True)"),
        *("a @ x", "3 / s", "np.ones(2) * x"),
    ]


@dataclass
class Model:
    w: object
    b: float


def test_inputs_are_called_by_parameter_and_path():
    program = trace(lambda p, q, *rest: p["a"][0] * q.b + rest[0], {"a": [1.0, 2.0]}, Model(np.ones(2), 3.0), 4.0)
    assert [program[k].name for k in program.inputs] == ["p['a'][0]", "p['a'][1]", "q.w", "q.b", "rest[0]"]


def test_functions_that_do_not_name_their_parameters():
    assert [trace(np.hypot, 3.0, 4.0)[k].name for k in (0, 1)] == ["x1", "x2"]


def test_outputs_that_do_not_depend_on_the_inputs_are_none():
    program = trace(lambda x: (x, 3.0, x * 2.0), 1.0)
    assert program.outputs == [0, None, 1]


def test_values_are_found_by_name_or_number():
    program = trace(baydin, 2.0, 5.0)
    assert program["v3"] is program[4] is program.values[4]
    assert len(program) == 7
    with pytest.raises(dr.InputError, match="no value named 'v9'; it has x1, x2, v1, v2"):
        program["v9"]


def test_the_point_is_kept_as_it_was():
    x = np.array([1.0, 2.0])
    program = trace(lambda x: x * 2.0, x)
    x[:] = 0.0
    np.testing.assert_array_equal(program["x"].primal, [1.0, 2.0])


def test_a_trace_inside_a_transformation_says_what_to_do():
    with pytest.raises(dr.InputError, match=r"dr.trace\(dr.grad\(f\), x\)"):
        dr.grad(lambda x: trace(np.sin, x)["v1"].primal)(1.0)


def test_integers_are_refused_by_name():
    with pytest.raises(dr.InputError, match="x is an array of integers"):
        trace(np.sin, np.array([1, 2]))


def test_a_program_of_arrays_is_not_scalar():
    assert trace(baydin, 2.0, 5.0).is_scalar
    assert not trace(np.sum, np.ones(3)).is_scalar


def test_an_error_of_f_passes_through():
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: x / (1 // 0), 1.0)


def test_latex_of_names_and_expressions():
    program = trace(lambda p: np.exp(p["w"]) / p["b"] ** 2.0, {"w": 1.0, "b": 2.0})
    assert [v.latex for v in program.values] == [
        *(r"p_{\mathrm{w}}", r"p_{\mathrm{b}}", r"e^{p_{\mathrm{w}}}"),
        *(r"{p_{\mathrm{b}}}^{2}", r"\frac{v_{1}}{v_{2}}"),
    ]
