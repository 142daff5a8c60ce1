"""Singular values and vectors, and QR: one op each, whose output holds all factors.

Sources: Townsend (2016), Differentiating the singular value decomposition; Walter, Lehmann & Lamour (2012), On
evaluating higher-order derivatives of the QR decomposition.
"""

import numpy as np

from ..dispatch import primitive, ruled_as
from ..errors import NoRuleError, warn_of_spectrum
from ..registry import composite, differential, flops, linear
from ..shapes import lead_of, shape, size
from ..traced import operand, value
from .complex_parts import complexed, is_complex, real
from .contract import H, T, column, row
from .eigenvalues import phase, real_row, real_row_of, to_real
from .factors import apart, diagonal, each, joined, mirrored
from .gaps import alike, gap_flops, infinitesimals, over_gaps, ratio, split, turns, vanishing

# ---- singular values -------------------------------------------------------------------------------------------------


def svd_shapes(A, full_matrices):
    *loops, m, n = shape(A)
    k = min(m, n)
    return (*loops, m, m if full_matrices else k), (*loops, k), (*loops, n if full_matrices else k, n)


@primitive
def svd(A, *, full_matrices=True):
    return triplets(A, *np.linalg.svd(A, full_matrices=full_matrices))


def triplets(A, U, s, Vh):
    """The factors in one array; as series where singular values are equal or zero, and for other vectors, too."""
    P, close, zero = joined((), U, s, Vh), alike(s), vanishing(s)
    if np.count_nonzero(close) <= s.size and not zero.any():
        return P
    X, Y = other_vectors(U, H(Vh), close, zero)
    Y = np.where(np.any(Y, axis=-2, keepdims=True), Y, np.nan)  # NumPy before 2.4, hermitian: zeros for a vector
    along = [joined((), 0 * U, d, 0 * Vh) for d in infinitesimals(A, s, close, zero)]
    return split((P, joined((), X, s, H(Y))), along)


def other_vectors(U, V, close, zero):
    """Those of equal singular values turn together; those of zeros, and of the null spaces, each by themselves."""
    k = close.shape[-1]
    together = turns(close & ~(column(zero) & row(zero)), U.dtype)

    def turned(X, sign):
        free = np.concatenate([zero, np.ones((*zero.shape[:-1], X.shape[-1] - k), bool)], axis=-1)
        X = np.concatenate([X[..., :k] @ together, X[..., k:]], axis=-1)
        return X @ turns(column(free) & row(free), U.dtype, 1, sign)

    X, Y = turned(U, 1), turned(V, -1)
    for like, given in ((V, Y), (U, X)):
        real_at = real_row_of(like[..., :k])
        if real_at is not None:  # pairs of complex vectors have a phase in common
            phases = to_real(np.sum(given[..., :k] * real_at, axis=-2, keepdims=True))
            return [np.concatenate([Z[..., :k] * phases, Z[..., k:]], axis=-1) for Z in (X, Y)]
    return X, Y


def singular_values(A, s):
    """The singular values alone, as `triplets` has them."""
    close, zero = alike(s), vanishing(s)
    if np.count_nonzero(close) <= s.size and not zero.any():
        return s
    return split((s, s), infinitesimals(A, s, close, zero))


@differential(svd)
def _(P, A, /, *, full_matrices=True):
    """A = U diag(s) V^H:  with M = U^H dA V, ds_i = M_ii; the vectors turn by the Hermitian part of M over the gaps
    s_j - s_i and by its antihermitian part over the sums s_j + s_i, and out of their span."""
    U, s, V = svd_factors(P, A, full_matrices)
    s = without_rounding(s)
    k = shape(s)[-1]
    U1, V1 = U[..., :k], V[..., :k]

    def dP(dA):
        M = H(U1) @ dA @ V1
        p = over_gaps((M + H(M)) / 2, s)
        q = ratio((M - H(M)) / 2, row(s) + column(s))
        dU = turned(U, U1, p + q, dA @ V1, s)
        dV = turned(V, V1, p - q, H(dA) @ U1, s)
        if is_complex(P):
            dU, dV = in_phase(dU, dV, U1, V1)
        return joined(lead_of(dA, A), dU, real(diagonal(M)), H(dV))

    return dP


def svd_factors(P, A, full_matrices):
    U, s, Vh = apart(P, *svd_shapes(A, full_matrices))
    return U, real(s), H(Vh)


def in_phase(dU, dV, U1, V1):
    """Pairs of complex vectors have a phase in common: a row of V or of U that LAPACK keeps real stays real."""
    k = shape(U1)[-1]
    place = real_row(V1)
    turn = phase(dV[..., :k], V1, place) if place is not None else phase(dU[..., :k], U1, real_row(U1))
    return [np.concatenate([d[..., :k] + X * turn, d[..., k:]], axis=-1) for d, X in ((dU, U1), (dV, V1))]


