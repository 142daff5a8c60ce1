"""Linear algebra. Source of the formulas: Giles (2008), Collected matrix derivative results for forward and reverse."""

import numpy as np

from ..errors import NoRuleError
from ..registry import argwise, composite, differential, flops, reduction
from ..shapes import ndim, negative_axes, shape, size
from ..tracer import operand, primitive, value
from .contract import T, column, row
from .elementwise import nonzero


@primitive
def solve(A, B):
    """A X = B, with B a matrix or a stack of matrices."""
    return np.linalg.solve(A, B)


@argwise(solve, "(n,n),(n,k)->(n,k)")
def _(X, A, B, /):
    return (
        (lambda dA: -solve(A, dA @ X), lambda ct: -solve(T(A), ct) @ T(X)),
        (lambda dB: solve(A, dB), lambda ct: solve(T(A), ct)),
    )


@primitive
def solve_vector(A, b):
    """A x = b, with b one vector."""
    return np.linalg.solve(A, b)


@argwise(solve_vector, "(n,n),(n)->(n)")
def _(x, A, b, /):
    columns = lambda A, B: solve(A, column(B))[..., 0]
    return (
        (lambda dA: -columns(A, (dA @ column(x))[..., 0]), lambda ct: -column(columns(T(A), ct)) * row(x)),
        (lambda db: columns(A, db), lambda ct: columns(T(A), ct)),
    )


def systems(X, n, k):
    """LU, and two triangular solves for each of k columns: LAPACK begins anew for each direction, too."""
    return size(X) // max(n * k, 1) * (2 * n**3 / 3 + 2 * n * n * k)


def with_product(X, each, n, k):
    """-A^-1 (dA X), or -(A^-T w) X^T where the product costs `each` per element of X; and A^-1 dB."""
    return systems(X, n, k) + (each + 1) * size(X), systems(X, n, k)


# fmt: off
flops(solve,        value=lambda X, A, B: systems(X, *shape(B)[-2:]),
                    push=lambda X, A, B: with_product(X, 2 * shape(A)[-1], *shape(B)[-2:]))
flops(solve_vector, value=lambda x, A, b: systems(x, shape(A)[-1], 1),
                    push=lambda x, A, b: with_product(x, 2 * shape(A)[-1], shape(A)[-1], 1),
                    pull=lambda x, A, b: with_product(x, shape(A)[-1], shape(A)[-1], 1))
# fmt: on


@composite(np.linalg.solve)
def _(a, b):
    a, b = operand(a), operand(b)
    return solve_vector(a, b) if ndim(b) == 1 else solve(a, b)


@differential(np.linalg.inv)
def _(Y, A, /):
    return lambda dA: -Y @ dA @ Y


@differential(np.linalg.det)
def _(y, A, /):
    adjugate = cofactors(y, A)
    return lambda dA: np.sum(adjugate * dA, axis=(-2, -1))


def cofactors(y, A):
    """d det / dA = det(A) A^-T; where A is singular, the minors themselves."""
    if np.all(value(y) != 0):
        return y[..., None, None] * T(np.linalg.inv(A)) if shape(y) else y * T(np.linalg.inv(A))
    n = shape(A)[-1]
    if n == 1:
        return np.ones_like(value(A))
    rest = [[k for k in range(n) if k != i] for i in range(n)]
    minor = lambda i, j: np.linalg.det(A[..., rest[i], :][..., :, rest[j]]) * (-1) ** (i + j)
    return np.stack([np.stack([minor(i, j) for j in range(n)], axis=-1) for i in range(n)], axis=-2)


@primitive
def logabsdet(A):
    return np.linalg.slogdet(A)[1]


@differential(logabsdet)
def _(y, A, /):
    inverse = T(np.linalg.inv(A))
    return lambda dA: np.sum(inverse * dA, axis=(-2, -1))


@composite(np.linalg.slogdet)
def _(a):
    plain = np.linalg.slogdet(value(a))
    return type(plain)(plain.sign, logabsdet(a))


