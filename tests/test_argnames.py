"""Derivatives by the names of arguments, given by position or by name."""

import pickle

import numpy as np
import pytest

import dualrev as dr


def herta(a, b=3.0, *, c=1.0):
    return (b * b * a + 1) ** 2 * c


def test_the_named_partials_of_a_course():
    """(b^2 a + 1)^2 at a=1, b=3: 180 and 120 for the named arguments only, as a dict."""
    g = dr.grad(herta, argnames=("a", "b"))
    for made in (g(1.0, 3.0), g(1.0, b=3.0), g(b=3.0, a=1.0), g(1.0), pickle.loads(pickle.dumps(g))(1.0)):
        assert made == {"a": 180.0, "b": 120.0}
    assert dr.grad(herta, argnames="b")(1.0, 3.0) == 120.0
    assert dr.grad(herta, argnames="c")(1.0, c=2.0) == 100.0
    assert dr.grad(herta, argnames=["c"])(1.0) == {"c": 100.0}


def test_every_transform_that_takes_argnums():
    x = np.array([1.0, 2.0])
    f = lambda s, x: s * x**2
    assert dr.value_and_grad(herta, argnames="b")(1.0) == (100.0, 120.0)
    J = dr.jacobian(f, argnames=("s", "x"))(3.0, x=x)
    assert J["s"].tolist() == [1.0, 4.0] and J["x"].tolist() == [[6.0, 0.0], [0.0, 12.0]]
    for mode in ("forward", "reverse"):
        np.testing.assert_array_equal(dr.jacobian(f, mode=mode, argnames="x")(3.0, x), J["x"])
    H = dr.hessian(herta, argnames=("a", "b"))(1.0, 3.0)
    right = dr.hessian(herta, argnums=(0, 1))(1.0, 3.0)
    assert {"a": {"a": right[0][0], "b": right[0][1]}, "b": {"a": right[1][0], "b": right[1][1]}} == H
    y, pullback = dr.vjp(f, 3.0, x, argnames="x")
    assert y.tolist() == [3.0, 12.0] and pullback(np.ones(2)).tolist() == [6.0, 12.0]
    assert dr.vjp(f, 3.0, x, argnames=("s",))[1](np.ones(2)) == {"s": 5.0}


def test_aux_trees_nesting_and_keywords_that_f_collects():
    assert dr.grad(lambda a, b: (a * b, "aux"), has_aux=True, argnames="b")(2.0, 3.0) == (2.0, "aux")
    assert dr.grad(lambda p, n: p["w"] ** n, argnames="p")({"w": 3.0}, n=2) == {"w": 6.0}
    assert dr.grad(lambda **p: p["a"] * p["b"], argnames="a")(a=2.0, b=3.0) == 3.0
    inner = lambda x: dr.grad(lambda x, y: x * y * y, argnames="y")(x, 3.0)
    assert dr.grad(inner)(2.0) == 6.0


def test_the_names_and_the_choice_are_kept():
    g = dr.jacobian(herta, argnames="b")
    assert g.__name__ == "herta" and repr(g) == "<jacobian of herta>"
    calls = []
    j = dr.jacobian(lambda x: calls.append(1) or x**2, argnames="x")
    j(np.ones(2)), calls.clear(), j(np.ones(2))
    assert len(calls) == 1


def refusals():
    yield lambda: dr.grad(herta, argnames="z"), "herta has no argument 'z'; it has a, b, c"
    yield lambda: dr.grad(herta, argnames=("a", "a")), "names an argument twice"
    yield lambda: dr.grad(herta, argnames=()), r"argnames=\(\): write the name of an argument"
    yield lambda: dr.grad(herta, argnames=(0,)), "write the name of an argument, or a tuple of names"
    yield lambda: dr.grad(herta, argnums=1, argnames="a"), "argnums=1 and argnames='a': write one of the two"
    yield lambda: dr.grad(herta, argnames="a")(b=3.0), "herta was called without the argument 'a'"
    yield lambda: dr.grad(herta, argnames="a")(1, 2.0), "is an integer, and a derivative needs floating point"
    yield lambda: dr.vjp(herta, 1.0, argnames="z"), "herta has no argument 'z'"
    yield lambda: dr.grad(2.0, argnames="a"), "grad takes a function"


@pytest.mark.parametrize("k", range(9))
def test_what_is_refused_says_what_to_do(k):
    does, message = list(refusals())[k]
    with pytest.raises(dr.InputError, match=message):
        does()
