"""Special functions: SciPy's ufuncs, which dispatch as NumPy's do. Importing this module registers them all."""

from . import (
    special_airy,
    special_bessel,
    special_distributions,
    special_elementary,
    special_elliptic,
    special_error,
    special_gamma,
    special_hypergeometric,
    special_integrals,
    special_orthogonal,
    special_sums,
    special_voigt,
)
from .special_digamma import polygamma

__all__ = [
    "polygamma",
    "special_airy",
    "special_bessel",
    "special_distributions",
    "special_elementary",
    "special_elliptic",
    "special_error",
    "special_gamma",
    "special_hypergeometric",
    "special_integrals",
    "special_orthogonal",
    "special_sums",
    "special_voigt",
]
