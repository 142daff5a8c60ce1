"""Orthogonal polynomials, in x. The derivative of each is one of the next family, of one degree less.

Source: DLMF 18.9.15 to 18.9.27.
"""

import numpy as np
import scipy.special as sc

from ..registry import elementwise, flops
from ..shapes import size
from ..traced import value


def below(f, n, *args):
    """The polynomial of degree n - 1, which is zero where n is 0."""
    if type(n) is int or type(n) is float:
        return f(n - 1, *args) if n else np.zeros_like(args[-1])
    zero = value(n) == 0
    found = f(np.where(zero, 0, n - 1), *args)
    return np.where(zero, np.zeros_like(found), found)


# fmt: off
elementwise(sc.eval_legendre,      None, lambda y, n, x: below(sc.eval_gegenbauer, n, 1.5, x))
elementwise(sc.eval_chebyt,        None, lambda y, n, x: n * below(sc.eval_chebyu, n, x))
elementwise(sc.eval_chebyu,        None, lambda y, n, x: 2 * below(sc.eval_gegenbauer, n, 2.0, x))
elementwise(sc.eval_chebyc,        None, lambda y, n, x: n * below(sc.eval_chebys, n, x))
elementwise(sc.eval_chebys,        None, lambda y, n, x: below(sc.eval_gegenbauer, n, 2.0, 0.5 * x))
elementwise(sc.eval_hermite,       None, lambda y, n, x: 2 * n * below(sc.eval_hermite, n, x))
elementwise(sc.eval_hermitenorm,   None, lambda y, n, x: n * below(sc.eval_hermitenorm, n, x))
elementwise(sc.eval_laguerre,      None, lambda y, n, x: -below(sc.eval_genlaguerre, n, 1.0, x))
elementwise(sc.eval_sh_legendre,   None, lambda y, n, x: 2 * below(sc.eval_gegenbauer, n, 1.5, 2 * x - 1))
elementwise(sc.eval_sh_chebyt,     None, lambda y, n, x: 2 * n * below(sc.eval_sh_chebyu, n, x))
elementwise(sc.eval_sh_chebyu,     None, lambda y, n, x: 4 * below(sc.eval_gegenbauer, n, 2.0, 2 * x - 1))
elementwise(sc.eval_genlaguerre,   None, None, lambda y, n, a, x: -below(sc.eval_genlaguerre, n, a + 1, x))
elementwise(sc.eval_gegenbauer,    None, None, lambda y, n, a, x: 2 * a * below(sc.eval_gegenbauer, n, a + 1, x))
elementwise(sc.eval_jacobi,        None, None, None,
            lambda y, n, a, b, x: 0.5 * (n + a + b + 1) * below(sc.eval_jacobi, n, a + 1, b + 1, x))
elementwise(sc.eval_sh_jacobi,     None, None, None,
            lambda y, n, p, q, x: n * below(sc.eval_sh_jacobi, n, p + 2, q + 1, x))
# fmt: on
flops(sc.eval_hermite, sc.eval_hermitenorm, shared=lambda y, n, x: (0, 2 * size(y)))
