"""Robust losses: SciPy's own formulas are the referee for rho, central differences for psi."""

import numpy as np
import pytest
from scipy.optimize._lsq.least_squares import IMPLEMENTED_LOSSES

from dualrev.errors import InputError
from dualrev.optimize.losses import LOSSES, half_loss, influence, loss_named

R = np.array([-4.0, -0.7, 0.0, 0.3, 0.9, 5.0])


def test_every_loss_of_scipy_has_its_name():
    assert set(LOSSES) == set(IMPLEMENTED_LOSSES)


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"linear"}))
@pytest.mark.parametrize("f_scale", [0.5, 2.0])
def test_influence_is_made_of_the_derivatives_that_scipy_has(name, f_scale):
    z = (R / f_scale) ** 2
    rho = np.empty((3, len(z)))
    IMPLEMENTED_LOSSES[name](z, rho, cost_only=False)
    psi, slope = influence(name, R, f_scale)
    np.testing.assert_allclose(half_loss(name, R, f_scale), f_scale**2 * rho[0] / 2, rtol=1e-13)
    np.testing.assert_allclose(psi, rho[1] * R, rtol=1e-13)
    np.testing.assert_allclose(slope, rho[1] + 2 * z * rho[2], rtol=1e-12, atol=1e-15)


def test_the_linear_loss_is_half_a_square():
    psi, slope = influence("linear", R, 3.0)
    assert (psi == R).all() and (slope == 1).all()
    np.testing.assert_allclose(half_loss("linear", R, 3.0), R**2 / 2, rtol=1e-15)


@pytest.mark.parametrize("name", ["l1", "", None, lambda z: z])
def test_unknown_losses_are_refused(name):
    with pytest.raises(InputError, match="write one of 'linear', 'soft_l1', 'huber', 'cauchy', 'arctan'"):
        loss_named(name)
