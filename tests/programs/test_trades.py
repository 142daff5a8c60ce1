"""Ordinary NumPy programs of many trades, differentiated unmodified, against differences of their values."""

from functools import partial

import numpy as np
import pytest

import dualrev as dr
from tests.ops.referee import difference, jacobian
from tests.programs.trades import PROGRAMS

near = partial(difference, h=2e-4)  # no kink is so near
each = pytest.mark.parametrize("name", PROGRAMS)


@each
def test_the_value_is_numpys_own(name):
    f, x = PROGRAMS[name]
    value, _ = dr.value_and_grad(f)(x)
    assert value == f(x)
    assert dr.jvp(f, (x,), (np.ones_like(x),))[0] == f(x)


@each
def test_the_gradient_in_both_modes(name):
    f, x = PROGRAMS[name]
    want = jacobian(near, f, (x,)).ravel()
    scale = np.abs(want).max()
    np.testing.assert_allclose(dr.grad(f)(x), want, rtol=0, atol=1e-9 * scale)
    np.testing.assert_allclose(dr.jacobian(f, mode="forward")(x), dr.grad(f)(x), rtol=0, atol=1e-13 * scale)


@each
def test_the_hessian_is_the_derivative_of_the_gradient(name):
    f, x = PROGRAMS[name]
    v = np.cos(np.arange(1.0, x.size + 1))
    want = near(dr.grad(f), (x,), (v,))
    np.testing.assert_allclose(dr.hvp(f, x, v), np.ravel(want), rtol=0, atol=1e-8 * max(np.abs(want).max(), 1e-300))
