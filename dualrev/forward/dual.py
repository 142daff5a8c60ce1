"""Forward mode: dual numbers."""

import numpy as np

from ..boundary import escaped
from ..brief import clipped
from ..dispatch import applied, one_level_down, operate
from ..shapes import together
from ..traced import NUMBERS, OBJECT, next_level, value
from ..tracer import TracedArray

ndarray = np.ndarray


class Dual(TracedArray):
    """primal + tangent * eps with eps**2 = 0: a value and how it changes, travelling together.

    The tangent has shape ``lead + primal.shape``; with ``lead = (K,)`` it carries K directions at once.
    """

    __slots__ = ("tangent",)

    def __repr__(self):
        return clipped(f"Dual({self.primal!r} + {self.tangent!r} eps)", whole="see .primal")

    def against(self, op, apply, y):
        """op(self, y) for a constant y."""
        x, sweep = self.primal, self.sweep
        out = apply(x, y)
        return dual(out, op.push(sweep.lead, out, x, y, self.tangent, None), sweep)

    def alone(self, op):
        """op of this array and nothing else."""
        x, sweep = self.primal, self.sweep
        out = op.apply(x) if type(x) is ndarray else one_level_down(op, (x,), {})
        if op.arity:
            return dual(out, op.push(sweep.lead or (), out, x, self.tangent), sweep)
        return dual(out, op.push(sweep.lead or (), out, (x,), {}, (self.tangent,)), sweep)

    @staticmethod
    def unary(op, apply):
        push, apply = op.push, applied(op, apply)

        def method(self):
            x, sweep = self.primal, self.sweep
            out = apply(x)
            return dual(out, push(sweep.lead or (), out, x, self.tangent), sweep)  # `or` asks whether it has ended

        return method

    @staticmethod
    def binary(op, apply):
        func, push, apply = op.func, op.push, applied(op, apply)

        def left(self, other):
            sweep, kind = self.sweep, type(other)
            if kind is Dual:
                if other.sweep is not sweep:
                    return operate(func, self, other, apply)
                y, ty = other.primal, other.tangent
            elif kind in NUMBERS or (kind is ndarray and other.dtype is not OBJECT):
                y, ty = other, None
            else:
                return operate(func, self, other, apply)
            x = self.primal
            out = apply(x, y)
            return dual(out, push(sweep.lead, out, x, y, self.tangent, ty), sweep)

        def right(self, other):
            if type(other) in NUMBERS or (type(other) is ndarray and other.dtype is not OBJECT):
                y, sweep = self.primal, self.sweep
                out = apply(other, y)
                return dual(out, push(sweep.lead, out, other, y, None, self.tangent), sweep)
            return operate(func, other, self, apply)

        return left, right


def dual(primal, tangent, sweep, new=Dual.__new__):
    self = new(Dual)
    self.primal, self.tangent, self.sweep, self.items = primal, tangent, sweep, None
    return self


class ForwardSweep:
    """One forward sweep: its level, and the leading axes of all its tangents while it is open."""

    __slots__ = ("__weakref__", "constants", "lead", "level", "refusal", "sides")

    def __init__(self, lead):
        self.level, self.lead, self.refusal, self.constants = next_level(), lead, None, None

    def process(self, op, args, primals, params, out):
        tangents = [a.tangent if type(a) is Dual and a.sweep is self else None for a in args]
        if op.arity:
            return dual(out, op.push(self.lead or (), out, *primals, *tangents), self)
        return dual(out, op.push(self.lead or (), out, primals, params, tangents), self)

    def ray(self, x):
        """How x moves along one line through the point, of all directions together."""
        return together(value(x.tangent)) if self.lead else x.tangent

    def close(self):
        """End the sweep: a dual number that is used from now on has escaped."""
        self.lead = Ended()
        if self.constants is not None:
            self.constants.thaw()

    @property
    def ended(self):
        return type(self.lead) is Ended


class Ended:
    """The leading axes of a sweep that has ended."""

    __slots__ = ()

    def __bool__(self):
        raise escaped()

    def __add__(self, _):
        return bool(self)
