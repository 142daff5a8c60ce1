"""What a program costs in both modes: flops, bytes moved, bytes kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .call import PerSweep
from .lines import Steps
from .memory import Cotangents


class Row(NamedTuple):
    """What one operation of a program costs: flops, and bytes that its value reads and writes."""

    line: int
    op: str
    value: float
    push: PerSweep
    pull: PerSweep
    bytes: int


@dataclass(frozen=True, eq=False)
class ProgramCost:
    """What a recorded program costs in both modes: flops, bytes moved, bytes kept. Made by `program_cost`.

    value: the flops of f. tape_bytes: the bytes of the values that the tape keeps, inputs among them; each memory
    buffer once, so that views (reshape, transpose, slices) cost nothing, and 8 bytes for a Python number. Python's own
    objects, about 150 bytes per op, come on top everywhere, and what a rule needs for a moment, such as its partials.
    peak_value: the most bytes alive while f runs, the inputs among them, if each value lives until its last use; a
    variable that f keeps for longer lives longer. known: False if an op of the user's own was counted as one flop per
    element.
    """

    value: int
    tape_bytes: int
    peak_value: int
    known: bool
    inputs: int
    outputs: int
    push: PerSweep
    pull: PerSweep
    pushed_bytes: PerSweep
    pulled_bytes: PerSweep
    cotangents_peak: int
    steps: Steps

    def forward(self, K: int = 1) -> int:
        """The flops of f and J v for K tangents in one sweep."""
        return round(self.value + self.push(K))

    def reverse(self, K: int = 1) -> int:
        """The flops of f and J^T w for K cotangents in one sweep."""
        return round(self.value + self.pull(K))

    def mixed(self, cut: Collection[int], K: int) -> int:
        """The flops of the Jacobian as a product: reverse from the lines `cut`, of K numbers, and forward from it."""
        pull, push = self.steps.pulled(cut), self.steps.pushed(self.steps.reached_from(cut))
        product = 2 * K * self.inputs * self.outputs
        return round(self.value + pull(K) + push(K) + product)

    def forward_bytes(self, K: int = 1) -> int:
        """The bytes that f and J v read and write: arguments and output of each op, and K tangents of each."""
        return round(self.pushed_bytes(K))

    def reverse_bytes(self, K: int = 1) -> int:
        """The bytes that f and J^T w read and write: values, read again on the way back, and K cotangents of each."""
        return round(self.pulled_bytes(K))

    def peak_forward(self, K: int = 1) -> int:
        """The most bytes alive in a forward sweep: a value and its K tangents until their last use."""
        return (1 + K) * self.peak_value

    def peak_reverse(self, K: int = 1) -> int:
        """The tape, and the most bytes of cotangents alive on the way back."""
        return max(self.peak_value, self.tape_bytes + K * self.cotangents_peak)

    @property
    def cheap_gradient_ratio(self) -> float:
        """reverse(1) / value: at most 4 or 5 in theory, where moving memory counts as well (Griewank & Walther 3.3)."""
        return self.reverse(1) / self.value if self.value else float("nan")

    @property
    def rows(self) -> list[Row]:
        """One row per operation, in the order computed; an operation that no output depends on is not pulled."""
        wanted = self.steps.led_to(self.steps.outputs)
        return [
            Row(k, s.op.name, s.cost.value, s.cost.push, s.cost.pull if wanted[k] else PerSweep(0, 0), s.moved)
            for k, s in enumerate(self.steps.steps)
            if s.op is not None
        ]


def program_cost(lines: Sequence[Any], inputs: int, outputs: Sequence[int | None]) -> ProgramCost:
    """What a recorded program costs: one pass over its lines, no op is run.

    Parameters
    ----------
    lines : list
        The lines of a closed tape (`Recording.lines`); the first `inputs` of them are the inputs.
    inputs : int
        How many inputs there are.
    outputs : sequence of int or None
        The line of each output, None for one that does not depend on the inputs (`Recording.indices`).

    Returns
    -------
    ProgramCost
        In flops and bytes. Forward mode pushes every line, reverse mode pulls those that an output depends on.

    Source: Griewank & Walther (2008), sections 3.3 and 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.reverse.node import Tape
    >>> tape = Tape()
    >>> x = tape.input(np.ones(1000))
    >>> loss = np.sum(np.sin(x) * x)
    >>> cost = program_cost(tape.close(), 1, [loss.index])
    >>> cost.value, cost.forward(1), cost.reverse(1), cost.tape_bytes
    (2999, 8998, 7999, 24008)
    """
    seeds = [k for k in outputs if k is not None]
    steps = Steps(lines, seeds)
    found = steps.steps
    cotangents = Cotangents(found)
    cotangents.run(seeds)
    return ProgramCost(
        value=round(sum(s.cost.value for s in found)),
        tape_bytes=sum(steps.buffers),
        peak_value=steps.most_alive(),
        known=all(s.cost.known for s in found),
        inputs=sum(s.size for s in found[:inputs]),
        outputs=sum(found[k].size for k in seeds),
        push=steps.pushed([True] * len(found)),
        pull=steps.pulled(seeds),
        pushed_bytes=steps.bytes_pushed(),
        pulled_bytes=steps.bytes_pulled(seeds),
        cotangents_peak=cotangents.peak,
        steps=steps,
    )
