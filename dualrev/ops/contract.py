"""Contractions: matmul, einsum and their relatives. Each is linear in every argument."""

from math import prod
from string import ascii_letters, ascii_lowercase, ascii_uppercase

import numpy as np

from ..dispatch import primitive
from ..registry import argwise, composite, flops
from ..shapes import gather, ndim, shape, size
from ..traced import operand
from .complex_parts import conj
from .index import scatter


def T(A):
    """The transpose of a matrix, or of a stack of them."""
    return A.T if ndim(A) == 2 else np.swapaxes(A, -1, -2)


def H(A):
    """The conjugate transpose."""
    return conj(T(A))


def column(v):
    return v[..., :, None]


def row(v):
    return v[..., None, :]


def scaled(ct, v):
    """The vector v times each of the scalars ct."""
    return ct[..., None] * v if shape(ct) else ct * v


def matvec(A, x):
    """A x, for stacks of either."""
    return x @ A.T if ndim(A) == 2 else (A @ column(x))[..., 0]


def vecmat(x, A):
    """x A, that is A^T x, for stacks of either."""
    return x @ A if ndim(A) == 2 else (row(x) @ A)[..., 0, :]


# ---- matmul ----------------------------------------------------------------------------------------------------------


# fmt: off
def vector_vector(x, y):                              # z = x . y
    return ((lambda dx: dx @ y,                       lambda ct: scaled(ct, y)),
            (lambda dy: dy @ x,                       lambda ct: scaled(ct, x)))

def matrix_vector(A, x):                              # y = A x
    return ((lambda dA: matvec(dA, x),                lambda ct: column(ct) * row(x)),
            (lambda dx: matvec(A, dx),                lambda ct: vecmat(ct, A)))

def vector_matrix(x, A):                              # y = x A
    return ((lambda dx: vecmat(dx, A),                lambda ct: matvec(A, ct)),
            (lambda dA: vecmat(x, dA),                lambda ct: column(x) * row(ct)))

def matrix_matrix(A, B):                              # C = A B
    return ((lambda dA: dA @ B,                       lambda ct: ct @ T(B)),
            (lambda dB: A @ dB,                       lambda ct: T(A) @ ct))

def conjugate_vector(x, y):                           # z = conj(x) . y
    return ((lambda dx: conj(dx) @ y,                 lambda ct: conj(scaled(ct, y))),
            (lambda dy: dy @ conj(x),                 lambda ct: scaled(ct, conj(x))))

def conjugate_matrix(x, A):                           # y = conj(x) A
    return ((lambda dx: vecmat(conj(dx), A),          lambda ct: conj(matvec(A, ct))),
            (lambda dA: vecmat(conj(x), dA),          lambda ct: column(conj(x)) * row(ct)))
# fmt: on

PRODUCTS = {(1, 1): vector_vector, (2, 1): matrix_vector, (1, 2): vector_matrix, (2, 2): matrix_matrix}


def core(args):
    """A 1-d operand is a vector; any other is a stack of matrices."""
    A, B = args
    return 1 if A.ndim == 1 else 2, 1 if B.ndim == 1 else 2


@argwise(np.matmul, core)
def _(C, A, B, /):
    return (PRODUCTS.get((A.ndim, B.ndim)) or PRODUCTS[core((A, B))])(A, B)


def multiplied(C, A, B):
    """A multiplication and an addition for each of the n terms of each element of C."""
    return 2 * size(C) * shape(A)[-1]


def transposed(C, A, B):
    """As many; but against a vector J^T w is an outer product, which adds nothing."""
    n = size(C) * shape(A)[-1]
    return n if ndim(B) == 1 else 2 * n, n if ndim(A) == 1 else 2 * n


flops(np.matmul, value=multiplied, pull=transposed)


@argwise(np.vecdot, "(n),(n)->()")
def _(z, x, y, /):
    return (
        (lambda dx: np.vecdot(dx, y), lambda ct: conj(scaled(ct, y))),
        (lambda dy: np.vecdot(x, dy), lambda ct: scaled(ct, conj(x))),
    )


@argwise(np.matvec, "(m,n),(n)->(m)")
def _(y, A, x, /):
    return matrix_vector(A, x)


@argwise(np.vecmat, "(m),(m,n)->(n)")
def _(y, x, A, /):
    return conjugate_matrix(x, A)


# fmt: off
flops(np.vecdot, value=lambda z, x, y: 2 * size(z) * shape(x)[-1], pull=lambda z, x, y: size(z) * shape(x)[-1])
flops(np.matvec, value=lambda y, A, x: 2 * size(y) * shape(x)[-1],
                 pull=lambda y, A, x: (size(y) * shape(x)[-1], 2 * size(y) * shape(x)[-1]))
