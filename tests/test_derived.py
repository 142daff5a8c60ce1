"""Functions made from functions: pickled, copied, named, and refused at once where they cannot be."""

import copy
import functools
import inspect
import multiprocessing
import pickle
import sys

import numpy as np
import pytest

import dualrev as dr

MADE = {"grad": dr.grad, "value_and_grad": dr.value_and_grad, "jacobian": dr.jacobian, "hessian": dr.hessian}
X = np.array([1.0, 2.0])


def model(x, scale=1.0):
    """A cubic."""
    return np.sum(x**3) * scale


@dr.grad
def slope(x):
    return x**2


class Holder:
    def energy(self, x):
        return np.sum(x**2) * self.factor

    factor = 3.0
    force = dr.grad(energy, 1)


@pytest.mark.parametrize("name", MADE)
def test_pickled_and_copied(name):
    g = MADE[name](model)
    expected = pickle.dumps(g(X))
    for made in (pickle.loads(pickle.dumps(g)), copy.deepcopy(g), copy.copy(g)):
        assert pickle.dumps(made(X)) == expected
    made = pickle.loads(pickle.dumps(functools.partial(g, scale=2.0)))
    assert pickle.dumps(made(X)) == pickle.dumps(g(X, scale=2.0))


@pytest.mark.parametrize("name", MADE)
def test_names_docstring_and_signature(name):
    g = MADE[name](model)
    assert (g.__name__, g.__qualname__, g.__module__, g.__doc__) == ("model", "model", __name__, "A cubic.")
    assert g.__wrapped__ in (model, getattr(g, "f", None)) and inspect.signature(g) == inspect.signature(model)
    assert repr(g).startswith(f"<{name} of model")


def test_in_a_pool_of_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(dr.grad(model), [X, 2 * X])[1].tolist() == [12.0, 48.0]


def test_as_a_decorator_and_as_a_method():
    assert pickle.loads(pickle.dumps(slope)) is slope and slope(3.0) == 6.0 and copy.deepcopy(slope) is slope
    assert Holder().force(X).tolist() == [6.0, 12.0] and Holder.force(Holder(), X).tolist() == [6.0, 12.0]
    assert dr.grad(lambda self: self**2)(3.0) == 6.0


def test_a_lambda_is_refused_by_pickle_itself():
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(dr.grad(lambda x: x))


# ---- refused when the function is made -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MADE)
def test_a_point_in_place_of_argnums(name):
    transform = MADE[name]
    for point, said in ((2.0, "(2.0)"), (X, "(x)"), ([1.0, 2.0], "([1.0, 2.0])"), ((1.0, 2.0), ""), (True, "(x)")):
        with pytest.raises(dr.InputError) as error:
            transform(model, point)
        assert f"write dr.{name}(model){said}" in str(error.value)


@pytest.mark.parametrize("name", MADE)
def test_argnums_that_no_call_could_have(name):
    for argnums in (2, -3, (0, 5), (0, 0), "x"):
        with pytest.raises(dr.InputError, match="argnums"):
            MADE[name](model, argnums)
    with pytest.raises(dr.InputError, match="argnums=1, but f takes 1 positional argument:"):

        def f(x, *, k):
            return x * k

        MADE[name](f, 1)
    MADE[name](lambda *x: x[7], 7), MADE[name](np.add, 1)  # what takes any number, or does not say


def test_has_aux_is_a_word():
    with pytest.raises(dr.InputError, match="has_aux=x: write True or False"):
        dr.grad(model, 0, X)


CALLED = {
    **{name: (lambda t: lambda: t(model(X)), f"write dr.{name}(f)(x)") for name in MADE},
    "linearize": (None, "write dr.linearize(f, x)"),
}


@pytest.mark.parametrize("name", [*MADE, "linearize", "hvp", "trace", "compare", "explain", "choose_mode", "check"])
def test_a_function_that_was_called_already(name):
    y = model(X)
    rest = {"hvp": (X, X)}.get(name, () if name in MADE or name == "trace" else (X,))
    with pytest.raises(dr.InputError, match=f"{name} takes a function, and this is a float64: write dr.{name}\\(f"):
        getattr(dr, name)(y, *rest)


def test_an_integer_as_a_whole_argument_where_there_is_nothing_to_lose():
    program = dr.trace(lambda x: x**2, 3)
    assert program["x"].primal == 3.0 and type(program["x"].primal) is float
    assert dr.compare(lambda x: x**2, np.int64(3), measured=False).inputs == 1
    assert dr.explain(lambda x: x**2, 3, seconds=0.01).picture.jacobian.tolist() == [[6.0]]
    assert dr.choose_mode(lambda x, y: x * y, 3, 2.0).inputs == 2
    for x in (np.array([1, 2]), [1, 2], True):
        with pytest.raises(dr.InputError, match="floating point"):
            dr.trace(lambda x: x, x)


def test_the_packages_are_attributes():
    import subprocess

    names = "optimize checking program scipy numpy datasets teach comparison errors"
    code = (
        f"import sys, dualrev as dr\nassert 'dualrev.optimize' not in sys.modules\nfor n in {names!r}.split():\n"
        "    assert getattr(dr, n).__name__ == 'dualrev.' + n and n in dir(dr), n\nprint(dr.scipy.special.gammaln(5.0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("3.178"), done.stderr