def turned(U, U1, turn, N, s):
    """dU, where its first k columns U1 turn by the antisymmetric `turn` among themselves, and by N / s out of them."""
    m, k, l = shape(U)[-2], shape(U1)[-1], shape(U)[-1]
    if m == k:
        return U1 @ turn
    if l == k:
        return U1 @ turn + ratio(N - U1 @ (H(U1) @ N), row(s))
    U2 = U[..., k:]
    out = ratio(H(U2) @ N, row(s))
    return np.concatenate([U1 @ turn + U2 @ out, -(U1 @ H(out)) + U2 @ undetermined(N, n=l - k)], axis=-1)


def without_rounding(s):
    """s, where what is zero but for rounding is zero."""
    zero = vanishing(value(s))
    return s - np.where(zero, value(s), 0) if zero.any() else s


@primitive
def undetermined(N, *, n):
    """The turn of n vectors of which only the span is determined, for a tangent N: taken as 0."""
    return np.zeros((*shape(N)[:-2], n, n), N.dtype)


@linear(undetermined)
def _(turn, N, /, *, n):
    """A cotangent that depends on the turn, and not on the span alone, has an antihermitian part."""

    def JT(ct):
        plain = value(ct)
        part, whole = (float(np.max(np.abs(x), initial=0.0)) for x in (plain - H(plain), plain))
        lost = part > 1000 * np.finfo(plain.dtype).eps * whole
        if lost:
            warn_of_spectrum()
        return np.full(lead_of(ct, turn) + shape(N), np.nan if lost else 0.0, plain.dtype)

    return lambda dN: undetermined(dN, n=n), JT


@composite(np.linalg.svd)
def _(a, full_matrices=True, compute_uv=True, hermitian=False):
    A = operand(a)
    if hermitian:
        return hermitian_svd(A, compute_uv)
    if not compute_uv:
        return svdvals(A)
    return SVD(*svd_parts(svd(A, full_matrices=full_matrices), A, full_matrices))


def svd_parts(P, A, full_matrices):
    U, s, Vh = apart(P, *svd_shapes(A, full_matrices))
    return U, real(s), Vh


def hermitian_svd(A, compute_uv):
    """The singular values of a symmetric matrix are the absolute values of its eigenvalues, in descending order."""
    w, V = np.linalg.eigh(A) if compute_uv else (np.linalg.eigvalsh(A), None)
    found = np.abs(value(w))
    if np.count_nonzero(alike(found)) > found.size or vanishing(found).any():
        U, s, Vh = svd_parts(symmetric_svd(mirrored(A, upper=False)), A, True)
        return SVD(U, s, Vh) if compute_uv else s
    if V is None:
        return np.sort(np.abs(w))[..., ::-1]
    order = np.argsort(np.abs(value(w)))[..., ::-1]
    loops = np.ogrid[tuple(slice(n) for n in shape(w)[:-1])]
    w, V = (
        w[(*(i[..., None] for i in loops), ..., order)],
        T(T(V)[(*(i[..., None] for i in loops), ..., order, slice(None))]),
    )
    return SVD(V, np.abs(w), H(V * row(np.copysign(1.0, value(w)))))


@primitive
def svdvals(A):
    return singular_values(A, np.linalg.svd(A, compute_uv=False))


@differential(svdvals)
def _(s, A, /):
    U, _, V = svd_factors(svd(A, full_matrices=False), A, False)
    return lambda dA: real(diagonal(H(U) @ dA @ V))


composite(np.linalg.svdvals)(lambda x: svdvals(operand(x)))


# ---- QR --------------------------------------------------------------------------------------------------------------


def qr_shapes(A, complete):
    *loops, m, n = shape(A)
    k = m if complete else min(m, n)
    return (*loops, m, k), (*loops, k, n)


@primitive
def qr(A, *, complete=False):
    return joined((), *np.linalg.qr(A, "complete" if complete else "reduced"))


@differential(qr)
def _(P, A, /, *, complete=False):
    """A = Q R:  dQ = Q W + (I - Q Q^H) dA R^-1 with W antihermitian, whose lower part is that of Q^H dA R^-1, and whose
    diagonal keeps that of R real."""
    Q, R = apart(P, *qr_shapes(A, complete))
    m, k = shape(A)[-2], min(shape(A)[-2:])
    Q1, R1 = Q[..., :k], R[..., :k, :k]

    def dP(dA):
        N = T(np.linalg.solve(T(R1), T(dA[..., :k])))
        C = H(Q1) @ N
        W = np.tril(C, -1) - H(np.tril(C, -1))
        if is_complex(A):
            W = W + 1j * np.eye(k, dtype=value(A).real.dtype) * complexed(np.imag(C))
        dQ1 = Q1 @ (W - C) + N if m > k else Q1 @ W
        dR1 = np.triu(H(Q1) @ dA - W @ R[..., :k, :])
        if not complete or m == k:
            return joined(lead_of(dA, A), dQ1, dR1)
        below = np.zeros((*shape(dR1)[:-2], m - k, shape(dR1)[-1]), value(A).dtype)
        dQ = np.concatenate([dQ1, completed(Q1, dQ1, k)], axis=-1)
        return joined(lead_of(dA, A), dQ, np.concatenate([dR1, below], axis=-2))

    return dP