@primitive
def cholesky(A, *, upper=False):
    return np.linalg.cholesky(A, upper=upper)


@differential(cholesky)
def _(L, A, /, *, upper=False):
    """A = L L^T:  dL = L Phi(L^-1 dA L^-T), where Phi takes the lower triangle and halves the diagonal."""
    L, n = T(L) if upper else L, shape(A)[-1]
    half = (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)).astype(value(L).dtype)

    def dL(dA):
        # LAPACK reads one triangle, and so does the derivative: the other is taken to mirror it.
        S = np.triu(dA) + T(np.triu(dA, 1)) if upper else np.tril(dA) + T(np.tril(dA, -1))
        d = L @ (half * np.linalg.solve(L, T(np.linalg.solve(L, S))))
        return T(d) if upper else d

    return dL


def cubes(A):
    """n^3, for each matrix of a stack."""
    return size(A) * shape(A)[-1]


# fmt: off
flops(np.linalg.inv, value=lambda Y, A: 2 * cubes(A),
                     shared=lambda Y, A: size(A),
                     push=lambda Y, A: 4 * cubes(A))
flops(np.linalg.det, value=lambda y, A: 2 * cubes(A) / 3,
                     shared=lambda y, A: 2 * cubes(A) + size(A),
                     push=lambda y, A: 2 * size(A) - size(y),
                     pull=lambda y, A: size(A))
flops(logabsdet,     value=lambda y, A: 2 * cubes(A) / 3,
                     shared=lambda y, A: 2 * cubes(A),
                     push=lambda y, A: 2 * size(A) - size(y),
                     pull=lambda y, A: size(A))
flops(cholesky,      value=lambda L, A, **_: cubes(A) / 3,
                     push=lambda L, A, **_: 22 * cubes(A) / 3 + 2 * size(A),
                     pull=lambda L, A, **_: 22 * cubes(A) / 3 + 3 * size(A))
# fmt: on

composite(np.linalg.cholesky)(lambda a, *, upper=False: cholesky(a, upper=upper))

# ---- norms -----------------------------------------------------------------------------------------------------------
# The slope of a norm at zero is 0.


@primitive
def norm(x, ord=2, axis=None, keepdims=False):
    """The vector norm (sum |x_i|^ord)^(1/ord) over the axes, for an order other than 0 and inf."""
    if ord == 2:
        return np.linalg.norm(x, axis=axis, keepdims=keepdims)
    return np.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)


reduction(norm, lambda y, x, axes, ord=2: norm_slope(x, nonzero(y), ord))
flops(norm, value=lambda y, x, ord=2, **_: {1: 2 * size(x) - size(y), 2: 2 * size(x)}.get(ord, 3 * size(x)))


def norm_slope(x, y, ord):
    return x / y if ord == 2 else np.sign(x) * (np.abs(x) / y) ** (ord - 1)


@composite(np.linalg.norm)
def _(x, ord=None, axis=None, keepdims=False):
    x = operand(x)
    axes, kw = negative_axes(axis, ndim(x)), {"axis": axis, "keepdims": keepdims}
    if ord is None or (ord == 2 and len(axes) == 1) or (ord in ("fro", "f") and len(axes) == 2):
        return norm(x, **kw)
    if len(axes) == 1 and not isinstance(ord, str):
        if abs(ord) == np.inf:
            return (np.max if ord > 0 else np.min)(np.abs(x), **kw)
        return norm(x, ord=ord, **kw) if ord else np.linalg.norm(value(x), ord=0, **kw)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        # the largest or smallest of the sums over columns (1) or rows (inf)
        summed, chosen = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=summed, keepdims=keepdims)
        chosen += chosen < summed and not keepdims
        return (np.max if ord > 0 else np.min)(sums, axis=chosen, keepdims=keepdims)
    raise NoRuleError(f"np.linalg.norm: ord={ord!r} over {len(axes)} axes has no derivative rule")
