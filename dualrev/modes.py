"""The mode choice: how many directions each mode would carry, and which therefore costs less."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

from .boundary import all_leaves
from .reverse.vjp import Recording
from .shapes import size

CHUNK_BYTES = 2**26  # 64 MiB: the largest tangent or cotangent that one sweep may carry, all its directions together


@dataclass(frozen=True)
class ModeChoice:
    """Which mode a Jacobian takes, and why.

    mode: "forward" or "reverse". inputs, outputs: the numbers n and m, which are also the directions that forward and
    reverse mode carry. forward_sweeps, reverse_sweeps: in how many sweeps. Printed, it gives its `reason`.
    """

    mode: str
    inputs: int
    outputs: int
    forward_sweeps: int
    reverse_sweeps: int

    @property
    def sweeps(self) -> int:
        """The number of sweeps of the mode chosen."""
        return self.forward_sweeps if self.mode == "forward" else self.reverse_sweeps

    @property
    def directions(self) -> int:
        """How many directions the mode carries: n tangents in forward mode, m cotangents in reverse mode."""
        return self.inputs if self.mode == "forward" else self.outputs

    @property
    def reason(self) -> str:
        """The choice in one sentence."""
        if self.mode == "forward":
            carried, rival = counted(self.inputs, "direction"), f"reverse would carry {self.outputs}"
        else:
            carried, rival = counted(self.outputs, "cotangent"), f"forward would carry {self.inputs}"
        return (
            f"n={counted(self.inputs, 'input')}, m={counted(self.outputs, 'output')}: "
            f"{self.mode}, {carried} in {counted(self.sweeps, 'sweep')}; {rival}"
        )

    def __str__(self) -> str:
        return self.reason


def counted(n, noun):
    return f"{n} {noun}{'s' * (n != 1)}"


def smaller(n, m):
    """The mode that carries fewer directions; forward where both carry the same, since it stores no tape."""
    return "forward" if n <= m else "reverse"


def chunk_size(directions, largest, chunk=None):
    """How many directions one sweep carries: `chunk`, or as many as CHUNK_BYTES holds."""
    return max(1, min(directions, chunk or CHUNK_BYTES // (8 * max(largest, 1))))


def largest_on(recording):
    """The number of elements of the largest value that the recorded function computed."""
    return max((size(line[-1]) for line in recording.lines), default=1)


def choose_mode(f: Callable[..., Any], *x: Any) -> ModeChoice:
    """Which mode the Jacobian of f at x would take, how many sweeps, and why.

    The mode that carries fewer directions wins: forward carries one tangent per input element (n), reverse one
    cotangent per output element (m). At n = m forward wins, since it stores no tape.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code; it is run once, on a tape.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.

    Returns
    -------
    ModeChoice
        Prints its reason.

    Source: Griewank & Walther (2008), chapters 3 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> t = np.linspace(0.0, 1.0, 1000)
    >>> print(dr.choose_mode(lambda p: p[0] * np.exp(-p[1] * t) + p[2] * t + p[3], np.ones(4)))
    n=4 inputs, m=1000 outputs: forward, 4 directions in 1 sweep; reverse would carry 1000
    """
    leaves, structures = all_leaves(x, "x")
    recording = Recording(f, leaves, structures)
    n, m, largest = sum(map(size, leaves)), sum(map(size, recording.values)), largest_on(recording)
    return ModeChoice(smaller(n, m), n, m, *[ceil(k / chunk_size(k, largest)) for k in (n, m)])
