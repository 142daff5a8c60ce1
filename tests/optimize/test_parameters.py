"""Parameters by name: names, flat vectors and back, what is fixed or tied, changes of variable, and every refusal."""

from dataclasses import dataclass

import numpy as np
import pytest

import dualrev as dr
from dualrev.errors import InputError
from dualrev.optimize.parameters import Parameters, spelled
from tests.ops.referee import complex_step


@dataclass
class Model:
    slope: float
    weights: np.ndarray


TREES = [
    (2.0, ["x"], [2.0]),
    ([1, 2, 3], ["x[0]", "x[1]", "x[2]"], [1, 2, 3]),
    (np.ones((2, 2)), ["x[0, 0]", "x[0, 1]", "x[1, 0]", "x[1, 1]"], [1, 1, 1, 1]),
    ({"a": 1, "w": [2.0, 3.0]}, ["a", "w[0]", "w[1]"], [1, 2, 3]),
    ({"net": {"w": np.array([1.0]), "b": 2.0}}, ["net.w[0]", "net.b"], [1, 2]),
    (Model(1.0, np.array([2.0, 3.0])), ["slope", "weights[0]", "weights[1]"], [1, 2, 3]),
    ([1.0, np.array([2.0, 3.0])], ["x[0]", "x[1][0]", "x[1][1]"], [1, 2, 3]),
    ({"not a name": 1.0}, ["x['not a name']"], [1]),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "names", "flat"), TREES, ids=lambda v: str(v)[:30])
def test_names_and_the_flat_vector(tree, names, flat):
    p = Parameters(tree)
    assert p.names == p.free == names
    assert p.x0.dtype == np.float64
    np.testing.assert_array_equal(p.x0, flat)
    back = p.unflatten(p.x0 + 1)
    assert type(back) is (type(tree) if type(tree) in (dict, Model) else type(back))
    np.testing.assert_array_equal(p.flatten(back), np.add(flat, 1))


def test_names_with_brackets_are_read():
    assert spelled("['a']['b'][0]", "x") == "a.b[0]"


def test_fixed_parameters_stay_and_may_be_given_a_value():
    p = Parameters({"a": 1.0, "w": [2.0, 3.0]}, fixed=["w[1]"])
    assert p.free == ["a", "w[0]"]
    assert p.unflatten(np.array([5.0, 6.0]))["w"].tolist() == [6.0, 3.0]
    p = Parameters({"a": 1.0, "w": [2.0, 3.0]}, fixed={"w": 9.0})
    assert p.unflatten(np.array([5.0]))["w"].tolist() == [9.0, 9.0]
    assert Parameters({"a": 1.0, "b": 2.0}, fixed="a").free == ["b"]


def test_tied_parameters_follow_and_derivatives_pass_through():
    p = Parameters({"a": 2.0, "b": 1.0, "c": 0.0}, tie={"b": lambda p: p["a"] ** 2, "c": lambda p: p["a"] * p["b"]})
    assert p.free == ["a"]
    assert {k: float(v) for k, v in p.unflatten(np.array([3.0])).items()} == {"a": 3.0, "b": 9.0, "c": 27.0}
    f = lambda z: p.unflatten(z)["c"] + p.unflatten(z)["b"]
    np.testing.assert_allclose(dr.grad(f)(np.array([3.0])), [3 * 9 + 6.0], rtol=1e-15)


def test_a_tie_of_a_whole_array():
    p = Parameters({"a": 2.0, "w": np.zeros((2, 2))}, tie={"w": lambda p: p["a"] * np.array([[1.0, 2.0], [3.0, 4.0]])})
    np.testing.assert_array_equal(p.unflatten(np.array([3.0]))["w"], [[3, 6], [9, 12]])


@pytest.mark.parametrize("kind", ["log", "logit"])
def test_transforms_go_there_and_back_and_are_differentiated(kind):
    bounds = {"s": (0.0, 5.0)} if kind == "logit" else None
    p = Parameters({"a": 1.0, "s": [2.0, 0.5]}, bounds=bounds, transform={"s": kind})
    np.testing.assert_allclose(p.unflatten(p.x0)["s"], [2.0, 0.5], rtol=1e-15)
    want = np.log([2.0, 0.5]) if kind == "log" else np.log([2.0 / 3.0, 0.5 / 4.5])
    np.testing.assert_allclose(p.x0[1:], want, rtol=1e-15)
    f = lambda z: np.sum(p.outward(z) * np.array([1.0, 2.0, 3.0]))
    g = dr.grad(f)(p.x0)
    slope = [1.0, 2 * 2.0, 3 * 0.5] if kind == "log" else [1.0, 2 * 2.0 * 3.0 / 5, 3 * 0.5 * 4.5 / 5]
    np.testing.assert_allclose(g, slope, rtol=1e-14)


