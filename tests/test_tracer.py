"""Tracers behave as the arrays they stand for, in both modes."""

import copy

import numpy as np
import pytest

import dualrev as dr

X = np.array([[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]])
TRANSFORMS = {
    "forward": lambda f: dr.jvp(f, (X,), (np.ones_like(X),))[0],
    "reverse": lambda f: dr.vjp(f, X)[0],
    "nested": lambda f: dr.vjp(lambda x: dr.jvp(f, (x,), (np.ones_like(X),))[0], X)[0],
}


@pytest.fixture(params=TRANSFORMS)
def on_traced(request):
    """Runs a function on a traced X and returns what it saw."""

    def run(look):
        seen = []
        TRANSFORMS[request.param](lambda x: seen.append(look(x)) or x)
        return seen[0]

    return run


ATTRIBUTES = {
    "shape": lambda x: x.shape,
    "ndim": lambda x: x.ndim,
    "size": lambda x: x.size,
    "dtype": lambda x: x.dtype,
    "len": len,
    "len of the transpose": lambda x: len(x.T),
    "shape of mT": lambda x: x.mT.shape,
    "rows": lambda x: [row.shape for row in x],
    "shape of an element": lambda x: x[0, 0].shape,
    "bool": lambda x: bool(x[0, 0] > 1),
    "comparison": lambda x: (x > 0).tolist(),
    "equality with nothing": lambda x: x[0, 0] == None,  # noqa: E711 (as a user may write it)
    "contains": lambda x: 0.25 in x[1],
    "max of a row": lambda x: dr.value(max(x[0])),
    "sorted": lambda x: [dr.value(v) for v in sorted(x[1])],
    "argmax": lambda x: int(np.argmax(x)),
    "argsort": lambda x: x[0].argsort().tolist(),
    "round": lambda x: round(x[0, 0]),
    "floor division": lambda x: (x // 2).tolist(),
    "divmod": lambda x: [dr.value(v).tolist() for v in divmod(x, 2.0)],
    "np.shape": np.shape,
    "np.ndim": np.ndim,
    "np.size": np.size,
    "isfinite": lambda x: np.isfinite(x).all(),
    "zeros_like": lambda x: np.zeros_like(x).tolist(),
    "searchsorted": lambda x: np.searchsorted([0.0, 1.0], x[0]).tolist(),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_what_an_array_says_of_itself(name, on_traced):
    look = ATTRIBUTES[name]
    assert on_traced(look) == look(X)
    assert type(on_traced(look)) is type(look(X))


def test_an_item_is_read_from_the_tape_once(on_traced):
    assert on_traced(lambda x: x[0] is x[0])
    assert on_traced(lambda x: x[0] is not x[1])


def test_a_traced_value_never_changes_so_a_copy_is_itself(on_traced):
    assert on_traced(lambda x: x.copy() is x and copy.deepcopy({"x": x})["x"] is x and copy.copy(x) is x)


def test_traced_values_are_keys(on_traced):
    assert on_traced(lambda x: len({x: 1, x[0]: 2, x[1]: 3})) == 3


def test_augmented_assignment_gives_the_name_a_new_value():
    def f(x):
        y = 2.0 * x - x
        y += 1.0
        y *= x
        return np.sum(y)

    np.testing.assert_array_equal(dr.grad(f)(X), 2 * X + 1)


def test_a_foreign_array_is_an_operand():
    class Column:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0, 3.0])

    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(x * Column()))(X), np.tile([1.0, 2.0, 3.0], (2, 1)))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_astype_between_precisions_is_linear(mode):
    J = dr.jacobian(lambda x: x.astype(np.float32) * 2, mode=mode)(X[0])
    np.testing.assert_array_equal(J, 2 * np.eye(3))
    assert J.dtype == np.float64
    assert dr.vjp(lambda x: x.astype("f4"), X)[0].dtype == np.float32
