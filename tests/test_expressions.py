"""Formulas as functions: values and slopes against Python's own arithmetic; everything else refused in one line."""

# ruff: noqa: E501, RUF001 (tables of what people type, letters that look alike among them)

import ast
import cmath
import linecache
import math
import sys
import traceback

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dualrev as dr
from dualrev.errors import InputError
from dualrev.expressions import is_target, load, parse, point_of, tree_value
from dualrev.expressions.reading import DEEPEST, LONGEST
from dualrev.expressions.vocabulary import ALIASES, CONSTANTS, FUNCTIONS, GLOBALS, MEANT
from dualrev.registry import OPS

X, Y = 0.7, 1.3


def refused(text):
    with pytest.raises(InputError) as error:
        parse(text)
    message = str(error.value)
    assert "\n" not in message and message.isprintable() and len(message) < 300
    return message


# ---- what a formula means --------------------------------------------------------------------------------------------

# A formula of x and y, and the same thing said with Python's cmath: its value, and its slope by a complex step.
FORMULAS = [
    ("x + y*2 - x/y", lambda x, y: x + y * 2 - x / y),
    ("-x**2", lambda x, y: -(x**2)),
    ("x**-2 * y", lambda x, y: y / x**2),
    ("2**x**y", lambda x, y: cmath.exp(cmath.log(2) * cmath.exp(y * cmath.log(x)))),
    ("+x*(1 - -y)", lambda x, y: x * (1 + y)),
    ("log(x) + x*y - sin(y)", lambda x, y: cmath.log(x) + x * y - cmath.sin(y)),
    ("np.exp(x) * numpy.cos(y)", lambda x, y: cmath.exp(x) * cmath.cos(y)),
    ("log1p(x) * expm1(y) * sqrt(x)", lambda x, y: cmath.log(1 + x) * (cmath.exp(y) - 1) * cmath.sqrt(x)),
    ("tanh(x) + atan(y) + asinh(x)", lambda x, y: cmath.tanh(x) + cmath.atan(y) + cmath.asinh(x)),
    ("pow(x, 3) + square(y)", lambda x, y: x**3 + y**2),
    ("2*pi*x + e*y + np.pi", lambda x, y: 2 * math.pi * x + math.e * y + math.pi),
    ("sum([x, 2, y]**2)", lambda x, y: x**2 + 4 + y**2),
    ("dot([x, y], [3, 4])", lambda x, y: 3 * x + 4 * y),
    ("([[x, 1], [2, y]] @ [y, 5])[1]", lambda x, y: 2 * y + 5 * y),
    ("np.linalg.det([[x, 2], [3, y]]) + linalg.norm([3*x, 4*x])", lambda x, y: x * y - 6 + 5 * x),
    ("prod(array([x, y, x])) / mean([x, y])", lambda x, y: x * y * x / ((x + y) / 2)),
    ("sum([[x, y], [1, 2]], axis=0)[-1]", lambda x, y: y + 2),
    ("where(x < y, x**2, y)", lambda x, y: x**2),
    ("where((x > y) | ~(x > 0) & (y == 1), x, 3*y)", lambda x, y: 3 * y),
    ("maximum(x, y) * abs(-x)", lambda x, y: y * x),
    ("x % 0.5 + 7 % 4", lambda x, y: x - 0.5 + 3),
    ("x**(1/3) * 1e-3", lambda x, y: cmath.exp(cmath.log(x) / 3) / 1000),
    ("9007199254740993*x", lambda x, y: 9007199254740992.0 * x),
]


