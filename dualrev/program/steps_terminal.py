"""The steps in a terminal, by key press: the table of the state, with the row at work marked."""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO
from unicodedata import east_asian_width

from ..timing import IN_BROWSER
from .keyboard import Read, keyboard
from .states import Phase, Sequence, State, Step

HELP = "space next   b back   g first   G last   q quit"
SENTENCE_LINES = 3
MARK, GAP = "> ", "  "
LEAST = 8  # the width down to which columns are cut
CODES: dict[Phase, str] = {"start": "1", "forward": "1;38;5;166", "reverse": "1;38;5;32"}  # palette.py, of 256 colours
CLEAR, OPEN, CLOSE = "\x1b[H\x1b[J", "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # a screen of its own, no cursor


def play(sequence: Sequence) -> None:
    """Go through the steps by key press; print them where there is no terminal to do so."""
    if IN_BROWSER:
        print("In a browser nobody reads the keys: use the slider, which steps show as the last line of a cell.")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        print(sequence)
        return
    with suppress(KeyboardInterrupt), keyboard() as read, screen(sys.stdout):
        walk(sequence, read, sys.stdout, shutil.get_terminal_size, not os.environ.get("NO_COLOR"))


@contextmanager
def screen(out: TextIO) -> Iterator[None]:
    """A screen of its own; what was there before comes back."""
    out.write(OPEN)
    try:
        yield
    finally:
        out.write(CLOSE)
        out.flush()


def walk(
    sequence: Sequence, read: Read, out: TextIO, size: Callable[[], tuple[int, int]], coloured: bool = True
) -> None:
    """Show a step, read a key, and so on until "quit". size: columns and rows of the terminal, asked at every step."""
    at = 0
    while True:
        columns, height = size()
        out.write(CLEAR + "\r\n".join(picture(sequence, at, columns, height, coloured)))
        out.flush()
        match read():
            case "next":
                at = min(at + 1, len(sequence) - 1)
            case "back":
                at = max(at - 1, 0)
            case "first":
                at = 0
            case "last":
                at = len(sequence) - 1
            case "quit":
                return


def picture(sequence: Sequence, at: int, columns: int, height: int, coloured: bool) -> list[str]:
    """The lines of the screen: at most `height`, none wider than `columns`."""
    step = sequence[at]
    said = textwrap.wrap(step.text, max(columns, 10), max_lines=SENTENCE_LINES, placeholder=" ...")
    said += [""] * (SENTENCE_LINES - len(said))
    top = [f"{sequence.title}: step {at} of {len(sequence) - 1}, {step.phase}", *said, ""]
    heads, *rows = table(sequence, step, columns - len(MARK))
    room = max(height - len(top) - 3, 1)  # the headings, an empty line, the help
    start = scrolled(step.index or 0, len(rows), room)
    lines = [fit(line, columns) for line in [*top, "  " + heads]]
    for k, row in enumerate(rows[start : start + room], start):
        active = k == step.index
        line = fit((MARK if active else "  ") + row, columns)
        lines.append(f"\x1b[{CODES[step.phase]}m{line}\x1b[0m" if active and coloured else line)
    return [*lines, "", fit(HELP, columns)][:height]


def table(sequence: Sequence, step: Step, columns: int) -> list[str]:
    """The headings, and a row for each value; columns keep their widths from step to step."""
    heads = ["line", "name", "expression", *sequence.columns]
    final = rows_of(sequence, sequence[-1].state)
    widest = [max(map(width, column)) for column in zip(heads, *final, strict=True)]
    widths = narrowed(widest, columns - len(GAP) * (len(heads) - 1))
    cells = [heads, *rows_of(sequence, step.state)]
    return [GAP.join(padded(fit(c, w), w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def narrowed(widths: list[int], total: int) -> list[int]:
    """The widths of columns, the widest ones cut down, evenly and to eight at least, so that they fit.

    >>> narrowed([4, 30, 12, 20], 46), narrowed([4, 30], 40), narrowed([4, 30], 5)
    ([4, 15, 12, 15], [4, 30], [4, 8])
    """
    most = max(widths)
    while most > LEAST and sum(min(w, most) for w in widths) > total:
        most -= 1
    return [min(w, most) for w in widths]


def rows_of(sequence: Sequence, state: State) -> list[list[str]]:
    return [
        [
            "" if line.line is None else str(line.line),
            line.name,
            line.expression,
            *[getattr(state, column)[line.index] for column in sequence.columns],
        ]
        for line in sequence.lines
    ]


def scrolled(active: int, count: int, room: int) -> int:
    """The first row to show, so that the row at work is in the middle where it can be.

    >>> scrolled(0, 20, 5), scrolled(10, 20, 5), scrolled(19, 20, 5), scrolled(2, 4, 5)
    (0, 8, 15, 0)
    """
    return max(0, min(active - room // 2, count - room))


def width(text: str) -> int:
    """The columns that a text takes: two for a wide character of East Asia.

    >>> width("x1"), width("\u5024")
    (2, 2)
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, to: int) -> str:
    return text + " " * (to - width(text))


def fit(text: str, columns: int) -> str:
    """The text without control characters, cut where the line ends.

    >>> fit("loss\x1b[2J", 20), fit("expression", 6)
    ('loss?[2J', 'exp...')
    """
    text = "".join(c if c.isprintable() else "?" for c in text)
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 3:
        text = text[:-1]
    return (text + "...")[:columns]
