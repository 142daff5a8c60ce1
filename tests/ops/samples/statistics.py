"""Sample calls of covariance and correlation: dualrev/ops/statistics.py."""

import numpy as np

from tests.ops.sample import Sample, positive, real

C = "(x - x.mean(1, keepdims=True))"

# fmt: off
SAMPLES = {
    np.cov: [
        Sample("np.cov(x)", real(2, 4), twin=f"{C} @ {C}.T / 3"), Sample("np.cov(x)", real(4), twin="np.sum((x - x.mean()) ** 2) / 3"),
        Sample("np.cov(x, rowvar=False)", real(4, 2), twin=f"(lambda x: {C} @ {C}.T / 3)(x.T)"),
        Sample("np.cov(x, bias=True)", real(2, 3), twin=f"{C} @ {C}.T / 3"), Sample("np.cov(x, ddof=0)", real(2, 3), twin=f"{C} @ {C}.T / 3"),
        Sample("np.cov(x, y)", real(4), real(4), twin=f"(lambda x: {C} @ {C}.T / 3)(np.stack([x, y]))"),
        Sample("np.cov(x, y, rowvar=False)", real(4, 2), real(4, 1), twin=f"(lambda x: {C} @ {C}.T / 3)(np.concatenate([x, y], 1).T)"),
        Sample("np.cov(x, fweights=[1, 3, 2])", real(2, 3), twin=f"(lambda x: {C} @ {C}.T / 5)(x[:, [0, 1, 1, 1, 2, 2]])"),
        Sample("np.cov(x, aweights=y, ddof=0)", real(2, 4), positive(4),
               twin="(lambda d: (d * y) @ d.T / y.sum())(x - ((x * y).sum(1) / y.sum())[:, None])"),
        Sample("np.cov(x, aweights=y)", real(2, 4), positive(4),
               twin="(lambda d: (d * y) @ d.T / (y.sum() - (y * y).sum() / y.sum()))(x - ((x * y).sum(1) / y.sum())[:, None])"),
    ],
    np.corrcoef: [
        Sample("np.corrcoef(x)", real(3, 5), twin=f"(lambda c: c / np.sqrt(np.diag(c))[:, None] / np.sqrt(np.diag(c)))({C} @ {C}.T)"),
        Sample("np.corrcoef(x, y)[0, 1]", real(5), real(5),
               twin="(lambda a, b: a @ b / np.sqrt((a @ a) * (b @ b)))(x - x.mean(), y - y.mean())"),
        Sample("np.corrcoef(x, rowvar=False)", real(5, 2), twin=f"(lambda x: (lambda c: c / np.sqrt(np.diag(c))[:, None] / np.sqrt(np.diag(c)))({C} @ {C}.T))(x.T)"),
        Sample("np.corrcoef(x)", real(4), twin="(x @ x) / (x @ x)"),
    ],
}
# fmt: on
