"""Is a function affine in its argument? Its derivative must not depend on the argument, and its values must agree."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from ..boundary import first
from ..forward.jvp import jvp
from ..reverse.vjp import Recording

FAR = (1.0, 1e3, 1e6)  # times the size of x: where values are looked at
NOISE = 1e-9  # relative to the terms of the sum: values further from the plane than that are off it


def is_affine(f: Callable[[Any], Any], x: ndarray) -> bool:
    """True if the recorded derivative of f does not depend on x, and values far away lie on the plane that it says.

    f takes a flat vector and gives a vector. The derivatives of abs, clip and where do not depend on x either, on one
    side of a kink: so values on both sides, near and far, are compared with the plane through f(x).

    >>> import numpy as np
    >>> t = np.arange(3.0)
    >>> is_affine(lambda p: p[0] + p[1] * t, np.ones(2)), is_affine(lambda p: np.exp(p), np.ones(2))
    (True, False)
    >>> is_affine(lambda p: p[0] + np.abs(p[1]) * t, np.ones(2))
    False
    """
    v = np.cos(np.arange(1.0, x.size + 1) ** 2) * (np.abs(x) + 1.0)
    slope = Recording(lambda z: jvp(f, (z,), (v,))[1], [x], [(first, 1)])
    if any(index is not None for index in slope.indices):
        return False
    rise = np.concatenate([flattened(y) for y in slope.values])
    here = flattened(f(x))
    return all(straight(f, x, far * v, here, far * rise) for far in FAR)


def straight(f: Callable[[Any], Any], x: ndarray, d: ndarray, here: ndarray, rise: ndarray) -> bool:
    """Is f(x + d) = here + rise, and f(x - d) = here - rise?"""
    try:
        with np.errstate(all="ignore"):
            high, low = flattened(f(x + d)), flattened(f(x - d))
    except Exception:  # an affine function is defined everywhere
        return False
    sizes = np.abs(here) + np.abs(rise)
    near = NOISE * (sizes + NOISE * sizes.max(initial=0.0))
    with np.errstate(invalid="ignore"):
        return bool((np.abs(high - here - rise) <= near).all() and (np.abs(here - low - rise) <= near).all())


def flattened(y: Any) -> ndarray:
    return np.ravel(np.asarray(y, np.float64))
