"""The steps in a terminal: keys, the picture of the screen, and the terminal as it was before."""

import io
import os
import re
import select
import subprocess
import sys
import threading

import numpy as np
import pytest

from dualrev.program.keyboard import meaning
from dualrev.program.program import trace
from dualrev.program.steps import steps_of
from dualrev.program.steps_terminal import CLEAR, play, walk


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def waves(x):
    for _ in range(30):
        x = np.sin(x) * 1.01
    return x


def screens(steps, keys, size=(80, 24), coloured=False):
    """What each screen shows, one before the first key and one after each."""
    out, pressed = io.StringIO(), iter([*keys, "quit"])
    walk(steps, lambda: next(pressed), out, lambda: size, coloured)
    return [screen.split("\r\n") for screen in out.getvalue().split(CLEAR)[1:]]


def numbers(steps, keys):
    return [int(re.search(r"step (\d+) of", lines[0])[1]) for lines in screens(steps, keys)]


def test_keys_move_through_the_steps():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    assert numbers(steps, ["next", "next", "back", None, "last", "next", "first", "back"]) == [
        *(0, 1, 2, 1, 1, 11, 11, 0, 0)
    ]


def test_a_screen_shows_the_state_and_marks_the_row_at_work():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    first = baydin.__code__.co_firstlineno
    lines = screens(steps, ["next"] * 10)[-1]
    assert lines == [
        "baydin: step 10 of 11, reverse",
        "v2 = x1 * x2: adj x1 += 1*5 = 5; adj x2 += 1*2 = 2, now 1.7163",
        "",
        "",
        "",
        "  line  name  expression  value    tangent  adjoint",
        "        x1                2        1        5",
        "        x2                5        0        1.7163",
        f"  {first + 1}    v1    log(x1)     0.6931   0.5      1",
        f"> {first + 2}    v2    x1 * x2     10       5        1",
        f"  {first + 3}    v3    sin(x2)     -0.9589  0        -1",
        f"  {first + 4}    v4    v1 + v2     10.6931  5.5      1",
        f"  {first + 5}    v5    v4 - v3     11.6521  5.5      1",
        "",
        "space next   b back   g first   G last   q quit",
    ]


@pytest.mark.parametrize("size", [(40, 16), (80, 12), (20, 9), (7, 3), (1, 1)])
def test_rows_fit_and_scroll_with_the_row_at_work(size):
    steps = steps_of(trace(waves, 0.7))
    pictures = screens(steps, ["next"] * (len(steps) - 1), size)
    assert len(pictures) == len(steps) == 122
    for lines, step in zip(pictures, steps, strict=True):
        assert len(lines) <= size[1] and max(map(len, lines)) <= size[0]
        if size[0] >= 40 and step.index is not None:
            (marked,) = [line for line in lines if line.startswith("> ")]
            assert marked.split()[2] == step.name


def test_wide_columns_are_cut_so_that_the_adjoint_is_seen():
    steps = steps_of(trace(lambda x: np.sum(np.tanh(x) * x), np.array([0.12345, -1.23456, 0.54321])))
    lines = screens(steps, ["last"], (80, 24))[-1]
    assert max(map(len, lines)) <= 80 and any(line.split()[-1:] == ["adjoint"] for line in lines)
    (row,) = [line for line in lines if line.split()[:1] == ["x"]]
    assert row.count("[") == 3 and row.count("...") == 2  # value, tangent [1, 0, 0], adjoint


