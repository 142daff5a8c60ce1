"""Gradient checking that one can trust: several independent referees, an error budget, three verdicts, a diagnosis."""

from .assertions import assert_grad, check_grad, check_grads
from .auditing import audit
from .checker import check
from .kink_list import Kink, Kinks, kinks
from .nonfinite import Finding, WhyNan, why_nan
from .report import Component, Report
from .rule_battery import check_rule
from .rule_checks import check_rules

__all__ = [
    "Component",
    "Finding",
    "Kink",
    "Kinks",
    "Report",
    "WhyNan",
    "assert_grad",
    "audit",
    "check",
    "check_grad",
    "check_grads",
    "check_rule",
    "check_rules",
    "kinks",
    "why_nan",
]
