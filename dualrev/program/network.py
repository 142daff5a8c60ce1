"""What paths lead through: the values of a program, or the numbers in them, and every use of one by another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..reverse.pullback import pull
from ..shapes import shape
from .linearized import linearized
from .program import Program
from .sensitivity import cotangents, partial


@dataclass(frozen=True)
class Step:
    """One use of a value on the way to the output: `child` has `parent` as an argument.

    number: which use it is; among values the number of the argument, among numbers that of the edge.
    """

    parent: int
    child: int
    number: int


@dataclass(frozen=True, eq=False)
class Network:
    """The vertices of a program and the steps between them.

    names: one per vertex, in the order computed. uses: for each vertex its uses, in the order computed. start: the
    vertex of the input. ends: the cotangent of each output vertex that has one. partial: the local partial of a step, a
    number, or "JT(name)" between arrays. pull: from a step and the cotangent of its child, what the step adds to that
    of its parent.
    """

    names: list[str]
    uses: list[list[Step]]
    start: int
    ends: dict[int, Any]
    partial: Callable[[Step], Any]
    pull: Callable[[Step, Any], Any]

    def onward(self) -> list[list[Step]]:
        """For each vertex the steps from which an output can be reached."""
        reaches = [False] * len(self.names)
        found: list[list[Step]] = [[] for _ in self.names]
        for k in reversed(range(len(self.names))):
            found[k] = [step for step in self.uses[k] if reaches[step.child]]
            reaches[k] = k in self.ends or bool(found[k])
        return found

    def count(self, onward: list[list[Step]]) -> tuple[int, int]:
        """The number of paths from the input to the outputs, exact, and of the edges they lead over."""
        ways = {self.start: 1}
        paths = edges = 0
        for k in range(self.start, len(self.names)):
            here = ways.pop(k, 0)
            if here:
                paths += here if k in self.ends else 0
                edges += len(onward[k])
                for step in onward[k]:
                    ways[step.child] = ways.get(step.child, 0) + here
        return paths, edges

    def walk(self, onward: list[list[Step]]) -> Iterator[list[Step]]:
        """Each path as the steps it takes, in the order of the program."""
        taken: list[Step] = []
        if self.start in self.ends:
            yield []
        waiting = [iter(onward[self.start])]
        while waiting:
            step = next(waiting[-1], None)
            if step is None:
                waiting.pop()
                del taken[-1:]
            else:
                taken.append(step)
                if step.child in self.ends:
                    yield list(taken)
                waiting.append(iter(onward[step.child]))


def of_values(program: Program, start: int, seed: Any) -> Network:
    """From value to value, pulled back by the rules of the ops."""
    uses: list[list[Step]] = [[] for _ in program.values]
    for v in program.operations:
        for k, p in enumerate(v.parents):
            if p >= 0:
                uses[p].append(Step(p, v.index, k))
    ends: dict[int, Any] = {}
    for index, ct in zip(program.outputs, cotangents(program, seed), strict=True):
        if index is not None and ct is not None:
            ends[index] = ends[index] + ct if index in ends else ct

    def slope(step: Step) -> Any:
        found = partial(program[step.child], step.number)
        return f"JT({program[step.child].name})" if found is None or shape(found) else found

    def pulled(step: Step, ct: Any) -> Any:
        return pull(program[step.child].call, ct, ())[step.number]

    return Network([v.name for v in program.values], uses, start, ends, slope, pulled)


def of_numbers(program: Program, start: int, element: int, seed: Any) -> Network:
    """From number to number, over the linearised graph."""
    if not isinstance(seed, int):
        raise InputError("the paths of one element of the input lead to one element of the output: name that")
    graph = linearized(program)
    uses: list[list[Step]] = [[] for _ in graph.names]
    for number, edge in enumerate(graph.edges):
        uses[edge.parent].append(Step(edge.parent, edge.child, number))
    end = graph.outputs[seed]
    return Network(
        graph.names,
        uses,
        graph.vertices[start][element],
        {} if end is None else {end: 1.0},
        lambda step: graph.edges[step.number].partial,
        lambda step, ct: graph.edges[step.number].partial * ct,
    )
