"""Equal eigenvalues or singular values, taken apart by an infinitesimal: values as series in a hidden eps.

Where two eigenvalues are equal, their vectors V may turn among themselves, and a derivative of V or of one eigenvalue
alone is no number. A smooth function of the matrix A has its derivatives all the same: they are the limit of those at
A + eps E, where E = V diag(1, 2, ...) V^H takes the equal ones apart and has the same vectors. So a decomposition that
finds equal values gives a `Series`, w + eps (1, 2, ...), and whatever is computed from it is a series. A tangent of V
has a pole, 1 / eps; in the derivative of a smooth function the poles cancel, and what is left at eps^0 is right:
(g(w_j) - g(w_i)) / (w_j - w_i) becomes g'(w), of itself, in both modes and to the order that `TERMS` allows.

What is not smooth shows. Its poles stay; or it differs for other vectors of the same eigenspaces, which are carried
beside those of LAPACK (`Both`). `without_poles` (ops/gaps.py) looks at the derivatives that leave a sweep: nan and a
warning for those.

Series and Both are traced values of the oldest levels, below every sweep: rules run on them as on any others.

Sources: Higham (2008), Functions of Matrices, section 3.2; Kato (1980), Perturbation theory, section II.1.
"""

from math import prod

import numpy as np

from . import traced
from .dispatch import bind
from .errors import warn_of_spectrum
from .registry import Call
from .shapes import shape
from .traced import Tracer
from .tracer import TracedArray

TERMS = 4  # eps^0 to eps^3: derivatives up to the third
ROUNDING = 1e4  # what cancels leaves so many units of rounding

# ---- two choices of the vectors --------------------------------------------------------------------------------------


class Both(TracedArray):
    """`primal` with the vectors that LAPACK found, `other` with others of the same eigenspaces."""

    __slots__ = ("other",)

    def __repr__(self):
        return f"Both({self.primal!r}, {self.other!r})"


class Choices:
    level, ended = 0, False

    def process(self, op, args, primals, params, out):
        with np.errstate(all="ignore"):  # has been said of the one that counts
            others = tuple([a.other if type(a) is Both else a for a in args])
            other = others[0] if hasattr(op.func, "only_rounding") else bind(op, others, params)
        if op.func is traced.WITHOUT_POLES:
            return compared(out, other, max(bulk(primals[0]), bulk(others[0])))
        return both(first(out), second(other))


def both(primal, other):
    self = object.__new__(Both)
    self.primal, self.other, self.sweep, self.items = primal, other, CHOICES, None
    return self


def first(x):
    return x.primal if type(x) is Both else x


def second(x):
    return x.other if type(x) is Both else x


# ---- series ----------------------------------------------------------------------------------------------------------


class Series(TracedArray):
    """The sum of terms[k] eps^(k + shift), as far as it is known; `primal` is the term of eps^0.

    bulk: how large the terms would be if nothing in them had cancelled, by which rounding is judged.
    """

    __slots__ = ("bulk", "shift", "terms")

    def __repr__(self):
        return f"Series({self.terms!r}, {self.shift})"


def series(terms, shift=0, large=0.0):
    while shift < 0 and len(terms) > 1 and not np.any(terms[0]):  # no pole, as in what stood beside one in an array
        terms, shift = terms[1:], shift + 1
    self = object.__new__(Series)
    self.terms, self.shift, self.sweep, self.items = terms, shift, EPSILON, None
    self.primal = terms[-shift] if 0 <= -shift < len(terms) else np.full_like(terms[0], np.nan)
    self.bulk = max(large, *map(bulk, terms))
    return self


def bulk(x):
    return x.bulk if type(x) is Series else float(np.max(np.abs(x), initial=0.0))


def is_inexact(x):
    return type(x) is Series or (type(x) not in (slice, tuple, list, type(None)) and np.result_type(x).kind in "fc")


class Epsilon:
    """The level of the series."""

    level, ended = -1, False

    def __init__(self):
        self.found = {}  # (op, parameters, shapes, which of its arguments) -> is it linear in them?

    def process(self, op, args, primals, params, out):
        if isinstance(out, Tracer):  # equal values again, of a matrix that is a series: one eps serves for all
            return out
        if op.func is traced.WITHOUT_POLES:
            return at_zero(*args)
        if hasattr(op.func, "of_series"):
            return op.func.of_series(*args)
        of = [k for k, a in enumerate(args) if type(a) is Series]
        if self.is_linear(op, primals, params, of):
            return summed(op, args, primals, params, out, of)
        if len(of) == 2 and all(self.is_linear(op, primals, params, [k]) for k in of):
            return convolved(op, args, params, of)
        every = [k for k, a in enumerate(args) if is_inexact(a)]
        if every != of and self.is_linear(op, primals, params, every):
            return summed(op, args, primals, params, out, every)
        polar = [k for k in of if args[k].shift]
        if all(self.is_linear(op, primals, params, [k]) for k in polar):
            return expanded(op, args, params)
        return np.full_like(out, np.nan)

    def is_linear(self, op, args, params, of):
        """Is op linear in the arguments number `of` together? Tried once for arrays of a shape, on any numbers."""
        key = (op, str(params), *[shape(a) if is_inexact(a) else None for a in args], *of)
        if key not in self.found:
            self.found[key] = adds_up(op, args, params, of)
        return self.found[key]


