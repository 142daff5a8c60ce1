"""Wrong derivatives fail, at default settings and whatever the seed, and the report names the mistake."""

import re

import pytest

from dualrev.checking.auditing import audit
from dualrev.checking.checker import check
from dualrev.checking.rule_checks import check_rules
from tests.checking.wrong_rules import RULES
from tests.checking.wrong_zoo import NAMES, made

SEEDS = (0, 1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_derivative_fails_and_the_mistake_is_named(name, seed):
    case = made(name)
    report = audit(case.f, case.jac, case.x, seed=seed, **case.options)
    said = "\n".join([*report.diagnosis, *(c.reason for c in report.failures)])
    assert report.verdict == "FAIL"
    assert re.search(case.says, said), said
    assert not re.search(r"factor -?1 is", said)


def test_the_zoo_is_large_enough():
    assert len(NAMES) >= 110
    assert sum(bool(made(name).says) for name in NAMES) >= 105


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_rule_fails_and_its_op_is_named(name):
    case = RULES[name]
    for report in (check(case.f, case.x), check_rules(case.f, case.x)):
        assert report.verdict == "FAIL"
        assert report.diagnosis
        assert all(line.startswith(f"{case.op} at wrong_rules.py:") for line in report.diagnosis)
