"""Counted flops of single ops against counts by hand, for a value, K tangents and K cotangents."""

import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.costs import PerSweep, call_cost, program_cost, pull_flops, push_flops
from dualrev.registry import OPS
from dualrev.reverse.node import Node, calls
from dualrev.reverse.vjp import Recording

K = 5


def only_call(f, *shapes):
    """The one op that f records on arrays of these shapes, all of them inputs."""
    xs = [np.eye(*s) + 1.5 if len(s) == 2 and s[0] == s[1] else np.full(s, 1.5) for s in shapes]
    ((_, call),) = calls(Recording(f, xs, [(lambda leaves: leaves[0], 1)] * len(xs)).lines)
    return call


n, m, k = 4, 3, 2
y, z = (n, m), (m,)

HAND = [
    # what, shapes, value, once, each tangent, each cotangent
    ("negative", lambda x: -x, [y], n * m, 0, n * m, n * m),
    ("exp", np.exp, [y], n * m, 0, n * m, n * m),
    ("sin", np.sin, [y], n * m, n * m, n * m, n * m),
    ("sqrt", np.sqrt, [y], n * m, n * m, n * m, n * m),
    ("log", np.log, [y], n * m, 0, n * m, n * m),
    ("square", np.square, [y], n * m, n * m, n * m, n * m),
    ("tan", np.tan, [y], n * m, 2 * n * m, n * m, n * m),
    ("add", np.add, [y, z], n * m, 0, n * m, n * m - m),
    ("subtract", np.subtract, [y, z], n * m, 0, n * m, n * m + n * m - m),
    ("multiply", np.multiply, [y, z], n * m, 0, 2 * n * m + n * m, n * m + n * m + n * m - m),
    ("divide", np.divide, [y, y], n * m, n * m + 2 * n * m, 2 * n * m + n * m, 2 * n * m),
    ("power 3", lambda x: x**3, [y], n * m, 2 * n * m, n * m, n * m),
    ("power 2", lambda x: x**2, [y], n * m, n * m, n * m, n * m),
    ("power", np.power, [y, y], n * m, 3 * n * m + 2 * n * m, 2 * n * m + n * m, 2 * n * m),
    ("maximum", np.maximum, [y, y], n * m, 2 * (2 * n * m), 2 * n * m + n * m, 2 * n * m),
    ("matmul", np.matmul, [(n, m), (m, k)], 2 * n * m * k, 0, 2 * (2 * n * m * k) + n * k, 2 * (2 * n * m * k)),
    ("matvec", np.matmul, [(n, m), (m,)], 2 * n * m, 0, 2 * (2 * n * m) + n, n * m + 2 * n * m),
    ("dot", np.dot, [(n,), (n,)], 2 * n, 0, 2 * (2 * n) + 1, 2 * n),
    ("einsum", lambda A, B: np.einsum("ij,kj->ik", A, B), [(n, m), (k, m)],
        2 * n * m * k, 0, 2 * (2 * n * m * k) + n * k, 2 * (2 * n * m * k)),
    ("einsum of three", lambda A, x, B: np.einsum("ij,j,jk->ik", A, x, B), [(n, m), (m,), (m, k)],
        3 * n * m * k, 0, 3 * (3 * n * m * k) + 2 * n * k, 3 * (3 * n * m * k)),
    ("einsum, nothing summed", lambda x, y: np.einsum("i,j->ij", x, y), [(n,), (m,)],
        n * m, 0, 2 * n * m + n * m, 2 * (2 * n * m)),
    ("sum", np.sum, [y], n * m - 1, 0, n * m - 1, 0),
    ("sum of rows", lambda x: np.sum(x, axis=1), [y], n * (m - 1), 0, n * (m - 1), 0),
    ("mean of columns", lambda x: np.mean(x, axis=0), [y], m * (n - 1) + m, 0, n * m + m * (n - 1), n * m),
    ("max of rows", lambda x: np.max(x, axis=1), [y], n * (m - 1), n * m, n * m + n * (m - 1), n * m),
    ("prod", np.prod, [z], m - 1, m + 1, m + m - 1, m),
    ("cumsum", np.cumsum, [z], m - 1, 0, m - 1, m - 1),
    ("solve", np.linalg.solve, [(n, n), (n, k)], 2 / 3 * n**3 + 2 * n**2 * k, 0,
        (2 * n**2 * k + 2 / 3 * n**3 + 2 * n**2 * k + n * k) + (2 / 3 * n**3 + 2 * n**2 * k) + n * k,
        (2 / 3 * n**3 + 2 * n**2 * k + n * k + 2 * n**2 * k) + (2 / 3 * n**3 + 2 * n**2 * k)),
    ("inv", np.linalg.inv, [(n, n)], 2 * n**3, n**2, 2 * (2 * n**3), 2 * (2 * n**3)),
    ("concatenate", lambda x, y: np.concatenate([x, y]), [z, z], 0, 0, 0, 0),
    ("getitem", lambda x: x[1:], [y], 0, 0, 0, (n - 1) * m),
    ("reshape", lambda x: np.reshape(x, (m, n)), [y], 0, 0, 0, 0),
    ("where", lambda x, y: np.where(np.array([True, False, True]), x, y), [z, z], 0, 0, m, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "shapes", "value", "once", "tangent", "cotangent"), [h[1:] for h in HAND], ids=[h[0] for h in HAND]
)
def test_counts_by_hand(f, shapes, value, once, tangent, cotangent):
    call = only_call(f, *shapes)
    recorded = 2 * (2 * n**3) if call.op.name == "np.linalg.inv" else 0  # the way back of inv records a push first
    assert call_cost(call).value == pytest.approx(value)
    assert push_flops(call, K) == pytest.approx(once + K * tangent)
    assert pull_flops(call, K) == pytest.approx(once + recorded + K * cotangent)


