"""docs/supported.md against the registry, and a part of its digits measured again."""

import math
import random

import numpy as np
import pytest

from dualrev.checking.margins import MARGINS
from dualrev.dispatch import INSTEAD
from dualrev.registry import OPS
from tests.ops import support_lists as lists
from tests.ops.sample import SHIPPED
from tests.ops.samples import SAMPLES
from tests.ops.support_page import HEADS, PAGE, SPECIAL
from tests.ops.support_rows import (
    DIFFERENCES,
    KINKS,
    STEP,
    Row,
    digits,
    domain,
    kind_of,
    kinks_of,
    row,
    samples_of,
)  # fmt: skip

ENOUGH = {STEP: 12, DIFFERENCES: 9}
AGAIN = 25  # ops measured again
ALIKE = 2  # digits by which another processor or another BLAS may differ
AGAIN_HINT = "docs/supported.md is stale: run `python -m tests.ops.support_page`"


def tables():
    """(heading, {column: cell}) for every row of every table of the page."""
    heading, columns = "", None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        if not line.startswith("|"):
            columns = None
        elif columns is None:
            columns = cells_of(line)
        elif not line.startswith("|-"):
            yield heading, dict(zip(columns, cells_of(line), strict=True))


def cells_of(line):
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def read(heading, cells):
    """A row of the page as a Row."""
    name, kind, domain, kinks, samples, referees, *measures = (cells.get(head, "") for head in HEADS)
    numbers = [tuple(map(int, measure.split())) for measure in measures]
    prefix = f"{SPECIAL}." if heading == SPECIAL else ""
    return Row(prefix + name, kind, domain, kinks, int(samples), tuple(referees.split()), *numbers)


ROWS = [read(heading, cells) for heading, cells in tables() if "op" in cells]
BY_NAME = {found.name: found for found in ROWS}


def measures(found):
    return found.forward, found.reverse, found.order2


# ---- the page --------------------------------------------------------------------------------------------------------


def test_every_op_is_on_the_page_once_with_its_kind_and_samples():
    want = sorted((OPS[op].name, kind_of(op), len(samples_of(op))) for op in SHIPPED)
    assert sorted((found.name, found.kind, found.samples) for found in ROWS) == want, AGAIN_HINT


def test_every_op_with_a_rule_agrees_with_its_referees():
    few = [found.name for found in ROWS if not all(agrees(found, *each) for each in enumerate(found.referees))]
    assert few == []
    assert {found.name for found in ROWS if found.referees} == {OPS[op].name for op in SAMPLES}


def agrees(found, k, referee):
    """Order 2 always has differences for a referee."""
    enough = ENOUGH[referee]
    return min(found.forward[k], found.reverse[k]) >= enough and found.order2[k] >= ENOUGH[DIFFERENCES]


def test_some_rows_measured_again():
    for op in random.Random(6).sample(sorted(SAMPLES, key=lambda op: OPS[op].name), AGAIN):
        now, then = row(op), BY_NAME[OPS[op].name]
        assert (now.kind, now.domain, now.kinks, now.referees) == (then.kind, then.domain, then.kinks, then.referees)
        for new, old in zip(measures(now), measures(then), strict=True):
            apart = [abs(min(a, 15) - min(b, 15)) for a, b in zip(new, old, strict=True)]
            assert max(apart) <= ALIKE, f"{then.name}: {new}, and {old} on the page. {AGAIN_HINT}"


def test_methods_of_ufuncs_agree_with_differences():
    found = {cells["ufunc"]: [cells[method] for method in lists.METHODS] for _, cells in tables() if "ufunc" in cells}
    assert list(found) == [f"np.{ufunc.__name__}" for ufunc in lists.binary_ufuncs()], AGAIN_HINT
    assert min(int(n) for numbers in found.values() for n in numbers if n) >= ENOUGH[DIFFERENCES]


def test_every_refusal_and_every_function_of_dualrev_scipy_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    wanted = [*map(lists.public_name, INSTEAD), *lists.array_names()[0]]
    wanted += [name for part in lists.PARTS for name in lists.covered(part)]
    assert [name for name in wanted if f"`{name}`" not in text] == [], AGAIN_HINT
    words = " ".join(text.split())
    assert [message for message in lists.losses() if message not in words] == [], AGAIN_HINT


# ---- how it is measured ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "want", "number"),
    [
        ([2.0, 0.0], [2.0, 0.0], 16),
        ([2.0, 3e-7], [2.0, 0.0], 6),
        ([1000.0, 3e-7], [1000.0, 0.0], 9),
        ([3e-12], [1e-12], 11),
        ([1.0], [3.0], 0),
        ([math.nan], [1.0], 0),
        ([], [], 16),
    ],
)
def test_digits(got, want, number):
    assert digits(np.array(got), np.array(want)) == number


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: np.sqrt(3 - x), "x <= 3"),
        (lambda x: np.log(3 - x), "x < 3"),
        (lambda x: np.log(x * x - 4), "x < -2, x > 2"),
        (lambda x: np.sqrt(2 - x * x), "-1.41421 <= x <= 1.41421"),
        (lambda x: 1 / (x * (x - 2)), "x != 0, 2"),
        (lambda x: np.log(x) / (x - 2), "x > 0, x != 2"),
        (lambda x: np.exp(x * x), "all x"),
        (lambda x: np.log(-1 - x * x), ""),
    ],
)
def test_domain_is_found_by_evaluation(f, said):
    assert domain(f) == said


def test_kinks_are_those_of_the_list():
    assert {margin.__qualname__.partition(".")[0] for margin in MARGINS.values()} == set(KINKS)
    assert [kinks_of(op) for op in (np.absolute, np.sort, np.sin, np.add)] == ["x = 0", "ties", "", ""]
    assert [kinks_of(op) for op in (np.ptp, np.clip, np.trapezoid)] == ["of max, min", "of maximum, minimum", ""]


def test_a_method_is_measured_by_what_it_means():
    """From left to right, ((0.7 ** 1.9) ** 1.3) ** 2.6: on some processors np.power.reduce itself is wrong."""
    call, meaning = lists.METHODS["reduce"]
    assert meaning(np.power, lists.X) == pytest.approx(0.7 ** (1.9 * 1.3 * 2.6), rel=1e-14)
    assert call(np.subtract, lists.X) == pytest.approx(0.7 - 1.9 - 1.3 - 2.6, rel=1e-14)