def completed(Q1, dQ1, k):
    """The tangent of the other columns of Q, which Householder's reflections make of the first k.

    Q = I - Y S Y^H, so that with B = Q1 - I and F = B_below B_top^-1 they are I + B F^H.
    """
    B = Q1 - np.eye(shape(Q1)[-2], k, dtype=value(Q1).dtype)
    top, below = B[..., :k, :], B[..., k:, :]
    FH = np.linalg.solve(H(top), H(below))
    dFH = np.linalg.solve(H(top), H(dQ1[..., k:, :]) - H(dQ1[..., :k, :]) @ FH)
    return dQ1 @ FH + B @ dFH


@composite(np.linalg.qr)
def _(a, mode="reduced"):
    A = operand(a)
    if mode not in ("reduced", "complete", "r"):
        raise NoRuleError(f"np.linalg.qr: mode={mode!r} has no derivative rule; supported: 'reduced', 'complete', 'r'")
    complete = mode == "complete"
    Q, R = apart(qr(A, complete=complete), *qr_shapes(A, complete))
    return R if mode == "r" else QR(Q, R)


SVD, QR = type(np.linalg.svd(np.eye(1))), type(np.linalg.qr(np.eye(1)))

# ---- what they cost: LAPACK by its leading terms, the rules to the last operation ------------------------------------


def turned_push(m, k, l):
    """`turned`, without the product that gives N."""
    if m == k:
        return 2 * m * k * k
    if l == k:
        return 6 * m * k * k + 3 * m * k
    rest = l - k
    return 2 * m * k * k + 6 * rest * m * k + rest * k + m * k + 2 * m * rest + 2 * m * rest * rest


def turned_pull(m, k, l, other):
    """Its transpose, that of the product m x `other` x k, and what arrives at the factor dA."""
    product = 2 * m * other * k + m * other
    if m == k:
        return 2 * m * k * k
    if l == k:
        return 6 * m * k * k + 3 * m * k + product
    rest = l - k
    free = 2 * m * rest * rest + 5 * rest * rest + m * k
    return 2 * m * k * k + 6 * rest * m * k + 2 * rest * k + m * rest + free + product


def qr_push(m, n, k, complete):
    solved, below = 2 * k**3 / 3 + 2 * k * k * m, m - k
    reduced = solved + 4 * m * k * k + k * k + 2 * k * m * n + 2 * k * k * n + k * n + (m > k) * (k * k + m * k)
    if not complete or m == k:
        return reduced
    return reduced + completed_shared(k, below) + 2 * k * k * below + k * below + 4 * m * k * below + m * below


def qr_pull(m, n, k, complete):
    """As a push; and each triangle is added back, and each further arrival at dA, dQ1, N, W and C."""
    arrivals = k * (k - 1) + 2 * k * k + k * n - k * (k - 1) // 2 + m * k + m * n + (m > k) * k * k
    if complete and m > k:
        arrivals += k * (m - k) + k * k + 3 * m * k - m * (m - k)
    return qr_push(m, n, k, complete) + arrivals


def qr_shared(m, k, complete):
    return completed_shared(k, m - k) + m * k if complete and m > k else 0


def completed_shared(k, below):
    return 2 * k**3 / 3 + 2 * k * k * below


# fmt: off
flops(undetermined, value=0, pull=lambda turn, N, n: 5 * size(turn))
flops(svd,      value=each(lambda m, n, k, **_: 22 * m * n * k),
                shared=each(lambda m, n, k, **_: gap_flops(k) + k * k),
                push=each(lambda m, n, k, full_matrices=True: 2 * k * m * n + 2 * k * k * n + 4 * m * n * k + 9 * k * k
                          + turned_push(m, k, m if full_matrices else k)
                          + turned_push(n, k, n if full_matrices else k)),
                pull=each(lambda m, n, k, full_matrices=True: 2 * k * m * n + 2 * k * k * n + 13 * k * k + k
                          + turned_pull(m, k, m if full_matrices else k, n)
                          + turned_pull(n, k, n if full_matrices else k, m)))
flops(svdvals,  value=each(lambda m, n, k: 4 * m * n * k),
                shared=each(lambda m, n, k: 22 * m * n * k),
                push=each(lambda m, n, k: 2 * k * m * n + 2 * k * k * n),
                pull=each(lambda m, n, k: 2 * k * m * n + 2 * k * k * n + k))
flops(qr,       value=each(lambda m, n, k, **_: 4 * m * n * k),
                shared=each(lambda m, n, k, complete=False: qr_shared(m, k, complete)),
                push=each(lambda m, n, k, complete=False: qr_push(m, n, k, complete)),
                pull=each(lambda m, n, k, complete=False: qr_pull(m, n, k, complete)))
# fmt: on


@ruled_as(svd)
def symmetric_svd(A, *, full_matrices=True):
    return triplets(A, *np.linalg.svd(A, hermitian=True))
