"""The command line: what it prints and saves, and one clear line and exit code 2 on bad input."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import dualrev
from dualrev import cli, comparison, demo
from dualrev.cli import main

needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")

BAYDIN = ("log(x1) + x1*x2 - sin(x2)", "x1=2", "x2=5")


def refused(capsys, *argv):
    """The one line that a bad call prints."""
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    out, err = capsys.readouterr()
    assert exit_.value.code == 2
    assert out == ""
    assert err.startswith("dualrev: ") and err.count("\n") == 1 and err.endswith("\n")
    return err


def printed(capsys, *argv):
    """What a good call prints."""
    assert main(argv) == 0
    return capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"dualrev {dualrev.__version__}\n"


# ---- demo ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo_is_measured(measured_demo, monkeypatch):
    monkeypatch.setattr(demo, "run", lambda: measured_demo)


@pytest.mark.usefixtures("demo_is_measured")
def test_demo_prints_the_report_and_says_where_the_figure_is(capsys, tmp_path):
    path = tmp_path / "shown.png"
    assert main(["demo", "--save", str(path)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("1. A straight line through certified data: NIST's Norris")
    assert out.endswith(f"\nFigure saved: {path}\n")
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("demo_is_measured")
def test_demo_saves_in_the_current_directory_by_default(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.endswith("\nFigure saved: dualrev-demo.png\n")
    assert (tmp_path / "dualrev-demo.png").stat().st_size > 10_000


@pytest.fixture
def nothing_is_measured(monkeypatch):
    def run(*_, **__):
        raise AssertionError("bad input is refused before anything is measured")

    monkeypatch.setattr(demo, "run", run)
    monkeypatch.setattr(comparison, "compare", run)
    monkeypatch.setattr(cli, "target", run)


@pytest.mark.usefixtures("nothing_is_measured")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere/shown.png", r"cannot write .*nowhere/shown.png: no directory .*nowhere$"),
        ("folder.png", r"cannot write .*folder.png: it is a directory$"),
        ("shown.txt", r"cannot save a figure as .*shown.txt: name a file that ends in .png, .svg or .pdf$"),
        ("shown", r"cannot save a figure as .*shown: name a file that ends in"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(capsys, tmp_path, path, message):
    (tmp_path / "folder.png").mkdir()
    assert re.search(message, refused(capsys, "demo", "--save", str(tmp_path / path)).rstrip())


@pytest.mark.usefixtures("nothing_is_measured")
@pytest.mark.parametrize(
    ("command", "path", "message"),
    [
        (["explain"], "a.png", r"cannot save this as .*a.png: name a file that ends in .html, .json or .txt$"),
        (["compare"], "a", r"cannot save this as .*a: name a file that ends in .html, .json or .txt$"),
        (["compare"], "nowhere/a.html", r"cannot write .*nowhere/a.html: no directory .*nowhere$"),
        (["trace", "--view=graph"], "a.txt", r"cannot save this as .*a.txt: name .* .svg, .png, .pdf or .dot$"),
        (["trace", "--view=steps"], "a.json", r"cannot save this as .*a.json: name .* .html or .svg$"),
        (["trace"], "a.svg", r"cannot save this as .*a.svg: name .* .html, .json, .txt or .tex$"),
    ],
)
def test_a_report_that_cannot_be_saved_is_refused(capsys, tmp_path, command, path, message):
    line = refused(capsys, command[0], *BAYDIN, *command[1:], "--save", str(tmp_path / path))
    assert re.search(message, line.rstrip())


@pytest.mark.usefixtures("nothing_is_measured")
def test_a_directory_without_permission_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert refused(capsys, "demo", "--save", str(tmp_path / "a.png")).endswith("a.png: permission denied\n")


def test_unknown_commands_and_options_are_refused(capsys):
    assert "invalid choice: 'show'" in refused(capsys, "show")
    assert "unrecognized arguments: --fast" in refused(capsys, "demo", "--fast")
    assert "unrecognized arguments: --fast" in refused(capsys, "compare", "x", "x=1", "--fast")
    assert "unrecognized arguments: x=1" in refused(capsys, "demo", "x=1")
    assert "expected one argument" in refused(capsys, "demo", "--save")
    assert "required: WHAT" in refused(capsys, "compare")


def test_a_call_without_a_command_is_refused(capsys):
    assert "required: command" in refused(capsys)


# ---- what is printed -------------------------------------------------------------------------------------------------


def test_trace_prints_the_table_of_baydin(capsys):
    lines = printed(capsys, "trace", *BAYDIN).splitlines()
    assert lines[0] == "f: 5 operations; tangents along x1, adjoints of v5"
    assert [line.split()[-1] for line in lines[4:6]] == ["1*0.5", "1*2"]
    assert re.match(r"1     v5    v3 - v4     11.6521  5.5      1$", lines[-1])


def test_trace_as_json(capsys):
    rows = json.loads(printed(capsys, "trace", *BAYDIN, "--json"))["rows"]
    assert [round(row["adjoint"], 4) for row in rows] == [5.5, 1.7163, 1, 1, 1, -1, 1]


@pytest.mark.parametrize("view", cli.VIEWS)
def test_every_view_prints_and_saves_what_it_says(capsys, tmp_path, view):
    word = {"cost": "cost", "paths": "v5", "elimination": "Markowitz"}.get(view, "sin")
    for ending in cli.VIEWS[view]:
        path = tmp_path / f"{view}{ending}"
        assert main(["trace", *BAYDIN, "--view", view, "--save", str(path)]) == 0
        out, err = capsys.readouterr()
        assert word in out and "object at 0x" not in out and err == f"Saved: {path}\n"
        if ending in (".png", ".pdf"):
            assert path.stat().st_size > 5_000
        else:
            assert word in path.read_text(encoding="utf-8")


def test_the_graph_is_printed_in_the_language_of_graphviz(capsys):
    out = printed(capsys, "trace", "x*y", "x=2", "y=5", "--view", "graph")
    assert out.startswith('digraph "f" {') and out.count("->") == 2


def test_compare_prints_the_comparison(capsys):
    out = printed(capsys, "compare", "x * [1, 2, 3]", "x=0.5", "--no-measure")
    assert out.startswith("f: R^1 -> R^3")
    assert re.search(r"^directions / cotangents +1 +3 +2 calls", out, re.MULTILINE)
    assert "measured" not in out


def test_compare_as_json_counts_directions(capsys):
    found = json.loads(printed(capsys, "compare", "x * [1, 2, 3]", "--json", "--no-measure", "x=0.5"))
    assert (found["inputs"], found["outputs"]) == (1, 3)
    assert (found["forward"]["directions"], found["reverse"]["directions"]) == (1, 3)
    assert found["forward"]["seconds"] is None


def test_compare_measures_unless_told_otherwise(capsys):
    found = json.loads(printed(capsys, "compare", "x * 2", "x=0.5", "--json"))
    assert found["forward"]["seconds"] is not None


class Balanced(HTMLParser):
    """The tags that are open, and the addresses that are named."""

    def __init__(self):
        super().__init__()
        self.open, self.titles, self.sources = [], [], []

    def handle_starttag(self, tag, attrs):
        self.sources += [value for name, value in attrs if name in ("src", "href") and not str(value).startswith("#")]
        if tag not in ("meta", "br", "link", "img", "input", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "title":
            self.titles.append(data)


@pytest.mark.parametrize("command", [["compare", "--no-measure"], ["trace"], ["trace", "--view=cost"]])
def test_a_page_is_whole_and_needs_nothing_else(capsys, tmp_path, command):
    path = tmp_path / "a<b.html"
    printed(capsys, command[0], *BAYDIN, *command[1:], "--save", str(path))
    page = path.read_text(encoding="utf-8")
    reader = Balanced()
    reader.feed(page)
    reader.close()
    assert reader.open == [] and reader.sources == []
    assert page.startswith("<!DOCTYPE html>") and reader.titles == ["a<b"]


def test_json_and_text_files_hold_what_is_printed(capsys, tmp_path):
    for ending, option in ((".json", ["--json"]), (".txt", [])):
        path = tmp_path / f"table{ending}"
        assert printed(capsys, "trace", *BAYDIN, *option, "--save", str(path)) == path.read_text(encoding="utf-8")


def test_what_is_not_finite_is_null_and_said_once(capsys):
    assert main(["trace", "log(x) + log(x)", "x=-1", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["rows"][-1]["value"] is None
    assert err == "dualrev: warning: invalid value encountered in log\n"


def test_formulas_and_values_may_start_with_a_minus(capsys):
    out = printed(capsys, "trace", "-x**2", "x=-3", "--json")
    assert json.loads(out)["rows"][-1]["value"] == -9.0
    assert json.loads(printed(capsys, "trace", "-x", "--at", "-3", "--json"))["rows"][-1]["value"] == 3.0


def test_the_order_of_the_values_is_the_order_of_the_arguments(capsys):
    rows = json.loads(printed(capsys, "trace", "y - x", "x=1", "y=3", "--json"))["rows"]
    assert [row["name"] for row in rows[:2]] == ["x", "y"] and rows[-1]["value"] == 2.0


def test_explain_prints_and_saves_a_lesson(capsys, tmp_path):
    pytest.importorskip("dualrev.teach.explanation", reason="explain is not there yet")
    path = tmp_path / "lesson.html"
    out = printed(capsys, "explain", *BAYDIN, "--save", str(path))
    assert "R^2 -> R^1" in out and "1.7163" in out
    reader = Balanced()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == [] and reader.sources == []
    assert json.loads(printed(capsys, "explain", *BAYDIN, "--json"))


# ---- functions of the user's -----------------------------------------------------------------------------------------

MODEL = """
import numpy as np

