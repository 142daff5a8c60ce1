"""The SVG: its structure, that it needs nothing else, that nothing in it escapes; and how a browser shows it."""

import html
import json
import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

import dualrev as dr
from dualrev.palette import FORWARD, REVERSE
from dualrev.program.layout import Rect
from tests.program.geometry import overlaps
from tests.program.programs import PROGRAMS

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "rect", "g", "path", "polygon", "text"}
ATTRIBUTES = {
    "viewBox", "width", "height", "role", "x", "y", "rx", "d", "points", "fill", "stroke", "text-anchor", "font-family",
    "font-size", "font-weight", "data-node", "data-kind", "data-edge", "data-group", "data-part",
}  # fmt: skip


def graph_of(name, **options):
    f, *x = PROGRAMS[name]
    return dr.trace(f, *x).graph(**options)


def parsed(graph, extra=None):
    return ElementTree.fromstring(graph.to_svg(extra))


def elements(root, attribute):
    """The groups that carry an attribute, by its value, in order."""
    return {g.get(attribute): g for g in root.iter(f"{SVG}g") if g.get(attribute) is not None}


def parts(group):
    return {child.get("data-part"): child for child in group if child.get("data-part")}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_node_edge_and_box_is_there_with_its_parts(name):
    graph = graph_of(name, tangents=True)
    root = parsed(graph)
    nodes, edges = elements(root, "data-node"), elements(root, "data-edge")
    assert list(nodes) == [str(n.index) for n in graph.nodes]
    assert list(edges) == [e.key for e in graph.edges]
    assert [g.get("data-group") for g in root.iter(f"{SVG}g") if g.get("data-group")] == [
        "/".join(box.path) for box in graph.layout.groups
    ]
    assert {tuple(parts(g)) for g in nodes.values()} == {("box", "name", "value", "tangent", "adjoint")}
    assert {tuple(parts(g)) for g in edges.values()} == {("line", "head", "partial")}
    for node in graph.nodes:
        shown = {part: element.text for part, element in parts(nodes[str(node.index)]).items()}
        assert shown["name"] == node.head and shown["adjoint"] == f"adj {node.adjoint}"
    assert [parts(g)["partial"].text for g in edges.values()] == [e.partial for e in graph.edges]


def test_a_square_has_two_edges_with_partials():
    edges = elements(parsed(graph_of("square")), "data-edge")
    assert {key: parts(g)["partial"].text for key, g in edges.items()} == {"0-1-0": "3", "0-1-1": "3"}


def test_boxes_and_lines_are_where_the_layout_says():
    graph = graph_of("layers")
    root = parsed(graph)
    for group, rect in zip(elements(root, "data-node").values(), graph.layout.nodes, strict=True):
        drawn = [float(parts(group)["box"].get(k)) for k in ("x", "y", "width", "height")]
        np.testing.assert_allclose(drawn, rect, atol=0.051)
    for group, route in zip(elements(root, "data-edge").values(), graph.layout.routes, strict=True):
        written = [float(s) for s in re.findall(r"[\d.]+", parts(group)["line"].get("d"))]
        np.testing.assert_allclose(written[:2], route.points[0], atol=0.051)
        assert parts(group)["line"].get("d").endswith(f"{route.points[-1].y:.1f}".removesuffix(".0"))
        tip = [float(s) for s in parts(group)["head"].get("points").split()[0].split(",")]
        np.testing.assert_allclose(tip, route.points[-1], atol=0.051)


@pytest.mark.parametrize("name", PROGRAMS)
def test_presentation_attributes_and_nothing_else(name):
    """No style sheet, script, link or font: what sites that clean up SVG leave standing."""
    root = parsed(graph_of(name, tangents=True))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    assert {name for element in root.iter() for name in element.attrib} <= ATTRIBUTES
    assert not [v for element in root.iter() for v in element.attrib.values() if "url(" in v or "://" in v]


def test_white_paper_lies_under_everything_and_the_modes_have_their_colours():
    graph = graph_of("baydin", seed="x1")
    root = parsed(graph)
    paper = root.find(f"{SVG}rect")
    assert root.get("viewBox") == f"0 0 {paper.get('width')} {paper.get('height')}" and paper.get("fill") == "#ffffff"
    assert [child.tag for child in root][:3] == [f"{SVG}title", f"{SVG}desc", f"{SVG}rect"]
    shown = parts(elements(root, "data-node")["0"])
    assert shown["tangent"].get("fill") == FORWARD and shown["adjoint"].get("fill") == REVERSE


def test_what_is_said_to_those_who_do_not_see_it():
    root = parsed(graph_of("baydin"))
    assert root.get("role") == "img" and root[0].text == "Computation graph of baydin"
    assert root[1].text == (
        "7 values and 8 edges, from the inputs x1, x2 at the top to the outputs v5 = 11.6521 at the bottom"
    )
    tip = elements(root, "data-node")["2"][0].text.splitlines()
    assert tip[:3] == ["v1 = log(x1)", "value 0.6931", "adjoint 1"] and "programs.py:" in tip[3]


