"""Discrete Fourier transforms: linear, and symmetric where complex goes to complex.

n pads the axis with zeros or cuts it; the transpose cuts or pads it back. `norm` says on which side the factor 1/n is.
"""

from math import log2

import numpy as np

from ..dispatch import primitive
from ..registry import composite, flops, linear
from ..shapes import ndim, shape, size
from ..traced import operand, value, writes
from .complex_parts import conjugated, is_complex, real, real_part

OTHER_SIDE = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def fitted(t, n, axis):
    """t cut or padded with zeros to n along an axis, a negative int."""
    have, rest = shape(t)[axis], (slice(None),) * (-axis - 1)
    if have >= n:
        return t if have == n else t[(..., slice(n), *rest)]
    filling = np.zeros(shape(t)[:axis] + (n - have,) + shape(t)[ndim(t) + axis + 1 :], value(t).dtype)
    return np.concatenate([t, filling], axis=axis)


def half_weights(y, n, axis, weight):
    """1 for the frequencies 0 and n/2, which are their own conjugates, and `weight` for the others."""
    weights = np.full(n // 2 + 1, weight, np.real(value(y)).dtype)
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    return weights.reshape((-1,) + (1,) * (-axis - 1))


def backwards(axis, x):
    """The axis counted from the end, so that leading axes may be added."""
    return axis % ndim(x) - ndim(x)


def plain_op(name, transform):
    """transform(x, n, axis, norm) as an op of that name."""

    def plain(x, *, n=None, axis=-1, norm=None):
        return transform(x, n, axis, norm)

    plain.__name__, plain.__module__ = name, __name__
    return primitive(plain)


def scipy_fft(name):
    """scipy.fft's function of that name, imported when it is called."""

    def transform(*args):
        from scipy import fft

        return getattr(fft, name)(*args)

    return transform


def symmetric(op):
    """The transform is its own transpose, but for the length of the axis."""

    @linear(op)
    def _(y, x, /, *, n=None, axis=-1, norm=None):
        axis = backwards(axis, x)
        n, have = shape(y)[axis], shape(x)[axis]

        def JT(ct):
            g = fitted(op(ct, n=n, axis=axis, norm=norm), have, axis)
            return g if is_complex(x) else real_part(g)

        return lambda dx: op(dx, n=n, axis=axis, norm=norm), JT


def halves(rfft, irfft):
    """Real numbers to the nonnegative half of their spectrum, and back: each is the other's transpose, weighted."""

    @linear(rfft)
    def _(y, x, /, *, n=None, axis=-1, norm=None):
        axis = backwards(axis, x)
        n, have = shape(x)[axis] if n is None else n, shape(x)[axis]
        weights, other = half_weights(y, n, axis, 0.5), OTHER_SIDE[norm]
        return (
            lambda dx: rfft(dx, n=n, axis=axis, norm=norm),
            lambda ct: fitted(irfft(conjugated(ct * weights), n=n, axis=axis, norm=other), have, axis),
        )

    @linear(irfft)
    def _(y, x, /, *, n=None, axis=-1, norm=None):
        axis = backwards(axis, x)
        n, have = shape(y)[axis], shape(x)[axis]
        weights, other = half_weights(y, n, axis, 2), OTHER_SIDE[norm]

        def JT(ct):
            g = conjugated(rfft(real(ct), n=n, axis=axis, norm=other)) * weights
            g = fitted(g, have, axis)
            return g if is_complex(x) else real_part(g)

        return lambda dx: irfft(dx, n=n, axis=axis, norm=norm), JT


NAMES = ("fft", "ifft", "rfft", "irfft")
fft, ifft, rfft, irfft = NUMPYS = [plain_op(name, getattr(np.fft, name)) for name in NAMES]
SCIPYS = [plain_op(f"scipy_{name}", scipy_fft(name)) for name in NAMES]
for forth, back, to_half, from_half in (NUMPYS, SCIPYS):
    symmetric(forth), symmetric(back), halves(to_half, from_half)


def one_axis(op):
    """np.fft's function of one axis, said in our op, which takes no `out`."""

    @composite(getattr(np.fft, op.__name__))
    def _(a, n=None, axis=-1, norm=None, out=None):
        return op(without(out, operand(a)), n=n, axis=axis, norm=norm)


def without(out, x):
    """x; an array `out` to write into is refused."""
    if out is not None:
        raise writes("out= of a Fourier transform", "y = np.fft.fft(x), which makes a new array")
    return x


for op in NUMPYS:
    one_axis(op)


@composite(np.fft.hfft)
def _(a, n=None, axis=-1, norm=None, out=None):
    return irfft(conjugated(without(out, operand(a))), n=n, axis=axis, norm=OTHER_SIDE[norm])


@composite(np.fft.ihfft)
def _(a, n=None, axis=-1, norm=None, out=None):
    return conjugated(rfft(without(out, operand(a)), n=n, axis=axis, norm=OTHER_SIDE[norm]))


# ---- several axes, one after the other -------------------------------------------------------------------------------


def sizes_and_axes(a, s, axes, real_output=False):
    """A length for each axis to transform, and the axes."""
    if axes is None:
        axes = range(-len(s), 0) if s is not None else range(ndim(a))
    axes = list(axes)
    have = [shape(a)[i] for i in axes]
    if s is None:
        s = have[:-1] + [2 * (have[-1] - 1)] if real_output else have
    return [h if n == -1 else n for n, h in zip(s, have, strict=True)], axes


def over_axes(name, first=None, last=None):
    """np.fft.{name}n and np.fft.{name}2: `first` over the last axis, then the complex one; or that, then `last`."""
    transform = ifft if "i" in name else fft

    def says(a, s=None, axes=None, norm=None, out=None):
        a = without(out, operand(a))
        s, axes = sizes_and_axes(a, s, axes, real_output=last is not None)
        steps = list(zip(s, axes, strict=True))
        end = steps.pop() if first or last else None
        if first:
            a = first(a, n=end[0], axis=end[1], norm=norm)
        for n, axis in steps if last else reversed(steps):
            a = transform(a, n=n, axis=axis, norm=norm)
        return last(a, n=end[0], axis=end[1], norm=norm) if last else a

    def says_2(a, s=None, axes=(-2, -1), norm=None, out=None):
        return says(a, s, axes, norm, out)

    composite(getattr(np.fft, f"{name}n"))(says)
    composite(getattr(np.fft, f"{name}2"))(says_2)


over_axes("fft"), over_axes("ifft")
over_axes("rfft", first=rfft), over_axes("irfft", last=irfft)


@composite(np.fft.fftshift)
def _(x, axes=None):
    return shifted(x, axes, 1)


@composite(np.fft.ifftshift)
def _(x, axes=None):
    return shifted(x, axes, -1)


def shifted(x, axes, sign):
    """x rolled by half of each axis: by n // 2 forth, and back again."""
    x = operand(x)
    axes = tuple(range(ndim(x))) if axes is None else axes if isinstance(axes, (int, np.integer)) else tuple(axes)
    half = lambda axis: sign * (shape(x)[axis] // 2)
    return np.roll(x, half(axes) if not isinstance(axes, tuple) else tuple(map(half, axes)), axes)


# ---- what a transform costs: 5 n log2(n) flops, and half of them where one side is real ------------------------------


def transform_flops(like, n, axis, share=5):
    """For the rows of `like`, each transformed with n points."""
    return share * (size(like) // max(shape(like)[axis], 1)) * n * log2(max(n, 1))


# fmt: off
flops(*NUMPYS[:2], *SCIPYS[:2],
      value=lambda y, x, n=None, axis=-1, norm=None: transform_flops(y, shape(y)[axis], axis))
flops(rfft, SCIPYS[2],
      value=lambda y, x, n=None, axis=-1, norm=None: transform_flops(y, n or shape(x)[axis], axis, 2.5),
      pull=lambda y, x, n=None, axis=-1, norm=None: transform_flops(y, n or shape(x)[axis], axis, 2.5) + size(y))
flops(irfft, SCIPYS[3],
      value=lambda y, x, n=None, axis=-1, norm=None: transform_flops(y, shape(y)[axis], axis, 2.5),
      pull=lambda y, x, n=None, axis=-1, norm=None: transform_flops(y, shape(y)[axis], axis, 2.5)
           + size(y) // max(shape(y)[axis], 1) * (shape(y)[axis] // 2 + 1))
# fmt: on
