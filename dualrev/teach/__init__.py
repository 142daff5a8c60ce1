"""Views for lessons: what a function's derivative looks like in both modes, on one page and in pictures."""

from .chains import chain
from .explanation import Explanation, explain
from .lessons import Lesson, done, lesson

__all__ = ["Explanation", "Lesson", "chain", "done", "explain", "lesson"]
