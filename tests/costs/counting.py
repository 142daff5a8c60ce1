"""The referee of the counts: an array that counts the floating-point operations NumPy is asked for."""

from contextlib import ExitStack
from math import prod
from unittest.mock import patch

import numpy as np
import scipy.fft
import scipy.interpolate
import scipy.linalg
import scipy.signal
import scipy.special as sc

from dualrev.ops import special_precision
from dualrev.reverse.pullback import pull
from dualrev.traced import Tracer

ZEROS = np.zeros  # as it is when nothing is counted
FREE = frozenset(
    """greater greater_equal less less_equal equal not_equal logical_and logical_or logical_xor logical_not isnan isinf
    isfinite sign signbit floor ceil trunc rint conjugate positive""".split()
)  # comparing, rounding, copying


class Counter:
    """The flops so far."""

    flops = 0


class Counting(np.ndarray):
    """An array that adds up, in `Counter.flops`, what is computed with it and with all that comes of it."""

    def held(self):
        """The array that ops are to work on: this one."""
        return self

    def traced(self):
        return None

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
    """An array, or each of a tuple of arrays, as one that counts; all else as it is."""
    if isinstance(x, tuple):
        return type(x)(*map(counting, x)) if hasattr(x, "_fields") else tuple(map(counting, x))
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
    if method == "reduceat":
        return np.sum(np.add.reduceat(np.ones_like(arrays[0]), arrays[1], axis=axis)) - np.size(found)
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
    def flops(_, A, *__, **___):
        many, n = matrices(A)
        return share * many * n**3

    return flops


def factored(share_of_values, share_of_vectors=None):
    """So many times m n min(m, n) for the values or the factors of a matrix."""

    def flops(found, A, *_, compute_uv=True, **__):
        m, n = np.shape(A)[-2:]
        share = share_of_values if share_of_vectors is None or not compute_uv else share_of_vectors
        return share * np.size(A) * min(m, n)

    return flops


def least_squares_flops(_, A, B, *__, **___):
    """A singular value decomposition, and the products with its factors."""
    m, n = np.shape(A)[-2:]
    return 22 * m * n * min(m, n) + 2 * np.shape(B)[-1] * (m + n) * min(m, n)


def transform_flops(share):
    """share * n log2(n) for each row of n points; a row of the longer side, which is the real one, counts."""

    def flops(y, x, n=None, axis=-1, norm=None):
        points = max(np.shape(y)[axis], n or 0) if share == 5 or not np.iscomplexobj(y) else n or np.shape(x)[axis]
        return share * (np.size(y) // max(np.shape(y)[axis], 1)) * points * np.log2(max(points, 1))

    return flops


def cosine_flops(y, x, kind, n, axis, norm):
    return 2.5 * np.size(y) * np.log2(max(np.shape(y)[axis], 1))


def sylvester_flops(X, A, B, Q):
    m, n = np.shape(Q)
    return 25 * (m**3 + n**3) + 5 * m * n * (m + n)


def banded_flops(X, l, u):
    return np.size(X) * (2 * l * (l + u) + 2 * (2 * l + u) + 1)


def triangular_flops(X, A, B, *_, **__):
    return np.size(X) * np.shape(A)[-1]


def norm_flops(y, x, ord=2, **_):
    return {2: 2 * np.size(x), 1: 2 * np.size(x) - np.size(y)}.get(ord, 3 * np.size(x))


WHOLE = {
    np.einsum: einsum_flops,
    np.dot: lambda y, A, B: 2 * np.size(y) * np.shape(A)[-1],
    np.vdot: lambda y, a, b: 2 * np.size(a),
    np.i0: lambda y, x: np.size(x),
    np.convolve: lambda y, a, v, mode: 2 * np.size(a) * np.size(v),
    np.correlate: lambda y, a, v, mode: 2 * np.size(a) * np.size(v),
    np.linalg.solve: solve_flops,
    np.linalg.inv: cubic(2),
    np.linalg.det: cubic(2 / 3),
    np.linalg.slogdet: cubic(2 / 3),
    np.linalg.cholesky: cubic(1 / 3),
    np.linalg.norm: norm_flops,
    np.linalg.eigh: factored(9),
    np.linalg.eigvalsh: factored(4 / 3),
    np.linalg.eig: factored(25),
    np.linalg.eigvals: factored(10),
    np.linalg.svd: factored(4, 22),
    np.linalg.qr: factored(4),
    np.linalg.pinv: lambda P, A, *_, **__: factored(24)(P, A),
    np.linalg.lstsq: least_squares_flops,
    np.fft.fft: transform_flops(5),
    np.fft.ifft: transform_flops(5),
    np.fft.rfft: transform_flops(2.5),
    np.fft.irfft: transform_flops(2.5),
}

# SciPy's, which hand nothing on: replaced while something is counted.
SCIPY = {
    (scipy.signal, "convolve"): lambda y, a, v: 2 * np.size(a) * np.size(v),
    (scipy.signal, "lfilter"): lambda y, b, a, x: 2 * np.size(x) * (np.size(a) + np.size(b)),
    (scipy.interpolate.CubicSpline, "__call__"): lambda y, spline, *_: 2 * np.size(y) * len(spline.c),
}
SCIPY_LINALG = {
    "inv": cubic(2),
    "det": cubic(2 / 3),
    "cholesky": cubic(1 / 3),
    "eigh": factored(9),
    "eigvalsh": factored(4 / 3),
    "eig": factored(25),
    "eigvals": factored(10),
    "svd": factored(22),
    "svdvals": factored(4),
    "qr": factored(4),
    "pinv": factored(24),
    "lstsq": least_squares_flops,
    "solve": solve_flops,
    "lu": factored(2 / 3),
    "solve_triangular": triangular_flops,
    "solve_banded": lambda X, bands, ab, B: banded_flops(X, *bands),
    "solve_sylvester": sylvester_flops,
    **dict.fromkeys("expm logm sqrtm cosm sinm tanm coshm sinhm tanhm fractional_matrix_power".split(), cubic(25)),
}


SCIPY |= {(scipy.linalg, name): cost for name, cost in SCIPY_LINALG.items()}
SCIPY |= {(scipy.fft, name): WHOLE[getattr(np.fft, name)] for name in ("fft", "ifft", "rfft", "irfft")}
SCIPY |= {(scipy.fft, name): cosine_flops for name in ("dct", "idct", "dst", "idst")}


def replaced(func, cost):
    """A function of SciPy's as one that counts."""

    def counted_call(*args, **kwargs):
        before, arrays = Counter.flops, [plain(x) for x in args]
        with patch.object(np, "zeros", ZEROS):
            found = func(*arrays, **kwargs)
        Counter.flops = before + cost(found, *arrays)  # and not what it calls in turn
        return counting(found)

    return counted_call


# ---- one call of an op -----------------------------------------------------------------------------------------------


def counted(run):
    """The flops of run(): the arrays that it makes by np.zeros count too, and SciPy's polygamma is one function."""
    Counter.flops = 0
    with (
        np.errstate(all="ignore"),
        patch.object(np, "zeros", lambda *args, **kwargs: counting(ZEROS(*args, **kwargs))),
        patch.object(sc, "polygamma", lambda n, x: np.add(n, x)),
        patch.object(
            special_precision,
            "computed",
            lambda func, args: np.exp(counting(np.full(np.broadcast_shapes(*map(np.shape, args)), 0.5))),
        ),
        ExitStack() as stack,
    ):
        for (module, name), cost in SCIPY.items():
            stack.enter_context(patch.object(module, name, replaced(getattr(module, name), cost)))
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
