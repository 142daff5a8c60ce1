"""The computation graph of a program: values with adjoints, edges with local partials, in every form it is drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..brief import brief
from ..errors import InputError
from .collapse import collapsed
from .dot import dot_of
from .drawing import draw, save_picture
from .nodes import Drawing, GraphEdge, GraphNode, Kind
from .notation import array_text
from .program import Program, Value
from .sensitivity import adjoints, partial_text
from .sensitivity import tangents as tangents_of
from .svg import svg_of
from .symbolic import symbolic_partial
from .text_tree import tree_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NODES = 5_000


@brief
class DrawnGraph(Drawing):
    """The computation graph of a program; in a notebook it shows itself, and prints as a tree down to the leaves.

    title: the name of the function. nodes: one per value. edges: one per use of a value, so that ``a * a`` has two.
    shows_tangents: does every node have a line for its tangent? layout: where everything goes.
    """

    def __str__(self) -> str:
        return tree_text(self)

    def to_svg(self, extra: Callable[[str, str, str], str] | None = None) -> str:
        """The drawing as SVG that needs nothing else: no style sheet, no script, no font of its own.

        extra: ``extra(element, key, part)`` may return markup to put inside that element: element is "node" or "edge",
        key its data-node or data-edge, part its data-part ("box", "name", "value", "tangent", "adjoint"; "line",
        "head", "partial").
        """
        return svg_of(self, extra)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def to_dot(self) -> str:
        """The graph in the language of Graphviz."""
        return dot_of(self)

    def draw(self, ax: "Axes | None" = None) -> "Axes":
        """The same drawing with matplotlib, into `ax` or a figure of its own; returns the axes."""
        return draw(self, ax)

    def save(self, path: str | Path) -> None:
        """Write the drawing to a file: .svg, .dot, .png or .pdf, by the ending of its name."""
        path = Path(path)
        match path.suffix.lower():
            case ".svg":
                path.write_text(self.to_svg(), encoding="utf-8")
            case ".dot":
                path.write_text(self.to_dot(), encoding="utf-8")
            case ".png" | ".pdf":
                save_picture(self, path)
            case other:
                raise InputError(f"a graph is saved as .svg, .dot, .png or .pdf, not {other!r}: {path.name}")


def graph_of(
    program: Program,
    seed: Any = None,
    output: Any = None,
    tangents: bool = False,
    collapse: bool | int = False,
    partials: Literal["numbers", "symbolic"] = "numbers",
) -> DrawnGraph:
    """The computation graph of a program: values and adjoints on the nodes, local partials on the edges.

    Parameters
    ----------
    seed : optional
        The direction of the tangents: the name of an input, a dict of names and tangents, or one tangent per input.
    output : optional
        The cotangent: the number or name of an output element, or one cotangent per output. By default the first.
    tangents : bool
        Show the tangents too. A seed says so by itself.
    collapse : bool or int
        One node for every group; a number: for every group that deep, 1 being the outermost.
    partials : "numbers" or "symbolic"
        What stands on the edges: 0.5, or the formula 1/x1. Where there is none, as for a matrix, it is as with numbers.

    Returns
    -------
    DrawnGraph
        ``to_svg()``, ``to_dot()``, ``draw(ax)``, ``save(path)``; ``nodes`` and ``edges`` hold the texts.

    Raises
    ------
    InputError
        If there are more than 5000 values: trace a smaller example, or collapse groups.

    Source: Baydin et al. (2018), figure 4; the layout: see `dualrev.program.layout`.

    Examples
    --------
    >>> import dualrev as dr
    >>> from dualrev.program.graph import graph_of
    >>> graph = graph_of(dr.trace(lambda a: a * a, 3.0))
    >>> [node.head for node in graph.nodes], [edge.partial for edge in graph.edges]
    (['a', 'v1 = a * a'], ['3', '3'])
    >>> print(graph)
    v1 = a * a = 9
    |- leaf a = 3
    `- leaf a = 3
    """
    if partials not in ("numbers", "symbolic"):
        raise InputError(f"partials={partials!r}: write 'numbers' or 'symbolic'")
    if not collapse:
        check_size(len(program))
    shows = tangents or seed is not None
    adjoint = adjoints(program, output)[0]
    along = tangents_of(program, seed) if shows else None
    nodes = [node_of(program, v, along, adjoint[v.index]) for v in program.values]
    edges = [
        GraphEdge(p, v.index, k, symbolic_partial(program, v, k) if partials == "symbolic" else partial_text(v, k))
        for v in program.operations
        for k, p in enumerate(v.parents)
        if p >= 0
    ]
    if collapse:
        nodes, edges = collapsed(nodes, edges, collapse)
        check_size(len(nodes))
    return DrawnGraph(program.name, nodes, edges, shows)


def check_size(count: int) -> None:
    if count > MOST_NODES:
        raise InputError(
            f"a drawing of {count} values cannot be read (the most is {MOST_NODES}): trace a smaller example, or "
            'name parts of the function with `with dr.group("..."):` and draw one node for each: graph(collapse=True)'
        )


def node_of(program: Program, v: Value, along: list[Any] | None, adjoint: Any) -> GraphNode:
    kind: Kind = "input" if v.op == "input" else "output" if v.index in program.outputs else "operation"
    tangent = "" if along is None else array_text(along[v.index]) or "0"
    place = str(v.place) if v.place else ""
    value, ct = array_text(v.primal), array_text(adjoint) or "0"
    return GraphNode(v.index, v.name, v.expression, value, tangent, ct, kind, v.group, place)
