"""The questions of notebooks/: what is asked, which slips are known, and a folder to work in."""

from .lesson import Lesson, lesson

__all__ = ["Lesson", "lesson"]
