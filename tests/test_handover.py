"""A sparse matrix or a linear operator of SciPy's comes first in its product with a traced array, and hands it over."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse import linalg as sla

import dualrev as dr
from dualrev.errors import LostDerivativeError, NoRuleError

DENSE = np.array([[1.5, 0, 2, 0], [0, 3, 0, 0], [0, 0, 0, -4]])
FORMATS = [f"{name}_{kind}" for name in "bsr coo csc csr dia dok lil".split() for kind in ("array", "matrix")]
X, M = np.array([0.1, -0.7, 1.3, 2.9]), np.array([[0.3, 1.1], [-0.7, 0.2], [1.9, -1.3], [2.3, 0.7]])
W = np.array([0.9, -1.7, 0.3])

# The product, its matrix of rows by columns of the argument, and the argument.
PRODUCTS = {
    "S @ x": (lambda S, x: S @ x, lambda D: D, X),
    "S.dot(x)": (lambda S, x: S.dot(x), lambda D: D, X),
    "S.T @ x": (lambda S, x: S.T @ x, lambda D: D.T, W),
    "x @ S": (lambda S, x: x @ S, lambda D: D.T, W),
    "S @ M": (lambda S, x: S @ x, lambda D: np.kron(D, np.eye(2)), M),
    "S @ column": (lambda S, x: S @ x, lambda D: D, X[:, None]),
    "M @ S": (lambda S, x: x @ S, lambda D: np.kron(np.eye(2), D.T), M[:3].T),
    "S @ F-ordered": (lambda S, x: S @ x.T, lambda D: np.kron(D, np.eye(2)) @ TRANSPOSED, M.T),
}
TRANSPOSED = np.eye(8).reshape(4, 2, 8).transpose(1, 0, 2).reshape(8, 8).T
each_format = pytest.mark.parametrize("form", FORMATS)


def made(form, dtype=float):
    return getattr(sp, form)(DENSE.astype(dtype))


def assert_same(got, want):
    assert (type(got), got.dtype, got.shape) == (type(want), want.dtype, want.shape)
    assert got.flags == want.flags if got.shape else True
    np.testing.assert_array_equal(got, want)


@each_format
@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
def test_a_product_has_scipys_value_and_the_matrix_as_its_jacobian(form, name, dtype):
    product, matrix, x = PRODUCTS[name]
    S = made(form, dtype)
    f = lambda x: product(S, x)
    for point in (x, x.astype(np.float32)):
        for y in (dr.vjp(f, point)[0], dr.jvp(f, (point,), (point,))[0]):
            assert (y.dtype, y.shape) == (f(point).dtype, f(point).shape)
            np.testing.assert_array_equal(y, f(point))
    want = matrix(DENSE.astype(dtype))
    for mode in ("forward", "reverse"):
        J = dr.jacobian(f, mode=mode)(x)
        assert J.shape == f(x).shape + x.shape
        np.testing.assert_allclose(J.reshape(want.shape), want, rtol=1e-15)


@each_format
def test_of_the_older_classes_the_star_is_the_product_too(form):
    S = made(form)
    if form.endswith("matrix"):
        np.testing.assert_array_equal(dr.jacobian(lambda x: S * x)(X), DENSE)
        np.testing.assert_array_equal(dr.jacobian(lambda x: x * S)(W), DENSE.T)
    else:
        with pytest.raises(
            NoRuleError, match=r"array.__mul__ of a traced value would be a sparse matrix .* S @ \(x \* v\)"
        ):
            dr.jacobian(lambda x: S * x)(X)


@each_format
def test_complex_matrices(form):
    S = made(form, complex) * (1 + 2j)
    f = lambda x: np.sum(np.abs(S @ x) ** 2)
    np.testing.assert_allclose(dr.grad(f)(X), 2 * (5 * DENSE.T @ DENSE) @ X, rtol=1e-14)
    z = X + 1j * X[::-1]
    want = 2 * np.conj(S.toarray().conj().T @ (S.toarray() @ z))
    np.testing.assert_allclose(dr.grad(f)(z), want, rtol=1e-13)
    v = X[::-1] - 0.5j * X
    want = np.real(2 * np.vdot(S.toarray() @ z, S.toarray() @ v))
    np.testing.assert_allclose(dr.jvp(f, (z,), (v,))[1], want, rtol=1e-13)


@each_format
def test_second_derivatives(form):
    S = made(form)
    f = lambda x: np.sum(np.exp(S @ np.sin(x)))
    D, y = DENSE * np.cos(X), np.exp(DENSE @ np.sin(X))
    want = D.T @ (y[:, None] * D) - np.diag(np.sin(X) * (DENSE.T @ y))
    np.testing.assert_allclose(dr.hessian(f)(X), want, rtol=1e-13, atol=1e-13)
    for outer in ("forward", "reverse"):
        np.testing.assert_allclose(dr.jacobian(dr.grad(f), mode=outer)(X), want, rtol=1e-13, atol=1e-13)


def test_lists_and_arrays_of_traced_numbers_are_operands_too():
    S = made("csr_array")
    for f in (lambda x: S @ [x[0], x[1], 1.0, x[3]], lambda x: S @ np.array([x[0], x[1], 1.0, x[3]])):
        np.testing.assert_array_equal(dr.jacobian(f)(X), DENSE * [1, 1, 0, 1])


def test_sparse_arrays_of_one_axis_and_of_three():
    row = sp.coo_array(np.array([1.5, 0.0, -2.0]))
    np.testing.assert_array_equal(dr.grad(lambda x: row @ x)(W), [1.5, 0, -2])
    np.testing.assert_array_equal(dr.grad(lambda x: x @ row)(W), [1.5, 0, -2])
    np.testing.assert_array_equal(
        dr.jacobian(lambda x: row @ x)(M[:3]), np.kron([[1.5, 0, -2]], np.eye(2)).reshape(2, 3, 2)
    )
    try:
        cube = sp.coo_array(np.arange(24.0).reshape(2, 3, 4))
        want = cube @ X
    except ValueError:
        pytest.skip("this SciPy multiplies no sparse array of three axes")
    y, pullback = dr.vjp(lambda x: cube @ x, X)
    np.testing.assert_array_equal(y, want)
    np.testing.assert_allclose(pullback(np.ones((2, 3)))[0], cube.toarray().sum(axis=(0, 1)))
    np.testing.assert_allclose(dr.jacobian(lambda x: cube @ x, mode="forward")(X), cube.toarray())
    np.testing.assert_allclose(dr.jacobian(lambda x: cube @ x)(M), dr.jacobian(lambda x: cube.toarray() @ x)(M))


def test_the_matrix_stands_on_the_tape_with_its_pattern():
    S = made("csr_array")
    (line,) = dr.trace(lambda x: S @ x, X).operations
    np.testing.assert_array_equal(line.call.params["S"].indices, S.indices)
    assert type(line.call.params["S"]) is type(S)
    assert "sparse_matmul(x)" in str(dr.trace(lambda x: S @ x, X))
    assert dr.trace(lambda x: S @ x, X).cost().value == 2 * S.nnz


@each_format
def test_a_matrix_that_changes_after_its_use(form):
    """Each of three products has the matrix as it was."""
    S = made(form)

    def f(x):
        total = 0.0
        for _ in range(3):
            total = total + np.sum(S @ x)
            change(S)
        return total

    first, step = DENSE.sum(axis=0), np.array([1.5, 0, 0, 0])
    by_element = 3 * first + 4 * step  # 0, 1 and 3 of them
    np.testing.assert_allclose(dr.grad(f)(X), by_element if has_elements(form) else 7 * first)


@each_format
def test_a_pullback_has_the_matrix_as_it_was(form):
    S = made(form)
    _, pullback = dr.vjp(lambda x: S @ x, X)
    change(S)
    np.testing.assert_array_equal(pullback(np.array([1.0, 0, 0]))[0], DENSE[0])


def has_elements(form):
    return form[:3] in ("dok", "lil")


def change(S):
    """Twice the matrix, in place; or twice its first element, where its numbers are in no array."""
    if has_elements(S.format):
        S[0, 0] = 2 * S[0, 0]
    else:
        S.data *= 2


def test_one_copy_of_a_matrix_serves_all_its_products():
    S = made("csr_array")
    one, other = dr.trace(lambda x: S @ x + S @ (2 * x), X).operations[:3:2]
    assert one.call.params["S"] is other.call.params["S"] is not S


@pytest.mark.parametrize("seed", range(3))
def test_large_random_matrices(seed):
    S = sp.random_array((200, 300), density=0.02, rng=seed, format="csr")
    x, w = np.random.default_rng(seed).standard_normal((2, 300))
    f = lambda x: S.T @ np.tanh(S @ x)
    y, pullback = dr.vjp(f, x)
    np.testing.assert_array_equal(y, f(x))
    slope = (1 - np.tanh(S @ x) ** 2)[:, None]
    np.testing.assert_allclose(pullback(w)[0], S.T @ (slope[:, 0] * (S @ w)), atol=1e-12)
    seeds = np.random.default_rng(seed).standard_normal((5, 300))
    many = dr.jvp(f, (x,), (seeds,))[1]
    np.testing.assert_allclose(many, [dr.jvp(f, (x,), (v,))[1] for v in seeds], rtol=1e-14, atol=1e-14)


# ---- what a sparse matrix cannot do with traced values ---------------------------------------------------------------

REFUSED = {
    "S.multiply(x)": r"multiply of a traced value would be a sparse matrix .*\(S \* x\) @ v is S @ \(x \* v\)",
    "x[0] * S": r"\(s \* S\) @ v is s \* \(S @ v\)",
    "S * x[0]": r"\(s \* S\) @ v is s \* \(S @ v\)",
    "S / x[0]": "sparse matrix that holds traced values",
    "S.dot(x[0])": r"\(s \* S\) @ v is s \* \(S @ v\)",
    "S @ x[0]": r"\(s \* S\) @ v is s \* \(S @ v\)",
    "S + x": r"write S.toarray\(\)",
    "x + S": r"write S.toarray\(\)",
    "x - S": r"write S.toarray\(\)",
    "S.maximum(x)": r"write S.toarray\(\)",
}


@each_format
@pytest.mark.parametrize("code", REFUSED)
def test_what_would_be_sparse_and_traced_says_what_to_write(form, code):
    with pytest.raises(NoRuleError, match=REFUSED[code]):
        dr.grad(lambda x: eval(code, {"S": made(form), "x": x}))(X)


@each_format
def test_comparisons_are_plain(form):
    S = made(form)
    seen = []
    dr.grad(lambda x: (seen.append(x == S), np.sum(x))[1])(X)
    np.testing.assert_array_equal(np.asarray(seen[0]), np.asarray(X == S))


def test_plain_operands_go_the_way_of_scipy():
    dr.grad(lambda x: np.sum(made("csr_array") @ x))(X)
    for form in FORMATS:
        S = made(form)
        assert_same(S @ X, DENSE @ X)
        assert (S * 2.0).format == S.multiply(2.0).format
        assert (S @ S.T).shape == (3, 3)
        np.testing.assert_array_equal((S + S).toarray(), 2 * DENSE)


def test_supports_knows_the_products():
    assert dr.supports(lambda x: np.sum(made("csr_array") @ x), X)


def test_a_matrix_imported_while_f_runs_is_met_or_refused():
    code = """
