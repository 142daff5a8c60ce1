"""The sweep as a sequence of states: the numbers of every state, the words, the order of the steps."""

import json

import numpy as np
import pytest

from dualrev.errors import InputError
from dualrev.program.program import trace
from dualrev.program.steps import steps_of
from dualrev.source import label

rng = np.random.default_rng(5)
A = rng.normal(size=(3, 2))


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def numbers(texts):
    return {name: float(text) for name, text in texts.items()}


def near(found):
    """Texts have four decimals."""
    return pytest.approx(found, abs=5.1e-5)


def after_each(states):
    """The states one by one: each adds to the one before."""
    known, found = {}, []
    for new in states:
        known = known | new
        found.append(known)
    return found


FORWARD = after_each(
    [
        {"x1": 2, "x2": 5},
        {"v1": np.log(2)},
        {"v2": 10},
        {"v3": np.sin(5)},
        {"v4": np.log(2) + 10},
        {"v5": np.log(2) + 10 - np.sin(5)},
    ]
)
TANGENTS = after_each([{"x1": 1, "x2": 0}, {"v1": 0.5}, {"v2": 5}, {"v3": 0}, {"v4": 5.5}, {"v5": 5.5}])
REVERSE = after_each(  # the backward pass of Baydin et al. (2018), by hand
    [
        {"v5": 1},
        {"v4": 1, "v3": -1},
        {"v1": 1, "v2": 1},
        {"x2": -np.cos(5)},
        {"x1": 5, "x2": -np.cos(5) + 2},
        {"x1": 5.5},
    ]
)


def test_every_state_of_the_example_of_the_survey():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    assert [s.phase for s in steps] == ["start"] + 5 * ["forward"] + 6 * ["reverse"]
    assert [numbers(s.values) for s in steps] == [near(k) for k in FORWARD + 6 * FORWARD[-1:]]
    assert [numbers(s.tangents) for s in steps] == [near(k) for k in TANGENTS + 6 * TANGENTS[-1:]]
    assert [numbers(s.adjoints) for s in steps] == [near(k) for k in 6 * [{}] + REVERSE]
    assert steps[-1].adjoints["x1"] == "5.5" and steps[-1].adjoints["x2"] == "1.7163"


def test_the_words_and_the_lines():
    first = baydin.__code__.co_firstlineno
    lines = str(steps_of(trace(baydin, 2.0, 5.0))).splitlines()
    at = [f"{first + k:>4}" for k in range(6)]
    assert lines == [
        "baydin: 5 operations, 11 steps: values with tangents, then adjoints",
        "",
        "step  phase    line  what happens",
        "   0  start          given x1 = 2, x2 = 5; the direction is tan x1 = 1, tan x2 = 0",
        f"   1  forward  {at[1]}  v1 = log(x1) = log(2) = 0.6931; tan v1 = 0.5*1 = 0.5",
        f"   2  forward  {at[2]}  v2 = x1 * x2 = 2 * 5 = 10; tan v2 = 5*1 + 2*0 = 5",
        f"   3  forward  {at[3]}  v3 = sin(x2) = sin(5) = -0.9589; tan v3 = 0.2837*0 = 0",
        f"   4  forward  {at[4]}  v4 = v1 + v2 = 0.6931 + 10 = 10.6931; tan v4 = 1*0.5 + 1*5 = 5.5",
        f"   5  forward  {at[5]}  v5 = v4 - v3 = 10.6931 - (-0.9589) = 11.6521; tan v5 = 1*5.5 + (-1)*0 = 5.5",
        f"   6  reverse  {at[5]}  back from the output: adj v5 = 1",
        f"   7  reverse  {at[5]}  v5 = v4 - v3: adj v4 += 1*1 = 1; adj v3 += 1*(-1) = -1",
        f"   8  reverse  {at[4]}  v4 = v1 + v2: adj v1 += 1*1 = 1; adj v2 += 1*1 = 1",
        f"   9  reverse  {at[3]}  v3 = sin(x2): adj x2 += (-1)*0.2837 = -0.2837",
        f"  10  reverse  {at[2]}  v2 = x1 * x2: adj x1 += 1*5 = 5; adj x2 += 1*2 = 2, now 1.7163",
        f"  11  reverse  {at[1]}  v1 = log(x1): adj x1 += 1*0.5 = 0.5, now 5.5",
    ]


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def waves(x, y):
    for _ in range(4):
        x, y = np.sin(x * y) + x, np.exp(-y) * x
    return x * y + 1.0 / x


@pytest.mark.parametrize("f", [baydin, rosenbrock, waves])
def test_the_last_adjoints_are_the_derivatives_by_complex_step(f):
    h = 1e-30
    wanted = {"x": f(0.7 + 1j * h, 1.2).imag / h, "y": f(0.7, 1.2 + 1j * h).imag / h}
    steps = steps_of(trace(f, 0.7, 1.2))
    first, second = [line.name for line in steps.lines if not line.expression]
    found = numbers(steps[-1].adjoints)
    assert (found[first], found[second]) == near((wanted["x"], wanted["y"]))
    assert numbers(steps_of(trace(f, 0.7, 1.2), "forward", seed=second)[-1].tangents)[steps.lines[-1].name] == near(
        wanted["y"]
    )