@pytest.mark.parametrize(("text", "plain"), FORMULAS, ids=[text for text, _ in FORMULAS])
def test_values_and_slopes(text, plain):
    f = parse(text, first=["x", "y"])
    given = {"x": X, "y": Y}
    point = [given[name] for name in f.names]
    assert float(f.function(*point)) == pytest.approx(complex(plain(X, Y)).real, rel=1e-14)
    step = 1e-30
    slopes = {"x": plain(complex(X, step), Y), "y": plain(X, complex(Y, step))}
    for k, name in enumerate(f.names):
        expected = complex(slopes[name]).imag / step
        assert dr.grad(f.function, argnums=k)(*point) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_the_one_of_numpy_and_has_a_rule(name):
    entry = FUNCTIONS[name]
    assert entry.function is getattr(np, name, None) or entry.function is getattr(np.linalg, name)
    assert entry.function in OPS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_as_many_arguments_as_it_says(name):
    entry = FUNCTIONS[name]
    formula = f"{name}({', '.join(['x > 0' if name == 'where' else 'x', *['x'] * (entry.arguments - 1)])})"
    x = np.array([[0.5, 0.25, 0.5], [0.125, 0.5, 0.25], [0.75, 0.5, 0.5]]) + (name == "arccosh")
    arguments = [x > 0 if name == "where" else x, *[x] * (entry.arguments - 1)]
    np.testing.assert_array_equal(parse(formula).function(x), entry.function(*arguments))
    if entry.axis:
        along = parse(f"{name}(x, axis=-1)").function(x)
        np.testing.assert_array_equal(along, entry.function(x, axis=-1))


def test_aliases_and_hints_name_functions():
    assert set(ALIASES.values()) <= FUNCTIONS.keys()
    assert set(MEANT.values()) <= FUNCTIONS.keys() | ALIASES.keys()
    assert not FUNCTIONS.keys() & (ALIASES.keys() | CONSTANTS.keys() | MEANT.keys())


def test_variables_come_in_the_order_met_or_in_the_order_given():
    assert parse("b*a + c").names == ("b", "a", "c")
    assert parse("b*a + c", first=["c", "z", "a"]).names == ("c", "a", "b")
    assert parse("b - a", first=["a"]).function(1.0, 10.0) == 9.0


def test_variables_may_be_greek_and_are_the_same_in_any_width():
    assert parse("α*β_1").names == ("α", "β_1")
    assert parse("ｘ + x").names == ("x",)
    assert parse("y + x", first=["ｘ"]).names == ("x", "y")


def test_indices():
    x = np.arange(12.0).reshape(3, 4)
    for text in (
        "x[1]",
        "x[-1]",
        "x[0, 2]",
        "x[1:]",
        "x[::2]",
        "x[:, 1:-1]",
        "x[2:0:-1, 3]",
        "x[1][2]",
        "transpose(x)[1]",
    ):
        expected = eval(text, {"transpose": np.transpose}, {"x": x})
        np.testing.assert_array_equal(parse(text).function(x), expected)


def test_an_integer_exponent_stays_one():
    """The slope of x**2 at zero, and x**3 of a negative number, need no logarithm."""
    assert dr.grad(parse("x**2").function)(0.0) == 0.0
    assert dr.grad(parse("x**-3").function)(-2.0) == pytest.approx(-3 / 16)
    body = ast.parse("x**2", mode="eval").body
    assert isinstance(body.right.value, int)
    assert parse("x**2").function.__code__.co_consts[-1] == 2
    assert type(parse("x**2").function.__code__.co_consts[-1]) is int
    assert type(parse("x*2").function.__code__.co_consts[-1]) is float


def test_no_variable_can_take_the_place_of_a_function():
    """Lists and ~ call functions that the reader did not name."""
    f = parse("where(~(stack > logical_not), [stack, 1], [2, logical_not])")
    np.testing.assert_array_equal(f.function(1.0, 5.0), [1.0, 1.0])


def test_compiled_code_reaches_the_listed_functions_only():
    f = parse("sin(x)").function
    assert f.__globals__["__builtins__"] == {}
    assert set(f.__globals__) == set(GLOBALS)
    assert not any(name.isidentifier() for name in GLOBALS if name != "__builtins__")
    assert f.__globals__ is not parse("sin(x)").function.__globals__


# ---- how it is shown -------------------------------------------------------------------------------------------------


