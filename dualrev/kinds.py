"""The kinds of rule: how a local Jacobian J is written down, and how each mode reads it.

Every kind answers the same two questions, and those two questions are the two modes:

    push   J v      forward mode:  tangents of the arguments -> tangent of the output
    pull   J^T w    reverse mode:  cotangent of the output   -> cotangents of the arguments

Both are built once, when the rule is registered, so that a sweep does no bookkeeping.
"""

from functools import reduce
from operator import add

import numpy as np

from .cotangents import ONE, SCALARS, deposit, deposit_fit, is_fresh
from .errors import NoRuleError
from .shapes import align, full, gather, kept, ndim, negative_axes, shape, spread

ndarray = np.ndarray


class Kind:
    """What every kind says of itself beside push and pull.

    arity: 1 or 2 if the op takes so many arrays and no parameters; then its lines and its push are flat. reads_args,
    reads_params: does the rule read what is in its arguments, or its parameters, and not just their shapes? Then the
    constants among them are kept as they were (constants.py).
    """

    arity = 0
    reads_args = reads_params = True


# ---- elementwise: J is diagonal --------------------------------------------------------------------------------------


class Elementwise(Kind):
    """One partial derivative per argument: a function p(out, *args), a number, or None (refused)."""

    def __init__(self, name, partials):
        self.partials = tuple(refused(name, k) if p is None else p for k, p in enumerate(partials))
        self.reads_args = any(map(callable, self.partials))
        self.arity = len(partials) if len(partials) <= 2 else 0
        if self.arity == 1:
            self.push, self.pull = unary_push(*self.partials), unary_pull(*self.partials)
        elif self.arity == 2:
            self.push, self.pull = binary_push(*self.partials), binary_pull(*self.partials)

    def push(self, lead, out, args, params, tangents):
        axes = ndim(out)
        terms = [
            times(align(t, lead, axes) if lead else t, p, out, *args)
            for t, p, x in zip(tangents, self.partials, args, strict=True)
            if t is not None
        ]
        return spread(reduce(add, terms), lead + shape(out))

    def pull(self, ct, line, cts, own, sweep):
        _, parents, args, _, out = line
        for i, p, x in zip(parents, self.partials, args, strict=True):
            if i >= 0:
                deposit_fit(cts, own, i, times(ct, p, out, *args), False, x, out, sweep.lead)


def refused(name, k):
    def partial(*_):
        raise NoRuleError(f"{name}: no derivative is known in argument {k}; pass a plain number or array there")

    return partial


def times(t, p, out, *args):
    """The product of t with a partial derivative, which may be a number."""
    if callable(p):
        return t * p(out, *args)
    return t if p == 1 else -t if p == -1 else t * p


class over:
    """The partial derivative 1 / q(out, *args): what meets it is divided by q, which is faster and rounds once."""

    def __init__(self, q):
        self.q = q

    def __call__(self, out, *args):
        return divided(1.0, self.q(out, *args))


def divided(t, q):
    """t / q by IEEE's rules, also where both are Python numbers."""
    return np.divide(t, q) if type(q) is float else t / q


def unary_push(p):
    if isinstance(p, over):
        return lambda lead, out, x, t: divided(t, p.q(out, x))
    return lambda lead, out, x, t: times(t, p, out, x)


def unary_pull(p):
    def pull(ct, line, cts, own, sweep):
        _, i, x, out = line
        if ct is ONE:
            g, fresh = p(out, x), False
        else:
            g, fresh = ct * p(out, x), True
        if cts[i] is None:
            cts[i] = g
            own[i] = fresh and type(g) is ndarray
        else:
            deposit(cts, own, i, g, fresh)

    def pull_over(ct, line, cts, own, sweep):
        _, i, x, out = line
        deposit(cts, own, i, divided(ct, p.q(out, x)), True)

    def pull_number(ct, line, cts, own, sweep):
        deposit(cts, own, line[1], times(ct, p, None), p != 1)

    return pull_over if isinstance(p, over) else pull if callable(p) else pull_number


def binary_push(p, q):
    """A push for two arguments; a tangent is None where its argument is constant."""

    def push(lead, out, x, y, tx, ty):
        if lead and type(out) not in SCALARS:
            axes = len(out.shape)
            tx = None if tx is None else align(tx, lead, axes)
            ty = None if ty is None else align(ty, lead, axes)
        if ty is None:
            t = tx * p(out, x, y)
        elif tx is None:
            t = ty * q(out, x, y)
        else:
            t = tx * p(out, x, y)
            u = ty * q(out, x, y)
            if type(t) is type(u) is ndarray and t.shape == u.shape and t.dtype is u.dtype:
                t += u
            else:
                t = t + u
        if type(out) in SCALARS:
            return t
        want = lead + out.shape
        return t if t.shape == want else np.broadcast_to(t, want)

    def push_numbers(lead, out, x, y, tx, ty):
        if lead and type(out) not in SCALARS:
            axes = len(out.shape)
            tx = None if tx is None else align(tx, lead, axes)
            ty = None if ty is None else align(ty, lead, axes)
        if ty is None:
            t = times(tx, p, out, x, y)
        elif tx is None:
            t = times(ty, q, out, x, y)
        elif p == 1 and q == -1:
            t = tx - ty
        else:
            t = times(tx, p, out, x, y) + times(ty, q, out, x, y)
        return t if type(out) in SCALARS else spread(t, lead + shape(out))

    return push if callable(p) and callable(q) else push_numbers


