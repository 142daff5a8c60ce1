"""Predicted seconds of a Jacobian in each mode, from the lines of a tape: what the mode choice compares.

One number per kind of work, calibrated by ``python -m benchmarks.choice``. The predictions are rough (most within a
factor 2 of what is measured); their ratios, which the choice is made by, are much better than that.
"""

from itertools import accumulate
from math import sqrt

from .kinds import Argwise, Differential, Elementwise, Linear, Reduction, parts
from .shapes import size
from .waist import needed

# Seconds. Differences between machines cancel in the ratios, as long as a faster machine is faster at all of them.
CALL = 22e-6  # a Jacobian, besides its operations
RECORD = 1.0e-6  # an operation: its own Python, and its line on the tape
SWEEP = 1.0e-6  # an operation, once more in each sweep
SHARED = 9e-9  # an element of a local partial, formed once for all directions
ELEMENT = 0.36e-9  # an element of a tangent or cotangent, multiplied or added
FLOP = 0.02e-9  # of a matrix product
MOVED = 0.6e-9  # an element of a tangent or cotangent, copied
RESULT = (0.4e-9, 0.1e-9)  # an element of the result, which forward mode has to transpose
WAIST = 30e-6  # a product of two Jacobians, besides its operations


class Estimate:
    """What a sweep over the lines of a tape costs: once, and for each direction that it carries."""

    def __init__(self, lines, inputs, outputs):
        wanted = needed(lines, outputs)
        costs = [(0.0, 0.0, 0.0) if line[0] is None else line_cost(line) for line in lines]
        self.operations, self.inputs = len(lines) - inputs, inputs
        once, forward, reverse = ([cost[i] for cost in costs] for i in range(3))
        self.once, self.push = sum(once), list(accumulate(forward, initial=0.0))
        self.pull = list(accumulate((r if want else 0.0 for r, want in zip(reverse, wanted)), initial=0.0))
        self.total = CALL + RECORD * self.operations + self.once

    def forward(self, n, m, sweeps=1):
        """The Jacobian by n directions of forward mode."""
        return self.total + sweeps * SWEEP * self.operations + n * self.push[-1] + n * m * RESULT[0]

    def reverse(self, n, m, sweeps=1):
        """The Jacobian by m cotangents of reverse mode."""
        return self.total + sweeps * SWEEP * self.operations + m * self.pull[-1] + n * m * RESULT[1]

    def mixed(self, cut, width, n, m):
        """The Jacobian as a product, through the lines `cut` with `width` elements."""
        first, last = min(cut, default=self.inputs), max(cut, default=self.inputs)
        back, on = self.pull[last + 1], self.push[-1] - self.push[first + 1]
        swept = max(last + 1 - self.inputs, 0) + self.operations - max(first + 1 - self.inputs, 0)
        product = 2 * n * m * width * FLOP + n * m * RESULT[1]
        return self.total + WAIST + SWEEP * swept + width * (back + on) + product


def line_cost(line):
    """(seconds once, seconds per tangent pushed, seconds per cotangent pulled) of one line of the tape."""
    rule, (parents, args, _, out) = line[0].rule, parts(line)
    n, active = size(out), [size(x) for p, x in zip(parents, args) if p >= 0]
    if isinstance(rule, Elementwise):
        products = sum(callable(p) for p, i in zip(rule.partials, parents) if i >= 0)
        spread = sum(x < n for x in active)
        return (
            SHARED * n * products,
            ELEMENT * n * (products + len(active) - 1),
            ELEMENT * n * (products + spread + 0.3 * len(active)),
        )
    if isinstance(rule, Reduction):
        return SHARED * active[0], 2 * ELEMENT * active[0], ELEMENT * active[0]
    if isinstance(rule, (Argwise, Differential)):
        flops = product_flops(n, [size(x) for x in args])
        each = FLOP * flops * len(active) + MOVED * (n + sum(active))
        return FLOP * flops, each, each
    if isinstance(rule, Linear):
        return 0.0, MOVED * n, MOVED * n
    return 0.0, 0.0, MOVED * (n + active[0] / 2)  # indexing: a view of the tangent, a buffer for the cotangent


def product_flops(out, args):
    """The flops of a product of two matrices, from the sizes of all three: 2 m n k = 2 sqrt(mk kn mn)."""
    a, b = (*args, out, out)[:2]
    return 2 * sqrt(a * b * out)