def test_trace_shows_the_formula_as_the_line():
    program = dr.trace(parse("log(x1) + x1*x2 - sin(x2)").function, 2.0, 5.0)
    assert program.name == "f"
    assert [v.expression for v in program.values] == ["x1", "x2", "log(x1)", "x1 * x2", "v1 + v2", "sin(x2)", "v3 - v4"]
    assert {v.place.text for v in program.operations} == {"log(x1) + x1*x2 - sin(x2)"}
    assert str(program.operations[0].place).startswith("<expression")
    spans = [v.place.span for v in program.operations]
    text = program.operations[0].place.text
    parts = [text[start:end] for _, _, start, end in spans]
    assert parts == ["log(x1)", "x1*x2", "log(x1) + x1*x2", "sin(x2)", text]


def test_a_vector_is_shown_as_it_is_written():
    program = dr.trace(parse("A @ [1, 2]").function, np.eye(2))
    assert program.values[-1].expression == "A @ [1, 2]"


def test_two_formulas_keep_their_own_source_and_one_formula_has_one():
    f, g, again = (parse(text).function for text in ("x*11", "x*12", "x*11"))
    assert linecache.getlines(f.__code__.co_filename) == ["x*11\n"]
    assert linecache.getlines(g.__code__.co_filename) == ["x*12\n"]
    assert again.__code__.co_filename == f.__code__.co_filename
    linecache.checkcache()
    assert linecache.getline(f.__code__.co_filename, 1) == "x*11\n"


def test_a_traceback_shows_the_formula():
    try:
        parse("x[0] + x[7]").function(np.ones(3))
    except IndexError as error:
        entry = traceback.extract_tb(error.__traceback__)[-1]
    assert entry.line == "x[0] + x[7]"
    assert (entry.name, entry.lineno, entry.colno, entry.end_colno) == ("f", 1, 7, 11)


# ---- what is refused -------------------------------------------------------------------------------------------------

