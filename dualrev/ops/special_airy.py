"""Airy and parabolic cylinder functions: each comes with its own derivative, and the next is told by its equation."""

import scipy.special as sc

from ..registry import composite
from .special_precision import count_as_one, elementwise, part

airy_ai, airy_aip = part(sc.airy, 0, "airy_ai"), part(sc.airy, 1, "airy_aip")
airy_bi, airy_bip = part(sc.airy, 2, "airy_bi"), part(sc.airy, 3, "airy_bip")
parabolic_d, parabolic_dp = part(sc.pbdv, 0, "parabolic_d"), part(sc.pbdv, 1, "parabolic_dp")
parabolic_v, parabolic_vp = part(sc.pbvv, 0, "parabolic_v"), part(sc.pbvv, 1, "parabolic_vp")

# fmt: off
elementwise(airy_ai,      lambda y, x: airy_aip(x))
elementwise(airy_aip,     lambda y, x: x * airy_ai(x))
elementwise(airy_bi,      lambda y, x: airy_bip(x))
elementwise(airy_bip,     lambda y, x: x * airy_bi(x))
elementwise(parabolic_d,  None, lambda y, v, x: parabolic_dp(v, x))
elementwise(parabolic_dp, None, lambda y, v, x: (0.25 * x * x - v - 0.5) * parabolic_d(v, x))
elementwise(parabolic_v,  None, lambda y, v, x: parabolic_vp(v, x))
elementwise(parabolic_vp, None, lambda y, v, x: (0.25 * x * x - v - 0.5) * parabolic_v(v, x))
# fmt: on
count_as_one(airy_ai, airy_aip, airy_bi, airy_bip, parabolic_d, parabolic_dp, parabolic_v, parabolic_vp)

composite(sc.airy)(lambda z: (airy_ai(z), airy_aip(z), airy_bi(z), airy_bip(z)))
composite(sc.pbdv)(lambda v, x: (parabolic_d(v, x), parabolic_dp(v, x)))
composite(sc.pbvv)(lambda v, x: (parabolic_v(v, x), parabolic_vp(v, x)))
