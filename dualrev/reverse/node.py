"""Reverse mode, the way there: nodes, which write the tape."""

import numpy as np

from ..boundary import escaped
from ..dispatch import bind, operate
from ..registry import Call
from ..traced import NUMBERS, OBJECT, next_level
from ..tracer import TracedArray

ndarray = np.ndarray


class Node(TracedArray):
    """A value that a tape remembers: `index` is the line of the tape (`sweep`) that computed it."""

    __slots__ = ("index",)
    index: int

    def __repr__(self):
        return f"Node(v{self.index} = {self.primal!r})"

    def against(self, op, apply, y):
        """op(self, y) for a constant y."""
        x, tape = self.primal, self.sweep
        out, lines = apply(x, y), tape.lines
        made = node(out, len(lines), tape)
        lines.append((op, self.index, -1, x, y, out))
        return made

    def alone(self, op):
        """op of this array and nothing else."""
        x, tape = self.primal, self.sweep
        out, lines = op.apply(x) if type(x) is ndarray else bind(op, (x,), {}), tape.lines
        made = node(out, len(lines), tape)
        lines.append((op, self.index, x, out) if op.arity else (op, (self.index,), (x,), {}, out))
        return made

    @staticmethod
    def unary(op, apply):
        def method(self):
            x, tape = self.primal, self.sweep
            out, lines = apply(x), tape.lines
            made = node(out, len(lines), tape)
            lines.append((op, self.index, x, out))
            return made

        return method

    @staticmethod
    def binary(op, apply, new=object.__new__):
        func = op.func

        def left(self, other):
            tape = self.sweep
            kind = type(other)
            if kind is Node:
                if other.sweep is not tape:
                    return operate(func, self, other, apply)
                y = other.primal
                j = other.index
            elif kind in NUMBERS or (kind is ndarray and other.dtype is not OBJECT):
                y = other
                j = -1
            else:
                return operate(func, self, other, apply)
            x = self.primal
            made = new(Node)  # node(out, len(lines), tape), spelled out: this is the line that loops run most
            made.primal = out = apply(x, y)
            made.sweep = tape
            made.items = None
            lines = tape.lines
            made.index = len(lines)
            lines.append((op, self.index, j, x, y, out))
            return made

        def right(self, other):
            if type(other) in NUMBERS or (type(other) is ndarray and other.dtype is not OBJECT):
                y, tape = self.primal, self.sweep
                out, lines = apply(other, y), tape.lines
                made = node(out, len(lines), tape)
                lines.append((op, -1, self.index, other, y, out))
                return made
            return operate(func, other, self, apply)

        return left, right


def node(primal, index, tape, new=Node.__new__):
    self = new(Node)
    self.primal, self.index, self.sweep, self.items = primal, index, tape, None
    return self


class Tape:
    """A Wengert list: one line per op, in the order computed. The tape is the program.

    A line is a plain tuple; `Call.read` (or `calls`) is how everyone but the backward sweep reads it.
    """

    __slots__ = ("__weakref__", "level", "lines", "refusal")

    def __init__(self):
        self.level, self.lines, self.refusal = next_level(), [], None

    def input(self, x):
        """A node for one input of the function."""
        made = node(x, len(self.lines), self)
        self.lines.append((None, x))
        return made

    def process(self, op, args, primals, params, out):
        parents = tuple([a.index if type(a) is Node and a.sweep is self else -1 for a in args])
        made = node(out, len(self.lines), self)
        self.lines.append((op, *parents, *primals, out) if op.arity else (op, parents, primals, params, out))
        return made

    def close(self):
        """End recording and hand the lines over: a node that is used from now on has escaped."""
        lines, self.lines = self.lines, CLOSED
        return lines

    @property
    def ended(self):
        return self.lines is CLOSED


class Closed:
    """The lines of a tape that has ended."""

    __slots__ = ()

    def __len__(self):
        return 0

    def append(self, line):
        raise escaped()


CLOSED = Closed()


def calls(lines):
    """The lines of a tape as (index, Call), inputs left out."""
    return [(k, Call.read(line)) for k, line in enumerate(lines) if line[0] is not None]
