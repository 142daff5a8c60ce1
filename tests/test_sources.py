"""Every row of the sources: its proof, the lesson that shows it, and its line in docs/sources.md."""

import pytest

from tests.lessons.cells import LESSONS
from tests.sources.page import PAGE, page
from tests.sources.row import ROWS

COUNTS = {"S": 21, "B": 25, "H": 16, "P": 17, "D": 4}
FILES = {path.stem[:2]: path for path in LESSONS}


def test_there_are_83_rows():
    assert sorted(ROWS) == sorted(f"{letter}{k + 1}" for letter in COUNTS for k in range(COUNTS[letter]))


@pytest.mark.parametrize("number", ROWS)
def test_a_row_works(number):
    ROWS[number].proof()


@pytest.mark.parametrize("number", [number for number, row in ROWS.items() if row.lesson])
def test_its_lesson_shows_it(number):
    row = ROWS[number]
    text = FILES[row.lesson].read_text(encoding="utf-8").replace("\n# ", " ")  # paragraphs in one line
    assert row.shows and row.shows in text


def test_the_page_is_what_the_rows_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/sources.md is stale: run `python -m tests.sources.page`"
