"""What a program costs, by op: numbers, text, HTML, LaTeX and plain data."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.cost import OpCost, cost_of
from dualrev.program.program import trace


def baydin(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def test_the_rows_of_a_small_program():
    cost = cost_of(trace(baydin, 2.0, 5.0))
    assert cost.rows == [
        OpCost("multiply", 1, value=1, push=3, pull=2, bytes=24),
        OpCost("sin", 1, value=1, push=2, pull=2, bytes=16),
        OpCost("subtract", 1, value=1, push=1, pull=1, bytes=24),
        OpCost("log", 1, value=1, push=1, pull=1, bytes=16),
        OpCost("add", 1, value=1, push=1, pull=0, bytes=24),
    ]
    assert (cost.value, cost.forward, cost.reverse, cost.sums) == (5, 5 + 8, 5 + 6 + 2, 2)
    assert (cost.tape_bytes, cost.ratio, cost.known) == (7 * 8, 13 / 5, True)


def test_calls_of_one_op_are_one_row_and_directions_multiply():
    def f(x):
        return np.sum(np.sin(np.sin(x)))

    n, K = 1000, 7
    cost = trace(f, np.ones(n)).cost(directions=K)
    assert cost.rows[0] == OpCost("sin", 2, 2 * n, 2 * (n + K * n), 2 * (n + K * n), 2 * 2 * n * 8)
    assert cost.rows[1] == OpCost("sum", 1, n - 1, K * (n - 1), 0, n * 8 + 8)
    assert cost.forward == cost.value + sum(row.push for row in cost.rows)
    assert cost.reverse == cost.value + sum(row.pull for row in cost.rows)
    assert cost.sums == 0
    assert cost.peak_forward == (1 + K) * 3 * n * 8
    assert cost.directions == K


def test_what_no_output_depends_on_is_not_pulled():
    def f(x):
        np.exp(x)
        return np.sin(x)

    rows = {row.op: (row.value, row.push, row.pull) for row in cost_of(trace(f, np.ones(10))).rows}
    assert rows == {"exp": (10, 10, 0), "sin": (10, 20, 20)}


def test_parts_of_flops_leave_no_sums_behind():
    A = np.eye(4) + 0.1
    assert cost_of(trace(lambda A, b: np.linalg.solve(A, np.linalg.solve(A.T, b)), A, np.ones(4))).sums == 4 * 4
    assert cost_of(trace(np.linalg.det, A)).sums == 0


def test_the_text():
    assert str(cost_of(trace(baydin, 2.0, 5.0))).splitlines() == [
        "baydin: counted cost",
        "",
        "op                  calls  flops of f  forward adds  reverse adds  bytes of f",
        "-----------------------------------------------------------------------------",
        "multiply                1           1             3             2          24",
        "sin                     1           1             2             2          16",
        "subtract                1           1             1             1          24",
        "log                     1           1             1             1          16",
        "add                     1           1             1             0          24",
        "sums of cotangents                                              2",
        "-----------------------------------------------------------------------------",
        "total                   5           5             8             8         104",
        "",
        "forward, 1 tangent: 13 flops, at most 80 B alive",
        "reverse, 1 cotangent: 13 flops, at most 88 B alive, 56 B of them on the tape",
        "cheap-gradient ratio: f and its gradient cost 2.60 times the flops of f",
    ]


def test_thousands_are_set_apart_and_directions_are_plural():
    text = str(trace(lambda x: x @ x, np.ones((100, 100))).cost(10))
    assert "2,000,000" in text
    assert "forward, 10 tangents: 42,100,000 flops" in text


class Reader(HTMLParser):
    """The tags and the text of an HTML fragment."""

    def __init__(self, fragment):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(fragment)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def own_op(name):
    """An op of the user's own, under a name."""
    func = lambda x: x * 1.0
    func.__name__ = name
    return dr.custom.elementwise(func, lambda y, x: np.ones_like(x))


def test_html_escapes_names():
    op = own_op("<script>&")

    def f(x):
        return op(x)

    f.__name__ = "<b>f</b>"
    reader = Reader(trace(f, np.ones(3)).cost()._repr_html_())
    assert not {"script", "b"} & set(reader.tags)
    assert "<script>&" in reader.texts
    assert "<b>f</b>: counted cost" in reader.texts
    assert reader.tags.count("tr") == 1 + 1 + 1
    assert reader.tags.count("p") == 4


def test_html_has_every_cell_of_the_text():
    cost = trace(baydin, 2.0, 5.0).cost()
    texts = Reader(cost._repr_html_()).texts
    assert [cell for row in cost.cells() for cell in row if cell] == texts[1 : 1 + 6 + 5 * 6 + 2 + 6]
    assert texts[-3:] == cost.notes()


def test_latex_escapes_names_and_has_six_columns():
    latex = trace(own_op("a_b&c"), np.ones(3)).cost().to_latex()
    lines = latex.splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrrr}"
    assert lines[-1] == r"\end{tabular}"
    assert all(line.replace(r"\&", "").count("&") == 5 for line in lines[1:-1])
    assert r"a\_b\&c" in latex


def test_plain_data_is_ready_for_json():
    read = json.loads(json.dumps(trace(baydin, 2.0, 5.0).cost(2).to_dict()))
    assert read["rows"][0] == {"op": "multiply", "calls": 1, "value": 1, "push": 6, "pull": 4, "bytes": 24}
    assert (read["directions"], read["sums"], read["ratio"], read["known"]) == (2, 4, 13 / 5, True)


def test_a_program_without_operations():
    cost = trace(lambda x: x, 2.0).cost()
    assert (cost.rows, cost.value, cost.reverse) == ([], 0, 0)
    assert "cheap-gradient" not in str(cost)
    assert cost.to_dict()["ratio"] is None


def test_a_users_own_op_is_said_to_be_guessed():
    cost = trace(own_op("mine"), np.ones(5)).cost()
    assert (cost.rows[0].value, cost.known) == (5, False)
    assert cost.notes()[-1] == "your own ops are counted as one flop per element"
    assert cost.notes()[-1] in str(cost)
    assert cost.notes()[-1] not in str(trace(baydin, 2.0, 5.0).cost())


@pytest.mark.parametrize("directions", [0, -3])
def test_a_sweep_carries_at_least_one_direction(directions):
    with pytest.raises(dr.errors.InputError, match=f"directions={directions}: a sweep carries at least one"):
        trace(baydin, 2.0, 5.0).cost(directions)