def test_a_constant_argument_has_no_derivative():
    call = only_call(np.matmul, (n, m), (m, k))
    assert push_flops(call, K, [True, False]) == pull_flops(call, K, [False, True]) == K * 2 * n * m * k
    assert push_flops(only_call(lambda x: x * 2.0, y), K) == K * n * m
    for f in (np.add, np.multiply, np.matmul):
        assert call_cost(only_call(f, (n, n), (n, n)), [False, False])[1:3] == (PerSweep(0, 0), PerSweep(0, 0))


def test_what_is_shared_is_counted_once():
    assert PerSweep(shared=10, each=3)(7) == 10 + 7 * 3
    cost = call_cost(only_call(np.sin, y))
    assert cost.push == cost.pull == PerSweep(n * m, n * m)


def test_the_same_op_with_another_exponent_or_index_is_counted_anew():
    for exponent, once in ((2, 1), (3, 2), (0, 0), (2, 1), (np.float64(2.5), 2 + 1 / n)):
        cost = program_cost(Recording(lambda x: x**exponent, [np.full(n, 2.0)], [(lambda a: a[0], 1)]).lines, 1, [1])
        assert cost.push.shared == once * n
    for stop in (2, 3):
        lines = Recording(lambda x: x[:stop], [np.full(n, 2.0)], [(lambda a: a[0], 1)]).lines
        assert program_cost(lines, 1, [1]).pull.each == stop


def test_a_users_own_op_counts_one_flop_per_element():
    softplus = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(-x)))
    cost = call_cost(only_call(softplus, y))
    assert (cost.value, cost.push(1), cost.known) == (n * m, 4 * n * m + n * m, False)

    @dr.custom.linear(lambda x: x[::-1] + 0.0)
    def flipped(out, x, /):
        return (lambda dx: dx[..., ::-1]), (lambda ct: ct[..., ::-1])

    cost = call_cost(only_call(flipped, z))
    assert (cost.value, cost.push(1), cost.pull(1), cost.known) == (m, m, m, False)


def test_a_partial_that_runs_on_plain_numbers_only_counts_one_flop_per_element(monkeypatch):
    dr.custom.elementwise(sc.zetac, lambda y, x: -sc.j1(np.asarray(x, float)))
    monkeypatch.setitem(OPS, sc.zetac, OPS.pop(sc.zetac))  # and taken out again
    monkeypatch.setattr(Node, "fast", {})  # which else would go on with the rule
    cost = call_cost(only_call(lambda x: sc.zetac(x), z))
    assert (cost.value, cost.push(1), cost.known) == (m, m + m, False)
