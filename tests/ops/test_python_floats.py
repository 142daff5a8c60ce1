"""Functions of arrays, of a float of Python: NumPy takes it, and so it may be traced."""

import numpy as np
import pytest

import dualrev as dr

SLOPES = {
    **dict.fromkeys((np.sum, np.mean, np.max, np.prod, np.median, np.nansum, np.nanmean, np.nanmax, np.nanmedian), 3.0),
    **dict.fromkeys((np.nanprod, np.flip, np.ravel, np.squeeze), 3.0),
    **dict.fromkeys((np.var, np.std, np.nanvar, np.nanstd), 0.0),
}


@pytest.mark.parametrize("func", SLOPES, ids=lambda func: func.__name__)
def test_of_a_float(func):
    f = lambda x: np.sum(func(x**3))
    want = SLOPES[func]
    value, slope = dr.jvp(f, (1.0,), (1.0,))
    assert (value, slope) == (f(1.0), want)
    assert dr.value_and_grad(f)(1.0) == (f(1.0), want)


def test_a_mask_of_a_float():
    assert dr.grad(lambda x: np.sum(x**2, where=True) + np.mean(x**2, where=np.True_))(1.5) == 6.0
