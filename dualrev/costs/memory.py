"""The memory of a way back: the cotangents that are alive at a time."""

from collections.abc import Collection

from .. import tracer
from .lines import Step


class Cotangents:
    """The memory of a way back: which cotangents are alive, in units of one direction, and the most at any time.

    The first cotangent of a value that arrives is kept as it comes: it may be that of the output, or a view of it. One
    more is added, in place where the memory is the sweep's own.
    """

    def __init__(self, steps: list[Step]):
        self.steps, self.alive, self.peak = steps, 0, 0
        self.holder: dict[int, int] = {}  # line -> buffer of its cotangent
        self.buffers: list[int] = []  # its bytes
        self.users: list[int] = []  # how many lines have it

    def run(self, seeds: Collection[int]) -> None:
        """All the way back from the lines `seeds`, which come with their cotangents."""
        for k in set(seeds):
            self.new(k)
        for k in range(len(self.steps) - 1, -1, -1):
            if self.steps[k].op is not None:
                self.pull(k)

    def new(self, k: int) -> None:
        """A fresh buffer for the cotangent of line k."""
        self.holder[k] = len(self.buffers)
        self.buffers.append(self.steps[k].bytes)
        self.users.append(1)
        self.grow(self.steps[k].bytes)

    def grow(self, n: int) -> None:
        self.alive += n
        self.peak = max(self.peak, self.alive)

    def release(self, buffer: int) -> None:
        self.users[buffer] -= 1
        if not self.users[buffer]:
            self.alive -= self.buffers[buffer]

    def pull(self, k: int) -> None:
        """The cotangent of line k goes to its parents, and is let go."""
        held = self.holder.pop(k, None)
        if held is None:
            return
        step = self.steps[k]
        for p, passed_on in zip(step.parents, step.cost.passed_on):
            if p >= 0:
                self.deposit(p, held, passed_on, step.op is tracer.GETITEM)
        self.release(held)

    def deposit(self, p: int, held: int, passed_on: bool, in_place: bool) -> None:
        have = self.holder.get(p)
        if have is None and passed_on:
            self.holder[p] = held
            self.users[held] += 1
        elif have is None or (self.users[have] > 1):
            self.new(p)
            if have is not None:
                self.release(have)
        elif not (in_place or passed_on):
            self.grow(self.steps[p].bytes)  # what arrives, until it has been added
            self.alive -= self.steps[p].bytes
