"""Components that one mode leaves nan, and the other gives: against closed forms, and forward mode by itself."""

import warnings

import numpy as np
import pytest

import dualrev as dr
from dualrev import rescue
from dualrev.reverse.vjp import Recording

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, of the infinite slope

X = np.array([0.0, 4.0])
M = np.array([[4.0, 0.0], [1.0, 9.0]])


def overwritten(x):
    y = np.sqrt(x)
    y[0] = 1.0
    return np.sum(y)


def masked(x):
    y = np.sqrt(x)
    return np.sum(y[np.array([False, True])])


CASES = {  # f, x, gradient
    "sliced away": (lambda x: np.sum(np.sqrt(x)[1:]), X, [0, 0.25]),
    "where": (lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0)), X, [0, 0.25]),
    "where of a log": (lambda x: np.sum(np.where(x > 0, np.log(x), 0)), X, [0, 0.25]),
    "overwritten": (overwritten, X, [0, 0.25]),
    "mask": (masked, X, [0, 0.25]),
    "sorted, then dropped": (lambda x: np.sum(np.sort(np.sqrt(x))[1:]), X, [0, 0.25]),
    "tril": (lambda x: np.sum(np.tril(np.sqrt(x))), M, [[0.25, 0], [0.5, 1 / 6]]),
    "trace": (lambda x: np.trace(np.sqrt(x)), M, [[0.25, 0], [0, 1 / 6]]),
    "einsum of a diagonal": (lambda x: np.einsum("ii->", np.sqrt(x)), M, [[0.25, 0], [0, 1 / 6]]),
    "arccos": (lambda x: np.sum(np.arccos(x)[1:]), np.array([1.0, 0.5]), [0, -1 / np.sqrt(0.75)]),
    "pieces of a norm": (
        lambda x: np.sqrt(np.sum(x**2, axis=1))[1],
        np.array([[0.0, 0.0], [3.0, 4.0]]),
        [[0, 0], [0.6, 0.8]],
    ),
    "several": (lambda x: np.sqrt(x)[2], np.array([0.0, 0.0, 4.0]), [0, 0, 0.25]),
    "float32": (lambda x: np.sum(np.sqrt(x)[1:]), X.astype(np.float32), [0, 0.25]),
}


def quiet(f, *x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f(*x)


@pytest.mark.parametrize("name", CASES)
def test_the_number_of_forward_mode_is_taken(name):
    f, x, expected = CASES[name]
    assert not np.isfinite(dr.jacobian(f, mode="reverse")(x)).all() and not np.isfinite(dr.vjp(f, x)[1](1.0)[0]).all()
    for g in (dr.grad(f), lambda x: dr.value_and_grad(f)(x)[1], dr.jacobian(f)):
        made = quiet(g, x)
        np.testing.assert_allclose(made, expected, rtol=1e-7 if x.dtype == np.float32 else 1e-15)
        assert made.dtype == x.dtype and made.flags.c_contiguous and made.flags.owndata
    np.testing.assert_allclose(quiet(dr.grad(f), x), dr.jacobian(f, mode="forward")(x), rtol=1e-15)


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("float32", "pieces of a norm")])
def test_second_derivatives_too(name):
    """Against central differences of the gradient in what is not zero; what is not used has none."""
    f, x, expected = CASES[name]
    H = quiet(dr.hessian(f), x).reshape(x.size, x.size)
    used = np.ravel(expected) != 0
    assert np.isfinite(H).all() and not H[~used].any() and not H[:, ~used].any()
    inside = np.flatnonzero(used)
    step = 1e-5
    for k in inside:
        e = np.zeros(x.size)
        e[k] = step
        e = e.reshape(x.shape)
        difference = (quiet(dr.grad(f), x + e) - quiet(dr.grad(f), x - e)).ravel() / (2 * step)
        np.testing.assert_allclose(H[k], difference, rtol=1e-6, atol=1e-9)
    v = np.where(used, 1.0, 0.5).reshape(x.shape)
    np.testing.assert_allclose(quiet(dr.hvp, f, x, v).ravel(), H @ v.ravel(), rtol=1e-14)


