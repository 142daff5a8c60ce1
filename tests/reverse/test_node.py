"""Nodes and the tape they write: one line per op, in the order computed."""

import operator

import numpy as np
import pytest

import dualrev as dr
from dualrev.forward.dual import Dual
from dualrev.reverse.node import CLOSED, Node, Tape, calls

A = np.array([2.0, 3.0])


@pytest.fixture
def tape():
    return Tape()


def program(tape):
    return [(k, call.op.name, call.parents) for k, call in calls(tape.lines)]


BINARY = {
    "np.add": operator.add, "np.subtract": operator.sub, "np.multiply": operator.mul, "np.divide": operator.truediv,
    "np.power": operator.pow, "np.remainder": operator.mod,
}  # fmt: skip


@pytest.mark.parametrize("name", BINARY)
def test_an_operator_writes_one_line_with_its_parents(name, tape):
    apply = BINARY[name]
    x, y = tape.input(2.0), tape.input(A)
    assert [apply(x, y).index, apply(x, 3.0).index, apply(3.0, y).index, apply(A, x).index] == [2, 3, 4, 5]
    assert program(tape) == [(2, name, (0, 1)), (3, name, (0, -1)), (4, name, (-1, 1)), (5, name, (-1, 0))]
    for k, (left, right) in enumerate([(2.0, A), (2.0, 3.0), (3.0, A), (A, 2.0)], start=2):
        np.testing.assert_array_equal(tape.lines[k][-1], apply(left, right))


def test_inputs_are_the_first_lines(tape):
    nodes = [tape.input(v) for v in (1.0, A, 2.0)]
    assert [node.index for node in nodes] == [0, 1, 2]
    assert tape.lines == [(None, 1.0), (None, A), (None, 2.0)]
    assert calls(tape.lines) == []


def test_every_form_of_a_call_lands_on_the_tape(tape):
    x = tape.input(A)
    np.exp(x), -x, x[0], x.sum(), np.sum(x, axis=0), x.T, x @ A, np.where(A > 2, x, 0.0), np.concatenate([x, x, A])
    names = [name.removeprefix("np.") for _, name, _ in program(tape)]
    assert names == "exp negative getitem sum sum transpose matmul where concatenate".split()
    assert program(tape)[-1][2] == (0, 0, -1)


def test_what_has_no_derivative_leaves_no_line(tape):
    x = tape.input(A)
    assert type(x > 2.5) is np.ndarray and type(np.floor(x)) is np.ndarray and np.argmax(x) == 1
    assert (np.sign(x) == 1).all() and np.isfinite(x).all() and bool(x[0] < x[1])
    assert [name for _, name, _ in program(tape)] == ["getitem", "getitem"]


def test_an_unused_result_is_recorded_and_costs_no_pull(tape):
    """The tape is the program, also of what the result does not need; the way back skips it."""
    x = tape.input(1.0)
    with np.errstate(divide="ignore"):
        np.log(x - x)  # its slope is 1 / 0
        assert dr.grad(lambda x: (np.log(x - x), x * 2)[1])(1.0) == 2.0
    assert [name for _, name, _ in program(tape)] == ["np.subtract", "np.log"]


def test_numbers_of_numpy_on_the_left_are_constants(tape):
    x = tape.input(2.0)
    for number in (np.float64(3), np.float32(3), np.int64(3), np.bool_(True), np.array(3.0), 3, True):
        assert (number * x).primal == number * 2.0
        assert calls(tape.lines)[-1][1].parents == (-1, 0)


def test_a_newer_tape_writes_what_mixes_levels(tape):
    new = Tape()
    x = tape.input(2.0)
    y = new.input(x)
    z = x * y
    assert z.sweep is new and z.primal.sweep is tape
    assert program(new) == [(1, "np.multiply", (-1, 0))]
    assert program(tape) == [(1, "np.multiply", (0, 0))]


def test_a_node_of_another_tape_is_a_constant_of_this_one(tape):
    """Two transformations that are not nested in each other: the newer one handles the op, and keeps the older node."""
    other = Tape()
    a, b = tape.input(2.0), other.input(3.0)
    c = a + b
    assert c.sweep is other and type(c.primal) is Node and c.primal.sweep is tape


def test_levels_grow():
    levels = [Tape().level for _ in range(3)]
    assert levels == sorted(levels) and len(set(levels)) == 3


def test_a_closed_tape_hands_its_lines_over_and_refuses_more(tape):
    x = tape.input(A)
    y = np.exp(x)
    lines = tape.close()
    assert len(lines) == 2 and tape.lines is CLOSED and tape.ended
    uses = [lambda: y + 1, lambda: 1 - x, lambda: x * x, lambda: -x, lambda: np.exp(x), lambda: x.sum(), lambda: x[0],
            lambda: x.reshape(2, 1), lambda: np.concatenate([x, x]), lambda: x @ x, lambda: np.array(x),
            lambda: tape.input(1.0),
            lambda: np.where(True, x, 0.0), lambda: list(x)]  # fmt: skip
    for use in uses:
        with pytest.raises(dr.EscapedTracerError, match=r"return it from the function, or keep dr.value"):
            use()
    assert len(lines) == 2


def test_a_dual_under_a_node_and_a_node_under_a_dual():
    kinds = []
    dr.jvp(lambda x: dr.grad(lambda y: kinds.append((type(y), type(y.primal))) or y * x)(x), (2.0,), (1.0,))
    dr.grad(lambda x: dr.jvp(lambda y: kinds.append((type(y), type(y.primal))) or y * x, (x,), (1.0,))[1])(2.0)
    assert kinds == [(Node, Dual), (Dual, Node)]


def test_a_node_shows_its_line_and_value(tape):
    x = tape.input(2.0)
    assert repr(x * 3.0) == "Node(v1 = 6.0)"
