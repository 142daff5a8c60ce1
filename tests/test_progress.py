"""Progress: one line on standard error, or tqdm's bar; nothing where nobody looks."""

import sys

import pytest

from dualrev import progress
from dualrev.progress import Line, progress_of


@pytest.fixture
def no_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock is a quarter of a second after the last."""
    now = [0.0]

    def tick():
        now[0] += 0.25
        return now[0]

    monkeypatch.setattr(progress, "monotonic", tick)


@pytest.mark.usefixtures("no_tqdm", "clock")
def test_the_line_is_written_over_and_left_empty(capsys):
    with progress_of(2, "cells", shown=True) as step:
        step()
        step()
    written = capsys.readouterr().err
    assert written == "\rcells: 1 of 2\rcells: 2 of 2\r             \r"


@pytest.mark.usefixtures("clock")
def test_nothing_is_said_until_patience_ends(capsys):
    line = Line(10, "cells", patience=0.8)
    for _ in range(4):
        line.step()
    line.finish()
    written = capsys.readouterr().err
    assert written.startswith("\rcells: 4 of 10")


def test_a_short_run_says_nothing(capsys):
    line = Line(10, "cells", patience=60.0)
    line.step()
    line.finish()
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("no_tqdm", "clock")
@pytest.mark.parametrize("shown", [False, None])
def test_nobody_looks_nothing_is_said(capsys, shown):
    with progress_of(9, "cells", shown) as step:
        for _ in range(9):
            step()
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("no_tqdm", "clock")
def test_on_a_terminal_it_is_shown_by_itself(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_of(9, "cells") as step:
        for _ in range(9):
            step()
    assert "cells: 9 of 9" in capsys.readouterr().err


@pytest.mark.usefixtures("no_tqdm", "clock")
def test_the_line_goes_where_a_run_is_interrupted(capsys):
    with pytest.raises(KeyboardInterrupt), progress_of(2, "cells", shown=True) as step:
        step()
        raise KeyboardInterrupt
    assert capsys.readouterr().err.endswith("\r             \r")


def test_tqdm_is_used_where_it_is_installed(monkeypatch):
    class Bar:
        made = []  # noqa: RUF012 - the bars of this one test

        def __init__(self, **options):
            self.options, self.steps = options, 0
            Bar.made.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def update(self):
            self.steps += 1

    monkeypatch.setitem(sys.modules, "tqdm", type("Module", (), {"tqdm": Bar}))
    with progress_of(3, "cells", shown=True) as step:
        step()
        step()
    (bar,) = Bar.made
    assert (bar.steps, bar.options["total"], bar.options["desc"]) == (2, 3, "cells")
