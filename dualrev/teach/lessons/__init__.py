"""The questions of notebooks/: what is asked, which slips are known, and how a lesson went."""

from .lesson import Lesson, done, lesson, note

__all__ = ["Lesson", "done", "lesson", "note"]
