"""A user's own op: one rule, both modes, any order, many directions."""

import functools
import math

import numpy as np
import pytest
from scipy import optimize, special

import dualrev as dr
from dualrev.registry import find

MODES = ("forward", "reverse")
X = np.array([-1.5, 0.2, 0.9])

softplus = dr.custom.elementwise(lambda x: np.logaddexp(0.0, x), lambda y, x: 1 / (1 + np.exp(-x)))
bessel = dr.custom.elementwise(lambda x: special.jv(0, x), lambda y, x: -bessel_one(x))
bessel_one = dr.custom.elementwise(lambda x: special.jv(1, x), lambda y, x: bessel(x) - y / x)
scale = dr.custom.elementwise(lambda x, k: k * x, lambda z, x, k: k, None)


@dr.custom.differential(lambda A: np.linalg.matrix_power(A, 3))
def cube(Y, A, /):
    return lambda dA: dA @ A @ A + A @ dA @ A + A @ A @ dA


@dr.custom.linear(lambda x: x[..., ::2])
def every_other(y, x, /):
    def back(ct):
        columns = [ct[..., k // 2] if k % 2 == 0 else 0 * ct[..., 0] for k in range(x.shape[-1])]
        return np.stack(columns, axis=-1)

    return (lambda dx: dx[..., ::2]), back


@dr.custom.argwise(lambda A, x: np.asarray(A) @ np.asarray(x), "(m,n),(n)->(m)")
def apply_matrix(y, A, x, /):
    return (
        (lambda dA: np.einsum("...ij,j->...i", dA, x), lambda ct: ct[..., :, None] * x),
        (lambda dx: dx @ A.T, lambda ct: ct @ A),
    )


power_mean = dr.custom.reduction(
    lambda x, axis=None, keepdims=False: np.sqrt(np.mean(x * x, axis=axis, keepdims=keepdims)),
    lambda y, x, axes: x / (y * np.prod([x.shape[a] for a in axes])),
)


@pytest.mark.parametrize("mode", MODES)
def test_softplus_and_its_second_derivative(mode):
    s = special.expit(X)
    np.testing.assert_allclose(dr.jacobian(softplus, mode=mode)(X), np.diag(s), rtol=1e-14)
    for outer in MODES:
        H = dr.jacobian(dr.jacobian(lambda x: np.sum(softplus(x)), mode=mode), mode=outer)(X)
        np.testing.assert_allclose(H, np.diag(s * (1 - s)), rtol=1e-14, atol=1e-17)


@pytest.mark.parametrize("mode", MODES)
def test_a_function_of_another_library_to_third_order(mode):
    f = bessel
    for _ in range(3):
        f = dr.jacobian(f, mode=mode)
    assert f(1.3) == pytest.approx(special.jvp(0, 1.3, 3), rel=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_a_differential_is_transposed_for_reverse_mode(mode):
    A = np.array([[1.0, 2.0], [0.5, -1.0]])
    composed = dr.jacobian(lambda A: A @ A @ A, mode="forward")(A)
    np.testing.assert_allclose(dr.jacobian(cube, mode=mode)(A), composed, rtol=1e-14)
    f = lambda A: np.sum(cube(A) ** 2)
    g = lambda A: np.sum((A @ A @ A) ** 2)
    np.testing.assert_allclose(dr.jacobian(dr.grad(f), mode=mode)(A), dr.hessian(g)(A), rtol=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_linear_argwise_and_reduction(mode):
    np.testing.assert_array_equal(dr.jacobian(every_other, mode=mode)(X), np.eye(3)[::2])
    A = np.arange(6.0).reshape(2, 3)
    J_A, J_x = dr.jacobian(apply_matrix, argnums=(0, 1), mode=mode)(A, X)
    np.testing.assert_array_equal(J_A, np.einsum("ik,j->ikj", np.eye(2), X))
    np.testing.assert_array_equal(J_x, A)
    expected = X / (3 * np.sqrt(np.mean(X * X)))
    np.testing.assert_allclose(dr.jacobian(power_mean, mode=mode)(X), expected, rtol=1e-15)
    rows = dr.jacobian(lambda A: power_mean(A, axis=1), mode=mode)(A)
    assert rows.shape == (2, 2, 3)


def test_an_op_of_ones_own_is_the_plain_function_on_plain_arrays():
    assert softplus(0.0) == np.logaddexp(0.0, 0.0)
    np.testing.assert_array_equal(every_other(X), X[::2])


def test_a_partial_that_is_unknown_is_refused_where_it_is_needed():
    assert dr.grad(scale)(2.0, 5.0) == 5.0
    with pytest.raises(dr.NoRuleError, match="no derivative is known in argument 1; pass a plain number"):
        dr.grad(scale, argnums=1)(2.0, 5.0)


def test_constant_has_the_derivative_zero():
    parity = dr.custom.constant(lambda x: np.floor(x) % 2)
    assert dr.grad(lambda x: x * parity(x))(3.7) == 1.0


def test_a_rule_that_exists_is_not_replaced():
    with pytest.raises(dr.InputError, match=r"np.sin has a rule already"):
        dr.custom.elementwise(np.sin, lambda y, x: 0 * x)


def test_a_decorated_primitive_takes_its_rule_afterwards():
    @dr.custom.primitive
    def thrice(x):
        return 3 * x

    dr.custom.elementwise(thrice, 3)
    assert dr.grad(thrice)(1.0) == 3.0
    assert thrice.__name__ == "thrice"


# ---- each word, as a user would use it -------------------------------------------------------------------------------


@dr.custom.linear(lambda x, shift: np.roll(x, shift))
def rolled(y, x, /, shift):
    return (lambda dx: np.roll(dx, shift, axis=-1)), (lambda ct: np.roll(ct, -shift, axis=-1))


@dr.custom.linear(lambda x, y: np.concatenate([x, y]) / 2)
def halves(z, x, y, /):
    n = x.shape[-1]
    return (
        (lambda dx, dy: np.concatenate([dx, dy], axis=-1) / 2),
        (lambda ct: [ct[..., :n] / 2, ct[..., n:] / 2]),
    )


@dr.custom.argwise(lambda x, knots: np.interp(x, np.arange(4.0), knots), "(),(4)->()")
def looked_up(y, x, knots, /):
    """Linear interpolation in a table: linear in the table, and of no interest in x here."""
    k, f = np.floor(x).astype(int), x - np.floor(x)
    weights = np.eye(4)[k] * (1 - f)[..., None] + np.eye(4)[np.minimum(k + 1, 3)] * f[..., None]
    return None, ((lambda dt: np.sum(weights * dt, axis=-1)), (lambda ct: weights * ct[..., None]))


@dr.custom.composite(lambda x, base=2.0: np.log(np.sum(base**x)) / np.log(base))
def log_sum(x, base=2.0):
    return np.log(np.sum(base**x)) / np.log(base)


log_gamma = dr.custom.elementwise(np.vectorize(math.lgamma, otypes=[float]), lambda y, x: special.digamma(x))
hypotenuse = dr.custom.elementwise(
    np.vectorize(math.hypot, otypes=[float]),
    dr.custom.over(lambda z, x, y: z / x),
    dr.custom.over(lambda z, x, y: z / y),
)
largest = dr.custom.reduction(
    lambda x, axis=None, keepdims=False: np.max(np.abs(x), axis=axis, keepdims=keepdims),
    lambda y, x, axes: (np.abs(x) == y) * np.sign(x),
)

USES = {  # an op in use, and the same in ops that are built in
    "elementwise": (lambda x: softplus(x) * x, lambda x: np.log(1 + np.exp(x)) * x),
    "elementwise of two": (lambda x: hypotenuse(x, x[:, None] + 3), lambda x: np.sqrt(x**2 + (x[:, None] + 3) ** 2)),
    "elementwise of another library": (lambda x: log_gamma(x + 3), lambda x: special.gammaln(x + 3)),
    "linear": (lambda x: rolled(x**2, shift=1), lambda x: x[[2, 0, 1]] ** 2),
    "linear, parameter by position": (lambda x: rolled(x**2, 1), lambda x: x[[2, 0, 1]] ** 2),
    "linear in two": (lambda x: halves(x, x**2), lambda x: np.concatenate([x, x**2]) / 2),
    "linear in two, one constant": (
        lambda x: halves(np.ones(2), x**2), lambda x: np.concatenate([np.ones(2), x**2]) / 2),
    "argwise": (lambda x: apply_matrix(np.outer(x, x), x), lambda x: x * (x @ x)),
    "argwise, one constant": (lambda x: apply_matrix(np.ones((2, 3)), x**2), lambda x: np.ones((2, 3)) @ x**2),
    "argwise with a zero": (
        lambda x: looked_up(np.array([0.5, 2.25]), np.concatenate([x, x[:1]]) ** 2),
        lambda x: np.stack([0.5 * x[0] ** 2 + 0.5 * x[1] ** 2, 0.75 * x[2] ** 2 + 0.25 * x[0] ** 2]),
    ),
    "differential": (lambda x: cube(np.outer(x, x)), lambda x: np.outer(x, x) * (x @ x) ** 2),
    "reduction": (lambda x: largest(x), lambda x: -x[0]),
    "reduction over an axis": (lambda x: largest(np.outer(x, x), axis=1), lambda x: np.abs(x * x[0])),
    "reduction, axis by position": (lambda x: largest(np.outer(x, x), 1), lambda x: np.abs(x * x[0])),
    "reduction that keeps its axis": (
        lambda x: largest(np.outer(x, x), axis=0, keepdims=True), lambda x: np.abs(x * x[0])[None]),
    "composite": (lambda x: log_sum(x), lambda x: np.log(np.sum(2.0**x)) / np.log(2.0)),
    "composite, keyword": (lambda x: log_sum(x, base=3.0), lambda x: np.log(np.sum(3.0**x)) / np.log(3.0)),
    "on a list": (
        lambda x: softplus([x[0], 1.0]), lambda x: np.stack([np.log(1 + np.exp(x[0])), 0 * x[0] + np.log(1 + np.e)])),
    "on objects": (lambda x: softplus(np.array([x[0], x[1]])), lambda x: np.log(1 + np.exp(x[:2]))),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", USES)
def test_an_own_op_agrees_with_built_in_ones_to_second_order_and_in_many_directions(case, mode):
    own, built_in = USES[case]
    np.testing.assert_allclose(own(X), built_in(X), rtol=1e-14)
    expected = dr.jacobian(built_in, mode="forward")(X)
    np.testing.assert_allclose(dr.jacobian(own, mode=mode)(X), expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(dr.jacobian(own, mode=mode, chunk=2)(X), expected, rtol=0, atol=1e-13)
    if case != "elementwise of another library":  # digamma has no rule of its own
        H = dr.jacobian(dr.jacobian(built_in, mode="forward"), mode="forward")(X)
        for outer in MODES:
            second = dr.jacobian(dr.jacobian(own, mode=mode), mode=outer)(X)
            np.testing.assert_allclose(second, H, rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", USES)
def test_an_own_op_satisfies_the_adjoint_identity(case):
    f = USES[case][0]
    y, rng = f(X), np.random.default_rng(7)
    v, w = rng.normal(size=3), rng.normal(size=np.shape(y))
    pushed, pulled = dr.jvp(f, (X,), (v,))[1], dr.vjp(f, X)[1](w)[0]
    assert np.sum(w * pushed) == pytest.approx(pulled @ v, rel=1e-12)


def test_the_precision_is_kept():
    assert dr.grad(lambda x: np.sum(softplus(x)))(X.astype(np.float32)).dtype == np.float32


def test_a_constant_takes_keywords_and_traced_scalars_in_arrays():
    rounded = dr.custom.constant(lambda x, decimals=0: np.round(x, decimals))
    J = dr.jacobian(lambda x: x * rounded(x, decimals=1))(X)
    np.testing.assert_array_equal(J, np.diag(np.round(X, 1)))
    np.testing.assert_array_equal(dr.jacobian(lambda x: rounded(np.array([x[0], 2.0])))(X), np.zeros((2, 3)))


def test_an_op_inside_a_solver_of_another_library():
    """The implicit function theorem in one rule: x(a) solves x + log x = a, so dx/da = x / (1 + x)."""

    def solved(a):
        return optimize.brentq(lambda x: x + np.log(x) - a, 1e-9, 1e3, xtol=1e-15, rtol=1e-15)

    root = dr.custom.elementwise(np.vectorize(solved, otypes=[float]), lambda x, a: x / (1 + x))
    assert dr.grad(root)(1.0) == pytest.approx(0.5, rel=1e-12)  # x = 1
    assert dr.grad(dr.grad(root))(1.0) == pytest.approx(0.125, rel=1e-12)  # x / (1 + x)^3
    with pytest.raises(Exception, match=r"float|exception set"):
        dr.grad(solved)(1.0)


class Doubling:
    def __call__(self, x):
        return 2 * x


FUNCTIONS = {
    "a builtin": abs,
    "a function of math": math.fabs,
    "a vectorized function": np.vectorize(math.fabs, otypes=[float]),
    "a partial": functools.partial(np.interp, xp=[0.0, 9.0], fp=[0.0, 18.0]),
    "an object": Doubling(),
    "a method": Doubling().__call__,
    "a ufunc made of a function": np.frompyfunc(lambda x: 2 * x, 1, 1),
    "a function of NumPy that does not dispatch": np.polynomial.chebyshev.chebweight,
    "a function of SciPy": special.softmax,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_whatever_can_be_called_can_be_given_a_rule(kind, mode):
    func = FUNCTIONS[kind]
    op = (
        func if find(func) else dr.custom.elementwise(func, lambda y, x: 7.0 + 0 * x)
    )  # a ufunc takes its rule but once
    assert dr.jacobian(op, mode=mode)(0.5) == 7.0
    if isinstance(func, np.ufunc):
        assert op is func


# ---- rules that do not fit -------------------------------------------------------------------------------------------

product = lambda a, b: a * b
MISFITS = {
    "a partial too few": (
        lambda: dr.custom.elementwise(product, lambda z, a, b: b), lambda op: op(X, X),
        r"op: called with 2 arguments, and its rule has 1 partial"),
    "a partial too many": (
        lambda: dr.custom.elementwise(lambda a: 2 * a, 2.0, 3.0), lambda op: op(X),
        r"op: called with 1 arguments?, and its rule has 2 partials"),
    "no partial": (lambda: dr.custom.elementwise(lambda a: 2 * a), lambda op: op(X), r"a partial derivative for each"),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", MISFITS)
def test_a_rule_with_the_wrong_number_of_partials_is_refused(case, mode):
    make, use, message = MISFITS[case]
    with pytest.raises(dr.InputError, match=message):
        op = make()
        dr.jacobian(lambda x: use(lambda *args: op(*[x * a for a in args])), mode=mode)(X)


@pytest.mark.parametrize("mode", MODES)
def test_a_keyword_that_the_rule_does_not_know_is_refused_by_name(mode):
    with pytest.raises(
        dr.NoRuleError, match=r"op: the argument 'k' has no derivative rule; supported: no keyword arguments"
    ):
        dr.jacobian(lambda x: softplus(x, k=2.0), mode=mode)(X)
    with pytest.raises(dr.NoRuleError, match=r"op: the argument 'order' has no derivative rule; supported: shift"):
        dr.jacobian(lambda x: rolled(x, shift=1, order=2), mode=mode)(X)


def test_a_traced_parameter_is_refused():
    with pytest.raises(dr.LostDerivativeError):
        dr.jacobian(lambda x: rolled(x, shift=x[0]))(X)


def test_a_primitive_without_a_rule_is_the_plain_function_until_it_is_differentiated():
    @dr.custom.primitive
    def waiting(x):
        return 3 * x

    np.testing.assert_array_equal(waiting(X), 3 * X)
    with pytest.raises(dr.NoRuleError, match=r"waiting has no derivative rule.*dr\.custom"):
        dr.grad(waiting)(1.0)


@pytest.mark.parametrize("word", ["elementwise", "constant", "linear", "reduction"])
def test_no_word_replaces_a_rule_that_exists(word):
    arguments = {"elementwise": (1.0,), "reduction": (1.0,)}.get(word, ())
    for func in (np.sin, np.sum, softplus):
        with pytest.raises(dr.InputError, match="has a rule already, and everybody relies on it: wrap it in yours"):
            getattr(dr.custom, word)(func, *arguments)


def test_a_wrong_partial_is_not_corrected():
    """The rule is believed: what checks it is the adjoint identity and the difference, in tests such as these."""
    wrong = dr.custom.elementwise(np.vectorize(math.sin, otypes=[float]), lambda y, x: 2 * np.cos(x))
    assert dr.grad(wrong)(0.3) == 2 * np.cos(0.3)
