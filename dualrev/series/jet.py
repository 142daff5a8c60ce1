"""Taylor mode: values with their truncated series in t, through the rules that both modes have.

A rule says dy = J(y, x) dx. Along x(t) that is y'(t) = J(y(t), x(t)) x'(t), an equation between series: its coefficient
k - 1 gives k y_k from what is known of y below k. So one way serves every rule; products, quotients, powers and systems
go by the recurrences of the textbook, which need fewer steps.

Source: Griewank & Walther (2008), section 13.2, tables 13.1 and 13.2.
"""

import numpy as np

from ..boundary import escaped
from ..dispatch import bind
from ..kinds import Elementwise, Linear
from ..ops.contract import dot, einsum, vdot
from ..ops.shape import where
from ..ops.systems import solve, solve_vector
from ..registry import OPS
from ..shapes import ndim, shape, spread
from ..traced import Tracer, next_level
from ..tracer import TracedArray

BILINEAR = frozenset({np.multiply, np.matmul, np.vecdot, np.matvec, np.vecmat, dot, vdot, einsum})
JOINT = frozenset({where})  # linear in all that may be traced
SYSTEMS = frozenset({solve, solve_vector})


class Jet(TracedArray):
    """primal + sum_k coefficients[k - 1] t**k: a value and its series."""

    __slots__ = ("coefficients",)

    def __repr__(self):
        return f"Jet({self.primal!r}, order {len(self.coefficients)})"


def jet(primal, coefficients, sweep):
    made = Jet.__new__(Jet)
    made.primal, made.sweep, made.items = primal, sweep, None
    made.coefficients = [spread(c, shape(primal)) for c in coefficients]
    return made


class SeriesSweep:
    """One sweep that carries series to some order."""

    __slots__ = ("__weakref__", "constants", "ended", "level", "order", "refusal", "sides")

    def __init__(self, order):
        self.level, self.order, self.refusal, self.constants, self.ended = next_level(), order, None, None, False

    def process(self, op, args, primals, params, out):
        if self.ended:
            raise escaped()
        xs = [a.coefficients if type(a) is Jet and a.sweep is self else None for a in args]
        return jet(out, series(op, primals, xs, params, out, self.order), self)

    def close(self):
        self.ended = True


def series(op, primals, xs, params, out, order):
    """The coefficients of op's result, from those of its arguments (None: constant)."""
    if not order:
        return []
    active = [k for k, x in enumerate(xs) if x is not None]
    if is_linear(op, active):
        return at_once(op, primals, xs, params, out, order)
    if op.func in BILINEAR:
        return product(op, primals, xs, params, order)
    if op.func is np.divide:
        return quotient(primals, xs, out, order)
    if op.func is np.power and active == [0] and np.ndim(primals[1]) == 0 and is_whole(primals[1], order):
        return whole_power(primals, xs, int(primals[1]), order)
    if op.func is np.power:
        return real_power(primals, xs, out, order)
    if op.func in SYSTEMS:
        return system(op, primals, xs, out, order)
    return by_rule(op, primals, xs, params, out, order)


def is_linear(op, active):
    """Is the result linear in all active arguments together?"""
    rule = op.rule
    if isinstance(rule, Linear) or op.func in JOINT:
        return True
    if op.func in BILINEAR:
        return len(active) == 1
    if isinstance(rule, Elementwise):
        return not any(callable(rule.partials[k]) for k in active) or (op.func is np.divide and active == [0])
    return op.func in SYSTEMS and active == [1]


def at_once(op, primals, xs, params, out, order):
    """All coefficients as so many directions: J is constant."""
    tangents = [None if x is None else np.stack(x) for x in xs]
    arguments = (*primals, *tangents) if op.arity else (primals, params, tangents)
    return list(op.push((order,), out, *arguments))


def product(op, primals, xs, params, order):
    """The convolution of two series."""
    a, b = (whole(p, x) for p, x in zip(primals, xs, strict=True))
    return [total([bind(op, (a[j], b[k - j]), dict(params)) for j in range(k + 1)]) for k in range(1, order + 1)]


def whole(primal, coefficients):
    """All coefficients of a series, the value first."""
    return [primal, *coefficients]


def total(terms):
    found = terms[0]
    for term in terms[1:]:
        found = found + term
    return found


def quotient(primals, xs, out, order):
    """q = a / b: q_k = (a_k - sum_{j<k} q_j b_{k-j}) / b_0."""
    a, b = (x or [None] * order for x in xs)
    q = [out]
    for k in range(1, order + 1):
        less = 0.0 if b[0] is None else total([q[j] * b[k - j - 1] for j in range(k)])
        q.append(((0.0 if a[k - 1] is None else a[k - 1]) - less) / primals[1])
    return q[1:]


def is_whole(r, order):
    return not isinstance(r, Tracer) and float(r).is_integer() and 0 <= float(r) <= 64


