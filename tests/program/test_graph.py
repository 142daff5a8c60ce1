"""The graph of a program: what stands on its nodes and edges, and what it is saved as."""

import json

import numpy as np
import pytest

import dualrev as dr
from dualrev.program import graph as graph_file
from dualrev.program.nodes import shortened, text_width
from dualrev.program.slots import Wire
from dualrev.theme import themed_svg
from tests.program.geometry import flaws
from tests.program.programs import PROGRAMS, baydin, layers


def graph_of(name, **options):
    f, *x = PROGRAMS[name]
    return dr.trace(f, *x).graph(**options)


def test_the_survey_on_nodes_and_edges():
    """Baydin et al. (2018), tables 2 and 3, and the local partials by hand: 1/x1, x2, x1, cos x2, and signs."""
    graph = graph_of("baydin", seed="x1")
    assert [(n.head, n.value, n.tangent, n.adjoint) for n in graph.nodes] == [
        ("x1", "2", "1", "5.5"),
        ("x2", "5", "0", "1.7163"),
        ("v1 = log(x1)", "0.6931", "0.5", "1"),
        ("v2 = x1 * x2", "10", "5", "1"),
        ("v3 = v1 + v2", "10.6931", "5.5", "1"),
        ("v4 = sin(x2)", "-0.9589", "0", "-1"),
        ("v5 = v3 - v4", "11.6521", "5.5", "1"),
    ]
    assert [(e.key, e.partial) for e in graph.edges] == [
        ("0-2-0", "0.5"),
        ("0-3-0", "5"),
        ("1-3-1", "2"),
        ("2-4-0", "1"),
        ("3-4-1", "1"),
        ("1-5-0", "0.2837"),
        ("4-6-0", "1"),
        ("5-6-1", "-1"),
    ]
    assert [n.kind for n in graph.nodes] == ["input"] * 2 + ["operation"] * 4 + ["output"]
    assert graph.title == "baydin"


def test_the_sensitivities_of_the_hsf_tutorial():
    found = {n.name: n.adjoint for n in graph_of("hsf").nodes}
    assert found == {"a": "4", "b": "-11", "c": "-2", "d": "6", "e": "2", "v4": "1"}


def test_a_value_used_twice_by_one_operation_has_two_edges():
    graph = graph_of("square")
    assert [(e.key, e.partial) for e in graph.edges] == [("0-1-0", "3"), ("0-1-1", "3")]


def test_tangents_are_shown_when_asked_for():
    program = dr.trace(baydin, 2.0, 5.0)
    assert {n.tangent for n in program.graph().nodes} == {""}
    assert program.graph(tangents=True).nodes == program.graph(seed="x1").nodes
    assert program.graph(seed="x2").nodes[-1].tangent == "1.7163"
    assert program.graph(seed={"x1": 2.0, "x2": 1.0}).nodes[3].tangent == "12"
    assert program.graph(tangents=True).layout.height > program.graph().layout.height


def test_the_output_whose_adjoints_are_shown():
    program = dr.trace(lambda a, b: (a * b, a + b), 2.0, 3.0)
    assert [n.adjoint for n in program.graph().nodes] == ["3", "2", "1", "0"]
    assert [n.adjoint for n in program.graph(output=1).nodes] == ["1", "1", "0", "1"]
    assert [n.kind for n in program.graph().nodes] == ["input", "input", "output", "output"]


def test_edges_between_arrays_say_the_shape_of_the_jacobian_or_its_diagonal():
    graph = graph_of("constants")
    partials = {e.key: e.partial for e in graph.edges}
    assert partials["0-2-0"] == "(5,) all 3.14"  # x * 3.14159265, elementwise
    assert partials["1-3-1"] == "J 5x1"  # w * y with a number y: a column
    assert [n.head for n in graph.nodes][2:4] == ["v1 = x * 3.1416", "v2 = w * y"]
    assert not [e for e in graph.edges if e.parent < 0]


def test_plain_data():
    data = json.loads(json.dumps(graph_of("layers").to_dict()))
    assert data["title"] == "layers"
    assert [n["group"] for n in data["nodes"]][5:9] == [["layer 1"]] * 3 + [["layer 2"]]
    assert data["nodes"][0].keys() == {
        "index", "name", "expression", "value", "tangent", "adjoint", "kind", "group", "place",
    }  # fmt: skip
    assert data["edges"][0] == {"parent": 1, "child": 5, "argument": 0, "partial": "J 5x20"}
    assert data["nodes"][5]["place"].endswith(f"programs.py:{layers.__code__.co_firstlineno + 2}")


