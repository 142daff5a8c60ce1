"""Where counted flops and measured seconds do not agree on the two modes: by how much, and why."""

from math import isfinite

from ..units import ratio_text, seconds_text
from .methods import MethodCost

DIFFERENT = 2.0  # ratios of counted and measured costs that are that far apart are explained


def difference_of(forward: MethodCost, reverse: MethodCost, operations: int) -> str | None:
    """A sentence; None where nothing was measured, or both say the same within a factor of 2.

    With seconds = overhead + each * flops for both modes, two modes give the two unknowns.
    """
    if not (forward.seconds and reverse.seconds and forward.flops and reverse.flops):
        return None
    counted, measured = reverse.flops / forward.flops, reverse.seconds / forward.seconds
    if not isfinite(measured) or 1 / DIFFERENT <= counted / measured <= DIFFERENT:
        return None
    said = f"counted {mode_text(counted)}, measured {mode_text(measured)}"
    ops = f"{operations:,} operation{'s' * (operations != 1)}"
    each = (reverse.seconds - forward.seconds) / (reverse.flops - forward.flops or 1)
    overhead = forward.seconds - each * forward.flops
    if each > 0 and overhead > 0:
        return f"{said}: about {seconds_text(overhead)} of either is the overhead of Python for {ops}"
    return f"{said}: flops leave out the overhead of Python for {ops}"


def mode_text(ratio: float) -> str:
    """Which mode a ratio of costs, reverse over forward, speaks for, and how clearly.

    >>> mode_text(64.0), mode_text(0.25)
    ('forward 64x', 'reverse 4.0x')
    """
    return f"forward {ratio_text(ratio)}" if ratio >= 1 else f"reverse {ratio_text(1 / ratio)}"
