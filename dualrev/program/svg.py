"""The drawing of a graph as SVG: presentation attributes only, so that sites which clean up what they show keep it.

Every node is ``<g data-node="INDEX">`` with its parts, ``data-part`` "box", "name", "value", "tangent" (where tangents
are shown), "adjoint"; every edge ``<g data-edge="PARENT-CHILD-ARGUMENT">`` with "line", "head", "partial"; every box
``<g data-group="outer/inner">``. The parts exist even where their text is empty.
"""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..palette import FORWARD, INK, REVERSE
from .layout import GroupBox, Point, Rect, Route
from .nodes import ABOVE, LABEL_SIZE, LINE_HEIGHT, TEXT_SIZE, Drawing, GraphEdge, GraphNode, shortened

LINE, PAPER, BORDER = "#6f6f6f", "#ffffff", "#767676"
FILLS = {"input": "#fff3e0", "operation": "#ffffff", "output": "#e3eefb"}
GROUP_FILLS = ("#f6f6f6", "#ededed")
COLOURS = {"name": INK, "value": INK, "tangent": FORWARD, "adjoint": REVERSE}
FONT = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
HEAD_LENGTH, HEAD_WIDTH = 7.0, 6.0
MOST_POINTS = 50_000  # on all edges together, some 3 MB; beyond, a long edge is drawn through fewer

Extra = Callable[[str, str, str], str]


def svg_of(graph: Drawing, extra: Extra | None = None) -> str:
    """The drawing as the text of an SVG file."""
    extra = extra or (lambda element, key, part: "")
    layout = graph.layout
    width, height = number(layout.width), number(layout.height)
    most = most_points(layout.routes)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" font-family="{FONT}" font-size="{number(TEXT_SIZE)}">',
            f"<title>{text(f'Computation graph of {graph.title}')}</title>",
            f"<desc>{text(description(graph) + left_out(layout.routes, most))}</desc>",
            tag("rect", width=layout.width, height=layout.height, fill=PAPER, data_part="paper"),
            *[group_box(box) for box in layout.groups],
            *[edge_line(e, route, most, extra) for e, route in zip(graph.edges, layout.routes, strict=True)],
            *[
                node_box(n, rect, graph.shows_tangents, extra)
                for n, rect in zip(graph.nodes, layout.nodes, strict=True)
            ],
            "</svg>\n",
        ]
    )


def description(graph: Drawing) -> str:
    """What the drawing shows, for those who do not see it."""
    inputs = [n.name for n in graph.nodes if n.kind == "input"]
    outputs = [f"{n.name} = {n.value}" for n in graph.nodes if n.kind == "output"]
    said = (
        f"{len(graph.nodes)} values and {len(graph.edges)} edges, from the inputs {shortened(', '.join(inputs), 200)}"
    )
    return f"{said} at the top to the outputs {shortened(', '.join(outputs), 200)} at the bottom"


