"""What is printed has a stated limit, and says what it left out."""

import re

import numpy as np
import pytest

import dualrev as dr
from dualrev.brief import MOST_CHARACTERS, MOST_LINES, brief, clipped, few
from dualrev.program.svg import MOST_POINTS


def repeated(n):
    """x is used n times."""

    def f(x):
        y = x
        for _ in range(n):
            y = y + x
        return y

    return f


def seen_in(transform):
    """What repr says of a traced array of 100 rows of 100."""
    said = []
    transform(lambda x: (said.append(repr(x)), np.sum(x))[1])
    return said[0]


def within(text):
    return text.count("\n") < MOST_LINES and len(text) <= MOST_CHARACTERS


def test_the_limits_are_those_that_are_stated():
    assert (MOST_LINES, MOST_CHARACTERS, MOST_POINTS) == (40, 4_000, 50_000)


@pytest.mark.parametrize("lines", [1, 39, 40, 41, 1_000, 100_000])
def test_clipped_keeps_to_its_lines_and_says_how_many_there_are(lines):
    text = clipped("\n".join(["word"] * lines))
    assert text.count("\n") + 1 == min(lines, 40)
    if lines > 40:
        assert text.endswith(f"\n... ({lines - 39} more lines: print it)")


def test_clipped_keeps_to_its_characters():
    text = clipped("x" * 10_000)
    assert len(text) <= 4_000 and text.endswith(" more characters)")
    kept = text.index(" ...")
    assert f"({10_000 - kept:,} more" in text


def test_few():
    rows = [str(k) for k in range(45)]
    assert few(rows[:40], "see .rows") == rows[:40]
    assert few(rows, "see .rows") == [*rows[:40], "... (5 more: see .rows)"]


def test_the_repr_of_a_class_that_prints_more():
    @brief
    class Long:
        def __str__(self):
            return "line\n" * 100

    assert str(Long()) == "line\n" * 100
    assert repr(Long()).splitlines()[-1] == "... (62 more lines: print it)"


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: dr.vjp(f, np.ones((100, 10))),
        lambda f: dr.jvp(f, (np.ones((100, 10)),), (np.ones((100, 10)),)),
        lambda f: dr.jvp(f, (np.ones((5, 10)),), (np.ones((100, 5, 10)),)),
        lambda f: dr.jvp(lambda x: dr.vjp(f, x)[0], (np.ones((100, 10)),), (np.ones((100, 10)),)),
    ],
    ids=["reverse", "forward", "directions", "nested"],
)
def test_the_repr_of_a_traced_array(transform):
    said = seen_in(transform)
    assert within(said)
    assert re.search(r"\.\.\. \(.* more lines: see \.primal\)+$", said)


def test_the_repr_of_a_small_traced_array_is_whole():
    assert seen_in(lambda f: dr.vjp(f, np.ones(2))) == "Node(v0 = array([1., 1.]))"


# ---- views of a recorded program -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def program():
    return dr.trace(repeated(3_000), 1.0)


def test_the_table_of_many_operations(program):
    table = program.table()
    assert within(repr(table)) and within(repr(program))
    rows = str(table).splitlines()
    assert len(rows) < 1_100
    assert rows[0].startswith("f: 3000 operations") and "(the first 1000 of 3001 rows)" in rows[0]
    assert rows[4].endswith("1*1 + ... + 1*1 (3,001 uses)")


def test_a_cell_that_one_value_fills_does_not_widen_all_rows(program):
    assert max(map(len, str(program.table()).splitlines())) < 400


def test_the_paths_of_many(program):
    paths = program.paths("x")
    assert "3,001 paths over 6,000 edges" in str(paths) and "more" in str(paths)
    assert within(repr(paths))


def test_the_drawing_of_a_value_that_is_used_a_thousand_times():
    svg = dr.trace(repeated(1_000), 1.0).graph().to_svg()
    assert len(svg) < 6_000_000  # 27 MB with every turn of every edge
    said = re.search(r"<desc>(.*?)</desc>", svg)[1]
    assert re.search(r"; \d+ edges turn more often than can be drawn, and go through 25 of their points$", said)
    assert svg.count("data-edge=") == 2_000


def test_a_small_drawing_leaves_nothing_out():
    svg = dr.trace(repeated(20), 1.0).graph().to_svg()
    assert re.search(r"<desc>(.*?)</desc>", svg)[1].endswith(" at the bottom")


# ---- results of fits -------------------------------------------------------------------------------------------------

N = 100
RNG = np.random.default_rng(3)
DESIGN, NOISE = RNG.standard_normal((3 * N, N)), RNG.standard_normal(3 * N)


def test_a_fit_of_many_parameters():
    fit = dr.fit(lambda x, p: x @ p, DESIGN, DESIGN @ np.ones(N) + NOISE, p=np.zeros(N))
    lines = str(fit).splitlines()
    assert lines[10] == "... (60 more: see .estimates())"
    assert len(fit.estimates()) == N
    assert within(repr(fit)) and len(lines) < 30
    card = fit._repr_html_()
    assert card.count("<tr>") == 41 and "... (60 more: see .estimates())" in card


def test_a_fit_with_many_undetermined_combinations():
    fit = dr.fit(lambda x, p: x @ p, DESIGN[: N // 2], NOISE[: N // 2], p=np.zeros(N))
    assert len(fit.undetermined) == N // 2
    assert "... (40 more: see .undetermined)" in str(fit)


def test_a_regression_of_many_coefficients():
    found = dr.linear_regression(DESIGN, NOISE, intercept=False)
    assert "... (60 more: see .coefficients)" in str(found) and len(str(found).splitlines()) < 50


def test_a_likelihood_of_many_parameters():
    fit = dr.fit_nll(lambda p: np.sum((NOISE[:N] - p) ** 2) / 2, np.zeros(N))
    assert "... (60 more: see .estimates())" in str(fit)


def test_a_minimum_in_many_names():
    names = {f"p{k}": 0.0 for k in range(50)}
    found = dr.minimize(lambda p: sum((v - 1.0) ** 2 for v in p.values()), names)
    assert "... (10 more: see .params)" in str(found) and "p39 = " in str(found) and "p40 = " not in str(found)
    roots = dr.optimize.root(lambda p: {k: v - 1.0 for k, v in p.items()}, names)
    assert "... (10 more: see .params)" in str(roots)
    squares = dr.least_squares(lambda p: np.stack([v - 1.0 for v in p.values()]), names)
    assert "... (10 more: see .params)" in str(squares)
