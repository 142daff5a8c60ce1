"""scipy.signal, differentiable: convolution, correlation and recursive filters; the rest refuses traced arguments.

>>> import numpy as np
>>> import dualrev as dr
>>> from dualrev.scipy import signal
>>> dr.grad(lambda x: np.sum(signal.fftconvolve(x, np.array([1.0, 2.0]))))(np.ones(3))
array([3., 3., 3.])
"""

from typing import Any

import numpy as np
import scipy.signal

from ..errors import NoRuleError
from ..ops.complex_parts import conj, is_complex
from ..ops.convolution import convolved_arrays, filtered, part
from ..ops.own_value import exactly
from ..shapes import ndim, shape
from ..traced import operand, value
from .covering import covers, other

__all__ = list(scipy.signal.__all__)


def __getattr__(name: str) -> Any:
    return other(scipy.signal, name)


def __dir__() -> list[str]:
    return __all__


def convolution(func, in1, in2, mode, turned=False, **keywords):
    """in1 * in2, or its correlation with in2, with the value that SciPy's func gives it."""
    a, v = operand(in1), operand(in2)
    if ndim(a) != ndim(v) or not ndim(a):
        raise NoRuleError(f"scipy.signal.{func.__name__}: the rule takes two arrays with as many axes, at least one")
    other_way = (..., *[slice(None, None, -1)] * ndim(v))
    if mode == "valid" and turned and all(m >= n for n, m in zip(shape(a), shape(v))) and shape(a) != shape(v):
        # SciPy slides the shorter one
        y = conj(part(convolved_arrays(v, reflected(a, other_way)), shape(v), shape(a), mode)[other_way])
    else:
        y = part(convolved_arrays(a, reflected(v, other_way) if turned else v), shape(a), shape(v), mode)
    return exactly(y, value(a), value(v), func=func, arguments={"mode": mode, **keywords})


def reflected(v, other_way):
    return conj(v)[other_way]


@covers(scipy.signal.convolve)
def convolve(in1, in2, mode="full", method="auto"):
    return convolution(scipy.signal.convolve, in1, in2, mode, method=method)


@covers(scipy.signal.correlate)
def correlate(in1, in2, mode="full", method="auto"):
    return convolution(scipy.signal.correlate, in1, in2, mode, turned=True, method=method)


@covers(scipy.signal.fftconvolve)
def fftconvolve(in1, in2, mode="full", axes=None):
    if axes is None:
        return convolution(scipy.signal.fftconvolve, in1, in2, mode)
    return along_axes(scipy.signal.fftconvolve, in1, in2, mode, axes)


@covers(scipy.signal.oaconvolve)
def oaconvolve(in1, in2, mode="full", axes=None):
    if axes is None:
        return convolution(scipy.signal.oaconvolve, in1, in2, mode)
    return along_axes(scipy.signal.oaconvolve, in1, in2, mode, axes)


def along_axes(func, in1, in2, mode, axes):
    """The convolution along some of the axes, as a product of Fourier transforms; the other axes broadcast."""
    a, v = operand(in1), operand(in2)
    places = [k % ndim(a) for k in np.atleast_1d(axes)]
    n, m = ([shape(x)[k] for k in places] for x in (a, v))
    s, is_real = [i + j - 1 for i, j in zip(n, m, strict=True)], not (is_complex(a) or is_complex(v))
    forth, back = (np.fft.rfftn, np.fft.irfftn) if is_real else (np.fft.fftn, np.fft.ifftn)
    y = back(forth(a, s, places) * forth(v, s, places), s, places)
    for k, i, j in zip(places, n, m, strict=True):
        y = np.moveaxis(part(np.moveaxis(y, k, 0), (i,), (j,), mode), 0, k)
    return exactly(y, value(a), value(v), func=func, arguments={"mode": mode, "axes": axes})


PADDINGS = {"fill": "constant", "pad": "constant", "wrap": "wrap", "circular": "wrap", "symm": "symmetric",
            "symmetric": "symmetric"}  # fmt: skip


