"""For lessons: what a function's derivative looks like in both modes, and worksheets to find it oneself."""

from .chains import chain
from .error_curves import error_curve
from .exercise import Exercise, exercise
from .explanation import Explanation, explain
from .lessons import Lesson, lesson
from .session import done
from .tangents import tangent

__all__ = [
    "Exercise",
    "Explanation",
    "Lesson",
    "chain",
    "done",
    "error_curve",
    "exercise",
    "explain",
    "lesson",
    "tangent",
]
