"""Sample calls of linear algebra: dualrev/ops/linalg.py."""

import numpy as np

from dualrev.ops.linalg import cholesky, logabsdet, norm, solve, solve_vector
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
    ),
}
# fmt: on
