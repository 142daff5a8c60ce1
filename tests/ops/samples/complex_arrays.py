"""Sample calls on complex arrays: x + i y of real x and y, so that every referee sees real numbers."""

import numpy as np

from dualrev.ops.complex_parts import complexed, modulus
from dualrev.ops.contract import vdot
from dualrev.ops.linalg import norm
from dualrev.ops.systems import signdet
from tests.ops.sample import DIFFERENCES, Sample, positive, real, square
from tests.ops.samples.decompositions import apart

Z, W = "(complexed(x) + 1j * complexed(y))", "(complexed(z) + 1j * complexed(x[:1]))"
IS_REAL = np.linalg.cond(np.eye(2) + 0j, "fro").dtype == float  # a NumPy before 2.4 gives complex numbers
CONDS = ("", ", 'fro'", ", -1") if IS_REAL else ("", ", 2", ", -2")
HERMITIAN = f"(lambda z: z @ np.conj(z).T + 2 * np.eye(3, dtype=z.dtype))({Z})"


def both(call, *xs):
    """The real and the imaginary part of a call."""
    return [Sample(f"{part}({call})", *xs, twin=DIFFERENCES) for part in ("np.real", "np.imag")]


def one(call, *xs):
    return [Sample(call, *xs, twin=DIFFERENCES)]


def tall():
    return apart(4, 2), real(4, 2)


def wide():
    return apart(2, 4), real(2, 4)


def full():
    return apart(3, 3), real(3, 3)


# fmt: off
SAMPLES = {
    complexed:            one(f"np.real({Z})", real(2), real(2)),
    signdet:              both(f"signdet({Z})", square(3, 3), real(3, 3)),
    np.linalg.slogdet:    both(f"np.linalg.slogdet({Z})[0]", square(2, 3, 3), real(2, 3, 3)) + one(f"np.linalg.slogdet({Z})[1]", square(3, 3), real(3, 3)),
    np.linalg.det:        both(f"np.linalg.det({Z})", *full()),
    np.linalg.inv:        both(f"np.linalg.inv({Z})", square(3, 3), real(3, 3)),
    np.linalg.solve:      both(f"np.linalg.solve({Z}, {Z}[..., :1] ** 2)", square(2, 3, 3), real(2, 3, 3)),
    np.linalg.cholesky:   both(f"np.linalg.cholesky({HERMITIAN})", *full()) + both(f"np.linalg.cholesky({HERMITIAN}, upper=True)", *full()),
    np.linalg.eigh:       both(f"np.linalg.eigh({Z})[1]", *full()) + both(f"np.linalg.eigh({Z}, 'U')[1]", *full())
                          + one(f"np.linalg.eigh({Z})[0]", apart(2, 2, 2), real(2, 2, 2)),
    np.linalg.eigvalsh:   one(f"np.linalg.eigvalsh({Z})", *full()) + one(f"np.linalg.eigvalsh({Z}, 'U')", *full()),
    np.linalg.eig:        both(f"np.linalg.eig({Z})[1]", *full()) + both(f"np.linalg.eig({Z})[0]", *full()),
    np.linalg.eigvals:    both("np.linalg.eigvals(complexed(x) + 0.1j * complexed(y))", *full()),
    np.linalg.svd:        both(f"np.linalg.svd({Z})[0][:, :2]", *tall()) + both(f"np.linalg.svd({Z}, full_matrices=False)[0]", *tall()) + both(f"np.linalg.svd({Z}, full_matrices=False)[2]", *wide())
                          + one(f"np.linalg.svd({Z}).S", *full()) + both(f"np.linalg.svd({Z})[2]", *full())
                          + both(f"np.linalg.svd({Z}, hermitian=True)[2]", *full()),
    np.linalg.svdvals:    one(f"np.linalg.svdvals({Z})", apart(2, 3, 2), real(2, 3, 2)),
    np.linalg.qr:         both(f"np.linalg.qr({Z})[0]", *tall()) + both(f"np.linalg.qr({Z}, 'r')", *wide()) + both(f"np.linalg.qr({Z}, 'complete')[0]", *tall()),
    np.linalg.pinv:       both(f"np.linalg.pinv({Z})", *tall()) + both(f"np.linalg.pinv({Z}, hermitian=True)", *full()),
    np.linalg.lstsq:      both(f"np.linalg.lstsq({Z}, {Z}[:, 1])[0]", *wide()) + one(f"np.linalg.lstsq({Z}, 1j * {Z}[:, 0] ** 2)[1]", *tall()),
    norm:                 one(f"norm({Z}, axis=0)", *tall()) + one(f"norm({Z}, ord=3, axis=1, keepdims=True)", *tall()),
    np.linalg.norm:       [Sample(f"np.linalg.norm({Z}{kw})", *tall(), twin=DIFFERENCES) for kw in
                           ("", ", axis=-1", ", 3, axis=0", ", 1", ", -np.inf, axis=1", ", np.inf", ", 'nuc'", ", 2")],
    np.linalg.cond:       [Sample(f"np.linalg.cond({Z}{kw})", *full(), twin=DIFFERENCES) for kw in CONDS],
    vdot:                 both(f"vdot({Z}, {W})", real(3), real(3), real(3)),
    np.vdot:              both(f"np.vdot({Z}, {W})", real(3), real(3), real(3)) + both(f"np.vdot({Z}, z)", real(2), real(2), real(2)),
    np.vecdot:            both(f"np.vecdot({Z}, {W})", real(2, 3), real(2, 3), real(3)) + both(f"np.vecdot(z, {Z})", real(2, 3), real(2, 3), real(3)),
    np.vecmat:            both(f"np.vecmat({Z}[0], 1 + 1j * complexed(z))", real(2, 2), real(2, 2), real(2, 3)),
    np.matvec:            both(f"np.matvec({Z}, {W})", real(2, 3), real(2, 3), real(3)),
    np.var:               one(f"np.var({Z})", real(3), real(3)) + one(f"np.var({Z}, axis=-1, ddof=1, keepdims=True)", real(2, 3), real(2, 3)),
    np.std:               one(f"np.std({Z}, axis=0)", real(2, 3), real(2, 3)),
    np.nanvar:            one(f"np.nanvar({Z}, axis=1)", real(2, 3), real(2, 3)),
    np.nanstd:            one(f"np.nanstd({Z})", real(3), real(3)),
    np.mean:              both(f"np.mean({Z}, axis=0)", real(2, 3), real(2, 3)),
    np.prod:              both(f"np.prod({Z}, axis=0)", real(2, 3), real(2, 3)),
    np.max:               both(f"np.max({Z}, axis=1)", real(2, 3), real(2, 3)),
    np.arcsinh:           both(f"np.arcsinh({Z})", real(2, 3), real(2, 3)),
    np.arccosh:           both(f"np.arccosh({Z})", real(3), real(3)),
    modulus:              both(f"np.sign({Z})", real(3), real(3)),
    np.exp:               both(f"np.exp({Z})", real(3), real(3)),
    np.power:             both(f"{Z} ** {Z}", real(2), real(2)) + both(f"{Z} ** x", real(2), real(2)) + both(f"x ** {Z}", positive(2), real(2)),
    np.average:           both(f"np.average({Z}, weights=[1.0, 2.0, 3.0])", real(3), real(3)),
    np.cov:               both(f"np.cov({Z})", real(2, 4), real(2, 4)),
    np.convolve:          both(f"np.convolve({Z}, {W})", real(3), real(3), real(1)),
    np.correlate:         both(f"np.correlate({Z}, {W}, 'full')", real(3), real(3), real(1)),
}
# fmt: on
