"""The geometry of a layout: what may not overlap does not, in drawings of every shape."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

import dualrev as dr
from dualrev.program import layering
from dualrev.program.boxes import Boxes
from dualrev.program.coordinates import Joint, Sides, positions, spaced
from dualrev.program.frame import Level
from dualrev.program.layering import Net, layered, ranks_of
from dualrev.program.layout import Point, Rect, laid_out
from dualrev.program.ordering import Link, crossings, ends, ordered
from dualrev.program.slots import Slots, Wire
from dualrev.program.tightening import nearest_median, tightened
from tests.program.geometry import flaws, overlaps
from tests.program.programs import PROGRAMS

HEADERS = {"a": 7.0, "a rather long name": 130.0, "c": 7.0}


def plain(edges, count, label=30.0):
    """A drawing of nodes of one size."""
    return laid_out([(90.0, 60.0)] * count, [Wire(parent, child, label) for parent, child in edges])


# ---- nothing overlaps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_overlaps_in_the_drawing_of_a_program(name):
    f, *x = PROGRAMS[name]
    graph = dr.trace(f, *x).graph(tangents=True)
    groups = [node.group for node in graph.nodes]
    wires = [Wire(edge.parent, edge.child) for edge in graph.edges]
    assert len(graph.layout.nodes) == len(graph.nodes)
    assert flaws(graph.layout, wires, groups) == []


@st.composite
def drawings(draw):
    """Sizes, wires and groups of a random graph: several lines between two nodes, groups left and entered again."""
    count = draw(st.integers(1, 24))
    sizes = [(draw(st.sampled_from([58.0, 90.0, 240.0])), draw(st.sampled_from([48.0, 60.0]))) for _ in range(count)]
    wires = []
    for child in range(1, count):
        for _ in range(draw(st.integers(0, 3))):
            wires.append(Wire(draw(st.integers(0, child - 1)), child, draw(st.sampled_from([0.0, 6.1, 30.5, 140.0]))))
    names = st.lists(st.sampled_from(list(HEADERS)), max_size=3)
    groups, path = [], ()
    for _ in range(count):
        if draw(st.integers(0, 2)) == 0:
            path = tuple(draw(names))
        groups.append(path)
    return sizes, wires, groups


@settings(max_examples=60)
@given(drawings())
def test_nothing_overlaps_in_random_graphs_with_random_groups(drawing):
    sizes, wires, groups = drawing
    assert flaws(laid_out(sizes, wires, groups, HEADERS), wires, groups) == []


def test_nothing_overlaps_among_a_thousand_nodes():
    rng = np.random.default_rng(3)
    edges = [(int(rng.integers(max(0, k - 30), k)), k) for k in range(4, 1000) for _ in range(2)]
    layout = plain(edges, 1000)
    rects = [*layout.nodes, *(route.label for route in layout.routes)]
    assert len(rects) == 1000 + len(edges)
    assert overlaps({str(k): rect for k, rect in enumerate(rects)}) == []


def moved(rect, dx, dy):
    return rect._replace(x=rect.x + dx, y=rect.y + dy)


def test_the_referee_sees_what_is_wrong():
    sizes, wires, groups = [(60.0, 60.0)] * 3, [Wire(0, 1, 30.0), Wire(0, 2), Wire(1, 2)], [(), ("a",), ()]
    good = laid_out(sizes, wires, groups, HEADERS)
    assert flaws(good, wires, groups) == []

    def spoiled(**changes):
        return " ".join(flaws(replace(good, **changes), wires, groups))

    a, b, c = good.nodes
    first, second, third = good.routes
    box = good.groups[0]
    label = first.label
    assert "node 0 overlaps node 1" in spoiled(nodes=[moved(b, 5, 5), b, c])
    through = [Point(b.middle, b.y - 30), Point(b.middle, b.bottom + 30)]
    assert "line 1 of (0, 2) passes through node 1" in spoiled(routes=[first, second._replace(points=through), third])
    assert "line 1 does not begin at node 0" in spoiled(routes=[first, second._replace(points=through), third])
    assert "line 1 does not end at node 2" in spoiled(routes=[first, second._replace(points=through), third])
    assert "label 0 overlaps" in spoiled(routes=[first._replace(label=moved(label, 0, 30)), second, third])
    assert "passes through label 0" in spoiled(routes=[first._replace(label=moved(label, -12, 0)), second, third])
    assert "line 0 goes up" in spoiled(routes=[first._replace(points=first.points[::-1]), second, third])
    assert "leaves the page" in spoiled(width=c.x)
    assert "node 0 of () is in the boxes [('a',)]" in spoiled(nodes=[moved(box.rect, 1, 1), b, c])
    assert "node 1 leaves a box" in spoiled(nodes=[a, moved(b, box.rect.right - b.x - 5, 0), c])
    assert "the name of box ('a',) is outside it" in spoiled(groups=[box._replace(header=moved(box.header, 0, -40))])
    assert "box ('a',) overlaps ('b',)" in spoiled(groups=[box, box._replace(path=("b",))])


# ---- how it looks ----------------------------------------------------------------------------------------------------


def test_a_chain_goes_straight_down():
    layout = plain([(k, k + 1) for k in range(9)], 10, label=140.0)
    assert len({rect.middle for rect in layout.nodes}) == 1
    assert all(len({point.x for point in route.points}) == 1 for route in layout.routes)
    assert [rect.y for rect in layout.nodes] == sorted(rect.y for rect in layout.nodes)


def test_a_long_program_stays_narrow():
    """Each value from the two before: nothing pulls it to a side."""
    layout = plain([(k - d, k) for k in range(2, 300) for d in (1, 2)], 300)
    assert layout.width < 4 * 90


def test_a_parent_stands_over_the_middle_of_its_children():
    layout = plain([(0, 1), (0, 2), (1, 3), (2, 3)], 4)
    top, left, right, bottom = (rect.middle for rect in layout.nodes)
    assert top == pytest.approx((left + right) / 2) and bottom == pytest.approx(top)
    assert layout.nodes[1].y == layout.nodes[2].y and left < top < right


def test_two_lines_between_the_same_nodes_are_two_lines():
    layout = plain([(0, 1), (0, 1)], 2)
    (a, b), node = layout.routes, layout.nodes[1]
    assert a.points[0] == b.points[0]
    assert a.points[-1].x - node.middle == pytest.approx(node.middle - b.points[-1].x)
    assert a.label_on_the_left and not b.label_on_the_left and a.label.right < a.points[-1].x < b.label.x


def test_a_chain_between_two_branches_bends_once():
    """0 to 5 over 1, 2, 3; the wider 4 takes the other way."""
    layout = plain([(0, 1), (1, 2), (2, 3), (0, 4), (3, 5), (4, 5)], 6)
    middles = [layout.nodes[k].middle for k in (1, 2, 3)]
    assert middles == pytest.approx([middles[0]] * 3) and middles[0] != pytest.approx(layout.nodes[5].middle)


@settings(max_examples=30)
@given(drawings())
def test_tightening_makes_no_run_longer(drawing):
    sizes, wires, _ = drawing
    level = Level(range(len(sizes)), nets_of(wires), {w.parent: w.parent for w in wires}, {}, Slots(sizes, wires), {})
    layers = level.layers.layers
    rng = np.random.default_rng(0)
    joints = [Joint(*arc[:2], *rng.uniform(-20, 20, 2), level.weight(arc)) for arc in level.layers.arcs]
    sides = Sides([20.0] * level.layers.total, [25.0] * level.layers.total)
    before = positions(layers, joints, sides)
    after = tightened(layers, joints, sides, before)

    def runs(x):
        return sum(j.weight * abs(x[j.upper] + j.out - x[j.lower] - j.into) for j in joints)

    assert runs(after) <= runs(before) + 1e-6
    assert all(after[b] - after[a] > 45 - 1e-6 for layer in layers for a, b in pairwise(layer))
    assert min(after) == pytest.approx(20)


def nets_of(wires):
    """For each node, the ends of its lines."""
    nets = {}
    for number, wire in enumerate(wires):
        nets.setdefault(wire.parent, []).append((number,))
    return nets


@pytest.mark.parametrize(
    ("wishes", "median"),
    [
        ([], 0.0),
        ([(-3.0, 1.0), (2.0, 1.0)], 0.0),
        ([(1.0, 1.0), (2.0, 1.0)], 1.0),
        ([(-5.0, 1.0), (-4.0, 1.0)], -4.0),
        ([(1.0, 1.0), (2.0, 8.0), (9.0, 1.0)], 2.0),
    ],
)
def test_the_median_nearest_to_zero(wishes, median):
    assert nearest_median(wishes) == median


def test_an_input_that_is_used_late_stands_late():
    layout = plain([(0, 2), (2, 3), (3, 4), (1, 4)], 5)
    assert layout.nodes[1].y == layout.nodes[3].y > layout.nodes[0].y


def test_an_input_stands_low_in_its_layer_and_an_operation_high():
    wires = [Wire(0, 1), Wire(0, 3), Wire(1, 4), Wire(2, 4), Wire(3, 4)]
    _, high, low, tall, _ = laid_out([(60.0, height) for height in (40, 40, 40, 90, 40)], wires).nodes
    assert high.y == tall.y and low.bottom == tall.bottom


def test_a_long_line_begins_straight_below_its_node():
    layout = plain([(0, 1), (0, 2), (1, 3), (3, 4), (2, 5), (4, 5)], 6)
    begin, bend = layout.routes[4].points[:2]
    assert begin.x == pytest.approx(bend.x) and bend.y > layout.nodes[4].y


def test_a_line_over_several_layers_is_straight_where_it_has_room():
    layout = plain([(0, 1), (1, 2), (2, 3), (0, 4), (3, 4)], 5)
    long = layout.routes[3].points
    verticals = [b.y - a.y for a, b in pairwise(long) if abs(a.x - b.x) < 0.05]
    assert max(verticals) > layout.nodes[3].bottom - layout.nodes[1].y


def test_the_same_graph_gives_the_same_drawing():
    edges = [(k // 2, k) for k in range(1, 40)]
    assert plain(edges, 40) == plain(edges, 40)


def test_no_node_and_one_node():
    assert laid_out([], []).nodes == []
    only = laid_out([(60.0, 40.0)], [])
    assert only.nodes == [Rect(12, 12, 60, 40)] and (only.width, only.height) == (84, 64)


# ---- groups ----------------------------------------------------------------------------------------------------------


def test_groups_are_nested_boxes_and_a_new_visit_is_a_new_box():
    groups = [(), ("net",), ("net", "layer"), (), ("net",)]
    layout = laid_out([(60.0, 60.0)] * 5, [Wire(k, k + 1) for k in range(4)], groups, {"net": 22.0, "layer": 36.0})
    assert [box.path for box in layout.groups] == [("net",), ("net", "layer"), ("net",)]
    first, inner, second = (box.rect for box in layout.groups)
    assert first.holds(inner) and not first.overlaps(second) and not second.overlaps(layout.nodes[3])


def test_the_way_of_a_line_through_boxes():
    boxes = Boxes([("a", "b"), ("c",), ()], [Wire(0, 1), Wire(0, 2)])
    assert [(box.path, box.outer, box.items) for box in boxes.boxes] == [
        ((), None, [-1, -3, 2]),
        (("a",), 0, [-2]),
        (("a", "b"), 1, [0]),
        (("c",), 0, [1]),
    ]
    assert boxes.stages(0) == [(2, 0), (1, 0), (0, -3), (3, (0,))]
    assert boxes.stages(1) == [(2, 0), (1, 0), (0, (1,))]
    assert boxes.holders(0) == {0: -1} and boxes.holders(3) == {0: None} and boxes.holders(2) == {0: 0}


# ---- layers ----------------------------------------------------------------------------------------------------------


def test_ranks():
    pairs = [(0, 2), (2, 3), (3, 4), (1, 4)]
    assert ranks_of(5, pairs) == [0, 2, 1, 2, 3]
    # 0 enters from above and 5 leaves below: both keep to the border
    assert ranks_of(6, [(0, 2), (1, 3), (2, 5)], entries=1, exits=1) == [0, 1, 1, 2, 1, 3]


def test_the_arcs_of_one_source_share_a_trunk():
    layers = layered([0, 1, 2, 3], [Net(0, 0.0, {(0,): 1, (1,): 2, (2,): 3}), Net(1, 0.0, {(3,): 2})])
    assert layers.layers == [[0], [1, 4], [2, 5], [3]] and layers.trunks == [[4, 5], []]
    assert {(arc.upper, arc.lower, arc.key) for arc in layers.arcs} == {
        (0, 4, None), (4, 5, None), (0, 1, (0,)), (4, 2, (1,)), (5, 3, (2,)), (1, 2, (3,)),
    }  # fmt: skip
    assert layers.total == 6 and not layers.direct


def test_arcs_too_long_for_the_limit_go_directly(monkeypatch):
    monkeypatch.setattr(layering, "MOST_DUMMIES", 2)
    layers = layered(list(range(6)), [Net(0, 0.0, {(0,): 5, (1,): 2}), Net(1, 0.0, {(2,): 3})])
    assert layers.direct == {(0, (0,))} and layers.total == 6 + 2
    edges = [(k, k + 1) for k in range(5)] + [(0, 5)]
    layout = plain(edges, 6)
    assert layout.routes[5].points[-1].y == layout.nodes[5].y
    assert not overlaps({str(k): rect for k, rect in enumerate(layout.nodes)})


# ---- order -----------------------------------------------------------------------------------------------------------


def crossed(order, links):
    """The number of crossings, pair by pair."""
    at = {v: k for layer in order for k, v in enumerate(layer)}
    rank = {v: r for r, layer in enumerate(order) for v in layer}
    ends = [(rank[u], at[u] + out, at[v] + into) for u, v, out, into in links]
    return sum(r == s and (a - c) * (b - d) < 0 for (r, a, b), (s, c, d) in combinations(ends, 2))


@st.composite
def layered_graphs(draw):
    layers, made = [], 0
    for size in draw(st.lists(st.integers(1, 6), min_size=2, max_size=5)):
        layers.append(list(range(made, made + size)))
        made += size
    aside = st.sampled_from([0.0, 0.0, -0.4, 0.4])
    links = [
        Link(draw(st.sampled_from(upper)), lower, draw(aside), draw(aside))
        for upper, layer in pairwise(layers)
        for lower in layer
        for _ in range(draw(st.integers(0, 3)))
    ]
    return layers, links


@settings(max_examples=60)
@given(layered_graphs())
def test_crossings_are_counted_and_lowered(graph):
    layers, links = graph
    above, _ = ends(layers, links)
    assert sum(crossings(layers, above)) == crossed(layers, links)
    order = ordered(layers, links)
    assert [sorted(layer) for layer in order] == layers
    assert crossed(order, links) <= crossed(layers, links)
    assert ordered(layers, links, fixed_top=True)[0] == layers[0]


def test_crossings_that_need_not_be_are_not():
    links = [Link(0, 5), Link(1, 4), Link(2, 3), Link(3, 8), Link(4, 7), Link(5, 6)]
    assert crossed([[0, 1, 2], [3, 4, 5], [6, 7, 8]], links) == 6
    assert crossed(ordered([[0, 1, 2], [3, 4, 5], [6, 7, 8]], links), links) == 0


# ---- positions -------------------------------------------------------------------------------------------------------


def test_places_with_distances_are_the_isotonic_regression():
    rng = np.random.default_rng(5)
    for count in (1, 2, 5, 30):
        wishes, weights, apart = rng.normal(size=count) * 40, rng.uniform(0.1, 8, count), rng.uniform(5, 30, count - 1)
        shifts = np.concatenate([[0], np.cumsum(apart)])
        expected = isotonic_regression(wishes - shifts, weights=weights).x + shifts
        np.testing.assert_allclose(spaced(wishes, weights, apart), expected, rtol=1e-12)


def test_lines_arrive_apart_and_symmetric():
    slots = Slots([(40.0, 60.0)] * 2, [Wire(0, 1, 30.0)] * 4)
    assert slots.widths == [40, 4 * (7 + 5 + 30 + 5)] and slots.right == [20, 94]
    found = slots.slots(1, [2, 0, 1, 3])
    offsets = [found[k].offset for k in (2, 0, 1, 3)]
    assert offsets == [-54, -7, 7, 54] and [found[k].left for k in (2, 0, 1, 3)] == [True, True, False, False]


def test_the_label_of_an_only_line_may_stand_beyond_its_node():
    slots = Slots([(40.0, 60.0)] * 2, [Wire(0, 1, 90.0)])
    assert slots.widths == [40, 40] and slots.right == [20, 100]
    assert slots.slots(1, [0])[0].offset == 0