def bounded(func, in1, in2, mode, boundary, fillvalue, turned=False):
    """A convolution of images, or a correlation, with what lies around the first one."""
    a, v = operand(in1), operand(in2)
    kw = {"boundary": boundary, "fillvalue": fillvalue}
    if mode == "valid":
        return convolution(func, a, v, mode, turned, **kw)
    if boundary not in PADDINGS:
        raise ValueError("Acceptable boundary flags are 'fill', 'circular' (or 'wrap'), and 'symmetric' (or 'symm').")
    how = {"constant_values": fillvalue} if PADDINGS[boundary] == "constant" else {}
    around = np.pad(a, [(m - 1, m - 1) for m in shape(v)], mode=PADDINGS[boundary], **how)
    w = reflected(v, (slice(None, None, -1),) * 2) if turned else v
    full = convolved_arrays(around, w)[tuple(slice(m - 1, 2 * m - 2 + n) for n, m in zip(shape(a), shape(v)))]
    if mode == "same":  # the middle of a correlation is that of the second array before it is turned around
        starts = [m // 2 if turned else (m - 1) // 2 for m in shape(v)]
        full = full[tuple(slice(i, i + n) for i, n in zip(starts, shape(a), strict=True))]
    return exactly(full, value(a), value(v), func=func, arguments={"mode": mode, **kw})


@covers(scipy.signal.convolve2d)
def convolve2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    return bounded(scipy.signal.convolve2d, in1, in2, mode, boundary, fillvalue)


@covers(scipy.signal.correlate2d)
def correlate2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    return bounded(scipy.signal.correlate2d, in1, in2, mode, boundary, fillvalue, turned=True)


@covers(scipy.signal.lfilter)
def lfilter(b, a, x, axis=-1, zi=None):
    b, a, x = np.atleast_1d(operand(b)), np.atleast_1d(operand(a)), operand(x)
    if zi is not None:
        raise NoRuleError("scipy.signal.lfilter: the argument 'zi' has no derivative rule: start from rest, zi=None")
    y = np.moveaxis(filtered(b, a, np.moveaxis(x, axis, -1)), -1, axis)
    return exactly(y, value(b), value(a), value(x), func=scipy.signal.lfilter, arguments={"axis": axis})


@covers(scipy.signal.sosfilt)
def sosfilt(sos, x, axis=-1):
    """One section after the other."""
    sos, x = operand(sos), operand(x)
    y = np.moveaxis(x, axis, -1)
    for section in sos:
        y = filtered(section[:3], section[3:], y)
    y = np.moveaxis(y, -1, axis)
    return exactly(y, value(sos), value(x), func=scipy.signal.sosfilt, arguments={"axis": axis})


@covers(scipy.signal.hilbert)
def hilbert(x, N=None, axis=-1):
    """The analytic signal: the negative frequencies are left out, and the positive ones doubled."""
    x = operand(x)
    n = shape(x)[axis] if N is None else N
    weights = np.zeros(n)
    weights[: (n + 1) // 2] = 2
    weights[0] = 1
    if n % 2 == 0:
        weights[n // 2] = 1
    weights = weights.reshape([-1 if k == axis % ndim(x) else 1 for k in range(ndim(x))])
    y = np.fft.ifft(np.fft.fft(x, n, axis) * weights, axis=axis)
    return exactly(y, value(x), func=scipy.signal.hilbert, arguments={"N": N, "axis": axis})


@covers(scipy.signal.detrend)
def detrend(data, axis=-1, type="linear"):
    """The residuals of a straight line, or of the mean."""
    x = operand(data)
    rows = np.moveaxis(x, axis, -1)
    n = shape(rows)[-1]
    if type in ("constant", "c"):
        y = rows - np.mean(rows, axis=-1, keepdims=True)
    else:
        line, _ = np.linalg.qr(np.stack([np.ones(n), np.arange(1.0, n + 1)], axis=1))
        y = rows - (rows @ line) @ line.T
    y = np.moveaxis(y, -1, axis)
    return exactly(y, value(x), func=scipy.signal.detrend, arguments={"axis": axis, "type": type})
