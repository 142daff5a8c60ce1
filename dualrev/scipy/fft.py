"""scipy.fft, differentiable: the Fourier, cosine and sine transforms; the rest refuses traced arguments.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import fft
>>> dr.grad(lambda x: fft.dct(x)[0])(np.array([1.0, 2.0, 4.0]))
array([2., 2., 2.])
"""

from typing import Any

import numpy as np
import scipy.fft

from ..ops.complex_parts import conjugated
from ..ops.cosine_transforms import cosine_transform
from ..ops.fft import OTHER_SIDE, SCIPYS, sizes_and_axes
from ..ops.own_value import exactly
from ..traced import operand, value
from .covering import covers, other

__all__ = list(scipy.fft.__all__)


def __getattr__(name: str) -> Any:
    return other(scipy.fft, name)


def __dir__() -> list[str]:
    return __all__


# ---- one axis --------------------------------------------------------------------------------------------------------


def one_axis(name, op):
    def says(x, n=None, axis=-1, norm=None):
        return op(operand(x), n=n, axis=axis, norm=norm)

    return covers(getattr(scipy.fft, name))(says)


fft, ifft, rfft, irfft = (one_axis(op.__name__.removeprefix("scipy_"), op) for op in SCIPYS)


@covers(scipy.fft.hfft)
def hfft(x, n=None, axis=-1, norm=None):
    y = irfft(conjugated(operand(x)), n, axis, OTHER_SIDE[norm])
    return exactly(y, value(operand(x)), func=scipy.fft.hfft, arguments={"n": n, "axis": axis, "norm": norm})


@covers(scipy.fft.ihfft)
def ihfft(x, n=None, axis=-1, norm=None):
    y = conjugated(rfft(operand(x), n, axis, OTHER_SIDE[norm]))
    return exactly(y, value(operand(x)), func=scipy.fft.ihfft, arguments={"n": n, "axis": axis, "norm": norm})


def cosine(name):
    def says(x, type=2, n=None, axis=-1, norm=None, orthogonalize=None):
        kw = {"type": type, "n": n, "axis": axis, "norm": norm, "orthogonalize": orthogonalize}
        return cosine_transform(operand(x), name=name, **kw)

    return covers(getattr(scipy.fft, name))(says)


dct, idct, dst, idst = map(cosine, ("dct", "idct", "dst", "idst"))


def cosine_over_axes(name):
    """One axis after the other: scipy.fft's dctn, idctn, dstn and idstn."""
    func, one = getattr(scipy.fft, f"{name}n"), name

    def says(x, type=2, s=None, axes=None, norm=None, orthogonalize=None):
        x, kw = operand(x), {"type": type, "norm": norm, "orthogonalize": orthogonalize}
        y, (lengths, places) = x, sizes_and_axes(x, s, axes)
        for n, axis in zip(lengths, places, strict=True):
            y = cosine_transform(y, name=one, n=n, axis=axis, **kw)
        return exactly(y, value(x), func=func, arguments={"s": s, "axes": axes, **kw})

    return covers(func)(says)


dctn, idctn, dstn, idstn = map(cosine_over_axes, ("dct", "idct", "dst", "idst"))

# ---- several axes ----------------------------------------------------------------------------------------------------


def several_axes(name):
    """np.fft's derivative with the value of SciPy, which may take the axes in another order."""
    func, like = getattr(scipy.fft, name), getattr(np.fft, name)
    default = (-2, -1) if name.endswith("2") else None

    def says(x, s=None, axes=default, norm=None):
        x, kw = operand(x), {"s": s, "axes": axes, "norm": norm}
        return exactly(like(x, **kw), value(x), func=func, arguments=kw)

    return covers(func)(says)


fft2, ifft2, rfft2, irfft2 = map(several_axes, ("fft2", "ifft2", "rfft2", "irfft2"))
fftn, ifftn, rfftn, irfftn = map(several_axes, ("fftn", "ifftn", "rfftn", "irfftn"))


def hermitian(name, default):
    """A spectrum of Hermitian symmetry to real numbers, and back: the real transforms with the other sign."""
    forth, back = getattr(scipy.fft, f"hfft{name}"), getattr(scipy.fft, f"ihfft{name}")

    def says_forth(x, s=None, axes=default, norm=None):
        x, kw = operand(x), {"s": s, "axes": axes}
        y = np.fft.irfftn(conjugated(x), norm=OTHER_SIDE[norm], **kw)
        return exactly(y, value(x), func=forth, arguments={"norm": norm, **kw})

    def says_back(x, s=None, axes=default, norm=None):
        x, kw = operand(x), {"s": s, "axes": axes}
        y = conjugated(np.fft.rfftn(x, norm=OTHER_SIDE[norm], **kw))
        return exactly(y, value(x), func=back, arguments={"norm": norm, **kw})

    return covers(forth)(says_forth), covers(back)(says_back)


hfft2, ihfft2 = hermitian("2", (-2, -1))
hfftn, ihfftn = hermitian("n", None)


@covers(scipy.fft.fftshift)
def fftshift(x, axes=None):
    return np.fft.fftshift(x, axes)


@covers(scipy.fft.ifftshift)
def ifftshift(x, axes=None):
    return np.fft.ifftshift(x, axes)
