"""What an object shows of itself: what print shows, and never more than a screen."""

from typing import Any, TypeVar

import numpy as np

MOST_LINES, MOST_CHARACTERS = 40, 4_000  # of a repr

T = TypeVar("T", bound=type)


def brief(cls: T) -> T:
    """The class, its repr what print shows of it, within MOST_LINES and MOST_CHARACTERS."""
    own: Any = cls
    said = own.__repr__ if own.__str__ is object.__str__ else str
    own.__repr__ = lambda self: clipped(said(self))
    return cls


def few(lines: list[str], where: str, most: int = MOST_LINES) -> list[str]:
    """The lines, or the first of them and one that says how many more there are, and where they can be read.

    >>> few(["a", "b", "c"], "see .all", most=2)
    ['a', 'b', '... (1 more: see .all)']
    """
    return lines if len(lines) <= most else [*lines[:most], f"... ({len(lines) - most:,} more: {where})"]


def clipped(text: str, lines: int = MOST_LINES, characters: int = MOST_CHARACTERS, whole: str = "print it") -> str:
    """The text, or its beginning and a last line that says how much is left out, and where the whole is.

    >>> print(clipped("a\\nb\\nc\\nd", lines=3))
    a
    b
    ... (2 more lines: print it)
    >>> clipped("abcdefgh" * 10, characters=40)
    'abcdefgh ... (72 more characters)'
    """
    rows = text.split("\n") if len(text) <= 100 * characters else text[: 100 * characters].split("\n")
    if len(rows) > lines:
        text = "\n".join([*rows[: lines - 1], f"... ({text.count(chr(10)) + 2 - lines} more lines: {whole})"])
    if len(text) > characters:
        kept = characters - 32
        text = f"{text[:kept]} ... ({len(text) - kept:,} more characters)"
    return text


def plain(x: Any) -> str:
    """The repr of x, a number of NumPy's as a number of Python's.

    >>> import numpy as np
    >>> plain(np.float64(11.0)), plain(2)
    ('11.0', '2')
    """
    return str(x) if isinstance(x, np.generic) else repr(x)