def test_bounds_by_name_and_as_scipy():
    p = Parameters({"a": 1.0, "w": [2.0, 3.0]}, bounds={"a": (0, None), "w[1]": (None, 10)})
    assert p.lower.tolist() == [0, -np.inf, -np.inf] and p.upper.tolist() == [np.inf, np.inf, 10]
    assert Parameters([1.0, 2.0], bounds=[(0, None), (None, 3)]).upper.tolist() == [np.inf, 3]
    from scipy.optimize import Bounds

    assert Parameters([1.0, 2.0], bounds=Bounds(0, [2, 3])).upper.tolist() == [2, 3]
    assert Parameters({"a": 2.0}, bounds={"a": (1.0, 4.0)}, transform={"a": "log"}).lower.tolist() == [0.0]


REFUSED = [
    (lambda: Parameters({"a": np.nan}), "the start of a is nan: give a finite number"),
    (lambda: Parameters({"a": 1.0}, fixed=["b"]), "fixed names 'b', and there is no such parameter: there are a"),
    (lambda: Parameters({"a": 1.0}, bounds={"c": (0, 1)}), "bounds names 'c'"),
    (lambda: Parameters({"a": 2.0}, bounds={"a": (0, 1)}), r"the start of a is 2\.0, outside its bounds 0\.0 and 1\.0"),
    (lambda: Parameters({"a": 2.0}, bounds={"a": (3, 1)}), r"the bounds of a are 3\.0 and 1\.0: the lower comes first"),
    (lambda: Parameters({"a": 2.0}, bounds={"a": 3}), r"bounds\['a'\] is 3: write a pair"),
    (lambda: Parameters([1.0, 2.0], bounds=[(0, 1)]), "there are 1 bounds for 2 parameters"),
    (lambda: Parameters({"a": 1.0, "b": 1.0}, fixed=["a"], tie={"a": lambda p: p["b"]}), "'a' is both fixed and tied"),
    (lambda: Parameters({"a": 1.0, "b": 1.0}, bounds={"a": (0, 2)}, tie={"a": lambda p: p["b"]}), "a tied parameter"),
    (lambda: Parameters({"a": 1.0}, fixed=["a"]), "there is nothing to vary"),
    (lambda: Parameters({"a": "1"}), "there are no numbers among the parameters: {'a': '1'}"),
    (lambda: Parameters({"a": "text", "b": [True]}), "dtype bool"),
    (lambda: Parameters(np.array([1 + 2j])), "dtype complex128"),
    (lambda: Parameters(np.array([object()])), "dtype object"),
    (lambda: Parameters({"a": -1.0}, transform={"a": "log"}), r"is 'log', and the start -1\.0 is not positive"),
    (lambda: Parameters({"a": 0.5}, transform={"a": "logit"}), "needs two finite bounds"),
    (lambda: Parameters({"a": 1.0}, bounds={"a": (0, 1)}, transform={"a": "logit"}), "not strictly between its bounds"),
    (lambda: Parameters({"a": 1.0}, transform={"a": "square"}), "write 'log'"),
    (lambda: Parameters({"a": 1.0, "b": 1.0}, fixed=["a"], transform={"a": "log"}), "'a', which is fixed"),
    (lambda: Parameters({"a": 1.0, "b": 1.0}, tie={"b": lambda p: np.ones(3)}).unflatten(np.ones(1)), "gave 3 numbers"),
    (lambda: Parameters({"a": 1.0}).flatten({"a": [1.0, 2.0]}), "has shape"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_what_does_not_fit_is_refused_by_name(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_everything_is_analytic_in_the_free_elements():
    p = Parameters({"a": 2.0, "b": 1.0, "w": [0.3, 0.6]}, fixed=["w[0]"], tie={"b": lambda p: np.sin(p["a"])})
    f = lambda z: p.everything(p.outward(z))
    J = dr.jacobian(f)(p.x0)
    want = np.stack([complex_step(f, [p.x0], [e]) for e in np.eye(2)], axis=1)
    np.testing.assert_allclose(J, want, rtol=1e-15)
