"""Where in the user's code an operation happened, what it was assigned to, its group and its label."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.program import trace
from dualrev.source import GROUPS, Annotated, Place, group, label


def names(f, *x):
    return [v.name for v in trace(f, *x).values]


def test_each_operation_knows_its_line_and_the_text_of_it():
    def f(x):
        y = np.sin(x)
        return (
            y
            * x
        )  # fmt: skip

    first = f.__code__.co_firstlineno
    sine, product = trace(f, 2.0).operations
    assert (sine.line, sine.place.text, sine.place.function) == (first + 1, "y = np.sin(x)", "f")
    assert product.line == first + 3
    assert str(sine.place) == f"test_source.py:{first + 1}"


def test_a_function_called_by_f_is_the_user_s_code_too():
    def inner(z):
        return np.exp(z)

    (operation,) = trace(lambda x: inner(x), 2.0).operations
    assert operation.place.function == "inner" and operation.place.text == "return np.exp(z)"


def test_what_a_transformation_adds_has_no_line():
    gradient = trace(dr.grad(lambda x: np.sin(x) * x), 1.5)
    assert [v.op for v in gradient.operations if v.place] == ["sin", "multiply"]
    assert [v.op for v in gradient.operations if not v.place] == ["cos", "multiply", "add"]


def test_a_function_of_numpy_itself_has_no_line_and_takes_no_name_from_its_caller():
    program = trace(np.sin, 1.0)
    assert [v.name for v in program.values] == ["x", "v1"]
    assert program.operations[0].line is None


def test_values_are_called_by_the_variables_they_were_assigned_to():
    def f(x):
        plain = x * 2.0
        annotated: float = plain + 1.0
        if (walrus := np.sin(annotated)) > -2.0:
            walrus += plain
        return walrus * annotated

    assert names(f, 1.0) == ["x", "plain", "annotated", "walrus", "walrus_2", "v5"]


def test_a_part_of_an_expression_does_not_take_the_name():
    def f(x):
        y = np.sin(x) + x * x
        return y

    assert names(f, 1.0) == ["x", "v1", "v2", "y"]


def test_the_variables_of_a_loop_are_numbered():
    def f(s):
        for _ in range(3):
            s = s * 2.0
        return s

    assert names(f, 1.0) == ["s", "s_2", "s_3", "s_4"]


def test_a_composite_gives_its_name_to_its_last_operation_in_every_turn_of_a_loop():
    def f(x):
        for _ in range(2):
            x = np.average(x * np.ones(2), weights=np.ones(2))
        return x

    program = trace(f, 1.0)
    assert [v.op for v in program.values if v.name.startswith("x_")] == ["divide", "divide"]


def test_a_name_that_looks_like_a_number_of_ours_does_not_clash():
    def f(x):
        v2 = np.sin(x)
        return np.cos(x) * v2

    found = names(f, 1.0)
    assert len(set(found)) == len(found) == 4


def test_a_label_names_a_value_and_hands_it_on():
    assert names(lambda x: label(np.sin(x), "height") ** 2, 1.0) == ["x", "height", "v2"]
    assert label(3.0, "three") == 3.0
    value, gradient = dr.value_and_grad(lambda x: label(np.sin(x), "s"))(0.5)
    assert (value, gradient) == (np.sin(0.5), np.cos(0.5))


def test_groups_nest_and_end_even_after_an_error():
    def f(x):
        with group("outer"):
            with group("inner"):
                y = np.sin(x)
            z = y * 2.0
        return z + 1.0

    assert [v.group for v in trace(f, 1.0).operations] == [("outer", "inner"), ("outer",), ()]
    with pytest.raises(ZeroDivisionError), group("lost"):
        raise ZeroDivisionError
    assert GROUPS.get() == ()


def test_code_without_source_is_still_traced():
    scope = {"np": np}
    exec(compile("def f(x):\n    y = np.sin(x)\n    return y * x", "<nowhere>", "exec"), scope)
    program = trace(scope["f"], 1.0)
    assert [v.name for v in program.values] == ["x", "v1", "v2"]
    assert [(v.line, v.place.text, v.place.assigned, v.place.arguments) for v in program.operations] == [
        (2, "", None, []),
        (3, "", None, []),
    ]


def test_text_that_is_no_python_has_no_names(tmp_path):
    file = tmp_path / "cell.py"
    file.write_text("%matplotlib inline\ny = f(x)\n")
    assert Place(str(file), 2, "f", (2, 2, 4, 8)).assigned is None


def test_arguments_are_spelled_as_the_user_did():
    weights = np.ones((2, 3))
    (product,) = trace(lambda x: weights @ x, np.ones(3)).operations
    assert product.place.arguments == ["weights", "x"]
    assert product.expression == "weights @ x"


def test_recording_lets_go_of_the_frames_of_the_user():
    lines = Annotated()
    lines.append((None, 1.0))
    lines.finish()
    assert lines.entry is None and lines.caller is None


def test_each_of_several_variables_and_attributes_name_what_was_bound_to_them():
    class Box:
        pass

    def f(x):
        box, kept = Box(), [0.0]
        a, (b, c) = np.sin(x), (np.cos(x), -x)
        box.a = first = a * b
        d, e = np.stack([c, first])
        kept[0] = box.a + d * e
        return kept[0]

    assert names(f, 1.0) == ["x", "a", "b", "c", "box.a", "v5", "v6", "v7", "v8", "v9"]


def test_a_list_is_not_what_it_is_made_of():
    def f(x):
        terms = [v**2 for v in x]
        whole = terms[0] + terms[1]
        return whole

    assert names(f, np.ones(2)) == ["x", "v1", "v2", "v3", "v4", "whole"]


def test_two_assignments_on_one_line_are_told_apart():
    def f(x):
        a = np.sin(x); b = np.cos(x)  # fmt: skip # noqa: E702
        return a * b

    program = trace(f, 1.0)
    assert [v.name for v in program.values] == ["x", "a", "b", "v3"]
    assert program["a"].line == program["b"].line


def test_a_label_wins_over_the_variable_and_the_last_label_over_the_first():
    def f(x):
        y = label(label(np.sin(x), "first"), "last")
        z = np.cos(y)
        return label(z, "cosine")

    assert names(f, 1.0) == ["x", "last", "cosine"]


def test_a_label_finds_the_recording_below_another_transformation():
    assert "inner" in names(dr.grad(lambda x: label(np.sin(x), "inner") ** 2), 1.0)


def test_a_function_that_calls_itself_numbers_its_variables():
    def f(x, depth=3):
        y = np.sin(x)
        return f(y, depth - 1) if depth > 1 else y

    program = trace(lambda x: f(x), 1.0)
    assert [v.name for v in program.values] == ["x", "y", "y_2", "y_3"]
    assert len({v.line for v in program.operations}) == 1


def test_a_group_of_one_thread_is_not_seen_by_another():
    def traced():
        return trace(np.sin, 1.0).operations[0].group

    with group("mine"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(traced).result() == ()
        assert traced() == ("mine",)
