"""Several factors as one array, flat and one after the other, so that a factorisation is one op and computed once."""

from itertools import accumulate
from math import prod

import numpy as np

from ..shapes import shape, size
from ..traced import value
from .complex_parts import complexed, is_complex, real_part
from .contract import H


def joined(lead, *parts):
    """The parts, each of shape lead + its own, flat and one after the other along the last axis."""
    flat = [np.reshape(p, (*lead, prod(shape(p)[len(lead) :]))) for p in parts]
    return np.concatenate(flat, axis=-1)


def apart(P, *shapes):
    """The factors of these shapes in P."""
    ends = accumulate(map(prod, shapes))
    return [np.reshape(P[end - prod(s) : end], s) for s, end in zip(shapes, ends, strict=True)]


def mirrored(dA, upper):
    """LAPACK reads one triangle of a Hermitian matrix, and so does the derivative: the other mirrors it."""
    half, rest = (np.triu(dA), np.triu(dA, 1)) if upper else (np.tril(dA), np.tril(dA, -1))
    if is_complex(dA):
        half = rest + np.eye(shape(dA)[-1], dtype=value(dA).real.dtype) * complexed(real_part(dA))
    return half + H(rest)


def diagonal(M):
    return np.diagonal(M, axis1=-2, axis2=-1)


def each(formula):
    """A cost for each matrix of a stack, from its numbers of rows and columns."""

    def flops(_, A, *__, **params):
        m, n = shape(A)[-2:]
        return size(A) // max(m * n, 1) * formula(m, n, min(m, n), **params)

    return flops
