"""Recorded programs as formulas: each has the value and the derivative of the function, by SymPy's own means."""

import math

import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr

sp = pytest.importorskip("sympy")

X = np.array([0.3, 0.7, 0.45, 0.6])
M = np.array([[2.0, 0.5], [-0.25, 1.5]])


def filled(x):
    y = np.zeros_like(x)
    y[0], y[1:3] = x[3], x[:2] * x[2]
    y[1] += x[0]
    np.add.at(y, [2, 2], x[:2])
    return 2.0 * y


SCALAR = {
    name: getattr(np, name)
    for name in "negative positive absolute fabs square sqrt cbrt reciprocal exp exp2 expm1 log log2 log10 log1p sin "
    "sinc cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh deg2rad rad2deg radians degrees".split()
}
SCALAR |= {f"sc.{name}": getattr(sc, name) for name in "erf erfc erfinv gamma gammaln digamma expit logit ndtr".split()}
SCALAR |= {f"sc.{name}": getattr(sc, name) for name in "j0 j1 i0 i1 exp10 exp2 expm1 log1p cbrt".split()}
SCALAR |= {f"math.{n}": getattr(dr.math, n) for n in "exp log sin atan sqrt erf lgamma gamma tanh cbrt".split()}
SCALAR |= {
    "arccosh": lambda x: np.arccosh(1 + x),
    "power": lambda x: x**2.5 + 2.0**x + x**x,
    "hypot": lambda x: np.hypot(x, 2.0) + np.arctan2(x, 3.0) + np.arctan2(1.0, x),
    "logaddexp": lambda x: np.logaddexp(x, 1.0) + np.logaddexp2(x, 2.0),
    "maximum": lambda x: np.maximum(x, 0.1) * np.minimum(x, 9.0) + np.fmax(x, 2.0) * np.fmin(x, 0.2),
    "remainder": lambda x: np.remainder(7.1 * x, 2.0) + np.remainder(-7.1 * x, 2.0) + np.fmod(-7.1 * x, 2.0),
    "bessel": lambda x: sc.jv(1.5, x) + sc.yv(0.5, x) + sc.iv(2.0, x) + sc.kv(1.0, x),
    "math.pow": lambda x: dr.math.pow(x, 3) + dr.math.hypot(x, 1.0) + dr.math.atan2(x, 2.0) + dr.math.fmod(9 * x, 2.0),
}
ARRAYS = {
    "sums": lambda x: np.sum(x) * np.mean(x) + np.prod(x) + np.var(x) + np.std(x, ddof=1),
    "cumulative": lambda x: np.cumsum(x) * np.cumprod(x),
    "extremes": lambda x: np.max(x) * np.min(x.reshape(2, 2), axis=0),
    "products": lambda x: x @ M.repeat(2, axis=1).T.repeat(2, axis=1)[:4, :2] @ (M @ x[:2]),
    "einsum": lambda x: np.einsum("ij,j->i", x.reshape(2, 2), x[1:3]) + np.dot(x[:2], x[2:]),
    "moved": lambda x: np.concatenate([x[::-1], np.roll(x, 1)]) * np.stack([x, x]).T.ravel(),
    "where": lambda x: np.where(x > 0.5, x**2, 3 * x),
    "masked": lambda x: x[x > 0.5] * x[[0, 2]],
    "tanh layer": lambda x: np.tanh(M @ x[:2] + x[2:]),
    "softmax": lambda x: np.exp(x) / np.sum(np.exp(x), keepdims=True),
    "norm": lambda x: np.linalg.norm(x),
    "det": lambda x: np.linalg.det(x.reshape(2, 2)),
    "inverse": lambda x: np.linalg.inv(x.reshape(2, 2)),
    "solve": lambda x: np.linalg.solve(x.reshape(2, 2), x[:2]) + np.linalg.solve(x.reshape(2, 2), M)[0],
    "buffer": lambda x: filled(x),
    "complex": lambda x: np.abs(np.exp(1j * x) + x) + np.real(np.conj(np.exp(1j * x)) * 1j) + np.imag(x * (2 + 1j)),
    "axes": lambda x: np.sum(x.reshape(2, 1, 2), axis=(0, 2)) + np.prod(x.reshape(2, 2), axis=1, keepdims=True),
    "outer": lambda x: np.outer(x, x[:2]) + x[:, None],
}


def numbers(formula, at):
    """The formula at a point, by SymPy alone."""
    filled = formula.subs(at) if hasattr(formula, "subs") else formula
    return np.array(filled.tolist() if hasattr(filled, "tolist") else filled.evalf(20), complex)


