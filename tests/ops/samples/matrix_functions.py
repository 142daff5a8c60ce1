"""Sample calls of functions of a matrix and of SciPy's own linear algebra: matrix_functions.py, lapack.py."""

import numpy as np

from dualrev.ops import lapack
from dualrev.ops.matrix_functions import MATRIX_FUNCTIONS, expm, fractional_matrix_power, solve_sylvester, sqrtm
from tests.ops.sample import Sample, definite, real, square
from tests.ops.samples.decompositions import ROTATION, apart, close

# fmt: off
SAMPLES = {
    expm: [Sample("expm(x / 3)", square(3, 3)), Sample("expm(x / 3)", square(2, 2, 2))],
    **{f: [close(f"{f.__name__}(x / 3)", square(3, 3)), close(f"{f.__name__}(x / 3)", square(2, 2, 2))] for f in MATRIX_FUNCTIONS[1:]},
    sqrtm: [close("sqrtm(x)", definite(3, 3)), close("sqrtm(x)", definite(2, 2, 2)), close("np.real(sqrtm(x))", np.diag([-0.3, 2.0, 1.0]) + ROTATION)],
    fractional_matrix_power: [close("fractional_matrix_power(x, t=0.3)", definite(3, 3)), close("fractional_matrix_power(x, t=-1.5)", definite(2, 2, 2))],
    solve_sylvester: [close("solve_sylvester(x, y, z)", square(2, 2), square(3, 3), real(2, 3)),
                      close("solve_sylvester(x, y, z)", square(2, 2, 2), square(3, 3), real(2, 2, 3))],

    lapack.scipy_inv:      [Sample("scipy_inv(x)", square(3, 3))],
    lapack.scipy_det:      [Sample("scipy_det(x)", square(3, 3))],
    lapack.scipy_cholesky: [close("scipy_cholesky(x)", definite(3, 3)), close("scipy_cholesky(x, upper=True)", definite(3, 3))],
    lapack.scipy_eigh:     [close("scipy_eigh(x) ** 2", apart(3, 3)), close("scipy_eigh(x, UPLO='U') ** 2", apart(3, 3))],
    lapack.scipy_eigvalsh: [close("scipy_eigvalsh(x)", apart(3, 3))],
    lapack.scipy_eig:      [close("np.real(scipy_eig(x))", apart(3, 3)), close("np.imag(scipy_eig(x))", ROTATION)],
    lapack.scipy_eigvals:  [close("np.real(scipy_eigvals(x))", apart(3, 3)), close("np.imag(scipy_eigvals(x))", ROTATION)],
    lapack.scipy_svd:      [close("scipy_svd(x)", apart(3, 3)), close("scipy_svd(x, full_matrices=False)", apart(4, 2))],
    lapack.scipy_svdvals:  [close("scipy_svdvals(x)", apart(3, 2))],
    lapack.scipy_qr:       [close("scipy_qr(x)", apart(4, 2)), close("scipy_qr(x, complete=True)", apart(4, 2))],
    lapack.scipy_pinv:     [Sample("scipy_pinv(x)", apart(3, 2), twin="np.linalg.inv(x.T @ x) @ x.T")],
    lapack.scipy_lstsq:    [close("scipy_lstsq(x, y)", apart(4, 2), real(4, 3))],
    lapack.scipy_solve:    [Sample("scipy_solve(x, y)", square(3, 3), real(3, 2)), close("scipy_solve(x, y, transposed=True)", square(3, 3), real(3, 2)),
                            close("scipy_solve(x, y, assume_a='pos')", definite(3, 3), real(3, 2)),
                            close("scipy_solve(x, y, assume_a='sym', lower=True)", definite(3, 3), real(3, 2)),
                            close("scipy_solve(x, y, assume_a='diagonal')", np.diag([2.0, 3.0, 4.0]), real(3, 2)),
                            close("scipy_solve(x, y, assume_a='tridiagonal')", np.array([[2.0, 0.3, 0.0], [0.2, 3.0, 0.5], [0.0, 0.1, 4.0]]), real(3, 2))],
}
# fmt: on
