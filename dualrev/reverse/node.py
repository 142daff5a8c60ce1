"""Reverse mode, the way there: nodes, which write the tape."""

import numpy as np

from ..boundary import dtype_of, escaped
from ..brief import clipped, plain
from ..constants import TINY, Constants
from ..dispatch import applied, one_level_down, operate
from ..errors import ChangedArrayError
from ..registry import Call
from ..shapes import along_a_line, shape, size
from ..traced import NUMBERS, OBJECT, next_level, refused
from ..tracer import TracedArray

ndarray = np.ndarray
PLAIN = NUMBERS | {str, type(None), type(Ellipsis)}  # what nobody can change


class Node(TracedArray):
    """A value that a tape remembers: `index` is the line of the tape (`sweep`) that computed it."""

    __slots__ = ("index",)
    index: int

    def __repr__(self):
        return clipped(f"Node(v{self.index} = {plain(self.primal)})", whole="see .primal")

    # In what follows node(out, len(lines), tape) is spelled out: these are the lines that loops run most.

    def against(self, op, apply, y, new=object.__new__):
        """op(self, y) for a constant y."""
        x = self.primal
        tape = self.sweep
        kind = type(y)
        if kind is not int and (kind is not slice or type(y.start) is ndarray or type(y.stop) is ndarray):
            y = tape.kept(y)
        made = new(Node)
        made.primal = out = apply(x, y)
        made.sweep = tape
        made.items = None
        lines = tape.lines
        made.index = len(lines)
        lines.append((op, self.index, -1, x, y, out))
        return made

    def alone(self, op, new=object.__new__):
        """op of this array and nothing else."""
        x = self.primal
        tape = self.sweep
        made = new(Node)
        made.primal = out = op.apply(x) if type(x) is ndarray else one_level_down(op, (x,), {})
        made.sweep = tape
        made.items = None
        lines = tape.lines
        made.index = len(lines)
        lines.append((op, self.index, x, out) if op.arity else (op, (self.index,), (x,), {}, out))
        return made

    @staticmethod
    def unary(op, apply, new=object.__new__):
        apply = applied(op, apply)

        def method(self):
            x = self.primal
            tape = self.sweep
            made = new(Node)
            made.primal = out = apply(x)
            made.sweep = tape
            made.items = None
            lines = tape.lines
            made.index = len(lines)
            lines.append((op, self.index, x, out))
            return made

        return method

    @staticmethod
    def binary(op, apply, new=object.__new__):
        func, apply = op.func, applied(op, apply)
        reads_y, reads_x = map(callable, getattr(op.rule, "partials", (op.reads_args and callable,) * 2))

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
            made = new(Node)
            made.primal = out = apply(x, y)
            made.sweep = tape
            made.items = None
            if reads_y and kind is ndarray:
                # Now, and not before: a copy may lie otherwise in memory, and give another last digit.
                y = y.copy("K") if y.nbytes <= TINY else tape.kept_array(y)
            lines = tape.lines
            made.index = len(lines)
            lines.append((op, self.index, j, x, y, out))
            return made

        def right(self, other):
            kind = type(other)
            if kind in NUMBERS or (kind is ndarray and other.dtype is not OBJECT):
                x = other
            else:
                return operate(func, other, self, apply)
            y = self.primal
            tape = self.sweep
            made = new(Node)
            made.primal = out = apply(x, y)
            made.sweep = tape
            made.items = None
            if reads_x and kind is ndarray:
                x = x.copy("K") if x.nbytes <= TINY else tape.kept_array(x)
            lines = tape.lines
            made.index = len(lines)
            lines.append((op, -1, self.index, x, y, out))
            return made

        return left, right


def node(primal, index, tape, new=Node.__new__):
    self = new(Node)
    self.primal, self.index, self.sweep, self.items = primal, index, tape, None
    return self


class Tape:
    """A Wengert list: one line per op, in the order computed. The tape is the program.

    A line is a plain tuple; `Call.read` (or `calls`) is how everyone but the backward sweep reads it.
    """

    __slots__ = ("__weakref__", "along", "constants", "level", "lines", "refusal", "sides")

    def __init__(self):
        self.level, self.lines, self.refusal, self.constants = next_level(), [], None, None

    def input(self, x):
        """A node for one input of the function."""
        made = node(x, len(self.lines), self)
        self.lines.append((None, x))
        return made

    def process(self, op, args, primals, params, out):
        parents = tuple([a.index if type(a) is Node and a.sweep is self else -1 for a in args])
        if op.reads_args and -1 in parents:
            primals = self.with_constants(parents, primals)
        if params and op.reads_params:
            for name, v in params.items():
                params[name] = self.kept(v)
        made = node(out, len(self.lines), self)
        self.lines.append((op, *parents, *primals, out) if op.arity else (op, parents, primals, params, out))
        return made

    def kept(self, v):
        """A constant, or a parameter that may hold arrays, as it is now: the user may change it afterwards."""
        kind = type(v)
        if kind is ndarray:
            return v.__copy__() if v.nbytes <= TINY else self.kept_array(v)
        if kind in PLAIN:
            return v
        if kind is tuple or kind is list:
            return kind([self.kept(part) for part in v])
        if kind is dict:
            return {name: self.kept(part) for name, part in v.items()}
        if kind is slice:  # arrays without axes may stand in it
            return slice(self.kept(v.start), self.kept(v.stop), self.kept(v.step))
        return self.kept_array(v) if issubclass(kind, ndarray) else v

    def kept_array(self, v):
        if self.constants is None:
            self.constants = Constants()
        try:
            return self.constants.kept(v, len(self.lines))
        except ChangedArrayError as error:
            self.refusal = self.refusal or refused(error)
            raise

    def with_constants(self, parents, args):
        return tuple([self.kept(x) if p < 0 else x for p, x in zip(parents, args)])

    def with_constants_kept(self, line):
        """A line of which somebody wants to see all arguments, as they were."""
        if line[0] is None:
            return line
        call = Call.read(line)
        return call._replace(args=self.with_constants(call.parents, call.args)).line(call.parents)

    def ray(self, x):
        """How x moves along one line through the point, which turns every input; None if it stays."""
        along = self.along = getattr(self, "along", [])
        for k in range(len(along), x.index + 1):
            line = self.lines[k]
            along.append(line_through(k, line[1]) if line[0] is None else pushed(line, along, ()))
        return along[x.index]

    def close(self):
        """End recording and hand the lines over: a node that is used from now on has escaped."""
        lines, self.lines = self.lines, CLOSED
        if self.constants is not None and self.constants.frozen:
            self.constants.thaw()
        return lines

    @property
    def ended(self):
        return self.lines is CLOSED


def pushed(line, along, lead):
    """The tangent of a line, from those of the lines before it; None if none of its arguments has one."""
    if len(line) == 4:
        op, i, x, out = line
        return None if along[i] is None else op.push(lead, out, x, along[i])
    if len(line) == 6:
        op, i, j, x, y, out = line
        tx, ty = None if i < 0 else along[i], None if j < 0 else along[j]
        return None if tx is None and ty is None else op.push(lead, out, x, y, tx, ty)
    call = Call.read(line)
    arriving = [None if p < 0 else along[p] for p in call.parents]
    return None if all(t is None for t in arriving) else call.push(lead, arriving)


def line_through(k, x):
    """A direction of input k, no two of its elements alike."""
    return along_a_line(k, size(x)).reshape(shape(x)).astype(dtype_of(x))[()]


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
