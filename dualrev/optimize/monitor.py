"""The progress of a run on one line: how many evaluations, and the value."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from ..progress import OFTEN, Line
from .evaluation import Evaluation


@contextmanager
def monitored(evaluation: Evaluation, what: str, shown: bool | None) -> Iterator[None]:
    """Show on standard error what an Evaluation is asked; shown: True, False, or None for on a terminal only."""
    if shown is False or (shown is None and not sys.stderr.isatty()):
        yield
        return
    evaluation.watch, close = watcher(what)
    try:
        yield
    finally:
        evaluation.watch = None
        close()


def watcher(what: str) -> tuple[Callable[[int, float], None], Callable[[], None]]:
    """(what to call with each evaluation, what to call at the end): tqdm's bar where it is installed, else a line."""
    try:
        from tqdm import tqdm
    except ImportError:
        line, last = Line(0, what, 0.0), [-OFTEN]

        def write(count: int, value: float) -> None:
            if monotonic() - last[0] >= OFTEN:
                line.write(f"{what}: {count} evaluations, value {value:.6g}")
                last[0] = monotonic()

        return write, line.finish
    bar = tqdm(desc=what, unit=" evaluations", leave=False)

    def update(count: int, value: float) -> None:
        bar.set_postfix_str(f"value {value:.6g}", refresh=False)
        bar.update()

    return update, bar.close
