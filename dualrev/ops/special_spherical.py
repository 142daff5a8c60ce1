"""Spherical Bessel functions, in the argument. Source: DLMF 10.51."""

import numpy as np
import scipy.special as sc

from .special_precision import count_as_one, elementwise, scipys

spherical_jn, spherical_yn, spherical_in, spherical_kn = (
    scipys(f) for f in (sc.spherical_jn, sc.spherical_yn, sc.spherical_in, sc.spherical_kn)
)


def neighbours(f, n, x, sign):
    """(n f_{n-1} + sign (n+1) f_{n+1}) / (2n+1), regular at 0; the first is absent where n is 0."""
    return (n * f(np.abs(n - 1), x) + sign * (n + 1) * f(n + 1, x)) / (2 * n + 1)


# fmt: off
elementwise(spherical_jn, None, lambda y, n, x: neighbours(spherical_jn, n, x, -1))
elementwise(spherical_yn, None, lambda y, n, x: neighbours(spherical_yn, n, x, -1))
elementwise(spherical_in, None, lambda y, n, x: neighbours(spherical_in, n, x, 1))
elementwise(spherical_kn, None, lambda y, n, x: -neighbours(spherical_kn, n, x, 1))
# fmt: on
count_as_one(spherical_jn, spherical_yn, spherical_in, spherical_kn)
