"""Sample calls of the decompositions: eigenvalues, decompositions, least squares, triangles."""

import numpy as np

from dualrev.ops.banded import solve_banded
from dualrev.ops.decompositions import qr, svd, svdvals, symmetric_svd, undetermined
from dualrev.ops.eigenvalues import eig, eigh, eigvals, eigvalsh
from dualrev.ops.gaps import ratio, without_poles
from dualrev.ops.least_squares import lstsq, pinv
from dualrev.ops.triangular import lu, solve_triangular
from tests.ops.sample import DIFFERENCES, Sample, positive, real, square


def apart(*shape):
    """Matrices whose eigenvalues and singular values are well apart."""
    m, n = shape[-2:]
    return lambda rng: real(*shape)(rng) / 12 + np.eye(m, n) * 2.0 ** np.arange(n)


def close(code, *xs):
    """A sample without a complex continuation that LAPACK would compute."""
    return Sample(code, *xs, twin=DIFFERENCES)


ROTATION = np.array([[1.0, -2.0, 0.3], [1.5, 1.2, 0.1], [0.2, -0.1, 4.0]])  # two complex eigenvalues
THREE_REAL = np.array([[1.0, 0.2, 0.1], [0.1, 2.0, 0.2], [0.05, 0.1, 4.0]])  # three real ones, far apart
ROOTS = "np.stack([(x[0, 0] + x[1, 1]) / 2 + s * np.sqrt((x[0, 0] - x[1, 1]) ** 2 / 4 + {}) for s in (-1, 1)])"
PRODUCTS = (
    "[np.sqrt((np.sum(x * x) + s * np.sqrt(np.sum(x * x) ** 2 - 4 * np.linalg.det(x) ** 2)) / 2) for s in (1, -1)]"
)
NORMAL = "np.linalg.solve(x.T @ x, x.T @ y)"

