"""The graph as a tree of text, and what the results of a lesson show at the prompt: what print shows."""

import re

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.text_tree import DEEPEST, MOST_LINES
from tests.program.programs import baydin


def test_the_tree_of_the_survey():
    assert str(dr.trace(baydin, 2.0, 5.0).graph()).splitlines() == [
        "v5 = v3 - v4 = 11.6521",
        "|- v3 = v1 + v2 = 10.6931",
        "|  |- v1 = log(x1) = 0.6931",
        "|  |  `- leaf x1 = 2",
        "|  `- v2 = x1 * x2 = 10",
        "|     |- leaf x1 = 2",
        "|     `- leaf x2 = 5",
        "`- v4 = sin(x2) = -0.9589",
        "   `- leaf x2 = 5",
    ]


def test_what_is_used_again_is_spelled_out_once():
    def f(a):
        c = a + 1.0
        return c * c

    assert str(dr.trace(f, 2.0).graph()).splitlines() == [
        "v2 = c * c = 9",
        "|- c = a + 1 = 3",
        "|  `- leaf a = 2",
        "`- c = a + 1 = 3 (see above)",
    ]


def test_every_output_and_every_leaf_that_is_not_used():
    text = str(dr.trace(lambda x, z: (x * 2.0, x * 3.0), 1.0, 5.0).graph())
    assert [line for line in text.splitlines() if line[0] not in "|`"] == [
        "v1 = x * 2 = 2",
        "v2 = x * 3 = 3",
        "leaf z = 5",
    ]


@pytest.mark.parametrize("n", [DEEPEST + 5, 3_000])
def test_a_deep_graph_goes_on_in_another_tree(n):
    def f(x):
        for _ in range(n):
            x = np.sin(x)
        return x

    text = str(dr.trace(f, 1.0).graph())
    lines = text.splitlines()
    assert max(map(len, lines)) < 3 * DEEPEST + 60 and len(lines) <= MOST_LINES + 1
    cut = re.findall(r"(\w+) = .* \(see below\)", text)
    assert cut and all(re.search(rf"^{name} = ", text, re.M) for name in cut[:-1])
    assert text.endswith("leaf x = 1") if n < 100 else "more values: see .nodes" in lines[-1]


def results():
    program = dr.trace(baydin, 2.0, 5.0)
    yield from (program, program.table(), program.graph(), program.steps(), program.paths("x1"), program.cost())
    yield from (program.elimination(), program.values[3], program.steps()[2])
    yield from (dr.choose_mode(baydin, 2.0, 5.0), dr.supports(baydin, 2.0, 5.0), dr.kinks(baydin, 2.0, 5.0))
    yield from (dr.check(lambda x: np.sum(x**2), np.ones(2)), dr.why_nan(np.sqrt, 0.0))


@pytest.mark.parametrize("found", [*results()], ids=lambda found: type(found).__name__)
def test_a_result_at_the_prompt_is_what_print_shows(found):
    assert repr(found) == str(found) and len(repr(found)) <= 4_000


def test_a_program_shows_its_table_and_in_a_notebook_its_graph_too():
    program = dr.trace(baydin, 2.0, 5.0)
    assert str(program) == str(program.table())
    shown = program._repr_html_()
    assert program.table().to_html() in shown and program.graph().to_svg() in shown
    assert "<svg" not in dr.trace(lambda x: sum(x for _ in range(300)), 1.0)._repr_html_()


def test_the_choice_prints_its_sentence():
    choice = dr.choose_mode(baydin, 2.0, 5.0)
    assert (
        repr(choice)
        == choice.reason
        == "n=2 inputs, m=1 output: reverse, 1 cotangent in 1 sweep; forward would carry 2"
    )