HOSTILE = [
    "__import__('os').system('true')", "__import__", "__builtins__", "_x", "__debug__", "x.__class__",
    "().__class__.__bases__", "np.linalg.__class__", "np.linalg.__class__(x)", "np.load(x)", "np.random.rand(x)",
    "np.linalg.linalg.norm(x)", "np.np.sin(x)", "sin.__call__(x)", "sin(x).real", "x.sum()", "x.T", "numpy", "np", "linalg",
    "getattr(x, y)", "eval(x)", "exec(x)", "open(x)", "print(x)", "globals()", "vars(x)", "type(x)", "f(x)", "x(2)", "2(x)",
    "sin(x)(y)", "(sin)(x)(x)", "[sin][0](x)", "lambda x: x", "(lambda: x)()", "[x for x in y]", "(x for x in y)",
    "{x for x in y}", "{x: 1 for x in y}", "{x: 1}", "{x}", "{**x}", "f'{x}'", "f'{__import__(1)}'", "'a'", "b'a'", '"""x"""',
    "(x := 2)", "x = 2", "x == 2", "x < 2", "0 < x < 1", "where(0 < x < 1, x, y)", "where(x, 1, 2)", "where(x in y, 1, 2)",
    "where(x is y, 1, 2)", "where(x > 0 and y > 0, 1, 2)", "where(not x > 0, 1, 2)", "x and y", "not x", "x if y > 0 else 1",
    "x; y", "x\ny", "x\ry", "x\x00", "x\ty", "x\\", "import os", "from os import *", "del x", "def f(): x", "class", "None",
    "True * x", "False", "...", "x, y", "(x, y)", "x,", "()", "[]", "*x", "sin(*x)", "sin(**x)", "sin(x, out=x)", "sin(x, y)",
    "sin()", "sum(x, 0)", "sum(x, axis=y)", "sum(x, axis=1.0)", "sum(x, axis=True)", "sum(x, axis=(0, 1))", "sum(x, keepdims=1)",
    "where(x > 0, x)", "max(x, y)", "min()", "x[y]", "x[None]", "x[...]", "x[1.0]", "x[True]", "x[()]", "x[[0, 1]]", "x['a']",
    "x[0:y]", "x[9**9]", "x[99999999999]", "x[:=1]", "x ^ 2", "x // 2", "x & y", "x | y", "~x", "x << 3", "x >> 3", "1j * x",
    "9**9**9 * x", "x**9**9**9", "1e999 * x", "10**400 * x", "1/0 * x", "x * (5 % 0)", "(-8)**(1/3) * x", "x**(10**400)",
    "await x", "yield x", "(yield)", "async", "sin", "abs + x", "array", "array(x)", "array([x], [x])",
    "2x", "2 x", "x y", "sin x", "x +", "+", "(", ")", "((x)", "x]", "#", "# x", "x!", "x?", "$x", "`x`", "@x", "λ:", "1_0_", "0x",
    "", "   ", "1 + 2", "pi", "sin(1)", "\udc80", "x\u00a0+ y", "x + \u200by", "x\u2028y", "\ufeffx", "x − y", "2·x", "x²",
    "𝐞𝐯𝐚𝐥(x)", "ｅval(x)", "__ｉmport__(x)", "ＮＰ.load(x)", "＿x", "x.__ｃlass__",
    "(" * 60 + "(" * 60 + "x" + ")" * 120 + "(", "-" * (LONGEST - 1) + "x", "x" + "+x" * 150, "[" * 150 + "x" + "]" * 150,
    "x" * (LONGEST + 1), "9" * LONGEST, "x**" * 600 + "x", "(" * LONGEST, "f(" * 500, "{" * 500, "lambda x:" * 200, "not " * 400,
    "x[" * 190 + "0" + "]" * 190, "sin(" * 120 + "x" + ")" * 120, "x if " * 300 + "x", "1" + "0" * 400 + "*x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_hostile_and_mistaken_formulas_are_refused_at_once(text):
    refused(text)


MESSAGES = [
    ("sim(x)", "sim(x): at column 1: there is no function sim: did you mean sin?"),
    ("1 + np.exq(x)", "1 + np.exq(x): at column 5: there is no function np.exq: did you mean exp?"),
    ("α + sim(x)", "α + sim(x): at column 5: there is no function sim: did you mean sin?"),
    ("ln(x)", "ln(x): at column 1: there is no function ln: did you mean log?"),
    ("math.sin(x)", "math.sin(x): at column 1: there is no function math.sin: did you mean sin?"),
    ("x(2)", "x(2): at column 1: there is no function x: write one of sin, cos, tan, arcsin, arccos, arctan, ...; "
             "x*(...) is a product"),
    ("max(x, y)", "max(x, y): at column 1: max takes 1 argument, not 2; did you mean maximum?"),
    ("hypot(x)", "hypot(x): at column 1: hypot takes 2 arguments, not 1"),
    ("x^2", "x^2: at column 1: ^ is refused: write ** for a power"),
    ("2 * x.sum()", "2 * x.sum(): at column 5: .sum is refused: write sum(...)"),
    ("x.T", "x.T: at column 1: .T is refused: write transpose(...)"),
    ("x.__class__", "x.__class__: at column 1: .__class__ is refused: write functions only, such as sin(x)"),
    ("x, y", "x, y: at column 1: a comma is refused: write [a, b] for a vector"),
    ("x if x > 0 else 0", "x if x > 0 else 0: at column 1: if ... else is refused: write where(condition, a, b)"),
    ("where(0 < x < 1, x, 0)", "where(0 < x < 1, x, 0): at column 7: one comparison at a time: write (a < x) & (x < b)"),
    ("sin(x, out=y)", "sin(x, out=y): at column 8: out= is refused: sin takes no named arguments"),
    ("sum(x, axis=y)", "sum(x, axis=y): at column 8: axis= is refused: sum takes axis=, a whole number"),
    ("x[y]", "x[y]: at column 3: this index is refused: write numbers, as in x[0], x[1:3] or x[0, 1]"),
    ("sin + x", "sin + x: at column 1: sin is a function: write sin(...), or call the variable something else"),
    ("_x", "_x: at column 1: the name _x is refused: start a variable with a letter"),
    ("x * 9**9**9", "x * 9**9**9: at column 5: a number too large for floating point"),
    ("x / (1/0)", "x / (1/0): at column 6: a division by zero"),
    ("'a' + x", "'a' + x: at column 1: a string is refused: write real numbers"),
    ("x\ny", r"x\ny: at column 2: the character '\n' is refused: write one line"),
    ("1 + 2", "1 + 2: there is no variable in it"),
    (" ", "the formula is empty: write one, such as sin(x)"),
    ("x" * 3000, "the formula has 3,000 characters: 2,000 are the most"),
    ("-" * 150 + "x", "-" * 57 + "...: nested more than 100 levels deep"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=[m[:40] for _, m in MESSAGES])
def test_messages(text, message):
    assert refused(text) == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2x + 1", "; did you mean 2*x?"),
        ("y = x", "; the formula stands without =, and values in words of their own, such as x=2"),
    ],
)
def test_hints_for_what_python_cannot_read(text, hint):
    message = refused(text)
    assert message.startswith(f"{text}: at column") and "not a formula: " in message and message.endswith(hint)


