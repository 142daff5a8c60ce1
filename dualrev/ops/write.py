"""Writing into an array, as values: the new version of an array is a function of the old one and of what is written.

These ops stand in no call of NumPy, so they are not in `OPS`: `dualrev.writing` binds them.
"""

import numpy as np

from ..cotangents import deposit, is_fresh
from ..dispatch import bind
from ..kinds import Kind
from ..registry import Flops, Op
from ..shapes import align, full, gather, shape, size, spread
from ..traced import Tracer, value
from .index import is_basic, scatter, under

ndarray = np.ndarray


class Writing(Kind):
    """y = x, but y[index] = v: dy = dx, but dv at the index. Back: ct_x = ct, but 0 at the index, and ct_v = ct[index].

    Where an advanced index names an element twice the last one has been written, and only that one has a derivative.
    owned: the tangent of x is nobody else's, and may be written into. line: the index of this line on its tape.
    """

    reads_args = False

    def push(self, lead, out, args, params, tangents):
        x, (dx, dv), index = args[0], tangents, params["index"]
        at = under(lead, index, x)
        if dv is None:
            dv = 0.0
        elif lead:
            dv = align(dv, lead, len(part_of(x, index)))
        if isinstance(dx, Tracer) or isinstance(dv, Tracer):
            return bind(PUT, [blank(x, lead) if dx is None else dx, dv], {"index": at})
        if dx is None:
            dx = blank(x, lead)
        elif not (params.get("owned") and type(dx) is ndarray and dx.flags.writeable):
            dx = np.array(dx)
        dx[at] = dv
        return dx

    def pull(self, ct, line, cts, own, sweep):
        _, (i, j), (x, v), params, out = line
        index, lead, k = params["index"], sweep.lead, params.get("line", -1)
        at = under(lead, index, x)
        ours = 0 <= k < len(own) and own[k] and type(ct) is ndarray
        ct = indexable(full(ct, lead, out))
        if j >= 0:
            g = ct[at]
            if not (params.get("distinct") or is_basic(index)):
                last = written_last(shape(x), index)
                g = g if last is None else np.where(last, g, 0)
            if ours and type(g) is ndarray and g.base is not None:
                g = g.copy()
            g = gather(g, lead, v)
            deposit(cts, own, j, g, is_fresh(g, ct))
        if i >= 0:
            if isinstance(ct, Tracer):
                deposit(cts, own, i, bind(PUT, [ct, 0.0], {"index": at}), False)
                return
            ct = ct if ours else np.array(ct)
            ct[at] = 0.0
            deposit(cts, own, i, ct, True)


def indexable(ct):
    """The cotangent of an array without axes may be a float of Python."""
    return np.float64(ct) if type(ct) is float else ct


class Adding(Kind):
    """y = x, but v is added at the index, once for each time that an element is named."""

    reads_args = False

    def push(self, lead, out, args, params, tangents):
        x, (dx, dv), index = args[0], tangents, params["index"]
        if dv is None:
            return dx
        part = part_of(x, index)
        dv = spread(align(dv, lead, len(part)) if lead else dv, lead + part)
        added = scatter(dv, index=under(lead, index, x), shape=lead + shape(x))
        return added if dx is None else dx + added

    def pull(self, ct, line, cts, own, sweep):
        _, (i, j), (x, v), params, out = line
        ct = indexable(full(ct, sweep.lead, out))
        if j >= 0:
            g = gather(ct[under(sweep.lead, params["index"], x)], sweep.lead, v)
            deposit(cts, own, j, g, is_fresh(g, ct))
        if i >= 0:
            deposit(cts, own, i, ct, False)


class Copying(Kind):
    """y = x, in memory of its own."""

    reads_args = reads_params = False

    def push(self, lead, out, args, params, tangents):
        return tangents[0]

    def pull(self, ct, line, cts, own, sweep):
        deposit(cts, own, line[1][0], ct, False)


class Independent(Kind):
    """The values of a new array have nothing to do with x, which lends it shape, precision and a place in the trace."""

    reads_args = reads_params = False

    def push(self, lead, out, args, params, tangents):
        return blank(out, lead)

    def pull(self, ct, line, cts, own, sweep):
        pass


def put(x, v, *, index, **_):
    """A copy of x in which x[index] = v."""
    new = like_by_an_op(x)
    new[index] = v
    return new


def like_by_an_op(x):
    """A copy of x that lies in memory as the result of any op would: it matters where x shows elements twice."""
    return np.positive(x) if 0 in np.asarray(x).strides else np.array(x)


def add_at(x, v, *, index):
    """A copy of x to which v has been added at the index, repeated elements included."""
    new = like_by_an_op(x)
    np.add.at(new, index, v)
    return new


def copied(x, *, order):
    """x, laid out anew: by rows, by columns, or with its axes in the order in which they lie now."""
    return np.array(x, order=order)


def buffer(x, *, values):
    """A new array that holds `values`; x says where it is traced."""
    return np.array(values)


def added(y, x, v, index):
    """How many elements are added."""
    return size(ghost(part_of(x, index), float))


def made_like(func):
    """np.zeros_like and its kin, with a trace of their own: what is written into the new array is not lost."""
    made = Op(func, Independent(), arrays=("a",), params=("dtype", "order", "subok", "shape", "device"))
    made.flops = MOVED
    return made


MOVED = Flops(value=0, shared=0, push=0, pull=0)  # numbers are moved or set, and nothing is computed
PUT = Op(put, Writing(), arrays=("x", "v"), params=("index",))
ADD_AT = Op(add_at, Adding(), arrays=("x", "v"), params=("index",))
COPY = Op(copied, Copying(), arrays=("x",), params=("order",))
BUFFER = Op(buffer, Independent(), arrays=("x",), params=("values",))
PUT.flops = COPY.flops = BUFFER.flops = MOVED
ADD_AT.flops = Flops(value=added, shared=0, push=added, pull=0)
LIKE = {func: made_like(func) for func in (np.zeros_like, np.ones_like, np.empty_like)}


def blank(x, lead):
    """Zeros of the shape of x under the leading axes."""
    return np.zeros(lead + shape(x), getattr(value(x), "dtype", float))


def part_of(x, index):
    """The shape of x[index]."""
    return ghost(shape(x), float)[index].shape


def ghost(shape, dtype):
    """An array of one number's memory: it stands for one of which only shape and dtype are needed."""
    return np.ndarray(shape, dtype, np.zeros((), dtype), 0, (0,) * len(shape))


def written_last(shape, index):
    """Where `x[index] = v` leaves a v in x: False where a later one overwrites it. None: no element is named twice."""
    count = size(ghost(shape, float)[index])
    numbers = np.arange(count).reshape(ghost(shape, float)[index].shape)
    stamped = np.full(shape, -1)
    stamped[index] = numbers
    last = stamped[index] == numbers
    return None if last.all() else last