NASTY = '</text><script>alert("&")</script>\x00\x1b\ud800'


def test_names_are_escaped():
    def f(x):
        with dr.group(f'"><g onload="x()"{NASTY}'):
            return dr.label(x * x, NASTY)

    root = parsed(dr.trace(f, 2.0).graph())
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    assert {name for element in root.iter() for name in element.attrib} <= ATTRIBUTES
    shown = parts(elements(root, "data-node")["1"])["name"].text
    assert shown == "</text><script>alert…/script>\ufffd\ufffd\ufffd = x * x"
    (path,) = elements(root, "data-group")
    assert path == '"><g onload="x()"</text><script>alert("&")</script>\ufffd\ufffd\ufffd'


def test_markup_may_be_put_inside_every_part():
    graph = graph_of("square", tangents=True)
    asked = []

    def extra(element, key, part):
        asked.append((element, key, part))
        return f'<animate attributeName="opacity" values="{key}"/>' if (element, part) != ("edge", "head") else ""

    root = parsed(graph, extra)
    in_node = [("node", str(k), part) for k in range(2) for part in ("box", "name", "value", "tangent", "adjoint")]
    in_edge = [("edge", f"0-1-{k}", part) for k in range(2) for part in ("line", "head", "partial")]
    assert sorted(asked) == sorted(in_node + in_edge)
    for attribute, skipped in (("data-node", ()), ("data-edge", ("head",))):
        for key, group in elements(root, attribute).items():
            found = {part: [a.get("values") for a in e] for part, e in parts(group).items()}
            assert found == {part: [] if part in skipped else [key] for part in found}


# ---- in a browser ----------------------------------------------------------------------------------------------------

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

MEASURE = """
const box = e => { const b = e.getBBox(); return [b.x, b.y, b.width, b.height]; };
const shown = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
                     return r.width > 0 && r.height > 0 && s.visibility == "visible" && s.opacity == "1"; };
const found = {};
for (const svg of document.querySelectorAll("svg")) {
  const texts = g => [...g.querySelectorAll("text")].filter(t => t.textContent).map(t => [t.dataset.part, box(t)]);
  const all = name => [...svg.querySelectorAll(`[data-${name}]`)].map(g => ({
    key: g.dataset[name], texts: texts(g), shown: shown(g),
    box: box(g.querySelector("[data-part=box]") || g.querySelector("[data-part=line]"))}));
  found[svg.parentNode.id] = {node: all("node"), edge: all("edge"), group: all("group")};
}
document.getElementById("out").textContent = JSON.stringify(found);
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What a browser measures of all drawings, in one start."""
    if BROWSER is None:
        pytest.skip("no Chromium or Chrome on this machine to open the SVG in")
    folder = tmp_path_factory.mktemp("browser")
    drawings = [f'<div id="{name}">{graph_of(name, tangents=True).to_svg()}</div>' for name in PROGRAMS]
    page = f'<meta charset="utf-8">{"".join(drawings)}<pre id="out"></pre><script>{MEASURE}</script>'
    (folder / "page.html").write_text(page, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"]
    address = (folder / "page.html").as_uri()
    command = [BROWSER, *options, f"--user-data-dir={folder / 'profile'}", address]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, encoding="utf-8").stdout
    out = re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL)
    assert out and out[1], "the browser opened the page but measured nothing"
    return json.loads(html.unescape(out[1]))


def inside(outer, inner, room):
    """Is a text in its box, with room around it?"""
    return Rect(outer.x + room, outer.y + room, outer.width - 2 * room, outer.height - 2 * room).holds(inner)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_browser_shows_every_node_with_its_texts_in_its_box(measured, name):
    graph, found = graph_of(name, tangents=True), measured[name]
    assert [g["key"] for g in found["node"]] == [str(n.index) for n in graph.nodes]
    assert all(g["shown"] for kind in found.values() for g in kind)
    for group in found["node"]:
        outside = [part for part, text in group["texts"] if not inside(Rect(*group["box"]), Rect(*text), 4)]
        assert len(group["texts"]) == 4 and not outside, f"node {group['key']}: {outside}"
        assert overlaps({part: Rect(*text) for part, text in group["texts"]}) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_in_the_browser_no_label_overlaps_a_label_or_a_node(measured, name):
    found = measured[name]
    nodes = {f"node {g['key']}": Rect(*g["box"]) for g in found["node"]}
    labels = {f"partial {g['key']}": Rect(*text) for g in found["edge"] for _, text in g["texts"]}
    names = {f"name {k} {g['key']}": Rect(*text) for k, g in enumerate(found["group"]) for _, text in g["texts"]}
    assert len(labels) == len(found["edge"]) and len(names) == len(found["group"])
    assert overlaps(nodes | labels | names) == []
    for k, g in enumerate(found["group"]):
        assert inside(Rect(*g["box"]), names[f"name {k} {g['key']}"], 1)