def test_a_formula_as_deep_as_allowed_works():
    terms = DEEPEST - 10
    f = parse("x" + "+x" * terms).function
    program = dr.trace(f, 1.0)
    assert len(program.operations) == terms and dr.grad(f)(1.0) == terms + 1
    assert program.table().rows[-1].value == terms + 1


PIECES = "x y sin( np. log( ) ) ( [ ] , + - * / ** % @ 2 0.5 1e3 9 pi where( < > & | ~ [0] : = . _ ' { } lambda for if \t é".split()


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_any_text_parses_or_is_refused(text):
    try:
        f = parse(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(name.isidentifier() and not name.startswith("_") for name in f.names)
        assert set(f.function.__code__.co_varnames) == set(f.names)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_any_value_is_numbers_or_is_refused(text):
    try:
        found = point_of([f"x={text}"], parse("x"))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert np.all(np.isfinite(found[0])) and np.asarray(found[0]).dtype == np.float64


# ---- the point -------------------------------------------------------------------------------------------------------


def test_values():
    spelled = {"2": 2.0, "-3": -3.0, "1e-3": 1e-3, "pi/2": math.pi / 2, " 7 ": 7.0, "sqrt(2)*e": math.sqrt(2) * math.e}
    for text, expected in spelled.items():
        (x,) = point_of([f"x={text}"], parse("x + 1"))
        assert type(x) is float and x == expected
    for text, expected in {
        "[1,2,3]": [1, 2, 3],
        "[[1, 2], [3, pi]]": [[1, 2], [3, math.pi]],
        "2*[1,-2]": [2, -4],
    }.items():
        (x,) = point_of([f"x={text}"], parse("x + 1"))
        assert x.dtype == np.float64
        np.testing.assert_array_equal(x, expected)


def test_values_come_in_the_order_of_the_variables():
    assert point_of(["b=1", "a=2"], parse("a - b")) == (2.0, 1.0)
    assert point_of(["ｘ=1", "y=+2"], parse("x*y")) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x1=1"], "x1*x2: no value for x2: add x2=1"),
        ([], "x1*x2: no value for x1, x2: add x1=1 x2=1"),
        (["x1=1", "x2=2", "t=3"], "t is no variable of x1*x2: it has x1, x2"),
        (["x1=1", "x_2=2"], "x_2 is no variable of x1*x2: did you mean x2?"),
        (["x1=1", "x2=1", "x1=2"], "x1 is given twice: x1=1 and x1=2"),
        (["x1"], "x1: a value is given as name=value, as in x=2 or x=[1,2]"),
        (["x1="], "x1=: a value is given as name=value, as in x=2 or x=[1,2]"),
        (["=2"], "=2: a value is given as name=value, as in x=2 or x=[1,2]"),
        (["2x=2"], "2x=2: a value is given as name=value, as in x=2 or x=[1,2]"),
        (["x1=y"], "x1 = y: a value is made of numbers, and y is none"),
        (["x1=nan"], "x1 = nan: a value is made of numbers, and nan is none"),
        (["x1=log(0)"], "x1 = log(0): not a finite number"),
        (["x1=1,2"], "x1 = 1,2: at column 1: a comma is refused: write [a, b] for a vector"),
        (["x1=open('x')"], "x1 = open('x'): at column 1: there is no function open"),
        (["x1=[1,2"], "x1 = [1,2: at column 1: not a formula: '[' was never closed"),
        (["x1=[[1],[1,2]]"], "x1 = [[1],[1,2]]: all input arrays must have the same shape"),
        (["x1=[1,2][5]"], "x1 = [1,2][5]: index 5 is out of bounds for axis 0 with size 2"),
        (["x1={'a': 1}"], "x1 = {'a': 1}: at column 1: {...} is refused: write [a, b] for a vector"),
    ],
)
def test_points_that_are_refused(words, message):
    with pytest.raises(InputError) as error:
        point_of(words, parse("x1*x2"))
    assert str(error.value).startswith(message)


