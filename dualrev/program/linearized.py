"""The linearised computational graph: one vertex per number that a program computes, one edge per local partial."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..boundary import dtype_of
from ..errors import InputError
from ..kinds import Elementwise, Linear, Reduction
from ..ops.index import getitem
from ..shapes import shape, size
from .notation import element_text
from .program import Program, Value

LIMIT = 2000  # numbers in a program that is taken apart

Entries = dict[int, list[tuple[int, Any]]]  # element of the value -> elements of the argument, each with its partial


@dataclass(frozen=True)
class Edge:
    """The local partial d child / d parent. Two arguments that are the same number make two edges.

    one: is the partial 1 or -1 whatever the values are, as in x + y?
    """

    parent: int
    child: int
    partial: Any
    one: bool


@dataclass(frozen=True, eq=False)
class Linearized:
    """The linearised computational graph of a program.

    names: one per vertex, in the order computed, so that every edge leads from a smaller to a larger number. inputs:
    the vertices of all elements of the inputs. outputs: those of all elements of the outputs, None for a constant.
    vertices: for every value of the program, the vertex of each of its elements, in C order.
    """

    names: list[str]
    inputs: list[int]
    outputs: list[int | None]
    edges: list[Edge]
    vertices: list[list[int]]


def linearized(program: Program) -> Linearized:
    """Take a program apart into numbers.

    An op that only moves elements (indexing, stack, reshape) makes no vertex: what it returns are the numbers that went
    in. Between scalars, and for an elementwise op, every dependence is an edge, also where its partial is zero here;
    for any other op on arrays the edges are the nonzero entries of its local Jacobian.

    Raises
    ------
    InputError
        If the program has more than 2,000 numbers.

    Source: Griewank & Walther (2008), section 2.2 and chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> graph = linearized(dr.trace(lambda x: np.array([x[0] * x[1], x[0]]), np.array([2.0, 3.0])))
    >>> graph.names, graph.outputs, [(edge.parent, edge.child, edge.partial) for edge in graph.edges]
    (['x[0]', 'x[1]', 'v3'], [2, 0], [(0, 2, 3.0), (1, 2, 2.0)])
    """
    total = sum(size(v.primal) for v in program.values)
    if total > LIMIT:
        raise InputError(
            f"{program.name} computes {total:,} numbers, and this view lists them one by one, at most {LIMIT:,}: "
            "trace it on smaller arrays"
        )
    graph = Linearized([], [], [], [], [])
    for v in program.values:
        if v.call is None:
            graph.vertices.append([add_vertex(graph, v, e) for e in range(size(v.primal))])
        else:
            graph.vertices.append(elements(graph, v))
    graph.inputs.extend(k for index in program.inputs for k in graph.vertices[index])
    for index, out in zip(program.outputs, program.recording.values, strict=True):
        graph.outputs.extend([None] * size(out) if index is None else graph.vertices[index])
    return graph


def add_vertex(graph: Linearized, v: Value, element: int) -> int:
    graph.names.append(v.name + element_text(shape(v.primal), element))
    return len(graph.names) - 1


def elements(graph: Linearized, v: Value) -> list[int]:
    """The vertices of a value that an op computed, with the edges that lead to them."""
    arriving: list[list[tuple[int, Any, bool]]] = [[] for _ in range(size(v.primal))]
    for k, p in enumerate(v.parents):
        if p >= 0:
            fixed = is_fixed(v, k)
            for element, entries in local_jacobian(v, k).items():
                arriving[element] += [(graph.vertices[p][e], q, fixed and abs(q) == 1) for e, q in entries]
    moves = is_move(v)
    found = []
    for element, edges in enumerate(arriving):
        if moves and len(edges) == 1 and edges[0][1] == 1:
            found.append(edges[0][0])
        else:
            found.append(add_vertex(graph, v, element))
            graph.edges.extend(Edge(parent, found[-1], partial, one) for parent, partial, one in edges)
    return found


def is_move(v: Value) -> bool:
    """Does the op of v return elements of its arguments, where its local Jacobian has a single one?"""
    return v.call.op.func is getitem or isinstance(v.call.op.rule, Linear)


def is_fixed(v: Value, k: int) -> bool:
    """Is J_k of the op of v the same whatever the values are?"""
    rule = v.call.op.rule
    if isinstance(rule, Elementwise):
        return not callable(rule.partials[k])
    return is_move(v) or (isinstance(rule, Reduction) and not callable(rule.partial))


def local_jacobian(v: Value, k: int) -> Entries:
    """J_k of the op of v, for its argument k, row by row."""
    x, out = v.call.args[k], shape(v.primal)
    if isinstance(v.call.op.rule, Elementwise) or (not shape(x) and not out):
        diagonal = np.broadcast_to(pushed(v, k, (), np.ones(shape(x), dtype_of(x))[()]), out).ravel().tolist()
        source = np.broadcast_to(np.arange(size(x)).reshape(shape(x)), out).ravel().tolist()
        return {element: [(source[element], partial)] for element, partial in enumerate(diagonal)}
    n = size(x)
    columns = pushed(v, k, (n,), np.eye(n, dtype=dtype_of(x)).reshape(n, *shape(x)))
    matrix = np.broadcast_to(columns, (n, *out)).reshape(n, prod(out))
    rows: Entries = {}
    for e, element in zip(*(found.tolist() for found in np.nonzero(matrix)), strict=True):
        rows.setdefault(element, []).append((e, matrix[e, element].item()))
    return rows


def pushed(v: Value, k: int, lead: tuple[int, ...], tangent: Any) -> Any:
    return v.call.push(lead, [tangent if i == k else None for i in range(len(v.parents))])
