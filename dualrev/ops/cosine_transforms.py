"""Discrete cosine and sine transforms: scipy.fft's, of types 1 to 4.

Those that are made orthogonal are, up to a factor, and so their transpose is their inverse with the factor on the
other side. The others scale a first or last element by the square root of 2 before or after.

Source: Makhoul (1980), A fast cosine transform in one and two dimensions.
"""

from math import log2, sqrt

import numpy as np

from ..dispatch import primitive
from ..registry import flops, linear
from ..shapes import shape, size
from ..traced import value
from .fft import OTHER_SIDE, backwards, fitted

INVERSE = {"dct": "idct", "idct": "dct", "dst": "idst", "idst": "dst"}
TYPE_OF_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}

# The elements that are scaled by sqrt(2) before the transform, and by 1 / sqrt(2) after it, to make it orthogonal.
SCALED = {("c", 1): ((0, -1), (0, -1)), ("c", 2): ((), (0,)), ("c", 3): ((0,), ()),
          ("s", 2): ((), (-1,)), ("s", 3): ((-1,), ())}  # fmt: skip


@primitive
def cosine_transform(x, *, name, type=2, n=None, axis=-1, norm=None, orthogonalize=None):
    """scipy.fft's dct, idct, dst or idst of real numbers."""
    from scipy import fft

    return getattr(fft, name)(x, type, n, axis, norm, orthogonalize=orthogonalize)


@linear(cosine_transform)
def _(y, x, /, *, name, type=2, n=None, axis=-1, norm=None, orthogonalize=None):
    axis = backwards(axis, x)
    n, have = shape(y)[axis], shape(x)[axis]
    orthogonal = norm == "ortho" if orthogonalize is None else orthogonalize
    before, after = scales(y, n, axis, name, type) if not orthogonal else (1, 1)
    same = {"type": type, "n": n, "axis": axis}

    def JT(ct):
        g = cosine_transform(ct * after, name=INVERSE[name], norm=OTHER_SIDE[norm], orthogonalize=True, **same)
        return fitted(g * before, have, axis)

    return lambda dx: cosine_transform(dx, name=name, norm=norm, orthogonalize=orthogonalize, **same), JT


def scales(y, n, axis, name, type):
    """The factors that undo those by which a transform is made orthogonal, before and after it."""
    found = []
    kind = name[-2], TYPE_OF_INVERSE[type] if name[0] == "i" else type
    for places, factor in zip(SCALED.get(kind, ((), ())), (1 / sqrt(2), sqrt(2)), strict=True):
        factors = np.ones(n, value(y).dtype)
        factors[list(places)] = factor
        found.append(factors.reshape((-1,) + (1,) * (-axis - 1)))
    return found


def transform_flops(y, x, *, axis=-1, **_):
    return 2.5 * size(y) * log2(max(shape(y)[axis], 1))


def transposed_flops(y, x, *, norm=None, orthogonalize=None, **keywords):
    """As many, and a product before and after."""
    return transform_flops(y, x, **keywords) + 2 * size(y)


flops(cosine_transform, value=transform_flops, pull=transposed_flops)