def binary_pull(p, q):
    """A pull for two arguments: the general one, or one built for the partials of a sum, a difference or a product.

    Where the output is a scalar nothing was broadcast, and cotangents are added as they are.
    """

    def pull(ct, line, cts, own, sweep):
        _, i, j, x, y, out = line
        if type(out) in SCALARS:
            if i >= 0:
                have = cts[i]
                cts[i] = ct * p(out, x, y) if have is None else have + ct * p(out, x, y)
            if j >= 0:
                have = cts[j]
                cts[j] = ct * q(out, x, y) if have is None else have + ct * q(out, x, y)
            return
        fresh = ct is not ONE
        if i >= 0:
            deposit_fit(cts, own, i, ct * p(out, x, y) if fresh else p(out, x, y), fresh, x, out, sweep.lead)
        if j >= 0:
            deposit_fit(cts, own, j, ct * q(out, x, y) if fresh else q(out, x, y), fresh, y, out, sweep.lead)

    def pull_product(ct, line, cts, own, sweep):
        _, i, j, x, y, out = line
        if type(out) in SCALARS:
            if i >= 0:
                have = cts[i]
                cts[i] = ct * y if have is None else have + ct * y
            if j >= 0:
                have = cts[j]
                cts[j] = ct * x if have is None else have + ct * x
            return
        fresh = ct is not ONE
        if i >= 0:
            deposit_fit(cts, own, i, ct * y if fresh or type(y) is int else y, fresh, x, out, sweep.lead)
        if j >= 0:
            deposit_fit(cts, own, j, ct * x if fresh or type(x) is int else x, fresh, y, out, sweep.lead)

    def pull_numbers(ct, line, cts, own, sweep):
        _, i, j, x, y, out = line
        if type(out) in SCALARS:
            if i >= 0:
                have, g = cts[i], ct if p == 1 else -ct if p == -1 else times(ct, p, out, x, y)
                cts[i] = g if have is None else have + g
            if j >= 0:
                have, g = cts[j], ct if q == 1 else -ct if q == -1 else times(ct, q, out, x, y)
                cts[j] = g if have is None else have + g
            return
        if i >= 0:
            g = ct if p == 1 else -ct if p == -1 else times(ct, p, out, x, y)
            deposit_fit(cts, own, i, g, g is not ct, x, out, sweep.lead)
        if j >= 0:
            g = ct if q == 1 else -ct if q == -1 else times(ct, q, out, x, y)
            deposit_fit(cts, own, j, g, g is not ct, y, out, sweep.lead)

    if not (callable(p) and callable(q)):
        return pull_numbers
    return pull_product if are_the_other(p, q) else pull


def are_the_other(p, q):
    """Is each partial derivative just the other argument, as in a product? Try it on arguments of no type."""
    out, x, y = object(), object(), object()
    try:
        return p(out, x, y) is y and q(out, x, y) is x
    except Exception:  # whatever a formula raises when its arguments are no numbers: it is no bare argument
        return False


# ---- reductions: one partial derivative per element, then a sum ------------------------------------------------------


class Reduction(Kind):
    """y = f(x, axis, keepdims):  dy = sum(p * dx, axis), with p(y, x, axes) of the shape of x, or a number."""

    def __init__(self, partial):
        self.partial = ONE if partial == 1 else partial

    def read(self, out, x, axis=None, keepdims=False, **params):
        """The partial, and the reduced axes as negative ints."""
        axes = negative_axes(axis, ndim(x))
        if not callable(self.partial):
            return self.partial, axes
        y = out.reshape(kept(shape(x), axes)) if shape(out) and axes and not keepdims else out
        return self.partial(y, x, axes, **params), axes

    def push(self, lead, out, args, params, tangents):
        (x,), (dx,) = args, tangents
        p, axes = self.read(out, x, **params)
        terms = dx if p is ONE else dx * p
        return np.add.reduce(terms, axis=axes, keepdims=params.get("keepdims", False)) if axes else terms

    def pull(self, ct, line, cts, own, sweep):
        _, (i,), (x,), params, out = line
        if self.partial is ONE and type(ct) in SCALARS:  # one number, which stands for an array that is the same
            return deposit(cts, own, i, ct, False)
        p, axes = self.read(out, x, **params)
        if type(ct) not in SCALARS and shape(ct):
            lead = sweep.lead
            if len(axes) < ndim(x) or lead:
                ct = ct.reshape(lead + kept(shape(x), axes))
            if not shape(p):
                ct = np.broadcast_to(ct, lead + shape(x))
        deposit(cts, own, i, ct if p is ONE else ct * p, p is not ONE)


