"""Writes docs/sources.md from the proofs in this folder: ``python -m tests.sources.page``, at the root."""

from pathlib import Path

from tests.lessons.cells import LESSONS
from tests.sources import frameworks, herta, scalarflow, tutorials  # noqa: F401  each puts its rows on the list
from tests.sources.row import ROWS, SOURCES

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
INTRO = """\
# Where dualrev comes from, row by row

Made by `python -m tests.sources.page` from the tests that prove it. Nothing here is typed by hand: do not edit it.

Five sources show, offer or ask for {count} things. For each: the call that does it here, and the lesson of
[notebooks/](../notebooks/README.md) in which a student meets it. Every row has a test in `tests/test_sources.py`, with
the numbers that the sources print.
"""


def page():
    files = {path.stem[:2]: path for path in LESSONS}
    parts = [INTRO.format(count=len(ROWS))]
    for letter, source in SOURCES.items():
        parts.append(f"\n## {source}\n\n| | what it shows or asks for | here | lesson |\n|---|---|---|---|\n")
        for number, row in ROWS.items():
            if number[0] == letter:
                file = files.get(row.lesson)
                link = f"[{row.lesson}](../notebooks/{file.stem}.ipynb)" if file else ""
                parts.append(f"| {number} | {row.what} | {row.call} | {link} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
