"""Both sides of a kink, while a second derivative is taken there.

At a kink a slope is a convention. What the convention is multiplied with may still depend on the side, and a derivative
of the product needs both: abs(x)**2 is smooth, though abs is not. So an op with a kink, where it is differentiated on
values that an older level differentiates too, gives a value with two sides: as it is a little further along a line
through the point, and as it is a little further back. Everything after it happens on either side; the derivative is the
mean of both. Where the whole is smooth both are the same, and right.
"""

import numpy as np

from .boundary import mean_of_sides
from .dispatch import bind
from .ops.kinks import at_the_tip, middle
from .shapes import shape
from .traced import Tracer, value
from .tracer import TracedArray

AGREE = 1e-9  # relative: derivatives on both sides that are the same


class Sides(TracedArray):
    """A value with two sides: `primal` further along the line, `other` further back."""

    __slots__ = ("other",)

    def __repr__(self):
        return f"Sides({self.primal!r}, {self.other!r})"

    def mean_of_sides(self):
        """The mean of both sides, one level down. Its slope is nan where they differ, and either may not be reached."""
        plus, minus = mean_of_sides(self.primal), mean_of_sides(self.other)
        mean = middle(plus, minus)
        if self.sweep.told:
            return mean
        along, back = (Ray(self.sweep.base, 1, 1)(x) for x in (plus, minus))
        apart = np.abs(along - back) > AGREE * np.max(np.abs(along) + np.abs(back), initial=0.0)
        return mean + at_the_tip(plus - value(plus), np.where(apart, np.nan, 0.0)) if apart.any() else mean


def sided(primal, other, sweep):
    made = Sides.__new__(Sides)
    made.primal, made.other, made.sweep, made.items = primal, other, sweep, None
    return made


class TwoSided:
    """The level of values with two sides: between the level whose derivative needs them and the next one.

    told: can it be told which side is further along the line? It cannot at the bottom of x**2, which does not move.
    """

    __slots__ = ("base", "level", "told")

    refusal = None

    def __init__(self, base, told):
        self.base, self.told = base, told
        self.level = base.level + (0.25 if told else 0.5)

    @property
    def ended(self):
        return self.base.ended

    def process(self, op, args, primals, params, out):
        others = [a.other if isinstance(a, Tracer) and a.sweep is self else p for a, p in zip(args, primals)]
        return sided(out, bind(op, others, params), self)


class Ray:
    """The line through the point, to one side: how values move along it; and a side to take where they do not."""

    def __init__(self, base, side, choice):
        self.base, self.side, self.choice, self.chose = base, side, choice, False

    def __call__(self, x):
        moves = self.base.ray(x) if isinstance(x, Tracer) and x.sweep is self.base else None
        return np.zeros(shape(x), np.result_type(value(x))) if moves is None else self.side * value(moves)

    @property
    def alone(self):
        """Is this line the only one along which a derivative is taken?"""
        return getattr(self.base, "lead", None) in ((), (1,))

    def moved(self, moves, still):
        """moves, with the choice in place of those that are still."""
        if not still.any():
            return moves
        self.chose = True
        return np.where(still, self.choice, moves)


def on_both_sides(formula, args, params):
    """formula(ray, *args, **params) on either side; None where no level below can tell how its values move."""
    tracers = [a for a in args if isinstance(a, Tracer)]
    top = max((a.sweep for a in tracers), key=lambda sweep: sweep.level)
    base = top.base if type(top) is TwoSided else top
    if not hasattr(base, "ray"):
        return None
    if getattr(base, "sides", None) is None:
        base.sides = TwoSided(base, told=True), TwoSided(base, told=False)
    told, untold = base.sides

    def chosen(choice):
        rays = Ray(base, 1, choice), Ray(base, -1, choice)
        on = [on_side(a, untold, choice) for a in args]
        there, back = [formula(ray, *[on_side(a, told, ray.side) for a in on], **params) for ray in rays]
        return sided(there, back, told), rays[0].chose or rays[1].chose

    there, chose = chosen(1)
    if not chose and not any(a.sweep is untold for a in tracers):
        return there
    return sided(there, chosen(-1)[0], untold)


def on_side(x, sweep, side):
    """x, as it is on one side."""
    if isinstance(x, Tracer) and x.sweep is sweep:
        return x.primal if side > 0 else x.other
    return x
