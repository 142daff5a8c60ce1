"""Sample calls of the gamma and beta families and of distribution functions: dualrev/ops/special_gamma.py and special_distributions.py."""

import numpy as np
import scipy.special as sc

from dualrev.ops.special_density import beta_density, gamma_density
from dualrev.ops.special_digamma import digamma_step, polygamma
from dualrev.ops.special_gamma import from_even, zeta
from dualrev.ops.special_incomplete import betainc_ab, gammainc_a
from dualrev.ops.special_student import stdtr_v, student_density
from tests.ops.sample import DIFFERENCES, Sample, beyond, positive, real, unit

D = DIFFERENCES


def share(*shape):
    """Between 0.3 and 0.7."""
    return lambda rng: 0.25 + positive(*shape)(rng) / 6


# fmt: off
SAMPLES = {
    sc.gamma: [Sample("sc.gamma(x)", np.array([-2.4, -0.5, 0.6, 2.3]), twin=D),
               Sample("sc.gamma(x)", positive(), twin=D)],
    sc.gammaln: [Sample("sc.gammaln(x)", positive(4), twin="sc.loggamma(x)"),
                 Sample("sc.gammaln(x)", positive(), twin="sc.loggamma(x)")],
    sc.loggamma: [Sample("sc.loggamma(x)", positive(2, 3))],
    sc.rgamma: [Sample("sc.rgamma(x)", real(6), twin=D),
                Sample("sc.rgamma(x)", np.array([0.0, -1.0, -2.0, -3.0]), twin=D),
                Sample("sc.rgamma(x)", positive(), twin=D)],
    from_even: [Sample("from_even(x)", real(3), twin=D)],
    sc.gammasgn: [Sample("sc.gammasgn(x)", real(4), twin=D)],
    sc.digamma: [Sample("sc.digamma(x)", positive(3)), Sample("sc.psi(x)", positive())],
    polygamma: [Sample("polygamma(1, x)", positive(3), twin=D),
                Sample("polygamma(2, x)", positive(2, 1), twin=D),
                Sample("polygamma(np.array([0, 1, 2]), x)", positive(2, 1), twin=D),
                Sample("polygamma(1, x)", real(3), twin=D)],
    digamma_step: [Sample("digamma_step(x, y)", positive(3), positive(2, 1), twin=D),
                   Sample("digamma_step(x, 2.4)", np.array([-1.6, -0.5, 1.5]), twin=D)],
    sc.poch: [Sample("sc.poch(x, y)", positive(3), positive(2, 1), twin=D),
              Sample("sc.poch(x, 1.5)", positive(3), twin=D),
              Sample("sc.poch(2.5, x)", positive(), twin=D)],
    sc.beta: [Sample("sc.beta(x, y)", positive(3), positive(2, 1), twin=D),
              Sample("sc.beta(x, 0.5)", positive(3), twin=D)],
    sc.betaln: [Sample("sc.betaln(x, y)", positive(3), positive(3), twin=D),
                Sample("sc.betaln(2.0, x)", positive(), twin=D)],
    sc.binom: [Sample("sc.binom(x, y)", beyond(3), positive(3), twin=D),
               Sample("sc.binom(5, x)", positive(2, 1), twin=D),
               Sample("sc.binom(x, 2)", beyond(3), twin=D)],
    zeta: [Sample("zeta(2.5, x)", positive(3), twin=D), Sample("zeta(3, x)", positive(), twin=D)],
    sc.gammainc: [Sample("sc.gammainc(x, y)", positive(3), positive(2, 1), twin=D),
                  Sample("sc.gammainc(2.0, x)", positive(2), twin=D),
                  Sample("sc.gammainc(x, 0.5)", positive(), twin=D)],
    sc.gammaincc: [Sample("sc.gammaincc(x, y)", positive(3), positive(3), twin=D),
                   Sample("sc.gammaincc(x, 1.5)", positive(2, 1), twin=D)],
    sc.gammaincinv: [Sample("sc.gammaincinv(x, y)", positive(3), share(3), twin=D),
                     Sample("sc.gammaincinv(1.5, x)", share(), twin=D)],
    sc.gammainccinv: [Sample("sc.gammainccinv(x, y)", positive(3), share(2, 1), twin=D),
                      Sample("sc.gammainccinv(x, 0.5)", positive(2), twin=D)],
    gamma_density: [Sample("gamma_density(x, y)", positive(3), positive(2, 1), twin=D),
                    Sample("gamma_density(20.0 + x, 20.0)", real(3), twin=D)],
    gammainc_a: [Sample("gammainc_a(1, x, y)", positive(3), positive(3), twin=D),
                 Sample("gammainc_a(2, x, y)", positive(2), positive(2), twin=D)],
    sc.betainc: [Sample("sc.betainc(x, y, z)", positive(3), positive(3), share(3), twin=D),
                 Sample("sc.betainc(x, 2.0, z[0] + 0 * y)", positive(2), positive(2), share(2), twin=D),
                 Sample("sc.betainc(0.5, 2, x)", share(3), twin=D)],
    sc.betaincc: [Sample("sc.betaincc(x, y, z)", positive(3), positive(2, 1), share(3), twin=D)],
    sc.betaincinv: [Sample("sc.betaincinv(x, y, z)", positive(3), positive(3), share(3), twin=D),
                    Sample("sc.betaincinv(1.5, 2.0, x)", share(3), twin=D)],
    sc.betainccinv: [Sample("sc.betainccinv(x, y, z)", positive(3), positive(3), share(3), twin=D)],
    beta_density: [Sample("beta_density(x, y, z)", positive(3), positive(2, 1), share(3), twin=D),
                   Sample("beta_density(20.0 + x, 15.0, 0.5)", real(3), twin=D)],
    betainc_ab: [Sample("betainc_ab(1, 0, x, y, z)", positive(2), positive(2), share(2), twin=D),
                 Sample("betainc_ab(1, 1, x, y, z)", positive(2), positive(2), share(2), twin=D)],
    sc.stdtr: [Sample("sc.stdtr(x, y)", positive(3), real(3), twin=D),
               Sample("sc.stdtr(4, x)", real(2, 3), twin=D),
               Sample("sc.stdtr(x, 1.5)", positive(), twin=D)],
    sc.stdtrit: [Sample("sc.stdtrit(x, y)", beyond(3), share(3), twin=D),
                 Sample("sc.stdtrit(3.0, x)", share(3), twin=D)],
    student_density: [Sample("student_density(x, y)", positive(3), real(2, 1), twin=D)],
    stdtr_v: [Sample("stdtr_v(1, x, y)", positive(3), real(3), twin=D),
              Sample("stdtr_v(2, x, y)", positive(2), real(2), twin=D)],
    sc.chdtr: [Sample("sc.chdtr(x, y)", positive(3), positive(2, 1), twin=D),
               Sample("sc.chdtr(3, x)", positive(), twin=D)],
    sc.chdtrc: [Sample("sc.chdtrc(x, y)", positive(3), positive(3), twin=D)],
    sc.chdtri: [Sample("sc.chdtri(x, y)", positive(3), share(3), twin=D)],
    sc.gdtr: [Sample("sc.gdtr(x, y, z)", positive(3), positive(2, 1), positive(3), twin=D)],
    sc.gdtrc: [Sample("sc.gdtrc(x, y, z)", positive(3), positive(3), positive(3), twin=D)],
    sc.gdtrix: [Sample("sc.gdtrix(x, y, z)", positive(3), positive(3), share(3), twin=D)],
    sc.fdtr: [Sample("sc.fdtr(x, y, z)", beyond(3), beyond(2, 1), positive(3), twin=D),
              Sample("sc.fdtr(3, 4, x)", positive(3), twin=D)],
    sc.fdtrc: [Sample("sc.fdtrc(x, y, z)", beyond(3), beyond(3), positive(3), twin=D)],
    sc.fdtri: [Sample("sc.fdtri(x, y, z)", beyond(3), beyond(3), share(3), twin=D)],
    sc.pdtr: [Sample("sc.pdtr(2, x)", positive(3), twin=D),
              Sample("sc.pdtr(np.array([0, 1, 4]), x)", positive(2, 1), twin=D)],
    sc.pdtrc: [Sample("sc.pdtrc(1.0, x)", positive(3), twin=D)],
    sc.pdtri: [Sample("sc.pdtri(2, x)", share(3), twin=D)],
    sc.bdtr: [Sample("sc.bdtr(np.array([1]), 4, x)", share(3), twin=D),
              Sample("sc.bdtr(np.array([0.0, 2.0, 3.0]), 5, x)", share(2, 1), twin=D)],
    sc.bdtrc: [Sample("sc.bdtrc(np.array([1]), 4, x)", share(3), twin=D)],
    sc.bdtri: [Sample("sc.bdtri(np.array([1]), 4, x)", share(3), twin=D)],
    sc.nbdtr: [Sample("sc.nbdtr(2, 3, x)", share(3), twin=D)],
    sc.nbdtrc: [Sample("sc.nbdtrc(2, 3, x)", share(3), twin=D)],
    sc.nbdtri: [Sample("sc.nbdtri(2, 3, x)", share(3), twin=D)],
    sc.btdtria: [Sample("sc.btdtria(x, y, z)", share(3), positive(3), share(3), twin=D)],
    sc.btdtrib: [Sample("sc.btdtrib(x, y, z)", positive(3), share(3), share(3), twin=D)],
    sc.tklmbda: [Sample("sc.tklmbda(x, 0.5)", unit(3), twin=D), Sample("sc.tklmbda(x, -0.5)", real(), twin=D),
                 Sample("sc.tklmbda(x, 1.5)", np.array([-3.0, 0.3, 2.0]), twin=D)],
    sc.gdtria: [Sample("sc.gdtria(x, y, z)", share(3), positive(3), positive(3), twin=D)],
    sc.gdtrib: [Sample("sc.gdtrib(x, y, z)", positive(3), share(3), positive(3), twin=D)],
    sc.nrdtrimn: [Sample("sc.nrdtrimn(x, y, z)", share(3), positive(3), real(3), twin=D)],
    sc.nrdtrisd: [Sample("sc.nrdtrisd(x, y / 2, z - 9.0)", real(3), share(3), positive(3), twin=D)],
    sc.kolmogorov: [Sample("sc.kolmogorov(x)", positive(6), twin=D), Sample("sc.kolmogorov(x)", positive(), twin=D)],
    sc.kolmogi: [Sample("sc.kolmogi(x)", share(3), twin=D)],
}
# fmt: on
