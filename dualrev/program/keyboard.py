"""Single key presses in a terminal, by their meaning; the terminal is as before afterwards."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Key = Literal["next", "back", "first", "last", "quit"]
Read = Callable[[], Key | None]

LETTERS: dict[str, Key] = {
    " ": "next", "n": "next", "b": "back", "p": "back", "g": "first", "G": "last", "q": "quit",
    "\x03": "quit", "\x04": "quit", "": "quit", "\x1b": "quit",
}  # fmt: skip
SEQUENCES: dict[str, Key] = {  # after escape: of the arrow keys, Home and End, as terminals send them
    "[C": "next", "[D": "back", "[H": "first", "[F": "last", "[1~": "first", "[4~": "last", "[7~": "first",
    "[8~": "last", "OC": "next", "OD": "back", "OH": "first", "OF": "last",
}  # fmt: skip
SCAN_CODES: dict[str, Key] = {"M": "next", "K": "back", "G": "first", "O": "last"}  # of Windows, after \0 or \xe0
PATIENCE = 0.05  # seconds: an escape that nothing follows is the key of that name


@contextmanager
def keyboard() -> Iterator[Read]:
    """A function that waits for a key and returns its meaning, None if it has none; "quit" at the end of the input."""
    with (windows if sys.platform == "win32" else posix)() as character:
        yield lambda: meaning(character)


def meaning(character: Callable[[bool], str]) -> Key | None:
    """The meaning of the next key. character: reads one; character(True) does not wait, and returns "" for none."""
    first = character(False)
    if first in ("\0", "\xe0"):
        return SCAN_CODES.get(character(False))
    if first != "\x1b":
        return LETTERS.get(first)
    rest = ""
    while len(rest) < 8 and (more := character(True)):
        rest += more
        if len(rest) > 1 and (more.isalpha() or more == "~"):
            break
    return SEQUENCES.get(rest) if rest else "quit"


@contextmanager
def posix() -> Iterator[Callable[[bool], str]]:
    import select
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def character(hurry: bool) -> str:
        if hurry and not select.select([terminal], [], [], PATIENCE)[0]:
            return ""
        return os.read(terminal, 1).decode("ascii", "replace")

    try:
        tty.setcbreak(terminal)
        yield character
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextmanager
def windows() -> Iterator[Callable[[bool], str]]:
    from msvcrt import getwch, kbhit  # type: ignore[attr-defined]

    os.system("")  # makes the console obey escape sequences
    yield lambda hurry: "" if hurry and not kbhit() else getwch()