def residuals(a, b, scale=10.0, *, kind="plain"):
    return a * np.exp(b) / scale

def pair(p, x):
    return p["w"] * x + p["b"]

def fails(x):
    y = x + 1
    return y / [1, 2][5]

def lost(x):
    return float(x)

def interrupted(x):
    raise KeyboardInterrupt

def several(*x):
    return x[0] * x[1]
"""


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A module in the current directory, forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "model_of_mine.py").write_text(MODEL)
    yield "model_of_mine"
    for name in set(sys.modules) - before:
        if name.startswith("model_"):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("words", "inputs"),
    [
        (["--at", "2, [0, 0, 0]"], ["a", "b"]),
        (["--at", "2", "[0, 0, 0]"], ["a", "b"]),
        (["--at", "a=2", "b=[0,0,0]"], ["a", "b"]),
        (["b=[0,0,0]", "a=2"], ["a", "b"]),
        (["a=2", "b=[0,0,0]", "scale=10"], ["a", "b", "scale"]),
        (["--at", "2, [0, 0, 0], 10"], ["a", "b", "scale"]),
    ],
)
def test_the_point_of_a_users_function(capsys, model, words, inputs):
    for what in (f"{model}:residuals", f"{model}.py:residuals"):
        rows = json.loads(printed(capsys, "trace", what, *words, "--json"))["rows"]
        assert [row["name"] for row in rows if row["op"] == "input"] == inputs
        assert rows[-1]["value"] == [0.2, 0.2, 0.2]


def test_arguments_may_be_dicts(capsys, model):
    rows = json.loads(printed(capsys, "trace", f"{model}:pair", "--at", "{'w': 2, 'b': 1}, pi/2", "--json"))["rows"]
    assert rows[-1]["value"] == pytest.approx(4.141592653589793)
    assert [row["name"] for row in rows[:3]] == ["p['w']", "p['b']", "x"]


def test_any_number_of_arguments(capsys, model):
    assert (
        json.loads(printed(capsys, "trace", f"{model}:several", "--at", "2, 3", "--json"))["rows"][-1]["value"] == 6.0
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["compare", "sim(x)", "x=1"], "sim(x): at column 1: there is no function sim: did you mean sin?"),
        (["explain", "x*y", "x=1"], "x*y: no value for y: add y=1"),
        (["trace", "x*y", "--at", "1,2"], "1,2: a value is given as name=value, as in x=2 or x=[1,2]"),
        (["trace", "x=2"], "x=2: at column 2: not a formula: "),
        (["trace", "nowhere_at_all:f", "x=1"], "there is no module nowhere_at_all in "),
        (["trace", "model_of_mine:residual", "x=1"], "model_of_mine has no function residual: did you mean residuals?"),
        (
            ["trace", "model_of_mine:residuals"],
            "model_of_mine:residuals takes 3 values, not 0: give them as in a=1 b=1 scale=1",
        ),
        (["trace", "model_of_mine:residuals", "--at", "1"], "model_of_mine:residuals takes 3 values, not 1: "),
        (["trace", "model_of_mine:residuals", "a=1"], "model_of_mine:residuals: no value for b: add b=1"),
        (
            ["trace", "model_of_mine:residuals", "a=1", "c=1"],
            "c is no variable of model_of_mine:residuals: it has a, b, scale",
        ),
        (
            ["trace", "model_of_mine:several"],
            "model_of_mine:several: no point is given: add --at with the values, as in",
        ),
        (
            ["trace", "model_of_mine:several", "x=1"],
            "model_of_mine:several does not name its parameters: give the values",
        ),
        (
            ["trace", "model_of_mine:residuals", "--at", "1, open('x')"],
            "1, open('x'): at column 4: there is no function open",
        ),
        (["trace", "x[5]", "x=[1,2]"], "<expression"),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys, model, call, message):
    assert refused(capsys, *call).startswith(f"dualrev: {message}")


def test_what_the_users_function_raises_is_one_line_with_its_place(capsys, model, tmp_path):
    place = f"{tmp_path / 'model_of_mine.py'}"
    assert (
        refused(capsys, "trace", f"{model}:fails", "x=1")
        == f"dualrev: {place}:12: IndexError: list index out of range\n"
    )
    assert refused(capsys, "trace", f"{model}:lost", "x=1").startswith(
        f"dualrev: {place}:15: LostDerivativeError: float(x)"
    )


def test_what_the_users_module_raises_is_one_line_with_its_place(capsys, model, tmp_path):
    for name, source, told in (
        ("model_raises", "import json\n\njson.loads('{')\n", "3: JSONDecodeError: "),
        ("model_needs", "\nimport not_there_at_all\n", "2: ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("model_broken", "x = 1\nx = = 2\n", "2: SyntaxError: invalid syntax"),
        ("model_reads", "open('nothing.csv')\n", "1: FileNotFoundError: [Errno 2] No such file"),
    ):
        (tmp_path / f"{name}.py").write_text(source)
        assert refused(capsys, "compare", f"{name}:f", "x=1").startswith(f"dualrev: {tmp_path / name}.py:{told}")


def test_traceback_shows_all(capsys, model):
    with pytest.raises(SystemExit) as exit_:
        main(["trace", f"{model}:fails", "x=1", "--traceback"])
    assert exit_.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):") and "return y / [1, 2][5]" in err
    assert err.splitlines()[-1].startswith("dualrev: ")


def test_ctrl_c_ends_quietly(capsys, model):
    assert main(["trace", f"{model}:interrupted", "x=1"]) == 130
    assert capsys.readouterr() == ("", "")


# ---- the process -----------------------------------------------------------------------------------------------------


def run(*argv, **options):
    command = [sys.executable, "-m", "dualrev.cli", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)


def test_a_terminal_without_the_characters_gets_question_marks(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["trace", "\u03b1*2", "\u03b1=3"]) == 0
    assert b"? * 2" in written.getvalue()


def test_a_process_on_a_terminal_of_ascii():
    done = run("trace", "\u03b1*2", "\u03b1=3", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert (done.returncode, done.stderr) == (0, "") and "? * 2" in done.stdout
    done = run("trace", "sim(\u03b1)", "\u03b1=3", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert done.returncode == 2
    assert done.stderr == r"dualrev: sim(\u03b1): at column 1: there is no function sim: did you mean sin?" + "\n"


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_closed_pipe_ends_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "dualrev.cli", "trace", *BAYDIN]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_what_is_saved_is_saved_before_the_pipe_is_found_closed(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    path = tmp_path / "r.json"
    command = [sys.executable, "-m", "dualrev", "trace", *BAYDIN, "--save", str(path)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, f"Saved: {path}\n")
    assert json.loads(path.read_text(encoding="utf-8"))["rows"][-1]["name"] == "v5"


@pytest.mark.skipif(os.name != "posix", reason="says it in the words of a shell")
@pytest.mark.parametrize(
    ("end", "code", "said"),
    [(">&-", 0, ""), pytest.param(">/dev/full", 2, "No space left", marks=needs_dev_full)],
)
def test_an_output_that_takes_nothing(tmp_path, end, code, said):
    path = tmp_path / "r.txt"
    words = [sys.executable, "-m", "dualrev", "trace", *BAYDIN, "--save", str(path)]
    done = subprocess.run(f"{shlex.join(words)} {end}", shell=True, capture_output=True, text=True, check=False)
    first, *rest = done.stderr.splitlines()
    assert (done.returncode, first) == (code, f"Saved: {path}")
    assert len(rest) == bool(said) and said in "".join(rest)
    assert "v5" in path.read_text(encoding="utf-8")


def test_json_is_all_that_is_printed_where_the_function_prints_too(capsys, tmp_path):
    path = tmp_path / "talking.py"
    path.write_text("print('imported')\n\n\ndef f(x):\n    print('called')\n    return x * x\n", encoding="utf-8")
    assert main(["trace", f"{path}:f", "x=3", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["rows"][-1]["value"] == 9.0
    assert err == "imported\ncalled\n"


def test_formula_only_neither_imports_nor_runs(capsys, tmp_path):
    path = tmp_path / "writes.py"
    path.write_text(f"open({str(tmp_path / 'made')!r}, 'w')\nf = abs\n", encoding="utf-8")
    said = refused(capsys, "trace", f"{path}:f", "x=1", "--formula-only")
    assert said.endswith("writes.py:f names a function, and --formula-only takes nothing but a formula\n")
    assert not (tmp_path / "made").exists()
    assert "v5" in printed(capsys, "trace", *BAYDIN, "--formula-only")


def test_help_says_what_naming_a_function_does(capsys):
    with pytest.raises(SystemExit):
        main(["trace", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Naming a function imports its module and runs both" in said


def test_the_package_runs_as_the_command():
    done = subprocess.run([sys.executable, "-m", "dualrev", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"dualrev {dualrev.__version__}\n"


def test_help_loads_neither_plots_nor_scipy():
    code = (
        "import sys; from dualrev.cli import main\n"
        "try: main(['compare', '--help'])\n"
        "except SystemExit: print([name for name in ('scipy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert 'dualrev compare model:residuals --at "2, [1, 2, 3]" --json' in done.stdout


# ---- check -----------------------------------------------------------------------------------------------------------

CHECKED = """
import numpy as np
import dualrev as dr

