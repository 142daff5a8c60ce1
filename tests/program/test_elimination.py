"""Elimination orders: counts by hand and by a simulation of its own, Jacobians by the complex step."""

import json
from copy import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dualrev as dr
from dualrev.program.accumulation import Accumulation, accumulate
from dualrev.program.elimination import elimination_of
from dualrev.program.elimination_orders import degrees
from dualrev.program.linearized import linearized
from dualrev.program.program import trace


def multiplications(f, *x, **options):
    return {row.name: row.multiplications for row in elimination_of(trace(f, *x), **options).rows}


def complex_step(f, x):
    """The Jacobian of f: R^n -> R^m, column by column."""
    x = np.asarray(x, float)
    steps = 1e-200j * np.eye(x.size)
    return np.stack([np.imag(f((x.ravel() + step).reshape(x.shape))) / 1e-200 for step in steps], axis=-1)


# ---- known graphs, counted by hand -----------------------------------------------------------------------------------


def test_the_function_of_the_survey():
    """ln x1: 1, x1 x2: 2, their sum has two inputs: 2, sin x2: 1; in any order."""
    found = elimination_of(trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0))
    assert [row.multiplications for row in found.rows] == [6] * 5
    assert found["forward"].order == ("v1", "v2", "v3", "v4") and found["reverse"].order == ("v4", "v3", "v2", "v1")
    assert (found.vertices, found.edges, found.inputs, found.outputs) == (4, 8, ["x1", "x2"], ["v5"])
    assert "both modes are as good as the optimum" in str(found)
    for row in found.rows:
        np.testing.assert_allclose(row.jacobian, [[5.5, 2 - np.cos(5.0)]], rtol=1e-15)


def neither(x):
    """Naumann, Jacobians, Graphs, Combinatorics (slides): t = x0 sin(x0 x1), y0 = cos t, y1 = t / x1."""
    t = x[0] * np.sin(x[0] * x[1])
    return np.array([np.cos(t), t / x[1]])


def test_an_order_that_beats_both_modes():
    """Forward: 2 * 1 + 2 * 1 + 2 * 2. Reverse: 2 * 2 + 1 * 2 + 2 * 2. The sine first: 1 * 1 + 2 * 1 + 2 * 2."""
    found = elimination_of(trace(neither, np.array([1.0, 2.0])))
    assert {row.name: row.multiplications for row in found.rows} == {
        "forward": 8,
        "reverse": 10,
        "Markowitz": 7,
        "Markowitz, last first": 7,
        "optimum": 7,
    }
    assert found.best.order == ("v4", "v3", "t") and found.optimum.multiplications == 7
    assert found.verdict() == "neither mode is best: forward takes 8, reverse 10, the optimum 7"


