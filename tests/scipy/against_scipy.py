"""The referee of dualrev.scipy: SciPy's own values, to the last bit, and differences of them."""

import numpy as np

import dualrev as dr
from dualrev.tree import flatten
from tests.ops.referee import difference, jacobian, leaves


def parts(y):
    """The arrays of a result, complex ones as real and imaginary part; integers are no result to differentiate."""
    found = []
    for leaf in flatten(y)[0]:
        plain = np.asarray(dr.value(leaf))
        if plain.dtype.kind in "fc":
            found += [np.real(leaf), np.imag(leaf)] if plain.dtype.kind == "c" else [leaf]
    return tuple(found)


def assert_as_scipy(f, mine, scipys, xs, tolerance=1e-9):
    """f(module, *xs) has SciPy's value, and in both modes the derivative of what SciPy computes."""
    same = lambda *xs: parts(f(mine, *xs))
    want = jacobian(difference, lambda *xs: parts(f(scipys, *xs)), xs)
    values = leaves(parts(f(scipys, *xs)))
    scale = max(1.0, np.max(np.abs(want), initial=0.0))
    for mode in ("forward", "reverse"):
        J = dr.jacobian(same, tuple(range(len(xs))), mode=mode)(*xs)
        rows = [
            np.concatenate([np.reshape(b, (y.size, -1)) for b in row], axis=1) for row, y in zip(J, values, strict=True)
        ]
        np.testing.assert_allclose(np.concatenate(rows), want, rtol=0, atol=tolerance * scale, err_msg=mode)
    for traced in (dr.jvp(same, xs, xs)[0], dr.vjp(same, *xs)[0]):
        for got, value in zip(leaves(traced), values, strict=True):
            assert (got.dtype, got.shape) == (value.dtype, value.shape)
            np.testing.assert_array_equal(got, value, strict=True)


def refused(f, xs):
    """The message with which f refuses, the same in both modes."""
    messages = set()
    for run in (lambda: dr.vjp(f, *xs), lambda: dr.jvp(f, xs, xs)):
        try:
            run()
        except dr.DualrevError as error:
            messages.add(str(error))
        else:
            messages.add("not refused")
    (message,) = messages
    return message
