"""Steps that ask, steps of the way back alone, and the drawing after each step."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.steps_quiz import Question, ask, questions
from tests.program.programs import baydin


@pytest.fixture(scope="module")
def program():
    return dr.trace(lambda a, b: (a + b) * b, 2.0, 3.0)


def test_the_quiz_asks_for_what_the_steps_show(program):
    steps = program.steps(quiz=True)
    assert [questions(steps, step) for step in steps] == [
        [],
        [("tan v1", "1")],
        [("tan v2", "3")],
        [],
        [("adj v1", "3"), ("adj b", "5")],
        [("adj a", "3"), ("adj b", "8")],
    ]
    assert "v1 = a + b: tan v1 = ____" in str(steps) and "adj b = ____" in str(steps)
    assert "v2 = v1 * b, on the way back: adj v1 = ____; adj b = ____" in repr(steps)


@pytest.mark.parametrize(("mode", "asked"), [("reverse", "v1"), ("forward", "tan v1"), ("both", "tan v1")])
def test_the_way_forward_asks_for_tangents_or_where_there_are_none_for_values(program, mode, asked):
    steps = program.steps(mode, quiz=True)
    assert questions(steps, steps[1])[0].asked == asked


def test_two_uses_by_one_operation_are_one_question():
    steps = dr.trace(lambda a: a * a, 3.0).steps("reverse", start="output", quiz=True)
    assert questions(steps, steps[-1]) == [("adj a", "6")]


def test_arrays_are_not_asked_for():
    steps = dr.trace(np.sin, np.ones(3)).steps(quiz=True)
    assert not any(questions(steps, step) for step in steps)


@pytest.mark.parametrize(
    ("text", "right"), [("0.2837", True), ("0.28366", True), ("0.29", False), ("x", False), ("", False)]
)
def test_an_answer_counts_as_far_as_it_is_shown(text, right):
    assert Question("adj x2", "0.2837").is_right(text) is right


def test_small_numbers_count_by_their_decimals_and_large_ones_by_their_digits():
    assert Question("adj x", "0").is_right("0.00004") and not Question("adj x", "0").is_right("0.001")
    assert Question("adj x", "5000").is_right("5004") and not Question("adj x", "5000").is_right("5010")


def answers(*given):
    said, waiting = [], iter(given)

    def read(prompt):
        said.append(prompt)
        return next(waiting)

    return said, read


def test_a_quiz_in_a_terminal_or_notebook(program):
    said, read = answers("2", "1", "", "3", "5", "3", "7", "7")
    ask(program.steps(quiz=True), read, said.append)
    text = "\n".join(said)
    assert text.count("not yet") == 3 and text.count("right") == 4
    assert said[-1] == "3 of 6 at the first try"
    assert text.index("tan v2 = ") < text.index("tan v2 = 3*1 + 5*0 = 3")


def test_a_quiz_ends_at_q_or_where_there_is_nobody(program):
    said, read = answers("q")
    ask(program.steps(quiz=True), read, said.append)
    assert len(said) == 4

    def nobody(prompt):
        raise EOFError

    ask(program.steps(quiz=True), nobody, said.append)
    assert "save the quiz as a page" in said[-1]


def test_the_page_of_a_quiz_has_its_questions(program):
    found = re.search(r'class="data">(.*?)</script>', program.steps(quiz=True)._repr_html_())[1]
    quiz = json.loads(found)["quiz"]
    assert quiz[4] == {"prompt": "v2 = v1 * b, on the way back", "questions": [["adj v1", "3"], ["adj b", "5"]]}
    plain = re.search(r'class="data">(.*?)</script>', program.steps()._repr_html_())[1]
    assert json.loads(plain)["quiz"] is None


def test_steps_that_start_at_the_output(program):
    steps = program.steps("reverse", start="output")
    assert [step.phase for step in steps] == ["start", "reverse", "reverse", "reverse"]
    assert steps[0].values == {"a": "2", "b": "3", "v1": "5", "v2": "15"} and steps[0].adjoints == {}
    assert str(steps[0]) == "the way forward is done: given a = 2, b = 3"
    assert steps[-1].adjoints == program.steps()[-1].adjoints
    assert program.steps(start="output")[0].tangents == {"a": "1", "b": "0", "v1": "1", "v2": "3"}


def test_the_graph_after_each_step():
    steps = dr.trace(baydin, 2.0, 5.0).steps()
    for step in steps:
        nodes = {n.name: n for n in step.graph().nodes}
        assert {name: n.value for name, n in nodes.items() if n.value} == step.values
        assert {name: n.adjoint for name, n in nodes.items() if n.adjoint} == step.adjoints
    places = [step.graph().layout.nodes for step in steps]
    assert all(one == two for one, two in pairwise(places))
    svg = steps[7].graph().to_svg()
    assert svg.count("<set attributeName") == 2 + 3 * len(steps[7].edges)
    assert "<set " not in steps[0].graph().to_svg() and ">adj" not in steps[2].graph().to_svg()


def test_a_file_for_each_step(program, tmp_path):
    steps = program.steps()
    paths = steps.save(tmp_path / "step.svg", each=True)
    assert [path.name for path in paths] == [f"step_{k}.svg" for k in range(6)]
    assert paths[-1].read_text(encoding="utf-8") == steps[-1].graph().to_svg()
    assert steps.save(tmp_path / "steps.svg") == [tmp_path / "steps.svg"]
    with pytest.raises(dr.InputError, match="a graph is saved as"):
        steps.save(tmp_path / "step.txt", each=True)


def test_what_is_refused_says_what_to_do(program):
    with pytest.raises(dr.InputError, match="start='end': write 'input' or 'output'"):
        program.steps(start="end")
    with pytest.raises(dr.InputError, match='write mode="reverse" or "both"'):
        program.steps("forward", start="output")
