"""Sample calls of linear algebra: dualrev/ops/linalg.py, systems.py."""

import numpy as np

from dualrev.ops.linalg import norm
from dualrev.ops.systems import cholesky, logabsdet, solve, solve_vector
from tests.ops.sample import DIFFERENCES, Sample, definite, real, square

SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.5, -1.0]])


def norms(*cases):
    """np.linalg.norm(x, ...) for every (keywords, shape, complex continuation)."""
    return [Sample(f"np.linalg.norm(x{kw})", real(*shape), twin=twin) for kw, shape, twin in cases]


# fmt: off
SAMPLES = {
    solve:            [Sample("solve(x, y)", square(3, 3), real(3, 2))],
    solve_vector:     [Sample("solve_vector(x, y)", square(3, 3), real(3))],
    np.linalg.solve:  [Sample("np.linalg.solve(x, y)", square(3, 3), real(3)), Sample("np.linalg.solve(x, y)", square(3, 3), real(3, 2)),
                       Sample("np.linalg.solve(x, y)", square(4, 2, 2), real(2, 3)), Sample("np.linalg.solve(x, y)", square(2, 2), real(4, 2, 3)),
                       Sample("np.linalg.solve(x, y)", square(4, 2, 2), real(2)), Sample("np.linalg.solve(x, y)", square(2, 1, 2, 2), real(3, 2, 1)),
                       Sample("np.linalg.solve(x, y)", square(2, 2, 2), real(2, 2)), Sample("np.linalg.solve(x, y)", square(1, 1), real(1)),
                       Sample("np.linalg.solve([[2.0, 1.0], [0.5, 3.0]], x)", real(2)), Sample("np.linalg.solve(x, [1.0, 2.0])", square(2, 2)),
                       Sample("np.linalg.solve(x, x.T)", square(3, 3))],
    np.linalg.inv:    [Sample("np.linalg.inv(x)", square(3, 3)), Sample("np.linalg.inv(x)", square(4, 2, 2)), Sample("np.linalg.inv(x)", square(1, 1))],
    np.linalg.det:    [Sample("np.linalg.det(x)", square(3, 3)), Sample("np.linalg.det(x)", square(4, 2, 2)), Sample("np.linalg.det(x)", real(1, 1)),
                       Sample("np.linalg.det(x)", SINGULAR), Sample("np.linalg.det(x)", np.zeros((2, 2))), Sample("np.linalg.det(x)", np.zeros((1, 1))),
                       Sample("np.linalg.det(x)", np.stack([np.eye(2), np.ones((2, 2)), np.zeros((2, 2))]))],
    logabsdet:        [Sample("logabsdet(x)", square(3, 3), twin="np.log(np.linalg.det(x))")],
    np.linalg.slogdet:[Sample("np.linalg.slogdet(x)[1]", square(3, 3), twin="np.log(np.linalg.det(x))"),
                       Sample("np.linalg.slogdet(x).logabsdet", square(4, 2, 2), twin="np.log(np.linalg.det(x))"),
                       Sample("np.linalg.slogdet(-x)", square(3, 3), twin="(-1.0, np.log(np.linalg.det(x)))")],
    cholesky:         [Sample("cholesky(x)", definite(3, 3), twin=DIFFERENCES)],
    np.linalg.cholesky: [Sample("np.linalg.cholesky(x)", definite(3, 3), twin=DIFFERENCES),
                       Sample("np.linalg.cholesky(x)", definite(4, 2, 2), twin=DIFFERENCES),
                       Sample("np.linalg.cholesky(x, upper=True)", definite(3, 3), twin=DIFFERENCES),
                       Sample("np.linalg.cholesky(x, upper=False)", definite(2, 2, 2), twin=DIFFERENCES),
                       Sample("np.linalg.cholesky(x @ x.T + np.eye(2))", real(2, 3), twin=DIFFERENCES)],
    norm:             [Sample("norm(x)", real(3), twin="np.sqrt(np.sum(x * x))"), Sample("norm(x, ord=3, axis=1)", real(2, 3),
                              twin="np.sum((x * np.sign(x.real)) ** 3, axis=1) ** (1 / 3)")],
    np.linalg.norm:   norms(
        ("", (3,), "np.sqrt(np.sum(x * x))"),
        ("", (2, 3), "np.sqrt(np.sum(x * x))"),
        ("", (2, 3, 2), "np.sqrt(np.sum(x * x))"),
        (", axis=0", (2, 3), "np.sqrt(np.sum(x * x, axis=0))"),
        (", axis=-1, keepdims=True", (2, 3), "np.sqrt(np.sum(x * x, axis=-1, keepdims=True))"),
        (", axis=(0, 2)", (2, 3, 2), "np.sqrt(np.sum(x * x, axis=(0, 2)))"),
        (", 2", (3,), "np.sqrt(np.sum(x * x))"),
        (", 'fro'", (2, 3), "np.sqrt(np.sum(x * x))"),
        (", ord='fro', axis=(-1, 0), keepdims=True", (2, 3, 2), "np.sqrt(np.sum(x * x, axis=(0, 2), keepdims=True))"),
        (", 1", (3,), "np.sum(x * np.sign(x.real))"),
        (", 1, axis=1", (2, 3), "np.sum(x * np.sign(x.real), axis=1)"),
        (", 3", (3,), "np.sum((x * np.sign(x.real)) ** 3) ** (1 / 3)"),
        (", ord=0.5", (3,), "np.sum((x * np.sign(x.real)) ** 0.5) ** 2"),
        (", -1", (3,), "1 / np.sum(1 / (x * np.sign(x.real)))"),
        (", np.inf", (4,), "np.max(x * np.sign(x.real))"),
        (", -np.inf, axis=0", (3, 2), "np.min(x * np.sign(x.real), axis=0)"),
        (", 1", (2, 3), "np.max(np.sum(x * np.sign(x.real), axis=0))"),
        (", np.inf", (2, 3), "np.max(np.sum(x * np.sign(x.real), axis=1))"),
        (", -1, axis=(2, 0), keepdims=True", (2, 3, 2), "np.min(np.sum(x * np.sign(x.real), axis=2, keepdims=True), axis=0, keepdims=True)"),
        (", -np.inf", (2, 3), "np.min(np.sum(x * np.sign(x.real), axis=1))"),
        (", 0", (3,), "3.0"),
        (", 'nuc'", (2, 3), DIFFERENCES),
        (", 2", (3, 2), DIFFERENCES),
        (", -2, axis=(2, 0), keepdims=True", (2, 3, 2), DIFFERENCES),
        (", 'nuc', axis=(0, 1)", (2, 2, 3), DIFFERENCES),
    ),
    np.linalg.matrix_norm: [Sample("np.linalg.matrix_norm(x)", real(2, 3), twin="np.sqrt(np.sum(x * x))"),
                        Sample("np.linalg.matrix_norm(x, ord='nuc', keepdims=True)", real(4, 3, 2), twin=DIFFERENCES)],
    np.linalg.vector_norm: [Sample("np.linalg.vector_norm(x)", real(2, 3), twin="np.sqrt(np.sum(x * x))"),
                        Sample("np.linalg.vector_norm(x, axis=(0, 2), keepdims=True)", real(2, 3, 2), twin="np.sqrt(np.sum(x * x, axis=(0, 2), keepdims=True))"),
                        Sample("np.linalg.vector_norm(x, axis=-1, ord=3)", real(2, 3), twin="np.sum((x * np.sign(x.real)) ** 3, axis=-1) ** (1 / 3)")],
    np.linalg.matrix_power: [Sample(f"np.linalg.matrix_power(x, {n})", square(2, 2)) for n in (-2, -1, 0, 1, 2, 3, 5, 6)]
                        + [Sample("np.linalg.matrix_power(x, 4)", square(4, 2, 2))],
    np.linalg.multi_dot: [Sample("np.linalg.multi_dot([x, y])", real(2, 3), real(3)), Sample("np.linalg.multi_dot([x, y, z])", real(2, 3), real(3, 2), real(2, 4)),
                        Sample("np.linalg.multi_dot([x, y, z])", real(3), real(3, 2), real(2)), Sample("np.linalg.multi_dot((x, y, y.T, y, z))", real(3), real(3, 2), real(2, 4)),
                        Sample("np.linalg.multi_dot([np.ones((4, 2)), x, y, x])", real(2, 3), real(3, 2))],
    np.linalg.tensorsolve: [Sample("np.linalg.tensorsolve(x.reshape(2, 2, 2, 2), y)", square(4, 4), real(2, 2)),
                        Sample("np.linalg.tensorsolve(x.reshape(2, 4, 2), y, axes=(0, 2))", square(4, 4), real(4), twin="np.linalg.solve(np.moveaxis(x.reshape(2, 4, 2), 1, 0).reshape(4, 4), y).reshape(2, 2)")],
    np.linalg.tensorinv: [Sample("np.linalg.tensorinv(x.reshape(2, 2, 4))", square(4, 4)), Sample("np.linalg.tensorinv(x.reshape(4, 2, 2), ind=1)", square(4, 4))],
    np.linalg.cond:     [Sample(f"np.linalg.cond(x{p})", square(2, 2), twin=DIFFERENCES) for p in ("", ", 2", ", -2", ", 'fro'", ", 1", ", np.inf")]
                        + [Sample("np.linalg.cond(x)", square(4, 2, 2), twin=DIFFERENCES)],
    np.linalg.matmul:   [Sample("np.linalg.matmul(x, y)", real(2, 3), real(3, 2))],
    np.linalg.outer:    [Sample("np.linalg.outer(x, y)", real(2), real(3))],
    np.linalg.cross:    [Sample("np.linalg.cross(x, y)", real(2, 3), real(2, 3)), Sample("np.linalg.cross(x, y, axis=0)", real(3, 2), real(3, 2))],
    np.linalg.tensordot: [Sample("np.linalg.tensordot(x, y, axes=1)", real(2, 3), real(3, 2))],
    np.linalg.vecdot:   [Sample("np.linalg.vecdot(x, y)", real(2, 3), real(3), twin="np.sum(x * y, axis=-1)"), Sample("np.linalg.vecdot(x, y, axis=0)", real(3, 2), real(3, 2), twin="np.sum(x * y, axis=0)")],
    np.linalg.trace:    [Sample("np.linalg.trace(x)", real(4, 2, 3)), Sample("np.linalg.trace(x, offset=1)", real(2, 3))],
    np.linalg.diagonal: [Sample("np.linalg.diagonal(x)", real(4, 2, 3)), Sample("np.linalg.diagonal(x, offset=-1)", real(3, 3))],
    np.linalg.matrix_transpose: [Sample("np.linalg.matrix_transpose(x)", real(4, 2, 3))],
    np.matrix_transpose: [Sample("np.matrix_transpose(x)", real(2, 3))],
}

CONSTANTS = {
    np.linalg.matrix_rank: [Sample("np.linalg.matrix_rank(x)", real(2, 3)), Sample("np.linalg.matrix_rank(x)", SINGULAR),
                        Sample("np.linalg.matrix_rank(x, rtol=1e-3)", real(4, 2, 2))],
}
# fmt: on
