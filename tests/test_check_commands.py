"""The commands that check functions by name: their exit codes are verdicts, and a function cannot end the program."""

import json
import sys

import pytest

from dualrev.cli import main

MODULE = """
import sys
import numpy as np

def loss(x): return np.sum(x**3)
def right(x): return 3 * x**2
def wrong(x): return 2 * x**2
def hess(x): return np.diag(6 * x)
def scaled(x, c): return c * np.sum(x**2)
def of_scaled(x, c): return 2 * c * x
def leaves(x): sys.exit(0)
def leaves_with_words(x): sys.exit("all is well")
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "hand_written.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield "hand_written"
    sys.modules.pop("hand_written", None)


def ended(words):
    """The exit code."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code


@pytest.mark.parametrize(
    "words, code",
    [
        (["loss", "right", "--at", "[1, 2]"], 0),
        (["loss", "wrong", "x=[1, 2]"], 1),
        (["scaled", "of_scaled", "x=[1, 2]", "c=3"], 0),
        (["loss", "right", "--hess", "hess", "--at", "[1, 2]"], 0),
        (["loss", "right", "--hess", "right", "--at", "[1, 2]"], 1),
    ],
)
def test_audit_says_its_verdict_as_an_exit_code(module, capsys, words, code):
    named = [f"{module}:{w}" if w.isidentifier() else w for w in words]
    assert ended(["audit", *named]) == code
    assert capsys.readouterr().out.startswith(f"audit of {words[0]}: {'FAIL' if code else 'PASS'}")


def test_audit_as_json_and_as_a_page(module, capsys, tmp_path):
    words = ["audit", f"{module}:loss", f"{module}:wrong", "--at", "[1, 2]", "--json", "--save", "found.html"]
    assert ended(words) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "FAIL"
    assert "a constant factor is missing" in (tmp_path / "found.html").read_text()


def test_audit_needs_two_functions(module, capsys):
    for words in ([], ["1"], ["x*2"]):
        assert ended(["audit", f"{module}:loss", *words, "--at", "[1, 2]"]) == 2
        assert "audit takes two functions by name" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "explain", "kinks", "why-nan", "audit"])
@pytest.mark.parametrize("function", ["leaves", "leaves_with_words"])
def test_a_function_that_ends_the_program_is_an_error(module, capsys, command, function):
    jac = [f"{module}:right"] if command == "audit" else []
    assert ended([command, f"{module}:{function}", *jac, "--at", "[1, 2]"]) == 2
    out, err = capsys.readouterr()
    assert not out and "hand_written.py:" in err and "the function ended the program, by sys.exit(" in err


def test_why_nan_and_kinks(capsys):
    assert ended(["why-nan", "sum(sqrt(x))", "x=[0, 4]"]) == 1
    assert "the slope of sqrt at 0 is infinite" in capsys.readouterr().out
    assert ended(["why-nan", "sum(sqrt(x))", "x=[1, 4]", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert ended(["kinks", "sum(abs(x))", "x=[0, 2]"]) == 1
    assert "absolute at" in capsys.readouterr().out
    assert ended(["kinks", "sum(abs(x))", "x=[0.5, 2]"]) == 0
    assert ended(["kinks", "sum(abs(x))", "x=[0.5, 2]", "--near", "1"]) == 1
