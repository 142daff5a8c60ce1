"""What a table says of seeds: outputs by name, zeros where nothing arrives, long sums cut; integers as points."""

import numpy as np
import pytest

import dualrev as dr


def two(x, y):
    return x * y, x + y


def adjoints(program, **options):
    return [row.adjoint for row in program.table("reverse", **options).rows]


def test_an_output_is_chosen_by_its_name():
    program = dr.trace(two, 2.0, 5.0)
    assert adjoints(program, output="v2") == adjoints(program, output=1) == [1.0, 1.0, 0.0, 1.0]
    assert adjoints(program, seed="v1") == [5.0, 2.0, 1.0, 0.0]
    assert {n.name: n.adjoint for n in program.graph(output="v2").nodes}["x"] == "1"
    assert program.steps(output="v2")[-1].adjoints["v1"] == "0"
    assert program.poke("x", output="v1").adjoint == 5.0
    array = dr.trace(lambda x: x * np.array([1.0, 2.0]), 3.0)
    assert adjoints(array, output="v1[1]")[0] == 2.0


@pytest.mark.parametrize(
    ("name", "message"), [("v3", "no output named 'v3'; its outputs are v1, v2"), ("x", "no output named 'x'")]
)
def test_another_name_is_refused(name, message):
    with pytest.raises(dr.InputError, match=message):
        dr.trace(two, 2.0, 5.0).table(output=name)


def test_an_array_is_no_output_without_an_index():
    with pytest.raises(dr.InputError, match=r"the output v1 has shape \(2,\): name an element, as in 'v1\[0\]'"):
        dr.trace(lambda x: x * np.ones(2), 3.0).table(output="v1")


def test_zero_is_written_where_nothing_arrives_and_a_blank_where_it_may_yet():
    assert adjoints(dr.trace(lambda x: 3.0, 2.0)) == [0.0]
    program = dr.trace(two, 2.0, 5.0)
    assert adjoints(program, upto=2) == [None, None, 1.0, None]
    assert str(program.table(output=0)).splitlines()[-1].split()[-1] == "0"


def test_a_long_sum_is_cut():
    program = dr.trace(lambda x: x + x + x + x, 2.0)
    assert program.table().rows[0].total == "1*1 + ... + 1*1 (4 uses)"
    assert dr.trace(lambda x: x + x + x.copy(), 2.0).table().rows[0].total == "1*1 + 1*1 + 1*1"


CALLS = {
    "trace": lambda: dr.trace(two, 2, 5),
    "check": lambda: dr.check(lambda x: x**2, 2),
    "kinks": lambda: dr.kinks(lambda x: abs(x), 2),
    "supports": lambda: dr.supports(two, 2, 5),
    "exercise": lambda: dr.teach.exercise(two, 2, 5),
    "broken": lambda: dr.teach.broken(two, 2, 5, bug="set"),
    "choose_mode": lambda: dr.choose_mode(two, 2, 5),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_point_may_be_an_integer(name):
    assert str(CALLS[name]())
