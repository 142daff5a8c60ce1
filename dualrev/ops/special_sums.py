"""Sums of exponentials, and Lambert's W: functions of SciPy that are no ufuncs."""

import numpy as np
import scipy.special as sc

from ..dispatch import primitive as dispatching
from ..registry import flops, reduction
from ..shapes import size
from . import special_precision
from .slopes import softmax
from .special_precision import count_as_one, elementwise, primitive


@dispatching
def logsumexp(x, axis=None, keepdims=False):
    """log(sum(exp(x))) over the axes, as scipy.special.logsumexp computes it."""
    return special_precision.computed(lambda x: sc.logsumexp(x, axis=axis, keepdims=keepdims), (np.asarray(x),))


@primitive
def lambert_w(k, z):
    """The real branches, k = 0 and k = -1, of the function W with W exp(W) = z; nan where W is complex."""
    w = np.where(k == 0, sc.lambertw(z), sc.lambertw(z, -1))
    return np.where(w.imag == 0, w.real, np.nan)


# fmt: off
reduction(logsumexp,         lambda y, x, axes: softmax(x, axes))
elementwise(lambert_w, None, lambda w, k, z: np.exp(-w) / (1 + w))
# fmt: on
flops(logsumexp, value=lambda y, x, **_: size(x))
count_as_one(lambert_w)