# fmt: off
SAMPLES = {
    ratio:             [Sample("ratio(x, y)", real(2, 3), real(2, 3)), Sample("ratio(x, y)", real(2, 2), np.array([[1.0, 2.0], [4.0, 3.0]]))],
    undetermined:      [Sample("(lambda turn: turn + turn.T)(undetermined(x, n=2))", real(3, 2), twin="0 * x[:2]")],
    without_poles:     [Sample("without_poles(x)", real(3), twin="x")],
    eigh:              [close("eigh(x)", apart(3, 3))],
    np.linalg.eigh:    [close("np.linalg.eigh(x)", apart(3, 3)), close("np.linalg.eigh(x, UPLO='U')", apart(3, 3)),
                        close("np.linalg.eigh(x)", apart(4, 2, 2)), close("np.linalg.eigh(x).eigenvalues", apart(2, 1, 3, 3)),
                        Sample("np.linalg.eigh(x)[0]", apart(2, 2), twin=ROOTS.format("x[1, 0] ** 2")), close("np.linalg.eigh(x)", apart(1, 1)),
                        close("np.linalg.eigh(x)", np.zeros((0, 2, 2)))],
    eigvalsh:          [close("eigvalsh(x)", apart(3, 3))],
    np.linalg.eigvalsh: [close("np.linalg.eigvalsh(x)", apart(3, 3)), close("np.linalg.eigvalsh(x, 'U')", apart(4, 2, 2)),
                        Sample("np.linalg.eigvalsh(x)", apart(2, 2), twin=ROOTS.format("x[1, 0] ** 2"))],
    eig:               [close("np.real(eig(x))", ROTATION), close("np.imag(eig(x))", ROTATION), close("eig(x)", apart(3, 3))],
    np.linalg.eig:     [close("np.linalg.eig(x)", THREE_REAL), close("np.linalg.eig(x)", apart(4, 2, 2)),
                        close("np.real(np.linalg.eig(x)[1])", ROTATION), close("np.imag(np.linalg.eig(x).eigenvectors)", ROTATION)],
    eigvals:           [close("eigvals(x)", apart(3, 3)), close("np.imag(eigvals(x))", ROTATION)],
    np.linalg.eigvals: [close("np.real(np.linalg.eigvals(x))", ROTATION), close("np.linalg.eigvals(x)", apart(4, 2, 2)),
                        Sample("np.sort(np.linalg.eigvals(x))", apart(2, 2), twin=ROOTS.format("x[1, 0] * x[0, 1]"))],
    svd:               [close("svd(x)", apart(3, 3)), close("svd(x, full_matrices=False)", apart(4, 2))],
    np.linalg.svd:     [close("np.linalg.svd(x)", apart(3, 3)), close("np.linalg.svd(x, full_matrices=False)", apart(4, 3)),
                        close("np.linalg.svd(x, False)", apart(2, 4)), close("np.linalg.svd(x)", apart(4, 3)),
                        close("np.linalg.svd(x)", apart(2, 2, 3)), close("np.linalg.svd(x, full_matrices=False)", apart(2, 1, 3, 2)),
                        close("np.linalg.svd(x, compute_uv=False)", apart(4, 3)), close("np.linalg.svd(x).S", apart(2, 2)),
                        close("np.linalg.svd(x, hermitian=True)", apart(3, 3)), close("np.linalg.svd(-x, hermitian=True)", apart(2, 2, 2)),
                        close("np.linalg.svd(x, compute_uv=False, hermitian=True)", apart(3, 3))],
    symmetric_svd:     [close("symmetric_svd(x + x.T)", apart(3, 3))],
    svdvals:           [close("svdvals(x)", apart(3, 3)), Sample("svdvals(x)", apart(2, 2), twin=f"np.stack({PRODUCTS})")],
    np.linalg.svdvals: [close("np.linalg.svdvals(x)", apart(4, 3)), close("np.linalg.svdvals(x)", apart(2, 2, 3))],
    qr:                [close("qr(x)", apart(3, 3)), close("qr(x, complete=True)", apart(4, 2))],
    np.linalg.qr:      [close("np.linalg.qr(x)", apart(3, 3)), close("np.linalg.qr(x)", apart(4, 2)), close("np.linalg.qr(x)", apart(2, 4)),
                        close("np.linalg.qr(x, mode='r')", apart(4, 2)), close("np.linalg.qr(x, 'complete')", apart(4, 2)),
                        close("np.linalg.qr(x, 'complete').Q", apart(2, 3)), close("np.linalg.qr(x)", apart(4, 3, 2)),
                        Sample("np.linalg.qr(x).R", apart(2, 2), twin="-np.array([[np.sqrt(np.sum(x[:, 0] ** 2)), x[:, 0] @ x[:, 1] / np.sqrt(np.sum(x[:, 0] ** 2))], "
                               "[0, np.linalg.det(x) / -np.sqrt(np.sum(x[:, 0] ** 2))]])")],
    pinv:              [Sample("pinv(x)", apart(3, 2), twin="np.linalg.inv(x.T @ x) @ x.T")],
    np.linalg.pinv:    [Sample("np.linalg.pinv(x)", apart(3, 2), twin="np.linalg.inv(x.T @ x) @ x.T"),
                        Sample("np.linalg.pinv(x)", apart(2, 3), twin="x.T @ np.linalg.inv(x @ x.T)"),
                        Sample("np.linalg.pinv(x, rtol=1e-6)", apart(4, 2, 2), twin="np.linalg.inv(x)"),
                        Sample("np.linalg.pinv(x, hermitian=True)", apart(2, 2), twin="np.linalg.inv(np.tril(x) + np.tril(x, -1).T)"),
                        Sample("np.linalg.pinv(x[:, None] * y, 1e-5)", positive(3), positive(2), twin="y[:, None] * x / (np.sum(x * x) * np.sum(y * y))")],
    lstsq:             [close("lstsq(x, y)", apart(4, 2), real(4, 3))],
    np.linalg.lstsq:   [close("np.linalg.lstsq(x, y)", apart(4, 2), real(4)), close("np.linalg.lstsq(x, y)", apart(4, 2), real(4, 3)),
                        close("np.linalg.lstsq(x, y, rcond=None)", apart(2, 4), real(2)), close("np.linalg.lstsq(x, y, rcond=-1)", apart(3, 3), real(3)),
                        Sample("np.linalg.lstsq(x, y)[0]", apart(4, 2), real(4), twin=NORMAL),
                        Sample("np.linalg.lstsq(x, y)[:2]", apart(4, 2), real(4), twin=f"({NORMAL}, np.sum((y - x @ {NORMAL}) ** 2)[None])"),
                        close("np.linalg.lstsq(np.stack([x, x], axis=1), y, rcond=1e-5)[0]", positive(3), real(3))],
    solve_triangular:  [Sample(f"solve_triangular(x, y{kw})", square(3, 3), real(3, 2)) for kw in
                        ("", ", lower=True", ", trans=1", ", trans=1, lower=True", ", unit_diagonal=True", ", lower=True, trans=1, unit_diagonal=True")],
    solve_banded:      [close("solve_banded(x + 3, y, l=1, u=1)", np.array([[0.0, 0.2, 0.4], [1.0, -0.3, 0.5], [-0.2, 0.3, 0.0]]), real(3, 2)),
                        close("solve_banded(np.stack([x, y + 4, z]), np.ones((4, 1)), l=2, u=0)", real(4), real(4), real(4)),
                        close("solve_banded(np.stack([x, y, z + 4]), np.ones((4, 2)), l=0, u=2)", real(4), real(4), real(4))],
    lu:                [Sample("lu(x)[:9]", apart(3, 3)), Sample("lu(x[::-1])", apart(3, 3)), Sample("lu(x)", apart(4, 2)), Sample("lu(x)", apart(2, 4))],
}
# fmt: on
