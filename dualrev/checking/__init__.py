"""Gradient checking that one can trust: several independent referees, an error budget, three verdicts, a diagnosis."""

from .auditing import audit
from .checker import check
from .report import Component, Report

__all__ = ["Component", "Report", "audit", "check"]