def whole_power(primals, xs, n, order):
    """x**n by repeated squaring, which divides by nothing."""
    result, square = None, whole(primals[0], xs[0])
    while n:
        if n % 2:
            result = square if result is None else convolved(result, square)
        square, n = convolved(square, square), n // 2
    return [0.0 * x for x in xs[0]] if result is None else result[1:]


def real_power(primals, xs, out, order):
    """y = a**b by g = b log(a), y' = y g'; of a constant b by k a_0 y_k = sum_j (b j - (k - j)) a_j y_{k-j}."""
    a, b, y = xs[0], xs[1], [out]
    if b is None:
        r = primals[1]
        for k in range(1, order + 1):
            terms = [(r * j - (k - j)) * a[j - 1] * y[k - j] for j in range(1, k + 1)]
            y.append(total(terms) / (k * primals[0]))
        return y[1:]
    log = np.log(primals[0])
    logs = [None] * order if a is None else series(OPS[np.log], (primals[0],), [a], {}, log, order)
    g = [0.0 if a is None else c * primals[1] for c in logs]
    for k in range(order):
        g[k] = g[k] + b[k] * log
        for j in range(k if a is not None else 0):
            g[k] = g[k] + b[j] * logs[k - j - 1]
    for k in range(1, order + 1):
        y.append(total([j * g[j - 1] * y[k - j] for j in range(1, k + 1)]) / k)
    return y[1:]


def convolved(a, b):
    return [total([a[j] * b[k - j] for j in range(k + 1)]) for k in range(len(a))]


def system(op, primals, xs, out, order):
    """A X = B: X_k = A_0^-1 (B_k - sum_{j>0} A_j X_{k-j})."""
    A, B = xs
    X = [out]
    for k in range(1, order + 1):
        right = -total([A[j - 1] @ X[k - j] for j in range(1, k + 1)])
        X.append(bind(op, (primals[0], right if B is None else right + B[k - 1]), {}))
    return X[1:]


class Unknown:
    """In the place of a result whose series is not known yet: whatever looks at it says that the rule needs it."""

    class Asked(Exception):
        pass

    def __getattr__(self, name):
        raise self.Asked

    def __array__(self, *args, **kwargs):
        raise self.Asked

    def __array_ufunc__(self, *args, **kwargs):
        raise self.Asked

    def __array_function__(self, *args, **kwargs):
        raise self.Asked


for _name in "add radd sub rsub mul rmul truediv rtruediv pow rpow neg matmul rmatmul getitem float bool".split():
    setattr(Unknown, f"__{_name}__", lambda self, *_: self.__getattr__("x"))


def by_rule(op, primals, xs, params, out, order):
    """y'(t) = J(y(t), x(t)) x'(t): at once where J does not need y, else one coefficient after the other."""
    if isinstance(op.rule, Elementwise):
        try:
            return integrated(slope(op, primals, xs, params, Unknown(), order - 1, out), order)
        except Unknown.Asked:
            pass
    found = []
    for k in range(1, order + 1):
        found.append(slope(op, primals, xs, params, whole(out, found), k - 1, out)[k - 1] / k)
    return found


def integrated(rates, order):
    return [rates[k - 1] / k for k in range(1, order + 1)]


def slope(op, primals, xs, params, y, order, out):
    """The coefficients 0 to `order` of J(y(t), x(t)) x'(t), by the rule on series of that order."""
    sweep = SeriesSweep(order)
    try:
        args = [p if x is None else jet(p, x[:order], sweep) for p, x in zip(primals, xs, strict=True)]
        rates = [None if x is None else rate(x, order, p, sweep) for x, p in zip(xs, primals, strict=True)]
        y = y if isinstance(y, Unknown) else jet(y[0], y[1 : order + 1], sweep)
        if isinstance(op.rule, Elementwise):  # where nothing broadcasts, the sum of partials times rates
            made = total(
                [scaled(r, p, y, *args) for r, p in zip(rates, op.rule.partials, strict=True) if r is not None]
            )
        else:
            made = op.push((), y, *args, *rates) if op.arity else op.push((), y, args, params, rates)
    finally:
        sweep.close()
    if type(made) is Jet and made.sweep is sweep:
        return [spread(c, shape(out)) for c in whole(made.primal, made.coefficients)]
    return [spread(made, shape(out)), *[np.zeros(shape(out))] * order]


def scaled(rate, p, y, *args):
    if not callable(p):
        return rate * p
    return rate / p.q(y, *args) if hasattr(p, "q") else rate * p(y, *args)


def rate(x, order, primal, sweep):
    """x'(t), as a series of one order less."""
    first, *rest = [(k + 1) * c for k, c in enumerate(x[: order + 1])]
    return jet(spread(first, shape(primal)), rest, sweep) if ndim(primal) or rest or order == 0 else first