flops(np.vecmat, value=lambda y, x, A: 2 * size(y) * shape(x)[-1],
                 pull=lambda y, x, A: (2 * size(y) * shape(x)[-1], size(y) * shape(x)[-1]))
# fmt: on


@primitive
def dot(A, B):
    return np.dot(A, B)


@argwise(dot)
def _(C, A, B, /):
    if ndim(A) <= 2 and ndim(B) <= 2:
        return PRODUCTS[ndim(A), ndim(B)](A, B)
    a, b = ascii_letters[: ndim(A)], ascii_letters[26 : 26 + ndim(B)]  # C[a.., b..] = A[a.., i] B[b.., i, k]
    b = a[-1] if len(b) == 1 else b[:-2] + a[-1] + b[-1]
    return contraction([a, b], a[:-1] + b.replace(a[-1], ""), (A, B))


flops(dot, value=multiplied, pull=transposed)


def strong(x):
    """x, and a Python number as an array: np.dot promotes dtypes by it, where a product would not."""
    return np.asarray(x) if type(x) in (int, float) else x


@composite(np.dot)
def _(a, b):
    a, b = operand(a), operand(b)
    return dot(a, b) if ndim(a) and ndim(b) else strong(a) * strong(b)


@primitive
def vdot(x, y):
    return np.vdot(x, y)


@argwise(vdot)
def _(z, x, y, /):
    return conjugate_vector(x, y)


flops(vdot, value=multiplied, pull=transposed)


@composite(np.vdot)
def _(a, b):
    a, b = operand(a), operand(b)
    return vdot(a if ndim(a) == 1 else np.ravel(a), b if ndim(b) == 1 else np.ravel(b))


@composite(np.inner)
def _(a, b):
    a, b = operand(a), operand(b)
    return np.dot(a, b if ndim(b) < 2 or not ndim(a) else np.swapaxes(b, -1, -2))


@composite(np.outer)
def _(a, b):
    return np.ravel(operand(a))[:, None] * np.ravel(operand(b))[None, :]


@composite(np.tensordot)
def _(a, b, axes=2):
    a, b = operand(a), operand(b)
    of_a, of_b = (range(-axes, 0), range(axes)) if isinstance(axes, (int, np.integer)) else axes
    of_a = [i % ndim(a) for i in np.atleast_1d(of_a).tolist()]
    of_b = [i % ndim(b) for i in np.atleast_1d(of_b).tolist()]
    if [shape(a)[i] for i in of_a] != [shape(b)[i] for i in of_b]:
        raise ValueError(f"np.tensordot: the axes {axes} of shapes {shape(a)} and {shape(b)} do not match")
    rest_a = [i for i in range(ndim(a)) if i not in of_a]
    rest_b = [i for i in range(ndim(b)) if i not in of_b]
    n, left, right = prod(shape(a)[i] for i in of_a), [shape(a)[i] for i in rest_a], [shape(b)[i] for i in rest_b]
    A = np.reshape(np.transpose(a, rest_a + of_a), (prod(left), n))
    B = np.reshape(np.transpose(b, of_b + rest_b), (n, prod(right)))
    return np.reshape(dot(A, B), (*left, *right))


@composite(np.kron)
def _(a, b):
    a, b = operand(a), operand(b)
    n = max(ndim(a), ndim(b))
    p, q = (1,) * (n - ndim(a)) + shape(a), (1,) * (n - ndim(b)) + shape(b)
    A = np.reshape(a, tuple(k for m in p for k in (m, 1)))
    B = np.reshape(b, tuple(k for m in q for k in (1, m)))
    return np.reshape(A * B, tuple(i * j for i, j in zip(p, q, strict=True)))


@composite(np.cross)
def _(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(operand(a), axisa, -1), np.moveaxis(operand(b), axisb, -1)
    if shape(a)[-1] != 3 or shape(b)[-1] != 3:
        raise ValueError(f"np.cross needs vectors of 3 elements, got {shape(a)[-1]} and {shape(b)[-1]}")
    (a0, a1, a2), (b0, b1, b2) = ([v[..., k] for k in range(3)] for v in (a, b))
    return np.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], axis=axisc)


# ---- einsum ----------------------------------------------------------------------------------------------------------


@primitive
def einsum(*xs, subscripts, optimize=False):
    return np.einsum(subscripts, *xs, optimize=optimize)


@argwise(einsum)
def _(y, *xs, subscripts, optimize=False):
    terms, out = spelled_out(subscripts, xs)
    return contraction(terms, out, xs, optimize)


@composite(np.einsum)
def _(*operands, optimize=False):
    if isinstance(operands[0], str):
        return einsum(*operands[1:], subscripts=operands[0], optimize=optimize)
    named = lambda sublist: "".join("..." if i is Ellipsis else LETTERS[i] for i in sublist)
    pairs = len(operands) // 2
    subscripts = ",".join(named(s) for s in operands[1 : 2 * pairs : 2])
    if len(operands) % 2:
        subscripts += "->" + named(operands[-1])
    return einsum(*operands[: 2 * pairs : 2], subscripts=subscripts, optimize=optimize)