# ---- maps of whole arrays --------------------------------------------------------------------------------------------


class Arraywise(Kind):
    """What the kinds for whole arrays share: `formula(out, *args, **params)` writes down J, or J and its transpose."""

    def __init__(self, formula, arity=0):
        self.formula, self.arity = formula, arity
        if arity == 1:
            self.push = lambda lead, out, x, tx: self.along(lead, out, (x,), {}, (tx,))
        elif arity == 2:
            self.push = lambda lead, out, x, y, tx, ty: self.along(lead, out, (x, y), {}, (tx, ty))
        else:
            self.push = self.along


class Linear(Arraywise):
    """f is linear in all its arrays together: one pair J(*dxs) and JT(ct)."""

    reads_args = False

    def along(self, lead, out, args, params, tangents):
        J, _ = self.formula(out, *args, **params)
        return J(*fill(tangents, lead, args))

    def pull(self, ct, line, cts, own, sweep):
        parents, args, params, out = parts(line)
        ct = full(ct, sweep.lead, out)
        grads = self.formula(out, *args, **params)[1](ct)
        for i, g in zip(parents, grads if isinstance(grads, list) else (grads,), strict=True):
            if i >= 0:
                deposit(cts, own, i, g, is_fresh(g, ct))


class Argwise(Arraywise):
    """One pair (J_i, JT_i) of linear functions per argument; None where the derivative is zero."""

    def __init__(self, formula, arity=0, core=None):
        super().__init__(formula, arity)
        self.core = core
        if arity == 2 and core:
            self.pull = self.pull_two

    def along(self, lead, out, args, params, tangents):
        if lead and self.core:
            tangents = align_loops(tangents, lead, args, self.core(args))
        pairs = self.formula(out, *args, **params)
        terms = [pairs[k][0](t) for k, t in enumerate(tangents) if t is not None and pairs[k]]
        if not terms:
            return np.zeros(lead + shape(out), out.dtype)
        return spread(terms[0] if len(terms) == 1 else reduce(add, terms), lead + shape(out))

    def pull(self, ct, line, cts, own, sweep):
        parents, args, params, out = parts(line)
        lead = sweep.lead
        ct = full(ct, lead, out)
        pairs = self.formula(out, *args, **params)
        for k, i in enumerate(parents):
            if i >= 0 and pairs[k]:
                g, x = pairs[k][1](ct), args[k]
                if self.core and shape(g) != lead + shape(x):
                    g = gather(g, lead, x)
                deposit(cts, own, i, g, is_fresh(g, ct))

    def pull_two(self, ct, line, cts, own, sweep):
        """`pull` for an op of two arrays, such as matmul."""
        _, i, j, x, y, out = line
        lead = sweep.lead
        ct = full(ct, lead, out)
        of_x, of_y = self.formula(out, x, y)
        if i >= 0 and of_x:
            g = of_x[1](ct)
            g = g if shape(g) == lead + shape(x) else gather(g, lead, x)
            deposit(cts, own, i, g, is_fresh(g, ct))
        if j >= 0 and of_y:
            g = of_y[1](ct)
            g = g if shape(g) == lead + shape(y) else gather(g, lead, y)
            deposit(cts, own, j, g, is_fresh(g, ct))


class Differential(Arraywise):
    """d out as in a textbook, a function of the tangents; its transpose is derived by pulling back through it."""

    def along(self, lead, out, args, params, tangents):
        return self.formula(out, *args, **params)(*fill(tangents, lead, args))

    def pull(self, ct, line, cts, own, sweep):
        parents, args, params, out = parts(line)
        ct = full(ct, sweep.lead, out)
        dout = self.formula(out, *args, **params)
        grads = sweep.transpose(dout, fill([None] * len(args), (), args), ct)  # linear: the point does not matter
        for i, g in zip(parents, grads, strict=True):
            if i >= 0:
                deposit(cts, own, i, g, False)


def parts(line):
    """(parents, args, params, out) of a line of the tape, whose three forms are told apart by their length."""
    if len(line) == 5:
        return line[1:]
    if len(line) == 6:
        _, i, j, x, y, out = line
        return (i, j), (x, y), {}, out
    _, i, x, out = line
    return (i,), (x,), {}, out


def fill(tangents, lead, args):
    """Missing tangents become zeros of the right shape and dtype."""
    return [
        np.zeros(lead + shape(x), getattr(x, "dtype", float)) if t is None else t
        for t, x in zip(tangents, args, strict=True)
    ]


def align_loops(tangents, lead, args, core):
    """Tangents with leading axes, made to broadcast against arguments whose trailing `core` axes are the op's own."""
    loops = max([ndim(x) - k for x, k in zip(args, core)])
    if not loops:
        return tangents
    return [t if t is None else align(t, lead, loops + k) for t, k in zip(tangents, core)]
