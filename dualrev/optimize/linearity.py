"""Is a function affine in its argument? Read off its derivative: J v must not depend on the argument."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from ..boundary import first
from ..forward.jvp import jvp
from ..reverse.vjp import Recording


def is_affine(f: Callable[[Any], Any], x: ndarray) -> bool:
    """True if the recorded derivative of f along a direction does not depend on x; f takes a flat vector.

    Piecewise linear functions (abs, where) look affine from one point; compare values far away as well.

    >>> import numpy as np
    >>> is_affine(lambda p: p[0] + p[1] * np.arange(3.0), np.ones(2)), is_affine(lambda p: np.exp(p), np.ones(2))
    (True, False)
    """
    v = np.cos(np.arange(1.0, x.size + 1) ** 2)
    slope = Recording(lambda z: jvp(f, (z,), (v,))[1], [x], [(first, 1)])
    return all(index is None for index in slope.indices)
