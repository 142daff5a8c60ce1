"""The progress of a run on one line: evaluations, the value, the gradient."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..progress import Line


@contextmanager
def monitored(evaluation: Any, what: str, shown: bool | None) -> Iterator[None]:
    """Show on standard error what an Evaluation is asked; shown: True, False, or None for on a terminal only."""
    if shown is False or (shown is None and not sys.stderr.isatty()):
        yield
        return
    try:
        from tqdm import tqdm
    except ImportError:
        line = Line(0, what, 0.0)

        def say(count: int, value: float) -> None:
            line.write(f"{what}: {count} evaluations, value {value:.6g}")

        close = line.finish
    else:
        bar = tqdm(desc=what, unit=" evaluations", leave=False)

        def say(count: int, value: float) -> None:
            bar.set_postfix_str(f"value {value:.6g}", refresh=False)
            bar.update()

        close = bar.close
    evaluation.watch = say
    try:
        yield
    finally:
        evaluation.watch = None
        close()
