"""Counted flops of whole programs: against counts by hand, and against a run on arrays that count."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.costs import ProgramCost, program_cost
from dualrev.kinds import parts
from dualrev.registry import Call
from dualrev.reverse.vjp import Recording
from tests.costs.counting import counted, counting, ready

rng = np.random.default_rng(0)


def recorded(f, *xs):
    return Recording(f, xs, [(lambda leaves: leaves[0], 1)] * len(xs))


def cost_of(f, *xs):
    recording = recorded(f, *xs)
    return program_cost(recording.lines, len(xs), recording.indices)


# ---- programs, and their flops by hand: of f, of J v and of J^T w ----------------------------------------------------


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


BAYDIN = (
    5,
    1 + 3 + 1 + (1 + 1) + 1,  # log, product, sum, sine, difference
    1 + (1 + 1) + 2 + 1 + (1 + 1),  # difference, sine, product, log; and x1 and x2 are used twice
)

batch, d, h, o = 40, 20, 30, 10
X, Y = rng.standard_normal((batch, d)), rng.standard_normal((batch, o))


def mlp(W1, b1, W2, b2):
    return np.sum((np.tanh(X @ W1 + b1) @ W2 + b2 - Y) ** 2)


WEIGHTS = [0.1 * rng.standard_normal(s) for s in ((d, h), h, (h, o), o)]  # no tanh is so flat that 1 - y**2 cancels
MLP = (
    2 * batch * d * h + 2 * batch * h + 2 * batch * h * o + 3 * batch * o + batch * o - 1,
    2 * batch * d * h + batch * h + 3 * batch * h + 2 * (2 * batch * h * o) + 5 * batch * o - 1,
    2 * batch * o + (batch - 1) * o + 2 * (2 * batch * h * o) + 3 * batch * h + (batch - 1) * h + 2 * batch * d * h,
)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


m = 99
ROSENBROCK = (
    7 * m + m - 1,
    2 * m + m + 2 * m + m + m + 2 * m + m + m - 1,
    2 * (2 * m) + m + m + m + 2 * m + 3 * m,
)

A, b = rng.standard_normal((60, 20)), rng.standard_normal(60)


def residual(x):
    return np.linalg.norm(A @ x - b)


RESIDUAL = (2 * 60 * 20 + 60 + 2 * 60, 2 * 60 * 20 + 60 + 60 + 59, 60 + 60 + 2 * 60 * 20)

PROGRAMS = {
    "baydin": (baydin, (np.array(2.0), np.array(5.0)), BAYDIN),
    "mlp": (mlp, WEIGHTS, MLP),
    "rosenbrock": (rosenbrock, (np.linspace(0.5, 1.5, 100),), ROSENBROCK),
    "residual": (residual, (rng.standard_normal(20),), RESIDUAL),
}
each_program = pytest.mark.parametrize("name", PROGRAMS)


@each_program
def test_within_one_percent_of_hand_counts(name):
    f, xs, (value, tangent, cotangent) = PROGRAMS[name]
    cost = cost_of(f, *xs)
    assert cost.value == value
    assert cost.forward(1) == pytest.approx(value + tangent, rel=0.01)
    assert cost.reverse(1) == pytest.approx(value + cotangent, rel=0.01)


def pushed(recording, K):
    """The flops of one forward sweep with K tangents, counted as it runs."""
    tangents = [counting(np.ones((K, *np.shape(x)))) for x in recording.leaves]
    return counted(lambda: recording.push(tangents, (K,)))


def pulled(recording, K):
    """The flops of one sweep back with K cotangents, counted as it runs."""
    return counted(lambda: recording.pull([counting(np.ones((K, *np.shape(y)))) for y in recording.values], (K,)))


def readied(recording):
    """The recording with arrays that count on its lines."""
    recording.lines = [
        line if line[0] is None else ready(Call.read(line)).line(parts(line)[0]) for line in recording.lines
    ]
    return recording


def shared_uses(x):
    u = np.exp(x)
    return u * u + np.sum(u) * x - u


@pytest.mark.parametrize("K", [1, 3])
@pytest.mark.parametrize(
    ("f", "xs"),
    [(f, xs) for name, (f, xs, _) in PROGRAMS.items() if name != "rosenbrock"] + [(shared_uses, (np.ones(7),))],
)  # an array that counts takes another way through the transpose of indexing
def test_counts_are_what_a_run_does(f, xs, K):
    cost, recording = cost_of(f, *xs), readied(recorded(f, *xs))
    assert cost.forward(K) - cost.value == pushed(recording, K)
    assert cost.reverse(K) - cost.value == pulled(recording, K)


# ---- what the counts say ---------------------------------------------------------------------------------------------


@each_program
def test_a_gradient_costs_at_most_five_functions(name):
    f, xs, _ = PROGRAMS[name]
    assert 1 <= cost_of(f, *xs).cheap_gradient_ratio <= 5


@each_program
def test_counts_are_linear_in_the_directions(name):
    f, xs, _ = PROGRAMS[name]
    cost = cost_of(f, *xs)
    for count in (cost.forward, cost.reverse, cost.forward_bytes, cost.reverse_bytes, cost.peak_forward):
        assert count(9) - count(6) == count(6) - count(3) > 0


def test_only_what_an_output_depends_on_is_pulled():
    def f(x):
        np.exp(np.exp(x))
        return np.sin(x)

    cost = cost_of(f, np.ones(10))
    assert (cost.value, cost.reverse(1) - cost.value, cost.forward(1) - cost.value) == (30, 10 + 10, 3 * 10 + 10)


def test_without_operations_nothing_is_counted():
    cost = cost_of(lambda x: x, np.ones(3))
    assert (cost.value, cost.forward(2), cost.reverse(2), cost.tape_bytes) == (0, 0, 0, 24)
    assert np.isnan(cost.cheap_gradient_ratio)
    constant = cost_of(lambda x: (np.exp(x), 1.0)[1], np.ones(3))
    assert (constant.value, constant.reverse(1)) == (3, 3)


def test_rows_add_up_to_the_program():
    cost = cost_of(mlp, *WEIGHTS)
    assert [row.op for row in cost.rows][:3] == ["np.matmul", "np.add", "np.tanh"]
    assert [row.line for row in cost.rows] == list(range(4, 4 + len(cost.rows)))
    assert sum(row.value for row in cost.rows) == cost.value
    assert cost.value + sum(row.push(3) for row in cost.rows) == cost.forward(3)
    assert cost.value + sum(row.pull(3) for row in cost.rows) == cost.reverse(3)


def test_mixed_mode_is_its_three_pieces():
    B, C, x = rng.standard_normal((2, 50)), rng.standard_normal((40, 2)), rng.standard_normal(50)
    into, out_of = lambda x: B @ np.cos(x), lambda w: np.exp(C @ w)
    cost = cost_of(lambda x: out_of(into(x)), x)
    first, second = cost_of(into, x), cost_of(out_of, into(x))
    (waist,) = [row.line for row in cost.rows if row.op == "np.matmul"][:1]
    back, on, product = first.reverse(2) - first.value, second.forward(2) - second.value, 2 * 40 * 2 * 50
    assert cost.mixed([waist], 2) == cost.value + back + on + product
    assert cost.mixed([waist], 2) < min(cost.forward(50), cost.reverse(40))


def test_a_program_of_a_thousand_lines_is_read_once_and_no_op_is_run(monkeypatch):
    def f(x):
        for _ in range(500):
            x = np.sin(x) + 1.0
        return x

    recording = recorded(f, np.ones(3))
    monkeypatch.setattr(np, "sin", None)
    cost = program_cost(recording.lines, 1, recording.indices)
    assert isinstance(cost, ProgramCost)
    assert (cost.value, cost.tape_bytes) == (1000 * 3, 1001 * 24)


def test_the_public_trace_has_the_same_counts():
    program = dr.trace(mlp, *WEIGHTS).cost()
    cost = cost_of(mlp, *WEIGHTS)
    assert (program.value, program.forward, program.reverse) == (cost.value, cost.forward(), cost.reverse())