def most_points(routes: list[Route]) -> int:
    """How many points of a route are drawn: all of them, or so few that there are MOST_POINTS of all routes."""
    longest = max((len(route.points) for route in routes), default=0)
    return longest if sum(len(route.points) for route in routes) <= MOST_POINTS else max(4, MOST_POINTS // len(routes))


def left_out(routes: list[Route], most: int) -> str:
    long = sum(len(route.points) > most for route in routes)
    return f"; {long} edges turn more often than can be drawn, and go through {most} of their points" if long else ""


def thinned(points: list[Point], most: int) -> list[Point]:
    """At most so many of the points, evenly spread from the first to the last."""
    if len(points) <= most:
        return points
    return [points[round(k * (len(points) - 1) / (most - 1))] for k in range(most)]


def group_box(box: GroupBox) -> str:
    rect, header = box.rect, box.header
    fill = GROUP_FILLS[(len(box.path) + 1) % 2]
    title = f"<title>{text(' / '.join(box.path))}</title>"
    frame = tag("rect", *corners(rect), fill=fill, stroke="#c8c8c8", rx=6, data_part="box")
    name = tag(
        "text", x=header.x, y=header.y + 14, fill="#5c5c5c", data_part="name", inside=text(shortened(box.path[-1]))
    )
    return f"<g data-group={quoteattr(clean('/'.join(box.path)))}>{title}{frame}{name}</g>"


def node_box(node: GraphNode, rect: Rect, tangents: bool, extra: Extra) -> str:
    key = str(node.index)
    box = tag(
        "rect",
        *corners(rect),
        fill=FILLS[node.kind],
        stroke=BORDER,
        rx=4,
        data_part="box",
        inside=extra("node", key, "box"),
    )
    lines = [
        tag(
            "text",
            x=rect.middle,
            y=rect.y + ABOVE + LINE_HEIGHT * (k + 0.72),
            text_anchor="middle",
            fill=COLOURS[part],
            font_weight="bold" if part == "name" else None,
            data_part=part,
            inside=text(line) + extra("node", key, part),
        )
        for k, (part, line) in enumerate(node.lines(tangents).items())
    ]
    return f'<g data-node="{key}" data-kind="{node.kind}"><title>{text(tooltip(node))}</title>{box}{"".join(lines)}</g>'


def tooltip(node: GraphNode) -> str:
    """Everything that is known about a node, in full."""
    said = [
        node.head,
        f"value {node.value}",
        f"tangent {node.tangent}" if node.tangent else "",
        f"adjoint {node.adjoint}",
    ]
    return "\n".join(line for line in [*said, node.place] if line)


def edge_line(edge: GraphEdge, route: Route, most: int, extra: Extra) -> str:
    end = route.points[-1]
    line = tag(
        "path",
        d=path(thinned(route.points, most)),
        fill="none",
        stroke=LINE,
        data_part="line",
        inside=extra("edge", edge.key, "line"),
    )
    tips = [
        (end.x, end.y),
        (end.x - HEAD_WIDTH / 2, end.y - HEAD_LENGTH),
        (end.x + HEAD_WIDTH / 2, end.y - HEAD_LENGTH),
    ]
    corner = " ".join(f"{number(x)},{number(y)}" for x, y in tips)
    head = tag("polygon", points=corner, fill=LINE, data_part="head", inside=extra("edge", edge.key, "head"))
    label = tag(
        "text",
        x=route.label.right if route.label_on_the_left else route.label.x,
        y=route.label.y + LABEL_SIZE,
        text_anchor="end" if route.label_on_the_left else None,
        font_size=LABEL_SIZE,
        fill=INK,
        data_part="partial",
        inside=text(edge.partial) + extra("edge", edge.key, "partial"),
    )
    return f'<g data-edge="{edge.key}">{line}{head}{label}</g>'


def path(points: list[Point]) -> str:
    """The d of a route: straight down where x stays, else a curve that leaves and arrives vertically."""
    (x, y), *rest = points
    said = [f"M{number(x)} {number(y)}"]
    for to in rest:
        if abs(to.x - x) < 0.05:
            said.append(f"V{number(to.y)}")
        else:
            middle = number((y + to.y) / 2)
            said.append(f"C{number(x)} {middle} {number(to.x)} {middle} {number(to.x)} {number(to.y)}")
        x, y = to
    return "".join(said)


def corners(rect: Rect) -> tuple[tuple[str, float], ...]:
    return ("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height)


def tag(name: str, *pairs: tuple[str, float], inside: str = "", **attributes: Any) -> str:
    """One element; attributes that are None are left out, an underscore stands for a hyphen."""
    given = {**dict(pairs), **{k: v for k, v in attributes.items() if v is not None}}
    written = "".join(
        f" {k.replace('_', '-')}={quoteattr(v if isinstance(v, str) else number(v))}" for k, v in given.items()
    )
    return f"<{name}{written}>{inside}</{name}>" if inside or name == "text" else f"<{name}{written}/>"


def number(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0")


def text(said: str) -> str:
    return escape(clean(said))


def clean(said: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(
        c if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd"
        for c in said
    )
