"""How far a long run is: tqdm's bar where it is installed, else one line that is written over."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE = 1.0  # seconds before anything is shown: most runs are over by then
OFTEN = 0.1  # seconds between two updates of the line


@contextmanager
def progress_of(total: int, what: str, shown: bool | None = None) -> Iterator[Callable[[], None]]:
    """A function to call after each of `total` steps; what it shows goes to standard error.

    shown: True, False, or None to show it on a terminal only, and once the run has taken a second.

    >>> with progress_of(3, "cells", shown=False) as step:
    ...     step()
    """
    if shown is False or (shown is None and not sys.stderr.isatty()):
        yield lambda: None
        return
    patience = 0.0 if shown else PATIENCE
    try:
        from tqdm import tqdm
    except ImportError:
        line = Line(total, what, patience)
        try:
            yield line.step
        finally:
            line.finish()
    else:
        with tqdm(total=total, desc=what, delay=patience, leave=False) as bar:
            yield lambda: bar.update() and None


class Line:
    """One line on standard error, which says how many steps are done."""

    def __init__(self, total: int, what: str, patience: float) -> None:
        self.total, self.what, self.done = total, what, 0
        self.next, self.written = monotonic() + patience, 0

    def step(self) -> None:
        self.done += 1
        if monotonic() >= self.next:
            self.write(f"{self.what}: {self.done} of {self.total}")
            self.next = monotonic() + OFTEN

    def finish(self) -> None:
        """Leave an empty line behind."""
        if self.written:
            self.write("")
            self.write("")

    def write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self.written))
        sys.stderr.flush()
        self.written = len(text)
