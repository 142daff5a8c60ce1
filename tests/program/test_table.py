"""The evaluation trace as a table: numbers, text, HTML and LaTeX."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.program import trace
from dualrev.program.table import table_of
from dualrev.source import label


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


SURVEY = {  # Baydin et al. (2018), tables 2 and 3: value, tangent for x1' = 1, adjoint
    "x1": (2, 1, 5.5),
    "x2": (5, 0, 1.7163),
    "v1": (0.6931, 0.5, 1),
    "v2": (10, 5, 1),
    "v3": (-0.9589, 0, -1),
    "v4": (10.6931, 5.5, 1),
    "v5": (11.6521, 5.5, 1),
}


def test_the_tables_of_the_survey():
    rows = table_of(trace(baydin, 2.0, 5.0)).rows
    found = {r.name: tuple(round(float(v), 4) for v in (r.value, r.tangent, r.adjoint)) for r in rows}
    assert found == SURVEY


def test_the_text_is_aligned_and_names_the_lines():
    first = baydin.__code__.co_firstlineno
    assert str(table_of(trace(baydin, 2.0, 5.0), mode="reverse")).splitlines() == [
        "baydin: 5 operations, test_table.py; adjoints of v5",
        "",
        "line  name  expression  value    adjoint  sum over uses",
        "----  ----  ----------  -------  -------  -----------------",
        "      x1                2        5.5      1*5 + 1*0.5",
        "      x2                5        1.7163   (-1)*0.2837 + 1*2",
        f"{first + 1}    v1    log(x1)     0.6931   1        1*1",
        f"{first + 2}    v2    x1 * x2     10       1        1*1",
        f"{first + 3}    v3    sin(x2)     -0.9589  -1       1*(-1)",
        f"{first + 4}    v4    v1 + v2     10.6931  1        1*1",
        f"{first + 5}    v5    v4 - v3     11.6521  1",
    ]


@pytest.mark.parametrize(
    ("upto", "values", "adjoints"),
    [(0, 2, 0), (3, 5, 0), (5, 7, 1), (6, 7, 3), (7, 7, 5), (10, 7, 7), (99, 7, 7)],
)
def test_the_state_after_some_steps(upto, values, adjoints):
    rows = table_of(trace(baydin, 2.0, 5.0), upto=upto).rows
    assert sum(r.value is not None for r in rows) == sum(r.tangent is not None for r in rows) == values
    assert sum(r.adjoint is not None for r in rows) == (adjoints if upto >= 5 else 0)


def test_a_mode_shows_its_own_derivative():
    program = trace(baydin, 2.0, 5.0)
    forward, reverse = table_of(program, "forward", seed="x2"), table_of(program, "reverse", seed=2.0)
    assert [c for c in forward.columns() if c in ("tangent", "adjoint")] == ["tangent"]
    assert [c for c in reverse.columns() if c in ("tangent", "adjoint")] == ["adjoint"]
    assert forward.rows[-1].tangent == pytest.approx(2 - np.cos(5)) and forward.rows[-1].adjoint is None
    assert reverse.rows[0].adjoint == pytest.approx(11) and reverse.rows[0].tangent is None


@pytest.mark.parametrize(
    ("call", "message"), [({"mode": "up"}, "'both', 'forward' or 'reverse'"), ({"upto": -1}, "0 or more")]
)
def test_what_a_table_refuses(call, message):
    with pytest.raises(dr.InputError, match=message):
        table_of(trace(baydin, 2.0, 5.0), **call)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.cells, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_html_escapes_names_and_holds_every_cell():
    table = table_of(trace(lambda x: label(np.sin(x), "<script>alert(1)</script>&") * x, 0.5))
    reader = Reader()
    reader.feed(table.to_html())
    assert reader.tags == {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert reader.cells == [cell for row in table.cells() for cell in row]


def test_latex_is_the_table_of_the_survey():
    assert table_of(trace(baydin, 2.0, 5.0), "forward").to_latex().splitlines() == [
        r"\begin{tabular}{lrr}",
        r"evaluation trace & value & tangent $\dot{v}$ \\ \hline",
        r"$x_{1}$ & $2$ & $1$ \\",
        r"$x_{2}$ & $5$ & $0$ \\",
        r"$v_{1} = \ln x_{1}$ & $0.6931$ & $0.5$ \\",
        r"$v_{2} = x_{1} \, x_{2}$ & $10$ & $5$ \\",
        r"$v_{3} = \sin x_{2}$ & $-0.9589$ & $0$ \\",
        r"$v_{4} = v_{1} + v_{2}$ & $10.6931$ & $5.5$ \\",
        r"$v_{5} = v_{4} - v_{3}$ & $11.6521$ & $5.5$ \\",
        r"\end{tabular}",
    ]


def test_arrays_are_shown_by_shape_and_range_and_kept_in_full():
    rows = table_of(trace(lambda x: np.sum(x * x), np.arange(6.0))).rows
    table = table_of(trace(lambda x: np.sum(x * x), np.arange(6.0)))
    assert table.cells()[2][3] == "(6,) 0 .. 25"
    np.testing.assert_array_equal(rows[1].value, np.arange(6.0) ** 2)
    assert json.loads(json.dumps(table.to_dict()))["rows"][1]["value"] == [0, 1, 4, 9, 16, 25]


def test_the_head_says_that_rows_are_missing():
    table = table_of(trace(baydin, 2.0, 5.0))
    assert table.head(7) is table
    assert "(the first 3 of 7 rows)" in table.head(3).title and len(table.head(3).rows) == 3