import numpy as np, dualrev as dr
def f(x):
    import scipy.sparse as sp
    return np.sum(sp.csr_array(np.eye(3)) @ x)
try:
    dr.grad(f, plain=False)(np.ones(3))
except dr.DualrevError as error:
    print(error)
print(dr.grad(f)(np.ones(3)))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "was imported while the function ran: import it before" in said
    assert said.endswith("[1. 1. 1.]\n")


# ---- linear operators ------------------------------------------------------------------------------------------------


def operators():
    A = DENSE * (1 + 2j)
    return {
        "of an array": (sla.aslinearoperator(DENSE), DENSE),
        "of a sparse array": (sla.aslinearoperator(made("csr_array")), DENSE),
        "of a complex array": (sla.aslinearoperator(A), A),
        "of functions": (
            sla.LinearOperator((3, 4), matvec=lambda v: DENSE @ v, rmatvec=lambda w: DENSE.T @ w, dtype=float),
            DENSE,
        ),
        "made of others": (2.0 * sla.aslinearoperator(DENSE) + sla.aslinearoperator(DENSE), 3 * DENSE),
    }


@pytest.mark.parametrize("name", operators())
def test_a_linear_operator_is_transposed_by_its_rmatvec(name):
    A, D = operators()[name]
    real = lambda y: y.real if np.iscomplexobj(D) else y
    for f, J, x in (
        (lambda x: real(A @ x), D, X),
        (lambda x: real(A.matvec(x)), D, X),
        (lambda x: real(A * x), D, X),
        (lambda x: real(A(x)), D, X),
        (lambda x: real(A.rmatvec(x)), D.conj().T, W),
        (lambda x: real(x @ A), D.T, W),
        (lambda x: real(A.matmat(x)), np.kron(D, np.eye(2)), M),
        (lambda x: real(A.rmatmat(x)), np.kron(D.conj().T, np.eye(2)), M[:3]),
    ):
        np.testing.assert_array_equal(dr.vjp(f, x)[0], f(x))
        for mode in ("forward", "reverse"):
            np.testing.assert_allclose(dr.jacobian(f, mode=mode)(x).reshape(J.shape), real(J), rtol=1e-14)
    f = lambda x: np.sum(np.abs(A @ np.sin(x)) ** 2)
    g = lambda x: np.sum(np.abs(D @ np.sin(x)) ** 2)
    np.testing.assert_allclose(dr.hessian(f)(X), dr.hessian(g)(X), rtol=1e-13, atol=1e-13)


def test_an_operator_without_rmatvec_says_so():
    A = sla.LinearOperator((3, 4), matvec=lambda v: DENSE @ v, dtype=float)
    np.testing.assert_array_equal(dr.jacobian(lambda x: A @ x, mode="forward")(X), DENSE)
    with pytest.raises(
        NoRuleError, match=r"a LinearOperator without rmatvec .* LinearOperator\(shape, matvec, rmatvec\)"
    ):
        dr.jacobian(lambda x: A @ x, mode="reverse")(X)


def test_an_operator_that_uses_traced_values_is_refused():
    def f(x):
        return np.sum(sla.LinearOperator((4, 4), matvec=lambda v: x * v, dtype=float) @ (2 * x))

    with pytest.raises(LostDerivativeError, match="call its function itself"):
        dr.grad(f)(X)


def test_an_operator_times_a_traced_number_says_what_to_write():
    with pytest.raises(NoRuleError, match=r"write s \* \(A @ v\)"):
        dr.grad(lambda x: np.sum((x[0] * sla.aslinearoperator(DENSE)) @ X))(X)
