"""The lessons of notebooks/: each runs as it is handed out, with its solutions, and with the usual wrong answers."""

import ast
import json
import re

import matplotlib.pyplot as plt
import pytest

import dualrev as dr
from tests.lessons.cells import FOLDER, LESSONS, blanks_of, cells_of, filled, run

NAMES = [path.stem for path in LESSONS]
LEAST, MOST = 25, 40  # cells
CHECKS = re.compile(r"(lesson\.check|lesson\.predict|ex\.check)\(")
lessons = pytest.mark.parametrize("path", LESSONS, ids=NAMES)


@pytest.fixture(autouse=True)
def no_windows(monkeypatch):
    plt.switch_backend("Agg")
    monkeypatch.setattr(plt, "show", lambda: None)  # which warns where there is a screen, and Agg does not use it
    yield
    plt.close("all")


def solutions(path):
    return json.loads((FOLDER / "solutions" / f"{path.stem[:2]}.json").read_text(encoding="utf-8"))


def test_there_are_22_lessons():
    assert [name[:2] for name in NAMES] == [f"{k:02}" for k in range(22)]


@lessons
def test_as_it_is_handed_out_nothing_raises_and_every_check_says_not_yet(path):
    names = {"__name__": "__main__"}
    for cell in cells_of(path):
        if not cell.is_text:
            said = run(cell, cell.source, path, names)
            assert said.count("not yet") >= len(CHECKS.findall(cell.source)), f"{cell.source}\n{said}"


@lessons
def test_the_solutions_are_right_and_a_wrong_answer_gets_its_hint_and_not_the_answer(path):
    names, known = {"__name__": "__main__"}, solutions(path)
    for cell in cells_of(path):
        if cell.is_text:
            continue
        for wrong in known["wrong"]:
            if set(wrong["fill"]) <= set(cell.blanks):
                said = run(cell, filled(cell.source, known["right"] | wrong["fill"]), path, dict(names))
                assert wrong["hint"].lower() in said.lower(), f"{wrong}\n{said}"
                assert not gives_away(said, wrong, known["right"]), f"{wrong}\n{said}"
        said = run(cell, filled(cell.source, known["right"]), path, names)
        assert "not yet" not in said, f"{cell.source}\n{said}"
    assert dr.teach.done().all and all("as it is" in outcome for outcome in dr.teach.done().guesses.values()), said


def gives_away(said, wrong, right):
    """Does the right answer stand in what was said? Only short answers can: numbers and words."""
    answers = wrong.get("hides", [right[name] for name in wrong["fill"] if isinstance(right[name], str)])
    plain = [a.strip("\"'") for a in answers if len(a) < 20]
    return any(re.search(rf"(?<![\w.]){re.escape(a)}(?![\w.]*\w)", said) for a in plain)


@lessons
def test_every_blank_has_a_solution_and_every_solution_and_wrong_answer_a_blank(path):
    blanks = {name for cell in cells_of(path) for name in cell.blanks}
    known = solutions(path)
    assert blanks == set(known["right"])
    assert known["wrong"] and all(set(wrong["fill"]) <= blanks for wrong in known["wrong"])


@lessons
def test_a_lesson_predicts_shows_does_and_breaks(path):
    cells = cells_of(path)
    text = "\n".join(cell.source for cell in cells if cell.is_text)
    assert LEAST <= len(cells) <= MOST
    assert all(f"**{word}" in text for word in ("PREDICT", "SEE", "DO", "BREAK"))
    assert "**In one line" in text
    assert cells[-1].source == "dr.teach.done()"


@lessons
def test_every_name_of_dualrev_exists(path):
    for cell in cells_of(path):
        for node in [] if cell.is_text else ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Attribute):
                parts = ast.unparse(node).split(".")
                found = dr
                for part in parts[1:] if parts[0] == "dr" and all(map(str.isidentifier, parts)) else []:
                    assert hasattr(found, part), f"{path.name}: {'.'.join(parts)}"
                    found = getattr(found, part)


@lessons
def test_the_notebook_has_the_cells_of_the_file(path):
    made = path.with_suffix(".ipynb")
    assert made.is_file(), "run `make notebooks`"
    cells = json.loads(made.read_text(encoding="utf-8"))["cells"]
    assert [("".join(c["source"]), c["cell_type"] == "markdown") for c in cells] == [
        (c.source, c.is_text) for c in cells_of(path)
    ], "run `make notebooks`"
    assert made.stat().st_size < 400_000


def test_the_readme_has_a_row_for_each_lesson():
    rows = re.findall(
        r"^\| \[.+\]\((\d\d_\w+)\.ipynb\) \| .+ \| \d+ \| ", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    assert rows == NAMES


def test_blanks_are_found_and_filled():
    source = "guess = ...\n\n\ndef f(x):\n    ...\n    return ...\n\n\nother = 1"
    assert {name: len(dots) for name, dots in blanks_of(source).items()} == {"guess": 1, "f": 2}
    assert filled(source, {"guess": "2", "f": ["y = x\ny += 1", "y"]}) == (
        "guess = 2\n\n\ndef f(x):\n    y = x\n    y += 1\n    return y\n\n\nother = 1"
    )
