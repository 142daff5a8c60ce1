"""Predicted seconds of a Jacobian: how they grow, how they rank, and what they are made of."""

from itertools import pairwise

import numpy as np
import pytest

from dualrev import estimates
from dualrev.arguments import Arguments
from dualrev.costs import program_cost
from dualrev.estimates import Estimate, line_cost, product_flops

RNG = np.random.default_rng(3)


def recorded(f, x):
    return Arguments(f, (x,), {}, 0).record()


def estimate_of(f, x):
    recording = recorded(f, x)
    return Estimate(recording.lines, 1, {k for k in recording.indices if k is not None})


def layers(*sizes):
    """A network of tanh layers of these sizes, and its input."""
    weights = [RNG.normal(size=(b, a)) for a, b in pairwise(sizes)]

    def f(x):
        for W in weights:
            x = np.tanh(W @ x)
        return x

    return f, np.ones(sizes[0])


def chain(n, depth):
    def f(x):
        for _ in range(depth):
            x = np.sin(x)
        return x

    return f, np.ones(n)


PROGRAMS = {
    "layers": layers(30, 50, 20),
    "chain": chain(40, 6),
    "sum": (lambda x: np.sum(x * x, axis=0), np.ones((3, 4))),
    "index": (lambda x: x[1:] - x[:-1], np.ones(9)),
    "reshape": (lambda x: np.concatenate([x.reshape(3, 3), x.reshape(3, 3).T]), np.ones(9)),
    "inverse": (lambda x: np.linalg.inv(x), np.eye(4)),
    "solve": (lambda x: np.linalg.solve(np.eye(4) + np.outer(x, x), x), np.ones(4)),
    "scalars": (lambda x: np.array([x[0] * x[1], x[0] + x[2]]), np.ones(3)),
    "constant": (lambda x: np.ones(3), np.ones(3)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_more_directions_never_cost_less(name):
    estimate = estimate_of(*PROGRAMS[name])
    for mode in (estimate.forward, estimate.reverse):
        seconds = [mode(k, k) for k in (1, 2, 5, 50, 500)]
        assert seconds == sorted(seconds) and seconds[0] > 0 and np.isfinite(seconds[-1])
        assert (mode(5, 5, sweeps=2) > mode(5, 5)) == (name != "constant")


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "constant"])
def test_forward_grows_with_inputs_and_reverse_with_outputs(name):
    estimate = estimate_of(*PROGRAMS[name])
    of_inputs = estimate.forward(20, 10) - estimate.forward(10, 10)
    of_outputs = estimate.forward(10, 20) - estimate.forward(10, 10)
    assert of_inputs > of_outputs > 0  # an output costs its column of the result, an input a whole sweep besides
    of_inputs = estimate.reverse(20, 10) - estimate.reverse(10, 10)
    of_outputs = estimate.reverse(10, 20) - estimate.reverse(10, 10)
    assert of_outputs > of_inputs > 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_directions_cost_the_same_each(name):
    estimate = estimate_of(*PROGRAMS[name])
    for mode in (lambda k: estimate.forward(k, 0), lambda k: estimate.reverse(0, k)):
        assert mode(9) - mode(5) == pytest.approx(mode(5) - mode(1), rel=1e-6, abs=1e-18)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [(chain(40, 6), chain(40, 7)), (chain(40, 6), chain(80, 6)), (layers(30, 50, 20), layers(30, 60, 20))],
)
def test_longer_and_wider_programs_cost_more(shorter, longer):
    a, b = estimate_of(*shorter), estimate_of(*longer)
    assert a.forward(5, 5) < b.forward(5, 5) and a.reverse(5, 5) < b.reverse(5, 5)


@pytest.mark.parametrize(
    "sizes",
    [(100, 400), (400, 100), (784, 64, 10), (10, 64, 784), (300, 300, 30), (30, 300, 300), (200, 400, 300, 50)],
)
def test_the_ranking_is_that_of_the_counted_flops_where_they_differ_much(sizes):
    f, x = layers(*sizes)
    recording, n, m = recorded(f, x), sizes[0], sizes[-1]
    cost, estimate = program_cost(recording.lines, 1, recording.indices), estimate_of(f, x)
    counted = cost.forward(n) / cost.reverse(m)
    assert counted > 2 or counted < 1 / 2
    assert (estimate.forward(n, m) > estimate.reverse(n, m)) == (counted > 1)