def test_arrays_by_differences_of_the_program():
    def f(x):
        h = np.tanh(A @ x)
        return np.sum(h * h * x[0])

    x, h = np.array([0.4, -0.9]), 1e-6
    slopes = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(2)]
    steps = steps_of(trace(f, x))
    assert json.loads(steps[-1].adjoints["x"]) == near(slopes)
    assert float(steps[-1].tangents[steps.lines[-1].name]) == near(slopes[0])
    said = " ".join(s.text for s in steps)
    assert "J(v1) tan x" in said and "adj x += JT(v1) = [" in said


def test_two_uses_by_one_operation_arrive_one_after_the_other():
    last = steps_of(trace(lambda a: a * a, 3.0))[-1]
    assert last.text == "v1 = a * a: adj a += 1*3 = 3; adj a += 1*3 = 3, now 6"
    assert last.edges == ("0-1-0", "0-1-1")
    assert [c.text for c in last.changes] == ["3", "6"]


def test_what_does_not_lead_to_the_output_is_skipped_and_said():
    def f(x, y):
        unused = np.exp(x)
        label(unused * y, "also")
        return np.sin(x)

    steps = steps_of(trace(f, 1.0, 2.0))
    assert steps.skipped == ["y", "unused", "also"]
    assert steps[4].text == "back from the output: adj v3 = 1; y, unused, also do not lead to it and are skipped"
    assert [s.name for s in steps if s.phase == "reverse"] == ["v3", "v3"]
    assert steps[-1].adjoints == {"x": "0.5403", "y": "0", "unused": "0", "also": "0", "v3": "1"}


def test_one_operation_that_does_not_lead_to_the_output():
    steps = steps_of(trace(lambda x: (np.exp(x), np.sin(x)), 0.0), "reverse", 1)
    assert steps[3].text == "back from the output: adj v2 = 1; v1 does not lead to it and is skipped"


def test_the_output_asked_for_and_its_weights():
    def f(x):
        return x * x, np.exp(x)

    assert steps_of(trace(f, 3.0), output=0)[-1].adjoints["x"] == "6"
    assert float(steps_of(trace(f, 3.0), output=1)[-1].adjoints["x"]) == near(np.exp(3))
    both = steps_of(trace(f, 3.0), "reverse", [2.0, -1.0])
    assert float(both[-1].adjoints["x"]) == near(12 - np.exp(3))
    assert both[3].text == "back from the output: adj v1 = 2, adj v2 = -1"


def test_the_modes_show_their_own():
    program = trace(baydin, 2.0, 5.0)
    forward, reverse = steps_of(program, "forward", seed="x2"), steps_of(program, "reverse", 2.0)
    assert len(forward) == 6 and not forward[-1].adjoints
    assert float(forward[-1].tangents["v5"]) == near(2 - np.cos(5))
    assert len(reverse) == 12 and not any(s.tangents for s in reverse)
    assert reverse[-1].adjoints["x1"] == "11"
    assert reverse[2].text == "v2 = x1 * x2 = 2 * 5 = 10"
    assert forward.columns == ("value", "tangent") and reverse.columns == ("value", "adjoint")


def test_each_step_knows_where_it_is_at_work():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    first = baydin.__code__.co_firstlineno
    assert (steps[2].index, steps[2].name, steps[2].line) == (3, "v2", first + 2)
    assert steps[2].place == f"test_steps.py:{first + 2}" and steps[2].source == "v2 = x1 * x2"
    assert steps[2].edges == steps[10].edges == ("0-3-0", "1-3-1")
    assert steps[0].index is None and steps[6].edges == ()


def test_a_sequence_is_indexed_sliced_and_iterated():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    assert [s.number for s in steps] == list(range(len(steps))) == list(range(12))
    assert steps[-1] is steps[11] and [s.number for s in steps[2:4]] == [2, 3]
    with pytest.raises(IndexError):
        steps[12]


def test_plain_data():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    plain = json.loads(json.dumps(steps.to_dict()))
    assert [line["name"] for line in plain["lines"]] == ["x1", "x2", "v1", "v2", "v3", "v4", "v5"]
    assert plain["steps"][9]["adjoints"] == {"x2": "-0.2837", "v1": "1", "v2": "1", "v3": "-1", "v4": "1", "v5": "1"}
    assert plain["steps"][9]["changes"] == [{"index": 1, "column": "adjoint", "text": "-0.2837"}]


def test_a_program_without_operations_or_dependence():
    assert [s.text for s in steps_of(trace(lambda x: x, 2.0))] == [
        "given x = 2; the direction is tan x = 1",
        "back from the output: adj x = 1",
    ]
    steps = steps_of(trace(lambda x: 3.0, 2.0))
    assert steps[-1].text == "the output does not depend on the inputs: every adjoint is 0"
    assert steps[-1].adjoints == {"x": "0"}
    assert str(steps).startswith("f: 0 operations, 1 step: values with tangents")


def chain(count):
    def f(x):
        for _ in range(count):
            x = x * 1.0
        return x

    return trace(f, 1.0)


def test_what_is_refused(tmp_path):
    with pytest.raises(InputError, match="'both', 'forward' or 'reverse'"):
        steps_of(trace(baydin, 2.0, 5.0), "back")
    with pytest.raises(InputError, match="1001 operations, and steps are for 1000 at most"):
        steps_of(chain(1001))
    for name in ("steps.png", "steps"):
        with pytest.raises(InputError, match=r"saved as \.html or \.svg"):
            steps_of(chain(2)).save(tmp_path / name)
    long = steps_of(chain(401))
    for name in ("a.html", "a.svg"):
        with pytest.raises(InputError, match="401 operations, and a page shows 400 at most"):
            long.save(tmp_path / name)
    assert "too many" in long._repr_html_() and not list(tmp_path.iterdir())
