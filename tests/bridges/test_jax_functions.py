"""A function of NumPy in JAX: the numbers of the same function written with JAX."""

import numpy as np
import pytest

import dualrev as dr

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402


@pytest.fixture(autouse=True)
def double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


X = np.array([1.0, 2.0, 0.4])
ours = dr.to_jax(lambda x: np.sum(np.sin(x) ** 3) * x[0])
own = lambda x: jnp.sum(jnp.sin(x) ** 3) * x[0]
TRANSFORMS = {
    "value": lambda f: f(X),
    "jit": lambda f: jax.jit(f)(X),
    "grad": lambda f: jax.grad(f)(X),
    "jit of grad": lambda f: jax.jit(jax.grad(f))(X),
    "hessian": lambda f: jax.jit(jax.hessian(f))(X),
    "reverse over reverse": lambda f: jax.jacrev(jax.jacrev(f))(X),
    "forward over forward": lambda f: jax.jacfwd(jax.jacfwd(f))(X),
    "third order": lambda f: jax.jacfwd(jax.hessian(f))(X),
    "jvp": lambda f: jax.jvp(f, (X,), (2 * X,))[1],
    "linearize": lambda f: jax.linearize(f, X)[1](2 * X),
    "vmap": lambda f: jax.vmap(f)(jnp.stack([X, 2 * X])),
    "vmap of hessian": lambda f: jax.vmap(jax.hessian(f))(jnp.stack([X, 2 * X])),
    "grad of vmap of grad": lambda f: jax.grad(lambda x: jnp.sum(jax.vmap(jax.grad(f))(jnp.stack([x, x * x])) ** 2))(X),
    "in a scan": lambda f: jax.grad(lambda x: jax.lax.scan(lambda c, _: (c * f(x) + 1, None), 1.0, None, 3)[0])(X),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_gives_the_numbers_of_jax(name):
    np.testing.assert_allclose(TRANSFORMS[name](ours), TRANSFORMS[name](own), rtol=1e-12, atol=1e-13)


def test_trees_go_in_and_come_out():
    f = lambda np: lambda p, k: {"y": np.outer(p["w"], p["w"][:2]) * p["b"], "s": np.sum(p["w"]) ** k}
    p = {"w": X, "b": 2.0}
    for transform in (lambda f: f(p, 2), lambda f: jax.jacrev(f)(p, 2), lambda f: jax.jacfwd(f)(p, 2)):
        found, expected = transform(dr.to_jax(f(np))), transform(f(jnp))
        assert jax.tree.structure(found) == jax.tree.structure(expected)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12), found, expected)


def test_constants_are_told_apart():
    f = dr.to_jax(lambda x, k: x[k] * x[0])
    assert [float(f(X, k)) for k in (0, 1, 2, 0)] == [1.0, 2.0, 0.4, 1.0]
    assert f(X, np.array([2, 1])).tolist() == [0.4, 2.0]
    assert jax.grad(f)(X, np.array(1)).tolist() == [2.0, 1.0, 0.0]


def test_one_sweep_for_all_rows_of_a_jacobian():
    calls = []
    f = dr.to_jax(lambda x: calls.append(1) or np.outer(x, x), out=jax.ShapeDtypeStruct((3, 3), float))
    jax.jacrev(f)(X)
    assert len(calls) == 2  # the value, and one recording for nine cotangents


def test_single_precision_is_rounded_from_double():
    jax.config.update("jax_enable_x64", False)
    f = dr.to_jax(lambda x: x + 1e-12 - x)
    assert f(1.0).dtype == np.float32
    assert float(f(1.0)) == pytest.approx(1e-12, rel=1e-3)  # 0 in single precision
    assert jax.grad(f)(1.0).dtype == np.float32


def test_out_says_what_f_returns_where_ones_will_not_do():
    def f(x):
        if np.min(x) >= 1:
            raise ValueError("too large")
        return x[:2] * x[2]

    with pytest.raises(ValueError, match="too large") as caught:
        jax.jit(dr.to_jax(f))(X / 4)
    assert "to_jax(f, out=...)" in caught.value.__notes__[0]
    told = dr.to_jax(f, out=np.zeros(2))
    assert jax.jit(jax.jacobian(told))(X / 4).tolist() == [[0.1, 0.0, 0.25], [0.0, 0.1, 0.5]]


def test_what_cannot_cross_is_refused():
    with pytest.raises(dr.InputError, match="dtype complex128"):
        dr.to_jax(lambda x: x * 1j)(X)
    with pytest.raises(dr.InputError, match="dtype int64"):
        dr.to_jax(lambda x: np.argmax(x))(X)
    with pytest.raises(dr.InputError, match="static_argnums"):
        jax.jit(dr.to_jax(lambda x, k: x[k]))(X, 1)
    with pytest.raises(dr.InputError, match=r"write dr.to_jax\(f\)"):
        dr.to_jax(3.0)
