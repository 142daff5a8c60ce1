"""Views for lessons: what a function's derivative looks like in both modes, on one page and in pictures."""

from .chains import chain
from .error_curves import error_curve
from .explanation import Explanation, explain
from .lessons import Lesson, done, lesson
from .tangents import tangent

__all__ = ["Explanation", "Lesson", "chain", "done", "error_curve", "explain", "lesson", "tangent"]