@pytest.mark.parametrize("n", [4, 5, 9])
def test_the_product_of_speelpenning(n):
    """Forward: 2 + 3 + ... + (n-1). Reverse: 2 for each of n-2 partial products."""

    def product(x):
        y = x[0]
        for i in range(1, n):
            y = y * x[i]
        return y

    found = multiplications(product, np.linspace(1.1, 1.9, n))
    assert (found["forward"], found["reverse"]) == (n * (n - 1) // 2 - 1, 2 * (n - 2))
    assert found["optimum"] == found["reverse"]


def test_greedy_is_not_always_best_and_its_ties_matter():
    """All three partial products cost 2; once the first is gone the second costs 3: 2 + 2 + 3 in place of 2 + 2 + 2."""
    found = elimination_of(trace(lambda a, b, c, d, e: a * b * c * d * e, 1.1, 1.2, 1.3, 1.4, 1.5))
    assert found["Markowitz"].order == ("v1", "v3", "v2") and found["Markowitz"].multiplications == 7
    last = found["Markowitz, last first"]
    assert last.order == ("v3", "v2", "v1") and last.multiplications == 6 == found.optimum.multiplications


def test_one_input_and_many_outputs_want_forward_order():
    """Outputs that are used further stay: forward 1 + 1 + 1, reverse 1 + 2 + 3."""

    def f(x):
        values = [np.sin(x)]
        for _ in range(3):
            values.append(np.sin(values[-1]))
        return np.array(values)

    found = elimination_of(trace(f, 0.5))
    assert [found[name].multiplications for name in ("forward", "reverse", "optimum")] == [3, 6, 3]
    assert (found.vertices, found.edges) == (3, 4)


def hourglass(x):
    return np.sin(np.sum(np.sin(x)) * np.arange(1.0, 5.0))


def test_a_waist_is_met_from_both_sides():
    """4 sines, their sum, 4 multiples, 4 sines. Forward 4 + 4*4 + 4*4, reverse the same, the optimum 4 + 4 + 4*4."""
    found = multiplications(hourglass, np.array([0.1, 0.2, 0.3, 0.4]))
    assert (found["forward"], found["reverse"], found["Markowitz"], found["optimum"]) == (36, 36, 24, 24)


def butterfly(x):
    """The graph of a fast Fourier transform of 8 numbers: three layers, each vertex has two parents."""
    values = [x[i] for i in range(8)]
    for bit in (1, 2, 4):
        values = [values[i] * values[i ^ bit] for i in range(8)]
    return np.array(values)


def test_a_butterfly():
    """Layer 1: 8 * 2 * 2 either way, then layer 2: 8 * 4 * 2; no order does better."""
    found = elimination_of(trace(butterfly, np.linspace(0.8, 1.5, 8)))
    assert found.vertices == 16 and found.edges == 48
    assert [found[name].multiplications for name in ("forward", "reverse", "optimum")] == [96, 96, 96]
    np.testing.assert_allclose(found.optimum.jacobian, complex_step(butterfly, np.linspace(0.8, 1.5, 8)), rtol=1e-14)


def test_ones_may_cost_nothing():
    """In the survey's function every intermediate value goes into a sum or a difference; `neither` has none of them."""
    survey = multiplications(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0, skip_ones=True)
    assert set(survey.values()) == {0}
    assert multiplications(neither, np.array([1.0, 2.0]), skip_ones=True) == multiplications(neither, np.ones(2))
    doubled = multiplications(lambda x: np.sin(np.cos(x) + np.cos(x)), 1.0, skip_ones=True)
    assert doubled["forward"] == 1 and doubled["reverse"] == 2  # the sum of both cosines once, or each by itself


# ---- random graphs, against a simulation -----------------------------------------------------------------------------

OPERATIONS = [lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b, lambda a, b: np.sin(a)]
INPUTS = 3


@st.composite
def programs(draw, most=6):
    """One (operation, argument, argument) per line, of earlier values; then the values returned."""
    length = draw(st.integers(2, most + 1))
    lines = [(draw(st.integers(0, 3)), *draw(st.tuples(*[st.integers(0, k + 2)] * 2))) for k in range(length)]
    returned = draw(st.lists(st.integers(0, length + 2), min_size=1, max_size=3))
    return lines, returned + [length + 2]


def run(program, x):
    lines, returned = program
    values = [x[i] for i in range(INPUTS)]
    for op, i, j in lines:
        values.append(OPERATIONS[op](values[i], values[j]))
    return np.array([values[k] for k in returned])


class Simulation:
    """Vertex elimination on sets of edges, from the text of a program; each edge knows if it is a one."""

    def __init__(self, program, skip_ones):
        lines, returned = program
        self.skip_ones = skip_ones
        self.edges = {}
        for k, (op, *arguments) in enumerate(lines):
            arguments = arguments[:1] if op == 3 else arguments
            for i in arguments:
                self.edges[i, k + INPUTS] = op in (1, 2) and arguments.count(i) == 1
        for k in returned:
            self.edges[k, ("copy", k)] = True
        while True:
            inside = {a for a, _ in self.edges} | {b for _, b in self.edges if isinstance(b, tuple)}
            reached = {b for _, b in self.edges} | set(range(INPUTS))
            kept = {e: one for e, one in self.edges.items() if e[1] in inside and e[0] in reached}
            if len(kept) == len(self.edges):
                break
            self.edges = kept
        self.last = {k for k in returned if not any(a == k and isinstance(b, int) for a, b in self.edges)}
        self.vertices = sorted({b for _, b in self.edges if isinstance(b, int)} - self.last)
        self.multiplications = self.additions = 0

    def pairs(self, v):
        after = [j for u, j in self.edges if u == v]
        return [(i, j) for i, w in self.edges if w == v for j in after]

    def cost(self, v):
        """Pairs of edges to multiply: not with the copy of v, which is v itself, nor with ones if they are skipped."""
        pairs = [(i, j) for i, j in self.pairs(v) if j != ("copy", v)]
        if self.skip_ones:
            pairs = [(i, j) for i, j in pairs if not (self.edges[i, v] or self.edges[v, j])]
        return len(pairs)

    def eliminate(self, v):
        self.multiplications += self.cost(v)
        self.edges = dict(self.edges)
        for i, j in self.pairs(v):
            self.additions += (i, j) in self.edges
            self.edges[i, j] = (i, j) not in self.edges and self.edges[i, v] and self.edges[v, j]
        self.edges = {e: one for e, one in self.edges.items() if v not in e}


def cheapest(simulation, waiting):
    """The fewest multiplications over all permutations of the vertices, one by one."""
    found = []
    for v in waiting:
        after = copy(simulation)
        after.eliminate(v)
        found.append(cheapest(after, waiting - {v}))
    return min(found, default=simulation.multiplications)


def simulated(program, order, skip_ones):
    simulation = Simulation(program, skip_ones)
    for v in order:
        simulation.eliminate(v)
    return simulation


@settings(max_examples=60)
@given(programs(), st.booleans())
def test_counts_of_random_programs(program, skip_ones):
    x = np.array([0.7, -1.2, 0.4])
    found = elimination_of(trace(lambda x: run(program, x), x), skip_ones=skip_ones)
    vertices = Simulation(program, skip_ones).vertices
    assert found.vertices == len(vertices)
    assert found.optimum.name == "optimum"
    rank = {name: k for k, name in enumerate(found["forward"].order)}
    for row in found.rows:
        order = [vertices[rank[name]] for name in row.order]
        simulation = simulated(program, order, skip_ones)
        assert (row.multiplications, row.additions) == (simulation.multiplications, simulation.additions), row.name


@settings(max_examples=15)
@given(programs(most=5), st.booleans())
def test_no_order_beats_the_optimum(program, skip_ones):
    found = elimination_of(trace(lambda x: run(program, x), np.array([0.7, -1.2, 0.4])), skip_ones=skip_ones)
    simulation = Simulation(program, skip_ones)
    assert found.optimum.multiplications == cheapest(simulation, set(simulation.vertices))


@pytest.mark.parametrize("skip_ones", [False, True])
@pytest.mark.parametrize(
    ("seed", "length", "returned", "vertices"),
    [(2, 9, (9, 10, 11), 7), (22, 9, (9, 10, 11), 7), (21, 7, range(3, 10), 6)],
)
def test_no_order_of_seven_vertices_beats_the_optimum(seed, length, returned, vertices, skip_ones):
    rng = np.random.default_rng(seed)
    lines = [
        (int(rng.choice(4, p=[0.5, 0.2, 0.2, 0.1])), *map(int, rng.integers(max(0, k - 1), k + 3, 2)))
        for k in range(length)
    ]
    program = lines, list(returned)
    simulation = Simulation(program, skip_ones)
    assert len(simulation.vertices) == vertices
    found = elimination_of(trace(lambda x: run(program, x), np.ones(3)), skip_ones=skip_ones)
    assert found.optimum.multiplications == cheapest(simulation, set(simulation.vertices))


@settings(max_examples=40)
@given(programs(most=8), st.booleans())
def test_greedy_takes_the_cheapest_and_of_equals_the_first_or_the_last(program, skip_ones):
    found = elimination_of(trace(lambda x: run(program, x), np.array([0.7, -1.2, 0.4])), skip_ones=skip_ones)
    for name, side in [("Markowitz", 0), ("Markowitz, last first", -1)]:
        simulation = Simulation(program, skip_ones)
        waiting = dict(zip(found["forward"].order, simulation.vertices, strict=True))
        for chosen in found[name].order:
            costs = {v: simulation.cost(v) for v in waiting.values()}
            assert waiting[chosen] == sorted(v for v in costs if costs[v] == min(costs.values()))[side]
            simulation.eliminate(waiting.pop(chosen))


@given(programs(most=8))
def test_every_order_gives_the_jacobian(program):
    x = np.array([0.7, -1.2, 0.4])
    found = elimination_of(trace(lambda x: run(program, x), x))
    want = complex_step(lambda x: run(program, x), x)
    scale = max(1.0, np.abs(want).max())
    for row in found.rows:
        np.testing.assert_allclose(row.jacobian, want, rtol=1e-13, atol=1e-14 * scale)
        np.testing.assert_allclose(
            row.jacobian, dr.jacobian(lambda x: run(program, x))(x), rtol=1e-13, atol=1e-14 * scale
        )


def test_more_inputs_than_the_bits_of_a_word():
    """s, of 130 numbers, and t, of the last 100: s t is one more, used twice. Counted over all six orders by hand."""

    def f(x):
        s, t = np.sum(x), np.sum(x[30:])
        p = s * t
        return np.array([np.sin(p), p * s])

    found = elimination_of(trace(f, np.linspace(0.0, 1.0, 130)))
    counts = {
        "stp": 130 * 2 + 100 * 1 + 130 * 2,
        "spt": 130 * 2 + 131 * 2 + 100 * 2,
        "tsp": 100 * 1 + 130 * 2 + 130 * 2,
        "tps": 100 * 1 + 101 * 2 + 130 * 2,
        "pst": 2 * 2 + 130 * 2 + 100 * 2,
        "pts": 2 * 2 + 100 * 2 + 130 * 2,
    }
    assert found["forward"].multiplications == counts["stp"] and found["reverse"].multiplications == counts["pts"]
    assert found.optimum.multiplications == min(counts.values()) == 464


@pytest.mark.parametrize("skip_ones", [False, True])
def test_the_degrees_of_every_subset_are_those_after_its_elimination(skip_ones):
    def f(x):
        s, t = np.sum(x), np.sum(x[30:])
        p = s * t
        q = p - s
        return np.array([np.sin(p), q * s, q])

    graph = linearized(trace(f, np.linspace(0.0, 1.0, 130)))
    vertices = Accumulation(graph, skip_ones).intermediates
    ins, outs = (degrees(Accumulation(graph, skip_ones), vertices, backwards) for backwards in (True, False))
    for row in range(2 ** len(vertices)):
        gone = [v for k, v in enumerate(vertices) if row >> k & 1]
        work = accumulate(graph, gone, skip_ones)
        for k, v in enumerate(vertices):
            if v not in gone:
                before = [i for i in work.before[v] if not (skip_ones and (i, v) in work.ones)]
                after = [j for j in work.after[v] if not (skip_ones and (v, j) in work.ones)]
                assert (ins[row, k], outs[row, k]) == (len(before), len(after))


# ---- functions as people write them ----------------------------------------------------------------------------------

tripled = dr.custom.linear(lambda x: 3.0 * x)(lambda y, x, /: (lambda dx: 3.0 * dx, lambda ct: 3.0 * ct))

TEXTBOOK = {
    "array": lambda x: np.array([x[0] * x[1], np.sin(x[0])]),
    "nested": lambda x: np.array([[x[0], x[1]], [x[0] * x[1], 2.0]]),
    "stack": lambda x: np.stack([np.exp(x[0]) * x[1], x[1]]),
    "concatenate": lambda x: np.concatenate([x[:1] * x[1:], np.sin(x[::-1])]),
    "whole arrays": lambda x: np.tanh(np.array([[1.0, 2.0], [0.0, 3.0], [1.0, 1.0]]) @ (x * x)),
    "broadcast": lambda x: (x[:, None] * x + x[0]).ravel(),
    "reductions": lambda x: np.array([np.sum(x * x), np.prod(x), np.cumsum(x)[1]]),
    "unchanged": lambda x: x,
    "multiples": lambda x: np.sin(tripled(x)),
    "twice": lambda x: np.array([x[0] ** 2, x[0] ** 2 * x[1], 1.0]),
}


@pytest.mark.parametrize("f", TEXTBOOK.values(), ids=TEXTBOOK)
def test_functions_of_arrays_give_their_jacobian_in_every_order(f):
    x = np.array([0.7, 1.2])
    found = elimination_of(trace(f, x))
    want = complex_step(lambda x: np.ravel(f(x)), x)
    assert len(found.rows) == 5
    for row in found.rows:
        np.testing.assert_allclose(row.jacobian, want, rtol=1e-14, atol=1e-15)


def test_moving_numbers_about_costs_nothing_and_is_no_vertex():
    graph = linearized(trace(lambda x: np.array([x[::-1][0], (2.0 * x)[0]])[::-1].copy(), np.array([3.0, 4.0])))
    assert graph.names[:2] == ["x[0]", "x[1]"]
    assert graph.outputs == [2, 1] and [(e.parent, e.child, e.partial) for e in graph.edges] == [
        (0, 2, 2.0),
        (1, 3, 2.0),
    ]


def test_a_tuple_and_a_dict_of_results():
    found = elimination_of(trace(lambda a, b: {"p": a * b, "q": (np.array([b, a]), 3.0)}, 2.0, 5.0))
    assert found.outputs == ["v1", "b", "a", "constant"] and found.inputs == ["a", "b"]
    assert found["forward"].jacobian.tolist() == [[5.0, 2.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]


def test_dead_code_and_unused_inputs_are_left_out():
    def f(a, b):
        np.exp(np.sin(b))
        return np.sin(np.cos(a))

    found = elimination_of(trace(f, 0.5, 1.0))
    assert (found.vertices, found.edges) == (1, 2)
    assert found["reverse"].jacobian[0, 1] == 0.0


def test_a_partial_that_is_zero_here_is_still_an_edge():
    assert multiplications(lambda a, b: np.sin(a * b) * a, 0.0, 0.0)["forward"] == 4
    assert multiplications(lambda x: np.sin(x * x), np.zeros(2))["forward"] == 2


# ---- limits and output -----------------------------------------------------------------------------------------------


def test_many_vertices_have_no_optimum():
    found = elimination_of(trace(butterfly, np.ones(8)), exact=15)
    assert found.optimum is None and [row.name for row in found.rows][-1] == "Markowitz, last first"
    assert found.notes()[-1] == "no optimum: the search over all orders stops at 15 intermediate values (exact)"
    assert "the best order found" in found.verdict()
    assert elimination_of(trace(butterfly, np.ones(8)), exact=16).optimum


def test_errors_say_what_to_do():
    with pytest.raises(dr.InputError, match=r"exact=21: .* for 0 to 20 intermediate values"):
        elimination_of(trace(np.sin, 1.0), exact=21)
    with pytest.raises(dr.InputError, match=r"computes 2,002 numbers, .* at most 2,000: trace it on smaller arrays"):
        elimination_of(trace(np.sin, np.ones(1001)))
    with pytest.raises(dr.InputError, match="no order named 'best' here; there are 'forward', 'reverse'"):
        elimination_of(trace(np.sin, 1.0))["best"]


def test_as_text():
    assert str(elimination_of(trace(neither, np.array([1.0, 2.0])))).splitlines() == [
        "neither: R^2 -> R^2, 3 intermediate values, 8 local partials",
        "",
        "order                  multiplications  additions  eliminates",
        "-------------------------------------------------------------",
        "forward                              8          2  v3, v4, t",
        "reverse                             10          3  t, v4, v3",
        "Markowitz                            7          2  v4, v3, t",
        "Markowitz, last first                7          2  v4, v3, t",
        "optimum                              7          2  v4, v3, t",
        "",
        "neither mode is best: forward takes 8, reverse 10, the optimum 7",
        "counted: multiplications of vertex elimination; edges that are 1 count too",
    ]


def test_as_data_html_and_latex():
    found = elimination_of(trace(lambda x: np.sin(dr.label(x * 2.0, "<b>")), 0.0))
    data = json.loads(json.dumps(found.to_dict()))
    assert data["rows"][0] == {
        "name": "forward",
        "multiplications": 1,
        "additions": 0,
        "order": ["<b>"],
        "jacobian": [[2.0]],
    }
    assert (data["vertices"], data["edges"], data["skip_ones"]) == (1, 2, False)
    page = found._repr_html_()
    assert "&lt;b&gt;</td>" in page and "<b>" not in page
    assert page.count("<tr>") == 6
    latex = elimination_of(trace(neither, np.array([1.0, 2.0]))).to_latex().splitlines()
    assert latex[:3] == [
        r"\begin{tabular}{lrrl}",
        r"order & multiplications & additions & eliminates \\ \hline",
        r"forward & 8 & 2 & $v_{3}$, $v_{4}$, $t$ \\",
    ]


def test_a_long_order_is_shortened():
    text = str(elimination_of(trace(butterfly, np.ones(8)), exact=0))
    assert "v9, v10, v11, v12, v13, v14, v15, v16, ..., v24" in text


# ---- an order of one's own -------------------------------------------------------------------------------------------


def test_an_order_of_ones_own_is_counted_beside_the_others():
    program = trace(neither, np.array([1.0, 2.0]))
    found = program.elimination(order=["v4", "v3", "t"])
    assert found["yours"].multiplications == 7 and found.optimum.multiplications == 7
    assert "yours takes 7: 1 fewer than the better mode, and no order takes fewer" in str(found)
    reverse = program.elimination(order=found["reverse"].order, exact=0)
    assert reverse["yours"].multiplications == 10 and "yours takes 10: the better mode takes 8" in str(reverse)
    np.testing.assert_allclose(found["yours"].jacobian, found["forward"].jacobian, rtol=1e-14)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (["v4", "v3"], "order: 't' is missing; write each of these once: v3, v4, t"),
        (["v4", "v3", "t", "t"], "order: 't' comes twice"),
        (["v4", "v3", "t", "v9"], "order: 'v9' is no intermediate value"),
    ],
)
def test_an_order_names_every_value_once(order, said):
    with pytest.raises(dr.InputError, match=said):
        elimination_of(trace(neither, np.array([1.0, 2.0])), order=order)


def test_the_bars_are_the_counts():
    (ax,) = elimination_of(trace(neither, np.array([1.0, 2.0])), order=["t", "v4", "v3"]).plot().axes
    assert [bar.get_width() for bar in ax.patches] == [8, 10, 7, 7, 10, 7]
    assert [label.get_text() for label in ax.get_yticklabels()][-2:] == ["yours", "optimum"]
