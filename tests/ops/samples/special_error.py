"""Sample calls of the error functions, integrals and elementary functions: dualrev/ops/special_error.py, special_integrals.py, special_elementary.py."""

import numpy as np
import scipy.special as sc

from dualrev.ops.special_error import dawsn_derivative, erfcx_derivative
from dualrev.ops.special_integrals import (
    cosh_integral,
    cosine_integral,
    fresnel_cosine,
    fresnel_sine,
    i0_integral,
    j0_integral,
    k0_integral,
    sine_integral,
    sinh_integral,
    y0_integral,
)
from dualrev.ops.special_sums import lambert_w, logsumexp
from tests.ops.sample import DIFFERENCES, Sample, positive, real, unit

D = DIFFERENCES


def share(*shape):
    """Between 0.3 and 0.7."""
    return lambda rng: 0.25 + positive(*shape)(rng) / 6


# fmt: off
SAMPLES = {
    sc.erf: [Sample("sc.erf(x)", real(4)), Sample("sc.erf(x)", real())],
    sc.erfc: [Sample("sc.erfc(x)", real(4))],
    sc.erfi: [Sample("sc.erfi(x)", real(4), twin=D)],
    sc.erfcx: [Sample("sc.erfcx(x)", real(4), twin=D), Sample("sc.erfcx(20.0 * x)", positive(3), twin=D)],
    sc.dawsn: [Sample("sc.dawsn(x)", real(4), twin=D), Sample("sc.dawsn(20.0 * x)", real(3), twin=D)],
    erfcx_derivative: [Sample("erfcx_derivative(1, x)", real(3), twin=D),
                       Sample("erfcx_derivative(2, 20.0 + x)", real(3), twin=D)],
    dawsn_derivative: [Sample("dawsn_derivative(1, x)", real(3), twin=D),
                       Sample("dawsn_derivative(2, 20.0 + x)", real(3), twin=D)],
    sc.erfinv: [Sample("sc.erfinv(x)", unit(4), twin=D)],
    sc.erfcinv: [Sample("sc.erfcinv(x)", share(4), twin=D)],
    sc.ndtr: [Sample("sc.ndtr(x)", real(2, 3), twin=D), Sample("sc.ndtr(x)", real(), twin=D)],
    sc.ndtri: [Sample("sc.ndtri(x)", share(4), twin=D)],
    sc.log_ndtr: [Sample("sc.log_ndtr(x)", real(4), twin=D), Sample("sc.log_ndtr(10.0 * x)", real(3), twin=D)],
    sc.ndtri_exp: [Sample("sc.ndtri_exp(-x)", positive(4), twin=D)],
    sc.owens_t: [Sample("sc.owens_t(x, y)", real(3), real(2, 1), twin=D), Sample("sc.owens_t(x, 0.5)", real(), twin=D)],
    sc.cbrt: [Sample("sc.cbrt(x)", real(4), twin="np.sign(x.real) * (x * np.sign(x.real)) ** (1 / 3)")],
    sc.exp2: [Sample("sc.exp2(x)", real(3), twin="np.exp2(x)")],
    sc.exp10: [Sample("sc.exp10(x)", real(3), twin="10.0**x")],
    sc.expm1: [Sample("sc.expm1(x)", real(3))],
    sc.log1p: [Sample("sc.log1p(x)", unit(3))],
    sc.cosm1: [Sample("sc.cosm1(x)", real(3), twin="np.cos(x) - 1")],
    sc.exprel: [Sample("sc.exprel(x)", real(6), twin="np.expm1(x) / x"),
                Sample("sc.exprel(x)", np.array([0.0, 1e-9, 0.1]), twin=D)],
    sc.powm1: [Sample("sc.powm1(x, y)", positive(3), real(2, 1), twin="x**y - 1"),
               Sample("sc.powm1(x, 2.0)", positive(), twin="x**2 - 1")],
    sc.sindg: [Sample("sc.sindg(x)", real(3), twin="np.sin(x * np.pi / 180)")],
    sc.cosdg: [Sample("sc.cosdg(x)", real(3), twin="np.cos(x * np.pi / 180)")],
    sc.tandg: [Sample("sc.tandg(x)", real(3), twin="np.tan(x * np.pi / 180)")],
    sc.cotdg: [Sample("sc.cotdg(90.0 * x)", share(3), twin="1 / np.tan(x * np.pi / 2)")],
    sc.radian: [Sample("sc.radian(x, y, z)", real(3), real(2, 1), real(), twin="(x + y / 60 + z / 3600) * np.pi / 180")],
    sc.round: [Sample("sc.round(x)", np.array([0.3, 1.2, -2.4]), twin=D)],
    sc.expit: [Sample("sc.expit(x)", real(4), twin="1 / (1 + np.exp(-x))"),
               Sample("sc.expit(x)", real(), twin="1 / (1 + np.exp(-x))")],
    sc.log_expit: [Sample("sc.log_expit(x)", real(4), twin="-np.log1p(np.exp(-x))")],
    sc.logit: [Sample("sc.logit(x / 3)", positive(4), twin="np.log(x / (3 - x))")],
    sc.xlogy: [Sample("sc.xlogy(x, y)", real(3), positive(3)),
               Sample("sc.xlogy(x, y)", real(2, 1), positive(3)),
               Sample("sc.xlogy(x, 2.0)", real(3)),
               Sample("sc.xlogy([1.0, 2.0], x)", positive(3, 1)),
               Sample("sc.xlogy(x, x)", positive(3))],
    sc.xlog1py: [Sample("sc.xlog1py(x, y)", real(3), unit(2, 1)),
                 Sample("sc.xlog1py(x, 2.0)", real()),
                 Sample("sc.xlog1py(2.0, x)", unit(3))],
    sc.entr: [Sample("sc.entr(x)", positive(4), twin="-x * np.log(x)")],
    sc.rel_entr: [Sample("sc.rel_entr(x, y)", positive(3), positive(2, 1), twin="x * np.log(x / y)"),
                  Sample("sc.rel_entr(x, 0.5)", positive(3), twin="x * np.log(x / 0.5)")],
    sc.kl_div: [Sample("sc.kl_div(x, y)", positive(3), positive(2, 1), twin="x * np.log(x / y) - x + y"),
                Sample("sc.kl_div(0.5, x)", positive(3), twin="0.5 * np.log(0.5 / x) - 0.5 + x")],
    sc.huber: [Sample("sc.huber(x, y)", positive(3), real(2, 1), twin=D), Sample("sc.huber(1.0, x)", real(4), twin=D)],
    sc.pseudo_huber: [Sample("sc.pseudo_huber(x, y)", positive(3), real(2, 1), twin="x**2 * (np.sqrt(1 + (y / x) ** 2) - 1)"),
                      Sample("sc.pseudo_huber(1.5, x)", real(3), twin="1.5**2 * (np.sqrt(1 + (x / 1.5) ** 2) - 1)")],
    sc.boxcox: [Sample("sc.boxcox(x, y)", positive(3), real(2, 1), twin="(x**y - 1) / y"),
                Sample("sc.boxcox(x, 0.0)", positive(3), twin="np.log(x)")],
    sc.boxcox1p: [Sample("sc.boxcox1p(x, y)", positive(3), real(2, 1), twin="((1 + x) ** y - 1) / y")],
    sc.inv_boxcox: [Sample("sc.inv_boxcox(x, y)", positive(3), positive(2, 1), twin="(1 + x * y) ** (1 / y)"),
                    Sample("sc.inv_boxcox(x, 0.01)", positive(3), twin="(1 + x / 100) ** 100")],
    sc.inv_boxcox1p: [Sample("sc.inv_boxcox1p(x, y)", positive(3), positive(3), twin="(1 + x * y) ** (1 / y) - 1"),
                      Sample("sc.inv_boxcox1p(x, y / 100)", positive(3), positive(3), twin="(1 + x * y / 100) ** (100 / y) - 1")],
    logsumexp: [Sample("logsumexp(x)", real(4), twin="np.log(np.sum(np.exp(x)))"),
                Sample("logsumexp(x, axis=(0, -1), keepdims=True)", real(2, 3, 2), twin="np.log(np.sum(np.exp(x), axis=(0, -1), keepdims=True))"),
                Sample("logsumexp(x, axis=1)", real(2, 3), twin="np.log(np.sum(np.exp(x), axis=1))"),
                Sample("logsumexp(x)", np.array([1.0, 1.0, -800.0]), twin="np.log(np.sum(np.exp(x)))")],
    lambert_w: [Sample("lambert_w(0, x)", positive(3), twin=D), Sample("lambert_w(-1, -x / 3)", share(3), twin=D)],
    sc.sici: [Sample("sc.sici(x)", positive(3), twin=D), Sample("sc.sici(x)[0]", real(), twin=D)],
    sc.shichi: [Sample("sc.shichi(x)", positive(3), twin=D)],
    sc.fresnel: [Sample("sc.fresnel(x)", real(3), twin=D)],
    sine_integral: [Sample("sine_integral(x)", positive(3), twin=D)],
    cosine_integral: [Sample("cosine_integral(x)", positive(3), twin=D)],
    sinh_integral: [Sample("sinh_integral(x)", positive(3), twin=D)],
    cosh_integral: [Sample("cosh_integral(x)", positive(3), twin=D)],
    fresnel_sine: [Sample("fresnel_sine(x)", positive(3), twin=D)],
    fresnel_cosine: [Sample("fresnel_cosine(x)", positive(3), twin=D)],
    sc.iti0k0: [Sample("sc.iti0k0(x)", positive(3), twin=D)],
    sc.itj0y0: [Sample("sc.itj0y0(x)", positive(3), twin=D)],
    i0_integral: [Sample("i0_integral(x)", positive(3), twin=D)],
    k0_integral: [Sample("k0_integral(x)", positive(3), twin=D)],
    j0_integral: [Sample("j0_integral(x)", positive(3), twin=D)],
    y0_integral: [Sample("y0_integral(x)", positive(3), twin=D)],
    sc.expi: [Sample("sc.expi(x)", real(4), twin=D)],
    sc.exp1: [Sample("sc.exp1(x)", positive(4), twin=D)],
    sc.expn: [Sample("sc.expn(3, x)", positive(3), twin=D),
              Sample("sc.expn(0, x)", positive(3), twin=D),
              Sample("sc.expn(np.array([0, 1, 2]), x)", positive(2, 1), twin=D)],
    sc.spence: [Sample("sc.spence(x)", positive(4), twin=D),
                Sample("sc.spence(x)", np.array([0.5, 1.0, 1.0 + 1e-12]), twin=D)],
}
# fmt: on