# ---- one node for a group --------------------------------------------------------------------------------------------


def test_every_group_as_one_node():
    whole, graph = graph_of("layers"), graph_of("layers", collapse=True)
    assert [n.name for n in graph.nodes] == [
        "x", "W1", "b1", "W2", "b2", "layer 1: 3 operations", "layer 2: 3 operations", "loss: 3 operations",
    ]  # fmt: skip
    assert [(e.parent, e.child, e.partial) for e in graph.edges] == [
        (1, 7, ""), (0, 7, ""), (2, 7, ""), (3, 10, ""), (7, 10, ""), (4, 10, ""), (10, 13, ""),
    ]  # fmt: skip
    for node in graph.nodes:  # value and adjoint of the last value inside
        assert (node.value, node.adjoint) == (whole.nodes[node.index].value, whole.nodes[node.index].adjoint)
    assert graph.nodes[-1].kind == "output" and not graph.layout.groups


def test_groups_of_some_depth_as_one_node():
    graph = graph_of("neurons", collapse=2)
    inner = [n for n in graph.nodes if n.name.startswith("neuron")]
    assert [n.name for n in inner] == [
        *[f"neuron {k}: 4 operations" for k in (1, 2, 3)],
        *[f"neuron {k}: 6 operations" for k in (1, 2)],
    ]
    assert [n.group for n in inner] == [("layer 1",)] * 3 + [("layer 2",)] * 2
    keys = [e.key for e in graph.edges]
    assert len(keys) == len(set(keys))
    at = {n.index: k for k, n in enumerate(graph.nodes)}
    wires = [Wire(at[e.parent], at[e.child]) for e in graph.edges]
    assert flaws(graph.layout, wires, [n.group for n in graph.nodes]) == []


def test_a_value_that_leaves_the_middle_of_a_group_still_leaves_it():
    def f(x):
        with dr.group("g"):
            y = x * 2.0
            z = np.sin(y)
        return y + z

    graph = dr.trace(f, 1.0).graph(collapse=True)
    assert [n.name for n in graph.nodes] == ["x", "g: 2 operations", "v3"]
    assert [(e.key, e.partial) for e in graph.edges] == [("0-2-0", ""), ("2-3-0", "1"), ("2-3-1", "1")]


def test_what_a_graph_refuses(monkeypatch):
    program = dr.trace(baydin, 2.0, 5.0)
    with pytest.raises(dr.errors.InputError, match="collapse=-1: give the depth"):
        program.graph(collapse=-1)
    monkeypatch.setattr(graph_file, "MOST_NODES", 6)
    with pytest.raises(dr.errors.InputError, match=r"a drawing of 7 values .* graph\(collapse=True\)"):
        program.graph()


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start"), [("a.svg", b"<svg"), ("a.dot", b"digraph"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF")]
)
def test_saved_by_the_ending_of_the_name(tmp_path, name, start):
    graph = graph_of("square")
    graph.save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    graph.save(str(tmp_path / name))


def test_the_text_files_hold_the_texts(tmp_path):
    graph = graph_of("square")
    graph.save(tmp_path / "a.svg")
    graph.save(tmp_path / "a.dot")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == graph.to_svg()
    assert graph._repr_svg_() == themed_svg(graph.to_svg())
    assert (tmp_path / "a.dot").read_text(encoding="utf-8") == graph.to_dot()


@pytest.mark.parametrize("name", ["a.html", "a"])
def test_an_unknown_ending_is_refused(tmp_path, name):
    with pytest.raises(dr.errors.InputError, match=r"saved as \.svg, \.dot, \.png or \.pdf"):
        graph_of("square").save(tmp_path / name)


# ---- texts -----------------------------------------------------------------------------------------------------------


def test_long_texts_are_shortened_in_the_middle():
    assert shortened("a" * 40) == "a" * 40
    assert shortened("a" * 20 + "bc" + "d" * 20) == "a" * 20 + "…" + "d" * 19
    assert shortened("two\nlines\tand  more") == "two lines and more"


def test_wide_characters_have_twice_the_width():
    assert text_width("損失", 10.0) == 4 * text_width("x", 10.0)


def test_a_program_without_operations():
    graph = dr.trace(lambda x: x, 2.0).graph()
    assert [(n.head, n.adjoint, n.kind) for n in graph.nodes] == [("x", "1", "input")]
    assert graph.edges == []
