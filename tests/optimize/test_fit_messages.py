"""What is said of a call of dr.fit that cannot be meant: the name of the argument, and what to write."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError

X = np.linspace(0.0, 3.0, 12)
Y = 1.0 + 2.0 * X


def line(x, a, b):
    return a + b * x


def without_return(x, a, b):
    a + b * x


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("p0", r"p0= is no argument of fit: give the starts by name, a=1.0, or start=\{'a': 1.0\}"),
        ("jac", "jac= is no argument of fit: leave it out: the Jacobian is exact"),
        ("callback", "callback= is no argument of fit: dr.least_squares takes a callback"),
        ("xerr", "xerr= is no argument of fit: errors in x are not part of least squares"),
        ("yerr", "yerr= is no argument of fit: write sigma="),
        ("maxfev", "write max_nfev="),
    ],
)
def test_words_of_other_libraries(word, message):
    with pytest.raises(InputError, match=message):
        dr.fit(line, X, Y, a=0.0, b=0.0, **{word: 1.0})


def test_they_may_be_parameters_of_a_model():
    fit = dr.fit(lambda x, p0, jac: p0 + jac * x, X, Y, p0=0.0, jac=0.0)
    assert fit.params == pytest.approx({"p0": 1.0, "jac": 2.0})


@pytest.mark.parametrize("name", ["mask", "own", "derivative", "nan_policy", "method", "sigma", "x", "y"])
def test_a_parameter_with_the_name_of_an_argument_goes_through_start(name):
    model = {"mask": lambda t, mask: mask * t, "own": lambda t, own: own * t, "x": lambda t, x: x * t}
    model |= {"derivative": lambda t, derivative: derivative * t, "nan_policy": lambda t, nan_policy: nan_policy * t}
    model |= {"method": lambda t, method: method * t, "sigma": lambda t, sigma: sigma * t, "y": lambda t, y: y * t}
    with pytest.raises(
        InputError, match=rf"a parameter {name}, a name of an argument of fit: start=\{{'{name}': \.\.\.\}}"
    ):
        dr.fit(model[name], X, 2 * X)
    assert dr.fit(model[name], X, 2 * X, start={name: 1.0}).params[name] == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["x", "y", "model"])
def test_a_parameter_with_the_name_of_the_data(name):
    with pytest.raises(InputError, match=rf"a parameter {name} has the name of an argument of fit: start=\{{'{name}'"):
        dr.fit(lambda t, **p: p[name] * t, X, Y, **{name: 1.0})
    assert dr.fit(model=line, x=X, y=Y, a=0.0, b=0.0).params["b"] == pytest.approx(2.0)


def test_models_that_cannot_be_fitted():
    with pytest.raises(InputError, match=r"takes \*p, and a fit needs names: write def model\(x, a, b\)"):
        dr.fit(lambda x, *p: p[0] + p[1] * x, X, Y, a=1.0)
    with pytest.raises(InputError, match="without_return returned None: does it end with return"):
        dr.fit(without_return, X, Y, a=1.0, b=1.0)
    with pytest.raises(InputError, match="x is an array of dtype datetime64"):
        dr.fit(line, np.arange(12).astype("datetime64[D]"), Y, a=1.0, b=1.0)
    with pytest.raises(InputError, match=r"x is an array of dtype <U1.*\.astype\(float\)"):
        dr.fit(line, np.array(list("abcdefghijkl")), Y, a=1.0, b=1.0)