def test_a_product_through_a_narrow_waist_is_cheaper_and_through_a_wide_one_is_not():
    A, B = np.ones((2, 300)), np.ones((300, 2))
    f, x = (lambda x: np.sin(B @ (A @ np.cos(x)))), np.ones(300)
    estimate = estimate_of(f, x)
    pure = min(estimate.forward(300, 300), estimate.reverse(300, 300))
    assert estimate.mixed([2], 2, 300, 300) < pure / 2  # lines: x, cos, A @, B @, sin
    assert estimate.mixed([1], 300, 300, 300) > pure
    widths = [estimate.mixed([2], w, 300, 300) for w in (1, 2, 10, 100)]
    assert widths == sorted(widths)


@pytest.mark.parametrize(("before", "after"), [(4, 1), (1, 4)])
def test_mixed_mode_pays_for_what_lies_on_either_side(before, after):
    """So much for an operation more, and that much again for every number of the waist."""

    def through(before, after):
        def f(x):
            for _ in range(before):
                x = np.sin(x)
            y = np.sum(x) * np.ones(1000)
            for _ in range(after):
                y = np.sin(y)
            return y

        return estimate_of(f, np.ones(1000)), [before + 1]

    (short, cut), (deep, deeper) = through(1, 1), through(before, after)
    more = [deep.mixed(deeper, w, 1000, 1000) - short.mixed(cut, w, 1000, 1000) for w in (1, 11)]
    assert more[0] > 0
    assert more[1] - more[0] == pytest.approx(10 * 3 * 1000 * estimates.ELEMENT, rel=0.5)


def test_reverse_mode_does_not_pay_for_what_no_output_needs():
    def f(x):
        np.tanh(x @ np.ones((50, 50)))
        return np.sin(x)

    x = np.ones(50)
    with_more, without = estimate_of(f, x), estimate_of(np.sin, x)
    per_cotangent = [e.reverse(0, 20) - e.reverse(0, 10) for e in (with_more, without)]
    per_direction = [e.forward(20, 0) - e.forward(10, 0) for e in (with_more, without)]
    assert per_cotangent[0] == pytest.approx(per_cotangent[1], rel=1e-9)
    assert per_direction[0] > 2 * per_direction[1]


def test_a_program_without_operations_costs_a_call():
    assert estimate_of(lambda x: np.ones(3), np.ones(3)).reverse(0, 0) == estimates.CALL
    assert estimate_of(lambda x: x, np.ones(3)).forward(0, 0) == estimates.CALL


# ---- one line --------------------------------------------------------------------------------------------------------


def of_line(f, x):
    """(once, per tangent, per cotangent) of the last line that f records."""
    return line_cost(recorded(f, x).lines[-1])


def test_an_elementwise_op_forms_one_partial_for_each_factor_that_varies():
    x = np.ones(100)
    once = lambda f: of_line(f, x)[0] / (100 * estimates.SHARED)
    assert [round(once(f), 9) for f in (np.sin, lambda x: x * 2.0, lambda x: x * x, lambda x: x + 1.0)] == [1, 1, 2, 0]


def test_adding_a_constant_is_free_in_forward_mode():
    assert of_line(lambda x: x + 1.0, np.ones(100))[1] == 0.0
    assert of_line(lambda x: x + x, np.ones(100))[1] == 100 * estimates.ELEMENT


def test_what_was_broadcast_is_summed_on_the_way_back():
    """x of one row to ten: its cotangent is a sum of ten times as many elements."""
    narrow = of_line(lambda x: x * np.ones((10, 100)), np.ones(100))
    full = of_line(lambda x: x * np.ones((10, 100)), np.ones((10, 100)))
    assert narrow[1] == full[1]
    assert narrow[2] - full[2] == pytest.approx(1000 * estimates.ELEMENT)


def test_indexing_is_a_view_on_the_way_there_and_a_buffer_on_the_way_back():
    once, tangent, cotangent = of_line(lambda x: x[:1], np.ones(1000))
    assert once == tangent == 0.0
    assert cotangent == pytest.approx(501 * estimates.MOVED)


def test_a_reduction_reads_all_that_it_reduces():
    assert of_line(lambda x: np.sum(x), np.ones(100))[1:] == (200 * estimates.ELEMENT, 100 * estimates.ELEMENT)


@pytest.mark.parametrize(("m", "k", "n"), [(2, 3, 5), (7, 7, 7), (40, 1, 9), (1, 300, 1)])
def test_the_flops_of_a_product_of_matrices(m, k, n):
    assert product_flops(m * n, [m * k, k * n]) == pytest.approx(2 * m * k * n)


def test_a_product_of_matrices_costs_its_flops_once_and_for_each_direction():
    A = np.ones((20, 30))
    once, tangent, cotangent = of_line(lambda x: A @ x, np.ones(30))
    assert once == pytest.approx(2 * 20 * 30 * estimates.FLOP)
    assert tangent == cotangent == pytest.approx(once + 50 * estimates.MOVED)
