"""The objective as plain SciPy takes it: value, gradient, Hessian, its products, one run of the function at a point."""

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.optimize as so
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

import dualrev as dr
from dualrev.errors import InputError, NonFiniteError

X = np.array([-1.2, 1.0, 0.5])
P = np.array([1.0, -2.0, 0.5])


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@dataclass
class Line:
    slope: float
    intercept: np.ndarray


def counted(f):
    """f, and the list of the points at which it ran."""
    runs = []

    def g(p):
        runs.append(p)
        return f(p)

    return g, runs


# ---- the numbers -----------------------------------------------------------------------------------------------------


def test_every_part_is_rosenbrocks():
    obj = dr.objective(rosenbrock, X)
    f, g = obj(X)
    assert f == obj.fun(X) == pytest.approx(rosen(X), rel=1e-15) and type(f) is float
    np.testing.assert_allclose(g, rosen_der(X), rtol=1e-14)
    np.testing.assert_allclose(obj.grad(X), rosen_der(X), rtol=1e-14)
    np.testing.assert_allclose(obj.hess(X), rosen_hess(X), rtol=1e-13)
    np.testing.assert_allclose(obj.hessp(X, P), rosen_hess_prod(X, P), rtol=1e-13)
    op = obj.hess_op(X)
    assert op.shape == (3, 3) and op.dtype == np.float64
    np.testing.assert_allclose(op @ P, rosen_hess_prod(X, P), rtol=1e-13)
    np.testing.assert_allclose(op.T @ P, rosen_hess_prod(X, P), rtol=1e-13)
    np.testing.assert_allclose(op @ np.eye(3), rosen_hess(X), rtol=1e-13)


def test_a_dict_is_flattened_in_order_and_comes_back():
    start = {"w": np.arange(4.0).reshape(2, 2), "b": 5}
    obj = dr.objective(lambda p: np.sum(p["w"] ** 3) * p["b"], start)
    np.testing.assert_array_equal(obj.x0, [0, 1, 2, 3, 5])
    w = np.arange(4.0)
    np.testing.assert_allclose(obj.grad(obj.x0), [*(15 * w**2), np.sum(w**3)], rtol=1e-15)
    back = obj.unflatten(obj.x0)
    assert list(back) == ["w", "b"] and type(back["b"]) is float
    np.testing.assert_array_equal(back["w"], start["w"])
    back["w"][:] = 9.0
    np.testing.assert_array_equal(start["w"], np.arange(4.0).reshape(2, 2))


@pytest.mark.parametrize(
    ("start", "loss"),
    [
        (Line(2.0, np.array([1.0, 3.0])), lambda p: p.slope**2 * np.sum(p.intercept)),
        ((2.0, np.array([1.0, 3.0])), lambda p: p[0] ** 2 * np.sum(p[1])),
        ([2.0, np.array([1.0, 3.0])], lambda p: p[0] ** 2 * np.sum(p[1])),
        ({"l": {"s": 2.0}, "i": [1.0, 3.0]}, lambda p: p["l"]["s"] ** 2 * np.sum(p["i"])),
    ],
    ids=["dataclass", "tuple", "list", "nested"],
)
def test_the_structure_may_be_any_tree(start, loss):
    obj = dr.objective(loss, start)
    f, g = obj(obj.x0)
    assert f == 16.0
    np.testing.assert_array_equal(g, [16.0, 4.0, 4.0])
    assert type(obj.unflatten(obj.x0)) is type(start)


def test_a_single_number_is_a_vector_of_one():
    obj = dr.objective(lambda a: (a - 3) ** 2, 1.0)
    assert obj.x0.shape == (1,)
    np.testing.assert_array_equal(obj.grad([1.0]), [-4.0])
    assert obj.unflatten(np.array([2.0])) == 2.0


def test_args_are_constants_and_a_single_one_needs_no_tuple():
    data = np.array([1.0, 2.0])
    for args in (data, (data,)):
        obj = dr.objective(lambda x, d: np.sum((x - d) ** 2), [0.0, 0.0], args=args)
        np.testing.assert_array_equal(obj.grad(obj.x0), [-2.0, -4.0])


def test_fixed_tied_and_transformed_parameters_have_no_place_of_their_own():
    obj = dr.objective(
        lambda p: p["a"] * p["b"] * p["s"] * p["c"],
        {"a": 2.0, "b": 0.0, "c": 3.0, "s": 0.5},
        fixed=["c"],
        tie={"b": lambda p: p["a"] ** 2},
        transform={"s": "log"},
    )
    assert obj.x0.tolist() == [2.0, np.log(0.5)]
    f, g = obj(obj.x0)
    assert f == pytest.approx(8 * 3 * 0.5, rel=1e-15)  # a^3 c exp(y)
    np.testing.assert_allclose(g, [3 * 4 * 3 * 0.5, 8 * 3 * 0.5], rtol=1e-15)
    np.testing.assert_allclose(obj.hess(obj.x0), [[6 * 2 * 3 * 0.5, 18.0], [18.0, 12.0]], rtol=1e-14)


