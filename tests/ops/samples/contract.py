"""Sample calls of the contractions: dualrev/ops/contract.py."""

import numpy as np

from dualrev.ops.contract import dot, einsum, vdot
from tests.ops.sample import Sample, real


def products(name, *shapes, twin=None):
    """name(x, y) for every pair of shapes."""
    return [Sample(f"{name}(x, y)", real(*a), real(*b), twin=twin) for a, b in shapes]


def einsums(*cases):
    """np.einsum(subscripts, x, y, ...) for every (subscripts, shape, shape, ...)."""
    return [
        Sample(f"np.einsum({subscripts!r}, {', '.join('xyz'[: len(shapes)])})", *(real(*s) for s in shapes))
        for subscripts, *shapes in cases
    ]


# fmt: off
SAMPLES = {
    np.matmul: [
        *products("np.matmul", [(3,), (3,)], [(2, 3), (3,)], [(2,), (2, 3)], [(2, 3), (3, 4)], [(1, 3), (3, 1)]),
        *products("np.matmul", [(5, 2, 3), (3,)], [(2,), (5, 2, 3)], [(5, 2, 3), (3, 4)], [(2, 3), (5, 3, 4)]),
        *products("np.matmul", [(2, 2, 3), (2, 3, 2)], [(2, 1, 2, 3), (3, 3, 2)], [(1, 2, 3), (4, 3, 2)]),
        *products("np.matmul", [(0, 3), (3, 2)], [(2, 0), (0, 3)], [(1,), (1,)]),
        Sample("np.matmul(x, x)", real(3, 3)), Sample("x @ x", real(3)), Sample("np.matmul(x.T, x)", real(2, 3)),
        Sample("np.matmul(x, np.ones((2, 3, 2)))", real(3)), Sample("np.matmul(np.ones((2, 2, 3)), x)", real(3, 2)),
    ],
    dot:          [Sample("dot(x, y)", real(2, 3), real(3, 2)), Sample("dot(x, y)", real(2, 3), real(2, 3, 2))],
    np.dot:       [*products("np.dot", [(3,), (3,)], [(2, 3), (3,)], [(2,), (2, 3)], [(2, 3), (3, 2)], [(), (3,)], [(2, 3), ()]),
                   *products("np.dot", [(2, 3), (2, 3, 2)], [(2, 2, 3), (3,)], [(3,), (2, 3, 2)], [(2, 1, 3), (2, 3, 2)]),
                   *products("np.dot", [(0, 3), (3, 2)], [(), ()]),
                   Sample("np.dot([[1.0, 2.0]], x)", real(2, 3)), Sample("np.dot(2.0, x)", real(3)), Sample("np.dot(x, x)", real(3))],
    vdot:         [Sample("vdot(x, y)", real(3), real(3), twin="np.sum(x * y)")],
    np.vdot:      [*products("np.vdot", [(3,), (3,)], [(2, 3), (2, 3)], [(2, 3), (3, 2)], [(), ()],
                             twin="np.dot(x.ravel(), y.ravel())")],
    np.inner:     [*products("np.inner", [(3,), (3,)], [(2, 3), (4, 3)], [(2, 3), (3,)], [(), (3,)], [(2, 2, 3), (2, 3)], [(3,), (2, 3)])],
    np.outer:     [*products("np.outer", [(3,), (2,)], [(2, 3), (2,)], [(), (3,)]), Sample("np.outer(x, x)", real(3)),
                   Sample("np.outer([1.0, 2.0], x)", real(3))],
    np.vecdot:    [*products("np.vecdot", [(3,), (3,)], [(2, 3), (3,)], [(2, 1, 3), (4, 3)], twin="np.sum(x * y, axis=-1)")],
    np.matvec:    [*products("np.matvec", [(2, 3), (3,)], [(4, 2, 3), (3,)], [(2, 3), (4, 3)], [(2, 1, 2, 3), (4, 3)])],
    np.vecmat:    [*products("np.vecmat", [(2,), (2, 3)], [(4, 2), (2, 3)], [(2,), (4, 2, 3)],
                             twin="(x[..., None, :] @ y)[..., 0, :]")],
    np.tensordot: [*products("np.tensordot", [(2, 3, 2), (3, 2, 2)]),
                   Sample("np.tensordot(x, y, 1)", real(2, 3), real(3, 2)), Sample("np.tensordot(x, y, axes=0)", real(2), real(2, 2)),
                   Sample("np.tensordot(x, y, axes=(1, 0))", real(2, 3), real(3, 2)),
                   Sample("np.tensordot(x, y, axes=([0, 1], [1, 0]))", real(2, 3), real(3, 2, 2)),
                   Sample("np.tensordot(x, y, axes=([-1], [0]))", real(2, 2, 3), real(3, 2)),
                   Sample("np.tensordot(x, y, axes=((1, 0), (0, 1)))", real(2, 3), real(3, 2)),
                   Sample("np.tensordot(np.ones((2, 3)), x, 1)", real(3))],
    np.kron:      [*products("np.kron", [(2,), (3,)], [(2, 1), (2, 3)], [(2,), (2, 2)], [(2, 2), (3,)], [(), (3,)], [(2, 1, 2), (1, 3)]),
                   Sample("np.kron(x, [[1.0, 2.0]])", real(2, 2))],
    np.cross:     [*products("np.cross", [(3,), (3,)], [(2, 3), (2, 3)], [(2, 3), (3,)], [(2, 1, 3), (4, 3)]),
                   Sample("np.cross(x, y, axis=0)", real(3, 2), real(3, 2)), Sample("np.cross(x, [1.0, 2.0, 3.0])", real(3)),
                   Sample("np.cross(x, y, axisa=0, axisb=1, axisc=0)", real(3, 2), real(2, 3)),
                   Sample("np.cross(x, y, 0, -1, 0)", real(3, 2), real(2, 3))],

    einsum: [Sample("einsum(x, y, subscripts='ij,jk->ik')", real(2, 3), real(3, 2))],
    np.einsum: [
        *einsums(("i,i->", (3,), (3,)), ("ij,jk->ik", (2, 3), (3, 2)), ("ij,jk", (2, 3), (3, 2)), ("ba", (2, 3)), ("ij->ji", (2, 3)),
                 ("ij->", (2, 3)), ("ij->j", (2, 3)), ("i->i", (3,)), (",->", (), ()), (",i->i", (), (3,)), ("i,j->ji", (2,), (3,)),
                 ("ij,ij->ij", (2, 3), (2, 3)), ("ij , jk -> ki", (2, 3), (3, 2)), ("bij,bjk->bik", (2, 2, 3), (2, 3, 2))),
        *einsums(("ii->i", (3, 3)), ("ii", (3, 3)), ("ii->", (3, 3)), ("iij->j", (2, 2, 3)), ("iji->ij", (2, 3, 2)), ("iii->i", (2, 2, 2)),
                 ("ii,i->i", (3, 3), (3,)), ("ijj,jk->ik", (2, 3, 3), (3, 2)), ("ii,jj->", (2, 2), (3, 3)), ("bii->bi", (2, 3, 3))),
        *einsums(("...ij,jk->...ik", (2, 2, 3), (3, 2)), ("...i,...i->...", (2, 3), (3,)), ("i...->...i", (2, 3, 2)), ("...ii->...i", (2, 3, 3)),
                 ("...i,...j", (2, 3), (2, 2)), ("...,...", (2, 3), (3,)), ("...ij,...jk->...ik", (2, 1, 2, 3), (3, 3, 2)), ("...->...", (2, 3)),
                 ("...i->...", (2, 3)), ("i...,i...->i...", (2, 3), (2, 1)), ("...ii", (2, 3, 3)), ("...ij->ij...", (4, 2, 3))),
        *einsums(("ij,j->i", (2, 1), (3,)), ("ij,ij->i", (2, 3), (1, 3)), ("ij,jk->ik", (2, 3), (1, 2)), ("i,i->i", (1,), (3,)),
                 ("ij,kj->ik", (2, 1), (1, 3)), ("i,i->", (1,), (3,)), ("...i,...i->...i", (1, 3), (2, 1))),
        *einsums(("i,ij,j->", (2,), (2, 3), (3,)), ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)), ("i,i,i->i", (3,), (3,), (3,)),
                 ("ij->i", (0, 3)), ("ij,jk->ik", (2, 0), (0, 3)), ("zA,Ab->zb", (2, 3), (3, 2))),
        Sample("np.einsum('i,i->', x, x)", real(3)), Sample("np.einsum('ij,jk,ki->', x, x, x)", real(3, 3)),
        Sample("np.einsum('ij,ij', x, np.ones((2, 3)))", real(2, 3)), Sample("np.einsum('ij,j', [[1.0, 2.0]], x)", real(2)),
        Sample("np.einsum('ij,jk,kl', x, y, z, optimize=True)", real(2, 3), real(3, 2), real(2, 2)),
        Sample("np.einsum(x, [0, 1], y, [1, 2], [0, 2])", real(2, 3), real(3, 2)), Sample("np.einsum(x, [0, 1], y, [1, 2])", real(2, 3), real(3, 2)),
        Sample("np.einsum(x, [3, 3])", real(3, 3)), Sample("np.einsum(x, [..., 0], y, [0, 1], [..., 1])", real(2, 2, 3), real(3, 2)),
        Sample("np.einsum(x, [0, 30], y, [30, 1], [1, 0])", real(2, 3), real(3, 2)), Sample("np.einsum(x, [27, 0])", real(2, 3)),
    ],
}
# fmt: on
