"""The registry: how a call is read, and how a line of the tape is."""

import numpy as np
import pytest
import scipy.special as sc

import dualrev as dr
from dualrev.errors import NoRuleError
from dualrev.registry import OPS, Call, argwise, composite, constant, core_axes, elementwise, find, full_name, linear


def test_a_call_is_sorted_into_arrays_and_parameters():
    x = np.ones((2, 3))
    op = OPS[np.sum]
    assert op.split((x,), {"axis": 0}) == ((x,), {"axis": 0})
    assert op.split((x, 1), {}) == ((x,), {"axis": 1})
    assert op.split((), {"a": x, "keepdims": True}) == ((x,), {"keepdims": True})
    assert op.split((x, 0, None, None), {"where": np._NoValue}) == ((x,), {"axis": 0})  # NumPy's own defaults


def test_a_missing_argument_is_named():
    with pytest.raises(TypeError, match=r"np.sum\(\) is missing its argument 'a'"):
        OPS[np.sum].split((), {"axis": 0})


def test_the_three_forms_of_a_line_are_read_alike():
    sin, add, total = OPS[np.sin], OPS[np.add], OPS[np.sum]
    assert Call.read((sin, 3, "x", "y")) == (sin, (3,), ("x",), {}, "y")
    assert Call.read((add, 3, -1, "x", "y", "z")) == (add, (3, -1), ("x", "y"), {}, "z")
    assert Call.read((total, (3,), ("x",), {"axis": 0}, "y")) == (total, (3,), ("x",), {"axis": 0}, "y")


def test_a_call_pushes_tangents_in_either_form():
    x, v = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    np.testing.assert_array_equal(Call.read((OPS[np.square], 0, x, x * x)).push((), [v]), 2 * x * v)
    assert Call.read((OPS[np.sum], (0,), (x,), {}, 3.0)).push((), [v]) == 8.0


def test_names_are_those_people_know():
    assert [full_name(f) for f in (np.sin, np.linalg.solve, sc.erf)] == [
        "np.sin",
        "np.linalg.solve",
        "scipy.special.erf",
    ]


def test_scipy_special_registers_when_it_is_first_asked_for():
    assert find(sc.gammaln) is OPS[sc.gammaln]
    assert find(np.histogram) is None


def test_signatures_count_the_axes_of_each_argument():
    assert core_axes("(m,n),(n)->(m)")(None) == (2, 1)
    assert core_axes("(),(),()->()")(None) == (0, 0, 0)


# ---- reading a call --------------------------------------------------------------------------------------------------

A = np.ones((2, 3))
SPELLINGS = {  # the same call, spelled as people spell it: its arrays, and the parameters that differ from the defaults
    "np.sum": (np.sum, (A,), {"axis": 1}, [((A, 1), {}), ((A,), {"axis": 1}), ((), {"a": A, "axis": 1})]),
    "np.sum, defaults": (np.sum, (A,), {}, [((A,), {}), ((), {"a": A}), ((A,), {"where": np._NoValue})]),
    "np.reshape": (np.reshape, (A,), {"shape": (3, 2)}, [((A, (3, 2)), {}), ((A,), {"shape": (3, 2)})]),
    "np.cumsum": (
        np.cumsum, (A,), {"axis": 1}, [((A, 1), {}), ((A,), {"axis": 1}), ((), {"axis": 1, "a": A, "out": None})]),
}  # fmt: skip


@pytest.mark.parametrize("case", SPELLINGS)
def test_every_spelling_of_a_call_is_read_alike(case):
    func, arrays, params, spellings = SPELLINGS[case]
    op = OPS[func]
    for args, kwargs in spellings:
        got_arrays, got_params = op.split(args, kwargs)
        assert len(got_arrays) == len(arrays) and all(a is b for a, b in zip(got_arrays, arrays, strict=True))
        assert {k: v for k, v in got_params.items() if v is not None} == params


