"""why_nan: the op, the line and the reason of the first number that is not finite; and the code that it advises."""

import linecache
import textwrap
import warnings

import numpy as np
import pytest

import dualrev as dr
from dualrev.checking.nonfinite import why_nan

nan, inf = np.nan, np.inf

# name: (body of f, x, what is not finite, op, line in the body from 1, words of the reason or advice, a harmless point)
# The last one is given where code is advised: there the new code has the value of the old one.
CASES = {
    "masked sqrt": ("return np.sum(np.where(x > 0, np.sqrt(x), 0))", [0.0, 4.0], "R", "sqrt", 1, "0 * inf", [1.0, 4.0]),
    "masked log": (
        "return np.sum(np.where(x > 0, x * np.log(x), 0))", [0.0, 4.0], "R", "log", 1, "logarithm of 0", [1.0, 4.0],
    ),
    "masked division": (
        "return np.sum(np.where(x == 0, 0.0, 1 / x))", [0.0, 4.0], "R", "divide", 1, "np.where(x == 0, 1, x)",
        [1.0, 2.0],
    ),
    "masked power": ("return np.sum(np.where(x > 0, x**0.5, 0))", [0.0, 4.0], "R", "power", 1, "0 * inf", [1.0, 2.0]),
    "masked arcsin": (
        "return np.sum(np.where(np.abs(x) < 1, np.arcsin(x), 0))", [1.0, 0.2], "R", "arcsin", 1, "safe", [0.3, 0.2],
    ),
    "masked over lines": (
        "y = np.sqrt(x)\nz = 2 * y\nreturn np.sum(np.where(x > 0, z, 0))", [0.0, 4.0], "R", "sqrt", 1, "line",
        [1.0, 4.0],
    ),
    "masked exp": (
        "return np.sum(np.where(x < 50, np.exp(x), 0))", [1000.0, 1.0], "R", "exp", 1, "overflow", [2.0, 1.0],
    ),
    "masked else": (
        "return np.sum(np.where(x <= 0, 0, np.sqrt(x)))", [0.0, 4.0], "R", "sqrt", 1, "np.where(x <= 0, 1, x)",
        [1.0, 4.0],
    ),
    "masked cbrt": (
        "return np.sum(np.where(x != 0, np.cbrt(x), 0))", [0.0, 8.0], "R", "cbrt", 1, "slope of cbrt", [1.0, 8.0],
    ),
    "masked arccosh": (
        "return np.sum(np.where(x > 1, np.arccosh(x), 0))", [1.0, 8.0], "R", "arccosh", 1, "arccosh at 1", [2.0, 8.0],
    ),
    "norm by hand": ("return np.sqrt(np.sum(x**2))", [0.0, 0.0], "FR", "sqrt", 1, "np.linalg.norm", [1.0, 2.0]),
    "norm by product": ("return np.sqrt(x @ x)", [0.0, 0.0], "FR", "sqrt", 1, "np.linalg.norm", [1.0, 2.0]),
    "norm by power": ("return np.sum(x * x) ** 0.5", [0.0, 0.0], "FR", "power", 1, "np.linalg.norm", [1.0, 2.0]),
    "hypotenuse": ("return np.sqrt(x[0] ** 2 + x[1] ** 2)", [0.0, 0.0], "FR", "sqrt", 1, "np.hypot", [1.0, 2.0]),
    "hypotenuse overflows": (
        "return np.sqrt(x[0] ** 2 + x[1] ** 2)", [1e200, 1.0], "V", "power", 1, "np.hypot", [1.0, 2.0],
    ),
    "root of a square": ("return np.sum(np.sqrt(x**2))", [0.0, 2.0], "FR", "sqrt", 1, "np.abs", [1.0, 2.0]),
    "softplus": ("return np.sum(np.log(1 + np.exp(x)))", [1000.0, 1.0], "VFR", "exp", 1, "np.logaddexp", [2.0, 1.0]),
    "softplus by log1p": (
        "return np.sum(np.log1p(np.exp(x)))", [1000.0, 1.0], "VFR", "exp", 1, "np.logaddexp", [2.0, 1.0],
    ),
    "logsumexp": ("return np.log(np.sum(np.exp(x)))", [1000.0, 999.0], "VFR", "exp", 1, "logsumexp", [2.0, 1.0]),
    "logsumexp underflows": (
        "return np.log(np.sum(np.exp(x)))", [-1e4, -1e4], "VFR", "log", 1, "logsumexp", [2.0, 1.0],
    ),
    "softmax": ("return (np.exp(x) / np.sum(np.exp(x)))[0]", [1000.0, 999.0], "VFR", "exp", 1, "softmax", [2.0, 1.0]),
    "logistic": ("return np.sum(1 / (1 + np.exp(-x)))", [-1000.0, 1.0], "FR", "exp", 1, "logistic", [2.0, 1.0]),
    "tanh": (
        "return np.sum((np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))", [1000.0, 1.0], "VFR", "exp", 1,
        "np.tanh", [2.0, 1.0],
    ),
    "log cosh": ("return np.sum(np.log(np.cosh(x)))", [1000.0, 1.0], "VFR", "cosh", 1, "np.logaddexp", [2.0, 1.0]),
    "log exp": ("return np.sum(np.log(np.exp(x)))", [-1000.0, 1.0], "VFR", "log", 1, "is u", [2.0, 1.0]),
    "log of a product": (
        "return np.log(np.prod(x))", [1e-200, 1e-200], "VFR", "log", 1, "sum of the logarithms", [2.0, 1.0],
    ),
    "log det": ("return np.log(np.linalg.det(np.diag(x)))", [1e-200, 1e-200], "VFR", "log", 1, "slogdet", [2.0, 1.0]),
    "sin(x) / x": ("return np.sum(np.sin(x) / x)", [0.0, 1.0], "VFR", "divide", 1, "0 / 0", [2.0, 1.0]),
    "exprel": ("return np.sum((np.exp(x) - 1) / x)", [0.0, 1.0], "VFR", "divide", 1, "exprel", [2.0, 1.0]),
    "third root": ("return np.sum(x ** (1 / 3))", [-8.0, 8.0], "VFR", "power", 1, "negative base", [2.0, 1.0]),
    "angle": ("return np.sum(np.arctan(x[1] / x[0]))", [0.0, 1.0], "FR", "divide", 1, "arctan2", [2.0, 1.0]),
    "cross entropy": (
        "return np.sum(np.array([0.0, 1.0]) * np.log(x))", [0.0, 0.5], "VFR", "log", 1, "xlogy", [0.3, 0.5],
    ),
    "log of negative": ("y = x - 1\nreturn np.sum(np.log(y))", [0.5, 3.0], "V", "log", 2, "negative number", None),
    "log of 0": ("return np.sum(np.log(x))", [0.0, 1.0], "VFR", "log", 1, "logarithm of 0", None),
    "log1p": ("return np.sum(np.log1p(x))", [-1.0, 1.0], "VFR", "log1p", 1, "logarithm of 0", None),
    "sqrt of negative": ("return np.sum(np.sqrt(x))", [-1.0, 1.0], "VFR", "sqrt", 1, "root of a negative", None),
    "sqrt at 0": ("return np.sum(np.sqrt(x))", [0.0, 1.0], "FR", "sqrt", 1, "slope of sqrt at 0", None),
    "arccos past 1": ("return np.sum(np.arccos(x))", [1.0 + 1e-15, 0.5], "VFR", "arccos", 1, "outside [-1, 1]", None),
    "arcsin at 1": ("return np.sum(np.arcsin(x))", [1.0, 0.5], "FR", "arcsin", 1, "infinite at -1 and 1", None),
    "arctanh": ("return np.sum(np.arctanh(x))", [1.0, 0.5], "VFR", "arctanh", 1, "outside (-1, 1)", None),
    "division": (
        "y = x - x[0]\nreturn np.sum(1 / y[1:] + 1 / y[0])", [2.0, 5.0], "VFR", "divide", 2, "division by 0", None,
    ),
    "exp overflows": ("return np.sum(np.exp(x))", [1000.0, 1.0], "VFR", "exp", 1, "overflow", None),
    "inf - inf": ("y = np.exp(x)\nreturn np.sum(y - y)", [1000.0, 1.0], "VFR", "exp", 1, "overflow", None),
    "product overflows": ("return np.prod(x)", [1e200, 1e200], "V", "prod", 1, "does not fit a float", None),
    "constant data": (
        "return np.sum(x * np.array([np.nan, 1.0]))", [1.0, 1.0], "VFR", "multiply", 1, "your data", None,
    ),
    "equal eigenvalues": (
        "return np.sum(np.linalg.eigh(np.diag(x))[1])", [1.0, 1.0], "R", None, 1, "eigenvalues", None,
    ),
}  # fmt: skip


