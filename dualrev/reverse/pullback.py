"""Reverse mode, the way back: cotangents travel from the output to the inputs."""

import numpy as np

from ..shapes import full, shape
from .node import Node, Tape


class Sweep:
    """One backward sweep over the lines of a closed tape."""

    __slots__ = ("lead",)

    def __init__(self, lead):
        self.lead = lead  # the leading axes of every cotangent

    def run(self, lines, indices, seeds, inputs):
        """Cotangents of the first `inputs` lines, from the `seeds` of the lines `indices` (None: a constant).

        Also says, for each, whether the array is ours alone.
        """
        cts, own, last = [None] * len(lines), [False] * len(lines), -1
        for k, ct in zip(indices, seeds):
            if k is not None:
                cts[k] = ct if cts[k] is None else cts[k] + ct
                if k > last:
                    last = k
        for k in range(last, inputs - 1, -1):
            ct = cts[k]
            if ct is not None:
                cts[k] = None
                line = lines[k]
                line[0].pull(ct, line, cts, own, self)
        return cts[:inputs], own[:inputs]

    def transpose(self, linear_map, zeros, ct):
        """J^T ct of a linear function, by recording it and pulling back."""
        tape = Tape()
        try:
            out = linear_map(*[tape.input(z) for z in zeros])
        finally:
            lines = tape.close()
        if type(out) is not Node or out.sweep is not tape:
            return [np.zeros(self.lead + shape(z)) for z in zeros]
        cts, _ = Sweep(self.lead).run(lines, [out.index], [ct], len(zeros))
        return [np.zeros(self.lead + shape(z)) if g is None else g for g, z in zip(cts, zeros, strict=True)]


def pull(call, ct, lead):
    """J_k^T ct of one call, for each argument k by itself; None where that argument is a constant."""
    arguments = range(len(call.parents))
    cts, own = [None] * len(call.parents), [False] * len(call.parents)
    line = call.line(tuple(k if call.parents[k] >= 0 else -1 for k in arguments))
    call.op.pull(ct, line, cts, own, Sweep(lead))
    active = [p >= 0 for p in call.parents]
    zeros = [np.zeros(lead + shape(x)) if g is None and on else g for g, x, on in zip(cts, call.args, active)]
    return [full(g, lead, x) if on else None for g, x, on in zip(zeros, call.args, active)]
