"""The referee of the counts: an array that counts the floating-point operations NumPy is asked for."""

from math import prod
from unittest.mock import patch

import numpy as np
import scipy.special as sc

from dualrev.reverse.pullback import pull
from dualrev.tracer import Tracer

FREE = frozenset(
    """greater greater_equal less less_equal equal not_equal logical_and logical_or logical_xor logical_not isnan isinf
    isfinite sign signbit floor ceil trunc rint conjugate positive""".split()
)  # comparing, rounding, copying


class Counter:
    """The flops so far."""

    flops = 0


class Counting(np.ndarray):
    """An array that adds up, in `Counter.flops`, what is computed with it and with all that comes of it."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        if any(isinstance(x, Tracer) for x in inputs):
            return NotImplemented
        arrays = [plain(x) for x in inputs]
        if out is not None:
            kwargs["out"] = tuple(plain(x) for x in out)
        found = getattr(ufunc, method)(*arrays, **kwargs)
        Counter.flops += ufunc_flops(ufunc, method, arrays, found, **kwargs)
        return counting(found if out is None else out[0])

    def __array_function__(self, func, types, args, kwargs):
        if any(issubclass(kind, Tracer) for kind in types):
            return NotImplemented
        if func in WHOLE:
            args = [plain(x) for x in args]
            found = func(*args, **kwargs)
            Counter.flops += WHOLE[func](found, *args, **kwargs)
            return counting(found)
        return counting(super().__array_function__(func, types, args, kwargs))

    def __getitem__(self, index):
        return counting(super().__getitem__(index))


def counting(x):
    """An array as one that counts; all else as it is."""
    return np.asarray(x).view(Counting) if isinstance(x, (np.ndarray, np.generic)) else x


def plain(x):
    return x.view(np.ndarray) if isinstance(x, np.ndarray) else x


def ufunc_flops(ufunc, method, arrays, found, axis=0, initial=None, **_):
    """One per element; integers, and what compares, rounds or copies, are free."""
    n = np.size(arrays[0])
    if np.result_type(found if method != "at" else arrays[0]).kind not in "fc" or ufunc.__name__ in FREE:
        return 0
    if ufunc.__name__ in ("matmul", "vecdot", "matvec", "vecmat"):
        return 2 * np.size(found) * np.shape(arrays[0])[-1]
    if method == "at":
        return np.size(arrays[0][arrays[1]])
    if method == "reduce":
        return max(n - np.size(found), 0) if initial is None else n
    if method == "accumulate":
        return n - n // np.shape(found)[axis] if n else 0
    return np.size(found)


def einsum_flops(y, subscripts, *xs, **_):
    """One loop over all letters, with p factors, and an addition where a letter is summed; a mere sum joins n to m."""
    terms, arrow, out = subscripts.replace(" ", "").partition("->")
    terms, hidden = terms.split(","), "9876543210"
    spelled = [t.replace("...", hidden[10 - np.ndim(x) + len(t.replace("...", "")) :]) for t, x in zip(terms, xs)]
    sizes = {}
    for t, x in zip(spelled, xs, strict=True):
        for c, n in zip(t, np.shape(x), strict=True):
            sizes[c] = n if sizes.get(c, 1) == 1 else sizes[c]
    letters = "".join(spelled)
    kept = set(out if arrow else [c for c in letters if letters.count(c) == 1]) | (set(sizes) & set(hidden))
    turns = prod(sizes.values())
    return turns - np.size(y) if len(xs) == 1 else turns * (len(xs) - 1 + (not set(sizes) <= kept))


# ---- LAPACK by its leading terms -------------------------------------------------------------------------------------


def matrices(A):
    """How many matrices of what order."""
    n = np.shape(A)[-1]
    return np.size(A) // max(n * n, 1), n


def solve_flops(X, A, B):
    many, n = matrices(A)
    many = max(many, prod(np.shape(X)[:-2]))
    columns = np.shape(B)[-1] if np.ndim(B) > 1 else 1
    return many * (2 / 3 * n**3 + 2 * n * n * columns)


def cubic(share):
    def flops(_, A, **__):
        many, n = matrices(A)
        return share * many * n**3

    return flops


def norm_flops(y, x, ord=2, **_):
    return {2: 2 * np.size(x), 1: 2 * np.size(x) - np.size(y)}.get(ord, 3 * np.size(x))


WHOLE = {
    np.einsum: einsum_flops,
    np.dot: lambda y, A, B: 2 * np.size(y) * np.shape(A)[-1],
    np.vdot: lambda y, a, b: 2 * np.size(a),
    np.linalg.solve: solve_flops,
    np.linalg.inv: cubic(2),
    np.linalg.det: cubic(2 / 3),
    np.linalg.slogdet: cubic(2 / 3),
    np.linalg.cholesky: cubic(1 / 3),
    np.linalg.norm: norm_flops,
}


# ---- one call of an op -----------------------------------------------------------------------------------------------


def counted(run):
    """The flops of run(): the arrays that it makes by np.zeros count too, and SciPy's polygamma is one function."""
    zeros, Counter.flops = np.zeros, 0
    with (
        np.errstate(all="ignore"),
        patch.object(np, "zeros", lambda *args: counting(zeros(*args))),
        patch.object(sc, "polygamma", lambda n, x: np.add(n, x)),
    ):
        run()
    return Counter.flops


def ready(call):
    """The call with arguments and output that count, its index and exponent as they are."""
    kept = call.op.name in ("getitem", "np.power", "np.float_power")
    args = [counting(x if kept and k and type(x) is not np.float64 else np.asarray(x)) for k, x in enumerate(call.args)]
    return call._replace(args=tuple(args), out=counting(np.asarray(call.out)))


def value_count(call):
    """The flops of the op itself."""
    args = ready(call).args
    return counted(lambda: call.op.apply(*args, **call.params))


def push_count(call, lead, active):
    """The flops of J v."""
    tangents = [counting(np.ones(lead + np.shape(x))) if on else None for x, on in zip(call.args, active)]
    return counted(lambda: ready(call).push(lead, tangents))


def pull_count(call, lead, active):
    """The flops of J^T w."""
    parents = tuple(k if on else -1 for k, on in enumerate(active))
    ct = counting(np.ones(lead + np.shape(call.out)))
    return counted(lambda: pull(ready(call)._replace(parents=parents), ct, lead))