def test_a_hessian_that_is_not_finite_where_the_gradient_is():
    f = lambda x: np.sum((x**1.5)[1:])
    assert np.isfinite(dr.grad(f)(X)).all()
    np.testing.assert_allclose(quiet(dr.hessian(f), X), [[0, 0], [0, 0.375]], rtol=1e-15)
    np.testing.assert_array_equal(quiet(dr.hessian(lambda x: np.sum(x**1.5)), X), [[np.inf, 0], [0, 0.375]])


def test_what_no_mode_knows_stays():
    assert np.isnan(dr.grad(lambda x: np.sqrt(x) ** 2)(0.0))
    assert np.isnan(dr.jacobian(lambda x: np.sqrt(x) ** 2, mode="forward")(0.0))
    np.testing.assert_array_equal(dr.grad(lambda x: np.sum(np.sqrt(x)))(X), [np.inf, 0.25])


def test_where_the_value_is_not_finite_nothing_is_asked():
    with warnings.catch_warnings():
        warnings.simplefilter("error", dr.NonFiniteWarning)
        assert np.isnan(dr.grad(lambda x: np.sum(np.sqrt(x)[1:]) + np.inf * x[1])(X)).any()


def test_a_jacobian_in_forward_mode_asks_for_rows_of_reverse_mode():
    """The tangent 0 of the second element meets the infinite slope of the first."""
    assert np.isnan(dr.jacobian(np.sqrt, mode="forward")(X)[0, 1])
    with pytest.warns(dr.NonFiniteWarning, match=r"Jacobian of sqrt: forward mode .* in output\[0\]"):
        made = dr.jacobian(np.sqrt)(X)
    np.testing.assert_array_equal(made, [[np.inf, 0], [0, 0.25]])


def test_it_is_said_once_by_each_function_at_the_line_of_the_user():
    g = dr.grad(lambda p: np.sum(np.sqrt(p["a"])[1:]) + p["b"])
    at = {"a": X, "b": 1.0}
    with pytest.warns(
        dr.NonFiniteWarning, match=r"gradient of <lambda>: reverse .* in p\['a'\]\[0\], .*why_nan"
    ) as all_:
        assert g(at)["a"].tolist() == [0, 0.25]
    assert [w.filename for w in all_ if w.category is dr.NonFiniteWarning] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error", dr.NonFiniteWarning)
        assert g(at)["a"].tolist() == [0, 0.25]


def test_of_too_many_nan_stays_and_the_message_says_so():
    f = lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0))
    most = np.zeros(rescue.MOST)
    np.testing.assert_array_equal(quiet(dr.grad(f), most), most)
    with pytest.warns(dr.NonFiniteWarning, match=r"257 components .* more than the 256 .*why_nan"):
        assert np.isnan(dr.grad(f)(np.zeros(rescue.MOST + 1))).all()


def test_arguments_aux_and_scalars():
    f = lambda a, b: np.sum(np.sqrt(a)[1:]) + np.arccos(b)
    by_b, by_a = quiet(dr.grad(f, (1, 0)), X, 1.0)
    assert by_b == -np.inf and by_a.tolist() == [0, 0.25]
    (y, aux), g = quiet(dr.value_and_grad(lambda x: (np.where(x > 0, np.sqrt(x), 0.0), "aux"), has_aux=True), 0.0)
    assert (y, aux, g) == (0.0, "aux", 0.0) and type(g) is float


def test_complex_numbers():
    """d |w|^2 / dz of w = sqrt(z), which is |z|, by the convention: (a - i b) / |z|."""
    made = quiet(dr.grad(lambda z: np.sum(np.abs(np.sqrt(z)[1:]) ** 2)), np.array([0j, 3 + 4j]))
    np.testing.assert_allclose(made, [0, 0.6 - 0.8j], rtol=1e-14)


def test_f_is_not_run_again_for_a_gradient():
    runs = []
    quiet(dr.grad(lambda x: runs.append(1) or np.sum(np.sqrt(x)[1:])), X)
    assert runs == [1]


