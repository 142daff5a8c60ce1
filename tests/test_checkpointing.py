"""checkpoint: the same derivatives in every mode and order, a shorter tape, and what is refused."""

import numpy as np
import pytest

import dualrev as dr
from dualrev.reverse.vjp import Recording
from dualrev.timing import peak_memory

X = np.array([0.5, 1.0, 2.0])


def step(x):
    for _ in range(10):
        x = x + 0.1 * np.sin(x)
    return x


def simulated(x, step):
    for _ in range(10):
        x = step(x)
    return np.sum(x * x)


def plain(x):
    return simulated(x, step)


def saving(x):
    return simulated(x, dr.checkpoint(step))


def test_the_gradient_is_the_same_to_the_last_bit():
    np.testing.assert_array_equal(dr.grad(saving)(X), dr.grad(plain)(X))


@pytest.mark.parametrize(
    "derivative",
    [
        lambda f: dr.hessian(f)(X),
        lambda f: dr.jacobian(f, mode="forward")(X),
        lambda f: dr.jvp(f, (X,), (np.eye(3),))[1],
        lambda f: dr.hvp(f, X, np.eye(3)),
        lambda f: dr.grad(lambda x: np.sum(dr.grad(f)(x) ** 2))(X),  # reverse over reverse
        lambda f: dr.grad(lambda x: np.sum(dr.jvp(f, (x,), (np.ones(3),))[1] ** 2))(X),  # reverse over forward
    ],
)
def test_every_mode_and_order(derivative):
    np.testing.assert_allclose(derivative(saving), derivative(plain), rtol=1e-12)


def test_many_cotangents_in_one_sweep():
    J = dr.jacobian(dr.checkpoint(step), mode="reverse")(X)
    np.testing.assert_allclose(J, dr.jacobian(step)(X), rtol=1e-12)


def test_the_tape_holds_a_line_per_call():
    assert len(dr.trace(plain, X).operations) == 302 and len(dr.trace(saving, X).operations) == 12
    value = dr.trace(saving, X).values[1]
    assert value.expression == "rerun(x, run=step)"


def test_memory():
    x = np.ones(20_000)
    assert peak_memory(lambda: dr.grad(saving)(x)) < 0.4 * peak_memory(lambda: dr.grad(plain)(x))


def test_it_runs_twice_and_only_where_it_has_to():
    calls = []
    f = dr.checkpoint(lambda x, y: calls.append(1) or x * y)
    f(2.0, 3.0)
    assert len(calls) == 1
    dr.grad(lambda x: f(x, x))(3.0)  # on the way, and once for both arguments
    assert len(calls) == 3
    dr.jvp(lambda x: f(x, 2.0), (3.0,), (1.0,))
    assert len(calls) == 4


def test_trees_keywords_and_several_results():
    def layer(p, *, x, scale=1):
        y = p["W"] @ x * scale
        return {"y": np.tanh(y), "size": np.sum(y**2), "parts": (y[0], p["name"])}

    def loss(f):
        def of(p):
            out = f({**p, "name": "a"}, x=np.ones(3), scale=2)
            assert out["parts"][1] == "a" and np.shape(out["y"]) == (2,) and np.shape(out["size"]) == ()
            return np.sum(out["y"]) + out["size"] * out["parts"][0]

        return of

    p = {"W": np.arange(6.0).reshape(2, 3) / 10}
    np.testing.assert_allclose(dr.grad(loss(dr.checkpoint(layer)))(p)["W"], dr.grad(loss(layer))(p)["W"], rtol=1e-13)


def test_an_argument_that_is_not_traced_has_no_derivative_to_ask_for():
    f = dr.checkpoint(lambda x, A: A @ x)
    A = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(f(x, A)))(X), A.sum(axis=0))


def test_a_traced_value_that_is_no_argument_is_refused():
    with pytest.raises(dr.InputError, match="depends on a traced value that is none of its arguments"):
        dr.grad(lambda w: np.sum(dr.checkpoint(lambda x: w * x)(w * 2)))(X)


def test_without_a_traced_argument_it_is_f_itself():
    np.testing.assert_array_equal(dr.grad(lambda w: np.sum(dr.checkpoint(lambda x: w * x)(X)))(X), X)


def test_a_constant_that_is_changed_is_noticed_or_kept():
    """f is run again with its arguments as they were."""
    A = np.ones(3)
    f = dr.checkpoint(lambda x, A: np.sin(x) * A)
    recording = Recording(lambda x: np.sum(f(x, A)), [X], [(lambda leaves: leaves[0], 1)])
    (g,) = recording.pull([1.0], ())
    np.testing.assert_allclose(g, np.cos(X))


def test_it_is_a_decorator_and_keeps_the_name():
    @dr.checkpoint
    def model(x):
        """What it says."""
        return x**2

    assert (model.__name__, model.__doc__, repr(model)) == ("model", "What it says.", "<checkpoint of model>")
    assert dr.grad(model)(3.0) == 6.0
    with pytest.raises(dr.InputError, match=r"write dr.checkpoint\(f\)"):
        dr.checkpoint(3.0)


def test_the_checker_agrees():
    assert dr.check(saving, X).ok