def test_values_for_a_users_function_may_be_dicts_and_tuples():
    found = tree_value("{'w': [1, 2], 'b': (pi, {'c': -1})}, 3")
    np.testing.assert_array_equal(found[0].pop("w"), [1.0, 2.0])
    assert found == ({"b": (math.pi, {"c": -1.0})}, 3.0)
    for text in ("{1: 2}", "{**{}}", "'a'", "(x,)"):
        with pytest.raises(InputError):
            tree_value(text)


# ---- module:function -------------------------------------------------------------------------------------------------

MODEL = """
from dataclasses import dataclass

@dataclass
class Point:
    x: "float"

class Models:
    def square(x):
        return x * x

def residuals(a, b):
    return a * b

rate = 2.0
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A directory to work in, with modules that are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_functions_and_formulas_are_told_apart():
    for text in ("math:hypot", "a.b:c.d", "dir/x.py:f", "./x y/z.py:f", "C:\\x\\y.py:f"):
        assert is_target(text)
    for text in ("x[1:2]", "x[1:y]", "sin(x)", "x", "lambda x: y z", "a:", ":b", "a:2"):
        assert not is_target(text)


def test_load_from_the_current_directory(folder):
    (folder / "model_here.py").write_text(MODEL)
    assert load("model_here:residuals")(2.0, 3.0) == 6.0
    assert load("model_here:Models.square")(3.0) == 9.0


def test_load_from_a_file_and_what_lies_beside_it(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "beside_model.py").write_text("factor = 3.0\n")
    (folder / "sub" / "model_there.py").write_text(
        f"{MODEL}\nfrom beside_model import factor\ndef f(x): return factor * x\n"
    )
    assert load("sub/model_there.py:f")(2.0) == 6.0


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere_at_all:f", r"there is no module nowhere_at_all in .*, nor is one installed$"),
        ("math.deeper:f", r"there is no module math.deeper in .*, nor is one installed$"),
        ("sub/none.py:f", r"there is no file sub.none.py$"),
        ("model_bad:residual", r"model_bad has no function residual: did you mean residuals\?$"),
        ("model_bad:qqq", r"model_bad has no function qqq: it has Models, Point, dataclass, residuals$"),
        ("model_bad:Models.cube", r"model_bad has no function Models.cube: it has square$"),
        ("model_bad:rate", r"model_bad:rate is of type float, and cannot be called: name a function$"),
        (
            "model_exits:f",
            r"model_exits ends the program while it is imported: put that under if __name__ == '__main__'$",
        ),
        (".model_bad:f", r"^.model_bad is no name of a module: write module:function"),
        ("model_bad", r"model_bad: name a function as module:function or path/to/file.py:function$"),
    ],
)
def test_functions_that_cannot_be_loaded(folder, target, message):
    (folder / "model_bad.py").write_text(MODEL)
    (folder / "model_exits.py").write_text("raise SystemExit(3)\n")
    with pytest.raises(InputError, match=message):
        load(target)


def test_what_a_module_raises_goes_through(folder):
    (folder / "model_raises.py").write_text("1 / 0\n")
    (folder / "model_needs.py").write_text("import not_there_at_all\n")
    with pytest.raises(ZeroDivisionError):
        load("model_raises:f")
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        load("model_needs:f")