@pytest.mark.parametrize("g", [1e200, np.finfo(float).max, -1e200])
@pytest.mark.parametrize("n", [1, 10, 100, 30_000])
def test_large_numbers_are_finite_and_no_warning(g, n):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rescue.finite(np.full(n, g)) and rescue.finite(np.full(n, 6e4, np.float16))
        assert not rescue.finite(np.append(np.full(n, g), np.nan)) and not rescue.finite(
            np.append(np.full(n, g), np.inf)
        )
    assert rescue.finite(np.zeros(0)) and rescue.finite(1.0) and not rescue.finite(np.float32(np.inf))


def test_the_parts_of_a_rescue():
    recording = Recording(lambda x: np.sqrt(x)[1:], [X], [(lambda leaves: leaves[0], 1)])
    grads, found = rescue.gradient(recording, [np.array([2.0])], recording.pull([np.array([2.0])], ()))
    assert grads[0].tolist() == [0, 0.5] and found == rescue.Rescue(((0, 0),), 0)


# ---- in optimize -----------------------------------------------------------------------------------------------------


def test_an_objective_counts_what_it_took_and_says_so_once():
    obj = dr.objective(lambda p: np.sum(np.sqrt(p)[1:]), X)
    with pytest.warns(dr.NonFiniteWarning, match=r"gradient of <lambda>: .* in x\[0\]"):
        assert obj.grad(obj.x0).tolist() == [0, 0.25]
    with warnings.catch_warnings():
        warnings.simplefilter("error", dr.NonFiniteWarning)
        np.testing.assert_allclose(obj.hess(obj.x0), [[0, 0], [0, -1 / 32]], rtol=1e-15)
        np.testing.assert_allclose(obj.hessp(obj.x0, np.ones(2)), [0, -1 / 32], rtol=1e-15)
    assert obj.counts.rescued == 3 and obj.counts.rescue_note == ", 3 numbers from the other mode"


def test_minimize_from_a_point_where_reverse_mode_alone_fails():
    f = lambda x: np.sum((x - 1) ** 2) + np.sum(np.sqrt(np.abs(x - 3))[1:])
    result = quiet(dr.minimize, f, np.array([3.0, 4.0]))
    x1 = result.params[1]
    assert result.success and result.params[0] == pytest.approx(1, abs=1e-5)
    assert abs(2 * (x1 - 1) - 0.5 / np.sqrt(3 - x1)) < 1e-4
    assert result.counts.rescued >= 1 and "numbers from the other mode" in str(result)


def test_residuals_and_constraints():
    res = dr.residuals(lambda p: np.sqrt(p)[1:], X)
    assert quiet(res.jac, res.x0).tolist() == [[0, 0.25]] and res.counts.rescued == 1
    assert quiet(res.jac_op(res.x0).rmatvec, np.ones(1)).tolist() == [0, 0.25]
    c = dr.constraint(lambda x: np.sqrt(x)[1:], 0.0, 9.0, like=X)
    assert quiet(c.jac, X).tolist() == [[0, 0.25]]
    assert quiet(c.hess, X, np.ones(1)).tolist() == [[0, 0], [0, -1 / 32]]
    pure = dr.residuals(lambda p: np.sqrt(p)[1:], X, mode="reverse")
    with pytest.raises(dr.NonFiniteError, match=r"x\[0\] is nan; first non-finite derivative: sqrt"):
        pure.jac(pure.x0)


def test_an_error_names_the_operation_that_is_to_blame_and_not_what_was_mended():
    obj = dr.objective(lambda p: np.sum(np.sqrt(p["a"])[1:]) + np.arccos(p["b"]), {"b": 1.0, "a": X})
    with pytest.raises(dr.NonFiniteError, match="first non-finite derivative: arccos"):
        obj.grad(obj.x0)


def test_check_judges_what_grad_gives():
    assert quiet(dr.check, lambda x: np.sum(np.sqrt(x)[1:]), X).ok
