"""The referee of what goes through a solver: the same function in a closed form."""

import numpy as np

import dualrev as dr


def assert_derivatives(f, exact, x, tolerance=1e-9, second=True):
    """f has the Jacobian of `exact` at x in both modes, by K directions at once, and its second derivative."""
    want = dr.jacobian(exact)(x)
    scale = max(1.0, np.abs(want).max())
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x), want, rtol=0, atol=tolerance * scale, err_msg=mode)
    if second:
        want = dr.jacobian(dr.jacobian(exact))(x)
        for mode in ("forward", "reverse"):
            got = dr.jacobian(dr.jacobian(f, mode="reverse"), mode=mode)(x)
            np.testing.assert_allclose(got, want, rtol=0, atol=100 * tolerance * max(1.0, np.abs(want).max()))


def assert_value(f, plain, x):
    """The value of f is that of SciPy, to the last bit, traced or not."""
    for got in (f(x), dr.jvp(f, (x,), (x,))[0], dr.vjp(f, x)[0]):
        np.testing.assert_array_equal(got, plain(x))