def made(body, path):
    """f with that body, in a file of its own, so that its lines can be read; line 1 of the body is line 4."""
    source = f"import numpy as np\nimport scipy.special\ndef f(x):\n{textwrap.indent(body, '    ')}\n"
    path.write_text(source)
    linecache.checkcache(str(path))
    space = {"__name__": "made"}
    exec(compile(source, str(path), "exec"), space)
    return space["f"]


def quiet(f, *x):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f(*x)


def finite_in_both_modes(f, x):
    return [bool(np.isfinite(quiet(dr.jacobian(f, mode=mode), x)).all()) for mode in ("forward", "reverse")]


@pytest.mark.parametrize("name", CASES)
def test_the_op_the_line_and_the_reason(name, tmp_path):
    body, x, what, op, line, words, _ = CASES[name]
    found = why_nan(made(body, tmp_path / "made.py"), np.array(x))
    letters = {"V": found.values, "F": found.forward, "R": found.reverse}
    assert all(letters[letter] is not None for letter in what)
    assert found.values is not None or "V" not in what
    first = found.first
    assert op is None or first.op == op
    assert first.line == line + 3
    assert words in f"{first.cause} {first.advice} {first.after}" or words == "line"
    assert not found.ok and str(found).startswith("f: values ")


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_to_be_finite_is(name, tmp_path):
    """Against the value and the derivatives in both modes themselves."""
    f, x = made(CASES[name][0], tmp_path / "made.py"), np.array(CASES[name][1])
    found = why_nan(f, x)
    assert (found.values is None) == bool(np.isfinite(quiet(f, x)).all())
    if found.values is None:
        forward = np.isfinite(quiet(dr.jvp, f, (x,), (np.array([1.0, 1.1]),))[1]).all()
        reverse = np.isfinite(quiet(dr.jacobian(f, mode="reverse"), x)).all()
        assert (found.forward is None, found.reverse is None) == (forward, reverse)
        assert found.masked == (forward and not reverse)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[-1]])
