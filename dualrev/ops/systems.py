"""Linear systems, the inverse, determinants, Cholesky's factor.

Source of the formulas: Giles (2008), Collected matrix derivative results for forward and reverse.
"""

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, composite, differential, flops
from ..shapes import ndim, shape, size
from ..traced import operand, value
from .complex_parts import complexed, is_complex, real
from .contract import H, T, column, row
from .factors import mirrored


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
    return lambda dA: real(np.sum(inverse * dA, axis=(-2, -1)))


@primitive
def signdet(A):
    """det / |det|, the sign of a real determinant and the phase of a complex one."""
    return np.linalg.slogdet(A)[0]


@differential(signdet)
def _(s, A, /):
    inverse = T(np.linalg.inv(A))
    return lambda dA: 1j * s * complexed(np.imag(np.sum(inverse * dA, axis=(-2, -1))))


@composite(np.linalg.slogdet)
def _(a):
    plain = np.linalg.slogdet(value(a))
    return type(plain)(signdet(a) if is_complex(a) else plain.sign, logabsdet(a))


@primitive
def cholesky(A, *, upper=False):
    return np.linalg.cholesky(A, upper=upper)


@differential(cholesky)
def _(L, A, /, *, upper=False):
    """A = L L^H:  dL = L Phi(L^-1 dA L^-H), where Phi takes the lower triangle and halves the diagonal."""
    L, n = H(L) if upper else L, shape(A)[-1]
    half = (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)).astype(value(L).real.dtype)

    def dL(dA):
        d = L @ (half * np.linalg.solve(L, H(np.linalg.solve(L, mirrored(dA, upper)))))
        return H(d) if upper else d

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
flops(signdet,       value=lambda y, A: 2 * cubes(A) / 3,
                     shared=lambda y, A: 2 * cubes(A) + size(y),
                     push=lambda y, A: 2 * size(A),
                     pull=lambda y, A: size(A) + 2 * size(y))
flops(cholesky,      value=lambda L, A, **_: cubes(A) / 3,
                     push=lambda L, A, **_: 22 * cubes(A) / 3 + 2 * size(A),
                     pull=lambda L, A, **_: 22 * cubes(A) / 3 + 3 * size(A))
# fmt: on

composite(np.linalg.cholesky)(lambda a, *, upper=False: cholesky(operand(a), upper=upper))
