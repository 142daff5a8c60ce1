"""Residual functions that fill arrays, by `from dualrev import numpy as np` and by np.zeros_like(x), in both modes."""

import numpy
import pytest

import dualrev as dr
from dualrev import numpy as np
from tests.numpy.random_writes import Complex, Like
from tests.numpy.residuals import RESIDUALS

SPACES = {"dualrev.numpy": lambda x: np, "zeros_like": Like}
each = pytest.mark.parametrize("case", RESIDUALS, ids=lambda case: case[0].__name__)


def complex_step(f, x, h=1e-40):
    return numpy.stack([f(Complex(), x + 1j * h * e).imag / h for e in numpy.eye(x.size)], axis=-1)


def test_there_are_enough():
    assert len(RESIDUALS) >= 53 and len({f.__name__ for f, _ in RESIDUALS}) == len(RESIDUALS)


@pytest.mark.parametrize("space", SPACES)
@each
def test_jacobian(case, space):
    f, x = case[0], numpy.array(case[1])
    want = complex_step(f, x)
    scale = 1e-13 * numpy.abs(want).max()
    for mode in ("forward", "reverse"):
        got = dr.jacobian(lambda x: f(SPACES[space](x), x), mode=mode)(x)
        numpy.testing.assert_allclose(got, want, rtol=1e-12, atol=scale)
    numpy.testing.assert_array_equal(x, case[1])


@pytest.mark.parametrize("space", SPACES)
@each
def test_value_is_numpys_own(case, space):
    f, x = case[0], numpy.array(case[1])
    want = f(numpy, x.copy())
    for got in (f(np, x.copy()), dr.vjp(lambda x: f(SPACES[space](x), x), x)[0]):
        assert type(numpy.asarray(got)[()]) is type(want[()]) and numpy.array_equal(got, want)


@each
def test_hessian_of_the_sum_of_squares(case):
    f, x = case[0], numpy.array(case[1])
    size = numpy.sum(f(numpy, x.copy()) ** 2)
    loss = lambda x: numpy.sum(f(np, x) ** 2) / size
    gradient = lambda x: complex_step(lambda space, x: numpy.sum(f(space, x) ** 2) / size, x)
    steps = 1e-5 * numpy.diag(numpy.abs(x))
    want = numpy.stack([(gradient(x + e) - gradient(x - e)) / (2 * e.sum()) for e in steps], axis=-1)
    numpy.testing.assert_allclose(
        dr.hessian(loss)(x) * numpy.outer(x, x), want * numpy.outer(x, x), rtol=1e-5, atol=1e-5
    )