LETTERS = ascii_uppercase + ascii_lowercase  # in the order in which an implicit output lists them


def spelled_out(subscripts, xs):
    """Subscripts such as "...ij,jk->...ik" for given operands as (["zij", "jk"], "zik"): no ellipsis, output named."""
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if not arrow:
        letters = sorted(c for c in set(left) - {",", "."} if left.count(c) == 1)
        out = "..." * ("..." in left) + "".join(letters)
    free = [c for c in reversed(ascii_letters) if c not in subscripts]
    hidden = [ndim(x) - len(t.replace("...", "")) if "..." in t else 0 for t, x in zip(terms, xs, strict=True)]
    spell = lambda n: "".join(free[:n][::-1])
    return (
        [t.replace("...", spell(n)) for t, n in zip(terms, hidden, strict=True)],
        out.replace("...", spell(max(hidden))),
    )


def contraction(terms, out, xs, optimize=False):
    """(J, JT) per operand of the product that einsum writes ``",".join(terms) -> out``."""
    sizes = {}
    for t, x in zip(terms, xs, strict=True):
        for c, n in zip(t, shape(x), strict=True):
            sizes[c] = n if sizes.get(c, 1) == 1 else sizes[c]

    def pair(i):
        term, x = terms[i], xs[i]
        others = [(t, v) for j, (t, v) in enumerate(zip(terms, xs, strict=True)) if j != i]
        letters = "".join(dict.fromkeys(term))
        reached = {c for t, v in others for c, n in zip(t, shape(v), strict=True) if n == sizes[c]}.union(out)
        summed = [c for c in letters if c not in reached]
        factors = others + [(c, np.ones(sizes[c], getattr(x, "dtype", float))) for c in summed]

        def J(dx):
            spec = ",".join(["..." + term] + [t for t, _ in others]) + "->..." + out
            return einsum(dx, *[v for _, v in others], subscripts=spec, optimize=optimize)

        def JT(ct):
            spec = ",".join(["..." + out] + [t for t, _ in factors]) + "->..." + letters
            g = einsum(ct, *[v for _, v in factors], subscripts=spec, optimize=optimize)
            lead = shape(g)[: ndim(g) - len(letters)]
            if letters == term:
                return gather(g, lead, x)
            # A repeated letter reads a diagonal: put the cotangent back on it.
            axes = np.ix_(*[range(sizes[c]) for c in letters])
            at = tuple(axes[letters.index(c)] for c in term)
            return scatter(g, index=(slice(None),) * len(lead) + at, shape=lead + shape(x))

        return J, JT

    return [pair(i) for i in range(len(xs))]


# ---- what einsum costs: one loop over all letters, whatever order `optimize` finds -----------------------------------


def loop_flops(terms, out, sizes):
    """A multiplication for each further factor, and an addition if a letter is summed; a mere sum of n adds n - 1."""
    every = set("".join(terms))
    n, summed = prod([sizes[c] for c in every]), not every <= set(out)
    if len(terms) == 1:
        return n - prod([sizes[c] for c in out]) if summed else 0
    return n * (len(terms) - 1 + summed)


def letter_sizes(terms, xs):
    sizes = {}
    for c, n in [pair for t, x in zip(terms, xs, strict=True) for pair in zip(t, shape(x), strict=True)]:
        sizes[c] = n if sizes.get(c, 1) == 1 else sizes[c]
    return sizes


def einsum_flops(y, *xs, subscripts, optimize=False):
    terms, out = spelled_out(subscripts, xs)
    return loop_flops(terms, out, letter_sizes(terms, xs))


def transposed_einsum_flops(y, *xs, subscripts, optimize=False):
    """Those of each JT in `contraction`: its loop, and the sum over broadcast axes or the scatter to a diagonal."""
    terms, out = spelled_out(subscripts, xs)
    sizes = letter_sizes(terms, xs)

    def transposed(i):
        others = [(t, x) for j, (t, x) in enumerate(zip(terms, xs, strict=True)) if j != i]
        reached = {c for t, x in others for c, n in zip(t, shape(x), strict=True) if n == sizes[c]}.union(out)
        letters = "".join(dict.fromkeys(terms[i]))
        ones = [c for c in letters if c not in reached]
        g = prod([sizes[c] for c in letters])
        loop = loop_flops([out, *[t for t, _ in others], *ones], letters, sizes)
        return loop + (g - size(xs[i]) if letters == terms[i] else g)

    return tuple(transposed(i) for i in range(len(xs)))


flops(einsum, value=einsum_flops, pull=transposed_einsum_flops)