def adds_up(op, args, params, of):
    """f(a) + f(b) = f(a + b), and f(0) = 0 with it?"""
    some = np.random.default_rng(0)

    def numbers(x):
        return (some.random(shape(x)) + 0.5).astype(np.result_type(x))[()]

    a = [numbers(x) if is_inexact(x) else x for x in args]
    b = [-0.3 * numbers(x) if k in of else x for k, x in enumerate(a)]
    c = [x + y if k in of else x for k, (x, y) in enumerate(zip(a, b))]
    try:
        with np.errstate(all="ignore"):
            y, z, whole = (op.apply(*given, **params) for given in (a, b, c))
        return bool(np.allclose(y + z, whole, rtol=1e-3, atol=1e-3 * max(bulk(y), bulk(z))))
    except (ValueError, TypeError, ArithmeticError):
        return False


def known(args):
    """From which power of eps to which the arguments are known; a plain one is its eps^0, and exact."""
    return (
        min(a.shift if type(a) is Series else 0 for a in args),
        min(a.shift + len(a.terms) for a in args if type(a) is Series),
    )


def at(x, power):
    """The term of eps^power of an argument."""
    if type(x) is not Series:
        return x if power == 0 else np.zeros_like(x)
    return x.terms[power - x.shift] if power >= x.shift else np.zeros_like(x.terms[0])


def summed(op, args, primals, params, out, of):
    """op of a series, in whose arguments `of` it is linear: term by term."""
    low, end = known([args[k] for k in of])
    lead = (end - low,)
    tangents = [
        np.stack([at(a, e) for e in range(low, end)]) if k in of else None for k, a in enumerate(args)
    ]  # fmt: skip
    terms = Call(op, (), primals, params, out).push(lead, tangents)
    others = prod(gain(op, a) for k, a in enumerate(args) if k not in of and is_inexact(a))
    return series(list(terms), low, max(bulk(args[k]) for k in of) * others)


def gain(op, x):
    """By how much a factor, or divisor, may make the terms larger."""
    return float(np.max(1 / np.abs(x), initial=0.0)) if op.func is np.divide else bulk(x)


def convolved(op, args, params, of):
    """op of two series that is linear in each."""
    i, j = of
    x, y = args[i], args[j]

    def product(k, m):
        given = list(args)
        given[i], given[j] = x.terms[k], y.terms[m]
        return op.apply(*given, **params)

    n = min(len(x.terms), len(y.terms))
    terms = [sum([product(k, m - k) for k in range(1, m + 1)], product(0, m)) for m in range(n)]
    return series(terms, x.shift + y.shift, x.bulk * y.bulk)


def expanded(op, args, params):
    """Taylor's series of op, by its rule: y' = J x' gives one term after the other. It is linear in what has a pole."""
    shift = sum(a.shift for a in args if type(a) is Series)
    n = min(len(a.terms) for a in args if type(a) is Series)
    terms = [op.apply(*[a.terms[0] if type(a) is Series else a for a in args], **params)]
    for k in range(1, n):
        x = [cut(a, k) for a in args]
        tangents = [series([(m + 1) * t for m, t in enumerate(a.terms[1 : k + 1])]) if type(a) is Series else None
                    for a in args]  # fmt: skip
        y = series(terms) if k > 1 else terms[0]
        slope = first(Call(op, (), x, params, y).push((), tangents))
        if type(slope) is Series and k - 1 >= len(slope.terms) + slope.shift:
            break
        terms.append(at(slope, k - 1) / k)
    return series(terms, shift)


def cut(a, k):
    """The first k terms, from eps^0 on."""
    return a if type(a) is not Series else series(a.terms[:k]) if k > 1 else a.terms[0]


EPSILON, CHOICES = Epsilon(), Choices()


def taken_apart(P, along):
    """P + eps along."""
    return series([P, along, *[np.zeros_like(P)] * (TERMS - 2)])


# ---- the way out -----------------------------------------------------------------------------------------------------


def at_zero(t):
    """The term of eps^0; nan where there is a pole, or where it is not known."""
    if len(t.terms) + t.shift <= 0:
        return refused(np.ones(shape(t), bool), t.terms[0])
    poles = [np.abs(t.terms[k]) > allowed(t.primal, t.bulk) for k in range(-t.shift)]
    return refused(np.any(poles, axis=0), t.primal) if poles else t.primal


def allowed(x, large):
    return ROUNDING * np.finfo(np.result_type(x)).eps * large


def compared(one, other, large):
    same = (np.abs(one - other) <= allowed(one, large)) | (one == other)
    return refused(~same, one)


def refused(where, x):
    if not np.any(where):
        return x
    warn_of_spectrum()
    return np.where(where, np.nan, x)[()]