def test_a_large_hessian_is_done_in_several_sweeps():
    n = 30
    A = np.cos(np.arange(float(n * n))).reshape(n, n)
    obj = dr.objective(lambda x: np.sum(np.exp(0.1 * (A @ x))), np.zeros(n))
    x = np.linspace(-0.5, 0.5, n)
    want = 0.01 * A.T @ (np.exp(0.1 * (A @ x))[:, None] * A)
    H = obj.hess(x)
    np.testing.assert_allclose(H, want, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(H, H.T)


def test_a_linear_loss_has_a_hessian_of_zeros():
    obj = dr.objective(lambda x: np.sum(3 * x), np.zeros(4))
    np.testing.assert_array_equal(obj.hess(obj.x0), np.zeros((4, 4)))
    np.testing.assert_array_equal(obj.hessp(obj.x0, np.ones(4)), np.zeros(4))


def test_a_parameter_that_is_not_used_has_a_gradient_of_zero():
    obj = dr.objective(lambda p: p["a"] ** 2, {"a": 3.0, "unused": np.ones(2)})
    np.testing.assert_array_equal(obj.grad(obj.x0), [6.0, 0.0, 0.0])
    constant = dr.objective(lambda p: 7.0, {"a": 3.0})
    np.testing.assert_array_equal(constant.grad(constant.x0), [0.0])


# ---- one run at a point ----------------------------------------------------------------------------------------------


def test_one_run_serves_everything_at_a_point():
    loss, runs = counted(rosenbrock)
    obj = dr.objective(loss, X)
    obj.fun(X), obj.grad(X), obj(X), obj.hess(X), obj.hessp(X, P), obj.hess_op(X) @ P, obj.hess(X)
    assert len(runs) == obj.counts.f == 1
    assert obj.counts.reverse_sweeps == 1 + 1 + 2  # the gradient, the Hessian, two products
    assert obj.counts.forward_sweeps == 1 + 2
    assert obj.counts.hessian_products == 3 + 2
    assert obj.counts.cache_hits == 2 + 2 + 1  # fun and grad in obj(X); the recording, twice; the Hessian again


def test_scipy_needs_no_second_run_for_the_gradient():
    loss, runs = counted(rosenbrock)
    obj = dr.objective(loss, X)
    result = so.minimize(obj, obj.x0, jac=True, method="BFGS")
    assert result.success and len(runs) == obj.counts.f == result.nfev == obj.counts.reverse_sweeps
    np.testing.assert_allclose(result.x, 1.0, rtol=1e-5)


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "Newton-CG", "trust-constr"])
def test_a_step_tried_in_vain_does_not_forget_the_point_before(method):
    loss, runs = counted(rosenbrock)
    obj = dr.objective(loss, X)
    second = {"hess": obj.hess} if method == "trust-constr" else {"hessp": obj.hessp}
    result = so.minimize(obj.fun, obj.x0, jac=obj.grad, method=method, **second)
    assert result.success
    assert len({dr.value(x).tobytes() for x in runs}) == len(runs)


def test_gradient_norms_stand_beside_their_values():
    obj = dr.objective(lambda x: np.sum(x**2), np.ones(1))
    obj.fun([1.0]), obj.fun([2.0]), obj.grad([1.0])
    assert obj.history.fun == [1.0, 4.0]
    assert obj.history.gradient_norm[0] == 2.0 and np.isnan(obj.history.gradient_norm[1])
    assert obj.counts.f == 2


def test_a_vector_that_is_overwritten_in_place_is_another_point():
    obj = dr.objective(rosenbrock, X)
    x = X.copy()
    obj(x)
    for k in range(4):
        x += 0.25 * (k + 1)
        f, g = obj(x)
        assert f == pytest.approx(rosen(x), rel=1e-14)
        np.testing.assert_allclose(g, rosen_der(x), rtol=1e-13)
        np.testing.assert_allclose(obj.hess(x), rosen_hess(x), rtol=1e-13)
    assert obj.counts.f == 5


def test_a_point_that_the_caller_overwrites_is_kept_as_it_was():
    obj = dr.objective(rosenbrock, X)
    x = np.ones(3)
    obj.fun(x)
    x[:] = 5.0
    np.testing.assert_array_equal(obj.best[1], np.ones(3))
    assert obj.grad(np.ones(3)).tolist() == [0.0, 0.0, 0.0] and obj.counts.f == 1