def test_colour_marks_the_row_only_where_it_is_wanted():
    steps = steps_of(trace(baydin, 2.0, 5.0))
    assert "\x1b" not in "".join(screens(steps, ["next"])[-1])
    (row,) = [line for line in screens(steps, ["next"], coloured=True)[-1] if "\x1b" in line]
    assert row.startswith("\x1b[1;38;5;166m> ") and row.endswith("\x1b[0m")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((" ", "next"), ("n", "next"), ("\x1b[C", "next"), ("\x1bOC", "next"), ("\xe0M", "next")),
        *(("b", "back"), ("p", "back"), ("\x1b[D", "back"), ("\0K", "back")),
        *(("g", "first"), ("\x1b[H", "first"), ("\x1b[1~", "first"), ("\x1bOH", "first"), ("\xe0G", "first")),
        *(("G", "last"), ("\x1b[F", "last"), ("\x1b[4~", "last"), ("\x1bOF", "last"), ("\xe0O", "last")),
        *(("q", "quit"), ("\x1b", "quit"), ("\x03", "quit"), ("", "quit")),
        *(("x", None), ("\x1b[A", None), ("\x1b[1;5C", None), ("\xe0H", None)),
    ],
)
def test_the_meaning_of_keys(typed, meant):
    waiting = list(typed)
    assert meaning(lambda hurry: waiting.pop(0) if waiting else "") == meant
    assert not waiting


def test_without_a_terminal_the_list_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("n"))
    steps = steps_of(trace(baydin, 2.0, 5.0))
    steps.play()
    assert capsys.readouterr().out == f"{steps}\n"


def arriving(master, wanted):
    """What the terminal receives until `wanted` has come, or nothing for ten seconds."""
    text = ""
    while wanted not in text and select.select([master], [], [], 10)[0]:
        text += os.read(master, 65536).decode()
    return text


@pytest.mark.parametrize(("end", "no_color"), [(b"q", ""), (b"\x1b", "1")], ids=["q", "escape"])
def test_a_real_terminal_is_restored(end, no_color, monkeypatch):
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of POSIX")
    import termios

    master, slave = pty.openpty()
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("LINES", "14")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", no_color)
    before = termios.tcgetattr(slave)
    seen = []

    def type_keys():
        for key in (b"n", b"\x1b[C", b"\x1b[F", b"b", end):
            seen.append(arriving(master, "quit"))
            os.write(master, key)

    with open(slave, "w", closefd=False) as out, open(slave, closefd=False) as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr(sys, "stdout", out)
        typist = threading.Thread(target=type_keys)
        typist.start()
        play(steps_of(trace(baydin, 2.0, 5.0)))
        typist.join()
    rest = arriving(master, "\x1b[?1049l")
    assert [re.search(r"step (\d+) of 11", text)[1] for text in seen] == ["0", "1", "2", "11", "10"]
    assert seen[0].startswith("\x1b[?1049h\x1b[?25l") and rest.endswith("\x1b[?25h\x1b[?1049l")
    assert ("\x1b[1;38;5;32m> " in seen[-1]) == (not no_color) and "> " in seen[-1]
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


PROGRAM = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)  # which is ignored in what a shell runs in the background
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is for this process
import dualrev as dr
from dualrev.program.steps import steps_of
before = termios.tcgetattr(0)
steps_of(dr.trace(lambda x: x * x, 3.0)).play()
print("restored" if termios.tcgetattr(0) == before else "changed")
"""


def test_control_c_in_a_real_terminal_quits_in_peace():
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of POSIX")
    master, slave = pty.openpty()
    environment = {
        **os.environ,
        "TERM": "xterm",
        "COLUMNS": "70",
        "LINES": "14",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", PROGRAM]
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True)
    text = arriving(master, "quit")
    os.write(master, b"\x03")
    assert child.wait(timeout=20) == 0
    text += arriving(master, "restored")
    os.close(master)
    os.close(slave)
    assert "step 0 of 3" in text and text.endswith("\x1b[?25h\x1b[?1049lrestored\r\n")


def test_in_a_browser_the_slider_is_named(monkeypatch, capsys):
    monkeypatch.setattr("dualrev.program.steps_terminal.IN_BROWSER", True)
    play(steps_of(trace(lambda x: x * x, 2.0)))
    assert "use the slider" in capsys.readouterr().out
