"""Polynomials given by their coefficients, highest power first: numpy.poly1d's functions."""

import numpy as np

from ..registry import composite
from ..shapes import ndim, shape, size
from ..traced import operand, value
from .shape import in_precision
from .trimmed import of_wholes, trimmed, whole, without_leading_zeros


@composite(np.polyval)
def _(p, x):
    """Horner's rule."""
    if isinstance(x, np.poly1d):
        y = 0
    else:
        x = operand(x)
        y = np.zeros_like(value(x))
    for c in whole(p):
        y = y * x + c
    return y


@composite(np.vander)
def _(x, N=None, increasing=False):
    x = operand(x)
    if ndim(x) != 1:
        raise ValueError("np.vander: x must be a one-dimensional array")
    x, n = in_precision(x, np.promote_types(value(x).dtype, int)), size(x)
    N = n if N is None else N
    ones = np.ones((n, min(N, 1)), x.dtype)
    powers = np.cumprod(np.broadcast_to(x[:, None], (n, max(N - 1, 0))), axis=1)
    V = np.concatenate([ones, powers], axis=1)
    return V if increasing else V[:, ::-1]


@composite(np.polyfit)
def _(x, y, deg, rcond=None, *, w=None):
    x, y = 0.0 + operand(x), 0.0 + operand(y)
    if shape(x)[0] != shape(y)[0] or ndim(x) != 1 or ndim(y) not in (1, 2):
        raise TypeError("np.polyfit: x is a vector, and y a vector or matrix with as many rows")
    A = np.vander(x, int(deg) + 1)
    if w is not None:
        w = 0.0 + operand(w)
        A, y = A * w[:, None], in_precision(y * (w[:, None] if ndim(y) == 2 else w), value(y).dtype)
    scale = np.sqrt(np.sum(A * A, axis=0))
    rcond = size(x) * np.finfo(value(x).dtype).eps if rcond is None else rcond
    c = np.linalg.lstsq(A / scale, y, rcond)[0]
    return (c.T / scale).T


@composite(np.poly)
def _(seq_of_zeros):
    """The coefficients of the product of (x - zero)."""
    zeros = np.atleast_1d(operand(seq_of_zeros))
    if ndim(zeros) == 2:
        zeros = np.linalg.eigvals(zeros)
    p = np.ones(1, value(zeros).dtype)
    for zero in zeros:
        p = np.convolve(p, np.stack([value(zeros).dtype.type(1), -zero]))
    return p


@composite(np.polyder)
@of_wholes
def _(p, m=1):
    p = operand(p)
    for _ in range(m):
        p = p[:-1] * np.arange(size(p) - 1, 0, -1)
    return p


@composite(np.polyint)
@of_wholes
def _(p, m=1, k=None):
    p, k = operand(p), np.atleast_1d(operand(0.0 if k is None else k))
    for i in range(m):
        p = np.concatenate([p / np.arange(size(p), 0, -1), k[0 if size(k) == 1 else i][None]])
    return p


def sum_of(p, q, sign):
    p, q = np.atleast_1d(operand(p)), np.atleast_1d(operand(q))
    if ndim(p) > 1 or ndim(q) > 1:
        raise ValueError("np.polyadd, np.polysub: a polynomial is a vector of coefficients")
    pad = lambda a, n: np.concatenate([np.zeros(n, value(a).dtype), a]) if n > 0 else a
    n = max(size(p), size(q))
    p, q = pad(p, n - size(p)), pad(q, n - size(q))
    return p + q if sign > 0 else p - q


composite(np.polyadd)(of_wholes(lambda a1, a2: sum_of(a1, a2, 1)))
composite(np.polysub)(of_wholes(lambda a1, a2: sum_of(a1, a2, -1)))


@composite(np.polymul)
def _(a1, a2):
    return product(without_leading_zeros(a1), without_leading_zeros(a2))


product = of_wholes(np.convolve)


@composite(np.polydiv)
def _(u, v):
    """Synthetic division: quotient and remainder."""
    cut, u, v = size(operand(u)), np.atleast_1d(whole(u)) + 0.0, np.atleast_1d(operand(v)) + 0.0
    m, n = size(u) - 1, size(v) - 1
    scale, r, q = 1.0 / v[0], u, []
    for k in range(m - n + 1):
        d = scale * r[k]
        q.append(d)
        r = np.concatenate([r[:k], r[k : k + n + 1] - d * v, r[k + n + 1 :]])
    divided = len(q)  # so many zeros in front of the remainder come of the division
    q = np.stack(q) if q else np.zeros_like(value(u), shape=1)
    q = trimmed(q[-max(cut - n, 1) :], q) if cut < size(u) else q
    first = 0
    while first < m and np.allclose(value(r)[first], 0, rtol=1e-14):
        first += 1
    return q, trimmed(r[first:], r[divided:]) if first > divided else r[first:]
