"""Polynomials whose leading coefficients are exactly zero: NumPy cuts those off, and their derivatives stay.

np.poly1d, np.polymul and the remainder of np.polydiv leave zeros out, by their values: of p = (0, 1) nothing would be
left of p[0], though p(x) depends on it. So what they give is `Trimmed`: an array as NumPy has it, whose length, order
and comparisons are NumPy's, and which knows the coefficients that were cut off. Evaluation and arithmetic use them.
Whatever else is given such an array would lose them, and is refused.
"""

import sys
from functools import wraps
from types import SimpleNamespace

import numpy as np

from ..dispatch import bind
from ..errors import LostDerivativeError
from ..shapes import ndim, size
from ..traced import Tracer, operand, refused, value
from ..tracer import TracedArray
from .own_value import exactly

SCALING = frozenset({np.negative, np.positive, np.multiply, np.divide})
CONSTRUCTOR, POWER = np.poly1d.__init__.__code__, np.poly1d.__getitem__.__code__


class Trimmed(TracedArray):
    """Coefficients, highest power first, as NumPy has them, `primal`, and with the zeros that it cut off, `whole`."""

    __slots__ = ("whole",)

    def __repr__(self):
        return f"Trimmed({self.primal!r}, {self.whole!r})"

    def __getitem__(self, index):
        frame = sys._getframe(1)
        if frame.f_code is POWER:
            return self.coefficient(frame.f_locals["val"])
        if type(index) is int and index < 0:
            return self.whole[index]
        raise refused(loses("indexing", self), self)

    @property
    def dtype(self):
        frame = sys._getframe(1)
        if frame.f_code is POWER:  # p[k] of a power that NumPy cut off is dtype.type(0)
            return SimpleNamespace(type=lambda zero: self.coefficient(frame.f_locals["val"]))
        return value(self).dtype

    def coefficient(self, power):
        """p[power] of a polynomial p."""
        return self.whole[-1 - power] if 0 <= power < size(self.whole) else value(self).dtype.type(0)

    @property
    def __array__(self):
        raise refused(loses("np.asarray", self), self)

    def __setitem__(self, index, new):
        raise refused(loses("writing into it", self), self, new)


class Trimming:
    """The newest level of all: it sees every op that meets coefficients of which some were cut off."""

    level = float("inf")
    refusal = property(lambda self: None, lambda self, error: None)  # the sweeps under it remember

    @property
    def ended(self):
        raise refused(LostDerivativeError(f"{CUT} were returned from f or written into: {INSTEAD}"))

    def process(self, op, args, primals, params, out):
        if op.func in SCALING and type(args[0]) is Trimmed and not any(map(ndim, args[1:])):
            return trimmed(out, bind(op, (whole(args[0]), *args[1:]), params))
        if op.func is np.multiply and not ndim(args[0]):
            return trimmed(out, bind(op, (args[0], whole(args[1])), params))
        given = [a for a in args if type(a) is Trimmed]
        raise refused(loses(op.name, given[0]), *given)


TRIMMING = Trimming()
CUT = "the coefficients of a polynomial of which NumPy cut off leading ones that are exactly zero"
INSTEAD = (
    "what it gives depends on them, and would be without their derivatives. Evaluate the polynomial, p(x) or "
    "np.polyval(p.coeffs, x), and go on with that; or write np.convolve(p, q) in place of np.polymul(p, q), "
    "np.polydiv(p.coeffs, q.coeffs) in place of p / q, and the coefficients that np.poly1d was made of in place of "
    "p.coeffs"
)


def loses(what, x):
    return LostDerivativeError(f"{what} met {CUT} ({size(x.whole) - size(x.primal)} of them): {INSTEAD}")


def trimmed(made, full):
    """made, the coefficients as NumPy has them, with those of full, which has more in front, and the derivatives."""
    if not isinstance(full, Tracer):
        return made
    plain = np.zeros_like(value(full))
    plain[size(full) - size(made) :] = value(made)
    full = exactly(full, plain, func=np.copy, arguments={})
    if size(made) == size(full):
        return full
    self = object.__new__(Trimmed)
    self.primal, self.whole, self.sweep, self.items = made, full, TRIMMING, None
    return self


def whole(p):
    """Coefficients with those that NumPy cut off."""
    p = operand(p.coeffs if isinstance(p, np.poly1d) else p)
    if type(p) is not Trimmed:
        return p
    if value(p.primal).tobytes() != value(p.whole)[size(p.whole) - size(p.primal) :].tobytes():
        raise refused(LostDerivativeError(f"{CUT} were written into after the cut: write before np.poly1d"), p)
    return p.whole


def of_wholes(f):
    """f, a function of coefficients, of those that NumPy has and of those with what it cut off."""

    @wraps(f)
    def apply(*args, **params):
        if not any(type(a) is Trimmed for a in args):
            return f(*args, **params)
        cut = f(*[a.primal if type(a) is Trimmed else a for a in args], **params)
        return trimmed(cut, f(*map(whole, args), **params))

    return apply


def without_leading_zeros(p):
    """p as np.poly1d has it: at least one coefficient is left."""
    full = np.atleast_1d(whole(p))
    found = np.flatnonzero(value(full))
    if not size(full):
        return np.zeros(1, value(full).dtype)
    if size(full) == 1 or (size(found) and not found[0]):
        return full
    return trimmed(full[found[0] :] if size(found) else np.zeros(1, value(full).dtype), full)


def in_poly1d():
    """Is it np.poly1d that calls the op?"""
    frame = sys._getframe(2)
    for _ in range(4):
        if frame is None or frame.f_code is CONSTRUCTOR:
            break
        frame = frame.f_back
    return frame is not None and frame.f_code is CONSTRUCTOR