REFUSED = {
    "np.sum": (
        np.sum,
        {"where": A > 0},
        r"np.sum: the argument 'where' has no derivative rule; supported: axis, keepdims",
    ),
    "np.sum, by value": (np.sum, {"initial": 1.0}, r"np.sum: the argument 'initial' has no derivative rule"),
    "np.exp": (np.exp, {"casting": "unsafe"}, r"np.exp: the argument 'casting' .* supported: no keyword arguments"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_parameter_that_the_rule_does_not_know_is_refused_by_name(case):
    func, kwargs, message = REFUSED[case]
    with pytest.raises(NoRuleError, match=message):
        OPS[func].split((A,), kwargs)


def test_a_parameter_at_its_default_is_no_parameter():
    assert OPS[np.sum].split((A,), {"dtype": None, "out": None}) == ((A,), {})
    assert OPS[np.reshape].split((A,), {"shape": (6,), "order": "C"})[1]["shape"] == (6,)


# ---- one rule, both modes --------------------------------------------------------------------------------------------


def test_both_modes_and_every_order_read_the_same_rule():
    asked = []
    op = dr.custom.elementwise(lambda x: x**3, lambda y, x: asked.append(type(x).__name__) or 3 * x * x)
    assert OPS[op].push and OPS[op].pull
    assert dr.jvp(op, (2.0,), (1.0,))[1] == dr.grad(op)(2.0) == 12.0
    assert asked == ["float", "float"]
    asked.clear()
    assert dr.grad(dr.grad(op))(2.0) == 12.0
    assert asked == ["Node"]


def test_every_op_has_a_rule_or_a_reason_to_have_none():
    for func, op in OPS.items():
        assert op.func is func and callable(op.apply) and op.name
        kinds = [op.rule is not None, op.composite is not None]
        assert sum(kinds) <= 1, op
        if op.rule:
            assert callable(op.push) and callable(op.pull), op
            assert op.arity in (0, 1, 2), op
        else:
            assert op.push is op.pull is None, op


def test_words_register_what_they_are_given():
    def f(x):
        return x

    def plain(x, k=1):
        return k * x

    constant(f)
    assert OPS[f].rule is OPS[f].composite is None
    elementwise(plain, 1.0)
    assert OPS[plain].arity == 1 and OPS[plain].name == "plain" and repr(OPS[plain]) == "Op(plain)"

    @composite(f)
    def says(x, scale=2.0):
        return scale * x

    assert OPS[f].composite.__name__ == "says" and list(OPS[f].params) == ["x", "scale"]
    del OPS[f], OPS[plain]


def test_an_array_rule_says_by_its_signature_what_is_an_array_and_what_a_parameter():
    def one(x, shift):
        return x

    def two(x, y):
        return x

    def many(*xs):
        return xs[0]

    linear(one)(lambda y, x, /, shift: None)
    argwise(two, "(n),()->(n)")(lambda z, x, y, /: None)
    linear(many)(lambda y, *xs: None)
    assert (OPS[one].arrays, list(OPS[one].params), OPS[one].arity) == (["x"], ["shift"], 0)
    assert (OPS[two].arrays, list(OPS[two].params), OPS[two].arity) == (["x", "y"], [], 2)
    assert (OPS[many].arrays, OPS[many].arity) == (None, 0)
    assert OPS[two].rule.core(None) == (1, 0)
    for func in (one, two, many):
        del OPS[func]


@pytest.mark.parametrize(
    ("signature", "axes"),
    [("()->()", (0,)), ("(n)->()", (1,)), ("(n,n),(n,k)->(n,k)", (2, 2)), ("(a,b,c),(),(d)->(a)", (3, 0, 1))],
)
def test_a_signature_is_read_as_numpy_writes_it(signature, axes):
    assert core_axes(signature)(None) == axes


NAMES = {
    "np.sin": np.sin, "np.sum": np.sum, "np.linalg.solve": np.linalg.solve, "np.fft.rfft": np.fft.rfft,
    "scipy.special.gammaln": sc.gammaln, "np.matmul": np.matmul, "len": len,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_called_what_people_call_it(name):
    assert full_name(NAMES[name]) == name
