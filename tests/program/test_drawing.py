"""The drawing with matplotlib: the layout of the SVG, with texts that fit in whatever axes it is given."""

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

import dualrev as dr
from dualrev.palette import FORWARD, REVERSE
from tests.program.programs import PROGRAMS, square

SMALL = ["baydin", "square", "layers", "constants"]


def graph_of(name, **options):
    f, *x = PROGRAMS[name]
    return dr.trace(f, *x).graph(**options)


@pytest.fixture
def axes():
    """Axes in the right half of a figure, so that there is something to stay inside of.

    With fewer pixels the widths of letters are rounded to whole ones, and texts are up to a tenth wider or narrower.
    """
    return Figure(figsize=(12, 6), dpi=300).subplots(1, 2)[1]


def boxes_and_texts(ax):
    """The extents, in pixels: of the patches and of the texts, with what they say."""
    ax.figure.draw_without_rendering()
    patches = [p for p in ax.patches if isinstance(p, FancyBboxPatch)]
    return [p.get_window_extent() for p in patches], [(t.get_text(), t.get_window_extent()) for t in ax.texts]


@pytest.mark.parametrize("name", SMALL)
def test_texts_are_in_their_boxes_and_all_is_in_the_axes(name, axes):
    graph = graph_of(name, tangents=True)
    assert graph.draw(axes) is axes
    boxes, texts = boxes_and_texts(axes)
    assert len(boxes) == len(graph.nodes) + len(graph.layout.groups)
    boxes = boxes[len(graph.layout.groups) :]
    frame = axes.get_window_extent()
    for said, extent in texts:
        assert frame.x0 - 1 < extent.x0 and extent.x1 < frame.x1 + 1, said
        assert frame.y0 - 1 < extent.y0 and extent.y1 < frame.y1 + 1, said
    of_nodes = texts[len(texts) - 4 * len(graph.nodes) :]
    for k, node in enumerate(graph.nodes):
        for said, extent in of_nodes[4 * k : 4 * k + 4]:
            assert said in node.lines(True).values()
            middle = (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
            assert boxes[k].contains(*middle)
            assert boxes[k].x0 - 0.5 < extent.x0 and extent.x1 < boxes[k].x1 + 0.5, said


@pytest.mark.parametrize("name", SMALL)
def test_labels_overlap_neither_labels_nor_boxes(name, axes):
    graph = graph_of(name)
    boxes, texts = boxes_and_texts(graph.draw(axes))
    labels = [extent for _, extent in texts[len(graph.layout.groups) :][: len(graph.edges)]]
    found = np.array([(e.x0, e.x1, e.y0, e.y1) for e in [*labels, *boxes[len(graph.layout.groups) :]]])
    x0, x1, y0, y1 = found.T
    hit = (x0[:, None] < x1 - 0.5) & (y0[:, None] < y1 - 0.5)
    assert not np.triu(hit & hit.T, 1).any()
    for extent, route in zip(labels, graph.layout.routes, strict=True):  # each begins beside its line
        corners = [(extent.x0, extent.y1), (extent.x1, extent.y0)]
        (left, top), (right, bottom) = axes.transData.inverted().transform(corners)
        gap = route.points[-1].x - right if route.label_on_the_left else left - route.points[-1].x
        assert 3 < gap < 7 and route.label.y - 2 < top < bottom < route.label.bottom + 3


def test_the_curves_are_those_of_the_layout(axes):
    graph = graph_of("baydin")
    graph.draw(axes)
    lines, heads = axes.collections
    ends = [(tuple(path.vertices[0]), tuple(path.vertices[-1])) for path in lines.get_paths()]
    assert ends == [(route.points[0], route.points[-1]) for route in graph.layout.routes]
    assert [tuple(path.vertices[0]) for path in heads.get_paths()] == [r.points[-1] for r in graph.layout.routes]
    assert axes.get_xlim() == (0, graph.layout.width) and axes.get_ylim() == (graph.layout.height, 0)


def test_the_modes_have_their_colours(axes):
    graph_of("baydin", seed="x1").draw(axes)
    colours = {t.get_text(): to_hex(t.get_color()) for t in axes.texts}
    assert colours["tan 5.5"] == FORWARD and colours["adj 5.5"] == REVERSE


def test_dollars_are_dollars(axes):
    dr.trace(lambda x: dr.label(x * x, "$x_1$ and $"), 2.0).graph().draw(axes)
    axes.figure.draw_without_rendering()
    (text,) = [t for t in axes.texts if "$" in t.get_text()]
    assert text.get_text() == "$x_1$ and $ = x * x" and not text.get_parse_math()


def test_texts_are_smaller_in_smaller_axes():
    graph = graph_of("square")
    sizes = [graph.draw(Figure(figsize=(s, s)).subplots()).texts[0].get_fontsize() for s in (2, 4)]
    assert sizes[1] == pytest.approx(2 * sizes[0])


def test_without_axes_there_is_a_figure_of_the_size_of_the_drawing():
    graph = graph_of("square")
    ax = graph.draw()
    try:
        inches = graph.layout.width / 96, graph.layout.height / 96
        np.testing.assert_allclose(ax.figure.get_size_inches(), inches)
        (adjoint,) = {t.get_fontsize() for t in ax.texts if t.get_text().startswith("adj")}
        assert adjoint == pytest.approx(9.75)  # points, which is 13 pixels
    finally:
        pyplot.close(ax.figure)


def test_a_saved_picture_has_two_pixels_for_one_and_leaves_no_figure_open(tmp_path):
    graph = dr.trace(square, 3.0).graph()
    before = pyplot.get_fignums()
    graph.save(tmp_path / "a.png")
    height, width = pyplot.imread(tmp_path / "a.png").shape[:2]
    assert abs(width - 2 * graph.layout.width) <= 1 and abs(height - 2 * graph.layout.height) <= 1
    assert pyplot.get_fignums() == before