def test_the_advised_code_is_finite_and_the_same_function(name, tmp_path):
    body, x, _, _, _, _, harmless = CASES[name]
    f = made(body, tmp_path / "made.py")
    first = why_nan(f, np.array(x)).first
    assert first.before in body and first.after
    better = made(body.replace(first.before, first.after), tmp_path / "better.py")
    rest = why_nan(better, np.array(x))
    assert rest.ok, rest
    assert np.isfinite(quiet(dr.grad(better), np.array(x))).all()
    assert np.isfinite(quiet(dr.jvp, better, (np.array(x),), (np.ones(2),))[1]).all()
    np.testing.assert_allclose(better(np.array(harmless)), f(np.array(harmless)), rtol=1e-12)
    np.testing.assert_allclose(dr.grad(better)(np.array(harmless)), dr.grad(f)(np.array(harmless)), rtol=1e-10)


def test_all_is_finite():
    found = why_nan(lambda x: np.sum(np.sin(x)), np.ones(2))
    assert found.ok and found.findings == [] and found.first is None and not found.masked
    assert str(found) == "<lambda>: everything is finite: values, tangents and cotangents"


def test_what_does_no_harm_is_noted():
    """log(-1) is nan behind the mask; its slope there is 1 / x, a finite number, and 0 times it is 0."""
    found = why_nan(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0)), np.array([-1.0, 2.0]))
    assert found.ok and found.findings == []
    assert [note.split(" at ")[0] for note in found.notes] == ["log"]


def test_a_value_that_is_dropped_is_followed_no_further():
    """exp overflows, and nothing that is returned has to do with it."""
    found = why_nan(lambda x: [np.exp(x), x][1], np.array([1000.0]))
    assert found.ok


def test_an_input_that_is_not_finite_is_to_blame():
    found = why_nan(lambda x: np.sum(x * x), np.array([1.0, nan]))
    assert found.findings == [] and not found.ok
    assert found.notes == ["input x is not finite itself: [1, nan]"]


def test_the_element_and_the_number():
    first = why_nan(lambda x: np.sum(np.log(x)), np.array([[1.0, 2.0], [3.0, -4.0]])).values
    assert (first.index, first.input, first.argument) == ((1, 1), -4.0, 0)
    first = why_nan(lambda x, y: np.sum(x / y), np.ones(3), np.array([1.0, 0.0, 2.0])).values
    assert (first.index, first.input, first.argument) == ((1,), 0.0, 1)


def test_one_place_is_said_once():
    said = str(why_nan(lambda x: np.sum(np.exp(x)), np.array([1000.0])))
    assert said.count("first value, tangent and cotangent that is not finite: exp at test_nonfinite.py:") == 1


def test_plain_data_and_html(tmp_path):
    body, x, *_ = CASES["masked sqrt"]
    found = why_nan(made(body, tmp_path / "made.py"), np.array(x))
    data = found.to_dict()
    assert (data["ok"], data["masked"], data["values"], data["forward"]) == (False, True, None, None)
    assert data["reverse"]["line"] == 4 and data["reverse"]["after"] == "np.sqrt(np.where(x > 0, x, 1))"
    page = found._repr_html_()
    assert "np.sqrt(np.where(x &gt; 0, x, 1))" in page and page.count("<tr>") == 2


def test_advice_without_source():
    f = eval("lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0))", {"np": np})
    first = why_nan(f, np.array([0.0, 4.0])).reverse
    assert (first.op, first.before, first.after) == ("sqrt", "", "")
    assert "by a np.where of its own around the argument" in first.advice
