"""Real and imaginary part, conjugate and modulus: linear over the reals, so that J^T is the plain transpose.

A cotangent g of a complex z means dL = Re(g dz): the gradient of a real loss is the conjugate of dL / dz.
"""

import numpy as np

from ..cotangents import deposit
from ..dispatch import ON_COMPLEX, primitive
from ..registry import OPS, composite, differential, flops, kinked, linear
from ..shapes import full, size
from ..traced import Tracer, operand, value
from .kinks import is_zero, modulus_at_tip, nonzero, over_length, slope_of_length, two_sided
from .own_value import exactly


def is_complex(x):
    return np.iscomplexobj(value(x))


@primitive
def complexed(x):
    """x as complex numbers."""
    x = np.asanyarray(x)
    return x.astype(np.result_type(x.dtype, np.complex64))[()]


@primitive
def real_part(z):
    return np.real(z)


@primitive
def imaginary_part(z):
    return np.imag(z)


@primitive
def conjugated(z):
    return np.conjugate(z)


@primitive
def modulus(z):
    return np.absolute(z)


# fmt: off
linear(complexed)(     lambda z, x, /: (complexed,      real))
linear(real_part)(     lambda x, z, /: (real_part,      lambda ct: complexed(real(ct))))
linear(imaginary_part)(lambda y, z, /: (imaginary_part, lambda ct: -1j * complexed(real(ct))))
linear(conjugated)(    lambda w, z, /: (conjugated,     conjugated))
differential(modulus)( lambda y, z, /: along(z, y))

flops(complexed, real_part, conjugated, value=0)
flops(imaginary_part, value=0, pull=lambda y, z: size(z))
flops(modulus, shared=lambda y, z: size(z), push=lambda y, z: 2 * size(z), pull=lambda y, z: 2 * size(z))
# fmt: on


def at_tip(pull):
    """The pull of the modulus, which knows its tip."""

    def of_modulus(ct, line, cts, own, sweep):
        _, i, z, y = line
        if not isinstance(y, Tracer):
            return pull(ct, line, cts, own, sweep)
        return deposit(cts, own, i, over_length(real(full(ct, sweep.lead, y)), conjugated(z), y), True)

    return of_modulus


def along(z, y):
    """d|z| = Re(conj(z) dz) / |z|."""
    if isinstance(y, Tracer):
        return lambda dz: real_part(slope_of_length(conjugated(z), y) * dz)
    inverse = 1 / nonzero(y)
    return lambda dz: real_part(conjugated(z) * dz) * inverse


OPS[modulus].pull = at_tip(OPS[modulus].pull)
kinked(modulus, lambda z: two_sided(is_zero, modulus_at_tip, z))


def conj(z):
    """The conjugate of z; a real one as it is."""
    return conjugated(z) if is_complex(z) else z


def real(z):
    """The real part of z, without a step on the tape where z is real."""
    return real_part(z) if is_complex(z) else z


def complex_beside(y, x):
    """x as complex numbers where y is complex."""
    return complexed(x) if is_complex(y) and not is_complex(x) else x


composite(np.real)(lambda val: real(operand(val)))


@composite(np.imag)
def _(val):
    z = operand(val)
    return imaginary_part(z) if is_complex(z) else np.zeros_like(z)


@composite(np.angle)
def _(z, deg=False):
    angle = np.arctan2(np.imag(z), np.real(z))
    return angle * (180 / np.pi) if deg else angle


def direction(z):
    """z / |z|, and 0 where z is 0."""
    return exactly(np.where(value(z) == 0, 0, z / complexed(nonzero(modulus(z)))), value(z), func=np.sign, arguments={})


ON_COMPLEX |= {np.absolute: modulus, np.conjugate: conjugated, np.sign: direction}
