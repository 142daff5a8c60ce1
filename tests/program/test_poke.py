"""One value moved, and the point moved: against closed forms, and against tracing f there."""

import numpy as np
import pytest

import dualrev as dr
from tests.program.programs import PROGRAMS, hsf


def test_the_intermediate_of_the_hsf_tutorial():
    """c += h: 2 (3 + h) (-1), so that the quotient is -2 but for rounding."""
    found = dr.trace(hsf, 1.0, 2.0).poke("c", h=1e-5)
    assert float(found) == found.quotient == -2.0000000000131024 and found.adjoint == -2.0
    assert (found.before, found.after) == (-6.0, -6.00002)
    assert repr(found) == str(found) and "-2.0000000000131024 per unit; the adjoint of c is -2.0" in str(found)


@pytest.mark.parametrize("name", ["baydin", "hsf", "square", "layers", "neurons"])
def test_every_value_agrees_with_its_adjoint(name):
    f, *x = PROGRAMS[name]
    program = dr.trace(f, *x)
    for v in program.values:
        index = "" if v.scalar else f"[{', '.join('0' * np.ndim(v.primal))}]"
        found = program.poke(v.name + index, h=1e-6)
        assert float(found) == pytest.approx(found.adjoint, rel=1e-4, abs=1e-4)


def test_what_does_not_matter_and_another_output():
    program = dr.trace(lambda a, b: (a * a, 3.0 * b), 2.0, 5.0)
    assert float(program.poke("b")) == 0.0 == program.poke("b").adjoint
    assert float(program.poke("b", output=1)) == pytest.approx(3.0)
    assert float(dr.trace(lambda a: 3.0, 2.0).poke("a")) == 0.0


def test_the_program_itself_stays():
    program = dr.trace(lambda W: np.sum(W**2), np.ones((2, 2)))
    program.poke("W[1, 0]")
    assert program["W"].primal.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert program.poke("W[-1, 0]").adjoint == 2.0


def test_the_program_at_another_point():
    program = dr.trace(lambda w, x: (w * x - 3.0) ** 2 + w**2, 1.0, 2.0)
    there = program.at(w=2.0)
    assert there["w"].primal == 2.0 and there.table().rows[0].adjoint == 8.0 and program["w"].primal == 1.0
    assert there.at(x=3).values[1].primal == 3.0


def test_branches_are_taken_anew():
    program = dr.trace(lambda x: x**2 if x > 0 else -x, 1.0)
    assert [v.op for v in program.operations] == ["power"]
    assert [v.op for v in program.at(x=-1.0).operations] == ["negative"]


def test_trees_by_parameter_or_by_leaf():
    program = dr.trace(lambda p: p["a"] * p["b"], {"a": 2.0, "b": 3.0})
    assert program.at({"p['a']": 5.0}).values[-1].primal == 15.0
    assert program.at(p={"a": 1.0, "b": 1.0}).values[-1].primal == 1.0


def refusals():
    program = dr.trace(lambda W: np.sum(W**2), np.ones((2, 2)))
    tape = dr.Tape()
    x = tape.variable(2.0)
    x * x
    yield lambda: program.poke("z"), "no value named 'z'; it has W"
    yield lambda: program.poke("W"), r"W has shape \(2, 2\): name an element, W\[0, 0\]"
    yield lambda: program.poke("W[2, 0]"), r"W has shape \(2, 2\): name an element"
    yield lambda: program.poke("W[0, 0]", h=0), "h=0: the step is a number, and not 0"
    yield lambda: program.at(z=1.0), "no input 'z'; it has W"
    yield (
        lambda: tape.program().at(x=1.0),
        "recorded by hand or comes out of a pickle: trace the function anew",
    )


@pytest.mark.parametrize("k", range(6))
def test_what_is_refused_says_what_to_do(k):
    does, message = list(refusals())[k]
    with pytest.raises(dr.InputError, match=message):
        does()
