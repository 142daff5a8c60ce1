"""`dualrev notebooks --to DIR`: every lesson arrives, and nobody's work is overwritten."""

import pytest

from dualrev import cli
from dualrev.errors import InputError
from dualrev.teach.lessons.copying import copy_lessons
from tests.lessons.cells import FOLDER, LESSONS


def test_the_command_copies_every_lesson_and_no_solutions(tmp_path, capsys):
    assert cli.main(["notebooks", "--to", str(tmp_path / "course")]) == 0
    said = capsys.readouterr().out
    found = {path.name for path in (tmp_path / "course").iterdir()}
    assert {path.name for path in LESSONS} <= found and "solutions" not in found
    assert f"{len(found)} files copied to {tmp_path / 'course'}" in said


def test_solutions_come_where_they_are_asked_for(tmp_path):
    copied = copy_lessons(tmp_path, solutions=True)
    assert {f"solutions/{path.stem[:2]}.json" for path in LESSONS} <= set(copied.written)


def test_a_notebook_that_was_worked_in_is_left_as_it_is(tmp_path):
    name = LESSONS[0].name
    (tmp_path / name).write_text("my answers")
    copied = copy_lessons(tmp_path)
    assert copied.kept == (name,) and name in str(copied)
    assert (tmp_path / name).read_text() == "my answers"
    assert (tmp_path / LESSONS[1].name).read_bytes() == (FOLDER / LESSONS[1].name).read_bytes()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="it is a file"):
        copy_lessons(tmp_path / "file")


def test_an_installation_without_lessons_says_where_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr("dualrev.teach.lessons.copying.HOMES", (tmp_path / "nowhere",))
    with pytest.raises(InputError, match=r"notebooks/ of the repository"):
        copy_lessons(tmp_path / "course")
