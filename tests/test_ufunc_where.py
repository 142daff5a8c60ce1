"""A ufunc's where=: NumPy computes nothing where the mask is False, and nothing of it gets into a derivative."""

import warnings

import numpy as np
import pytest

import dualrev as dr

X = np.array([2.0, 0.0, -1.0, 0.5])
ON = np.array([True, False, False, True])

# Each with a point at which the slope of what is left out is infinite or nan.
MASKED = {
    "divide": lambda x: np.divide(1.0, x, where=ON, out=np.zeros_like(x)),
    "divide by a number": lambda x: np.divide(x, x[0] - 2.0, where=~ON[0], out=x * x),
    "log": lambda x: np.log(x, where=ON, out=np.zeros_like(x)),
    "sqrt": lambda x: np.sqrt(x, where=ON, out=x * x),
    "power": lambda x: np.power(x, x, where=ON, out=np.ones_like(x)),
    "reciprocal in place": lambda x: np.reciprocal(y := x * 1.0, where=ON, out=y),
    "arctanh": lambda x: np.arctanh(x, where=[False, False, False, True], out=np.zeros_like(x)),
    "arctan2": lambda x: np.arctan2(x, x[1:2], where=ON, out=np.zeros_like(x)),
    "logaddexp": lambda x: np.logaddexp(x, np.where(ON, x, -np.inf) * 1.0, where=ON, out=np.zeros_like(x)),
    "rows": lambda x: np.divide(x, x[:, None], where=ON[:, None], out=np.zeros_like(x, shape=(4, 4))),
    "mask of one row": lambda x: np.divide(1.0, np.stack([x, x]), where=ON, out=np.zeros_like(x, shape=(2, 4))),
    "wider out": lambda x: np.log(x, where=ON, out=np.zeros_like(x, shape=(2, 4))),
    "two results": lambda x: np.divmod(x, x, where=ON, out=(np.zeros_like(x), np.ones_like(x)))[1],
    "nothing": lambda x: np.divide(1.0, x, where=np.zeros(4, bool), out=x * 3.0),
    "a number": lambda x: np.log(x[0], where=True),
    "sum": lambda x: np.sum(x * x, where=ON),
    "mean": lambda x: np.mean(x * x, where=ON),
    "prod": lambda x: np.prod(x * x, where=ON),
    "max": lambda x: np.max(x * x, where=ON, initial=-9.0),
    "min": lambda x: np.min(x * x, where=ON, initial=9.0),
    "var": lambda x: np.var(x * x, where=ON),
    "std": lambda x: np.std(x * x, where=ON, ddof=1),
    "add.reduce": lambda x: np.add.reduce(x * x, where=ON),
    "method": lambda x: (x * x).sum(where=ON),
}


def on_mask(f):
    """f at X by finite differences: what is left out does not move."""
    h = 1e-6
    return np.stack([(f(X + h * e) - f(X - h * e)) / (2 * h) for e in np.eye(4)], axis=-1)


@pytest.mark.parametrize("f", MASKED.values(), ids=MASKED)
def test_nothing_is_differentiated_where_nothing_is_computed(f):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        want = f(X)
        for mode in ("forward", "reverse"):
            J = dr.jacobian(f, mode=mode)(X)
            np.testing.assert_allclose(J, on_mask(f), atol=1e-7)
        y, _ = dr.vjp(f, X)
        np.testing.assert_array_equal(y, want)
        assert np.shape(y) == np.shape(want)


@pytest.mark.parametrize("f", MASKED.values(), ids=MASKED)
def test_second_order(f):
    def slope(x):
        return np.sum(dr.vjp(f, x)[1](np.ones(np.shape(f(X))))[0] * np.arange(1.0, 5.0))

    want = on_mask(lambda x: np.sum(dr.vjp(f, x)[1](np.ones(np.shape(f(X))))[0] * np.arange(1.0, 5.0)))
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(slope, mode=mode)(X), want, atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std"])
def test_a_reduction_leaves_out_what_is_not_finite(name, bad):
    x = np.where(ON, X, bad)
    f = lambda x: getattr(np, name)(x * 2.0, where=ON, **({"initial": 0.5} if name in ("max", "min") else {}))
    with np.errstate(all="ignore"):
        want = f(x)
        clean = dr.grad(f)(np.where(ON, X, 1.0))
        for mode in ("forward", "reverse"):
            assert np.array_equal(dr.jacobian(f, mode=mode)(x), clean)
            assert np.isfinite(dr.jacobian(dr.grad(f), mode=mode)(x)).all()
    assert dr.value_and_grad(f)(x)[0] == want


def test_without_an_array_to_write_into_the_rest_has_no_meaning():
    with pytest.raises(dr.errors.InputError, match=r"np.sqrt\(..., where=mask\).*out=np.zeros_like"):
        dr.grad(lambda x: np.sum(np.sqrt(x, where=ON)))(X)


def test_a_mask_is_of_booleans_as_in_numpy():
    with pytest.raises(TypeError, match="Cannot cast"):
        dr.grad(lambda x: np.sum(np.sqrt(x, where=[1, 0, 0, 1], out=np.zeros_like(x))))(X)
