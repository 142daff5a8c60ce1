"""Sample calls of Fourier and cosine transforms, and of the parts of complex numbers."""

import numpy as np

from dualrev.ops.complex_parts import complexed, conjugated, imaginary_part, modulus, real_part
from dualrev.ops.cosine_transforms import cosine_transform
from dualrev.ops.fft import SCIPYS, fft, ifft, irfft, rfft
from tests.ops.sample import DIFFERENCES, Sample, real

Z = "complexed(x) + 1j * complexed(y)"


def transformed(name, shape, *keywords, both=False, complex_output=True):
    """np.fft's `name` of real numbers, and of complex ones too, with each of the keywords."""
    made = []
    for kw in keywords:
        for argument, xs in [("x", 1)] + [(Z, 2)] * both:
            call = f"np.fft.{name}({argument}{kw})"
            codes = [f"np.real({call})", f"np.imag({call})"] if complex_output else [call]
            made += [Sample(code, *[real(*shape)] * xs, twin=DIFFERENCES) for code in codes]
    return made


def exact(name, n):
    """np.fft's `name` of n real numbers against the same transform of real and imaginary parts: 1e-13."""
    code = f"np.real(np.fft.{name}(x))"
    twin = f"np.fft.{name}(x.real).real + 1j * np.fft.{name}(x.imag).real"
    return [Sample(code, real(n), twin=twin)]


# fmt: off
SAMPLES = {
    complexed:      [Sample("np.real(complexed(x))", real(3), twin="x"), Sample("np.imag(1j * complexed(x))", real(), twin="x")],
    real_part:      [Sample("real_part((1 + 2j) * complexed(x))", real(2, 3), twin="x")],
    imaginary_part: [Sample("imaginary_part((1 + 2j) * complexed(x))", real(2, 3), twin="2 * x")],
    conjugated:     [Sample("np.imag(conjugated((1 + 2j) * complexed(x)))", real(3), twin="-2 * x")],
    modulus:        [Sample(f"modulus({Z})", real(3), real(3), twin="np.sqrt(x * x + y * y)")],
    np.real:        [Sample("np.real(x)", real(3), twin="x"), Sample(f"np.real(({Z}) ** 2)", real(3), real(3), twin="x * x - y * y")],
    np.imag:        [Sample(f"np.imag(({Z}) ** 2)", real(3), real(3), twin="2 * x * y")],
    np.angle:       [Sample(f"np.angle({Z})", real(3), real(3), twin=DIFFERENCES), Sample(f"np.angle({Z}, deg=True)", real(2), real(2), twin=DIFFERENCES)],
    fft:            exact("fft", 4), ifft: exact("ifft", 4), rfft: exact("rfft", 4), irfft: exact("irfft", 4),
    SCIPYS[0]:      [Sample("np.real(scipy_fft(x))", real(4), twin=DIFFERENCES)], SCIPYS[1]: [Sample("np.imag(scipy_ifft(x, n=5))", real(4), twin=DIFFERENCES)],
    SCIPYS[2]:      [Sample("np.real(scipy_rfft(x))", real(4), twin=DIFFERENCES)], SCIPYS[3]: [Sample(f"scipy_irfft({Z}, n=5)", real(4), real(4), twin=DIFFERENCES)],
    cosine_transform: [Sample(f"cosine_transform(x, name='{name}', type={t}{kw})", real(4), twin=DIFFERENCES)
                       for name in ("dct", "idct", "dst", "idst") for t in (1, 2, 3, 4) for kw in ("", ", norm='ortho'")]
                      + [Sample("cosine_transform(x, name='dct', n=3, axis=0, norm='forward', orthogonalize=True)", real(4, 2), twin=DIFFERENCES),
                         Sample("cosine_transform(x, name='dst', n=6, norm='ortho', orthogonalize=False)", real(2, 4), twin=DIFFERENCES)],
    np.fft.fft:     exact("fft", 5) + transformed("fft", (2, 4), "", ", n=3", ", 6, 0", ", axis=0, norm='ortho'", both=True),
    np.fft.ifft:    exact("ifft", 5) + transformed("ifft", (2, 4), "", ", 6", ", norm='forward'", both=True),
    np.fft.rfft:    exact("rfft", 5) + transformed("rfft", (2, 4), "", ", n=3", ", 5, 0, 'ortho'", ", norm='forward'"),
    np.fft.irfft:   exact("irfft", 5) + transformed("irfft", (2, 4), "", ", n=5", ", 8, 0, 'ortho'", ", n=3, norm='forward'", both=True, complex_output=False),
    np.fft.hfft:    exact("hfft", 4) + transformed("hfft", (4,), "", ", n=5", ", norm='ortho'", both=True, complex_output=False),
    np.fft.ihfft:   exact("ihfft", 5) + transformed("ihfft", (4,), "", ", n=6"),
    np.fft.fft2:    transformed("fft2", (2, 3), "", ", s=(3, 2)"),
    np.fft.ifft2:   transformed("ifft2", (2, 3), "", ", axes=(1, 0)", both=True),
    np.fft.rfft2:   transformed("rfft2", (2, 3), "", ", norm='ortho'"),
    np.fft.irfft2:  transformed("irfft2", (2, 3), "", ", s=(2, 5)", both=True, complex_output=False),
    np.fft.fftn:    transformed("fftn", (2, 3, 2), "", ", axes=(0, 2)"),
    np.fft.ifftn:   transformed("ifftn", (2, 3), "", ", s=(2, -1), axes=(0, 1)"),
    np.fft.rfftn:   transformed("rfftn", (2, 3), "", ", axes=(1, 0)"),
    np.fft.irfftn:  transformed("irfftn", (2, 3), "", ", axes=(0,)", both=True, complex_output=False),
    np.fft.fftshift:  [Sample("np.fft.fftshift(x)", real(2, 3)), Sample("np.fft.fftshift(x, axes=1)", real(2, 3)), Sample("np.fft.fftshift(x, axes=(0,))", real(3, 2))],
    np.fft.ifftshift: [Sample("np.fft.ifftshift(x)", real(2, 3)), Sample("np.fft.ifftshift(x, -1)", real(3))],
}
# fmt: on
