"""Sample calls of scipy.special's functions: dualrev/ops/special.py."""

import scipy.special as sc

from dualrev.ops.special import polygamma
from tests.ops.sample import DIFFERENCES, Sample, positive, real

# fmt: off
SAMPLES = {
    sc.gammaln: [Sample("sc.gammaln(x)", positive(4), twin="sc.loggamma(x)"), Sample("sc.gammaln(x)", positive(), twin="sc.loggamma(x)")],
    sc.digamma: [Sample("sc.digamma(x)", positive(3)), Sample("sc.psi(x)", positive())],
    polygamma:  [Sample("polygamma(1, x)", positive(3), twin=DIFFERENCES), Sample("polygamma(2, x)", positive(2, 1), twin=DIFFERENCES),
                 Sample("polygamma(np.array([0, 1, 2]), x)", positive(2, 1), twin=DIFFERENCES)],
    sc.erf:     [Sample("sc.erf(x)", real(4)), Sample("sc.erf(x)", real())],
    sc.erfc:    [Sample("sc.erfc(x)", real(4))],
    sc.expit:   [Sample("sc.expit(x)", real(4), twin="1 / (1 + np.exp(-x))"), Sample("sc.expit(x)", real(), twin="1 / (1 + np.exp(-x))")],
    sc.logit:   [Sample("sc.logit(x / 3)", positive(4), twin="np.log(x / (3 - x))")],
    sc.xlogy:   [Sample("sc.xlogy(x, y)", real(3), positive(3)), Sample("sc.xlogy(x, y)", real(2, 1), positive(3)),
                 Sample("sc.xlogy(x, 2.0)", real(3)), Sample("sc.xlogy([1.0, 2.0], x)", positive(3, 1)), Sample("sc.xlogy(x, x)", positive(3))],
}
# fmt: on
