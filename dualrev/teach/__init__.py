"""Views for lessons: what a function's derivative looks like in both modes, on one page."""

from .explanation import Explanation, explain
from .lessons import Lesson, done, lesson

__all__ = ["Explanation", "Lesson", "done", "explain", "lesson"]
