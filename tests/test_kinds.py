"""The kinds of rule: the shortcuts that registering a rule finds, and what the general road gives."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.kinds import are_the_other, over, parts


def test_a_product_is_recognised_by_its_partials():
    assert are_the_other(lambda z, x, y: y, lambda z, x, y: x)
    assert not are_the_other(lambda z, x, y: x, lambda z, x, y: y)
    assert not are_the_other(lambda z, x, y: 2 * y, lambda z, x, y: 2 * x)


def test_the_forms_of_a_line():
    assert parts(("op", 1, "x", "y")) == ((1,), ("x",), {}, "y")
    assert parts(("op", 1, -1, "x", "y", "z")) == ((1, -1), ("x", "y"), {}, "z")
    assert parts(("op", (1,), ("x",), {"a": 1}, "y")) == ((1,), ("x",), {"a": 1}, "y")


def test_over_divides_by_the_rules_of_ieee():
    assert over(lambda y, x: x)(None, 4.0) == 0.25
    with np.errstate(divide="ignore"):
        assert over(lambda y, x: x)(None, 0.0) == np.inf
        assert dr.grad(lambda x: np.log(x))(np.float64(0.0)) == np.inf


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_three_arguments_take_the_general_road(mode):
    blend = dr.custom.elementwise(
        lambda x, y, w: w * x + (1 - w) * y, lambda z, x, y, w: w, lambda z, x, y, w: 1 - w, lambda z, x, y, w: x - y
    )
    x, y, w = np.array([1.0, 2.0]), np.array([[3.0], [5.0], [7.0]]), 0.25
    J = dr.jacobian(blend, argnums=(0, 1, 2), mode=mode)(x, y, w)
    np.testing.assert_array_equal(J[0], np.broadcast_to(0.25 * np.eye(2), (3, 2, 2)))
    np.testing.assert_array_equal(J[1][..., 0], np.broadcast_to(0.75 * np.eye(3)[:, None], (3, 2, 3)))
    np.testing.assert_array_equal(J[2], x - y)
