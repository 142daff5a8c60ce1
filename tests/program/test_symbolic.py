"""Local partials as formulas: the text, evaluated, is the number that the rule gives."""

import math

import numpy as np
import pytest

import dualrev as dr
from dualrev.program.sensitivity import partial
from dualrev.program.symbolic import partial_formula
from tests.program.programs import baydin

UFUNCS = """exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh sqrt
    cbrt square reciprocal negative positive absolute deg2rad""".split()
MORE = {
    "x**2": lambda x: x**2,
    "x**3": lambda x: x**3,
    "x**2.5": lambda x: x**2.5,
    "x**-1": lambda x: x**-1,
    "2**x": lambda x: 2.0**x,
    "x**x": lambda x: x**x,
    "1/x": lambda x: 1 / x,
    "x/3": lambda x: x / 3,
    "x*x": lambda x: x * x,
    "x - x": lambda x: x - x,
    "3*x": lambda x: 3 * x,
    "(-x)*x": lambda x: (-x) * x,
    "hypot": lambda x: np.hypot(x, 2.0),
    "arctan2": lambda x: np.arctan2(x, 2.0),
    "logaddexp": lambda x: np.logaddexp(x, 0.0),
    "maximum": lambda x: np.maximum(x, 0.0),
    "clip": lambda x: np.clip(x, 0.0, 0.5),
}
FUNCTIONS = {name: getattr(np, name) for name in UFUNCS} | MORE
WORDS = {name: getattr(np, name) for name in [*UFUNCS, "hypot", "arctan2"]} | {"__builtins__": {}}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("point", [0.6, 0.3])
def test_the_formula_evaluated_is_the_partial(name, point):
    program = dr.trace(FUNCTIONS[name], point)
    values = {v.name: v.primal for v in program.values}
    written = 0
    for v in program.operations:
        for k, p in enumerate(v.parents):
            found = partial_formula(program, v, k) if p >= 0 else None
            if found is not None:
                written += 1
                assert eval(str(found), WORDS, values) == pytest.approx(float(partial(v, k)), rel=1e-3)
    assert written


HAND = {
    "exp": "v1",
    "log": "1/x",
    "sin": "cos(x)",
    "cos": "-sin(x)",
    "tanh": "1 - v1**2",
    "sqrt": "1/(2*v1)",
    "square": "2*x",
    "arctan": "1/(1 + x**2)",
    "reciprocal": "-v1**2",
    "x**3": "3*x**2",
    "x**-1": "-x**(-2)",
    "1/x": "-v1/x",
    "log10": "1/(2.3026*x)",
    "negative": "-1",
}


@pytest.mark.parametrize("name", HAND)
def test_it_is_written_as_by_hand(name):
    assert [e.partial for e in dr.trace(FUNCTIONS[name], 0.6).graph(partials="symbolic").edges] == [HAND[name]]


def test_the_edges_and_sums_of_the_survey():
    program = dr.trace(baydin, 2.0, 5.0)
    edges = [e.partial for e in program.graph(partials="symbolic").edges]
    assert edges == ["1/x1", "x2", "x1", "1", "1", "cos(x2)", "1", "-1"]
    assert [row.total for row in program.table(symbolic=True).rows] == [
        "adj x1 = adj v2 * x2 + adj v1 / x1",
        "adj x2 = adj v4 * cos(x2) + adj v2 * x1",
        "adj v1 = adj v3",
        "adj v2 = adj v3",
        "adj v3 = adj v5",
        "adj v4 = -adj v5",
        "",
    ]


def test_a_product_sends_each_factor_to_the_other():
    program = dr.trace(lambda g, h: g * h, 18.0, 14.0)
    assert [e.partial for e in program.graph(partials="symbolic").edges] == ["h", "g"]


def test_arrays_and_what_has_no_formula():
    W, c = np.ones((2, 2)), np.array([1.0, 2.0])

    def f(x):
        y = np.tanh(W @ x)
        return np.sum(y * c)

    program = dr.trace(f, np.ones(2))
    assert [e.partial for e in program.graph(partials="symbolic").edges] == ["J 2x2", "1 - y**2", "c", "J 1x2"]
    totals = [row.total for row in program.table(symbolic=True).rows]
    assert totals[:3] == ["adj x = JT(v1) adj v1", "adj v1 = adj y * (1 - y**2)", "adj y = adj v3 * c"]


WRITTEN = {
    "x*(1 + x)/(x - v1)**2": lambda y, x: x * (1 + x) / (x - y) ** 2,
    "v1 - (x - (-x))": lambda y, x: y - (x - (-x)),
    "(v1 + x)/(x*v1)": lambda y, x: (y + x) / (x * y),
    "(-x)**2*(-v1)": lambda y, x: np.square(-x) * (-y),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_parentheses_where_a_rule_needs_them(text):
    own = dr.custom.elementwise(lambda x: np.tanh(x), WRITTEN[text])
    program = dr.trace(lambda x: own(x), 0.6)
    assert str(partial_formula(program, program[1], 0)) == text
    values = {v.name: v.primal for v in program.values}
    assert eval(text, WORDS, values) == pytest.approx(float(partial(program[1], 0)), rel=1e-12)


def test_signs_inside_a_sum():
    program = dr.trace(lambda x: 2.0 - x - np.cos(x), 1.0)
    assert [row.total for row in program.table(symbolic=True).rows[:3]] == [
        "adj x = -adj v2 * sin(x) - adj v1",
        "adj v1 = adj v3",
        "adj v2 = -adj v3",
    ]


def test_many_uses_are_cut():
    program = dr.trace(lambda x: math.prod([x] * 40), 1.1)
    assert program.table(symbolic=True).rows[0].total == "adj x = adj v40 * v39 + ... + adj v1 (40 uses)"


def test_unknown_partials_are_refused():
    with pytest.raises(dr.InputError, match="partials='words': write 'numbers' or 'symbolic'"):
        dr.trace(np.sin, 1.0).graph(partials="words")
