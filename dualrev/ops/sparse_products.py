"""Products of a constant matrix of SciPy's with a traced array: S x and x S with S sparse, A x with a LinearOperator.

S itself stands on the tape, so that whoever reads it can see its pattern.
"""

from math import prod
from weakref import WeakValueDictionary

import numpy as np

from ..dispatch import primitive
from ..errors import LostDerivativeError, NoRuleError
from ..registry import flops, linear
from ..shapes import lead_of, ndim, shape
from ..traced import holds_tracer

# ---- sparse matrices and arrays --------------------------------------------------------------------------------------

KEPT: WeakValueDictionary = (
    WeakValueDictionary()
)  # by id: the copy of a matrix that the tapes it is on share, for as long as there is one
NUMBERS_OF = "data indices indptr offsets coords".split()


@primitive
def sparse_matmul(x, *, S):
    return S @ x


@primitive
def matmul_sparse(x, *, S):
    return x @ S


def kept(S):
    """A copy of S, which does not change when S does; the same one for as long as S has not changed."""
    S = S if isinstance(getattr(S, "data", None), np.ndarray) and S.format != "lil" else S.tocsr()
    copy = KEPT.get(id(S))
    if copy is None or not alike(copy, S):
        copy = KEPT[id(S)] = S.copy()
    return copy


def alike(S, R):
    """Have S and R the same type, shape and numbers?"""
    if type(S) is not type(R) or S.shape != R.shape or S.dtype != R.dtype:
        return False
    pairs = [(getattr(S, name, 0), getattr(R, name, 0)) for name in NUMBERS_OF]
    return all(np.array_equal(a, b) for a, b in pairs)


def along(S, V, axis):
    """S times the vectors that lie along one axis of V, which are the columns of one matrix."""
    columns = np.moveaxis(V, axis, 0)
    n, *rest = shape(columns)
    Y = sparse_matmul(np.reshape(columns, (n, prod(rest))), S=S)
    return np.moveaxis(np.reshape(Y, (S.shape[0], *rest)), 0, axis)


def own_axis(x):
    """The axis of x that S x sums over."""
    return -1 if ndim(x) == 1 else -2


# S with one axis is a row where it stands on the left and a column where it stands on the right; the rows of an S with
# more than two stand under each other.


@linear(sparse_matmul)
def _(y, x, /, *, S):
    M, axis = S if S.ndim == 2 else S.reshape((-1, S.shape[-1])), own_axis(x)
    inner = (*shape(x)[:axis], M.shape[0], *shape(x)[axis:][1:])
    return (
        lambda dx: np.reshape(along(M, dx, axis), lead_of(dx, x) + shape(y)),
        lambda ct: along(M.T, np.reshape(ct, lead_of(ct, y) + inner), axis),
    )


@linear(matmul_sparse)
def _(y, x, /, *, S):
    M = S if S.ndim == 2 else S.reshape((-1, 1))
    inner = (*shape(x)[:-1], M.shape[1])
    return (
        lambda dx: np.reshape(along(M.T, dx, -1), lead_of(dx, x) + shape(y)),
        lambda ct: along(M, np.reshape(ct, lead_of(ct, y) + inner), -1),
    )


def two_for_each(y, x, S):
    """A multiplication and an addition for each number stored in S and each vector in x."""
    return 2 * S.nnz * (prod(shape(x)) // max(S.shape[-1], 1))


flops(sparse_matmul, value=two_for_each)
flops(matmul_sparse, value=lambda y, x, S: 2 * S.nnz * prod(shape(x)[:-1]))

# ---- linear operators ------------------------------------------------------------------------------------------------


@primitive
def apply_operator(x, *, A):
    """A x, by the operator's own matvec; its transpose is the operator's rmatvec."""
    try:
        y = A.dot(x)
    except (NotImplementedError, RecursionError):  # what SciPy raises in place of an rmatvec that there is not
        raise NoRuleError(
            "a LinearOperator without rmatvec has no reverse mode: write LinearOperator(shape, matvec, rmatvec)"
        ) from None
    if holds_tracer(y):
        raise LostDerivativeError(
            "a LinearOperator whose matvec uses traced values hands on none of their derivatives: call its function "
            "itself in place of the operator"
        )
    return y


@linear(apply_operator)
def _(y, x, /, *, A):
    return lambda dx: for_each(A, dx, x), lambda ct: for_each(A.T, ct, y)


def for_each(A, V, like):
    """A V, one after the other where V has leading axes: a matvec takes one vector."""
    lead = lead_of(V, like)
    if not lead:
        return apply_operator(V, A=A)
    each = [apply_operator(v, A=A) for v in np.reshape(V, (prod(lead), *shape(like)))]
    out = (A.shape[0], *shape(like)[1:])
    return np.reshape(np.stack(each), lead + out) if each else np.zeros(lead + out, A.dtype)


flops(apply_operator, value=lambda y, x, A: 0)  # known to the operator alone