wrong = dr.custom.elementwise(lambda x: x**3, lambda y, x: 2 * x**2)
flat = dr.custom.elementwise(lambda x: x**3, lambda y, x: 3 * dr.value(x) ** 2)

def right(x):
    return np.sum(np.sin(x) * x)

def cube(x):
    return np.sum(wrong(x))

def second(x):
    return np.sum(flat(x))

def kinked(x):
    return np.abs(x)
"""


@pytest.fixture
def checked(model, tmp_path):
    (tmp_path / "model_checked.py").write_text(CHECKED)
    return "model_checked"


@pytest.mark.parametrize(
    ("words", "code", "verdict"),
    [
        (["right", "--at", "[0.5, 1.5]"], 0, "PASS"),
        (["right", "--at", "[0.5, 1.5]", "--order", "2"], 0, "PASS"),
        (["cube", "--at", "[0.5, 1.5]"], 1, "FAIL"),
        (["second", "--at", "[0.5, 1.5]"], 0, "PASS"),
        (["second", "--at", "[0.5, 1.5]", "--order", "2"], 1, "FAIL"),
        (["kinked", "--at", "0"], 3, "INCONCLUSIVE"),
    ],
)
def test_the_exit_code_of_check_is_the_verdict(capsys, checked, words, code, verdict):
    name, *rest = words
    assert main(["check", f"{checked}:{name}", *rest]) == code
    assert capsys.readouterr().out.splitlines()[0].startswith(f"check of {name}: {verdict} (")


def test_check_of_a_formula_as_json_and_as_a_page(capsys, tmp_path):
    path = tmp_path / "checked.html"
    assert main(["check", *BAYDIN, "--json", "--save", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["ok"]) == ("PASS", True)
    assert {"df/dx1", "df/dx2"} <= {c["name"] for c in found["components"]}
    assert "PASS" in path.read_text(encoding="utf-8")


def test_the_seed_of_check(capsys):
    assert main(["check", "sin(x)", "x=1", "--seed", "7", "--json"]) == 0
    assert "seed=7" in json.loads(capsys.readouterr().out)["rerun"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--order", "3"], "argument --order: invalid choice: 3 (choose from 1, 2)"),
        (["--seed", "many"], "argument --seed: many is no whole number from 0 on"),
        (["--seed", "-5"], "argument --seed: -5 is no whole number from 0 on"),
        (["--seed=-5"], "argument --seed: -5 is no whole number from 0 on"),
    ],
)
def test_what_check_cannot_do_is_refused(capsys, words, message):
    assert message in refused(capsys, "check", "sin(x)", "x=1", *words)
    assert "order=2 needs a scalar-valued f" in refused(capsys, "check", "x * [1, 2]", "x=1", "--order", "2")
