"""Sample calls of scipy.special's functions, family by family: dualrev/ops/special.py."""

from tests.ops.samples import special_bessel, special_error, special_gamma

SAMPLES = special_gamma.SAMPLES | special_error.SAMPLES | special_bessel.SAMPLES
