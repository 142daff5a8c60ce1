"""The drawing of a graph with matplotlib, from the same layout as the SVG: one unit is one pixel of it."""

from itertools import pairwise
from pathlib import Path as File
from typing import TYPE_CHECKING

from ..palette import INK
from .layout import Point, Rect, Route
from .nodes import ABOVE, LABEL_SIZE, LINE_HEIGHT, TEXT_SIZE, Drawing, GraphNode, shortened
from .svg import BORDER, COLOURS, FILLS, GROUP_FILLS, LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

INCH = 96.0  # pixels of the layout in an inch of paper, as in a browser
MOST_INCHES = 100.0  # of a figure; a larger drawing is made smaller, with its texts
FONTS = ["DejaVu Sans Mono", "monospace"]


def draw(graph: Drawing, ax: "Axes | None" = None) -> "Axes":
    """Draw into `ax`, or into a figure of the size of the drawing. Texts are sized for the axes as they are now."""
    from matplotlib.collections import PathCollection, PolyCollection

    ax = new_axes(graph) if ax is None else ax
    layout = graph.layout
    ax.set(xlim=(0, layout.width), ylim=(layout.height, 0), aspect="equal")
    ax.set_axis_off()
    scale = points_per_pixel(graph, ax)
    for box in layout.groups:
        rounded(ax, box.rect, GROUP_FILLS[(len(box.path) + 1) % 2], "#c8c8c8", scale, zorder=0)
        written(ax, box.header.x, box.header.y + 9, shortened(box.path[-1]), "#6a6a6a", TEXT_SIZE * scale, ha="left")
    lines = [curve(route.points) for route in layout.routes]
    ax.add_collection(
        PathCollection(lines, facecolors="none", edgecolors=LINE, linewidths=scale, offset_transform=None, zorder=1)
    )
    ax.add_collection(PolyCollection([tip(route) for route in layout.routes], facecolors=LINE, zorder=1))
    for edge, route in zip(graph.edges, layout.routes, strict=True):
        x, side = (route.label.right, "right") if route.label_on_the_left else (route.label.x, "left")
        written(ax, x, route.label.y + 7, edge.partial, INK, LABEL_SIZE * scale, ha=side)
    for node, rect in zip(graph.nodes, layout.nodes, strict=True):
        rounded(ax, rect, FILLS[node.kind], BORDER, scale, zorder=2)
        lines_in(ax, graph, node, rect, scale)
    return ax


def new_axes(graph: Drawing) -> "Axes":
    from matplotlib import pyplot

    width, height = graph.layout.width / INCH, graph.layout.height / INCH
    shrink = min(1.0, MOST_INCHES / max(width, height))
    figure = pyplot.figure(figsize=(width * shrink, height * shrink))
    return figure.add_axes((0, 0, 1, 1))


def points_per_pixel(graph: Drawing, ax: "Axes") -> float:
    """How large one pixel of the layout is in these axes, in points of 1/72 inch."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    inches = ax.get_position().width * figure.get_figwidth(), ax.get_position().height * figure.get_figheight()
    return 72 * min(inches[0] / graph.layout.width, inches[1] / graph.layout.height)


def rounded(ax: "Axes", rect: Rect, fill: str, line: str, scale: float, zorder: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=4"
    corner = rect.x, rect.y
    ax.add_patch(FancyBboxPatch(corner, rect.width, rect.height, style, fc=fill, ec=line, lw=scale, zorder=zorder))


def lines_in(ax: "Axes", graph: Drawing, node: GraphNode, rect: Rect, scale: float) -> None:
    for k, (part, line) in enumerate(node.lines(graph.shows_tangents).items()):
        y = rect.y + ABOVE + LINE_HEIGHT * (k + 0.5)
        bold = "bold" if part == "name" else "normal"
        written(ax, rect.middle, y, line, COLOURS[part], TEXT_SIZE * scale, weight=bold)


def written(
    ax: "Axes", x: float, y: float, text: str, colour: str, size: float, ha: str = "center", weight: str = "normal"
) -> None:
    """One line of text, its middle at the height y. A dollar sign is a dollar sign."""
    if text:
        ax.text(
            x, y, text, color=colour, fontsize=size, ha=ha, va="center_baseline", weight=weight, family=FONTS,
            parse_math=False, zorder=3,
        )  # fmt: skip


def curve(points: list[Point]) -> "Path":
    """A route as matplotlib draws it: the curves of the SVG."""
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for (x, y), to in pairwise(points):
        middle = (y + to.y) / 2
        vertices += [Point(x, middle), Point(to.x, middle), to]
        codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def tip(route: Route) -> list[tuple[float, float]]:
    x, y = route.points[-1]
    return [(x, y), (x - 3, y - 7), (x + 3, y - 7)]


def save_picture(graph: Drawing, path: File) -> None:
    """Write a .png or .pdf of the drawing, and close its figure."""
    from matplotlib import pyplot

    figure = draw(graph).get_figure(root=True)
    assert figure is not None
    figure.savefig(path, dpi=2 * INCH if max(figure.get_size_inches()) < 50 else INCH)
    pyplot.close(figure)