@pytest.mark.parametrize("name", SCALAR)
def test_a_formula_of_one_number_has_its_value_and_its_derivative(name):
    f, x = SCALAR[name], sp.Symbol("x", real=True)
    formula = dr.trace(lambda x: f(x), 0.4).sympy()
    assert formula.free_symbols == {x}
    for at in (0.4, 0.7) if name != "remainder" else (0.4,):
        assert float(formula.subs(x, at).evalf(20)) == pytest.approx(float(f(at)), rel=1e-12)
    slope = float(sp.diff(formula, x).subs(x, 0.4).doit().evalf(20)) if name not in ("remainder", "math.pow") else None
    assert slope is None or slope == pytest.approx(float(dr.grad(f)(0.4)), rel=1e-9)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_formula_of_an_array_has_its_values_here_and_elsewhere_on_the_path(name):
    f = ARRAYS[name]
    formula = dr.trace(lambda x: f(x), X).sympy()
    symbols = [sp.Symbol(f"x_{k}", real=True) for k in range(4)]
    for at in (X, X + [0.02, 0.01, -0.03, 0.015]):
        assert numbers(formula, dict(zip(symbols, at.tolist()))) == pytest.approx(np.asarray(f(at)), rel=1e-12)


@pytest.mark.parametrize("name", ["tanh layer", "softmax", "det", "solve", "where", "norm", "sums"])
def test_the_program_of_a_gradient_is_the_formula_of_the_gradient(name):
    f = lambda x: np.sum(ARRAYS[name](x))
    formula = dr.trace(dr.grad(f), X).sympy()
    symbols = [sp.Symbol(f"x_{k}", real=True) for k in range(4)]
    assert numbers(formula, dict(zip(symbols, X.tolist()))) == pytest.approx(dr.grad(f)(X), rel=1e-9)


def test_the_formula_reads_as_it_was_written():
    formula = dr.trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0).sympy()
    assert str(formula) == "x1*x2 + log(x1) - sin(x2)"
    assert str(dr.trace(lambda x: 2.0 * x**2 / 4 + 0.1, 3.0).sympy()) == "x**2/2 + 0.1"
    assert str(dr.trace(lambda x: np.real(np.exp(1j * x)), 0.3).sympy()) == "cos(x)"
    assert sp.latex(dr.trace(lambda a, b: np.sqrt(a) / b, 2.0, 5.0).sympy()) == r"\frac{\sqrt{a}}{b}"


def test_trees_keep_their_structure_and_constants_of_the_result_their_numbers():
    program = dr.trace(lambda p: {"y": p["w"] * p["b"], "n": 2.0}, {"w": np.array([1.0, 2.0]), "b": 3.0})
    found = program.sympy()
    assert str(found["y"]) == "[b*w_0, b*w_1]".replace("b", "p_b").replace("w_", "p_w_")
    assert found["n"] == 2 and found["y"].shape == (2,)


def test_symbols_may_be_given():
    t, a = sp.symbols("t a")
    program = dr.trace(lambda x, k: k * x @ x, np.array([1.0, 2.0]), 3.0)
    assert sp.expand(program.sympy({"x": [t, 2 * t], "k": a})) == 5 * a * t**2
    with pytest.raises(dr.InputError, match="has shape"):
        program.sympy({"x": [t]})
    with pytest.raises(dr.InputError, match=r"no input named 'y'; it has x, k"):
        program.sympy({"y": t})


def test_names_that_meet_stay_apart():
    program = dr.trace(lambda x, x_0: x[0] - x_0, np.array([1.0]), 1.0)
    assert program.sympy() != 0


def test_what_sympy_does_not_know_is_refused_with_its_line():
    with pytest.raises(dr.NoRuleError, match=r"eigvalsh.*test_sympy_expressions.py:\d+"):
        dr.trace(lambda x: np.linalg.eigvalsh(x.reshape(2, 2)), X).sympy()
    with pytest.raises(dr.NoRuleError, match="sort"):
        dr.trace(lambda x: np.sort(x), X).sympy()
    exp = dr.custom.elementwise(lambda x: 2 * x, lambda y, x: 2.0)  # whose name says nothing of what it is
    with pytest.raises(dr.NoRuleError, match="no formula"):
        dr.trace(lambda x: exp(x), 2.0).sympy()
    with pytest.raises(dr.InputError, match="up to 20,000"):
        dr.trace(lambda x: x * x, np.ones(10_001)).sympy()


def test_the_path_taken_is_the_formula():
    f = lambda x: x**2 if x > 1 else math.pi * x
    assert str(dr.trace(f, 2.0).sympy()) == "x**2"
    assert float(dr.trace(f, 0.5).sympy().subs(sp.Symbol("x", real=True), 1)) == math.pi
