"""Spherical Bessel functions, in the argument. Source: DLMF 10.51."""

import numpy as np
import scipy.special as sc

from .special_precision import count_as_one, elementwise, primitive

spherical_jn, spherical_yn, spherical_in, spherical_kn = (
    primitive(f) for f in (sc.spherical_jn, sc.spherical_yn, sc.spherical_in, sc.spherical_kn)
)


def slope(f, n, x):
    """The derivative in x, from the two neighbouring orders, regular at 0: the lower one is absent where n is 0."""
    below, above = n * f(np.abs(n - 1), x), (n + 1) * f(n + 1, x)
    if f is spherical_kn:
        return -(below + above) / (2 * n + 1)
    return (below + above if f is spherical_in else below - above) / (2 * n + 1)


# fmt: off
elementwise(spherical_jn, None, lambda y, n, x: slope(spherical_jn, n, x))
elementwise(spherical_yn, None, lambda y, n, x: slope(spherical_yn, n, x))
elementwise(spherical_in, None, lambda y, n, x: slope(spherical_in, n, x))
elementwise(spherical_kn, None, lambda y, n, x: slope(spherical_kn, n, x))
# fmt: on
count_as_one(spherical_jn, spherical_yn, spherical_in, spherical_kn)
