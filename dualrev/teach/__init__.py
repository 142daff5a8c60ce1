"""Views for lessons: what a function's derivative looks like in both modes, on one page and in pictures."""

from .chains import chain
from .descents import History, descent
from .error_curves import error_curve
from .explanation import Explanation, explain
from .fields import field
from .layers import by_layer
from .libraries import beside
from .merging import merging
from .quizzes import quiz
from .schedules import schedule
from .swelling import swell
from .tangents import tangent

__all__ = [
    "Explanation",
    "History",
    "beside",
    "by_layer",
    "chain",
    "descent",
    "error_curve",
    "explain",
    "field",
    "merging",
    "quiz",
    "schedule",
    "swell",
    "tangent",
]
