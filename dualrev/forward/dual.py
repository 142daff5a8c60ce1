"""Forward mode: dual numbers."""

import numpy as np

from ..boundary import escaped, made_by_hand, matched, mean_of_sides
from ..brief import clipped, plain
from ..dispatch import applied, one_level_down, operate
from ..errors import InputError
from ..shapes import shape, spread, together
from ..traced import NUMBERS, OBJECT, Tracer, next_level, value
from ..tracer import TracedArray

ndarray = np.ndarray


class Dual(TracedArray):
    """primal + tangent * eps with eps**2 = 0: a value and how it changes, travelling together.

    In `jvp` the tangent has shape ``lead + primal.shape``; with ``lead = (K,)`` it carries K directions at once.

    Parameters
    ----------
    primal
        A number or an array; a Dual for second derivatives: that of a Dual has an eps of its own.
    tangent
        Of the shape of primal, or a number for all of its elements. By default 0: a constant.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.Dual(2.0, 1.0) * dr.Dual(5.0) + 1
    Dual(11.0 + 5.0 eps)
    >>> np.sin(dr.Dual(0.0, 1.0))
    Dual(0.0 + 1.0 eps)
    """

    __slots__ = ("tangent",)

    def __init__(self, primal, tangent=0.0):
        depth = max(map(depth_of, (primal, tangent)))
        primal, tangent = made_by_hand(primal, "the primal of a Dual"), made_by_hand(tangent, "the tangent of a Dual")
        if not shape(tangent) and shape(primal):
            tangent = spread(tangent, shape(primal))
        (self.tangent,), lead = matched(tangent, primal, "tangent", "primal")
        if lead:
            raise InputError(
                f"a Dual made by hand has one direction, a tangent of shape {shape(primal)}; "
                "dr.jvp(f, (x,), (directions,)) carries several"
            )
        self.primal, self.sweep, self.items = primal, BY_HAND[depth], None

    def __repr__(self):
        primal, tangent = (plain(mean_of_sides(part)) for part in (self.primal, self.tangent))
        sign = "+"
        if tangent[0] == "-" and not shape(self.tangent):
            sign, tangent = "-", tangent[1:]
        return clipped(f"Dual({primal} {sign} {tangent} eps)", whole="see .primal")

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


def dual(primal, tangent, sweep, new=object.__new__):
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


# ---- made by hand ----------------------------------------------------------------------------------------------------


class Unending(ForwardSweep):
    """The sweep of the dual numbers that are made by hand: it is older than any other, and nobody ends it."""

    __slots__ = ()

    refusal = property(lambda self: None, lambda self, error: None)  # there is no function that it would concern

    def __init__(self):
        super().__init__(())


BY_HAND = [Unending() for _ in range(4)]  # the eps of numbers, of dual numbers of numbers, and so on


def depth_of(x):
    """How many eps are in x, made by hand."""
    if not isinstance(x, Tracer):
        return 0
    if x.sweep not in BY_HAND[:-1]:
        raise InputError(
            "Dual(...) of a value that a running transformation traces: make the dual number outside, and call the "
            "transformed function with it, as in dr.grad(f)(dr.Dual(2.0, 1.0))"
            if x.sweep not in BY_HAND
            else f"dual numbers made by hand nest {len(BY_HAND)} deep: dr.jvp of dr.jvp does, as deep as you like"
        )
    return BY_HAND.index(x.sweep) + 1
