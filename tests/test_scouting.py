"""Which calls have no rule: all of them, with their lines, from one run to the end."""

import json
import math

import numpy as np
import pytest

import dualrev as dr


def mixed(x):
    y = np.sin(x)
    a = math.cos(y[0])
    b = np.spacing(y)
    c = np.histogram(y, bins=2)[0]
    for _ in range(3):
        b = b + np.spacing(y)
    return np.sum(y) + a + b + c[0]


def test_every_missing_rule_is_listed_once_with_its_line():
    found = dr.supports(mixed, np.ones(2))
    start = mixed.__code__.co_firstlineno
    seen = [(m.function, m.place, m.text) for m in found.missing]
    assert seen == [
        ("float", f"test_scouting.py:{start + 2}", "a = math.cos(y[0])"),
        ("np.spacing", f"test_scouting.py:{start + 3}", "b = np.spacing(y)"),
        ("np.histogram", f"test_scouting.py:{start + 4}", "c = np.histogram(y, bins=2)[0]"),
        ("np.spacing", f"test_scouting.py:{start + 6}", "b = b + np.spacing(y)"),
    ]
    assert not found and not found.ok and found.error == ""


def test_what_comes_after_a_missing_rule_is_still_looked_at():
    found = dr.supports(lambda x: np.nextafter(np.spacing(x), x), np.ones(2))
    assert [m.function for m in found.missing] == ["np.spacing", "np.nextafter"]


def test_a_function_with_all_rules_is_supported():
    f = lambda p: np.sum(p["A"] @ p["x"] * np.tanh(p["x"])) + max(p["x"]) - abs(p["x"][0]) ** 2
    point = {"A": np.eye(3), "x": np.array([0.5, 1.0, 2.0])}
    found = dr.supports(f, point)
    assert found and found.supported == len(dr.trace(f, point).operations)
    assert str(found) == f"<lambda>: {found.supported} calls, all with a derivative rule"


def test_values_and_branches_are_those_of_the_function():
    seen = []

    def f(x):
        seen.append(float(dr.value(np.sum(x))) if np.sum(x) > 2 else None)
        return x

    dr.supports(f, np.array([1.0, 2.0]))
    assert seen == [3.0]


def test_an_exception_is_part_of_the_answer():
    found = dr.supports(lambda x: np.spacing(x) + {}["key"], 1.0)
    assert found.error == "KeyError: 'key'" and [m.function for m in found.missing] == ["np.spacing"]
    assert str(found).endswith("the run ended early: KeyError: 'key'")


def test_losses_by_methods_are_noted():
    for code, name in ((lambda x: x[0].item(), "item"), (lambda x: x.tolist(), "tolist"), (lambda x: int(x[0]), "int")):
        assert [m.function for m in dr.supports(code, np.ones(2)).missing] == [name]


def test_it_is_data_and_escaped_html():
    found = dr.supports(lambda x: np.spacing(x) < 1, 1.0)
    assert json.loads(json.dumps(found.to_dict()))["missing"][0]["function"] == "np.spacing"
    assert "&lt; 1" in found._repr_html_() and "< 1" not in found._repr_html_()


def test_an_integer_is_taken_for_a_float_and_integers_in_an_array_are_refused():
    assert dr.supports(lambda x: np.sin(x), 1)
    with pytest.raises(dr.InputError, match="an array of integers"):
        dr.supports(lambda x: x, np.array([1]))