def test_negative_zero_is_a_point_of_its_own():
    obj = dr.objective(lambda x: np.sum(np.copysign(1.0, x) * x), [0.0])
    obj.fun(np.array([0.0]))
    obj.fun(np.array([-0.0]))
    assert obj.counts.f == 2


@pytest.mark.parametrize("part", ["grad", "hess"])
def test_results_are_new_contiguous_float64(part):
    obj = dr.objective(lambda x: np.sum(x.reshape(2, 2).T @ x.reshape(2, 2)), np.arange(4.0))
    call = getattr(obj, part)
    first = call(obj.x0)
    want = first.copy()
    assert first.dtype == np.float64 and first.flags.c_contiguous and first.flags.owndata and first.flags.writeable
    first[:] = np.nan
    np.testing.assert_array_equal(call(obj.x0), want)
    x0 = obj.x0
    x0[:] = 77.0
    np.testing.assert_array_equal(obj.x0, np.arange(4.0))


@pytest.mark.parametrize(
    "x", [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3]), np.arange(1.0, 7.0)[::2] * 0 + [1, 2, 3]], ids=str
)
def test_the_point_may_be_anything_like_a_vector(x):
    obj = dr.objective(rosenbrock, X)
    np.testing.assert_allclose(obj.grad(x), rosen_der(np.array([1.0, 2.0, 3.0])), rtol=1e-14)


def test_float32_start_is_float64_at_the_boundary():
    obj = dr.objective(lambda p: np.sum(p["w"] ** 2), {"w": np.array([0.1, 0.2], np.float32)})
    assert obj.x0.dtype == np.float64
    assert obj.grad(obj.x0).dtype == np.float64
    np.testing.assert_array_equal(obj.grad(np.array([0.1, 0.2])), [0.2, 0.4])


def test_the_best_point_is_kept():
    obj = dr.objective(lambda x: np.sum(x**2), [3.0])
    for v in (3.0, 1.0, np.nan, 2.0):
        obj.fun([v])
    assert obj.best[0] == 1.0 and obj.best[1].tolist() == [1.0]
    assert obj.outside.tolist() == pytest.approx([np.nan], nan_ok=True)


# ---- refused ---------------------------------------------------------------------------------------------------------


def logs(p):
    return np.sum(p["b"] + p["w"] * np.log(p["w"]))


def test_a_gradient_that_is_nan_names_parameter_op_line_and_input():
    obj = dr.objective(logs, {"b": 1.0, "w": [1.0, 2.0, 3.0, 1.0]})
    x = obj.x0
    x[4] = -0.2
    message = r"gradient of w\[3\] is nan; first non-finite op: log, test_objectives\.py:\d+, input -0\.2$"
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match=message):
        obj.grad(x)


def test_more_than_one_is_counted():
    obj = dr.objective(lambda p: np.sum(np.sqrt(p["w"])), {"w": [0.0, 0.0, 1.0]})
    with (
        np.errstate(all="ignore"),
        pytest.raises(NonFiniteError, match=r"gradient of w\[0\] \(and of 1 more\) is inf; "),
    ):
        obj.grad(obj.x0)


def test_a_hessian_that_is_not_finite_names_its_column():
    obj = dr.objective(lambda p: p["a"] ** 2 + p["b"] ** 1.5, {"a": 1.0, "b": 0.0})
    np.testing.assert_array_equal(obj.grad(obj.x0), [2.0, 0.0])
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="Hessian column of b is"):
        obj.hess(obj.x0)
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="Hessian product of b is"):
        obj.hessp(obj.x0, [0.0, 1.0])


REFUSED = [
    (lambda: dr.objective(3.0, [1.0]), "a function is needed, and this is a float"),
    (lambda: dr.objective(rosenbrock, {"a": np.nan}), "the start of a is nan"),
    (lambda: dr.objective(rosenbrock, {"a": np.array([None])}), "the parameter a has dtype object"),
    (lambda: dr.objective(rosenbrock, X, fixed=["q"]), "fixed names 'q'"),
    (lambda: dr.objective(lambda x: x, X).fun(X), r"returned an array of shape \(3,\), and a loss is one number"),
    (lambda: dr.objective(lambda x: x[:1], X).fun(X), r"returned an array of shape \(1,\), and a loss is one number"),
    (lambda: dr.objective(lambda x: (x[0], x[1]), X).fun(X), "returned 2 values, and a loss is one number"),
    (lambda: dr.objective(lambda x: x[0] + 0j, X).fun(X), "returned complex numbers: return a real quantity"),
    (lambda: dr.objective(rosenbrock, X).fun([1.0]), r"rosenbrock has 3 free parameters, and x has shape \(1,\)"),
    (lambda: dr.objective(rosenbrock, X).grad(np.ones((3, 1))), r"x has shape \(3, 1\)"),
    (lambda: dr.objective(rosenbrock, X).hessp(X, [1.0]), r"p has shape \(1,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
