"""For lessons: a derivative in both modes, on one page, in pictures, and on worksheets to find it oneself."""

from .chains import chain
from .descents import History, descent
from .engine_bugs import Broken, broken
from .error_curves import error_curve
from .explanation import Explanation, explain
from .fields import field
from .layers import by_layer
from .lessons import Lesson, lesson
from .libraries import beside
from .merging import merging
from .quizzes import quiz
from .schedules import schedule
from .session import done
from .swelling import swell
from .tangents import tangent
from .worksheets import Exercise, exercise

__all__ = [
    "Broken",
    "Exercise",
    "Explanation",
    "History",
    "Lesson",
    "beside",
    "broken",
    "by_layer",
    "chain",
    "descent",
    "done",
    "error_curve",
    "exercise",
    "explain",
    "field",
    "lesson",
    "merging",
    "quiz",
    "schedule",
    "swell",
    "tangent",
]
