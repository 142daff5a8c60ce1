"""The text for Graphviz, read back by a small reader of that language."""

import re
import shutil
import subprocess

import pytest

import dualrev as dr
from tests.program.programs import PROGRAMS


def dot_of(name, **options):
    f, *x = PROGRAMS[name]
    return dr.trace(f, *x).graph(**options).to_dot()


def read(dot):
    """The edges, and the nodes with the clusters they are in, by label."""
    clusters, nodes, edges, depth = [], {}, [], 0
    for line in dot.splitlines():
        if opened := re.fullmatch(r'\s*subgraph (cluster_\d+) \{ label="(.*)"', line):
            clusters.append(opened.groups())
        elif node := re.fullmatch(r"\s*(n\d+) \[label=<(.*)>, fillcolor=\"(#\w{6})\"\]", line):
            nodes[node[1]] = ([label for _, label in clusters], node[2])
        elif edge := re.fullmatch(r'\s*(n\d+) -> (n\d+) \[label="(.*)"\]', line):
            edges.append(edge.groups())
        elif line.strip() == "}" and clusters:
            clusters.pop()
        else:
            depth += line.endswith("{") - (line.strip() == "}")
    assert depth == 0 and not clusters
    return nodes, edges


def test_the_survey():
    nodes, edges = read(dot_of("baydin", seed="x1"))
    assert list(nodes) == [f"n{k}" for k in range(7)]
    assert nodes["n2"] == (
        [],
        'v1 = log(x1)<br/>0.6931<br/><font color="#b04600">tan 0.5</font><br/><font color="#1f5fa8">adj 1</font>',
    )
    assert edges[:3] == [("n0", "n2", "0.5"), ("n0", "n3", "5"), ("n1", "n3", "2")] and len(edges) == 8


def test_a_square_has_two_edges():
    assert read(dot_of("square"))[1] == [("n0", "n1", "3"), ("n0", "n1", "3")]


def test_groups_are_clusters():
    nodes, _ = read(dot_of("neurons"))
    found = [group for group, _ in nodes.values()]
    assert found[:14] == [[]] * 14 and found[14] == ["layer 1", "neuron 1"] and found[-1] == []
    assert {tuple(group) for group in found} == {
        (), *[("layer 1", f"neuron {k}") for k in (1, 2, 3)], *[("layer 2", f"neuron {k}") for k in (1, 2)],
    }  # fmt: skip


def test_nodes_that_follow_each_other_share_a_cluster():
    assert re.findall(r'cluster_(\d) \{ label="(.*)"', dot_of("layers")) == [
        ("0", "layer 1"), ("1", "layer 2"), ("2", "loss"),
    ]  # fmt: skip


def test_a_group_entered_again_is_the_same_cluster():
    def f(x):
        for _ in range(2):
            with dr.group("g"):
                x = x * 2.0
            x = x + 1.0
        return x

    assert re.findall(r"cluster_\d+", dr.trace(f, 1.0).graph().to_dot()) == ["cluster_0"] * 2


def test_names_are_escaped():
    def f(x):
        with dr.group('a "b" \\'):
            return dr.label(x * x, '<b> & "c"')

    nodes, _ = read(dr.trace(f, 2.0).graph().to_dot())
    group, label = nodes["n1"]
    assert group == ['a \\"b\\" \\\\']
    assert label.startswith("&lt;b&gt; &amp; &quot;c&quot; = x * x<br/>4")


@pytest.mark.skipif(shutil.which("dot") is None, reason="no program `dot` of Graphviz on this machine")
@pytest.mark.parametrize("name", PROGRAMS)
def test_graphviz_reads_it(name):
    dot = subprocess.run(["dot", "-Tplain"], input=dot_of(name, tangents=True), capture_output=True, text=True)
    assert dot.returncode == 0, dot.stderr
