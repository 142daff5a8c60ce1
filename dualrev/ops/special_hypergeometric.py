"""Hypergeometric functions, in the argument; none in their parameters is known here. Source: DLMF 13.3, 15.5."""

import numpy as np
import scipy.special as sc

from .special_precision import elementwise

# fmt: off
elementwise(sc.hyp0f1, None,             lambda y, b, z: sc.hyp0f1(b + 1, z) / b)
elementwise(sc.hyp1f1, None, None,       lambda y, a, b, z: a / b * sc.hyp1f1(a + 1, b + 1, z))
elementwise(sc.hyp2f1, None, None, None, lambda y, a, b, c, z: a * b / c * sc.hyp2f1(a + 1, b + 1, c + 1, z))
elementwise(sc.hyperu, None, None,       lambda y, a, b, z: -a * sc.hyperu(a + 1, b + 1, z))

elementwise(sc.wright_bessel,     None, None, lambda y, a, b, x: sc.wright_bessel(a, a + b, x))
elementwise(sc.log_wright_bessel, None, None, lambda y, a, b, x: np.exp(sc.log_wright_bessel(a, a + b, x) - y))

elementwise(sc.wrightomega, lambda w, x: w / (1 + w))
# fmt: on
