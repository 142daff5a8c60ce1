"""The command line: what it prints, and one clear line and exit code 2 on bad input."""

import re

import pytest

import dualrev
from dualrev import demo
from dualrev.cli import main


def refused(capsys, *argv):
    """The one line that a bad call prints."""
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    out, err = capsys.readouterr()
    assert exit_.value.code == 2
    assert out == ""
    assert err.startswith("dualrev: ") and err.count("\n") == 1 and err.endswith("\n")
    return err


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"dualrev {dualrev.__version__}\n"


def test_demo_prints_the_report_and_says_where_the_figure_is(capsys, tmp_path):
    path = tmp_path / "shown.png"
    assert main(["demo", "--save", str(path)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("1. A straight line through certified data: NIST's Norris")
    assert out.endswith(f"\nFigure saved: {path}\n")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_demo_saves_in_the_current_directory_by_default(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.endswith("\nFigure saved: dualrev-demo.png\n")
    assert (tmp_path / "dualrev-demo.png").stat().st_size > 10_000


@pytest.fixture
def nothing_is_measured(monkeypatch):
    def run():
        raise AssertionError("bad input is refused before anything is measured")

    monkeypatch.setattr(demo, "run", run)


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
def test_a_directory_without_permission_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert refused(capsys, "demo", "--save", str(tmp_path / "a.png")).endswith("a.png: permission denied\n")


def test_unknown_commands_and_options_are_refused(capsys):
    assert "invalid choice: 'show'" in refused(capsys, "show")
    assert "unrecognized arguments: --fast" in refused(capsys, "demo", "--fast")
    assert "expected one argument" in refused(capsys, "demo", "--save")


def test_a_call_without_a_command_is_refused(capsys):
    assert "required: command" in refused(capsys)
