"""Pickles and copies of what fitting returns: all numbers, and the model where it is a function of a module."""

import copy
import json
import pickle

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError

X = np.linspace(0.0, 4.0, 20)
Y = 3 * np.exp(-1.3 * X) + 0.05 * np.cos(np.arange(20.0) ** 2)


def decay(x, a, b):
    return a * np.exp(-b * x)


def nll(p):
    return np.sum((decay(X, **p) - Y) ** 2) / 0.005


def half(p):
    return p["a"] / 2


MADE = {
    "fit": lambda: dr.fit(decay, X, Y, a=1.0, b=1.0),
    "lambda": lambda: dr.fit(lambda x, a, b: a * np.exp(-b * x), X, Y, a=1.0, b=1.0),
    "linear": lambda: dr.fit(lambda x, a, b: a + b * x, X, Y, a=1.0, b=1.0),
    "tied": lambda: dr.fit(decay, X, Y, a=1.0, tie={"b": lambda p: p["a"] / 2}),
    "tied by def": lambda: dr.fit(decay, X, Y, a=1.0, tie={"b": half}),
    "regression": lambda: dr.linear_regression(X, Y),
    "likelihood": lambda: dr.fit_nll(nll, {"a": 1.0, "b": 1.0}),
    "lambda likelihood": lambda: dr.fit_nll(lambda p: nll(p), {"a": 1.0, "b": 1.0}),
    "minimum": lambda: dr.minimize(lambda p: nll(p), {"a": 1.0, "b": 1.0}),
    "squares": lambda: dr.least_squares(lambda p: decay(X, *p) - Y, [1.0, 1.0]),
    "undetermined": lambda: dr.fit(lambda x, a, b, c: a * x + c * x + b, X, Y, a=1.0, b=1.0, c=1.0),
}


def numbers(made):
    return {name: value for name, value in made.to_dict().items() if name != "counts"}  # which go on counting


BY_PICKLE = {"pickle": lambda x: pickle.loads(pickle.dumps(x)), "deepcopy": copy.deepcopy, "copy": copy.copy}


@pytest.mark.parametrize("way", BY_PICKLE)
@pytest.mark.parametrize("name", MADE)
def test_all_numbers_come_through(name, way):
    made = MADE[name]()
    again = BY_PICKLE[way](made)
    assert type(again) is type(made) and str(again) == str(made) and repr(again) == repr(made)
    assert numbers(again) == numbers(made)
    for attribute in ("cov", "residuals"):
        if hasattr(made, attribute) and name != "squares":
            np.testing.assert_array_equal(getattr(again, attribute), getattr(made, attribute))
    if hasattr(made, "confidence") and name != "squares":
        assert json.dumps(again.to_dict(), allow_nan=False)
        np.testing.assert_array_equal(list(again.confidence().values()), list(made.confidence().values()))


def test_a_model_of_a_module_comes_along_and_a_lambda_does_not():
    again = BY_PICKLE["pickle"](MADE["fit"]())
    assert again.model is decay
    np.testing.assert_array_equal(again.predict([1.0, 2.0]), MADE["fit"]().predict([1.0, 2.0]))
    assert again.profile("b").interval == pytest.approx(MADE["fit"]().profile("b").interval)
    for name in ("lambda", "tied"):
        lost = BY_PICKLE["pickle"](MADE[name]())
        assert lost.model is None
        with pytest.raises(InputError, match="lambda or a function inside a function"):
            lost.predict([1.0])
        with pytest.raises(InputError, match="did not come through the pickle"):
            lost.profile("a")
    assert BY_PICKLE["pickle"](MADE["tied by def"]()).derived(lambda p: p["b"]).value > 0
    assert BY_PICKLE["pickle"](MADE["likelihood"]()).profile("a").interval.lower < 3.0
    assert BY_PICKLE["deepcopy"](MADE["lambda"]()).predict([1.0]).shape == (1,)


@pytest.mark.parametrize("name", MADE)
def test_strict_json(name):
    json.dumps(MADE[name]().to_dict(), allow_nan=False)
    if name == "undetermined":
        assert MADE[name]().to_dict()["stderr"]["a"] is None


def test_joblib(tmp_path):
    joblib = pytest.importorskip("joblib")
    made = MADE["lambda"]()
    joblib.dump(made, tmp_path / "fit.joblib")
    assert joblib.load(tmp_path / "fit.joblib").to_dict()["cov"] == made.to_dict()["cov"]
