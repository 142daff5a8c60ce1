"""Sample calls of polynomials: dualrev/ops/polynomials.py."""

import numpy as np

from tests.ops.sample import Sample, real

# fmt: off
SAMPLES = {
    np.polyval: [Sample("np.polyval(x, y)", real(4), real(3)), Sample("np.polyval([1.0, -2.0, 3.0], x)", real(2, 3)), Sample("np.polyval(x, 2)", real(3)),
                 Sample("np.polyval(x, y)", real(2), real()), Sample("np.polyval(x, np.arange(3.0))", real(1)), Sample("np.poly1d([1.0, 2.0, 3.0])(x)", real(3)),
                 Sample("np.poly1d(x)(y)", real(3), real(2)), Sample("np.polyval([2.0, 1.0], x)", np.zeros((0, 3))), Sample("np.polyval([x[0], 2.0, x[1]], x)", real(2))],
    np.vander:  [Sample("np.vander(x)", real(3)), Sample("np.vander(x, 4, increasing=True)", real(3)), Sample("np.vander(x, N=2)", real(4)),
                 Sample("np.vander(x, 1)", real(2)), Sample("np.vander(x, 3)", np.zeros(0))],
    np.polyfit: [Sample("np.polyfit(x, y, 2)", real(6), real(6), twin="np.linalg.solve(np.vander(x, 3).T @ np.vander(x, 3), np.vander(x, 3).T @ y)"),
                 Sample("np.polyfit(np.linspace(-1.0, 2.0, 5), x, 1)", real(5, 2), twin="np.linalg.pinv(np.vander(np.linspace(-1.0, 2.0, 5), 2)) @ x"),
                 Sample("np.polyfit(np.arange(4.0), x, deg=1, w=[1.0, 2.0, 1.0, 3.0])", real(4),
                        twin="np.linalg.pinv(np.diag([1.0, 2.0, 1.0, 3.0]) @ np.vander(np.arange(4.0), 2)) @ (np.array([1.0, 2.0, 1.0, 3.0]) * x)")],
    np.poly:    [Sample("np.poly(x)", real(3)), Sample("np.poly(x)", real(1))],
    np.polyadd: [Sample("np.polyadd(x, y)", real(3), real(2)), Sample("np.polyadd(x, [1.0, 2.0, 3.0])", real(2)), Sample("np.polyadd(x, 2.0)", real(3)),
                 Sample("np.polyadd(x, y)", real(), real(3))],
    np.polysub: [Sample("np.polysub(x, y)", real(2), real(3)), Sample("np.polysub([1.0, 2.0], x)", real(2))],
    np.polymul: [Sample("np.polymul(x, y)", real(3), real(2)), Sample("np.polymul([0.0, 0.0, 2.0, 1.0], x)", real(2)), Sample("np.polymul(x, 3.0)", real(2))],
    np.polydiv: [Sample("np.polydiv(x, y)[0]", real(5), real(3)), Sample("np.polydiv(x, [1.0, 2.0])", real(4)), Sample("np.polydiv(x, y)", real(2), real(3))],
    np.polyder: [Sample("np.polyder(x)", real(4)), Sample("np.polyder(x, 2)", real(4)), Sample("np.polyder(x, m=0)", real(3)), Sample("np.polyder(x)", real(1))],
    np.polyint: [Sample("np.polyint(x)", real(3)), Sample("np.polyint(x, 2, k=[1.0, 2.0])", real(3)), Sample("np.polyint(x, m=2, k=3.0)", real(2))],
}
# fmt: on
